package archive

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// model answers like the archive, by looking through everything that happened.
type model struct {
	applied   uint64
	first     instruction.Time
	last      instruction.Time
	orders    []Order
	trades    map[instruction.Market][]Trade
	fills     []Fill
	transfers []Transfer
	moves     []Move
	payouts   []Payout
	codes     []Code
	paid      *payments
	ended     instruction.MatterEnd
	assets    map[instruction.Market][2]instruction.Asset

	lists       []List
	preventions []Prevention
	amendments  []Amendment
}

func newModel() *model {
	return &model{trades: make(map[instruction.Market][]Trade), assets: make(map[instruction.Market][2]instruction.Asset), paid: newPayments()}
}

// modelOf reads the source's records up to a sequence.
func modelOf(t testing.TB, s Source, upTo uint64) *model {
	t.Helper()
	m := newModel()
	enough := errors.New("enough")
	sub := s.Subscribe(1)
	defer sub.Close()
	for m.applied < upTo {
		err := sub.Next(t.Context(), func(seq uint64, b []byte) error {
			if seq > upTo {
				return enough
			}
			var r instruction.Record
			if err := r.Decode(seq, b); err != nil {
				return err
			}
			return m.record(&r)
		})
		if err != nil && err != enough {
			t.Fatal(err)
		}
	}
	return m
}

func (m *model) record(r *instruction.Record) error {
	var events instruction.Events
	r.Events(&events)
	m.ended = 0
	for e := events.Next(); e != nil; e = events.Next() {
		m.event(r, e)
		m.paid.event(r, e)
	}
	m.applied, m.last = r.Seq, r.Time
	if r.Seq == 1 {
		m.first = r.Time
	}
	return events.Err()
}

