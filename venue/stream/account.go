package stream

import (
	"slices"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// maxLetters is how many events of an account may wait to be given out; see maxFresh.
const maxLetters = 1 << 16

// letter is an event of an account on its way to who watches it.
type letter struct {
	seq   uint64
	at    instruction.Time // of the record
	event binance.UserEvent
}

// watch is an account that someone watches.
type watch struct {
	account instruction.Account
	subs    []*subscription // guarded by Hub.mu

	// Changed by the follower only.
	assets []instruction.Asset // that the record under way moved
	moving bool                // by the record under way

	// Added to by the follower, taken by the Hub inside engine.Read.
	letters []letter
	lost    bool // more than maxLetters were waiting
	listed  bool // in feed.letters
}

// watching is who watches an account, or nil.
func (f *feed) watching(a instruction.Account) *watch {
	if len(f.watched) == 0 {
		return nil
	}
	return f.watched[a]
}

// move notes that the record under way moves an account's assets.
func (f *feed) move(w *watch, assets ...instruction.Asset) {
	if !w.moving {
		w.moving = true
		f.moved = append(f.moved, w)
	}
	for _, x := range assets {
		if !slices.Contains(w.assets, x) {
			w.assets = append(w.assets, x)
		}
	}
}

func (w *watch) write(r *instruction.Record, e binance.UserEvent) {
	if len(w.letters) >= maxLetters {
		w.lost = true
		w.letters = nil
	}
	w.letters = append(w.letters, letter{r.Seq, r.Time, e})
}

func decimal(s *core.State, x instruction.Asset, a money.Amount) binance.Decimal {
	return binance.Decimal{Units: int64(a), Scale: uint8(s.Asset(x).Scale)}
}

// position tells the balances that a record moved, as they are after it.
func (w *watch) position(s *core.State, r *instruction.Record) {
	slices.Sort(w.assets)
	e := &binance.AccountPosition{
		EventTime: r.Time.Milli(), UpdateTime: r.Time.Milli(),
		Balances: make([]binance.AssetBalance, len(w.assets)),
	}
	for i, x := range w.assets {
		b := s.Balance(w.account, x)
		e.Balances[i] = binance.AssetBalance{Asset: s.Asset(x).Symbol, Free: decimal(s, x, b.Free), Locked: decimal(s, x, b.Held)}
	}
	w.write(r, e)
	w.assets, w.moving = w.assets[:0], false
}

// changed tells that a balance was changed by something else than an order.
func (w *watch) changed(s *core.State, r *instruction.Record, x instruction.Asset, delta money.Amount) {
	w.write(r, &binance.BalanceUpdate{
		EventTime: r.Time.Milli(), Asset: s.Asset(x).Symbol, Delta: decimal(s, x, delta), ClearTime: r.Time.Milli(),
	})
}

// report is what every report of an order says of the order, as it was asked.
func report(s *core.State, r *instruction.Record, m *core.Market, o *book.Order) *binance.ExecutionReport {
	now := r.Time.Milli()
	kind, tif, price := m.Book.Asked(o)
	e := &binance.ExecutionReport{
		EventTime: now, Symbol: m.Symbol, ClientOrderID: o.ClientID.String(),
		Side: binance.Side(o.Side.String()), Type: binance.OrderType(kind.String()), TimeInForce: binance.TimeInForce(tif.String()),
		Qty: decimal(s, m.Base, o.Qty), Price: decimal(s, m.Quote, money.Amount(price)),
		StopPrice: decimal(s, m.Quote, 0), IcebergQty: decimal(s, m.Base, 0), OrderListID: binance.NoList,
		RejectReason: binance.RejectNone, OrderID: binance.ID(o.ID),
		LastQty: decimal(s, m.Base, 0), CumQty: decimal(s, m.Base, o.Done), LastPrice: decimal(s, m.Quote, 0),
		TransactTime: now, TradeID: -1, ExecutionID: binance.ID(r.Seq), OrderTime: o.Placed.Milli(), WorkingTime: o.Placed.Milli(),
		CumQuoteQty: decimal(s, m.Quote, o.Paid), LastQuoteQty: decimal(s, m.Quote, 0), QuoteOrderQty: decimal(s, m.Quote, o.QuoteQty),
		STPMode: binance.STPMode(o.SelfTrade.String()),
	}
	if kind == instruction.MarketType {
		e.TimeInForce = binance.GTC // what the dialect says of them
	}
	if x := m.Book.More(o); x != nil {
		more(s, m, o, x, e)
	}
	return e
}

func (w *watch) placed(s *core.State, r *instruction.Record, m *core.Market, o *book.Order) {
	e := report(s, r, m, o)
	e.Execution, e.Status, e.OnBook = binance.ExecNew, standing(o), o.Stage() == book.Working
	w.write(r, e)
}

// filled reports a match to one of its sides.
func (w *watch) filled(s *core.State, r *instruction.Record, m *core.Market, o *book.Order, x *instruction.Filled, maker bool) {
	e := report(s, r, m, o)
	e.Execution, e.Status, e.OnBook = binance.ExecTrade, binance.StatusPartiallyFilled, true
	if o.Left() == 0 {
		e.Status, e.OnBook = binance.StatusFilled, false
	}
	fee, in := x.Fee(maker, gives(m, o.Side.Opposite()))
	e.LastQty, e.LastPrice, e.LastQuoteQty = decimal(s, m.Base, x.Qty), decimal(s, m.Quote, money.Amount(x.Price)), decimal(s, m.Quote, x.Quote)
	e.Commission, e.CommissionAsset = decimal(s, in, fee), binance.NullString(s.Asset(in).Symbol)
	e.TradeID, e.IsMaker = binance.ID(x.Trade), maker
	w.write(r, e)
}

// closed reports the end of an order, unless its last fill did, or its prevention. The order is still in the book.
func (w *watch) closed(s *core.State, r *instruction.Record, m *core.Market, o *book.Order, x *instruction.OrderClosed, why instruction.Reason) {
	if x.Cause == instruction.ByFill || x.Cause == instruction.ByPrevention {
		return
	}
	e := report(s, r, m, o)
	kind, tif, _ := m.Book.Asked(o)
	e.Execution, e.Status, e.ExpiryReason = binance.ExecExpired, binance.StatusExpired, ExpiryOf(x.Cause, kind, tif)
	if x.Cause == instruction.ByRefusal && rejections[why] != "" {
		e.RejectReason = rejections[why]
	}
	if x.Cause == instruction.ByCancel {
		e.Execution, e.Status, e.ExpiryReason = binance.ExecCanceled, binance.StatusCanceled, ""
		e.OrigClientOrderID = e.ClientOrderID
		if own := cancelID(r); own != "" {
			e.ClientOrderID = own
		}
	}
	w.write(r, e)
}

// cancelID is the client's own name for the cancel that a record carries out.
func cancelID(r *instruction.Record) string {
	in, err := r.Instruction()
	if err != nil {
		return ""
	}
	switch i := in.(type) {
	case *instruction.CancelOrder:
		return i.ClientID.String()
	case *instruction.ReplaceOrder:
		return i.Cancel.ClientID.String()
	case *instruction.CancelList:
		return i.ClientID.String()
	}
	return ""
}
