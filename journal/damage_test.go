package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// lived gives the disk of a closed log of several segments, whose last frame has many sectors.
func lived(t *testing.T, seed uint64) (*diskfault.Disk, journal.Report) {
	d := diskfault.New(seed)
	o := options(d, seed)
	o.SegmentSize = 4 * smallest
	f := mustOpen(t, o)
	grow(t, f, 300)
	if err := f.Append(batch(301, noise(5*journal.Sector, seed))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	report := mustCheck(t, options(d, seed))
	if n := len(report.Segments); n < 4 || report.Segments[n-1].Frames < 3 {
		t.Fatalf("the test needs more segments or frames: %+v", report)
	}
	return d, report
}

// noise is n bytes of which none is zero.
func noise(n int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 3))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.IntN(255) + 1)
	}
	return b
}

// frameOffsets gives where each frame of a segment begins, and where the last ends.
func frameOffsets(b []byte) []int64 {
	offs := []int64{journal.Sector}
	for off := int64(journal.Sector); off < int64(len(b)) && string(b[off+16:off+20]) == "PJFR"; {
		size := 72 + int64(binary.LittleEndian.Uint32(b[off+36:]))
		off += (size + journal.Sector - 1) / journal.Sector * journal.Sector
		offs = append(offs, off)
	}
	return offs
}

// wantDamage opens the log, and checks that it is refused for damage in a segment and that nothing was changed.
func wantDamage(t *testing.T, d *diskfault.Disk, segment string, off int64, why string) {
	t.Helper()
	names, _ := d.ReadDir(dir)
	before := map[string][]byte{}
	for _, name := range names {
		before[name] = d.Bytes(dir + "/" + name)
	}
	_, err := journal.Open(dir, options(d, 9))
	var damage *journal.DamageError
	if !errors.As(err, &damage) || dir+"/"+damage.Segment != segment || damage.Offset != off || !strings.Contains(damage.Why, why) {
		t.Fatalf("open: got %v, want a DamageError in %s at %d: %q", err, segment, off, why)
	}
	if !strings.Contains(err.Error(), "restore this segment") {
		t.Fatalf("the error does not say what to do: %v", err)
	}
	for _, name := range names {
		if !bytes.Equal(before[name], d.Bytes(dir+"/"+name)) {
			t.Fatalf("a refused open changed %s", name)
		}
	}
	if _, err := journal.Check(dir, options(d, 9), nil); !errors.As(err, &damage) {
		t.Fatalf("check: got %v, want a DamageError", err)
	}
}

