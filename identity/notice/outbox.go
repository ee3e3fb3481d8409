package notice

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The names in a data directory.
const (
	newest     = "notices.jsonl"
	olderStart = "notices-"
	olderEnd   = ".jsonl"
	cursorFile = "notices.cursor"
	sentFile   = "notices.sent"
)

const (
	// fileBytes is from which size on a file of the outbox is an older one.
	fileBytes = 16 << 20
	// keepFiles is how many older files stay at least. One that a webhook has yet to send stays in any case.
	keepFiles = 8
	// maxLine bounds a line; a notice has about a kilobyte.
	maxLine = 64 << 10
)

// Outbox is where notices lie. Its methods may be called from any goroutine, but Follow by one at a time.
type Outbox struct {
	dir string
	max int64 // fileBytes; tests take less

	mu      sync.Mutex
	file    *os.File      // the newest, at its end; nil when closed
	size    int64         // of it, up to its last synced line
	last    ID            // of the outbox; zero where it is empty
	fresh   bool          // there was none
	cursor  cursor        // as it is on disk
	count   uint64        // of notices written since it was opened
	sent    ID            // what a webhook took last; zero where there never was one
	webhook bool          // that there is one
	grown   chan struct{} // closed when there is more
	wanted  uint64        // highest record that somebody waited for
	hurry   func()        // ends what Follow waits for
	moved   chan struct{} // closed when the cursor moves
}

// cursor is how far records have been taken.
type cursor struct {
	Record uint64 `json:"record"`
	Hash   string `json:"hash"` // of that record; empty before the first
}

// Open opens the outbox of a data directory, and makes it if need be. What a crash tore is cut off.
func Open(dir string) (*Outbox, error) {
	o := &Outbox{dir: dir, max: fileBytes, grown: make(chan struct{}), moved: make(chan struct{}), hurry: func() {}}
	found, err := load(o.path(cursorFile), &o.cursor)
	o.fresh = !found
	if err == nil {
		_, err = load(o.path(sentFile), &o.sent)
	}
	if err == nil {
		err = o.open()
	}
	if err != nil {
		return nil, fmt.Errorf("notice: %w", err)
	}
	return o, nil
}

func (o *Outbox) path(name string) string { return filepath.Join(o.dir, name) }

// open opens the newest file behind its last whole line.
func (o *Outbox) open() (err error) {
	if o.file, err = os.OpenFile(o.path(newest), os.O_RDWR|os.O_CREATE, 0o600); err != nil { // #nosec G304 -- in the data directory
		return err
	}
	text, err := os.ReadFile(o.path(newest)) // of fileBytes and a batch at most
	if err != nil {
		return errors.Join(err, o.file.Close())
	}
	whole, last := wholeLines(text)
	if err = o.cut(int64(whole)); err == nil && last == (ID{}) {
		last, err = o.lastOlder()
	}
	o.last = last
	if err != nil {
		return errors.Join(err, o.file.Close())
	}
	return syncDir(o.dir)
}

// cut takes back what was not written whole.
func (o *Outbox) cut(size int64) error {
	err := o.file.Truncate(size)
	if err == nil {
		_, err = o.file.Seek(size, 0)
	}
	if err == nil {
		err = o.file.Sync()
	}
	if err == nil {
		o.size = size
	}
	return err
}

// wholeLines is how many bytes are whole lines, each after the one before, and the id of the last.
func wholeLines(text []byte) (size int, last ID) {
	for {
		end := bytes.IndexByte(text[size:], '\n')
		if end < 0 {
			return size, last
		}
		n, err := parse(text[size : size+end])
		if err != nil || last != (ID{}) && !n.ID.After(last) {
			return size, last
		}
		size, last = size+end+1, n.ID
	}
}

// parse reads one line.
func parse(line []byte) (n Notice, err error) {
	if err := json.Unmarshal(line, &n); err != nil {
		return n, err
	}
	if n.ID.Hash == "" || n.ID.Seq != n.Seq || n.Type == "" { // no id is as little one as a wrong one
		return n, fmt.Errorf("notice %s is not whole", n.ID)
	}
	return n, nil
}

// older are the numbers in the names of the older files, ascending.
func older(dir string) ([]uint64, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []uint64
	for _, f := range list {
		digits, ok := strings.CutPrefix(f.Name(), olderStart)
		if digits, end := strings.CutSuffix(digits, olderEnd); ok && end {
			if n, err := strconv.ParseUint(digits, 10, 64); err == nil && olderName(n) == f.Name() {
				all = append(all, n)
			}
		}
	}
	slices.Sort(all)
	return all, nil
}

