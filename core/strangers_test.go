package core

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"portcullis/core/instruction"
)

// quick gives an instruction without holding the laws that look at the whole state, which a crowd makes large; the twin folds
// the record all the same, and is compared at the end.
func (v *venue) quick(p instruction.Principal, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	b, err := v.s.Step(v.now, &p, in, nil)
	if err != nil {
		v.t.Fatalf("%T: %v", in, err)
	}
	v.seq++
	var r instruction.Record
	if err := r.Decode(v.seq, b); err != nil {
		v.t.Fatal(err)
	}
	if err := v.twin.Fold(&r, nil); err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *venue) quickOrder(c instruction.Credential, addr netip.Addr) instruction.Record {
	v.t.Helper()
	return v.quick(instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: addr}, &instruction.PlaceOrder{
		Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.IOC, Price: 10_000e8, Qty: 1e5, ClientID: v.clientID(),
	})
}

// crowd is a venue of customers who share one network: most are at home there; every tenth has a legacy key that was brought
// ten days ago and used since; every tenth is at home elsewhere and only visits; every tenth has listed its networks. Each
// has an owner's key.
type crowd struct {
	*venue
	keys, owners []instruction.Credential
	kind         []int
}

const (
	neighbour = iota
	fromElsewhere
	visitor
	lister
)

func newCrowd(t *testing.T, n int) *crowd {
	c := &crowd{venue: newVenue(t, 1)}
	operator := instruction.Principal{Giver: instruction.ByOperator}
	for i := range n {
		c.quick(operator, &instruction.OpenAccount{Ref: fmt.Sprint("neighbour ", i)})
		a := c.s.Accounts()
		c.quick(operator, &instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000e8})
		kind := map[int]int{1: fromElsewhere, 2: visitor, 3: lister}[i%10]
		k := instruction.CreateKey{Account: a, ID: instruction.KeyID{1, byte(i), byte(i >> 8)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}}
		switch kind {
		case fromElsewhere:
			legacy(&k)
		case lister:
			k.Mandate.Networks = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
		}
		c.quick(operator, &k)
		c.keys, c.kind = append(c.keys, c.s.Keys()), append(c.kind, kind)
		c.quick(operator, &instruction.CreateKey{Account: a, ID: instruction.KeyID{2, byte(i), byte(i >> 8)}, Scheme: instruction.Ed25519,
			Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}})
		c.owners = append(c.owners, c.s.Keys())
	}
	for range 10 { // days of trade
		c.trade(func(i int) netip.Addr {
			if c.kind[i] == visitor {
				return c.home(i)
			}
			return shared(i)
		}, nil)
		c.passes(instruction.Day)
	}
	return c
}

// shared is a customer's address in the network of all.
func shared(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}) }

// home is where a visitor is at home.
func (c *crowd) home(i int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}) }

// trade has every customer place an order, and wants it done but where denied says why not.
func (c *crowd) trade(from func(int) netip.Addr, denied func(int) instruction.Reason) {
	c.t.Helper()
	for i, k := range c.keys {
		want := instruction.Reason(0)
		if denied != nil {
			want = denied(i)
		}
		r := c.quickOrder(k, from(i))
		if got := c.ended(r); got != want {
			c.t.Fatalf("customer %d, who is of kind %d, from %v: %v, want %v", i, c.kind[i], from(i), got, want)
		}
	}
}

func (c *crowd) ended(r instruction.Record) instruction.Reason {
	if r.Verdict.Decision != instruction.Allow {
		return r.Verdict.Reason()
	}
	var ev instruction.Events
	return r.Refused(&ev)
}

// TestStrangersLockNobodyOut: from the network that a thousand customers share, a stranger names forged keys, uses his own
// deleted keys and others', proven and not, a decoy, and keys that may only read. Who is at home there, or has listed it, or
// came from another venue and traded here since, notices nothing. A visitor who trades there is stopped there, trades on from
// home all the same, and from there too with one word of his own.
func TestStrangersLockNobodyOut(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	c := newCrowd(t, n)
	stranger := netip.MustParseAddr("198.51.100.66")
	seen := func(k instruction.Credential, proven bool) {
		c.quick(instruction.Principal{Giver: instruction.ByVenue, Addr: stranger, Sent: c.now}, &instruction.Sight{Credential: k, Proven: proven})
	}
	reader := c.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayRead })
	dead := []instruction.Credential{c.deleted(0), c.deleted(0), c.deleted(5), c.deleted(6)}
	canary := c.makeKey(0, decoy)
	allHere := func(i int) netip.Addr { return shared(i) }
	visitors := func(i int) instruction.Reason {
		if c.kind[i] == visitor {
			return instruction.SuspectNetwork
		}
		return 0
	}
	atHome := func(i int) netip.Addr {
		if c.kind[i] == visitor {
			return c.home(i)
		}
		return shared(i)
	}

	for k := range instruction.Credential(50) { // forged names
		seen(1_000_000+k, false)
		c.quickOrder(1_000_000+k, stranger)
	}
	c.trade(atHome, nil)
	c.wantIncident(0, 0)

	for range 5 { // what only reads, used to provoke
		c.quickOrder(reader, stranger)
		seen(reader, true)
	}
	c.trade(atHome, nil)
	c.wantIncident(0, 0)

	for _, k := range dead {
		seen(k, false)
	}
	c.wantIncident(1, instruction.TombstoneWithLive)
	seen(dead[0], true)
	seen(canary, true)
	c.quickOrder(reader, stranger)
	c.wantIncident(1, instruction.TombstoneWithLive)
	c.trade(atHome, nil)
	c.trade(allHere, visitors)

	for range 3 { // days later still
		c.passes(instruction.Day)
		seen(dead[1], true)
		c.trade(atHome, nil)
	}
	for i, k := range c.keys {
		if c.kind[i] != visitor {
			continue
		}
		owner := instruction.Principal{Giver: instruction.ByCredential, Credential: c.owners[i], Addr: shared(i)}
		if got := c.ended(c.quick(owner, &instruction.RestoreKey{Credential: k})); got != 0 {
			t.Fatalf("the owner's word: %v", got)
		}
	}
	c.trade(allHere, nil)
	if c.s.Hash() != c.twin.Hash() {
		t.Error("the fold of the records is another state")
	}
}

