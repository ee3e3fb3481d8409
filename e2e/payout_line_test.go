//go:build !race

package e2e

import (
	"sync"

	"portcullis/wallet/faulty"
)

// script is what becomes of calls to the node: the first of a method break in turn, and the next ones are held where that is asked for.
type script struct {
	faults map[string][]faulty.Fault
	held   map[string]*held

	mu    sync.Mutex
	broke map[string]int // calls that broke, by method
}

// held are calls that wait until they are let go.
type held struct {
	here, gone chan struct{} // closed when the first has come, and when they are let go
	first, go_ sync.Once
	then       faulty.Fault // what becomes of them; those that come later pass
}

func newScript() *script {
	return &script{faults: map[string][]faulty.Fault{}, held: map[string]*held{}, broke: map[string]int{}}
}

// breaks has the first calls of a method break. It is said before the script is in force, as holds is.
func (s *script) breaks(method string, faults ...faulty.Fault) *script {
	s.faults[method] = faults
	return s
}

// holds has the calls of a method wait after the ones that break.
func (s *script) holds(method string, then faulty.Fault) *held {
	h := &held{here: make(chan struct{}), gone: make(chan struct{}), then: then}
	s.held[method] = h
	return h
}

// letGo lets those go that wait.
func (h *held) letGo() { h.go_.Do(func() { close(h.gone) }) }

// fate is the schedule.
func (s *script) fate(method string, n int) faulty.Fault {
	f := faulty.Pass
	if faults := s.faults[method]; n <= len(faults) {
		f = faults[n-1]
	} else if h := s.held[method]; h != nil {
		f = h.wait()
	}
	if f != faulty.Pass {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.broke[method]++
	}
	return f
}

func (h *held) wait() faulty.Fault {
	select {
	case <-h.gone:
		return faulty.Pass
	default:
	}
	h.first.Do(func() { close(h.here) })
	<-h.gone
	return h.then
}

// broken is how many calls of a method broke.
func (s *script) broken(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broke[method]
}