func (m *model) event(r *instruction.Record, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.MarketAdded:
		m.assets[e.ID] = [2]instruction.Asset{e.Base, e.Quote}
	case *instruction.CameIn:
		m.transfers = append(m.transfers, Transfer{r.Seq, e.Account, e.Asset, e.Amount, e.Ref, r.Time})
	case *instruction.Transferred:
		m.moves = append(m.moves, Move{e.ID, r.Seq, e.Customer, e.From, e.To, e.Asset, e.Amount, e.Client.String(), r.Time})
	case *instruction.PayoutMade:
		m.payouts = append(m.payouts, Payout{ID: e.ID, Seq: r.Seq, Account: e.Account, Credential: e.Credential, Asset: e.Asset, Amount: e.Amount,
			To: e.To, Client: e.Client.String(), State: e.State, Why: r.Verdict.Reason(), Made: r.Time, Updated: r.Time, Fee: e.Fee})
	case *instruction.MatterClosed:
		m.ended = e.End
	case *instruction.CodesIssued:
		for i := range e.Codes {
			m.codes = append(m.codes, Code{ID: e.First + instruction.CodeID(i), Batch: e.First, Seq: r.Seq, Account: e.Account, Credential: e.Credential, Asset: e.Asset,
				Amount: e.Amount, Client: e.Client.String(), Made: r.Time, Expires: e.Expires, State: instruction.LiveCode, Updated: r.Time})
		}
	case *instruction.CodeClaimed:
		c := &m.codes[e.ID-1]
		c.State, c.Into, c.Payout, c.Updated = instruction.ClaimedCode, e.Account, e.Payout, r.Time
	case *instruction.CodeReturned:
		c := &m.codes[e.ID-1]
		c.State, c.Expired, c.Updated = instruction.ReturnedCode, e.Expired, r.Time
	case *instruction.PayoutMoved:
		for i := range m.codes {
			if c := &m.codes[i]; c.Payout == e.ID && e.State == instruction.PayoutCancelled {
				c.State, c.Updated = instruction.ReturnedCode, r.Time
			}
		}
		p := &m.payouts[e.ID-1]
		p.State, p.Updated = e.State, r.Time
		if m.ended != 0 {
			p.End = m.ended
		}
	case *instruction.SpendPlanned:
		for _, id := range e.Payouts {
			m.payouts[id-1].State, m.payouts[id-1].Updated = instruction.PayoutSending, r.Time
		}
	case *instruction.PayoutStopping:
		m.payouts[e.ID-1].Stopping = true
	case *instruction.OrderPlaced:
		p := e.Place
		m.orders = append(m.orders, Order{
			ID: e.Order, Account: e.Account, Credential: e.Credential, Market: p.Market, Side: p.Side, Type: p.Type,
			TIF: p.TIF, Price: p.Price, Qty: p.Qty, QuoteQty: p.QuoteQty, ClientID: p.ClientID,
			Status: New, Placed: r.Time, Updated: r.Time, Trigger: p.Trigger, Stop: p.Stop, Trail: p.Trail, Visible: p.Visible, SelfTrade: p.SelfTrade,
		})
		o := &m.orders[e.Order-1]
		if n := len(m.lists); n > 0 && e.Order >= m.lists[n-1].First && e.Order < m.lists[n-1].First+instruction.Order(m.lists[n-1].Orders) {
			l := &m.lists[n-1]
			o.List = l.ID
			l.Names[e.Order-l.First] = p.ClientID
			if e.Order > l.First && l.Shape != instruction.OCO {
				o.Status = Pending
			}
		}
		if o.Status == New && o.Trigger == 0 {
			o.Works = r.Time
		}
	case *instruction.OrderStarted:
		o := &m.orders[e.Order-1]
		o.Status, o.Updated = New, r.Time
		if !e.Waits {
			o.Works = r.Time
		}
	case *instruction.ListPlaced:
		m.lists = append(m.lists, List{ID: e.List, Account: e.Account, Market: e.Market, Shape: e.Shape, Client: e.ClientID, First: e.First,
			Orders: map[instruction.Shape]int{instruction.OCO: 2, instruction.OTO: 2, instruction.OTOCO: 3}[e.Shape], Placed: r.Time})
	case *instruction.ListClosed:
		m.lists[e.List-1].Closed = r.Time
	case *instruction.TradePrevented:
		m.preventions = append(m.preventions, Prevention{e.Market, e.Match, e.Account, e.Mode, e.Taker, e.Maker, e.Price, e.TakerQty, e.MakerQty, r.Time})
		for id, qty := range map[instruction.Order]money.Amount{e.Taker: e.TakerQty, e.Maker: e.MakerQty} {
			if o := &m.orders[id-1]; qty > 0 {
				o.Prevented, o.Prevention, o.Updated = o.Prevented+qty, e.Match, r.Time
			}
		}
	case *instruction.OrderAmended:
		m.amendments = append(m.amendments, Amendment{e.Order, r.Seq, e.Was, e.ClientID, e.WasQty, e.Qty, r.Time})
		o := &m.orders[e.Order-1]
		if o.List != 0 {
			l := &m.lists[o.List-1]
			l.Names[e.Order-l.First] = e.ClientID
		}
		o.ClientID, o.Qty, o.Updated = e.ClientID, e.Qty+o.Prevented, r.Time
	case *instruction.OrderClosed:
		o := &m.orders[e.Order-1]
		o.Updated = r.Time
		o.Status = map[instruction.CloseCause]Status{
			instruction.ByFill: Filled, instruction.ByCancel: Cancelled, instruction.ByExpiry: Expired,
			instruction.ByPrevention: Prevented, instruction.ByList: Expired, instruction.ByRefusal: Expired, instruction.ByFirst: Expired,
		}[e.Cause]
		o.Cause = e.Cause
	case *instruction.Filled:
		m.trades[e.Market] = append(m.trades[e.Market], Trade{
			ID: e.Trade, Price: e.Price, Qty: e.Qty, Quote: e.Quote, Time: r.Time, Taker: e.Taker, BuyerMaker: e.TakerSide == instruction.Sell,
		})
		taker := Fill{
			Market: e.Market, Trade: e.Trade, Order: e.Taker, Account: e.TakerAccount, Side: e.TakerSide,
			Price: e.Price, Qty: e.Qty, Quote: e.Quote, Fee: e.TakerFee, Time: r.Time,
		}
		maker := taker
		maker.Order, maker.Account, maker.Side, maker.Maker, maker.Fee = e.Maker, e.MakerAccount, e.TakerSide.Opposite(), true, e.MakerFee
		for _, f := range []Fill{taker, maker} {
			f.FeeAsset = m.assets[e.Market][0]
			if f.Side == instruction.Sell {
				f.FeeAsset = m.assets[e.Market][1]
			}
			if in := e.TakerFeeAsset; in != 0 && !f.Maker {
				f.FeeAsset = in
			}
			if in := e.MakerFeeAsset; in != 0 && f.Maker {
				f.FeeAsset = in
			}
			m.fills = append(m.fills, f)
			o := &m.orders[f.Order-1]
			o.Done, o.Paid, o.Status, o.Updated = o.Done+e.Qty, o.Paid+e.Quote, PartlyFilled, r.Time
		}
	}
}

