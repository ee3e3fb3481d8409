package journal

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	segmentMagic   = "PCJSEGMT"
	segmentVersion = 1
	segmentSuffix  = ".seg"
	segmentDigits  = 20
	// spareName has the length of a segment's name, so that renaming it needs no more room in the directory.
	spareName = "next-segment-in-make.new"
	lockName  = "lock"
)

// errPassed: the log has grown past all that was looked at, and removed it. Only who reads without the lock meets it.
var errPassed = errors.New("journal: the segments were removed while they were looked at")

// segment is what a segment's header says.
type segment struct {
	first uint64
	size  int64  // of the file, in bytes
	mark  uint64 // random; tells this segment's frames from bytes that look like one
	chain Hash   // the hash of the frame before its first
}

func (s segment) name() string { return fmt.Sprintf("%0*d%s", segmentDigits, s.first, segmentSuffix) }

func (s segment) path(dir string) string { return filepath.Join(dir, s.name()) }

// damage makes the error for something wrong at an offset of this segment.
func (s segment) damage(off int64, format string, args ...any) error {
	return &DamageError{Segment: s.name(), Offset: off, Why: fmt.Sprintf(format, args...)}
}

// encode gives the header sector.
func (s segment) encode() []byte {
	b := make([]byte, Sector)
	copy(b, segmentMagic)
	le.PutUint32(b[8:], segmentVersion)
	le.PutUint64(b[16:], s.first)
	le.PutUint64(b[24:], uint64(s.size)) // #nosec G115 -- a size is never negative
	le.PutUint64(b[32:], s.mark)
	copy(b[40:], s.chain[:])
	le.PutUint32(b[72:], crc32.Checksum(b[:72], castagnoli))
	return b
}

// decodeSegment reads a header sector.
func decodeSegment(b []byte) (segment, error) {
	if len(b) != Sector || string(b[:8]) != segmentMagic {
		return segment{}, invalid("this is no segment header")
	}
	if crc32.Checksum(b[:72], castagnoli) != le.Uint32(b[72:]) || !isZero(b[76:]) {
		return segment{}, invalid("the segment header's checksum is wrong")
	}
	if v := le.Uint64(b[8:]); v != segmentVersion {
		return segment{}, fmt.Errorf("%w %d, this program knows %d", ErrVersion, v, segmentVersion)
	}
	// #nosec G115 -- the next line refuses what is negative
	s := segment{first: le.Uint64(b[16:]), size: int64(le.Uint64(b[24:])), mark: le.Uint64(b[32:]), chain: Hash(b[40:72])}
	if s.first == 0 || s.size < minSegment || s.size > maxSegment || s.size%Sector != 0 {
		return segment{}, invalid("the segment header's values are impossible")
	}
	return s, nil
}

// parseName gives the first sequence that a file's name stands for; ok is false for files that are no segments.
func parseName(name string) (first uint64, ok bool, err error) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return 0, false, nil
	}
	first, err = strconv.ParseUint(digits, 10, 64)
	if err != nil || first == 0 || (segment{first: first}).name() != name {
		return 0, true, &DamageError{Segment: name, Why: "this is not a name that the journal gives to a segment"}
	}
	return first, true, nil
}

// listSegments gives the headers of all segments of a directory in order. It checks each header against the file's
// name and size, not yet what the segments hold. Those that are removed meanwhile are left out; when that befalls the
// last one, the error is errPassed.
func listSegments(fsys FS, dir string) ([]segment, error) {
	names, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: list %s: %w", dir, err)
	}
	var segs []segment
	passed := false
	for _, name := range names { // 20 digits, so the order of names is the order of sequences
		first, ok, err := parseName(name)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		seg, err := readSegment(fsys, dir, first)
		if errors.Is(err, fs.ErrNotExist) {
			passed = true
			continue
		}
		if err != nil {
			return nil, err
		}
		passed = false
		segs = append(segs, seg)
	}
	if passed {
		return nil, errPassed
	}
	return segs, nil
}

// readSegment reads and checks the header of the segment of that name.
func readSegment(fsys FS, dir string, first uint64) (segment, error) {
	named := segment{first: first}
	file, err := fsys.Open(named.path(dir))
	if err != nil {
		return segment{}, fmt.Errorf("journal: open segment: %w", err)
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return segment{}, fmt.Errorf("journal: size of segment: %w", err)
	}
	if size < minSegment {
		return segment{}, named.damage(size, "the file has %d bytes, too few for any segment", size)
	}
	b := make([]byte, Sector)
	if _, err := file.ReadAt(b, 0); err != nil {
		return segment{}, fmt.Errorf("journal: read segment header: %w", err)
	}
	seg, err := decodeSegment(b)
	if why, ok := err.(invalid); ok {
		return segment{}, named.damage(0, "%s", why)
	}
	if err != nil {
		return segment{}, fmt.Errorf("journal: segment %s: %w", named.name(), err)
	}
	if seg.first != first {
		return segment{}, named.damage(0, "its header says that it begins with record %d", seg.first)
	}
	if seg.size != size {
		return segment{}, named.damage(size, "the file has %d bytes and was made with %d", size, seg.size)
	}
	if first == 1 && seg.chain != (Hash{}) {
		return segment{}, named.damage(0, "the first record of all has a hash before it")
	}
	return seg, nil
}
