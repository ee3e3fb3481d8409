package feature

import "portcullis/core/instruction"

// KeyAt is what a key did, as of a time. It is a copy: many may ask at once.
func (f *Features) KeyAt(c instruction.Credential, now Second) Key {
	k := *f.keys.See(uint32(c))
	k.pass(now)
	return k
}

// Idle is for how many hours the key moved no money; false where it never did.
func (k *Key) Idle(now Second) (hours int64, ever bool) {
	last := uint16(0)
	for i, n := range k.networks {
		if n != 0 {
			ever, last = true, max(last, k.seen[i].last)
		}
	}
	return int64(k.hour(now) - min(last, k.hour(now))), ever
}

// WidenedHours is how long ago the key's mandate gained something; false where it never did.
func (k *Key) WidenedHours(now Second) (hours int64, ever bool) {
	return int64(k.hour(now) - min(k.widened, k.hour(now))), k.widened != 0
}

// NetworkHours is since when the key moves money from a network, and whether the network counts as new. made is when the key was
// created.
func (k *Key) NetworkHours(n instruction.Network, now, made Second) (hours int64, fresh bool) {
	if i := place(k.networks[:], short(n)); i >= 0 {
		return k.seen[i].known(k.hour(now))
	}
	return 0, now.hour() >= made.hour()+grace
}

// MarketNew says that a market counts as new to the key.
func (k *Key) MarketNew(m instruction.Market, now, made Second) bool {
	if i := place(k.markets[:], m); i >= 0 {
		_, fresh := k.traded[i].known(k.hour(now))
		return fresh
	}
	return now.hour() >= made.hour()+grace
}

// Networks and Markets are how many the key used within 90 days, of those that have a place.
func (k *Key) Networks(now Second) int64 { return known(k.networks[:], k.seen[:], k.hour(now)) }
func (k *Key) Markets(now Second) int64  { return known(k.markets[:], k.traded[:], k.hour(now)) }

func known[T comparable](has []T, seen []seen, now uint16) (n int64) {
	var none T
	for i := range has {
		if has[i] != none && now-min(now, seen[i].last) <= quarter {
			n++
		}
	}
	return n
}

// Orders are how many orders the key placed.
func (k *Key) Orders() (in5m, in1h, in24h int64) {
	return k.orders5m.things(), k.orders1h.things(), k.orders1d.things()
}

// Notional is what the key traded, in units of the valuation asset, Loss what it lost.
func (k *Key) Notional() (in1h, in24h uint64) { return uint64(k.notional1h), uint64(k.notional24h) }
func (k *Key) Loss() (in1h, in24h uint64)     { return uint64(k.loss1h), uint64(k.loss24h) }

// Partners are how many percent of what the key traded was with its heaviest counterparty, and how many it has places for.
func (k *Key) Partners() (percent, some int64) { return share(k.weights[:], k.notional24h) }

// Denied, Burst and Sprt are as the features of these names.
func (k *Key) Denied() int64 { return k.denied1h.things() }
func (k *Key) Burst() int64  { return int64(k.burst) }
func (k *Key) Sprt() int64   { return int64(k.sprt) }

// AccountAt is what an account did, as of a time. It is a copy: many may ask at once.
func (f *Features) AccountAt(a instruction.Account, now Second) Account {
	x := *f.accounts.See(uint32(a))
	x.pass(now)
	return x
}

// Gone is what the account lost, withdrew and handed to others of its customer's within 24 hours, together.
func (a *Account) Gone() uint64 {
	return min(uint64(min(a.loss1d+a.withdrawn24h, maxAmount)+a.moved24h), maxAmount)
}

// Loss is what the account's keys lost.
func (a *Account) Loss() (in1h, in24h uint64) { return uint64(a.loss1h), uint64(a.loss1d) }

// Withdrawals are how many withdrawals were taken up, Withdrawn what they were worth.
func (a *Account) Withdrawals() (in1h, in24h int64) {
	return a.withdrawals1h.things(), a.withdrawals1d.things()
}
func (a *Account) Withdrawn() uint64 { return uint64(a.withdrawn24h) }

// PartnerShare is how many percent of what the account traded was with its heaviest counterparty.
func (a *Account) PartnerShare() int64 {
	percent, _ := share(a.weights[:], a.notional24h)
	return percent
}

// AddressHours is how long ago the account first withdrew to an address; false where it is not known that it ever did.
func (a *Account) AddressHours(name uint64, now Second) (hours int64, known bool) {
	for _, x := range a.addresses {
		if x.name == name && name != 0 {
			return int64(max(now.hour(), x.first) - x.first), true
		}
	}
	return 0, false
}

// Pair is how an account stands with one counterparty.
type Pair struct {
	Trades int64
	Lost   uint64 // to it, net; 0 where it gained
	Share  int64  // percent of what the account traded
	Hours  int64  // since they first traded
}

// With is how the account stands with a customer.
func (a *Account) With(customer instruction.Account, now Second) Pair {
	i := place(a.partners[:], customer)
	if i < 0 || customer == 0 {
		return Pair{}
	}
	p := &a.pairs[i]
	return Pair{
		Trades: p.trades.things(), Lost: uint64(max(p.lost, 0)), Share: Part(a.weights[i], a.notional24h, 100),
		Hours: int64(max(now.hour(), p.first) - p.first),
	}
}

// TakerShare is how many percent of a market's volume its heaviest taker took.
func (f *Features) TakerShare(m instruction.Market, now Second) int64 {
	if int(m) >= len(f.markets) {
		return 0
	}
	x := f.markets[m]
	x.pass(now)
	percent, _ := share(x.weights[:], x.volume1h)
	return percent
}

// Crowd is what a network, or an integrator, saw.
type Crowd struct {
	Keys1h, Strangers1h, Strangers24h, Denied1h, Flagged24h int64
	Loss1h                                                  int64 // basis points of what was traded
}

// NetworkAt is what a network saw, as of a time.
func (f *Features) NetworkAt(id instruction.Network, now Second) (c Crowd) {
	if n := f.networks.at(id); n != nil {
		x := *n
		x.pass(now)
		c = Crowd{
			Keys1h: x.keys1h.things(), Strangers1h: x.strangers1h.things(), Strangers24h: x.strangers24h.things(),
			Denied1h: x.denied1h.things(),
		}
	}
	return c
}

// IntegratorAt is what an integrator saw, as of a time. k is one of its keys, or nil.
func (f *Features) IntegratorAt(name string, k *Key, now Second) (c Crowd) {
	hint := uint16(0)
	if k != nil {
		hint = k.integrator
	}
	if i := f.integrators.at(name, hint); i != nil && name != "" {
		x := *i
		x.pass(now)
		c = Crowd{
			Keys1h: x.keys1h.things(), Strangers1h: x.strangers1h.things(), Flagged24h: x.flagged24h.things(),
			Loss1h: Part(x.loss1h, x.notional1h, 10_000),
		}
	}
	return c
}
