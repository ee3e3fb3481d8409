package core

import (
	"net/netip"
	"testing"

	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// watched is a venue in which a key's features are looked at before each of its instructions.
type watched struct {
	*venue
	seen map[instruction.Feature]bool // those that were ever other than 0
}

// of are the features of an instruction of an account's key, from an address.
func (v *watched) of(account int, addr string, in instruction.Instruction) *Values {
	p := v.from(account, addr)
	x := v.s.Values(&p, in)
	for _, f := range instruction.Features() {
		if x.Value(f) != 0 {
			v.seen[f] = true
		}
	}
	return x
}

func (v *watched) from(account int, addr string) instruction.Principal {
	return instruction.Principal{
		Giver: instruction.ByCredential, Credential: instruction.Credential(account + 1), Addr: netip.MustParseAddr(addr), Hosting: addr == hosted,
	}
}

// places has an account's key place an order from an address.
func (v *watched) places(account int, addr string, o *instruction.PlaceOrder) {
	v.t.Helper()
	o.ClientID = v.clientID()
	v.want(v.step(v.from(account, addr), o), 0)
}

// is holds features against what they should be.
func (v *watched) is(x *Values, want map[instruction.Feature]int64) {
	v.t.Helper()
	for _, f := range instruction.Features() {
		if w, ok := want[f]; ok && x.Value(f) != w {
			v.t.Errorf("%v is %d, not %d", f, x.Value(f), w)
		}
	}
}

const (
	ownNet = "198.51.100.7"
	hosted = "203.0.113.5"
)

func limitIn(m instruction.Market, side instruction.Side, price, milli int64) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{
		Market: m, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: money.Price(price * 1e8), Qty: money.Amount(milli * 1e5),
	}
}

// TestFeaturesOfATheft goes through one: an account's key trades at home for two days, and is then used from a hosting company to
// buy a thin coin from the thief at five times its price. Features are held against what happened.
func TestFeaturesOfATheft(t *testing.T) {
	v := &watched{bounded(t), map[instruction.Feature]bool{}}
	v.operator(&instruction.SetBudget{Account: victim + 2, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	v.quiets()
	v.places(victim, ownNet, limitIn(1, instruction.Buy, 9_000, 1))
	v.pass(2 * instruction.Day)
	for range 20 {
		v.places(victim, ownNet, limitIn(1, instruction.Buy, 9_000, 1))
	}
	v.pass(60 * instruction.Second)
	home := v.of(victim, ownNet, limitIn(1, instruction.Buy, 9_900, 1_000))
	v.is(home, map[instruction.Feature]int64{
		instruction.RequestOrder: 1, instruction.RequestHosting: 0, instruction.RequestSlip: 0, instruction.RequestWorth: 3,
		instruction.KeyNetworkNew: 0, instruction.KeyNetworks: 1, instruction.KeyMarketNew: 0, instruction.KeyMarkets: 1,
		instruction.KeyOrders1h: 20, instruction.KeyOrders24h: 20, instruction.MarketThin: 0, instruction.MarketKnown: 1,
		instruction.KeyLoss24h: 0, instruction.PairTrades24h: 0, instruction.KeyPartners: 0,
	})
	if n := home.Value(instruction.KeyOrders5m); n < 15 || n > 17 { // a minute later
		t.Errorf("orders_5m is %d", n)
	}

	// The thief offers the coin at 50, which is 10, and the victim's key is made to buy.
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 50, 2_000_000), 0)
	buy := limitIn(2, instruction.Buy, 50, 400_000)
	v.is(v.of(victim, hosted, buy), map[instruction.Feature]int64{
		instruction.RequestHosting: 1, instruction.KeyNetworkNew: 1, instruction.KeyMarketNew: 1, instruction.RequestSlip: 40_000, instruction.RequestWorth: 6, instruction.MarketThin: 1,
		instruction.MarketKnown: 1, instruction.PairTrades24h: 0, instruction.KeyLoss1h: 0,
	})
	v.places(victim, hosted, buy)
	after := v.of(victim, hosted, buy)
	// 400 coins for 20,000 where they are worth 4,000: 16,000 of 3,000,000.
	v.is(after, map[instruction.Feature]int64{
		instruction.KeyNetworks: 2, instruction.KeyMarkets: 2, instruction.KeyPartners: 1, instruction.KeyPartnerShare: 100,
		instruction.KeyLoss1h: 5, instruction.KeyLoss24h: 5, instruction.AccountLoss1h: 5, instruction.AccountLoss24h: 5,
		instruction.PairLoss24h: 5, instruction.PairTrades24h: 1, instruction.PairShare: 100, instruction.KeySprt: 322,
		instruction.KeyNotional1h: 6, instruction.AccountPartnerShare: 100, instruction.NetworkKeys1h: 1,
	})
	v.is(v.of(thief, ownNet, buy), map[instruction.Feature]int64{instruction.KeyLoss1h: 0, instruction.KeyPartnerShare: 100})
	v.is(v.of(victim, hosted, &instruction.CancelAll{Market: 2}), map[instruction.Feature]int64{
		instruction.RequestOrder: 0, instruction.RequestWorth: 0, instruction.MarketThin: 0, instruction.KeyLoss1h: 5,
	})
}

