package core

import (
	"testing"

	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Who is who where budgets are in force: account 0 is the house, which quotes and may lose all; the victim and the thief
// have 100 BTC and 1,000,000 USDT, which is 2,000,000 at 10,000 a BTC.
const (
	house  = 0
	victim = 1
	thief  = 2
	other  = 3
)

// bounded is a venue where budgets are in force: BTCUSDT is liquid and quoted at 9,999 and 10,001, and XYZUSDT, market 2, is
// thin. Everybody has 100,000 XYZ.
func bounded(t testing.TB) *venue {
	v := newVenue(t, 4)
	v.operator(&instruction.AddAsset{Symbol: "XYZ", Scale: 8})
	x := terms
	x.MakerFee, x.TakerFee = 0, 0
	v.operator(&instruction.AddMarket{Base: 3, Quote: 2, Terms: x})
	v.operator(&instruction.SetValuation{Asset: 2})
	v.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}})
	v.operator(&instruction.SetRoute{Asset: 3, Markets: []instruction.Market{2}})
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: usdt(100_000_000)}})
	v.operator(&instruction.SetMarks{Market: 2, Marks: instruction.Marks{Tier: instruction.Thin}})
	for i := range instruction.Account(4) {
		v.operator(&instruction.Credit{Account: i + 2, Asset: 3, Amount: 100_000e8})
	}
	for _, i := range []instruction.Account{house, thief, other} {
		v.operator(&instruction.SetBudget{Account: i + 2, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	}
	v.want(v.order(house, instruction.Buy, instruction.GTC, 9_999, 50_000), 0)
	v.want(v.order(house, instruction.Sell, instruction.GTC, 10_001, 50_000), 0)
	v.pass(61 * instruction.Second)
	return v
}

// in places a limit order in a market, at a price in USDT and a quantity in thousandths.
func (v *venue) in(m instruction.Market, account int, side instruction.Side, tif instruction.TimeInForce, price, milli int64) instruction.Record {
	v.t.Helper()
	return v.by(account, &instruction.PlaceOrder{
		Market: m, Side: side, Type: instruction.Limit, TIF: tif,
		Price: money.Price(price * 1e8), Qty: money.Amount(milli * 1e5), ClientID: v.clientID(),
	})
}

// total is what an account has of an asset, free and held.
func (v *venue) total(account int, x instruction.Asset) money.Amount {
	b := v.s.ledger.Balance(instruction.Account(account+2), x)
	return b.Free + b.Held
}

func (v *venue) lost(account int) money.Amount {
	x := v.s.budgets.Statement(v.s.clock.Waits(), budget.Party{Account: instruction.Account(account + 2)}, budget.Equity{})
	return x.Loss.Spent
}

// TestThinUnnamed: in a thin market that nobody named, what is received counts for nothing, whatever it cost.
func TestThinUnnamed(t *testing.T) {
	v := bounded(t)
	was := v.total(victim, 2)
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
	r := v.in(2, victim, instruction.Buy, instruction.GTC, 100, 500_000) // 50,000 where 40,000 may be lost
	v.want(r, instruction.LossOverBudget)
	if f := r.Verdict.Findings(); len(f) != 2 || f[1] != (instruction.Finding{Reason: instruction.NothingForIt, Value: 2}) {
		t.Errorf("the denial says %v", f)
	}
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 100, 390_000), 0)
	if got := was - v.total(victim, 2); got != usdt(39_000) {
		t.Fatalf("the victim paid %d", got)
	}
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 100, 20_000), instruction.LossOverBudget)
	v.want(v.in(2, victim, instruction.Sell, instruction.GTC, 1, 1_000), instruction.WithoutMark)
	v.pass(23 * 3600 * instruction.Second)
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 100, 20_000), instruction.LossOverBudget)
	v.pass(3 * 3600 * instruction.Second)
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 100, 20_000), 0)
}

