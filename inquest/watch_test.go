package inquest

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/inquest/cohort"
	"portcullis/inquest/evidence"
	"portcullis/internal/clock"
	"portcullis/journal"
)

const start = instruction.Time(1_665_705_600_000_000) // 2022-10-14

// venue is an engine with 400 keys of ten integrators, each of a customer of its own, made in the hundred days before.
type venue struct {
	t      *testing.T
	engine *engine.Engine
	clock  *clock.Hand
	watch  *Watch
}

func newVenue(t *testing.T) *venue {
	t.Helper()
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	v := &venue{t: t, clock: clock.NewHand(start)}
	if v.engine, err = engine.Open(engine.Config{Log: log, Clock: v.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.engine.Close() })
	v.watch = New(v.engine, slog.New(slog.DiscardHandler))
	for i := range 400 {
		v.operator(&instruction.OpenAccount{Ref: fmt.Sprint("c-", i)})
		v.operator(&instruction.CreateKey{Account: instruction.Account(2 + i), ID: instruction.KeyID{1, byte(i), byte(i >> 8)}, Scheme: instruction.Ed25519, Material: append([]byte{byte(i), byte(i >> 8)}, make([]byte, 30)...),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}, Integrator: fmt.Sprint("maker-", i%10), Created: start - 130*instruction.Day + instruction.Time(i)*instruction.Day/4})
	}
	return v
}

func (v *venue) do(p instruction.Principal, in instruction.Instruction) {
	v.t.Helper()
	r, err := v.engine.Do(&p, in)
	if err != nil {
		v.t.Fatal(err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		v.t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), why)
	}
}

func (v *venue) operator(in instruction.Instruction) {
	v.t.Helper()
	v.do(instruction.Principal{Giver: instruction.ByOperator}, in)
}

// stolen has a deleted key of an integrator be used, proven, by a thief.
func (v *venue) stolen(key int) {
	v.t.Helper()
	v.operator(&instruction.RevokeKey{Credential: instruction.Credential(key)})
	v.clock.Set(v.clock.Now() + instruction.Second)
	v.do(instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr("203.0.113.9")}, &instruction.Sight{Credential: instruction.Credential(key), Proven: true})
}

func (v *venue) look() (drops int) {
	v.t.Helper()
	if err := v.watch.Look(); err != nil {
		v.t.Fatal(err)
	}
	if err := v.engine.Read(func(st *core.State) { drops = len(st.Drops()) }); err != nil {
		v.t.Fatal(err)
	}
	return drops
}

// TestWatch: nothing is shut without a margin, nor before five customers were robbed; then the source is, once, for the keys
// of it and nobody else's; and what people raised stays raised.
func TestWatch(t *testing.T) {
	v := newVenue(t)
	for i := range 8 { // maker-3's keys are 4, 14, 24, …
		v.stolen(4 + 50*i)
	}
	if n := v.look(); n != 0 {
		t.Fatal("shut without a margin")
	}
	v.operator(&instruction.SetCohorts{Margin: 691})
	if n := v.look(); n == 0 {
		t.Fatal("not shut")
	}
	drops := 0
	shut := func(integrator string) (n int) {
		t.Helper()
		if err := v.engine.Read(func(st *core.State) {
			drops = len(st.Drops())
			for c := instruction.Credential(1); c <= st.Keys(); c++ {
				p := instruction.Principal{Giver: instruction.ByCredential, Credential: c}
				if st.Key(c).Integrator() == integrator && st.Dropped(&p, instruction.DropTrading, 0).Decision == instruction.Deny {
					n++
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if mine, others := shut("maker-3"), shut("maker-4"); mine != 40 || others != 0 {
		t.Errorf("%d of 40 keys are shut, and %d of another's", mine, others)
	}
	was := drops
	v.stolen(14)
	if n := v.look(); n != was {
		t.Errorf("shut twice: %d drops", n)
	}
	for id := range was {
		v.operator(&instruction.Raise{Drop: instruction.DropID(id + 1), Share: 100})
	}
	v.stolen(24)
	if n := v.look(); n != 0 {
		t.Errorf("%d drops after people raised them", n)
	}
}

// TestTooFew: four customers are not enough, whatever the margin; and keys that are no victims name nobody.
func TestTooFew(t *testing.T) {
	v := newVenue(t)
	v.operator(&instruction.SetCohorts{Margin: 300})
	for i := range 4 {
		v.stolen(4 + 50*i)
		if n := v.look(); n != 0 { // whatever the margin
			t.Errorf("shut after %d", i+1)
		}
	}
	f, err := evidence.Of(v.engine.Read, 1)
	if err != nil || len(f.Victims) != 4 || len(f.Keys) != 400 || f.Margin != 300 || len(f.Incidents) != 1 {
		t.Fatalf("%v: %+v", err, f.Victims)
	}
	for _, w := range f.Victims {
		if k := f.Keys[w.Key]; w.Kind == cohort.Claimed || k.Links[0].Integrator != "maker-3" || k.Deleted == 0 || w.At < k.Deleted {
			t.Errorf("%+v: %+v", w, k)
		}
	}
	if f, err := evidence.Of(v.engine.Read, 7); err != nil || len(f.Victims) != 0 {
		t.Errorf("an incident that is none: %v, %+v", err, f.Victims)
	}
}

// TestRun: at each beat it looks, until it is to end.
func TestRun(t *testing.T) {
	v := newVenue(t)
	v.operator(&instruction.SetCohorts{Margin: 300})
	for i := range 8 {
		v.stolen(4 + 50*i)
	}
	ctx, cancel := context.WithCancel(context.Background())
	beat, ended := make(chan time.Time), make(chan struct{})
	go func() {
		v.watch.Run(ctx, beat)
		close(ended)
	}()
	beat <- time.Unix(1, 0)
	beat <- time.Unix(2, 0) // it is taken once the first look is over
	cancel()
	<-ended
	drops := 0
	_ = v.engine.Read(func(st *core.State) { drops = len(st.Drops()) })
	if drops == 0 {
		t.Error("nothing was shut")
	}
}
