package operator

import (
	"bytes"
	"fmt"
	"net/netip"
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
		k.Account, k.ID, k.Scheme, k.Material, k.Mandate.Rights = 2, instruction.KeyID{byte(i + 1)}, instruction.Ed25519, bytes.Repeat([]byte{byte(i + 1)}, 32), instruction.MayRead
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

// TestAdvice: what is suggested locks no account for its deleted keys alone, words no reason that customers would read, and
// says of a key brought over just now that no alarm takes it.
func TestAdvice(t *testing.T) {
	h := newHouse(t)
	deleted := h.customer()
	brought := must(h, AccountCreate, CreateAccount{Ref: "c-2"}).Account
	made := must(h, AccountCreate, CreateAccount{Ref: "c-3"}).Account
	gone := must(h, KeyCreate, CreateKey{Account: deleted, Scheme: "HMAC"}).Key
	must(h, KeyRevoke, RevokeKey{Key: gone})
	old := must(h, KeyImport, ImportKeys{Keys: []ImportKey{{Line: 2, Account: brought, APIKey: "old-1", Secret: hidden("s"), Created: "2017-03-01"}}}).Results[0].Key
	home := must(h, KeyCreate, CreateKey{Account: made, Scheme: "ED25519"}).Key
	saw := func(key uint32, from string) {
		t.Helper()
		p := instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr(from)}
		if _, err := h.engine.Do(&p, &instruction.Sight{Credential: instruction.Credential(key), Proven: true}); err != nil {
			t.Fatal(err)
		}
	}
	saw(home, "203.0.113.1")
	for _, key := range []uint32{gone, old, home} {
		saw(key, "198.51.100.7")
	}
	var lines []string
	for _, a := range must(h, IncidentShow, ShowIncident{Incident: 1}).Next {
		lines = append(lines, a.Command+" # "+a.Why)
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{
		fmt.Sprintf("portcullis key quarantine %d # it was used there, and goes on: in the first seven days after it was brought over, no alarm", old),
		fmt.Sprintf("portcullis key quarantine %d # it was used there, and still lives", home),
		fmt.Sprintf("portcullis account lock %d --reason '…' #", brought),
		fmt.Sprintf("portcullis account lock %d --reason '…' #", made),
		"portcullis drop withdrawals --reason '…' #",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not suggested:\n%s", want, all)
		}
	}
	if no := fmt.Sprintf("account lock %d ", deleted); strings.Contains(all, no) {
		t.Errorf("%q is suggested, and the account has only a deleted key there:\n%s", no, all)
	}
}
