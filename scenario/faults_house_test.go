package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// venueHistory is a venue under faults, and what is known of it from outside.
type venueHistory struct {
	t       *testing.T
	rng     *rand.Rand
	random  *Random
	disk    *diskfault.Disk
	segment int64 // size in bytes
	now     instruction.Time

	// One life of the process.
	proc  *process
	hand  *handClock
	eng   *engine.Engine
	sub   *engine.Subscription
	fired string // the fault that befell this life, where one did
	must  bool   // after it nothing more may be taken up

	full    bool // the disk has been full since
	stuck   int  // how many steps more the clock stands still
	held    int  // how many records were durable when the disk became slow
	laws    *laws
	kept    [][]byte // what is durable, as it was first shown
	pending []*asked // judged and not yet durable, in order
	waiting []*asked // not answered
	notes   []string // what happened, step by step
	seen    map[string]int
}

// asked is an instruction that was given to the engine.
type asked struct {
	Attempt
	seq  uint64 // once durable
	done bool
	rec  instruction.Record
	err  error
}

// note writes the transcript.
func (h *venueHistory) note(format string, args ...any) {
	h.notes = append(h.notes, fmt.Sprintf("%4d ", len(h.notes))+fmt.Sprintf(format, args...))
}

// saw counts what this history has met.
func (h *venueHistory) saw(what string) { h.seen[what]++ }

func (h *venueHistory) one(n int) bool { return h.rng.IntN(n) == 0 }

// settle waits until nothing more happens by itself. A disk takes a nanosecond for each write and sync.
func settle() {
	time.Sleep(time.Millisecond)
	synctest.Wait()
}

// open begins a life: it opens what is on the disk and holds it against what was shown before. Now and then the disk fails
// meanwhile, and it is opened again.
func (h *venueHistory) open() {
	for {
		h.proc, h.hand = &process{Disk: h.disk}, &handClock{h, make(chan time.Time)}
		h.fired, h.must = "", false
		if len(h.kept) > 0 && h.one(6) {
			h.arm([]error{errIO, diskfault.ErrPower}[h.rng.IntN(2)], 1+h.rng.IntN(3))
		}
		log, err := journal.Open("j", h.options(h.proc))
		if err == nil {
			if log.Recovered().Segment != "" {
				h.saw("torn tail cut")
			}
			if h.eng, err = engine.Open(engine.Config{Log: log, Clock: h.hand, Snapshots: &engine.Snapshots{FS: h.proc, Dir: "s"}, Every: 1 << 40}); err == nil {
				break
			}
		}
		if h.fired == "" {
			h.t.Fatalf("it does not open: %v", err)
		}
		h.saw("failure while opening")
		h.note("opening failed: %v", err)
		h.crash()
	}
	h.found()
}

// options of the journal leave nothing to the scheduler: what it would do in the background it does at once.
func (h *venueHistory) options(fs journal.FS) journal.Options {
	return journal.Options{FS: fs, SegmentSize: h.segment, Rand: marks{rand.New(rand.NewPCG(h.rng.Uint64(), 0))}, Go: func(f func()) { f() }}
}

// found holds what the journal has after opening against what was shown, and what had an unknown outcome.
func (h *venueHistory) found() {
	settle()
	unsure, n := h.pending, len(h.kept)
	for i, b := range h.readAll() {
		switch {
		case i >= n:
			h.accept(uint64(i+1), b)
		case !bytes.Equal(b, h.kept[i]):
			h.t.Fatalf("record %d is another one now", i+1)
		}
	}
	if len(h.kept) < n {
		h.t.Fatalf("records %d to %d were shown, and are lost", len(h.kept)+1, n)
	}
	// A tick that the engine gave itself may have gone before them, in a batch of its own.
	happened := slices.ContainsFunc(unsure, func(x *asked) bool { return x.seq != 0 })
	for i, x := range unsure {
		if x.seq != 0 && !errors.Is(x.err, engine.ErrUnknown) {
			h.t.Fatalf("%T was answered with %q, and yet it is record %d", x.In, x.err, x.seq)
		}
		if errors.Is(x.err, engine.ErrUnknown) && happened && x.seq == 0 {
			h.t.Fatalf("a batch is there in part: not its member %d, %T", i, x.In)
		}
	}
	if len(unsure) > 0 {
		h.saw(map[bool]string{true: "unknown outcome: it happened", false: "unknown outcome: it did not happen"}[happened])
	}
	h.pending, h.waiting = nil, nil
	h.sub = h.eng.Subscribe(uint64(len(h.kept) + 1))
	h.note("opened with %d records", len(h.kept))
	h.check()
}

