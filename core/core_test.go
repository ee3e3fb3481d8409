package core

import (
	"fmt"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// venue is a small one driven by hand: two assets, one market, accounts with an Ed25519 key each.
type venue struct {
	t     testing.TB
	s     *State
	twin  *State // folds every record and must stay the same
	now   instruction.Time
	seq   uint64
	count int
}

const start = instruction.Time(1_515_196_800_000_000) // 6 January 2018

var terms = instruction.Terms{
	Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8, MakerFee: 1000, TakerFee: 2000,
}

func newVenue(t testing.TB, accounts int) *venue { return newVenueOf(t, accounts, terms) }

func newVenueOf(t testing.TB, accounts int, terms instruction.Terms) *venue {
	v := &venue{t: t, s: New(), twin: New(), now: start}
	v.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	v.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 8})
	v.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: terms})
	for i := range accounts {
		v.operator(&instruction.OpenAccount{Ref: fmt.Sprint("customer ", i)})
		a := v.s.Accounts()
		v.operator(&instruction.CreateKey{
			Account: a, ID: instruction.KeyID{byte(i + 1)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade},
		})
		v.operator(&instruction.Credit{Account: a, Asset: 1, Amount: 100e8})
		v.operator(&instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000e8})
	}
	return v
}

// step has one instruction judged, folds its record into the twin, and holds the laws that one can hold after any record.
func (v *venue) step(p instruction.Principal, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	b, err := v.s.Step(v.now, &p, in, nil)
	if err != nil {
		v.t.Fatalf("%T: %v", in, err)
	}
	v.seq++
	var r instruction.Record
	if err := r.Decode(v.seq, b); err != nil {
		v.t.Fatal(err)
	}
	if len(r.Verdict.Findings()) == 0 {
		v.t.Fatal("a verdict without a reason")
	}
	if err := v.twin.Fold(&r, nil); err != nil {
		v.t.Fatal(err)
	}
	if err := v.s.Check(); err != nil {
		v.t.Fatal(err)
	}
	if v.s.Hash() != v.twin.Hash() {
		v.t.Fatalf("after %T the fold of the record gives another state", in)
	}
	return r
}

func (v *venue) operator(in instruction.Instruction) instruction.Record {
	v.t.Helper()
	r := v.step(instruction.Principal{Giver: instruction.ByOperator}, in)
	v.want(r, 0)
	return r
}

// by has the account with that index (0 is the first) give an instruction.
func (v *venue) by(account int, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	return v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(account + 1)}, in)
}

// order places an order of the account at a price in USDT and a quantity in thousandths of a BTC.
func (v *venue) order(account int, side instruction.Side, tif instruction.TimeInForce, price, milli int64) instruction.Record {
	v.t.Helper()
	return v.by(account, &instruction.PlaceOrder{
		Market: 1, Side: side, Type: instruction.Limit, TIF: tif,
		Price: money.Price(price * 1e8), Qty: money.Amount(milli * 1e5), ClientID: v.clientID(),
	})
}

func (v *venue) clientID() instruction.ClientID {
	v.count++
	c, err := instruction.ClientIDOf("c" + money.Amount(v.count).Text(0))
	if err != nil {
		v.t.Fatal(err)
	}
	return c
}

// want says how a record must have ended: 0 for done, or the reason of a denial or refusal.
func (v *venue) want(r instruction.Record, reason instruction.Reason) {
	v.t.Helper()
	got := instruction.Reason(0)
	if r.Verdict.Decision == instruction.Deny {
		got = r.Verdict.Reason()
	} else {
		var ev instruction.Events
		got = r.Refused(&ev)
	}
	if got != reason {
		v.t.Fatalf("record %d ended with %v, want %v", r.Seq, got, reason)
	}
}

func (v *venue) balance(account int, asset instruction.Asset, free, held money.Amount) {
	v.t.Helper()
	if b := v.s.Balance(instruction.Account(account+2), asset); b.Free != free || b.Held != held {
		v.t.Errorf("account %d has %s free and %s held of asset %d, want %s and %s", account,
			b.Free.Text(8), b.Held.Text(8), asset, free.Text(8), held.Text(8))
	}
}

