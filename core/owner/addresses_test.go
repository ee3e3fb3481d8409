package owner

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
)

// TestBooks: address books against plain sets, through reading back.
func TestBooks(t *testing.T) {
	const seed = 20180109
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	o := New()
	type entry struct {
		a  instruction.Account
		x  instruction.Asset
		to instruction.Destination
	}
	model := map[entry]bool{}
	count := map[instruction.Account]int{}
	for step := range 20_000 {
		e := entry{instruction.Account(2 + rng.IntN(3)), instruction.Asset(1 + rng.IntN(2)), instruction.Destination{Chain: "BTC", Address: fmt.Sprint(rng.IntN(150))}}
		if rng.IntN(5) < 3 {
			err := o.AddAddress(&instruction.AddressAdded{Account: e.a, Asset: e.x, To: e.to, Label: "x"}, instruction.Time(step))
			if fits := !model[e] && count[e.a] < MaxAddresses; (err == nil) != fits {
				t.Fatalf("step %d: adding, which fits: %v: %v", step, fits, err)
			}
			if err == nil {
				model[e] = true
				count[e.a]++
			}
		} else {
			err := o.RemoveAddress(&instruction.AddressRemoved{Account: e.a, Asset: e.x, To: e.to})
			if (err == nil) != model[e] {
				t.Fatalf("step %d: removing, which is there: %v: %v", step, model[e], err)
			}
			if err == nil {
				delete(model, e)
				count[e.a]--
			}
		}
		if o.Listed(e.a, e.x, &e.to) != model[e] || len(o.Addresses(e.a)) != count[e.a] {
			t.Fatalf("step %d: the book of %d is another", step, e.a)
		}
		if step%500 == 0 {
			b := written(t, o)
			if o = reread(t, b); !bytes.Equal(b, written(t, o)) {
				t.Fatal("the persisted form is not the one form")
			}
		}
	}
	if count[2] < MaxAddresses/2 {
		t.Fatalf("books stayed small: %v", count)
	}
}

// TestPostponed: a matter is due when it was last said to be, whether it was first in the queue or not.
func TestPostponed(t *testing.T) {
	o := New()
	for i := range instruction.MatterID(3) {
		if err := o.Open(&instruction.MatterOpened{ID: i + 1, Matter: instruction.Matter{Kind: instruction.Outgoing, Account: 2, Due: instruction.Time(10 * (i + 1))}}); err != nil {
			t.Fatal(err)
		}
	}
	put := func(id instruction.MatterID, due instruction.Time, ok bool) {
		t.Helper()
		if err := o.Postpone(&instruction.MatterPostponed{ID: id, Due: due}); (err == nil) != ok {
			t.Fatalf("matter %d to %d: %v", id, due, err)
		}
	}
	put(2, 25, true)
	put(2, 25, false)
	put(9, 25, false)
	put(1, 100, true)
	if o.Due(24) != 0 || o.Due(25) != 2 || reread(t, written(t, o)).Due(25) != 2 {
		t.Fatal("another is due first")
	}
	for _, want := range []instruction.MatterID{2, 3, 1} {
		if got := o.Due(100); got != want {
			t.Fatalf("%d is due, want %d", got, want)
		}
		if err := o.Close(&instruction.MatterClosed{ID: want, End: instruction.ByNo, Kind: instruction.Outgoing, Account: 2}); err != nil {
			t.Fatal(err)
		}
	}
}
