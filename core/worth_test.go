package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// valued is a venue of two customers and an owner's key each (2 and 3) that counts in USDT, where BTC has been liquid at 10,000
// for some minutes. Each has 100 BTC and a million.
func valued(t testing.TB) *venue {
	v, _, _ := owned(t)
	v.want(v.order(1, instruction.Buy, instruction.GTC, 9_999, 100), 0)
	v.want(v.order(1, instruction.Sell, instruction.GTC, 10_001, 100), 0)
	v.operator(&instruction.SetValuation{Asset: 2})
	v.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}})
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: money.MaxAmount}})
	for range 90 {
		v.now += instruction.Second
		v.tick()
	}
	return v
}

// TestWorthRead: what a customer is worth to who reads is what budgets go by, and reading leaves no trace.
func TestWorthRead(t *testing.T) {
	v := valued(t)
	before := v.s.Hash()
	for _, s := range []*State{v.s, v.twin} { // the one that judges, and one that only folds
		w := s.Worth(2)
		if e, _ := v.s.equity(2, false); w.Own(2) != 2_000_000e8 || w.Family() != e.Family || w.Own(2) != e.Own {
			t.Errorf("worth %d and %d, of %+v", w.Own(2), w.Family(), e)
		}
		b, loss, fees := w.Budget(2, 1)
		if b.Loss.Limit != 40_000e8 || loss.Left != 40_000e8 || fees.Left != 40_000e8 || loss.Limit != instruction.LossLimit || b.Loss.SinceLimit != 200_000e8 {
			t.Errorf("%+v, %+v, %+v", b, loss, fees)
		}
		if x := w.Thin(s.Market(1)); !x.Liquid || x.Named || x.Left != x.Cap || x.Cap != 200_000e8 {
			t.Errorf("%+v", x)
		}
	}
	if v.s.Hash() != before || v.twin.Hash() != before {
		t.Error("reading changed the state")
	}
	v.want(v.order(0, instruction.Buy, instruction.IOC, 10_001, 100), 0)
	for _, s := range []*State{v.s, v.twin} {
		w := s.Worth(2)
		b, loss, fees := w.Budget(2, 1)
		// 0.1 BTC: a dollar over the mid for each, 10 basis points of 1,000.10 that the mark may be off, and 0.2% of fees.
		if b.Loss.Spent != 0.1e8+1.0001e8 || b.Fees.Spent == 0 || len(b.Loss.Back) != 1 || loss.Left != b.Loss.Limit-b.Loss.Spent || fees.Left != b.Fees.Left {
			t.Errorf("%+v, %+v, %+v", b, loss, fees)
		}
	}
}

// TestHigherBudgetWaits: what is said later takes its place, what is lower too, and a no ends it.
func TestHigherBudgetWaits(t *testing.T) {
	v := valued(t)
	const own = 2
	for _, x := range []struct {
		loss, now money.PPM
		waiting   int
		want      instruction.Reason
	}{
		{20_000, 20_000, 0, instruction.BudgetSame}, {80_000, 50_000, 1, 0}, {90_000, 50_000, 1, 0}, {10_000, 10_000, 0, 0}, {90_000, 50_000, 1, 0},
	} {
		v.want(v.by(own, &instruction.SetBudget{Account: 2, Credential: 1, Budget: instruction.Budget{Loss: x.loss, Fees: 20_000}}), x.want)
		b, _, _ := v.s.Worth(2).Budget(2, 1)
		if b.Loss.Rate != x.now || len(v.s.Matters(2)) != x.waiting {
			t.Errorf("%+v: a budget of %d, with %d waiting", x, b.Loss.Rate, len(v.s.Matters(2)))
		}
	}
	v.want(v.by(own, &instruction.Answer{Matter: v.s.owner.Last()}), 0)
	v.pass(2 * instruction.Day)
	if b, _, _ := v.s.Worth(2).Budget(2, 1); b.Loss.Rate != 50_000 {
		t.Errorf("after a no the budget is %d", b.Loss.Rate)
	}
}
