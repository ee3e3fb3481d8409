package house

import (
	"cmp"
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/rules"
)

// Share is how often one rule of the pack in force fired.
type Share struct {
	Rule    string               `json:"rule"`
	Verdict instruction.Response `json:"verdict"`
	Shadow  bool                 `json:"shadow"`
	Honest  int                  `json:"honest"`  // instructions of honest people on which it fired
	Stopped int                  `json:"stopped"` // of them, those that it did not let pass
	Thieves int                  `json:"thieves"` // of thieves
}

// Rules put a pack in force: the one that a venue has by default, where none is given.
func (h *Venue) Rules(pack []instruction.Rule) error {
	if pack == nil {
		list, err := rules.Default()
		if err != nil {
			return err
		}
		pack = rules.Plain(list)
	}
	if a := h.Operate(&instruction.SetRules{Reason: "what a replay begins with", Rules: pack}); !a.Did() {
		return fmt.Errorf("house: a pack of rules: %v, %v", a.Verdict.Reason(), a.Refused)
	}
	return nil
}

// fired counts a rule that fired.
func (h *Venue) fired(r *instruction.Record, e *instruction.RuleFired) {
	if h.shares == nil {
		h.shares = make(map[instruction.RuleID]*Share)
	}
	x := h.shares[e.Rule]
	if x == nil {
		a := h.State.Rules().Rule(e.Rule)
		x = &Share{Rule: a.Name, Verdict: a.Response, Shadow: a.Shadow}
		h.shares[e.Rule] = x
	}
	switch {
	case h.Thief != nil && h.Thief(&r.Principal):
		x.Thieves++
	default:
		x.Honest++
		if e.Mode == instruction.Enforced && x.Verdict != instruction.RespondAlarm {
			x.Stopped++
		}
	}
}

// Shares are the rules that fired, those first that fired most on the honest.
func (h *Venue) Shares() []Share {
	list := []Share{}
	for _, x := range h.shares {
		list = append(list, *x)
	}
	slices.SortFunc(list, func(a, b Share) int {
		return cmp.Or(b.Honest-a.Honest, b.Thieves-a.Thieves, cmp.Compare(a.Rule, b.Rule))
	})
	return list
}
