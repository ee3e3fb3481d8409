package feature

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
)

const start Second = 1_700_000_000

// happened is one thing that the model remembers for ever.
type happened struct {
	at      Second
	worth   float64
	lost    float64
	partner instruction.Account
}

type past []happened

// sum is what is left of things: each counts for e^(-age/window).
func (p past) sum(now Second, window float64, of func(happened) float64) (sum float64) {
	for _, h := range p {
		sum += of(h) * math.Exp(-float64(now-h.at)/window)
	}
	return sum
}

// used is one place of a key in the model.
type used struct{ what, first, last uint32 }

// naive is a key, or an account, as a list of all that happened.
type naive struct {
	orders, denied, fills, withdrawals past
	networks, markets                  []used
	made                               Second
}

// use is the same as a key's places, with nothing packed.
func use(list []used, places int, what, hour uint32, own bool) []used {
	first := hour
	if own {
		first -= day
	}
	for i := range list {
		if list[i].what == what {
			if hour-list[i].last > quarter {
				list[i].first = first
			}
			list[i].last = hour
			return list
		}
	}
	if len(list) == places {
		least := slices.MinFunc(list, func(a, b used) int { return int(a.last) - int(b.last) })
		i := slices.Index(list, least)
		list[i] = used{what, first, hour}
		return list
	}
	return append(list, used{what, first, hour})
}

func one1(happened) float64     { return 1 }
func worth(h happened) float64  { return h.worth }
func losses(h happened) float64 { return max(h.lost, 0) }
func of(a instruction.Account) func(happened) float64 {
	return func(h happened) float64 {
		if h.partner == a {
			return h.worth
		}
		return 0
	}
}

// TestModel holds keys and accounts against lists of all that happened, summed up with floats.
func TestModel(t *testing.T) {
	for seed := range uint64(3) {
		m := model{t: t, r: rand.New(rand.NewPCG(seed, 5)), f: New(), now: start}
		for range 20 {
			m.keys = append(m.keys, &naive{made: start - 3600*Second(m.r.IntN(100))})
			m.accounts = append(m.accounts, &naive{})
		}
		t.Logf("seed %d", seed)
		for i := range 6_000 {
			m.now += Second(m.r.ExpFloat64() * []float64{1, 30, 3_000}[m.r.IntN(3)])
			if m.r.IntN(2000) == 0 {
				m.now += 100 * 24 * 3600
			}
			m.step()
			if i%100 == 0 {
				m.compare()
			}
		}
	}
}

type model struct {
	t              *testing.T
	r              *rand.Rand
	f              *Features
	now            Second
	keys, accounts []*naive
}

func (m *model) mover(k int) *Mover {
	// #nosec G115 -- small
	return &Mover{
		Now: m.now, Credential: instruction.Credential(k + 1), Customer: instruction.Account(k + 1), Made: m.keys[k].made,
		Network: instruction.Network(4)<<60 | instruction.Network(m.r.IntN(9)+1), Integrator: []string{"", "a", "b"}[m.r.IntN(3)],
	}
}

func (m *model) step() {
	k := int(math.Sqrt(float64(m.r.IntN(400))))
	x := m.keys[k]
	switch m.r.IntN(5) {
	case 0, 1:
		v := m.mover(k)
		in := instruction.Market(m.r.IntN(8) + 1) // #nosec G115 -- small
		m.f.Moved(v)
		m.f.Placed(v, in)
		x.orders = append(x.orders, happened{at: m.now})
		x.networks = use(x.networks, keyNetworks, short(v.Network), m.now.hour(), v.young())
		x.markets = use(x.markets, keyMarkets, uint32(in), m.now.hour(), v.young())
	case 2:
		v := m.mover(k)
		m.f.Denied(v)
		x.denied = append(x.denied, happened{at: m.now})
	case 3:
		m.trade(k)
	case 4:
		// #nosec G115 -- small
		m.f.Withdrew(instruction.Account(k+1), uint64(1000), uint64(m.r.IntN(5)+1), m.now)
		m.accounts[k].withdrawals = append(m.accounts[k].withdrawals, happened{at: m.now, worth: 1000})
	}
}

func (m *model) trade(k int) {
	other := (k + 1 + m.r.IntN(19)) % 20
	if m.r.IntN(2) == 0 {
		other = (k + 1) % 20
	}
	w, lost := m.r.Uint64N(1_000_000), m.r.Int64N(10_000)-3_000
	// #nosec G115 -- small
	side := func(x int, lost int64) Side {
		return Side{
			Credential: instruction.Credential(x + 1), Account: instruction.Account(x + 1), Customer: instruction.Account(x + 1),
			Order: instruction.Order(m.r.Uint64()), Lost: lost,
		}
	}
	m.f.Traded(&Trade{Now: m.now, Market: 1, Quote: w, Worth: w, Taker: side(k, lost), Maker: side(other, -lost)})
	m.f.Settle()
	for _, s := range []struct {
		who, with int
		lost      int64
	}{{k, other, lost}, {other, k, -lost}} {
		h := happened{m.now, float64(w), float64(s.lost), instruction.Account(s.with + 1)} // #nosec G115 -- small
		m.keys[s.who].fills = append(m.keys[s.who].fills, h)
		m.accounts[s.who].fills = append(m.accounts[s.who].fills, h)
	}
}

