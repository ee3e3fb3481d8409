package core

import (
	"strings"

	"portcullis/core/gate"
	"portcullis/core/instruction"
)

func (s *State) drop(i *instruction.Drop) {
	switch r := s.unfit(&i.Scope, i.Reason); {
	case r != 0:
		s.refuseWhole(r)
	case i.Until != 0 && i.Until <= s.clock.Now:
		s.refuseWhole(instruction.MalformedDefinition)
	case len(s.gate.Drops()) >= maxDrops:
		s.refuseWhole(instruction.TooMany)
	default:
		s.emit(&instruction.Dropped{ID: s.gate.LastDrop() + 1, Drop: *i})
	}
}

// unfit is what is wrong with a drop's scope or reason, or 0.
func (s *State) unfit(x *instruction.Scope, reason string) instruction.Reason {
	switch {
	case x.Asset != 0 && s.Asset(x.Asset) == nil:
		return instruction.UnknownAsset
	case len(reason) > maxReason, strings.ContainsFunc(reason, unprintable), !plain(x.Integrator), x.Before < 0, x.After < 0, x.AliveAt < 0:
		return instruction.MalformedDefinition
	}
	return 0
}

func (s *State) raise(i *instruction.Raise) {
	switch d := s.gate.Live(i.Drop); {
	case d == nil:
		s.refuseWhole(instruction.UnknownDrop)
	case i.Share <= d.Share, i.Share > 100:
		s.refuseWhole(instruction.ShareNotGrown)
	default:
		s.emit(&instruction.Raised{Drop: i.Drop, Share: i.Share})
	}
}

// maxDrops is how many drops can be live when one more is asked for: past it there is room for those by which the venue itself halts
// what moves an asset.
const maxDrops = gate.MaxDrops - 8

// sliceWork bounds one slice of a sweep, so that it takes less than a millisecond: a key looked at counts 1, a market
// looked into for a key's orders 1, an order cancelled orderWork.
const (
	sliceWork = 2000
	orderWork = 20
)

// sweep cancels orders of keys that a drop has shut, or of keys in quarantine or deleted, one slice of them. Nobody can place more with
// those keys meanwhile.
func (s *State) sweep() {
	if d := s.gate.Sweeping(); d != nil {
		s.sweepDrop(d)
		return
	}
	s.sweepKeys()
}

func (s *State) sweepDrop(d *gate.Dropped) {
	e := instruction.Swept{Drop: d.ID, Next: d.Next, Market: d.Market}
	concerned := func(m *Market) bool {
		return d.Scope.Asset == 0 || d.Scope.Asset == m.Base || d.Scope.Asset == m.Quote
	}
	for work := 0; e.Next <= d.Last && work < sliceWork; {
		work++
		x := view{s: s}.Standing(e.Next)
		if s.gate.Shuts(d, &x) {
			e.Market = s.sweepKey(x.Account, e.Next, e.Market, concerned, &work)
			if int(e.Market) < len(s.markets) {
				break // there may be more
			}
		}
		e.Next, e.Market = e.Next+1, 0
	}
	s.emit(&e)
}

// sweepKey cancels a key's orders in the markets from one on that are concerned, as many as still belong to the slice, and
// is the market where there may be more; past the last where there are none.
func (s *State) sweepKey(a instruction.Account, c instruction.Credential, from instruction.Market, concerned func(*Market) bool, work *int) instruction.Market {
	for ; int(from) < len(s.markets) && *work < sliceWork; from++ {
		most, n := (sliceWork-*work)/orderWork+1, 0
		if m := s.Market(from); m != nil && concerned(m) {
			n = s.sweepMarket(a, c, m, most)
		}
		if *work += 1 + orderWork*n; n == most {
			break
		}
	}
	return from
}

// sweepMarket cancels a key's orders in a market, as many as may be, and is how many there were.
func (s *State) sweepMarket(a instruction.Account, c instruction.Credential, m *Market, most int) int {
	var list [MaxOpenOrders]instruction.Order
	n := 0
	for h := range m.Book.Orders(a) {
		if m.Book.At(h).Credential == c && n < most {
			list[n] = m.Book.At(h).ID
			n++
		}
	}
	s.cancelEach(m, list[:n])
	return n
}

// foldDropped: where waits stand still no confirmation comes later than the drop, so that one of the same time counts. Else owners
// would confirm their keys for nothing until an operator has confirmed the clock, and once more then. A key that was made or confirmed
// before the drop, in the same standstill, is not asked for.
func (s *State) foldDropped(e *instruction.Dropped) error {
	now := s.gateTime(s.clock.Now)
	if s.clock.Frozen != 0 {
		now.Waits--
	}
	return s.gate.Drop(now, e, s.keys.Next()-1)
}