// TestSalami: many small orders, in both sides and all markets, are bounded together; so are several keys of an account.
func TestSalami(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.CreateKey{
		Account: victim + 2, ID: instruction.KeyID{77}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 7),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade},
	})
	was := v.total(victim, 2)
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
	for i := range 80 {
		key := victim
		if i%2 == 1 {
			key = 4
		}
		v.in(2, key, instruction.Buy, []instruction.TimeInForce{instruction.GTC, instruction.IOC}[i/2%2], 100, 10_000)
	}
	lost := was - v.total(victim, 2)
	if lost > usdt(40_000) || lost < usdt(38_000) {
		t.Errorf("80 slices of 1,000 took %d.%08d", lost/1e8, lost%1e8)
	}
}

// TestMakerSide: an order that rests is asked again when it is met. Whoever moves the market away from it takes no more than the
// budget.
func TestMakerSide(t *testing.T) {
	v := bounded(t)
	// the victim's bid is near the market when it comes, and far above it when it is met
	v.want(v.order(victim, instruction.Buy, instruction.GTC, 9_990, 50_000), 0) // 499,500
	v.by(house, &instruction.CancelAll{Market: 1})
	v.want(v.order(house, instruction.Sell, instruction.GTC, 9_995, 1_000), 0)
	v.pass(2 * instruction.Second)
	v.by(house, &instruction.CancelAll{Market: 1})
	v.by(victim, &instruction.CancelAll{Market: 1})
	v.want(v.order(house, instruction.Buy, instruction.GTC, 8_999, 50_000), 0)
	v.want(v.order(house, instruction.Sell, instruction.GTC, 9_001, 50_000), 0)
	v.pass(61 * instruction.Second) // fair is 9,000 now, and equity 1,900,000
	was, coins := v.total(victim, 2), v.total(victim, 1)
	r := v.order(victim, instruction.Buy, instruction.GTC, 9_600, 80_000) // past the house's 50 BTC it would rest at 9,600
	v.want(r, 0)
	v.by(thief, &instruction.PlaceOrder{Market: 1, Side: instruction.Sell, Type: instruction.MarketType, TIF: instruction.IOC, Qty: milli(30_000), ClientID: v.clientID()})
	paid, got := was-v.total(victim, 2), v.total(victim, 1)-coins
	fair, _ := money.Notional(usd(9_000), got, 8, money.Down)
	if loss := paid - fair; loss > usdt(38_000) {
		t.Errorf("the victim lost %d.%08d", loss/1e8, loss%1e8)
	}
}

// TestMarketOrderIsCut: a market order takes what its budget bears and expires.
func TestMarketOrderIsCut(t *testing.T) {
	v := bounded(t)
	v.want(v.order(thief, instruction.Sell, instruction.GTC, 15_000, 50_000), 0)
	r := v.by(victim, &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC, Qty: milli(70_000), ClientID: v.clientID()})
	v.want(r, 0)
	spent := events[*instruction.BudgetSpent](r)
	if len(spent) != 1 || spent[0].Limit != instruction.LossLimit || spent[0].Account != victim+2 {
		t.Errorf("the record says %+v of the budget", spent)
	}
	if v.s.Market(1).Book.Find(events[*instruction.OrderPlaced](r)[0].Order) != 0 {
		t.Error("it did not expire")
	}
	if lost := v.lost(victim); lost > usdt(40_000) || lost < usdt(39_000) {
		t.Errorf("%d counts as lost", lost)
	}
	v.want(v.order(victim, instruction.Buy, instruction.GTC, 15_000, 1_000), instruction.LossOverBudget)
}

// TestFOKIsWholeOrNothing: a fill-or-kill order that a budget does not bear whole does nothing, on either side.
func TestFOKIsWholeOrNothing(t *testing.T) {
	v := bounded(t)
	v.by(house, &instruction.CancelAll{Market: 1})
	v.want(v.order(thief, instruction.Sell, instruction.GTC, 10_001, 1_000), 0)
	v.want(v.order(thief, instruction.Sell, instruction.GTC, 12_000, 50_000), 0)
	v.want(v.order(victim, instruction.Buy, instruction.FOK, 12_000, 40_000), instruction.LossOverBudget)
	v.want(v.order(other, instruction.Buy, instruction.FOK, 12_000, 40_000), 0)
	if got := v.total(other, 1); got != 140e8-40e8*2/1000 {
		t.Errorf("whoever may lose all has %d", got)
	}
}

