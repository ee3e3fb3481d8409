package payout

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"portcullis/core/due"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Limits of one account's gift codes.
const (
	MaxLiveCodes = 10_000 // that nobody has claimed
	MaxCodes     = 50_000 // that are known: those, and what became of others lately
)

// Remembered is how long a code is known once it is over, and its payout with it: so long a repeated claim is answered like the first.
const Remembered = 90 * instruction.Day

var errCode = errors.New("payout: an event of a gift code that does not fit")

// Batch is what the codes of one issue have in common.
type Batch struct {
	First      instruction.CodeID
	Account    instruction.Account    // whose balance it was
	Credential instruction.Credential // by which they were issued
	Asset      instruction.Asset
	Amount     money.Amount         // of each
	Made       instruction.Time     // by the calendar
	Expires    instruction.Time     // likewise, as it was asked for
	Due        instruction.Time     // when they expire, by the clock of waits
	Client     instruction.ClientID // the issuer's name for it; empty for none

	known int // codes of it; derived
}

// Code is one gift code.
type Code struct {
	ID instruction.CodeID
	*Batch
	Hash    instruction.CodeHash
	Message []byte // sealed; kept while the code is live
	State   instruction.CodeState
	Expired bool                    // returned by time
	Into    instruction.Account     // claimed into; 0 for outside
	To      instruction.Destination // claimed to, where that is outside
	Payout  instruction.PayoutID    // by which; 0 for none
	Paying  bool                    // that payout is not over
	Over    instruction.Time        // when it was claimed or returned, by the clock of waits
}

// Went says that the code was claimed for that account, or for that place outside.
func (c *Code) Went(into instruction.Account, to *instruction.Destination) bool {
	return (c.Into != 0 || c.Payout != 0) && c.Into == into && c.To == *to
}

// at is when something is to be done with the code: it expires, or is forgotten.
func (c *Code) at() instruction.Time {
	switch {
	case c.State == instruction.LiveCode:
		return c.Due
	case c.Paying:
		return math.MaxInt64
	}
	return c.Over + Remembered
}

type batchName struct {
	account instruction.Account
	client  instruction.ClientID
}

// Codes are all gift codes that are known:
//
//	LIVE ──► CLAIMED ──┐ its payout was cancelled
//	  │                ▼
//	  └─ time, or ─► RETURNED ──► forgotten, as CLAIMED is
//	     its issuer
//
// It refuses every other move, and a second claim of one code. What is kept for live codes is the ledger's. One goroutine uses Codes
// at a time. The zero Codes is not ready; see NewCodes.
type Codes struct {
	last   instruction.CodeID
	byHash map[instruction.CodeHash]*Code
	of     map[instruction.Account][]*Code // by ascending number
	live   map[instruction.Account]int
	named  map[batchName]*Batch
	paid   map[instruction.PayoutID]*Code
	paying int       // of those, whose payouts are not over
	due    due.Queue // by at
	byID   map[instruction.CodeID]*Code
}

// NewCodes is empty.
func NewCodes() *Codes {
	return &Codes{
		byHash: make(map[instruction.CodeHash]*Code), byID: make(map[instruction.CodeID]*Code), of: make(map[instruction.Account][]*Code),
		live: make(map[instruction.Account]int), named: make(map[batchName]*Batch), paid: make(map[instruction.PayoutID]*Code),
	}
}

// Last is the last number given to a code.
func (cs *Codes) Last() instruction.CodeID { return cs.last }

// Known is how many codes are known.
func (cs *Codes) Known() int { return len(cs.byHash) }

// Code is the code of that number, or nil. It must not be changed.
func (cs *Codes) Code(id instruction.CodeID) *Code { return cs.byID[id] }

// Hashed is the code with that hash, or nil. It must not be changed.
func (cs *Codes) Hashed(h instruction.CodeHash) *Code { return cs.byHash[h] }

// Of are the account's codes that are known, by ascending number. They must not be changed.
func (cs *Codes) Of(a instruction.Account) []*Code { return cs.of[a] }

// Live is how many codes of the account nobody has claimed.
func (cs *Codes) Live(a instruction.Account) int { return cs.live[a] }

// Named says that the account has codes of a batch of that name.
func (cs *Codes) Named(a instruction.Account, name instruction.ClientID) bool {
	return !name.IsZero() && cs.named[batchName{a, name}] != nil
}

// Paid is the code that a payout is for, or nil. It must not be changed.
func (cs *Codes) Paid(id instruction.PayoutID) *Code { return cs.paid[id] }

// Room says that the account may have so many more codes.
func (cs *Codes) Room(a instruction.Account, n int) bool {
	return cs.live[a]+n <= MaxLiveCodes && len(cs.of[a])+n <= MaxCodes
}

// Due is the code with which something is to be done by that time of the clock of waits, or nil: a live one expires, another one is
// forgotten.
func (cs *Codes) Due(waits instruction.Time) *Code {
	if e, ok := cs.due.First(); ok && e.At <= waits {
		return cs.byID[instruction.CodeID(e.ID)]
	}
	return nil
}

