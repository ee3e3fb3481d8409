package operator

import (
	"os/exec"
	"testing"
)

// TestQuoted: a shell reads back what was quoted, so that no third party's name becomes a command where advice is pasted.
func TestQuoted(t *testing.T) {
	for _, word := range []string{"grid bots", "o'clock", "'; echo stolen; '", `$(id) \ "x"`, ""} {
		got, err := exec.Command("sh", "-c", "printf %s "+quoted(word)).Output() // #nosec G204 -- that is what is tested
		if err != nil || string(got) != word {
			t.Errorf("%q is read as %q: %v", word, got, err)
		}
	}
}
