package rule

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
)

// Set puts a pack in force. A rule keeps its number for as long as its name is in a pack or in the one before it, and what was
// counted of it for as long as its condition is the same.
func (r *Rules) Set(e *instruction.RulesSet) error {
	if e.Pack != r.packs+1 {
		return errUnknown
	}
	if err := Sound(e.Rules); err != nil {
		return err
	}
	pack := make([]Active, len(e.Rules))
	for i := range e.Rules {
		a := &pack[i]
		a.Rule = e.Rules[i]
		a.program, _ = New(a.Program) // which Sound has done
		a.since = r.judged[a.When]
		switch old, older := called(r.pack, a.Name), called(r.before, a.Name); {
		case old != nil:
			if a.ID = old.ID; old.When == a.When && slices.Equal(old.Program, a.Program) {
				a.Fired, a.since = old.Fired, old.since
			}
		case older != nil:
			a.ID = older.ID
		default:
			r.lastRule++
			a.ID = r.lastRule
		}
	}
	r.packs, r.before, r.pack = e.Pack, r.pack, pack
	r.forget(e.Proposal)
	r.snoozes = slices.DeleteFunc(r.snoozes, func(x instruction.Snooze) bool { return numbered(pack, x.Rule) == nil })
	return nil
}

func called(pack []Active, name string) *Active {
	for i := range pack {
		if pack[i].Name == name {
			return &pack[i]
		}
	}
	return nil
}

// Propose notes what waits.
func (r *Rules) Propose(e *instruction.RulesProposed) error {
	if e.ID != r.lastProposal+1 || len(r.waiting) >= MaxWaiting || Sound(e.Rules) != nil {
		return errUnknown
	}
	r.lastProposal = e.ID
	r.waiting = append(r.waiting, *e)
	return nil
}

// Reject ends what waited.
func (r *Rules) Reject(e *instruction.RulesRejected) error {
	if r.Proposal(e.Proposal) == nil {
		return errUnknown
	}
	r.forget(e.Proposal)
	return nil
}

func (r *Rules) forget(id instruction.ProposalID) {
	r.waiting = slices.DeleteFunc(r.waiting, func(x instruction.RulesProposed) bool { return x.ID == id })
}

// Snooze suspends a rule, or lets an owner vouch for a key, or ends that. What is over is forgotten with the next; where owners
// vouched for too many keys, the customer's own that ends first goes, and then that of the customer who vouches for most: nobody ends
// the word of others by giving his own for many keys.
func (r *Rules) Snooze(e *instruction.RuleSnoozed, waits instruction.Time) error {
	s := e.Snooze
	r.forget(e.Proposal)
	list := &r.snoozes
	if s.Credential != 0 {
		list = &r.vouched
	}
	*list = slices.DeleteFunc(*list, func(x instruction.Snooze) bool {
		return x.Until <= waits || x.Rule == s.Rule && x.Account == s.Account && x.Credential == s.Credential
	})
	switch {
	case s.Until == 0:
		return nil
	case s.Credential == 0 && (len(r.snoozes) >= MaxSnoozes || numbered(r.pack, s.Rule) == nil):
		return errUnknown
	case s.Credential != 0:
		own := 0
		for _, x := range r.vouched {
			if x.Account == s.Account {
				own++
			}
		}
		if own >= MaxVouches {
			r.dropFirst(func(x *instruction.Snooze) bool { return x.Account == s.Account })
		}
		if len(r.vouched) >= MaxVouched {
			most := r.vouchesMost()
			r.dropFirst(func(x *instruction.Snooze) bool { return x.Account == most })
		}
	}
	*list = append(*list, s)
	return nil
}

// vouchesMost is the customer who vouches for most keys.
func (r *Rules) vouchesMost() (most instruction.Account) {
	list := make([]instruction.Account, len(r.vouched))
	for i := range r.vouched {
		list[i] = r.vouched[i].Account
	}
	slices.Sort(list)
	run, longest := 0, 0
	for i, a := range list {
		if run++; i > 0 && list[i-1] != a {
			run = 1
		}
		if run > longest {
			most, longest = a, run
		}
	}
	return most
}

// dropFirst forgets the key that is vouched for that ends first, of some.
func (r *Rules) dropFirst(some func(*instruction.Snooze) bool) {
	first := -1
	for i := range r.vouched {
		if some(&r.vouched[i]) && (first < 0 || cmp.Less(r.vouched[i].Until, r.vouched[first].Until)) {
			first = i
		}
	}
	if first >= 0 {
		r.vouched = slices.Delete(r.vouched, first, first+1)
	}
}

// Tells says whether people should hear that a rule fired: of one that stops something, and not of each time.
func (r *Rules) Tells(a *Active, mode instruction.RuleMode, waits instruction.Time) bool {
	return mode == instruction.Enforced && (a.told == 0 || waits-a.told >= instruction.QuietRule)
}

// Count notes that a rule fired.
func (r *Rules) Count(e *instruction.RuleFired, waits instruction.Time) error {
	a := numbered(r.pack, e.Rule)
	if a == nil || e.Pack != r.packs {
		return errUnknown
	}
	a.Fired[e.Mode]++
	if e.Tell {
		a.told = waits
	}
	return nil
}

// Asked notes that the rules were asked about an instruction.
func (r *Rules) Asked(w instruction.When) { r.judged[w]++ }

// Fields is the persisted form.
func (r *Rules) Fields(c *instruction.Codec) {
	if c.Reading() {
		*r = Rules{}
	}
	instruction.Num32(c, &r.packs)
	instruction.Num32(c, &r.lastRule)
	instruction.Num32(c, &r.lastProposal)
	for i := range r.judged {
		instruction.Num64(c, &r.judged[i])
	}
	packFields(c, &r.pack)
	packFields(c, &r.before)
	n := c.Count(len(r.waiting), MaxWaiting)
	for i := range n {
		if c.Reading() {
			r.waiting = append(r.waiting, instruction.RulesProposed{})
		}
		c.Pause()
		r.waiting[i].Fields(c)
		if c.Reading() && c.Err() == nil && Sound(r.waiting[i].Rules) != nil {
			c.Fail("proposal %d is no pack", r.waiting[i].ID)
		}
	}
	snoozeFields(c, &r.snoozes, MaxSnoozes)
	snoozeFields(c, &r.vouched, MaxVouched)
}

func snoozeFields(c *instruction.Codec, list *[]instruction.Snooze, most int) {
	n := c.Count(len(*list), most)
	for i := range n {
		if c.Reading() {
			*list = append(*list, instruction.Snooze{})
		}
		c.Pause()
		(*list)[i].Fields(c)
	}
}

func packFields(c *instruction.Codec, pack *[]Active) {
	n := c.Count(len(*pack), instruction.MaxRules)
	for i := range n {
		if c.Reading() {
			*pack = append(*pack, Active{})
		}
		c.Pause()
		a := &(*pack)[i]
		a.Rule.Fields(c)
		instruction.Num32(c, &a.ID)
		for m := range a.Fired {
			instruction.Num64(c, &a.Fired[m])
		}
		instruction.Num64(c, &a.since)
		instruction.Num64(c, &a.told)
	}
	if !c.Reading() || c.Err() != nil {
		return
	}
	if err := Sound(plainly(*pack)); err != nil {
		c.Fail("%v", err)
		return
	}
	for i := range *pack {
		a := &(*pack)[i]
		a.program, _ = New(a.Program) // which Sound has done
	}
}
