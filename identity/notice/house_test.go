package notice

import (
	"errors"
	"io"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
)

const start = instruction.Time(1_515_196_800_000_000) // 6 January 2018

// quick is the machine's file system without waiting for its disk. What these tests kill are processes, not power.
type quick struct{ journal.FS }

type quickFile struct{ journal.File }

func (quickFile) Datasync() error  { return nil }
func (quick) SyncDir(string) error { return nil }
func (q quick) Create(name string) (journal.File, error) {
	f, err := q.FS.Create(name)
	return quickFile{f}, err
}

func (q quick) OpenWrite(name string) (journal.File, error) {
	f, err := q.FS.OpenWrite(name)
	return quickFile{f}, err
}

// still is a clock by which the engine does not tick on its own, so that no record comes in unasked.
type still struct{ *clock.Hand }

func (still) Beat() <-chan time.Time { return nil }

// house is a real engine on a journal of small segments.
type house struct {
	*engine.Engine
	t   testing.TB
	log *journal.Files
	n   int
}

func newHouse(t testing.TB, dir string) *house {
	t.Helper()
	log, err := journal.Open(dir, journal.Options{SegmentSize: 16 << 10, FS: quick{journal.Disk}})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, log: log}
	if h.Engine, err = engine.Open(engine.Config{Log: log, Clock: still{clock.NewHand(start)}}); err != nil {
		t.Fatal(err)
	}
	h.n = int(h.Durable())
	return h
}

// do gives an operator's instruction, which must be carried out.
func (h *house) do(in instruction.Instruction) {
	h.t.Helper()
	r, err := h.Do(&instruction.Principal{Giver: instruction.ByOperator, Operator: 1000}, in)
	var ev instruction.Events
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
		h.t.Fatalf("%T: %v, %v", in, err, r.Refused(&ev))
	}
}

// news makes n records, each of a new account or key; those of keys are news to somebody.
func (h *house) news(n int) {
	h.t.Helper()
	for range n {
		h.n++
		if h.Durable() == 0 || h.n%3 == 0 {
			h.do(&instruction.OpenAccount{})
			continue
		}
		h.do(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{byte(h.n), byte(h.n >> 8), 1}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead}})
	}
}

// all are the notices that the journal has from a record on, in order.
func (h *house) all(from uint64) (ids []string) {
	h.t.Helper()
	var t teller
	last := h.Durable()
	sub := h.Subscribe(from)
	defer sub.Close()
	for seq := from - 1; seq < last; {
		err := sub.Next(h.t.Context(), func(s uint64, b []byte) error {
			seq = s
			some, err := t.look(s, b)
			if err != nil || !some {
				return err
			}
			err = h.Read(func(s *core.State) { t.tell(s) })
			for _, n := range t.told {
				ids = append(ids, n.ID.String())
			}
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return ids
}

// outbox opens the outbox of a directory and finds its place.
func (h *house) outbox(dir string) *Outbox {
	h.t.Helper()
	o, err := Open(dir)
	if err == nil {
		err = o.Begin(h.t.Context(), h.Engine)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return o
}

// catchUp follows until the outbox has what is durable now.
func (h *house) catchUp(o *Outbox) {
	h.t.Helper()
	f := o.follow(h.Engine)
	defer f.sub.Close()
	for last := h.Durable(); f.taken < last; {
		if err := f.step(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := f.save(); err != nil {
		h.t.Fatal(err)
	}
}

// lines are the ids in an outbox.
func lines(t testing.TB, dir string) (ids []string) {
	t.Helper()
	r := NewReader(dir, ID{})
	defer r.Close()
	for {
		n, _, err := r.Next()
		if errors.Is(err, io.EOF) {
			return ids
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, n.ID.String())
	}
}
