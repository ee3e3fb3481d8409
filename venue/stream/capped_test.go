package stream

import (
	"testing"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// TestCapped: an order that rests at another price than it asked for is reported as it was asked.
func TestCapped(t *testing.T) {
	h := newHouse(t, 2)
	err := h.Read(func(s *core.State) {
		m := *s.Market(1)
		m.Book = book.New(m.Terms.Tick)
		p := h.limit(instruction.Sell, 100, 5)
		for i, x := range []struct {
			kind  instruction.OrderType
			tif   instruction.TimeInForce
			named binance.OrderType
			said  binance.TimeInForce
		}{
			{instruction.MarketType, instruction.IOC, "STOP_LOSS", binance.GTC}, // what the dialect says of them
			{instruction.Limit, instruction.IOC, "STOP_LOSS_LIMIT", "IOC"},
		} {
			o := book.Order{ID: instruction.Order(i + 1), Account: 2, Side: p.Side, Type: x.kind, TIF: x.tif, Qty: p.Qty} // #nosec G115 -- 1 or 2
			if x.kind == instruction.Limit {
				o.Price = p.Price
			}
			at := m.Book.PlaceMore(&o, &book.More{Trigger: instruction.StopLoss, Stop: p.Price}, book.Waiting, true, 2*p.Price)
			if at == 0 || !m.Book.Work(at, false, 1) || !m.Book.Cap(at, 2*p.Price, 2) {
				t.Fatal("no capped order")
			}
			e := report(s, new(instruction.Record), &m, m.Book.At(at))
			if e.Type != x.named || e.TimeInForce != x.said || e.Price.Units != int64(o.Price) {
				t.Errorf("reported as %s %s at %d", e.Type, e.TimeInForce, e.Price.Units)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
