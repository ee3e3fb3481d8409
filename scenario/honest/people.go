package honest

import (
	"fmt"
	"net/netip"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// Kind is what a customer does.
type Kind uint8

const (
	Taker Kind = iota // takes slices of up to a quarter of its equity, of either side, by market and limit orders
	Cross             // the same in a market whose both assets are valued by other markets
	Maker             // quotes both sides in front of the others, and pays no fee as a maker
	Saver             // buys a little each hour
	Thin              // trades in a thin market that its owner named, slices of up to a tenth of its equity
	kinds
)

var kindNames = [...]string{"taker", "taker, cross pair", "maker", "saver", "thin market"}

func (k Kind) String() string               { return kindNames[k] }
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Group are customers of one kind and turnover.
type Group struct {
	Kind      Kind
	Turnover  int // percent of equity that they trade in 24 hours: takers and customers of thin markets at most, others about
	Customers int
}

// person is one customer.
type person struct {
	floor.Customer
	group  int
	from   netip.Addr // where its program is
	hosted bool       // that is at a hosting company
	market instruction.Market
	begin  money.Amount // equity in the beginning
	bid    instruction.Order
	ask    instruction.Order
	took   []took // in the last 24 hours, oldest first
	sum    int64  // of them
}

// took is what a person has taken: when, and in parts of a million of its equity then.
type took struct {
	at   instruction.Time
	part int64
}

// within says that with another part a person trades no more than its turnover in 24 hours, and notes it if so.
func (p *person) within(now instruction.Time, turnover int, part int64) bool {
	for len(p.took) > 0 && now-p.took[0].at >= instruction.Day {
		p.sum -= p.took[0].part
		p.took = p.took[1:]
	}
	if p.sum+part > int64(turnover)*10_000 {
		return false
	}
	p.took = append(p.took, took{now, part})
	p.sum += part
	return true
}

// join brings a customer to the floor, with an equity from 5,000 to a million dollars, or from 2,000 to 5,000 for who trades in
// a thin market, half of it in what it trades.
func (x *market) join(group int) {
	g := x.o.Groups[group]
	p := person{Customer: x.f.Join(fmt.Sprint("customer ", len(x.people)), 0), group: group}
	least, doublings := money.Amount(5_000*floor.Coin), 76
	switch g.Kind {
	case Cross:
		p.market = floor.ETHBTC
	case Thin:
		p.market, least, doublings = floor.DMGUSDT, 2_000*floor.Coin, 13
	default:
		p.market = []instruction.Market{floor.BTCUSDT, floor.ETHUSDT}[x.r.IntN(2)]
	}
	p.begin = least
	for range x.r.IntN(doublings + 1) { // by a tenth of a doubling each
		p.begin += p.begin * 718 / 10_000
	}
	base, quote := floor.Assets(p.market)
	if g.Kind == Thin { // its equity is what is liquid
		base = floor.BTC
	}
	x.f.Fund(p.Account, base, x.f.Fair.Buys(base, p.begin/2))
	x.f.Fund(p.Account, quote, x.f.Fair.Buys(quote, p.begin/2))
	switch g.Kind {
	case Thin:
		x.f.Trust(p.Customer)
	case Maker:
		x.f.Must(&instruction.SetTier{Account: p.Account, Tier: makers})
	}
	x.settle(&p)
	x.byAccount[p.Account] = len(x.people)
	x.agenda.Add(x.f.Time+x.wait(&g), len(x.people))
	x.people = append(x.people, p)
}

// settle has a person use his key from another network from now on: two in five are at a hosting company, and some hundreds share
// each of the networks there.
func (x *market) settle(p *person) {
	n := x.moves.Uint32()
	if p.hosted = x.moves.IntN(5) < 2; p.hosted {
		p.from = netip.AddrFrom4([4]byte{198, 18, byte(n % 3), byte(n >> 8)})
		return
	}
	p.from = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 8), byte(n), 15: 1})
}

// by is who a person's instructions come from.
func (p *person) by() *instruction.Principal {
	by := floor.By(p.Key)
	by.Addr, by.Hosting = p.from, p.hosted
	return by
}

// wander has one in fifty people go elsewhere: that often in a day.
func (x *market) wander() {
	for i := range x.people {
		if x.moves.IntN(50) == 0 {
			x.settle(&x.people[i])
		}
	}
}

// makers is the fee tier of makers.
const makers instruction.Tier = 1

// pace is how often a maker renews its orders, on average.
const pace = 20 * instruction.Second

// wait is how long a customer of a group does nothing: about, and by chance.
func (x *market) wait(g *Group) instruction.Time {
	mean := pace
	switch g.Kind {
	case Taker, Cross:
		mean = instruction.Day * 1200 / 100 / instruction.Time(g.Turnover) // slices are 13.75% on average, and it wants to trade more than it may
	case Thin:
		mean = instruction.Day * 4 / instruction.Time(g.Turnover)
	case Saver:
		return instruction.Day / 24
	}
	return instruction.Time(float64(mean) * x.r.ExpFloat64())
}

// act is what a customer does when its time has come.
func (x *market) act(i int) {
	p := &x.people[i]
	switch g := &x.o.Groups[p.group]; g.Kind {
	case Taker, Cross:
		x.slice(p, g.Turnover, 25_000+x.r.Int64N(225_001))
	case Thin:
		x.dabble(p, g.Turnover)
	case Maker:
		x.quote(p, g.Turnover)
	case Saver:
		x.give(p, &instruction.PlaceOrder{
			Market: p.market, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC, QuoteQty: p.begin / 2_400 * money.Amount(g.Turnover),
		})
	}
}

