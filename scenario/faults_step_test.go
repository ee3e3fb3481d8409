package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/journal"
	"portcullis/journal/diskfault"
)

var errIO error = syscall.EIO

// faultKinds is what the histories together must have met, lest the test fall asleep.
var faultKinds = []string{
	"a clean stop", "a kill", "a power loss", "torn tail cut", "failure while opening", "power cut under way", "failed write", "failed sync",
	"failed elsewhere", "slow disk", "snapshot", "refused: full", "refused: stopped", "full disk recovered from", "full disk met under way", "stopped clock",
	"unknown outcome: it happened", "unknown outcome: it did not happen", "flipped bit found", "flipped bit of no record",
}

// step does one thing, and holds everything that can be held.
func (h *venueHistory) step() {
	switch pick(h.rng, 700, 60, 40, 20, 8, 8, 8, 8, 8, 4, 14, 10, 12) {
	case 0:
		h.work()
		for range h.rng.IntN(16) {
			if h.proc.gate != nil { // much can come in while the disk is slow
				h.work()
			}
		}
	case 1:
		h.beat()
	case 2:
		h.slow()
	case 3:
		h.fill()
	case 4:
		h.arm(errIO, 1+h.rng.IntN(12))
	case 5:
		h.arm(diskfault.ErrPower, 1+h.rng.IntN(12))
	case 6:
		h.restart(kill)
	case 7:
		h.restart(power)
	case 8:
		h.heal()
		h.restart(clean)
	case 9:
		h.stuck = 1 + h.rng.IntN(20)
		h.saw("stopped clock")
	case 10:
		h.flip()
	case 11:
		h.reread()
	case 12:
		h.snapshot()
	}
	h.check()
	if h.disk.Off() {
		h.saw("power cut under way")
		h.restart(power)
	} else if h.must && h.one(4) {
		h.restart([]end{clean, kill, power}[h.rng.IntN(3)])
	}
}

// work gives one more instruction, at the time that the clock shows by now. Those are left out that fill
// a small segment alone.
func (h *venueHistory) work() {
	a := h.random.Next(h.laws.state)
	c := instruction.Writer(nil)
	instruction.AppendHead(&c, a.Now, &a.By, a.In)
	if int64(len(c.Bytes())) > h.segment/32 {
		return
	}
	if h.stuck > 0 {
		h.stuck--
	} else {
		h.now = a.Now
	}
	a.Now = h.now
	if a.By.Giver == instruction.ByEngine {
		a.By.Client = asks
	}
	h.do(a)
	if h.proc.gate != nil && (len(h.pending) == 26 || len(h.pending) >= 52) {
		h.slow()
	}
}

// slow makes the disk slow, or quick again. A full disk is left as it is: what waits for room would go on all at once.
func (h *venueHistory) slow() {
	switch {
	case h.proc.gate != nil && (len(h.pending) == 26 || h.one(4)):
		h.note("the disk takes one more")
		h.proc.next()
		settle()
		h.drain()
		h.held = len(h.kept)
	case h.proc.gate != nil:
		switch { // what waited goes out in one frame of many sectors
		case h.one(4): // which can be torn
			h.arm(diskfault.ErrPower, 1+h.rng.IntN(4))
		case len(h.pending) > 40: // or find the disk full
			h.fill()
		}
		h.note("the disk is quick again")
		h.proc.release()
		settle()
	case !h.full && h.fired == "":
		h.saw("slow disk")
		h.note("the disk is slow")
		h.held = len(h.kept)
		h.proc.hold([]diskfault.Kind{diskfault.Write, diskfault.Sync}[h.rng.IntN(2)])
	}
}

// fill leaves the disk no more room, or makes room again.
func (h *venueHistory) fill() {
	switch {
	case h.full:
		h.heal()
	default:
		h.note("the disk is full")
		h.full = true
		h.disk.SetSpace(h.disk.Used())
	}
}

// heal makes the disk quick and large enough, and demands that work goes on by itself where no write or sync has failed. The
// wait is one of the clock that only tests have.
func (h *venueHistory) heal() {
	h.disk.SetFault(nil)
	h.disk.SetSpace(0)
	h.proc.release()
	was := h.full || h.fired != ""
	time.Sleep(3 * time.Second)
	settle()
	if h.disk.Off() || errors.Is(h.eng.Healthy(), engine.ErrStopped) {
		h.full = false
		return
	}
	h.full, h.fired = false, ""
	if err := h.eng.Healthy(); err != nil {
		h.t.Fatalf("there is room again, and yet: %v", err)
	}
	h.check()
	if len(h.pending) > 0 {
		h.t.Fatalf("there is room again, and %d records are not durable", len(h.pending))
	}
	if was {
		h.saw("full disk recovered from")
		h.note("there is room again")
	}
}

// arm lets the disk fail at its n-th call from now that changes anything.
func (h *venueHistory) arm(with error, n int) {
	if h.fired != "" {
		return
	}
	h.note("armed: %v at call %d", with, n)
	h.disk.SetFault(func(op diskfault.Op) error {
		if n--; n != 0 {
			return nil
		}
		name := path.Base(op.Name)
		h.fired = fmt.Sprintf("%v of kind %d on %s", with, op.Kind, name)
		segment := strings.HasSuffix(name, ".seg")
		h.must = segment // the next segment and snapshots can be tried again
		switch {
		case with == diskfault.ErrPower:
		case segment && op.Kind == diskfault.Write:
			h.saw("failed write")
		case segment && op.Kind == diskfault.Sync:
			h.saw("failed sync")
		default:
			h.saw("failed elsewhere")
		}
		return with
	})
}

