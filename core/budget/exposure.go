package budget

import (
	"math/bits"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// exposureDays is for how many slots of a day what was traded in a thin market counts: 30 full days, and the one under way.
const exposureDays = 31

// maxDay is the last day there is, some 180,000 years from now; what comes later is counted in it.
const maxDay = 1 << 26

// customer is what the owner of a master account named, and what was traded there.
type customer struct {
	names []instruction.Market // ascending
	thin  []thin               // by ascending market: those with trades, named or not any more
}

// thin is what a customer traded in one thin market.
type thin struct {
	market instruction.Market
	last   int64 // number of the newest day that something was traded on
	days   [exposureDays]flow
}

// flow is what a customer acquired of the base asset, and the worth that left for it; below 0 what it gave, and what came
// back.
type flow struct{ base, worth money.Amount }

// Exposure is what a customer acquired of a thin market's base asset in 30 days, net, and the worth that left for it, net;
// below 0 what it gave, and what came back.
type Exposure struct{ Base, Worth money.Amount }

// Name notes that a customer, by its master account, trades in a thin market, or no longer.
func (b *Budgets) Name(a instruction.Account, m instruction.Market, off bool) {
	x := b.customers.need(uint32(a))
	if x == nil || m == 0 {
		return
	}
	i, named := slices.BinarySearch(x.names, m)
	switch {
	case named && off:
		x.names = slices.Delete(x.names, i, i+1)
	case !named && !off:
		x.names = slices.Insert(x.names, i, m)
	}
}

// Named says whether a customer named the market.
func (b *Budgets) Named(a instruction.Account, m instruction.Market) bool {
	x := b.customers.at(uint32(a))
	if x == nil {
		return false
	}
	_, named := slices.BinarySearch(x.names, m)
	return named
}

// Names are the markets that a customer named, ascending; not to be changed.
func (b *Budgets) Names(a instruction.Account) []instruction.Market {
	if x := b.customers.at(uint32(a)); x != nil {
		return x.names
	}
	return nil
}

func (x *customer) find(m instruction.Market) (int, bool) {
	return slices.BinarySearchFunc(x.thin, m, func(t thin, m instruction.Market) int { return int(t.market) - int(m) })
}

// Expose counts what a customer acquired of the base asset in a thin market, and the worth that left for it, as
// instruction.Charged has them.
func (b *Budgets) Expose(waits instruction.Time, a instruction.Account, m instruction.Market, base, worth money.Amount) {
	x := b.customers.need(uint32(a))
	if x == nil || base == 0 && worth == 0 {
		return
	}
	i, found := x.find(m)
	if !found {
		x.thin = slices.Insert(x.thin, i, thin{market: m})
	}
	x.thin[i].add(day(waits), clamp(base), clamp(worth))
}

// Exposure is what counts of a customer's trades in a thin market at that time.
func (b *Budgets) Exposure(waits instruction.Time, a instruction.Account, m instruction.Market) Exposure {
	x := b.customers.at(uint32(a))
	if x == nil {
		return Exposure{}
	}
	i, found := x.find(m)
	if !found {
		return Exposure{}
	}
	return x.thin[i].sum(day(waits))
}

// With is the exposure once a fill has come to it.
func (x Exposure) With(base, worth money.Amount) Exposure {
	return Exposure{clamp(x.Base + clamp(base)), clamp(x.Worth + clamp(worth))}
}

// Given is how much of the base asset was given away, net.
func (x Exposure) Given() money.Amount { return max(-x.Base, 0) }

// Net is what counts against the cap: the worth that left, net, and what was given of the base asset, net. The caller says
// what Given is worth at its 7-day high.
func (x Exposure) Net(given money.Amount) money.Amount {
	return plus(max(x.Worth, 0), min(max(given, 0), money.MaxAmount))
}

// Cap is how much Net may be for a customer of that equity, all accounts together.
func Cap(family money.Amount) money.Amount { return part(family, instruction.ThinCap) }

// day is the number of the slot of a day that a time lies in.
func day(waits instruction.Time) int64 { return min(max(int64(waits/instruction.Day), 0), maxDay) }

func (t *thin) add(now int64, base, worth money.Amount) {
	now = max(now, t.last)
	for s := max(t.last+1, now-exposureDays+1); s <= now; s++ {
		t.days[s%exposureDays] = flow{}
	}
	t.last = now
	f := &t.days[now%exposureDays]
	f.base, f.worth = clamp(f.base+base), clamp(f.worth+worth)
}

func (t *thin) sum(now int64) Exposure {
	var base, worth wide
	for s := max(max(now, t.last)-exposureDays+1, 0); s <= t.last; s++ {
		f := &t.days[s%exposureDays]
		base.add(f.base)
		worth.add(f.worth)
	}
	return Exposure{base.amount(), worth.amount()}
}

// wide is a signed sum that cannot run over.
type wide struct{ hi, lo uint64 }

func (w *wide) add(n money.Amount) {
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, uint64(n), 0)            // #nosec G115 -- two's complement, as it is meant
	w.hi, _ = bits.Add64(w.hi, uint64(int64(n)>>63), carry) // #nosec G115 -- likewise
}

// amount is the sum, or the largest amount of its sign.
func (w *wide) amount() money.Amount {
	switch n := money.Amount(w.lo); { // #nosec G115 -- looked at together with hi
	case w.hi == 0 && n >= 0, w.hi == 1<<64-1 && n < 0:
		return clamp(n)
	case int64(w.hi) < 0: // #nosec G115 -- the sign
		return -money.MaxAmount
	}
	return money.MaxAmount
}
