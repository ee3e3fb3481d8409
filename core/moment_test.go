package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestMoment: a price beyond all measure that stands for a moment moves no mark. A thief who buys a side of the book empty and
// asks for a thousand times the price for a fifth of a second would else have the minute's average where he wants it, and
// could sell at twice the price.
func TestMoment(t *testing.T) {
	v := bounded(t)
	was, coins := v.total(victim, 2), v.total(victim, 1)
	v.want(v.order(thief, instruction.Buy, instruction.IOC, 10_001, 50_000), 0) // the whole side
	far := v.order(thief, instruction.Sell, instruction.GTC, 9_999_999, 1)
	v.want(far, 0)
	v.now += 200 * instruction.Millisecond
	v.want(v.order(thief, instruction.Buy, instruction.GTC, 19_999, 1_000), 0)
	v.want(v.order(thief, instruction.Sell, instruction.GTC, 20_000, 50_000), 0)
	for range 20 {
		v.order(victim, instruction.Buy, instruction.IOC, 20_000, 2_500)
		v.order(victim, instruction.Buy, instruction.IOC, 20_000, 100)
	}
	paid, got := was-v.total(victim, 2), v.total(victim, 1)-coins
	fair, _ := money.Notional(usd(10_000), got, 8, money.Down)
	if loss := paid - fair; loss > usdt(40_000) {
		t.Errorf("the victim lost %s where 40,000 is the budget", loss.Text(8))
	}
}
