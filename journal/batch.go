package journal

import (
	"math"
	"slices"
)

// Batch is one group commit: records that become durable together. They are encoded in place, behind the room for the
// frame's header, so that appending writes one run of bytes and copies nothing.
//
//	b.Reset(log.Last() + 1)
//	buf := b.Open()
//	buf = append(buf, ...)
//	b.Close(buf)
//
// It is for one goroutine. It may be used again after Append has returned; what Record gave is valid until Reset.
// The zero Batch needs a Reset first.
type Batch struct {
	buf   []byte // the frame without its padding, up to the last closed record
	ends  []int  // where in buf each record ends
	first uint64
}

// Reset empties the batch; its first record will have this sequence (1 or more).
func (b *Batch) Reset(first uint64) {
	if cap(b.buf) < frameHeaderSize {
		b.Grow(0, 64<<10)
	}
	b.buf = b.buf[:frameHeaderSize]
	b.ends = b.ends[:0]
	b.first = first
}

// Grow makes room for so many records in a frame of so many bytes, such as the batch before had, so that filling this
// one moves nothing.
func (b *Batch) Grow(records, size int) {
	b.ends = slices.Grow(b.ends, records)
	b.buf = slices.Grow(b.buf, int(align(int64(size))))
}

// Open begins a record and gives the buffer to append it to; what the buffer already holds must stay as it is. A
// record that was opened and not closed is dropped by the next Open.
func (b *Batch) Open() []byte {
	if len(b.buf) < frameHeaderSize {
		panic("journal: Batch.Open before Reset")
	}
	return append(b.buf, 0, 0, 0, 0)
}

// Close ends the record that Open began: buf is what Open gave, with the record appended. It panics when buf is
// shorter than that, or the record longer than 4 GiB; both are faults of the caller.
func (b *Batch) Close(buf []byte) {
	start := len(b.buf) + recordPrefix
	if len(buf) < start || len(buf)-start > math.MaxUint32 {
		panic("journal: Batch.Close without the buffer that Open gave")
	}
	le.PutUint32(buf[start-recordPrefix:], uint32(len(buf)-start)) // #nosec G115 -- held against 2^32 above
	b.buf = buf
	b.ends = append(b.ends, len(buf))
}

// Len is the number of records.
func (b *Batch) Len() int { return len(b.ends) }

// First is the sequence of the first record.
func (b *Batch) First() uint64 { return b.first }

// Size is the length of the frame so far in bytes, its header included and its padding not. Append takes at most
// MaxFrame, and at most a segment less one Sector.
func (b *Batch) Size() int { return len(b.buf) }

// Record gives record i, counted from 0; it is valid until Reset.
func (b *Batch) Record(i int) []byte {
	start := frameHeaderSize
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.buf[start+recordPrefix : b.ends[i] : b.ends[i]]
}

// seal gives the whole frame, padded, ready to be written.
func (b *Batch) seal(mark uint64, prev Hash) []byte {
	n := len(b.buf)
	// #nosec G115 -- each record has a prefix, and Append refuses more than MaxFrame bytes
	sealFrame(b.buf, mark, b.first, uint32(len(b.ends)), prev)
	padded := append(b.buf, zeroSector[:int(align(int64(n)))-n]...)
	b.buf = padded[:n]
	return padded
}
