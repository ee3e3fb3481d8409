// Package payout holds what is owed to addresses outside: each withdrawal that was taken up, as a state machine.
//
//	CHALLENGED ─┐ its owner says yes
//	            ├──────────────────────► CLAIMED ──► SETTLED
//	HELD ───────┘ or, held, time is over
//	    └─ no, or a challenge that nobody answers ──► CANCELLED
//
// It owns the payouts that are live, and remembers for each account the newest of those that are over and had a name, so
// that what is asked for twice under one name is paid once. It refuses every move that is not drawn above: what was claimed
// is owed until it has arrived, and what is over stays over. What is held for a payout is the ledger's, and who may ask for
// one the gate's. One goroutine uses Payouts at a time.
package payout

import (
	"errors"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Limits for one account.
const (
	MaxLive  = 1000 // payouts that are not over
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
}

// Asks says that the withdrawal is the one that led to the payout, given again.
func (p *Payout) Asks(i *instruction.Withdraw) bool {
	return p.Asset == i.Asset && p.Amount == i.Amount && p.To == i.To && p.Client == i.Client
}

// Live says that the payout is not over: its amount is held.
func (p *Payout) Live() bool { return live(p.State) }

func live(s instruction.PayoutState) bool {
	return s == instruction.PayoutChallenged || s == instruction.PayoutHeld || s == instruction.PayoutClaimed
}

// leads says whether a payout may move from one state to the other.
func leads(from, to instruction.PayoutState) bool {
	switch from {
	case instruction.PayoutChallenged, instruction.PayoutHeld:
		return to == instruction.PayoutClaimed || to == instruction.PayoutCancelled
	case instruction.PayoutClaimed:
		return to == instruction.PayoutSettled
	}
	return false
}

// lists are payouts by account.
type lists map[instruction.Account][]*Payout

// Payouts are those of all accounts. The zero Payouts is not ready; see New.
type Payouts struct {
	last instruction.PayoutID
	live map[instruction.PayoutID]*Payout
	of   lists // the live ones, by ascending number
	over lists // those over that have a name, in the order in which they ended
}

// New is empty.
func New() *Payouts {
	return &Payouts{live: make(map[instruction.PayoutID]*Payout), of: make(lists), over: make(lists)}
}

// Last is the last number given to a payout.
func (ps *Payouts) Last() instruction.PayoutID { return ps.last }

// Live is the payout of that number while it is not over, or nil. It must not be changed.
func (ps *Payouts) Live(id instruction.PayoutID) *Payout { return ps.live[id] }

// Of are the account's live payouts, by ascending number. They must not be changed.
func (ps *Payouts) Of(a instruction.Account) []*Payout { return ps.of[a] }

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
	if e.ID != ps.last+1 || e.Account == 0 || e.Amount <= 0 || !live(e.State) || len(ps.of[e.Account]) >= MaxLive ||
		ps.Named(e.Account, &e.Client) != nil {
		return errPayout
	}
	ps.last = e.ID
	ps.enter(&Payout{
		ID: e.ID, Account: e.Account, Credential: e.Credential, Asset: e.Asset, Amount: e.Amount, To: e.To,
		Client: e.Client, State: e.State, Made: now,
	})
	return nil
}

func (ps *Payouts) enter(p *Payout) {
	ps.live[p.ID] = p
	ps.of[p.Account] = append(ps.of[p.Account], p)
}

// Move takes note of how a payout stands now, and is that payout.
func (ps *Payouts) Move(e *instruction.PayoutMoved) (*Payout, error) {
	p := ps.live[e.ID]
	if p == nil || p.Account != e.Account || !leads(p.State, e.State) {
		return nil, errPayout
	}
	p.State = e.State
	if p.Live() {
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

func (l lists) remove(p *Payout) {
	list := slices.DeleteFunc(l[p.Account], func(x *Payout) bool { return x == p })
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
		return fits && p.ID <= ps.last
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
		count := c.Count(len(l[a]), limit)
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
}
