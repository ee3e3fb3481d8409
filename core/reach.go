package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// reached is what an order can do in the book as it stands.
type reached struct {
	qty, held money.Amount // to ask for, in base units; what must be held to give
	slack     money.Amount // what rounding may add to held
	looks     int          // orders that were looked at to find out
}

// reach is what a market order can do in the book as it stands. An order by quote quantity thereby becomes one by base
// quantity. The match that follows meets the same book, so it spends exactly what is held, but where icebergs come in parts:
// they are rounded one by one, so that up to slack units more are spent.
func (s *State) reach(m *Market, p *instruction.PlaceOrder, a instruction.Account) (x reached) {
	left, quote, fills, parted := p.Qty, p.QuoteQty, 0, false
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
		x.looks++
		o := m.Book.At(h)
		n := o.Left()
		mine := p.SelfTrade != instruction.TradeAnyway && o.Account == a
		if mine && p.SelfTrade == instruction.ExpireMaker {
			fills++
			return fills < MaxFills
		}
		if p.QuoteQty != 0 {
			can, err := money.Buys(quote, o.Price, m.baseScale)
			if err != nil {
				can = m.Terms.MaxQty
			}
			n = min(n, can-can%m.Terms.Lot, m.Terms.MaxQty-x.qty)
		} else {
			n = min(n, left)
		}
		if n <= 0 {
			return false
		}
		cost, _ := money.Notional(o.Price, n, m.baseScale, money.Down) // the maker's own notional did not overflow
		x.qty, left, quote = x.qty+n, left-n, quote-cost
		if !mine { // else it meets it, and does not trade
			given := cost
			if p.Side == instruction.Sell {
				given = n
			}
			x.held += given + s.taking(m, a, m.gives(p.Side), given)
		}
		fills += m.parts(o, n)
		parted = parted || o.Shown() < o.Left()
		if mine && p.SelfTrade != instruction.Decrement {
			return false // the taker expires here
		}
		// An order that is not taken whole is the last: the match would take the rest of it before any other, and two parts
		// of one order, each rounded down, can cost less than both together.
		return n == o.Left() && fills < MaxFills && x.held <= money.MaxAmount // nobody has more than that
	})
	if p.QuoteQty == 0 {
		x.qty = p.Qty
	}
	if parted { // in the price and in the fee
		x.slack = 2 * money.Amount(fills)
	}
	return x
}

// parts is in how many fills a taker gets n of an order.
func (m *Market) parts(o *book.Order, n money.Amount) int {
	shown := o.Shown()
	if n <= shown {
		return 1
	}
	each := m.Book.More(o).Visible
	return int(min(2+(n-shown-1)/each, MaxFills))
}

// covers says whether the book can fill the order whole at its price. An order that must not trade with its own account's
// is not filled whole where it meets one, unless that one is what expires. looks is how many orders were looked at.
func (m *Market) covers(a instruction.Account, p *instruction.PlaceOrder) (whole bool, looks int) {
	left, fills := p.Qty, 0
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
		looks++
		o := m.Book.At(h)
		if !crosses(p.Side, p.Price, o.Price) {
			return false
		}
		if p.SelfTrade != instruction.TradeAnyway && o.Account == a {
			fills++
			return p.SelfTrade == instruction.ExpireMaker && fills < MaxFills
		}
		n := min(left, o.Left())
		left -= n
		fills += m.parts(o, n)
		return left > 0 && fills < MaxFills
	})
	return left <= 0 && fills <= MaxFills, looks
}
