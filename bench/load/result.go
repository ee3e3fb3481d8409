package load

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Result is what a run found.
type Result struct {
	Target     string                `json:"target"`
	Seconds    float64               `json:"seconds"`
	Asked      float64               `json:"asked_per_second"`
	Reached    float64               `json:"reached_per_second"` // answered or given up
	Sent       uint64                `json:"sent"`
	Unsent     uint64                `json:"unsent"` // due, and not sent before the time was over: latencies are higher than told
	Operations map[string]*Operation `json:"operations"`
	Errors     map[string]uint64     `json:"errors"` // known not to have happened, by status and the dialect's code
	Unknown    Unknown               `json:"unknown"`
	Streams    *Streams              `json:"streams,omitempty"`
	Orders     *Orders               `json:"orders,omitempty"` // where the venue was the run's own
	Shed       map[string]float64    `json:"shed,omitempty"`   // as the venue counts it, where it shows its metrics
}

// Operation is one kind of request.
type Operation struct {
	OK      uint64  `json:"ok"`
	Errors  uint64  `json:"errors"`
	Unknown uint64  `json:"unknown"`
	Latency Latency `json:"latency_ms"`

	times histogram
}

// Unknown is requests of which no answer said what became of them, and what was found when it was asked afterwards.
type Unknown struct {
	All        uint64 `json:"all"`
	Happened   uint64 `json:"happened"`
	DidNot     uint64 `json:"did_not_happen"`
	Unresolved uint64 `json:"unresolved"`
}

// Orders compares what was acknowledged with the journal.
type Orders struct {
	Acknowledged int `json:"acknowledged"`
	OnRecord     int `json:"on_record"`
	Lost         int `json:"lost"` // acknowledged and not on record
}

// Streams is what was heard.
type Streams struct {
	Open   int    `json:"open"`
	Failed int    `json:"failed"` // could not be opened
	Ended  int    `json:"ended"`  // by the venue
	Events uint64 `json:"events"`
}

// outcome is what became of a request.
type outcome int

const (
	happened outcome = iota + 1
	refused          // known not to have happened
	unknown
)

// tally collects a run's figures. Its methods may be called from any goroutine.
type tally struct {
	mu      sync.Mutex
	ops     map[string]*Operation
	errors  map[string]uint64
	orders  []uint64 // acknowledged
	doubts  []doubt
	sent    uint64
	unsent  uint64
	listens Streams
}

// doubt is a request whose outcome is not known.
type doubt struct {
	customer *customer
	order    string // the client's name for it
	cancel   bool
}

func newTally() *tally { return &tally{ops: map[string]*Operation{}, errors: map[string]uint64{}} }

// add counts a request.
func (t *tally) add(op string, what outcome, why string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.ops[op]
	if o == nil {
		o = new(Operation)
		t.ops[op] = o
	}
	t.sent++
	o.times.add(took)
	switch what {
	case happened:
		o.OK++
	case refused:
		o.Errors++
		t.errors[why]++
	case unknown:
		o.Unknown++
	}
}

func (t *tally) progress(since time.Time) Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := Progress{Elapsed: time.Since(since), Sent: t.sent}
	for _, o := range t.ops {
		p.OK, p.Errors, p.Other = p.OK+o.OK, p.Errors+o.Errors, p.Other+o.Unknown
	}
	return p
}

// result is the figures so far.
func (t *tally) result(took time.Duration) *Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &Result{Seconds: took.Seconds(), Sent: t.sent, Unsent: t.unsent, Operations: t.ops, Errors: maps.Clone(t.errors)}
	r.Reached = float64(t.sent) / took.Seconds()
	for _, o := range t.ops {
		o.Latency = o.times.latency()
	}
	r.Unknown.All = uint64(len(t.doubts))
	if t.listens != (Streams{}) {
		s := t.listens
		r.Streams = &s
	}
	return r
}

// InVain is whether requests were sent and every one is known not to have been carried out.
func (r *Result) InVain() bool {
	for _, o := range r.Operations {
		if o.OK+o.Unknown > 0 {
			return false
		}
	}
	return r.Sent > 0
}

// Text is the result for people, a line for each thing; tabs separate columns.
func (r *Result) Text() []string {
	lines := []string{
		fmt.Sprintf("%s: %d requests in %.1f s, %.0f a second of %.0f asked for", r.Target, r.Sent, r.Seconds, r.Reached, r.Asked),
		"",
		"REQUEST\tOK\tERRORS\tUNKNOWN\tP50 ms\tP90\tP99\tP99.9\tMAX",
	}
	for _, name := range slices.Sorted(maps.Keys(r.Operations)) {
		o, l := r.Operations[name], &r.Operations[name].Latency
		lines = append(lines, fmt.Sprintf("%s\t%d\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f", name, o.OK, o.Errors, o.Unknown, l.P50, l.P90, l.P99, l.P999, l.Max))
	}
	lines = append(lines, "", "Times are from when a request was due to its answer.")
	if r.Unsent > 0 {
		lines = append(lines, fmt.Sprintf("%d requests were due and not sent in time: the venue, or this machine, did not keep up; true times are higher.", r.Unsent))
	}
	for _, code := range slices.Sorted(maps.Keys(r.Errors)) {
		lines = append(lines, fmt.Sprintf("error %s: %d", code, r.Errors[code]))
	}
	if u := r.Unknown; u.All > 0 {
		lines = append(lines, fmt.Sprintf("outcome unknown: %d; asked for afterwards: %d happened, %d did not, %d are not known", u.All, u.Happened, u.DidNot, u.Unresolved))
	}
	if s := r.Streams; s != nil {
		lines = append(lines, fmt.Sprintf("streams: %d open, %d could not be opened, %d ended by the venue, %d events", s.Open, s.Failed, s.Ended, s.Events))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Shed)) {
		lines = append(lines, fmt.Sprintf("shed by the venue: %s %.0f", name, r.Shed[name]))
	}
	if o := r.Orders; o != nil {
		lines = append(lines, fmt.Sprintf("acknowledged orders: %d; on record: %d; lost: %d", o.Acknowledged, o.OnRecord, o.Lost))
	}
	return lines
}
