// Package payout holds what is owed to addresses outside: each withdrawal that was taken up, as a state machine.
//
//	CHALLENGED ─┐ its owner says yes       ┌── nothing that pays it can be mined any more
//	            ├──────────────────────► CLAIMED ──► SENDING ──► SETTLED
//	HELD ───────┘ or, held, time is over    └──────────┴── stopped ──► CANCELLED
//	    └─ no, or a challenge that nobody answers ──► CANCELLED
//
// An asset without a chain goes from CLAIMED to SETTLED by word. SENDING is bound to one family of transactions, of which one at
// most can be mined: it ends when one is, deep enough, and in no other way.
//
// It owns the payouts that are live, and remembers for each account the newest of those that are over and had a name, so
// that what is asked for twice under one name is paid once. It refuses every move that is not drawn above: what was claimed
// is owed until it has arrived, and what is over stays over. What is held for a payout is the ledger's, and who may ask for
// one the gate's. One goroutine uses Payouts at a time.
package payout

import (
	"cmp"
	"errors"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Limits for one account.
const (
	MaxLive  = 1000 // payouts that are not over; the venue's own, which pays gift codes, has no such limit
	MaxNamed = 1000 // those over whose names are remembered, the newest
)

var errPayout = errors.New("payout: an event of a payout that does not fit")

// Payout is one debt to an outside address.
type Payout struct {
	ID         instruction.PayoutID
	Account    instruction.Account
	Credential instruction.Credential // by which it was asked for
	Asset      instruction.Asset
	Amount     money.Amount
	To         instruction.Destination
	Client     instruction.ClientID // the client's name for it; empty for none
	State      instruction.PayoutState
	Made       instruction.Time
	Fee        money.Amount        // of the amount, what does not arrive
	Spend      instruction.SpendID // SENDING: one of the family that pays it
	Stopping   bool                // SENDING: it is to be cancelled, where that can be
}

// Arrives is what arrives at the address.
func (p *Payout) Arrives() money.Amount { return p.Amount - p.Fee }

// Asks says that the withdrawal is the one that led to the payout, given again.
func (p *Payout) Asks(i *instruction.Withdraw) bool {
	return p.Asset == i.Asset && p.Amount == i.Amount && p.To == i.To && p.Client == i.Client
}

// Live says that the payout is not over: its amount is held.
func (p *Payout) Live() bool { return live(p.State) }

func live(s instruction.PayoutState) bool {
	return s == instruction.PayoutChallenged || s == instruction.PayoutHeld || s == instruction.PayoutClaimed || s == instruction.PayoutSending
}

// leads says whether a payout may move from one state to the other.
func leads(from, to instruction.PayoutState) bool {
	switch from {
	case instruction.PayoutChallenged, instruction.PayoutHeld:
		return to == instruction.PayoutClaimed || to == instruction.PayoutCancelled
	case instruction.PayoutClaimed:
		return to == instruction.PayoutSettled || to == instruction.PayoutCancelled
	case instruction.PayoutSending:
		return to == instruction.PayoutSettled || to == instruction.PayoutCancelled || to == instruction.PayoutClaimed
	}
	return false
}

// lists are payouts by account.
type lists map[instruction.Account][]*Payout

// Payouts are those of all accounts. The zero Payouts is not ready; see New.
type Payouts struct {
	last instruction.PayoutID
	live map[instruction.PayoutID]*Payout
	of   lists                           // the live ones, by ascending number
	owed map[instruction.Asset][]*Payout // those that are claimed, by ascending number
	over lists                           // those over that have a name, in the order in which they ended
}

// New is empty.
func New() *Payouts {
	return &Payouts{live: make(map[instruction.PayoutID]*Payout), of: make(lists), over: make(lists), owed: make(map[instruction.Asset][]*Payout)}
}

// Last is the last number given to a payout.
func (ps *Payouts) Last() instruction.PayoutID { return ps.last }

// Live is the payout of that number while it is not over, or nil. It must not be changed.
func (ps *Payouts) Live(id instruction.PayoutID) *Payout { return ps.live[id] }

// Of are the account's live payouts, by ascending number. They must not be changed.
func (ps *Payouts) Of(a instruction.Account) []*Payout { return ps.of[a] }

// Owed are the payouts of an asset that no transaction pays yet, by ascending number. They must not be changed.
func (ps *Payouts) Owed(x instruction.Asset) []*Payout { return ps.owed[x] }

// Named is the account's payout of that name, live or one of the newest that are over, or nil. It must not be changed.
func (ps *Payouts) Named(a instruction.Account, name *instruction.ClientID) *Payout {
	if name.IsZero() {
		return nil
	}
	for _, list := range [2][]*Payout{ps.of[a], ps.over[a]} {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].Client == *name {
				return list[i]
			}
		}
	}
	return nil
}

// Make takes note of a payout.
func (ps *Payouts) Make(e *instruction.PayoutMade, now instruction.Time) error {
	begins := live(e.State) && e.State != instruction.PayoutSending
	full := len(ps.of[e.Account]) >= MaxLive && e.Account != instruction.Fees
	if e.ID != ps.last+1 || e.Account == 0 || e.Amount <= 0 || e.Fee < 0 || e.Fee >= e.Amount || !begins || full ||
		ps.Named(e.Account, &e.Client) != nil {
		return errPayout
	}
	ps.last = e.ID
	ps.enter(&Payout{
		ID: e.ID, Account: e.Account, Credential: e.Credential, Asset: e.Asset, Amount: e.Amount, To: e.To,
		Client: e.Client, State: e.State, Made: now, Fee: e.Fee,
	})
	return nil
}