// TestConfirmation: what is lost between two confirmations is bounded too, whatever comes back each day.
func TestConfirmation(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.CreateKey{
		Account: victim + 2, ID: instruction.KeyID{99}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 9),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
	})
	was := v.total(victim, 2)
	for range 10 {
		v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
	}
	var last instruction.Record
	for range 9 {
		for range 5 {
			last = v.in(2, victim, instruction.Buy, instruction.GTC, 100, 78_000)
		}
		v.pass(26 * 3600 * instruction.Second)
	}
	v.want(last, instruction.LossUnconfirmed)
	lost := was - v.total(victim, 2)
	if lost > usdt(200_000) || lost < usdt(150_000) {
		t.Fatalf("%d were lost unconfirmed", lost/1e8)
	}
	v.want(v.by(4, &instruction.ConfirmBudget{Account: victim + 2, Credential: victim + 1}), 0)
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 100, 50_000), 0)
}

// TestStopRests: a stop that starts when the market has run away sells what its budget bears, rests for the rest where it is
// borne, follows the mark, and is filled once what was lost has come back.
func TestStopRests(t *testing.T) {
	v := bounded(t)
	v.want(v.order(other, instruction.Sell, instruction.IOC, 9_999, 1), 0) // there is a last price
	r := v.by(victim, &instruction.PlaceOrder{
		Market: 1, Side: instruction.Sell, Type: instruction.MarketType, TIF: instruction.IOC, Qty: milli(90_000),
		Trigger: instruction.StopLoss, Stop: usd(9_900), ClientID: v.clientID(),
	})
	v.want(r, 0)
	id := events[*instruction.OrderPlaced](r)[0].Order
	v.by(house, &instruction.CancelAll{Market: 1})
	v.want(v.order(house, instruction.Buy, instruction.GTC, 9_000, 100_000), 0)
	v.want(v.order(house, instruction.Sell, instruction.GTC, 9_002, 50_000), 0)
	r = v.order(other, instruction.Sell, instruction.IOC, 9_000, 1) // the crash prints
	capped := events[*instruction.OrderCapped](r)
	if len(capped) != 1 || capped[0].Order != id {
		t.Fatalf("the stop is not capped: %+v, closed %+v, refused %+v", capped, events[*instruction.OrderClosed](r), events[*instruction.StartRefused](r))
	}
	if lost := v.lost(victim); lost > usdt(40_000) {
		t.Errorf("%d counts as lost", lost)
	}
	b := v.s.Market(1).Book
	first := b.At(b.Find(id)).Price
	v.pass(61 * instruction.Second)
	o := b.At(b.Find(id))
	if o.Price >= first || o.Price < usd(9_000) || o.Price > usd(9_020) {
		t.Errorf("capped at %d, it rests at %d where the mark is 9,001 and nothing is left to lose", first, o.Price)
	}
	if typ, tif, asked := b.Asked(o); typ != instruction.MarketType || tif != instruction.IOC || asked != 0 {
		t.Errorf("it is shown as %v %v at %d", typ, tif, asked)
	}
	v.pass(27 * 3600 * instruction.Second) // what was lost has come back
	if b.Find(id) != 0 {
		t.Errorf("%d are still to be sold, at %d", b.At(b.Find(id)).Left(), b.At(b.Find(id)).Price)
	}
	if lost := v.lost(victim); lost > usdt(40_000) {
		t.Errorf("%d counts as lost", lost)
	}
}

