package core

import (
	"portcullis/core/book"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// What rules read of the request itself: what it moves, and whom and which prices its orders would meet.

func (v *Values) request(f instruction.Feature) int64 {
	switch f {
	case instruction.RequestOrder:
		return bit(marketOf(v.in) != 0)
	case instruction.RequestWithdrawal:
		return bit(leavesTo(v.in) != 0)
	case instruction.RequestTransfer:
		_, is := v.in.(*instruction.Transfer)
		return bit(is)
	case instruction.RequestWorth:
		return v.perMille(uint64(v.worth())) // #nosec G115 -- not negative
	case instruction.RequestSlip:
		return v.met().slip
	case instruction.RequestHosting:
		return bit(v.p.Hosting)
	}
	to := leavesTo(v.in)
	if to == 0 {
		return 0
	}
	hours, known := v.account().AddressHours(to, v.now)
	switch f {
	case instruction.RequestAddressHours:
		return hours
	case instruction.RequestAddressNew:
		return bit(!known || hours < 24)
	}
	return 0
}

// leavesTo names the address that an instruction sends value to, 0 where it sends none out. Gift codes of an account all go to one.
func leavesTo(in instruction.Instruction) uint64 {
	switch i := in.(type) {
	case *instruction.Withdraw:
		return addressOf(&i.To)
	case *instruction.IssueCodes:
		return addressOf(&giftCodes)
	}
	return 0
}

// giftCodes is no place on any chain: for features it stands for whoever brings an account's codes.
var giftCodes = instruction.Destination{Address: "gift codes"}

// worth is what the instruction moves, at fair prices: of an order the more of what it would trade at its own price and what that
// is worth, of a list that of its largest order.
func (v *Values) worth() (n money.Amount) {
	switch i := v.in.(type) {
	case *instruction.Withdraw:
		if v.s.Asset(i.Asset) != nil {
			n = v.s.valued(i.Asset, i.Amount, v.at)
		}
	case *instruction.Transfer:
		if v.s.Asset(i.Asset) != nil {
			n = v.s.valued(i.Asset, i.Amount, v.at)
		}
	case *instruction.IssueCodes:
		if v.s.Asset(i.Asset) != nil {
			n = v.s.valued(i.Asset, min(gate.Worth(i.Amount, len(i.Codes)), money.MaxAmount), v.at)
		}
	default:
		for _, o := range ordersOf(v.in) {
			if m := v.s.marketOfOrder(o); m != nil {
				quote := m.worth(o, v.key.Account, 0)
				k, _ := v.s.fair(m, v.at)
				fair, _ := m.over(m.Base, max(o.Qty, 0), k, false)
				n = max(n, v.s.valued(m.Quote, max(quote, fair), v.at))
			}
		}
	}
	return n
}

// met looks at what the instruction's orders would meet in the book.
func (v *Values) met() *meets {
	if v.first(hasMeets) {
		v.meets = meets{}
		for _, o := range ordersOf(v.in) {
			if m := v.s.marketOfOrder(o); m != nil && o.Trigger == instruction.NoTrigger {
				v.meets.look(v, m, o)
			}
		}
	}
	return &v.meets
}

// meets is what orders would meet: how bad the worst price of it is, in basis points, and whom they would trade most with.
type meets struct {
	slip   int64
	most   instruction.Account // a customer
	weight money.Amount        // of most
	who    [mostMet]instruction.Account
	whose  [mostMet]money.Amount
}

const (
	mostLooks = 64 // orders of the book that are looked at
	mostMet   = 8  // customers that are told apart among them
)

// look goes through the book as the order would. Where more orders are met than are looked at, and where a part of it would rest,
// the worst that it may trade at is its limit.
func (x *meets) look(v *Values, m *Market, o *instruction.PlaceOrder) {
	left, funds, looks, worst := o.Qty, o.QuoteQty, 0, money.Price(0)
	m.Book.Walk(o.Side.Opposite(), func(h book.Handle) bool {
		r := m.Book.At(h)
		if left <= 0 && funds <= 0 || looks == mostLooks || o.Type != instruction.MarketType && !crosses(o.Side, o.Price, r.Price) || o.Type == instruction.LimitMaker {
			return false
		}
		looks++
		n := r.Left()
		quote, _ := money.Notional(r.Price, n, m.baseScale, money.Down)
		if left > 0 && left < n {
			n = left
			quote, _ = money.Notional(r.Price, n, m.baseScale, money.Down)
		} else if left <= 0 {
			quote = min(quote, funds)
		}
		left, funds, worst = left-n, funds-quote, r.Price
		x.add(v.s.Customer(r.Account), quote)
		return true
	})
	if left > 0 && o.Price > 0 && (o.TIF == instruction.GTC || looks == mostLooks) {
		worst = o.Price
	}
	if k, _ := v.s.fair(m, v.at); k.Known() && worst > 0 {
		if o.Side == instruction.Buy && worst > k.High {
			x.slip = max(x.slip, worse(worst-k.High, k.High))
		} else if o.Side == instruction.Sell && worst < k.Low {
			x.slip = max(x.slip, worse(k.Low-worst, k.Low))
		}
	}
}

// worse is how many basis points a price is away from another.
func worse(by, of money.Price) int64 {
	n, err := money.MulDiv(int64(by), 10_000, int64(of), money.Down)
	if err != nil {
		return mostPerMille
	}
	return min(n, mostPerMille)
}

// add counts what would be traded with a customer; those who come after the first eight are not told apart.
func (x *meets) add(who instruction.Account, n money.Amount) {
	for i := range x.who {
		if x.who[i] != who && x.who[i] != 0 {
			continue
		}
		x.who[i] = who
		x.whose[i] = x.whose[i].AddSaturated(n)
		if x.whose[i] > x.weight {
			x.most, x.weight = who, x.whose[i]
		}
		return
	}
}

// ordersOf are the orders that an instruction places.
func ordersOf(in instruction.Instruction) (list [instruction.MaxLegs]*instruction.PlaceOrder) {
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		list[0] = i
	case *instruction.ReplaceOrder:
		list[0] = &i.Place
	case *instruction.PlaceList:
		for leg := range i.Shape.Legs() {
			list[leg] = &i.Legs[leg]
		}
	}
	return list
}

// marketOfOrder is the market of an order, or nil.
func (s *State) marketOfOrder(o *instruction.PlaceOrder) *Market {
	if o == nil {
		return nil
	}
	return s.Market(o.Market)
}
