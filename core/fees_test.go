package core

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// chargedIn is a venue whose market charges fees in an asset, at 0.1% for makers and 0.2% for takers.
func chargedIn(t *testing.T, accounts int, x instruction.Asset) *venue {
	charged := terms
	charged.FeeIn = x
	return newVenueOf(t, accounts, charged)
}

// fills are the matches of a record.
func fills(r instruction.Record) (list []instruction.Filled) {
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if f, ok := e.(*instruction.Filled); ok {
			list = append(list, *f)
		}
	}
	return list
}

// TestFeeIn: what each side of half a BTC at 10,000 pays, and what is held for it, by what fees are charged in.
func TestFeeIn(t *testing.T) {
	for _, c := range []struct {
		in                 instruction.Asset
		heldSell, heldBuy  money.Amount // of the maker for 2 BTC, of the rest of the taker's 1 BTC at 10,000 after half
		makerBTC, makerUSD money.Amount // free, after the fill
		takerBTC, takerUSD money.Amount
		feeBTC, feeUSD     money.Amount
	}{
		{0, 2e8, 5_000e8, 99.5e8, 1_004_995e8, 100.499e8, 990_000e8, 0.001e8, 5e8},
		{2, 2e8, 5_010e8, 99.5e8, 1_004_995e8, 100.5e8, 989_980e8, 0, 15e8},
		{1, 2.004e8, 5_000e8, 99.4995e8, 1_005_000e8, 100.499e8, 990_000e8, 0.0015e8, 0},
	} {
		v := chargedIn(t, 2, c.in)
		v.want(v.order(0, instruction.Sell, instruction.GTC, 10_000, 2000), 0)
		v.balance(0, 1, 100e8-c.heldSell, c.heldSell)
		v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 1}), 0)
		v.want(v.order(0, instruction.Sell, instruction.GTC, 10_000, 500), 0)
		r := v.order(1, instruction.Buy, instruction.GTC, 10_000, 1000)
		v.want(r, 0)
		f := fills(r)
		if len(f) != 1 {
			t.Fatalf("fees in %d: %d fills", c.in, len(f))
		}
		takerIn, makerIn := instruction.Asset(1), instruction.Asset(2)
		if c.in != 0 {
			takerIn, makerIn = c.in, c.in
		}
		if f[0].TakerFeeAsset != takerIn || f[0].MakerFeeAsset != makerIn {
			t.Errorf("fees in %d: the event says %d and %d", c.in, f[0].TakerFeeAsset, f[0].MakerFeeAsset)
		}
		if b := v.s.Balance(2, 1); b.Free != c.makerBTC || b.Held != 0 {
			t.Errorf("fees in %d: the maker has %s free and %s held", c.in, b.Free.Text(8), b.Held.Text(8))
		}
		if b := v.s.Balance(3, 2); b.Held != c.heldBuy || b.Free != c.takerUSD {
			t.Errorf("fees in %d: the taker has %s free and %s held", c.in, b.Free.Text(8), b.Held.Text(8))
		}
		if b := v.s.Balance(3, 1); b.Free != c.takerBTC {
			t.Errorf("fees in %d: the taker has %s BTC", c.in, b.Free.Text(8))
		}
		if b := v.s.Balance(2, 2); b.Free != c.makerUSD {
			t.Errorf("fees in %d: the maker has %s USDT", c.in, b.Free.Text(8))
		}
		if a, b := v.s.Balance(instruction.Fees, 1).Free, v.s.Balance(instruction.Fees, 2).Free; a != c.feeBTC || b != c.feeUSD {
			t.Errorf("fees in %d: the venue has %s BTC and %s USDT", c.in, a.Text(8), b.Text(8))
		}
	}
}