// TestSweep: when a budget is gone, the owner is told, and open orders are cancelled that it does not bear; others stay.
func TestSweep(t *testing.T) {
	for _, met := range []string{"at a match", "at the gate"} {
		v := bounded(t)
		v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: usdt(100_000_000)}})
		dear, far := v.order(victim, instruction.Buy, instruction.GTC, 9_990, 5_000), v.order(victim, instruction.Buy, instruction.GTC, 5_000, 100)
		v.want(dear, 0)
		v.want(far, 0)
		v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
		v.want(v.in(2, victim, instruction.Buy, instruction.IOC, 100, 360_000), 0) // 36,000 are gone, of 37,200 once a BTC is worth 9,000
		v.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Refer{Market: 1, Price: usd(9_000), Dated: v.s.Clock().Now})
		v.pass(instruction.Second)
		var r instruction.Record
		if met == "at a match" { // at 10,001 where 9,000 counts
			r = v.by(victim, &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC, Qty: milli(2_000), ClientID: v.clientID()})
			v.want(r, 0)
		} else {
			r = v.in(2, victim, instruction.Buy, instruction.GTC, 100, 20_000)
			v.want(r, instruction.LossOverBudget)
		}
		told := events[*instruction.BudgetSpent](r)
		if len(told) != 1 || told[0].Account != victim+2 || told[0].Limit != instruction.LossLimit || (told[0].Order == 0) != (met == "at the gate") {
			t.Errorf("%s: the owner is told %+v", met, told)
		}
		if again := events[*instruction.BudgetSpent](v.in(2, victim, instruction.Buy, instruction.GTC, 100, 20_000)); len(again) != 0 {
			t.Errorf("%s: the owner is told again", met)
		}
		v.pass(10 * instruction.Second)
		b := v.s.Market(1).Book
		if b.Find(events[*instruction.OrderPlaced](dear)[0].Order) != 0 {
			t.Errorf("%s: an order stays that would lose 4,950 where 1,200 are left", met)
		}
		if b.Find(events[*instruction.OrderPlaced](far)[0].Order) == 0 {
			t.Errorf("%s: an order that the budget bears was cancelled", met)
		}
	}
}

// TestBands: price and volume breaking out together halt a market until it is cool; either alone does not.
func TestBands(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.SetMarks{Market: 2, Marks: instruction.Marks{
		Tier: instruction.Thin, Bands: instruction.Bands{Range: 150_000, Volume: 5, Cool: 10 * 60 * instruction.Second},
	}})
	for range 8 * 24 {
		v.want(v.in(2, house, instruction.Sell, instruction.GTC, 100, 1_000), 0)
		v.want(v.in(2, other, instruction.Buy, instruction.IOC, 100, 1_000), 0)
		v.pass(3600 * instruction.Second)
	}
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 100, 100), 0)
	v.want(v.in(2, other, instruction.Buy, instruction.IOC, 100, 100), 0)
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 120, 2_000), 0)
	v.want(v.in(2, other, instruction.Buy, instruction.IOC, 120, 2_000), 0) // range alone
	if v.s.Market(2).State != instruction.Open {
		t.Fatal("halted by its price alone")
	}
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 120, 20_000), 0)
	r := v.in(2, other, instruction.Buy, instruction.IOC, 120, 20_000)
	if broken := events[*instruction.BandBroken](r); len(broken) != 1 || broken[0].High != usd(120) || broken[0].Usual != usdt(100) {
		t.Errorf("%+v", broken)
	}
	if m := v.s.Market(2); m.State != instruction.Halted || m.Cool == 0 {
		t.Fatalf("the market is %v", m.State)
	}
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 100, 1_000), instruction.MarketClosed)
	v.pass(10*60*instruction.Second + MaxJump)
	if v.s.Market(2).State != instruction.Open {
		t.Error("it did not open again")
	}
	// What halted it halts it no more: else anybody's dust would, at each opening, for an hour.
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 120, 10), 0)
	v.want(v.in(2, other, instruction.Buy, instruction.IOC, 120, 10), 0)
	if v.s.Market(2).State != instruction.Open {
		t.Error("one trade of dust halted it again")
	}
	v.s = restored(v)
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 100, 20_000), 0)
	v.want(v.in(2, other, instruction.Buy, instruction.IOC, 100, 20_000), 0)
	if v.s.Market(2).State != instruction.Halted {
		t.Error("it broke out a second time, and is open")
	}
}

