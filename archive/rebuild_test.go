package archive

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"portcullis/journal"
)

// told gathers what is logged while a test runs.
func told(t *testing.T) func() string {
	var mu sync.Mutex
	var text bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(writerFunc(func(b []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return text.Write(b)
	}), nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		s := text.String()
		text.Reset()
		return s
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// holds fills the archive and compares it with what the journal says.
func holds(t *testing.T, p string, v *venue, log func() string, why string) {
	t.Helper()
	log()
	a := filled(t, p, v)
	got := dump(t, a)
	if text := log(); why == "" && text != "" || !strings.Contains(text, why) {
		t.Errorf("logged %q, want something with %q", text, why)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if want := dump(t, filled(t, Memory, v)); !reflect.DeepEqual(got, want) {
		t.Error("the archive holds something else than the journal")
	}
}

// TestOtherJournal puts an archive behind journals that it was not filled from.
func TestOtherJournal(t *testing.T) {
	log := told(t)
	p := path(t)
	dir := t.TempDir()
	v := at(t, dir, 23)
	v.trade(200)
	holds(t, p, v, log, "")
	holds(t, p, v, log, "") // nothing is rebuilt without need

	other := at(t, t.TempDir(), 24)
	other.trade(300)
	holds(t, p, other, log, "its record 1 is not the journal's")
	holds(t, p, v, log, "the journal only")
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}

	// The journal is restored to an earlier end, first as it was, then gone on with differently.
	restored := at(t, restore(t, dir, v.Durable()-100), 25)
	holds(t, p, restored, log, fmt.Sprintf("it has %d records, the journal only %d", v.Durable(), restored.Durable()))
	holds(t, p, restored, log, "")
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
	v = at(t, dir, 23)
	holds(t, p, v, log, "")
	restored.trade(200)
	holds(t, p, restored, log, fmt.Sprintf("its record %d is not the journal's", v.Durable()))
}

// restore copies the first records of a journal into a new one.
func restore(t *testing.T, dir string, upTo uint64) string {
	t.Helper()
	from, err := journal.Open(dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	copied := t.TempDir()
	to, err := journal.Open(copied, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	r, err := from.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b journal.Batch
	b.Reset(1)
	for range upTo {
		_, record, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		b.Close(append(b.Open(), record...))
	}
	if err := to.Append(&b); err != nil {
		t.Fatal(err)
	}
	return copied
}

// change runs statements on a file that no archive has open.
func change(t *testing.T, p string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", p)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOtherVersion(t *testing.T) {
	log := told(t)
	p := path(t)
	v := at(t, t.TempDir(), 29)
	v.trade(100)
	holds(t, p, v, log, "")
	change(t, p, fmt.Sprintf("PRAGMA user_version = %d", version-1), "DROP TABLE orders")
	holds(t, p, v, log, fmt.Sprintf("another version: %d", version-1))
	if _, err := os.Stat(older(p)); err != nil {
		t.Errorf("the older file is gone: %v", err)
	}
	change(t, p, fmt.Sprintf("PRAGMA user_version = %d", version+1))
	before, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(p); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer version: %v", err)
	}
	if after, err := os.ReadFile(p); err != nil || !bytes.Equal(after, before) {
		t.Error("the newer file was touched")
	}
}

// TestForeignFile: a wrong path in a configuration must not cost anybody a database.
func TestForeignFile(t *testing.T) {
	p := path(t)
	change(t, p, "CREATE TABLE customers (name TEXT)", "INSERT INTO customers VALUES ('Ann')")
	before, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(p); !errors.Is(err, ErrForeign) {
		t.Fatalf("Open: %v", err)
	}
	if after, err := os.ReadFile(p); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed, %v", err)
	}
}

func TestNotADatabase(t *testing.T) {
	log := told(t)
	p := path(t)
	v := at(t, t.TempDir(), 31)
	v.trade(100)
	for range 2 { // the second takes the place of the first
		text := []byte(strings.Repeat("this is no database\n", 1000))
		if err := os.WriteFile(p, text, 0o600); err != nil {
			t.Fatal(err)
		}
		holds(t, p, v, log, "set aside")
		if kept, err := os.ReadFile(p + ".damaged"); err != nil || !bytes.Equal(kept, text) {
			t.Errorf("what was set aside: %.20q, %v", kept, err)
		}
	}
}

// spoil overwrites every page of some tables in a closed file.
func spoil(t *testing.T, p string, tables ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", p)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, err := os.OpenFile(p, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	spoilt := 0
	for _, table := range tables {
		rows, err := db.Query("SELECT pgoffset, pgsize FROM dbstat WHERE name = ?", table)
		if err != nil {
			t.Fatal(err)
		}
		for ; rows.Next(); spoilt++ {
			var offset, size int64
			if err := rows.Scan(&offset, &size); err != nil {
				t.Fatal(err)
			}
			if _, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, int(size)), offset); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if spoilt < len(tables) {
		t.Fatalf("%d pages spoilt of %v", spoilt, tables)
	}
}

// TestDamage spoils the file so that the damage shows at once, with the first record, or with the first query.
func TestDamage(t *testing.T) {
	log := told(t)
	p := path(t)
	v := at(t, t.TempDir(), 37)
	v.trade(300)

	t.Run("opening", func(t *testing.T) {
		holds(t, p, v, log, "")
		spoil(t, p, "progress")
		holds(t, p, v, log, "set aside")
	})
	t.Run("writing", func(t *testing.T) {
		spoil(t, p, "orders", "trades")
		v.trade(1)
		holds(t, p, v, log, "set aside")
	})
	t.Run("asking", func(t *testing.T) {
		spoil(t, p, "fills")
		a := open(t, p)
		stop := following(t, a, v)
		if _, err := a.Fills(t.Context(), 2, spot, 0, Range{}); !damaged(err) {
			t.Fatalf("Fills: %v", err)
		}
		v.trade(1)
		if err := a.Wait(t.Context(), v.Durable()); err != nil {
			t.Fatal(err)
		}
		q := &asker{t, a, modelOf(t, v, v.Durable()), rand.New(rand.NewPCG(37, 2))}
		q.ask(20)
		if err := stop(); err != context.Canceled {
			t.Fatal(err)
		}
		if text := log(); !strings.Contains(text, errDamaged.Error()) {
			t.Errorf("logged %q", text)
		}
	})
}

// TestFullDisk: where there is no room, Follow ends with an error; called again once there is, it goes on.
func TestFullDisk(t *testing.T) {
	v := at(t, t.TempDir(), 41)
	v.trade(300)
	a := open(t, path(t))
	a.batch = 50
	limit := func(most int) {
		t.Helper()
		if _, err := a.file.write.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", most)); err != nil {
			t.Fatal(err)
		}
	}
	var pages int
	if err := a.file.write.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit(pages + 5)
	if err := a.Follow(t.Context(), v); err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatalf("Follow: %v", err)
	}
	applied := a.Applied()
	if applied == 0 || applied == v.Durable() {
		t.Fatalf("applied %d", applied)
	}
	q := &asker{t, a, modelOf(t, v, applied), rand.New(rand.NewPCG(41, 2))}
	q.ask(10)
	if err := a.Wait(t.Context(), applied+1); err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("Wait: %v", err)
	}
	limit(1 << 20)
	catchUp(t, a, v)
	if got, want := dump(t, a), dump(t, filled(t, Memory, v)); !reflect.DeepEqual(got, want) {
		t.Error("the archive holds something else than the journal")
	}
}