// Issue takes note of codes. Both times are of now: by the calendar, and by the clock of waits.
func (cs *Codes) Issue(e *instruction.CodesIssued, now, waits instruction.Time) error {
	if e.First != cs.last+1 || e.Account == 0 || e.Amount <= 0 || e.Expires <= now || len(e.Codes) == 0 || !cs.Room(e.Account, len(e.Codes)) || cs.Named(e.Account, e.Client) {
		return errCode
	}
	b := &Batch{
		First: e.First, Account: e.Account, Credential: e.Credential, Asset: e.Asset, Amount: e.Amount,
		Made: now, Expires: e.Expires, Due: waits + e.Expires - now, Client: e.Client,
	}
	for i := range e.Codes {
		n := &e.Codes[i]
		if cs.byHash[n.Hash] != nil {
			return errCode
		}
		cs.last++
		cs.enter(&Code{ID: cs.last, Batch: b, Hash: n.Hash, Message: slices.Clone(n.Message), State: instruction.LiveCode})
	}
	return nil
}

// enter lists a code.
func (cs *Codes) enter(c *Code) {
	cs.byID[c.ID], cs.byHash[c.Hash] = c, c
	cs.of[c.Account] = append(cs.of[c.Account], c)
	if c.known++; !c.Client.IsZero() {
		cs.named[batchName{c.Account, c.Client}] = c.Batch
	}
	if c.State == instruction.LiveCode {
		cs.live[c.Account]++
	}
	if c.Payout != 0 {
		cs.paid[c.Payout] = c
	}
	if c.Paying {
		cs.paying++
		return
	}
	cs.due.Add(due.Entry{At: c.at(), ID: uint64(c.ID)})
}

// end takes a live code from where live ones are.
func (cs *Codes) end(c *Code, to instruction.CodeState, waits instruction.Time) {
	c.State, c.Over, c.Message = to, waits, nil
	if cs.live[c.Account]--; cs.live[c.Account] == 0 {
		delete(cs.live, c.Account)
	}
}

// Claim takes note that a code was claimed, and is that code. To is the place outside, where it goes there by a payout.
func (cs *Codes) Claim(e *instruction.CodeClaimed, to instruction.Destination, waits instruction.Time) (*Code, error) {
	c := cs.byID[e.ID]
	if c == nil || c.State != instruction.LiveCode || e.Issuer != c.Account || (e.Account == 0) == (e.Payout == 0) || cs.paid[e.Payout] != nil {
		return nil, errCode
	}
	cs.end(c, instruction.ClaimedCode, waits)
	c.Into, c.Payout, c.To = e.Account, e.Payout, to
	if c.Paying = e.Payout != 0; c.Paying {
		cs.paid[e.Payout] = c
		cs.paying++
	} else {
		cs.due.Add(due.Entry{At: c.at(), ID: uint64(c.ID)})
	}
	cs.tidy()
	return c, nil
}

// Return takes note that a live code goes back to its issuer, and is that code.
func (cs *Codes) Return(e *instruction.CodeReturned, waits instruction.Time) (*Code, error) {
	c := cs.byID[e.ID]
	if c == nil || c.State != instruction.LiveCode || e.Issuer != c.Account {
		return nil, errCode
	}
	cs.end(c, instruction.ReturnedCode, waits)
	c.Expired = e.Expired
	cs.due.Add(due.Entry{At: c.at(), ID: uint64(c.ID)})
	cs.tidy()
	return c, nil
}

// Ended takes note that the payout of a code is over, and is that code. Where it was cancelled, the code goes back to its issuer.
func (cs *Codes) Ended(id instruction.PayoutID, cancelled bool) (*Code, error) {
	c := cs.paid[id]
	if c == nil || !c.Paying {
		return nil, errCode
	}
	cs.paying--
	if c.Paying = false; cancelled {
		c.State = instruction.ReturnedCode
	}
	cs.due.Add(due.Entry{At: c.at(), ID: uint64(c.ID)})
	return c, nil
}

// Forget forgets a code that has been over for long.
func (cs *Codes) Forget(e *instruction.CodeForgotten) error {
	c := cs.byID[e.ID]
	if c == nil || c.State == instruction.LiveCode || c.Paying {
		return errCode
	}
	delete(cs.byID, c.ID)
	delete(cs.byHash, c.Hash)
	delete(cs.paid, c.Payout)
	list := cs.of[c.Account]
	i, _ := place(list, c.ID)
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(cs.of, c.Account)
	} else {
		cs.of[c.Account] = list
	}
	if c.known--; c.known == 0 && !c.Client.IsZero() {
		delete(cs.named, batchName{c.Account, c.Client})
	}
	cs.tidy()
	return nil
}

// place is where a code is in a list by ascending number, or would be.
func place(list []*Code, id instruction.CodeID) (int, bool) {
	return slices.BinarySearchFunc(list, id, func(c *Code, id instruction.CodeID) int { return cmp.Compare(c.ID, id) })
}

