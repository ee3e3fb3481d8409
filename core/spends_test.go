package core

import (
	"slices"
	"testing"

	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestPayout: what is owed is planned, signed, seen, mined and settled; what arrives, the fee that the customer pays and the fee that
// the transaction costs all go where they belong, and the chain has what is owed at each step.
func TestPayout(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	c.has(instruction.Fees, 30_000, 0)
	c.covered(30_000)
	id := c.owe(20_000)
	c.has(2, 30_000, 20_000)
	c.covered(30_000)
	s := c.plan(c.pays(id, two))
	c.has(instruction.Fees, 29_800, 200)
	c.covered(29_800)
	c.stands(id, instruction.PayoutSending)
	if x := c.chain().Spend(s); x.Paid != 19_700 || x.Change != 50_000-19_700-200 || x.Fee != 200 {
		t.Fatalf("%+v", x)
	}
	c.sign(s)
	if r := c.see(s); len(events[*instruction.SpendSeen](r)) != 1 {
		t.Error("it was not seen")
	}
	if r := c.see(s); len(events[*instruction.SpendSeen](r)) != 0 {
		t.Error("it was seen twice")
	}
	c.block(c.takes(s)...)
	c.covered(29_800)
	c.stands(id, instruction.PayoutSending)
	c.blocks(2)
	c.stands(id, 0)
	c.has(2, 30_000, 0)
	c.has(instruction.Fees, 30_000-200+300, 0)
	c.covered(30_000 - 200 + 300)
	if in, out := c.s.Came(ltc); in != 120_000 || out != 19_700+200 {
		t.Errorf("%d came in and %d went out", in, out)
	}
	c.tries(c.pays(id, two), instruction.SpendMalformed)
}

// TestManyMinedAtOnce: however many transactions lie deep when the wallet comes back after a long while, each settles, and none is
// taken for one that can never be mined: what it paid would be paid again. One record settles as much as it has room for.
//
// Seen red: what lay deep was forgotten before it was settled, ten at a time, and the rest of the payouts were owed again.
func TestManyMinedAtOnce(t *testing.T) {
	const many, each = 30, 80 // spends, and the coins that one takes
	const room = (sliceSpends + each) / (each + 1)
	c := newCoast(t)
	c.block()
	var coins []instruction.Outpoint
	for len(coins) < many*each {
		in := c.advance()
		for range instruction.MaxMoves {
			r := c.coin(2, 2000)
			in.Received, coins = append(in.Received, r), append(coins, r.Coin)
		}
		c.wallet(in)
	}
	got := money.Amount(len(coins) * 2000)
	c.block(c.coin(instruction.Fees, 50_000))
	for c.block(); c.s.Working(); c.tick() {
	}
	var moves []*instruction.Advance
	for i := range many {
		s := c.plan(c.pays(c.owe(6000), coins[i*each:(i+1)*each]...))
		c.sign(s)
		moves = append(moves, c.advance(c.takes(s)...))
	}
	in := c.advance()
	for i, m := range moves {
		if in.Spent, in.Received = append(in.Spent, m.Spent...), append(in.Received, m.Received...); len(in.Spent)+each > instruction.MaxMoves || i == many-1 {
			in.Whole = i == many-1
			c.wallet(in)
			in.Spent, in.Received = nil, nil
		}
	}
	late := c.advance()
	late.Height, late.Hash, late.Prev = late.Height+1000, c.hash(late.Height+1000), instruction.BlockHash{9}
	settled := 0
	for r := c.wallet(late); ; r = c.tick() {
		n := len(events[*instruction.SpendSettled](r))
		if settled += n; n != min(room, many-settled+n) || len(events[*instruction.SpendDied](r)) != 0 {
			t.Errorf("%d settled, %d are over", n, len(events[*instruction.SpendDied](r)))
		}
		if !c.s.Working() {
			break
		}
	}
	if settled != many || len(c.s.Payable(ltc)) != 0 {
		t.Errorf("%d settled, and %d are owed again", settled, len(c.s.Payable(ltc)))
	}
	c.has(2, got-many*6000, 0)
	c.covered(50_000 - many*200 + many*300)
	if _, out := c.s.Came(ltc); out != many*(5700+200) {
		t.Errorf("%d went out", out)
	}
}

// TestPlanRefused: all that a plan can be refused for.
func TestPlanRefused(t *testing.T) {
	type plan = instruction.PlanSpend
	for what, x := range map[string]struct {
		change func(*coast, *plan)
		want   instruction.Reason
	}{
		"nothing":                    {func(*coast, *plan) {}, 0},
		"an asset without a chain":   {func(_ *coast, p *plan) { p.Asset = 1 }, instruction.NoChain},
		"no asset":                   {func(_ *coast, p *plan) { p.Asset = 99 }, instruction.NoChain},
		"no coins":                   {func(_ *coast, p *plan) { p.Inputs = nil }, instruction.SpendMalformed},
		"a coin twice":               {func(_ *coast, p *plan) { p.Inputs = append(p.Inputs, p.Inputs[0]) }, instruction.SpendMalformed},
		"a coin that is not there":   {func(_ *coast, p *plan) { p.Inputs = append(p.Inputs, instruction.Outpoint{Index: 3}) }, instruction.CoinNotFree},
		"a coin that is not free":    {func(c *coast, p *plan) { c.plan(c.pays(0, p.Inputs[0])) }, instruction.CoinNotFree},
		"a coin not yet credited":    {func(c *coast, p *plan) { x := c.coin(2, 9000); c.block(x); p.Inputs[0] = x.Coin }, instruction.CoinNotFree},
		"a coin that is gone":        {func(c *coast, p *plan) { c.block(instruction.Spent{Coin: p.Inputs[0], By: c.tx()}); p.Payouts = nil }, instruction.CoinNotFree},
		"a payout twice":             {func(_ *coast, p *plan) { p.Payouts = append(p.Payouts, p.Payouts[0]) }, instruction.SpendMalformed},
		"a payout that is not there": {func(_ *coast, p *plan) { p.Payouts[0] = 99 }, instruction.SpendMalformed},
		"a payout of another asset":  {func(c *coast, p *plan) { c.want(c.pay(payKey, 1e8, cold, ""), 0); p.Payouts[0] = c.s.LastPayout() }, instruction.SpendMalformed},
		"a payout that waits": {func(c *coast, p *plan) {
			c.want(c.key(oldKey, &instruction.Withdraw{Asset: ltc, Amount: 6000, To: instruction.Destination{Chain: "LTC", Address: "ltc1qnew"}}), 0)
			p.Payouts[0] = c.s.LastPayout()
		}, instruction.PayoutNotClaimed},
		"a payout of another family": {func(c *coast, p *plan) { _, three, _ := c.last(); c.plan(c.pays(p.Payouts[0], three)) }, instruction.PayoutNotClaimed},
		"a stopped payout":           {func(c *coast, p *plan) { c.stop(p.Payouts[0]) }, instruction.SpendMalformed},
		"a payout that is stopping": {func(c *coast, p *plan) {
			p.Replaces = c.plan(c.pays(p.Payouts[0], p.Inputs[0]))
			c.stop(p.Payouts[0])
		}, instruction.PayoutNotClaimed},
		"replaces nothing":        {func(_ *coast, p *plan) { p.Replaces = 7 }, instruction.SpendMalformed},
		"replaces another family": {func(c *coast, p *plan) { _, three, _ := c.last(); p.Replaces = c.plan(c.pays(0, three)) }, instruction.SpendMalformed},
		"replaces what has a child": {func(c *coast, p *plan) {
			p.Replaces = c.plan(c.pays(0, p.Inputs[0]))
			c.sign(p.Replaces)
			c.see(p.Replaces)
			c.plan(c.pays(0, instruction.Outpoint{Tx: c.chain().Spend(p.Replaces).Tx}))
		}, instruction.SpendMalformed},
		"replaces, with its own rest": {func(c *coast, p *plan) {
			p.Replaces = c.plan(c.pays(0, p.Inputs[0]))
			c.sign(p.Replaces)
			c.see(p.Replaces)
			p.Inputs = append(p.Inputs, instruction.Outpoint{Tx: c.chain().Spend(p.Replaces).Tx})
		}, instruction.CoinNotFree},
		"no size":                 {func(_ *coast, p *plan) { p.Size = 0 }, instruction.SpendMalformed},
		"a size that none takes":  {func(_ *coast, p *plan) { p.Size = maxSize + 1 }, instruction.SpendMalformed},
		"a fee below nothing":     {func(_ *coast, p *plan) { p.Fee = -1 }, instruction.SpendMalformed},
		"more than there is":      {func(_ *coast, p *plan) { p.Fee = 30_301 }, instruction.SpendMalformed},
		"the most of all":         {func(_ *coast, p *plan) { p.Fee = 1<<63 - 1 }, instruction.SpendMalformed},
		"the least of all":        {func(_ *coast, p *plan) { p.Fee = -1 << 63 }, instruction.SpendMalformed},
		"dust is left":            {func(_ *coast, p *plan) { p.Fee = 29_301 }, instruction.SpendMalformed},
		"nothing is paid or left": {func(_ *coast, p *plan) { p.Payouts, p.Fee, p.Size = nil, 50_000, 50_000 }, instruction.SpendMalformed},
		"over the ceiling":        {func(_ *coast, p *plan) { p.Fee = 1501 }, instruction.FeeOverCeiling},
		"at the ceiling":          {func(_ *coast, p *plan) { p.Fee = 1500 }, 0},
		"a fee nobody can pay": {func(c *coast, p *plan) { // 30,000 less 20 times 1500 are nothing
			for range 20 {
				x := c.coin(3, 9000)
				c.block(x)
				c.block()
				dear := c.pays(0, x.Coin)
				dear.Fee = 1500
				c.plan(dear)
			}
		}, instruction.FeeNotCovered},
		"halted": {func(c *coast, _ *plan) {
			c.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Reason: "drill"})
		}, instruction.PayoutsHalted},
		"halted in the asset": {func(c *coast, _ *plan) {
			c.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: ltc}, Reason: "drill"})
		}, instruction.PayoutsHalted},
		"halted elsewhere": {func(c *coast, _ *plan) {
			c.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: 1}, Reason: "drill"})
		}, 0},
		"short":           {func(c *coast, _ *plan) { c.operator(&instruction.Credit{Account: 3, Asset: ltc, Amount: 30_001}) }, instruction.PayoutsHalted},
		"not short":       {func(c *coast, _ *plan) { c.operator(&instruction.Credit{Account: 3, Asset: ltc, Amount: 30_000 - 200}) }, 0},
		"part of a block": {func(c *coast, _ *plan) { b := c.advance(); b.Whole = false; c.wallet(b) }, instruction.PayoutsHalted},
	} {
		c := newCoast(t)
		two, _, _ := c.rich()
		p := c.pays(c.owe(20_000), two)
		x.change(c, p)
		before := c.s.Hash()
		r := c.step(byWallet, p)
		got := r.Verdict.Reason()
		if r.Verdict.Decision != instruction.Deny {
			var ev instruction.Events
			got = r.Refused(&ev)
		}
		if got != x.want {
			t.Errorf("%s: %v, want %v", what, got, x.want)
		}
		if x.want != 0 && c.s.Hash() != before {
			t.Errorf("%s: it was refused, and changed something", what)
		}
	}
}

