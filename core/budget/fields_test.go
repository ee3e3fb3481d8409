package budget

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// odd are meters of every kind: with and without a budget of their own, with gains, reservations and the largest amounts; and
// a customer with names, trades, and both.
func odd(t testing.TB) *Budgets {
	b := New()
	for i := range instruction.Time(20) {
		b.Charge(start+3*i*hour, one, money.Amount(i)*100, 7)
		b.Charge(start+3*i*hour, one, -money.Amount(i%4)*100, 0)
		b.Expose(start+i*2*day1, master1, 4, money.Amount(i%3)-1, money.Amount(i%5)-2)
	}
	b.Charge(start, Party{Credential: 5000, Account: 6000}, money.MaxAmount, money.MaxAmount)
	b.Reserve(Party{Credential: 4, Account: 5, Parent: 6}, 9)
	set(t, b, Of{Account: 9}, 0, money.Whole)
	b.Name(master1, 4, false)
	b.Name(master1, 7, false)
	b.Name(9, 1, false)
	b.Expose(start, 11, 2, 1, 0)
	return b
}

// TestFields: the same meters give the same bytes, however they came about, and what only was reserved leaves none.
func TestFields(t *testing.T) {
	b := odd(t)
	first := write(b)
	b.Reserve(Party{Credential: 10, Account: 11, Parent: 12}, 3)
	b.Free(Party{Credential: 10, Account: 11, Parent: 12}, 3)
	b.Left(start+instruction.Year, one, rich)
	b.Charge(start, Party{Credential: 70, Account: 71}, -5, 0)
	b.Confirm(Of{Account: 80})
	b.Expose(start, 90, 1, 0, 0)
	b.Name(90, 1, false)
	b.Name(90, 1, true)
	if !bytes.Equal(first, write(b)) {
		t.Error("what changed nothing is written")
	}
	x := New()
	c := instruction.Reader(first)
	if x.Fields(&c); c.End() != nil {
		t.Fatal(c.End())
	}
	if !bytes.Equal(first, write(x)) || x.Check() != nil {
		t.Errorf("read back, it is written otherwise: %v", x.Check())
	}
	if x.Reserved(Of{Account: 5}) != 0 || b.Reserved(Of{Account: 5}) != 9 {
		t.Error("what was reserved is read back")
	}
	if c, a, _ := x.Limits(Party{Credential: 1, Account: 9}); c != a || c != (instruction.Budget{Fees: money.Whole}) || !x.Named(master1, 7) {
		t.Errorf("%+v, %v", c, x.Named(master1, 7))
	}
}