func TestLimitOrdersTrade(t *testing.T) {
	v := newVenue(t, 2)
	v.want(v.order(0, instruction.Sell, instruction.GTC, 10_000, 2000), 0)
	v.balance(0, 1, 98e8, 2e8)
	v.want(v.order(1, instruction.Buy, instruction.GTC, 10_100, 500), 0)
	// Half a BTC at the maker's 10,000: the taker pays 0.2% of what it receives, the maker 0.1%.
	v.balance(0, 1, 98e8, 1.5e8)
	v.balance(0, 2, 1_004_995e8, 0)
	v.balance(1, 1, 100.499e8, 0)
	v.balance(1, 2, 995_000e8, 0)
	if f := v.s.Balance(instruction.Fees, 2).Free; f != 5e8 {
		t.Errorf("the venue's fee is %s USDT", f.Text(8))
	}
	// What crosses is filled, the rest stays in the book with its hold.
	v.want(v.order(1, instruction.Buy, instruction.GTC, 10_000, 2000), 0)
	v.balance(1, 2, 975_000e8, 5_000e8)
}

func TestTimeInForce(t *testing.T) {
	v := newVenue(t, 2)
	v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000)
	v.want(v.order(1, instruction.Buy, instruction.FOK, 10_000, 1001), 0)
	v.balance(1, 2, 1_000_000e8, 0)
	v.want(v.order(1, instruction.Buy, instruction.IOC, 10_000, 1500), 0)
	v.balance(1, 2, 990_000e8, 0)
	v.balance(1, 1, 100.998e8, 0)
	v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000)
	v.want(v.order(1, instruction.Buy, instruction.FOK, 10_000, 1000), 0)
	v.balance(1, 2, 980_000e8, 0)
}

func TestMarketOrders(t *testing.T) {
	v := newVenue(t, 2)
	v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000)
	v.order(0, instruction.Sell, instruction.GTC, 10_100, 1000)
	market := func(side instruction.Side, qty, quote money.Amount) instruction.Record {
		return v.by(1, &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.MarketType, TIF: instruction.IOC,
			Qty: qty, QuoteQty: quote, ClientID: v.clientID()})
	}
	v.want(market(instruction.Buy, 1.5e8, 0), 0)
	v.balance(1, 2, 984_950e8, 0)
	v.want(market(instruction.Buy, 0, 1_010e8), 0)
	v.balance(1, 2, 983_940e8, 0)
	v.want(market(instruction.Buy, 1, 1), instruction.MalformedOrder)
	v.want(market(instruction.Sell, 1e8, 0), 0) // nobody bids: it expires
	v.balance(1, 1, 101.5968e8, 0)
	v.want(market(instruction.Buy, 0, 100_000e8), 0) // more than is offered
	v.balance(1, 2, 979_900e8, 0)
}

func TestPostOnly(t *testing.T) {
	v := newVenue(t, 2)
	v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000)
	maker := &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.LimitMaker, TIF: instruction.GTC,
		Price: 10_000e8, Qty: 1e8, ClientID: v.clientID()}
	v.want(v.by(1, maker), instruction.WouldTake)
	maker.Price -= terms.Tick
	v.want(v.by(1, maker), 0)
}

