package faulty

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Fault is what becomes of a call.
type Fault struct {
	does    does
	forward bool // whether the node is asked before the answer
	delay   time.Duration
	lost    time.Duration // after which the connection ends on which a reply was lost; 0: when the client gives up
	status  int
	code    int // of an error in the node's form; 0 if text is all
	text    string
}

type does uint8

const (
	passes does = iota
	answers
	resets
	loses
)

var (
	// Pass does nothing to the call.
	Pass = Fault{does: passes, forward: true}
	// ResetBefore resets the connection when the request was read. The node never sees it.
	ResetBefore = Fault{does: resets}
	// ResetAfter resets the connection when the node has answered.
	ResetAfter = After(ResetBefore)
	// ReplyLost keeps the node's answer, until the client gives up or the proxy is closed.
	ReplyLost = Fault{does: loses, forward: true}
	// HTTP500 answers with that status and without a word. The node never sees the call.
	HTTP500 = Fault{does: answers, status: 500}
	// WorkQueueFull answers as a node does that has too much to do, and does not do it.
	WorkQueueFull = Fault{does: answers, status: 500, text: "Work queue depth exceeded"}
)

// Delay passes the call on after a time, whether or not the client still waits then.
func Delay(d time.Duration) Fault { return Fault{does: passes, forward: true, delay: d} }

// LostFor is ReplyLost on a connection that is reset after a time, as by a balancer that has forgotten it.
func LostFor(d time.Duration) Fault {
	f := ReplyLost
	f.lost = d
	return f
}

// Code answers with an error of the node, such as -28 "Loading block index...". The node never sees the call.
func Code(code int, text string) Fault {
	return Fault{does: answers, status: 500, code: code, text: text}
}

// After is a fault that comes when the node has done what it was asked.
func After(f Fault) Fault {
	f.forward = true
	return f
}

// Schedule says what becomes of the nth call of a method, counted from 1. It may be called by several goroutines at once. A
// schedule that blocks holds the call up.
type Schedule func(method string, n int) Fault

// Only is a schedule for one method; all other calls pass.
func Only(method string, s Schedule) Schedule {
	return func(m string, n int) Fault {
		if m != method {
			return Pass
		}
		return s(m, n)
	}
}

// InTurn gives the first calls of each method one fault each, in this order; later ones pass.
func InTurn(faults ...Fault) Schedule {
	return func(_ string, n int) Fault {
		if n > len(faults) {
			return Pass
		}
		return faults[n-1]
	}
}

// Random breaks so many of 100 calls, each by one of these faults. One seed gives one schedule.
func Random(seed uint64, percent int, faults ...Fault) Schedule {
	return func(method string, n int) Fault {
		h := fnv.New64a()
		h.Write([]byte(method))
		r := rand.New(rand.NewPCG(seed, h.Sum64()+uint64(n))) // #nosec G115 G404 -- faults are drawn from a seed
		if r.IntN(100) >= percent {
			return Pass
		}
		return faults[r.IntN(len(faults))]
	}
}