// near holds a value against the model's: a quantum of time passes at once, and parts are rounded.
func (m *model) near(what string, who int, got int64, want float64) {
	m.t.Helper()
	if math.Abs(float64(got)-want) > 1+want/50 {
		m.t.Fatalf("%d: %s of %d is %d, not %.1f", m.now, what, who+1, got, want)
	}
}

func (m *model) compare() {
	for i, x := range m.keys {
		k := m.f.KeyAt(instruction.Credential(i+1), m.now) // #nosec G115 -- small
		in5m, in1h, in24h := k.Orders()
		m.near("orders_5m", i, in5m, x.orders.sum(m.now, 300, one1))
		m.near("orders_1h", i, in1h, x.orders.sum(m.now, 3600, one1))
		m.near("orders_24h", i, in24h, x.orders.sum(m.now, 86400, one1))
		m.near("denied_1h", i, k.Denied(), x.denied.sum(m.now, 3600, one1))
		n1, n24 := k.Notional()
		m.near("notional_1h", i, int64(n1), x.fills.sum(m.now, 3600, worth))    // #nosec G115 -- small
		m.near("notional_24h", i, int64(n24), x.fills.sum(m.now, 86400, worth)) // #nosec G115 -- small
		l1, l24 := k.Loss()
		m.near("loss_1h", i, int64(l1), x.fills.sum(m.now, 3600, losses))    // #nosec G115 -- small
		m.near("loss_24h", i, int64(l24), x.fills.sum(m.now, 86400, losses)) // #nosec G115 -- small
		percent, _ := k.Partners()
		m.share("key.partner_share", i, percent, x, keyPartners, n24)
		m.places(i, x, &k)

		a := m.f.AccountAt(instruction.Account(i+1), m.now) // #nosec G115 -- small
		y := m.accounts[i]
		m.share("account.partner_share", i, a.PartnerShare(), y, accountPartners, n24)
		w1, w24 := a.Withdrawals()
		m.near("withdrawals_1h", i, w1, y.withdrawals.sum(m.now, 3600, one1))
		m.near("withdrawals_24h", i, w24, y.withdrawals.sum(m.now, 86400, one1))
		m.near("withdrawn_24h", i, int64(a.Withdrawn()), y.withdrawals.sum(m.now, 86400, worth)) // #nosec G115 -- small
		gone := y.withdrawals.sum(m.now, 86400, worth) + y.fills.sum(m.now, 86400, losses)
		m.near("what is gone", i, int64(a.Gone()), gone) // #nosec G115 -- small
	}
}

// share: it is never told higher than it is, and lower by what places are missing at most.
func (m *model) share(what string, i int, got int64, x *naive, places int, whole uint64) {
	if whole < 1000 {
		return // rounded away
	}
	most := 0.0
	for a := range instruction.Account(21) {
		most = max(most, x.fills.sum(m.now, 86400, of(a)))
	}
	want := 100 * most / x.fills.sum(m.now, 86400, worth)
	if float64(got) > want+1.5 || float64(got) < want-100/float64(places+1)-1.5 {
		m.t.Fatalf("%d: %s of %d is %d, not %.1f", m.now, what, i+1, got, want)
	}
}

// places holds what a key knows of networks and markets against lists.
func (m *model) places(i int, x *naive, k *Key) {
	hour, young := m.now.hour(), m.now.hour() < x.made.hour()+grace
	for n := range uint32(9) {
		id := instruction.Network(4)<<60 | instruction.Network(n+1)
		hours, fresh := k.NetworkHours(id, m.now, x.made)
		wantHours, wantFresh := lookUp(x.networks, short(id), hour, young)
		if hours != wantHours || fresh != wantFresh {
			m.t.Fatalf("%d: network %v of key %d: %d h, new %t; not %d h, %t", m.now, id, i+1, hours, fresh, wantHours, wantFresh)
		}
	}
	for n := range instruction.Market(9) {
		fresh := k.MarketNew(n+1, m.now, x.made)
		if _, want := lookUp(x.markets, uint32(n+1), hour, young); fresh != want {
			m.t.Fatalf("%d: market %d of key %d is new: %t", m.now, n+1, i+1, fresh)
		}
	}
	some := 0
	for _, u := range x.networks {
		if hour-u.last <= quarter {
			some++
		}
	}
	if k.Networks(m.now) != int64(some) {
		m.t.Fatalf("%d: %d networks of key %d, not %d", m.now, k.Networks(m.now), i+1, some)
	}
}

func lookUp(list []used, what, hour uint32, young bool) (hours int64, fresh bool) {
	for _, u := range list {
		if u.what == what {
			if hour-u.last > quarter {
				return 0, true
			}
			return int64(hour - u.first), hour-u.first < day
		}
	}
	return 0, !young
}
