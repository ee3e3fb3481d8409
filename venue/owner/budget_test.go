package owner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// traded is a past in which worth is counted in USDT, BTC is 10,000 and liquid, and Alice's bots, which have 100,000, have
// bought one from Bob for 10,010: 9 over the mid, and 10.01 that the mark may be off.
func traded(h *house) {
	h.operator(&instruction.SetValuation{Asset: 2})
	h.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}})
	h.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: money.MaxAmount}})
	h.operator(&instruction.OpenAccount{Ref: "maker"})
	const maker = 5
	for a, usdt := range map[instruction.Account]money.Amount{maker: 1_000_000e6, 4: 100_000e6} {
		h.operator(&instruction.Credit{Account: a, Asset: 2, Amount: usdt})
	}
	h.operator(&instruction.Credit{Account: maker, Asset: 1, Amount: 100e8})
	h.operator(&instruction.SetBudget{Account: maker, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	quotes := h.key(maker, instruction.MayRead|instruction.MayTrade)
	n := 0
	order := func(k *testKey, side instruction.Side, price money.Price, qty money.Amount) {
		n++
		name, _ := instruction.ClientIDOf(fmt.Sprintf("o-%d", n))
		h.give(k.by(), &instruction.PlaceOrder{
			Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: price * 1e6, Qty: qty, ClientID: name,
		})
	}
	order(quotes, instruction.Buy, 9_992, 10e8)
	order(quotes, instruction.Sell, 10_010, 10e8)
	h.seconds(62)
	order(h.bot, instruction.Buy, 10_010, 1e8)
}

// seconds lets time pass as a venue lets it that stands still at no time.
func (h *house) seconds(n instruction.Time) {
	h.t.Helper()
	for end := h.clock.Now() + n*instruction.Second; h.clock.Now() < end; {
		h.clock.Add(2 * instruction.Second)
		h.give(&instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
}

// budgetOf is the budget of a key, or of an account where that is 0, as its owner sees it.
func (h *house) budgetOf(a, k uint32) Budget {
	h.t.Helper()
	list := into[Budgets](h.t, h.get(h.alice, "budgets")).Budgets
	i := slices.IndexFunc(list, func(b Budget) bool { return b.Account == a && b.Key == k })
	if i < 0 {
		h.t.Fatalf("account %d, key %d: not in %+v", a, k, list)
	}
	return list[i]
}

// TestBudgets: the owner sees what each account and key may lose, what of it is gone and when it comes back, and confirms that it
// was meant.
func TestBudgets(t *testing.T) {
	h := newHouse(t, traded)
	key := uint32(h.bot.number)
	all := into[Budgets](t, h.get(h.alice, "budgets"))
	if all.Asset != "USDT" || all.Equity != "99991.000000" || len(all.Budgets) != 3 || all.More { // what was bought counts at the mark
		t.Errorf("%+v", all)
	}
	for _, at := range [][2]uint32{{2, 0}, {4, 0}, {4, key}} { // a sub-account's loss counts three times
		b := h.budgetOf(at[0], at[1])
		if b.Loss.Rate != "2%" || b.Loss.Limit != "1999.820000" || b.Loss.Spent != "19.010000" || b.Loss.Since != b.Loss.Spent || b.Loss.SinceLimit != "9999.100000" ||
			b.Loss.Left != "1980.810000" || b.Loss.Bound != "LOSS" || b.Fees.Spent != "0.000000" || b.Fees.SinceLimit != "19998.200000" {
			t.Errorf("%v: %+v", at, b)
		}
		if back := b.Loss.Back; len(back) != 1 || back[0] != (Return{"2026-03-02T02:00:00.000000Z", "19.010000"}) {
			t.Errorf("%v comes back %+v", at, back)
		}
	}
	if list := into[Budgets](t, h.get(h.bob, "budgets")); len(list.Budgets) != 1 || list.Budgets[0].Account != 3 {
		t.Errorf("Bob sees %+v", list)
	}
	said := into[Done](t, h.post(h.alice, "budgets/confirm", fmt.Sprintf(`{"key":%d}`, key)))
	if len(said.Done) != 1 || !strings.Contains(said.Done[0], "confirmed") {
		t.Errorf("%+v", said)
	}
	for _, at := range [][2]uint32{{2, 0}, {4, 0}, {4, key}} {
		b := h.budgetOf(at[0], at[1])
		if want := map[bool]string{true: "19.010000", false: "0.000000"}[at[0] == 2]; b.Loss.Since != want || b.Loss.Spent != "19.010000" {
			t.Errorf("confirmed for the key and its account, %v has %s since, %s in 24 hours", at, b.Loss.Since, b.Loss.Spent)
		}
	}
	if a := h.post(h.alice, "budgets/confirm", fmt.Sprintf(`{"key":%d}`, key)); a.status != 422 || a.code() != "nothing-to-confirm" {
		t.Errorf("again: %s", a.body)
	}
}

// TestSetBudgets: less holds at once, more does up to 5%, and what is beyond waits, is told of in words, and can be stopped.
func TestSetBudgets(t *testing.T) {
	h := newHouse(t, traded)
	key := uint32(h.bot.number)
	set := func(body string) Done {
		t.Helper()
		return into[Done](t, h.post(h.alice, "budgets/set", body))
	}
	if done := set(fmt.Sprintf(`{"key":%d,"loss":"0.5%%"}`, key)); len(done.Waiting) != 0 || !strings.Contains(strings.Join(done.Done, " "), "may lose 0.5% of equity and pay 2% in fees") {
		t.Errorf("%+v", done)
	}
	if b := h.budgetOf(4, key); b.Loss.Limit != "499.955000" || b.Fees.Rate != "2%" || b.Loss.BoundKey != key || b.Loss.Left != "480.945000" {
		t.Errorf("%+v", b)
	}
	done := set(`{"account":4,"loss":"20%"}`)
	if len(done.Waiting) != 1 || done.Waiting[0].Kind != "HIGHER_BUDGET" || done.Waiting[0].Key != 0 || done.Waiting[0].Account != 4 ||
		done.Waiting[0].What != "Account 4 is to be able to lose 20% of equity and pay 2% in fees in 24 hours." || !strings.Contains(done.Waiting[0].How, "portcullis owner no") {
		t.Errorf("%+v", done)
	}
	if b := h.budgetOf(4, 0); b.Loss.Rate != "5%" || b.Loss.Bound != "LOSS" || b.Loss.BoundAccount != 2 {
		t.Errorf("while it waits: %+v", b)
	}
	into[Done](t, h.post(h.alice, "answer", fmt.Sprintf(`{"matter":%d,"yes":false}`, done.Waiting[0].Matter)))
	if list := into[Waiting](t, h.get(h.alice, "waiting")).Waiting; len(list) != 0 {
		t.Errorf("after the no: %+v", list)
	}
	for body, want := range map[string]string{
		`{}`: "Say what may be lost", `{"loss":"3"}`: "written as 3%", `{"loss":"101%"}`: "0% to 100%", `{"loss":"-1%"}`: "0% to 100%", `{"loss":"1.00001%"}`: "four decimals",
	} {
		if a := h.post(h.alice, "budgets/set", body); a.status != 400 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	for _, body := range []string{fmt.Sprintf(`{"key":%d,"loss":"1%%"}`, key), `{"key":999,"loss":"1%"}`, `{"account":4,"loss":"1%"}`, fmt.Sprintf(`{"account":3,"key":%d,"loss":"1%%"}`, key)} {
		if a := h.post(h.bob, "budgets/set", body); a.status != 404 && a.status != 403 {
			t.Errorf("another owner sets %s: %d %s", body, a.status, a.body)
		}
	}
}

// TestNameMarkets: a market is named for the customer and unnamed, and shown with what counts against its cap.
func TestNameMarkets(t *testing.T) {
	h := newHouse(t, func(h *house) {
		traded(h)
		h.operator(&instruction.AddAsset{Symbol: "XYZ", Scale: 8})
		h.operator(&instruction.AddMarket{Base: 3, Quote: 2, Terms: instruction.Terms{
			Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, Lot: 1_000, MaxQty: 100_000_000_000}})
	})
	list := func() []Market {
		t.Helper()
		return into[Markets](t, h.get(h.alice, "markets")).Markets
	}
	if l := list(); len(l) != 1 || l[0].Symbol != "XYZUSDT" || l[0].Named || l[0].Cap != "9999.100000" || l[0].Left != l[0].Cap {
		t.Errorf("%+v", l)
	}
	if done := into[Done](t, h.post(h.alice, "markets/name", `{"symbol":"XYZUSDT"}`)); len(done.Done) != 1 || !strings.HasPrefix(done.Done[0], "XYZUSDT is named") {
		t.Errorf("%+v", done)
	}
	if l := list(); !l[0].Named {
		t.Errorf("%+v", l)
	}
	if l := into[Markets](t, h.get(h.bob, "markets")).Markets; l[0].Named {
		t.Error("Bob named it too")
	}
	if a := h.post(h.alice, "markets/name", `{"symbol":"XYZUSDT"}`); a.code() != "named-so" {
		t.Errorf("again: %s", a.body)
	}
	if a := h.post(h.alice, "markets/name", `{"symbol":"nonsense"}`); a.status != 400 || !strings.Contains(a.body, "There is no market") {
		t.Errorf("%s", a.body)
	}
	into[Done](t, h.post(h.alice, "markets/unname", `{"symbol":"XYZUSDT"}`))
	if l := list(); l[0].Named {
		t.Errorf("%+v", l)
	}
}

// TestNoValuation: where nobody said in what worth is counted, the answers say so by leaving the asset out.
func TestNoValuation(t *testing.T) {
	h := newHouse(t)
	if r := into[Budgets](t, h.get(h.alice, "budgets")); r.Asset != "" || r.Equity != "0" || len(r.Budgets) != 3 {
		t.Errorf("%+v", r)
	}
	h.state(func(s *core.State) {
		if s.Valuation() != 0 {
			t.Error("there is a valuation")
		}
	})
}
