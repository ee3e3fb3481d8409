package adversary

import (
	"encoding/json"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/scenario/floor"
)

// TestMoveTold: a move that has a side says which, and one that has none says nothing of sides.
func TestMoveTold(t *testing.T) {
	for side, want := range map[instruction.Side][2]string{
		0:                {"drain BTCUSDT off 3000 ppm", `"market":1,"off":`},
		instruction.Sell: {"drain BTCUSDT SELL off 3000 ppm", `"side":"SELL"`},
	} {
		m := Move{Kind: Drain, Market: floor.BTCUSDT, Side: side, Off: 3_000}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(m.String(), want[0]) || !strings.Contains(string(text), want[1]) || side == 0 && strings.Contains(string(text), "side") {
			t.Errorf("side %d: %v, %s", side, &m, text)
		}
	}
}
