package signer

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/journal"
)

// The file of what was signed: a first line with its version, and then lines of what was signed together, with the CRC32C of what is
// before it on the line. A line is synced before any of its transactions is given out, and before the next one is written: only the
// last can be torn.
//
//	how many: time (µs) asset network anchor leaves txid sha256 sequence hash; … crc
const (
	fileHead    = "portcullis signed "
	fileVersion = 1
	together    = maxConns // most of a line
	maxSigned   = 512      // bytes of one, with its share of the rest
	before      = ": "
	between     = "; "
	fields      = 9
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// file is what a restart remembers by. After a failed write it takes nothing more: what is on disk is not known then.
type file struct {
	f interface {
		io.StringWriter
		io.Closer
		Sync() error
	}
	lock io.Closer

	mu    sync.Mutex // of what waits to be written
	next  []signed
	taken uint64 // how many it was given, those of next included

	turn sync.Mutex // of whoever writes
	kept uint64     // how many are durable
	bad  error
}

// openTally opens the file at path, or makes it, and gives the count that it comes to and the record that was signed by last. One
// process at a time has it.
func openTally(path string, now func() time.Time) (t *tally, place journal.Place, err error) {
	lock, err := journal.Disk.Lock(path + ".lock")
	if held := new(journal.LockedError); errors.As(err, &held) {
		return nil, place, fmt.Errorf("signer: process %d has %s already: stop it first, for two would each count their own", held.PID, path)
	}
	if err != nil {
		return nil, place, fmt.Errorf("signer: %w", err)
	}
	f, lines, err := openFile(path)
	if err != nil {
		lock.Close()
		return nil, place, fmt.Errorf("signer: %s: %w", path, err)
	}
	last := instruction.Time(0)
	for i := range lines {
		last = max(last, lines[i].at)
		if lines[i].place.Seq > place.Seq {
			place = lines[i].place
		}
	}
	t = newTally(now, last)
	for i := range lines {
		t.count(&lines[i])
	}
	t.file = &file{f: f, lock: lock}
	return t, place, nil
}

// openFile reads the file, cuts off what a crash tore, and leaves it open at its end.
func openFile(path string) (f *os.File, lines []signed, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := makeFile(path); err != nil {
			return nil, nil, err
		}
	}
	f, err = os.OpenFile(path, os.O_RDWR, 0) // #nosec G304 -- a file that the operator named
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	all, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, err
	}
	lines, good, err := parseFile(all)
	if err == nil && good < len(all) {
		err = errors.Join(f.Truncate(int64(good)), f.Sync())
	}
	if err == nil {
		_, err = f.Seek(int64(good), io.SeekStart)
	}
	return f, lines, err
}

// makeFile makes an empty file that is there whole or not at all.
func makeFile(path string) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".signed-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintf(f, "%s%d\n", fileHead, fileVersion)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path) // unlike a rename it replaces nothing
	}
	if err != nil {
		return err
	}
	return journal.Disk.SyncDir(dir)
}

// parseFile reads what was noted, and how many bytes of it are good: what is behind them a crash tore.
func parseFile(all []byte) (lines []signed, good int, err error) {
	head, _, _ := bytes.Cut(all, []byte("\n"))
	version, ok := strings.CutPrefix(string(head), fileHead)
	switch n, err := strconv.Atoi(version); {
	case !ok || err != nil || n < 1:
		return nil, 0, errors.New("this is no file of what a signer signed: it has another first line")
	case n > fileVersion:
		return nil, 0, fmt.Errorf("a newer version of the program wrote it (version %d; this one knows %d)", n, fileVersion)
	}
	good = len(head) + 1
	for good < len(all) {
		line, _, whole := bytes.Cut(all[good:], []byte("\n"))
		some, err := parseLine(string(line))
		if err == nil && whole {
			lines = append(lines, some...)
			good += len(line) + 1
			continue
		}
		if rest := len(all) - good; rest <= longest(line) && (!whole || rest == len(line)+1) {
			return lines, good, nil
		}
		return nil, 0, fmt.Errorf("it is damaged behind line %d, which no crash explains: what was signed is not known. Restore it from a copy; "+
			"or move it away once nothing was signed for an hour, which forgets what was", bytes.Count(all[:good], []byte("\n")))
	}
	return lines, good, nil
}

