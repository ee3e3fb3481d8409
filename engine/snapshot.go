package engine

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/journal"
)

// Form of a snapshot's file, little-endian: a header of 512 bytes, then the state's persisted form.
//
//	magic "PCSNAPSH"  0..8      size of the state     24..32
//	version           8..12     hash of the journal   32..64
//	layout of state   12..16    SHA-256 of the state  64..96
//	sequence          16..24    CRC32C of 0..96       96..100, then zeros
const (
	snapshotMagic   = "PCSNAPSH"
	snapshotVersion = 1
	snapshotHeader  = 512
	snapshotSuffix  = ".snap"
	snapshotDigits  = 20
	snapshotInMake  = "snapshot-in-make.new"
	// snapshotsKept is how many stay: where the newest is damaged the one before it serves.
	snapshotsKept = 2
	// snapshotPiece is how many bytes are read or written at once. Between two pieces others get the processor.
	snapshotPiece = 64 << 10
	// snapshotSync is how many bytes are synced at once: more would hold up the journal's own syncs.
	snapshotSync = 1 << 20
)

var (
	// ErrNewer: a file was written by a newer version of the program.
	ErrNewer = errors.New("engine: written by a newer version of the program")
	// ErrSnapshot: a snapshot is damaged.
	ErrSnapshot = errors.New("engine: the snapshot is damaged")
	// ErrUnread: the disk did not give a snapshot's bytes. They may be well.
	ErrUnread = errors.New("engine: the snapshot cannot be read")
)

// Snapshots are the files of one directory, each with the state as of one record. They only save time: the same state comes
// from folding the journal, and a snapshot that is lost or damaged costs nothing else as long as the journal is whole. One
// goroutine at a time may Save.
type Snapshots struct {
	FS  journal.FS
	Dir string
}

// Snapshot is what the header of a snapshot's file says.
type Snapshot struct {
	Name   string        // of the file
	Place  journal.Place // of the last record that is in it
	Layout uint8         // version of the state's persisted form
	Size   int64         // bytes of the state
	State  [32]byte      // SHA-256 of the state; see core.State.Hash
	Err    error         // why the header cannot be used; then only the name and the sequence are known
}

func snapshotName(seq uint64) string {
	return fmt.Sprintf("%0*d%s", snapshotDigits, seq, snapshotSuffix)
}

func (k Snapshots) path(name string) string { return filepath.Join(k.Dir, name) }

// List gives all snapshots, the newest first. Files that are none are left out.
func (k Snapshots) List() ([]Snapshot, error) {
	names, err := k.FS.ReadDir(k.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("engine: snapshots: %w", err)
	}
	var list []Snapshot
	for _, name := range names {
		var seq uint64
		if digits, ok := strings.CutSuffix(name, snapshotSuffix); !ok || len(digits) != snapshotDigits {
			continue
		} else if _, err := fmt.Sscanf(digits, "%d", &seq); err != nil {
			continue
		}
		s, err := k.header(name)
		if err == nil && s.Place.Seq != seq {
			err = fmt.Errorf("%w: it is of record %d, and its name says otherwise", ErrSnapshot, s.Place.Seq)
		}
		s.Name, s.Place.Seq = name, seq
		if err != nil {
			s.Err = fmt.Errorf("snapshot %s: %w", k.path(name), err)
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Snapshot) int { return cmp.Compare(b.Place.Seq, a.Place.Seq) })
	return list, nil
}

