package journal

import (
	"bytes"
	"errors"
	"hash/crc32"
	"os"
	"strings"
	"testing"
)

const testMark = 0x8877665544332211

func sealed(first uint64, prev Hash, records ...string) []byte {
	var b Batch
	b.Reset(first)
	for _, r := range records {
		b.Close(append(b.Open(), r...))
	}
	return bytes.Clone(b.seal(testMark, prev))
}

// decode reads one frame at the start of b, as a scan does.
func decode(b []byte) (header, []byte, error) {
	h, err := decodeHeader(b, testMark)
	if err != nil {
		return h, nil, err
	}
	if h.size() > int64(len(b)) {
		return h, nil, invalid("cut short")
	}
	body, err := decodeBody(b[:h.size()], h)
	return h, body, err
}

// repair makes the checksums of what may be a frame right, so that what is behind them is reached.
func repair(b []byte) []byte {
	if len(b) < frameHeaderSize {
		return b
	}
	b = bytes.Clone(b)
	le.PutUint64(b[atMark:], testMark)
	copy(b[atMagic:], frameMagic)
	if end := frameHeaderSize + uint64(le.Uint32(b[atLength:])); end <= uint64(len(b)) {
		le.PutUint32(b[atBodySum:], crc32.Checksum(b[frameHeaderSize:end], castagnoli))
	}
	le.PutUint32(b[atSum:], headerSum(b))
	return b
}

// TestFrameLies: each impossible statement, under right checksums, is refused for what it is.
func TestFrameLies(t *testing.T) {
	good := sealed(5, Hash{1}, "some", "records", "")
	if _, _, err := decode(repair(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why  string
		edit func(b []byte)
	}{
		{"frame version 2", func(b []byte) { le.PutUint16(b[atVersion:], 2) }},
		{"frame version 1", func(b []byte) { le.PutUint16(b[atSpare:], 1) }},
		{"sequences are impossible", func(b []byte) { le.PutUint64(b[atFirst:], 0) }},
		{"sequences are impossible", func(b []byte) { le.PutUint64(b[atFirst:], 1<<64-3) }},
		{"sequences are impossible", func(b []byte) { le.PutUint32(b[atCount:], 0) }},
		{"length is impossible", func(b []byte) { le.PutUint32(b[atLength:], MaxFrame) }},
		{"length is impossible", func(b []byte) { le.PutUint32(b[atCount:], 1<<30) }},
		{"holds 3 records and says 2", func(b []byte) { le.PutUint32(b[atCount:], 2) }},
		{"holds 3 records and says 4", func(b []byte) { le.PutUint32(b[atCount:], 4) }},
		{"record 6 is longer", func(b []byte) { le.PutUint32(b[frameHeaderSize+8:], 12) }},
		{"record 5 is longer", func(b []byte) { le.PutUint32(b[frameHeaderSize:], 1<<32-1) }},
		{"holds 2 records and says 3", func(b []byte) { le.PutUint32(b[atLength:], 4+4+4+7+3) }},
		{"padding", func(b []byte) { b[Sector-1] = 1 }},
	} {
		b := bytes.Clone(good)
		c.edit(b)
		if _, _, err := decode(repair(b)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("got %v, want %q", err, c.why)
		}
	}
}

// TestFrameSums: one wrong bit anywhere in a frame is found.
func TestFrameSums(t *testing.T) {
	good := sealed(5, Hash{1}, "some", "records", strings.Repeat("long", 200))
	for i := range good {
		for bit := range 8 {
			good[i] ^= 1 << bit
			if _, _, err := decode(good); err == nil {
				t.Errorf("bit %d of byte %d does not matter", bit, i)
			}
			good[i] ^= 1 << bit
		}
	}
}

func TestSegmentVersion(t *testing.T) {
	s := segment{first: 3, size: minSegment, mark: testMark}
	b := s.encode()
	if got, err := decodeSegment(b); err != nil || got != s {
		t.Fatalf("%+v, %v", got, err)
	}
	b[8] = 2
	le.PutUint32(b[72:], crc32.Checksum(b[:72], castagnoli))
	if _, err := decodeSegment(b); !errors.Is(err, ErrVersion) {
		t.Fatalf("got %v, want ErrVersion", err)
	}
}

// frameSeeds are where fuzzing begins: whole frames of several forms, cut ones, a whole segment.
func frameSeeds(t testing.TB) [][]byte {
	golden, err := os.ReadFile("testdata/00000000000000007001.seg")
	if err != nil {
		t.Fatal(err)
	}
	long := sealed(1<<40, Hash{9}, strings.Repeat("y", 3*Sector))
	seeds := [][]byte{
		sealed(1, Hash{}, ""),
		sealed(1, Hash{}, "a", "bc", ""),
		long,
		long[:Sector],
		golden,
		golden[Sector:],
		make([]byte, Sector),
		[]byte("PJFR"),
	}
	whole := 0
	for _, s := range seeds {
		if _, _, err := decode(s); err == nil {
			whole++
		}
	}
	if whole != 4 {
		t.Fatalf("%d of the seeds are frames, want 4", whole)
	}
	return seeds
}

// FuzzFrame: whatever the bytes, decoding ends, and what it accepts encodes to the same bytes again.
func FuzzFrame(f *testing.F) {
	for _, s := range frameSeeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, repair(b)} {
			h, body, err := decode(b)
			if err != nil {
				if !errors.As(err, new(invalid)) {
					t.Fatalf("an error of another kind: %v", err)
				}
				continue
			}
			var again Batch
			again.Reset(h.first)
			for len(body) > 0 {
				n := recordPrefix + le.Uint32(body)
				again.Close(append(again.Open(), body[recordPrefix:n]...))
				body = body[n:]
			}
			if !bytes.Equal(again.seal(testMark, h.prev), b[:h.size()]) {
				t.Fatal("it encodes to other bytes")
			}
		}
	})
}

// FuzzSegment: what is accepted as a segment's header encodes to the same bytes again.
func FuzzSegment(f *testing.F) {
	seed := segment{first: 3, size: minSegment, mark: testMark, chain: Hash{7}}
	if _, err := decodeSegment(seed.encode()); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.encode())
	f.Add(make([]byte, Sector))
	f.Fuzz(func(t *testing.T, b []byte) {
		if b = bytes.Clone(b); len(b) == Sector {
			le.PutUint32(b[72:], crc32.Checksum(b[:72], castagnoli))
		}
		if s, err := decodeSegment(b); err == nil && !bytes.Equal(s.encode(), b) {
			t.Fatalf("%+v encodes to other bytes", s)
		}
	})
}

// FuzzName: a segment has one name, and nothing else is one.
func FuzzName(f *testing.F) {
	for _, s := range []string{"00000000000000000001.seg", "1.seg", ".seg", "00000000000000000000.seg", "18446744073709551615.seg", "99999999999999999999.seg", "lock", "+0000000000000000001.seg"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		first, ok, err := parseName(name)
		if err == nil && ok && (segment{first: first}).name() != name {
			t.Fatalf("%q is taken for the segment of record %d", name, first)
		}
	})
}
