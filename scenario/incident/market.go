package incident

import (
	"math/rand/v2"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// The assets of the replayed venue, by number.
const (
	btc instruction.Asset = iota + 1
	mona
	xem
	jpy
)

var assets = []struct {
	symbol string
	scale  money.Scale
}{btc: {"BTC", 8}, mona: {"MONA", 8}, xem: {"XEM", 6}, jpy: {"JPY", 4}}

// yen is one of them in units.
const yen = 10_000

// goods are the markets, all in yen, by number. Prices are about those of the time.
var goods = []struct {
	base  instruction.Asset
	price money.Price  // in the beginning
	clip  money.Amount // an ordinary quantity
	terms instruction.Terms
}{
	1: {btc, 1_950_000 * yen, 2e6, instruction.Terms{
		Tick: 5 * yen, MinPrice: 1000 * yen, MaxPrice: 100_000_000 * yen, Lot: 1e4, MaxQty: 1e12, MinNotional: 100 * yen, MakerFee: 500, TakerFee: 500}},
	2: {mona, 1_300 * yen, 30e8, instruction.Terms{
		Tick: yen / 10, MinPrice: yen, MaxPrice: 1_000_000 * yen, Lot: 1e8, MaxQty: 1e15, MinNotional: 100 * yen, MakerFee: 500, TakerFee: 500}},
	3: {xem, 190 * yen, 200e6, instruction.Terms{
		Tick: yen / 100, MinPrice: yen / 10, MaxPrice: 1_000_000 * yen, Lot: 1e6, MaxQty: 1e15, MinNotional: 100 * yen, MakerFee: 500, TakerFee: 500}},
}

// marks has the operator say in what worth is counted, and by which markets, so that detectors see how much of an account moves.
func (x *replay) marks() {
	x.must("a valuation", x.house.Operate(&instruction.SetValuation{Asset: jpy}))
	for m := 1; m < markets; m++ {
		x.must("marks", x.house.Operate(&instruction.SetMarks{Market: instruction.Market(m), Marks: instruction.Marks{Tier: instruction.Liquid, Depth: 1_000_000 * yen}}))
		x.must("a route", x.house.Operate(&instruction.SetRoute{Asset: goods[m].base, Markets: []instruction.Market{instruction.Market(m)}}))
	}
}

// markets is how many there are, and one: they count from 1.
const markets = 4

// steps is how deep a maker's ladder is, on each side.
const steps = 4

// maker is somebody who quotes both sides of all markets.
type maker struct {
	key    instruction.Credential
	ladder [markets][2 * steps]instruction.Order
	turn   int
}

// fair are the prices that all agree on, which walk at random.
type fair [markets]money.Price

func newFair() fair {
	var f fair
	for m := 1; m < markets; m++ {
		f[m] = goods[m].price
	}
	return f
}

// step moves one price by up to a thousandth; beyond a fifth away from its beginning it turns back.
func (f *fair) step(r *rand.Rand) {
	m := 1 + r.IntN(markets-1)
	d := f[m] / 1000 * money.Price(r.IntN(201)-100) / 100
	if off := f[m] + d - goods[m].price; max(off, -off) > goods[m].price/5 {
		d = -d
	}
	f[m] += d
}

// at is the price that lies so many ten-thousandths above the fair one, on a tick.
func (f *fair) at(m, off int) money.Price {
	p := f[m] + f[m]/10_000*money.Price(off)
	return p - p%goods[m].terms.Tick
}

// lots is so many hundredths of a market's ordinary quantity, on a lot.
func lots(m, hundredths int) money.Amount {
	q := goods[m].clip * money.Amount(hundredths) / 100
	return max(q-q%goods[m].terms.Lot, goods[m].terms.Lot)
}

// order is a limit order.
func (x *replay) order(m int, side instruction.Side, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{
		Market: instruction.Market(m), Side: side, Type: instruction.Limit, TIF: tif, Price: price, Qty: qty, ClientID: x.name("o"),
	}
}

// name is a client's name for an order or a withdrawal that nobody had before.
func (x *replay) name(prefix string) instruction.ClientID {
	x.names++
	id, err := instruction.ClientIDOf(prefix + strconv.Itoa(x.names))
	if err != nil {
		panic(err) // a letter and digits
	}
	return id
}

// makerTurn has a maker refresh the next order of its ladders.
func (x *replay) makerTurn(k int) {
	x.fair.step(x.rng)
	mk := &x.makers[k]
	m, place := 1+mk.turn%(markets-1), mk.turn/(markets-1)%(2*steps)
	mk.turn++
	side, off := instruction.Sell, 8+12*(place/2)*(place/2)
	if place%2 == 0 {
		side, off = instruction.Buy, -off
	}
	order := x.order(m, side, instruction.GTC, x.fair.at(m, off), lots(m, 5_000))
	var in instruction.Instruction = order
	if old := mk.ladder[m][place]; old != 0 {
		in = &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: order.Market, Order: old}, Place: *order, AllowFails: true}
	}
	before := x.house.State.LastOrder()
	if a := x.honest(house.By(mk.key, makerAddr), in); a.Orders > 0 {
		mk.ladder[m][place] = before + 1
	}
}
