package diskfault_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

const sector = diskfault.Sector

func create(t *testing.T, d *diskfault.Disk, name string) journal.File {
	t.Helper()
	f, err := d.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, f journal.File, b []byte, off int64) {
	t.Helper()
	if n, err := f.WriteAt(b, off); n != len(b) || err != nil {
		t.Fatalf("wrote %d, %v", n, err)
	}
}

func fill(c byte, sectors int) []byte { return bytes.Repeat([]byte{c}, sectors*sector) }

// TestPowerLossTearsBySector: what was synced stays; of what was not, over many seeds, every subset of sectors appears
// and nothing within a sector is mixed.
func TestPowerLossTearsBySector(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(200) {
		d := diskfault.New(seed)
		f := create(t, d, "d/f")
		write(t, f, fill('o', 4), 0)
		must(t, f.Datasync(), d.SyncDir("d"))
		write(t, f, fill('n', 3), 0)
		d.PowerLoss()
		b := d.Bytes("d/f")
		if len(b) != 4*sector {
			t.Fatalf("seed %d: %d bytes", seed, len(b))
		}
		pattern := ""
		for i := range 4 {
			s := b[i*sector : (i+1)*sector]
			if !bytes.Equal(s, fill(s[0], 1)) {
				t.Fatalf("seed %d: sector %d is mixed", seed, i)
			}
			pattern += string(s[0])
		}
		if pattern[3] != 'o' {
			t.Fatalf("seed %d: a sector that was not written changed", seed)
		}
		seen[pattern] = true
		d.Kill()
		if !bytes.Equal(b, d.Bytes("d/f")) {
			t.Fatal("the outcome changed afterwards")
		}
		if _, err := f.ReadAt(make([]byte, 1), 0); !errors.Is(err, diskfault.ErrPower) {
			t.Fatalf("an old handle reads: %v", err)
		}
	}
	if len(seen) != 8 {
		t.Fatalf("%d of 8 outcomes appeared: %v", len(seen), seen)
	}
}

// TestSameSeedSameHistory: the outcome depends on nothing but the seed and the calls.
func TestSameSeedSameHistory(t *testing.T) {
	run := func() []byte {
		d := diskfault.New(42)
		f := create(t, d, "d/f")
		must(t, d.SyncDir("d"))
		for i := range 50 {
			write(t, f, fill(byte(i), 2), int64(i)*sector)
		}
		d.PowerLoss()
		return d.Bytes("d/f")
	}
	if first := run(); !bytes.Equal(first, run()) {
		t.Fatal("two runs differ")
	}
}

// TestNamesNeedSyncDir: each change of a name is kept or not, and all of them after a sync of the directory.
func TestNamesNeedSyncDir(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(100) {
		d := diskfault.New(seed)
		must(t, create(t, d, "d/a").Datasync(), d.SyncDir("d"))
		create(t, d, "d/b")
		must(t, d.Rename("d/b", "d/c"), d.Remove("d/a"))
		d.PowerLoss()
		names, err := d.ReadDir("d")
		must(t, err)
		seen[fmt.Sprint(names)] = true
	}
	for _, want := range []string{"[]", "[a]", "[b]", "[c]", "[a b]", "[a c]"} {
		if !seen[want] || len(seen) != 6 {
			t.Fatalf("outcomes %v, want %s and five others", seen, want)
		}
	}
}

// TestFailedSyncLosesSilently: after a failed sync a new one says yes and writes nothing; only writing again helps.
func TestFailedSyncLosesSilently(t *testing.T) {
	for _, again := range []bool{false, true} {
		lost := 0
		for seed := range uint64(50) {
			d := diskfault.New(seed)
			f := create(t, d, "d/f")
			write(t, f, fill('o', 1), 0)
			must(t, f.Datasync(), d.SyncDir("d"))
			write(t, f, fill('n', 1), 0)
			d.SetFault(func(diskfault.Op) error { return syscall.EIO })
			if err := f.Datasync(); !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
			d.SetFault(nil)
			if again {
				write(t, f, fill('n', 1), 0)
			}
			must(t, f.Datasync())
			if d.Bytes("d/f")[0] != 'n' {
				t.Fatal("what was written must stay visible")
			}
			d.PowerLoss()
			if d.Bytes("d/f")[0] == 'o' {
				lost++
			}
		}
		if again != (lost == 0) {
			t.Fatalf("written again: %v; lost in %d of 50", again, lost)
		}
	}
}

