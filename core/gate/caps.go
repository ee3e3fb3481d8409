package gate

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// tally is what counts against one cap.
type tally struct {
	asset instruction.Asset
	used  window.Window
	open  money.Total // what open orders may still trade; derived from the books, never persisted
}

// meter counts against the caps of one key's mandate, in their order.
type meter struct {
	trades, withdrawals, codes []tally
}

// meters are those of the keys that have caps.
type meters struct {
	of      map[instruction.Credential]*meter
	trading []uint64 // a bit for each credential with caps on what it trades: asked at every fill
}

func newMeters() meters { return meters{of: make(map[instruction.Credential]*meter)} }

// Asks is what an instruction would trade, in the asset that its market's prices are quoted in.
type Asks struct {
	Quote instruction.Asset // 0 where there is no such market
	Most  money.Amount      // the most that one of its orders is worth
	All   money.Amount      // what its orders may trade together
	Freed money.Amount      // what the orders that it cancels were reserved
}

// tallyOf is the tally of the asset, or nil.
func tallyOf(list []tally, asset instruction.Asset) *tally {
	for i := range list {
		if list[i].asset == asset {
			return &list[i]
		}
	}
	return nil
}

// capOf is the cap on the asset, or nil.
func capOf(list []instruction.Cap, asset instruction.Asset) *instruction.Cap {
	for i := range list {
		if list[i].Asset == asset {
			return &list[i]
		}
	}
	return nil
}

// Metered says that the key has caps on what it trades.
func (g *Gate) Metered(c instruction.Credential) bool {
	b := g.meters.trading
	return int(c>>6) < len(b) && b[c>>6]&(1<<(c&63)) != 0
}

// Meter gives a key the meters that its mandate's caps ask for, and takes those away that they do not. What counted under a
// cap goes on counting while there is one on the asset.
func (g *Gate) Meter(c instruction.Credential, m *instruction.Mandate) {
	g.meters.mark(c, len(m.Trades) > 0)
	if len(m.Trades)+len(m.Withdrawals)+len(m.Codes) == 0 {
		delete(g.meters.of, c)
		return
	}
	was := g.meters.of[c]
	if was == nil {
		was = new(meter)
	}
	g.meters.of[c] = &meter{tallies(m.Trades, was.trades), tallies(m.Withdrawals, was.withdrawals), tallies(m.Codes, was.codes)}
}

// MeterFits says that the key has the meters that its mandate's caps ask for, and no others.
func (g *Gate) MeterFits(c instruction.Credential, m *instruction.Mandate) bool {
	fits := func(caps []instruction.Cap, list []tally) bool {
		return slices.EqualFunc(caps, list, func(b instruction.Cap, t tally) bool { return b.Asset == t.asset })
	}
	x := g.meters.of[c]
	if x == nil {
		return len(m.Trades)+len(m.Withdrawals)+len(m.Codes) == 0
	}
	return fits(m.Trades, x.trades) && fits(m.Withdrawals, x.withdrawals) && fits(m.Codes, x.codes)
}

// Meters is how many keys have meters.
func (g *Gate) Meters() int { return len(g.meters.of) }

func tallies(caps []instruction.Cap, was []tally) []tally {
	list := make([]tally, len(caps))
	for i := range caps {
		if t := tallyOf(was, caps[i].Asset); t != nil {
			list[i] = *t
		}
		list[i].asset = caps[i].Asset
	}
	return list
}

// mark notes whether the key has caps on what it trades.
func (x *meters) mark(c instruction.Credential, on bool) {
	if !on {
		if int(c>>6) < len(x.trading) {
			x.trading[c>>6] &^= 1 << (c & 63)
		}
		return
	}
	for int(c>>6) >= len(x.trading) {
		x.trading = append(x.trading, 0)
	}
	x.trading[c>>6] |= 1 << (c & 63)
}

// Traded counts what a key traded of a quote asset.
func (g *Gate) Traded(waits instruction.Time, c instruction.Credential, quote instruction.Asset, n money.Amount) {
	if x := g.meters.of[c]; x != nil {
		if t := tallyOf(x.trades, quote); t != nil {
			t.used.Add(waits, n)
		}
	}
}

// Reserve notes what a key's open orders may still trade of a quote asset.
func (g *Gate) Reserve(c instruction.Credential, quote instruction.Asset, open money.Total) {
	if x := g.meters.of[c]; x != nil {
		if t := tallyOf(x.trades, quote); t != nil {
			t.open = open
		}
	}
}

