package orderstream

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Matching carries out the stream on the venue's book in the way of package core, which places, fills and removes by
// events: every event is filled in as it would go into the record, and is what the totals are counted from. Client order
// ids, which serve the API's look-ups and no match, are left out, as they are in the reference. One goroutine uses it.
type Matching struct {
	Totals
	Book *book.Book

	placed instruction.OrderPlaced
	filled instruction.Filled
	closed instruction.OrderClosed
	now    instruction.Time
	trades instruction.Trade
	ended  int64 // orders that are over
}

// NewMatching has an empty book.
func NewMatching() *Matching { return &Matching{Book: book.New(1), now: 1} }

// emit takes an event over, as a journal or a feed would.
func (v *Matching) emit(e instruction.Event) {
	switch e := e.(type) {
	case *instruction.Filled:
		v.Fills++
		v.Volume += int64(e.Qty)
		v.Notional += int64(e.Quote)
	case *instruction.OrderClosed:
		v.ended++
	}
}

// Do carries out one operation.
func (v *Matching) Do(o *VenueOp) {
	v.now++
	switch o.Kind {
	case Add:
		v.place(o, instruction.Limit, instruction.GTC)
	case Cancel:
		if h := v.Book.Find(o.ID); h != 0 {
			v.close(h, instruction.ByCancel)
		}
	default:
		v.match(o, v.place(o, instruction.MarketType, instruction.IOC))
	}
}

func (v *Matching) place(o *VenueOp, kind instruction.OrderType, tif instruction.TimeInForce) book.Handle {
	e := &v.placed
	e.Order, e.Account, e.Credential, e.Held = o.ID, o.Account, 1, o.Qty
	if o.Side == instruction.Buy {
		e.Held = money.Amount(o.Price) * o.Qty
	}
	p := &e.Place
	p.Market, p.Side, p.Type, p.TIF, p.Price, p.Qty = 1, o.Side, kind, tif, o.Price, o.Qty
	v.emit(e)
	return v.Book.Place(&book.Order{
		ID: e.Order, Account: e.Account, Credential: e.Credential, Side: p.Side, Type: p.Type, TIF: p.TIF,
		Price: p.Price, Qty: p.Qty, Held: e.Held, Placed: v.now, Updated: v.now,
	}, tif == instruction.GTC)
}

// match takes from the other side until the order is filled or nothing is left there.
func (v *Matching) match(o *VenueOp, taker book.Handle) {
	left := o.Qty
	for left > 0 {
		h := v.Book.Best(o.Side.Opposite())
		if h == 0 {
			break
		}
		maker := v.Book.At(h)
		qty := min(left, maker.Left())
		v.trades++
		e := &v.filled
		*e = instruction.Filled{}
		e.Market, e.Trade, e.TakerSide = 1, v.trades, o.Side
		e.Taker, e.Maker, e.TakerAccount, e.MakerAccount = o.ID, maker.ID, o.Account, maker.Account
		e.Price, e.Qty, e.Quote = maker.Price, qty, money.Amount(maker.Price)*qty
		v.emit(e)
		v.Book.Fill(h, qty, e.Quote, v.now)
		v.Book.Fill(taker, qty, e.Quote, v.now)
		if left -= qty; maker.Left() == 0 {
			v.close(h, instruction.ByFill)
		}
	}
	if left == 0 {
		v.close(taker, instruction.ByFill)
	} else {
		v.close(taker, instruction.ByExpiry)
	}
}

func (v *Matching) close(h book.Handle, cause instruction.CloseCause) {
	o := v.Book.At(h)
	e := &v.closed
	*e = instruction.OrderClosed{}
	e.Market, e.Order, e.Account, e.Cause, e.Released = 1, o.ID, o.Account, cause, o.Held
	v.emit(e)
	v.Book.Remove(h)
}
