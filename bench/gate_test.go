//go:build !race

package bench

import "testing"

// TestGate: the gate allocates nothing for what it lets through, a credential in use takes about what it may (lists that grow have room ahead), and both
// states do the same. Time is not looked at: that is for a quiet machine.
func TestGate(t *testing.T) {
	j, err := gateCost(t.Context(), 10_000, 100_000, 20_000, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.0f ns with the gate, %.0f without; %.4f allocations; %.0f bytes, %.0f in use, %.0f alone, %.0f that trade", j.gated, j.open, j.allocs, j.unused, j.used, j.alone, j.traded)
	if j.allocs > 0.01 || j.unused > credentialBound/2 || j.used > 1.1*credentialBound {
		t.Errorf("%.4f allocations, %.0f and %.0f bytes of %d", j.allocs, j.unused, j.used, credentialBound)
	}
}
