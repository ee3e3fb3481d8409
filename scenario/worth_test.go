package scenario

import (
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestDemoBudgets: whoever comes to the demo trades from the first order on, however much he has, and goes on trading; what a
// thief would give away is denied.
func TestDemoBudgets(t *testing.T) {
	alone(t)
	d := &Direct{State: core.New(), Time: begin}
	cast, err := Setup(d, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := cast.Refer(d); err != nil {
		t.Fatal(err)
	}
	me := d.State.Accounts() + 1
	m := d.State.Market(cast.Stalls[btcusdt].Market)
	for _, in := range []instruction.Instruction{
		&instruction.OpenAccount{Ref: "somebody"},
		&instruction.Credit{Account: me, Asset: m.Base, Amount: 10 * whole},
		&instruction.Credit{Account: me, Asset: m.Quote, Amount: 1_000_000 * whole}, // far more than the depth
		&instruction.CreateKey{Account: me, ID: instruction.KeyID{99}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayTrade}},
	} {
		if err := carriedOut(d, &operator, "", in); err != nil {
			t.Fatal(err)
		}
	}
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: d.State.Keys()}
	x := NewCrowd(cast, 1)
	give := func(side instruction.Side, price money.Price, kind instruction.OrderType, tif instruction.TimeInForce, qty money.Amount) instruction.Verdict {
		in := x.order(btcusdt, side, kind, tif, price, qty)
		r, err := d.Do(&p, in)
		var ev instruction.Events
		if err != nil || r.Refused(&ev) != 0 {
			t.Fatal(err, r.Refused(&ev))
		}
		return r.Verdict
	}
	fair := cast.Stalls[btcusdt].Last
	if v := give(instruction.Sell, fair+fair/10, instruction.Limit, instruction.GTC, whole); v.Decision != instruction.Allow {
		t.Errorf("the first order, in an empty book: %v", v.Findings())
	}
	if v := give(instruction.Sell, fair/2, instruction.Limit, instruction.GTC, 5*whole); v.Reason() != instruction.LossOverBudget {
		t.Errorf("half of the bitcoins at half their price: %v", v.Findings())
	}
	for i := range 600 * DemoRate {
		d.Time += pace
		if err := x.Refer(d); err != nil {
			t.Fatal(err)
		}
		if err := x.Trade(d, d.Time); err != nil {
			t.Fatal(err)
		}
		if i%100 == 99 {
			side := instruction.Buy
			if i%200 == 199 {
				side = instruction.Sell
			}
			if v := give(side, 0, instruction.MarketType, instruction.IOC, 10*milli); v.Decision != instruction.Allow {
				t.Fatalf("after %d: %v", i, v.Findings())
			}
		}
	}
	if _, left, _ := d.State.Worth(me).Budget(me, p.Credential); left.Left == 0 || left.Left > 40_000*whole {
		t.Errorf("%s USDT may still be lost", left.Left.Text(demoScale))
	}
	if err := d.State.Check(); err != nil {
		t.Error(err)
	}
}

// TestDemoWorthElsewhere: who counts worth in another asset, or trusts a market less, is left alone.
func TestDemoWorthElsewhere(t *testing.T) {
	alone(t)
	d := &Direct{State: core.New(), Time: begin}
	if _, err := Setup(d, d); err != nil {
		t.Fatal(err)
	}
	thin := instruction.Marks{Tier: instruction.Thin}
	if err := carriedOut(d, &operator, "", &instruction.SetMarks{Market: 1, Marks: thin}); err != nil {
		t.Fatal(err)
	}
	cast, err := Setup(d, d)
	if err != nil || cast.Refer(d) != nil || d.State.Market(1).Marks != thin {
		t.Errorf("%+v, %v", d.State.Market(1).Marks, err)
	}

	d = &Direct{State: core.New(), Time: begin}
	for _, in := range []instruction.Instruction{&instruction.AddAsset{Symbol: "BTC", Scale: demoScale}, &instruction.SetValuation{Asset: 1}} {
		if err := carriedOut(d, &operator, "", in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Setup(d, d); err != nil || d.State.Valuation() != 1 || d.State.Market(1).Marks != (instruction.Marks{}) {
		t.Errorf("%d, %+v, %v", d.State.Valuation(), d.State.Market(1).Marks, err)
	}
}