// TestCollar: a price too far beyond the mark is refused before the book sees it.
func TestCollar(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{
		Tier: instruction.Liquid, Depth: usdt(100_000_000), Bands: instruction.Bands{Collar: 100_000},
	}})
	v.want(v.order(other, instruction.Buy, instruction.GTC, 11_100, 1), instruction.OutsideCollar)
	v.want(v.order(other, instruction.Sell, instruction.GTC, 8_990, 1), instruction.OutsideCollar)
	v.want(v.order(other, instruction.Buy, instruction.GTC, 10_990, 1), 0)
	v.want(v.order(other, instruction.Buy, instruction.GTC, 1_000, 1), 0)
}

// TestSetBudget: less holds at once; more is the owner's to say, at once up to 5 percent and beyond after the wait; the operator
// raises only where there is no owner. A revoked key's raise vanishes.
func TestSetBudget(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.CreateKey{
		Account: victim + 2, ID: instruction.KeyID{99}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 9),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
	})
	set := func(c instruction.Credential, loss money.PPM) *instruction.SetBudget {
		return &instruction.SetBudget{Account: victim + 2, Credential: c, Budget: instruction.Budget{Loss: loss, Fees: 20_000}}
	}
	has := func(c instruction.Credential, loss money.PPM) {
		t.Helper()
		if b, _, _ := v.s.budgets.Limits(budget.Party{Credential: c, Account: victim + 2}); b.Loss != loss {
			t.Errorf("the budget is %d, want %d", b.Loss, loss)
		}
	}
	word := instruction.Principal{Giver: instruction.ByOperator}
	const own = 4
	v.want(v.by(victim, set(0, 1)), instruction.OwnerOnly)
	v.want(v.by(thief, set(0, 1)), instruction.OwnerOnly)
	v.want(v.step(word, set(0, 20_001)), instruction.OwnerOnly)
	v.want(v.step(word, set(0, 10_000)), 0)
	has(0, 10_000)
	has(victim+1, 10_000) // a key has its account's
	v.want(v.by(own, set(victim+1, 30_000)), 0)
	has(victim+1, 30_000)
	v.want(v.by(own, set(0, 90_000)), 0)
	has(0, 50_000) // at once as far as is prompt
	v.want(v.by(own, set(victim+1, 200_000)), 0)
	v.want(v.by(own, set(thief+1, 1)), instruction.KeyNotYours)
	v.want(v.by(own, set(victim+1, money.Whole+1)), instruction.BudgetOutOfRange)
	v.want(v.by(own, &instruction.RevokeKey{Credential: victim + 1}), 0)
	v.pass(24*3600*instruction.Second - MaxJump)
	has(0, 50_000)
	v.pass(2 * MaxJump)
	has(0, 90_000)
	if n := v.s.owner.Of(victim + 2); len(n) != 0 {
		t.Errorf("%v still wait", n)
	}
}

