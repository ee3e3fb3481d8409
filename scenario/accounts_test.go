package scenario

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// accounts are balances as the events alone say: a second book beside the core's, kept the slow and simple way.
type accounts struct {
	balance map[owned]amounts
	came    map[instruction.Asset]money.Amount
	markets map[instruction.Market][2]instruction.Asset // base, quote
	orders  map[instruction.Order]order
	fees    map[instruction.Market]instruction.Asset // what a market charges them in, 0 for what each side receives
	masters map[instruction.Account]instruction.Account
	keys    map[instruction.Credential]instruction.Account
	gains   map[received]money.Amount // what was received in trades, less what of it was held as proceeds
	held    map[instruction.ProceedsID]withheld
	codes   map[instruction.CodeID]gift
	paid    map[instruction.PayoutID]instruction.CodeID
	out     map[instruction.Asset]money.Amount // what went out
	fee     map[instruction.PayoutID]money.Amount
	moored  moorings
	counted struct{ onTop, rebates, known int }
}

type owned struct {
	account instruction.Account
	asset   instruction.Asset
}

type amounts struct{ free, held money.Amount }

// received is what a customer got in a market from an account of another.
type received struct {
	market   instruction.Market
	from, by instruction.Account
	asset    instruction.Asset
}

// withheld is what is held as proceeds, by balance, and what is still to be.
type withheld struct {
	customer instruction.Account
	missing  money.Amount
	parts    []portion
}

type portion struct {
	owned
	n money.Amount
}

// gift is a gift code, and whether its worth is still held.
type gift struct {
	owned
	n    money.Amount
	held bool
	paid bool // by a payout
}

// order is what an open order gives and how much of it is still held.
type order struct {
	owned
	held money.Amount
}

func newAccounts() accounts {
	return accounts{
		balance: map[owned]amounts{}, came: map[instruction.Asset]money.Amount{},
		markets: map[instruction.Market][2]instruction.Asset{}, orders: map[instruction.Order]order{},
		fees: map[instruction.Market]instruction.Asset{}, masters: map[instruction.Account]instruction.Account{},
		keys: map[instruction.Credential]instruction.Account{}, gains: map[received]money.Amount{}, held: map[instruction.ProceedsID]withheld{},
		codes: map[instruction.CodeID]gift{}, paid: map[instruction.PayoutID]instruction.CodeID{}, out: map[instruction.Asset]money.Amount{},
		fee:    map[instruction.PayoutID]money.Amount{},
		moored: moorings{spends: map[instruction.SpendID]mooring{}, settled: map[instruction.PayoutID]instruction.SpendID{}},
	}
}