// tidy takes out of the front of the queue what is due no longer, or at another time.
func (cs *Codes) tidy() {
	for e, ok := cs.due.First(); ok; e, ok = cs.due.First() {
		if c := cs.byID[instruction.CodeID(e.ID)]; c != nil && c.at() == e.At {
			return
		}
		cs.due.Drop()
	}
}

// Check holds the codes against the payouts: each that is paid outside has a payout of the venue's own account that is not over, of
// its asset, amount and place, and no other payout of that account there is.
func (cs *Codes) Check(ps *Payouts) error {
	for _, p := range ps.Of(instruction.Fees) {
		if c := cs.paid[p.ID]; c == nil || !c.Paying || c.Asset != p.Asset || c.Amount != p.Amount || c.To != p.To || p.Credential != 0 {
			return fmt.Errorf("payout: payout %d is for no gift code", p.ID)
		}
	}
	if n := len(ps.Of(instruction.Fees)); n != cs.paying {
		return fmt.Errorf("payout: %d gift codes are paid outside, by %d payouts", cs.paying, n)
	}
	return nil
}

// Fields is the persisted form: the last number, then by ascending account its codes, each batch before its first.
func (cs *Codes) Fields(c *instruction.Codec) {
	if c.Reading() {
		*cs = *NewCodes()
	}
	instruction.Num64(c, &cs.last)
	a := instruction.Account(0)
	for range c.Count(len(cs.of), 1<<31-1) {
		if !c.Reading() {
			for a++; len(cs.of[a]) == 0; a++ {
			}
		}
		before := a
		instruction.Num32(c, &a)
		n := c.Count(len(cs.of[a]), MaxCodes)
		if c.Reading() && (a <= before || n == 0) {
			c.Fail("gift codes of account %d", a)
			return
		}
		if cs.account(c, a, n); c.Err() != nil {
			return
		}
	}
}

// account is the persisted form of an account's codes.
func (cs *Codes) account(c *instruction.Codec, a instruction.Account, n int) {
	var last *Code
	for i := range n {
		c.Pause()
		x := new(Code)
		if !c.Reading() {
			x = cs.of[a][i]
		}
		fresh := last == nil || x.Batch != last.Batch
		if c.Bool(&fresh); c.Reading() && !fresh && last != nil {
			x.Batch = last.Batch
		} else if c.Reading() {
			x.Batch = &Batch{Account: a}
		}
		if fresh {
			x.Batch.fields(c)
		}
		if x.fields(c); c.Err() != nil {
			return
		}
		if c.Reading() {
			// Codes that are forgotten leave gaps, so that the next batch may begin anywhere above.
			if (last == nil) && !fresh || last != nil && (x.ID <= last.ID || fresh && (x.First <= last.First || cs.Named(a, x.Client))) || !cs.fits(x) {
				c.Fail("gift code %d", x.ID)
				return
			}
			cs.enter(x)
		}
		last = x
	}
}

// fits says of a code that was read that it could be one.
func (cs *Codes) fits(c *Code) bool {
	outside := c.To != instruction.Destination{}
	over := c.State == instruction.ClaimedCode && c.Into != 0 || c.Payout != 0
	switch {
	case c.ID < c.First, c.ID >= c.First+instruction.MaxCodes, c.ID > cs.last, c.First == 0, c.Amount <= 0, c.Due <= 0:
		return false
	case cs.byID[c.ID] != nil, cs.byHash[c.Hash] != nil, c.Payout != 0 && cs.paid[c.Payout] != nil, len(c.Message) > instruction.MaxCodeMessage:
		return false
	case outside != (c.Payout != 0), outside && c.Into != 0, c.Paying && (c.State != instruction.ClaimedCode || !outside):
		return false
	case c.Expired && (c.State != instruction.ReturnedCode || over), c.State != instruction.LiveCode && len(c.Message) > 0:
		return false
	}
	switch c.State {
	case instruction.LiveCode:
		return !over && c.Into == 0 && c.Over == 0 && cs.live[c.Account] < MaxLiveCodes
	case instruction.ClaimedCode:
		return over
	}
	return c.State == instruction.ReturnedCode && c.Into == 0
}

func (b *Batch) fields(c *instruction.Codec) {
	instruction.Num64(c, &b.First)
	instruction.Num32(c, &b.Credential)
	instruction.Num16(c, &b.Asset)
	instruction.Num64(c, &b.Amount)
	instruction.Num64(c, &b.Made)
	instruction.Num64(c, &b.Expires)
	instruction.Num64(c, &b.Due)
	c.ClientID(&b.Client)
}

func (x *Code) fields(c *instruction.Codec) {
	instruction.Num64(c, &x.ID)
	c.Fixed(x.Hash[:])
	c.Blob(&x.Message)
	instruction.Num8(c, &x.State)
	c.Bool(&x.Expired)
	instruction.Num32(c, &x.Into)
	x.To.Fields(c)
	instruction.Num64(c, &x.Payout)
	c.Bool(&x.Paying)
	instruction.Num64(c, &x.Over)
}
