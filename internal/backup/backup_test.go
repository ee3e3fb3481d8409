package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/secret"
	"portcullis/journal"

	"filippo.io/age"
)

// venue is a data directory with records before and after its newest snapshot, in small segments. Cut, the journal's start is
// gone and history there.
func venue(t *testing.T, cut bool) (dir string) {
	t.Helper()
	dir = t.TempDir()
	log, err := journal.Open(filepath.Join(dir, journalDir), journal.Options{SegmentSize: 8 << 10})
	if err != nil {
		t.Fatal(err)
	}
	keep := engine.Snapshots{FS: journal.Disk, Dir: filepath.Join(dir, snapshotDir)}
	e, err := engine.Open(engine.Config{Log: log, Clock: clock.NewHand(1_515_196_800_000_000), Snapshots: &keep, Every: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	grow := func(n int) {
		for range n {
			if _, err := e.Do(&instruction.Principal{Giver: instruction.ByOperator}, &instruction.OpenAccount{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	grow(40)
	taken, err := e.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	grow(10)
	if cut {
		a, err := archive.Open(filepath.Join(dir, archiveName))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- a.Follow(ctx, e) }()
		if err := a.Wait(ctx, e.Durable()); err != nil {
			t.Fatal(err)
		}
		stop()
		<-ended
		if err := errors.Join(a.Close(), log.RemoveBefore(taken.Snapshot.Place.Seq)); err != nil || log.First() == 1 {
			t.Fatalf("the journal begins with %d, %v", log.First(), err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func source(dir string) Source {
	return Source{Dir: dir, About: About{Program: "test", ID: "0123", Created: "2018-01-06"},
		Decoy: Decoy{APIKey: secret.New([]byte("the-key")), Secret: secret.New([]byte("the-secret")), Account: 7, Created: "2018-01-06"}}
}

func write(t *testing.T, dir string, to ...age.Recipient) ([]byte, Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := Write(context.Background(), &b, to, source(dir))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

// refused restores what must not be restored, and looks whether anything was left behind.
func refused(t *testing.T, what string, b []byte, id age.Identity, want error, text string) {
	t.Helper()
	parent := t.TempDir()
	_, err := Restore(context.Background(), bytes.NewReader(b), []age.Identity{id}, filepath.Join(parent, "data"))
	if !errors.Is(err, want) || !strings.Contains(err.Error(), text) {
		t.Fatalf("%s: %v, want %v with %q", what, err, want, text)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
		t.Fatalf("%s: left behind: %v, %v", what, left, err)
	}
}

// TestBackup: what was backed up comes back, for any of its recipients, with the whole journal or a part of it.
func TestBackup(t *testing.T) {
	for _, cut := range []bool{false, true} {
		dir := venue(t, cut)
		one, two := identity(t), identity(t)
		b, m := write(t, dir, one.Recipient(), two.Recipient())
		for _, id := range []age.Identity{one, two} {
			to := filepath.Join(t.TempDir(), "data")
			r, err := Restore(context.Background(), bytes.NewReader(b), []age.Identity{id}, to)
			if err != nil || r.About.ID != "0123" || r.About.Version != version || !reflect.DeepEqual(r.Manifest, m) || m.Snapshot != 40 || m.Last != 50 {
				t.Fatalf("%+v, %v", r, err)
			}
			for _, f := range m.Files {
				if !dataName.MatchString(f.Name) || f.Name == archiveName {
					continue // made for the backup
				}
				was, err := os.ReadFile(filepath.Join(dir, f.Name))
				is, err2 := os.ReadFile(filepath.Join(to, f.Name))
				if err != nil || err2 != nil || !bytes.Equal(was, is) {
					t.Errorf("%s: %v, %v, the same: %v", f.Name, err, err2, bytes.Equal(was, is))
				}
			}
			a, err := archive.Open(filepath.Join(to, archiveName))
			if err != nil || (a.Applied() == 50) != cut {
				t.Errorf("history is at %d, %v", a.Applied(), err)
			}
			a.Close()
		}
		refused(t, "a stranger", b, identity(t), ErrIdentity, "")
	}
}

// TestDecoy: the canary is in the backup as an ordinary list of keys, and is not restored.
func TestDecoy(t *testing.T) {
	dir, id := venue(t, false), identity(t)
	b, _ := write(t, dir, id.Recipient())
	entries := unpack(t, b, id)
	if got := string(entries[1].text); entries[1].name != "api-keys.csv" || !strings.Contains(got, "7,the-key,the-secret,HMAC,\"READ,TRADE\",2018-01-06\n") {
		t.Errorf("%s: %s", entries[1].name, got)
	}
	if bytes.Contains(b, []byte("the-secret")) {
		t.Error("it is in the clear")
	}
	to := filepath.Join(t.TempDir(), "data")
	if _, err := Restore(context.Background(), bytes.NewReader(b), []age.Identity{id}, to); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(to)
	if err != nil || len(list) != 2 {
		t.Errorf("restored: %v, %v", list, err)
	}
}

// TestDamagedBackup: a backup that was cut off or changed, anywhere, is refused.
func TestDamagedBackup(t *testing.T) {
	id := identity(t)
	b, _ := write(t, venue(t, false), id.Recipient())
	for n := 0; n < len(b); n += 1 + len(b)/80 {
		refused(t, "cut off", b[:n], id, ErrDamaged, "")
		changed := bytes.Clone(b)
		changed[n] ^= 1 << (n % 8)
		parent := t.TempDir()
		if _, err := Restore(context.Background(), bytes.NewReader(changed), []age.Identity{id}, filepath.Join(parent, "data")); err == nil {
			t.Fatalf("changed at %d of %d: restored", n, len(b))
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Fatalf("changed at %d: left behind %v", n, left)
		}
	}
	refused(t, "one byte short", b[:len(b)-1], id, ErrDamaged, "cut off")
	refused(t, "something behind", append(bytes.Clone(b), 0), id, ErrDamaged, "")
	refused(t, "nothing", nil, id, ErrDamaged, "no backup")
}

type entry struct {
	name string
	kind byte
	text []byte
}

// unpack takes a backup apart, and pack makes another, of whoever knows the recipient.
func unpack(t *testing.T, b []byte, id age.Identity) (list []entry) {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(b), id)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return list
		}
		text, err2 := io.ReadAll(tr)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		list = append(list, entry{h.Name, h.Typeflag, text})
	}
}

func pack(t *testing.T, list []entry, to age.Recipient) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(w)
	tw := tar.NewWriter(z)
	for _, e := range list {
		h := &tar.Header{Name: e.name, Mode: 0o600, Size: int64(len(e.text)), Typeflag: e.kind}
		if e.kind != tar.TypeReg {
			h.Size, h.Linkname, e.text = 0, "/etc/passwd", nil
		}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write(e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tw.Close(), z.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestForgedBackup: whoever knows a recipient can write a file for it. Nothing in such a file leads out of the directory, and
// nothing that does not agree with itself is restored.
func TestForgedBackup(t *testing.T) {
	id := identity(t)
	b, _ := write(t, venue(t, false), id.Recipient())
	good := unpack(t, b, id)
	forged := func(what, text string, change func([]entry) []entry) {
		t.Helper()
		refused(t, what, pack(t, change(append([]entry(nil), good...)), id.Recipient()), id, ErrDamaged, text)
	}
	last := len(good) - 1
	for _, name := range []string{"../data/x", "/etc/passwd", "journal/../../x", "master.key", "journal/1.seg", "snapshots/x.snap", "journal/00000000000000000001.seg/x"} {
		forged(name, "does not belong", func(l []entry) []entry { l[2].name = name; return l })
	}
	forged("a link", "is no file", func(l []entry) []entry { l[2].kind = tar.TypeSymlink; return l })
	forged("a folder", "is no file", func(l []entry) []entry { l[2].kind = tar.TypeDir; return l })
	forged("no beginning", "where another file must", func(l []entry) []entry { return l[1:] })
	forged("twice", "comes twice", func(l []entry) []entry { return append(l[:4:4], l[3:]...) })
	forged("two beginnings", "where another file must", func(l []entry) []entry { return append(l[:3:3], l[0]) })
	forged("no end", "before its manifest", func(l []entry) []entry { return l[:last] })
	forged("past the end", "after the manifest", func(l []entry) []entry { return append(l, l[1]) })
	forged("a file less", "not those of its manifest", func(l []entry) []entry { return append(l[:3:3], l[4:]...) })
	forged("another order", "not those of its manifest", func(l []entry) []entry { l[3], l[4] = l[4], l[3]; return l })
	forged("another content", "not those of its manifest", func(l []entry) []entry {
		l[3].text = bytes.Clone(l[3].text)
		l[3].text[600] ^= 1
		return l
	})
	forged("another state", "the manifest says", func(l []entry) []entry {
		l[last].text = bytes.Replace(l[last].text, []byte(`"snapshot":40`), []byte(`"snapshot":41`), 1)
		return l
	})
	forged("another head", "the manifest says", func(l []entry) []entry {
		l[last].text = bytes.Replace(l[last].text, []byte(`"last":50`), []byte(`"last":51`), 1)
		return l
	})
	newer := append([]entry(nil), good...)
	newer[0].text = bytes.Replace(newer[0].text, []byte(`"version":1`), []byte(`"version":2`), 1)
	refused(t, "a newer one", pack(t, newer, id.Recipient()), id, ErrNewer, "this program knows up to 1")
}

// TestRestoreOverSomething: a directory that holds anything is not touched; an empty one is filled.
func TestRestoreOverSomething(t *testing.T) {
	id := identity(t)
	b, _ := write(t, venue(t, false), id.Recipient())
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Restore(context.Background(), bytes.NewReader(b), []age.Identity{id}, dir)
	if text, _ := os.ReadFile(filepath.Join(dir, "mine")); !errors.Is(err, ErrNotEmpty) || string(text) != "precious" {
		t.Errorf("%v; %s", err, text)
	}
	empty := t.TempDir()
	if _, err := Restore(context.Background(), bytes.NewReader(b), []age.Identity{id}, empty); err != nil {
		t.Error(err)
	}
}

// TestDamagedVenue: of a journal that is damaged no backup is made.
func TestDamagedVenue(t *testing.T) {
	dir := venue(t, false)
	name := filepath.Join(dir, journalDir, "00000000000000000001.seg")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[700] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Write(context.Background(), io.Discard, []age.Recipient{identity(t).Recipient()}, source(dir))
	if !errors.As(err, new(*journal.DamageError)) {
		t.Errorf("%v", err)
	}
}
