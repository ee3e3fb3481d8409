package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/engine"
)

// Source gives the durable records, and the state as of them or later; *engine.Engine is one.
type Source interface {
	Subscribe(from uint64) *engine.Subscription
	Durable() uint64 // sequence of the last durable record
	First() uint64   // sequence of the first record that is still there
	Read(func(*core.State)) error
}

const (
	// batchNotices is how many notices are synced at once, by and large.
	batchNotices = 1000
	// cursorRecords and cursorAge are how far and how long the cursor may lie behind what is taken: nothing is lost by that
	// but time at the next start.
	cursorRecords = 100_000
	cursorAge     = 10 * time.Second
)

// Begin finds out where Follow goes on. An outbox that is new begins behind the last durable record. One of another journal is
// set aside. Where the journal no longer has what comes next, the operator gets a notice of that, and it goes on behind the gap.
func (o *Outbox) Begin(ctx context.Context, s Source) error {
	strange, err := o.strange(ctx, s)
	if err != nil {
		return err
	}
	if strange != "" {
		to, err := o.setAside()
		if err != nil {
			return fmt.Errorf("notice: setting the outbox aside: %w", err)
		}
		slog.Error("notices: the outbox is of another journal, and was set aside; a new one begins", "why", strange, "set aside", to)
		o.fresh = true
	}
	if o.fresh && o.last == (ID{}) {
		c := cursor{Record: s.Durable()}
		if c.Record >= s.First() && c.Record > 0 {
			if c.Hash, err = recordHash(ctx, s, c.Record); err != nil {
				return err
			}
		}
		if c.Record > 0 {
			slog.Info("notices: the outbox begins behind the last record; what happened before is told to nobody", "record", c.Record)
		}
		err = o.move(c)
	}
	o.fresh = false
	if from, _ := o.next(); err == nil && from < s.First() {
		err = o.missed(from, s.First()-1)
	}
	return err
}

// next is the record that comes next, and the notice of it that the outbox has already.
func (o *Outbox) next() (from uint64, have ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last.Seq > o.cursor.Record {
		return o.last.Seq, o.last
	}
	return o.cursor.Record + 1, ID{}
}

// missed says, once, that the records from and to and those between are gone.
func (o *Outbox) missed(from, to uint64) error {
	slog.Error("notices: the journal's start was gone before its notices were taken; what happened there is told to nobody", "from", from, "to", to)
	id := ID{Seq: to, Hash: noHash}
	if o.last != id {
		n := Notice{
			ID: id, Seq: to, Time: time.Now().UTC().Truncate(time.Microsecond), Type: Missed, To: Operator, Subject: "Notices were missed",
			Text: fmt.Sprintf("The journal no longer has the records %d to %d, of which no notices had been taken. What happened there is told to nobody: see the archive.", from, to),
			Data: map[string]any{"from": from, "to": to},
		}
		if err := o.append([]Notice{n}); err != nil {
			return err
		}
	}
	return o.move(cursor{Record: to})
}

// strange says why the outbox is not of the source's journal, or nothing.
func (o *Outbox) strange(ctx context.Context, s Source) (string, error) {
	for _, kept := range []struct {
		seq  uint64
		hash string
	}{{o.cursor.Record, o.cursor.Hash}, {o.last.Seq, o.last.Hash}} {
		if durable := s.Durable(); kept.seq > durable {
			return fmt.Sprintf("it has taken record %d, and the journal ends with %d", kept.seq, durable), nil
		}
		if kept.seq < s.First() || kept.hash == "" || kept.hash == noHash {
			continue
		}
		hash, err := recordHash(ctx, s, kept.seq)
		if err != nil {
			return "", err
		}
		if hash != kept.hash {
			return fmt.Sprintf("its record %d is not the journal's", kept.seq), nil
		}
	}
	return "", nil
}

func hashOf(record []byte) string {
	sum := sha256.Sum256(record)
	return hex.EncodeToString(sum[:4])
}

