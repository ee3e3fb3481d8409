package chain

import (
	"iter"
	"slices"
	"sort"
)

// sorted is a list in an order in which no two things have the same place. What is entered and taken out moves a part of it and not
// all, so that a hundred thousand coins cost little more than a hundred.
type sorted[T any] struct {
	order func(x, y *T) int
	parts [][]*T // none is empty, none longer than maxPart
	n     int
}

// maxPart is how long a part gets before it is halved: what is moved for one thing fits a few kilobytes.
const maxPart = 512

func (l *sorted[T]) len() int { return l.n }

// first is the first one, or nil.
func (l *sorted[T]) first() *T {
	if l.n == 0 {
		return nil
	}
	return l.parts[0][0]
}

// last is the last one, or nil.
func (l *sorted[T]) last() *T {
	if l.n == 0 {
		return nil
	}
	p := l.parts[len(l.parts)-1]
	return p[len(p)-1]
}

// all goes through the list. Nothing may be entered or taken out meanwhile.
func (l *sorted[T]) all() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, p := range l.parts {
			for _, x := range p {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// list is a copy.
func (l *sorted[T]) list() []*T { return slices.AppendSeq(make([]*T, 0, l.n), l.all()) }

// find is where a thing is, or belongs.
func (l *sorted[T]) find(x *T) (part, at int, ok bool) {
	part = max(0, sort.Search(len(l.parts), func(i int) bool { return l.order(l.parts[i][0], x) > 0 })-1)
	if part < len(l.parts) {
		at, ok = slices.BinarySearchFunc(l.parts[part], x, l.order)
		ok = ok && l.parts[part][at] == x
	}
	return part, at, ok
}

// has says that the thing is in the list.
func (l *sorted[T]) has(x *T) bool {
	_, _, ok := l.find(x)
	return ok
}

// add enters a thing that is not in the list.
func (l *sorted[T]) add(x *T) {
	l.n++
	if len(l.parts) == 0 {
		l.parts = append(l.parts, append(make([]*T, 0, 8), x))
		return
	}
	i, at, _ := l.find(x)
	p := slices.Insert(l.parts[i], at, x)
	l.parts[i] = p
	if len(p) > maxPart {
		half := len(p) / 2
		if i == len(l.parts)-1 && at == len(p)-1 {
			half = len(p) - 1 // most lists grow at their end
		}
		l.parts = slices.Insert(l.parts, i+1, slices.Clone(p[half:]))
		clear(p[half:])
		l.parts[i] = p[:half]
	}
}

// remove takes a thing out, if it is in.
func (l *sorted[T]) remove(x *T) {
	i, at, ok := l.find(x)
	if !ok {
		return
	}
	l.n--
	if l.parts[i] = slices.Delete(l.parts[i], at, at+1); len(l.parts[i]) == 0 {
		l.parts = slices.Delete(l.parts, i, i+1)
	}
}
