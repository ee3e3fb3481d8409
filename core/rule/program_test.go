package rule

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
)

// known are features with the values that tests give them.
type known map[instruction.Feature]int64

func (k known) Value(f instruction.Feature) int64 { return k[f] }

func op(do instruction.OpCode, value int64) instruction.Op {
	return instruction.Op{Do: do, Value: value}
}

func to(do instruction.OpCode, at uint8) instruction.Op { return instruction.Op{Do: do, To: at} }

func read(f instruction.Feature) instruction.Op { return op(instruction.OpFeature, int64(f)) }

func TestRun(t *testing.T) {
	loss, orders := instruction.KeyLoss1h, instruction.KeyOrders1h
	both := []instruction.Op{read(loss), op(instruction.OpMoreThan, 20), to(instruction.OpAnd, 5), read(orders), op(instruction.OpAtMost, 3)}
	either := []instruction.Op{read(loss), op(instruction.OpMoreThan, 20), to(instruction.OpOr, 5), read(orders), op(instruction.OpAtMost, 3)}
	choice := []instruction.Op{read(loss), to(instruction.OpUnless, 4), op(instruction.OpValue, 7), to(instruction.OpJump, 5), op(instruction.OpValue, 8)}
	oneOf := []instruction.Op{
		read(loss), {Do: instruction.OpOneOf, Value: 3, To: 4}, {Do: instruction.OpOneOf, Value: 5, To: 4}, {Do: instruction.OpNone},
	}
	for _, c := range []struct {
		ops    []instruction.Op
		values known
		want   int64
	}{
		{both, known{loss: 21, orders: 3}, 1}, {both, known{loss: 20, orders: 3}, 0}, {both, known{loss: 21, orders: 4}, 0},
		{either, known{loss: 21, orders: 9}, 1}, {either, known{loss: 20, orders: 3}, 1}, {either, known{loss: 20, orders: 4}, 0},
		{choice, known{loss: -1}, 7}, {choice, known{}, 8},
		{oneOf, known{loss: 3}, 1}, {oneOf, known{loss: 5}, 1}, {oneOf, known{loss: 4}, 0},
	} {
		p, err := New(c.ops)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Run(c.values); got != c.want || p.Holds(c.values) != (c.want != 0) {
			t.Errorf("%v of %v is %d, want %d", c.ops, c.values, got, c.want)
		}
	}
	if new(Program).Holds(known{}) {
		t.Error("a program of no steps holds")
	}
}

