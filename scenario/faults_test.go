package scenario

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"portcullis/journal/diskfault"
)

// TestFaults drives the real engine over the real journal, on a disk that fails in every way that disks do and with a clock
// that jumps, stops and goes back, and ends it at any moment. After each step it holds what the laws promise:
//
//   - law 1, 2, 4 and 5, by giving every durable record's instruction to a core of its own: that must come to the same
//     record, byte by byte, and the state that readers see must have the hash of its fold;
//   - law 3: what was acknowledged is in the journal after every end, in its place, once; what was refused is not; what has
//     an unknown outcome is there as asked or not at all; and nothing is answered or shown while its sync is under way;
//   - a full disk is recovered from without a restart; a failed write or sync ends all work but reading;
//   - a bit that flips in the journal or in a snapshot is found when they are read.
//
// Nothing in it sleeps, and nothing is left to the scheduler: one thing happens at a time, and the seed says which.
//
// It was seen red with each of these breaks, among others:
//   - journal: Append that leaves out Datasync; Append that goes on after a failed sync; decodeBody without the records'
//     checksum; opening that cuts the last good frame too, that takes any frame that does not fit for a torn one, or that
//     does not write the last frame again; spare.room that never tries again.
//   - engine: tail.add before Append; answering before Append; ErrStopped for what was under way at a failed write; a
//     committer that goes on after a failed write, that gives up on a full disk, or that drops a batch there; a writer that
//     stamps each record with one microsecond less.
//   - core: Step that takes the time as it comes; passTime that lets any jump pass.
func TestFaults(t *testing.T) {
	first := seed(t)
	total := map[string]int{}
	for run := range uint64(depth(histories, 500)) {
		synctest.Test(t, func(t *testing.T) { history(t, first+run, total) })
		if t.Failed() {
			t.Fatalf("again: PORTCULLIS_SEED=%d", first+run)
		}
	}
	t.Log(total)
	for _, x := range faultKinds {
		if total[x] == 0 && !raced { // a few histories are enough for the race detector, and too few for all
			t.Errorf("in all these histories there was never: %s", x)
		}
	}
}

// steps is the length of a history.
const steps = 500

// TestFaultsAgain: the same seed gives the same history, to the byte. Without this a seed would be worth nothing.
func TestFaultsAgain(t *testing.T) {
	if raced {
		t.Skip("TestFaults has shown the race detector such histories")
	}
	n := seed(t)
	var first, second string
	synctest.Test(t, func(t *testing.T) { first = history(t, n, map[string]int{}) })
	synctest.Test(t, func(t *testing.T) { second = history(t, n, map[string]int{}) })
	if first != second {
		t.Fatalf("seed %d gave two histories: %s, %s", n, first, second)
	}
}

// TestFaultsMet: histories that failed once. In the first, a tick was asked for while the engine gave itself another, on a slow
// disk, after the clock went back.
func TestFaultsMet(t *testing.T) {
	if raced {
		t.Skip("TestFaults has shown the race detector such histories")
	}
	for _, n := range []uint64{20180223} {
		synctest.Test(t, func(t *testing.T) { history(t, n, map[string]int{}) })
	}
}

// history is one venue's life, in many processes; it gives a digest of all that happened.
func history(t *testing.T, seed uint64, total map[string]int) string {
	h := newHistory(t, seed)
	defer func() {
		if t.Failed() {
			t.Logf("seed %d, the last of %d steps:\n%s", seed, len(h.notes), strings.Join(h.notes[max(0, len(h.notes)-25):], "\n"))
			h.abandon()
		}
	}()
	h.open()
	for range steps {
		h.step()
	}
	h.heal()
	h.restart(clean)
	h.laws.all()
	h.restart(clean)
	h.stop(clean)
	for k, n := range h.seen {
		total[k] += n
	}
	sum := fnv.New64a()
	io.WriteString(sum, strings.Join(h.notes, "\n"))
	for _, b := range h.kept {
		sum.Write(b)
	}
	return fmt.Sprintf("%d records, %x", len(h.kept), sum.Sum64())
}

func newHistory(t *testing.T, seed uint64) *venueHistory {
	h := &venueHistory{
		t: t, rng: rand.New(rand.NewPCG(seed, 0x6661756c7473)), disk: diskfault.New(seed), random: NewRandom(seed, begin),
		laws: newLaws(t), seen: map[string]int{}, now: begin,
	}
	h.segment = []int64{8 << 10, 8 << 10, 64 << 10, 1 << 20}[h.rng.IntN(4)]
	return h
}
