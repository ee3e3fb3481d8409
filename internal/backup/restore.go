package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	"portcullis/journal"

	"filippo.io/age"
)

// Restored is what a backup was found to be.
type Restored struct {
	About    About
	Manifest Manifest
	State    string // hash of the state as of the last record, from the snapshot and the records after it
	Gifts    int    // gift codes that are known then: none of them can be claimed without gift.key, which is in no backup
}

// Restore makes a data directory of a backup. The directory must be new or empty; it is there only when everything in it was
// verified, and otherwise nothing is left behind.
func Restore(ctx context.Context, r io.Reader, ids []age.Identity, dir string) (Restored, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Restored{}, fmt.Errorf("backup: %w", err)
	}
	if err := vacant(dir); err != nil {
		return Restored{}, err
	}
	made, err := os.MkdirTemp(filepath.Dir(dir), ".restore-*") // mode 0700
	if err != nil {
		return Restored{}, fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(made) // nothing by then, where all went well
	b := reader{ctx: ctx, dir: made}
	if err := b.read(r, ids); err != nil {
		return b.found, err
	}
	if err := b.verify(); err != nil {
		return b.found, err
	}
	return b.found, settle(made, dir)
}

// vacant says whether a directory is new or empty.
func vacant(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("backup: %w", err)
	case len(list) > 0:
		return fmt.Errorf("%w: %s holds %s, and nothing in it was touched", ErrNotEmpty, dir, list[0].Name())
	}
	return nil
}

// settle gives the finished directory its name. One that is there must be empty, or the system refuses.
func settle(made, dir string) error {
	for _, d := range []string{filepath.Join(made, snapshotDir), filepath.Join(made, journalDir), made} {
		if err := journal.Disk.SyncDir(d); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("backup: %w", err)
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNotEmpty, err)
	}
	if err := os.Rename(made, dir); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := journal.Disk.SyncDir(filepath.Dir(dir)); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// reader takes a backup apart.
type reader struct {
	ctx   context.Context
	dir   string
	found Restored
	files []File
	over  bool // the manifest was read
}

// input notes what reading failed with, so that it is not taken for a failure of writing.
type input struct {
	stopping
	err error
}

func (i *input) Read(b []byte) (int, error) {
	n, err := i.stopping.Read(b)
	if err != nil && err != io.EOF {
		i.err = err
	}
	return n, err
}

func (b *reader) read(r io.Reader, ids []age.Identity) error {
	plain, err := age.Decrypt(r, ids...)
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other):
		return ErrIdentity
	case err != nil:
		return damaged("it is no backup, or its beginning is not whole: %w", err)
	}
	unpacked, err := gzip.NewReader(plain)
	if err != nil {
		return b.unread(err)
	}
	in := &input{stopping: stopping{b.ctx, unpacked}}
	t := tar.NewReader(in)
	for {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = b.entry(h, t)
		}
		switch {
		case in.err != nil:
			return b.unread(in.err)
		case errors.Is(err, tar.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF):
			return b.unread(err)
		case err != nil:
			return err
		}
	}
	// Only at the very end do gzip and age say that all of it is what was written.
	if _, err := io.Copy(io.Discard, in); err != nil {
		return b.unread(err)
	}
	if !b.over {
		return damaged("it ends before its manifest")
	}
	return nil
}

// unread is the error of a backup whose bytes do not come through.
func (b *reader) unread(err error) error {
	if b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	return damaged("it was cut off or changed: %w", err)
}

// entry reads one file of the backup.
func (b *reader) entry(h *tar.Header, r io.Reader) error {
	first := len(b.files) == 0
	switch {
	case b.over:
		return damaged("%q comes after the manifest", h.Name)
	case h.Typeflag != tar.TypeReg:
		return damaged("%q is no file", h.Name)
	case first != (h.Name == aboutName):
		return damaged("%q comes where another file must", h.Name)
	case slices.ContainsFunc(b.files, func(f File) bool { return f.Name == h.Name }):
		return damaged("%q comes twice", h.Name)
	case h.Name == manifestName:
		b.over = true
		if err := text(h, r, &b.found.Manifest, nil); err != nil {
			return err
		}
		if !slices.Equal(b.files, b.found.Manifest.Files) {
			return damaged("its files are not those of its manifest")
		}
		return nil
	}
	hash := sha256.New()
	var err error
	switch {
	case h.Name == aboutName:
		if err = text(h, r, &b.found.About, hash); err == nil {
			err = b.found.About.known()
		}
	case h.Name == decoyName:
		_, err = io.Copy(hash, r)
	case dataName.MatchString(h.Name):
		err = b.extract(h.Name, io.TeeReader(r, hash))
	default:
		err = damaged("%q does not belong into a backup", h.Name)
	}
	b.files = append(b.files, File{h.Name, h.Size, hex.EncodeToString(hash.Sum(nil))})
	return err
}

func (a *About) known() error {
	switch {
	case a.Version > version:
		return fmt.Errorf("%w: it has version %d, and this program knows up to %d", ErrNewer, a.Version, version)
	case a.Version < 1:
		return damaged("a backup of version %d", a.Version)
	}
	return nil
}

// text reads a file of JSON. What a later program says beyond what is known here does not matter.
func text(h *tar.Header, r io.Reader, into any, hash io.Writer) error {
	if h.Size > maxText {
		return damaged("%q has %d bytes", h.Name, h.Size)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if hash != nil {
		_, _ = hash.Write(b) // a hash takes everything
	}
	if err := json.Unmarshal(b, into); err != nil {
		return damaged("%q cannot be read: %w", h.Name, err)
	}
	return nil
}

// extract writes a file of the data directory. Its name was held against dataName.
func (b *reader) extract(name string, r io.Reader) error {
	to := filepath.Join(b.dir, filepath.FromSlash(name))
	if d := path.Dir(name); d != "." {
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- within the new directory
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("backup: writing %s: %w", name, err)
	}
	return nil
}
