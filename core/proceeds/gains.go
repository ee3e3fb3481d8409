package proceeds

import (
	"math/bits"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Fair is what a market's price is by what lags behind its trades.
type Fair struct {
	Low, High money.Price
	Slack     money.PPM   // how much beyond is fair still
	Base      money.Scale // of the base asset
}

// Party is one side of a fill.
type Party struct {
	Key      instruction.Credential
	Customer instruction.Account
}

// Fill is one match.
type Fill struct {
	Market        instruction.Market
	Price         money.Price
	Qty, Quote    money.Amount
	Buyer, Seller Party
	TakerBuys     bool
}

// side says who gained from whom, and whether it was by a price above what is fair.
type side struct {
	winner, loser Party
	gain          gain
	up            bool
}

// gained is what a fill brought over the fair price: to its seller where it was dear, to its buyer where it was cheap. It is
// false where the price was fair.
func (f *Fill) gained(k Fair) (x side, ok bool) {
	switch {
	case k.High <= 0:
		return x, false
	case beyond(f.Price-k.High, k.High, k.Slack):
		at, err := money.Notional(k.High, f.Qty, k.Base, money.Up)
		if err != nil || at >= f.Quote {
			return x, false
		}
		return side{f.Seller, f.Buyer, gain{dear: f.Quote - at}, true}, true
	case beyond(k.Low-f.Price, k.Low, k.Slack):
		at, err := money.Notional(k.Low, f.Qty, k.Base, money.Down)
		if err != nil || at <= f.Quote {
			return x, false
		}
		cheap := min(at, money.MaxAmount) - f.Quote
		base, err := money.Buys(cheap, k.Low, k.Base)
		if err != nil || cheap <= 0 {
			return x, false
		}
		return side{f.Buyer, f.Seller, gain{cheap: cheap, base: min(base, f.Qty)}, false}, true
	}
	return x, false
}

// Gained is what a fill brought one side over the fair price, and which key lost it: quote where it sold dear, base where it
// bought cheap.
func (f *Fill) Gained(k Fair) (loser instruction.Credential, quote, base money.Amount, ok bool) {
	x, ok := f.gained(k)
	return x.loser.Key, x.gain.dear, x.gain.base, ok
}

// beyond says that two prices lie further apart than a part of one of them, compared without a division: most fills are fair.
func beyond(apart, of money.Price, slack money.PPM) bool {
	if apart <= 0 {
		return false
	}
	hi, lo := bits.Mul64(uint64(apart), uint64(money.Whole))
	most, least := bits.Mul64(uint64(max(of, 0)), uint64(max(slack, 0)))
	return hi > most || hi == most && lo > least
}

// push names a move that a key had a part in.
type push struct {
	opened instruction.Time
	up     bool
}

const maxPushes = 4

// losses is what others gained from a key in a market.
type losses struct {
	table
	market instruction.Market
	pushes []push // by ascending time
}

// Proceeds is what is known and held. See New.
type Proceeds struct {
	keys    [][]losses // by credential; each by ascending market
	markets [][]move   // by market; each by ascending time
	holds   []*Hold    // that are not over, by ascending number
	last    instruction.ProceedsID

	of      map[instruction.Account][]*Hold // by customer, likewise; looked up alone
	soonest instruction.Time                // when the first of them is over, or before that
}

// New is one that knows of nothing.
func New() *Proceeds { return &Proceeds{of: make(map[instruction.Account][]*Hold)} }

// Note takes note of a fill, by the clock of waits. fair is of before it.
func (p *Proceeds) Note(waits instruction.Time, f *Fill, fair Fair) {
	if f.Buyer.Customer == f.Seller.Customer || f.Buyer.Key == 0 || f.Seller.Key == 0 {
		return
	}
	p.followed(waits, f, fair)
	x, ok := f.gained(fair)
	if !ok {
		return
	}
	day := dayOf(waits)
	p.table(x.loser.Key, f.Market).add(day, x.winner.Customer, x.gain, MaxGainers)
	p.table(x.winner.Key, f.Market).lose(day, x.loser.Customer, x.gain.worth())
}

// table is what others gained from a key in a market, made where there is none.
func (p *Proceeds) table(c instruction.Credential, m instruction.Market) *losses {
	if n := int(c) + 1 - len(p.keys); n > 0 {
		p.keys = append(p.keys, make([][]losses, n)...)
	}
	list := p.keys[c]
	i, ok := slices.BinarySearchFunc(list, m, byMarket)
	if !ok {
		list = slices.Insert(list, i, losses{market: m})
		p.keys[c] = list
	}
	return &list[i]
}

func byMarket(l losses, m instruction.Market) int { return int(l.market) - int(m) }

// tables are what others gained from a key, by market.
func (p *Proceeds) tables(c instruction.Credential) []losses {
	if int64(c) >= int64(len(p.keys)) {
		return nil
	}
	return p.keys[c]
}

// Lost is what a key lost in a market to others, net, in quote units, and what of what they gained nobody is named for.
func (p *Proceeds) Lost(waits instruction.Time, c instruction.Credential, m instruction.Market) (lost, unnamed money.Amount) {
	list := p.tables(c)
	i, ok := slices.BinarySearchFunc(list, m, byMarket)
	if !ok {
		return 0, 0
	}
	return list[i].lost(dayOf(waits)), list[i].unnamed(dayOf(waits))
}
