package scenario

import (
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// moorings are what events say of a chain: what the venue's own account must hold for the transactions under way, and which of them may
// pay which payout. It is law 6, kept the slow and simple way: of all that may ever be mined for a payout, all take one coin first.
type moorings struct {
	spends  map[instruction.SpendID]mooring
	settled map[instruction.PayoutID]instruction.SpendID
	again   int // payouts that were owed once more
}

type mooring struct {
	anchor  instruction.Outpoint
	payouts []instruction.PayoutID
	fee     money.Amount
	settled bool
}

// held is what a family needs: the fee of its dearest.
func (m *moorings) held(anchor instruction.Outpoint) (most money.Amount) {
	for _, x := range m.spends {
		if x.anchor == anchor && !x.settled {
			most = max(most, x.fee)
		}
	}
	return most
}

// end ends a family, but for one of it.
func (m *moorings) end(anchor instruction.Outpoint, stays instruction.SpendID) {
	for id, x := range m.spends {
		if x.anchor == anchor && id != stays {
			delete(m.spends, id)
		}
	}
}

// binds says that a spend that is not over may pay the payout.
func (m *moorings) binds(id instruction.PayoutID) bool {
	for _, x := range m.spends {
		if !x.settled && slices.Contains(x.payouts, id) {
			return true
		}
	}
	return false
}

// chain books what an event of a chain moves.
func (a *accounts) chain(t *testing.T, seq uint64, e instruction.Event, move func(owned, money.Amount, money.Amount)) {
	m := &a.moored
	fees := func(x instruction.Asset) owned { return owned{instruction.Fees, x} }
	switch e := e.(type) {
	case *instruction.DepositCredited:
		if e.Owed < 0 || e.Owed > e.Amount {
			t.Fatalf("record %d credits %d, of which %d are owed", seq, e.Amount, e.Owed)
		}
		a.came[e.Asset] += e.Amount - e.Owed
		move(owned{e.Account, e.Asset}, e.Amount-e.Owed, 0)
	case *instruction.DepositUndone:
		a.out[e.Asset] += e.Taken
		move(owned{e.Account, e.Asset}, -e.Taken, 0)
	case *instruction.SpendPlanned:
		anchor := e.Inputs[0]
		for _, id := range e.Payouts {
			for other, x := range m.spends {
				if slices.Contains(x.payouts, id) && (x.anchor != anchor || x.settled) {
					t.Fatalf("record %d: payout %d is paid by spend %d, and by spend %d with another anchor", seq, id, other, e.ID)
				}
			}
		}
		more := max(0, e.Fee-m.held(anchor))
		m.spends[e.ID] = mooring{anchor, e.Payouts, e.Fee, false}
		move(fees(e.Asset), -more, more)
	case *instruction.SpendSettled:
		x := m.spends[e.Spend]
		move(fees(e.Asset), m.held(x.anchor)-x.fee, -m.held(x.anchor))
		a.out[e.Asset] += x.fee
		m.end(x.anchor, e.Spend)
		x.settled = true
		m.spends[e.Spend] = x
		for _, id := range x.payouts {
			if by := m.settled[id]; by != 0 {
				t.Fatalf("record %d: spend %d settles payout %d, and spend %d has", seq, e.Spend, id, by)
			}
			m.settled[id] = e.Spend
		}
	case *instruction.SpendDied:
		x := m.spends[e.Spend]
		move(fees(e.Asset), m.held(x.anchor), -m.held(x.anchor))
		m.end(x.anchor, 0)
	}
}

// moved says whether a payout that moved is over: one of a chain's asset is once none that may pay it is left, and settled by the one
// that did.
func (a *accounts) moved(t *testing.T, seq uint64, e *instruction.PayoutMoved) (over bool) {
	m := &a.moored
	by := m.settled[e.ID]
	if m.binds(e.ID) || by != 0 && e.State != instruction.PayoutSettled || by == 0 && e.State == instruction.PayoutSettled && a.fee[e.ID] != 0 {
		t.Fatalf("record %d: payout %d is %v; settled by spend %d, bound still: %v", seq, e.ID, e.State, by, m.binds(e.ID))
	}
	if e.State == instruction.PayoutClaimed {
		m.again++
		return false
	}
	return true
}