func TestDamage(t *testing.T) {
	type place struct {
		disk                *diskfault.Disk
		second, third, last string  // paths of segments
		offs                []int64 // frames of the second
		lastOffs            []int64 // frames of the last, and its end
	}
	zero := func(from, to int64) func([]byte) []byte {
		return func(b []byte) []byte { clear(b[from:to]); return b }
	}
	for _, c := range []struct {
		name string
		do   func(p place) (segment string, off int64, why string)
	}{
		{"a bit in a frame of a sealed segment", func(p place) (string, int64, string) {
			p.disk.Flip(p.second, p.offs[1]+200, 1)
			return p.second, p.offs[1], "checksum"
		}},
		{"a bit in a frame header", func(p place) (string, int64, string) {
			p.disk.Flip(p.second, p.offs[1]+25, 1)
			return p.second, p.offs[1], "header's checksum"
		}},
		{"a lost page in a sealed segment", func(p place) (string, int64, string) {
			p.disk.Edit(p.second, zero(p.offs[1], p.offs[2]))
			return p.second, p.offs[1], "a frame is missing: records"
		}},
		{"the end of a sealed segment lost", func(p place) (string, int64, string) {
			p.disk.Edit(p.second, zero(p.offs[2], 4*smallest))
			return p.second, p.offs[2], "a frame is missing: records"
		}},
		{"a bit in the zeros of a sealed segment", func(p place) (string, int64, string) {
			end := p.offs[len(p.offs)-1]
			p.disk.Flip(p.second, end+journal.Sector+7, 1)
			return p.second, end, "bytes after the last frame"
		}},
		{"a lost frame before the last", func(p place) (string, int64, string) {
			p.disk.Edit(p.last, zero(p.lastOffs[1], p.lastOffs[2]))
			return p.last, p.lastOffs[1], "a frame is missing, yet record"
		}},
		{"a bit in the last frame", func(p place) (string, int64, string) {
			off := p.lastOffs[len(p.lastOffs)-2]
			p.disk.Flip(p.last, off+100, 1)
			return p.last, off, "there in full and wrong"
		}},
		{"a bit in the header of the last frame", func(p place) (string, int64, string) {
			off := p.lastOffs[len(p.lastOffs)-2]
			p.disk.Flip(p.last, off+41, 1)
			return p.last, off, "header's checksum"
		}},
		{"a torn last frame with bytes behind it", func(p place) (string, int64, string) {
			n := len(p.lastOffs)
			off, end := p.lastOffs[n-2], p.lastOffs[n-1]
			p.disk.Edit(p.last, zero(off+journal.Sector, off+2*journal.Sector))
			p.disk.Flip(p.last, end+journal.Sector, 1)
			return p.last, end + journal.Sector, "bytes beyond the end"
		}},
		{"a frame repeated behind the last", func(p place) (string, int64, string) {
			end := p.lastOffs[len(p.lastOffs)-1]
			p.disk.Edit(p.last, func(b []byte) []byte {
				copy(b[end:], b[p.lastOffs[0]:p.lastOffs[1]])
				return b
			})
			return p.last, end, "a frame begins with record"
		}},
		{"a frame of another segment in its place", func(p place) (string, int64, string) {
			other := p.disk.Bytes(p.third)
			p.disk.Edit(p.second, func(b []byte) []byte { copy(b[p.offs[0]:], other[p.offs[0]:p.offs[1]]); return b })
			return p.second, p.offs[0], "no frame begins here: records"
		}},
		{"a segment header gone", func(p place) (string, int64, string) {
			p.disk.Edit(p.last, zero(0, journal.Sector))
			return p.last, 0, "no segment header"
		}},
		{"a bit in a segment header", func(p place) (string, int64, string) {
			p.disk.Flip(p.last, 33, 1)
			return p.last, 0, "header's checksum"
		}},
		{"a segment cut short", func(p place) (string, int64, string) {
			p.disk.Edit(p.last, func(b []byte) []byte { return b[:3*smallest] })
			return p.last, 3 * smallest, "was made with 16384"
		}},
		{"a segment of no length", func(p place) (string, int64, string) {
			p.disk.Edit(p.last, func(b []byte) []byte { return nil })
			return p.last, 0, "0 bytes, too few"
		}},
		{"a segment too long", func(p place) (string, int64, string) {
			p.disk.Edit(p.second, func(b []byte) []byte { return append(b, 0) })
			return p.second, 4*smallest + 1, "was made with 16384"
		}},
		{"a missing segment", func(p place) (string, int64, string) {
			if err := p.disk.Remove(p.third); err != nil {
				t.Fatal(err)
			}
			return p.second, p.offs[len(p.offs)-1], "a frame is missing: records"
		}},
		{"a segment under another's name", func(p place) (string, int64, string) {
			if err := p.disk.Rename(p.third, segFile(2)); err != nil {
				t.Fatal(err)
			}
			return segFile(2), 0, "its header says that it begins with"
		}},
		{"a name that is none", func(p place) (string, int64, string) {
			if err := p.disk.Rename(p.third, dir+"/7.seg"); err != nil {
				t.Fatal(err)
			}
			return dir + "/7.seg", 0, "not a name"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, report := lived(t, 1)
			s := report.Segments
			p := place{disk: d, second: dir + "/" + s[1].Name, third: dir + "/" + s[2].Name, last: dir + "/" + s[len(s)-1].Name}
			p.offs, p.lastOffs = frameOffsets(d.Bytes(p.second)), frameOffsets(d.Bytes(p.last))
			segment, off, why := c.do(p)
			wantDamage(t, d, segment, off, why)
		})
	}
}

