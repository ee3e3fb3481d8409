package incident

import (
	"testing"

	"portcullis/core/instruction"
)

// BenchmarkSeen is what every order costs that is let through: looking up where its customer is at home.
func BenchmarkSeen(b *testing.B) {
	const customers = 1_000_000
	w := New()
	for c := range customers {
		w.Seen(use(c+1, c%70_000), begin)
	}
	u, c := use(1, 1), 0
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		c = (c + 7919) % customers
		u.Customer, u.Credential, u.Network = instruction.Account(c+1), instruction.Credential(c+1), net(c%70_000)
		w.Seen(u, begin)
	}
}

// BenchmarkSuspect is what an order costs besides while an incident is open: whether anything is known of its network.
func BenchmarkSuspect(b *testing.B) {
	w := New()
	for n := range 10_000 {
		if err := w.Alarmed(&instruction.Alarmed{Credential: instruction.Credential(n + 1), Network: net(n)}, 5, begin); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if n++; w.Calm() {
			b.Fatal("calm")
		}
		w.Place(net(n%70_000), begin)
	}
}

// TestNoAllocations: an order of who is known costs no memory.
func TestNoAllocations(t *testing.T) {
	w := New()
	w.Seen(use(2, 1), begin)
	now := begin
	if n := testing.AllocsPerRun(1000, func() {
		now++
		w.Seen(use(2, 1), now)
		w.Place(net(1), now)
		w.Home(use(2, 1), now, now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkOpenedWide is the one record with which an incident takes in a wide leak: a thousand deleted keys, eight at each of
// sixteen thousand networks, of which it has room for a thousand. They can lie there once an incident that was full is closed.
func BenchmarkOpenedWide(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := New()
		for i := range 8 * 16_000 {
			e := instruction.Alarmed{Credential: instruction.Credential(1 + (i*7+i/8)%1000), Network: net(i / 8)}
			if err := w.Alarmed(&e, 5, begin); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		if err := w.Opened(&instruction.IncidentOpened{ID: 1, Cause: instruction.TwoTombstones, Network: net(0)}, 5, begin); err != nil {
			b.Fatal(err)
		}
		if x := w.Incident(1); len(x.Networks) != MaxNetworks || len(x.Credentials) != 1000 {
			b.Fatalf("%d networks, %d keys", len(x.Networks), len(x.Credentials))
		}
	}
}