func (ps *Payouts) enter(p *Payout) {
	ps.live[p.ID] = p
	ps.of[p.Account] = append(ps.of[p.Account], p)
	ps.list(p)
}

// list enters a payout that is owed among those; unlist takes it out. Most come last and go first.
func (ps *Payouts) list(p *Payout) {
	if p.State == instruction.PayoutClaimed {
		i, _ := slices.BinarySearchFunc(ps.owed[p.Asset], p, byNumber)
		ps.owed[p.Asset] = slices.Insert(ps.owed[p.Asset], i, p)
	}
}

func (ps *Payouts) unlist(p *Payout) {
	list := ps.owed[p.Asset]
	i, ok := slices.BinarySearchFunc(list, p, byNumber)
	switch {
	case !ok:
	case i < len(list)/2: // the few before it move, and not the thousands behind it
		copy(list[1:i+1], list[:i])
		list[0] = nil
		ps.owed[p.Asset] = list[1:]
	default:
		ps.owed[p.Asset] = slices.Delete(list, i, i+1)
	}
}

func byNumber(x, y *Payout) int { return cmp.Compare(x.ID, y.ID) }

// Bind takes note that a planned transaction pays the payout.
func (ps *Payouts) Bind(id instruction.PayoutID, s instruction.SpendID) error {
	p := ps.live[id]
	if p == nil || p.State != instruction.PayoutClaimed && p.State != instruction.PayoutSending || p.Stopping {
		return errPayout
	}
	ps.unlist(p)
	p.State, p.Spend = instruction.PayoutSending, s
	return nil
}

// Stop takes note that a payout that a transaction may pay is to be cancelled.
func (ps *Payouts) Stop(id instruction.PayoutID) error {
	p := ps.live[id]
	if p == nil || p.State != instruction.PayoutSending || p.Stopping {
		return errPayout
	}
	p.Stopping = true
	return nil
}

// Move takes note of how a payout stands now, and is that payout.
func (ps *Payouts) Move(e *instruction.PayoutMoved) (*Payout, error) {
	p := ps.live[e.ID]
	if p == nil || p.Account != e.Account || !leads(p.State, e.State) {
		return nil, errPayout
	}
	ps.unlist(p)
	if p.State, p.Spend, p.Stopping = e.State, 0, false; p.Live() {
		ps.list(p)
		return p, nil
	}
	delete(ps.live, p.ID)
	ps.of.remove(p)
	if !p.Client.IsZero() {
		list := ps.over[p.Account]
		if len(list) >= MaxNamed {
			list = slices.Delete(list, 0, 1)
		}
		ps.over[p.Account] = append(list, p)
	}
	return p, nil
}

// remove takes a payout out of the live ones.
func (l lists) remove(p *Payout) {
	list := l[p.Account]
	if i, ok := slices.BinarySearchFunc(list, p, func(x, p *Payout) int { return cmp.Compare(x.ID, p.ID) }); ok {
		list = slices.Delete(list, i, i+1)
	}
	if l[p.Account] = list; len(list) == 0 {
		delete(l, p.Account)
	}
}

// Fields is the persisted form: the last number, then by account the live ones, then those over that have a name.
func (ps *Payouts) Fields(c *instruction.Codec) {
	if c.Reading() {
		*ps = *New()
	}
	instruction.Num64(c, &ps.last)
	ps.of.fields(c, MaxLive, func(p *Payout) bool {
		list := ps.of[p.Account] // p is the last of it
		fits := p.Live() && ps.live[p.ID] == nil && (len(list) < 2 || list[len(list)-2].ID < p.ID)
		ps.live[p.ID] = p
		ps.list(p)
		return fits && p.ID <= ps.last && (p.State == instruction.PayoutSending) == (p.Spend != 0)
	})
	ps.over.fields(c, MaxNamed, func(p *Payout) bool {
		ended := p.State == instruction.PayoutCancelled || p.State == instruction.PayoutSettled
		return ended && !p.Client.IsZero() && ps.live[p.ID] == nil && p.ID <= ps.last
	})
}

// fields is the persisted form, by ascending account; fits says of what is read whether it belongs there.
func (l lists) fields(c *instruction.Codec, limit int, fits func(*Payout) bool) {
	n := c.Count(len(l), 1<<31-1)
	a := instruction.Account(0)
	for range n {
		if !c.Reading() {
			for a++; len(l[a]) == 0; a++ {
			}
		}
		before := a
		instruction.Num32(c, &a)
		most := limit
		if a == instruction.Fees {
			most = 1<<31 - 1
		}
		count := c.Count(len(l[a]), most)
		if c.Reading() && (a <= before || count == 0) {
			c.Fail("payouts of account %d", a)
			return
		}
		for i := range count {
			c.Pause()
			if c.Reading() {
				l[a] = append(l[a], &Payout{Account: a})
			}
			p := l[a][i]
			p.fields(c)
			if c.Reading() && c.Err() == nil && (p.ID == 0 || p.Amount <= 0 || !fits(p)) {
				c.Fail("payout %d", p.ID)
			}
			if c.Err() != nil {
				return
			}
		}
	}
}

func (p *Payout) fields(c *instruction.Codec) {
	instruction.Num64(c, &p.ID)
	instruction.Num32(c, &p.Credential)
	instruction.Num16(c, &p.Asset)
	instruction.Num64(c, &p.Amount)
	p.To.Fields(c)
	c.ClientID(&p.Client)
	instruction.Num8(c, &p.State)
	instruction.Num64(c, &p.Made)
	if c.Since(5) {
		instruction.Num64(c, &p.Fee)
		instruction.Num64(c, &p.Spend)
		c.Bool(&p.Stopping)
	}
}
