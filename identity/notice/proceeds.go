package notice

import (
	"fmt"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// amount is so much of an asset, in words.
func amount(s *core.State, n money.Amount, x instruction.Asset) string {
	if a := s.Asset(x); a != nil {
		return n.Text(a.Scale) + " " + a.Symbol
	}
	return fmt.Sprintf("%d units of asset %d", n, x)
}

// held tells whom it concerns, once for each hold of the record, what is held of what he gained; and the operator, once for each
// key, how much was held.
func (t *teller) held(s *core.State, i int, e *instruction.ProceedsHeld) {
	first, parts, missing := true, []string{}, e.Missing
	for k, x := range t.found {
		x, ok := x.(*instruction.ProceedsHeld)
		if !ok || x.ID != e.ID {
			continue
		}
		first = first && k >= i
		if missing = x.Missing; x.Amount > 0 {
			parts = append(parts, fmt.Sprintf("%s in account %d", amount(s, x.Amount, x.Asset), x.Account))
		}
	}
	if !first {
		return
	}
	until, data := until(s, e.Until)
	gain, what := amount(s, e.Gain, e.Of), "by selling or buying at prices that were not fair"
	if e.Indirect {
		what = "by following the price that it made"
	}
	found, rest := "Nothing of that was found free", "The rest, "+amount(s, missing, e.Of)+", is held as it comes free."
	if missing == 0 {
		rest = "That covers it."
	}
	if len(parts) > 0 {
		found = "Held from now on: " + strings.Join(parts, ", ")
	}
	values := map[string]any{
		"hold": e.ID, "market": symbol(s, e.Market), "asset": asset(s, e.Of), "gain": gain, "missing": amount(s, missing, e.Of), "held": parts, "until": data,
	}
	if e.Incident != 0 {
		values["incident"] = e.Incident
	}
	t.add(s, s.Customer(e.Account), ProceedsHeld, fmt.Sprintf("Hold %d: what was gained from an API key that is taken for stolen", e.ID),
		fmt.Sprintf("In %s you gained %s from an API key of somebody else that is taken for stolen, %s. This says nothing of what you knew. %s. %s "+
			"It is free again on %s at the latest, unless the venue keeps it until the theft is settled. Nothing else of yours is touched. If it should not be held, say why: "+
			"`portcullis owner proceeds appeal %d`, or POST {\"hold\":%d,\"text\":\"…\"} to /owner/v1/proceeds/appeal.", symbol(s, e.Market), gain, what, found, rest, until, e.ID, e.ID), values)
	t.claimed(s, i, e)
}

// claimed tells the operator how many holds a record began for a key, with the first of them.
func (t *teller) claimed(s *core.State, i int, e *instruction.ProceedsHeld) {
	k := s.Key(e.Credential)
	if k == nil {
		return
	}
	holds := map[instruction.ProceedsID]bool{}
	for n, x := range t.found {
		x, ok := x.(*instruction.ProceedsHeld)
		if !ok || x.Credential != e.Credential {
			continue
		}
		if n < i {
			return
		}
		if x.Opens() {
			holds[x.ID] = true
		}
	}
	if len(holds) == 0 {
		return // more of what began before
	}
	data := map[string]any{"key": e.Credential, "account": k.Account, "holds": len(holds)}
	if e.Incident != 0 {
		data["incident"] = e.Incident
	}
	t.add(s, 0, ProceedsClaimed, fmt.Sprintf("What others gained from key %d is held", e.Credential),
		fmt.Sprintf("Others gained from key %d of account %d, and %d holds have what could be found of that. `portcullis proceeds list --key %d` shows them, "+
			"`portcullis trace --key %d` where the rest went.", e.Credential, k.Account, len(holds), e.Credential, e.Credential), data)
}

// proceeds tells what became of a hold.
func (t *teller) proceeds(s *core.State, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.ProceedsKept:
		t.add(s, e.Account, ProceedsKept, fmt.Sprintf("Hold %d is kept", e.ID), fmt.Sprintf("The venue keeps hold %d until incident %d is closed. To appeal: "+
			"`portcullis owner proceeds appeal %d`.", e.ID, e.Incident, e.ID), map[string]any{"hold": e.ID, "incident": e.Incident})
	case *instruction.ProceedsReleased:
		t.add(s, e.Account, ProceedsReleased, fmt.Sprintf("Hold %d is over", e.ID), fmt.Sprintf("Hold %d is over %s: all that was held is free again, in the accounts that it came from.",
			e.ID, releases[e.End]), map[string]any{"hold": e.ID, "end": e.End})
	case *instruction.ProceedsAppealed:
		t.add(s, 0, ProceedsAppealed, fmt.Sprintf("An appeal against hold %d", e.ID), fmt.Sprintf("The customer of account %d says of hold %d: %q. `portcullis proceeds release %d` ends it.",
			e.Account, e.ID, e.Text, e.ID), map[string]any{"hold": e.ID, "account": e.Account, "text": e.Text})
	}
}

// releases say why a hold is over.
var releases = map[instruction.ProceedsEnd]string{
	instruction.ProceedsByTime:     "by time",
	instruction.ProceedsByIncident: "since the incident is closed",
	instruction.ProceedsByOperator: "by the venue's word",
}