// TestCallOrders: the same calls, in a thousand orders. An incident opens with the call, and only with the call, by which one
// network has seen two deleted keys, or one and a stranger who lives; what shares a network or a deleted key with it joins it.
func TestCallOrders(t *testing.T) {
	type call struct {
		key    instruction.Credential
		addr   string
		dead   bool
		orders bool
	}
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(20180106, seed))
		v := newVenue(t, 5)
		for c := range instruction.Credential(5) {
			v.quickOrder(c+1, netip.MustParseAddr(homeNet))
		}
		v.passes(2 * instruction.Day)
		var dead []instruction.Credential
		for i := range 3 {
			dead = append(dead, v.deleted(i%2))
		}
		calls := []call{
			{dead[0], cafeNet, true, false}, {dead[1], cafeNet, true, false}, {dead[0], otherNet, true, false}, {dead[2], otherNet, true, false},
			{dead[2], "198.18.0.1", true, false}, {dead[0], homeNet, true, false},
			{3, cafeNet, false, false}, {4, otherNet, false, true}, {5, "198.18.0.1", false, true}, {3, "198.18.1.1", false, true},
			{1, homeNet, false, true}, {2, homeNet, false, false},
		}
		rng.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		m := newRule()
		for i, c := range calls {
			switch {
			case c.orders:
				v.quickOrder(c.key, netip.MustParseAddr(c.addr))
			default:
				v.quick(instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr(c.addr), Sent: v.now},
					&instruction.Sight{Credential: c.key, Proven: !c.dead})
			}
			if c.dead {
				m.dead(c.key, c.addr)
			} else if c.addr != homeNet {
				m.stranger(c.key, c.addr)
			}
			if got := len(v.s.Incidents()); got != m.incidents {
				t.Fatalf("seed %d: after call %d of %+v there are %d incidents, by the rule %d", seed, i, calls, got, m.incidents)
			}
		}
		for i, x := range v.s.Incidents() {
			var got, want []string
			for _, n := range x.Networks {
				got = append(got, n.String())
			}
			for n, of := range m.nets {
				if of == i+1 {
					want = append(want, n)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: incident %d has %v, by the rule %v, after %+v", seed, i+1, got, want, calls)
			}
		}
		if v.s.Hash() != v.twin.Hash() {
			t.Fatalf("seed %d: the fold of the records is another state", seed)
		}
	}
}

// plainly is the rule by which incidents open, said in the plainest way, for calls of one hour. A network, and a key, belong to
// the first incident that they share something with.
type plainly struct {
	used      map[string][]instruction.Credential // deleted keys by network
	strangers map[string][]instruction.Credential // living ones, likewise
	nets      map[string]int                      // by which incident
	keys      map[instruction.Credential]int      // likewise
	incidents int
}

func newRule() *plainly {
	return &plainly{used: map[string][]instruction.Credential{}, strangers: map[string][]instruction.Credential{},
		nets: map[string]int{}, keys: map[instruction.Credential]int{}}
}

func network(addr string) string {
	return instruction.NetworkOf(netip.MustParseAddr(addr)).String()
}

func (m *plainly) dead(c instruction.Credential, addr string) {
	n := network(addr)
	if !slices.Contains(m.used[n], c) {
		m.used[n] = append(m.used[n], c)
	}
	m.decide(c, n, len(m.used[n]) > 1 || len(m.strangers[n]) > 0)
}

func (m *plainly) stranger(c instruction.Credential, addr string) {
	n := network(addr)
	m.strangers[n] = append(m.strangers[n], c)
	if len(m.used[n]) > 0 {
		m.decide(c, n, true)
	}
}

// decide has a use join an incident, or open one.
func (m *plainly) decide(c instruction.Credential, n string, opens bool) {
	x := m.nets[n]
	if x == 0 {
		x = m.keys[c]
	}
	if x == 0 && opens {
		m.incidents++
		x = m.incidents
		m.nets[n] = x
		m.grow(x)
		for _, c := range m.strangers[n] {
			m.take(c, x)
		}
	}
	if x != 0 {
		m.take(c, x)
		if m.nets[n] == 0 {
			m.nets[n] = x
		}
		m.grow(x)
	}
}

func (m *plainly) take(c instruction.Credential, x int) bool {
	if m.keys[c] != 0 {
		return false
	}
	m.keys[c] = x
	return true
}

// grow adds what shares a network or a deleted key with an incident.
func (m *plainly) grow(x int) {
	for grown := true; grown; {
		grown = false
		for _, n := range slices.Sorted(maps.Keys(m.used)) {
			for _, c := range m.used[n] {
				if m.nets[n] == x && m.take(c, x) {
					grown = true
				}
				if m.keys[c] == x && m.nets[n] == 0 {
					m.nets[n], grown = x, true
				}
			}
		}
	}
}
