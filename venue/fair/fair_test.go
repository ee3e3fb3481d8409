package fair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// crowd is callers that want into a queue, and the order in which they got in.
type crowd struct {
	*Queue[string]
	t     *testing.T
	order chan string
}

func newCrowd(t *testing.T, inside, waiting int) *crowd {
	return &crowd{New[string](Config{inside, waiting, time.Second}), t, make(chan string, 10_000)}
}

// come has a caller come, and waits until it is in, waits, or was refused.
func (c *crowd) come(ctx context.Context, key string, u Urgency) <-chan error {
	done := make(chan error, 1)
	go func() {
		err := c.Enter(ctx, key, u)
		if err == nil {
			c.order <- fmt.Sprintf("%s%d", key, u)
		}
		done <- err
	}()
	synctest.Wait()
	return done
}

// comes has n callers come one after the other, and is how many were refused.
func (c *crowd) comes(n int, key string, u Urgency) (refused int) {
	c.t.Helper()
	for range n {
		select {
		case err := <-c.come(c.t.Context(), key, u):
			if errors.Is(err, ErrFull) {
				refused++
			} else if err != nil {
				c.t.Error(err)
			}
		default: // waits
		}
	}
	return refused
}

// next has one leave, and is who came in for it.
func (c *crowd) next() string {
	c.Leave()
	synctest.Wait()
	select {
	case who := <-c.order:
		return who
	default:
		return ""
	}
}

func (c *crowd) empty() {
	for c.Counts().Waiting > 0 {
		c.next()
	}
	for c.Counts().Inside > 0 {
		c.Leave()
	}
	if len(c.lines) != 0 || len(c.turns[0])+len(c.turns[1]) != 0 {
		c.t.Errorf("lines are left: %v, %v", c.lines, c.turns)
	}
}

// TestTurns: a long line and short ones take turns, one caller each, and in a line first come is first.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2, 1000)
		for range 2 {
			c.come(t.Context(), "x", Plain)
		}
		if <-c.order+<-c.order != "x0x0" {
			t.Fatal("room, and yet not let in")
		}
		c.comes(5, "flood", Plain)
		c.comes(2, "a", Plain)
		c.comes(1, "b", Plain)
		var got []string
		for range 8 {
			got = append(got, c.next())
		}
		if want := []string{"flood0", "a0", "b0", "flood0", "a0", "flood0", "flood0", "flood0"}; !slices.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		c.empty()
	})
}

// TestUrgent: urgent callers go first, across the keys, and after four of them a plain one does.
func TestUrgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1, 1000)
		c.come(t.Context(), "x", Plain)
		<-c.order
		c.comes(2, "a", Plain)
		c.comes(7, "a", Urgent)
		c.comes(1, "b", Urgent)
		var got []string
		for range 10 {
			got = append(got, c.next())
		}
		if want := []string{"a1", "b1", "a1", "a1", "a0", "a1", "a1", "a1", "a1", "a0"}; !slices.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		c.empty()
	})
}

// TestShares: who floods gets a part of the places, many who flood leave some over, and cancels have places of their own.
func TestShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const places = 400
		c := newCrowd(t, 1, places)
		c.come(t.Context(), "x", Plain)
		if refused := c.comes(places, "flood", Plain); places-refused != 34 { // n is below (300-n)/8
			t.Errorf("one key waits with %d of %d", places-refused, places)
		}
		for i := range 20 {
			c.comes(places, fmt.Sprint("flood", i), Plain)
		}
		if n := c.Counts().Waiting; n > places*3/4-linePart {
			t.Errorf("after many floods %d of %d places are taken", n, places)
		}
		if c.comes(1, "honest", Plain) != 0 {
			t.Error("no place is left for one who comes first")
		}
		for i := range 2 * places {
			c.comes(1, fmt.Sprint("one of many", i), Plain)
		}
		if n := c.Counts().Waiting; n != places*3/4 {
			t.Errorf("many keys took %d of %d places", n, places)
		}
		if c.comes(1, "honest", Urgent) != 0 {
			t.Error("no place is left for a cancel")
		}
		for i := range 2 * places {
			c.comes(1, fmt.Sprint("one of many", i), Urgent)
		}
		if n := c.Counts().Waiting; n != places {
			t.Errorf("many keys took %d of %d places", n, places)
		}
		c.empty()
	})
}

// TestGivingUp: who goes away or waits too long leaves nothing behind, and was never inside.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1, 100)
		c.come(t.Context(), "x", Plain)
		<-c.order
		ctx, cancel := context.WithCancel(t.Context())
		gone := c.come(ctx, "a", Plain)
		stays := c.come(t.Context(), "a", Plain)
		late := c.come(t.Context(), "b", Urgent)
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if who := c.next(); who != "b1" {
			t.Errorf("%s was let in", who)
		}
		if err := <-late; err != nil {
			t.Error(err)
		}
		if err := <-stays; !errors.Is(err, ErrLate) { // the clock of the test goes on when all wait
			t.Error(err)
		}
		if n := c.Counts(); n != (Counts{Inside: 1, Late: 1}) {
			t.Errorf("%+v", n)
		}
		if who := c.next(); who != "" || c.Counts().Inside != 0 {
			t.Errorf("%s was let in after it had gone", who)
		}
		c.empty()
	})
}

// BenchmarkEnter is what a caller pays where nobody waits.
func BenchmarkEnter(b *testing.B) {
	q := New[uint32](Config{1024, 4096, time.Second})
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := q.Enter(context.Background(), 1, Plain); err != nil {
				b.Error(err)
			}
			q.Leave()
		}
	})
}
