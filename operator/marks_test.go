package operator

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// traders are accounts 2 and 3 of a venue that counts worth, who may lose all, with keys 1 and 2.
func (h *house) traders() {
	h.t.Helper()
	h.customer()
	must(h, AccountCreate, CreateAccount{Ref: "c-2"})
	must(h, MarketValuation, SetValuation{Asset: "USDT"})
	must(h, MarketRoute, SetRoute{Asset: "BTC", Symbols: []string{"BTCUSDT"}})
	for a := uint32(2); a <= 3; a++ {
		for _, x := range []string{"BTC", "USDT"} {
			must(h, AccountCredit, CreditAccount{Account: a, Asset: x, Amount: "100000", Ref: "r"})
		}
		must(h, KeyCreate, CreateKey{Account: a, Scheme: "ED25519", Rights: []string{"READ", "TRADE"}})
		must(h, BudgetSet, SetBudget{ShowBudget: ShowBudget{Account: a}, Loss: "100%", Fees: "100%"})
	}
}

// trade has one BTC traded at a price, in whole USDT.
func (h *house) trade(price int64) {
	h.t.Helper()
	for k, side := range []instruction.Side{instruction.Sell, instruction.Buy} {
		id, err := instruction.ClientIDOf(fmt.Sprint("t-", price, "-", k))
		if err != nil {
			h.t.Fatal(err)
		}
		h.give(instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(k + 1)}, &instruction.PlaceOrder{
			Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: money.Price(price * 1e6), Qty: 1e8, ClientID: id,
		})
	}
}

// give has an instruction carried out.
func (h *house) give(p instruction.Principal, in instruction.Instruction) {
	h.t.Helper()
	r, err := h.engine.Do(&p, in)
	var ev instruction.Events
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
		h.t.Fatalf("%T: %v, %v, %v", in, err, r.Verdict.Findings(), r.Refused(&ev))
	}
}

// TestHaltedByBand: a market that its band halted is told so, with what it saw, and the operator opens it before its time.
func TestHaltedByBand(t *testing.T) {
	h := newHouse(t)
	h.traders()
	must(h, MarksSet, SetMarks{Symbol: "BTCUSDT", Tier: "LIQUID", Depth: "1000000", Range: "5%", Volume: "1", Cool: "15m"})
	h.trade(100)
	if s := must(h, StatusShow, Nothing{}); len(s.Cooling) != 0 || s.Valuation != "USDT" || len(s.Unmarked)+len(s.Unrouted) != 0 {
		t.Errorf("%+v", s)
	}
	h.trade(106)
	if s := must(h, StatusShow, Nothing{}); !slices.Equal(s.Cooling, []string{"BTCUSDT"}) {
		t.Errorf("cooling: %v", s.Cooling)
	}
	m := must(h, MarksList, ListMarks{Symbol: "BTCUSDT"}).Markets[0]
	if m.State != "HALTED" || m.Cooling != text(h.clock.Now()+15*60*instruction.Second) || m.HourLow != "100.000000" || m.HourHigh != "106.000000" || m.HourTotal != "206.000000" {
		t.Errorf("%+v", m)
	}
	must(h, MarketSet, SetMarket{Symbol: "BTCUSDT", State: "OPEN"})
	if m := must(h, MarksList, ListMarks{}).Markets[0]; m.State != "OPEN" || m.Cooling != "" {
		t.Errorf("opened, it is told as %+v", m)
	}
	if s := must(h, StatusShow, Nothing{}); len(s.Cooling) != 0 {
		t.Errorf("opened, it cools: %v", s.Cooling)
	}
}

// TestReferenceShown: what a reference says is shown with its age, and as stale once it is.
func TestReferenceShown(t *testing.T) {
	h := newHouse(t)
	h.traders()
	on := true
	must(h, MarksSet, SetMarks{Symbol: "BTCUSDT", Tier: "LIQUID", Reference: &on})
	h.give(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Refer{Market: 1, Price: 100e6, Dated: start})
	for _, c := range []struct {
		after instruction.Time
		fresh bool
		high  string
	}{{0, true, "100.000000"}, {9 * instruction.Second, true, "100.000000"}, {instruction.Second, false, "100.000000"}, {60 * instruction.Second, false, ""}} {
		h.clock.Add(c.after)
		must(h, AccountCreate, CreateAccount{}) // a record of that time
		m := must(h, MarksList, ListMarks{Symbol: "BTCUSDT"}).Markets[0]
		if m.Fresh != c.fresh || m.High != c.high || m.Says != "100.000000" || m.AgeMillis != (h.clock.Now()-start).Milli() {
			t.Errorf("after %d more: %+v", c.after, m)
		}
		if s := must(h, StatusShow, Nothing{}); (len(s.Stale) == 0) != c.fresh {
			t.Errorf("after %d more: without a fresh reference are %v", c.after, s.Stale)
		}
	}
}

// TestMarksTogether: two who change different things of one market at once do not undo each other.
func TestMarksTogether(t *testing.T) {
	h := newHouse(t)
	h.traders()
	var all sync.WaitGroup
	const times = 40
	for _, change := range []func(i int) SetMarks{
		func(i int) SetMarks { return SetMarks{Symbol: "BTCUSDT", Depth: fmt.Sprint(i)} },
		func(i int) SetMarks { return SetMarks{Symbol: "BTCUSDT", Collar: fmt.Sprint(i, "%")} },
	} {
		all.Go(func() {
			for i := range times {
				must(h, MarksSet, change(i+1))
			}
		})
	}
	all.Wait()
	if m := must(h, MarksList, ListMarks{Symbol: "BTCUSDT"}).Markets[0]; m.Depth != "40.000000" || m.Collar != "40%" {
		t.Errorf("%+v", m.Taken)
	}
}

// TestSubAccountBudget: a sub-account's key is bounded by its own budget, its account's and its customer's, and all are shown.
func TestSubAccountBudget(t *testing.T) {
	h := newHouse(t)
	h.traders()
	sub := must(h, AccountCreate, CreateAccount{Ref: "sub", Parent: 2}).Account
	must(h, AccountCredit, CreditAccount{Account: sub, Asset: "USDT", Amount: "1000", Ref: "r"})
	must(h, KeyCreate, CreateKey{Account: sub, Label: "bot", Scheme: "ED25519", Rights: []string{"READ", "TRADE"}})
	must(h, BudgetSet, SetBudget{ShowBudget: ShowBudget{Account: sub}, Loss: "3%", Fees: "1%"})
	must(h, BudgetSet, SetBudget{ShowBudget: ShowBudget{Account: sub, Key: 3}, Loss: "2%"})
	r := must(h, BudgetShow, ShowBudget{Account: sub, Key: 3})
	var got []string
	for _, b := range r.Budgets {
		got = append(got, fmt.Sprint(b.Account, b.Key, " ", b.Loss.Rate, " ", b.Loss.Limit, " ", b.Fees.Rate))
	}
	want := []string{"4 3 2% 20.000000 1%", "4 0 3% 30.000000 1%", "2 0 100% 101000.000000 100%"}
	if !slices.Equal(got, want) || r.LossLeft != "20.000000" || r.FeesLeft != "10.000000" || r.Equity != "1000.000000" || r.Customer != "101000.000000" || r.Owned {
		t.Errorf("%q, want %q; %+v", got, want, r)
	}
	if code := refused(h, BudgetShow, ShowBudget{Account: 3, Key: 3}); code != "unknown-credential" {
		t.Errorf("another's key: %s", code)
	}
}
