package gift

import (
	"sync"

	"portcullis/core/instruction"
)

// What strangers may try in ten minutes. Codes cannot be guessed, whatever the limits: they bound what guessing costs the venue, and the
// journal's part, which the gate bounds besides, is for codes that are there.
const (
	span        = 600 * instruction.Second
	mostTries   = 300   // of one network: what is right counts 1, what is wrong wrongCosts
	wrongCosts  = 5     // so that a network may be wrong 60 times
	mostWrong   = 6_000 // in all, past which only wrong codes are told to wait
	maxNetworks = 1 << 16
)

// limiter counts attempts by fixed windows of the venue's time. The zero limiter is empty.
type limiter struct {
	mu       sync.Mutex
	window   instruction.Time
	networks map[instruction.Network]int
	wrong    int
}

// turn begins the counts anew where their window is over, and is the seconds until the next one. x.mu is held.
func (x *limiter) turn(now instruction.Time) (wait int64) {
	if w := now - now%span; w != x.window || x.networks == nil {
		x.window, x.wrong, x.networks = w, 0, make(map[instruction.Network]int)
	}
	return int64((x.window + span - now + instruction.Second - 1) / instruction.Second)
}

// try counts an attempt of a network. Where it has made too many, it is after how many seconds to come again; else 0.
func (x *limiter) try(now instruction.Time, n instruction.Network) (wait int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	wait = x.turn(now)
	if x.networks[n] >= mostTries {
		return wait
	}
	if len(x.networks) >= maxNetworks { // a limit that strangers could fill up must not shut others out
		for other := range x.networks {
			delete(x.networks, other)
			break
		}
	}
	x.networks[n]++
	return 0
}

// missed counts that an attempt was for a code that there is not. Where there were too many of those in all, it is after how many seconds
// to come again; else 0.
func (x *limiter) missed(now instruction.Time, n instruction.Network) (wait int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	wait = x.turn(now)
	x.networks[n] += wrongCosts - 1
	if x.wrong++; x.wrong > mostWrong {
		return wait
	}
	return 0
}
