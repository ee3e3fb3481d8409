package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/gate"
	"portcullis/core/instruction"
)

// maxKeysNamed is how many keys of an account one notice names; it counts them all.
const maxKeysNamed = 20

func (t *teller) cohorts(s *core.State, e *instruction.CohortsSet) {
	text := "The venue shuts no cohort of keys by itself any more; it says what it finds."
	if e.Margin != 0 {
		text = fmt.Sprintf("From a margin of %s nats on the venue shuts the keys of a source that leaked by itself. `portcullis inquest automatic off` ends that.", nats(e.Margin))
	}
	t.add(s, 0, CohortsSet, "When the venue shuts a cohort by itself", text, map[string]any{"margin": nats(e.Margin)})
}

// nats are hundredths of a nat for people.
func nats(hundredths uint32) string { return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100) }

// cohortShut tells the operator what was shut, and each account that has keys in it.
func (t *teller) cohortShut(s *core.State, i int, e *instruction.CohortShut) {
	by := "An operator"
	if e.ByVenue {
		by = fmt.Sprintf("With a margin of %s nats, and %d customers robbed, the venue itself", nats(e.Margin), e.Victims)
	}
	text := fmt.Sprintf("%s shut a cohort of keys (drop %d).", by, e.Inside)
	if e.Rest != 0 {
		text += fmt.Sprintf(" The rest of the source's keys reads and cancels until their owners confirm each (drop %d).", e.Rest)
	}
	t.add(s, 0, CohortShut, "A cohort of keys is shut", text+" Only an operator raises it: `portcullis drop list`, `portcullis raise`.",
		map[string]any{"incident": e.Incident, "inside": e.Inside, "rest": e.Rest, "margin": nats(e.Margin), "victims": e.Victims, "by_venue": e.ByVenue})
	var inside, rest *instruction.Dropped
	for _, x := range t.found[:i] {
		if d, ok := x.(*instruction.Dropped); ok && d.ID == e.Inside {
			inside = d
		} else if ok && d.ID == e.Rest {
			rest = d
		}
	}
	t.owners(s, inside, rest)
}

// tier is what of an account's keys a drop concerns.
type tier struct {
	keys  []instruction.Credential
	count int
}

// owners tells each account of its keys that were shut, by ascending account. The state may be of a later record, in which
// keys were made and deleted since.
func (t *teller) owners(s *core.State, inside, rest *instruction.Dropped) {
	var shut, asked map[instruction.Account]*tier
	if inside != nil {
		shut = map[instruction.Account]*tier{}
	}
	if rest != nil {
		asked = map[instruction.Account]*tier{}
	}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		k := s.Key(c)
		switch {
		case k.Canary, k.Owner(), k.Created > t.record.Time, k.Revoked != 0 && k.Revoked <= t.record.Time:
		case inside != nil && concerns(&inside.Drop.Scope, k):
			note(shut, k.Account, c)
		case rest != nil && concerns(&rest.Drop.Scope, k):
			note(asked, k.Account, c)
		}
	}
	for a := instruction.Account(1); a <= s.Accounts(); a++ {
		if x := shut[a]; x != nil {
			t.owner(s, a, x, KeysShut, inside, "They may only read and cancel until the venue opens them again, and their open orders are being cancelled. You can delete them and make new ones.")
		}
		if x := asked[a]; x != nil {
			t.owner(s, a, x, KeysAsked, rest, "They may only read and cancel until you confirm each with your owner's key: `portcullis owner renew`. Delete those that you do not need.")
		}
	}
}

func concerns(x *instruction.Scope, k *credential.Key) bool {
	return gate.Concerns(x, &gate.Standing{Known: true, Integrator: k.Integrator(), Created: k.Created, Revoked: k.Revoked})
}

func note(of map[instruction.Account]*tier, a instruction.Account, c instruction.Credential) {
	x := of[a]
	if x == nil {
		x = new(tier)
		of[a] = x
	}
	if x.count++; len(x.keys) < maxKeysNamed {
		x.keys = append(x.keys, c)
	}
}

func (t *teller) owner(s *core.State, a instruction.Account, x *tier, typ Type, d *instruction.Dropped, what string) {
	text, why := fmt.Sprintf("%d of your API keys", x.count), ""
	if x.count == 1 {
		text = "One of your API keys"
	}
	if d.Drop.Reason != "" {
		why = fmt.Sprintf(" The venue says: %q.", d.Drop.Reason)
	}
	t.add(s, a, typ, "API keys of yours may have leaked",
		fmt.Sprintf("%s (%s) may have leaked together with those of others.%s %s", text, numbers(x), why, what),
		map[string]any{"keys": x.keys, "count": x.count, "drop": d.ID, "reason": d.Drop.Reason})
}

// numbers are the keys of a notice for people.
func numbers(x *tier) (text string) {
	for i, c := range x.keys {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint("key ", c)
	}
	if x.count > len(x.keys) {
		text += " and others"
	}
	return text
}
