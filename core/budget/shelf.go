package budget

import "iter"

const (
	pageBits  = 10 // of an id: which entry of a page
	chunkBits = 7  // of a place: which element of a chunk
)

// shelf has things by dense ids, few of which have one. An id without one costs 4 bytes at most, and nothing where none of
// the 1,024 about it has one. What lies on it does not move: nothing is copied when it grows.
type shelf[T any] struct {
	pages  []*[1 << pageBits]uint32 // the place of the id's thing; 0 for none
	chunks []*[1 << chunkBits]T     // by places; at place 0 is what an id without a thing of its own has
	used   uint32                   // places given out
	spare  []uint32                 // of them, those given back
}

func newShelf[T any](blank T) shelf[T] {
	return shelf[T]{chunks: []*[1 << chunkBits]T{{blank}}}
}

// see is the id's thing to look at, or what an id without one has.
func (s *shelf[T]) see(id uint32) *T {
	if page := int(id >> pageBits); page < len(s.pages) && s.pages[page] != nil {
		return s.place(s.pages[page][id%(1<<pageBits)])
	}
	return &s.chunks[0][0]
}

// at is the id's thing, or nil. There is none of id 0.
func (s *shelf[T]) at(id uint32) *T {
	if x := s.see(id); x != &s.chunks[0][0] {
		return x
	}
	return nil
}

func (s *shelf[T]) place(n uint32) *T {
	return &s.chunks[n>>chunkBits][n%(1<<chunkBits)]
}

// need is the id's thing, from now on its own; nil for id 0.
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
	s.pages[page][id%(1<<pageBits)] = place
	x := s.place(place)
	*x = s.chunks[0][0]
	return x
}

func (s *shelf[T]) room() uint32 {
	if n := len(s.spare); n > 0 {
		place := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return place
	}
	s.used++
	if int(s.used>>chunkBits) == len(s.chunks) {
		s.chunks = append(s.chunks, new([1 << chunkBits]T))
	}
	return s.used
}

// drop takes the id's thing off the shelf.
func (s *shelf[T]) drop(id uint32) {
	if s.at(id) == nil {
		return
	}
	p := &s.pages[id>>pageBits][id%(1<<pageBits)]
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