// within cuts rows down to a range.
func within[T any](rows []T, r Range, id func(T) uint64, at func(T) instruction.Time) []T {
	var fit []T
	for _, row := range rows {
		if id(row) >= r.From && at(row) >= r.Start && (r.End == 0 || at(row) <= r.End) {
			fit = append(fit, row)
		}
	}
	n := r.Limit
	if n <= 0 {
		n = 500
	}
	n = min(n, 1000, len(fit))
	if r.From != 0 || r.Start != 0 {
		return fit[:n]
	}
	return fit[len(fit)-n:]
}

func (m *model) ordersOf(account instruction.Account, market instruction.Market) (mine []Order) {
	for _, o := range m.orders {
		if o.Account == account && o.Market == market {
			mine = append(mine, o)
		}
	}
	return mine
}

func (m *model) fillsOf(account instruction.Account, market instruction.Market, order instruction.Order) (mine []Fill) {
	for _, f := range m.fills {
		if f.Account == account && f.Market == market && (order == 0 || f.Order == order) {
			mine = append(mine, f)
		}
	}
	return mine
}

func (m *model) movesOf(customer instruction.Account, b Between) (mine []Move) {
	for _, x := range m.moves {
		if x.Customer == customer && (b.From == 0 || b.From == x.From) && (b.To == 0 || b.To == x.To) && (b.Of == 0 || b.Of == x.From || b.Of == x.To) {
			mine = append(mine, x)
		}
	}
	return mine
}

func (m *model) payoutsOf(account instruction.Account, asset instruction.Asset, name string) (mine []Payout) {
	for _, x := range m.payouts {
		if x.Account == account && (asset == 0 || asset == x.Asset) && (name == "" || name == x.Client) {
			x.Spend, x.Tx, x.Height = m.paid.by(&x)
			mine = append(mine, x)
		}
	}
	return mine
}

func (m *model) transfersOf(account instruction.Account, asset instruction.Asset) (mine []Transfer) {
	for _, t := range m.transfers {
		if t.Account == account && (asset == 0 || t.Asset == asset) {
			mine = append(mine, t)
		}
	}
	return mine
}

// bar is a candle with its volumes as big numbers.
type bar struct {
	Candle
	volumes [4]*big.Int
}

func (b *bar) add(t *Trade) {
	if b.Trades == 0 {
		b.First, b.High, b.Low, b.FirstTrade = t.Price, t.Price, t.Price, t.ID
		for i := range b.volumes {
			b.volumes[i] = new(big.Int)
		}
	}
	if t.Price > b.High {
		b.High = t.Price
	}
	if t.Price < b.Low {
		b.Low = t.Price
	}
	b.Last, b.LastTrade = t.Price, t.ID
	b.Trades++
	for i, n := range []money.Amount{t.Qty, t.Quote, t.Qty, t.Quote} {
		if i < 2 || !t.BuyerMaker {
			b.volumes[i].Add(b.volumes[i], big.NewInt(int64(n)))
		}
	}
}

func (m *model) bars(market instruction.Market, length instruction.Time) (all []*bar) {
	for _, t := range m.trades[market] {
		begin := t.Time / length * length
		if len(all) == 0 || all[len(all)-1].Open != begin {
			all = append(all, &bar{Candle: Candle{Open: begin}})
		}
		all[len(all)-1].add(&t)
	}
	return all
}

func (m *model) summary(market instruction.Market, since instruction.Time) *bar {
	b := &bar{Candle: Candle{Open: since}}
	for _, t := range m.trades[market] {
		if t.Time >= since {
			b.add(&t)
		}
	}
	return b
}

