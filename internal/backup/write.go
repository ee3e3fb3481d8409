package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"portcullis/archive"
	"portcullis/engine"
	"portcullis/internal/secret"
	"portcullis/journal"

	"filippo.io/age"
)

// Source is what a backup is made of.
type Source struct {
	Dir   string // the data directory; a venue may be running in it
	About About  // but for its version
	Decoy Decoy
	// Progress, where it is not nil, is told how many bytes of the journal of how many are verified.
	Progress func(done, total int64)
}

// Decoy is the canary, as the list of keys has it.
type Decoy struct {
	APIKey, Secret secret.Bytes
	Account        uint32
	Created        string
}

// Write writes a backup, encrypted to the recipients. The journal is verified first: a damaged one is refused, for a copy of
// it would be found to be damaged only when it is needed.
func Write(ctx context.Context, w io.Writer, to []age.Recipient, s Source) (Manifest, error) {
	sealed, err := age.Encrypt(w, to...)
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	packed, err := gzip.NewWriterLevel(sealed, gzip.BestSpeed)
	if err != nil {
		return Manifest{}, err
	}
	b := &writer{ctx: ctx, source: s, tar: tar.NewWriter(packed)}
	if err := b.all(); err != nil {
		return b.manifest, err
	}
	// Only what is closed in this order is whole: without age's last piece a file counts as cut off.
	return b.manifest, errors.Join(b.tar.Close(), packed.Close(), sealed.Close())
}

type writer struct {
	ctx      context.Context
	source   Source
	tar      *tar.Writer
	manifest Manifest
}

func (b *writer) all() error {
	about := b.source.About
	about.Version = version
	if err := b.json(aboutName, about); err != nil {
		return err
	}
	list, err := b.source.Decoy.list()
	if err == nil {
		err = b.add(decoyName, int64(len(list)), bytes.NewReader(list))
	}
	for _, part := range []func() error{b.snapshot, b.history, b.journal} {
		if err == nil {
			err = part()
		}
	}
	if err != nil {
		return err
	}
	m := b.manifest
	err = b.json(manifestName, m)
	b.manifest = m // it does not list itself
	return err
}

// list is the decoy as one exports keys. It says more of its rights than is true: that is what it is there for.
func (d Decoy) list() ([]byte, error) {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	for _, row := range [][]string{
		{"account", "api_key", "secret", "scheme", "rights", "created"},
		{fmt.Sprint(d.Account), string(d.APIKey.Reveal()), string(d.Secret.Reveal()), "HMAC", "READ,TRADE", d.Created},
	} {
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return text.Bytes(), w.Error()
}

// snapshot adds the newest snapshot.
func (b *writer) snapshot() error {
	keep := engine.Snapshots{FS: journal.Disk, Dir: filepath.Join(b.source.Dir, snapshotDir)}
	list, err := keep.List()
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Err != nil {
			continue
		}
		b.manifest.Snapshot, b.manifest.State = s.Place.Seq, hex.EncodeToString(s.State[:])
		return b.file(snapshotDir+"/"+s.Name, filepath.Join(keep.Dir, s.Name))
	}
	return nil
}

// history adds the archive where the journal cannot tell it anew. It comes before the journal, so that it is not ahead of it.
func (b *writer) history() error {
	if _, err := os.Stat(filepath.Join(b.source.Dir, journalDir, fmt.Sprintf("%020d.seg", 1))); err == nil {
		return nil
	}
	dir, err := os.MkdirTemp(b.source.Dir, ".backup-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, archiveName)
	if _, err := archive.Copy(b.ctx, filepath.Join(b.source.Dir, archiveName), copied); err != nil {
		return err
	}
	return b.file(archiveName, copied)
}

// journal adds all segments, up to where the journal ended when it was verified.
func (b *writer) journal() error {
	dir := filepath.Join(b.source.Dir, journalDir)
	report, err := journal.Check(dir, journal.Options{}, b.source.Progress)
	if err != nil {
		return fmt.Errorf("backup: the journal is not sound, and no backup was made of it: %w", err)
	}
	if report.Last < b.manifest.Snapshot {
		return fmt.Errorf("backup: the journal ends with record %d, before the snapshot of record %d", report.Last, b.manifest.Snapshot)
	}
	b.manifest.First, b.manifest.Last, b.manifest.Head = report.First, report.Last, report.Head.String()
	for _, s := range report.Segments {
		if err := b.segment(dir, s); err != nil {
			return err
		}
	}
	return nil
}

func (b *writer) segment(dir string, s journal.SegmentReport) error {
	f, err := os.Open(filepath.Join(dir, s.Name)) // #nosec G304 -- a segment of the data directory
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: the segment %s was removed meanwhile, as --keep-journal says: make the backup again", s.Name)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	whole := io.MultiReader(io.LimitReader(f, s.Used), io.LimitReader(zeros{}, s.Size-s.Used))
	return b.add(journalDir+"/"+s.Name, s.Size, whole)
}

// zeros reads as zeros without an end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// file adds a file as it is.
func (b *writer) file(name, path string) error {
	f, err := os.Open(path) // #nosec G304 -- a file of the data directory
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return b.add(name, info.Size(), f)
}

func (b *writer) json(name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.add(name, int64(len(text)), bytes.NewReader(text))
}

// add adds one file, and notes it for the manifest.
func (b *writer) add(name string, size int64, r io.Reader) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if err := b.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(b.tar, hash), stopping{b.ctx, r})
	if err == nil && n != size {
		err = fmt.Errorf("%s has %d bytes where %d were expected", name, n, size)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	b.manifest.Files = append(b.manifest.Files, File{name, size, hex.EncodeToString(hash.Sum(nil))})
	return nil
}

// stopping reads until a context ends.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}
