package stream

import (
	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// TypeOf is an order's type as the dialect names it: by how its price is found, and what starts it.
func TypeOf(t instruction.OrderType, on instruction.Trigger) binance.OrderType {
	switch {
	case on == instruction.StopLoss && t == instruction.MarketType:
		return binance.StopLoss
	case on == instruction.StopLoss:
		return binance.StopLossLimit
	case on == instruction.TakeProfit && t == instruction.MarketType:
		return binance.TakeProfit
	case on == instruction.TakeProfit:
		return binance.TakeProfitLimit
	}
	return binance.OrderType(t.String())
}

// ExpiryOf is why an order expired.
func ExpiryOf(cause instruction.CloseCause, t instruction.OrderType, f instruction.TimeInForce) string {
	switch {
	case cause == instruction.ByFirst:
		return "OTO_PHASE_ONE_EXPIRED"
	case cause == instruction.ByList:
		return "OCO_TRIGGER"
	case cause == instruction.ByRefusal:
		return "REJECTED"
	case cause == instruction.ByBudget:
		return binance.ExpiredByBudget
	case cause == instruction.ByExpiry:
		return binance.ExpiryReason(binance.OrderType(t.String()), binance.TimeInForce(f.String()))
	}
	return ""
}

// ContingencyOf is a list's shape as the dialect names it.
func ContingencyOf(s instruction.Shape) string {
	if s == instruction.OCO {
		return "OCO"
	}
	return "OTO"
}

// rejections are why an order could not start, as far as the dialect has a word for it.
var rejections = map[instruction.Reason]binance.RejectReason{
	instruction.InsufficientBalance: binance.RejectBalance, instruction.WouldTake: binance.RejectWouldMatch,
	instruction.WouldTrigger: binance.RejectWouldTrigger,
}

// more adds to a report what few orders have.
func more(s *core.State, m *core.Market, o *book.Order, x *book.More, e *binance.ExecutionReport) {
	kind, _, _ := m.Book.Asked(o)
	e.Type = TypeOf(kind, x.Trigger)
	e.Qty = decimal(s, m.Base, o.Qty+x.Prevented)
	e.StopPrice, e.TrailingDelta = decimal(s, m.Quote, money.Amount(x.Stop)), int64(x.Trail)
	e.IcebergQty = decimal(s, m.Base, x.Visible)
	if x.Trail != 0 {
		e.TrailingTime = -1
		if x.Tracks != 0 {
			e.TrailingTime = x.Tracks.Milli()
		}
	}
	if x.List != 0 {
		e.OrderListID = binance.ID(x.List)
	}
	if x.Prevented != 0 {
		e.PreventedQty, e.PreventedMatchID = decimal(s, m.Base, x.Prevented), binance.ID(x.Match)
	}
	switch {
	case o.Stage() != book.Working:
		e.WorkingTime = 0
	case x.Works != 0:
		e.WorkingTime = x.Works.Milli()
	}
}

// standing is the status of an order that is open.
func standing(o *book.Order) binance.OrderStatus {
	switch {
	case o.Stage() == book.Pending:
		return binance.StatusPendingNew
	case o.Done > 0:
		return binance.StatusPartiallyFilled
	}
	return binance.StatusNew
}

// started reports that an order goes on: it waits, or works, from now on.
func (f *feed) started(s *core.State, r *instruction.Record, x *instruction.OrderStarted) {
	in, o := find(s, x.Market, x.Order)
	if o == nil {
		return
	}
	if !x.Waits && o.TIF == instruction.GTC {
		f.change(f.markets[in.ID], o.Side, o.Price)
	}
	if w := f.watching(x.Account); w != nil {
		f.move(w, gives(in, o.Side))
		w.placed(s, r, in, o)
	}
}

// leaves notes that an order leaves the price at which it rests, for one that its owner's budget bears.
func (f *feed) leaves(s *core.State, x *instruction.OrderCapped) {
	if in, o := find(s, x.Market, x.Order); o != nil && o.TIF == instruction.GTC {
		f.change(f.markets[in.ID], o.Side, o.Price)
	}
}

// capped reports that an order rests where its owner's budget bears it. It is told of as it was asked; what is held for it is what
// it needs there.
func (f *feed) capped(s *core.State, r *instruction.Record, x *instruction.OrderCapped) {
	in, o := find(s, x.Market, x.Order)
	if o == nil {
		return
	}
	f.change(f.markets[in.ID], o.Side, o.Price)
	if w := f.watching(x.Account); w != nil {
		f.move(w, gives(in, o.Side))
		e := report(s, r, in, o)
		e.Execution, e.Status, e.OnBook = binance.ExecReplaced, standing(o), true
		w.write(r, e)
	}
}

// prevented reports what two orders of one account lost instead of trading, each to whom lost something.
func (f *feed) prevented(s *core.State, r *instruction.Record, x *instruction.TradePrevented) {
	in, taker := find(s, x.Market, x.Taker)
	_, maker := find(s, x.Market, x.Maker)
	if taker == nil || maker == nil {
		return
	}
	f.change(f.markets[in.ID], maker.Side, maker.Price)
	w := f.watching(x.Account)
	if w == nil {
		return
	}
	f.move(w, in.Base, in.Quote)
	for _, side := range [...]struct {
		o, other *book.Order
		lost     money.Amount
	}{{taker, maker, x.TakerQty}, {maker, taker, x.MakerQty}} {
		if side.lost == 0 {
			continue
		}
		e := report(s, r, in, side.o)
		e.Execution, e.Status, e.OnBook = binance.ExecTradePrevention, standing(side.o), side.o.Left() > 0
		if side.o.Left() == 0 {
			e.Status = binance.StatusExpiredInMatch
		}
		e.LastPreventedQty, e.CounterOrderID, e.CounterSymbol, e.TradeGroupID = decimal(s, in.Base, side.lost), binance.ID(side.other.ID), in.Symbol, -1
		e.PreventedExecQty, e.PreventedPrice = decimal(s, in.Base, side.lost), decimal(s, in.Quote, money.Amount(x.Price))
		w.write(r, e)
	}
}

// amended reports that an order asks for less, and has another name.
func (f *feed) amended(s *core.State, r *instruction.Record, x *instruction.OrderAmended) {
	in, o := find(s, x.Market, x.Order)
	if o == nil {
		return
	}
	if o.Stage() == book.Working {
		f.change(f.markets[in.ID], o.Side, o.Price)
	}
	if o.Member() {
		f.rename(in, o)
	}
	w := f.watching(x.Account)
	if w == nil {
		return
	}
	f.move(w, gives(in, o.Side))
	e := report(s, r, in, o)
	e.Execution, e.Status, e.OnBook, e.OrigClientOrderID = binance.ExecReplaced, standing(o), o.Stage() == book.Working, x.Was.String()
	w.write(r, e)
	if o.Member() && x.Was != x.ClientID {
		list := in.Book.More(o)
		w.listStatus(r, in, f.lists[list.List], list.List, "UPDATED", "EXECUTING")
	}
}

// openList is a list of which an order is open.
type openList struct {
	shape   instruction.Shape
	name    string
	members []binance.ListMember
}

// joined takes note of an order of a list that was placed, and reports the list when it was the last.
func (f *feed) joined(r *instruction.Record, in *core.Market, o *book.Order) {
	x := in.Book.More(o)
	l := f.lists[x.List]
	if l == nil {
		l = &openList{shape: x.Shape, name: x.Name.String()}
		f.lists[x.List] = l
	}
	l.members = append(l.members, binance.ListMember{Symbol: in.Symbol, OrderID: binance.ID(o.ID), ClientOrderID: o.ClientID.String()})
	if w := f.watching(o.Account); w != nil && int(x.Leg) == x.Shape.Legs()-1 {
		w.listStatus(r, in, l, x.List, "EXEC_STARTED", "EXECUTING")
	}
}

// known makes sure that a list is known that was placed before the Hub was there, as far as its orders are open.
func (f *feed) known(in *core.Market, o *book.Order) {
	x := in.Book.More(o)
	if f.lists[x.List] != nil {
		return
	}
	l := &openList{shape: x.Shape, name: x.Name.String()}
	first := o.ID - instruction.Order(x.Leg)
	for i := range x.Shape.Legs() {
		id := first + instruction.Order(i) // #nosec G115 -- two or three
		m := binance.ListMember{Symbol: in.Symbol, OrderID: binance.ID(id)}
		if h := in.Book.Find(id); h != 0 {
			m.ClientOrderID = in.Book.At(h).ClientID.String()
		}
		l.members = append(l.members, m)
	}
	f.lists[x.List] = l
}

func (f *feed) rename(in *core.Market, o *book.Order) {
	f.known(in, o)
	x := in.Book.More(o)
	if l := f.lists[x.List]; int(x.Leg) < len(l.members) {
		l.members[x.Leg].ClientOrderID = o.ClientID.String()
	}
}

// listClosed reports that nothing of a list is open any more.
func (f *feed) listClosed(s *core.State, r *instruction.Record, x *instruction.ListClosed) {
	l := f.lists[x.List]
	delete(f.lists, x.List)
	if w, m := f.watching(x.Account), s.Market(x.Market); w != nil && m != nil && l != nil {
		w.listStatus(r, m, l, x.List, "ALL_DONE", "ALL_DONE")
	}
}

func (w *watch) listStatus(r *instruction.Record, m *core.Market, l *openList, id instruction.List, kind, order string) {
	w.write(r, &binance.ListStatus{
		EventTime: r.Time.Milli(), Symbol: m.Symbol, OrderListID: binance.ID(id), ContingencyType: ContingencyOf(l.shape), ListStatusType: kind,
		ListOrderStatus: order, RejectReason: binance.RejectNone, ListClientOrderID: l.name, TransactTime: r.Time.Milli(),
		Orders: append([]binance.ListMember(nil), l.members...),
	})
}