// sameBar holds a candle against the model's.
func sameBar(t testing.TB, got Candle, want *bar) {
	t.Helper()
	plain := got
	plain.Base, plain.Quote, plain.TakerBase, plain.TakerQuote = Volume{}, Volume{}, Volume{}, Volume{}
	if plain != want.Candle {
		t.Fatalf("candle %+v, want %+v", plain, want.Candle)
	}
	for i, v := range []Volume{got.Base, got.Quote, got.TakerBase, got.TakerQuote} {
		if want.Trades > 0 && v.Big().Cmp(want.volumes[i]) != 0 || want.Trades == 0 && !v.IsZero() {
			t.Fatalf("volume %d of the candle of %v is %v, want %v", i, got.Open, v.Big(), want.volumes[i])
		}
	}
}

func same[T comparable](t testing.TB, what string, r Range, got []T, err error, want []T) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s in %+v: %v", what, r, err)
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s in %+v, row %d:\n%+v\nwant\n%+v", what, r, i, got[i], want[i])
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s in %+v:\n%+v\nwant\n%+v", what, r, got, want)
	}
}

// asker asks the archive everything, in random ranges, and holds the answers against the model.
type asker struct {
	t    testing.TB
	a    *Archive
	m    *model
	rand *rand.Rand
}

func (q *asker) moment() instruction.Time {
	if all := q.m.trades[pick(q.rand, spot, huge)]; len(all) > 0 && q.rand.IntN(2) == 0 {
		at := all[q.rand.IntN(len(all))].Time // at, just before or just after a trade
		return at + instruction.Time(q.rand.IntN(3)-1)
	}
	return q.m.first + instruction.Time(q.rand.Int64N(int64(q.m.last-q.m.first)+2))
}

func (q *asker) span(ids int) (r Range) {
	if q.rand.IntN(3) == 0 {
		r.From = uint64(q.rand.IntN(ids + 3))
	}
	if q.rand.IntN(3) == 0 {
		r.Start = q.moment()
	}
	if q.rand.IntN(3) == 0 {
		r.End = q.moment()
	}
	r.Limit = pick(q.rand, -1, 0, 1, 2, 10, 100, 1000, 5000)
	switch q.rand.IntN(40) {
	case 0:
		r.From = math.MaxUint64 - uint64(q.rand.IntN(2))
	case 1:
		r.Start = math.MaxInt64 - instruction.Time(q.rand.IntN(2))
	case 2:
		r.End = math.MaxInt64 - instruction.Time(q.rand.IntN(2))
	case 3:
		r.Start = -1
	case 4:
		r.End = -1
	}
	return r
}

func (q *asker) ask(rounds int) {
	q.t.Helper()
	ctx := q.t.Context()
	for range rounds {
		account := instruction.Account(q.rand.IntN(customers+2) + 1)
		market := pick(q.rand, spot, thin, huge, 7)
		q.orders(ctx, account, market)
		q.fills(ctx, account, market)
		q.candles(ctx, market)
		q.lists(ctx, account)
		q.changes(ctx, account, market)

		r := q.span(len(q.m.trades[market]))
		trades, err := q.a.Trades(ctx, market, r)
		same(q.t, "trades", r, trades, err, within(q.m.trades[market], r,
			func(t Trade) uint64 { return uint64(t.ID) }, func(t Trade) instruction.Time { return t.Time }))

		asset := pick[instruction.Asset](q.rand, 0, 1, 2, 9)
		r = q.span(int(q.m.applied))
		transfers, err := q.a.Transfers(ctx, account, asset, r)
		same(q.t, "transfers", r, transfers, err, within(q.m.transfersOf(account, asset), r,
			func(t Transfer) uint64 { return t.Seq }, func(t Transfer) instruction.Time { return t.Time }))

		some := func() instruction.Account { return pick[instruction.Account](q.rand, 0, 0, 2, 3, 4, 99) }
		b := Between{some(), some(), some()}
		customer := pick[instruction.Account](q.rand, 2, 2, 2, 3)
		r = q.span(len(q.m.moves))
		moves, err := q.a.Moves(ctx, customer, b, r)
		same(q.t, "moves", r, moves, err, within(q.m.movesOf(customer, b), r,
			func(x Move) uint64 { return uint64(x.ID) }, func(x Move) instruction.Time { return x.Time }))

		q.payments(ctx, account, asset)
	}
}

