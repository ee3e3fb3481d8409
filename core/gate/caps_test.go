package gate

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const hour = 3600 * instruction.Second

// capped is a gate before key 1, which may trade for 100 at once and 250 a day of asset 2, for 50 at once of asset 3, for
// 70 a day of asset 4, and withdraw 10 at once and 25 a day of asset 7, 10 at once of asset 8, 30 a day of asset 9.
func capped() (*Gate, *instruction.Mandate) {
	m := &instruction.Mandate{
		Rights: instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw,
		Trades: []instruction.Cap{{Asset: 2, PerOrder: 100, PerDay: 250}, {Asset: 3, PerOrder: 50}, {Asset: 4, PerDay: 70}},
		Withdrawals: []instruction.Cap{
			{Asset: 7, PerOrder: 10, PerDay: 25}, {Asset: 8, PerOrder: 10}, {Asset: 9, PerDay: 30},
		},
	}
	g := New(keys{1: {Known: true, Mandate: m}, 2: {Known: true, Mandate: &full}})
	g.Meter(1, m)
	g.Meter(2, &full)
	return g, m
}

// TestTradeCaps: each edge of what a key may trade.
func TestTradeCaps(t *testing.T) {
	const fine = instruction.WithinMandate
	order := func(market instruction.Market, worth money.Price) instruction.Instruction {
		return &instruction.PlaceOrder{Market: market, Price: worth}
	}
	for name, c := range map[string]struct {
		used, open money.Amount // of the market's quote asset
		in         instruction.Instruction
		want       instruction.Reason
		value      int64
	}{
		"one order's most":           {0, 0, order(1, 100), fine, 0},
		"more than one order's":      {0, 0, order(1, 101), instruction.OrderOverCap, 100},
		"the rest of a day":          {100, 50, order(1, 100), fine, 0},
		"more than the rest":         {100, 51, order(1, 100), instruction.DayOverCap, 99},
		"nothing left":               {250, 0, order(1, 1), instruction.DayOverCap, 0},
		"more than all is open":      {200, 90, order(1, 1), instruction.DayOverCap, 0},
		"a huge sum":                 {money.MaxAmount, money.MaxAmount, order(1, 1), instruction.DayOverCap, 0},
		"no bound of a day":          {1000, 1000, order(2, 50), fine, 0},
		"no bound of a day, at once": {0, 0, order(2, 51), instruction.OrderOverCap, 50},
		"no bound of one":            {0, 0, order(3, 70), fine, 0},
		"no bound of one, in a day":  {0, 0, order(3, 71), instruction.DayOverCap, 70},
		"another quote asset":        {0, 0, order(4, 1), instruction.QuoteNotCapped, 5},
		"a cancel at the end":        {250, 0, cancel, fine, 0},
		"instead of one that is open": {150, 100,
			&instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Order: 60}, Place: instruction.PlaceOrder{Market: 1, Price: 60}}, fine, 0},
		"instead of a smaller one": {150, 100,
			&instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Order: 60}, Place: instruction.PlaceOrder{Market: 1, Price: 61}}, instruction.DayOverCap, 60},
	} {
		g, _ := capped()
		for quote := instruction.Asset(2); quote <= 4; quote++ {
			g.Traded(now, 1, quote, c.used)
			g.Reserve(1, quote, money.Total{}.Plus(c.open))
		}
		v := g.Judge(at(now), by(1, ""), c.in)
		if v.Reason() != c.want || c.want != fine && (v.Decision != instruction.Deny || v.Findings()[0].Value != c.value) {
			t.Errorf("%s: %v %d", name, v.Reason(), v.Findings()[0].Value)
		}
	}
	g, m := capped()
	g.Traded(now, 1, 2, 250)
	if v := g.Judge(at(now+26*hour), by(1, ""), order(1, 100)); v.Reason() != fine {
		t.Errorf("a day later: %v", v.Reason())
	}
	if r, left := g.TradeCap(now+23*hour, 1, m, &Asks{Quote: 2, Most: 1, All: 1}); r != instruction.DayOverCap || left != 0 {
		t.Errorf("before a day is over: %v %d", r, left)
	}
}