// last are the coins of rich.
func (c *coast) last() (two, three, float instruction.Outpoint) {
	for _, x := range c.chain().Free() {
		switch x.Amount {
		case 50_000:
			two = x.Coin
		case 40_000:
			three = x.Coin
		case 30_000:
			float = x.Coin
		}
	}
	return two, three, float
}

func (c *coast) stop(id instruction.PayoutID) {
	c.t.Helper()
	c.operator(&instruction.StopPayout{Payout: id})
}

func (c *coast) raiseAll() {
	c.t.Helper()
	for _, d := range slices.Clone(c.s.Drops()) {
		c.operator(&instruction.Raise{Drop: d.ID, Share: 100})
	}
}

// TestCeiling: what terms allow at most never leaves the range of amounts.
func TestCeiling(t *testing.T) {
	for _, x := range []struct {
		rate money.Amount
		size uint32
		want money.Amount
	}{{1000, 1, 1}, {1, 1, 1}, {1, 1000, 1}, {1, 1001, 2}, {999, 1, 1}, {1001, 1000, 1001}, {maxFeeRate, maxSize, 2305843009213600}} {
		if got := ceiling(x.rate, x.size); got != x.want {
			t.Errorf("%d for %d bytes: %d, want %d", x.rate, x.size, got, x.want)
		}
	}
}

