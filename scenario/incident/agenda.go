package incident

import (
	"slices"

	"portcullis/core/due"
	"portcullis/core/instruction"
)

// task is something that somebody is going to do. It is data and no function, so that a replay can be forked.
type task struct {
	at   instruction.Time
	kind taskKind
	who  int    // the number of a customer, or of a call; by kind
	what uint64 // a matter, a payout; by kind
	done bool
}

type taskKind uint8

const (
	makerTurn    taskKind = iota + 1 // a maker refreshes an order
	crowdTurn                        // one of the honest customers does something
	rotation                         // customer who replaces his key
	leftover                         // customer who: a program of his goes on with the key that he deleted
	relocation                       // customer who gets another network
	theftCall                        // the thief's call number who
	stranger                         // the other thief's call number who
	settlement                       // payout what has arrived
	ownerAnswer                      // customer who answers matter what, about which he got a notice
	operatorNo                       // the operator stops matter what for customer who
	cleanup                          // customer who deletes the key that was quarantined
	response                         // the operator shuts the keys at risk
	falseClosing                     // the operator closes incident what, which customers' own programs had caused
)

// agenda is what is going to happen, in order of time, and of one time in the order in which it was entered.
type agenda struct {
	tasks []task
	queue due.Queue
}

func (a *agenda) add(t task) {
	a.queue.Add(due.Entry{At: t.at, ID: uint64(len(a.tasks))})
	a.tasks = append(a.tasks, t)
}

// next takes out what is next, if that is not later than until.
func (a *agenda) next(until instruction.Time) (task, bool) {
	e, ok := a.queue.First()
	if !ok || e.At > until {
		return task{}, false
	}
	a.queue.Drop()
	a.tasks[e.ID].done = true
	return a.tasks[e.ID], true
}

// clone is the same agenda again.
func (a *agenda) clone() agenda {
	c := agenda{tasks: slices.DeleteFunc(slices.Clone(a.tasks), func(t task) bool { return t.done })}
	for i, t := range c.tasks {
		c.queue.Add(due.Entry{At: t.at, ID: uint64(i)})
	}
	return c
}
