package house

import (
	"fmt"
	"maps"
	"time"

	"portcullis/core/instruction"
)

// Transcript tells what happens, line by line.
type Transcript struct {
	Say  func(line string)
	Zone *time.Location // of the clock that the incident is told by; UTC stands beside it where it is another
	told map[instruction.Reason]bool
}

// Tell writes a line, at the venue's time.
func (t *Transcript) Tell(now instruction.Time, format string, args ...any) {
	at := now.Std()
	clock := at.In(t.Zone).Format("Mon 2 Jan 15:04:05 MST")
	if t.Zone != time.UTC {
		clock += at.Format(" (15:04:05 UTC)")
	}
	t.Say(clock + "  " + fmt.Sprintf(format, args...))
}

// Phase writes a heading.
func (t *Transcript) Phase(title string) {
	t.Say("")
	t.Say("== " + title)
}

// Line writes a row of a table: what, and two figures.
func (t *Transcript) Line(what string, first, second any) {
	t.Say(fmt.Sprintf("%-50v %12v %12v", what, first, second))
}

// Outcome is what came of an instruction, in words. The sentence that goes with a reason is told once.
func (t *Transcript) Outcome(a *Answer) string {
	why, how := a.Verdict.Reason(), a.Verdict.Decision.String()
	switch {
	case a.Did():
		return fmt.Sprintf("%s, %v", how, why)
	case a.Allowed():
		why, how = a.Refused, "REFUSED"
	}
	return how + ", " + t.Reason(why)
}

// Reason is a reason's code, and the first time the sentence that goes with it.
func (t *Transcript) Reason(why instruction.Reason) string {
	if t.told[why] {
		return why.String()
	}
	if t.told == nil {
		t.told = make(map[instruction.Reason]bool)
	}
	t.told[why] = true
	return fmt.Sprintf("%v: %s", why, why.Sentence())
}

// Clone is the same transcript, to go on in another way.
func (t *Transcript) Clone() Transcript {
	c := *t
	c.told = maps.Clone(t.told)
	return c
}

// Rules writes which rules fired, and on whom.
func (t *Transcript) Rules(h *Venue, honest int) {
	for _, s := range h.Shares() {
		mode := ""
		if s.Shadow {
			mode = ", in shadow"
		}
		t.Say(fmt.Sprintf("  rule %s (%v%s): fired on %d of %d honest instructions and stopped %d; on %d of thieves'", s.Rule, s.Verdict, mode, s.Honest, honest, s.Stopped, s.Thieves))
	}
}
