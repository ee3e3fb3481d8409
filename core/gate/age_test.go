package gate

import (
	"math"
	"testing"

	"portcullis/core/instruction"
)

// TestAgeWraps: a request so old that its age does not fit into 64 bits is not taken for a young one, whose window would
// be over before it is remembered.
func TestAgeWraps(t *testing.T) {
	g := newGate()
	for _, sent := range []instruction.Time{math.MinInt64, math.MinInt64 + now, -1} {
		p := by(1, "")
		p.Request, p.Sent, p.Window = instruction.Digest{1}, sent, maxWindow
		v := g.Judge(at(now), p, trade)
		if v.Decision != instruction.Deny || v.Reason() != instruction.RequestTooOld {
			t.Errorf("sent at %d: %v, %v", sent, v.Decision, v.Reason())
		}
	}
}
