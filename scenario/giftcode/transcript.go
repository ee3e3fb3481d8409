package giftcode

import (
	"fmt"

	"portcullis/core/instruction"
)

// where says where it takes place.
func (y *ours) where() {
	x := y.replay
	if x.o.Naive {
		x.tale.Say("")
	}
	x.tale.Say(fmt.Sprintf("monappy-2018, seed %d: this venue, with an engine over a journal, its wallet and its signer, on %s.", x.o.Seed, places[y.ground.name()]))
}

// places say what a ground is.
var places = map[string]string{
	"litecoind": "a litecoind of its own (regtest), behind a proxy that breaks calls",
	"demo":      "the demo chain, since there is no litecoind here (Debian package litecoind)",
}

// tellBurst writes what the attackers did and saw in a burst.
func (y *ours) tellBurst(b *burst, seen [answers]int) {
	nets := map[instruction.Network]bool{}
	for _, a := range b.networks {
		nets[instruction.NetworkOf(a)] = true
	}
	text := fmt.Sprintf("attacker: %d claims at once from %s: ", b.claims, counted(len(nets), "network"))
	for i, l := range []struct {
		n    int
		what string
	}{{seen[taken], "taken up"}, {seen[known], "answered with the payout that was there"}, {seen[turned], "no such code"}, {seen[denied], "denied, too many claims"}} {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", l.n, l.what)
	}
	y.tell("%s", text)
}

// tellAll writes what came of all claims together.
func (y *ours) tellAll() {
	seen := &y.attack.seen
	y.tell("attacker: made %d claims: %d were taken up, %d answered with the payout that was there, %d were of no such code, %d denied and tried again later",
		y.attack.made, seen[taken], seen[known], seen[turned], seen[denied])
}

// tellBlock writes what the wallet has done by a block, while there is anything to tell.
func (y *ours) tellBlock() error {
	x, err := y.standing()
	if err != nil || x.sending+x.owed == 0 && y.quiet {
		return err
	}
	y.quiet = x.sending+x.owed == 0
	y.tell("block %d: %d payouts owed, %d on their way, %d settled; %d transactions planned, %d of them not mined yet, %d in another's stead",
		x.tip, x.owed, x.sending, x.settled, x.planned, x.unmined, x.replacing)
	return nil
}

// summary is the table at the end, beside what was published.
func (x *replay) summary() {
	x.tale.Phase("What was published, and what came of it here")
	r, n := &x.result, x.result.Naive
	line := func(what, published string, naive func(*Outcome) any, here any) {
		second := any("")
		if n != nil {
			second = naive(n)
		}
		x.tale.Say(fmt.Sprintf("%-46s %14s %14v %14v", what, published, second, here))
	}
	heading := ""
	if n != nil {
		heading = "naive here"
	}
	line("", "published", func(*Outcome) any { return heading }, "this venue")
	line("gift codes", "56", func(o *Outcome) any { return o.Codes }, r.Codes)
	line("claims", publishedClaims, func(o *Outcome) any { return o.Claims }, r.Claims)
	line("owed, "+symbol, "-", func(o *Outcome) any { return o.Owed }, r.Owed)
	line("paid on the chain, "+symbol, "-", func(o *Outcome) any { return o.Paid }, r.Paid)
	line("payments too many", publishedWrong, func(o *Outcome) any { return o.Double }, r.Double)
	line("shortage seen, in blocks after the first of them", "3 days", func(o *Outcome) any { return seenAt(o.ShortAt) }, seenAt(r.ShortAt))
}

// seenAt says when a shortage was seen.
func seenAt(blocks *int) string {
	if blocks == nil {
		return "none"
	}
	return fmt.Sprint(*blocks)
}

// counted is a number of things.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}
