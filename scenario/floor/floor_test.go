//go:build !race

package floor

import (
	"testing"

	"portcullis/core/instruction"
)

func open(t testing.TB, tier Tier, fees Fees) *Floor {
	t.Helper()
	f := Open(Options{Tier: tier, Fees: fees, Budgets: true, Depth: 1_000_000 * Coin, Seed: 1})
	if f.Err != nil {
		t.Fatal(f.Err)
	}
	return f
}

// TestFair: the middle of a liquid market is the fair price, to within what the venue admits, and a thin one has a history.
func TestFair(t *testing.T) {
	for _, tier := range Tiers {
		f := open(t, tier, Normal)
		for range 60 {
			f.Live(instruction.Second)
			for m := BTCUSDT; m <= ETHBTC; m++ {
				mid, fair := int64(f.Mid(m)), int64(f.Fair.In(m, 0))
				if off := max(mid-fair, fair-mid); off > fair/2_000 {
					t.Fatalf("%v, %s: the middle is %d, fair is %d", tier, Symbol(m), mid, fair)
				}
			}
		}
		if traded := f.State.Market(DMGUSDT).LastTrade; (traded == 0) != (tier == New) {
			t.Errorf("%v: %d trades of %s", tier, traded, Symbol(DMGUSDT))
		}
		if err := f.State.Check(); err != nil || f.Err != nil {
			t.Fatal(err, f.Err)
		}
		if f.State.Clock().Frozen != 0 {
			t.Error("the venue saw its clock jump")
		}
	}
}

// TestClone: from one floor follow others, the same for the same seed, to the byte.
func TestClone(t *testing.T) {
	base := open(t, Named, Rebate)
	var hashes [3][32]byte
	for i, seed := range []uint64{1, 1, 2} {
		f := base.Clone(seed)
		f.Drift(instruction.Day)
		f.Live(20 * instruction.Second)
		f.Restart()
		f.Live(20 * instruction.Second)
		if f.Err != nil {
			t.Fatal(f.Err)
		}
		hashes[i] = f.State.Hash()
	}
	if hashes[0] != hashes[1] || hashes[0] == hashes[2] {
		t.Errorf("%x", hashes)
	}
}

func BenchmarkDrift(b *testing.B) {
	f := open(b, Referred, Normal)
	b.ResetTimer()
	for range b.N {
		f.Drift(instruction.Day)
	}
}

func BenchmarkLive(b *testing.B) {
	f := open(b, Referred, Normal)
	b.ResetTimer()
	for range b.N {
		f.Live(60 * instruction.Second)
	}
}

func BenchmarkClone(b *testing.B) {
	f := open(b, Referred, Normal)
	b.ResetTimer()
	for range b.N {
		f.Clone(1)
	}
}
