package archive

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestVolume holds sums and their text against big numbers.
func TestVolume(t *testing.T) {
	const seed = 3
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 2000 {
		var v Volume
		want := new(big.Int)
		for range r.IntN(30) {
			n := money.Amount(r.Int64() >> r.IntN(63))
			v = v.Plus(VolumeOf(n))
			want.Add(want, big.NewInt(int64(n)))
		}
		if v.Big().Cmp(want) != 0 {
			t.Fatalf("%v, want %v", v.Big(), want)
		}
		if v.IsZero() != (want.Sign() == 0) {
			t.Fatalf("%v is zero: %v", want, v.IsZero())
		}
		w := v
		for range r.IntN(40) { // towards the end of what fits
			if w.hi < 1<<61 {
				w = w.Plus(w)
				want.Lsh(want, 1)
			}
		}
		if w.Big().Cmp(want) != 0 {
			t.Fatalf("%v, want %v", w.Big(), want)
		}
		for s := range money.MaxScale + 1 {
			if got, want := w.Text(s), decimal(want, int(s)); got != want {
				t.Fatalf("at scale %d: %s, want %s", s, got, want)
			}
		}
	}
}

// decimal writes n with so many decimals.
func decimal(n *big.Int, scale int) string {
	text := n.String()
	if len(text) <= scale {
		text = strings.Repeat("0", scale+1-len(text)) + text
	}
	if scale == 0 {
		return text
	}
	return text[:len(text)-scale] + "." + text[len(text)-scale:]
}

// TestJoin: candles joined in any grouping are the candle of all.
func TestJoin(t *testing.T) {
	const seed = 5
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 500 {
		all, parts := Candle{Open: 7}, Candle{Open: 7}
		part := Candle{}
		for i := range r.IntN(20) {
			one := candleOf(&Trade{
				ID: instruction.Trade(i + 1), Price: money.Price(r.IntN(100) + 1), Qty: money.Amount(r.Int64()), Quote: money.Amount(r.Int64()),
				BuyerMaker: r.IntN(2) == 0,
			})
			all.Join(&one)
			part.Join(&one)
			if r.IntN(3) == 0 {
				parts.Join(&part)
				part = Candle{}
			}
		}
		parts.Join(&part)
		if all != parts {
			t.Fatalf("%+v\n%+v", all, parts)
		}
	}
}