// held is what a person has of an asset, free, and what it is worth.
func (x *market) held(p *person, a instruction.Asset) (free, worth money.Amount) {
	free = x.f.State.Balance(p.Account, a).Free
	return free, x.f.Fair.Worth(a, free)
}

// slice trades a part of a million of a person's equity, so that neither side runs out.
func (x *market) slice(p *person, turnover int, part int64) {
	if !p.within(x.f.Time, turnover, part) {
		return
	}
	base, quote := floor.Assets(p.market)
	_, inBase := x.held(p, base)
	_, inQuote := x.held(p, quote)
	worth := (inBase + inQuote) / 1_000_000 * money.Amount(part)
	side := instruction.Side(1 + x.r.IntN(2))
	switch {
	case inBase < worth+worth/50:
		side = instruction.Buy
	case inQuote < worth+worth/50:
		side = instruction.Sell
	}
	x.trade(p, side, worth)
}

// trade takes a worth on a side by an order of one of the usual types.
func (x *market) trade(p *person, side instruction.Side, worth money.Amount) {
	base, quote := floor.Assets(p.market)
	qty := floor.Lots(p.market, x.f.Fair.Buys(base, worth))
	best := x.f.Best(p.market, side.Opposite())
	if qty == 0 || best == 0 {
		return
	}
	o := &instruction.PlaceOrder{Market: p.market, Side: side, Type: instruction.MarketType, TIF: instruction.IOC, Qty: qty}
	switch n := x.r.IntN(10); {
	case n < 3: // a limit a little beyond the best
		beyond := best / 500
		if floor.IsThin(p.market) {
			beyond = best / 50
		}
		if side == instruction.Sell {
			beyond = -beyond
		}
		o.Type, o.Price = instruction.Limit, floor.Tick(p.market, best+beyond)
		if n == 0 {
			o.TIF = instruction.GTC
		}
	case n < 5 && side == instruction.Buy:
		o.Qty, o.QuoteQty = 0, x.f.Fair.Buys(quote, worth)
	}
	a := x.give(p, o)
	if o.TIF == instruction.GTC && a.Order != 0 { // what is left of it is taken back at once
		x.f.Give(p.by(), &instruction.CancelAll{Market: p.market})
	}
}

// dabble buys into a thin market while a person has less than 8.5% there, or sells of what it has: 1 to 9% of its equity. Who named
// a market was told of its cap, and looks at how it stands before it trades: where much would not fit it trades less, or not.
func (x *market) dabble(p *person, turnover int) {
	_, in := x.held(p, floor.DMG)
	unit := x.f.Equity(p.Account) / 1_000_000
	part := money.Amount(10_000 + x.r.Int64N(80_001))
	room := 85_000*unit - in
	side := instruction.Buy
	if in > 20_000*unit && (x.r.IntN(2) == 0 || room < 10_000*unit) {
		side, room = instruction.Sell, in
	}
	worth := min(part*unit, room)
	for range 3 {
		if worth < 5_000*unit {
			return
		}
		if x.fits(p, side, worth) {
			if p.within(x.f.Time, max(turnover, 9), int64(worth/unit)) {
				x.trade(p, side, worth)
			}
			return
		}
		worth /= 2
	}
}

// fits says that a person stays below 90% of its cap in the thin market with a trade that is a twentieth off the fair price.
func (x *market) fits(p *person, side instruction.Side, worth money.Amount) bool {
	e, most := x.f.State.Exposure(p.Account, floor.DMGUSDT)
	qty := x.f.Fair.Buys(floor.DMG, worth)
	if side == instruction.Buy {
		e = e.With(qty-qty/20, worth)
	} else {
		e = e.With(-qty, worth/20-worth)
	}
	high := x.f.State.Market(floor.DMGUSDT).Prices().High7(x.f.State.Clock().Waits())
	return e.Net(func(given money.Amount) money.Amount {
		n, err := money.Notional(high, given, floor.Scale, money.Up)
		if err != nil {
			return money.MaxAmount
		}
		return n
	}) <= most/10*9
}

// quote has a maker renew its two orders, a little in front of the house.
func (x *market) quote(p *person, turnover int) {
	base, _ := floor.Assets(p.market)
	mid := x.f.Mid(p.market)
	_, inBase := x.held(p, base)
	equity := x.f.Equity(p.Account)
	if mid == 0 {
		return
	}
	for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
		at, off := &p.bid, -mid/7_000
		if side == instruction.Sell {
			at, off = &p.ask, mid/7_000
		}
		worth := equity / 225_000 * money.Amount(turnover)
		if long := inBase > equity/5*3; long && side == instruction.Buy || inBase < equity/5*2 && side == instruction.Sell {
			worth /= 10
		}
		place := instruction.PlaceOrder{
			Market: p.market, Side: side, Type: instruction.LimitMaker, TIF: instruction.GTC,
			Price: floor.Tick(p.market, mid+off), Qty: floor.Lots(p.market, x.f.Fair.Buys(base, worth)),
		}
		if *at != 0 && x.f.State.Market(p.market).Book.Find(*at) != 0 {
			*at = x.give(p, &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: p.market, Order: *at}, Place: place, AllowFails: true}).Order
		} else {
			*at = x.give(p, &place).Order
		}
	}
}
