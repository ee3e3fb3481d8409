package core

import (
	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// Rules are asked last, of what everything else lets pass. What fired is on record with what its features were, also of rules that only
// watch; and so are the measures that they ask for.

// firing is a rule that holds for the instruction that is judged, with what it read.
type firing struct {
	rule   *rule.Active
	event  instruction.RuleFired
	values [instruction.MaxFiredValues]instruction.FeatureValue
}

// whenOf is which rules judge a kind of instruction; 0 for none.
func whenOf(k instruction.Kind) instruction.When {
	switch k {
	case instruction.KindPlaceOrder, instruction.KindReplaceOrder, instruction.KindPlaceList:
		return instruction.WhenOrder
	case instruction.KindWithdraw, instruction.KindIssueCodes: // both are value that leaves
		return instruction.WhenWithdrawal
	case instruction.KindTransfer:
		return instruction.WhenTransfer
	}
	return 0
}

// Ruled is what the rules say of an instruction that all else let pass with a verdict: that verdict, or a stricter one.
func (x view) Ruled(p *instruction.Principal, in instruction.Instruction, v instruction.Verdict) instruction.Verdict {
	s, w := x.s, x.s.ruledAs(p, in)
	if w == 0 || len(s.rules.Active()) == 0 {
		return v
	}
	var room [8]rule.Fired
	values := x.values(p, in)
	list := s.holding(&s.rules, w, values, room[:0])
	if !x.reader {
		for i := range list {
			s.fires(&list[i], values)
		}
	}
	return s.sentence(v, list, p.Credential, in.Kind())
}

// ruledAs is which rules are asked about an instruction; 0 for none. Of a withdrawal that is taken up already nothing more comes.
func (s *State) ruledAs(p *instruction.Principal, in instruction.Instruction) instruction.When {
	if i, is := in.(*instruction.Withdraw); is && s.payouts.Named(s.keys.Key(p.Credential).Account, &i.Client) != nil {
		return 0
	}
	return whenOf(in.Kind())
}

// holding appends to list the rules of a pack that hold.
func (s *State) holding(pack *rule.Rules, w instruction.When, values *Values, list []rule.Fired) []rule.Fired {
	return pack.Judge(w, values.key.Account, values.p.Credential, values.at.waits, values, list)
}

// sentence is a verdict with what rules that hold say besides of what a key asks for.
func (s *State) sentence(v instruction.Verdict, list []rule.Fired, c instruction.Credential, k instruction.Kind) instruction.Verdict {
	for i := range list {
		if f := &list[i]; f.Mode == instruction.Enforced {
			v = s.stricter(v, &f.Rule.Rule, f.Rule.ID, s.keys.Key(c).Account, k)
		}
	}
	return v
}

// fires notes a rule that holds for the record under way.
func (s *State) fires(f *rule.Fired, values *Values) {
	s.fired = append(s.fired, firing{rule: f.Rule, event: instruction.RuleFired{Rule: f.Rule.ID, Pack: s.rules.Pack(), Mode: f.Mode}})
	x := &s.fired[len(s.fired)-1]
	for i, feature := range f.Rule.Reads() {
		x.values[i] = instruction.FeatureValue{Feature: feature, Value: values.Value(feature)}
	}
}

// stricter is a verdict with what a rule says besides. Nothing but a withdrawal is ever parked: orders, transfers and gift codes that
// would have to wait are denied; and so is a withdrawal that nobody could say yes to.
func (s *State) stricter(v instruction.Verdict, r *instruction.Rule, id instruction.RuleID, a instruction.Account, k instruction.Kind) instruction.Verdict {
	d := [...]instruction.Decision{
		instruction.RespondAlarm: instruction.Allow, instruction.RespondHold: instruction.Hold,
		instruction.RespondChallenge: instruction.Challenge, instruction.RespondDeny: instruction.Deny,
	}[r.Response]
	if d != instruction.Allow && k != instruction.KindWithdraw || d == instruction.Challenge && !s.hasOwner(a, 0) {
		d = instruction.Deny
	}
	measures := v.Measures | r.Measures | instruction.Alarm
	if strictness[d] <= strictness[v.Decision] {
		return v.And(instruction.RuleSaid, int64(id)).With(measures)
	}
	said := instruction.Say(d, instruction.RuleSaid, int64(id))
	if v.Decision != instruction.Allow {
		for _, f := range v.Findings() {
			said = said.And(f.Reason, f.Value)
		}
	}
	return said.With(measures)
}

// strictness orders decisions. What waits for its owner's word never leaves by time alone, so that it is stricter than what waits for
// time.
var strictness = [...]uint8{instruction.Allow: 0, instruction.Hold: 1, instruction.Challenge: 2, instruction.Deny: 3}

// obey writes down which rules fired, and takes their measures.
func (s *State) obey(p *instruction.Principal, in instruction.Instruction) {
	for i := range s.fired {
		f := &s.fired[i]
		f.event.Tell = s.rules.Tells(f.rule, f.event.Mode, s.clock.Waits())
		f.event.Values = f.values[:len(f.rule.Reads())]
		s.emit(&f.event)
	}
	for _, grave := range [...]bool{true, false} { // whichever rule stands first: what one of them says hides no incident
		for i := range s.fired {
			if f := &s.fired[i]; f.event.Mode == instruction.Enforced && opens(&f.rule.Rule) == grave {
				s.measure(p, in, &f.rule.Rule)
			}
		}
	}
}

// opens says that a rule's quarantine opens an incident.
func opens(r *instruction.Rule) bool {
	return r.Severity == instruction.Critical && r.Response == instruction.RespondDeny
}

// measure takes a rule's measures.
func (s *State) measure(p *instruction.Principal, in instruction.Instruction, r *instruction.Rule) {
	k := s.keys.Key(p.Credential)
	if r.Measures.Has(instruction.Quarantine) && k.Quarantine == 0 {
		e := instruction.KeyQuarantined{Credential: p.Credential, Cause: instruction.QuarantinedByRule}
		if opens(r) {
			n := instruction.NetworkOf(p.Addr)
			if e.Incident = s.watch.Concerns(n, p.Credential); e.Incident == 0 {
				e.Incident = s.openIncident(instruction.RuleIncident, n)
			}
			s.note(e.Incident, p.Credential, n, instruction.Quarantined)
		}
		s.shut(&e)
	}
	if r.Measures.Has(instruction.Lock) && s.lockOf(k.Account) == 0 {
		s.emit(&instruction.AccountLocked{Account: k.Account, Reason: "the detection rule " + r.Name + " fired"})
	}
	if r.Measures.Has(instruction.Halt) {
		if m := s.Market(marketOf(in)); m != nil && m.State == instruction.Open {
			s.emit(&instruction.MarketSet{Market: m.ID, State: instruction.Halted})
		}
	}
}

// countAsked notes that rules were asked about an instruction: they are of all that nothing else denied.
func (s *State) countAsked(p *instruction.Principal, k instruction.Kind, v *instruction.Verdict) {
	if w := asked(p, k, v); w != 0 && len(s.rules.Active()) > 0 {
		s.rules.Asked(w)
	}
}

// asked is which rules were asked about an instruction on which there is a verdict; 0 for none.
func asked(p *instruction.Principal, k instruction.Kind, v *instruction.Verdict) instruction.When {
	if p.Giver != instruction.ByCredential || v.Decision == instruction.Deny && v.Reason() != instruction.RuleSaid || v.Reason() == instruction.OwnerSaid {
		return 0
	}
	return whenOf(k)
}

// vouch lets rules be for a day where a key's owner says, by the owner's own word, that it is wanted: so nobody whom a rule stopped by
// mistake has to wait for what its features remember to fade. A thief has no such word to give, and neither has one operator.
func (s *State) vouch(p *instruction.Principal, c instruction.Credential) {
	if p.Giver != instruction.ByCredential || len(s.rules.Active()) == 0 {
		return
	}
	s.emit(&instruction.RuleSnoozed{Snooze: instruction.Snooze{
		Account: s.Customer(s.keys.Key(c).Account), Credential: c, Until: s.clock.Waits() + instruction.Vouched,
	}})
}
