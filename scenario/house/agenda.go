package house

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"slices"

	"portcullis/core/instruction"
)

// Agenda is what is going to happen, in order of time, and of one time in the order in which it was entered. What is on it
// is data and no function, so that a replay can be forked. The zero Agenda is empty.
type Agenda[T any] struct {
	list  entries[T]
	added uint64
}

type entry[T any] struct {
	at   instruction.Time
	turn uint64
	task T
}

// Add enters a task for a time.
func (a *Agenda[T]) Add(at instruction.Time, task T) {
	heap.Push(&a.list, entry[T]{at, a.added, task})
	a.added++
}

// Next takes out what is next, if that is not later than until.
func (a *Agenda[T]) Next(until instruction.Time) (at instruction.Time, task T, ok bool) {
	if len(a.list) == 0 || a.list[0].at > until {
		return 0, task, false
	}
	e := heap.Pop(&a.list).(entry[T])
	return e.at, e.task, true
}

// Run lets everything happen that is due until then: the venue's time passes up to each task, which do then carries out. It ends
// early where do, the venue or the context does.
func (a *Agenda[T]) Run(ctx context.Context, v *Venue, until instruction.Time, do func(instruction.Time, T) error) error {
	for v.Err() == nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		at, t, ok := a.Next(until)
		if !ok {
			v.Pass(until)
			break
		}
		v.Pass(at)
		if err := do(at, t); err != nil {
			return err
		}
	}
	if err := v.Err(); err != nil {
		return fmt.Errorf("house: the venue failed at %v: %w", v.Time.Std(), err)
	}
	return nil
}

// Remove takes out every task of which out says so.
func (a *Agenda[T]) Remove(out func(T) bool) {
	a.list = slices.DeleteFunc(a.list, func(e entry[T]) bool { return out(e.task) })
	heap.Init(&a.list)
}

// Clone is the same agenda again.
func (a *Agenda[T]) Clone() Agenda[T] { return Agenda[T]{slices.Clone(a.list), a.added} }

// entries are a heap, the next one first.
type entries[T any] []entry[T]

func (l entries[T]) Len() int      { return len(l) }
func (l entries[T]) Swap(i, k int) { l[i], l[k] = l[k], l[i] }
func (l *entries[T]) Push(e any)   { *l = append(*l, e.(entry[T])) }

func (l entries[T]) Less(i, k int) bool {
	return cmp.Or(cmp.Compare(l[i].at, l[k].at), cmp.Compare(l[i].turn, l[k].turn)) < 0
}

func (l *entries[T]) Pop() any {
	last := len(*l) - 1
	e := (*l)[last]
	*l = (*l)[:last]
	return e
}
