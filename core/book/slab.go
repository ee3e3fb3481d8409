package book

// chunkLen is large enough that a slab's list of chunks stays short, and small enough that adding one takes microseconds.
const chunkLen = 1024

// slab holds values of one type at stable places, numbered from 0. It grows by chunks and never copies, so that pointers
// into it stay good and no growth is slow. T has no pointers, so that the garbage collector has nothing to scan.
type slab[T any] struct {
	chunks []*[chunkLen]T
}

// at is the value at place h, which reach has made.
func (s *slab[T]) at(h uint32) *T { return &s.chunks[h/chunkLen][h%chunkLen] }

// reach makes place h.
func (s *slab[T]) reach(h uint32) {
	for h/chunkLen >= uint32(len(s.chunks)) {
		s.chunks = append(s.chunks, nil)
	}
	if s.chunks[h/chunkLen] == nil {
		s.chunks[h/chunkLen] = new([chunkLen]T)
	}
}

// has says that place h was made.
func (s *slab[T]) has(h uint32) bool {
	return h/chunkLen < uint32(len(s.chunks)) && s.chunks[h/chunkLen] != nil
}
