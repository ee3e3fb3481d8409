package coin

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// plan is a spend of random coins of ours to random outputs, the last of them change.
func plan(r *rand.Rand, ins, outs int) (in []Input, out []Out) {
	var sum int64
	for range ins {
		i := Input{Coin: instruction.Outpoint{Index: r.Uint32()}, Value: 1 + r.Int64N(1e12), Change: r.IntN(2) == 0, Index: uint32(r.IntN(3))}
		for k := range i.Coin.Tx {
			i.Coin.Tx[k] = byte(r.Uint32())
		}
		in, sum = append(in, i), sum+i.Value
	}
	for range outs {
		script := make([]byte, []int{22, 23, 25, 34}[r.IntN(4)])
		for k := range script {
			script[k] = byte(r.Uint32())
		}
		out = append(out, Out{script, 1 + sum/int64(2*outs)})
	}
	return in, out
}

// TestSign: what is signed is what was planned, by the same bytes each time, no larger than was said before, named as the
// unsigned one; nodes' own rules hold it good, and read back it is the plan.
func TestSign(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for _, n := range networks {
		k := account(t, seed84, n.Name)
		for _, c := range [][2]int{{1, 1}, {1, 3}, {3, 1}, {20, 2}, {2, 300}, {253, 1}} {
			ins, outs := plan(r, c[0], c[1])
			raw, id, err := Sign(n, k, ins, outs)
			again, same, _ := Sign(n, k, ins, outs)
			if err != nil || !bytes.Equal(raw, again) || id != same {
				t.Fatalf("%s %v: signed twice: %v", n.Name, c, err)
			}
			if checked, err := Check(n, k.Public(), ins, outs, raw); err != nil || checked != id {
				t.Fatalf("%s %v: %v", n.Name, c, err)
			}
			if bare, name, err := Unsigned(n, ins, outs); err != nil || name != id || (4*len(bare)+len(raw)-len(bare)+3)/4 > Size(c[0], outs) || (4*len(bare)+len(raw)-len(bare)+3)/4 < Size(c[0], outs)-c[0] {
				t.Fatalf("%s %v: %v; %d and %d bytes, %d virtual ones at most", n.Name, c, err, len(bare), len(raw), Size(c[0], outs))
			}
			tx, err := ParseTx(raw)
			if err != nil || tx.ID != id || len(tx.Ins) != c[0] || len(tx.Outs) != c[1] {
				t.Fatalf("%s %v: %v", n.Name, c, err)
			}
			for i, in := range ins {
				if tx.Ins[i] != in.Coin {
					t.Fatalf("input %d is %v", i, tx.Ins[i])
				}
			}
			for i, o := range outs {
				if !bytes.Equal(tx.Outs[i].Script, o.Script) || tx.Outs[i].Value != o.Value {
					t.Fatalf("output %d is %v", i, tx.Outs[i])
				}
			}
		}
	}
}

// TestSequence: only where nodes replace does a transaction say that it may be.
func TestSequence(t *testing.T) {
	ins, outs := plan(rand.New(rand.NewPCG(1, 0)), 1, 1)
	for name, want := range map[string]string{"litecoin": "\xff\xff\xff\xff", "litecoin-regtest": "\xfd\xff\xff\xff", "bitcoin": "\xfd\xff\xff\xff"} {
		raw, _, err := Unsigned(network(t, name), ins, outs)
		if err != nil || string(raw[:5]) != "\x02\x00\x00\x00\x01" || string(raw[4+1+36+1:][:4]) != want || string(raw[len(raw)-4:]) != "\x00\x00\x00\x00" {
			t.Errorf("%s: %x, %v", name, raw, err)
		}
	}
}

