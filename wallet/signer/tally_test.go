package signer

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/journal"
)

// hand is a machine's clock that somebody sets.
type hand struct{ at time.Time }

func (h *hand) now() time.Time       { return h.at }
func (h *hand) pass(d time.Duration) { h.at = h.at.Add(d) }
func newHand() *hand                 { return &hand{start.Std()} }
func (h *hand) tally() *tally        { return newTally(h.now, 0) }
func (b *bank) counting(t *tally, caps ...Cap) *Signer {
	b.t.Helper()
	s := b.signer(caps...)
	s.tally = t
	return s
}

// TestHour: what leaves within any 60 minutes is at most the cap, and what left an hour ago counts no more.
func TestHour(t *testing.T) {
	b := newBank(t)
	h := newHand()
	s := b.counting(h.tally(), b.cap(4e8, 10e8+3000)) // a fee of 1000 for each
	first := b.pay(4e8)
	b.signs(s, first)
	h.pass(30 * time.Minute)
	b.signs(s, b.pay(4e8))
	third := b.pay(3e8)
	b.refuses(s, third, "within an hour 11.00003000 LTC would leave, and the cap is 10.00003000: there is room for this in 30m0s")
	exact := b.pay(2e8)
	b.signs(s, exact)
	one := b.plan(b.free(1), 1, 0) // back to the hot address, for a fee of one unit
	b.refuses(s, one, "would leave, and the cap is 10.00003000: there is room for this in 30m0s")
	h.pass(30*time.Minute - time.Microsecond)
	b.refuses(s, third, "there is room for this in 0s")
	h.pass(time.Microsecond)
	b.signs(s, third)
	b.signs(s, first) // again, and it counts nothing
	fourth := b.pay(1e8 - 1000)
	b.signs(s, fourth) // exactly what is left
	b.refuses(s, b.pay(1e8), "there is room for this in 30m0s")
	h.pass(2 * time.Hour)
	huge := b.plan(b.free(3), 1000, 0, b.owe(4e8, b.to(1)), b.owe(4e8, b.to(2)), b.owe(4e8, b.to(3)))
	b.refuses(s, huge, "is over the cap for an hour")
}

// TestFamilyCountsOnce: of transactions that take one coin first at most one is mined, so that only what a later one pays more counts.
func TestFamilyCountsOnce(t *testing.T) {
	b := newBank(t)
	h := newHand()
	limit := b.cap(5e8, 10e8)
	limit.FeeRate = 100e8
	s := b.counting(h.tally(), limit)
	anchor := b.free(1)
	one, two := b.owe(4e8, b.to(1)), b.owe(5e8, b.to(2))
	first := b.plan(anchor, 1000, 0, one)
	b.signs(s, first)
	second := b.plan(anchor, 3000, first, one)
	b.signs(s, second)
	third := b.plan(anchor, 5000, second, one, two)
	b.signs(s, third) // 9.00005 in all
	rest := b.plan(b.free(1), 10e8-9e8-5000, 0)
	b.signs(s, rest) // exactly what is left
	b.refuses(s, b.plan(b.free(1), 1, 0), "would leave")
	for _, id := range []instruction.SpendID{first, second, third, rest} {
		b.signs(s, id)
	}
	fourth := b.plan(anchor, 6000, third, one)
	b.signs(s, fourth) // less than the third pays: one of the two is mined at most
	b.refuses(s, b.plan(anchor, 5001, fourth, one, two), "would leave")
}

// TestEachAssetItsOwn: what leaves of one asset takes no room from another.
func TestEachAssetItsOwn(t *testing.T) {
	h := newHand()
	y := h.tally()
	lite := &transaction{holder: &holder{Cap: Cap{Asset: "LTC", Hour: 10}}, paid: 10}
	lite.Network = newBank(t).network
	mona := *lite
	mona.holder = &holder{Cap: Cap{Asset: "MONA", Hour: 10, Network: lite.Network}}
	mona.anchor.Index = 1
	for i, x := range []*transaction{lite, &mona} {
		_, err := y.note(x, instruction.TxID{byte(i + 1)}, nil)
		if err := errors.Join(y.admits(x), err); err != nil {
			t.Fatal(err)
		}
	}
	more := *lite
	more.anchor.Index, more.paid = 2, 1
	refuses(t, y.admits(&more), "would leave")
}

