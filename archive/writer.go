package archive

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// The statements of the writer.
const (
	addMarket = iota
	addOrder
	setOrder
	addList
	closeList
	addPrevention
	addAmendment
	addTrade
	addFill
	addTransfer
	addMove
	addSighting
	addNoted
	addPayout
	setPayout
	stopPayout
	setChain
	addDeposit
	findDeposit
	creditDeposit
	undoDeposit
	liftDeposits
	addSpend
	addPaid
	signSpend
	mineSpend
	showSpend
	addCode
	claimCode
	returnCode
	unpaidCode
	putCandle
	setFirst
	setLast
	statements
)

var writes = [statements]string{
	addMarket: "INSERT INTO markets (id, base, quote) VALUES (?, ?, ?)",
	addOrder: "INSERT INTO orders (id, account, credential, market, side, type, tif, price, qty, quote_qty, done, paid," +
		" client, status, placed, updated, cause, triggered, stop, trail, visible, self_trade, list, works, prevented, prevention)" +
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	setOrder: "UPDATE orders SET done = done + ?2, paid = paid + ?3, status = iif(?4 = 0, status, ?4), updated = ?5, cause = ?6," +
		" works = iif(?7 = 0, works, ?7), prevented = prevented + ?8, prevention = iif(?9 = 0, prevention, ?9)," +
		" qty = iif(?10 = 0, qty, ?10 + prevented), client = iif(?11 = '', client, ?11) WHERE id = ?1",
	addList:       "INSERT INTO lists (id, account, market, shape, client, first, orders, placed, closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
	closeList:     "UPDATE lists SET closed = ?2 WHERE id = ?1",
	addPrevention: "INSERT INTO preventions (market, id, account, mode, taker, maker, price, taker_qty, maker_qty, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	addAmendment:  "INSERT INTO amendments (order_id, seq, account, was_client, client, was_qty, qty, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	addTrade: "INSERT INTO trades (market, id, time, price, qty, quote, taker, taker_side, taker_fee, maker_fee," +
		" taker_fee_in, maker_fee_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	addFill:     "INSERT INTO fills (account, market, trade, maker, order_id) VALUES (?, ?, ?, ?, ?)",
	addTransfer: "INSERT INTO transfers (id, seq, account, asset, amount, ref, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
	addMove: "INSERT INTO moves (id, seq, customer, from_account, to_account, asset, amount, client, time)" +
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	addPayout:  "INSERT INTO payouts (" + payoutColumns + ", spend) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
	setPayout:  "UPDATE payouts SET state = ?2, ended = iif(?3 = 0, ended, ?3), updated = ?4, spend = iif(?5, spend, 0) WHERE id = ?1",
	stopPayout: "UPDATE payouts SET stopping = 1 WHERE id = ?1",
	setChain:   "INSERT INTO chains (asset, min_deposit) VALUES (?, ?) ON CONFLICT DO UPDATE SET min_deposit = excluded.min_deposit",
	addDeposit: "INSERT INTO deposits (" + depositColumns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6," +
		" iif(?6 < (SELECT min_deposit FROM chains WHERE asset = ?2), 1, 0), ?7, ?8, 0, 0)",
	findDeposit: "UPDATE deposits SET height = ?4, dust = iif(amount < (SELECT min_deposit FROM chains WHERE asset = ?1), 1, 0)" +
		" WHERE asset = ?1 AND tx = ?2 AND vout = ?3",
	creditDeposit: "UPDATE deposits SET credited = ?4 WHERE asset = ?1 AND tx = ?2 AND vout = ?3",
	undoDeposit:   "UPDATE deposits SET credited = 0, undone = ?4 WHERE asset = ?1 AND tx = ?2 AND vout = ?3",
	liftDeposits:  "UPDATE deposits SET height = 0 WHERE asset = ?1 AND height > ?2",
	addSpend:      "INSERT INTO spends (asset, id, tx, height) VALUES (?, ?, x'', 0)",
	addPaid:       "INSERT INTO paid (asset, spend, payout) VALUES (?, ?, ?)",
	signSpend:     "UPDATE spends SET tx = ?3 WHERE asset = ?1 AND id = ?2",
	mineSpend:     "UPDATE spends SET height = ?3 WHERE asset = ?1 AND id = ?2",
	showSpend: "UPDATE payouts SET spend = coalesce((SELECT s.id FROM paid AS x JOIN spends AS s ON s.asset = x.asset AND s.id = x.spend" +
		" WHERE x.payout = payouts.id AND s.tx <> x'' ORDER BY s.height > 0 DESC, s.id DESC LIMIT 1), 0)" +
		" WHERE id IN (SELECT payout FROM paid WHERE asset = ?1 AND spend = ?2)",
	addCode:    "INSERT INTO codes (" + codeColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
	claimCode:  "UPDATE codes SET state = ?2, into_account = ?3, payout = ?4, updated = ?5 WHERE id = ?1",
	returnCode: "UPDATE codes SET state = ?2, expired = ?3, updated = ?4 WHERE id = ?1",
	unpaidCode: "UPDATE codes SET state = ?2, updated = ?3 WHERE payout = ?1 AND payout > 0",
	putCandle: "INSERT OR REPLACE INTO candles (market, span, " + candleColumns + ")" +
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	addSighting: "INSERT INTO sightings (network, day, credential, act, first_seq, first, last, times) VALUES (?, ?, ?, ?, ?, ?6, ?6, 1)" +
		" ON CONFLICT DO UPDATE SET last = excluded.last, times = times + 1",
	addNoted: "INSERT INTO incident_records (incident, seq, credential, time, network, act, kind, decision, reason)" +
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	setFirst: "UPDATE progress SET first = ?",
	setLast:  "UPDATE progress SET applied = ?, last = ? WHERE applied = ?",
}

// writer turns records into rows. What it holds in memory is ahead of the file within a transaction: after an error it is
// thrown away, and a new one begins with what is in the file.
type writer struct {
	db    *sql.DB
	stmts [statements]*sql.Stmt
	tx    *sql.Tx               // nil between transactions
	in    [statements]*sql.Stmt // the statements inside tx

	applied   uint64    // last record in tx
	committed uint64    // last record in the file
	rows      int       // in tx, by and large
	began     time.Time // when tx was
	last      []byte    // bytes of the last record

	orders    instruction.Order     // last id
	list      placing               // the list that was placed last
	transfers int64                 // last id
	deposits  int64                 // last id
	ended     instruction.MatterEnd // of the wait that the record under way ended last, 0 for none
	touched   map[instruction.Order]*Order
	changes   []*Order // touched, in order of first touch; of older orders only what is added
	markets   map[instruction.Market]*series
	moved     []*series // markets with candles to write

	events instruction.Events
}

// series are the candles of one market that are not over.
type series struct {
	market instruction.Market
	open   [len(spans)]Candle
	dirty  bool
}

func newWriter(db *sql.DB) (*writer, error) {
	w := &writer{
		db: db, touched: make(map[instruction.Order]*Order), markets: make(map[instruction.Market]*series),
	}
	err := db.QueryRow("SELECT applied, (SELECT coalesce(max(id), 0) FROM orders),"+
		" (SELECT coalesce(max(id), 0) FROM transfers), (SELECT coalesce(max(id), 0) FROM deposits) FROM progress").
		Scan(&w.applied, &w.orders, &w.transfers, &w.deposits)
	w.committed = w.applied
	for i := range w.stmts {
		if err == nil {
			w.stmts[i], err = db.Prepare(writes[i])
		}
	}
	if err != nil {
		w.close()
		return nil, fmt.Errorf("archive: %w", err)
	}
	return w, nil
}

// close takes back what is not committed. What goes wrong with that shows when the connection is used again.
func (w *writer) close() {
	if w.tx != nil {
		_ = w.tx.Rollback()
	}
	for _, s := range w.stmts {
		if s != nil {
			_ = s.Close()
		}
	}
}

// apply applies one record, inside a transaction.
func (w *writer) apply(seq uint64, b []byte) error {
	if seq != w.applied+1 {
		return fmt.Errorf("archive: record %d came where %d must come", seq, w.applied+1)
	}
	if err := w.begin(); err != nil {
		return err
	}
	var r instruction.Record
	if err := r.Decode(seq, b); err != nil {
		return fmt.Errorf("archive: record %d: %w", seq, err)
	}
	if seq == 1 {
		sum := sha256.Sum256(b)
		if err := w.exec(setFirst, sum[:]); err != nil {
			return err
		}
	}
	w.ended = 0
	r.Events(&w.events)
	for e := w.events.Next(); e != nil; e = w.events.Next() {
		if err := w.event(&r, e); err != nil {
			return fmt.Errorf("archive: record %d, %T: %w", seq, e, err)
		}
	}
	if err := w.events.Err(); err != nil {
		return fmt.Errorf("archive: record %d: %w", seq, err)
	}
	w.applied = seq
	w.last = append(w.last[:0], b...)
	w.rows++
	return nil
}

func (w *writer) begin() error {
	if w.tx != nil {
		return nil
	}
	tx, err := w.db.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	w.tx, w.began = tx, time.Now()
	for i, s := range w.stmts {
		w.in[i] = tx.Stmt(s)
	}
	return nil
}

// exec changes exactly one row.
func (w *writer) exec(statement int, args ...any) error {
	n, err := w.change(statement, args...)
	if err == nil && n != 1 {
		return fmt.Errorf("%d rows instead of one by: %s", n, writes[statement])
	}
	return err
}

// change says how many rows it changed.
func (w *writer) change(statement int, args ...any) (int64, error) {
	result, err := w.in[statement].Exec(args...)
	if err != nil {
		return 0, err
	}
	w.rows++
	return result.RowsAffected()
}

// commit makes the transaction's rows visible, together with how far they go.
func (w *writer) commit() error {
	if w.tx == nil {
		return nil
	}
	if err := w.flush(); err != nil {
		return fmt.Errorf("archive: up to record %d: %w", w.applied, err)
	}
	tx := w.tx
	w.tx = nil // over, whatever comes of it
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("archive: up to record %d: %w", w.applied, err)
	}
	w.rows, w.committed = 0, w.applied
	return nil
}

