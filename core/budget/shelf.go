package budget

import "iter"

const (
	pageBits  = 10 // of an id: which entry of a page
	chunkBits = 7  // of a place: which element of a chunk
)

// shelf has things by dense ids, few of which have one. An id without one costs 4 bytes at most, and nothing where none of
// the 1,024 about it has one. What lies on it does not move: nothing is copied when it grows. The zero shelf is empty.
type shelf[T any] struct {
	pages  []*[1 << pageBits]uint32 // where the id's thing lies, from 1; 0: nowhere
	chunks []*[1 << chunkBits]T
	used   uint32   // places given out
	spare  []uint32 // of them, those given back
}

// at is the id's thing, or nil. There is none of id 0.
func (s *shelf[T]) at(id uint32) *T {
	page := int(id >> pageBits)
	if page >= len(s.pages) || s.pages[page] == nil {
		return nil
	}
	place := s.pages[page][id&(1<<pageBits-1)]
	if place == 0 {
		return nil
	}
	return s.place(place)
}

func (s *shelf[T]) place(n uint32) *T {
	n--
	return &s.chunks[n>>chunkBits][n&(1<<chunkBits-1)]
}

// need is the id's thing, a zero one if it had none; nil for id 0.
func (s *shelf[T]) need(id uint32) *T {
	if id == 0 {
		return nil
	}
	if x := s.at(id); x != nil {
		return x
	}
	page := int(id >> pageBits)
	if n := page + 1 - len(s.pages); n > 0 {
		s.pages = append(s.pages, make([]*[1 << pageBits]uint32, n)...)
	}
	if s.pages[page] == nil {
		s.pages[page] = new([1 << pageBits]uint32)
	}
	place := s.room()
	s.pages[page][id&(1<<pageBits-1)] = place
	return s.place(place)
}

func (s *shelf[T]) room() uint32 {
	if n := len(s.spare); n > 0 {
		place := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return place
	}
	if s.used>>chunkBits == uint32(len(s.chunks)) { // #nosec G115 -- fewer than there are ids
		s.chunks = append(s.chunks, new([1 << chunkBits]T))
	}
	s.used++
	return s.used
}

// drop takes the id's thing off the shelf.
func (s *shelf[T]) drop(id uint32) {
	x := s.at(id)
	if x == nil {
		return
	}
	var zero T
	*x = zero
	p := &s.pages[id>>pageBits][id&(1<<pageBits-1)]
	s.spare = append(s.spare, *p)
	*p = 0
}

// all has the things there are, by ascending id.
func (s *shelf[T]) all() iter.Seq2[uint32, *T] {
	return func(yield func(uint32, *T) bool) {
		for i, page := range s.pages {
			if page == nil {
				continue
			}
			for j, place := range page {
				// #nosec G115 -- a page's number and an entry's make up an id
				if place != 0 && !yield(uint32(i)<<pageBits|uint32(j), s.place(place)) {
					return
				}
			}
		}
	}
}
