package house

import (
	"fmt"
	"strings"

	"portcullis/core"
)

// Gate is how the venue of a replay stands against the thief.
type Gate uint8

const (
	// Off is the venue of the time: whoever has a living key may do what the key may, from anywhere.
	Off Gate = iota + 1
	// On is this venue with keys as it makes them.
	On
	// Legacy is this venue with the careless keys of the time, brought over as they were.
	Legacy
	// DetectorsOnly is the venue of the time with detectors behind it: what rules and cohorts find, and what people then shut, is
	// all that holds.
	DetectorsOnly
)

// Gates are all of them.
var Gates = []Gate{Off, On, Legacy, DetectorsOnly}

var gateNames = map[Gate]string{Off: "off", On: "on", Legacy: "legacy", DetectorsOnly: "detectors-only"}

func (g Gate) String() string               { return gateNames[g] }
func (g Gate) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// ParseGate reads a gate's name.
func ParseGate(name string) (Gate, error) {
	var names []string
	for _, g := range Gates {
		if g.String() == name {
			return g, nil
		}
		names = append(names, g.String())
	}
	return 0, fmt.Errorf("house: %q is no gate: it is one of %s", name, strings.Join(names, ", "))
}

// Promises says that the venue gives guarantees: networks of keys, waits and budgets hold.
func (g Gate) Promises() bool { return g == On || g == Legacy }

// state is a venue's before the first record.
func (g Gate) state() *core.State {
	switch g {
	case Off:
		return core.NewUngated()
	case DetectorsOnly:
		return core.NewDetecting()
	}
	return core.New()
}
