package drain

import (
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// coin is an asset of the venue. Its number is its place in Incident.coins, and one less than the venue's own. The first one
// is what worth is counted in.
type coin struct {
	symbol string
	price  money.Price // fair when the thief begins, about, in units of the first coin
	wild   int64       // standard deviation of what it moves in a second, in millionths
}

// scale is of all coins. The first coin's price is one of itself.
const scale money.Scale = 8

// whole is one coin.
const whole = 100_000_000

// pair is a market. Its number is its place in Incident.pairs, and one less than the venue's own.
type pair struct {
	base, quote int // coins
	tick        money.Price
	lot         money.Amount
	least       money.Amount // notional
	thin        bool         // the one that the thief uses
	clip        money.Amount // of a thin one: what the honest trade at a time, in units of the first coin
}

func (p *pair) terms() instruction.Terms {
	return instruction.Terms{
		Tick: p.tick, MinPrice: p.tick, MaxPrice: p.tick * 1e9, Lot: p.lot, MaxQty: 1e16, MinNotional: p.least,
		MakerFee: 200, TakerFee: 700,
	}
}

// robbed is an account whose key the thief has.
type robbed struct {
	at  instruction.Time // when the thief begins
	has []money.Amount   // by coin
	in  int              // the coin in which its loss was published
}

// Incident is a theft to be replayed.
type Incident struct {
	Name      string
	Published []string // what was published of it, a line each
	coins     []coin
	pairs     []pair
	robbed    []robbed // in order of time
}

// thin is the market that the thief uses.
func (i *Incident) thin() int {
	for p := range i.pairs {
		if i.pairs[p].thin {
			return p
		}
	}
	panic("an incident without an illiquid market")
}

// evening is a time of October 2022, in UTC; the hours are made up.
func evening(day, hour, min int) instruction.Time {
	return instruction.TimeOf(time.Date(2022, time.October, day, hour, min, 0, 0, time.UTC))
}

// Markets that more than one incident has.
var (
	usd     = coin{"USD", whole, 0}
	bitcoin = coin{"BTC", 19_150 * whole, 70}
	ether   = coin{"ETH", 1_300 * whole, 90}
)

// FtxDmg2022 is what was published first: three evenings, DMG against dollars.
var FtxDmg2022 = Incident{
	Name: "ftx-dmg-2022",
	Published: []string{
		"On the evening of 19 October 2022 an account of $1.6 million (more than 10 BTC, more than 100 ETH, several thousand FTT)",
		"made more than 5,000 trades against the thief's own account in DMG/USD, and almost nothing was left. The pair's volume rose",
		"a thousandfold, its price swung 2 to 3 times. On the two days after it happened to other accounts; one lost about 104 BTC.",
	},
	coins: []coin{usd, bitcoin, ether, {"FTT", 23_40 * whole / 100, 110}, {"DMG", 1_50 * whole / 10_000, 150}},
	pairs: []pair{
		{base: 1, tick: whole / 10, lot: 1e4, least: 5 * whole},
		{base: 2, tick: whole / 100, lot: 1e5, least: 5 * whole},
		{base: 3, tick: whole / 1000, lot: 1e6, least: 5 * whole},
		{base: 4, tick: whole / 100_000, lot: whole, least: whole, thin: true, clip: 36 * whole},
	},
	robbed: []robbed{
		{evening(19, 19, 40), []money.Amount{1_018_000 * whole, 12_5 * whole / 10, 140 * whole, 6_900 * whole, 0}, 0},
		{evening(20, 18, 55), []money.Amount{210_000 * whole, 3 * whole, 95 * whole, 0, 0}, 0},
		{evening(21, 20, 10), []money.Amount{0, 105 * whole, 0, 0, 0}, 1},
	},
}

// SysUsd2022 is the same at another venue, published on 24 October: SYS against dollars.
var SysUsd2022 = Incident{
	Name:      "sys-usd-2022",
	Published: []string{"At another venue an account lost 1,053 ETH in the same way in SYS/USD (published on 24 October 2022)."},
	coins:     []coin{usd, bitcoin, ether, {"SYS", 16 * whole / 100, 140}},
	pairs: []pair{
		{base: 1, tick: whole / 10, lot: 1e4, least: 5 * whole},
		{base: 2, tick: whole / 100, lot: 1e5, least: 5 * whole},
		{base: 3, tick: whole / 10_000, lot: whole / 10, least: whole, thin: true, clip: 31 * whole},
	},
	robbed: []robbed{{evening(22, 20, 30), []money.Amount{0, 0, 1_057 * whole, 0}, 2}},
}

// NxtBtc2022 is the same at a third venue: NXT against bitcoin, whose worth takes two markets to tell. NXT's price is that of
// early 2018; by 2022 a tick would have been a twentieth of it.
var NxtBtc2022 = Incident{
	Name:      "nxt-btc-2022",
	Published: []string{"At a third venue an account lost 301 ETH in the same way in NXT/BTC (published on 24 October 2022)."},
	coins:     []coin{usd, bitcoin, ether, {"NXT", 57 * whole / 100, 140}},
	pairs: []pair{
		{base: 1, tick: whole / 10, lot: 1e4, least: 5 * whole},
		{base: 2, quote: 1, tick: 100, lot: 1e6, least: 1e4},
		{base: 3, quote: 1, tick: 1, lot: whole, least: 5e3, thin: true, clip: 9 * whole},
	},
	robbed: []robbed{{evening(23, 19, 15), []money.Amount{0, 0, 302 * whole, 0}, 2}},
}