func olderName(first uint64) string { return fmt.Sprintf("%s%020d%s", olderStart, first, olderEnd) }

// lastOlder is the last notice of the older files.
func (o *Outbox) lastOlder() (ID, error) {
	all, err := older(o.dir)
	if err != nil || len(all) == 0 {
		return ID{}, err
	}
	text, err := os.ReadFile(o.path(olderName(all[len(all)-1])))
	_, last := wholeLines(text)
	return last, err
}

// append adds notices and syncs them. On an error none was added.
func (o *Outbox) append(list []Notice) error {
	var lines bytes.Buffer
	e := json.NewEncoder(&lines)
	e.SetEscapeHTML(false)
	for i := range list {
		if err := e.Encode(&list[i]); err != nil {
			return fmt.Errorf("notice: %w", err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		return fs.ErrClosed
	}
	if o.size >= o.max {
		if err := o.turn(); err != nil {
			return fmt.Errorf("notice: %w", err)
		}
	}
	_, err := o.file.Write(lines.Bytes())
	if err == nil {
		err = o.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("notice: %w", errors.Join(err, o.cut(o.size)))
	}
	o.size += int64(lines.Len())
	o.last = list[len(list)-1].ID
	o.count += uint64(len(list))
	close(o.grown)
	o.grown = make(chan struct{})
	return nil
}

// turn makes the newest file an older one, and lets the oldest go.
func (o *Outbox) turn() error {
	first, err := firstOf(o.path(newest))
	if err != nil {
		return err
	}
	if err := os.Rename(o.path(newest), o.path(olderName(first.Seq))); err != nil {
		return err
	}
	f, err := os.OpenFile(o.path(newest), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- in the data directory
	if err != nil {
		return err
	}
	_ = o.file.Close() // it is synced
	o.file, o.size = f, 0
	if err := o.trim(); err != nil {
		return err
	}
	return syncDir(o.dir)
}

// trim lets the oldest files go, but for those that a webhook has yet to send.
func (o *Outbox) trim() error {
	all, err := older(o.dir)
	for i := 0; err == nil && len(all)-i > keepFiles; i++ {
		unsent := o.sent != (ID{}) && o.sent.Seq < all[i+1]
		if unsent && o.webhook {
			break
		}
		if unsent {
			slog.Error("notices: the oldest were let go, and the webhook that there once was has not got all of them", "file", olderName(all[i]))
		}
		err = os.Remove(o.path(olderName(all[i])))
	}
	return err
}

// firstOf is the first notice in a file.
func firstOf(path string) (ID, error) {
	f, err := os.Open(path) // #nosec G304 -- in the data directory
	if err != nil {
		return ID{}, err
	}
	defer f.Close()
	r := Reader{file: f, buf: bufio.NewReaderSize(f, maxLine)}
	n, _, err := r.line()
	return n.ID, err
}

// Taken is the record up to which notices have been taken, as far as the disk knows.
func (o *Outbox) Taken() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cursor.Record
}

// Written is how many notices were written since the outbox was opened.
func (o *Outbox) Written() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.count
}

// move moves the cursor.
func (o *Outbox) move(c cursor) error {
	if err := save(o.path(cursorFile), c); err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cursor = c
	close(o.moved)
	o.moved = make(chan struct{})
	return nil
}

// Wait returns when the disk knows that the notices of a record have been taken, or with the context's error.
func (o *Outbox) Wait(ctx context.Context, seq uint64) error {
	for {
		o.mu.Lock()
		done, moved, hurry := o.cursor.Record >= seq, o.moved, o.hurry
		o.wanted = max(o.wanted, seq)
		o.mu.Unlock()
		if done {
			return nil
		}
		hurry()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// awaited says that somebody waits for the cursor to move, and lets hurry be called when somebody will.
func (o *Outbox) awaited(hurry func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hurry = hurry
	return o.wanted > o.cursor.Record
}

// Close lets go of the files.
func (o *Outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	o.file = nil
	return err
}

// load reads a small file of JSON; found is false where there is none.
func load(path string, v any) (found bool, err error) {
	text, err := os.ReadFile(path) // #nosec G304 -- in the data directory
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return true, err
}

// save replaces a small file of JSON at once.
func save(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".notices-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- the data directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
