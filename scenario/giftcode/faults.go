package giftcode

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"portcullis/wallet/demochain"
	"portcullis/wallet/faulty"
)

// fault is what goes wrong with a call to a node.
type fault uint8

const (
	none    fault = iota
	cut           // the connection breaks before the node has read the call
	refused       // nobody listens, or the node's server answers an error without a word; nothing was done
	full          // the node has too much to do, says so, and does nothing
	warming       // the node says that it is starting
	severed       // the node does it, and the connection breaks before its answer
	failed        // the node does it, and an error comes in its answer's place
	lost          // the node does it, and its answer never comes
	late          // the node does it when nobody waits any more
	kinds         // how many there are
)

// How long the venue's wallet waits for an answer, and how long a late call takes.
const (
	patience = 300 * time.Millisecond
	delayed  = 2 * patience
)

// Of 100 calls so many go wrong: of those that send, and of all others.
const (
	sickSends = 60
	sickReads = 8
)

// sends is what calls that send are called here, whichever a node has for it: the same ones go wrong on both sides.
const sends = "sends"

// sickly are the faults of calls that send, as often as they come: two of three times the node does what it was asked.
var sickly = []fault{cut, refused, full, warming, severed, severed, failed, failed, lost, lost, late, late}

// drawn is the fault of the nth call of a kind, counted from 1. One seed gives one schedule.
func drawn(seed uint64, what string, n uint64) fault {
	h := fnv.New64a()
	h.Write([]byte(what))
	r := rand.New(rand.NewPCG(seed, h.Sum64()+n)) // #nosec G404 -- faults are drawn from a seed
	percent, of := sickReads, []fault{cut, refused, full, warming, lost}
	if what == sends {
		percent, of = sickSends, sickly
	}
	if r.IntN(100) >= percent {
		return none
	}
	return of[r.IntN(len(of))]
}

// done says that a call is carried out, sooner or later.
func (f fault) done() bool { return f == none || f >= severed }

// proxied is the fault as a proxy makes it.
var proxied = [kinds]faulty.Fault{
	none: faulty.Pass, cut: faulty.ResetBefore, refused: faulty.HTTP500, full: faulty.WorkQueueFull, warming: faulty.Code(-28, "Loading block index..."),
	severed: faulty.ResetAfter, failed: faulty.After(faulty.HTTP500), lost: faulty.ReplyLost, late: faulty.Delay(delayed),
}

// demo is the fault as the demo chain's node makes it.
var demo = [kinds]demochain.Fault{
	none: demochain.None, cut: demochain.Cut, refused: demochain.Refused, full: demochain.QueueFull, warming: demochain.Warming,
	severed: demochain.Lost, failed: demochain.Lost, lost: demochain.Lost, late: demochain.Late,
}
