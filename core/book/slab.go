package book

// chunkBits makes chunks large enough that their list stays short, and small enough that adding one takes microseconds.
const (
	chunkBits = 10
	chunkLen  = 1 << chunkBits
)

// slab holds values of one type at stable places, named by int32 from 1. It grows by chunks and never copies, so that
// pointers into it stay good and no growth is slow. T has no pointers.
type slab[T any] struct {
	chunks []*[chunkLen]T
	used   int32 // places ever given out; place 0 is nobody's
}

// at is the place h, which must have been given out.
func (s *slab[T]) at(h int32) *T {
	return &s.chunks[uint32(h)>>chunkBits][uint32(h)%chunkLen]
}

// add gives out a place that was never used.
func (s *slab[T]) add() int32 {
	s.used++
	if int(s.used)>>chunkBits >= len(s.chunks) {
		s.chunks = append(s.chunks, new([chunkLen]T))
	}
	return s.used
}