func (k Snapshots) header(name string) (Snapshot, error) {
	f, err := k.FS.Open(k.path(name))
	if err != nil {
		return Snapshot{}, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	defer f.Close()
	b := make([]byte, snapshotHeader)
	if err := readAll(f, b, 0); err != nil {
		return Snapshot{}, err
	}
	return decodeSnapshot(b)
}

func (s *Snapshot) encode() []byte {
	b := make([]byte, snapshotHeader)
	le := binary.LittleEndian
	copy(b, snapshotMagic)
	le.PutUint32(b[8:], snapshotVersion)
	le.PutUint32(b[12:], uint32(s.Layout))
	le.PutUint64(b[16:], s.Place.Seq)
	le.PutUint64(b[24:], uint64(s.Size)) // #nosec G115 -- a size is never negative
	copy(b[32:], s.Place.Hash[:])
	copy(b[64:], s.State[:])
	le.PutUint32(b[96:], crc32.Checksum(b[:96], castagnoli))
	return b
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func decodeSnapshot(b []byte) (Snapshot, error) {
	le := binary.LittleEndian
	if string(b[:8]) != snapshotMagic || le.Uint32(b[96:]) != crc32.Checksum(b[:96], castagnoli) ||
		len(bytes.TrimLeft(b[100:], "\x00")) > 0 {
		return Snapshot{}, fmt.Errorf("%w: its header is not one", ErrSnapshot)
	}
	version, layout := le.Uint32(b[8:]), le.Uint32(b[12:])
	if version > snapshotVersion || layout > uint32(instruction.Version) {
		return Snapshot{}, fmt.Errorf("%w: format %d with state layout %d; this one knows up to %d and %d. Use the program that wrote it",
			ErrNewer, version, layout, snapshotVersion, instruction.Version)
	}
	// #nosec G115 -- a size below zero is refused below
	s := Snapshot{Layout: uint8(layout), Size: int64(le.Uint64(b[24:])),
		Place: journal.Place{Seq: le.Uint64(b[16:]), Hash: journal.Hash(b[32:64])}, State: [32]byte(b[64:96])}
	if s.Size < 0 || layout == 0 || version == 0 {
		return Snapshot{}, fmt.Errorf("%w: its header's values are impossible", ErrSnapshot)
	}
	return s, nil
}

// Save writes the state as of a place of the journal. When it returns, the file is whole and durable, or not there. All but
// the newest two snapshots are then removed.
func (k Snapshots) Save(ctx context.Context, state *core.State, at journal.Place) (Snapshot, error) {
	s := Snapshot{Name: snapshotName(at.Seq), Place: at, Layout: instruction.Version}
	err := k.FS.MkdirAll(k.Dir)
	if err == nil {
		err = k.write(ctx, state, &s)
	}
	if err == nil {
		err = k.FS.Rename(k.path(snapshotInMake), k.path(s.Name))
	}
	if err == nil {
		err = errors.Join(k.FS.SyncDir(k.Dir), k.FS.SyncDir(filepath.Dir(k.Dir)))
	}
	if err == nil {
		err = k.prune()
	}
	if err != nil {
		return s, fmt.Errorf("engine: writing the snapshot of record %d: %w", at.Seq, err)
	}
	return s, nil
}

// write makes the file under a name that is no snapshot's. Its header comes last.
func (k Snapshots) write(ctx context.Context, state *core.State, s *Snapshot) (err error) {
	f, err := k.FS.Create(k.path(snapshotInMake))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	hash, fresh := sha256.New(), 0
	take := func(b []byte) error {
		_, err := f.WriteAt(b, snapshotHeader+s.Size)
		hash.Write(b)
		s.Size += int64(len(b))
		if fresh += len(b); fresh >= snapshotSync && err == nil {
			fresh, err = 0, f.Datasync()
		}
		runtime.Gosched()
		return errors.Join(err, ctx.Err())
	}
	c := instruction.FlowWriter(take)
	state.Fields(&c)
	if err := c.Err(); err != nil {
		return err
	}
	if err := take(c.Bytes()); err != nil {
		return err
	}
	hash.Sum(s.State[:0])
	if _, err := f.WriteAt(s.encode(), 0); err != nil {
		return err
	}
	return f.Datasync()
}

// prune removes all but the newest snapshots. One with a damaged header does not count; SetAside takes those out whose
// damage showed later.
func (k Snapshots) prune() error {
	list, err := k.List()
	if err != nil {
		return err
	}
	kept := 0
	for _, s := range list {
		if kept < snapshotsKept {
			if s.Err == nil {
				kept++
			}
			continue
		}
		if err := k.FS.Remove(k.path(s.Name)); err != nil {
			return err
		}
	}
	return nil
}

// SetAside renames a damaged snapshot, so that it is not tried again and stays to be looked at.
func (k Snapshots) SetAside(s Snapshot) error {
	err := k.FS.Rename(k.path(s.Name), k.path(s.Name+".damaged"))
	if err == nil {
		err = k.FS.SyncDir(k.Dir)
	}
	return err
}

// Load reads the state of a snapshot and verifies every byte of it. A wrong one is ErrSnapshot.
func (k Snapshots) Load(ctx context.Context, s Snapshot) (*core.State, error) {
	f, err := k.FS.Open(k.path(s.Name))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	defer f.Close()
	hash, at := sha256.New(), int64(0)
	var w window
	more := func(unread []byte) ([]byte, error) {
		runtime.Gosched()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return w.more(unread, min(snapshotPiece, s.Size-at), func(b []byte) (int, error) {
			if err := readAll(f, b, snapshotHeader+at); err != nil {
				return 0, err
			}
			hash.Write(b)
			at += int64(len(b))
			return len(b), nil
		})
	}
	c := instruction.FlowReader(more, s.Size, s.Layout)
	state := core.New()
	state.Fields(&c)
	switch err := c.End(); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, ErrUnread):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	case at != s.Size || [32]byte(hash.Sum(nil)) != s.State:
		return nil, fmt.Errorf("%w: its content has another hash than its header says", ErrSnapshot)
	}
	return state, nil
}

// readAll reads as many bytes as b has.
func readAll(f journal.File, b []byte, at int64) error {
	n, err := f.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == io.EOF:
		return fmt.Errorf("%w: it ends at byte %d", ErrSnapshot, at+int64(n))
	}
	return fmt.Errorf("%w: at byte %d: %w", ErrUnread, at, err)
}

// window is what a reader has ahead: what is still unread moves to the front, and more comes behind it.
type window struct{ buf []byte }

func (w *window) more(unread []byte, n int64, read func([]byte) (int, error)) ([]byte, error) {
	w.buf = slices.Grow(append(w.buf[:0], unread...), int(n))
	got, err := read(w.buf[len(unread) : len(unread)+int(n)])
	w.buf = w.buf[:len(unread)+got]
	return w.buf, err
}
