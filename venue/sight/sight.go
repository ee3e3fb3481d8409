// Package sight has the engine take note of what the venue's edges see of keys without being asked to do anything. Reads are
// no instructions, and still leave a trace.
//
// What is told, and how often, is package sighting's to say. This one owns a short queue, and refuses to be made a way to fill
// it: what finds no room is counted, forgotten, and told with the next use. Nobody waits for it: whoever sees something goes
// on at once.
package sight

import (
	"sync"

	"portcullis/core/instruction"
	"portcullis/core/sighting"
	"portcullis/engine"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// writers is how many are with the engine at a time: a few fill a write to the disk.
	writers = 8
	// maxWaiting bounds each queue. Nothing waits but what a second's bounds let through.
	maxWaiting = sighting.ReadBurst + sighting.AlarmBurst
)

// Sights tells the engine what is seen. Its methods may be called from any goroutine, but not inside engine.Read.
type Sights struct {
	engine *engine.Engine
	told   *prometheus.CounterVec

	mu      sync.Mutex // guards all below
	memory  *sighting.Memory
	alarms  []sighting.Sighting // that wait to be told, and go first
	reads   []sighting.Sighting
	writing int // goroutines that tell the engine
}

// New is a teller that has seen nothing. Where r is nil its counts are shown to nobody.
func New(e *engine.Engine, r prometheus.Registerer) (*Sights, error) {
	s := &Sights{
		engine: e,
		memory: sighting.New(),
		told: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portcullis_venue_sightings_total",
			Help: "Uses of keys that left a sighting, by kind (read: of a living key; alarm: of a deleted key or a decoy) and outcome (told, or lost for want of room).",
		}, []string{"kind", "outcome"}),
	}
	for _, k := range []string{"read", "alarm"} {
		for _, o := range []string{"told", "lost"} {
			s.told.WithLabelValues(k, o)
		}
	}
	if r == nil {
		return s, nil
	}
	return s, r.Register(s.told)
}

// Saw takes note of a use: dead, of a deleted key or a decoy; proven, by a signature that verifies. A key that there is not
// leaves nothing, and takes as long.
func (s *Sights) Saw(p *instruction.Principal, dead, proven bool) {
	now := s.engine.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.queue(dead)
	switch x, what := s.memory.Saw(now, p, dead, proven, len(*queue) >= maxWaiting); what {
	case sighting.Lost:
		s.count(dead, "lost")
	case sighting.Told:
		*queue = append(*queue, x)
		if s.writing < writers {
			s.writing++
			go s.write()
		}
	}
}

func (s *Sights) queue(dead bool) *[]sighting.Sighting {
	if dead {
		return &s.alarms
	}
	return &s.reads
}

func (s *Sights) count(dead bool, outcome string) {
	kind := "read"
	if dead {
		kind = "alarm"
	}
	s.told.WithLabelValues(kind, outcome).Inc()
}

// write tells the engine what waits, until nothing does.
func (s *Sights) write() {
	for {
		x, ok := s.next()
		if !ok {
			return
		}
		if _, err := s.engine.Do(&x.By, &x.In); err != nil {
			s.count(x.Dead, "lost")
			s.mu.Lock()
			s.memory.Forget(&x)
			s.mu.Unlock()
			continue
		}
		s.count(x.Dead, "told")
	}
}

// next is what is to be told next, alarms first.
func (s *Sights) next() (x sighting.Sighting, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, dead := range []bool{true, false} {
		if queue := s.queue(dead); len(*queue) > 0 {
			x := (*queue)[0]
			if *queue = (*queue)[1:]; len(*queue) == 0 {
				*queue = nil
			}
			return x, true
		}
	}
	s.writing--
	return x, false
}