// snapshot takes one; where the disk fails meanwhile, nothing else comes to harm. Then one bit of it flips in a copy: whoever
// recovers from that must come to the same state, without it.
func (h *venueHistory) snapshot() {
	if len(h.pending) > 0 || h.proc.gate != nil || h.disk.Off() || h.must {
		return
	}
	taken, err := h.eng.Snapshot(h.t.Context())
	settle()
	h.note("a snapshot of %d records: %v", taken.Snapshot.Place.Seq, err)
	if err != nil {
		if h.fired == "" && !h.full {
			h.t.Fatalf("no snapshot, for no reason: %v", err)
		}
		return
	}
	h.saw("snapshot")
	copied, _ := h.copyDisk()
	name := "s/" + taken.Snapshot.Name
	off := h.rng.Int64N(int64(len(copied.Bytes(name))))
	copied.Flip(name, off, uint(h.rng.IntN(8)))
	log, err := journal.Open("j", h.options(copied))
	if err != nil {
		h.t.Fatal(err)
	}
	defer log.Close()
	r, err := engine.Snapshots{FS: copied, Dir: "s"}.Recover(h.t.Context(), log, log.Last(), nil)
	if err != nil || r.State.Hash() != h.laws.twin.Hash() {
		h.t.Fatalf("a flipped bit at %d of %s gives another state: %v", off, name, err)
	}
	if len(r.Passed) == 0 {
		h.t.Fatalf("a flipped bit at %d of %s was not found", off, name)
	}
}

// reread reads the whole journal, as a new archive would.
func (h *venueHistory) reread() {
	for i, b := range h.readAll() {
		if i < len(h.kept) && !bytes.Equal(b, h.kept[i]) {
			h.t.Fatalf("record %d is read back as another one", i+1)
		}
	}
}

// flip inverts one bit of a copy of the disk. Opening that must find it, unless it hits no record: zeros that no frame has
// used yet, or the next segment in the making.
func (h *venueHistory) flip() {
	if len(h.pending) > 0 || h.disk.Off() {
		return
	}
	copied, used := h.copyDisk()
	names := slices.Sorted(maps.Keys(used))
	name := names[h.rng.IntN(len(names))]
	off := h.rng.Int64N(used[name])
	if h.one(5) {
		off = h.rng.Int64N(h.segment)
	}
	whole := copied.Bytes(name)
	copied.Flip(name, off, uint(h.rng.IntN(8)))
	log, err := journal.Open("j", h.options(copied))
	h.note("a bit flips at %d of %s: %v", off, name, err)
	if err != nil {
		if !errors.As(err, new(*journal.DamageError)) {
			h.t.Fatalf("a flipped bit is called something else: %v", err)
		}
		h.saw("flipped bit found")
		return
	}
	defer log.Close()
	h.unharmed(log, whole, off)
}

// unharmed holds a journal that opens though a bit was flipped: every record is there as it was; or the last frame is cut,
// told of, and could not be told from a torn one, since it has a sector of zeros.
func (h *venueHistory) unharmed(log *journal.Files, whole []byte, off int64) {
	r, err := log.Reader(1)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for ; uint64(n) < log.Last(); n++ {
		if _, b, err := r.Next(); err != nil || !bytes.Equal(b, h.kept[n]) {
			h.t.Fatalf("a flipped bit at %d is folded with record %d: %v", off, n+1, err)
		}
	}
	if n == len(h.kept) {
		h.saw("flipped bit of no record")
		return
	}
	cut := log.Recovered()
	size := int64(72)
	for _, b := range h.kept[n:] {
		size += 4 + int64(len(b))
	}
	size = (size + journal.Sector - 1) / journal.Sector * journal.Sector
	zeros := false
	for at := cut.Offset; at < cut.Offset+size; at += journal.Sector {
		zeros = zeros || bytes.Equal(whole[at:at+journal.Sector], make([]byte, journal.Sector))
	}
	rest := whole[min(cut.Offset+size, int64(len(whole))):]
	if cut.Segment == "" || !zeros || off < cut.Offset || off >= cut.Offset+size || !bytes.Equal(rest, make([]byte, len(rest))) {
		h.t.Fatalf("a flipped bit at %d cost records %d to %d: %+v", off, n+1, len(h.kept), cut)
	}
	h.saw("flipped bit that looks like a torn write")
}

// copyDisk gives a disk with the same segments and snapshots, and how much of each segment is used.
func (h *venueHistory) copyDisk() (*diskfault.Disk, map[string]int64) {
	to := diskfault.New(1)
	used := map[string]int64{}
	for _, name := range append(h.names("j"), h.names("s")...) {
		if !strings.HasSuffix(name, ".seg") && !strings.HasSuffix(name, ".snap") {
			continue
		}
		b := h.disk.Bytes(name)
		f, err := to.Create(name)
		if err != nil {
			h.t.Fatal(err)
		}
		if _, err := f.WriteAt(b, 0); err != nil {
			h.t.Fatal(err)
		}
		to.Edit(name, func(b []byte) []byte { return b }) // durable
		if strings.HasSuffix(name, ".seg") {
			used[name] = int64(len(bytes.TrimRight(b, "\x00")))
		}
	}
	return to, used
}

// names are the paths of a directory's files.
func (h *venueHistory) names(dir string) []string {
	names, err := h.disk.ReadDir(dir)
	if err != nil {
		h.t.Fatal(err)
	}
	for i, name := range names {
		names[i] = path.Join(dir, name)
	}
	return names
}
