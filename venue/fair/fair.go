package fair

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

var (
	// ErrFull: the caller's own line is as long as its share. It was never inside.
	ErrFull = errors.New("fair: too many are waiting")
	// ErrLate: the caller waited for as long as anybody may. It was never inside.
	ErrLate = errors.New("fair: waited in vain")
)

// Urgency is which lane a caller waits in.
type Urgency int

// The lanes.
const (
	Plain Urgency = iota
	Urgent
)

const (
	// linePart is the part of the free places that one line may take: an eighth. One key that takes all it can gets a ninth
	// of them; a hundred such get a hundred-and-eighth each, and leave eight over.
	linePart = 8
	// urgentPart is the part of the places that only urgent callers may take: a quarter.
	urgentPart = 4
	// urgentRun is how many urgent callers go in before a plain one that waits.
	urgentRun = 4
)

// Config is the size of a queue. All fields are required.
type Config struct {
	Inside   int           // callers that may be inside at a time
	Waiting  int           // callers that may wait, of all keys
	Patience time.Duration // how long a caller may wait
}

// Counts is how a queue stands, and whom it has refused since it was made.
type Counts struct {
	Inside, Waiting int
	Full, Late      uint64
}

// Queue lets callers in by turns. K says whose a caller is.
type Queue[K comparable] struct {
	cfg Config

	mu     sync.Mutex
	counts Counts
	run    int // urgent callers let in since the last plain one
	lines  map[K]*line[K]
	turns  [2][]*line[K] // by urgency: the lines with somebody in that lane, whose turn is next first
}

// line is the callers of one key that wait. One without any is forgotten.
type line[K comparable] struct {
	key   K
	lanes [2][]chan struct{} // by urgency, first come first; a channel is closed when its caller is in
}

func (l *line[K]) len() int { return len(l.lanes[Plain]) + len(l.lanes[Urgent]) }

// New is an empty queue.
func New[K comparable](cfg Config) *Queue[K] {
	return &Queue[K]{cfg: cfg, lines: map[K]*line[K]{}}
}

// Enter returns nil once the caller is inside; it must then Leave. The error is ErrFull, ErrLate, or the context's.
func (q *Queue[K]) Enter(ctx context.Context, key K, u Urgency) error {
	q.mu.Lock()
	if q.counts.Inside < q.cfg.Inside && q.counts.Waiting == 0 {
		q.counts.Inside++
		q.mu.Unlock()
		return nil
	}
	l := q.lines[key]
	if !q.room(l, u) {
		q.counts.Full++
		q.mu.Unlock()
		return ErrFull
	}
	in := q.queue(l, key, u)
	q.mu.Unlock()
	late := time.NewTimer(q.cfg.Patience)
	defer late.Stop()
	select {
	case <-in:
		return nil
	case <-ctx.Done():
		return q.giveUp(key, u, in, ctx.Err())
	case <-late.C:
		return q.giveUp(key, u, in, ErrLate)
	}
}

// room says whether one more may wait in a line, which may be nil; q.mu is held.
func (q *Queue[K]) room(l *line[K], u Urgency) bool {
	free := q.cfg.Waiting - q.counts.Waiting
	if u == Plain {
		free -= q.cfg.Waiting / urgentPart
	}
	own := 0
	if l != nil {
		own = l.len()
	}
	return own*linePart < free
}

// queue puts a caller into its line; q.mu is held.
func (q *Queue[K]) queue(l *line[K], key K, u Urgency) chan struct{} {
	if l == nil {
		l = &line[K]{key: key}
		q.lines[key] = l
	}
	if len(l.lanes[u]) == 0 {
		q.turns[u] = append(q.turns[u], l)
	}
	in := make(chan struct{})
	l.lanes[u] = append(l.lanes[u], in)
	q.counts.Waiting++
	return in
}

// giveUp takes a caller out of its line. It is nil where the caller was let in meanwhile.
func (q *Queue[K]) giveUp(key K, u Urgency, in chan struct{}, why error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-in:
		return nil
	default:
	}
	l := q.lines[key]
	l.lanes[u] = slices.DeleteFunc(l.lanes[u], func(c chan struct{}) bool { return c == in })
	if len(l.lanes[u]) == 0 {
		q.turns[u] = slices.DeleteFunc(q.turns[u], func(x *line[K]) bool { return x == l })
	}
	q.left(l)
	if why == ErrLate {
		q.counts.Late++
	}
	return why
}

// left counts a caller out of a line; q.mu is held.
func (q *Queue[K]) left(l *line[K]) {
	q.counts.Waiting--
	if l.len() == 0 {
		delete(q.lines, l.key)
	}
}

// Leave makes room for the next.
func (q *Queue[K]) Leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counts.Inside--
	if q.counts.Waiting > 0 {
		q.admit(q.lane())
	}
}

// lane is the one whose turn it is; somebody waits, and q.mu is held.
func (q *Queue[K]) lane() Urgency {
	switch {
	case len(q.turns[Plain]) == 0:
		return Urgent
	case len(q.turns[Urgent]) > 0 && q.run < urgentRun:
		q.run++
		return Urgent
	}
	q.run = 0
	return Plain
}

// admit lets the next of a lane in; q.mu is held.
func (q *Queue[K]) admit(u Urgency) {
	l := q.turns[u][0]
	q.turns[u] = q.turns[u][1:]
	in := l.lanes[u][0]
	l.lanes[u] = l.lanes[u][1:]
	if len(l.lanes[u]) > 0 {
		q.turns[u] = append(q.turns[u], l)
	}
	q.left(l)
	q.counts.Inside++
	close(in)
}

// Counts is how the queue stands.
func (q *Queue[K]) Counts() Counts {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.counts
}
