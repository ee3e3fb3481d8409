package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestJudgedByReaders: who only asks what would be said of an order is told what is said of it then, also where nothing but
// records was folded.
func TestJudgedByReaders(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{
		Tier: instruction.Liquid, Depth: usdt(100_000_000), Bands: instruction.Bands{Collar: 100_000},
	}})
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: victim + 1}
	met := map[instruction.Reason]bool{}
	for _, x := range []struct {
		market instruction.Market
		price  int64
		milli  int64
	}{{1, 10_001, 100}, {1, 12_000, 100}, {2, 100, 500_000}, {2, 100, 390_000}, {2, 100, 20_000}, {1, 10_500, 50_000}} {
		v.pass(2 * instruction.Second)
		in := &instruction.PlaceOrder{
			Market: x.market, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
			Price: money.Price(x.price * 1e8), Qty: money.Amount(x.milli * 1e5), ClientID: v.clientID(),
		}
		said := [2]instruction.Verdict{v.s.Judge(v.now, &p, in), v.twin.Judge(v.now, &p, in)}
		r := v.by(victim, in)
		for i, got := range said {
			if got != r.Verdict {
				t.Errorf("%+v: reader %d was told %v, and %v was said", x, i, got, r.Verdict)
			}
		}
		met[r.Verdict.Reason()] = true
	}
	for _, r := range []instruction.Reason{instruction.WithinMandate, instruction.OutsideCollar, instruction.LossOverBudget} {
		if !met[r] {
			t.Errorf("nothing was said of %v", r)
		}
	}
}

// TestWholeAgainstMany: an order that is to be filled whole is judged by its own budget, however many makers it meets.
func TestWholeAgainstMany(t *testing.T) {
	v := bounded(t)
	for range 6 {
		v.want(v.order(other, instruction.Sell, instruction.GTC, 10_000, 100), 0)
	}
	was := v.total(victim, 1)
	v.want(v.order(victim, instruction.Buy, instruction.FOK, 10_000, 600), 0)
	if got := v.total(victim, 1) - was; got <= 0 {
		t.Errorf("an order for 0.6 that is borne brought %d", got)
	}
}
