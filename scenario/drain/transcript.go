package drain

import (
	"fmt"
	"maps"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// tell writes a line of the transcript, at the venue's time.
func (x *replay) tell(format string, args ...any) { x.tale.Tell(x.house.Time, format, args...) }

// opening says what is replayed.
func (x *replay) opening() {
	x.tale.Say(fmt.Sprintf("%s, gate %v, seed %d: %s", x.Name, x.o.Gate, x.o.Seed, map[house.Gate]string{
		house.Off:    "a venue of the time. A key may trade, from anywhere.",
		house.On:     "this venue, with keys as it makes them. The thief comes through the bot platform that the owner had listed.",
		house.Legacy: "this venue, with the careless keys of the time brought over, which may trade from anywhere.",

		house.DetectorsOnly: "the venue of the time with detectors behind it, and no guarantee. A key may trade, from anywhere.",
	}[x.o.Gate]))
	x.tale.Say(fmt.Sprintf("%d makers and %d customers, %d of whom trade in %s; all honest. Worth is by fair prices that only this harness knows.",
		len(x.makers), len(x.crowd)+len(x.locals), len(x.locals), x.symbol(x.thin)))
	switch x.o.Gate {
	case house.On:
		x.tale.Say("Loss budgets are as they are by default, and orders far beyond the mark are not taken. The thief knows both.")
	case house.Legacy:
		x.tale.Say("Loss budgets are as they are by default, and nothing else holds: there are no price bands. The thief knows them.")
	}
}

// symbol is a market's, as people write it.
func (x *replay) symbol(m int) string {
	return x.coins[x.pairs[m].base].symbol + "/" + x.coins[x.pairs[m].quote].symbol
}

// dollars is so much of the first coin, as people write it.
func (x *replay) dollars(n money.Amount) string {
	return grouped(nearest(int64(n), int64(whole))) + " " + x.coins[0].symbol
}

// nearest is n in units of so much, rounded as people round; half a unit goes away from zero.
func nearest(n, unit int64) int64 {
	if n < 0 {
		return -nearest(-n, unit)
	}
	return (n + unit/2) / unit
}

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	if n < 0 {
		return "-" + grouped(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// calm says how things stand before the first raid.
func (x *replay) calm() {
	x.tell("so far: the honest gave %s instructions, %s of them denied; %s traded %s a day", grouped(int64(x.result.HonestInstructions)),
		grouped(int64(x.result.HonestDenied)), x.symbol(x.thin), x.dollars(x.tape.usual()))
}

// tellBegins writes what a raid begins with.
func (x *replay) tellBegins(r *raid) {
	holds := ""
	for c := range x.coins {
		if n := x.has(&r.person, c); n > 0 {
			holds += fmt.Sprintf(", %s %s", grouped(int64(n/whole)), x.coins[c].symbol)
		}
	}
	k := x.house.State.Key(r.key)
	x.tell("thief, from %v: begins with key %d of account %d, made %d days ago, which may %v; there are %s%s", r.from, r.key, r.account,
		(x.house.Time-k.Created)/instruction.Day, k.Rights(), x.dollars(r.take.atRisk), holds)
}

// Which of the thief's instructions are told.
const (
	toldFirst = 3
	toldEach  = 1000
)

// tellUse writes an instruction with the robbed account's key: the first ones, and how it goes on from time to time.
func (x *replay) tellUse(r *raid, in *instruction.PlaceOrder, a *house.Answer) {
	switch n := r.take.instructions; {
	case r.stage == selling && n <= toldFirst, r.take.stopped == n, r.stage == swinging && r.told < 2*toldFirst:
		if r.stage == swinging {
			r.told++
		}
		result := x.tale.Outcome(a)
		for _, f := range a.Verdict.Findings()[1:] {
			result += "; also " + x.tale.Reason(f.Reason)
		}
		if a.Filled {
			result += "; it trades"
		}
		m := int(in.Market) - 1
		x.tell("thief, instruction %d: %v %s %s at %s %s: %s", n, in.Side, in.Qty.Text(scale), x.coins[x.pairs[m].base].symbol,
			in.Price.Text(scale), x.coins[x.pairs[m].quote].symbol, result)
	case n%toldEach == 0:
		x.progress(r)
	}
}

// progress writes how far a raid has come.
func (x *replay) progress(r *raid) {
	t := &r.take
	x.tell("thief, instruction %d: %s trades; the account is worth %s of %s, lost %s, paid %s in fees", t.instructions, grouped(int64(t.trades)),
		x.dollars(x.worth(&r.person)), x.dollars(t.atRisk), x.dollars(t.lost), x.dollars(t.fees))
}

// tellOver writes that nothing is left to take.
func (x *replay) tellOver(r *raid) {
	x.progress(r)
	x.tell("thief: leaves account %d, %d minutes after he began", r.account, (x.house.Time-r.at+minute/2)/minute)
}

// evening says what a raid's window ended with.
func (x *replay) evening(r *raid) {
	t := &r.take
	x.tell("account %d: lost %s of %s (%s) in %s trades, and paid %s in fees; the honest gave %s instructions, %s of them denied", r.account,
		x.dollars(t.lost), x.dollars(t.atRisk), percent(t.lost, t.atRisk), grouped(int64(t.trades)), x.dollars(t.fees),
		grouped(int64(x.result.HonestInstructions)), grouped(int64(x.result.HonestDenied)))
}

// percent is a part of a whole, as people write it.
func percent(part, of money.Amount) string {
	return money.Amount(nearest(int64(decimal(int64(part), int64(of))), 100)).Text(2) + "%"
}

// summary is the table at the end, below what was published.
func (x *replay) summary() {
	r := &x.result
	x.tale.Phase("What was published, and what came of it here")
	for _, line := range x.Published {
		x.tale.Say(line)
	}
	x.tale.Say("")
	line := func(what, here string) { x.tale.Say(fmt.Sprintf("%-58s %16s", what, here)) }
	for i := range x.raids {
		t := &x.raids[i].take
		line(fmt.Sprintf("account %d, from %s: worth", x.raids[i].account, x.raids[i].at.Std().Format("Mon 2 Jan 15:04")), x.dollars(t.atRisk))
		line("  lost within 24 hours", x.dollars(t.lost))
		line("", percent(t.lost, t.atRisk))
		if coins := r.Accounts[i]; x.raids[i].in != 0 {
			line("", coins.LostCoins.short()+" "+coins.Coin)
		}
		line("  fees paid to the venue", x.dollars(t.fees))
		line("  trades", grouped(int64(t.trades)))
		line("  the thief's instructions", grouped(int64(t.instructions)))
		line("  of them the first that was stopped", map[bool]string{false: grouped(int64(t.stopped)), true: "never"}[t.stopped == 0])
	}
	line(x.symbol(x.thin)+": highest price, in times the lowest", r.PriceMultiple.short())
	line("  volume, in times a day of the week before", r.VolumeMultiple.short())
	line("honest instructions", grouped(int64(r.HonestInstructions)))
	line("  denied", grouped(int64(r.HonestDenied)))
	for _, why := range slices.Sorted(maps.Keys(r.HonestDenials)) {
		line("    "+why, grouped(int64(r.HonestDenials[why])))
	}
	x.tale.Rules(x.house, r.HonestInstructions)
	line("honest orders that their budgets ended", grouped(int64(r.HonestExpired)))
}

// short is the number with two decimals.
func (d Decimal) short() string { return money.Amount(nearest(int64(d), 10_000)).Text(2) }
