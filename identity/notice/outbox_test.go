package notice

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestCrash: whatever a crash leaves of the newest file behind what the cursor knows, and however old the cursor is, every
// notice is there once in the end. It turns files as it goes.
//
// It was seen red where what the outbox had already was taken again.
func TestCrash(t *testing.T) {
	const seed = 20180109
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	h := newHouse(t, t.TempDir())
	defer h.Close()
	h.do(&instruction.OpenAccount{})
	dir := t.TempDir()
	for round := range 60 {
		o := h.outbox(dir)
		o.max = 24 << 10
		h.news(1 + rng.IntN(8))
		h.catchUp(o)
		sure, err := os.ReadFile(filepath.Join(dir, cursorFile))
		if err != nil {
			t.Fatal(err)
		}
		size := o.size
		h.news(1 + rng.IntN(4))
		h.catchUp(o)
		turned := o.size < size
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		if rng.IntN(2) == 0 { // the cursor was not written any more
			if err := os.WriteFile(filepath.Join(dir, cursorFile), sure, 0o600); err != nil {
				t.Fatal(err)
			}
			if !turned {
				tear(t, rng, filepath.Join(dir, newest), size)
			}
		}
		o = h.outbox(dir)
		h.catchUp(o)
		o.Close()
		if got, want := lines(t, dir), h.all(2); !slices.Equal(got, want) {
			t.Fatalf("round %d: the outbox has\n%v\nwhere there are\n%v", round, got, want)
		}
	}
	if files, err := older(dir); err != nil || len(files) == 0 || len(files) > keepFiles {
		t.Errorf("older files: %v, %v", files, err)
	}
}

