package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
)

// teller makes notices of records.
type teller struct {
	record instruction.Record
	bytes  []byte
	events instruction.Events
	found  []instruction.Event // those of the record that somebody may be told of
	told   []Notice
}

// look decodes a record, and says whether it may have notices.
func (t *teller) look(seq uint64, b []byte) (bool, error) {
	t.found, t.bytes = t.found[:0], b
	if err := t.record.Decode(seq, b); err != nil {
		return false, fmt.Errorf("notice: record %d: %w", seq, err)
	}
	t.record.Events(&t.events)
	for e := t.events.Next(); e != nil; e = t.events.Next() {
		if notable(e) {
			t.found = append(t.found, e) // of kinds that are never reused
		}
	}
	if err := t.events.Err(); err != nil {
		return false, fmt.Errorf("notice: record %d: %w", seq, err)
	}
	return len(t.found) > 0, nil
}

func notable(e instruction.Event) bool {
	switch e := e.(type) {
	case *instruction.KeyCreated, *instruction.KeyRevoked, *instruction.MandateSet, *instruction.KeyAging, *instruction.KeyQuarantined,
		*instruction.KeyRestored, *instruction.AccountLocked, *instruction.AccountUnlocked, *instruction.WaitSet, *instruction.AddressAdded,
		*instruction.AddressRemoved, *instruction.MatterOpened, *instruction.MatterClosed, *instruction.PayoutMade, *instruction.PayoutMoved,
		*instruction.CodesIssued, *instruction.CodeClaimed, *instruction.CodeReturned,
		*instruction.IncidentOpened, *instruction.IncidentClosed, *instruction.Alarmed, *instruction.ClockFroze, *instruction.Dropped,
		*instruction.Raised, *instruction.BudgetSet, *instruction.BudgetConfirmed, *instruction.BudgetSpent, *instruction.BudgetSwept,
		*instruction.MarketNamed, *instruction.BandBroken, *instruction.CohortsSet, *instruction.CohortShut,
		*instruction.ProceedsHeld, *instruction.ProceedsKept, *instruction.ProceedsReleased, *instruction.ProceedsAppealed:
		return true
	case *instruction.RulesProposed, *instruction.RulesSet, *instruction.SpendDied, *instruction.ShortageProven:
		return true
	case *instruction.SpendSeen:
		return len(e.Sent) > 0
	case *instruction.DepositCredited: // what the operator adds is no customer's
		return e.Account != instruction.Fees
	case *instruction.DepositUndone:
		return e.Account != instruction.Fees
	case *instruction.RuleSnoozed: // by operators; who vouches for a key of his own knows that he did
		return e.Snooze.Credential == 0
	case *instruction.RuleFired:
		return e.Mode == instruction.Enforced
	case *instruction.OrderClosed: // the sweep says how many
		return e.Cause == instruction.ByBudget
	}
	return false
}

// tell gives the notices of the record that look saw. The state may be of any later record: what is read of it never changes,
// but for the clock, which says as well as can be said when a wait will be over.
func (t *teller) tell(s *core.State) []Notice {
	t.told = t.told[:0]
	for i, e := range t.found {
		switch e := e.(type) {
		case *instruction.KeyCreated:
			t.keyCreated(s, e)
		case *instruction.KeyRevoked, *instruction.MandateSet, *instruction.KeyAging, *instruction.KeyQuarantined, *instruction.KeyRestored:
			t.key(s, i, e)
		case *instruction.MatterOpened:
			t.opened(s, e)
		case *instruction.MatterClosed:
			t.closed(s, i, e)
		case *instruction.PayoutMade, *instruction.PayoutMoved:
			t.payout(s, i, e)
		case *instruction.CodesIssued, *instruction.CodeClaimed, *instruction.CodeReturned:
			t.codes(s, e)
		case *instruction.AccountLocked, *instruction.AccountUnlocked, *instruction.WaitSet, *instruction.AddressAdded, *instruction.AddressRemoved:
			t.account(s, i, e)
		case *instruction.BudgetSet, *instruction.BudgetConfirmed, *instruction.BudgetSpent, *instruction.BudgetSwept, *instruction.MarketNamed:
			t.budget(s, i, e)
		case *instruction.RuleFired, *instruction.RulesProposed, *instruction.RulesSet, *instruction.RuleSnoozed:
			t.rules(s, e)
		case *instruction.BandBroken:
			t.halted(s, e)
		case *instruction.CohortsSet:
			t.cohorts(s, e)
		case *instruction.CohortShut:
			t.cohortShut(s, i, e)
		case *instruction.ProceedsHeld:
			t.held(s, i, e)
		case *instruction.ProceedsKept, *instruction.ProceedsReleased, *instruction.ProceedsAppealed:
			t.proceeds(s, e)
		case *instruction.DepositCredited, *instruction.DepositUndone, *instruction.SpendSeen, *instruction.SpendDied, *instruction.ShortageProven:
			t.chain(s, e)
		default:
			t.operator(s, e)
		}
	}
	return t.told
}

