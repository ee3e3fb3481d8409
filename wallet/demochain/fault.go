package demochain

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// Fault is what goes wrong with one call to a node. Nothing that only reads is ever carried out late: Lost, Late and Cut are
// all an error there.
type Fault uint8

const (
	None       Fault = 0
	Refused    Fault = 1 // the connection is refused before anything is written: unsent
	Cut        Fault = 2 // the connection breaks before the node has read the call: not carried out, and nobody can tell
	Lost       Fault = 3 // carried out, and the reply is lost
	Late       Fault = 4 // carried out some calls later, when the caller has long given up
	QueueFull  Fault = 5 // HTTP 500, Work queue depth exceeded: unsent
	Warming    Fault = 6 // the node is starting (-28): unsent
	WrongBlock Fault = 7 // HashAt and Block answer for the block below the one that was asked for; other calls go well
)

var faults = [...]string{"none", "refused", "cut", "lost", "late", "queue full", "warming up", "wrong block"}

func (f Fault) String() string {
	if int(f) < len(faults) {
		return faults[f]
	}
	return fmt.Sprintf("fault %d", uint8(f))
}

// Call is one of the calls of coin.Chain.
type Call uint8

const (
	CallInfo    Call = 1
	CallHashAt  Call = 2
	CallBlock   Call = 3
	CallSend    Call = 4
	CallPending Call = 5
	CallFeeRate Call = 6
	CallWait    Call = 7
)

// Plan says what goes wrong with the nth call of a kind, counted from 0 for each kind by itself.
type Plan func(call Call, n uint64) Fault

// Seeded is a plan by chance: of a thousand calls so many go wrong, in any way that call can. The same seed gives the same
// fault to the nth call of a kind, whatever else is called.
func Seeded(seed uint64, perMille int) Plan {
	return func(call Call, n uint64) Fault {
		r := rand.New(rand.NewPCG(seed+uint64(call)<<56, n)) // #nosec G404 -- simulated faults, no secret
		if r.IntN(1000) >= perMille {
			return None
		}
		kinds := 6
		if call == CallHashAt || call == CallBlock {
			kinds = 7
		}
		return Fault(1 + r.IntN(kinds)) // #nosec G115 -- at most 7
	}
}

// errFault is behind every error that a plan brought about.
var errFault = errors.New("demo chain: the call went wrong as planned")

// fails is the error of a call that only reads.
func (f Fault) fails() error {
	if f == None || f == WrongBlock {
		return nil
	}
	return fmt.Errorf("%w: %v", errFault, f)
}
