package journal_test

import (
	"errors"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// TestVerify: a log has every place that it ever ended at, also after a restart that read only its end and after its start
// was removed; it has no other place.
func TestVerify(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	places := []journal.Place{f.End()}
	for f.Last() < 600 {
		grow(t, f, f.Last()+uint64(len(places)%7+1))
		places = append(places, f.End())
	}
	holds := func(f *journal.Files) {
		t.Helper()
		for i, p := range places {
			if err := f.Verify(p); err != nil {
				t.Fatal(err)
			}
			wrong := p
			wrong.Hash[3] ^= 1
			wantOther(t, f, wrong)
			if i > 0 && p.Seq-places[i-1].Seq > 1 {
				wantOther(t, f, journal.Place{Seq: p.Seq - 1, Hash: p.Hash}) // in the middle of a frame
			}
		}
		wantOther(t, f, journal.Place{Seq: f.Last() + 1, Hash: f.Head()})
	}
	holds(f)
	segs := mustCheck(t, options(d, 1)).Segments
	if len(segs) < 3 {
		t.Fatalf("%d segments are too few", len(segs))
	}
	f.Close()
	o := options(d, 1)
	o.From = f.Last()
	f = mustOpen(t, o)
	holds(f)

	if err := f.RemoveBefore(segs[1].First); err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		err := f.Verify(p)
		if removed := p.Seq+1 < segs[1].First; removed != errors.As(err, new(*journal.RemovedError)) || !removed && err != nil {
			t.Fatalf("place %d of a log that begins with %d: %v", p.Seq, segs[1].First, err)
		}
	}
	f.Close()
	if err := f.Verify(places[len(places)-1]); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("a closed log: %v", err)
	}
}

func wantOther(t *testing.T, f *journal.Files, p journal.Place) {
	t.Helper()
	if err := f.Verify(p); !errors.As(err, new(*journal.PlaceError)) {
		t.Fatalf("place %d %s, which it does not have: %v", p.Seq, p.Hash, err)
	}
}
