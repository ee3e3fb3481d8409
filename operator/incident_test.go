package operator

import (
	"os/exec"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/incident"
	"portcullis/core/instruction"
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

// TestAdviseThirdParty: the keys of a third party are shut by its name where all keys concerned are of it. A decoy is
// nobody's, wherever it stands among them.
func TestAdviseThirdParty(t *testing.T) {
	st := core.New()
	step := func(in instruction.Instruction) {
		t.Helper()
		if _, err := st.Step(instruction.Day, &instruction.Principal{Giver: instruction.ByOperator}, in, nil); err != nil {
			t.Fatal(err)
		}
	}
	step(&instruction.OpenAccount{Ref: "a"})
	for i, k := range []instruction.CreateKey{{Canary: true}, {Integrator: "grid bots"}, {Integrator: "grid bots"}, {Integrator: "others"}} {
		k.Account, k.ID, k.Scheme, k.Material, k.Mandate.Rights = 2, instruction.KeyID{byte(i + 1)}, instruction.Ed25519, make([]byte, 32), instruction.MayRead
		step(&k)
	}
	if st.Key(4) == nil {
		t.Fatal("the keys were not made")
	}
	for _, x := range []struct {
		keys []instruction.Credential
		want bool
	}{{[]instruction.Credential{2, 3}, true}, {[]instruction.Credential{1, 2, 3}, true}, {[]instruction.Credential{2, 1}, true}, {[]instruction.Credential{2, 3, 4}, false}, {[]instruction.Credential{1}, false}} {
		in := incident.Incident{ID: 1}
		for _, c := range x.keys {
			in.Credentials = append(in.Credentials, incident.Concerned{Credential: c})
		}
		got := false
		for _, a := range advise(st, &in, nil) {
			got = got || strings.Contains(a.Command, "drop keys --integrator 'grid bots'")
		}
		if got != x.want {
			t.Errorf("keys %v: advised is %v, want %v", x.keys, got, x.want)
		}
	}
}
