package instruction

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"portcullis/core/money"
)

// use is one thing that somebody might do with a credential.
type use struct {
	right      Rights
	market     Market
	from       netip.Addr
	at         Time
	asset      Asset
	order, day money.Amount
	withdraws  bool
}

// lets is what a mandate is, spelled out.
func lets(m *Mandate, u *use) bool {
	caps := m.Trades
	if u.withdraws {
		caps = m.Withdrawals
	}
	capped := len(caps) == 0
	for _, c := range caps {
		capped = capped || c.Asset == u.asset && (c.PerOrder == 0 || u.order <= c.PerOrder) && (c.PerDay == 0 || u.day <= c.PerDay)
	}
	return m.Rights.Has(u.right) && (len(m.Markets) == 0 || slices.Contains(m.Markets, u.market)) &&
		(len(m.Networks) == 0 || slices.ContainsFunc(m.Networks, func(n netip.Prefix) bool { return n.Contains(u.from) })) &&
		(m.Expires == 0 || u.at <= m.Expires) && capped
}

var smallNetworks = []string{"10.0.0.0/8", "10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.3/32", "10.0.0.1/32", "11.0.0.0/8",
	"2001:db8::/32", "2001:db8::/127", "2001:db8::1/128"}

func somewhere(r *rand.Rand) netip.Addr {
	return netip.MustParseAddr([]string{"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.9.0.0", "11.0.0.0", "2001:db8::", "2001:db8::1", "2001:db8::9"}[r.IntN(9)])
}

// few is a mandate of a world so small that random ones often touch.
func few(r *rand.Rand) (m Mandate) {
	m.Rights = Rights(1 + r.IntN(int(allRights)))
	for x := range Market(3) {
		if r.IntN(3) == 0 {
			m.Markets = append(m.Markets, x+1)
		}
	}
	for range r.IntN(4) {
		n := append(slices.Clone(m.Networks), netip.MustParsePrefix(smallNetworks[r.IntN(len(smallNetworks))]))
		if CheckNetworks(n) == 0 {
			m.Networks = n
		}
	}
	m.Expires = Time(r.IntN(4))
	list := func() (caps []Cap) {
		for a := range Asset(3) {
			if c := (Cap{Asset: a + 1, PerOrder: money.Amount(r.IntN(4)), PerDay: money.Amount(r.IntN(4))}); r.IntN(3) == 0 && CheckCaps([]Cap{c}) == 0 {
				caps = append(caps, c)
			}
		}
		return caps
	}
	m.Trades, m.Withdrawals = list(), list()
	return m
}

// try is a random use.
func try(r *rand.Rand) use {
	order := money.Amount(1 + r.IntN(4))
	return use{
		right: 1 << r.IntN(5), market: Market(1 + r.IntN(4)), from: somewhere(r), at: Time(r.IntN(5)), asset: Asset(1 + r.IntN(4)),
		order: order, day: order + money.Amount(r.IntN(4)), withdraws: r.IntN(2) == 0,
	}
}

// parts are both mandates with one of their lists at a time. A cap on withdrawals says nothing of trades, so that each is
// shut where the other is looked at.
func parts(a, b *Mandate) (out [][2]Mandate) {
	shut := []Cap{{Asset: 99, PerDay: 1}}
	for _, take := range []func(*Mandate) Mandate{
		func(m *Mandate) Mandate { return Mandate{Rights: allRights, Markets: m.Markets} },
		func(m *Mandate) Mandate { return Mandate{Rights: allRights, Networks: m.Networks} },
		func(m *Mandate) Mandate { return Mandate{Rights: allRights, Trades: m.Trades, Withdrawals: shut} },
		func(m *Mandate) Mandate { return Mandate{Rights: allRights, Withdrawals: m.Withdrawals, Trades: shut} },
	} {
		out = append(out, [2]Mandate{take(a), take(b)})
	}
	return out
}