// TestTransfersGiveNoBudget: what is moved between the accounts of a customer is not counted twice.
func TestTransfersGiveNoBudget(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.OpenAccount{Ref: "sub", Parent: victim + 2})
	sub := v.s.Accounts()
	v.operator(&instruction.CreateKey{
		Account: sub, ID: instruction.KeyID{88}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 8),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade},
	})
	v.operator(&instruction.CreateKey{
		Account: victim + 2, ID: instruction.KeyID{89}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 6),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade | instruction.MayTransfer},
	})
	both := func() money.Amount {
		return v.total(victim, 2) + v.s.ledger.Balance(sub, 2).Free + v.s.ledger.Balance(sub, 2).Held
	}
	was := both()
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
	for i := range 60 {
		v.in(2, victim, instruction.Buy, instruction.IOC, 100, 10_000)
		v.in(2, 4, instruction.Buy, instruction.IOC, 100, 10_000)
		if i%10 == 9 {
			from, to := instruction.Account(victim+2), sub
			if i%20 == 19 {
				from, to = to, from
			}
			v.by(5, &instruction.Transfer{From: from, To: to, Asset: 2, Amount: usdt(400_000)})
			v.by(5, &instruction.Transfer{From: from, To: to, Asset: 1, Amount: 40e8})
			v.pass(2 * instruction.Second)
		}
	}
	if lost := was - both(); lost > usdt(40_000) || lost < usdt(30_000) {
		t.Errorf("%d.%08d were lost", lost/1e8, lost%1e8)
	}
}

// paired is bounded with XYZUSDT as liquid as BTCUSDT, and XYZBTC as market 3: the prices are 100 USDT, and 0.01 BTC around
// which the house quotes.
func paired(t *testing.T, pair instruction.MarkTier) *venue {
	v := bounded(t)
	x := instruction.Terms{Tick: 100, MinPrice: 1e5, MaxPrice: 1e12, Lot: 1e6, MaxQty: 1e14}
	v.operator(&instruction.AddMarket{Base: 3, Quote: 1, Terms: x})
	v.operator(&instruction.SetMarks{Market: 2, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: usdt(100_000_000)}})
	v.operator(&instruction.SetMarks{Market: 3, Marks: instruction.Marks{Tier: pair, Depth: usdt(100_000_000)}})
	v.want(v.in(2, house, instruction.Buy, instruction.GTC, 99, 1_000), 0)
	v.want(v.in(2, house, instruction.Sell, instruction.GTC, 101, 1_000), 0)
	v.want(v.pair(house, instruction.Buy, 999_900), 0)
	v.want(v.pair(house, instruction.Sell, 1_000_100), 0)
	v.pass(61 * instruction.Second)
	return v
}

// pair places an order for 5,000 XYZ against BTC, at a price in 10^-8.
func (v *venue) pair(account int, side instruction.Side, price money.Price) instruction.Record {
	v.t.Helper()
	return v.by(account, &instruction.PlaceOrder{
		Market: 3, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: price, Qty: 5_000e8, ClientID: v.clientID(),
	})
}

// TestPair: two coins are compared by the mark of their own market where it is liquid, which admits an error once; by their
// routes, each of which admits one, where it is not. Whoever moves one of the marks gains nothing: the other counts then.
func TestPair(t *testing.T) {
	for _, c := range []struct {
		pair  instruction.MarkTier
		side  instruction.Side
		price money.Price
		lost  money.Amount // of 500,000 USDT that are traded; the thief's own order moves the middle by half a basis point
	}{
		{instruction.Liquid, instruction.Buy, 1_000_000, 525e8},
		{instruction.Liquid, instruction.Sell, 1_000_000, 525e8},
		{instruction.Liquid, instruction.Buy, 1_000_100, 550_0500_0000},
		{instruction.Liquid, instruction.Sell, 999_900, 550e8},
		{instruction.Thin, instruction.Buy, 1_000_000, 1_000e8},
		{instruction.Thin, instruction.Sell, 1_000_000, 1_000e8},
	} {
		v := paired(t, c.pair)
		v.want(v.pair(thief, c.side.Opposite(), c.price), 0)
		v.want(v.pair(victim, c.side, c.price), 0)
		if got := v.lost(victim); got != c.lost {
			t.Errorf("%v, %v at %d: %s was charged, not %s", c.pair, c.side, c.price, got.Text(8), c.lost.Text(8))
		}
	}
	v := paired(t, instruction.Liquid) // both markets say that the coin is worth 100, whoever moves the pair
	v.by(house, &instruction.CancelAll{Market: 3})
	v.want(v.pair(thief, instruction.Buy, 1_090_000), 0)
	v.want(v.pair(thief, instruction.Sell, 1_110_000), 0)
	v.pass(61 * instruction.Second)
	v.want(v.pair(victim, instruction.Buy, 1_110_000), 0)
	if got := v.lost(victim); got < 55_000e8 {
		t.Errorf("%s was charged for a coin worth 100 at 111", got.Text(8))
	}
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 101, 300_000), 0)
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 101, 300_000), 0)
	was := v.lost(victim)
	v.pair(victim, instruction.Sell, 1_090_000) // 45,000 gained by the routes, 5,000 lost by the pair
	if got := v.lost(victim); got < was {
		t.Errorf("%s was credited for a gain that only one of the two ways sees", (was - got).Text(8))
	}
}

