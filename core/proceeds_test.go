package core

import (
	"strings"
	"testing"

	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// robbed is a bounded venue where XYZ has been traded at 10 for long, the thief holds a key that withdraws and an owner's key,
// and the victim's key bought 100 XYZ of the thief at 90: he gained 8000 USDT, since one is worth 10.
func robbed(t testing.TB) (v *venue, own, out instruction.Credential) {
	v = bounded(t)
	own = v.makeKey(thief, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayRead | instruction.MayOwn })
	out = v.makeKey(thief, func(k *instruction.CreateKey) {
		k.Legacy, k.Mandate.Rights = true, instruction.MayRead|instruction.MayWithdraw
		k.Mandate.Networks = networks("192.0.2.0/24")
	})
	v.quiets()
	v.operator(&instruction.SetBudget{Account: victim + 2, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 90, 100_000), 0)
	v.want(v.in(2, victim, instruction.Buy, instruction.IOC, 90, 100_000), 0)
	if n := v.total(victim, 2); n != usdt(991_000) {
		t.Fatalf("the victim has %s", n.Text(8))
	}
	return v, own, out
}

const gain = 8_000e8

// quiets has XYZ trade at 10 for eight hours, so that this is its fair price.
func (v *venue) quiets() {
	v.t.Helper()
	for range 8 * 12 {
		v.want(v.in(2, house, instruction.Sell, instruction.GTC, 10, 1_000), 0)
		v.want(v.in(2, other, instruction.Buy, instruction.IOC, 10, 1_000), 0)
		v.pass(299 * instruction.Second)
	}
}

func (v *venue) heldOf(account int, x instruction.Asset) money.Amount {
	a := instruction.Account(account + 2)
	return v.s.proceeds.Held(v.s.Customer(a), a, x)
}

// TestProceedsHeld: by the operator's word the gain is held, and no more, once; it ends by time, to the unit.
func TestProceedsHeld(t *testing.T) {
	v, _, _ := robbed(t)
	was := v.s.Balance(thief+2, 2)
	r := v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.HoldProceeds{Credential: victim + 1})
	v.want(r, 0)
	all := events[*instruction.ProceedsHeld](r)
	if len(all) != 1 || all[0].Gain != gain || all[0].Amount != gain || all[0].Account != thief+2 || all[0].Until != v.s.clock.Waits()+3*instruction.Day {
		t.Fatalf("held is %+v", all)
	}
	if b := v.s.Balance(thief+2, 2); b.Free != was.Free-gain || b.Held != was.Held+gain || v.heldOf(thief, 2) != gain {
		t.Errorf("the thief has %+v, after %+v", b, was)
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.HoldProceeds{Credential: victim + 1}), instruction.NothingGained)
	restored(v)
	v.pass(3*instruction.Day - 1)
	if b := v.s.Balance(thief+2, 2); b.Free == was.Free {
		t.Error("it ended early")
	}
	v.pass(2 * instruction.Second)
	if b := v.s.Balance(thief+2, 2); b != was || len(v.s.Proceeds()) != 0 {
		t.Errorf("the thief has %+v, after %+v", b, was)
	}
}

// TestProceedsByAlarm: an alarm that puts a key into quarantine holds in the same record, for its incident; closing that ends it.
// A customer who shuts a key of his own holds nobody's money.
func TestProceedsByAlarm(t *testing.T) {
	v, _, _ := robbed(t)
	dead := v.deleted(other)
	v.orderAt(victim+1, homeNet)
	v.pass(2 * instruction.Day)
	v.sees(dead, cafeNet, true)
	r := v.orderAt(victim+1, cafeNet)
	v.want(r, instruction.SuspectNetwork)
	all := events[*instruction.ProceedsHeld](r)
	if len(all) != 1 || all[0].Amount != gain || all[0].Incident == 0 {
		t.Fatalf("held is %+v", all)
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.HoldProceeds{Credential: victim + 1, Incident: all[0].Incident, Keep: true}), 0)
	v.pass(4 * instruction.Day)
	if v.heldOf(thief, 2) != gain {
		t.Error("what is kept ended by time")
	}
	v.operator(&instruction.CloseIncident{Incident: all[0].Incident, Reason: "over"})
	v.tick()
	if v.heldOf(thief, 2) != 0 || v.s.Balance(thief+2, 2).Held != 0 {
		t.Error("the incident is closed and something is held still")
	}

	v, _, _ = robbed(t)
	word := v.makeKey(victim, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayRead | instruction.MayOwn })
	v.want(v.at(word, homeNet, &instruction.QuarantineKey{Credential: victim + 1}), 0)
	v.tick()
	v.tick()
	if len(v.s.Proceeds()) != 0 {
		t.Error("a customer held a stranger's money by his own word")
	}
}

