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