// TestFeeOnTopIsHeld: who has what an order gives, and not its fee on top, cannot place it.
func TestFeeOnTopIsHeld(t *testing.T) {
	v := chargedIn(t, 2, 2)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 100_000), instruction.InsufficientBalance)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 99_800), 0) // 998,000 and 1,996 for the fee
	v.balance(0, 2, 4e8, 999_996e8)
	// A market order holds its fee too.
	v = chargedIn(t, 2, 2)
	v.want(v.order(0, instruction.Sell, instruction.GTC, 10_000, 50_000), 0)
	v.want(v.order(0, instruction.Sell, instruction.GTC, 10_001, 50_000), 0)
	market := instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC,
		QuoteQty: 999_000e8, ClientID: v.clientID()}
	v.want(v.by(1, &market), instruction.InsufficientBalance)
	market.QuoteQty = 998_000e8
	v.want(v.by(1, &market), 0)
	if b := v.s.Balance(3, 2); b.Held != 0 || b.Free > 5e8 {
		t.Errorf("left: %+v", b)
	}
}

// TestTiers: an account pays by its tier, a sub-account by its master's, whoever is on the other side.
func TestTiers(t *testing.T) {
	v := newVenue(t, 2)
	v.operator(&instruction.SetFees{Tier: 1, Maker: 500, Taker: 700})
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetTier{Account: 3, Tier: 2}), instruction.UnknownTier)
	v.operator(&instruction.SetTier{Account: 3, Tier: 1})
	trade := func() instruction.Filled {
		v.want(v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000), 0)
		return fills(v.order(1, instruction.Buy, instruction.GTC, 10_000, 1000))[0]
	}
	if f := trade(); f.TakerFee != 0.0007e8 || f.MakerFee != 10e8 {
		t.Errorf("taker in tier 1 paid %s, maker in tier 0 %s", f.TakerFee.Text(8), f.MakerFee.Text(8))
	}
	v.operator(&instruction.SetTier{Account: 3, Tier: 0})
	if f := trade(); f.TakerFee != 0.002e8 {
		t.Errorf("back in tier 0 the taker paid %s", f.TakerFee.Text(8))
	}
	v.operator(&instruction.SetFees{Tier: 0, Markets: []instruction.Market{1}, Maker: 0, Taker: 5000})
	if f := trade(); f.TakerFee != 0.005e8 || f.MakerFee != 0 {
		t.Errorf("with other terms they paid %s and %s", f.TakerFee.Text(8), f.MakerFee.Text(8))
	}
	v.operator(&instruction.OpenAccount{Ref: "desk", Parent: 3})
	v.operator(&instruction.SetTier{Account: 3, Tier: 1})
	if got := v.s.Tier(4); got != 1 {
		t.Errorf("the sub-account pays by tier %d", got)
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetTier{Account: 4, Tier: 1}), instruction.SubAccount)
}

// TestRebates: a maker is paid out of the taker's fee, and what no taker covers cannot be defined.
func TestRebates(t *testing.T) {
	v := chargedIn(t, 2, 2)
	operator := instruction.Principal{Giver: instruction.ByOperator}
	for _, c := range []struct {
		maker, taker money.PPM
		want         instruction.Reason
	}{
		{-1500, 2000, 0}, {-2000, 2000, 0},
		{-2001, 2000, instruction.FeesNotCovered}, {-2001, 3000, instruction.FeesNotCovered}, // takers of tier 0 pay 2000
		{0, 1999, instruction.FeesNotCovered}, {0, -1, instruction.FeesNotCovered}, {0, money.Whole, instruction.FeesNotCovered},
	} {
		tier := instruction.Tier(1)
		if c.maker == 0 {
			tier = 2 // tier 1 is at −2000
		}
		v.want(v.step(operator, &instruction.SetFees{Tier: tier, Maker: c.maker, Taker: c.taker}), c.want)
	}
	v.operator(&instruction.SetTier{Account: 2, Tier: 1})
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), 0)
	v.balance(0, 2, 989_980e8, 10_020e8) // its rate as a taker is held
	f := fills(v.order(1, instruction.Sell, instruction.GTC, 10_000, 1000))[0]
	if f.MakerFee != -20e8 || f.TakerFee != 20e8 || f.MakerFeeAsset != 2 {
		t.Errorf("%+v", f)
	}
	v.balance(0, 2, 990_020e8, 0)
	v.balance(1, 2, 1_009_980e8, 0)
	if b := v.s.Balance(instruction.Fees, 2); b.Free != 0 {
		t.Errorf("the venue has %s", b.Free.Text(8))
	}
	// Where fees are in what is received, the two sides pay in two assets, and nothing is there to pay a rebate from.
	v = newVenue(t, 2)
	v.want(v.step(operator, &instruction.SetFees{Tier: 1, Maker: -1, Taker: 2000}), instruction.FeesNotCovered)
	bad := terms
	bad.MakerFee = -1
	v.operator(&instruction.AddAsset{Symbol: "EUR", Scale: 8})
	v.want(v.step(operator, &instruction.AddMarket{Base: 3, Quote: 2, Terms: bad}), instruction.FeesNotCovered)
	bad.FeeIn = 1 // neither base nor quote
	v.want(v.step(operator, &instruction.AddMarket{Base: 3, Quote: 2, Terms: bad}), instruction.MalformedDefinition)
}