// TestFeaturesWithoutRequest: of a key alone nothing is told that needs a request, and nobody's has nothing.
func TestFeaturesWithoutRequest(t *testing.T) {
	v := &watched{bounded(t), map[instruction.Feature]bool{}}
	v.places(victim, ownNet, limitIn(1, instruction.Buy, 9_000, 1))
	p := v.from(victim, ownNet)
	x, none := v.s.Values(&p, nil), v.s.Values(&instruction.Principal{Giver: instruction.ByEngine}, nil)
	for _, f := range instruction.Features() {
		if f.Facts().Request && x.Value(f) != 0 {
			t.Errorf("%v is %d without a request", f, x.Value(f))
		}
		if none.Value(f) != 0 {
			t.Errorf("%v of nobody is %d", f, none.Value(f))
		}
	}
	if n := x.Value(instruction.KeyOrders1h); n != 1 {
		t.Errorf("orders_1h is %d", n)
	}
}

// TestEveryFeatureIsReal: each feature is other than 0 where what it counts happens, and each is told from what a snapshot has.
func TestEveryFeatureIsReal(t *testing.T) {
	v := &watched{bounded(t), map[instruction.Feature]bool{}}
	v.operator(&instruction.SetBudget{Account: victim + 2, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	all := instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw | instruction.MayTransfer
	legacy := func(account int) int {
		return int(v.makeKey(account, func(k *instruction.CreateKey) {
			k.Legacy, k.Created, k.Integrator, k.Mandate.Rights = true, start-100*instruction.Day, "bots", all
		})) - 1
	}
	key, second, gone := legacy(victim), legacy(other), legacy(other)
	v.operator(&instruction.OpenAccount{Ref: "sub", Parent: victim + 2})
	sub := v.s.Accounts()
	v.quiets()
	for _, k := range []int{key, second} {
		v.places(k, ownNet, limitIn(1, instruction.Buy, 9_000, 1))
		v.want(v.step(v.from(k, ownNet), &instruction.AddAsset{Symbol: "NIX"}), instruction.NotForCredentials)
	}
	v.pass(3 * instruction.Day)
	v.operator(&instruction.RevokeKey{Credential: instruction.Credential(gone + 1)})
	v.places(second, hosted, limitIn(1, instruction.Buy, 9_000, 1))
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 10, 1_000), 0)
	v.want(v.in(2, other, instruction.Buy, instruction.IOC, 10, 1_000), 0)
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 50, 2_000_000), 0)
	for range 40 {
		v.places(key, hosted, limitIn(2, instruction.Buy, 50, 10_000))
	}
	v.want(v.step(v.from(key, hosted), &instruction.AddAsset{Symbol: "NIX"}), instruction.NotForCredentials)
	pay := &instruction.Withdraw{Asset: 1, Amount: 40e8, To: place(1)}
	v.of(key, hosted, pay)
	v.step(v.from(key, hosted), pay)
	v.is(v.of(key, hosted, pay), map[instruction.Feature]int64{ // 400,000 of 3,000,000, what is on its way out counted once
		instruction.AccountWithdrawn24h: 133, instruction.AccountWithdrawals1h: 1, instruction.RequestWorth: 133,
	})
	v.of(key, hosted, &instruction.Transfer{From: victim + 2, To: sub, Asset: 1, Amount: 1e8})
	v.of(key, hosted, limitIn(2, instruction.Buy, 50, 10_000))
	v.pass(2 * instruction.Day)
	v.is(v.of(key, hosted, pay), map[instruction.Feature]int64{
		instruction.RequestAddressHours: 48, instruction.RequestAddressNew: 0, instruction.KeyNetworkNew: 0, instruction.KeyLegacy: 1,
	})
	v.of(key, hosted, limitIn(2, instruction.Buy, 50, 10_000))
	v.pass(gate.Learning)
	// A deleted key of one customer and the living one of another, where both are strangers.
	v.step(instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr("192.0.2.77")},
		&instruction.Sight{Credential: instruction.Credential(gone + 1), Proven: true})
	v.of(key, "192.0.2.77", limitIn(1, instruction.Buy, 9_000, 1))
	v.want(v.step(v.from(key, "192.0.2.77"), limitIn(1, instruction.Buy, 9_000, 1)), instruction.SuspectNetwork)
	x := v.of(second, hosted, pay)
	for _, f := range instruction.Features() {
		if !v.seen[f] {
			t.Errorf("%v was never other than 0", f)
		}
	}
	c := instruction.Writer(nil)
	v.s.Fields(&c)
	read, again := instruction.Reader(c.Bytes()), New()
	again.Fields(&read)
	if err := read.End(); err != nil {
		t.Fatal(err)
	}
	p := v.from(second, hosted)
	same := again.Values(&p, pay)
	for _, f := range instruction.Features() {
		if x.Value(f) != same.Value(f) {
			t.Errorf("%v is %d, and %d of what was read back", f, x.Value(f), same.Value(f))
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		y := view{s: v.s}.values(&p, pay)
		for f := range instruction.Feature(150) {
			y.Value(f)
		}
	}); n > 1 { // the name of an address
		t.Errorf("%v allocations", n)
	}
}

