package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// reach is what a market order can do in the book as it stands: the base quantity to ask for, and what must be held to
// give. An order by quote quantity thereby becomes one by base quantity. The match that follows meets the same book, so
// it spends exactly what is held, but where icebergs come in parts: they are rounded one by one, so that up to slack
// units more are spent.
func (s *State) reach(m *Market, p *instruction.PlaceOrder, a instruction.Account) (qty, held, slack money.Amount) {
	left, quote, fills, parted := p.Qty, p.QuoteQty, 0, false
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
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
			n = min(n, can-can%m.Terms.Lot, m.Terms.MaxQty-qty)
		} else {
			n = min(n, left)
		}
		if n <= 0 {
			return false
		}
		cost, _ := money.Notional(o.Price, n, m.baseScale, money.Down) // the maker's own notional did not overflow
		qty, left, quote = qty+n, left-n, quote-cost
		if !mine { // else it meets it, and does not trade
			given := cost
			if p.Side == instruction.Sell {
				given = n
			}
			held += given + s.taking(m, a, m.gives(p.Side), given)
		}
		fills += m.parts(o, n)
		parted = parted || o.Shown() < o.Left()
		if mine && p.SelfTrade != instruction.Decrement {
			return false // the taker expires here
		}
		// An order that is not taken whole is the last: the match would take the rest of it before any other, and two parts
		// of one order, each rounded down, can cost less than both together.
		return n == o.Left() && fills < MaxFills && held <= money.MaxAmount // nobody has more than that
	})
	if p.QuoteQty == 0 {
		qty = p.Qty
	}
	if parted { // in the price and in the fee
		slack = 2 * money.Amount(fills)
	}
	return qty, held, slack
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
// is not filled whole where it meets one, unless that one is what expires.
func (m *Market) covers(a instruction.Account, p *instruction.PlaceOrder) bool {
	left, fills := p.Qty, 0
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
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
	return left <= 0 && fills <= MaxFills
}
