package daemon

import (
	"context"
	"errors"
	"time"

	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
)

// openEngine opens the journal and recovers the state, from the newest snapshot that can be used.
func (d *Daemon) openEngine(context.Context) error {
	if err := makeDir(d.cfg.Dir); err != nil {
		return err
	}
	keep := Snapshots(d.cfg.Dir)
	last, err := newest(keep)
	if err != nil {
		return err
	}
	// What the newest snapshot covers is not verified again at every start: journal check reads all of it.
	log, err := journal.Open(JournalDir(d.cfg.Dir), journal.Options{From: last.Place.Seq + 1, SegmentSize: d.cfg.segment})
	if err != nil {
		return err
	}
	if cut := log.Recovered(); cut.Segment != "" {
		d.log.Warn("a write that a crash tore was cut off; nobody was told that it had happened", "segment", cut.Segment, "offset", cut.Offset, "bytes", cut.Bytes)
	}
	c := d.cfg.Clock
	if c == nil {
		c = clock.Wall()
	}
	began := time.Now()
	d.journal = log
	cfg := engine.Config{Log: log, Clock: c, Snapshots: &keep, Taken: d.snapshotTaken}
	if d.cfg.Self != "" {
		cfg.Maker = Apart(d.cfg.Self, d.cfg.Dir)
	}
	e, err := engine.Open(cfg)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	d.engine = e
	o := e.Origin()
	for _, p := range o.Passed {
		d.log.Error("a snapshot could not be used; the state was recovered without it, and is the same", "err", p.Err)
	}
	d.log.Info("recovered", "snapshot of record", o.From.Place.Seq, "records folded", o.Seq-o.From.Place.Seq, "last record", o.Seq, "took", time.Since(began))
	return nil
}

// newest is the newest snapshot whose header can be used; the zero Snapshot where there is none.
func newest(keep engine.Snapshots) (engine.Snapshot, error) {
	list, err := keep.List()
	for _, s := range list {
		if s.Err == nil {
			return s, nil
		}
	}
	return engine.Snapshot{}, err
}

// snapshotTaken tells of a snapshot, and lets go of what need not be kept any longer.
func (d *Daemon) snapshotTaken(t engine.Taken) {
	for _, p := range t.Passed {
		d.log.Error("a snapshot could not be used, and the next one was made without it", "err", p.Err)
	}
	if t.Err != nil {
		d.log.Error("no snapshot was taken; only the next start takes longer for it", "err", t.Err)
		return
	}
	s := t.Snapshot
	d.log.Info("snapshot taken", "record", s.Place.Seq, "bytes", s.Size, "took", t.Took)
	d.trim()
}
