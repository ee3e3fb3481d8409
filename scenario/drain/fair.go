package drain

import (
	"math/rand/v2"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// fair are the prices that coins are really worth, which walk at random. Only the harness knows them.
type fair struct {
	price []money.Price // by coin, in units of the first coin
	coins []coin
	pairs []pair
	rng   *rand.Rand
	last  instruction.Time
}

// newFair begins where the walk leads to the incident's prices when the thief begins: it is walked once to see where it goes.
func newFair(i *Incident, seed uint64, now instruction.Time) fair {
	begin := func(price []money.Price) fair {
		return fair{coins: i.coins, pairs: i.pairs, rng: rand.New(rand.NewPCG(seed, 1)), last: now, price: price}
	}
	var price []money.Price
	for _, c := range i.coins {
		price = append(price, c.price)
	}
	f := begin(price)
	f.advance(i.robbed[0].at)
	for c := range price {
		price[c] = money.Price(part(int64(i.coins[c].price), int64(i.coins[c].price), int64(price[c])))
	}
	return begin(price)
}

// advance lets the prices walk until then, a step each second.
func (f *fair) advance(now instruction.Time) {
	for ; now-f.last >= instruction.Second; f.last += instruction.Second {
		for c := range f.price {
			if f.coins[c].wild != 0 {
				f.step(c)
			}
		}
	}
}

// step moves one price by a sum of four even throws, whose standard deviation is 1155. At a half and at twice of where it
// began it turns back.
func (f *fair) step(c int) {
	var throw int64
	for range 4 {
		throw += f.rng.Int64N(2001) - 1000
	}
	began := f.coins[c].price
	p := f.price[c] + signed(f.price[c], throw*f.coins[c].wild, 1155*1_000_000)
	switch {
	case p < began/2:
		p = began - p
	case p > 2*began:
		p = 4*began - p
	}
	f.price[c] = p
}

// signed is p*n/d, where n may be below zero.
func signed(p money.Price, n, d int64) money.Price {
	if n < 0 {
		return -money.Price(part(int64(p), -n, d))
	}
	return money.Price(part(int64(p), n, d))
}

// part is a*n/d, rounded down. That it does not fit is a fault of the replay.
func part(a, n, d int64) int64 {
	x, err := money.MulDiv(a, n, d, money.Down)
	if err != nil {
		panic(err)
	}
	return x
}

// of is the fair price of a market, in units of its quote coin.
func (f *fair) of(p int) money.Price {
	m := &f.pairs[p]
	return money.Price(part(int64(f.price[m.base]), whole, int64(f.price[m.quote])))
}

// off is the price that lies so many millionths above a market's fair one, on a tick.
func (f *fair) off(p int, ppm int64) money.Price {
	x := f.of(p)
	x += signed(x, ppm, 1_000_000)
	tick := f.pairs[p].tick
	return max(x-x%tick, tick)
}

// worth is what so much of a coin is worth.
func (f *fair) worth(c int, n money.Amount) money.Amount {
	return money.Amount(part(int64(n), int64(f.price[c]), whole))
}

// lots is so much of a market's base coin as is worth so much, in whole lots.
func (f *fair) lots(p int, worth money.Amount) money.Amount {
	m := &f.pairs[p]
	return m.lots(money.Amount(part(int64(worth), whole, int64(f.price[m.base]))))
}

func (m *pair) lots(n money.Amount) money.Amount { return n - n%m.lot }