// add adds a notice to the operator, or, where an account is named, to its customer.
func (t *teller) add(s *core.State, a instruction.Account, typ Type, subject, text string, data map[string]any) {
	n := Notice{
		ID:  ID{t.record.Seq, len(t.told) + 1, hashOf(t.bytes)},
		Seq: t.record.Seq, Time: t.record.Time.Std(), Type: typ, To: Operator, Subject: subject, Text: text, Data: data,
	}
	if a != 0 {
		n.To, n.Account, n.Customer = Customer, uint32(a), uint32(s.Customer(a))
		if x := s.Account(a); x != nil {
			n.AccountRef = x.Ref
		}
	}
	t.told = append(t.told, n)
}

// came is the wait whose end, earlier in the record, brought the event about, or nil.
func (t *teller) came(i int, kind instruction.MatterKind) *instruction.MatterClosed {
	for i--; i >= 0; i-- {
		m, ok := t.found[i].(*instruction.MatterClosed)
		if !ok {
			continue
		}
		if m.Kind == kind && (kind == instruction.Outgoing || m.End == instruction.ByTime || m.End == instruction.ByYes) {
			return m
		}
		return nil
	}
	return nil
}

// moves says that a payout moves because of the wait that ended there.
func (t *teller) moves(i int) bool {
	for _, e := range t.found[i+1:] {
		switch e.(type) {
		case *instruction.PayoutMoved:
			return true
		case *instruction.MatterClosed:
			return false
		}
	}
	return false
}

func (t *teller) keyCreated(s *core.State, e *instruction.KeyCreated) {
	if e.Key.Canary || e.Key.Legacy {
		return
	}
	what := "API key"
	if e.Key.Mandate.Rights.Has(instruction.MayOwn) {
		what = "owner's key"
	}
	t.add(s, e.Key.Account, KeyCreated, fmt.Sprintf("A new %s: number %d", what, e.ID),
		fmt.Sprintf("The %s number %d (%s) was made for account %d %s. It may: %s. If you do not know of it, have it deleted at once.",
			what, e.ID, e.Key.Scheme, e.Key.Account, who(&t.record.Principal), e.Key.Mandate.Rights),
		map[string]any{"key": e.ID, "name": e.Key.ID, "scheme": e.Key.Scheme, "rights": e.Key.Mandate.Rights, "by": by(&t.record.Principal)})
}

// key tells what became of a key that was there. Of decoys nobody is told: they would be none any more.
func (t *teller) key(s *core.State, i int, e instruction.Event) {
	p := &t.record.Principal
	tell := func(c instruction.Credential, typ Type, subject, text string, data map[string]any) {
		k := s.Key(c)
		if k == nil || k.Canary {
			return
		}
		data["key"], data["name"] = c, k.ID
		t.add(s, k.Account, typ, fmt.Sprintf(subject, c), fmt.Sprintf(text, c), data)
	}
	switch e := e.(type) {
	case *instruction.KeyRevoked:
		tell(e.Credential, KeyRevoked, "Key %d was deleted", "Key %d was deleted "+who(p)+". It stays deleted for ever, and its open orders are cancelled.", map[string]any{"by": by(p)})
	case *instruction.MandateSet:
		if t.came(i, instruction.Widening) == nil {
			tell(e.Credential, KeyChanged, "Key %d may do something else now", "The mandate of key %d was changed "+who(p)+". Its rights are now: "+
				e.Mandate.Rights.String()+".", map[string]any{"rights": e.Mandate.Rights, "by": by(p)})
		}
	case *instruction.KeyAging:
		t.aging(e, tell)
	case *instruction.KeyQuarantined:
		t.quarantined(s, e, tell)
	case *instruction.KeyRestored:
		tell(e.Credential, KeyRestored, "Key %d is out of quarantine", "The quarantine of key %d was ended "+who(p)+".", map[string]any{"by": by(p)})
	}
}

