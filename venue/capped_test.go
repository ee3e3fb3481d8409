package venue

import (
	"testing"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
)

// TestCapped: an order that rests at another price than it asked for is shown as it was asked.
func TestCapped(t *testing.T) {
	m := core.Market{ID: 1, Book: book.New(1)}
	h := m.Book.PlaceMore(&book.Order{ID: 1, Account: 2, Side: instruction.Sell, Type: instruction.MarketType, TIF: instruction.IOC, Qty: 5},
		&book.More{Trigger: instruction.StopLoss, Stop: 90}, book.Waiting, true, 100)
	if h == 0 || !m.Book.Work(h, false, 1) || !m.Book.Cap(h, 95, 2) {
		t.Fatal("no capped order")
	}
	if x := seen(&m, m.Book.At(h)); x.Type != instruction.MarketType || x.TIF != instruction.IOC || x.Price != 0 || x.Works != 1 {
		t.Errorf("a capped order is shown as %+v", x)
	}
}