// TestProceedsMissing: what is gone is covered by what else there is, by value; what rests in orders is caught when it comes
// free, in the same record, and by a withdrawal nothing that is owed leaves.
func TestProceedsMissing(t *testing.T) {
	v, _, out := robbed(t)
	v.want(v.by(thief, &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
		Price: usd(1_000), Qty: 1_008e8, ClientID: v.clientID()}), 0) // all of the 1,009,000 USDT but 1000 less the fee
	free := v.s.Balance(thief+2, 2).Free
	if free <= 0 || free > usdt(1_000) {
		t.Fatalf("%s USDT are free", free.Text(8))
	}
	v.operator(&instruction.HoldProceeds{Credential: victim + 1})
	h := v.s.Proceeds()[0]
	btc := v.heldOf(thief, 1)
	if v.heldOf(thief, 2) != free || h.Missing != 0 || btc < 0.69e8 || btc > 0.81e8 { // at 10,001 and 9,999
		t.Errorf("of what misses %s, %s USDT and %s BTC are held", h.Missing.Text(8), v.heldOf(thief, 2).Text(8), btc.Text(8))
	}
	x := &instruction.Withdraw{Asset: 1, Amount: 100e8, To: cold, Client: *ref(t, "out")}
	v.want(v.at(out, "192.0.2.7", x), instruction.ProceedsWithheld)
	if x.Amount = 1_000e8; true {
		v.want(v.at(out, "192.0.2.7", x), instruction.InsufficientBalance)
	}

	// Where even that rests in orders, it is caught as they are cancelled.
	v, _, _ = robbed(t)
	orders := []instruction.Record{
		v.by(thief, &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
			Price: usd(1_000), Qty: 1_009e8, ClientID: v.clientID()}),
		v.order(thief, instruction.Sell, instruction.GTC, 20_000, 100_000),
	}
	v.operator(&instruction.HoldProceeds{Credential: victim + 1})
	h = v.s.Proceeds()[0]
	missing := h.Missing
	if missing <= 0 {
		t.Fatalf("nothing misses; %+v", v.s.Balance(thief+2, 2))
	}
	r := v.by(thief, &instruction.CancelOrder{Market: 1, Order: v.placed(orders[1])})
	v.want(r, 0)
	if len(events[*instruction.ProceedsHeld](r)) == 0 || h.Missing != 0 {
		t.Errorf("%s of %s misses still after a cancel", h.Missing.Text(8), missing.Text(8))
	}
	was := v.s.Balance(thief+2, 1)
	v.operator(&instruction.ReleaseProceeds{ID: h.ID})
	if b := v.s.Balance(thief+2, 1); b.Free != 100e8 || was.Free >= b.Free {
		t.Errorf("released, there are %+v", b)
	}

	// What comes free by the deed of others is caught with a tick, and before a withdrawal.
	v, _, out = robbed(t)
	v.want(v.by(thief, &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
		Price: usd(1_000), Qty: 1_009e8, ClientID: v.clientID()}), 0)
	v.want(v.order(thief, instruction.Sell, instruction.GTC, 20_000, 100_000), 0)
	v.operator(&instruction.HoldProceeds{Credential: victim + 1})
	v.operator(&instruction.Credit{Account: thief + 2, Asset: 1, Amount: 5e8})
	x = &instruction.Withdraw{Asset: 1, Amount: 5e8, To: cold, Client: *ref(t, "fresh")}
	v.want(v.at(out, "192.0.2.7", x), instruction.ProceedsWithheld)
	if h = v.s.Proceeds()[0]; h.Missing != 0 {
		t.Errorf("%s misses still", h.Missing.Text(8))
	}
}