func (q *asker) payments(ctx context.Context, account instruction.Account, asset instruction.Asset) {
	q.t.Helper()
	name := pick(q.rand, "", "", "w-1", "w-2", "x")
	r := q.span(len(q.m.payouts))
	payouts, err := q.a.Payouts(ctx, account, asset, name, r)
	want := q.m.payoutsOf(account, asset, name)
	same(q.t, "payouts", r, payouts, err, within(want, r,
		func(x Payout) uint64 { return uint64(x.ID) }, func(x Payout) instruction.Time { return x.Made }))
	if len(want) > 0 {
		one := pick(q.rand, want...)
		got, err := q.a.Payout(ctx, one.ID)
		same(q.t, "a payout", r, []Payout{got}, err, []Payout{one})
	}
	if got, err := q.a.Payout(ctx, pick(q.rand, 0, instruction.PayoutID(len(q.m.payouts)+1), math.MaxUint64)); err != ErrNotFound {
		q.t.Fatalf("a payout that there is none of: %+v, %v", got, err)
	}
	var tx instruction.TxID
	if all := q.m.paid.deposits; len(all) > 0 && q.rand.IntN(3) == 0 {
		tx = pick(q.rand, all...).Coin.Tx
	}
	r = q.span(len(q.m.codes))
	codes, err := q.a.Codes(ctx, account, name, r)
	var mine []Code
	for _, c := range q.m.codes {
		if c.Account == account && (name == "" || c.Client == name) {
			mine = append(mine, c)
		}
	}
	same(q.t, "codes", r, codes, err, within(mine, r,
		func(x Code) uint64 { return uint64(x.ID) }, func(x Code) instruction.Time { return x.Made }))
	r = q.span(len(q.m.paid.deposits))
	deposits, err := q.a.Deposits(ctx, account, asset, tx, r)
	same(q.t, "deposits", r, deposits, err, within(q.m.paid.depositsOf(account, asset, tx), r,
		func(x Deposit) uint64 { return uint64(x.ID) }, func(x Deposit) instruction.Time { return x.Seen }))
}

func (q *asker) orders(ctx context.Context, account instruction.Account, market instruction.Market) {
	q.t.Helper()
	mine := q.m.ordersOf(account, market)
	r := q.span(len(q.m.orders))
	orders, err := q.a.Orders(ctx, account, market, r)
	same(q.t, "orders", r, orders, err, within(mine, r,
		func(o Order) uint64 { return uint64(o.ID) }, func(o Order) instruction.Time { return o.Placed }))
	if len(mine) == 0 {
		return
	}
	want := pick(q.rand, mine...)
	if got, err := q.a.Order(ctx, account, market, want.ID, pick(q.rand, "", want.ClientID.String())); err != nil || got != want {
		q.t.Fatalf("order %d: %+v, %v; want %+v", want.ID, got, err, want)
	}
	name := want.ClientID.String()
	for _, o := range mine {
		if o.ClientID == want.ClientID {
			want = o // the newest
		}
	}
	if got, err := q.a.Order(ctx, account, market, 0, name); err != nil || got != want {
		q.t.Fatalf("order %s: %+v, %v; want %+v", name, got, err, want)
	}
	for _, no := range []struct {
		account instruction.Account
		market  instruction.Market
		id      instruction.Order
		client  string
	}{
		{account + 1, market, want.ID, ""}, {account, market + 1, want.ID, ""}, {account, market, want.ID, "other"},
		{account, market, 0, "other"}, {account, market, 0, ""}, {account, market, 1 << 63, ""},
	} {
		if got, err := q.a.Order(ctx, no.account, no.market, no.id, no.client); err != ErrNotFound {
			q.t.Fatalf("%+v: %+v, %v; want ErrNotFound", no, got, err)
		}
	}
}

func (q *asker) fills(ctx context.Context, account instruction.Account, market instruction.Market) {
	q.t.Helper()
	order := instruction.Order(0)
	if mine := q.m.ordersOf(account, market); len(mine) > 0 && q.rand.IntN(2) == 0 {
		order = pick(q.rand, mine...).ID
	}
	r := q.span(len(q.m.trades[market]))
	fills, err := q.a.Fills(ctx, account, market, order, r)
	same(q.t, "fills", r, fills, err, within(q.m.fillsOf(account, market, order), r,
		func(f Fill) uint64 { return uint64(f.Trade) }, func(f Fill) instruction.Time { return f.Time }))
}

