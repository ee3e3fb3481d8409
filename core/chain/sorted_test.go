package chain

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSorted: entered in order, against the order and by chance, and taken out again, against a plain list.
func TestSorted(t *testing.T) {
	const seed, n = 7, 5 * maxPart
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	things := make([]int, n)
	for i := range things {
		things[i] = i
	}
	up := func(i int) int { return i }
	down := func(i int) int { return n - 1 - i }
	shuffled := rng.Perm(n)
	chance := func(i int) int { return shuffled[i] }
	for what, orders := range map[string][2]func(int) int{"up": {up, up}, "down": {down, up}, "chance": {chance, down}, "both": {up, chance}} {
		l := sorted[int]{order: func(x, y *int) int { return cmp.Compare(*x, *y) }}
		var plain []*int
		if l.first() != nil || l.last() != nil {
			t.Fatal("nothing has a first")
		}
		for i := range 2 * n {
			x := &things[orders[i/n](i%n)]
			at, _ := slices.BinarySearchFunc(plain, x, l.order)
			if has := l.has(x); has != (i >= n) {
				t.Fatalf("%s, step %d: it is there: %v", what, i, has)
			}
			if i < n {
				l.add(x)
				plain = slices.Insert(plain, at, x)
			} else {
				l.remove(x)
				l.remove(x) // once more is nothing
				plain = slices.Delete(plain, at, at+1)
			}
			if l.len() != len(plain) || len(plain) > 0 && (l.first() != plain[0] || l.last() != plain[len(plain)-1]) {
				t.Fatalf("%s, step %d: %d, from %v to %v", what, i, l.len(), l.first(), l.last())
			}
			if i%97 == 0 && (!l.sound() || !slices.Equal(l.list(), plain)) {
				t.Fatalf("%s, step %d: it is not the same list", what, i)
			}
		}
		if !l.sound() || l.len() != 0 || len(l.parts) != 0 {
			t.Errorf("%s: %d are left, in %d parts", what, l.len(), len(l.parts))
		}
	}
}
