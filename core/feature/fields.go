package feature

import "portcullis/core/instruction"

// Fields is the persisted form: keys, accounts and markets that did anything, by ascending id; networks and integrators by their
// places.
func (f *Features) Fields(c *instruction.Codec) {
	if c.Reading() {
		*f = *New()
	}
	f.keys.Fields(c, (*Key).kept, (*Key).fields)
	f.accounts.Fields(c, (*Account).kept, (*Account).fields)
	n := c.Count(len(f.markets), 1<<16)
	if c.Reading() {
		f.markets = make([]Market, n)
	}
	for i := range n {
		c.Pause()
		if f.markets[i].fields(c); c.Err() != nil {
			return
		}
	}
	f.networks.fields(c)
	f.integrators.fields(c)
}

func (k *Key) kept() bool { return *k != Key{} }

func (k *Key) fields(c *instruction.Codec) {
	instruction.Num32(c, &k.at)
	instruction.Num32(c, &k.born)
	for _, x := range [...]*count{&k.orders5m, &k.orders1h, &k.orders1d, &k.orders7d, &k.denied1h} {
		instruction.Num32(c, x)
	}
	for _, x := range [...]*amount{&k.notional1h, &k.notional24h, &k.loss1h, &k.loss24h} {
		x.fields(c)
	}
	heavyFields(c, k.partners[:], k.weights[:])
	for i := range k.networks {
		instruction.Num32(c, &k.networks[i])
		k.seen[i].fields(c)
	}
	for i := range k.markets {
		instruction.Num16(c, &k.markets[i])
		k.traded[i].fields(c)
	}
	for _, x := range [...]*uint16{&k.integrator, &k.widened, &k.burst, &k.sprt} {
		instruction.Num16(c, x)
	}
	if c.Reading() && c.Err() == nil && (twice(k.networks[:]) || twice(k.markets[:])) {
		c.Fail("a key that is known twice at one place")
	}
}

func (x *seen) fields(c *instruction.Codec) {
	instruction.Num16(c, &x.first)
	instruction.Num16(c, &x.last)
	if x.first > x.last {
		c.Fail("used first %d, and last %d", x.first, x.last)
	}
}

func (a *amount) fields(c *instruction.Codec) {
	if instruction.Num64(c, a); *a > maxAmount {
		c.Fail("an amount of %d", uint64(*a))
	}
}

func heavyFields(c *instruction.Codec, who []instruction.Account, weight []amount) {
	for i := range who {
		instruction.Num32(c, &who[i])
		if weight[i].fields(c); weight[i] == 0 && who[i] != 0 {
			c.Fail("account %d without weight", who[i])
		}
	}
	if c.Reading() && c.Err() == nil && twice(who) {
		c.Fail("an account that has two places")
	}
}

// twice says that something stands at two places.
func twice[T comparable](has []T) bool {
	var none T
	for i, x := range has {
		if x != none && place(has[i+1:], x) >= 0 {
			return true
		}
	}
	return false
}

func (a *Account) kept() bool { return *a != Account{} }

func (a *Account) fields(c *instruction.Codec) {
	instruction.Num32(c, &a.at)
	for _, x := range [...]*amount{&a.notional24h, &a.loss1h, &a.loss1d, &a.withdrawn24h, &a.moved24h} {
		x.fields(c)
	}
	instruction.Num32(c, &a.withdrawals1h)
	instruction.Num32(c, &a.withdrawals1d)
	heavyFields(c, a.partners[:], a.weights[:])
	for i := range a.pairs {
		p := &a.pairs[i]
		instruction.Num64(c, &p.lost)
		instruction.Num32(c, &p.trades)
		instruction.Num32(c, &p.first)
		if p.lost > maxAmount || p.lost < -maxAmount || a.partners[i] == 0 && *p != (pair{}) {
			c.Fail("what was lost to account %d", a.partners[i])
		}
	}
	for i := range a.addresses {
		x := &a.addresses[i]
		instruction.Num64(c, &x.name)
		instruction.Num32(c, &x.first)
		instruction.Num32(c, &x.last)
		if x.name == 0 && *x != (address{}) || x.first > x.last {
			c.Fail("an address of before it was used")
		}
	}
}

func (m *Market) fields(c *instruction.Codec) {
	instruction.Num32(c, &m.at)
	m.volume1h.fields(c)
	heavyFields(c, m.takers[:], m.weights[:])
}

func (x *crowd) fields(c *instruction.Codec) {
	for i := range x {
		instruction.Num32(c, &x[i])
	}
}

func (n *networks) fields(c *instruction.Codec) {
	for which := range n.rings {
		r := &n.rings[which]
		size := c.Count(len(r.list), ringSize)
		instruction.Num32(c, &r.next)
		if c.Reading() && c.Err() == nil && (r.next >= ringSize || size < ringSize && int(r.next) != size) {
			c.Fail("networks go on at %d of %d", r.next, size)
		}
		for i := range size {
			c.Pause()
			if c.Reading() {
				r.list = append(r.list, Network{})
			}
			x := &r.list[i]
			if x.fields(c); c.Err() != nil {
				return
			}
			if !c.Reading() || x.id == 0 {
				continue
			}
			if _, known := n.where[x.id]; known {
				c.Fail("network %v has two places", x.id)
				return
			}
			n.where[x.id] = uint32(which*ringSize + i) // #nosec G115 -- bounded
		}
	}
}

func (n *Network) fields(c *instruction.Codec) {
	if instruction.Num64(c, &n.id); n.id == 0 {
		return
	}
	instruction.Num32(c, &n.at)
	for _, x := range [...]*count{&n.keys1h, &n.strangers1h, &n.strangers24h, &n.denied1h} {
		instruction.Num32(c, x)
	}
	instruction.Num32(c, &n.owner)
	n.crowd.fields(c)
}

func (t *integrators) fields(c *instruction.Codec) {
	n := c.Count(len(t.list)-1, maxIntegrators)
	for i := 1; i <= n && c.Err() == nil; i++ {
		c.Pause()
		if c.Reading() {
			t.list = append(t.list, Integrator{})
		}
		x := &t.list[i]
		c.Text(&x.name)
		x.notional1h.fields(c)
		x.loss1h.fields(c)
		instruction.Num32(c, &x.at)
		for _, y := range [...]*count{&x.keys1h, &x.strangers1h, &x.flagged24h} {
			instruction.Num32(c, y)
		}
		x.strangers.fields(c)
		x.flaggings.fields(c)
		if c.Reading() && (x.name == "" || t.of[x.name] != 0) {
			c.Fail("integrator %q has two places", x.name)
		}
		t.of[x.name] = uint16(i) // #nosec G115 -- bounded
	}
}
