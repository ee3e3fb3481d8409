package sight

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/sighting"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"

	"github.com/prometheus/client_golang/prometheus"
)

const start = instruction.Time(1_772_323_200_000_000)

type house struct {
	t      *testing.T
	clock  *clock.Hand
	engine *engine.Engine
	sights *Sights
	counts *prometheus.Registry
	next   uint64
}

func newHouse(t *testing.T) *house {
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, clock: clock.NewHand(start), counts: prometheus.NewRegistry()}
	if h.engine, err = engine.Open(engine.Config{Log: log, Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.engine.Close() })
	if h.sights, err = New(h.engine, h.counts); err != nil {
		t.Fatal(err)
	}
	h.next = h.engine.Durable() + 1
	return h
}

func (h *house) saw(c instruction.Credential, addr netip.Addr, dead, proven bool) {
	h.sights.Saw(&instruction.Principal{Credential: c, Addr: addr}, dead, proven)
}

// told waits until so many more records are durable, and is who was seen where.
func (h *house) told(n int) map[string]int {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	seen, sub := map[string]int{}, h.engine.Subscribe(h.next)
	defer sub.Close()
	for got := 0; got < n; {
		err := sub.Next(ctx, func(seq uint64, b []byte) error {
			var r instruction.Record
			if err := r.Decode(seq, b); err != nil {
				return err
			}
			if in, err := r.Instruction(); err != nil {
				return err
			} else if s, ok := in.(*instruction.Sight); ok {
				seen[fmt.Sprint(s.Credential, " ", r.Principal.Addr, " ", s.Proven)]++
				got++
			}
			h.next = seq + 1
			return nil
		})
		if err != nil {
			h.t.Fatalf("%v after %v", err, seen)
		}
	}
	return seen
}

// count is a figure of the metrics.
func (h *house) count(kind, outcome string) int {
	h.t.Helper()
	families, err := h.counts.Gather()
	if err != nil || len(families) != 1 {
		h.t.Fatal(families, err)
	}
	for _, m := range families[0].GetMetric() {
		if m.GetLabel()[0].GetValue() == kind && m.GetLabel()[1].GetValue() == outcome {
			return int(m.GetCounter().GetValue())
		}
	}
	h.t.Fatalf("no %s that were %s", kind, outcome)
	return 0
}

var (
	here  = netip.MustParseAddr("192.0.2.7")
	near  = netip.MustParseAddr("192.0.2.99") // of the same network
	there = netip.MustParseAddr("2001:db8::1")
)

// TestOnce: a living key is told of once for each network and hour, a dead one once a minute; what is proven is told after
// what is not, and not the other way round. A key that there is not is never told of.
func TestOnce(t *testing.T) {
	h := newHouse(t)
	use := func() {
		for range 3 {
			h.saw(0, here, true, false)
			h.saw(1, here, false, true)
			h.saw(1, near, false, true)
			h.saw(1, there, false, true)
			h.saw(2, here, true, false)
			h.saw(2, near, true, true)
			h.saw(2, near, true, false)
		}
	}
	check := func(want map[string]int) {
		t.Helper()
		n := 0
		for _, k := range want {
			n += k
		}
		if got := h.told(n); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("told %v, want %v", got, want)
		}
	}
	reads, alarms := map[string]int{"1 192.0.2.7 true": 1, "1 2001:db8::1 true": 1}, map[string]int{"2 192.0.2.7 false": 1, "2 192.0.2.99 true": 1}
	both := map[string]int{}
	for _, m := range []map[string]int{reads, alarms} {
		for k, n := range m {
			both[k] = n
		}
	}
	use()
	check(both)
	h.clock.Add(60 * instruction.Second)
	use()
	check(alarms)
	h.clock.Add(3600 * instruction.Second)
	use()
	check(both)
	if h.count("read", "lost")+h.count("alarm", "lost") != 0 {
		t.Error("something was lost")
	}
}

// network is the n-th of many networks.
func network(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(1 + n>>16), byte(n >> 8), byte(n), 1})
}

// TestFlood: one key from a million networks, and then many deleted keys, fill neither the journal nor the memory, and what a
// flood of one kind uses up is left for the other.
func TestFlood(t *testing.T) {
	h := newHouse(t)
	for n := range 1_000_000 {
		h.saw(1, network(n), true, false)
	}
	h.told(sighting.MaxNetworks)
	if n := h.count("alarm", "lost"); n != 1_000_000-sighting.MaxNetworks {
		t.Errorf("%d were lost", n)
	}
	for c := range instruction.Credential(100_000) {
		h.saw(c+10, here, true, true)
	}
	h.told(sighting.AlarmBurst - sighting.MaxNetworks)
	h.clock.Add(instruction.Second)
	for c := range instruction.Credential(100_000) {
		h.saw(c+10, here, true, true)
	}
	h.told(sighting.AlarmRate)
	h.saw(1, here, false, true)
	if got := h.told(1); got["1 192.0.2.7 true"] != 1 {
		t.Errorf("a read found no room: %v", got)
	}
	for c := range instruction.Credential(100_000) {
		h.saw(c+10, here, false, true)
	}
	h.told(sighting.ReadBurst - 1)
	if n := h.sights.memory.Remembered(); n > sighting.ReadBurst+sighting.AlarmBurst+sighting.AlarmRate {
		t.Errorf("%d are remembered", n)
	}
	if now := h.engine.Durable(); h.next != now+1 {
		t.Errorf("%d more records", now+1-h.next)
	}
}

// TestLost: what the engine does not take up is told with the next use.
func TestLost(t *testing.T) {
	h := newHouse(t)
	h.engine.Close()
	h.saw(1, here, false, true)
	for s := h.sights; ; { // until the writer has ended
		s.mu.Lock()
		writing := s.writing
		s.mu.Unlock()
		if writing == 0 {
			break
		}
	}
	if h.count("read", "lost") != 1 || h.sights.memory.Remembered() != 0 {
		t.Errorf("%d lost, %d remembered", h.count("read", "lost"), h.sights.memory.Remembered())
	}
}
