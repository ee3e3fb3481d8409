package scenario

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// TestOutcomes is laws 3 and 6 at the engine: customers trade while the disk fails or the power goes, again and again. After
// each restart, what was acknowledged is there as it was told; what was told not to have happened has not; of what was told
// to be unknown some has and some has not, and nothing happened twice.
//
// It was seen red with these breaks: writer.commit answers ErrBusy instead of ErrUnknown after a failed write, which is an
// unknown outcome told as a failure; and answers with the record before the log has it.
func TestOutcomes(t *testing.T) {
	o := &outcomes{
		t: t, rng: rand.New(rand.NewPCG(seed(t), 3)), disk: diskfault.New(1), clock: clock.NewHand(begin), state: core.New(),
		told: map[instruction.ClientID]told{}, happened: map[instruction.ClientID]uint64{},
	}
	for round := range depth(60, 20) {
		o.round(round)
	}
	lost, kept := 0, 0
	for id, x := range o.told {
		if errors.Is(x.err, engine.ErrUnknown) {
			if o.happened[id] != 0 {
				kept++
			} else {
				lost++
			}
		}
	}
	t.Logf("%d instructions, %d records; of those with unknown outcome %d happened and %d did not", len(o.told), o.read, kept, lost)
	if o.resumed < 10 {
		t.Errorf("only %d rounds went on from a snapshot", o.resumed)
	}
	if kept == 0 || lost == 0 {
		t.Errorf("of the unknown outcomes %d happened and %d did not: the test has not seen both", kept, lost)
	}
}

// told is what a customer was told of an instruction.
type told struct {
	err    error
	seq    uint64
	time   instruction.Time
	events string
}

type outcomes struct {
	t       *testing.T
	rng     *rand.Rand
	disk    *diskfault.Disk
	clock   *clock.Hand
	read    uint64      // last record that was looked at
	resumed int         // rounds that went on from a snapshot
	state   *core.State // the fold of all records that were looked at

	mu       sync.Mutex
	told     map[instruction.ClientID]told
	happened map[instruction.ClientID]uint64 // by the journal: the record of it
}

// round runs the venue until something breaks, or everybody is done, and then looks at what is there.
func (o *outcomes) round(n int) {
	e := o.open()
	if e.Origin().From.Place.Seq > 0 {
		o.resumed++
	}
	e.Read(func(s *core.State) {
		if s.Hash() != o.state.Hash() {
			o.t.Fatal("the restarted venue is not the fold of its records")
		}
	})
	cast, err := Setup(e, e)
	if err != nil {
		o.t.Fatal(err)
	}
	cut := o.breakDisk(n)
	var wg sync.WaitGroup
	for i, a := range cast.Actors() {
		wg.Go(func() { o.trade(e, a, cast.Stalls[i%len(cast.Stalls)], fmt.Sprintf("r%d-a%d", n, i)) })
	}
	wg.Wait()
	o.disk.SetFault(nil)
	e.Close() // broken or not, it is over
	if cut || o.rng.IntN(2) == 0 {
		o.disk.PowerLoss()
	}
	o.look()
}

func (o *outcomes) open() *engine.Engine {
	log, err := journal.Open("j", journal.Options{FS: o.disk, SegmentSize: 1 << 20})
	if err != nil {
		o.t.Fatal(err)
	}
	// Snapshots are taken while the disk fails; whatever becomes of them, the state is the fold of all records.
	keep := engine.Snapshots{FS: o.disk, Dir: "snapshots"}
	e, err := engine.Open(engine.Config{Log: log, Clock: o.clock, Snapshots: &keep, Every: 50})
	if err != nil {
		o.t.Fatal(err)
	}
	return e
}

