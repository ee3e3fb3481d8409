package floor

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// The assets of the floor, by number. Worth is counted in USDT.
const (
	USDT instruction.Asset = iota + 1
	BTC
	ETH
	DMG // a coin of little trade
	lastAsset
)

// The markets of the floor, by number.
const (
	BTCUSDT instruction.Market = iota + 1
	ETHUSDT
	ETHBTC
	DMGUSDT
	DMGBTC
	lastMarket
)

// Scale is the scale of all assets of the floor.
const Scale money.Scale = 8

// Coin is one of any of them in units.
const Coin = 1e8

var symbols = [lastAsset]string{USDT: "USDT", BTC: "BTC", ETH: "ETH", DMG: "DMG"}

// begin are the fair prices in the beginning, in USDT.
var begin = Fair{USDT: Coin, BTC: 60_000 * Coin, ETH: 2_700 * Coin, DMG: 2 * Coin}

// routes are by which market an asset is valued.
var routes = [lastAsset]instruction.Market{BTC: BTCUSDT, ETH: ETHUSDT, DMG: DMGUSDT}

var listing = [lastMarket]struct {
	base, quote instruction.Asset
	terms       instruction.Terms
}{
	BTCUSDT: {BTC, USDT, instruction.Terms{Tick: Coin / 100, MinPrice: Coin, MaxPrice: 10_000_000 * Coin, Lot: 1e3, MaxQty: 1e15}},
	ETHUSDT: {ETH, USDT, instruction.Terms{Tick: Coin / 100, MinPrice: Coin, MaxPrice: 10_000_000 * Coin, Lot: 1e4, MaxQty: 1e16}},
	ETHBTC:  {ETH, BTC, instruction.Terms{Tick: 100, MinPrice: 1e5, MaxPrice: 10_000 * Coin, Lot: 1e4, MaxQty: 1e16}},
	DMGUSDT: {DMG, USDT, instruction.Terms{Tick: 1e4, MinPrice: 1e4, MaxPrice: 100_000 * Coin, Lot: 1e6, MaxQty: 1e17}},
	DMGBTC:  {DMG, BTC, instruction.Terms{Tick: 1, MinPrice: 100, MaxPrice: 10_000 * Coin, Lot: 1e6, MaxQty: 1e17}},
}

// terms are a market's trading terms at these fees.
func terms(m instruction.Market, f Fees) instruction.Terms {
	t := listing[m].terms
	switch f {
	case Normal:
		t.MakerFee, t.TakerFee = 1_000, 1_000
	case Rebate:
		t.MakerFee, t.TakerFee, t.FeeIn = -500, 1_000, listing[m].quote
	}
	return t
}

// Assets are the base and quote asset of a market of the floor.
func Assets(m instruction.Market) (base, quote instruction.Asset) {
	return listing[m].base, listing[m].quote
}

// Symbol is a market's name.
func Symbol(m instruction.Market) string { return symbols[listing[m].base] + symbols[listing[m].quote] }

// IsThin says that the market is one of the coin of little trade.
func IsThin(m instruction.Market) bool { return listing[m].base == DMG }

// Lots cuts a quantity to a market's lots.
func Lots(m instruction.Market, qty money.Amount) money.Amount { return qty - qty%listing[m].terms.Lot }

// Tick cuts a price to a market's ticks, and keeps it within its bounds.
func Tick(m instruction.Market, p money.Price) money.Price {
	t := &listing[m].terms
	p = min(max(p, t.MinPrice), t.MaxPrice)
	return p - p%t.Tick
}

// Lot is a market's least quantity.
func Lot(m instruction.Market) money.Amount { return listing[m].terms.Lot }
