package journal_test

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// history is what a caller knows of its log across crashes.
type history struct {
	t     *testing.T
	seed  uint64
	disk  *diskfault.Disk
	rng   *rand.Rand
	acked uint64       // all up to here was acknowledged
	maybe uint64       // the last record of a batch whose append failed; acked if there is none
	head  journal.Hash // at acked
}

func newHistory(t *testing.T, seed uint64) *history {
	return &history{t: t, seed: seed, disk: diskfault.New(seed), rng: rand.New(rand.NewPCG(seed, 2))}
}

// live opens the log and appends batches until something fails or steps are done.
func (h *history) live(opts journal.Options, steps int) error {
	f, err := journal.Open(dir, opts)
	if err != nil {
		return err
	}
	if h.disk.Off() {
		return diskfault.ErrPower // while the next segment was being made
	}
	h.found(f)
	for range steps {
		n := h.rng.IntN(12) + 1
		b := batchOf(f.Last()+1, n)
		h.maybe = h.acked + uint64(n)
		if err := f.Append(b); err != nil {
			h.stays(f)
			return err
		}
		h.acked, h.head = h.maybe, f.Head()
		if f.Last() != h.acked {
			h.t.Fatalf("seed %d: Last is %d after record %d was acknowledged", h.seed, f.Last(), h.acked)
		}
	}
	return f.Close()
}

// stays checks that a failed append leaves the log at the last durable record.
func (h *history) stays(f *journal.Files) {
	h.t.Helper()
	if f.Last() != h.acked || f.Head() != h.head {
		h.t.Fatalf("seed %d: a failed append moved the end from %d to %d", h.seed, h.acked, f.Last())
	}
}

// found checks what an opened log holds against what was acknowledged, and settles what was not.
func (h *history) found(f *journal.Files) {
	h.t.Helper()
	if f.Last() != h.acked && f.Last() != h.maybe {
		h.t.Fatalf("seed %d: the log has %d records; %d were acknowledged, a batch up to %d failed", h.seed, f.Last(), h.acked, h.maybe)
	}
	if f.Last() == h.acked && f.Head() != h.head {
		h.t.Fatalf("seed %d: the chain changed at record %d", h.seed, h.acked)
	}
	verify(h.t, f, 1)
	h.acked, h.maybe, h.head = f.Last(), f.Last(), f.Head()
}

// settle opens without faults and checks everything.
func (h *history) settle(opts journal.Options) {
	h.t.Helper()
	h.disk.SetFault(nil)
	f, err := journal.Open(dir, opts)
	if err != nil {
		h.t.Fatalf("seed %d: open after a crash: %v", h.seed, err)
	}
	h.found(f)
	report := mustCheck(h.t, opts)
	if report.Last != f.Last() || report.Head != f.Head() {
		h.t.Fatalf("seed %d: check says %d %s, the log %d %s", h.seed, report.Last, report.Head, f.Last(), f.Head())
	}
	if err := f.Close(); err != nil {
		h.t.Fatalf("seed %d: close: %v", h.seed, err)
	}
}

// TestPowerLossAtEveryStep cuts the power in each call to the disk that a short life makes, the making of segments
// included, and again while the log is opened after it.
func TestPowerLossAtEveryStep(t *testing.T) {
	const steps = 30
	opts := func(h *history) journal.Options {
		o := options(h.disk, h.seed)
		o.SegmentSize = 4 * smallest
		return o
	}
	calm := newHistory(t, 1)
	if err := calm.live(opts(calm), steps); err != nil {
		t.Fatal(err)
	}
	total := calm.disk.Ops()
	if report := mustCheck(t, opts(calm)); len(report.Segments) < 3 {
		t.Fatalf("the life is too short: %d segments", len(report.Segments))
	}
	for op := 1; op <= total; op++ {
		for seed := uint64(1); seed <= 4; seed++ {
			h := newHistory(t, seed)
			h.disk.SetFault(at(op, diskfault.ErrPower))
			if err := h.live(opts(h), steps); !errors.Is(err, diskfault.ErrPower) && h.disk.Ops() >= op && op < total-1 {
				t.Fatalf("power loss in call %d: got %v", op, err)
			}
			h.disk.PowerLoss()
			h.disk.SetFault(at(h.disk.Ops()+1+h.rng.IntN(6), diskfault.ErrPower))
			_ = h.live(opts(h), 1) // may or may not get that far
			h.disk.PowerLoss()
			h.settle(opts(h))
		}
	}
}

// at fails one call.
func at(op int, err error) diskfault.Fault {
	return func(o diskfault.Op) error {
		if o.N == op {
			return err
		}
		return nil
	}
}

// TestFaultHistories lives through many lives that end in power loss, killed processes, and failed writes and syncs.
func TestFaultHistories(t *testing.T) {
	seeds := uint64(100)
	if testing.Short() {
		seeds = 20
	}
	if soak {
		seeds = 20_000
	}
	for seed := range seeds {
		h := newHistory(t, seed)
		for range 12 {
			opts := options(h.disk, h.rng.Uint64())
			opts.SegmentSize = int64(2+h.rng.IntN(8)) * smallest
			h.disk.SetFault(h.somewhere())
			err := h.live(opts, h.rng.IntN(40))
			if errors.Is(err, diskfault.ErrPower) || h.rng.IntN(2) == 0 {
				h.disk.PowerLoss()
			} else {
				h.disk.Kill()
			}
		}
		h.settle(options(h.disk, seed))
	}
}

// somewhere draws one fault within the next calls.
func (h *history) somewhere() diskfault.Fault {
	errs := []error{diskfault.ErrPower, diskfault.ErrPower, syscall.EIO, nil}
	return at(h.disk.Ops()+1+h.rng.IntN(80), errs[h.rng.IntN(len(errs))])
}

// TestFailedSyncIsNotTrusted: after a failed sync the frame reads back from memory, and syncing again would change
// nothing. What the next process finds and calls durable must survive the power loss that follows.
func TestFailedSyncIsNotTrusted(t *testing.T) {
	kept := 0
	for seed := range uint64(40) {
		h := newHistory(t, seed)
		opts := options(h.disk, seed)
		f := mustOpen(t, opts)
		grow(t, f, 20)
		h.disk.SetFault(func(o diskfault.Op) error {
			if o.Kind == diskfault.Sync {
				return syscall.EIO
			}
			return nil
		})
		wantErr(t, f.Append(batchOf(21, 5)), journal.ErrBroken)
		h.disk.Kill()
		h.disk.SetFault(nil)
		f = mustOpen(t, opts)
		if f.Last() == 25 {
			kept++
		}
		last := f.Last()
		h.disk.PowerLoss()
		f = mustOpen(t, opts)
		if f.Last() != last {
			t.Fatalf("seed %d: record %d was called durable and is gone, the log has %d", seed, last, f.Last())
		}
		verify(t, f, 1)
	}
	if kept != 40 {
		t.Fatalf("the frame read back in %d of 40 runs; the test needs all", kept)
	}
}
