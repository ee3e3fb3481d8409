package backup

import (
	"encoding/hex"
	"fmt"
	"path/filepath"

	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/journal"
)

// verify holds what was taken out of a backup against its manifest and itself: the journal's frames and chain, the snapshot's
// place in it, and the state. Where the journal is whole, the snapshot's state is held against that of its records too.
func (b *reader) verify() error {
	m := &b.found.Manifest
	dir := filepath.Join(b.dir, journalDir)
	report, err := journal.Check(dir, journal.Options{}, nil)
	if err != nil {
		return damaged("its journal is not sound: %w", err)
	}
	if report.First != m.First || report.Last != m.Last || report.Head.String() != m.Head {
		return damaged("its journal has records %d to %d and ends with %s; the manifest says %d to %d and %s",
			report.First, report.Last, report.Head, m.First, m.Last, m.Head)
	}
	log, err := journal.Open(dir, journal.Options{FS: journal.ReadOnly{FS: journal.Disk}})
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer log.Close()
	keep := engine.Snapshots{FS: journal.Disk, Dir: filepath.Join(b.dir, snapshotDir)}
	r, err := keep.Recover(b.ctx, log, log.Last(), nil)
	if err != nil {
		return damaged("its state cannot be recovered: %w", err)
	}
	for _, p := range r.Passed {
		return damaged("its snapshot cannot be used: %w", p.Err)
	}
	if from := r.From; from.Place.Seq != m.Snapshot || from.Place.Seq > 0 && hex.EncodeToString(from.State[:]) != m.State {
		return damaged("its snapshot is of record %d with the state %x; the manifest says %d and %s", from.Place.Seq, from.State, m.Snapshot, m.State)
	}
	hash := r.State.Hash()
	b.found.State, b.found.Gifts = hex.EncodeToString(hash[:]), r.State.Gifts()
	return b.agree(log, r.From)
}

// agree folds the records that a snapshot stands for, where they are all there.
func (b *reader) agree(log journal.Log, s engine.Snapshot) error {
	if s.Place.Seq == 0 || log.First() > 1 || s.Layout != instruction.Version {
		return nil // an older program's snapshot has another hash than its records give today
	}
	state, err := engine.Recover(log, s.Place.Seq, nil)
	if err != nil {
		return damaged("its records cannot be folded: %w", err)
	}
	if hash := state.Hash(); hash != s.State {
		return damaged("its snapshot of record %d has the state %x, and the records give %x", s.Place.Seq, s.State, hash)
	}
	return nil
}