type tellKey func(c instruction.Credential, typ Type, subject, text string, data map[string]any)

func (t *teller) aging(e *instruction.KeyAging, tell tellKey) {
	data := map[string]any{"days": e.Days}
	const renew = " Renew it with your owner's key (`portcullis owner renew`, POST /owner/v1/keys/renew), or have the venue's operator renew it."
	switch e.Days {
	case 0:
		tell(e.Credential, KeyAging, "Key %d has aged: it may only read and cancel", "Nobody has renewed key %d for a year, so that from now on it may only read and cancel."+renew, data)
	case 1:
		tell(e.Credential, KeyAging, "Key %d ages in a day", "Tomorrow key %d will not have been renewed for a year, and may then only read and cancel."+renew, data)
	default:
		when := fmt.Sprintf(" in %d days", e.Days)
		tell(e.Credential, KeyAging, "Key %d ages"+when, "Key %d will not have been renewed for a year"+when+", and may then only read and cancel."+renew, data)
	}
}

func (t *teller) quarantined(s *core.State, e *instruction.KeyQuarantined, tell tellKey) {
	const back = " To end it, run `portcullis owner restore` with your owner's key, POST to /owner/v1/keys/restore, or ask the venue's operator."
	data := map[string]any{"cause": e.Cause}
	if e.Cause == instruction.QuarantinedByRule {
		t.ruledOut(s, e, tell, back)
		return
	}
	if e.Cause != instruction.QuarantinedByAlarm {
		p := &t.record.Principal
		data["by"] = by(p)
		tell(e.Credential, KeyQuarantined, "Key %d is in quarantine", "Key %d was put into quarantine "+who(p)+": it may only read and cancel, and its open orders are cancelled."+back, data)
		return
	}
	data["by"] = "venue"
	tell(e.Credential, KeyQuarantined, "Key %d is in quarantine", "Key %d was used from a network where deleted keys of others, or decoys, were used too, so that it may be in "+
		"strange hands. It may only read and cancel there, and its open orders are cancelled; from where you have been at home it goes on. "+
		"If it is out of your hands, delete it."+back, data)
	if k := s.Key(e.Credential); k != nil {
		t.add(s, 0, AlarmQuarantined, fmt.Sprintf("Key %d of account %d was quarantined", e.Credential, k.Account),
			fmt.Sprintf("Key %d of account %d was used from a network of incident %d, and is in quarantine. Its owner, or `portcullis key restore`, ends that.",
				e.Credential, k.Account, e.Incident),
			map[string]any{"key": e.Credential, "account": k.Account, "incident": e.Incident})
	}
}

func (t *teller) account(s *core.State, i int, e instruction.Event) {
	p := &t.record.Principal
	switch e := e.(type) {
	case *instruction.AccountLocked:
		why := ""
		if e.Reason != "" {
			why = fmt.Sprintf(": %q", e.Reason)
		}
		t.add(s, e.Account, AccountLocked, fmt.Sprintf("Account %d is locked", e.Account),
			fmt.Sprintf("Account %d was locked %s%s. Keys of it and of its sub-accounts may only read and cancel, and no withdrawal leaves; open orders stay. "+
				"To end it, run `portcullis owner unlock` with your owner's key, POST to /owner/v1/accounts/unlock, or ask the venue's operator.", e.Account, who(p), why),
			map[string]any{"reason": e.Reason, "by": by(p)})
	case *instruction.AccountUnlocked:
		t.add(s, e.Account, AccountUnlocked, fmt.Sprintf("Account %d is no longer locked", e.Account),
			fmt.Sprintf("The lock of account %d was ended %s.", e.Account, who(p)), map[string]any{"by": by(p)})
	case *instruction.WaitSet:
		if t.came(i, instruction.ShorterWait) == nil {
			t.add(s, e.Account, WaitSet, "What you add waits longer", "What is added with your owner's key, or for you, waits "+span(e.Wait)+" from now on before it holds.",
				map[string]any{"wait_seconds": int64(e.Wait / instruction.Second)})
		}
	case *instruction.AddressAdded:
		if t.came(i, instruction.NewAddress) == nil {
			t.address(s, e.Account, AddressAdded, e.Asset, &e.To, "Withdrawals of %s from account %d may go to the %s from now on.")
		}
	case *instruction.AddressRemoved:
		t.address(s, e.Account, AddressRemoved, e.Asset, &e.To, "Withdrawals of %s from account %d may no longer go to the %s.")
	}
}