// readAll gives all durable records, as the archive would read them.
func (h *venueHistory) readAll() [][]byte {
	var all [][]byte
	sub := h.eng.Subscribe(1)
	defer sub.Close()
	for last := h.eng.Durable(); uint64(len(all)) < last; {
		if err := sub.Next(context.Background(), func(seq uint64, b []byte) error {
			all = append(all, bytes.Clone(b))
			return nil
		}); err != nil {
			h.t.Fatalf("reading record %d of %d: %v", len(all)+1, last, err)
		}
	}
	if n := h.eng.Durable(); n < uint64(len(h.kept)) {
		h.t.Fatalf("%d records were shown, and only %d are left", len(h.kept), n)
	}
	return all
}

// end is how a process ends.
type end int

const (
	clean end = iota
	kill
	power
)

func (e end) String() string { return [...]string{"a clean stop", "a kill", "a power loss"}[e] }

func (h *venueHistory) restart(how end) {
	h.stop(how)
	h.open()
}

// stop ends this life. Whoever still waits gets an answer, and nobody an acknowledgement that the disk does not bear out.
func (h *venueHistory) stop(how end) {
	h.note("%v, %d records durable, %d under way", how, len(h.kept), len(h.pending))
	h.saw(how.String())
	if how == clean {
		h.disk.SetFault(nil)
		h.proc.release()
	} else {
		h.end(how)
	}
	_ = h.eng.Close() // after a crash it has only errors to tell
	settle()
	if how != clean && h.eng.Durable() != uint64(len(h.kept)) {
		h.t.Fatalf("the process was dead and called records up to %d durable", h.eng.Durable())
	}
	h.drain()
	h.answers()
	if how == clean && h.fired == "" && !h.full && len(h.pending) > 0 {
		h.t.Fatalf("closed with %d records that were judged and are not durable", len(h.pending))
	}
	for _, x := range h.waiting {
		h.t.Fatalf("%T was left without an answer", x.In)
	}
}

// crash ends a life that did not get so far as to have an engine.
func (h *venueHistory) crash() {
	h.end([]end{kill, power}[h.rng.IntN(2)])
}

func (h *venueHistory) end(how end) {
	h.proc.dead = true
	h.disk.SetFault(nil)
	if how == power || h.disk.Off() {
		h.disk.PowerLoss()
	} else {
		h.disk.Kill()
	}
	h.proc.release()
}

// abandon lets go of everything after a failure, so that the failure is what is told.
func (h *venueHistory) abandon() {
	h.end(kill)
	if h.eng != nil {
		_ = h.eng.Close()
	}
}

// do gives the engine one instruction.
func (h *venueHistory) do(a Attempt) {
	x := &asked{Attempt: a}
	go func() {
		x.rec, x.err = h.eng.Do(&x.By, x.In)
		x.done = true
	}()
	settle()
	switch {
	case x.done && errors.Is(x.err, engine.ErrFull) && (h.full || h.fired != ""):
		h.saw("refused: full")
		h.note("%T refused: full", a.In)
	case x.done && errors.Is(x.err, engine.ErrStopped) && h.fired != "":
		h.saw("refused: stopped")
		h.note("%T refused: stopped", a.In)
	case x.done && errors.Is(x.err, instruction.ErrCodec) && !writable(&a):
		h.note("%T cannot be written down", a.In)
	case x.done && x.err != nil && !errors.Is(x.err, engine.ErrUnknown):
		h.t.Fatalf("%T ended with %v", a.In, x.err)
	default:
		h.note("%T at %d by %d", a.In, a.Now, a.By.Giver)
		h.pending = append(h.pending, x)
		h.waiting = append(h.waiting, x)
	}
}

// beat lets the engine see that time passes; it writes that down where it takes up anything.
func (h *venueHistory) beat() {
	well := h.eng.Healthy() == nil
	due := well && h.proc.gate == nil && !h.full && h.fired == "" && h.now-h.laws.twin.Clock().Now >= quiet
	before := len(h.kept)
	select {
	case h.hand.beat <- time.Time{}:
	default: // the writer has ended
	}
	settle()
	h.note("a beat at %d, taken: %v", h.now, well)
	if h.drain(); due && h.fired == "" && len(h.kept) == before {
		h.t.Fatalf("time went on to %d, and nothing tells it", h.now)
	}
}

// drain takes what has become durable.
func (h *venueHistory) drain() {
	if errors.Is(h.eng.Healthy(), journal.ErrTooLarge) && h.segment == 8<<10 {
		h.fired, h.must = "a batch too large for such a segment", true // nobody has segments of that size but this test
	}
	for uint64(len(h.kept)) < h.eng.Durable() {
		if err := h.sub.Next(context.Background(), func(seq uint64, b []byte) error {
			h.accept(seq, bytes.Clone(b))
			return nil
		}); err != nil {
			h.t.Fatalf("reading what is new: %v", err)
		}
	}
}

// quiet is how long the engine lets nothing tell the time before it does so itself.
const quiet = 900 * instruction.Millisecond

