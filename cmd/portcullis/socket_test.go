package main

import (
	"os/exec"
	"testing"
)

// TestCommand: what is suggested goes, pasted into a shell, to the venue that was asked.
func TestCommand(t *testing.T) {
	for data, want := range map[string]string{
		defaultData: "portcullis no 3", "data": "portcullis no 3 --data data", "/srv/my venue": "portcullis no 3 --data '/srv/my venue'",
	} {
		if got := (venueFlags{Data: data}).command("no %d", 3); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
	for _, word := range []string{"/srv/venue-1", "o'clock", "a b", "$HOME", "x;y", "", "~"} {
		got, err := exec.Command("sh", "-c", "printf %s "+pasted(word)).Output() // #nosec G204 -- that is what is tested
		if err != nil || string(got) != word {
			t.Errorf("%q is read as %q: %v", word, got, err)
		}
	}
}

// TestHeld: a quarantine says what it leaves open.
func TestHeld(t *testing.T) {
	for cause, want := range map[string]string{"": "", "WORD": "word", "ALARM": "alarm, but at home it goes on"} {
		if got := held(cause); got != want {
			t.Errorf("%q: got %q, want %q", cause, got, want)
		}
	}
}