// TestSpendReplaced: a spend for a higher fee takes the first one's place, what the family needs held is what its dearest needs, and all of
// that comes back when the cheaper one is mined.
func TestSpendReplaced(t *testing.T) {
	for _, winner := range []instruction.SpendID{1, 2} {
		c := newCoast(t)
		two, three, _ := c.rich()
		id := c.owe(20_000)
		c.plan(c.pays(id, two))
		c.sign(1)
		p := c.pays(id, two, three)
		p.Fee, p.Replaces = 700, 1
		c.plan(p)
		c.has(instruction.Fees, 29_300, 700)
		cheap := c.pays(id, two)
		cheap.Fee, cheap.Replaces = 100, 1
		c.plan(cheap)
		c.has(instruction.Fees, 29_300, 700)
		c.sign(2)
		c.block(c.takes(winner)...)
		c.blocks(2)
		c.stands(id, 0)
		fee := map[instruction.SpendID]money.Amount{1: 200, 2: 700}[winner]
		c.has(instruction.Fees, 30_000-fee+300, 0)
		c.covered(30_000 - fee + 300)
		if len(c.chain().Spends()) != 1 {
			t.Error("others of the family are there still")
		}
	}
}

// TestStop: a payout is cancelled while nothing pays it; later it is once one of the family that does not pay it is settled.
func TestStop(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	c.stop(c.owe(20_000))
	c.stands(1, 0)
	c.has(2, 50_000, 0)
	op := instruction.Principal{Giver: instruction.ByOperator}
	c.want(c.step(op, &instruction.StopPayout{Payout: 1}), instruction.PayoutNotClaimed)
	c.want(c.step(op, &instruction.StopPayout{Payout: 9}), instruction.UnknownPayout)
	c.want(c.step(op, &instruction.StopPayout{}), instruction.UnknownPayout)
	c.want(c.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: c.owe(6000)}), instruction.PayoutNotClaimed)
	c.stop(2)

	stopped, other, late := c.owe(10_000), c.owe(10_000), c.owe(10_000)
	p := c.pays(stopped, two)
	p.Payouts = append(p.Payouts, other)
	c.plan(p)
	c.sign(1)
	c.stop(stopped)
	c.stands(stopped, instruction.PayoutSending)
	c.want(c.step(op, &instruction.StopPayout{Payout: stopped}), instruction.PayoutNotClaimed)
	p = c.pays(other, two)
	p.Fee, p.Replaces, p.Payouts = 300, 1, append(p.Payouts, late) // one more joins
	c.plan(p)
	c.sign(2)
	c.block(c.takes(2)...)
	c.blocks(2)
	for _, id := range []instruction.PayoutID{stopped, other, late} {
		c.stands(id, 0)
	}
	c.has(2, 30_000, 0)

	// The first one is mined all the same: what was stopped has arrived, and what joined later is owed still.
	c = newCoast(t)
	two, _, _ = c.rich()
	stopped, late = c.owe(10_000), c.owe(10_000)
	c.plan(c.pays(stopped, two))
	c.sign(1)
	c.stop(stopped)
	p = c.pays(late, two)
	p.Fee, p.Replaces = 300, 1
	c.plan(p)
	c.block(c.takes(1)...)
	c.blocks(2)
	c.stands(stopped, 0)
	c.stands(late, instruction.PayoutClaimed)
	c.has(2, 30_000, 10_000)
	if list := c.s.Payable(ltc); len(list) != 1 || list[0].ID != late {
		t.Errorf("%v are owed", list)
	}
	if _, out := c.s.Came(ltc); out != 9700+200 {
		t.Errorf("%d went out", out)
	}
}