// TestSegmentOfAnotherLog: one that fits by its sequences, and follows other records.
func TestSegmentOfAnotherLog(t *testing.T) {
	logs := make([]*diskfault.Disk, 2)
	for i := range logs {
		logs[i] = diskfault.New(1)
		o := options(logs[i], uint64(i))
		f := mustOpen(t, o)
		for first := uint64(1); first <= 3; first++ {
			if err := f.Append(batch(first, noise(testSegment-2*journal.Sector, uint64(i)))); err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	}
	logs[0].Edit(segFile(2), func([]byte) []byte { return logs[1].Bytes(segFile(2)) })
	wantDamage(t, logs[0], segFile(2), 0, "the chain is broken")
}

// TestFrameOfAnotherLog: sequence, checksums and mark are right; only the chain tells.
func TestFrameOfAnotherLog(t *testing.T) {
	logs := make([]*diskfault.Disk, 2)
	for i := range logs {
		logs[i] = diskfault.New(1)
		f := mustOpen(t, options(logs[i], 1))
		for first := uint64(1); first <= 3; first++ {
			if err := f.Append(batch(first, noise(1000, uint64(i)))); err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	}
	offs := frameOffsets(logs[0].Bytes(segFile(1)))
	foreign := logs[1].Bytes(segFile(1))
	logs[0].Edit(segFile(1), func(b []byte) []byte { copy(b[offs[2]:], foreign[offs[2]:offs[3]]); return b })
	wantDamage(t, logs[0], segFile(1), offs[2], "the chain is broken")
}

// TestTornTail writes every subset of the sectors of a last frame: what a power loss can leave is cut and reported,
// and the log goes on.
func TestTornTail(t *testing.T) {
	whole, report := lived(t, 1)
	last := report.Segments[len(report.Segments)-1]
	path := dir + "/" + last.Name
	full := whole.Bytes(path)
	offs := frameOffsets(full)
	off, end := offs[len(offs)-2], offs[len(offs)-1]
	sectors := int((end - off) / journal.Sector)
	if sectors < 5 {
		t.Fatalf("the last frame has %d sectors, the test needs more", sectors)
	}
	for kept := range 1 << sectors {
		d, _ := lived(t, 1)
		var remains int64
		d.Edit(path, func(b []byte) []byte {
			for i := range sectors {
				at := off + int64(i)*journal.Sector
				if kept>>i&1 == 0 {
					clear(b[at : at+journal.Sector])
				} else {
					remains = at + journal.Sector - off
				}
			}
			return b
		})
		f := mustOpen(t, options(d, 2))
		want, recovered := uint64(300), journal.Recovered{Segment: last.Name, Offset: off, Bytes: remains}
		if kept == 0 || kept == 1<<sectors-1 {
			recovered = journal.Recovered{}
		}
		if kept == 1<<sectors-1 {
			want = 301
		}
		if f.Last() != want || f.Recovered() != recovered {
			t.Fatalf("sectors %b kept: last %d, recovered %+v; want %d, %+v", kept, f.Last(), f.Recovered(), want, recovered)
		}
		if want == 300 {
			grow(t, f, 330)
			d.PowerLoss()
			verify(t, mustOpen(t, options(d, 3)), 1)
		}
	}
}

// TestCraftedRecord: a client puts a frame into its request, so that a torn write would seem to have a later frame
// behind it. Without the mark of the segment it is nothing; with it (which proves the test) it would be damage.
func TestCraftedRecord(t *testing.T) {
	for _, c := range []struct {
		name    string
		sameLog bool
	}{{"without the mark", false}, {"with the mark", true}} {
		t.Run(c.name, func(t *testing.T) {
			model := diskfault.New(1)
			seed := uint64(7)
			if c.sameLog {
				seed = 1
			}
			f := mustOpen(t, options(model, seed))
			grow(t, f, 60)
			offs := frameOffsets(model.Bytes(segFile(1)))
			n := len(offs)
			crafted := model.Bytes(segFile(1))[offs[n-2]:offs[n-1]]

			d := diskfault.New(1)
			f = mustOpen(t, options(d, 1))
			grow(t, f, 30)
			fill := noise(journal.Sector-72-4, 1)
			if err := f.Append(batch(31, append(fill, crafted...))); err != nil {
				t.Fatal(err)
			}
			f.Close()
			offs = frameOffsets(d.Bytes(segFile(1)))
			torn := offs[len(offs)-2]
			if !bytes.Equal(d.Bytes(segFile(1))[torn+journal.Sector:][:len(crafted)], crafted) {
				t.Fatal("the crafted frame does not lie at a sector")
			}
			d.Edit(segFile(1), func(b []byte) []byte { clear(b[torn : torn+journal.Sector]); return b })
			if c.sameLog {
				wantDamage(t, d, segFile(1), torn, "follows at byte")
				return
			}
			f = mustOpen(t, options(d, 1))
			if f.Last() != 30 || f.Recovered().Offset != torn {
				t.Fatalf("last %d, recovered %+v", f.Last(), f.Recovered())
			}
		})
	}
}

// TestEveryByteCounts flips a bit in one byte of a log after the other: it is refused, or no record is missing.
func TestEveryByteCounts(t *testing.T) {
	d, report := lived(t, 1)
	rng := rand.New(rand.NewPCG(1, 4))
	step := int64(11) // beside the sizes of everything, so that all parts are met; 1 takes them all
	if testing.Short() {
		step = 97
	}
	if soak {
		step = 1
	}
	refused := 0
	for _, s := range report.Segments {
		for off := int64(0); off < s.Size; off += step {
			path, bit := dir+"/"+s.Name, uint(rng.IntN(8))
			whole := d.Bytes(path)
			d.Flip(path, off, bit)
			f, err := journal.Open(dir, options(d, 2))
			switch {
			case err == nil:
				if f.Last() != report.Last || f.Head() != report.Head || off < s.Used {
					t.Fatalf("%s, byte %d, bit %d: opened with %d records, want %d or a refusal", s.Name, off, bit, f.Last(), report.Last)
				}
				f.Close()
			case errors.As(err, new(*journal.DamageError)):
				refused++
			default:
				t.Fatalf("%s, byte %d, bit %d: %v", s.Name, off, bit, err)
			}
			d.Edit(path, func([]byte) []byte { return whole })
		}
	}
	t.Logf("%d flips refused", refused)
}

// TestOpenFrom: segments before the one that is asked for are not read, so what decayed in them is Check's to find.
func TestOpenFrom(t *testing.T) {
	d, report := lived(t, 1)
	s := report.Segments
	d.Flip(dir+"/"+s[1].Name, journal.Sector+100, 0)
	o := options(d, 1)
	for from := range report.Last + 2 {
		o.From = from
		f, err := journal.Open(dir, o)
		if refused := errors.As(err, new(*journal.DamageError)); refused != (from < s[2].First) {
			t.Fatalf("from %d: %v; segment 3 begins with %d", from, err, s[2].First)
		}
		if err == nil {
			if f.Last() != report.Last || f.Head() != report.Head {
				t.Fatalf("from %d: last %d", from, f.Last())
			}
			f.Close()
		}
	}
	got, err := journal.Check(dir, o, nil)
	if !errors.As(err, new(*journal.DamageError)) || got.Segments[1].Err == nil || got.Segments[2].Err != nil || got.Last != report.Last {
		t.Fatalf("check: %v, %+v", err, got)
	}
}
