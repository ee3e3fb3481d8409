// Package diskfault is a disk in memory that fails the way disks do, for tests and simulations of what stands on a
// journal. It owns its files and the difference between what a program sees and what would survive a power loss.
//
// The model: a write is seen at once and durable after a sync of its file; a name is durable after a sync of its
// directory. When the power goes, each 512-byte sector that was written since keeps its old content or gets the new
// one, each at random, and each change of a name is kept or not. When a sync fails, what it should
// have made durable stays visible, looks clean, and a later sync does not write it: only writing it again does.
//
// Everything random comes from the seed, so one seed and one order of calls give one history. Refused: nothing that a
// real disk allows within the model; directories are only prefixes of names.
package diskfault

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"portcullis/journal"
)

// Sector is the unit in bytes that survives a power loss whole, old or new.
const Sector = journal.Sector

// ErrPower is what every call returns once the power is off. A fault that returns it cuts the power in the middle of
// that call.
var ErrPower = errors.New("diskfault: power is off")

// Kind is what a call does to the disk.
type Kind int

// The kinds of calls that a fault can meet.
const (
	Write Kind = iota + 1
	Sync
	Create
	Rename
	Remove
	SyncDir
)

// Op is a call that changes the disk, or makes a change durable.
type Op struct {
	N    int // counted from 1 since the disk was made
	Kind Kind
	Name string // of the file or directory
	Off  int64  // bytes; Write only
	Len  int    // bytes; Write only
}

// Fault decides what becomes of a call: nil lets it pass, ErrPower cuts the power in its middle, any other error fails
// it: a write then leaves some of its first sectors behind, a sync leaves its writes visible and not durable.
type Fault func(Op) error

// Disk is the disk; it implements journal.FS. All methods may be called from any goroutine.
type Disk struct {
	mu     sync.Mutex
	rng    *rand.Rand
	names  map[string]*node // as programs see them
	stable map[string]*node // as a power loss would leave them
	undone []change         // what names has and stable has not, in order
	locks  map[string]bool
	life   int // handles of earlier lives are dead
	off    bool
	ops    int
	fault  Fault
	space  int64 // bytes that all files may have together; 0 for no bound
}

var _ journal.FS = (*Disk)(nil)

// node is a file's content.
type node struct {
	data []byte
	size int64            // durable size in bytes
	old  map[int64]sector // durable content of sectors written since; the key is the offset
}

type sector struct {
	content []byte
	lost    bool // a sync failed on it: another sync will not write it
}

// change is a name given (to a file) or taken away (nil).
type change struct {
	name string
	node *node
	from string // taken away in the same step, by Rename
}

// New makes an empty disk.
func New(seed uint64) *Disk {
	return &Disk{
		rng:    rand.New(rand.NewPCG(seed, 0x6469736b)),
		names:  map[string]*node{},
		stable: map[string]*node{},
		locks:  map[string]bool{},
	}
}

// SetFault sets what may fail from now on; nil for nothing.
func (d *Disk) SetFault(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = f
}

// SetSpace bounds the bytes of all files together, 0 for no bound. Beyond it writes fail with ENOSPC.
func (d *Disk) SetSpace(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.space = bytes
}

// Used is the sum of the sizes of all files in bytes.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used()
}

// Ops is how many calls that can fail there have been.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Off says whether a fault cut the power.
func (d *Disk) Off() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// Kill ends the process that uses the disk: open files and locks are gone, all that was written stays visible.
func (d *Disk) Kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restart()
}

// PowerLoss cuts the power, if it is not off already, and turns it on again.
func (d *Disk) PowerLoss() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.undone {
		if d.rng.IntN(2) == 0 {
			c.apply(d.stable)
		}
	}
	d.undone = nil
	d.names = maps.Clone(d.stable)
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		d.names[name].settle(d.rng)
	}
	d.restart()
}

func (d *Disk) restart() {
	d.life++
	d.off = false
	clear(d.locks)
}

// settle makes one outcome of a power loss the content.
func (n *node) settle(rng *rand.Rand) {
	if int64(len(n.data)) > n.size && rng.IntN(2) == 0 {
		n.data = n.data[:n.size]
	}
	for _, off := range slices.Sorted(maps.Keys(n.old)) {
		if rng.IntN(2) == 0 && off < int64(len(n.data)) {
			// A sector beyond the old size reads as zeros.
			clear(n.data[off:min(off+Sector, int64(len(n.data)))])
			copy(n.data[off:], n.old[off].content)
		}
	}
	n.size, n.old = int64(len(n.data)), nil
}

