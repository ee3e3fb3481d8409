//go:build !race

package cohort

import (
	"fmt"
	"math/rand/v2"

	"portcullis/core/instruction"
)

const (
	firstDay = instruction.Time(1_577_836_800_000_000) // 2020-01-01
	lastDay  = firstDay + 3*instruction.Year           // when the thefts begin
)

// world is a population of keys: customers with one to three keys each, most of them given to integrators of very
// different sizes, over three years; one in ten is deleted.
type world struct {
	rng  *rand.Rand
	list []Key
	keys *Keys
}

func name(i int) string { return fmt.Sprintf("maker-%02d", i) }

// populate makes a world. share is how many of a hundred keys are given to a second integrator too.
func populate(seed uint64, n, makers, share int) *world {
	w := &world{rng: rand.New(rand.NewPCG(20221014, seed))}
	for i := range n {
		k := Key{Name: fmt.Sprint(i + 1), Customer: uint64(1 + i*2/3), Created: firstDay + instruction.Time(w.rng.Int64N(int64(lastDay-firstDay)))}
		if w.rng.IntN(10) < 9 {
			k.Links = append(k.Links, Link{name(w.size(makers)), k.Created + instruction.Time(w.rng.Int64N(int64(instruction.Day)))})
		}
		if w.rng.IntN(100) < share {
			k.Links = append(k.Links, Link{name(w.size(makers)), k.Created + instruction.Time(w.rng.Int64N(int64(30*instruction.Day)))})
		}
		if w.rng.IntN(10) == 0 {
			k.Deleted = k.Created + instruction.Time(w.rng.Int64N(int64(lastDay-k.Created)+1)) + 1
		}
		k.Client = uint64(1 + w.rng.IntN(200))
		k.Networks = []instruction.Network{instruction.Network(1 + w.rng.IntN(5000))}
		w.list = append(w.list, k)
	}
	w.keys = Of(w.list)
	return w
}

// size draws an integrator: the first ones have the most keys, the last about a tenth of that.
func (w *world) size(makers int) int {
	for {
		if i := w.rng.IntN(makers); w.rng.IntN(makers) >= i*9/10 {
			return i
		}
	}
}

// leak is what leaked: an integrator's keys over a time.
type leak struct {
	Hypothesis
	keys []int
}

// leaks draws a leak: all keys that an integrator had at a time, or those that it was given in half a year.
func (w *world) leaks(makers int) leak {
	for {
		h := Hypothesis{Family: Integrator, Integrator: name(w.rng.IntN(makers))}
		h.Before = lastDay - instruction.Time(w.rng.Int64N(int64(instruction.Year)))
		if w.rng.IntN(2) == 0 {
			h.After = h.Before - instruction.Year/2
		}
		if l := w.leak(h); len(l.keys) >= 30 {
			return l
		}
	}
}

func (w *world) leak(h Hypothesis) leak {
	l := leak{Hypothesis: h}
	for i := range w.list {
		if h.Holds(&w.list[i]) {
			l.keys = append(l.keys, i)
		}
	}
	return l
}

// victims are n keys of other customers each: of a hundred, so many have nothing to do with the leak.
func (w *world) victims(l *leak, n, unrelated int) []Victim {
	var list []Victim
	known := map[uint64]bool{}
	for len(list) < n {
		i := w.rng.IntN(len(w.list))
		if w.rng.IntN(100) >= unrelated {
			i = l.keys[w.rng.IntN(len(l.keys))]
		}
		if c := w.list[i].Customer; !known[c] {
			known[c] = true
			list = append(list, Victim{Key: i, Kind: Abused, At: lastDay + 40*instruction.Day})
		}
	}
	return list
}
