package daemon

import (
	"bytes"
	"net/netip"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// goldenGate is what layout version 4 knows of detection rules, of what others gained from a key, and of leaks, told from the time
// now on. In market 5, where one is worth 100, key 16 of account 8 buys of key 18 at 140: a rule puts it into quarantine, and what
// account 9 gained is held, of which some misses. The owners' keys of both are 17 and 19. Keys 20 and 21 were made for one third
// party, whose keys leaked; account 10 is account 8's.
//
// It ends with a pack of three rules, of which one is suspended and one fires on what goOn asks for, in shadow; with a proposal; with
// a hold that is kept; and with both kinds of a cohort's drops.
func goldenGate(now instruction.Time) []told {
	return slices.Concat(goldenRobbed(now), goldenRules(), goldenProceeds(), goldenCohorts())
}

// goldenRule is a rule that judges by one feature.
func goldenRule(name string, when instruction.When, does instruction.Response, f instruction.Feature, is instruction.OpCode, n int64) instruction.Rule {
	return instruction.Rule{
		Name: name, Catches: "What the golden story has for " + name + ".", Condition: f.String() + " and a number", When: when,
		Severity: instruction.Medium, Response: does,
		Program: []instruction.Op{{Do: instruction.OpFeature, Value: int64(f)}, {Do: is, Value: n}},
	}
}

// goldenPack are rules 1 to 4.
func goldenPack() []instruction.Rule {
	seen := goldenRule("seen", instruction.WhenOrder, instruction.RespondDeny, instruction.KeyOrders24h, instruction.OpAtLeast, 0)
	seen.Shadow = true
	losing := goldenRule("losing", instruction.WhenOrder, instruction.RespondDeny, instruction.KeyLoss1h, instruction.OpMoreThan, 20)
	losing.Severity, losing.Measures = instruction.Critical, instruction.Quarantine
	leaving := goldenRule("leaving", instruction.WhenWithdrawal, instruction.RespondHold, instruction.RequestWithdrawal, instruction.OpIs, 1)
	hosted := goldenRule("hosted", instruction.WhenTransfer, instruction.RespondAlarm, instruction.RequestHosting, instruction.OpIs, 1)
	return []instruction.Rule{seen, losing, leaving, hosted}
}

func goldenVenuePrincipal() *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr("127.0.0.1")}
}

// secondOperator is another one than who gives what the story says nobody of.
func secondOperator() *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByOperator, Operator: 1001}
}

// goldenOrder is a limit order of market 5.
func goldenOrder(id string, side instruction.Side, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{Market: 5, Side: side, Type: instruction.Limit, TIF: tif, Price: price, Qty: qty, ClientID: goldenName(id)}
}

// goldenRobbed has key 16 lose to key 18, whose account then has little that is free.
func goldenRobbed(now instruction.Time) []told {
	terms := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e15, MinNotional: 1e8, MakerFee: 1000, TakerFee: 1000}
	key := func(n byte, a instruction.Account, rights instruction.Rights, integrator string, created instruction.Time) *instruction.CreateKey {
		return &instruction.CreateKey{Account: a, ID: instruction.KeyID{n}, Scheme: instruction.Ed25519, Material: bytes.Repeat([]byte{n}, 32),
			Mandate: instruction.Mandate{Rights: rights | instruction.MayRead}, Integrator: integrator, Created: created}
	}
	const trade, own, move = instruction.MayTrade, instruction.MayOwn, instruction.MayTransfer
	all := instruction.Budget{Loss: money.Whole, Fees: money.Whole}
	victim, thief := goldenTrader(16), goldenTrader(18)
	story := []told{
		{in: &instruction.AddAsset{Symbol: "XMR", Scale: 8}}, {in: &instruction.AddMarket{Base: 6, Quote: 2, Terms: terms}},
		{in: &instruction.SetRoute{Asset: 6, Markets: []instruction.Market{5}}},
		{in: &instruction.SetMarks{Market: 5, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: 1_000_000e8}}},
		{in: &instruction.OpenAccount{Ref: "robbed"}}, {in: &instruction.OpenAccount{Ref: "robber"}}, {in: &instruction.OpenAccount{Ref: "purse", Parent: 8}},
		{in: &instruction.SetBudget{Account: 8, Budget: all}}, {in: &instruction.SetBudget{Account: 9, Budget: all}},
		{in: key(16, 8, trade, "", 0)}, {in: key(17, 8, own, "", 0)}, {in: key(18, 9, trade, "", 0)}, {in: key(19, 9, own, "", 0)},
		{in: key(20, 8, trade|move, "swing", 1_490_000_000_000_000)}, {in: key(21, 8, trade, "swing", 1_500_000_000_000_000)},
	}
	for _, c := range []instruction.Credit{{Account: 8, Asset: 2, Amount: 10_000e8}, {Account: 9, Asset: 6, Amount: 100e8}, {Account: 7, Asset: 6, Amount: 100e8}} {
		story = append(story, told{in: &c})
	}
	return append(story,
		told{in: &instruction.Refer{Market: 5, Price: 100e8, Dated: now}, by: goldenVenuePrincipal()},
		told{in: goldenOrder("dear", instruction.Sell, instruction.GTC, 140e8, 10e8), by: thief},
		told{in: goldenOrder("bought", instruction.Buy, instruction.IOC, 140e8, 10e8), by: victim},
		told{in: goldenOrder("hides", instruction.Buy, instruction.GTC, 90e8, 14e8), by: thief},
		told{in: goldenOrder("hides2", instruction.Sell, instruction.GTC, 500e8, 895e7), by: thief},
		told{in: goldenOrder("swept", instruction.Buy, instruction.GTC, 80e8, 1e8), by: goldenTrader(21)},
	)
}

