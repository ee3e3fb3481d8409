package cohort

import (
	"fmt"
	"math"

	"portcullis/core/instruction"
)

// Family is a kind of exposure.
type Family uint8

const (
	Integrator Family = 1 // keys that a third party was given, at any time or within a window
	Created    Family = 2 // keys that were created within a window
	AliveAt    Family = 3 // keys that a copy held: created by its time, and not deleted by then
	Network    Family = 4 // keys that their owners use from a network
	Client     Family = 5 // keys that their owners use with one program
)

// families is how many kinds there are, each as likely as the others before anything is seen.
const families = 5

var familyNames = [...]string{"", "INTEGRATOR", "CREATED", "ALIVE_AT", "NETWORK", "CLIENT"}

func (f Family) String() string { return familyNames[min(int(f), len(familyNames)-1)] }

// MarshalText is String.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Hypothesis is a set of keys that may have leaked together.
type Hypothesis struct {
	Family     Family
	Integrator string
	After      instruction.Time // given to it, or created, at this time or later; 0: from the beginning
	Before     instruction.Time // and before this time; 0: without an end
	AliveAt    instruction.Time // the time of a copy; any time from here to Until fits as well
	Until      instruction.Time
	Network    instruction.Network
	Client     uint64
}

// Windowed says that it is bounded in time.
func (h *Hypothesis) Windowed() bool { return h.After != 0 || h.Before != 0 }

// Source is whether two hypotheses speak of one source, whatever the bounds in time.
func (h *Hypothesis) Source(o *Hypothesis) bool {
	return h.Family == o.Family && h.Integrator == o.Integrator && h.Network == o.Network && h.Client == o.Client
}

// Holds says whether a key is in the set.
func (h *Hypothesis) Holds(k *Key) bool {
	switch h.Family {
	case Integrator:
		i := k.linked(h.Integrator)
		return i >= 0 && h.at(k.Links[i].At)
	case Created:
		return k.Created != 0 && h.at(k.Created)
	case AliveAt:
		return k.Created != 0 && k.Created <= h.AliveAt && (k.Deleted == 0 || k.Deleted > h.AliveAt)
	case Client:
		return k.Client == h.Client
	}
	for _, n := range k.Networks {
		if n == h.Network {
			return true
		}
	}
	return false
}

// at says whether a time is within the window; one that is not known is within none.
func (h *Hypothesis) at(t instruction.Time) bool {
	return !h.Windowed() || t != 0 && t >= h.After && (h.Before == 0 || t < h.Before)
}

// String is the hypothesis in words.
func (h Hypothesis) String() string {
	switch h.Family {
	case Integrator:
		return "keys given to " + h.Integrator + h.window("linked")
	case Created:
		return "keys" + h.window("created")
	case AliveAt:
		return fmt.Sprintf("keys alive at a time between %s and %s, as in one copy", date(h.AliveAt), date(h.Until))
	case Network:
		return "keys that their owners use from " + h.Network.String()
	case Client:
		return fmt.Sprintf("keys that their owners use with client %016x", h.Client)
	}
	return "none"
}

func (h *Hypothesis) window(verb string) string {
	switch {
	case h.After != 0 && h.Before != 0:
		return fmt.Sprintf(", %s from %s to %s", verb, date(h.After), date(h.Before))
	case h.After != 0:
		return fmt.Sprintf(", %s since %s", verb, date(h.After))
	case h.Before != 0:
		return fmt.Sprintf(", %s before %s", verb, date(h.Before))
	}
	return ""
}

func date(t instruction.Time) string { return t.Std().Format("2006-01-02T15:04:05Z") }

// Candidate is a hypothesis and how well it explains the victims.
type Candidate struct {
	Hypothesis
	Keys    int     // in the set
	Living  int     // of them
	Victims float64 // customers in the set that were robbed, as parts of them
	Ratio   float64 // logarithm of the likelihood ratio against chance
	Penalty float64 // logarithm of how many such hypotheses were looked at
	Score   float64 // the one less the other, in nats
}

// ratio is the logarithm of how much better a share of k/n explains k of n victims than m of all keys does; 0 where there
// are not more of them than chance would have.
func ratio(k, n float64, m, all int) float64 {
	if k <= 0 || m <= 0 || m >= all || all == 0 {
		return 0
	}
	q, share := float64(m)/float64(all), min(k/n, 1)
	if share <= q {
		return 0
	}
	r := k * math.Log(share/q)
	if share < 1 {
		r += (n - k) * math.Log((1-share)/(1-q))
	}
	return r
}

// Rest is what a source has beyond the window that was fitted, where there is anything: keys that the window leaves out are
// fewer odds to have leaked, and those odds are not nothing. Since a window of creation has no such source, it has no rest.
func (h *Hypothesis) Rest() (Hypothesis, bool) {
	if h.Family != Integrator || !h.Windowed() {
		return Hypothesis{}, false
	}
	return h.whole(), true
}

// whole is an integrator without its window, and any other hypothesis as it is.
func (h *Hypothesis) whole() Hypothesis {
	x := *h
	if h.Family == Integrator {
		x.After, x.Before = 0, 0
	}
	return x
}
