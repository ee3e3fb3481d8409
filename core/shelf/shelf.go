// Package shelf keeps things by dense numbers, of which few have one: what is counted of keys and accounts, most of which never
// do anything. It owns the things' places and knows nothing of what they are. A thing may be changed in place; what lies on a
// shelf does not move, so nothing is copied when it grows. It refuses nothing but number 0, which has no thing of its own. One
// goroutine uses a Shelf at a time.
package shelf

import (
	"iter"

	"portcullis/core/instruction"
)

const (
	pageBits  = 10 // of an id: which entry of a page
	chunkBits = 7  // of a place: which element of a chunk
)

// maxID bounds what bytes can make a shelf's first level grow to.
const maxID = 1 << 30

// Shelf has things by dense ids, few of which have one. An id without one costs 4 bytes at most, and nothing where none of
// the 1,024 about it has one. The zero Shelf is not ready; see New.
type Shelf[T any] struct {
	pages  []*[1 << pageBits]uint32 // the place of the id's thing; 0 for none
	chunks []*[1 << chunkBits]T     // by places; at place 0 is what an id without a thing of its own has
	used   uint32                   // places given out
	spare  []uint32                 // of them, those given back
}

// New is an empty shelf. blank is what an id without a thing of its own has.
func New[T any](blank T) Shelf[T] {
	return Shelf[T]{chunks: []*[1 << chunkBits]T{{blank}}}
}

// See is the id's thing to look at, or what an id without one has.
func (s *Shelf[T]) See(id uint32) *T {
	if page := int(id >> pageBits); page < len(s.pages) && s.pages[page] != nil {
		return s.place(s.pages[page][id%(1<<pageBits)])
	}
	return &s.chunks[0][0]
}

// At is the id's thing, or nil. There is none of id 0.
func (s *Shelf[T]) At(id uint32) *T {
	if x := s.See(id); x != &s.chunks[0][0] {
		return x
	}
	return nil
}

func (s *Shelf[T]) place(n uint32) *T {
	return &s.chunks[n>>chunkBits][n%(1<<chunkBits)]
}

// Need is the id's thing, from now on its own; nil for id 0.
func (s *Shelf[T]) Need(id uint32) *T {
	if id == 0 {
		return nil
	}
	if x := s.At(id); x != nil {
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

func (s *Shelf[T]) room() uint32 {
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

// Drop takes the id's thing off the shelf.
func (s *Shelf[T]) Drop(id uint32) {
	if s.At(id) == nil {
		return
	}
	p := &s.pages[id>>pageBits][id%(1<<pageBits)]
	s.spare = append(s.spare, *p)
	*p = 0
}

// All has the things there are, by ascending id.
func (s *Shelf[T]) All() iter.Seq2[uint32, *T] {
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

// Len is how many things there are.
func (s *Shelf[T]) Len() int { return int(s.used) - len(s.spare) }

// Room is for how many ids, at 4 bytes each, and for how many things there is room.
func (s *Shelf[T]) Room() (ids, things int) {
	for _, p := range s.pages {
		if p != nil {
			ids += 1 << pageBits
		}
	}
	return ids + 2*cap(s.pages), len(s.chunks) << chunkBits
}

// Fields is the persisted form: the things that kept says are worth it, by ascending id, each as fields has it. A reader refuses
// things that kept would have left out.
func (s *Shelf[T]) Fields(c *instruction.Codec, kept func(*T) bool, fields func(*T, *instruction.Codec)) {
	count := 0
	for _, x := range s.All() {
		if kept(x) {
			count++
		}
	}
	n := c.Count(count, maxID)
	if !c.Reading() {
		for id, x := range s.All() {
			if kept(x) {
				c.Pause()
				instruction.Num32(c, &id)
				fields(x, c)
			}
		}
		return
	}
	last := uint32(0)
	for range n {
		c.Pause()
		var id uint32
		instruction.Num32(c, &id)
		if c.Err() == nil && (id <= last || id > maxID) {
			c.Fail("%d after %d", id, last)
		}
		if c.Err() != nil {
			return
		}
		x := s.Need(id)
		fields(x, c)
		if last = id; c.Err() == nil && !kept(x) {
			c.Fail("nothing of %d", id)
		}
	}
}
