package instruction

import (
	"strings"
	"testing"
)

// FuzzNames reads rights, schemes, market states and classes from any text. What it takes goes out as the same name.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"read,trade", "WITHDRAW", "ed25519", "open", "claims", "", ",", "READ,,TRADE", "Halted ", "ſell"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		back := func(what, name string, err error, again func(string) bool) {
			switch {
			case err != nil && err.Error() == "":
				t.Fatalf("%s: %q is refused without a word", what, text)
			case err == nil && !again(name):
				t.Fatalf("%s: %q goes out as %q, which is not the same", what, text, name)
			}
		}
		r, err := ParseRights(text)
		back("rights", r.String(), err, func(s string) bool { x, err := ParseRights(s); return err == nil && x == r })
		k, err := ParseScheme(text)
		back("scheme", k.String(), err, func(s string) bool { return strings.EqualFold(s, text) })
		m, err := ParseMarketState(text)
		back("state", m.String(), err, func(s string) bool { return strings.EqualFold(s, text) })
		c, err := ParseClass(text)
		back("class", c.String(), err, func(s string) bool { return strings.EqualFold(s, text) })
	})
}
