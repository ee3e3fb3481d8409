package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

const (
	// Sector is the unit in bytes that a disk writes whole; frames begin at multiples of it.
	Sector = 512
	// MaxFrame is the greatest size of a frame in bytes, header and padding included. It bounds what a reader must
	// hold in memory, whatever a file says.
	MaxFrame = 16 << 20

	frameVersion    = 1
	frameMagic      = "PJFR"
	frameHeaderSize = 72
	recordPrefix    = 4

	atMark    = 0
	atSum     = 8
	atBodySum = 12
	atMagic   = 16
	atVersion = 20
	atSpare   = 22
	atFirst   = 24
	atCount   = 32
	atLength  = 36
	atPrev    = 40
)

var (
	le         = binary.LittleEndian
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	zeroSector [Sector]byte
)

// invalid says why bytes are not a frame or a header. It is never an I/O error.
type invalid string

func (e invalid) Error() string { return string(e) }

// header is what a frame says about itself.
type header struct {
	first   uint64
	count   uint32
	length  uint32 // bytes of the records with their prefixes
	prev    Hash
	bodySum uint32
}

// size is what the frame takes in the file, in bytes.
func (h header) size() int64 { return align(frameHeaderSize + int64(h.length)) }

// last is the sequence of the frame's last record.
func (h header) last() uint64 { return h.first + uint64(h.count) - 1 }

func align(n int64) int64 { return (n + Sector - 1) / Sector * Sector }

// sealFrame fills in the header of frame, whose records are already in place.
func sealFrame(frame []byte, mark, first uint64, count uint32, prev Hash) {
	body := frame[frameHeaderSize:]
	le.PutUint64(frame[atMark:], mark)
	le.PutUint32(frame[atBodySum:], crc32.Checksum(body, castagnoli))
	copy(frame[atMagic:], frameMagic)
	le.PutUint16(frame[atVersion:], frameVersion)
	le.PutUint16(frame[atSpare:], 0)
	le.PutUint64(frame[atFirst:], first)
	le.PutUint32(frame[atCount:], count)
	le.PutUint32(frame[atLength:], uint32(len(body))) // #nosec G115 -- admit has held it against MaxFrame
	copy(frame[atPrev:], prev[:])
	le.PutUint32(frame[atSum:], headerSum(frame))
}

// headerSum covers the whole header but itself; through the records' sum it covers them too.
func headerSum(frame []byte) uint32 {
	sum := crc32.Update(0, castagnoli, frame[:atSum])
	return crc32.Update(sum, castagnoli, frame[atBodySum:frameHeaderSize])
}

// hashFrame covers what the frame says, not where it lies: neither the mark nor the checksums.
func hashFrame(frame []byte, length uint32) Hash {
	return sha256.Sum256(frame[atMagic : frameHeaderSize+int64(length)])
}

// decodeHeader reads the header at the start of b. Only one with the segment's mark is a header.
func decodeHeader(b []byte, mark uint64) (header, error) {
	if len(b) < frameHeaderSize {
		return header{}, invalid("no room for a frame header")
	}
	if string(b[atMagic:atVersion]) != frameMagic || le.Uint64(b[atMark:]) != mark {
		return header{}, invalid("no frame begins here")
	}
	if headerSum(b) != le.Uint32(b[atSum:]) {
		return header{}, invalid("the frame header's checksum is wrong")
	}
	if v := le.Uint16(b[atVersion:]); v != frameVersion || le.Uint16(b[atSpare:]) != 0 {
		return header{}, invalid(fmt.Sprintf("frame version %d, this program knows %d", v, frameVersion))
	}
	h := header{
		first:   le.Uint64(b[atFirst:]),
		count:   le.Uint32(b[atCount:]),
		length:  le.Uint32(b[atLength:]),
		prev:    Hash(b[atPrev:frameHeaderSize]),
		bodySum: le.Uint32(b[atBodySum:]),
	}
	switch {
	case h.count == 0 || h.first == 0 || h.first > math.MaxUint64-uint64(h.count):
		return header{}, invalid("the frame's sequences are impossible")
	case h.size() > MaxFrame || uint64(h.count)*recordPrefix > uint64(h.length):
		return header{}, invalid("the frame's length is impossible")
	}
	return h, nil
}

// decodeBody checks the rest of a frame of h.size() bytes, and gives its records with their prefixes.
func decodeBody(frame []byte, h header) ([]byte, error) {
	end := frameHeaderSize + int64(h.length)
	body := frame[frameHeaderSize:end]
	if crc32.Checksum(body, castagnoli) != h.bodySum {
		return nil, invalid("the records' checksum is wrong")
	}
	if !isZero(frame[end:h.size()]) {
		return nil, invalid("the padding after the records is not zero")
	}
	rest, n := body, uint32(0)
	for ; len(rest) >= recordPrefix; n++ {
		size := uint64(le.Uint32(rest)) + recordPrefix
		if size > uint64(len(rest)) {
			return nil, invalid(fmt.Sprintf("record %d is longer than its frame", h.first+uint64(n)))
		}
		rest = rest[size:]
	}
	if len(rest) != 0 || n != h.count {
		return nil, invalid(fmt.Sprintf("the frame holds %d records and says %d", n, h.count))
	}
	return body, nil
}

// isZero compares in blocks, since whole segments of zeros are looked at.
func isZero(b []byte) bool {
	for len(b) > Sector {
		if !bytes.Equal(b[:Sector], zeroSector[:]) {
			return false
		}
		b = b[Sector:]
	}
	return bytes.Equal(b, zeroSector[:len(b)])
}