// Reserved is what a key's open orders may still trade of a quote asset; 0 where there is no cap on it.
func (g *Gate) Reserved(c instruction.Credential, quote instruction.Asset) money.Total {
	if x := g.meters.of[c]; x != nil {
		if t := tallyOf(x.trades, quote); t != nil {
			return t.open
		}
	}
	return money.Total{}
}

// TradeCap is why a key's caps do not bear what is asked, and the value that speaks for it; or 0.
func (g *Gate) TradeCap(waits instruction.Time, c instruction.Credential, m *instruction.Mandate, a *Asks) (instruction.Reason, int64) {
	if len(m.Trades) == 0 || a.Quote == 0 {
		return 0, 0
	}
	bound := capOf(m.Trades, a.Quote)
	switch {
	case bound == nil:
		return instruction.QuoteNotCapped, int64(a.Quote)
	case bound.PerOrder != 0 && a.Most > bound.PerOrder:
		return instruction.OrderOverCap, int64(bound.PerOrder)
	case bound.PerDay == 0:
		return 0, 0
	}
	left := bound.PerDay
	if x := g.meters.of[c]; x != nil {
		if t := tallyOf(x.trades, a.Quote); t != nil {
			left -= min(left, t.open.Minus(a.Freed).Plus(t.used.Sum(waits)).Amount())
		}
	}
	if a.All > left {
		return instruction.DayOverCap, int64(left)
	}
	return 0, 0
}

// withdrawalCap is why a key's caps do not bear a withdrawal, and the value that speaks for it; or 0. AssetNotCapped: its
// mandate has caps, and none on this asset. WithdrawalOverCap: it is more than one withdrawal, or all in 24 hours, may be.
func (g *Gate) withdrawalCap(waits instruction.Time, c instruction.Credential, m *instruction.Mandate, asset instruction.Asset, n money.Amount) (instruction.Reason, int64) {
	if len(m.Withdrawals) == 0 {
		return 0, 0
	}
	bound := capOf(m.Withdrawals, asset)
	if bound == nil {
		return instruction.AssetNotCapped, int64(asset)
	}
	var used []tally
	if x := g.meters.of[c]; x != nil {
		used = x.withdrawals
	}
	if left := leftOf(waits, bound, used); n > left {
		return instruction.WithdrawalOverCap, int64(left)
	}
	return 0, 0
}

// leftOf is how much a cap bears of what leaves the account, of which so much counts already.
func leftOf(waits instruction.Time, bound *instruction.Cap, used []tally) money.Amount {
	left := money.MaxAmount
	if bound.PerDay != 0 {
		left = bound.PerDay
		if t := tallyOf(used, bound.Asset); t != nil {
			left -= min(left, t.used.Sum(waits))
		}
	}
	if bound.PerOrder != 0 {
		left = min(left, bound.PerOrder)
	}
	return left
}

// Withdrew counts a withdrawal that a key's caps bore. Cancelled, it counts all the same: whoever holds the key has tried.
func (g *Gate) Withdrew(waits instruction.Time, c instruction.Credential, asset instruction.Asset, n money.Amount) {
	if x := g.meters.of[c]; x != nil {
		if t := tallyOf(x.withdrawals, asset); t != nil {
			t.used.Add(waits, n)
		}
	}
}

// fields is the persisted form: what was counted, by ascending credential. What is open is counted anew from the books.
func (x *meters) fields(c *instruction.Codec) {
	n := c.Count(len(x.of), 1<<31-1)
	if c.Reading() {
		*x = meters{of: make(map[instruction.Credential]*meter, c.Room(n, 8))}
	}
	last := instruction.Credential(0)
	for range n {
		c.Pause()
		id := last
		var k *meter
		if c.Reading() {
			k = new(meter)
		} else {
			for k == nil {
				id++
				k = x.of[id]
			}
		}
		instruction.Num32(c, &id)
		tallyFields(c, &k.trades)
		tallyFields(c, &k.withdrawals)
		if c.Since(5) {
			tallyFields(c, &k.codes)
		}
		if c.Err() != nil {
			return
		}
		if id <= last || len(k.trades)+len(k.withdrawals)+len(k.codes) == 0 {
			c.Fail("a meter of key %d", id)
			return
		}
		if last = id; c.Reading() {
			x.of[id] = k // marked by Meter, once it is known that there is such a key
		}
	}
}

func tallyFields(c *instruction.Codec, p *[]tally) {
	n := c.Count(len(*p), instruction.MaxCaps)
	if c.Reading() && n > 0 {
		*p = make([]tally, n)
	}
	for i := range *p {
		t := &(*p)[i]
		instruction.Num16(c, &t.asset)
		t.used.Fields(c)
	}
}