// TestRemovedRecords: an archive goes on where it stopped, though the journal's start is gone meanwhile. One that would need
// the start says what to do, and is not touched.
func TestRemovedRecords(t *testing.T) {
	dir := t.TempDir()
	v := at(t, dir, 43)
	v.trade(400)
	p := path(t)
	if err := filled(t, p, v).Close(); err != nil {
		t.Fatal(err)
	}
	applied := v.Durable()
	v.trade(200)
	want := dump(t, filled(t, Memory, v))
	if err := v.log.RemoveBefore(applied); err != nil || v.log.First() == 1 {
		t.Fatalf("the journal begins with %d, %v", v.log.First(), err)
	}
	a := filled(t, p, v)
	if got := dump(t, a); !reflect.DeepEqual(got, want) {
		t.Error("going on behind the start, the archive holds something else than from the start")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}

	late := path(t) // ends before the journal begins
	old := at(t, t.TempDir(), 43)
	if err := filled(t, late, old).Close(); err != nil {
		t.Fatal(err)
	}
	foreign := path(t)
	other := at(t, t.TempDir(), 44)
	other.trade(500)
	if err := filled(t, foreign, other).Close(); err != nil {
		t.Fatal(err)
	}
	for file, why := range map[string]string{path(t): "it is empty", late: "it ends with record", foreign: "is not the journal's"} {
		a := open(t, file)
		before := dump(t, a)
		var gone *StartError
		if err := a.Follow(t.Context(), v); !errors.As(err, &gone) || gone.First != v.log.First() || !strings.Contains(err.Error(), why) {
			t.Errorf("want %q: %v", why, err)
		}
		if !reflect.DeepEqual(dump(t, a), before) {
			t.Errorf("%s: what was in it is gone", why)
		}
	}
}

