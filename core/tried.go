package core

import (
	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// Rules that are not in force can be tried on what is on record: by the functions that judge, on the state that a fold of the records
// before has led to.

// Ruled is which rules were asked when a record was written, whichever were in force: 0 where something else had denied it, or no rule
// judges its kind.
func Ruled(r *instruction.Record) instruction.When { return asked(&r.Principal, r.Kind(), &r.Verdict) }

// Try asks the rules of a pack about the instruction of a record that is about to be folded. It appends to list those that hold, and says
// as what they judge it; 0 where no rule is asked. It changes nothing that is persisted.
func (s *State) Try(pack *rule.Rules, r *instruction.Record, in instruction.Instruction, list []rule.Fired) (instruction.When, []rule.Fired) {
	if Ruled(r) == 0 || s.keys.Key(r.Principal.Credential) == nil {
		return 0, list
	}
	w := s.ruledAs(&r.Principal, in)
	if w == 0 {
		return 0, list
	}
	s.at = r.Time
	return w, s.holding(pack, w, view{s: s}.values(&r.Principal, in), list)
}

// Sentence is what rules that hold say together of what a key asks for, where all else allows it.
func (s *State) Sentence(list []rule.Fired, c instruction.Credential, k instruction.Kind) instruction.Verdict {
	return s.sentence(instruction.Say(instruction.Allow, instruction.WithinMandate, 0), list, c, k)
}