// flush writes what was gathered in memory.
func (w *writer) flush() error {
	for _, o := range w.changes {
		if err := w.putOrder(o); err != nil {
			return err
		}
	}
	clear(w.touched)
	w.changes = w.changes[:0]
	for _, s := range w.moved {
		for i := range s.open {
			if err := w.putCandle(s, i); err != nil {
				return err
			}
		}
		s.dirty = false
	}
	w.moved = w.moved[:0]
	sum := sha256.Sum256(w.last)
	return w.exec(setLast, int64(w.applied), sum[:], int64(w.committed))
}

// event applies one event. Kinds that are not here leave no history.
func (w *writer) event(r *instruction.Record, e instruction.Event) error {
	switch e := e.(type) {
	case *instruction.OrderPlaced:
		return w.placed(r.Time, e)
	case *instruction.Filled:
		return w.filled(r.Time, e)
	case *instruction.OrderClosed:
		o := w.order(e.Order)
		o.Status, o.Updated, o.Cause = closed(e.Cause), r.Time, e.Cause
	case *instruction.OrderStarted:
		o := w.order(e.Order)
		o.start(r.Time, e.Waits)
	case *instruction.ListPlaced, *instruction.ListClosed, *instruction.TradePrevented, *instruction.OrderAmended:
		return w.listed(r, e)
	case *instruction.CameIn:
		w.transfers++
		return w.exec(addTransfer, w.transfers, int64(r.Seq), int64(e.Account), int64(e.Asset), int64(e.Amount), e.Ref, int64(r.Time))
	case *instruction.Transferred:
		return w.exec(addMove, int64(e.ID), int64(r.Seq), int64(e.Customer), int64(e.From), int64(e.To), int64(e.Asset), int64(e.Amount), // #nosec G115 -- counted from 1
			e.Client.String(), int64(r.Time))
	case *instruction.Sighted:
		return w.seen(r, e.Credential, e.Network, instruction.UsedLive)
	case *instruction.Alarmed:
		return w.seen(r, e.Credential, e.Network, instruction.UsedTombstone)
	case *instruction.IncidentNoted:
		return w.exec(addNoted, int64(e.ID), int64(r.Seq), int64(e.Credential), int64(r.Time), int64(e.Network), int64(e.Act), // #nosec G115 -- counted from 1
			int64(r.Kind()), int64(r.Verdict.Decision), int64(r.Verdict.Reason()))
	case *instruction.PayoutMoved:
		if err := w.code(r, e); err != nil {
			return err
		}
		return w.payout(r, e)
	case *instruction.PayoutMade, *instruction.PayoutStopping, *instruction.MatterClosed:
		return w.payout(r, e)
	case *instruction.CodesIssued, *instruction.CodeClaimed, *instruction.CodeReturned:
		return w.code(r, e)
	case *instruction.ChainSet, *instruction.BlockAdded, *instruction.Rewound, *instruction.DepositCredited, *instruction.DepositUndone,
		*instruction.SpendPlanned, *instruction.SpendSigned:
		return w.chain(r, e)
	case *instruction.MarketAdded:
		return w.exec(addMarket, int64(e.ID), int64(e.Base), int64(e.Quote))
	}
	return nil
}

