// Package sight has the engine take note of what the venue's edges see of keys without being asked to do anything: that a
// living key was used for reading, and that a deleted key or a decoy was used at all. Reads are no instructions, and still
// leave a trace.
//
// It owns the memory of what was told of late, and a short queue. A living key is told of once for each network and hour, a
// deleted one and a decoy once for each network and minute. It refuses to be made a way to fill the journal or the memory:
// what is told in a second is bounded, and so are the networks of one key and what is remembered; what finds no room is
// counted, forgotten, and told with the next use. Nobody waits for it: whoever sees something goes on at once.
package sight

import (
	"sync"

	"portcullis/core/instruction"
	"portcullis/engine"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	hour   = 3600 * instruction.Second
	minute = 60 * instruction.Second

	// Reads and alarms that are told in a second, and how many more after a time without any.
	readRate, readBurst   = 200, 1000
	alarmRate, alarmBurst = 20, 100
	// maxNetworks is how many networks of one key are told of in its hour, or its minute: who owns many networks cannot use
	// up with one key what is left for others.
	maxNetworks = 8
	maxReads    = 1 << 20 // remembered of one hour, at about 40 bytes each
	maxAlarms   = 1 << 14 // of one minute
	// writers is how many are with the engine at a time: a few fill a write to the disk.
	writers = 8
	// maxWaiting bounds the queue. Nothing waits but what a second's bounds let through.
	maxWaiting = readBurst + alarmBurst
)

// Sights tells the engine what is seen. Its methods may be called from any goroutine, but not inside engine.Read.
type Sights struct {
	engine *engine.Engine
	told   *prometheus.CounterVec
	reads  kind
	alarms kind

	mu      sync.Mutex // guards the two kinds too
	writing int        // goroutines that tell the engine
}

// kind is one kind of sightings.
type kind struct {
	name   string
	recent recent
	bucket bucket
	queue  []sighting
}

type sighting struct {
	by instruction.Principal
	in instruction.Sight
}

// New is a teller that has seen nothing. Where r is nil its counts are shown to nobody.
func New(e *engine.Engine, r prometheus.Registerer) (*Sights, error) {
	s := &Sights{
		engine: e,
		reads:  kind{name: "read", recent: recent{span: hour, limit: maxReads}, bucket: bucket{rate: readRate, burst: readBurst}},
		alarms: kind{name: "alarm", recent: recent{span: minute, limit: maxAlarms}, bucket: bucket{rate: alarmRate, burst: alarmBurst}},
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
	x := sighting{
		by: instruction.Principal{Giver: instruction.ByVenue, Addr: p.Addr, Client: p.Client, Sent: now},
		in: instruction.Sight{Credential: p.Credential, Proven: proven},
	}
	if p.Sent != 0 { // what was sent while a key lived is none of a deleted key
		x.by.Sent = min(p.Sent, now)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &s.reads
	if dead {
		k = &s.alarms
	}
	switch known, room := k.recent.has(now, use{p.Credential, instruction.NetworkOf(p.Addr), proven}); {
	case known, p.Credential == 0:
	case !room, len(k.queue) >= maxWaiting, !k.bucket.take(now):
		s.told.WithLabelValues(k.name, "lost").Inc()
	default:
		k.recent.add(use{p.Credential, instruction.NetworkOf(p.Addr), proven})
		k.queue = append(k.queue, x)
		if s.writing < writers {
			s.writing++
			go s.write()
		}
	}
}

// write tells the engine what waits, until nothing does.
func (s *Sights) write() {
	for {
		x, k := s.next()
		if k == nil {
			return
		}
		if _, err := s.engine.Do(&x.by, &x.in); err != nil {
			s.told.WithLabelValues(k.name, "lost").Inc()
			s.mu.Lock()
			k.recent.remove(use{x.in.Credential, instruction.NetworkOf(x.by.Addr), x.in.Proven})
			s.mu.Unlock()
			continue
		}
		s.told.WithLabelValues(k.name, "told").Inc()
	}
}

// next is what is to be told next, alarms first.
func (s *Sights) next() (x sighting, k *kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range []*kind{&s.alarms, &s.reads} {
		if len(k.queue) > 0 {
			x := k.queue[0]
			if k.queue = k.queue[1:]; len(k.queue) == 0 {
				k.queue = nil
			}
			return x, k
		}
	}
	s.writing--
	return x, nil
}