// TestSign: one transaction for each spend, once.
func TestSign(t *testing.T) {
	c := newCoast(t)
	two, three, _ := c.rich()
	c.plan(c.pays(0, two))
	c.plan(c.pays(0, three))
	for what, x := range map[string]struct {
		in   instruction.SignSpend
		want instruction.Reason
	}{
		"no chain":       {instruction.SignSpend{Asset: 1, Spend: 1, Tx: instruction.TxID{1}, Raw: []byte{1}}, instruction.NoChain},
		"no spend":       {instruction.SignSpend{Asset: ltc, Spend: 3, Tx: instruction.TxID{1}, Raw: []byte{1}}, instruction.UnknownSpend},
		"none":           {instruction.SignSpend{Asset: ltc, Tx: instruction.TxID{1}, Raw: []byte{1}}, instruction.UnknownSpend},
		"the last of":    {instruction.SignSpend{Asset: ltc, Spend: 1<<64 - 1, Tx: instruction.TxID{1}, Raw: []byte{1}}, instruction.UnknownSpend},
		"no transaction": {instruction.SignSpend{Asset: ltc, Spend: 1, Raw: []byte{1}}, instruction.UnknownSpend},
		"no bytes":       {instruction.SignSpend{Asset: ltc, Spend: 1, Tx: instruction.TxID{1}}, instruction.UnknownSpend},
	} {
		t.Log(what)
		c.tries(&x.in, x.want)
	}
	c.sign(1)
	c.tries(&instruction.SignSpend{Asset: ltc, Spend: 1, Tx: c.tx(), Raw: []byte{1}}, instruction.SpendSignedBefore)
	c.tries(&instruction.SignSpend{Asset: ltc, Spend: 2, Tx: c.chain().Spend(1).Tx, Raw: []byte{1}}, instruction.SpendSignedBefore)
	c.tries(&instruction.SeeSpends{Asset: 1, Spends: []instruction.SpendID{1}}, instruction.NoChain)
	if r := c.wallet(&instruction.SeeSpends{Asset: ltc, Spends: []instruction.SpendID{9, 2, 1, 1, 0, 1<<64 - 1}}); len(events[*instruction.SpendSeen](r)) != 1 {
		t.Error("not the one that is signed was seen")
	}
}