// TestFeaturesWithoutGuarantees: what happens is told behind a gate with detectors alone too, where detection is measured by itself.
func TestFeaturesWithoutGuarantees(t *testing.T) {
	v := &watched{bounded(t), map[instruction.Feature]bool{}}
	v.s.gate, v.twin.gate = gate.NewDetectors(view{s: v.s}), gate.NewDetectors(view{s: v.twin})
	v.quiets()
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 50, 2_000_000), 0)
	buy := limitIn(2, instruction.Buy, 50, 4_000_000)
	v.is(v.of(victim, hosted, buy), map[instruction.Feature]int64{instruction.RequestWorth: 66, instruction.RequestSlip: 40_000})
	v.places(victim, hosted, buy)
	// 2,000 coins for 100,000 where they are worth 20,000: 80,000 of 3,000,000, a limit of 38,000 notwithstanding.
	v.is(v.of(victim, hosted, buy), map[instruction.Feature]int64{
		instruction.KeyLoss1h: 26, instruction.AccountLoss24h: 26, instruction.KeyPartnerShare: 100, instruction.KeySprt: 322, instruction.KeyNetworks: 1,
	})
}

// TestGraceIsADay: a key's first day is one of the clock of waits. Where the venue stood still for months in its life, so that that lies as
// far behind the calendar, a network that comes a day after the key is new all the same; and what the venue stands still is no part of
// the day.
func TestGraceIsADay(t *testing.T) {
	v := &watched{bounded(t), map[instruction.Feature]bool{}}
	v.now += 90 * instruction.Day
	v.tick()
	v.operator(&instruction.ConfirmClock{})
	c := v.makeKey(victim, nil)
	order := func(addr string, want int64) {
		t.Helper()
		p := instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: netip.MustParseAddr(addr)}
		o := limitIn(1, instruction.Buy, 9_000, 1)
		v.is(v.s.Values(&p, o), map[instruction.Feature]int64{instruction.KeyNetworkNew: want})
		o.ClientID = v.clientID()
		v.want(v.step(p, o), 0)
	}
	order(ownNet, 0)
	v.now += 90 * instruction.Day
	v.tick()
	v.operator(&instruction.ConfirmClock{})
	order("192.0.2.7", 0)
	v.pass(25 * 3600 * instruction.Second)
	order(hosted, 1)
	order(hosted, 1) // nor is it the key's own because it was used
}
