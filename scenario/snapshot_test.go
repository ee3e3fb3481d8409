package scenario

import (
	"context"
	"math/rand/v2"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// TestSnapshotsOfAnything is law 4 for snapshots: at any point of a history of random attempts, sound and hostile, the state
// from a snapshot and the records after it is that of all records, to the byte; and the venue that goes on from there goes
// on as the other does.
//
// It was seen red with Recover folding from the snapshot's own record. What State.Fields leaves out, TestLaws sees.
func TestSnapshotsOfAnything(t *testing.T) {
	alone(t)
	first := seed(t)
	for run := range uint64(depth(2, 50)) {
		snapshots(t, first+run)
	}
}

func snapshots(t *testing.T, seed uint64) {
	rng, attempts := rand.New(rand.NewPCG(seed, 9)), NewRandom(seed, begin)
	disk := diskfault.New(seed)
	log, err := journal.Open("j", journal.Options{FS: disk, SegmentSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	keep := engine.Snapshots{FS: disk, Dir: "s"}
	state, used := core.New(), 0
	for range 60 {
		for range 1 + rng.IntN(20) {
			grow(t, state, attempts, log, 1+rng.IntN(40))
		}
		whole := core.New()
		foldAll(t, log, whole)
		r, err := keep.Recover(context.Background(), log, log.Last(), nil)
		if err != nil || r.State.Hash() != whole.Hash() || state.Hash() != whole.Hash() {
			t.Fatalf("seed %d, record %d: from the snapshot of %d the state is another, %v", seed, log.Last(), r.From.Place.Seq, err)
		}
		if r.From.Place.Seq > 0 {
			used++
		}
		if rng.IntN(3) > 0 {
			if _, err := keep.Save(context.Background(), r.State, log.End()); err != nil {
				t.Fatal(err)
			}
		}
		if rng.IntN(2) == 0 {
			state = r.State // the venue goes on from it
		}
	}
	if used < 30 {
		t.Errorf("seed %d: only %d states came from a snapshot", seed, used)
	}
}

// grow makes n attempts and appends what was recorded as one frame.
func grow(t *testing.T, s *core.State, r *Random, log journal.Log, n int) {
	var b journal.Batch
	b.Reset(log.Last() + 1)
	for range n {
		a := r.Next(s)
		if !writable(&a) {
			continue
		}
		record, err := s.Step(a.Now, &a.By, a.In, b.Open())
		if err != nil {
			t.Fatal(err)
		}
		b.Close(record)
	}
	if b.Len() > 0 {
		if err := log.Append(&b); err != nil {
			t.Fatal(err)
		}
	}
}

func foldAll(t *testing.T, log journal.Log, s *core.State) {
	r, err := log.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rec instruction.Record
	for range log.Last() {
		seq, b, err := r.Next()
		if err == nil {
			err = rec.Decode(seq, b)
		}
		if err == nil {
			err = s.Fold(&rec, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