// recordHash is the hash of one durable record, as ids and the cursor have it.
func recordHash(ctx context.Context, s Source, seq uint64) (hash string, err error) {
	sub := s.Subscribe(seq)
	defer sub.Close()
	enough := errors.New("one record is enough")
	err = sub.Next(ctx, func(_ uint64, record []byte) error {
		hash = hashOf(record)
		return enough
	})
	if errors.Is(err, enough) {
		return hash, nil
	}
	return "", fmt.Errorf("notice: record %d: %w", seq, err)
}

// setAside moves the outbox into a directory of its own, and begins an empty one.
func (o *Outbox) setAside() (to string, err error) {
	if to, err = os.MkdirTemp(o.dir, "notices-of-another-journal-*"); err != nil {
		return to, err
	}
	if err := o.Close(); err != nil {
		return to, err
	}
	all, err := os.ReadDir(o.dir)
	if err != nil {
		return to, err
	}
	for _, f := range all {
		if name := f.Name(); f.Type().IsRegular() && strings.HasPrefix(name, "notices") {
			if err := os.Rename(o.path(name), filepath.Join(to, name)); err != nil {
				return to, err
			}
		}
	}
	o.cursor, o.sent = cursor{}, ID{}
	return to, o.open()
}

// Follow takes the notices of what is durable, from where it stopped before, and goes on with every record that becomes so. It
// returns nil when the engine was closed and everything is taken, else the context's error or what went wrong: then it may be
// called again, and goes on.
func (o *Outbox) Follow(ctx context.Context, s Source) error {
	f := o.follow(s)
	defer f.sub.Close()
	for {
		if err := f.step(ctx); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// follow is one call of Follow.
type follow struct {
	out    *Outbox
	source Source
	sub    *engine.Subscription
	have   ID // not to be written again
	teller teller
	batch  []Notice // of records up to taken, not written yet
	taken  uint64
	record []byte // the last that was taken
	saved  time.Time
}

func (o *Outbox) follow(s Source) *follow {
	from, have := o.next()
	return &follow{out: o, source: s, sub: s.Subscribe(from), have: have, taken: from - 1, saved: time.Now()}
}

// step takes what is at hand, and waits for it where there is nothing. Whatever ends it, what was taken is written, and the
// cursor moves where it is time to.
func (f *follow) step(ctx context.Context) error {
	until, stop := context.WithCancel(ctx)
	defer stop()
	if f.out.awaited(stop) && f.taken > f.out.Taken() {
		stop()
	}
	err := f.sub.Next(until, func(seq uint64, record []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return f.take(seq, record)
	})
	if until.Err() != nil && ctx.Err() == nil && errors.Is(err, context.Canceled) { // somebody waits for the cursor, and nothing came
		err = nil
	}
	if bad := f.flush(); bad != nil {
		return bad
	}
	if err != nil || f.out.awaited(stop) || f.taken-f.out.Taken() >= cursorRecords || time.Since(f.saved) >= cursorAge {
		if bad := f.save(); bad != nil {
			return bad
		}
	}
	return err
}

// take takes the notices of one record.
func (f *follow) take(seq uint64, record []byte) error {
	some, err := f.teller.look(seq, record)
	if err != nil {
		return err
	}
	if some {
		if err := f.source.Read(func(s *core.State) { f.teller.tell(s) }); err != nil {
			return fmt.Errorf("notice: %w", err)
		}
		for _, n := range f.teller.told {
			if n.ID.Seq != f.have.Seq || n.ID.N > f.have.N {
				f.batch = append(f.batch, n)
			}
		}
	}
	f.taken = seq
	f.record = append(f.record[:0], record...)
	if len(f.batch) >= batchNotices {
		return f.flush()
	}
	return nil
}

// flush writes what was taken. After an error it must not go on: the next Follow takes it again.
func (f *follow) flush() error {
	if len(f.batch) == 0 {
		return nil
	}
	err := f.out.append(f.batch)
	f.batch = f.batch[:0]
	return err
}

// save moves the cursor to what was taken and written.
func (f *follow) save() error {
	f.saved = time.Now()
	if len(f.record) == 0 || f.taken == f.out.Taken() {
		return nil
	}
	return f.out.move(cursor{f.taken, hashOf(f.record)})
}
