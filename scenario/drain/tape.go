package drain

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// take is what a thief got away with of one account, by fair prices, within a window from when he began.
type take struct {
	begin        instruction.Time
	atRisk       money.Amount // what the account was worth
	price        money.Price  // of the coin in which the loss was published
	lost         money.Amount // given less received, at the fair prices of the moment, fees apart
	fees         money.Amount // that the account paid to the venue
	trades       int
	instructions int
	stopped      int // the first of them that a budget did not bear; 0: none
}

// counts says that a moment is within the window.
func (t *take) counts(now instruction.Time) bool { return t.begin != 0 && now < t.begin+window }

// tape is what is noted of the illiquid market.
type tape struct {
	before    money.Amount // volume of the week before the theft, in units of the first coin
	volume    money.Amount // from the first raid on, within the window
	low, high money.Price  // the same
}

const week = 7

// usual is the volume of an average day of the week before.
func (t *tape) usual() money.Amount { return t.before / week }

// hears notes what the records say.
func (x *replay) hears(r *instruction.Record, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.Filled:
		x.heardFill(e)
	case *instruction.OrderClosed:
		x.eaten(e)
		x.heardBudget(e)
		if e.Order == x.thief.resting {
			x.thief.resting = 0
		}
	}
}

// heardBudget notes an order that its owner's budget ended.
func (x *replay) heardBudget(e *instruction.OrderClosed) {
	if e.Cause != instruction.ByBudget {
		return
	}
	switch r := x.robs[e.Account]; {
	case r != nil && r.take.stopped == 0:
		r.take.stopped = r.take.instructions + 1
	case r == nil && e.Account != x.thief.account:
		x.result.HonestExpired++
	}
}

func (x *replay) heardFill(e *instruction.Filled) {
	m := int(e.Market) - 1
	if m == x.thin {
		x.prints(e)
	}
	for _, maker := range []bool{false, true} {
		account, side := e.TakerAccount, e.TakerSide
		if maker {
			account, side = e.MakerAccount, side.Opposite()
		}
		if r := x.robs[account]; r != nil && r.take.counts(x.house.Time) {
			x.costs(r, m, side, e, maker)
		}
	}
}

// costs notes what a fill cost a robbed account.
func (x *replay) costs(r *raid, m int, side instruction.Side, e *instruction.Filled, maker bool) {
	p := &x.pairs[m]
	given, received, into := x.fair.worth(p.quote, e.Quote), x.fair.worth(p.base, e.Qty), asset(p.base)
	if side == instruction.Sell {
		given, received, into = received, given, asset(p.quote)
	}
	fee, in := e.Fee(maker, into)
	r.take.trades++
	r.take.lost += given - received
	r.take.fees += x.fair.worth(int(in)-1, fee)
}

// prints notes a trade of the illiquid market.
func (x *replay) prints(e *instruction.Filled) {
	t, first := &x.tape, x.raids[0].at
	volume := x.fair.worth(x.pairs[x.thin].quote, e.Quote)
	switch now := x.house.Time; {
	case now < first:
		if first-now <= week*instruction.Day {
			t.before += volume
		}
	case now < first+window:
		t.volume += volume
		if t.low == 0 || e.Price < t.low {
			t.low = e.Price
		}
		t.high = max(t.high, e.Price)
	}
}

// samples is how often the worth of the first robbed account is noted.
const samples = 5 * minute

func (x *replay) sample() { x.curve = append(x.curve, x.worth(&x.raids[0].person)) }