func (t *teller) address(s *core.State, a instruction.Account, typ Type, x instruction.Asset, to *instruction.Destination, text string) {
	subject := "A withdrawal address was added"
	if typ == AddressRemoved {
		subject = "A withdrawal address was removed"
	}
	data := map[string]any{"asset": asset(s, x)}
	addPlace(data, to)
	t.add(s, a, typ, subject, fmt.Sprintf(text, asset(s, x), a, place(to)), data)
}

func (t *teller) operator(s *core.State, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.IncidentOpened:
		what := fmt.Sprintf(", at %s. See `portcullis incident show %d`; to shut all keys made before a date, run `portcullis drop keys --created-before`.", e.Network, e.ID)
		if e.Cause == instruction.Shortage {
			what = ". See `portcullis chain list`."
		}
		t.add(s, 0, IncidentOpened, fmt.Sprintf("Incident %d: %s", e.ID, causes[e.Cause]), fmt.Sprintf("Incident %d was opened: %s%s", e.ID, causes[e.Cause], what),
			map[string]any{"incident": e.ID, "cause": e.Cause, "network": e.Network})
	case *instruction.IncidentClosed:
		t.add(s, 0, IncidentClosed, fmt.Sprintf("Incident %d is closed", e.ID), fmt.Sprintf("Incident %d was closed: %q.", e.ID, e.Reason),
			map[string]any{"incident": e.ID, "reason": e.Reason})
	case *instruction.Alarmed:
		if k := s.Key(e.Credential); k != nil && k.Canary {
			t.add(s, 0, AlarmCanary, fmt.Sprintf("The decoy number %d was used", e.Credential),
				fmt.Sprintf("The decoy number %d (%q) was used from %s: whoever did has a copy of what it was put into. `portcullis backup list` "+
					"says which backup that is.", e.Credential, k.Label(), e.Network),
				map[string]any{"key": e.Credential, "network": e.Network})
		}
	case *instruction.ClockFroze:
		t.add(s, 0, ClockFrozen, "Waits stand still: the clock jumped", fmt.Sprintf("The clock jumped from %s to %s, or the venue stood still. Waits and refills "+
			"stand still; trading goes on. If the clock is right now, run `portcullis clock confirm`.", calendar(e.From), calendar(e.To)),
			map[string]any{"from": stamp(e.From), "to": stamp(e.To)})
	case *instruction.Dropped:
		t.dropped(s, e)
	case *instruction.Raised:
		whom := fmt.Sprintf("for %d%% of the customers", e.Share)
		if e.Share == 100 {
			whom = "for all"
		}
		t.add(s, 0, DropRaised, fmt.Sprintf("Drop %d was raised", e.Drop), fmt.Sprintf("What drop %d shut is open again %s.", e.Drop, whom),
			map[string]any{"drop": e.Drop, "share": e.Share})
	}
}

// dropped tells what was shut, for whom, and why where that was said.
func (t *teller) dropped(s *core.State, e *instruction.Dropped) {
	whom, why := scope(s, &e.Drop.Scope), ""
	if e.Drop.Reason != "" {
		why = fmt.Sprintf(" Customers are told: %q.", e.Drop.Reason)
	}
	t.add(s, 0, DropMade, fmt.Sprintf("Drop %d: %s", e.ID, e.Drop.Class),
		fmt.Sprintf("Drop %d shuts %s %s.%s `portcullis raise %d` opens it again.", e.ID, e.Drop.Class, whom, why, e.ID),
		map[string]any{"drop": e.ID, "class": e.Drop.Class, "reason": e.Drop.Reason, "scope": whom})
}
