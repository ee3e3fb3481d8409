package daemon

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"portcullis/core/instruction"
	"portcullis/journal"
)

// Keep says how much of the journal stays. The zero Keep is all of it, which is what an auditor wants. What the snapshots and
// the archive still need stays in any case.
type Keep struct {
	Age   time.Duration // records younger than this stay; 0: no matter how old
	Bytes int64         // of segments, at most so many stay; 0: no matter how many
}

// ParseKeep reads "all", an age in days such as 90d, or a size such as 200GB.
func ParseKeep(text string) (Keep, error) {
	if text == "all" {
		return Keep{}, nil
	}
	for unit, factor := range map[string]int64{"MB": 1e6, "GB": 1e9, "TB": 1e12} {
		digits, ok := strings.CutSuffix(text, unit)
		if n, err := strconv.ParseInt(digits, 10, 64); ok && err == nil && n > 0 && n <= math.MaxInt64/factor {
			return Keep{Bytes: n * factor}, nil
		}
	}
	digits, ok := strings.CutSuffix(text, "d")
	if n, err := strconv.ParseInt(digits, 10, 32); ok && err == nil && n > 0 && n <= 36_500 {
		return Keep{Age: time.Duration(n) * 24 * time.Hour}, nil
	}
	return Keep{}, fmt.Errorf("%q is no amount of journal: write all, an age such as 90d, or a size such as 200GB", text)
}

// trim removes the oldest segments that need not be kept: a snapshot covers them, and the one before that too, the archive
// has taken them up, notices were made of them, and the operator has said that they may go.
func (d *Daemon) trim() {
	a := d.filled.Load()
	if d.cfg.Keep == (Keep{}) || a == nil || a.Wait(over, 0) != nil { // history does not know yet whether this is its journal
		return
	}
	applied := a.Applied()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if d.notices.Wait(ctx, applied) != nil { // what they have not taken stays
		applied = min(applied, d.notices.Taken())
	}
	seq, err := d.spare(applied)
	before := d.journal.First()
	if err == nil && seq > before {
		err = d.journal.RemoveBefore(seq)
	}
	if first := d.journal.First(); first > before {
		d.log.Info("the start of the journal was removed, as --keep-journal says", "from", before, "to", first-1)
	}
	if err != nil && !errors.Is(err, journal.ErrClosed) {
		d.log.Error("the start of the journal was not removed; it is tried again after the next snapshot", "err", err)
	}
}

// over is a context that has ended: who waits with it only asks.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// spare is the sequence before which nothing need be kept, where history and notices have taken up the records up to
// applied. They still need that one itself, to find out whether a journal is their own.
func (d *Daemon) spare(applied uint64) (uint64, error) {
	list, err := Snapshots(d.cfg.Dir).List()
	if err != nil {
		return 0, err
	}
	if len(list) < 2 { // a snapshot without another behind it is no ground to stand on
		return 0, nil
	}
	seq := applied
	for _, s := range list {
		if s.Err != nil {
			return 0, s.Err
		}
		seq = min(seq, s.Place.Seq+1)
	}
	segments := d.journal.Segments()
	old, err := d.old(segments)
	if err != nil {
		return 0, err
	}
	return min(seq, segments[old].First), nil
}

// old is how many of the oldest segments are more than what is to be kept.
func (d *Daemon) old(segments []journal.Segment) (n int, err error) {
	k, size := d.cfg.Keep, int64(0)
	for _, s := range segments {
		size += s.Bytes
	}
	for n+1 < len(segments) {
		young, err := d.young(segments[n+1].First, k.Age)
		if err != nil {
			return n, err
		}
		if (k.Age == 0 || young) && (k.Bytes == 0 || size <= k.Bytes) {
			break
		}
		size -= segments[n].Bytes
		n++
	}
	return n, nil
}

// young says whether a record, and so all after it, is younger than the age.
func (d *Daemon) young(seq uint64, age time.Duration) (bool, error) {
	if age == 0 || seq > d.journal.Last() {
		return true, nil
	}
	r, err := d.journal.Reader(seq)
	if err != nil {
		return false, err
	}
	defer r.Close()
	_, b, err := r.Next()
	var rec instruction.Record
	if err == nil {
		err = rec.Decode(seq, b)
	}
	return d.engine.Now()-rec.Time < instruction.Time(age.Microseconds()), err
}