func (q *asker) candles(ctx context.Context, market instruction.Market) {
	q.t.Helper()
	span := pick(q.rand, Minute, Hour, Day)
	r := q.span(0)
	r.From = 0
	candles, err := q.a.Candles(ctx, market, span, r)
	if err != nil {
		q.t.Fatal(err)
	}
	length := map[Span]instruction.Time{Minute: 60e6, Hour: 3600e6, Day: 86400e6}[span]
	want := within(q.m.bars(market, length), r,
		func(*bar) uint64 { return 0 }, func(b *bar) instruction.Time { return b.Open })
	if len(candles) != len(want) {
		q.t.Fatalf("%d candles in %+v, want %d", len(candles), r, len(want))
	}
	for i, c := range candles {
		sameBar(q.t, c, want[i])
	}
	since := q.moment()
	sum, err := q.a.Summary(ctx, market, since)
	if err != nil {
		q.t.Fatal(err)
	}
	sameBar(q.t, sum, q.m.summary(market, since))
}

func (q *asker) lists(ctx context.Context, account instruction.Account) {
	q.t.Helper()
	var mine, unfinished []List
	for _, l := range q.m.lists {
		if l.Account == account {
			if mine = append(mine, l); l.Closed == 0 {
				unfinished = append(unfinished, l)
			}
		}
	}
	r := q.span(len(q.m.lists))
	lists, err := q.a.Lists(ctx, account, r)
	same(q.t, "lists", r, lists, err, within(mine, r, func(l List) uint64 { return uint64(l.ID) }, func(l List) instruction.Time { return l.Placed }))
	lists, err = q.a.OpenLists(ctx, account)
	same(q.t, "open lists", r, lists, err, unfinished)
	if len(mine) == 0 {
		return
	}
	want := pick(q.rand, mine...)
	if got, err := q.a.List(ctx, account, want.ID, pick(q.rand, "", want.Client.String())); err != nil || got != want {
		q.t.Fatalf("list %d: %+v, %v; want %+v", want.ID, got, err, want)
	}
	if got, err := q.a.List(ctx, account+1, want.ID, ""); err != ErrNotFound {
		q.t.Fatalf("another account's list: %+v, %v", got, err)
	}
	name := want.Client
	for _, l := range mine {
		if l.Client == name {
			want = l // the newest
		}
	}
	if got, err := q.a.List(ctx, account, 0, name.String()); err != nil || got != want {
		q.t.Fatalf("list %s: %+v, %v; want %+v", name, got, err, want)
	}
}

func (q *asker) changes(ctx context.Context, account instruction.Account, market instruction.Market) {
	q.t.Helper()
	if len(q.m.preventions) > 0 {
		one := pick(q.rand, q.m.preventions...)
		order, from := pick(q.rand, one.Taker, one.Maker), pick(q.rand, 0, one.ID, one.ID+1)
		var want []Prevention
		for _, p := range q.m.preventions {
			if p.Market == one.Market && (p.Taker == order || p.Maker == order) && p.ID >= from {
				want = append(want, p)
			}
		}
		limit := pick(q.rand, 1, 2, 1000)
		got, err := q.a.Preventions(ctx, one.Account, one.Market, order, from, limit)
		same(q.t, "preventions", Range{}, got, err, want[:min(limit, len(want))])
		got, err = q.a.Preventions(ctx, one.Account, one.Market, 0, one.ID, 10)
		same(q.t, "a prevention", Range{}, got, err, []Prevention{one})
		got, err = q.a.Preventions(ctx, one.Account+1, one.Market, 0, one.ID, 10)
		same(q.t, "another's prevention", Range{}, got, err, nil)
	}
	if mine := q.m.ordersOf(account, market); len(mine) > 0 && len(q.m.amendments) > 0 {
		order := pick(q.rand, q.m.amendments...).Order
		var want []Amendment
		for _, m := range q.m.amendments {
			if m.Order == order {
				want = append(want, m)
			}
		}
		got, err := q.a.Amendments(ctx, q.m.orders[order-1].Account, order, 0, 1000)
		same(q.t, "amendments", Range{}, got, err, want)
	}
}
