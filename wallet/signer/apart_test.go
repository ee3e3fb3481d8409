package signer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
	"portcullis/wallet/coin"
)

func init() { often, work = time.Millisecond, 10 }

// venue is a data directory that an engine writes to.
type venue struct {
	*bank
	dir    string
	engine *engine.Engine
}

// newVenue is a bank over the real engine and files.
func newVenue(t *testing.T) *venue {
	t.Helper()
	v := &venue{dir: t.TempDir()}
	v.engine = v.start(t)
	v.bank = openBank(t, v.engine, "litecoin-regtest")
	return v
}

func (v *venue) start(t *testing.T) *engine.Engine {
	t.Helper()
	log, err := journal.Open(filepath.Join(v.dir, "journal"), journal.Options{SegmentSize: 16 << 10})
	if err != nil {
		t.Fatal(err)
	}
	snaps := v.snapshots()
	e, err := engine.Open(engine.Config{Log: log, Clock: clock.NewHand(start), Snapshots: &snaps, Every: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func (v *venue) snapshots() engine.Snapshots {
	return engine.Snapshots{FS: journal.Disk, Dir: filepath.Join(v.dir, "snapshots")}
}

func (v *venue) options(c Cap) Options {
	return Options{
		Seed: v.seed, Caps: []Cap{c}, Files: Files{Journal: filepath.Join(v.dir, "journal"), Snapshots: v.snapshots()},
		Signed: filepath.Join(v.dir, "signed"), now: newHand().now,
	}
}

func (v *venue) open(o Options) *Apart {
	v.t.Helper()
	a, err := Open(v.t.Context(), o)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { a.Close() })
	return a
}

// TestApart: a signer that has only the venue's files sees each plan as soon as it is on record, over segments and its own restarts,
// and signs what the one in the venue's process does.
func TestApart(t *testing.T) {
	v := newVenue(t)
	first := v.pay(1e8)
	limit := v.cap(1e8, 100e8)
	a := v.open(v.options(limit))
	if a.Seq() != v.last {
		t.Fatalf("it has read to %d of %d", a.Seq(), v.last)
	}
	here := v.signer(limit)
	raw, tx := v.signs(a, first)
	if want, name := v.signs(here, first); !bytes.Equal(raw, want) || tx != name {
		t.Error("other bytes than in one process")
	}
	for i := range 40 {
		id := v.plan(v.free(1), 1000, 0, v.owe(1e8, v.to(i)))
		raw, tx := v.signs(a, id)
		v.wallet(&instruction.SignSpend{Asset: ltc, Spend: id, Tx: tx, Raw: raw})
		v.wallet(&instruction.SeeSpends{Asset: ltc, Spends: []instruction.SpendID{id}})
		if i == 20 {
			if _, err := v.engine.Snapshot(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if i%10 == 5 {
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			a = v.open(v.options(limit))
		}
	}
	if again, _ := v.signs(a, first); !bytes.Equal(raw, again) {
		t.Error("other bytes after restarts")
	}
	if list, _ := filepath.Glob(filepath.Join(v.dir, "journal", "*.seg")); len(list) < 3 {
		t.Errorf("only %d segments", len(list))
	}
}

// TestDoubts: a cap for which nothing would be signed is told of at the start: of an asset without a chain, or on another network.
func TestDoubts(t *testing.T) {
	v := newVenue(t)
	good := v.cap(1e8, 100e8)
	away, unknown := good, good
	away.Network, _ = coin.NetworkNamed("litecoin")
	unknown.Asset = "XYZ"
	a := v.open(v.options(good))
	if list, err := a.Doubts(t.Context(), []Cap{good}); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := a.Doubts(t.Context(), []Cap{unknown}); err != nil || len(list) != 1 || !strings.Contains(list[0].Error(), "no chain of XYZ") {
		t.Errorf("%v, %v", list, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	o := v.options(away)
	o.Signed += "2"
	if list, err := v.open(o).Doubts(t.Context(), o.Caps); err != nil || len(list) != 1 || !strings.Contains(list[0].Error(), "and this signer signs for litecoin") {
		t.Errorf("%v, %v", list, err)
	}
}

// TestAhead: a record that the journal does not have is waited for by whoever asks, and is no refusal; one that comes later is found.
func TestAhead(t *testing.T) {
	v := newVenue(t)
	a := v.open(v.options(v.cap(1e8, 100e8)))
	id := v.pay(1e8)
	for _, seq := range []uint64{v.last + 1, 1 << 63, 1<<64 - 1} {
		if _, _, err := a.Sign(t.Context(), ltc, id, seq); err == nil || errors.As(err, new(*Refused)) || !strings.Contains(err.Error(), "ends with record") {
			t.Errorf("record %d: %v", seq, err)
		}
	}
	v.signs(a, id)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := a.Sign(ctx, ltc, id, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left: %v", err)
	}
	_, _, err := a.Sign(t.Context(), ltc, id+1, 0)
	refuses(t, err, "spend 2 of LTC is not on record")
}

// TestPassedBy: a signer that was not asked while the venue removed what it had not read begins anew from a snapshot.
func TestPassedBy(t *testing.T) {
	v := newVenue(t)
	a := v.open(v.options(v.cap(1e8, 100e8)))
	for i := range 60 {
		v.owe(1e6, v.to(i))
	}
	id := v.pay(1e8)
	took, err := v.engine.Snapshot(t.Context())
	if err == nil {
		err = took.Err
	}
	if err != nil {
		t.Fatal(err)
	}
	v.engine.Close()
	log, err := journal.Open(filepath.Join(v.dir, "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(log.RemoveBefore(log.Last()), log.Close()); err != nil {
		t.Fatal(err)
	}
	if log.First() == 1 {
		t.Fatal("nothing was removed")
	}
	v.engine = v.start(t)
	v.recorder = v.engine
	v.signs(a, id)
	v.signs(a, v.pay(1e8))
}

// TestAnotherJournal: what was signed rests on a record. A directory that does not have it, such as one that was restored, is refused
// until somebody who knows says so.
func TestAnotherJournal(t *testing.T) {
	v := newVenue(t)
	v.operator(&instruction.AddAsset{Symbol: "DOGE", Scale: 8})
	o := v.options(v.cap(1e8, 100e8))
	a := v.open(o)
	v.signs(a, v.pay(1e8))
	v.signs(a, v.pay(1e8))
	a.Close()
	other := newVenue(t)
	id := other.pay(1e8)
	p := other.options(o.Caps[0])
	p.Signed = o.Signed
	if _, err := Open(t.Context(), p); err == nil || !strings.Contains(err.Error(), "does not have it") || !strings.Contains(err.Error(), "--restored") {
		t.Fatalf("another journal: %v", err)
	}
	p.Restored = true
	b := other.open(p)
	other.signs(b, id)
	b.Close()
	a = v.open(o) // which has the record still
	v.signs(a, v.pay(1e8))
}

// TestFollows: what the venue writes is read without being asked for, and a state that cannot be followed ends it.
func TestFollows(t *testing.T) {
	v := newVenue(t)
	a := v.open(v.options(v.cap(1e8, 100e8)))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.Follow(ctx) }()
	id := v.pay(1e8)
	for a.Seq() < v.last { // the test's own limit ends this
		runtime.Gosched()
	}
	v.signs(a, id)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	a.record.bad = errors.New("a record that does not fit")
	if err := a.Follow(t.Context()); err == nil {
		t.Error("it went on")
	}
	if _, _, err := a.Sign(t.Context(), ltc, id, 0); err == nil || errors.As(err, new(*Refused)) {
		t.Errorf("it signed by a broken state: %v", err)
	}
}

// TestReadsOnly: of a venue's files nothing is changed or added.
func TestReadsOnly(t *testing.T) {
	v := newVenue(t)
	id := v.pay(1e8)
	v.engine.Close()
	before := listing(t, v.dir)
	o := v.options(v.cap(1e8, 100e8))
	o.Signed = filepath.Join(t.TempDir(), "signed")
	a := v.open(o)
	if _, _, err := a.Sign(t.Context(), ltc, id, 0); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if after := listing(t, v.dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	o.Files.Journal = filepath.Join(v.dir, "none")
	if _, err := Open(t.Context(), o); err == nil {
		t.Error("a directory that is not there was opened")
	}
	if _, err := os.Stat(o.Files.Journal); err == nil {
		t.Error("and made")
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			out.WriteString(path + " " + info.ModTime().String() + " " + string(text[:min(len(text), 1<<14)]) + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestRestoredBeneath: a journal that is put in the place of the one which a running signer reads, as where a backup is restored and
// the signer goes on, is another one for it too, however far it has grown since.
//
// It was seen red: where the new journal had gone past the end of the old one, in another file, it was read as if it were that.
func TestRestoredBeneath(t *testing.T) {
	v := newVenue(t)
	backup := t.TempDir()
	v.engine.Close()
	if err := os.CopyFS(filepath.Join(backup, "journal"), os.DirFS(filepath.Join(v.dir, "journal"))); err != nil {
		t.Fatal(err)
	}
	v.engine = v.start(t)
	v.recorder = v.engine
	a := v.open(v.options(v.cap(1e8, 100e8)))
	v.signs(a, v.pay(1e8))
	v.signs(a, v.pay(1e8))
	v.engine.Close()
	for _, dir := range []string{"journal", "snapshots"} {
		if err := os.RemoveAll(filepath.Join(v.dir, dir)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(v.dir, "journal"), os.DirFS(filepath.Join(backup, "journal"))); err != nil {
		t.Fatal(err)
	}
	v.engine = v.start(t)
	v.recorder = v.engine
	for i := range 120 {
		v.owe(1e6, v.to(i))
	}
	id := v.pay(1e8)
	if list, _ := filepath.Glob(filepath.Join(v.dir, "journal", "*.seg")); len(list) < 3 {
		t.Fatalf("only %d segments", len(list))
	}
	for range 3 {
		raw, _, err := a.Sign(t.Context(), ltc, id, v.last)
		if raw != nil {
			t.Fatal("it signs by another journal than the one it signed by last")
		}
		if other := new(journal.PlaceError); !errors.As(err, &other) {
			t.Fatalf("it says %v", err)
		}
	}
	if err := a.Follow(t.Context()); err == nil {
		t.Error("it goes on")
	}
}
