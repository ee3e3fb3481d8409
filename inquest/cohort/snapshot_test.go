//go:build !race

package cohort

import (
	"testing"
	"time"

	"portcullis/core/instruction"
)

func on(t *testing.T, text string) instruction.Time {
	t.Helper()
	x, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return instruction.TimeOf(x)
}

// dated are keys by creation and deletion, all of them used on a day.
func dated(t *testing.T, used string, dates ...[2]string) (*Keys, []Victim) {
	t.Helper()
	var list []Key
	var victims []Victim
	for i, d := range dates {
		k := Key{Created: on(t, d[0])}
		if d[1] != "" {
			k.Deleted = on(t, d[1])
		}
		v := Victim{Key: i, Kind: Abused}
		if used != "" {
			v.At = on(t, used)
		}
		list, victims = append(list, k), append(victims, v)
	}
	return Of(list), victims
}

// TestSnapshotRefuted: the dates of January 2018. One copy of the living keys cannot explain them, and two can.
func TestSnapshotRefuted(t *testing.T) {
	k, v := dated(t, "2018-01-06", [2]string{"2014-08-07", ""}, [2]string{"2015-01-01", "2015-10-22"}, [2]string{"2015-02-01", "2016-12-01"}, [2]string{"2016-06-11", ""})
	r := k.Snapshot(v)
	if r.Possible || r.From != on(t, "2016-06-11") || r.To != on(t, "2015-10-22") || r.Newest != 3 || r.Earliest != 1 || r.ByUse || r.Deleted != 2 {
		t.Errorf("%+v", r)
	}
	if len(r.Copies) != 2 || r.Copies[0].Keys != 3 || r.Copies[0].To != on(t, "2015-10-22") || r.Copies[1].From != on(t, "2016-06-11") || r.Explained != 3 {
		t.Errorf("%+v, %d by one", r.Copies, r.Explained)
	}
}

// TestSnapshotPossible: dates that one copy explains bound its time, and so does the first use.
func TestSnapshotPossible(t *testing.T) {
	k, v := dated(t, "", [2]string{"2014-08-07", ""}, [2]string{"2015-01-01", "2016-07-01"}, [2]string{"2016-06-11", ""})
	if r := k.Snapshot(v); !r.Possible || r.From != on(t, "2016-06-11") || r.To != on(t, "2016-07-01") || r.ByUse || len(r.Copies) != 1 || r.Explained != 3 {
		t.Errorf("%+v", r)
	}
	v[0].At = on(t, "2016-06-20")
	if r := k.Snapshot(v); !r.Possible || r.To != on(t, "2016-06-20") || !r.ByUse || r.Earliest != 0 || r.OldestDeleted != on(t, "2016-07-01") {
		t.Errorf("%+v", r)
	}
	v[0].At = on(t, "2016-06-01") // before another of them was made
	if r := k.Snapshot(v); r.Possible || !r.ByUse || len(r.Copies) != 2 {
		t.Errorf("%+v", r)
	}
	k, v = dated(t, "", [2]string{"2016-06-11", "2016-06-11"}) // it never lived
	if r := k.Snapshot(v); r.Possible {
		t.Errorf("%+v", r)
	}
	k, v = dated(t, "2018-01-06", [2]string{"2014-08-07", ""})
	if r := k.Snapshot(v); !r.Possible || r.To != on(t, "2018-01-06") {
		t.Errorf("%+v", r)
	}
	if r := k.Snapshot(nil); r.Possible || r.Keys != 0 || r.Newest != -1 || len(r.Copies) != 0 {
		t.Errorf("nobody: %+v", r)
	}
}

// TestCopyFamily: a leaked copy that has many keys since deleted is named as a copy, with its time.
func TestCopyFamily(t *testing.T) {
	at, right := firstDay+instruction.Year/2, 0
	for seed := range uint64(20) {
		w := populate(seed, 10_000, 40, 0)
		for i := range w.list { // keys of which most do not live for long
			if k := &w.list[i]; w.rng.IntN(10) < 8 {
				k.Deleted = k.Created + instruction.Time(w.rng.Int64N(int64(100*instruction.Day))) + 1
			}
		}
		w.keys = Of(w.list)
		l := w.leak(Hypothesis{Family: AliveAt, AliveAt: at})
		r := w.keys.Report(w.victims(&l, 20, 10))
		if c := r.Ranked[0]; c.Family == AliveAt && c.AliveAt <= at+20*instruction.Day && c.AliveAt > at-60*instruction.Day {
			right++
		}
	}
	if t.Logf("a copy: first in %d of 20 runs (seeds 0 to 19)", right); right < 15 {
		t.Error("too few")
	}
}
