// Package hosting knows which addresses belong to hosting companies, from a file that the operator keeps: one network a line,
// as 203.0.113.0/24, 2001:db8::/32 or a single address; what follows a # is a remark.
//
// It owns the list and looks at the file again when told to. It refuses a file with a faulty line, and one without a network or
// beyond its bounds: then the list before stays, and the caller is told which line it is and what would be right. A List may be
// asked from any goroutine, and is not held up by a file that is read.
package hosting

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gaissmai/bart"

	"portcullis/internal/network"
)

// Limits of a file.
const (
	maxSize  = 64 << 20 // bytes
	maxLine  = 1 << 10  // bytes
	maxNets  = 2_000_000
	maxWords = 100 // of a faulty line that is told again, in bytes
)

// List is the networks of a file.
type List struct {
	path string
	now  atomic.Pointer[nets]

	mu   sync.Mutex // held while the file is read
	seen stamp
}

type nets struct{ table bart.Lite }

// stamp tells one state of a file from another.
type stamp struct {
	size  int64
	nanos int64
}

// Open reads a file.
func Open(path string) (*List, error) {
	l := &List{path: path}
	if err := l.Reload(); err != nil {
		return nil, err
	}
	return l, nil
}

// Has says whether an address lies in one of the networks. No address lies in any.
func (l *List) Has(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsValid() && l.now.Load().table.Contains(a)
}

// Len is how many networks there are.
func (l *List) Len() int { return l.now.Load().table.Size() }

// Reload reads the file again, whether or not it changed. After an error the list is as it was.
func (l *List) Reload() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read()
}

// Look reads the file again if it changed since it was read last, faulty or not, and says whether it did.
func (l *List) Look() (changed bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	info, err := os.Stat(l.path)
	switch {
	case err != nil && l.seen == stamp{}:
		return false, nil // it was told that it is gone
	case err != nil:
		l.seen = stamp{}
		return false, l.wrong(err)
	case l.seen == stampOf(info):
		return false, nil
	}
	return true, l.read()
}

func stampOf(info os.FileInfo) stamp { return stamp{info.Size(), info.ModTime().UnixNano()} }

func (l *List) wrong(err error) error {
	return fmt.Errorf("the networks of hosting companies: %w", err)
}

func (l *List) read() error {
	f, err := os.Open(l.path)
	if err != nil {
		return l.wrong(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return l.wrong(err)
	}
	l.seen = stampOf(info)
	if !info.Mode().IsRegular() {
		return l.wrong(fmt.Errorf("%s is no file", l.path))
	}
	x, err := parse(io.LimitReader(f, maxSize+1))
	if err != nil {
		return l.wrong(fmt.Errorf("%s: %w", l.path, err))
	}
	l.now.Store(x)
	return nil
}

// parse reads networks, or says which line is wrong.
func parse(r io.Reader) (*nets, error) {
	x := new(nets)
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	line, size := 0, 0
	for s.Scan() {
		line++
		if size += len(s.Bytes()) + 1; size > maxSize {
			return nil, fmt.Errorf("longer than %d MB", maxSize>>20)
		}
		text, _, _ := strings.Cut(s.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := network.Parse(text)
		switch {
		case err != nil && len(text) > maxWords:
			return nil, fmt.Errorf("line %d: %d bytes are no network: write one network a line, such as 203.0.113.0/24", line, len(text))
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if x.table.Insert(p); x.table.Size() > maxNets {
			return nil, fmt.Errorf("line %d: more than %d networks", line, maxNets)
		}
	}
	switch err := s.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d: longer than %d bytes: write one network a line", line+1, maxLine)
	case err != nil:
		return nil, err
	case x.table.Size() == 0:
		return nil, errors.New("no network in it: write one a line, such as 203.0.113.0/24, or leave the list out")
	}
	return x, nil
}
