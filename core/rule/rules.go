package rule

import (
	"errors"

	"portcullis/core/instruction"
)

// Bounds of what is kept.
const (
	MaxWaiting = 8    // proposals
	MaxSnoozes = 64   // by operators
	MaxVouched = 1024 // keys whose owners vouched for them
	MaxVouches = 16   // of one customer
)

var errUnknown = errors.New("rule: an event that does not fit")

// Rules is what judges by rules, and how it may change. The zero Rules has no pack, and no rule.
type Rules struct {
	packs        uint32 // how many were set; the one in force has this number
	lastRule     instruction.RuleID
	lastProposal instruction.ProposalID
	pack         []Active
	before       []Active
	waiting      []instruction.RulesProposed
	snoozes      []instruction.Snooze // by operators, of a rule each
	vouched      []instruction.Snooze // by owners, of a key each
	judged       [4]uint64            // instructions, by kind
}

// Pack is the number of the pack in force; 0 where none ever was.
func (r *Rules) Pack() uint32 { return r.packs }

// Active are the rules in force. Nobody may change them.
func (r *Rules) Active() []Active { return r.pack }

// InForce are the rules in force as they were set, and Before those of the pack before.
func (r *Rules) InForce() []instruction.Rule { return plainly(r.pack) }
func (r *Rules) Before() []instruction.Rule  { return plainly(r.before) }

func plainly(pack []Active) []instruction.Rule {
	list := make([]instruction.Rule, len(pack))
	for i := range pack {
		list[i] = pack[i].Rule
	}
	return list
}

// Rule is the rule of a number, of the pack in force or the one before it, or nil.
func (r *Rules) Rule(id instruction.RuleID) *Active {
	if a := numbered(r.pack, id); a != nil {
		return a
	}
	return numbered(r.before, id)
}

func numbered(pack []Active, id instruction.RuleID) *Active {
	for i := range pack {
		if pack[i].ID == id {
			return &pack[i]
		}
	}
	return nil
}

// Judged is how many instructions a rule was asked about since its condition is in force.
func (r *Rules) Judged(a *Active) uint64 { return r.judged[a.When] - a.since }

// Waiting are the proposals that wait, and Snoozes what is suspended: by operators, then by owners.
func (r *Rules) Waiting() []instruction.RulesProposed { return r.waiting }
func (r *Rules) Snoozes() (operators, owners []instruction.Snooze) {
	return r.snoozes, r.vouched
}

// Suspending is how many snoozes of operators are not over.
func (r *Rules) Suspending(waits instruction.Time) (n int) {
	for i := range r.snoozes {
		if r.snoozes[i].Until > waits {
			n++
		}
	}
	return n
}

// Proposal is what waits under a number, or nil.
func (r *Rules) Proposal(id instruction.ProposalID) *instruction.RulesProposed {
	for i := range r.waiting {
		if r.waiting[i].ID == id {
			return &r.waiting[i]
		}
	}
	return nil
}

// LastProposal is the number of the newest, waiting or not.
func (r *Rules) LastProposal() instruction.ProposalID { return r.lastProposal }

// Due is a proposal that nobody answered in time, or 0.
func (r *Rules) Due(waits instruction.Time) instruction.ProposalID {
	for i := range r.waiting {
		if r.waiting[i].Due <= waits {
			return r.waiting[i].ID
		}
	}
	return 0
}

// Snoozed is until when a rule is suspended for an account; 0 where it is not.
func (r *Rules) Snoozed(id instruction.RuleID, a instruction.Account, waits instruction.Time) instruction.Time {
	for i := range r.snoozes {
		if x := &r.snoozes[i]; x.Rule == id && x.Account == a && x.Until > waits {
			return x.Until
		}
	}
	return 0
}

// suspended says that a rule that holds stops nothing of a key now.
func (r *Rules) suspended(id instruction.RuleID, a instruction.Account, c instruction.Credential, waits instruction.Time) bool {
	for i := range r.vouched {
		if x := &r.vouched[i]; x.Credential == c && x.Until > waits {
			return true
		}
	}
	return r.Snoozed(id, 0, waits) != 0 || r.Snoozed(id, a, waits) != 0
}

// Fired is a rule that holds, and how it stands.
type Fired struct {
	Rule *Active
	Mode instruction.RuleMode
}

// Judge appends to list the rules that hold of what a key asks for. It changes nothing.
func (r *Rules) Judge(w instruction.When, a instruction.Account, c instruction.Credential, waits instruction.Time, v Values, list []Fired) []Fired {
	for i := range r.pack {
		x := &r.pack[i]
		if x.When != w || !x.program.Holds(v) {
			continue
		}
		f := Fired{x, instruction.Enforced}
		switch {
		case x.Shadow:
			f.Mode = instruction.Shadowed
		case r.suspended(x.ID, a, c, waits):
			f.Mode = instruction.Snoozed
		}
		list = append(list, f)
	}
	return list
}