func TestRefusals(t *testing.T) {
	v := newVenue(t, 2)
	good := instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
		Price: 10_000e8, Qty: 1e8}
	for name, c := range map[string]struct {
		change func(*instruction.PlaceOrder)
		want   instruction.Reason
	}{
		"market":   {func(p *instruction.PlaceOrder) { p.Market = 9 }, instruction.UnknownMarket},
		"tick":     {func(p *instruction.PlaceOrder) { p.Price++ }, instruction.PriceOffTick},
		"lot":      {func(p *instruction.PlaceOrder) { p.Qty++ }, instruction.QuantityOffLot},
		"low":      {func(p *instruction.PlaceOrder) { p.Price = 0 }, instruction.PriceOutOfRange},
		"high":     {func(p *instruction.PlaceOrder) { p.Price = terms.MaxPrice + terms.Tick }, instruction.PriceOutOfRange},
		"none":     {func(p *instruction.PlaceOrder) { p.Qty = 0 }, instruction.QuantityOutOfRange},
		"negative": {func(p *instruction.PlaceOrder) { p.Qty = -1e8 }, instruction.QuantityOutOfRange},
		"much":     {func(p *instruction.PlaceOrder) { p.Qty = terms.MaxQty + terms.Lot }, instruction.QuantityOutOfRange},
		"dust":     {func(p *instruction.PlaceOrder) { p.Qty = terms.Lot; p.Price = 1e8 }, instruction.NotionalTooSmall},
		"poor":     {func(p *instruction.PlaceOrder) { p.Qty = 101e8 }, instruction.InsufficientBalance},
		"both":     {func(p *instruction.PlaceOrder) { p.QuoteQty = 1e8 }, instruction.MalformedOrder},
		"nameless": {func(p *instruction.PlaceOrder) { p.ClientID = instruction.ClientID{} }, instruction.MalformedOrder},
		"maker":    {func(p *instruction.PlaceOrder) { p.Type = instruction.LimitMaker; p.TIF = instruction.IOC }, instruction.MalformedOrder},
		"product":  {func(p *instruction.PlaceOrder) { p.Price = terms.MaxPrice; p.Qty = terms.MaxQty }, instruction.QuantityOutOfRange},
	} {
		p := good
		p.ClientID = v.clientID()
		c.change(&p)
		before := v.s.Hash()
		now := v.s.clock
		v.want(v.by(0, &p), c.want)
		if v.s.clock == now && v.s.Hash() != before {
			t.Errorf("%s: a refused order changed the state", name)
		}
	}
	twice := good
	twice.ClientID = v.clientID()
	v.want(v.by(0, &twice), 0)
	v.want(v.by(0, &twice), instruction.DuplicateClientID)
	v.want(v.by(1, &twice), 0) // another account's names are its own
}

func TestCancels(t *testing.T) {
	v := newVenue(t, 2)
	v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	v.order(0, instruction.Buy, instruction.GTC, 10_001, 1000)
	v.want(v.by(1, &instruction.CancelOrder{Market: 1, Order: 1}), instruction.UnknownOrder)
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 1}), 0)
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 1}), instruction.UnknownOrder)
	v.want(v.by(1, &instruction.CancelAll{Market: 1}), instruction.UnknownOrder)
	v.want(v.by(0, &instruction.CancelAll{Market: 1}), 0)
	v.balance(0, 2, 1_000_000e8, 0)
}

// TestCancelOnly: a cancel that is meant for unfilled orders, or for partly filled ones, leaves the others.
func TestCancelOnly(t *testing.T) {
	v := newVenue(t, 2)
	v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	only := func(how instruction.Standing) *instruction.CancelOrder {
		return &instruction.CancelOrder{Market: 1, Order: v.s.LastOrder(), Only: how}
	}
	v.want(v.by(0, only(instruction.PartlyFilled)), instruction.CancelRefused)
	v.want(v.by(0, only(instruction.Unfilled)), 0)
	v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	c := only(instruction.Unfilled)
	v.want(v.order(1, instruction.Sell, instruction.IOC, 10_000, 400), 0)
	v.want(v.by(0, c), instruction.CancelRefused)
	c.Only = instruction.PartlyFilled
	v.want(v.by(0, c), 0)
	v.balance(0, 2, 996_000e8, 0)
}

func TestReplace(t *testing.T) {
	v := newVenue(t, 1)
	v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	replace := &instruction.ReplaceOrder{
		Cancel: instruction.CancelOrder{Market: 1, Order: 1},
		Place: instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
			Price: 9_000e8, Qty: 1e8, ClientID: v.clientID()},
	}
	v.want(v.by(0, replace), 0)
	v.balance(0, 2, 991_000e8, 9_000e8)
	replace.Place.ClientID = v.clientID()
	v.want(v.by(0, replace), instruction.UnknownOrder)
	v.balance(0, 2, 991_000e8, 9_000e8)
	replace.AllowFails = true
	v.want(v.by(0, replace), instruction.UnknownOrder) // of the cancel; the new order stands
	v.balance(0, 2, 982_000e8, 18_000e8)
}

