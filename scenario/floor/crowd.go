package floor

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// rung is one step of a maker's ladder: how far from the fair price, in parts of a million, and how much.
type rung struct {
	off   int64
	worth money.Amount // in units of USDT; in liquid markets parts of a hundred of the depth
}

// The ladders that makers keep on each side of a market.
var (
	liquidLadder = []rung{{200, 50}, {450, 50}, {1_500, 100}, {5_000, 200}, {20_000, 400}}
	thinLadder   = []rung{{10_000, 400 * Coin}, {30_000, 1_500 * Coin}, {80_000, 4_000 * Coin}}
)

// stale is how far, in parts of a million, the fair price may go before makers follow.
const stale = 150

// crowd are the honest on the floor.
type crowd struct {
	maker, taker Customer
	ladders      [lastMarket][2][rungs]instruction.Order
	quoted       [lastMarket]money.Price
	dented       [lastMarket]bool // something of the ladder was taken
}

// rungs is how many a ladder has at most.
const rungs = 5

// Makers is the account of the makers.
func (f *Floor) Makers() instruction.Account { return f.crowd.maker.Account }

// Takers is the account of those who trade in thin markets now and then.
func (f *Floor) Takers() instruction.Account { return f.crowd.taker.Account }

// hire opens the accounts of the crowd, and has the makers quote.
func (f *Floor) hire() {
	f.crowd.maker, f.crowd.taker = f.Hire("maker"), f.Hire("taker")
}

// filled notes that a maker's quote is not whole any more.
func (c *crowd) filled(e *instruction.Filled) {
	if e.MakerAccount == c.maker.Account || e.TakerAccount == c.maker.Account {
		c.dented[e.Market] = true
	}
}

// quote has the makers move their ladders to the fair prices, market by market where it is time.
func (f *Floor) quote(all bool) {
	c := &f.crowd
	for m := BTCUSDT; m < lastMarket; m++ {
		if IsThin(m) && !all {
			continue // nobody looks there every second
		}
		p := f.Fair.In(m, 0)
		if d := int64(p - c.quoted[m]); c.quoted[m] != 0 && !c.dented[m] && max(d, -d) < int64(c.quoted[m])*stale/1_000_000 {
			continue
		}
		f.ladder(m, p >= c.quoted[m])
		c.quoted[m], c.dented[m] = p, false
	}
}

// ladder replaces a market's ladder, the side first that makes room for the other, so that neither is ever empty and the two
// never meet. What lies in its way is taken: it is mispriced.
func (f *Floor) ladder(m instruction.Market, up bool) {
	sides := [2]instruction.Side{instruction.Buy, instruction.Sell}
	if up {
		sides[0], sides[1] = sides[1], sides[0]
	}
	list := liquidLadder
	if IsThin(m) {
		list = thinLadder
	}
	if n := f.Options.Rungs; n > 0 && n < len(list) {
		list = list[:n]
	}
	for _, side := range sides {
		for i, r := range list {
			off, worth := r.off, r.worth
			if !IsThin(m) {
				worth = f.Options.Depth / 100 * r.worth
			}
			if side == instruction.Buy {
				off = -off
			}
			place := instruction.PlaceOrder{
				Market: m, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: f.Fair.In(m, off),
				Qty: Lots(m, f.Fair.Buys(listing[m].base, worth)), ClientID: f.Name(), SelfTrade: instruction.ExpireMaker,
			}
			at := &f.crowd.ladders[m][side-1][i]
			var in instruction.Instruction = &place
			if *at != 0 {
				in = &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: m, Order: *at}, Place: place, AllowFails: true}
			}
			a := f.Give(By(f.crowd.maker.Key), in)
			*at = a.Order
		}
	}
}

// dabble is what customers of a thin market do in five minutes: mostly, one of them trades a little.
func (f *Floor) dabble() {
	for _, m := range []instruction.Market{DMGUSDT, DMGBTC} {
		if f.rng.IntN(4) == 0 {
			continue
		}
		side := instruction.Side(1 + f.rng.IntN(2))
		off := int64(15_000) // as far as the first rung
		if side == instruction.Sell {
			off = -off
		}
		worth := money.Amount(20+f.rng.Int64N(180)) * Coin
		f.Give(By(f.crowd.taker.Key), &instruction.PlaceOrder{
			Market: m, Side: side, Type: instruction.Limit, TIF: instruction.IOC, Price: f.Fair.In(m, off),
			Qty: Lots(m, f.Fair.Buys(DMG, worth)), ClientID: f.Name(),
		})
	}
}