// TestProceedsOfFamily: what moved to another account of the same customer is held there.
func TestProceedsOfFamily(t *testing.T) {
	v, _, _ := robbed(t)
	v.operator(&instruction.OpenAccount{Parent: thief + 2, Ref: "purse"})
	purse := v.s.Accounts()
	mover := v.makeKey(thief, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayRead | instruction.MayTransfer })
	v.want(v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: mover},
		&instruction.Transfer{From: thief + 2, To: purse, Asset: 2, Amount: v.s.Balance(thief+2, 2).Free, Client: *ref(t, "move")}), 0)
	v.operator(&instruction.HoldProceeds{Credential: victim + 1})
	if n := v.s.Balance(purse, 2).Held; n != gain {
		t.Errorf("%s are held in the other account", n.Text(8))
	}
}

// TestProceedsAppeal: only the owner of what is held says why it should not be, three times, in a text that is one.
func TestProceedsAppeal(t *testing.T) {
	v, own, _ := robbed(t)
	stranger := v.makeKey(other, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayRead | instruction.MayOwn })
	v.operator(&instruction.HoldProceeds{Credential: victim + 1})
	id := v.s.Proceeds()[0].ID
	say := func(c instruction.Credential, id instruction.ProceedsID, text string, want instruction.Reason) {
		t.Helper()
		v.want(v.at(c, homeNet, &instruction.AppealProceeds{ID: id, Text: text}), want)
	}
	say(stranger, id, "it is mine", instruction.UnknownProceeds)
	say(thief+1, id, "it is mine", instruction.OwnerOnly)
	say(own, id+1, "it is mine", instruction.UnknownProceeds)
	say(own, id, " ", instruction.MalformedDefinition)
	say(own, id, "a\x1b[2J", instruction.MalformedDefinition)
	say(own, id, strings.Repeat("x", 501), instruction.MalformedDefinition)
	for range instruction.MaxAppeals {
		say(own, id, strings.Repeat("x", 500), 0)
	}
	say(own, id, "again", instruction.AppealsSpent)
	v.want(v.by(thief, &instruction.ReleaseProceeds{ID: id}), instruction.NotForCredentials)
	v.want(v.at(own, homeNet, &instruction.HoldProceeds{Credential: victim + 1}), instruction.NotForCredentials)
	v.operator(&instruction.ReleaseProceeds{ID: id})
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.ReleaseProceeds{ID: id}), instruction.UnknownProceeds)
}

// TestProceedsWithoutBudgets: what others gained is noted behind a gate that stands open too, and where nobody said in which asset
// worth is counted.
func TestProceedsWithoutBudgets(t *testing.T) {
	v := newVenue(t, 4)
	v.s.gate, v.twin.gate = gate.NewOff(view{s: v.s}), gate.NewOff(view{s: v.twin})
	for range 8 * 12 {
		v.want(v.order(0, instruction.Sell, instruction.GTC, 100, 1_000), 0)
		v.want(v.order(3, instruction.Buy, instruction.IOC, 100, 1_000), 0)
		v.pass(299 * instruction.Second)
	}
	v.want(v.order(2, instruction.Sell, instruction.GTC, 900, 1_000), 0)
	v.want(v.order(1, instruction.Buy, instruction.IOC, 900, 1_000), 0)
	v.operator(&instruction.HoldProceeds{Credential: 2})
	if n := v.heldOf(2, 2); n != usdt(800) {
		t.Errorf("%s are held of who sold for 900 what is worth 100", n.Text(8))
	}
}

// TestProceedsOfOpenOrders: what is gained from a key's open orders after it was shut, and before they are cancelled, is held as
// well.
func TestProceedsOfOpenOrders(t *testing.T) {
	v, _, _ := robbed(t)
	dead := v.deleted(other)
	v.orderAt(victim+1, homeNet)
	v.pass(2 * instruction.Day)
	v.quiets()
	v.want(v.in(2, victim, instruction.Buy, instruction.GTC, 90, 10_000), 0)
	v.sees(dead, cafeNet, true)
	v.want(v.orderAt(victim+1, cafeNet), instruction.SuspectNetwork)
	v.want(v.in(2, other, instruction.Sell, instruction.IOC, 90, 10_000), 0)
	for range 3 {
		v.tick()
	}
	if n := v.heldOf(other, 2); n != usdt(800) {
		t.Errorf("%s are held of who filled an order of a key in quarantine", n.Text(8))
	}
}
