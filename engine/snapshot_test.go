package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/clock"
	"portcullis/journal"
	"portcullis/journal/diskfault"
)

var background = context.Background()

// newKeeper is a house whose engine keeps snapshots, every so many records.
func newKeeper(t testing.TB, every uint64) *house {
	h := &house{t: t, disk: diskfault.New(1), clock: clock.NewHand(start), every: every}
	h.open()
	return h
}

func (h *house) snapshots() Snapshots { return Snapshots{FS: h.disk, Dir: "data/snapshots"} }

func (h *house) snapshot() Snapshot {
	h.t.Helper()
	taken, err := h.Snapshot(background)
	if err != nil {
		h.t.Fatal(err)
	}
	return taken.Snapshot
}

// trade places orders of two credentials until there are n more.
func (h *house) trade(n int) {
	h.t.Helper()
	for range n {
		h.placed++
		if _, err := h.order(instruction.Credential(1+h.placed%2), h.placed); err != nil {
			h.t.Fatal(err)
		}
	}
}

// whole is the hash of the state that all records give.
func (h *house) whole() [32]byte {
	h.t.Helper()
	s, err := Recover(h.log, h.log.Last(), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Hash()
}

// TestSnapshot: an engine goes on from its newest snapshot, to the same byte as from the first record. What a snapshot says
// of itself is true, and two of them stay.
func TestSnapshot(t *testing.T) {
	h := newKeeper(t, 1<<40)
	h.furnish(2)
	var taken []Snapshot
	for range 3 {
		h.trade(40)
		s := h.snapshot()
		if s.Place != h.log.End() || s.State != h.hash() || s.State != h.whole() {
			t.Fatalf("the snapshot is of %v %x, the engine is at %v %x", s.Place, s.State, h.log.End(), h.hash())
		}
		taken = append(taken, s)
	}
	if again := h.snapshot(); again != taken[2] {
		t.Errorf("nothing happened, and another snapshot was taken: %+v", again)
	}
	list, err := h.snapshots().List()
	if err != nil || len(list) != 2 || list[0] != taken[2] || list[1] != taken[1] {
		t.Fatalf("there are %+v, %v", list, err)
	}
	h.trade(10)
	before := h.hash()
	h.disk.PowerLoss()
	h.open()
	if h.Origin().From != taken[2] || len(h.Origin().Passed) > 0 || h.hash() != before || h.whole() != before {
		t.Fatalf("opened from %+v with another state: %v", h.Origin(), h.hash() != before)
	}
}

// TestSnapshotEvery: snapshots are taken by themselves, from one another, and at the end.
func TestSnapshotEvery(t *testing.T) {
	h := &house{t: t, disk: diskfault.New(1), clock: clock.NewHand(start), every: 25, taken: make(chan Taken, 100)}
	h.open()
	h.furnish(2)
	var last Snapshot
	for range 4 {
		for done := false; !done; {
			h.trade(1)
			select {
			case x := <-h.taken:
				if x.Err != nil || x.From != last || x.Snapshot.Place.Seq < last.Place.Seq+25 {
					t.Fatalf("after %+v: %+v", last, x)
				}
				last, done = x.Snapshot, true
			default:
			}
		}
	}
	if _, err := h.Snapshot(t.Context()); err != nil { // on a slow machine the last one is many records ago
		t.Fatal(err)
	}
	h.every = 1 << 40
	h.Close()
	for len(h.taken) > 0 {
		<-h.taken
	}
	h.open()
	last = h.Origin().From
	h.trade(3)
	h.Close()
	if list, err := h.snapshots().List(); err != nil || list[0] != last || len(h.taken) > 0 {
		t.Errorf("three records, too few for another snapshot; the last one was %+v, and now it is %+v, %v", last, list, err)
	}
	h.open()
	h.trade(2000)
	h.Close()
	x := <-h.taken
	if x.Err != nil || x.Snapshot.Place.Seq != h.Durable() || x.Snapshot.State != h.hash() {
		t.Errorf("at the end: %+v", x)
	}
	h.open()
	if h.Origin().From != x.Snapshot {
		t.Errorf("opened from %+v", h.Origin())
	}
}

// TestSnapshotPowerLoss cuts the power in each call to the disk while a snapshot is written beside an older one. The older
// one, or the new one whole, serves the next start; nothing is lost, and the next snapshot can be taken.
func TestSnapshotPowerLoss(t *testing.T) {
	furnished := func(seed uint64) *house {
		h := &house{t: t, disk: diskfault.New(seed), clock: clock.NewHand(start), every: 1 << 40}
		h.open()
		h.furnish(1)
		h.snapshot()
		h.placed = 0
		for range 3 {
			h.placed++
			h.order(1, h.placed)
		}
		h.snapshot()
		h.order(1, 10)
		return h
	}
	calm := furnished(1)
	steps := 0
	calm.disk.SetFault(func(o diskfault.Op) error {
		if strings.HasPrefix(o.Name, "data") { // the journal does things of its own meanwhile
			steps++
		}
		return nil
	})
	calm.snapshot()
	calm.disk.SetFault(nil)
	if steps < 7 {
		t.Fatalf("a snapshot is %d calls; it ought to be written, headed, synced, named, synced and an older one removed", steps)
	}
	seeds := uint64(8)
	if testing.Short() {
		seeds = 1
	}
	for step := 1; step <= steps; step++ {
		for seed := uint64(1); seed <= seeds; seed++ {
			h := furnished(seed)
			want, old := h.hash(), h.snapshots().newest(t)
			left := step
			h.disk.SetFault(func(o diskfault.Op) error {
				if !strings.HasPrefix(o.Name, "data") {
					return nil
				}
				if left--; left == 0 {
					return diskfault.ErrPower
				}
				return nil
			})
			if _, err := h.Snapshot(background); !errors.Is(err, diskfault.ErrPower) {
				t.Fatalf("step %d: %v", step, err)
			}
			h.disk.SetFault(nil)
			h.disk.PowerLoss()
			h.open()
			if o := h.Origin(); o.From.Place.Seq < old.Place.Seq || len(o.Passed) > 0 || h.hash() != want {
				t.Fatalf("step %d, seed %d: opened from %+v, passed %v, same state: %v", step, seed, o.From.Place, o.Passed, h.hash() == want)
			}
			h.order(1, 20)
			h.snapshot()
		}
	}
}

func (k Snapshots) newest(t *testing.T) Snapshot {
	t.Helper()
	list, err := k.List()
	if err != nil || len(list) == 0 {
		t.Fatalf("no snapshot: %v", err)
	}
	return list[0]
}

// TestSnapshotDamage: wherever a snapshot is damaged, the one before it serves; where both are, the whole journal. The next
// snapshot puts the damaged one aside.
func TestSnapshotDamage(t *testing.T) {
	h := newKeeper(t, 1<<40)
	h.furnish(2)
	h.trade(30)
	older := h.snapshot()
	h.trade(30)
	newer := h.snapshot()
	h.trade(5)
	want := h.hash()
	h.Close()
	file := func(s Snapshot) string { return h.snapshots().path(s.Name) }
	good := map[string][]byte{file(newer): h.disk.Bytes(file(newer)), file(older): h.disk.Bytes(file(older))}
	put := func() {
		for name, b := range good {
			h.disk.Edit(name, func([]byte) []byte { return append([]byte(nil), b...) })
		}
	}
	opened := func(what string, from Snapshot, passed int) {
		t.Helper()
		log := h.journal()
		defer log.Close()
		r, err := h.snapshots().Recover(background, log, log.Last(), nil)
		if err != nil || r.From != from || len(r.Passed) != passed || r.State.Hash() != want {
			t.Fatalf("%s: from %+v, passed %v, %v", what, r.From.Place, r.Passed, err)
		}
	}
	opened("whole", newer, 0)
	size := len(good[file(newer)])
	stride := 40
	if testing.Short() {
		stride = 4
	}
	for off := 0; off < size; off += 1 + off/stride {
		if off >= 100 && off < snapshotHeader { // not used
			continue
		}
		h.disk.Flip(file(newer), int64(off), uint(off))
		opened(fmt.Sprintf("bit flipped in byte %d", off), older, 1)
		put()
	}
	for _, left := range []int{0, 1, 99, snapshotHeader, size / 2, size - 1} {
		h.disk.Edit(file(newer), func(b []byte) []byte { return b[:left] })
		opened(fmt.Sprintf("cut to %d bytes", left), older, 1)
		put()
	}
	h.disk.Flip(file(newer), int64(size)-1, 0)
	h.disk.Flip(file(older), 70, 0)
	opened("both", Snapshot{}, 2)

	h.open()
	if len(h.Origin().Passed) != 2 {
		t.Errorf("%+v", h.Origin())
	}
	made := h.snapshot()
	list, err := h.snapshots().List()
	if err != nil || len(list) != 1 || list[0] != made || h.disk.Bytes(file(newer)+".damaged") == nil {
		t.Errorf("what is left: %+v, %v", list, err)
	}
}

// journal opens the house's journal.
func (h *house) journal() *journal.Files {
	h.t.Helper()
	log, err := journal.Open("j", journal.Options{FS: h.disk, SegmentSize: 4 << 20, Go: atOnce})
	if err != nil {
		h.t.Fatal(err)
	}
	return log
}

// TestSnapshotRefused: what no damage explains stops the start, and the error says what to do.
func TestSnapshotRefused(t *testing.T) {
	h := newKeeper(t, 1<<40)
	h.furnish(2)
	h.trade(30)
	s := h.snapshot()
	file := h.snapshots().path(s.Name)
	h.Close()
	good := h.disk.Bytes(file)
	refused := func(log journal.Log, text string, is error) {
		t.Helper()
		_, err := h.snapshots().Recover(background, log, log.Last(), nil)
		if err == nil || !strings.Contains(err.Error(), text) || is != nil && !errors.Is(err, is) {
			t.Errorf("want an error with %q: %v", text, err)
		}
	}

	other := newKeeper(t, 1<<40)
	other.furnish(3)
	other.trade(31)
	refused(other.log, "this is not the journal", nil)
	short := newKeeper(t, 1<<40)
	short.furnish(1)
	refused(short.log, "records that were acknowledged are missing", nil)

	log := h.journal()
	defer log.Close()
	for off, text := range map[int]string{8: "format 255", 12: "state layout 255"} {
		h.disk.Edit(file, func(b []byte) []byte {
			b[off] = 255
			binary.LittleEndian.PutUint32(b[96:], crc32.Checksum(b[:96], castagnoli))
			return b
		})
		refused(log, text, ErrNewer)
		h.disk.Edit(file, func([]byte) []byte { return append([]byte(nil), good...) })
	}
	if _, err := h.snapshots().Recover(background, log, log.Last(), nil); err != nil {
		t.Error(err)
	}
}

// TestSnapshotWithoutStart: where the journal's first records are gone a snapshot is needed; without one the error says so.
func TestSnapshotWithoutStart(t *testing.T) {
	h := newKeeper(t, 1<<40)
	h.furnish(2)
	h.trade(12_000)
	s := h.snapshot()
	h.trade(10)
	want := h.hash()
	files := h.log.(*journal.Files)
	if err := files.RemoveBefore(s.Place.Seq + 1); err != nil || files.First() == 1 {
		t.Fatalf("the journal begins with %d, %v", files.First(), err)
	}
	h.Close()
	h.open()
	if h.hash() != want || h.Origin().From.Place != s.Place {
		t.Errorf("from %+v", h.Origin())
	}
	r, err := h.snapshots().Replay(background, h.log, h.log.Last(), nil)
	if err != nil || r.State.Hash() != want {
		t.Errorf("replay: %v", err)
	}
	h.Close()
	h.disk.Flip(h.snapshots().path(s.Name), 600, 1)
	log := h.journal()
	defer log.Close()
	_, err = h.snapshots().Recover(background, log, log.Last(), nil)
	if err == nil || !strings.Contains(err.Error(), "restore a backup") || !errors.Is(err, ErrSnapshot) {
		t.Errorf("without a snapshot: %v", err)
	}
}

// TestFlows: a state goes through windows of any size as it does whole.
func TestFlows(t *testing.T) {
	h := newHouse(t)
	h.furnish(1000)
	h.trade(500)
	h.Read(func(s *core.State) {
		w := instruction.Writer(nil)
		s.Fields(&w)
		if len(w.Bytes()) < 1<<16 {
			t.Fatalf("a state of %d bytes passes in one piece", len(w.Bytes()))
		}
		var pieces []byte
		f := instruction.FlowWriter(func(b []byte) error { pieces = append(pieces, b...); return nil })
		s.Fields(&f)
		if pieces = append(pieces, f.Bytes()...); string(pieces) != string(w.Bytes()) {
			t.Error("written in pieces it has other bytes")
		}
		var ahead window
		r := instruction.FlowReader(func(unread []byte) ([]byte, error) {
			return ahead.more(unread, min(7001, int64(len(pieces))), func(b []byte) (int, error) {
				n := copy(b, pieces)
				pieces = pieces[n:]
				return n, nil
			})
		}, int64(len(pieces)), instruction.Version)
		c := core.New()
		if c.Fields(&r); r.End() != nil || c.Hash() != s.Hash() {
			t.Errorf("read in pieces it is another: %v", r.Err())
		}
		broken := errors.New("the disk broke")
		g := instruction.FlowReader(func([]byte) ([]byte, error) { return nil, broken }, 1, instruction.Version)
		core.New().Fields(&g)
		if !errors.Is(g.Err(), broken) {
			t.Errorf("a flow that fails ends with %v", g.Err())
		}
	})
}