// TestMandateAlgebra holds Within and Meet against what mandates let, use by use.
func TestMandateAlgebra(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	seen := map[string]int{}
	for range 30_000 {
		a, b := few(r), few(r)
		switch r.IntN(3) {
		case 0:
			b = a
			b.Expires = Time(r.IntN(4))
		case 1: // wider or narrower in one thing
			c := few(r)
			b = a
			switch r.IntN(4) {
			case 0:
				b.Rights = c.Rights
			case 1:
				b.Markets = c.Markets
			case 2:
				b.Networks = c.Networks
			case 3:
				b.Trades = c.Trades
			}
		}
		within := a.Within(&b)
		both, ok := a.Meet(&b)
		again, okAgain := b.Meet(&a)
		if ok != okAgain || ok && !both.Same(&again) {
			t.Fatalf("seed %d: %+v and %+v meet otherwise than the other way round", seed, a, b)
		}
		if ok && (!both.Within(&a) || !both.Within(&b) || CheckNetworks(both.Networks) != 0 || CheckCaps(both.Trades) != 0 || CheckCaps(both.Withdrawals) != 0) {
			t.Fatalf("seed %d: what %+v and %+v have in common is %+v", seed, a, b, both)
		}
		if within && (!ok || !both.Same(&a)) {
			t.Fatalf("seed %d: %+v is within %+v, and meets it in %+v, %v", seed, a, b, both, ok)
		}
		if !a.Within(&a) {
			t.Fatalf("seed %d: %+v is not within itself", seed, a)
		}
		apart := a.Rights&b.Rights == 0
		for _, one := range parts(&a, &b) {
			_, touch := one[0].Meet(&one[1])
			apart = apart || !touch
			for range 20 {
				if u := try(r); !touch && lets(&one[0], &u) && lets(&one[1], &u) {
					t.Fatalf("seed %d: %+v and %+v are said to have nothing in common, and both let %+v", seed, one[0], one[1], u)
				}
			}
		}
		if apart == ok {
			t.Fatalf("seed %d: %+v and %+v meet: %v", seed, a, b, ok)
		}
		for range 40 {
			u := try(r)
			inA, inB := lets(&a, &u), lets(&b, &u)
			if within && inA && !inB {
				t.Fatalf("seed %d: %+v is said to be within %+v, which does not let %+v", seed, a, b, u)
			}
			if ok && lets(&both, &u) != (inA && inB) {
				t.Fatalf("seed %d: %+v and %+v meet in %+v, of which one thinks otherwise: %+v", seed, a, b, both, u)
			}
			if inA && !inB {
				seen["more"]++
			}
		}
		for name, is := range map[string]bool{"within": within, "not within": !within, "meet": ok, "disjoint": !ok} {
			if is {
				seen[name]++
			}
		}
	}
	for _, name := range []string{"within", "not within", "meet", "disjoint", "more"} {
		if seen[name] < 300 {
			t.Errorf("seed %d: %q was tried %d times", seed, name, seen[name])
		}
	}
}

// TestCheckNetworks: the mistakes that lists of networks are made with.
func TestCheckNetworks(t *testing.T) {
	for text, want := range map[string]Reason{
		"":                                  0,
		"10.0.0.0/8 11.0.0.0/8":             0,
		"10.0.0.0/9 10.128.0.0/9":           0,
		"10.0.0.0/8 2001:db8::/32":          0,
		"0.0.0.0/0":                         NetworkUnbounded,
		"10.0.0.0/8 ::/0":                   NetworkUnbounded,
		"10.0.0.0/8 10.0.0.0/8":             NetworksMalformed,
		"10.0.0.0/8 10.1.0.0/16":            NetworksMalformed,
		"10.1.2.3/32 11.0.0.0/8 10.0.0.0/8": NetworksMalformed,
		"2001:db8::/32 2001:db8::1/128":     NetworksMalformed,
		"::ffff:10.0.0.0/104":               NetworksMalformed,
		"10.0.0.1/8":                        NetworksMalformed,
	} {
		var list []netip.Prefix
		for _, one := range strings.Fields(text) {
			list = append(list, netip.MustParsePrefix(one))
		}
		if got := CheckNetworks(list); got != want {
			t.Errorf("%v: %v, want %v", list, got, want)
		}
	}
	if CheckNetworks(make([]netip.Prefix, 1)) == 0 {
		t.Error("no network passes for one")
	}
}

// TestCheckCaps: the mistakes that lists of caps are made with.
func TestCheckCaps(t *testing.T) {
	long := make([]Cap, MaxCaps+1)
	for i := range long {
		long[i] = Cap{Asset: Asset(i + 1), PerDay: 1}
	}
	for name, c := range map[string]struct {
		list []Cap
		want Reason
	}{
		"none":         {nil, 0},
		"one":          {[]Cap{{1, 5, 0}}, 0},
		"as many":      {long[:MaxCaps], 0},
		"too many":     {long, CapsMalformed},
		"twice":        {[]Cap{{1, 5, 0}, {1, 6, 0}}, CapsMalformed},
		"out of order": {[]Cap{{2, 5, 0}, {1, 6, 0}}, CapsMalformed},
		"no asset":     {[]Cap{{0, 5, 0}}, CapsMalformed},
		"no bound":     {[]Cap{{1, 0, 0}}, CapsMalformed},
		"below zero":   {[]Cap{{1, -5, 7}}, CapsMalformed},
		"both bounds":  {[]Cap{{1, 5, 5}, {2, 0, 5}}, 0},
		"day too low":  {[]Cap{{1, 5, 4}}, CapsMalformed},
		"too large":    {[]Cap{{1, 0, money.MaxAmount + 1}}, CapsMalformed},
	} {
		if got := CheckCaps(c.list); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