// breakDisk has a write or a sync fail soon; in every other round it is the power that goes.
func (o *outcomes) breakDisk(n int) (cut bool) {
	kind, err := diskfault.Sync, error(syscall.EIO)
	if cut = n%2 == 1; cut {
		err = diskfault.ErrPower
		if n%4 == 1 {
			kind = diskfault.Write
		}
	}
	left := 1 + o.rng.IntN(40)
	o.disk.SetFault(func(op diskfault.Op) error {
		if op.Kind != kind {
			return nil
		}
		if left--; left == 0 {
			return err
		}
		return nil
	})
	return cut
}

// trade gives orders until the venue takes no more.
func (o *outcomes) trade(e *engine.Engine, a Actor, s Stall, name string) {
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: a.Credential}
	for i := range 100 {
		id, err := instruction.ClientIDOf(fmt.Sprintf("%s-%d", name, i))
		if err != nil {
			o.t.Error(err)
			return
		}
		r, err := e.Do(&p, &instruction.PlaceOrder{Market: s.Market, Side: instruction.Side(1 + i%2), Type: instruction.Limit,
			TIF: instruction.GTC, Price: s.Last - s.Last%s.Terms.Tick, Qty: s.Clip, ClientID: id})
		x := told{err: err, seq: r.Seq, time: r.Time}
		if err == nil {
			x.events = eventsOf(o.t, &r)
		}
		o.mu.Lock()
		o.told[id] = x
		o.mu.Unlock()
		if errors.Is(err, engine.ErrStopped) || errors.Is(err, engine.ErrUnknown) {
			return
		}
	}
}

func eventsOf(t *testing.T, r *instruction.Record) string {
	var ev instruction.Events
	r.Events(&ev)
	text := fmt.Sprint(r.Verdict)
	for e := ev.Next(); e != nil; e = ev.Next() {
		text += fmt.Sprintf("; %T %+v", e, e)
	}
	if ev.Err() != nil {
		t.Error(ev.Err())
	}
	return text
}

// look reads the journal as a restart would, and holds it against what customers were told.
func (o *outcomes) look() {
	log, err := journal.Open("j", journal.Options{FS: o.disk, SegmentSize: 1 << 20})
	if err != nil {
		o.t.Fatal(err)
	}
	defer log.Close()
	o.records(log)
	if err := o.state.Check(); err != nil {
		o.t.Fatal(err)
	}
	for id, x := range o.told {
		seq, happened := o.happened[id]
		switch {
		case x.err == nil && seq != x.seq:
			o.t.Fatalf("%v was acknowledged as record %d and is %d", id, x.seq, seq)
		case x.err != nil && !errors.Is(x.err, engine.ErrUnknown) && happened:
			o.t.Fatalf("%v was told %q, and yet it is record %d", id, x.err, seq)
		}
	}
}

// records takes note of the records that the last round left.
func (o *outcomes) records(log journal.Log) {
	if log.Last() < o.read {
		o.t.Fatalf("the journal ends at %d, record %d was read before", log.Last(), o.read)
	}
	r, err := log.Reader(o.read + 1)
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Close()
	var rec instruction.Record
	for {
		seq, b, err := r.Next()
		if err == io.EOF {
			return
		}
		if err == nil {
			err = rec.Decode(seq, b)
		}
		if err != nil {
			o.t.Fatal(err)
		}
		o.read = seq
		if err := o.state.Fold(&rec, nil); err != nil {
			o.t.Fatal(err)
		}
		in, err := rec.Instruction()
		if err != nil {
			o.t.Fatal(err)
		}
		place, ok := in.(*instruction.PlaceOrder)
		if !ok {
			continue
		}
		if o.happened[place.ClientID] != 0 {
			o.t.Fatalf("%v happened twice", place.ClientID)
		}
		o.happened[place.ClientID] = seq
		if x := o.told[place.ClientID]; x.err == nil && (x.time != rec.Time || x.events != eventsOf(o.t, &rec)) {
			o.t.Fatalf("%v was told %+v; record %d says %v, %s", place.ClientID, x, seq, rec.Time, eventsOf(o.t, &rec))
		}
	}
}

var _ House = (*engine.Engine)(nil)
var _ House = (*Direct)(nil)