// record books what a record's events move, and gives the balances that it touched.
func (a *accounts) record(t *testing.T, r *instruction.Record) []owned {
	var touched []owned
	move := func(o owned, free, held money.Amount) {
		b := a.balance[o]
		b.free, b.held = b.free+free, b.held+held
		if b.free < 0 || b.held < 0 {
			t.Fatalf("record %d takes account %d below zero in asset %d", r.Seq, o.account, o.asset)
		}
		a.balance[o] = b
		touched = append(touched, o)
	}
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		switch e := e.(type) {
		case *instruction.MarketAdded:
			a.markets[e.ID] = [2]instruction.Asset{e.Base, e.Quote}
			a.fees[e.ID] = e.Terms.FeeIn
		case *instruction.AccountOpened:
			a.masters[e.ID] = e.ID
			if e.Parent != 0 {
				a.masters[e.ID] = e.Parent
			}
		case *instruction.TransferKnown:
			a.counted.known++
		case *instruction.Transferred:
			if e.Amount <= 0 || a.masters[e.From] != e.Customer || a.masters[e.To] != e.Customer || e.From == e.To {
				t.Fatalf("record %d moves %d from account %d to %d", r.Seq, e.Amount, e.From, e.To)
			}
			move(owned{e.From, e.Asset}, -e.Amount, 0)
			move(owned{e.To, e.Asset}, e.Amount, 0)
		case *instruction.CameIn:
			a.came[e.Asset] += e.Amount
			move(owned{e.Account, e.Asset}, e.Amount, 0)
		case *instruction.OrderPlaced:
			gives := a.markets[e.Place.Market][0]
			if e.Place.Side == instruction.Buy {
				gives = a.markets[e.Place.Market][1]
			}
			o := order{owned{e.Account, gives}, e.Held}
			a.orders[e.Order] = o
			move(o.owned, -e.Held, e.Held)
		case *instruction.OrderClosed:
			o := a.orders[e.Order]
			if o.account != e.Account || o.held != e.Released {
				t.Fatalf("record %d: order %d of account %d holds %d, account %d is given %d", r.Seq, e.Order, o.account, o.held, e.Account, e.Released)
			}
			delete(a.orders, e.Order)
			move(o.owned, e.Released, -e.Released)
		case *instruction.KeyCreated:
			a.keys[e.ID] = e.Key.Account
		case *instruction.ProceedsHeld:
			a.hold(t, r.Seq, e, move)
		case *instruction.ProceedsReleased:
			for _, p := range a.held[e.ID].parts {
				move(p.owned, p.n, -p.n)
			}
			delete(a.held, e.ID)
		case *instruction.CodesIssued, *instruction.CodeClaimed, *instruction.CodeReturned, *instruction.PayoutMade, *instruction.PayoutMoved:
			a.gift(t, r.Seq, e, move)
		case *instruction.DepositCredited, *instruction.DepositUndone, *instruction.SpendPlanned, *instruction.SpendSettled, *instruction.SpendDied:
			a.chain(t, r.Seq, e, move)
		case *instruction.Filled:
			a.filled(t, r.Seq, e, move)
		case *instruction.OrderStarted:
			o := a.orders[e.Order]
			if o.account != e.Account {
				t.Fatalf("record %d: order %d of account %d starts for account %d", r.Seq, e.Order, o.account, e.Account)
			}
			move(o.owned, o.held-e.Held, e.Held-o.held)
			o.held = e.Held
			a.orders[e.Order] = o
		case *instruction.OrderCapped:
			o := a.orders[e.Order]
			if o.account != e.Account {
				t.Fatalf("record %d: order %d of account %d is capped for account %d", r.Seq, e.Order, o.account, e.Account)
			}
			move(o.owned, o.held-e.Held, e.Held-o.held)
			o.held = e.Held
			a.orders[e.Order] = o
		case *instruction.TradePrevented:
			a.freed(t, r.Seq, e.Taker, e.Account, e.TakerReleased, move)
			a.freed(t, r.Seq, e.Maker, e.Account, e.MakerReleased, move)
		case *instruction.OrderAmended:
			a.freed(t, r.Seq, e.Order, e.Account, e.Released, move)
		}
	}
	return touched
}

// filled moves both sides of a trade, and the fees: out of what is received, on top of what is given, or, for a rebate, from
// the venue's account.
func (a *accounts) filled(t *testing.T, seq uint64, e *instruction.Filled, move func(owned, money.Amount, money.Amount)) {
	m := a.markets[e.Market]
	if e.TakerFee < 0 || e.MakerFee < 0 && (-e.MakerFee > e.TakerFee || e.MakerFeeAsset != e.TakerFeeAsset) {
		t.Fatalf("record %d: nobody pays for a rebate of %d in asset %d; the taker pays %d in %d", seq, -e.MakerFee, e.MakerFeeAsset, e.TakerFee, e.TakerFeeAsset)
	}
	side := func(id instruction.Order, account instruction.Account, s instruction.Side, fee money.Amount, in instruction.Asset) {
		gives, gets, paid, got := m[0], m[1], e.Qty, e.Quote
		if s == instruction.Buy {
			gives, gets, paid, got = m[1], m[0], e.Quote, e.Qty
		}
		if want := a.fees[e.Market]; want != 0 && in != want || want == 0 && in != gets {
			t.Fatalf("record %d: a fee in asset %d, and the market charges in %d", seq, in, want)
		}
		out, top := fee, money.Amount(0)
		if in == gives && fee > 0 {
			out, top = 0, fee
			a.counted.onTop++
		}
		o := a.orders[id]
		if o.account != account || o.asset != gives || o.held < paid+top || in == gets && out > got {
			t.Fatalf("record %d: order %d of account %d holds %d of asset %d; the trade takes %d of %d from account %d, fee %d",
				seq, id, o.account, o.held, o.asset, paid, gives, account, fee)
		}
		o.held -= paid + top
		a.orders[id] = o
		move(owned{account, gives}, 0, -paid-top)
		move(owned{account, gets}, got, 0)
		other := e.TakerAccount
		if account == other {
			other = e.MakerAccount
		}
		a.gains[received{e.Market, other, a.masters[account], gets}] += got
		if fee < 0 {
			a.counted.rebates++
		}
		move(owned{instruction.Fees, in}, fee, 0)
		if top == 0 {
			move(owned{account, in}, -out, 0)
		}
	}
	side(e.Taker, e.TakerAccount, e.TakerSide, e.TakerFee, e.TakerFeeAsset)
	side(e.Maker, e.MakerAccount, e.TakerSide.Opposite(), e.MakerFee, e.MakerFeeAsset)
}

