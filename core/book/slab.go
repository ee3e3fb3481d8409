package book

// chunkBits makes chunks large enough that their list stays short, and small enough that adding one takes microseconds.
const (
	chunkBits = 10
	chunkLen  = 1 << chunkBits
)

// slab holds values of one type at stable places, named by int32 from 1. It grows by chunks and never copies. T has no
// pointers. Freed places are used again, the last freed first, since that one is still in the cache.
type slab[T any] struct {
	chunks []*[chunkLen]T
	free   []int32
	used   int32 // places ever given out; place 0 is nobody's
}

// at is the place h, which must have been given out.
func (s *slab[T]) at(h int32) *T {
	return &s.chunks[uint32(h)>>chunkBits][uint32(h)%chunkLen]
}

// take gives out a place; what it holds is whatever its last user left.
func (s *slab[T]) take() int32 {
	if n := len(s.free); n > 0 {
		h := s.free[n-1]
		s.free = s.free[:n-1]
		return h
	}
	s.used++
	if int(s.used)>>chunkBits >= len(s.chunks) {
		s.chunks = append(s.chunks, new([chunkLen]T))
	}
	return s.used
}

func (s *slab[T]) give(h int32) { s.free = append(s.free, h) }

// len is how many places are in use.
func (s *slab[T]) len() int { return int(s.used) - len(s.free) }
