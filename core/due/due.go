// Package due orders what is to happen once its time has come.
//
// A Queue is derived from what it orders: it is rebuilt when a state is read back and never persisted, so what it says must
// not depend on the order in which things were entered. It may hold entries that are out of date; who takes one out looks at
// the thing itself. One goroutine uses a Queue at a time.
package due

import "portcullis/core/instruction"

// Entry is one thing by its number, and when its time comes.
type Entry struct {
	At instruction.Time
	ID uint64
}

func (e Entry) before(x Entry) bool { return e.At < x.At || e.At == x.At && e.ID < x.ID }

// Queue has the earliest entry first, and of two of one time the lower number. The zero Queue is empty.
type Queue struct{ heap []Entry }

// Len is how many entries there are.
func (q *Queue) Len() int { return len(q.heap) }

// First is the earliest entry; ok is false where there is none.
func (q *Queue) First() (e Entry, ok bool) {
	if len(q.heap) == 0 {
		return Entry{}, false
	}
	return q.heap[0], true
}

// Add enters a thing.
func (q *Queue) Add(e Entry) {
	q.heap = append(q.heap, e)
	i := len(q.heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !q.heap[i].before(q.heap[up]) {
			break
		}
		q.heap[i], q.heap[up] = q.heap[up], q.heap[i]
		i = up
	}
}

// Drop takes the earliest entry out.
func (q *Queue) Drop() {
	last := len(q.heap) - 1
	q.heap[0] = q.heap[last]
	q.heap = q.heap[:last]
	for i := 0; ; {
		least := i
		for _, down := range [2]int{2*i + 1, 2*i + 2} {
			if down < last && q.heap[down].before(q.heap[least]) {
				least = down
			}
		}
		if least == i {
			return
		}
		q.heap[i], q.heap[least] = q.heap[least], q.heap[i]
		i = least
	}
}