// TestFamilyOfOne: a payout is bound to one family as long as any of it may be mined.
func TestFamilyOfOne(t *testing.T) {
	c := newCoast(t)
	two, three, _ := c.rich()
	id := c.owe(20_000)
	c.plan(c.pays(id, two))
	c.sign(1)
	cancel := c.pays(0, two)
	cancel.Replaces = 1
	c.plan(cancel) // pays nothing
	c.sign(2)
	c.tries(c.pays(id, three), instruction.PayoutNotClaimed)
	c.block(c.takes(2)...)
	c.tries(c.pays(id, three), instruction.PayoutNotClaimed)
	c.blocks(1)
	c.tries(c.pays(id, three), instruction.PayoutNotClaimed)
	c.block()
	c.stands(id, instruction.PayoutClaimed)
	c.plan(c.pays(id, three))
}

// TestRobbed: a transaction that is not on record takes a coin that a spend takes. Nothing leaves any more until somebody has looked;
// the payouts are owed again once it lies deep.
func TestRobbed(t *testing.T) {
	c := newCoast(t)
	two, three, _ := c.rich()
	more := c.coin(instruction.Fees, 60_000)
	c.block(more)
	c.block()
	id := c.owe(20_000)
	c.plan(c.pays(id, two))
	c.sign(1)
	r := c.block(instruction.Spent{Coin: two, By: c.tx()})
	if len(events[*instruction.Dropped](r)) != 2 || len(events[*instruction.IncidentOpened](r)) != 1 || !c.s.Halted(ltc) {
		t.Fatal("nothing was said")
	}
	c.wantIncident(1, instruction.CoinsTaken)
	c.blocks(2)
	c.stands(id, instruction.PayoutClaimed)
	c.has(instruction.Fees, 90_000, 0)
	c.tries(c.pays(id, three), instruction.PayoutsHalted)
	c.want(c.key(payKey, &instruction.Withdraw{Asset: ltc, Amount: 6000, To: far}), instruction.WithdrawalsDropped)
	c.raiseAll()
	r = c.block(instruction.Spent{Coin: more.Coin, By: c.tx()})
	if len(events[*instruction.IncidentOpened](r)) != 1 || len(events[*instruction.ShortageProven](r)) != 1 || len(events[*instruction.Dropped](r)) != 2 {
		t.Error("what is short was not proven once, beside the incident that is open")
	}
	c.wantIncident(2, instruction.Shortage)
}

// TestStrangerWithACover: what a stranger takes halts what leaves though the venue has more than it owes.
func TestStrangerWithACover(t *testing.T) {
	c := newCoast(t)
	c.rich()
	small := c.coin(2, 7000)
	r := c.block(small, instruction.Spent{Coin: small.Coin, By: c.tx()})
	if !c.s.Halted(ltc) || len(events[*instruction.IncidentOpened](r)) != 1 {
		t.Fatal("nothing was said")
	}
	for _, d := range c.s.Drops() {
		if d.Scope.Asset != ltc {
			t.Errorf("asset %d is dropped", d.Scope.Asset)
		}
	}
	c.raiseAll()
	if r := c.block(); len(events[*instruction.Dropped](r)) != 0 || c.s.Halted(ltc) {
		t.Error("it is halted again")
	}
	dust := c.coin(2, 999)
	if r := c.block(dust, instruction.Spent{Coin: dust.Coin, By: c.tx()}); len(events[*instruction.Dropped](r)) != 0 {
		t.Error("dust is not the venue's")
	}
}