// Flip inverts one bit of a file's content, as decay does. It panics when there is no such byte.
func (d *Disk) Flip(name string, off int64, bit uint) {
	d.Edit(name, func(b []byte) []byte { b[off] ^= 1 << (bit % 8); return b })
}

// Edit changes a file's content behind the program's back, durably.
func (d *Disk) Edit(name string, f func([]byte) []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[filepath.Clean(name)]
	if n == nil {
		panic("diskfault: no file " + name)
	}
	n.data = f(n.data)
	n.size, n.old = int64(len(n.data)), nil
}

// Bytes gives a copy of what a program would read from a file, nil when there is none.
func (d *Disk) Bytes(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[filepath.Clean(name)]
	if n == nil {
		return nil
	}
	return slices.Clone(n.data)
}

// begin counts a call and asks the fault about it; the lock is held.
func (d *Disk) begin(op Op) error {
	if d.off {
		return ErrPower
	}
	d.ops++
	op.N = d.ops
	if d.fault == nil {
		return nil
	}
	err := d.fault(op)
	if errors.Is(err, ErrPower) {
		d.off = true
	}
	return err
}

func (d *Disk) used() (sum int64) {
	for _, n := range d.names {
		sum += int64(len(n.data))
	}
	return sum
}

func (c change) apply(names map[string]*node) {
	if c.from != "" {
		delete(names, c.from)
	}
	if c.node == nil {
		delete(names, c.name)
		return
	}
	names[c.name] = c.node
}

// alter makes a change to the names, unless the call fails. When the power goes meanwhile it may be kept.
func (d *Disk) alter(kind Kind, c change) error {
	err := d.begin(Op{Kind: kind, Name: c.name})
	if err != nil && !errors.Is(err, ErrPower) {
		return &fs.PathError{Op: "alter", Path: c.name, Err: err}
	}
	c.apply(d.names)
	d.undone = append(d.undone, c)
	return err
}

// MkdirAll implements journal.FS.
func (d *Disk) MkdirAll(string) error { return nil }

// Create implements journal.FS.
func (d *Disk) Create(name string) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name = filepath.Clean(name)
	n := &node{}
	if err := d.alter(Create, change{name: name, node: n}); err != nil {
		return nil, err
	}
	return &file{disk: d, node: n, name: name, life: d.life, writable: true}, nil
}

// OpenWrite implements journal.FS.
func (d *Disk) OpenWrite(name string) (journal.File, error) { return d.open(name, true) }

// Open implements journal.FS.
func (d *Disk) Open(name string) (journal.File, error) { return d.open(name, false) }

func (d *Disk) open(name string, writable bool) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name = filepath.Clean(name)
	if d.off {
		return nil, ErrPower
	}
	n := d.names[name]
	if n == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{disk: d, node: n, name: name, life: d.life, writable: writable}, nil
}

// Remove implements journal.FS.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	name = filepath.Clean(name)
	if d.names[name] == nil && !d.off {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	return d.alter(Remove, change{name: name})
}

// Rename implements journal.FS.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, to = filepath.Clean(from), filepath.Clean(to)
	n := d.names[from]
	if n == nil && !d.off {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	return d.alter(Rename, change{name: to, node: n, from: from})
}

// ReadDir implements journal.FS.
func (d *Disk) ReadDir(dir string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, ErrPower
	}
	prefix := filepath.Clean(dir) + string(filepath.Separator)
	var names []string
	for name := range d.names {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	return names, nil
}

// SyncDir implements journal.FS.
func (d *Disk) SyncDir(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin(Op{Kind: SyncDir, Name: dir}); err != nil {
		return err
	}
	for _, c := range d.undone {
		c.apply(d.stable)
	}
	d.undone = nil
	return nil
}

// Lock implements journal.FS. Within the one process that a test is, the holder's number is unknown.
func (d *Disk) Lock(name string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name = filepath.Clean(name)
	if d.off {
		return nil, ErrPower
	}
	if d.locks[name] {
		return nil, &journal.LockedError{Dir: filepath.Dir(name)}
	}
	d.locks[name] = true
	return &lock{disk: d, name: name, life: d.life}, nil
}

type lock struct {
	disk *Disk
	name string
	life int
}

func (l *lock) Close() error {
	l.disk.mu.Lock()
	defer l.disk.mu.Unlock()
	if l.life == l.disk.life {
		delete(l.disk.locks, l.name)
	}
	return nil
}

var errNoSpace error = syscall.ENOSPC
