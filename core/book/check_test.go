package book

import (
	"testing"

	"portcullis/core/instruction"
)

// TestCheck: whatever is broken, Check says so.
func TestCheck(t *testing.T) {
	const buy, sell = instruction.Buy, instruction.Sell
	order := func(b *Book, id instruction.Order) *Order { return b.At(b.Find(id)) }
	best := func(b *Book, s instruction.Side) *level { return b.levels.at(b.side(s).first) }
	page := func(b *Book, s instruction.Side) *page { return b.pages.at(b.side(s).best) }
	for what, breaks := range map[string]func(b *Book){
		"quantity":             func(b *Book) { order(b, 1).Done++ },
		"too much filled":      func(b *Book) { o := order(b, 2); o.Done += 11; best(b, buy).shrink(11) },
		"sum":                  func(b *Book) { best(b, sell).sum++ },
		"carry":                func(b *Book) { best(b, sell).carry++ },
		"count":                func(b *Book) { best(b, sell).orders++ },
		"price":                func(b *Book) { order(b, 6).Price += 5 },
		"side":                 func(b *Book) { order(b, 6).Side = buy },
		"queue":                func(b *Book) { order(b, 1).next = 0 },
		"queue's end":          func(b *Book) { order(b, 4).prev = 0 },
		"priority":             func(b *Book) { x, y := order(b, 1), order(b, 4); x.ID, y.ID = y.ID, x.ID },
		"id":                   func(b *Book) { order(b, 9).ID = 10 },
		"no id":                func(b *Book) { order(b, 9).ID = 0 },
		"newer than the last":  func(b *Book) { b.last = 8 },
		"id chain":             func(b *Book) { *b.byID.head(hashID(9)) = 0 },
		"client order id":      func(b *Book) { order(b, 2).ClientID = name(77) },
		"client order id lost": func(b *Book) { order(b, 2).name = 0 },
		"name chain":           func(b *Book) { *b.byName.head(order(b, 2).name) = 0 },
		"index":                func(b *Book) { b.byID.half *= 2 },
		"name of no order":     func(b *Book) { b.dropName(b.Find(2), order(b, 2)); b.dropName(b.Find(4), order(b, 4)) },
		"account":              func(b *Book) { order(b, 2).Account = 8 },
		"account's count":      func(b *Book) { b.accounts.at(7).orders-- },
		"account's list":       func(b *Book) { order(b, 2).young = 0 },
		"account's head":       func(b *Book) { b.accounts.at(7).head = 0 },
		"account's tail":       func(b *Book) { b.accounts.at(7).tail = b.Find(6) },
		"length":               func(b *Book) { b.n++ },
		"lost place":           func(b *Book) { b.places++; b.orders.reach(b.places) },
		"place free twice":     func(b *Book) { b.vacant = b.Find(1) },
		"first level":          func(b *Book) { b.side(buy).first++ },
		"best page":            func(b *Book) { l := b.side(sell); l.best = b.pages.at(l.best).next },
		"page's levels":        func(b *Book) { page(b, buy).full |= 1 << 15 },
		"page's links":         func(b *Book) { b.pages.at(page(b, sell).next).prev = 0 },
		"page's key":           func(b *Book) { page(b, sell).key++ },
		"pages' order":         func(b *Book) { b.pages.at(page(b, sell).next).key = 0 },
		"tree":                 func(b *Book) { b.side(buy).tree.root = 0 },
		"tree too full":        func(b *Book) { l := b.side(sell); l.tree.add(12345, 9, page(b, sell).key) },
		"recent":               func(b *Book) { b.side(buy).recent[5].key = 5 },
		"nobody's level":       func(b *Book) { b.levels.at(0).orders = 1 },
	} {
		b := small(t)
		if err := b.Check(); err != nil {
			t.Fatal(err)
		}
		breaks(b)
		err := b.Check()
		if err == nil {
			t.Errorf("%s: not found", what)
		}
		t.Logf("%s: %v", what, err)
	}
}