func closed(c instruction.CloseCause) Status {
	switch c {
	case instruction.ByFill:
		return Filled
	case instruction.ByCancel:
		return Cancelled
	case instruction.ByPrevention:
		return Prevented
	}
	return Expired
}

func (w *writer) placed(t instruction.Time, e *instruction.OrderPlaced) error {
	if e.Order != w.orders+1 {
		return fmt.Errorf("order %d came where %d must come", e.Order, w.orders+1)
	}
	w.orders = e.Order
	p := &e.Place
	o := w.order(e.Order)
	*o = Order{
		ID: e.Order, Account: e.Account, Credential: e.Credential, Market: p.Market,
		Side: p.Side, Type: p.Type, TIF: p.TIF, Price: p.Price, Qty: p.Qty, QuoteQty: p.QuoteQty,
		ClientID: p.ClientID, Status: New, Placed: t, Updated: t, Trigger: p.Trigger, Stop: p.Stop, Trail: p.Trail,
		Visible: p.Visible, SelfTrade: p.SelfTrade,
	}
	w.list.add(o)
	w.rows++
	return nil
}

// order is the order as far as the transaction changes it: whole when it was placed in it, else what is added to it.
func (w *writer) order(id instruction.Order) *Order {
	o := w.touched[id]
	if o == nil {
		o = &Order{ID: id}
		w.touched[id] = o
		w.changes = append(w.changes, o)
	}
	return o
}