// TestWithdrawalCaps: each edge of what a key may send.
func TestWithdrawalCaps(t *testing.T) {
	for name, c := range map[string]struct {
		used  money.Amount
		asset instruction.Asset
		n     money.Amount
		want  instruction.Reason
		value int64
	}{
		"one's most":                 {0, 7, 10, 0, 0},
		"more than one's":            {0, 7, 11, instruction.WithdrawalOverCap, 10},
		"the rest of a day":          {15, 7, 10, 0, 0},
		"more than the rest":         {16, 7, 10, instruction.WithdrawalOverCap, 9},
		"nothing left":               {25, 7, 1, instruction.WithdrawalOverCap, 0},
		"no bound of a day":          {1000, 8, 10, 0, 0},
		"no bound of a day, at once": {0, 8, 11, instruction.WithdrawalOverCap, 10},
		"no bound of one":            {0, 9, 30, 0, 0},
		"no bound of one, in a day":  {1, 9, 30, instruction.WithdrawalOverCap, 29},
		"another asset":              {0, 2, 1, instruction.AssetNotCapped, 2},
	} {
		g, m := capped()
		g.Withdrew(now, 1, c.asset, c.used)
		if r, value := g.withdrawalCap(now, 1, m, c.asset, c.n); r != c.want || value != c.value {
			t.Errorf("%s: %v %d", name, r, value)
		}
		if r, _ := g.withdrawalCap(now+instruction.Day+2*hour, 1, m, 7, 10); r != 0 {
			t.Errorf("%s: a day later %v", name, r)
		}
		if r, _ := g.withdrawalCap(now, 2, &full, c.asset, c.n); r != 0 {
			t.Errorf("%s: without caps %v", name, r)
		}
	}
}

// TestMeters: what counted under a cap goes on counting while the mandate names its asset, and no longer.
func TestMeters(t *testing.T) {
	g, m := capped()
	g.Traded(now, 1, 2, 200)
	g.Withdrew(now, 1, 7, 20)
	narrower := *m
	narrower.Trades = []instruction.Cap{{Asset: 2, PerDay: 220}}
	g.Meter(1, &narrower)
	if !g.MeterFits(1, &narrower) || g.MeterFits(1, m) || !g.Metered(1) || g.Metered(2) || g.Metered(1000) {
		t.Error("other meters than asked for")
	}
	if _, left := g.TradeCap(now, 1, &narrower, &Asks{Quote: 2, All: 1000}); left != 20 {
		t.Errorf("%d are left to trade", left)
	}
	if _, left := g.withdrawalCap(now, 1, &narrower, 7, 1000); left != 5 {
		t.Errorf("%d are left to withdraw", left)
	}
	out := instruction.Mandate{Withdrawals: m.Withdrawals}
	if g.Meter(1, &out); g.Metered(1) || !g.MeterFits(1, &out) {
		t.Error("it is metered where it trades")
	}
	if g.Meter(1, &full); g.Meters() != 0 || !g.MeterFits(1, &full) {
		t.Error("a meter without caps")
	}
}

// TestMetersKeep: meters survive a snapshot, and bytes that were tampered with do not pass.
func TestMetersKeep(t *testing.T) {
	g, m := capped()
	for c := instruction.Credential(2); c < 200; c += 61 {
		g.Meter(c, m)
		g.Traded(now, c, 2, money.Amount(c))
		g.Withdrew(now+5*hour, c, 9, 1)
	}
	write := func(g *Gate) []byte {
		c := instruction.Writer(nil)
		g.Fields(&c)
		return c.Bytes()
	}
	bytes := write(g)
	back := New(keys{})
	c := instruction.Reader(bytes)
	if back.Fields(&c); c.End() != nil {
		t.Fatal(c.Err())
	}
	if string(write(back)) != string(bytes) {
		t.Error("read back it is another")
	}
	if _, left := back.TradeCap(now, 124, m, &Asks{Quote: 2, All: 1000}); left != 250-124 {
		t.Errorf("%d", left)
	}
	for n := range bytes {
		c := instruction.Reader(bytes[:n])
		if New(keys{}).Fields(&c); c.End() == nil {
			t.Fatalf("%d of %d bytes pass", n, len(bytes))
		}
	}
}

// TestNoCapsNoCost: judging a key without caps allocates nothing.
func TestNoCapsNoCost(t *testing.T) {
	g, _ := capped()
	p, in := by(2, ""), &instruction.PlaceOrder{Market: 1, Price: 1}
	if n := testing.AllocsPerRun(100, func() { g.Judge(at(now), p, in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