// tear leaves anything of what was written behind a size: less of it, or zeros and other bytes in its place.
func tear(t *testing.T, rng *rand.Rand, path string, size int64) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tail := text[size:]
	switch n := rng.IntN(len(tail) + 1); rng.IntN(3) {
	case 0:
		tail = tail[:n]
	case 1:
		clear(tail[n:])
	case 2:
		for i := n; i < len(tail); i++ {
			tail[i] = byte(rng.Uint32())
		}
	}
	if err := os.WriteFile(path, append(text[:size:size], tail...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// killEnv names the directory of the process that TestKill kills.
const killEnv = "PORTCULLIS_TEST_NOTICES"

// TestKill: a process that makes news and notices is killed, again and again; in the end every notice is there once.
func TestKill(t *testing.T) {
	if dir := os.Getenv(killEnv); dir != "" {
		killed(t, dir)
		return
	}
	dir := t.TempDir()
	const rounds = 6
	for round := range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$", "-test.v") // #nosec G204 -- itself
		cmd.Env = append(os.Environ(), killEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for line := make([]byte, 1); seen < 50+70*round; seen++ { // a dot for each piece of news
			if _, err := out.Read(line); err != nil {
				t.Fatalf("round %d: the process ended by itself: %v", round, err)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
	}
	h := newHouse(t, filepath.Join(dir, "journal"))
	defer h.Close()
	o := h.outbox(dir)
	h.catchUp(o)
	o.Close()
	got, want := lines(t, dir), h.all(1)
	if !slices.Equal(got, want) || len(want) < 100 {
		t.Errorf("%d notices, where there are %d", len(got), len(want))
	}
}

// killed makes news and notices of them until it is killed.
func killed(t *testing.T, dir string) {
	h := newHouse(t, filepath.Join(dir, "journal"))
	o := h.outbox(dir)
	o.max = 128 << 10 // a few files, and never more than stay: how many notices one has depends on how fast they come
	failed := make(chan error, 1)
	go func() { failed <- o.Follow(t.Context(), h.Engine) }()
	if h.Durable() == 0 {
		h.do(&instruction.OpenAccount{})
	}
	for {
		h.news(1)
		fmt.Print(".")
		select {
		case err := <-failed:
			t.Fatal(err)
		default:
		}
	}
}

// TestFresh: an outbox that is new tells nothing of what happened before.
func TestFresh(t *testing.T) {
	h := newHouse(t, t.TempDir())
	defer h.Close()
	h.do(&instruction.OpenAccount{})
	h.news(20)
	dir, from := t.TempDir(), h.Durable()+1
	if o := h.outbox(dir); o.Close() != nil { // a crash right after
		t.Fatal("it does not close")
	}
	h.news(20)
	o := h.outbox(dir)
	h.catchUp(o)
	o.Close()
	if got, want := lines(t, dir), h.all(from); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("it has %v, want %v", got, want)
	}
	for _, name := range []string{newest, cursorFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestGap: where the journal's start is gone before its notices were taken, the operator is told, once, and the rest follows.
func TestGap(t *testing.T) {
	h := newHouse(t, t.TempDir())
	defer h.Close()
	h.do(&instruction.OpenAccount{})
	dir := t.TempDir()
	o := h.outbox(dir)
	h.news(10)
	h.catchUp(o)
	before := lines(t, dir)
	o.Close()
	cut := h.Durable() + 1
	for len(h.log.Segments()) < 3 {
		h.news(50)
	}
	if err := h.log.RemoveBefore(h.log.Segments()[1].First); err != nil || h.First() <= cut {
		t.Fatal(h.First(), err)
	}
	old, err := os.ReadFile(filepath.Join(dir, cursorFile))
	if err != nil {
		t.Fatal(err)
	}
	o = h.outbox(dir)
	o.Close()
	if err := os.WriteFile(filepath.Join(dir, cursorFile), old, 0o600); err != nil { // a crash before the cursor moved
		t.Fatal(err)
	}
	o = h.outbox(dir)
	h.catchUp(o)
	o.Close()
	want := append(before, fmt.Sprintf("%d-0-00000000", h.First()-1))
	if want = append(want, h.all(h.First())...); !slices.Equal(lines(t, dir), want) {
		t.Errorf("it has %v, want %v", lines(t, dir), want)
	}
}

// TestOtherJournal: an outbox of another journal is set aside, and nothing of it is mixed with what comes.
func TestOtherJournal(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.do(&instruction.OpenAccount{})
	dir := t.TempDir()
	o := h.outbox(dir)
	h.news(30)
	h.catchUp(o)
	o.Close()
	h.Close()
	for name, n := range map[string]int{"shorter": 5, "longer": 60} {
		other := newHouse(t, t.TempDir())
		other.do(&instruction.OpenAccount{Ref: name})
		other.n = 300 // of other keys
		other.news(n)
		copied := t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		from := other.Durable() + 1
		o := other.outbox(copied)
		other.news(10)
		other.catchUp(o)
		o.Close()
		if got, want := lines(t, copied), other.all(from); !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: it has %v, want %v", name, got, want)
		}
		aside, err := filepath.Glob(filepath.Join(copied, "notices-of-another-journal-*", newest))
		if err != nil || len(aside) != 1 {
			t.Errorf("%s: set aside: %v, %v", name, aside, err)
		}
		other.Close()
	}
}

// TestFull: what cannot be written is taken back, and written later.
func TestFull(t *testing.T) {
	h := newHouse(t, t.TempDir())
	defer h.Close()
	h.do(&instruction.OpenAccount{})
	dir := t.TempDir()
	o := h.outbox(dir)
	h.news(10)
	h.catchUp(o)
	h.news(10)
	whole := o.file
	readOnly, err := os.Open(filepath.Join(dir, newest))
	if err != nil {
		t.Fatal(err)
	}
	o.file = readOnly // stands for a disk that takes nothing
	if err := o.Follow(t.Context(), h.Engine); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("following where nothing can be written: %v", err)
	}
	o.file = whole
	h.catchUp(o)
	o.Close()
	if got, want := lines(t, dir), h.all(2); !slices.Equal(got, want) {
		t.Errorf("it has %v, want %v", got, want)
	}
}

// TestReader: who reads along misses nothing and sees nothing twice while files are turned, and from wherever it begins.
func TestReader(t *testing.T) {
	h := newHouse(t, t.TempDir())
	defer h.Close()
	h.do(&instruction.OpenAccount{})
	dir := t.TempDir()
	o := h.outbox(dir)
	o.max = 2 << 10
	along := NewReader(dir, ID{})
	defer along.Close()
	var got []string
	for range 25 {
		h.news(5)
		h.catchUp(o)
		for {
			n, line, err := along.Next()
			if err != nil {
				break
			}
			if !strings.HasPrefix(string(line), `{"id":"`+n.ID.String()+`","seq":`+strconv.FormatUint(n.Seq, 10)+`,"time":"2018-01-06T00:00:00Z","type":`) {
				t.Fatalf("a line of %s: %s", n.ID, line)
			}
			got = append(got, n.ID.String())
		}
	}
	if want := h.all(2); !slices.Equal(got, want) || len(want) < 50 {
		t.Fatalf("it read %v, want %v", got, want)
	}
	left := lines(t, dir) // the oldest files are gone by now
	if len(left) == len(got) || !slices.Equal(left, got[len(got)-len(left):]) {
		t.Errorf("%d are left of %d", len(left), len(got))
	}
	for i, id := range left {
		var after ID
		if err := after.UnmarshalText([]byte(id)); err != nil {
			t.Fatal(err)
		}
		r := NewReader(dir, after)
		n, _, err := r.Next()
		if i+1 < len(left) && n.ID.String() != left[i+1] || i+1 == len(left) && err == nil {
			t.Errorf("after %s comes %s, %v", id, n.ID, err)
		}
		r.Close()
	}
}

// FuzzLine: a line that is taken is one that is written so.
func FuzzLine(f *testing.F) {
	for _, s := range []string{
		`{"id":"7-1-9f3c21aa","seq":7,"time":"2018-01-06T00:00:00Z","type":"key.created","to":"customer","account":2,"customer":2,"subject":"s","text":"t"}`,
		`{"id":"7-0-00000000","seq":7,"type":"notices.missed"}`, `{"id":"7-1-9F3C21AA","seq":7,"type":"x"}`, `{"id":"07-1-9f3c21aa","seq":7,"type":"x"}`,
		`{"id":"8-1-9f3c21aa","seq":7,"type":"x"}`, `{"id":"7--1-9f3c21aa","seq":7,"type":"x"}`, `{}`, ``, `null`, "\x00\x00", `{"type":"x"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		n, err := parse(line)
		if err != nil {
			return
		}
		var again ID
		if err := again.UnmarshalText([]byte(n.ID.String())); err != nil || again != n.ID || n.ID.Seq != n.Seq || len(n.ID.Hash) != 8 {
			t.Fatalf("%q: %+v, %v", line, n.ID, err)
		}
	})
}