func TestMarketStates(t *testing.T) {
	v := newVenue(t, 1)
	v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	v.operator(&instruction.SetMarket{Market: 1, State: instruction.CancelOnly})
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), instruction.MarketCancelOnly)
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 1}), 0)
	v.operator(&instruction.SetMarket{Market: 1, State: instruction.Halted})
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), instruction.MarketClosed)
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 2}), 0)
	v.operator(&instruction.SetMarket{Market: 1, State: instruction.Open})
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), 0)
}

// TestClock is law 5: time never goes back, and a jump ahead of more than two seconds freezes waits until confirmed.
func TestClock(t *testing.T) {
	v := newVenue(t, 1)
	tick := func() instruction.Record {
		return v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	v.now = start - instruction.Day
	if r := tick(); r.Time != start {
		t.Errorf("time went back to %v", r.Time.Std())
	}
	v.now = start + MaxJump
	tick()
	if c := v.s.Clock(); c.Frozen != 0 || c.Waits() != v.now {
		t.Errorf("a step of two seconds froze the clock: %+v", c)
	}
	v.now += MaxJump + 1
	tick()
	frozen := start + MaxJump
	for range 3 {
		if c := v.s.Clock(); c.Waits() != frozen || c.Now != v.now {
			t.Errorf("after a jump waits stand at %v, want %v", c.Waits(), frozen)
		}
		v.now += instruction.Second
		tick()
	}
	v.operator(&instruction.ConfirmClock{})
	if c := v.s.Clock(); c.Waits() != frozen || c.Wall(frozen+1) != v.now+1 {
		t.Errorf("the jump counted for a wait: %+v", c)
	}
	v.now += instruction.Second
	if tick(); v.s.Clock().Waits() != frozen+instruction.Second {
		t.Errorf("waits did not go on: %+v", v.s.Clock())
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.ConfirmClock{}), instruction.ClockNotFrozen)
}

// TestUnwritable: what cannot be written down leaves no trace.
func TestUnwritable(t *testing.T) {
	v := newVenue(t, 1)
	before := v.s.Hash()
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: 1}
	for _, in := range []instruction.Instruction{
		&instruction.PlaceOrder{Market: 1, Type: instruction.Limit, TIF: instruction.GTC, Price: 1e8, Qty: 1e8},
		&instruction.OpenAccount{Ref: string(make([]byte, 70_000))},
	} {
		if b, err := v.s.Step(v.now+1, &p, in, []byte{7}); err == nil || len(b) != 1 {
			t.Errorf("%T was written: %v", in, err)
		}
	}
	if v.s.Hash() != before {
		t.Error("the state changed")
	}
}

// TestUngated: a state behind an open gate judges by life and right alone, and is a state like any other.
func TestUngated(t *testing.T) {
	v := newVenue(t, 1)
	reader := &instruction.CreateKey{Account: 2, ID: instruction.KeyID{9}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayRead}}
	v.s = NewUngated()
	v.twin = New()
	v.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	v.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 8})
	v.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: terms})
	v.operator(&instruction.OpenAccount{Ref: "a customer"})
	v.operator(reader)
	v.operator(&instruction.Drop{Class: instruction.DropKeys})
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: 1}
	if r := v.s.Judge(v.now, &p, &instruction.CancelAll{Market: 1}); r.Reason() != instruction.RightMissing {
		t.Errorf("a key that may read cancels: %v", r.Reason())
	}
	if r := v.s.MayRead(v.now, &p); r.Reason() != instruction.WithinMandate {
		t.Errorf("a key that may read reads: %v", r.Reason())
	}
	v.operator(&instruction.RevokeKey{Credential: 1})
	if r := v.s.MayRead(v.now, &p); r.Reason() != instruction.DeletedCredential {
		t.Errorf("a deleted key reads: %v", r.Reason())
	}
}
