package house

import (
	"cmp"
	"fmt"
	"slices"

	"portcullis/core"
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

// Shares count which rules fired, and on whom. The zero Shares have counted nothing.
type Shares struct{ by map[instruction.RuleID]*Share }

// Fired counts a rule that fired.
func (s *Shares) Fired(st *core.State, e *instruction.RuleFired, thief bool) {
	x := s.by[e.Rule]
	if x == nil {
		if s.by == nil {
			s.by = make(map[instruction.RuleID]*Share)
		}
		a := st.Rules().Rule(e.Rule)
		x = &Share{Rule: a.Name, Verdict: a.Response, Shadow: a.Shadow}
		s.by[e.Rule] = x
	}
	if thief {
		x.Thieves++
		return
	}
	x.Honest++
	if e.Mode == instruction.Enforced && x.Verdict != instruction.RespondAlarm {
		x.Stopped++
	}
}

// List are the rules that fired, those first that fired most on the honest.
func (s *Shares) List() []Share {
	list := []Share{}
	for _, x := range s.by {
		list = append(list, *x)
	}
	slices.SortFunc(list, func(a, b Share) int {
		return cmp.Or(b.Honest-a.Honest, b.Thieves-a.Thieves, cmp.Compare(a.Rule, b.Rule))
	})
	return list
}

// clone is the same counts again.
func (s *Shares) clone() Shares {
	y := Shares{by: make(map[instruction.RuleID]*Share)}
	for id, x := range s.by {
		y.by[id] = new(*x)
	}
	return y
}

// Pack is the instruction that puts a pack in force: the one that a venue has by default, where none is given.
func Pack(given []instruction.Rule) (*instruction.SetRules, error) {
	if given == nil {
		list, err := rules.Default()
		if err != nil {
			return nil, err
		}
		given = rules.Plain(list)
	}
	return &instruction.SetRules{Reason: "what a measurement begins with", Rules: given}, nil
}

// Rules put a pack in force: the one that a venue has by default, where none is given.
func (h *Venue) Rules(given []instruction.Rule) error {
	in, err := Pack(given)
	if err != nil {
		return err
	}
	if a := h.Operate(in); !a.Did() {
		return fmt.Errorf("house: a pack of rules: %v, %v", a.Verdict.Reason(), a.Refused)
	}
	return nil
}

// Shares are the rules that fired, those first that fired most on the honest.
func (h *Venue) Shares() []Share { return h.shares.List() }