// freed gives back a part of what is held for an order.
func (a *accounts) freed(t *testing.T, seq uint64, id instruction.Order, account instruction.Account, n money.Amount, move func(owned, money.Amount, money.Amount)) {
	o := a.orders[id]
	if o.account != account || n < 0 || n > o.held {
		t.Fatalf("record %d: order %d of account %d holds %d, account %d is given %d", seq, id, o.account, o.held, account, n)
	}
	o.held -= n
	a.orders[id] = o
	move(o.owned, n, -n)
}

// hold books what is held as proceeds: a customer's, never more than he gained, and never more of that from the key itself than
// he received in trades with its account.
func (a *accounts) hold(t *testing.T, seq uint64, e *instruction.ProceedsHeld, move func(owned, money.Amount, money.Amount)) {
	h, known := a.held[e.ID]
	if !known {
		h = withheld{customer: a.masters[e.Account], missing: e.Gain}
		if g := (received{e.Market, a.keys[e.Credential], h.customer, e.Of}); !e.Indirect {
			if a.gains[g] -= e.Gain; a.gains[g] < 0 {
				t.Fatalf("record %d: customer %d is held for %d of asset %d more than he received from account %d", seq, h.customer, -a.gains[g], e.Of, g.from)
			}
		}
	}
	if h.missing -= e.Covers; h.missing < 0 || h.missing != e.Missing || e.Amount < 0 || a.masters[e.Account] != h.customer || h.customer == a.masters[a.keys[e.Credential]] || known == e.Opens() && e.Covers > 0 {
		t.Fatalf("record %d: hold %d of customer %d, of whom %d were missing: %+v", seq, e.ID, h.customer, h.missing+e.Covers, e)
	}
	if e.Asset == e.Of && e.Amount != e.Covers {
		t.Fatalf("record %d: %d of an asset stand for %d of it", seq, e.Amount, e.Covers)
	}
	if e.Amount > 0 {
		o := owned{e.Account, e.Asset}
		move(o, -e.Amount, e.Amount)
		h.parts = append(h.parts, portion{o, e.Amount})
	}
	a.held[e.ID] = h
}

// gift moves what a gift code is worth: out of its issuer's balance, and once to somebody.
func (a *accounts) gift(t *testing.T, seq uint64, e instruction.Event, move func(owned, money.Amount, money.Amount)) {
	once := func(id instruction.CodeID) gift {
		g := a.codes[id]
		if !g.held || g.paid {
			t.Fatalf("record %d moves what gift code %d is worth, and it was gone", seq, id)
		}
		g.held = false
		a.codes[id] = g
		return g
	}
	switch e := e.(type) {
	case *instruction.CodesIssued:
		for i := range e.Codes {
			g := gift{owned: owned{e.Account, e.Asset}, n: e.Amount, held: true}
			a.codes[e.First+instruction.CodeID(i)] = g
			move(g.owned, -g.n, 0)
			move(owned{instruction.Fees, g.asset}, 0, g.n)
		}
	case *instruction.CodeClaimed:
		if e.Payout != 0 {
			g := a.codes[e.ID]
			if !g.held || g.paid {
				t.Fatalf("record %d pays gift code %d, and it was gone", seq, e.ID)
			}
			g.paid = true
			a.codes[e.ID], a.paid[e.Payout] = g, e.ID
			return
		}
		g := once(e.ID)
		move(owned{instruction.Fees, g.asset}, 0, -g.n)
		move(owned{e.Account, g.asset}, g.n, 0)
	case *instruction.CodeReturned:
		g := once(e.ID)
		move(owned{instruction.Fees, g.asset}, 0, -g.n)
		move(g.owned, g.n, 0)
	case *instruction.PayoutMade: // of a gift code; the event that says so follows
		if e.Account != instruction.Fees || e.Credential != 0 {
			t.Fatalf("record %d makes a payout of account %d", seq, e.Account)
		}
		a.fee[e.ID] = e.Fee
	case *instruction.PayoutMoved:
		if !a.moved(t, seq, e) {
			return
		}
		id := a.paid[e.ID]
		g := a.codes[id]
		if !g.held || !g.paid {
			t.Fatalf("record %d ends payout %d of gift code %d, and it was gone", seq, e.ID, id)
		}
		g.held = false
		a.codes[id] = g
		move(owned{instruction.Fees, g.asset}, 0, -g.n)
		if e.State == instruction.PayoutCancelled {
			move(g.owned, g.n, 0)
			return
		}
		move(owned{instruction.Fees, g.asset}, a.fee[e.ID], 0)
		a.out[g.asset] += g.n - a.fee[e.ID]
	}
}
