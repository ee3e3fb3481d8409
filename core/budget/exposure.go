package budget

import (
	"cmp"
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
	days   [exposureDays]Flow
}

// Flow is what a customer acquired of a base asset, and the worth that left for it in units of the valuation asset; below 0
// what it gave, and what came back.
type Flow struct{ Base, Worth money.Amount }

// Exposure is what counts of a customer's trades in one thin market: what flowed since each day that counts, to now.
type Exposure struct {
	since [exposureDays + 1]Flow // the newest day first: today, and each day before on which something was traded
	n     int
}

// Name notes that a customer, by its master account, trades in a thin market, or no longer.
func (b *Budgets) Name(a instruction.Account, m instruction.Market, off bool) {
	x := b.customers.Need(uint32(a))
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
	x := b.customers.At(uint32(a))
	if x == nil {
		return false
	}
	_, named := slices.BinarySearch(x.names, m)
	return named
}

func (x *customer) find(m instruction.Market) (int, bool) {
	return slices.BinarySearchFunc(x.thin, m, func(t thin, m instruction.Market) int { return cmp.Compare(t.market, m) })
}

// Expose counts what a customer acquired of the base asset in a thin market, and the worth that left for it, as
// instruction.Charged has them.
func (b *Budgets) Expose(waits instruction.Time, a instruction.Account, m instruction.Market, base, worth money.Amount) {
	x := b.customers.Need(uint32(a))
	if x == nil || base == 0 && worth == 0 {
		return
	}
	i, found := x.find(m)
	if !found {
		x.thin = slices.Insert(x.thin, i, thin{market: m})
	}
	x.thin[i].add(day(waits), Flow{clamp(base), clamp(worth)})
}

// Exposure is what counts of a customer's trades in a thin market at that time.
func (b *Budgets) Exposure(waits instruction.Time, a instruction.Account, m instruction.Market) Exposure {
	if t := b.traded(a, m); t != nil {
		return t.exposure(day(waits))
	}
	return Exposure{n: 1}
}

// traded is what the customer traded in the market, or nil.
func (b *Budgets) traded(a instruction.Account, m instruction.Market) *thin {
	if x := b.customers.At(uint32(a)); x != nil {
		if i, found := x.find(m); found {
			return &x.thin[i]
		}
	}
	return nil
}

// Whole is what flowed within all days that count.
func (x *Exposure) Whole() Flow {
	if x.n == 0 {
		return Flow{}
	}
	return x.since[x.n-1]
}

// With is the exposure once a fill has come to it.
func (x Exposure) With(base, worth money.Amount) Exposure {
	x.n = max(x.n, 1)
	for i := range x.since[:x.n] {
		x.since[i] = x.since[i].plus(Flow{clamp(base), clamp(worth)})
	}
	return x
}

// Net is what counts against the cap, 0 to money.MaxAmount; the caller says what so much of the base asset is worth at its
// high, rounded up. It is the worth that left within all days that count, if any, and with it what was given of the base
// asset, if any; or, where that is more, what may have been lost since a later day.
func (x *Exposure) Net(high func(base money.Amount) money.Amount) money.Amount {
	whole := x.Whole()
	most := max(whole.Worth, 0).AddSaturated(whole.given(high))
	for _, f := range x.since[:max(x.n-1, 0)] {
		most = max(most, clamp(f.Worth+f.given(high)))
	}
	return most
}

// given is what the part of the base asset is worth that was given away, net.
func (f Flow) given(high func(money.Amount) money.Amount) money.Amount {
	if f.Base >= 0 {
		return 0
	}
	return max(clamp(high(-f.Base)), 0)
}

func (f Flow) plus(x Flow) Flow { return Flow{clamp(f.Base + x.Base), clamp(f.Worth + x.Worth)} }

// Cap is how much Net may be for a customer of that equity, all accounts together.
func Cap(family money.Amount) money.Amount { return part(family, instruction.ThinCap) }

// day is the number of the slot of a day that a time lies in.
func day(waits instruction.Time) int64 { return min(max(int64(waits/instruction.Day), 0), maxDay) }

func (t *thin) add(now int64, f Flow) {
	now = max(now, t.last)
	for s := max(t.last+1, now-exposureDays+1); s <= now; s++ {
		t.days[s%exposureDays] = Flow{}
	}
	t.last = now
	p := &t.days[now%exposureDays]
	was := *p
	*p = was.plus(f)
	if was.Worth == money.MaxAmount || was.Base == -money.MaxAmount {
		*p = was // what stopped at the largest amount is not known any more
	}
}

// first is the oldest day that counts.
func (t *thin) first(now int64) int64 { return max(max(now, t.last)-exposureDays+1, 0) }

func (t *thin) exposure(now int64) Exposure {
	x := Exposure{n: 1}
	var sum Flow
	for s := t.last; s >= t.first(now); s-- {
		f := t.days[s%exposureDays]
		if f == (Flow{}) {
			continue
		}
		if sum = sum.plus(f); s < now {
			x.n++
		}
		x.since[x.n-1] = sum
	}
	return x
}