// TestNothingGivesBack: neither a new key, nor deleting the old one, nor a restart, nor a clock that jumps a day ahead gives
// back what a budget has lost.
func TestNothingGivesBack(t *testing.T) {
	v := bounded(t)
	was := v.total(victim, 2)
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10_000_000), 0)
	spend := func(key int) {
		for range 10 {
			v.in(2, key, instruction.Buy, instruction.IOC, 100, 100_000)
			v.in(2, key, instruction.Buy, instruction.IOC, 100, 9_000)
		}
	}
	spend(victim)
	for i := range 5 {
		v.operator(&instruction.RevokeKey{Credential: instruction.Credential(max(victim+1, 4+i))})
		v.operator(&instruction.CreateKey{
			Account: victim + 2, ID: instruction.KeyID{77, byte(i)}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), byte(70+i)),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade},
		})
		spend(4 + i)
		v.s = restored(v)
		spend(4 + i)
		v.now += instruction.Day
		spend(4 + i)
		v.operator(&instruction.ConfirmClock{})
		spend(4 + i)
		v.pass(3600 * instruction.Second)
	}
	if lost := was - v.total(victim, 2); lost > usdt(40_000) || lost < usdt(39_000) {
		t.Errorf("%d.%08d were lost", lost/1e8, lost%1e8)
	}
}

// TestFollowersInTurn: of more capped orders than one tick looks at, each second has others looked at, and all in their turn.
func TestFollowersInTurn(t *testing.T) {
	v := bounded(t)
	x := terms
	x.Filters.MaxAlgo = 150
	v.operator(&instruction.SetTerms{Market: 1, Terms: x})
	v.want(v.order(other, instruction.Sell, instruction.IOC, 9_999, 1), 0)
	for range 130 {
		v.want(v.by(victim, &instruction.PlaceOrder{
			Market: 1, Side: instruction.Sell, Type: instruction.MarketType, TIF: instruction.IOC, Qty: milli(700),
			Trigger: instruction.StopLoss, Stop: usd(9_900), ClientID: v.clientID(),
		}), 0)
	}
	v.by(house, &instruction.CancelAll{Market: 1})
	v.want(v.order(house, instruction.Buy, instruction.GTC, 8_000, 90_000), 0)
	v.want(v.order(house, instruction.Sell, instruction.GTC, 20_000, 50_000), 0)
	v.want(v.order(other, instruction.Sell, instruction.IOC, 8_000, 1), 0)
	m := v.s.Market(1)
	all := m.Book.Capped()
	if all <= maxFollows {
		t.Fatalf("%d orders are capped", all)
	}
	seen := map[instruction.Order]int{}
	for range 13 {
		v.now += instruction.Second
		v.tick()
		if m.Book.Capped() != all || len(v.s.follows) != maxFollows {
			t.Fatalf("of %d capped orders, %d now, %d were looked at", all, m.Book.Capped(), len(v.s.follows))
		}
		for _, x := range v.s.follows {
			seen[x.id]++
		}
	}
	for id, n := range seen {
		if n < 13*maxFollows/all-2 {
			t.Errorf("order %d was looked at %d times of 13", id, n)
		}
	}
	if len(seen) != all {
		t.Errorf("%d of %d were looked at", len(seen), all)
	}
}