// TestCheckRefuses: every byte of a signed transaction matters, and so does all of the plan.
func TestCheckRefuses(t *testing.T) {
	n, k := network(t, "demo"), account(t, seed84, "demo")
	ins, outs := plan(rand.New(rand.NewPCG(2, 0)), 2, 2)
	raw, _, err := Sign(n, k, ins, outs)
	if err != nil {
		t.Fatal(err)
	}
	bare, _, _ := Unsigned(n, ins, outs)
	wrong := [][]byte{nil, bare, raw[:len(raw)-1], append(bytes.Clone(raw), 0)}
	for i := range raw {
		b := bytes.Clone(raw)
		b[i] ^= 1
		wrong = append(wrong, b)
	}
	for i, b := range wrong {
		if _, err := Check(n, k.Public(), ins, outs, b); err == nil {
			t.Errorf("%d: takes %x for %x", i, b, raw)
		}
	}
	other := func(change func(in []Input, out []Out)) {
		t.Helper()
		in, out := append([]Input(nil), ins...), append([]Out(nil), outs...)
		change(in, out)
		if _, err := Check(n, k.Public(), in, out, raw); err == nil {
			t.Error("takes it for another plan")
		}
	}
	other(func(in []Input, _ []Out) { in[0], in[1] = in[1], in[0] })
	other(func(in []Input, _ []Out) { in[0].Value++ })
	other(func(in []Input, _ []Out) { in[0].Index += 7 })
	other(func(in []Input, _ []Out) { in[0].Change = !in[0].Change })
	other(func(_ []Input, out []Out) { out[0], out[1] = out[1], out[0] })
	other(func(_ []Input, out []Out) { out[1].Value-- })
	if _, err := Check(network(t, "bitcoin"), k.Public(), ins, outs, raw); err == nil || !strings.Contains(err.Error(), "keys of demo, not of bitcoin") {
		t.Error(err)
	}
}

func TestSignRefuses(t *testing.T) {
	n, k := network(t, "litecoin"), account(t, seed84, "litecoin")
	in := Input{Value: 10}
	other := Input{Coin: instruction.Outpoint{Index: 1}, Value: math.MaxInt64}
	out := Out{[]byte{opDup}, 10}
	many := make([]Input, 1500)
	for i := range many {
		many[i] = Input{Coin: instruction.Outpoint{Index: uint32(i)}, Value: 1}
	}
	for want, c := range map[string]struct {
		ins  []Input
		outs []Out
	}{
		"0 inputs and 1 outputs":     {nil, []Out{out}},
		"1 inputs and 0 outputs":     {[]Input{in}, nil},
		"spent twice":                {[]Input{in, in}, []Out{out}},
		"cannot be worth 0":          {[]Input{{}}, []Out{out}},
		"cannot be worth -1":         {[]Input{{Value: -1}}, []Out{out}},
		"cannot be worth 9223372":    {[]Input{in, other}, []Out{out}},
		"outputs of 20, but":         {[]Input{in}, []Out{out, out}},
		"output 0 pays 0 ":           {[]Input{in}, []Out{{out.Script, 0}}},
		"output 1 pays 9223372":      {[]Input{in}, []Out{out, {out.Script, math.MaxInt64}}},
		"to a script of 0 bytes":     {[]Input{in}, []Out{{nil, 1}}},
		"nodes relay at most 100000": {many, []Out{out}},
		"indices below 2^31":         {[]Input{{Value: 10, Index: 1 << 31}}, []Out{out}},
	} {
		if _, _, err := Sign(n, k, c.ins, c.outs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
	if _, _, err := Sign(network(t, "monacoin"), k, []Input{in}, []Out{out}); err == nil || !strings.Contains(err.Error(), "keys of litecoin, not of monacoin") {
		t.Error(err)
	}
}

func BenchmarkSign100(b *testing.B) {
	n, k := network(b, "litecoin"), account(b, seed84, "litecoin")
	ins, outs := plan(rand.New(rand.NewPCG(1, 0)), 1, 100)
	for b.Loop() {
		if _, _, err := Sign(n, k, ins, outs); err != nil {
			b.Fatal(err)
		}
	}
}