// TestUnsound: what is not whole is refused, with what is wrong about it.
func TestUnsound(t *testing.T) {
	value := op(instruction.OpValue, 1)
	long := make([]instruction.Op, instruction.MaxOps+1)
	deep := []instruction.Op{}
	for range MaxStack + 1 {
		deep = append(deep, value)
	}
	for range MaxStack {
		deep = append(deep, op(instruction.OpAdd, 0))
	}
	many := []instruction.Op{value}
	for _, f := range instruction.Features()[:MaxFeatures+1] {
		many = append(many, read(f), op(instruction.OpAdd, 0))
	}
	for name, ops := range map[string][]instruction.Op{
		"nothing":               {},
		"too long":              long,
		"an unknown step":       {op(0, 0)},
		"another unknown step":  {op(instruction.OpNone+1, 0)},
		"takes from nothing":    {op(instruction.OpNot, 0)},
		"takes two of one":      {value, op(instruction.OpAdd, 0)},
		"two results":           {value, value},
		"too deep":              deep,
		"goes back":             {value, to(instruction.OpAnd, 1), value},
		"stays":                 {value, to(instruction.OpAnd, 0), value},
		"goes past the end":     {value, to(instruction.OpAnd, 4), value},
		"skips":                 {to(instruction.OpJump, 2), value, value},
		"met in two ways":       {value, to(instruction.OpUnless, 3), value, value},
		"no such feature":       {read(9999)},
		"a feature that wraps":  {op(instruction.OpFeature, int64(instruction.KeyLoss1h)+1<<16)},
		"a value beside":        {value, op(instruction.OpNot, 1)},
		"a jump beside":         {{Do: instruction.OpValue, To: 1}},
		"too many features":     many,
		"nothing at the end":    {value, to(instruction.OpUnless, 2)},
		"one of, with two ways": {value, {Do: instruction.OpOneOf, To: 3}, value, value},
	} {
		if _, err := New(ops); !errors.Is(err, ErrProgram) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestArithmetic holds sums and their like against numbers without bounds.
func TestArithmetic(t *testing.T) {
	const seed = 20261121
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	edge := []int64{0, 1, -1, 2, -2, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1, 1 << 32, -1 << 32, 3037000500}
	some := func() int64 {
		if r.IntN(2) == 0 {
			return edge[r.IntN(len(edge))]
		}
		return int64(r.Uint64()) >> r.IntN(64)
	}
	least, largest := big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	for range 100_000 {
		a, b := some(), some()
		x, y := big.NewInt(a), big.NewInt(b)
		want := map[instruction.OpCode]*big.Int{
			instruction.OpAdd: new(big.Int).Add(x, y), instruction.OpSub: new(big.Int).Sub(x, y), instruction.OpMul: new(big.Int).Mul(x, y),
			instruction.OpDiv: new(big.Int), instruction.OpRem: new(big.Int),
		}
		if b != 0 {
			want[instruction.OpDiv].Quo(x, y)
			want[instruction.OpRem].Rem(x, y)
		}
		for do, n := range want {
			if n.Cmp(least) < 0 {
				n = least
			}
			if n.Cmp(largest) > 0 {
				n = largest
			}
			if got := both(do, a, b); got != n.Int64() {
				t.Fatalf("%s of %d and %d is %d, want %d", do, a, b, got, n)
			}
		}
	}
}

// FuzzProgram runs whatever is taken for a program: it ends, and with what its steps say one by one.
func FuzzProgram(f *testing.F) {
	seed := func(ops ...instruction.Op) {
		var b []byte
		for _, o := range ops {
			b = append(b, byte(o.Do), o.To, byte(o.Value))
		}
		f.Add(b)
	}
	seed(read(instruction.KeyLoss1h), op(instruction.OpMoreThan, 20), to(instruction.OpAnd, 5), read(instruction.KeyOrders1h), op(instruction.OpAtMost, 3))
	seed(read(instruction.KeyLoss1h), to(instruction.OpUnless, 4), op(instruction.OpValue, 7), to(instruction.OpJump, 5), op(instruction.OpValue, 8))
	seed(op(instruction.OpValue, 1), op(instruction.OpValue, 0), op(instruction.OpDiv, 0))
	seed(op(instruction.OpValue, 3), instruction.Op{Do: instruction.OpOneOf, Value: 3, To: 3}, op(instruction.OpNone, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		var ops []instruction.Op
		for ; len(b) >= 3; b = b[3:] {
			ops = append(ops, instruction.Op{Do: instruction.OpCode(b[0]), To: b[1], Value: int64(int8(b[2]))})
		}
		p, err := New(ops)
		if err != nil {
			if !errors.Is(err, ErrProgram) || p.ops != nil {
				t.Fatalf("%v, with %v", err, p)
			}
			return
		}
		for n := range int64(8) {
			v := known{instruction.KeyLoss1h: 18 + n, instruction.KeyOrders1h: n - 2}
			if got, want := p.Run(v), plain(ops, v); got != want {
				t.Fatalf("%v of %v is %d, step by step %d", ops, v, got, want)
			}
		}
		if len(p.Reads()) > MaxFeatures {
			t.Fatalf("it reads %d features", len(p.Reads()))
		}
	})
}

// row are features in a row, as a venue has them at hand.
type row [256]int64

func (r *row) Value(f instruction.Feature) int64 { return r[f&255] }

// nine is a condition over nine features that all have to be looked at.
func nine(t testing.TB) Program {
	features := instruction.Features()[8:17]
	var ops []instruction.Op
	end := uint8(3*len(features) - 1)
	for i, f := range features {
		ops = append(ops, read(f), op(instruction.OpAtLeast, int64(i)))
		if i < len(features)-1 {
			ops = append(ops, to(instruction.OpAnd, end))
		}
	}
	p, err := New(ops)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRunAllocatesNothing(t *testing.T) {
	p, v := nine(t), &row{}
	for i := range v {
		v[i] = 100
	}
	if n := testing.AllocsPerRun(100, func() { p.Holds(v) }); n != 0 || !p.Holds(v) {
		t.Errorf("%v allocations, holds %t", n, p.Holds(v))
	}
}

// BenchmarkNine is nine features compared, all of which hold.
func BenchmarkNine(b *testing.B) {
	p, v := nine(b), &row{}
	for i := range v {
		v[i] = 100
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Holds(v)
	}
}

// plain is the program's result as its steps say one by one, without what is run in their place.
func plain(ops []instruction.Op, v Values) int64 {
	var stack []int64
	pop := func() int64 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return x
	}
	for at := 0; at < len(ops); at++ {
		o := &ops[at]
		switch d := o.Do; {
		case d == instruction.OpValue:
			stack = append(stack, o.Value)
		case d == instruction.OpFeature:
			stack = append(stack, v.Value(instruction.Feature(o.Value)))
		case d >= instruction.OpAdd && d <= instruction.OpNotEqual:
			y := pop()
			stack = append(stack, both(d, pop(), y))
		case d == instruction.OpJump:
			at = int(o.To) - 1
		case d == instruction.OpOneOf:
			if stack[len(stack)-1] == o.Value {
				stack[len(stack)-1] = 1
				at = int(o.To) - 1
			}
		case d == instruction.OpAnd, d == instruction.OpOr, d == instruction.OpUnless:
			x := pop()
			if (x == 0) != (d == instruction.OpOr) {
				at = int(o.To) - 1
				if d != instruction.OpUnless {
					stack = append(stack, x)
				}
			}
		default:
			stack = append(stack, one(&step{do: d, value: o.Value}, pop()))
		}
	}
	return pop()
}