// opened is a count in a file, at a clock.
func opened(t *testing.T, path string, h *hand) *tally {
	t.Helper()
	y, _, err := openTally(path, h.now)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// TestRestart: a restart forgets nothing that was signed: neither what counts, nor since when, nor the families, nor the bytes.
func TestRestart(t *testing.T) {
	b := newBank(t)
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	limit := b.cap(5e8, 10e8)
	y := opened(t, path, h)
	anchor := b.free(1)
	pay := b.owe(5e8, b.to(1))
	first := b.plan(anchor, 1000, 0, pay)
	raw, _ := b.signs(b.counting(y, limit), first)
	h.pass(40 * time.Minute)
	other := b.pay(4e8)
	b.signs(b.counting(y, limit), other)
	size := fileSize(t, path)
	for range 3 {
		y.file.close()
		y = opened(t, path, h)
		s := b.counting(y, limit)
		again, _ := b.signs(s, first)
		if !bytes.Equal(raw, again) {
			t.Fatal("other bytes")
		}
		b.signs(s, other)
		if fileSize(t, path) != size {
			t.Fatal("what was signed again was noted again")
		}
	}
	s := b.counting(y, limit)
	b.signs(s, b.plan(anchor, 2000, first, pay)) // 1000 more
	over := b.pay(1e8)
	b.refuses(s, over, "there is room for this in 20m0s")
	y.file.close()
	h.pass(19 * time.Minute)
	y = opened(t, path, h)
	b.refuses(b.counting(y, limit), over, "there is room for this in 1m0s")
	y.file.close()
	h.pass(time.Minute)
	y = opened(t, path, h)
	b.signs(b.counting(y, limit), over)
	y.file.close()
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestClockBack: a clock that goes back frees nothing, running or stopped, and one that stood wrong far ahead does not stop time.
func TestClockBack(t *testing.T) {
	b := newBank(t)
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	limit := b.cap(5e8, 6e8)
	y := opened(t, path, h)
	b.signs(b.counting(y, limit), b.pay(5e8))
	over := b.pay(5e8)
	h.pass(50 * time.Minute)
	b.refuses(b.counting(y, limit), over, "in 10m0s")
	h.pass(-3 * time.Hour) // while it runs: time stands until the clock is where it was
	b.refuses(b.counting(y, limit), over, "in 10m0s")
	h.pass(2 * time.Hour)
	b.refuses(b.counting(y, limit), over, "in 10m0s")
	y.file.close()
	h.pass(-24 * 365 * time.Hour) // and while it does not: what was noted last is now
	y = opened(t, path, h)
	b.refuses(b.counting(y, limit), over, "in 1h0m0s")
	h.pass(59 * time.Minute)
	b.refuses(b.counting(y, limit), over, "in 1m0s")
	h.pass(time.Minute)
	b.signs(b.counting(y, limit), over)
	y.file.close()
}

// TestRealClock: the tally's clock is the machine's monotonic one, which nobody sets.
func TestRealClock(t *testing.T) {
	m := begin(time.Now, 0)
	if !strings.Contains(m.began.String(), "m=") || !strings.Contains(m.now().String(), "m=") {
		t.Error("no monotonic reading")
	}
	ahead := instruction.TimeOf(time.Now()) + instruction.Year
	m = begin(time.Now, ahead)
	if m.read() < ahead {
		t.Error("it went back behind what was noted")
	}
}

// TestTornLine: whatever a crash leaves of the last line, it is cut off, and what was given out before is there.
func TestTornLine(t *testing.T) {
	b := newBank(t)
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	limit := b.cap(1e8, 10e8)
	y := opened(t, path, h)
	b.signs(b.counting(y, limit), b.pay(1e8))
	b.signs(b.counting(y, limit), b.pay(1e8))
	y.file.close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	two := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := two; cut < len(whole); cut += 1 + cut%3 {
		for _, rest := range [][]byte{nil, make([]byte, len(whole)-cut), append(make([]byte, len(whole)-cut-1), '\n')} {
			torn := append(whole[:cut:cut], rest...)
			if bytes.Equal(torn, whole) {
				continue
			}
			if err := os.WriteFile(path, torn, 0o600); err != nil {
				t.Fatal(err)
			}
			f, lines, err := openFile(path)
			if err != nil || len(lines) != 1 {
				t.Fatalf("cut at %d and %d zeros: %d lines, %v", cut, len(rest), len(lines), err)
			}
			f.Close()
			if got, _ := os.ReadFile(path); !bytes.Equal(got, whole[:two]) {
				t.Fatalf("cut at %d: %q is left", cut, got)
			}
		}
	}
	y = opened(t, path, h)
	b.signs(b.counting(y, limit), b.pay(1e8))
	y.file.close()
	y = opened(t, path, h)
	if len(y.digests) != 2 {
		t.Errorf("%d transactions after a torn one", len(y.digests))
	}
	y.file.close()
}

// TestDamagedFile: what no crash explains is not passed over: then nobody knows what was signed.
func TestDamagedFile(t *testing.T) {
	b := newBank(t)
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	y := opened(t, path, h)
	for range 3 {
		b.signs(b.counting(y, b.cap(1e8, 10e8)), b.pay(1e8))
	}
	y.file.close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for at := range last {
		text := bytes.Clone(whole)
		text[at] ^= 0x04
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if y, _, err := openTally(path, h.now); err == nil {
			y.file.close()
			t.Fatalf("byte %d (%q) was changed, and it was opened", at, whole[at])
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, text) {
			t.Fatalf("byte %d was changed, and the file with it", at)
		}
	}
	for text, says := range map[string]string{
		"":                      "another first line",
		"portcullis signed 2\n": "a newer version",
		"portcullis signed 0\n": "another first line",
		"portcullis signed 1\n" + strings.Repeat("x", together*maxSigned+1): "damaged behind line 1",
		string(whole) + "x\ny\n": "damaged behind line 4",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := openTally(path, h.now); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v; want %q", text, err, says)
		}
	}
}

// TestLine: a line is read back as it was written, whatever is in it.
func TestLine(t *testing.T) {
	n := signed{
		at: start, asset: "LTC", family: family{"litecoin-regtest", instruction.Outpoint{Tx: instruction.TxID{1, 2}, Index: 1<<32 - 1}},
		leaves: money.MaxAmount, tx: instruction.TxID{9}, digest: [32]byte{3}, place: journal.Place{Seq: 1<<64 - 1, Hash: journal.Hash{7}},
	}
	for _, list := range [][]signed{{n}, {n, {asset: "X", family: family{network: "demo"}}}, slices.Repeat([]signed{n}, together)} {
		text := lineOf(list)
		if got, err := parseLine(strings.TrimSuffix(text, "\n")); err != nil || !slices.Equal(got, list) || len(text) > len(list)*maxSigned {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

// TestTogether: what is signed while the disk is busy is noted with one line and one sync, none of it is given out before, nor is what is
// asked for again; a restart has all of it, and of a torn line nothing.
func TestTogether(t *testing.T) {
	b := newBank(t)
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	y := opened(t, path, h)
	s := b.counting(y, b.cap(1e8, 100e8))
	var ids []instruction.SpendID
	for range 5 {
		ids = append(ids, b.pay(1e8))
	}
	var given atomic.Int32
	var all sync.WaitGroup
	y.file.turn.Lock() // the disk is busy
	for _, id := range ids {
		all.Go(func() {
			if raw, _, err := s.Sign(t.Context(), ltc, id, 0); raw == nil || err != nil {
				t.Errorf("spend %d: %v", id, err)
			}
			given.Add(1)
		})
	}
	for y.file.mark() < 5 {
		runtime.Gosched()
	}
	if _, _, mark, err := s.sign(t.Context(), ltc, ids[0], 0); mark != 5 || err != nil {
		t.Errorf("what is asked for again waits for %d to be noted: %v", mark, err)
	}
	size := fileSize(t, path)
	if given.Load() != 0 || size != int64(len(fileHead)+2) {
		t.Errorf("%d are given out, and %d bytes noted", given.Load(), size)
	}
	y.file.turn.Unlock()
	all.Wait()
	y.file.close()
	whole, err := os.ReadFile(path)
	if err != nil || bytes.Count(whole, []byte("\n")) != 2 {
		t.Fatalf("%v, %q", err, whole)
	}
	y = opened(t, path, h)
	if len(y.digests) != 5 || y.of("LTC").sum.Amount() < 5e8 {
		t.Errorf("a restart has %d transactions, of %v", len(y.digests), y.of("LTC").sum.Amount())
	}
	y.file.close()
	for cut := int(size); cut < len(whole)-1; cut += 7 {
		if lines, good, err := parseFile(whole[:cut]); len(lines) != 0 || good != int(size) || err != nil {
			t.Fatalf("cut at %d: %d transactions, %d bytes, %v", cut, len(lines), good, err)
		}
	}
}

// TestManyInAnHour: what counts is added up once, however much there is, and leaves the sum as it leaves the hour.
func TestManyInAnHour(t *testing.T) {
	b := newBank(t)
	h := newHand()
	y := h.tally()
	rng := rand.New(rand.NewPCG(1, 2))
	var list []leaving
	for i := range 20_000 {
		h.pass(time.Duration(rng.IntN(1e6)) * time.Microsecond)
		x := &transaction{holder: &holder{Cap: b.cap(1e8, 1e15)}, paid: money.Amount(1 + rng.IntN(1e6))}
		x.anchor.Index = uint32(i)
		if err := y.admits(x); err != nil {
			t.Fatal(err)
		}
		if _, err := y.note(x, instruction.TxID{byte(i), byte(i >> 8)}, nil); err != nil {
			t.Fatal(err)
		}
		list = append(list, leaving{y.clock.last, x.paid})
		if i%1000 == 0 {
			want := money.Amount(0)
			for _, l := range list {
				if l.at > y.clock.last-window {
					want += l.n
				}
			}
			if got := y.of("LTC").sum.Amount(); got != want {
				t.Fatalf("after %d: %d, want %d", i, got, want)
			}
		}
	}
	if n := len(y.of("LTC").list); n == len(list) || n == 0 {
		t.Fatalf("%d of %d count", n, len(list))
	}
}

// TestOneAtATime: two signers never count by one file.
func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	y := opened(t, path, h)
	if _, _, err := openTally(path, h.now); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d has", os.Getpid())) {
		t.Errorf("a second one: %v", err)
	}
	y.file.close()
	opened(t, path, h).file.close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// faulty is a file whose disk fails.
type faulty struct {
	*os.File
	writes bool
}

func (f faulty) WriteString(text string) (int, error) {
	if !f.writes {
		return 0, syscall.ENOSPC
	}
	return f.File.WriteString(text)
}

func (f faulty) Sync() error { return syscall.EIO }

// TestDiskFails: what cannot be noted, or not so that it stays, is not given out, and nothing after it, before the file is read anew.
func TestDiskFails(t *testing.T) {
	b := newBank(t)
	path := filepath.Join(t.TempDir(), "signed")
	h := newHand()
	for _, writes := range []bool{false, true} {
		y := opened(t, path, h)
		s := b.counting(y, b.cap(1e8, 10e8))
		b.signs(s, b.pay(1e8))
		whole := y.file.f
		y.file.f = faulty{whole.(*os.File), writes}
		id, size := b.pay(1e8), int64(0)
		for i := range 2 {
			if raw, _, err := s.Sign(t.Context(), ltc, id, 0); raw != nil || err == nil || errors.As(err, new(*Refused)) {
				t.Errorf("%x, %v", raw, err)
			}
			if i == 1 && fileSize(t, path) != size {
				t.Error("it wrote on behind what may be torn")
			}
			y.file.f, size = whole, fileSize(t, path)
		}
		y.file.close()
		y = opened(t, path, h)
		b.signs(b.counting(y, b.cap(1e8, 10e8)), id)
		y.file.close()
	}
}