// TestFeesOnTopAtRandom: with fees on top, rates that change while orders rest, odd scales and many small fills, no order
// spends more than its hold (a broken state), and money is conserved to the unit (each step checks it).
func TestFeesOnTopAtRandom(t *testing.T) {
	const seed = 20180106
	t.Logf("seed %d", seed)
	for in := instruction.Asset(1); in <= 2; in++ {
		rng := rand.New(rand.NewPCG(seed, uint64(in)))
		v := newVenueOf(t, 3, instruction.Terms{Tick: 7, MinPrice: 7e7, MaxPrice: 7e15, Lot: 3, MaxQty: 3e12, MakerFee: 333_333, TakerFee: 666_667, FeeIn: in})
		traded, rebates := 0, 0
		for i := range 1500 {
			if i%100 == 50 {
				maker, taker := money.PPM(rng.IntN(900_000)-450_000), money.PPM(450_000+rng.IntN(500_000))
				v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetFees{Tier: instruction.Tier(rng.IntN(3)), Maker: maker, Taker: taker})
				v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetTier{Account: instruction.Account(2 + rng.IntN(3)), Tier: instruction.Tier(rng.IntN(3))})
			}
			p := instruction.PlaceOrder{Market: 1, Side: instruction.Side(1 + rng.IntN(2)), Type: instruction.Limit,
				TIF: instruction.TimeInForce(1 + rng.IntN(3)), Price: money.Price(7e7 + 7*rng.IntN(9)*1e6), Qty: money.Amount(3 * (1 + rng.IntN(40))), ClientID: v.clientID()}
			if rng.IntN(4) == 0 {
				p.Type, p.TIF, p.Price = instruction.MarketType, instruction.IOC, 0
				if rng.IntN(2) == 0 {
					p.Qty, p.QuoteQty = 0, money.Amount(1+rng.IntN(100))
				}
			}
			for _, f := range fills(v.by(rng.IntN(3), &p)) {
				traded++
				if f.MakerFee < 0 {
					rebates++
				}
			}
		}
		if traded < 300 || rebates == 0 {
			t.Errorf("%d fills, %d rebates", traded, rebates)
		}
	}
}

// TestRebateClamped: fees of many small fills, each rounded up, come to more than is held on top; the last fills pay less
// then, and their makers' rebates no more than that.
func TestRebateClamped(t *testing.T) {
	v := newVenueOf(t, 2, instruction.Terms{Tick: 1e6, MinPrice: 1e8, MaxPrice: 1e15, Lot: 3, MaxQty: 3e12, TakerFee: 500_000, MakerFee: -500_000, FeeIn: 2})
	order := func(account int, side instruction.Side, qty money.Amount) instruction.Record {
		return v.by(account, &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: 1e8, Qty: qty, ClientID: v.clientID()})
	}
	for range 4 {
		v.want(order(0, instruction.Sell, 3), 0)
	}
	var got []money.Amount
	for _, f := range fills(order(1, instruction.Buy, 12)) { // 12 and half of it are held
		got = append(got, f.TakerFee, f.MakerFee)
	}
	if fmt.Sprint(got) != "[2 -1 2 -1 2 -1 0 0]" {
		t.Errorf("fees and rebates %v", got)
	}
}
