package stream

import (
	"maps"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// valued has the venue judge budgets: of all but the second customer nothing is bounded, and BTC is 10,000.
func (h *house) valued(accounts int) {
	h.operator(&instruction.SetValuation{Asset: 2})
	h.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}})
	h.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: money.MaxAmount}})
	for i := range accounts {
		if i != 1 {
			h.operator(&instruction.SetBudget{Account: instruction.Account(i + 2), Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
		}
	}
	h.quotes(9_999, 10_001)
	h.wait(62 * instruction.Second)
}

// quotes has the first customer offer 1,000 BTC on each side.
func (h *house) quotes(bid, ask int64) {
	h.give(1, &instruction.CancelAll{Market: 1})
	h.give(1, h.limit(instruction.Buy, bid, 900e5))
	h.give(1, h.limit(instruction.Sell, ask, 900e5))
}

// wait lets time pass as it does on a venue that runs.
func (h *house) wait(d instruction.Time) {
	h.t.Helper()
	for ; d > 0; d -= 2 * instruction.Second { // no step is a jump
		h.clock.Add(2 * instruction.Second)
		if _, err := h.Do(&instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{}); err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestCappedStream: a stop that starts where its budget does not bear it is told of wherever it then rests: in the depth of the
// book, to its owner, and in what is held for it.
func TestCappedStream(t *testing.T) {
	h := newHouse(t, 3)
	h.valued(3)
	h.give(3, h.limit(instruction.Sell, 9_999, 1)) // the last price
	stop := h.limit(instruction.Sell, 1, 1)
	stop.Type, stop.TIF, stop.Price, stop.Qty = instruction.MarketType, instruction.IOC, 0, 900e8
	stop.Trigger, stop.Stop = instruction.StopLoss, money.Price(9_900e6)
	box, _ := h.inbox(3)
	c := h.dial("/ws/0")
	c.subscribe("btcusdt@depth@100ms")
	book := &copybook{t: t}
	book.snapshot(h, 5000)
	h.give(2, stop)
	h.quotes(9_000, 9_002)
	h.give(3, h.limit(instruction.Sell, 9_000, 1)) // the crash prints
	first := h.same(c, book)
	h.wait(64 * instruction.Second)
	if second := h.same(c, book); maps.Equal(first, second) || len(second) != 2 {
		t.Errorf("asks were %v, and a minute later %v: the order does not follow the mark", first, second)
	}
	h.operator(&instruction.Credit{Account: 3, Asset: 1, Amount: 1})
	var story []string
	held := ""
	box.until(t, func(text string) bool {
		switch kindOf(t, text) {
		case binance.EventExecutionReport:
			var e binance.ExecutionReport
			if err := strict(text, &e); err != nil {
				t.Fatal(err)
			}
			if e.Type != binance.StopLoss || e.Price.Units != 0 {
				t.Errorf("told otherwise than it was asked: %s", text)
			}
			if line := string(e.Execution) + " " + string(e.Status); len(story) == 0 || story[len(story)-1] != line {
				story = append(story, line)
			}
		case binance.EventAccountPosition:
			held = text
		case binance.EventBalanceUpdate:
			return true
		}
		return false
	})
	if got := strings.Join(story, ", "); got != "NEW NEW, TRADE PARTIALLY_FILLED, REPLACED PARTIALLY_FILLED" && got != "NEW NEW, REPLACED NEW" {
		t.Errorf("told %s", got)
	}
	var want string
	if err := h.Read(func(s *core.State) { want = s.Balance(3, 1).Held.Text(8) }); err != nil || !strings.Contains(held, `"l":"`+want+`"`) {
		t.Errorf("what is held is told as %s, and %s are (%v)", held, want, err)
	}
}

// same lets a client of the depth catch up, and wants it to have the book; its asks are returned.
func (h *house) same(c *client, book *copybook) map[string]string {
	h.t.Helper()
	h.give(1, h.limit(instruction.Buy, 100, 1)) // so that there is an update
	var bids, asks map[string]string
	if err := h.Read(func(s *core.State) { bids, asks = levels(s, 1) }); err != nil {
		h.t.Fatal(err)
	}
	seq, _, _, err := h.hub.Depth(1, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	h.second()
	for book.last < int64(seq) {
		var e binance.DepthUpdate
		c.into(&e)
		book.update(&e)
	}
	if !maps.Equal(book.bids, bids) || !maps.Equal(book.asks, asks) {
		h.t.Errorf("the client has\n%v\n%v\nthe book is\n%v\n%v", book.bids, book.asks, bids, asks)
	}
	return asks
}
