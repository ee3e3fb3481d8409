package shelf

import (
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
)

// TestShelf holds a shelf against a map.
func TestShelf(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	s, model := New(-1), map[uint32]*int{}
	for n := range 20_000 {
		id := uint32(r.IntN(3000))
		switch r.IntN(3) {
		case 0:
			s.Drop(id)
			delete(model, id)
		case 1:
			x := s.Need(id)
			if id == 0 {
				if x != nil {
					t.Fatal("id 0 has something")
				}
				continue
			}
			if was := model[id]; was != nil && was != x || was == nil && *x != -1 {
				t.Fatalf("%d is another than it was, or not blank", id)
			}
			*x, model[id] = n, x
		}
		if s.At(id) != model[id] || model[id] == nil && *s.See(id) != -1 {
			t.Fatalf("%d is %v, not %v", id, s.At(id), model[id])
		}
	}
	last, count := uint32(0), 0
	for id, x := range s.All() {
		if id <= last || model[id] != x {
			t.Fatalf("%d after %d", id, last)
		}
		last = id
		count++
	}
	if count != len(model) || count == 0 || s.Len() != count {
		t.Errorf("%d things, not %d; %d are counted", count, len(model), s.Len())
	}
	for id := range s.All() { // stops where it is told to
		if id > 100 {
			break
		}
	}
}

// TestRoom: what an id costs that has nothing, and that a place given back is given out again.
func TestRoom(t *testing.T) {
	s := New([4]uint64{})
	s.Need(1_000_000)
	if ids, things := s.Room(); 4*ids > 1_000_000/10 || things > 1000 {
		t.Errorf("a million ids without a thing have room for %d, and %d things", ids, things)
	}
	for range 1000 {
		s.Drop(1_000_000)
		s.Need(1_000_000)
	}
	if s.used != 1 || s.Len() != 1 {
		t.Errorf("%d places were given out to have one thing", s.used)
	}
	if n := testing.AllocsPerRun(100, func() { s.Drop(1_000_000); s.Need(1_000_000) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestFields: what is read back is what was written, and is refused where it is not what would be written.
func TestFields(t *testing.T) {
	kept := func(x *uint64) bool { return *x != 0 }
	fields := func(x *uint64, c *instruction.Codec) { instruction.Num64(c, x) }
	s := New(uint64(0))
	for _, id := range []uint32{70_000, 3, 5, 4} {
		*s.Need(id) = uint64(id) * 10
	}
	*s.Need(4) = 0 // not worth keeping
	c := instruction.Writer(nil)
	s.Fields(&c, kept, fields)
	read := func(b []byte) (Shelf[uint64], error) {
		c, x := instruction.Reader(b), New(uint64(0))
		x.Fields(&c, kept, fields)
		return x, c.End()
	}
	x, err := read(c.Bytes())
	if err != nil || x.Len() != 3 || *x.See(3) != 30 || *x.See(70_000) != 700_000 || x.At(4) != nil {
		t.Errorf("%v, %d things", err, x.Len())
	}
	for name, list := range map[string][]uint64{
		"id 0": {0, 1}, "twice": {3, 1, 3, 1}, "going down": {3, 1, 2, 1}, "nothing": {3, 0}, "beyond all": {1<<30 + 1, 1},
	} {
		w := instruction.Writer(nil)
		w.Count(len(list)/2, 10)
		for i := 0; i < len(list); i += 2 {
			id := uint32(list[i])
			instruction.Num32(&w, &id)
			instruction.Num64(&w, &list[i+1])
		}
		if _, err := read(w.Bytes()); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