// TestFailedWrite leaves some first sectors; a failed create, rename or removal leaves nothing.
func TestFailedWrite(t *testing.T) {
	lengths := map[int]bool{}
	for seed := range uint64(100) {
		d := diskfault.New(seed)
		f := create(t, d, "d/f")
		d.SetFault(func(diskfault.Op) error { return syscall.EIO })
		n, err := f.WriteAt(fill('n', 3), 0)
		if !errors.Is(err, syscall.EIO) || len(d.Bytes("d/f")) != n {
			t.Fatalf("%d, %v, file of %d", n, err, len(d.Bytes("d/f")))
		}
		lengths[n/sector] = true
		_, err = d.Create("d/g")
		for _, err := range []error{err, d.Rename("d/f", "d/h"), d.Remove("d/f"), d.SyncDir("d")} {
			if !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
		}
		if names, _ := d.ReadDir("d"); len(names) != 1 || names[0] != "f" {
			t.Fatalf("names %v", names)
		}
	}
	if len(lengths) != 4 {
		t.Fatalf("lengths %v, want 0 to 3 sectors", lengths)
	}
}

func TestSpace(t *testing.T) {
	d := diskfault.New(1)
	d.SetSpace(3 * sector)
	f := create(t, d, "d/f")
	write(t, f, fill('a', 2), 0)
	n, err := f.WriteAt(fill('b', 2), 2*sector)
	if n != sector || !errors.Is(err, syscall.ENOSPC) || d.Used() != 3*sector {
		t.Fatalf("wrote %d, %v, %d in use", n, err, d.Used())
	}
	write(t, f, fill('c', 3), 0) // what is there can be written again
	must(t, d.Remove("d/f"))
	write(t, create(t, d, "d/g"), fill('d', 3), 0)
}

// TestPowerOff: a fault cuts the power; then nothing works until it is back.
func TestPowerOff(t *testing.T) {
	d := diskfault.New(1)
	f := create(t, d, "d/f")
	lock, err := d.Lock("d/lock")
	must(t, err)
	d.SetFault(func(o diskfault.Op) error {
		if o.Kind != diskfault.Write || o.Name != "d/f" || o.Off != 7 || o.Len != 9 || o.N != 2 {
			t.Errorf("the fault was asked about %+v", o)
		}
		return diskfault.ErrPower
	})
	_, err = f.WriteAt(make([]byte, 9), 7)
	errs := []error{err, f.Datasync(), d.SyncDir("d"), d.Remove("d/f"), d.Rename("d/f", "d/g")}
	_, err = d.Open("d/f")
	errs = append(errs, err)
	_, err = d.Create("d/g")
	errs = append(errs, err)
	_, err = d.Lock("d/other")
	for _, err := range append(errs, err) {
		if !errors.Is(err, diskfault.ErrPower) {
			t.Fatalf("got %v, want ErrPower", err)
		}
	}
	if !d.Off() {
		t.Fatal("the power is on")
	}
	d.SetFault(nil)
	d.PowerLoss()
	if _, err = d.Lock("d/lock"); err != nil || d.Off() {
		t.Fatalf("the lock outlived its process: %v", err)
	}
	must(t, lock.Close()) // of an earlier life: frees nothing
	if _, err = d.Lock("d/lock"); !errors.As(err, new(*journal.LockedError)) {
		t.Fatalf("got %v, want a LockedError", err)
	}
}

func TestFiles(t *testing.T) {
	d := diskfault.New(1)
	if _, err := d.Open("d/f"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := d.Remove("d/f"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	write(t, create(t, d, "d/f"), []byte("abc"), 2)
	r, err := d.Open("d/f")
	must(t, err)
	b := make([]byte, 4)
	if n, err := r.ReadAt(b, 1); n != 4 || err != nil || string(b) != "\x00abc" {
		t.Fatalf("%q, %v", b[:n], err)
	}
	if n, err := r.ReadAt(b, 3); n != 2 || err != io.EOF {
		t.Fatalf("%d, %v", n, err)
	}
	if size, err := r.Size(); size != 5 || err != nil {
		t.Fatalf("%d, %v", size, err)
	}
	if _, err := r.WriteAt(b, 0); !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("a file opened for reading was written: %v", err)
	}
	d.Flip("d/f", 2, 0)
	if d.Bytes("d/f")[2] != 'a'^1 || d.Bytes("d/g") != nil {
		t.Fatal("Flip or Bytes is wrong")
	}
	must(t, r.Close())
	if _, err := r.ReadAt(b, 0); !errors.Is(err, fs.ErrClosed) {
		t.Fatalf("a closed file reads: %v", err)
	}
}