// TestFieldsRefused: each way in which bytes are no meters, in a list that is otherwise sound.
func TestFieldsRefused(t *testing.T) {
	// Each is: credentials, accounts, customers, behind their counts. A meter is its number, whether it has a budget, that, and
	// twice a sum since the last confirmation, a slot's number and a bit for each slot.
	list := func(f func(c *instruction.Codec)) []byte {
		c := instruction.Writer(nil)
		f(&c)
		return c.Bytes()
	}
	num := func(c *instruction.Codec, ns ...uint32) {
		for _, n := range ns {
			instruction.Num32(c, &n)
		}
	}
	amount := func(c *instruction.Codec, ns ...int64) {
		for _, n := range ns {
			instruction.Num64(c, &n)
		}
	}
	bits16 := func(c *instruction.Codec, n uint16) { instruction.Num16(c, &n) }
	meter := func(c *instruction.Codec, id uint32, set bool, budget []uint32, since int64) {
		num(c, id)
		c.Bool(&set)
		num(c, budget...)
		for range 2 {
			amount(c, since, 0)
			bits16(c, 0)
		}
	}
	for _, x := range []struct {
		why string
		do  func(c *instruction.Codec)
	}{
		{"", func(c *instruction.Codec) { num(c, 1); meter(c, 5, true, []uint32{1, 2}, 0); num(c, 0, 0) }},
		{"nothing of 5", func(c *instruction.Codec) { num(c, 1); meter(c, 5, false, nil, 0); num(c, 0, 0) }},
		{"5 after 5", func(c *instruction.Codec) { num(c, 2); meter(c, 5, false, nil, 1); meter(c, 5, false, nil, 1) }},
		{"0 after 0", func(c *instruction.Codec) { num(c, 1); meter(c, 0, false, nil, 1) }},
		{"after 0", func(c *instruction.Codec) { num(c, 1); meter(c, 1<<30+1, false, nil, 1) }},
		{"parts per million", func(c *instruction.Codec) { num(c, 1); meter(c, 5, true, []uint32{1_000_001, 2}, 0) }},
		{"a budget that is none", func(c *instruction.Codec) { num(c, 1); meter(c, 5, true, []uint32{1<<32 - 1, 1<<32 - 1}, 1) }},
		{"since the last", func(c *instruction.Codec) { num(c, 1); meter(c, 5, false, nil, -1) }},
		{"since the last", func(c *instruction.Codec) { num(c, 1); meter(c, 5, false, nil, int64(money.MaxAmount)+1) }},
		{"", func(c *instruction.Codec) { num(c, 0, 0, 1, 5, 1); bits16(c, 3); num(c, 0) }},
		{"nothing of 5", func(c *instruction.Codec) { num(c, 0, 0, 1, 5, 0, 0) }},
		{"named after", func(c *instruction.Codec) { num(c, 0, 0, 1, 5, 2); bits16(c, 3); bits16(c, 3); num(c, 0) }},
		{"", func(c *instruction.Codec) {
			num(c, 0, 0, 1, 5, 0, 1)
			bits16(c, 3)
			amount(c, 9)
			num(c, 2)
			amount(c, -1, 1)
		}},
		{"market 0", func(c *instruction.Codec) {
			num(c, 0, 0, 1, 5, 0, 1)
			bits16(c, 0)
			amount(c, 9)
			num(c, 2)
			amount(c, -1, 1)
		}},
		{"without trades", func(c *instruction.Codec) {
			num(c, 0, 0, 1, 5, 0, 1)
			bits16(c, 3)
			amount(c, 9)
			num(c, 2)
			amount(c, 0, 0)
		}},
		{"on a day", func(c *instruction.Codec) {
			num(c, 0, 0, 1, 5, 0, 1)
			bits16(c, 3)
			amount(c, 0)
			num(c, 2)
			amount(c, 1, 1)
		}},
		{"on a day", func(c *instruction.Codec) {
			num(c, 0, 0, 1, 5, 0, 1)
			bits16(c, 3)
			amount(c, 9)
			num(c, 2)
			amount(c, 1<<62, 1)
		}},
		{"day -1", func(c *instruction.Codec) { num(c, 0, 0, 1, 5, 0, 1); bits16(c, 3); amount(c, -1); num(c, 0) }},
		{"days 1", func(c *instruction.Codec) { num(c, 0, 0, 1, 5, 0, 1); bits16(c, 3); amount(c, 99); num(c, 1<<31) }},
		{"a list of", func(c *instruction.Codec) { num(c, 1<<31) }},
		{"ends early", func(c *instruction.Codec) { num(c, 1<<30) }},
	} {
		b := New()
		c := instruction.Reader(list(x.do))
		b.Fields(&c)
		if err := c.End(); x.why == "" && err != nil || x.why != "" && (err == nil || !strings.Contains(err.Error(), x.why)) {
			t.Errorf("%q: %v", x.why, err)
		}
	}
}

// FuzzFields: no bytes panic; what is read is sound, and is written as it was read.
func FuzzFields(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	seeds := [][]byte{write(New()), write(odd(f))}
	for range 40 {
		damaged := bytes.Clone(seeds[1])
		damaged[r.IntN(len(damaged))] ^= 1 << r.IntN(8)
		seeds = append(seeds, damaged, damaged[:r.IntN(len(damaged))])
	}
	for _, s := range seeds {
		f.Add(s)
	}
	if len(seeds) != 82 || len(seeds[1]) < 900 {
		f.Fatalf("no seeds: %d of %d bytes", len(seeds), len(seeds[1]))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		b := New()
		c := instruction.Reader(in)
		if b.Fields(&c); c.End() != nil {
			return
		}
		if err := b.Check(); err != nil {
			t.Error(err)
		}
		if out := write(b); !bytes.Equal(in, out) {
			t.Errorf("read %x, written %x", in, out)
		}
	})
}
