package ledger

import (
	"maps"
	"math/rand"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

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
			want := maps.Collect(l.All(head + 1))
			for a, h := range heads {
				for x, n := range l.All(a) {
					if h == head+1 {
						want[x] += n
					}
				}
			}
			if got := maps.Collect(l.Together(head + 1)); !maps.Equal(got, want) {
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