// longest is how long a line can be that begins so. What a crash left of it may say nothing of that.
func longest(line []byte) int {
	text, _, _ := bytes.Cut(line, []byte(before))
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > together {
		n = together
	}
	return n * maxSigned
}

// lineOf is the line of what was signed together.
func lineOf(list []signed) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d%s", len(list), before)
	for i := range list {
		n := &list[i]
		if i > 0 {
			text.WriteString(between)
		}
		fmt.Fprintf(&text, "%d %s %s %v %d %v %x %d %v", int64(n.at), n.asset, n.family.network, n.family.anchor, int64(n.leaves), n.tx, n.digest,
			n.place.Seq, n.place.Hash)
	}
	return fmt.Sprintf("%s %08x\n", text.String(), crc32.Checksum([]byte(text.String()), castagnoli))
}

var errLine = errors.New("not a line of what was signed")

// parseLine reads what lineOf writes, less the end of the line.
func parseLine(text string) (list []signed, err error) {
	end := strings.LastIndexByte(text, ' ')
	if end < 0 || text[end+1:] != fmt.Sprintf("%08x", crc32.Checksum([]byte(text[:end]), castagnoli)) {
		return nil, errLine
	}
	count, all, _ := strings.Cut(text[:end], before)
	for one := range strings.SplitSeq(all, between) {
		n, err := parseSigned(one)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	if count != strconv.Itoa(len(list)) {
		return nil, errLine
	}
	return list, nil
}

func parseSigned(text string) (n signed, err error) {
	x := strings.Split(text, " ")
	if len(x) != fields {
		return n, errLine
	}
	at, err1 := strconv.ParseInt(x[0], 10, 64)
	anchor, index, _ := strings.Cut(x[3], ":")
	tx, err2 := instruction.ParseTxID(anchor)
	out, err3 := strconv.ParseUint(index, 10, 32)
	leaves, err4 := strconv.ParseInt(x[4], 10, 64)
	id, err5 := instruction.ParseTxID(x[5])
	seq, err6 := strconv.ParseUint(x[7], 10, 64)
	n = signed{
		at: instruction.Time(at), asset: x[1], leaves: money.Amount(leaves), tx: id,
		family: family{x[2], instruction.Outpoint{Tx: tx, Index: uint32(out)}}, place: journal.Place{Seq: seq},
	}
	err7, err8 := unhex(n.digest[:], x[6]), unhex(n.place.Hash[:], x[8])
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil || leaves < 0 {
		return n, errLine
	}
	return n, nil
}

func unhex(into []byte, text string) error {
	if len(text) != 2*len(into) {
		return errLine
	}
	_, err := hex.Decode(into, []byte(text))
	return err
}

// put takes what is to be noted, and is how many it has taken. It is not noted before keep says so.
func (f *file) put(n *signed) (mark uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = append(f.next, *n)
	f.taken++
	return f.taken
}

// mark is how many it has taken.
func (f *file) mark() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.taken
}

// keep returns once the first so many are durable. Whoever comes first writes for all that have come by then: a disk takes as long for
// many as for one.
func (f *file) keep(mark uint64) error {
	f.turn.Lock()
	defer f.turn.Unlock()
	for f.kept < mark && f.bad == nil {
		f.mu.Lock()
		list := f.next[:min(len(f.next), together)]
		f.next = f.next[len(list):]
		f.mu.Unlock()
		f.write(list)
	}
	if f.kept < mark {
		return f.bad
	}
	return nil
}

func (f *file) write(list []signed) {
	_, err := f.f.WriteString(lineOf(list))
	if err = errors.Join(err, f.f.Sync()); err != nil {
		f.bad = fmt.Errorf("signer: what is signed cannot be noted, so it is not given out: %w: start the signer anew once the disk takes it", err)
		return
	}
	f.kept += uint64(len(list))
}

func (f *file) close() error {
	f.turn.Lock()
	defer f.turn.Unlock()
	return errors.Join(f.f.Close(), f.lock.Close())
}
