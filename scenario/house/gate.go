package house

import "fmt"

// Gate is how the venue of a replay stands against the thief.
type Gate uint8

const (
	// Off is the venue of the time: whoever has a living key may do what the key may, from anywhere.
	Off Gate = iota + 1
	// On is this venue with keys as it makes them.
	On
	// Legacy is this venue with the careless keys of the time, brought over as they were.
	Legacy
)

var gateNames = map[Gate]string{Off: "off", On: "on", Legacy: "legacy"}

func (g Gate) String() string               { return gateNames[g] }
func (g Gate) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// ParseGate reads a gate's name.
func ParseGate(name string) (Gate, error) {
	for _, g := range []Gate{Off, On, Legacy} {
		if g.String() == name {
			return g, nil
		}
	}
	return 0, fmt.Errorf("house: a gate is off, on or legacy, not %q", name)
}