func (w *writer) putOrder(o *Order) error {
	if o.Account == 0 { // placed before this transaction
		return w.exec(setOrder, int64(o.ID), int64(o.Done), int64(o.Paid), int64(o.Status), int64(o.Updated), int64(o.Cause),
			int64(o.Works), int64(o.Prevented), int64(o.Prevention), int64(o.Qty), o.ClientID.String())
	}
	return w.exec(addOrder, int64(o.ID), int64(o.Account), int64(o.Credential), int64(o.Market), int64(o.Side),
		int64(o.Type), int64(o.TIF), int64(o.Price), int64(o.Qty), int64(o.QuoteQty), int64(o.Done), int64(o.Paid),
		o.ClientID.String(), int64(o.Status), int64(o.Placed), int64(o.Updated), int64(o.Cause), int64(o.Trigger), int64(o.Stop),
		int64(o.Trail), int64(o.Visible), int64(o.SelfTrade), int64(o.List), int64(o.Works), int64(o.Prevented), int64(o.Prevention))
}

// filled adds a trade to its market's, to both accounts' fills, to both orders and to the candles.
func (w *writer) filled(t instruction.Time, e *instruction.Filled) error {
	market, trade := int64(e.Market), int64(e.Trade)
	err := w.exec(addTrade, market, trade, int64(t), int64(e.Price), int64(e.Qty), int64(e.Quote),
		int64(e.Taker), int64(e.TakerSide), int64(e.TakerFee), int64(e.MakerFee), int64(e.TakerFeeAsset), int64(e.MakerFeeAsset))
	if err == nil {
		err = w.exec(addFill, int64(e.TakerAccount), market, trade, int64(0), int64(e.Taker))
	}
	if err == nil {
		err = w.exec(addFill, int64(e.MakerAccount), market, trade, int64(1), int64(e.Maker))
	}
	for _, id := range [...]instruction.Order{e.Taker, e.Maker} {
		if err == nil {
			err = w.order(id).fill(t, e.Qty, e.Quote)
		}
	}
	if err != nil {
		return err
	}
	return w.candles(e.Market, &Trade{
		ID: e.Trade, Price: e.Price, Qty: e.Qty, Quote: e.Quote, Time: t, Taker: e.Taker, BuyerMaker: e.TakerSide == instruction.Sell,
	})
}

// fill adds one fill to what is known of the order.
func (o *Order) fill(t instruction.Time, qty, quote money.Amount) (err error) {
	if o.Done, err = o.Done.Add(qty); err != nil {
		return err
	}
	if o.Paid, err = o.Paid.Add(quote); err != nil {
		return err
	}
	o.Status, o.Updated = PartlyFilled, t
	return nil
}

// candles adds a trade to the market's candles.
func (w *writer) candles(m instruction.Market, t *Trade) error {
	s, err := w.series(m)
	if err != nil {
		return err
	}
	if last := s.open[0].LastTrade; t.ID != last+1 {
		return fmt.Errorf("trade %d of market %d came where %d must come", t.ID, m, last+1)
	}
	one := candleOf(t)
	for i, span := range spans {
		if c := &s.open[i]; c.Trades == 0 || c.Open != span.open(t.Time) {
			if err := w.putCandle(s, i); err != nil {
				return err
			}
			*c = Candle{Open: span.open(t.Time)}
		}
		s.open[i].Join(&one)
	}
	if !s.dirty {
		s.dirty = true
		w.moved = append(w.moved, s)
	}
	return nil
}

// putCandle writes the market's candle of one span, as far as it is.
func (w *writer) putCandle(s *series, i int) error {
	if !s.dirty || s.open[i].Trades == 0 {
		return nil
	}
	return w.exec(putCandle, append([]any{int64(s.market), int64(spans[i])}, s.open[i].values()...)...)
}

// series is the market's candles, from the file when they are not in memory.
func (w *writer) series(m instruction.Market) (*series, error) {
	if s := w.markets[m]; s != nil {
		return s, nil
	}
	s := &series{market: m}
	for i, span := range spans {
		row := w.tx.QueryRow("SELECT "+candleColumns+" FROM candles WHERE market = ? AND span = ? ORDER BY open DESC LIMIT 1",
			int64(m), int64(span))
		if err := row.Scan(s.open[i].fields()...); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	w.markets[m] = s
	return s, nil
}
