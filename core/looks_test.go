package core

import (
	"testing"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// quiet is by, without the laws that look at all of the state.
func (v *venue) quiet(by int, p instruction.Instruction) instruction.Record {
	b, err := v.s.Step(v.now, &instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(by + 1)}, p, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	v.seq++
	var r instruction.Record
	if err := r.Decode(v.seq, b); err != nil {
		v.t.Fatal(err)
	}
	v.want(r, 0)
	if err := v.twin.Fold(&r, nil); err != nil {
		v.t.Fatal(err)
	}
	return r
}

// TestLooksAreBounded: stops that must be filled whole and never can look at the whole book each, and take nothing. What one
// record does of that has a bound; the others start in the records after it.
func TestLooksAreBounded(t *testing.T) {
	const resting, stops = 5_000, 200
	many := terms
	many.MinNotional, many.Filters.MaxAlgo = 0, stops
	v := newVenueOf(t, 40, many)
	v.trade(1_000)
	place := func(by int, p *instruction.PlaceOrder, qty money.Amount) {
		p.Qty = qty
		v.quiet(by, p)
	}
	for n := range resting {
		place(3+n/199, v.ask(instruction.Buy, 800, 0), 1000)
	}
	for range stops - 1 {
		p := v.stop(instruction.Sell, instruction.StopLoss, 900, 10, 0)
		p.TIF = instruction.FOK
		place(0, p, 1000*resting+1000)
	}
	left := func() (n int) {
		m := v.s.Market(1)
		for h := range m.Book.Orders(2) {
			if m.Book.At(h).Stage() == book.Waiting {
				n++
			}
		}
		return n
	}
	v.trade(900)
	if n, want := left(), stops-1-maxLooks/resting; n != want {
		t.Errorf("%d stops are still to start, want %d", n, want)
	}
	for n := 0; v.s.Working(); n++ { // so that the writer goes on at once, and who stands behind them need not wait for long
		if n > stops*resting/maxLooks {
			t.Fatal("there is no end to it")
		}
		v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	if n := left(); n != 0 {
		t.Errorf("%d stops never started", n)
	}
}
