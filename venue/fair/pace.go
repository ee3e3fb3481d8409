package fair

import "portcullis/core/instruction"

// paceMax is how many frames a client may send in a second.
const paceMax = 5

// Pace counts the frames of one client. It is for one goroutine.
type Pace struct {
	times [paceMax]instruction.Time // of the last frames
	next  int
}

// Keep counts a frame. It is false for more than five in a second.
func (p *Pace) Keep(now instruction.Time) bool {
	oldest := p.times[p.next]
	p.times[p.next] = now
	p.next = (p.next + 1) % paceMax
	return oldest == 0 || now-oldest >= instruction.Second
}
