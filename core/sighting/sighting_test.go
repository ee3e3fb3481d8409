package sighting

import (
	"net/netip"
	"testing"

	"portcullis/core/instruction"
)

const start = instruction.Time(1_772_323_200_000_000)

// TestMemory: what is remembered of one hour is bounded, whatever the rates are.
func TestMemory(t *testing.T) {
	r := recent{span: hour, limit: 1000}
	for i := range 2000 {
		u := use{instruction.Credential(i + 1), 1, true}
		if known, room := r.has(start, u); known || room != (i < 1000) {
			t.Fatalf("use %d: known %v, room %v", i, known, room)
		} else if room {
			r.add(u)
		}
	}
	if known, room := r.has(start+hour, use{1, 1, true}); known || !room {
		t.Error("the next hour knows what was before")
	}
}

// TestSaw: what a use tells, how often, and that what was not told is told again.
func TestSaw(t *testing.T) {
	m := New()
	p := instruction.Principal{Credential: 7, Addr: netip.MustParseAddr("192.0.2.7"), Client: 9}
	saw := func(now instruction.Time, dead, proven, full bool) (Sighting, Outcome) {
		return m.Saw(now, &p, dead, proven, full)
	}
	x, what := saw(start, false, true, false)
	if what != Told || x.By.Giver != instruction.ByVenue || x.By.Addr != p.Addr || x.By.Client != 9 || x.By.Sent != start || x.In != (instruction.Sight{Credential: 7, Proven: true}) {
		t.Errorf("the first read: %v, %+v", what, x)
	}
	if _, what := saw(start+hour-1, false, true, false); what != Known {
		t.Errorf("within the hour: %v", what)
	}
	m.Forget(&x)
	if _, what := saw(start+1, false, true, false); what != Told {
		t.Errorf("what was not told: %v", what)
	}
	if _, what := saw(start+1, true, false, true); what != Lost {
		t.Errorf("no room: %v", what)
	}
	p.Sent = start - 5
	if x, what := saw(start+1, true, false, false); what != Told || !x.Dead || x.By.Sent != start-5 {
		t.Errorf("an alarm: %v, %+v", what, x)
	}
	p.Credential = 0
	if _, what := saw(start+1, true, false, false); what != Known {
		t.Errorf("no key: %v", what)
	}
}

// TestOf is the table of what a signed request tells of its key.
func TestOf(t *testing.T) {
	const hmac, strong = instruction.HMAC, instruction.Ed25519
	for _, x := range []struct {
		why              instruction.Reason
		scheme           instruction.Scheme
		signed, asks     bool
		dead, proven, ok bool
	}{
		{instruction.WithinMandate, hmac, true, false, false, true, true},
		{instruction.WithinMandate, hmac, true, true, false, true, false}, // its own record tells
		{instruction.WithinMandate, strong, false, false, false, true, false},
		{instruction.NetworkNotListed, hmac, true, false, false, false, false},
		{instruction.DeletedCredential, hmac, false, true, true, false, true}, // nobody can say who signed
		{instruction.DeletedCredential, strong, true, true, true, true, true},
		{instruction.DeletedCredential, strong, false, true, true, false, false}, // it is not his
		{instruction.UnknownCredential, 0, false, false, true, false, true},
	} {
		if dead, proven, ok := Of(x.why, x.scheme, x.signed, x.asks); ok != x.ok || ok && (dead != x.dead || proven != x.proven) {
			t.Errorf("%v, scheme %d, signed %v, asks %v: dead %v, proven %v, told %v", x.why, x.scheme, x.signed, x.asks, dead, proven, ok)
		}
	}
	if !Dead(instruction.CanaryCredential) || !Dead(instruction.DeletedCredential) || Dead(instruction.UnknownCredential) {
		t.Error("which verdicts are on the dead")
	}
}
