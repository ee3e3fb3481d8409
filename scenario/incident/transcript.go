package incident

import (
	"fmt"
	"maps"
	"slices"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
)

// tell writes a line of the transcript, at the venue's time.
func (x *replay) tell(format string, args ...any) { x.tale.Tell(x.house.Time, format, args...) }

// tellCall writes a call of the thief's.
func (x *replay) tellCall(i int, a *house.Answer) {
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
	result := x.tale.Outcome(a)
	if a.Filled {
		result += "; it trades"
	}
	if a.Payout != 0 {
		result += fmt.Sprintf("; payout %d is %v", a.Payout, a.State)
	}
	x.tell("thief, call %d from %v: with key %d (%s) %s: %s", i+1, k.from, k.credential, state, what, result)
}

// tellOther writes a call of the unrelated theft.
func (x *replay) tellOther(i int, a *house.Answer) {
	what := []string{"reads the balances", "withdraws 3 BTC"}[i]
	x.tell("another thief, from %v in Japan: with key %d %s: %s", otherAddr, x.other.credential, what, x.tale.Outcome(a))
}

// tellOpened writes that the venue took what it saw for a theft.
func (x *replay) tellOpened(e *instruction.IncidentOpened) {
	x.tell("venue: incident %d opens at network %v: %s", e.ID, e.Network, map[instruction.IncidentCause]string{
		instruction.TombstoneProven:   "a deleted key signed there",
		instruction.TwoTombstones:     "two deleted keys were named there",
		instruction.TombstoneWithLive: "a deleted key was named there, and living ones were used that had been strangers there",
	}[e.Cause])
}

// opening says what is replayed.
func (x *replay) opening() {
	x.tale.Say(fmt.Sprintf("zaif-2018, gate %v, seed %d: %s", x.o.Gate, x.o.Seed, map[house.Gate]string{
		house.Off:    "a venue of the time. A living key may do what its rights say, from anywhere.",
		house.On:     "this venue, with keys as it makes them: to trade from home; withdrawals by keys apart, to addresses in a book.",
		house.Legacy: "this venue, with the careless keys of the time brought over nine days before.",

		house.DetectorsOnly: "the venue of the time with detectors behind it, and no guarantee. A living key may do what its rights say, from anywhere.",
	}[x.o.Gate]))
	behind, hosts := 0, 0
	for i := range x.customers {
		if i%sharesNAT == 0 {
			behind++
		} else if i%hosted == 1 {
			hosts++
		}
	}
	x.tale.Say(fmt.Sprintf("%d honest customers, %d of them behind one network, %d at hosting companies, %d in the very networks that the thief comes from; %d keys.",
		len(x.customers), behind, hosts, 3*neighbours, x.house.State.Keys()))
}

// standing says how things stand at the end of a phase.
func (x *replay) standing() {
	r := &x.result
	x.tell("so far: the honest gave %d instructions, %d of them newly denied; the thief made %d calls: %d orders traded, %d withdrawals went out, %d wait or were stopped, %d keys are in quarantine",
		r.HonestInstructions, r.HonestDenied, x.thief.made, r.OrdersExecuted, r.WithdrawalsExecuted, r.WithdrawalsHeld, r.Quarantined)
}

// summary is the table at the end, beside what was published.
func (x *replay) summary() {
	r, p := &x.result, &Published
	oldest, newest, deleted := x.thief.span()
	x.tale.Phase("What was published, and what came of it here")
	line := x.tale.Line
	line("", "published", "here")
	line("API keys used", p.Keys, r.KeysUsed)
	line("  of them deleted before", p.Tombstones, r.TombstonesUsed)
	line("  oldest created", p.OldestCreated, oldest)
	line("  newest created", p.NewestCreated, newest)
	line("  oldest deletion still visible", p.OldestDeletion, deleted)
	line("addresses that the calls came from", p.Addresses, r.Addresses)
	line("keys judged at risk", fmt.Sprint("about ", p.KeysAtRisk), r.KeysAtRisk)
	line("  of those that live at the end, shut", "all", fmt.Sprintf("%d of %d", r.AtRiskShut, r.AtRiskLiving))
	line("  shut of all other keys", "-", fmt.Sprintf("%d of %d", r.OthersShut, r.OthersLiving))
	line("withdrawals that went out", p.Withdrawals, r.WithdrawalsExecuted)
	line("  accounts that they were tried from", p.WithdrawalAccounts, r.WithdrawalAccounts)
	line("orders that traded", p.Orders, r.OrdersExecuted)
	line("  accounts", p.OrderAccounts, r.OrderAccounts)
	line("withdrawal of the unrelated theft on 9 January", 1, r.UnrelatedExecuted)
	line("  taken for a part of the incident", "no", map[bool]string{false: "no", true: "yes"}[r.UnrelatedInIncident])
	x.tale.Say("")
	line("incident opened at the thief's call", "-", map[bool]any{false: r.IncidentOpenedAtCall, true: "never"}[r.IncidentOpenedAtCall == 0])
	line("withdrawals that waited for their owner", "-", r.WithdrawalsHeld)
	line("  stopped by owners", "-", r.StoppedByOwner)
	line("  stopped by the operator", "-", r.StoppedByOperator)
	line("  ended with the quarantine of their keys", "-", r.StoppedByShutting)
	line("keys in quarantine", "-", r.Quarantined)
	line("  of them keys that the thief did not have", "-", r.QuarantinedHonest)
	line("honest instructions", "-", r.HonestInstructions)
	line("  denied only by the gate", "-", fmt.Sprint(r.HonestDenied, reasons(r.HonestDenials)))
	x.tale.Rules(x.house, r.HonestInstructions)
	line("  denied by the operator's answer to the theft", "yes", r.HonestDropped)
	line("honest withdrawals that went out", "-", r.HonestWithdrawals)
	line("  after a wait, their address being new", "-", r.HonestHeld)
	line("incidents of customers' own forgotten programs", "-", r.IncidentsOfOthers)
	x.tale.Say("")
	x.tale.Say("A copy of the live table holds only keys that were alive when it was made.")
	if r.Snapshot.Keys == 0 {
		x.tale.Say("The newest key used was created after the first of them was deleted: no single copy explains all of them. Nobody knew here.")
		return
	}
	x.tale.Say("Of the keys used: " + r.Snapshot.sentence() + ".")
}

// reasons are counts by reason, as text.
func reasons(counts map[string]int) (text string) {
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		text += fmt.Sprintf(" (%s %d)", why, counts[why])
	}
	return text
}
