package core

import (
	"testing"

	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestStatement: readers, on the state that only folds, are told what the writer judges by.
func TestStatement(t *testing.T) {
	v := newVenue(t, 2)
	if got := v.twin.Equity(3); got != (budget.Equity{}) {
		t.Errorf("worth is counted in nothing yet, and account 3 has %+v", got)
	}
	v.operator(&instruction.OpenAccount{Parent: 3})
	v.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 10e8})
	v.operator(&instruction.SetValuation{Asset: 2})
	v.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}})
	whole := instruction.Budget{Loss: money.Whole, Fees: money.Whole}
	v.operator(&instruction.SetBudget{Account: 2, Budget: whole}) // who quotes before there is a mark
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: usdt(3_000_000)}})
	v.want(v.order(0, instruction.Buy, instruction.GTC, 9_999, 100), 0)
	v.want(v.order(0, instruction.Sell, instruction.GTC, 10_001, 100), 0)
	for range 62 {
		v.pass(instruction.Second)
	}
	e, _ := v.s.equity(4, false)
	if got := v.twin.Equity(4); got != e || got != (budget.Equity{Own: usdt(100_000), Family: usdt(2_100_000)}) {
		t.Errorf("the sub-account: readers are told %+v, and it is judged by %+v", got, e)
	}
	stands := func(a instruction.Account, c instruction.Credential) budget.Statement {
		b, _, _ := v.twin.Worth(a).Budget(a, c)
		return b
	}
	if got, want := stands(4, 0).Loss.Limit, usdt(2_000); got != want {
		t.Errorf("the sub-account's limit is %d, want %d", got, want)
	}
	if got, want := stands(3, 0).Loss.Limit, usdt(42_000); got != want { // all of the customer's
		t.Errorf("the master account's limit is %d, want %d", got, want)
	}
	if got, want := stands(3, 2).Loss.Limit, usdt(40_000); got != want { // a key of it
		t.Errorf("the key's limit is %d, want %d", got, want)
	}
	if mean := v.twin.Market(1).Prices().Mean(v.now); mean.Low != 10_000*1e8 || mean.High != mean.Low {
		t.Errorf("the mean is %v", mean)
	}

	v.want(v.order(1, instruction.Buy, instruction.IOC, 10_001, 50), 0) // one tick and 10 basis points of 500
	loss, _ := v.s.budgets.Left(v.s.clock.Waits(), v.s.partyBy(2), func() budget.Equity { e, _ := v.s.equity(3, false); return e }())
	_, told, _ := v.twin.Worth(3).Budget(3, 2)
	if spent := stands(3, 2).Loss.Spent; told != loss || spent == 0 || spent != stands(3, 0).Loss.Spent {
		t.Errorf("left %+v, told %+v, spent %d", loss, told, spent)
	}
	if v.twin.Owned(3) {
		t.Error("a customer without an owner's key has one")
	}
}