// TestKilled kills the process that fills an archive, at no chosen point, and looks at what it left.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("ARCHIVE_JOURNAL"); dir != "" {
		beKilled(t, dir, os.Getenv("ARCHIVE_FILE"))
	}
	const seed = 47
	t.Logf("seed %d", seed)
	dir := t.TempDir()
	v := at(t, dir, seed)
	v.trade(600)
	all := modelOf(t, v, v.Durable())
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	p := path(t)
	for a := open(t, p); a.Applied() < all.applied; a = open(t, p) {
		before := a.Applied()
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		kill(t, dir, p, 1+r.IntN(20))
		v := at(t, dir, seed)
		a := open(t, p)
		if a.Applied() <= before {
			t.Fatalf("applied %d, then killed, %d", before, a.Applied())
		}
		t.Logf("killed after %d of %d records", a.Applied(), all.applied)
		q := &asker{t, a, modelOf(t, v, a.Applied()), r}
		q.ask(5)
		if err := errors.Join(a.Close(), v.Close()); err != nil {
			t.Fatal(err)
		}
	}
	v = at(t, dir, seed)
	if got, want := dump(t, filled(t, p, v)), dump(t, filled(t, Memory, v)); !reflect.DeepEqual(got, want) {
		t.Error("killed on the way, the archive holds something else")
	}
}

// kill lets another process fill the archive until it has told of so many transactions, or of the end.
func kill(t *testing.T, dir, p string, transactions int) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	c.Env = append(os.Environ(), "ARCHIVE_JOURNAL="+dir, "ARCHIVE_FILE="+p)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe() // whose end the other process sees, should this one die
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < transactions && lines.Scan(); n++ {
		if lines.Text() == "end" {
			break
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out)
	_ = c.Wait() // it was killed
}

// beKilled is what the other process does.
func beKilled(t *testing.T, dir, p string) {
	v := at(t, dir, 0)
	a := open(t, p)
	a.batch = 20
	go func() {
		if err := a.Follow(t.Context(), v); err != nil {
			fmt.Fprintln(os.Stderr, "Follow:", err)
			os.Exit(1)
		}
	}()
	for a.Applied() < v.Durable() {
		if err := a.Wait(t.Context(), a.Applied()+1); err != nil {
			t.Fatal(err)
		}
		fmt.Println(a.Applied())
	}
	fmt.Println("end")
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
	os.Exit(1)
}

// TestVersionsAgree: the number in the schema is the one that is looked for.
func TestVersionsAgree(t *testing.T) {
	a := open(t, path(t))
	var app, user int
	err := a.file.read.QueryRow("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version").Scan(&app, &user)
	if err != nil || app != applicationID || user != version {
		t.Errorf("%d, %d, %v", app, user, err)
	}
}

// TestOwnerOnly: history is read by nobody but its owner.
func TestOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	v := at(t, t.TempDir(), 53)
	filled(t, filepath.Join(dir, "strange name?#%.sqlite"), v)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}
