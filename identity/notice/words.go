package notice

import (
	"fmt"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
)

// calendar is a time as customers read it.
func calendar(t instruction.Time) string { return t.Std().Format("2 January 2006, 15:04:05 UTC") }

// stamp is a time for programs.
func stamp(t instruction.Time) string { return t.Std().Format(time.RFC3339) }

// asset is an asset's symbol.
func asset(s *core.State, a instruction.Asset) string {
	if x := s.Asset(a); x != nil {
		return x.Symbol
	}
	return fmt.Sprintf("asset %d", a)
}

// place is an address as text.
func place(to *instruction.Destination) string {
	text := to.Chain + " address " + to.Address
	if to.Tag != "" {
		text += " with the tag " + to.Tag
	}
	return text
}

func addPlace(data map[string]any, to *instruction.Destination) {
	data["chain"], data["address"] = to.Chain, to.Address
	if to.Tag != "" {
		data["tag"] = to.Tag
	}
}

// span is a length of time in days or hours.
func span(t instruction.Time) string {
	switch {
	case t == instruction.Day:
		return "24 hours"
	case t%instruction.Day == 0:
		return fmt.Sprintf("%d days", t/instruction.Day)
	}
	return (time.Duration(t) * time.Microsecond).String()
}

// by says in what capacity an instruction was given.
func by(p *instruction.Principal) string {
	switch p.Giver {
	case instruction.ByOperator:
		return "operator"
	case instruction.ByCredential:
		return "owner"
	}
	return "venue"
}

// who is by, in a sentence.
func who(p *instruction.Principal) string {
	switch by(p) {
	case "operator":
		return "by the venue's operator"
	case "owner":
		return "with your owner's key"
	}
	return "by the venue itself"
}

// stop says how what waits is stopped.
func stop(id instruction.MatterID) string {
	return fmt.Sprintf("To stop it, sign a no with your owner's key: run `portcullis owner no %d`, or POST {\"matter\":%d,\"yes\":false} to "+
		"/owner/v1/answer. The venue's operator can stop it for you too.", id, id)
}

// agree says how what waits for a yes gets it.
func agree(id instruction.MatterID) string {
	return fmt.Sprintf("If it is yours, sign a yes with your owner's key: run `portcullis owner yes %d`, or POST {\"matter\":%d,\"yes\":true} to "+
		"/owner/v1/answer.", id, id)
}

// until is when a wait is over by the calendar, as far as is known now.
func until(s *core.State, due instruction.Time) (text, data string) {
	c := s.Clock()
	at := c.Wall(due)
	text = calendar(at)
	if c.Frozen != 0 {
		text += " at the earliest (waits stand still just now, until the venue's operator confirms its clock)"
	}
	return text, stamp(at)
}

// ended says how a wait ended.
var ended = map[instruction.MatterEnd]string{
	instruction.ByTime:      "The wait is over, and it holds from now on.",
	instruction.ByYes:       "The owner said yes.",
	instruction.ByNo:        "It was stopped by a no, and nothing comes of it.",
	instruction.BySilence:   "Nobody said yes in time, and nothing comes of it.",
	instruction.BySuccessor: "Another one took its place, and nothing comes of it.",
	instruction.ByVanishing: "What it concerned is gone, and nothing comes of it.",
	instruction.ByDisowning: "The key that asked for it was deleted or put into quarantine, or lost the right to ask; nothing comes of it. If it was yours, ask again with another key.",
}

// matters names what waits, with an article.
var matters = map[instruction.MatterKind]string{
	instruction.Widening:    "a wider mandate of a key",
	instruction.NewAddress:  "a new withdrawal address",
	instruction.ShorterWait: "a shorter wait for what you add",
	instruction.Outgoing:    "a withdrawal",

	instruction.HigherBudget: "a higher loss budget",
}

// causes say what opened an incident.
var causes = map[instruction.IncidentCause]string{
	instruction.TombstoneProven:   "a deleted key signed a request",
	instruction.TwoTombstones:     "two deleted keys were named from one network",
	instruction.TombstoneWithLive: "a deleted key was named from a network, and a living one that is new there was used",
	instruction.CanaryUsed:        "a decoy was used",
	instruction.RuleIncident:      "a detection rule stopped a key and put it into quarantine",
	instruction.Shortage:          "a chain has less for the venue than it owes",
	instruction.CoinsTaken:        "a transaction that is not on record took a coin of the venue",
}

// scope is whom and what a drop is for.
func scope(s *core.State, x *instruction.Scope) string {
	var parts []string
	if x.Asset != 0 {
		parts = append(parts, "in what moves "+asset(s, x.Asset))
	}
	if len(x.Networks) > 0 {
		var list []string
		for _, n := range x.Networks {
			list = append(list, n.String())
		}
		parts = append(parts, "from "+strings.Join(list, " or "))
	}
	if x.Integrator != "" {
		parts = append(parts, fmt.Sprintf("for keys made for %q", x.Integrator))
	}
	if x.Before != 0 {
		parts = append(parts, "for keys made before "+calendar(x.Before))
	}
	if x.After != 0 {
		parts = append(parts, "for keys made since "+calendar(x.After))
	}
	if x.AliveAt != 0 {
		parts = append(parts, "for keys alive at "+calendar(x.AliveAt))
	}
	if x.Client != 0 {
		parts = append(parts, fmt.Sprintf("with client %016x", x.Client))
	}
	if len(parts) == 0 {
		return "for everyone"
	}
	return strings.Join(parts, ", ")
}
