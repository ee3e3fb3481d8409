package owner

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
)

const day = instruction.Day

func written(t *testing.T, o *Owner) []byte {
	t.Helper()
	c := instruction.Writer(nil)
	o.Fields(&c)
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	return c.Bytes()
}

// reread is the owner as it comes back from its persisted form.
func reread(t *testing.T, b []byte) *Owner {
	t.Helper()
	again := New()
	c := instruction.Reader(b)
	again.Fields(&c)
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	return again
}

// TestModel: against a plain list, over random openings and closings. What is due first is so after reading back as well.
func TestModel(t *testing.T) {
	const seed = 20180107
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	o := New()
	model := map[instruction.MatterID]instruction.Matter{}
	for step := range 20_000 {
		if rng.IntN(5) < 3 && len(model) < 300 || len(model) == 0 {
			m := instruction.Matter{Kind: instruction.ShorterWait, Account: instruction.Account(2 + rng.IntN(9)), Due: instruction.Time(rng.IntN(50)), Wait: day}
			err := o.Open(&instruction.MatterOpened{ID: o.Last() + 1, Matter: m})
			if full := len(o.Of(m.Account)) > MaxMatters; err != nil || full {
				if err != nil && len(o.Of(m.Account)) == MaxMatters {
					continue
				}
				t.Fatal(err, full)
			}
			model[o.Last()] = m
		} else {
			id := instruction.MatterID(1 + rng.IntN(int(o.Last())))
			m, there := model[id]
			if o.Close(&instruction.MatterClosed{ID: id, End: instruction.ByNo, Kind: m.Kind, Account: m.Account + 1}) == nil {
				t.Fatalf("%d was closed as one of another account", id)
			}
			if err := o.Close(&instruction.MatterClosed{ID: id, End: instruction.ByNo, Kind: m.Kind, Account: m.Account}); (err == nil) != there {
				t.Fatalf("closing %d, which waits: %v: %v", id, there, err)
			}
			delete(model, id)
		}
		if step%500 == 0 {
			b := written(t, o)
			if o = reread(t, b); !bytes.Equal(b, written(t, o)) {
				t.Fatal("the persisted form is not the one form")
			}
		}
		if step%50 == 0 {
			compare(t, o, model)
		}
	}
}

func compare(t *testing.T, o *Owner, model map[instruction.MatterID]instruction.Matter) {
	t.Helper()
	n, before := 0, instruction.MatterID(0)
	o.Each(func(w *Waiting) bool {
		if w.ID <= before || w.Due != model[w.ID].Due || w.Account != model[w.ID].Account || o.Matter(w.ID) == nil {
			t.Fatalf("matter %d is %+v, want %+v", w.ID, w.Matter, model[w.ID])
		}
		n, before = n+1, w.ID
		return true
	})
	of := 0
	for a := range instruction.Account(12) {
		of += len(o.Of(a))
	}
	if n != len(model) || of != n {
		t.Fatalf("%d matters, %d by account, want %d", n, of, len(model))
	}
	first := instruction.MatterID(0)
	for id, m := range model {
		if x, there := model[first]; !there || m.Due < x.Due || m.Due == x.Due && id < first {
			first = id
		}
	}
	if got := o.Due(100); got != first {
		t.Fatalf("%d is due first, want %d", got, first)
	}
	if first != 0 && o.Due(model[first].Due-1) != 0 {
		t.Fatal("something is due before its time")
	}
}

// TestWaits: the default, the bounds, and what is read back.
func TestWaits(t *testing.T) {
	o := New()
	for _, bad := range []instruction.WaitSet{{Account: 2, Wait: instruction.MinWait - 1}, {Account: 2, Wait: instruction.MaxWait + 1}, {Account: 0, Wait: 2 * day}} {
		if o.SetWait(&bad) == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if err := o.SetWait(&instruction.WaitSet{Account: 7, Wait: 3 * day}); err != nil {
		t.Fatal(err)
	}
	o = reread(t, written(t, o))
	if o.Wait(7) != 3*day || o.Wait(8) != instruction.MinWait {
		t.Errorf("waits of %v and %v", o.Wait(7), o.Wait(8))
	}
}

// TestForeignBytes: what no Owner wrote is refused.
func TestForeignBytes(t *testing.T) {
	o := New()
	for range 3 {
		if err := o.Open(&instruction.MatterOpened{ID: o.Last() + 1, Matter: instruction.Matter{Kind: instruction.ShorterWait, Account: 2, Due: 5, Wait: day}}); err != nil {
			t.Fatal(err)
		}
	}
	for what, spoil := range map[string]func(){
		"a number that was not given": func() { o.open[2].ID = 9 },
		"a number twice":              func() { o.open[1].ID = 1 },
		"numbers that descend":        func() { o.open[0].ID = 2 },
	} {
		keep := [3]Waiting(o.open)
		spoil()
		c := instruction.Reader(written(t, o))
		if New().Fields(&c); c.End() == nil {
			t.Errorf("%s is read", what)
		}
		copy(o.open, keep[:])
	}
	for _, e := range []instruction.MatterOpened{{ID: 3}, {ID: 5}, {ID: 4}} { // the last has no account
		if e.Matter.Kind = instruction.Widening; o.Open(&e) == nil {
			t.Errorf("%+v is taken", e)
		}
	}
}
