package incident

import (
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// honest is an instruction that an honest program sends. What the gate newly denies it is counted: denials that the venue of
// the time would have given too, to deleted keys, are not, and those that come of the operator's answer to the theft, which was
// the same then, are counted apart.
func (x *replay) honest(p *instruction.Principal, in instruction.Instruction) house.Answer {
	a := x.house.Send(p, in)
	x.result.HonestInstructions++
	switch why := a.Verdict.Reason(); {
	case a.Verdict.Decision != instruction.Deny:
	case why == instruction.KeysDropped, why == instruction.RightMissing: // programs ask for nothing that they never had
		x.result.HonestDropped++
	case x.would(p.Credential, gate.WhoMay(in).Right):
		x.result.HonestDenied++
		x.result.HonestDenials[why.String()]++
	}
	return a
}

// would says that a gate that stands open would let the key pass.
func (x *replay) would(c instruction.Credential, right instruction.Rights) bool {
	k := x.house.State.Key(c)
	return k != nil && k.Revoked == 0 && k.Rights().Has(right)
}

// crowdTurn has one of the customers do something.
func (x *replay) crowdTurn() {
	i := x.rng.IntN(len(x.customers))
	c := &x.customers[i]
	m := 1 + x.rng.IntN(markets-1)
	switch n := x.rng.IntN(1000); {
	case n < 450:
		x.looks(c)
	case n < 650:
		x.trades(c, m)
	case n < 830:
		x.quotes(c, m)
	case n < 990:
		x.cancels(c)
	default:
		x.withdraws(c)
	}
}

// looks is a request that only reads.
func (x *replay) looks(c *customer) {
	a := x.house.Look(house.By(c.trades, c.from))
	x.result.HonestReads++
	if !a.Allowed() && x.would(c.trades, instruction.MayRead) {
		x.result.HonestReadsDenied++
	}
	x.takes(c, &a)
}

// trades has a customer take a little of the book.
func (x *replay) trades(c *customer, m int) {
	side, off := instruction.Buy, 80
	if x.rng.IntN(2) == 0 {
		side, off = instruction.Sell, -80
	}
	a := x.honest(house.By(c.trades, c.from), x.order(m, side, instruction.IOC, x.fair.at(m, off), lots(m, 10+x.rng.IntN(90))))
	x.takes(c, &a)
}

// quotes has a customer leave an order in the book, off the price.
func (x *replay) quotes(c *customer, m int) {
	side, off := instruction.Buy, -60-x.rng.IntN(240)
	if x.rng.IntN(2) == 0 {
		side, off = instruction.Sell, -off
	}
	a := x.honest(house.By(c.trades, c.from), x.order(m, side, instruction.GTC, x.fair.at(m, off), lots(m, 10+x.rng.IntN(90))))
	c.resting[m] = c.resting[m] || a.Orders > 0
	x.takes(c, &a)
}

// cancels has a customer take back what rests of its orders, in one market.
func (x *replay) cancels(c *customer) {
	for m := 1; m < markets; m++ {
		if c.resting[m] {
			a := x.honest(house.By(c.trades, c.from), &instruction.CancelAll{Market: instruction.Market(m)})
			c.resting[m] = !a.Allowed()
			x.takes(c, &a)
			return
		}
	}
}

// withdraws has a customer send a little to its own address.
func (x *replay) withdraws(c *customer) {
	if c.pays == 0 || x.house.Time < c.patient {
		return
	}
	a := x.honest(house.By(c.pays, c.from), &instruction.Withdraw{
		Asset: btc, Amount: money.Amount(1e5 + x.rng.IntN(9)*1e5), To: c.to, Client: x.name("w"),
	})
	x.takes(c, &a)
}

// patience is after how many denials in a row a customer looks into it, and makes a new key.
const patience = 3

// takes has a customer learn from an answer.
func (x *replay) takes(c *customer, a *house.Answer) {
	if a.Verdict.Decision != instruction.Deny {
		c.tried = 0
		return
	}
	if c.tried++; c.tried >= patience {
		x.renew(c)
	}
}

// renew has a customer make a new key, and delete the one that no longer serves.
func (x *replay) renew(c *customer) {
	old, paid := c.trades, c.pays
	c.tried = 0
	c.trades = x.made(c, mayTrade)
	if paid != 0 {
		if paid == old && x.o.Gate == house.Off {
			c.pays = c.trades
		} else {
			c.pays = x.made(c, mayPay)
		}
	}
	x.house.Operate(&instruction.RevokeKey{Credential: old})
	if paid != 0 && paid != old {
		x.house.Operate(&instruction.RevokeKey{Credential: paid})
	}
	if paid != 0 && x.o.Gate == house.Legacy && c.owner == 0 {
		c.owner = x.made(c, mayOwn)
		x.list(c)
	}
}

// rotates has a customer replace its key, as some do from time to time. Some forget a program, which goes on with the old one.
func (x *replay) rotates(i int) {
	c := &x.customers[i]
	old := c.trades
	x.renew(c)
	if i%forgets == rotating {
		x.leaves(i, old)
	}
}

// leaves notes that a program of the customer goes on with a deleted key.
func (x *replay) leaves(i int, old instruction.Credential) {
	x.customers[i].deleted = old
	x.agenda.Add(x.house.Time+instruction.Time(1+x.rng.IntN(3600))*instruction.Second, task{kind: leftover, who: i})
}

// goesOn is a program that nobody told that its key was deleted.
func (x *replay) goesOn(i int) {
	c := &x.customers[i]
	x.house.Look(house.By(c.deleted, c.from))
	x.agenda.Add(x.house.Time+3600*instruction.Second, task{kind: leftover, who: i})
}

// moves has a customer come from another network from now on.
func (x *replay) moves(i int) {
	x.customers[i].from = ownNetwork(len(x.customers) + i)
}
