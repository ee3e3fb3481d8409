package core

import (
	"slices"
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// Rules that are in force may be made stricter by one operator, at once. What loosens needs two: it waits as a proposal until another
// one agrees, or for a day.

// setRules puts a pack in force, or proposes it. The venue itself brings the first one, and no other.
func (s *State) setRules(p *instruction.Principal, i *instruction.SetRules) {
	now := s.rules.InForce()
	differs := rule.Compare(now, i.Rules)
	switch {
	case !told(i.Reason) || rule.Sound(i.Rules) != nil:
		s.refuseWhole(instruction.RulesMalformed)
	case p.Giver == instruction.ByVenue && s.rules.Pack() != 0:
		s.refuseWhole(instruction.RulesAreSet)
	case len(differs) == 0 && s.rules.Pack() != 0:
		s.refuseWhole(instruction.RulesSame)
	case rule.Loosens(differs):
		s.propose(p, &instruction.RulesProposed{Reason: i.Reason, Rules: i.Rules})
	default:
		s.putRules(&instruction.RulesSet{Reason: i.Reason, Rules: i.Rules})
	}
}

// told says whether a reason is given, on one line.
func told(reason string) bool {
	return strings.TrimSpace(reason) != "" && len(reason) <= instruction.MaxRulesReason && !strings.ContainsFunc(reason, unprintable)
}

// propose has something wait for another operator.
func (s *State) propose(p *instruction.Principal, e *instruction.RulesProposed) {
	if len(s.rules.Waiting()) >= rule.MaxWaiting {
		s.refuseWhole(instruction.TooMany)
		return
	}
	e.ID, e.Operator, e.Due = s.rules.LastProposal()+1, p.Operator, s.clock.Waits()+instruction.ProposalWait
	s.emit(e)
}

// putRules puts a pack in force. Other packs that wait were proposed in place of the one that goes, so that they go with it.
func (s *State) putRules(e *instruction.RulesSet) {
	for _, w := range slices.Clone(s.rules.Waiting()) {
		if w.Snooze.Rule == 0 && w.ID != e.Proposal {
			s.emit(&instruction.RulesRejected{Proposal: w.ID, End: instruction.BySuccessor})
		}
	}
	e.Pack = s.rules.Pack() + 1
	s.emit(e)
}

// answerRules is the word of an operator about what waits.
func (s *State) answerRules(p *instruction.Principal, i *instruction.AnswerRules) {
	w := s.rules.Proposal(i.Proposal)
	switch {
	case w == nil:
		s.refuseWhole(instruction.UnknownProposal)
	case !i.Yes:
		s.emit(&instruction.RulesRejected{Proposal: w.ID, End: instruction.ByNo})
	case w.Operator == p.Operator:
		s.refuseWhole(instruction.OwnProposal)
	case w.Snooze.Rule == 0:
		s.putRules(&instruction.RulesSet{Proposal: w.ID, Reason: w.Reason, Rules: w.Rules})
	default:
		s.snoozeNow(w)
	}
}

// snoozeNow carries out a snooze that was agreed to.
func (s *State) snoozeNow(w *instruction.RulesProposed) {
	e := instruction.RuleSnoozed{Snooze: w.Snooze, Proposal: w.ID}
	e.Snooze.Until += s.clock.Waits()
	switch {
	case !s.ruled(e.Snooze.Rule):
		s.refuseWhole(instruction.UnknownRule)
	case s.rules.Suspending(s.clock.Waits()) >= rule.MaxSnoozes:
		s.refuseWhole(instruction.TooMany)
	default:
		s.emit(&e)
	}
}

// ruled says whether a rule is in force.
func (s *State) ruled(id instruction.RuleID) bool {
	return slices.ContainsFunc(s.rules.Active(), func(a rule.Active) bool { return a.ID == id })
}

// snoozeRule proposes to suspend a rule, or ends that.
func (s *State) snoozeRule(p *instruction.Principal, i *instruction.SnoozeRule) {
	until := s.rules.Snoozed(i.Rule, i.Account, s.clock.Waits())
	switch {
	case !s.ruled(i.Rule):
		s.refuseWhole(instruction.UnknownRule)
	case i.Account != 0 && s.Account(i.Account) == nil:
		s.refuseWhole(instruction.UnknownAccount)
	case !told(i.Reason):
		s.refuseWhole(instruction.RulesMalformed)
	case i.For == 0 && until == 0:
		s.refuseWhole(instruction.NotSnoozed)
	case i.For == 0:
		s.emit(&instruction.RuleSnoozed{Snooze: instruction.Snooze{Rule: i.Rule, Account: i.Account}})
	case i.For < instruction.MinSnooze, i.For > instruction.MaxSnooze:
		s.refuseWhole(instruction.SnoozeOutOfRange)
	default:
		s.propose(p, &instruction.RulesProposed{
			Reason: i.Reason, Snooze: instruction.Snooze{Rule: i.Rule, Account: i.Account, Until: i.For},
		})
	}
}

// lapse ends proposals that nobody answered.
func (s *State) lapse() {
	for id := s.rules.Due(s.clock.Waits()); id != 0; id = s.rules.Due(s.clock.Waits()) {
		s.emit(&instruction.RulesRejected{Proposal: id, End: instruction.BySilence})
	}
}

// Rules are the rules in force, and what waits and is suspended of them. Nobody may change them.
func (s *State) Rules() *rule.Rules { return &s.rules }
