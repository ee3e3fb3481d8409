package venue

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// valued has the venue judge budgets: Bob is not bounded, and one BTC is 20,000, so that Alice has 1,200,000 and may lose 24,000
// a day. ETHBTC is thin, and trades have no fees there.
func (h *house) valued() {
	h.operator(&instruction.SetValuation{Asset: 2})
	h.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}})
	h.operator(&instruction.SetRoute{Asset: 3, Markets: []instruction.Market{2, 1}})
	h.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{
		Tier: instruction.Liquid, Depth: money.MaxAmount, Bands: instruction.Bands{Collar: 200_000},
	}})
	h.operator(&instruction.SetMarks{Market: 2, Marks: instruction.Marks{
		Tier: instruction.Thin, Bands: instruction.Bands{Range: 150_000, Volume: 5, Cool: 10 * 60 * instruction.Second},
	}})
	h.operator(&instruction.SetBudget{Account: h.bob, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	h.operator(&instruction.Credit{Account: h.bob, Asset: 1, Amount: 1000e8, Ref: "seed"})
	h.operator(&instruction.Credit{Account: h.bob, Asset: 2, Amount: 20_000_000e6, Ref: "seed"})
	h.operator(&instruction.Credit{Account: h.bob, Asset: 3, Amount: 100_000e8, Ref: "seed"})
	h.order(h.bobs, limitOrder("BUY", "100", "19999")...)
	h.order(h.bobs, limitOrder("SELL", "100", "20001")...)
	h.pass(62 * instruction.Second)
}

// pass lets time pass as it does on a venue that runs.
func (h *house) pass(d instruction.Time) {
	h.t.Helper()
	for ; d > 0; d -= 2 * instruction.Second { // no step is a jump
		h.clock.Add(2 * instruction.Second)
		if _, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{}); err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestOverBudget: an order that a budget or a band does not bear is refused with what is left, of what limit, and when it comes
// back; a test of the same order says the same.
func TestOverBudget(t *testing.T) {
	h := newHouse(t)
	h.valued()
	h.order(h.bobs, "symbol=ETHBTC", "side=SELL", "type=LIMIT", "timeInForce=GTC", "quantity=10000", "price=0.01")
	thin := func(qty string) []string {
		return []string{"symbol=ETHBTC", "side=BUY", "type=LIMIT", "timeInForce=GTC", "quantity=" + qty, "price=0.01"}
	}
	refusedWith := func(params []string, words ...string) {
		t.Helper()
		test := h.do(h.ed, "POST", "/api/v3/order/test", params...)
		a := h.do(h.ed, "POST", "/api/v3/order", params...)
		if a.code() != -2010 || a.status != 400 || test.body != a.body {
			t.Errorf("%v: %d %s; its test says %s", params, a.status, a.body, test.body)
		}
		for _, w := range words {
			if !strings.Contains(a.body, w) {
				t.Errorf("%v: %q is not in %s", params, w, a.body)
			}
		}
	}
	refusedWith(limitOrder("BUY", "1", "25000"), "The furthest price that is taken now is 24000.000000.")
	refusedWith(thin("150"), "could lose more than is left", "Left: 24000.000000 USDT of 24000.000000 USDT", "2% of equity, for this API key in 24 hours.",
		"counts for nothing", "Symbol: ETHBTC.")
	h.order(h.ed, thin("100")...) // 1 BTC for what counts for nothing
	h.pass(4 * instruction.Second)
	refusedWith(thin("100"), "Left: 3", "USDT of 23", "come back on 2026-03-02 02:00:00 UTC.")
	h.operator(&instruction.Credit{Account: h.alice, Asset: 3, Amount: 1e8, Ref: "seed"})
	refusedWith([]string{"symbol=ETHBTC", "side=SELL", "type=LIMIT", "timeInForce=GTC", "quantity=1", "price=0.01"}, "no value that could be relied on", "Asset: ETH.")
}

// TestManyAsk: tests of orders are judged by many readers at once. The race detector looks on.
func TestManyAsk(t *testing.T) {
	h := newHouse(t)
	h.valued()
	var all sync.WaitGroup
	for range 8 {
		query := h.signed(h.ed, limitOrder("BUY", "1", "20002")...)
		all.Go(func() {
			if a := h.send("POST", "/api/v3/order/test", query, "", h.ed.text); a.status != 200 {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
}

// TestExpiredByBudget: a market order is filled as far as the budget bears, and expires with that for its reason.
func TestExpiredByBudget(t *testing.T) {
	h := newHouse(t)
	h.valued()
	h.order(h.bobs, "symbol=ETHBTC", "side=SELL", "type=LIMIT", "timeInForce=GTC", "quantity=60", "price=0.01")
	h.order(h.bobs, "symbol=ETHBTC", "side=SELL", "type=LIMIT", "timeInForce=GTC", "quantity=10000", "price=0.02")
	h.do(h.bobs, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
	h.order(h.bobs, limitOrder("BUY", "100", "16000")...)
	h.order(h.bobs, limitOrder("SELL", "100", "20001")...)
	got := h.order(h.ed, "symbol=BTCUSDT", "side=SELL", "type=MARKET", "quantity=9.5", "newClientOrderId=cut")
	holds(t, "the answer", got, map[string]any{"status": "EXPIRED", "expiryReason": "LOSS_BUDGET"})
	holds(t, "asked for later", h.query("cut"), map[string]any{"status": "EXPIRED", "expiryReason": "LOSS_BUDGET", "executedQty": got["executedQty"]})
	if got["executedQty"] == "0.00000000" || got["executedQty"] == "9.50000000" {
		t.Errorf("filled are %v", got["executedQty"])
	}
}

// TestBandHalt: a market that broke out of its bands is shown as halted, orders are refused with that for a reason and cancels are
// taken, until it is cool.
func TestBandHalt(t *testing.T) {
	h := newHouse(t)
	h.valued()
	eth := func(side, qty, price string) []string {
		return []string{"symbol=ETHBTC", "side=" + side, "type=LIMIT", "timeInForce=GTC", "quantity=" + qty, "price=" + price}
	}
	status := func() string {
		var info struct{ Symbols []struct{ Status string } }
		h.get("/api/v3/exchangeInfo", "symbol=ETHBTC").into(t, &info)
		return info.Symbols[0].Status
	}
	resting := h.order(h.bobs, eth("BUY", "1", "0.01")...)
	for _, price := range []string{"0.02", "0.04"} {
		h.order(h.bobs, eth("SELL", "10", price)...)
		h.order(h.bobs, eth("BUY", "10", price)...)
	}
	if s := status(); s != "HALT" {
		t.Fatalf("after its price doubled the market is %s", s)
	}
	for _, path := range []string{"/api/v3/order", "/api/v3/order/test"} {
		if a := h.do(h.bobs, "POST", path, eth("BUY", "1", "0.01")...); a.code() != -2010 || !strings.Contains(a.body, "Market is closed. Its price and volume broke out together. It opens again by itself, on 2026-03-01 00:11:02 UTC") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	holds(t, "a cancel", h.do(h.bobs, "DELETE", "/api/v3/order", "symbol=ETHBTC", fmt.Sprintf("orderId=%.0f", resting["orderId"])).fields(t), map[string]any{"status": "CANCELED"})
	var cool instruction.Time
	if err := h.engine.Read(func(s *core.State) { cool = s.Market(2).Cool }); err != nil || cool == 0 {
		t.Fatal(err, cool)
	}
	h.pass(10*60*instruction.Second + 4*instruction.Second)
	if s := status(); s != "TRADING" {
		t.Errorf("cooled down, the market is %s", s)
	}
}
