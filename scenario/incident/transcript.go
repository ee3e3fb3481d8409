package incident

import (
	"fmt"
)

// tell writes a line of the transcript, at the venue's time.
func (x *replay) tell(format string, args ...any) {
	t := x.house.Time.Std()
	x.o.Say(t.In(japan).Format("Mon 2 Jan 15:04:05 JST") + t.Format(" (15:04:05 UTC)  ") + fmt.Sprintf(format, args...))
}

// phase writes a heading.
func (x *replay) phase(title string) {
	x.o.Say("")
	x.o.Say("== " + title)
}

// outcome is what came of an instruction, in words.
func outcome(a *answer) string {
	why := a.verdict.Reason()
	switch {
	case !a.allowed():
		return fmt.Sprintf("%v, %v: %s", a.verdict.Decision, why, why.Sentence())
	case a.refused != 0:
		return fmt.Sprintf("refused, %v: %s", a.refused, a.refused.Sentence())
	}
	return fmt.Sprintf("%v, %v", a.verdict.Decision, why)
}

// tellCall writes a call of the thief's.
func (x *replay) tellCall(i int, a *answer) {
	c := &x.thief.calls[i]
	k := &x.thief.loot[c.key]
	what := "reads the balances"
	switch c.act {
	case orders:
		what = fmt.Sprintf("sells %s %s", c.qty.Text(assets[goods[c.market].base].scale), assets[goods[c.market].base].symbol)
	case pays:
		what = fmt.Sprintf("withdraws %s BTC to %s", c.qty.Text(8), c.to.Address)
	}
	state := "created " + k.created.Std().In(japan).Format("2006-01-02")
	if k.deleted != 0 {
		state += ", deleted " + k.deleted.Std().In(japan).Format("2006-01-02")
	}
	result := outcome(a)
	if a.filled {
		result += "; it trades"
	}
	if a.payout != 0 {
		result += fmt.Sprintf("; payout %d is %v", a.payout, a.state)
	}
	x.tell("thief, call %d from %v: with key %d (%s) %s: %s", i+1, k.from, k.credential, state, what, result)
}

// tellOther writes a call of the unrelated theft.
func (x *replay) tellOther(i int, a *answer) {
	what := []string{"reads the balances", "withdraws 3 BTC"}[i]
	x.tell("another thief, from %v in Japan: with key %d %s: %s", otherAddr, x.other.credential, what, outcome(a))
}

// opening says what is replayed.
func (x *replay) opening() {
	x.o.Say(fmt.Sprintf("zaif-2018, gate %v, seed %d: %d honest customers, %d keys", x.o.Gate, x.o.Seed, len(x.customers), x.house.State.Keys()))
}

// standing says how things stand at the end of a phase.
func (x *replay) standing() {
	r := &x.result
	x.tell("so far: %d honest instructions, %d of them newly denied; the thief: %d calls, %d orders traded, %d withdrawals out, %d held; %d keys in quarantine",
		r.HonestInstructions, r.HonestDenied, x.thief.made, r.OrdersExecuted, r.WithdrawalsExecuted, r.WithdrawalsHeld, r.Quarantined)
}

// summary is the table at the end, beside what was published.
func (x *replay) summary() {
	r, p := &x.result, &Published
	oldest, newest, deleted := x.thief.span()
	x.phase("What was published, and what came of it here")
	line := func(what string, published, here any) { x.o.Say(fmt.Sprintf("%-46v %12v %12v", what, published, here)) }
	line("", "published", "here")
	line("API keys used", p.Keys, r.KeysUsed)
	line("  of them deleted before", p.Tombstones, r.TombstonesUsed)
	line("  oldest created", p.OldestCreated, oldest)
	line("  newest created", p.NewestCreated, newest)
	line("  oldest deletion still visible", p.OldestDeletion, deleted)
	line("addresses that the calls came from", p.Addresses, r.Addresses)
	line("keys judged at risk", fmt.Sprint("about ", p.KeysAtRisk), r.KeysAtRisk)
	line("withdrawals that went out", p.Withdrawals, r.WithdrawalsExecuted)
	line("  accounts that they were tried from", p.WithdrawalAccounts, r.WithdrawalAccounts)
	line("orders that traded", p.Orders, r.OrdersExecuted)
	line("  accounts", p.OrderAccounts, r.OrderAccounts)
	line("unrelated theft on 9 January", 1, r.UnrelatedExecuted)
	x.o.Say("")
	x.o.Say("A copy of the live table holds only keys that were alive when it was made. The newest key used was created after the first")
	x.o.Say("of them was deleted: no single copy explains all of them.")
}