// asks is the client that an attempt's tick comes with, and none of the engine's own does: both can be of one time, and then
// only this tells which of them somebody waits for.
const asks = 1

// ownTick is the engine's own tick, if the record is one: what the core does by slices goes on with it, or it was quiet.
func (h *venueHistory) ownTick(seq uint64, b []byte) *asked {
	var r instruction.Record
	if err := r.Decode(seq, b); err != nil || r.Kind() != instruction.KindTick || r.Principal.Giver != instruction.ByEngine || r.Principal.Client == asks {
		return nil
	}
	clock := h.laws.twin.Clock().Now
	if !h.laws.state.Working() && r.Time-clock < quiet || r.Time > max(h.now, clock) {
		h.t.Fatalf("record %d is a tick at %d, which nothing asks for", seq, r.Time)
	}
	return &asked{Attempt: Attempt{r.Time, r.Principal, &instruction.Tick{}}}
}

// accept holds a record that was not there before: it is the next that was judged, and the laws say the same of it.
func (h *venueHistory) accept(seq uint64, b []byte) {
	if seq != uint64(len(h.kept)+1) {
		h.t.Fatalf("record %d follows record %d", seq, len(h.kept))
	}
	x := h.ownTick(seq, b)
	if x == nil {
		if len(h.pending) == 0 {
			h.t.Fatalf("record %d was asked for by nobody", seq)
		}
		x, h.pending = h.pending[0], h.pending[1:]
	}
	h.laws.try(x.Attempt)
	if h.laws.seq != seq || !bytes.Equal(h.laws.buf, b) {
		h.t.Fatalf("record %d is not what the core makes of %T:\n%x\n%x", seq, x.In, b, h.laws.buf)
	}
	h.kept = append(h.kept, b)
	x.seq = seq
}

// answers holds what callers were told against what is durable.
func (h *venueHistory) answers() {
	left := h.waiting[:0]
	for _, x := range h.waiting {
		switch {
		case !x.done && x.seq != 0:
			h.t.Fatalf("record %d is durable, and %T waits for it still", x.seq, x.In)
		case !x.done:
			left = append(left, x)
		case x.err == nil && (x.seq == 0 || x.rec.Seq != x.seq):
			h.t.Fatalf("%T was acknowledged as record %d; durable it is as %d", x.In, x.rec.Seq, x.seq)
		case x.err == nil:
			var r instruction.Record
			if err := r.Decode(x.seq, h.kept[x.seq-1]); err != nil || !reflect.DeepEqual(r, x.rec) {
				h.t.Fatalf("%T got another record than the durable one: %v", x.In, err)
			}
		case h.fired == "" && h.proc != nil && !h.proc.dead && !h.full:
			h.t.Fatalf("%T was taken up and ended with %v, for no reason", x.In, x.err)
		case x.seq != 0:
			h.t.Fatalf("%T is record %d, and was told %v", x.In, x.seq, x.err)
		}
	}
	h.waiting = left
}

// check holds, after each step, all that can be held.
func (h *venueHistory) check() {
	h.drain()
	h.answers()
	if h.proc.gate != nil && len(h.kept) != h.held {
		h.t.Fatalf("record %d was called durable before its sync", len(h.kept))
	}
	if h.proc.gate == nil && len(h.pending) > 0 && h.fired == "" {
		if !h.full {
			h.t.Fatalf("%d records were judged and are not durable, for no reason", len(h.pending))
		}
		h.saw("full disk met under way")
	}
	seq, hash, err := h.eng.Hash()
	if err != nil || seq != uint64(len(h.kept)) || hash != h.laws.twin.Hash() {
		h.t.Fatalf("readers see another state than that of the %d durable records: as of %d, %v", len(h.kept), seq, err)
	}
	h.laws.same()
	var clock core.Clock
	if err := h.eng.Read(func(s *core.State) { clock = s.Clock() }); err != nil || clock != h.laws.twin.Clock() {
		h.t.Fatalf("readers see the clock at %v: %v", clock, err)
	}
	if h.must && !errors.Is(h.eng.Healthy(), engine.ErrStopped) {
		h.t.Fatalf("after %s it goes on: %v", h.fired, h.eng.Healthy())
	}
	if err := h.eng.Healthy(); err != nil && h.fired == "" && (!h.full || errors.Is(err, engine.ErrStopped)) {
		h.t.Fatalf("it takes up nothing, for no reason: %v", err)
	}
}

// handClock shows the history's time, and beats when the history says.
type handClock struct {
	h    *venueHistory
	beat chan time.Time
}

func (c *handClock) Now() instruction.Time  { return c.h.now }
func (c *handClock) Beat() <-chan time.Time { return c.beat }

// marks gives the journal's random marks from the seed.
type marks struct{ rng *rand.Rand }

func (m marks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(m.rng.Uint32())
	}
	return len(p), nil
}
