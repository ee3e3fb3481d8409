package book

import (
	"bytes"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// bare is an order without the book's own links.
func bare(o *Order) Order {
	c := *o
	c.links = links{}
	return c
}

// same says that h names what the model has; nil is nothing.
func (p *pair) same(what string, h Handle, want *Order) {
	p.t.Helper()
	if h == 0 || want == nil {
		if h != 0 || want != nil {
			p.t.Errorf("%s: %d where the model has %+v", what, h, want)
		}
		return
	}
	if got := bare(p.book.At(h)); got != *want {
		p.t.Errorf("%s: %+v where the model has %+v", what, got, *want)
	}
}

// near compares what an operation on o may have changed.
func (p *pair) near(o *Order) {
	p.t.Helper()
	for _, s := range bothSides {
		p.same("best", p.book.Best(s), p.m.best(s))
	}
	if p.book.Len() != p.m.len() || p.book.Crossed() != p.m.crossed() {
		p.t.Errorf("%d orders, crossed %t, where the model has %d, %t", p.book.Len(), p.book.Crossed(), p.m.len(), p.m.crossed())
	}
	if got, want := p.book.Count(o.Account), len(p.m.orders(o.Account)); got != want {
		p.t.Errorf("account %d has %d orders where the model has %d", o.Account, got, want)
	}
	qty, _ := p.m.level(o.Side, o.Price)
	if got := p.book.Level(o.Side, o.Price); got != qty {
		p.t.Errorf("%d at %d where the model has %d", got, o.Price, qty)
	}
	var here *Order
	for _, x := range slices.Concat(p.m.orders(o.Account), p.m.extra) {
		if x.ID == o.ID {
			here = x
		}
	}
	p.same("found by id", p.book.Find(o.ID), here)
	if !o.ClientID.IsZero() {
		p.same("found by client order id", p.book.FindClient(o.Account, o.ClientID), p.m.named(o.Account, o.ClientID))
	}
}

// whole compares everything, and goes on with a book that was written and read back.
func (p *pair) whole() {
	p.t.Helper()
	if err := p.book.Check(); err != nil {
		p.t.Error(err)
	}
	for _, s := range bothSides {
		p.queue(s)
		p.depth(s)
	}
	for a := range instruction.Account(modelAccounts + 2) {
		var got []Order
		for h := range p.book.Orders(a) {
			got = append(got, bare(p.book.At(h)))
		}
		want := p.m.orders(a)
		if len(got) != len(want) {
			p.t.Errorf("account %d has %d orders where the model has %d", a, len(got), len(want))
			continue
		}
		for i := range want {
			if got[i] != *want[i] {
				p.t.Errorf("account %d: %+v where the model has %+v", a, got[i], *want[i])
			}
		}
	}
	written := write(p.t, p.book)
	p.book = read(p.t, p.tick, written)
	if !bytes.Equal(written, write(p.t, p.book)) {
		p.t.Error("what was read is written differently")
	}
	if err := p.book.Check(); err != nil {
		p.t.Errorf("after reading: %v", err)
	}
	p.m.last = 0
	for _, o := range slices.Concat(p.m.sides[0], p.m.sides[1]) {
		p.m.last = max(p.m.last, o.ID)
	}
}

func (p *pair) queue(s instruction.Side) {
	p.t.Helper()
	want := *p.m.side(s)
	p.book.Walk(s, func(h Handle) bool {
		if len(want) == 0 {
			p.t.Errorf("more orders on the %s side than in the model", s)
			return false
		}
		p.same("in the queue", h, want[0])
		want = want[1:]
		return true
	})
	if len(want) != 0 {
		p.t.Errorf("%d orders less on the %s side than in the model", len(want), s)
	}
}

func (p *pair) depth(s instruction.Side) {
	p.t.Helper()
	var before money.Price
	seen := 0
	p.book.Levels(s, func(price money.Price, qty money.Amount, orders int) bool {
		wantQty, want := p.m.level(s, price)
		if qty != wantQty || orders != want {
			p.t.Errorf("%d in %d orders at %d where the model has %d in %d", qty, orders, price, wantQty, want)
		}
		if before != 0 && (price > before) != (s == instruction.Sell) {
			p.t.Errorf("%s: %d follows %d", s, price, before)
		}
		before = price
		seen += orders
		return true
	})
	if seen != len(*p.m.side(s)) {
		p.t.Errorf("levels have %d orders where the model has %d", seen, len(*p.m.side(s)))
	}
}