// goldenRules has packs set, proposed, agreed to and rejected, rules suspended, and each rule fire.
func goldenRules() []told {
	pack, two := goldenPack(), secondOperator()
	set := func(reason string, rules []instruction.Rule) *instruction.SetRules {
		return &instruction.SetRules{Reason: reason, Rules: rules}
	}
	answer := func(id instruction.ProposalID, yes bool) *instruction.AnswerRules {
		return &instruction.AnswerRules{Proposal: id, Yes: yes}
	}
	snooze := func(rule instruction.RuleID, a instruction.Account, t instruction.Time) *instruction.SnoozeRule {
		return &instruction.SnoozeRule{Rule: rule, Account: a, For: t, Reason: "market making"}
	}
	out := &instruction.Withdraw{Asset: 2, Amount: 5e8, To: instruction.Destination{Chain: "USDT", Address: "outside-1", Tag: "7"}, Client: goldenName("ruled")}
	return []told{
		{in: set("to begin with", pack[:2]), by: goldenVenuePrincipal()}, {in: set("to begin with", pack), by: goldenVenuePrincipal(), fails: true},
		{in: set("two more", pack)}, {in: set("the same", pack), fails: true}, {in: set("", pack[:1]), fails: true},
		{in: set("too loud", pack[:1])}, // waits
		{in: answer(1, true), fails: true}, {in: answer(1, false), by: two}, {in: answer(1, true), by: two, fails: true},
		{in: snooze(4, 8, instruction.Day)}, {in: answer(2, true), by: two}, {in: snooze(4, 8, 0)}, {in: snooze(4, 8, 0), fails: true},
		{in: out, by: goldenTrader(9), fails: true}, // it waits
		{in: goldenOrder("more", instruction.Buy, instruction.IOC, 140e8, 1e8), by: goldenTrader(16), fails: true},
	}
}

// goldenProceeds has what account 9 gained held and kept, and what account 7 did held and released.
func goldenProceeds() []told {
	word := func(id instruction.ProceedsID, text string) *instruction.AppealProceeds {
		return &instruction.AppealProceeds{ID: id, Text: text}
	}
	victim, his := goldenTrader(17), goldenTrader(19)
	return []told{
		{in: word(1, "it was my price"), by: his}, {in: word(1, ""), by: his, fails: true}, {in: word(1, "mine"), by: victim, fails: true},
		{in: &instruction.HoldProceeds{Credential: 16, Incident: 3, Keep: true}}, {in: &instruction.HoldProceeds{Credential: 16}, fails: true},
		{in: &instruction.RestoreKey{Credential: 16}, by: victim}, // which vouches for it
		{in: goldenOrder("next", instruction.Sell, instruction.GTC, 150e8, 1e8), by: goldenTrader(15)},
		{in: goldenOrder("bought2", instruction.Buy, instruction.IOC, 150e8, 1e8), by: goldenTrader(16)},
		{in: &instruction.HoldProceeds{Credential: 16}},
		{in: &instruction.ReleaseProceeds{ID: 2}}, {in: &instruction.ReleaseProceeds{ID: 2}, fails: true},
		{in: goldenOrder("small", instruction.Sell, instruction.GTC, 150e8, 1e7), by: goldenTrader(15)},
		{in: goldenOrder("bought3", instruction.Buy, instruction.IOC, 150e8, 1e7), by: goldenTrader(16)}, // nobody holds that yet
	}
}

// goldenCohorts shuts what leaked, by the venue's margin and by an operator; key 20 is confirmed. In the end rule 3 is gone, rule 4 is
// suspended for account 10, and another suspension waits.
func goldenCohorts() []told {
	by := func(n int, hosting bool) *instruction.Principal {
		p := goldenTrader(n)
		p.Hosting = hosting
		return p
	}
	shut := &instruction.ShutCohort{
		Incident: 2, Inside: instruction.Scope{Integrator: "swing", After: 1_500_000_000_000_000, Before: 1_500_000_000_000_001},
		Rest: instruction.Scope{Integrator: "swing"}, Margin: 800, Victims: 5, Reason: "keys leaked",
	}
	words := &instruction.ShutCohort{Inside: instruction.Scope{AliveAt: 1_480_000_000_000_000, Client: 42}, Reason: "a copy of 2016"}
	move := func(id string) *instruction.Transfer {
		return &instruction.Transfer{From: 8, To: 10, Asset: 2, Amount: 7e8, Client: goldenName(id)}
	}
	pack, two := goldenPack(), secondOperator()
	rest := append(pack[:2:2], pack[3])
	venue := goldenVenuePrincipal()
	return []told{
		{in: shut, by: venue, fails: true}, {in: &instruction.SetCohorts{Margin: 691}}, {in: &instruction.SetCohorts{Margin: 1}, fails: true},
		{in: shut, by: venue}, {in: shut, by: venue, fails: true}, {in: words},
		{in: goldenOrder("shut", instruction.Buy, instruction.GTC, 80e8, 1e8), by: by(21, false), fails: true},
		{in: move("step"), by: by(20, true), fails: true},
		{in: &instruction.RenewKey{Credential: 20}, by: goldenTrader(17), after: instruction.Second},
		{in: move("step2"), by: by(20, true)}, // a rule fires, and it goes on
		{in: &instruction.SetRules{Reason: "too loud", Rules: rest}}, {in: &instruction.AnswerRules{Proposal: 3, Yes: true}, by: two},
		{in: &instruction.SnoozeRule{Rule: 4, Account: 10, For: instruction.Day, Reason: "its owner asked"}}, {in: &instruction.AnswerRules{Proposal: 4, Yes: true}, by: two},
		{in: &instruction.SnoozeRule{Rule: 2, For: instruction.MinSnooze, Reason: "waits"}, by: two},
	}
}
