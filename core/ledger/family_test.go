package ledger

import (
	"maps"
	"math/rand"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// collect is what an account has, or shares, of each asset that it has any of.
func collect(of func(instruction.Account, int) (instruction.Asset, money.Amount, bool), a instruction.Account) map[instruction.Asset]money.Amount {
	all := map[instruction.Asset]money.Amount{}
	for i := 0; ; i++ {
		x, n, ok := of(a, i)
		if !ok {
			return all
		}
		if n != 0 {
			all[x] = n
		}
	}
}

// TestFamilies: what a customer's accounts have together is what they have one by one, after whatever was posted and whenever
// they joined.
func TestFamilies(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	l := New()
	heads := map[instruction.Account]instruction.Account{}
	for i := range 20_000 {
		a, b := instruction.Account(1+rng.Intn(12)), instruction.Account(1+rng.Intn(12))
		x, n := instruction.Asset(1+rng.Intn(3)), money.Amount(1+rng.Intn(1000))
		switch rng.Intn(7) {
		case 0:
			_ = l.CameIn(a, x, n)
		case 1:
			_ = l.Hold(a, x, n)
		case 2:
			_ = l.Pay(a, b, x, n, n/10)
		case 3:
			_ = l.GoOut(a, x, n)
		case 4:
			_ = l.Move(a, b, x, n)
		case 5:
			_ = l.Charge(a, x, n)
		case 6:
			if a > 3 && i%50 == 0 { // 1 to 3 are heads, of whoever joins
				if heads[a] == 0 {
					heads[a] = 1 + a%3
					l.Join(a, heads[a])
				}
			}
		}
		if i%100 != 0 {
			continue
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		for head := range instruction.Account(3) {
			want := collect(l.Owns, head+1)
			for a, h := range heads {
				for x, n := range collect(l.Owns, a) {
					if h == head+1 {
						want[x] += n
					}
				}
			}
			if got := collect(l.Shares, head+1); !maps.Equal(got, want) {
				t.Fatalf("after %d the accounts of %d have %v, kept is %v", i, head+1, want, got)
			}
		}
	}
	if len(heads) < 9 {
		t.Errorf("%d joined", len(heads))
	}
	l.families[1][0].n++
	if l.Check() == nil {
		t.Error("a wrong sum is not seen")
	}
}