// TestLostEnd: the record has lost its end, and the chain has a transaction of the venue that is not on it. Nothing is paid twice, and
// signing it anew, which gives the same bytes, heals the record.
func TestLostEnd(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	id := c.owe(20_000)
	c.plan(c.pays(id, two))
	lost := c.tx()
	rest := instruction.Outpoint{Tx: lost, Index: 1}
	c.block(instruction.Spent{Coin: two, By: lost}, instruction.Received{Coin: rest, Amount: 30_100, Account: instruction.Fees})
	c.block()
	c.has(instruction.Fees, 29_800+30_100, 200) // it was taken for a deposit
	c.wallet(&instruction.SignSpend{Asset: ltc, Spend: 1, Tx: lost, Raw: []byte{1}})
	c.block()
	c.stands(id, 0)
	c.has(2, 30_000, 0)
	c.has(instruction.Fees, 30_000-200+300, 0)
	c.covered(30_000 - 200 + 300)
	wrong := c.chain().Free()[0].Coin
	c.plan(c.pays(0, wrong))
	other := c.tx()
	c.block(instruction.Spent{Coin: wrong, By: other}, instruction.Received{Coin: instruction.Outpoint{Tx: other}, Amount: 5000, Account: instruction.Fees})
	c.tries(&instruction.SignSpend{Asset: ltc, Spend: 2, Tx: other, Raw: []byte{1}}, instruction.SpendMalformed)
}

// TestDeepReorg: a reorg goes deeper than what settles. What was paid is paid again by the same transaction, or never.
func TestDeepReorg(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	id := c.owe(20_000)
	c.plan(c.pays(id, two))
	c.sign(1)
	moves := c.takes(1)
	c.block(moves...)
	c.blocks(2)
	c.stands(id, 0)
	c.covered(30_100)
	c.back(3)
	c.covered(30_100)
	c.tries(&instruction.PlanSpend{Asset: ltc, Inputs: []instruction.Outpoint{two}, Size: 100, Replaces: 1}, instruction.SpendMalformed)
	c.block(moves...)
	c.covered(30_100)
	c.back(1)
	c.block(instruction.Spent{Coin: two, By: c.tx()})
	c.blocks(2)
	if len(c.chain().Spends()) != 0 {
		t.Error("it is there still")
	}
	c.stands(id, 0)
	c.has(instruction.Fees, 30_100, 0)
	c.covered(30_000 - 200 + 300 - 30_100)
}

// TestChild: what is left of a spend pays for both, and goes down with it.
func TestChild(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	id := c.owe(20_000)
	c.plan(c.pays(id, two))
	c.sign(1)
	rest := instruction.Outpoint{Tx: c.chain().Spend(1).Tx, Index: 1}
	c.tries(c.pays(0, rest), instruction.CoinNotFree)
	c.see(1)
	child := c.pays(c.owe(10_000), rest)
	c.plan(child)
	c.sign(2)
	c.has(instruction.Fees, 29_600, 400)
	c.block(instruction.Spent{Coin: two, By: c.tx()})
	r := events[*instruction.SpendDied](c.block())
	if len(r) != 0 {
		t.Fatal("it is over before that is deep")
	}
	r = events[*instruction.SpendDied](c.block())
	if len(r) != 2 || r[0].Spend != 1 || r[1].Spend != 2 || !r[1].By.IsZero() {
		t.Fatalf("%+v", r)
	}
	c.stands(id, instruction.PayoutClaimed)
	c.stands(id+1, instruction.PayoutClaimed)
	c.has(instruction.Fees, 30_000, 0)
}

// TestFamilyLimit: at some point nothing more is planned in a spend's stead.
func TestFamilyLimit(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	c.plan(c.pays(0, two))
	for i := range chain.MaxFamily {
		p := c.pays(0, two)
		p.Replaces = 1
		want := instruction.Reason(0)
		if i == chain.MaxFamily-1 {
			want = instruction.SpendMalformed
		}
		c.want(c.step(byWallet, p), want)
	}
	c.sign(1)
	c.block(c.takes(1)...)
	c.blocks(2)
	c.has(instruction.Fees, 29_800, 0)
	c.covered(29_800)
}
