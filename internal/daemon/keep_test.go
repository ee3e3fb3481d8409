package daemon

import (
	"strings"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/clock"
	"portcullis/operator"
)

func TestParseKeep(t *testing.T) {
	for text, want := range map[string]Keep{
		"all": {}, "1d": {Age: 24 * time.Hour}, "90d": {Age: 90 * 24 * time.Hour}, "5MB": {Bytes: 5e6}, "200GB": {Bytes: 200e9}, "1TB": {Bytes: 1e12},
	} {
		if k, err := ParseKeep(text); err != nil || k != want {
			t.Errorf("%q: %+v, %v", text, k, err)
		}
	}
	for _, text := range []string{"", "0d", "-1d", "d", "1.5d", "36501d", "GB", "0GB", "5gb", "5", "9999999999TB", "All", "12h"} {
		if k, err := ParseKeep(text); err == nil {
			t.Errorf("%q was taken as %+v", text, k)
		}
	}
}

// TestKeepJournal: the start of the journal goes only when it is told to, when two snapshots cover it and when history has
// taken it up; the venue then goes on, and starts again, as if nothing had happened.
func TestKeepJournal(t *testing.T) {
	cfg, logs := config(t)
	cfg.segment = 16 << 10
	hand := clock.NewHand(1_515_196_800_000_000)
	cfg.Clock = hand
	d := run(t, cfg)
	fill := func(n int) {
		t.Helper()
		for range n {
			call(t, d, operator.AccountCreate, operator.CreateAccount{})
		}
		if err := d.archive.Wait(t.Context(), d.engine.Durable()); err != nil {
			t.Fatal(err)
		}
	}
	first := func() uint64 { return d.journal.First() }
	fill(100)
	call(t, d, operator.SnapshotTake, operator.Nothing{})
	fill(100)
	one := call(t, d, operator.SnapshotTake, operator.Nothing{})
	stop(t, d)
	if first() != 1 {
		t.Fatalf("the journal begins with %d, and all of it was to be kept", first())
	}

	cfg.Keep = Keep{Bytes: 40_000}
	d = run(t, cfg)
	fill(100)
	two := call(t, d, operator.SnapshotTake, operator.Nothing{})
	if got := first(); got == 1 || got > one.Seq+1 {
		t.Errorf("the journal begins with %d; snapshots are of %d and %d", got, one.Seq, two.Seq)
	}
	stop(t, d)

	cfg.Keep = Keep{Age: 24 * time.Hour}
	d = run(t, cfg)
	before := first()
	fill(100)
	call(t, d, operator.SnapshotTake, operator.Nothing{})
	if first() != before {
		t.Errorf("records of this day were removed: the journal began with %d, and begins with %d", before, first())
	}
	for range 3 {
		hand.Add(instruction.Day)
		fill(100)
		call(t, d, operator.SnapshotTake, operator.Nothing{})
	}
	if first() <= before {
		t.Error("records of days ago are still there")
	}
	var want, got [32]byte
	var accounts instruction.Account
	d.engine.Read(func(s *core.State) { want, accounts = s.Hash(), s.Accounts() })
	stop(t, d)
	d = run(t, cfg)
	d.engine.Read(func(s *core.State) { got = s.Hash() })
	if o := d.engine.Origin(); o.From.Place.Seq == 0 || got != want || accounts != 701 {
		t.Errorf("opened from record %d with %d accounts; the same state: %v", o.From.Place.Seq, accounts, got == want)
	}
	if text := logs.String(); !strings.Contains(text, "the start of the journal was removed") || strings.Contains(text, "level=ERROR") {
		t.Errorf("the log says:\n%s", text)
	}
	if err := d.archive.Wait(t.Context(), d.engine.Durable()); err != nil { // history goes on too
		t.Error(err)
	}
}

// FuzzKeep: what is taken keeps something, and no more than can be counted.
func FuzzKeep(f *testing.F) {
	for _, s := range []string{"all", "90d", "200GB", "1TB", "0d", "-1d", "9223372036854775807TB", "GB", "36501d", "1.5GB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseKeep(text)
		if err == nil && text != "all" && (k.Age <= 0) == (k.Bytes <= 0) {
			t.Fatalf("%q keeps %+v", text, k)
		}
		if err != nil && k != (Keep{}) {
			t.Fatalf("%q is refused and keeps %+v", text, k)
		}
	})
}
