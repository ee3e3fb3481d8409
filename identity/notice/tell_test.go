package notice

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

var update = flag.Bool("update", false, "write testdata/told.txt and docs/NOTICES.md as they are now")

// toldState is a state with two customers, the first with a sub-account, an owner's key, an API key, a decoy and an asset.
func toldState(t *testing.T) *core.State {
	s := core.New()
	key := func(n byte, a instruction.Account, rights instruction.Rights) *instruction.CreateKey {
		return &instruction.CreateKey{Account: a, ID: instruction.KeyID{n}, Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: rights}}
	}
	decoy := key(3, 4, instruction.MayRead)
	decoy.Canary, decoy.Label = true, "backup 7"
	now := start
	var buf []byte
	for _, in := range []instruction.Instruction{
		&instruction.AddAsset{Symbol: "BTC", Scale: 8}, &instruction.AddAsset{Symbol: "USDT", Scale: 6},
		&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, Lot: 1_000, MaxQty: 100_000_000_000}},
		&instruction.OpenAccount{Ref: "customer-1"}, &instruction.OpenAccount{Parent: 2},
		&instruction.OpenAccount{Ref: "venue"}, key(1, 2, instruction.MayRead|instruction.MayTrade), key(2, 3, instruction.MayRead), decoy,
		&instruction.SetRules{Reason: "first", Rules: []instruction.Rule{{
			Name: "stranger-who-loses", Catches: "A key that is used from a new network, and loses money at once.", Condition: "key.loss_1h >= 10",
			When: instruction.WhenOrder, Severity: instruction.High, Response: instruction.RespondDeny, Measures: instruction.Quarantine,
			Program: []instruction.Op{{Do: instruction.OpFeature, Value: int64(instruction.KeyLoss1h)}, {Do: instruction.OpAtLeast, Value: 10}},
		}}},
		&instruction.Credit{Account: 2, Asset: 1, Amount: 2}, &instruction.CreateKey{Account: 2, ID: instruction.KeyID{4}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 4),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}},
		&instruction.IssueCodes{Account: 2, Asset: 1, Amount: 1, Expires: start + instruction.Year, Codes: []instruction.NewCode{{Hash: instruction.CodeHash{1}}}},
		&instruction.ClaimCode{Hash: instruction.CodeHash{1}, To: toldTo},
	} {
		p := instruction.Principal{Giver: instruction.ByOperator}
		switch in.(type) {
		case *instruction.IssueCodes:
			p = instruction.Principal{Giver: instruction.ByCredential, Credential: 4}
		case *instruction.ClaimCode:
			p = instruction.Principal{Giver: instruction.ByBearer}
		}
		var err error
		now += instruction.Second
		if buf, err = s.Step(now, &p, in, buf[:0]); err != nil {
			t.Fatal(err)
		}
		var r instruction.Record
		var ev instruction.Events
		if err := r.Decode(1, buf); err != nil || r.Refused(&ev) != 0 {
			t.Fatalf("%T: %v, %v", in, err, r.Refused(&ev))
		}
	}
	return s
}

var (
	byOperator = instruction.Principal{Giver: instruction.ByOperator, Operator: 1000}
	byOwner    = instruction.Principal{Giver: instruction.ByCredential, Credential: 1, Addr: netip.MustParseAddr("198.51.100.7")}
	byVenue    = instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr("198.51.100.7")}
	byEngine   = instruction.Principal{Giver: instruction.ByEngine}
	byWallet   = instruction.Principal{Giver: instruction.ByWallet}
	toldCoin   = instruction.Outpoint{Tx: instruction.TxID{0xa1, 31: 0xa2}, Index: 3}
	toldTo     = instruction.Destination{Chain: "BTC", Address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Tag: "104729"}
)

// story is a record, by what happened in it.
type story struct {
	name   string
	p      *instruction.Principal
	events []instruction.Event
}

func stories() []story {
	due := start + instruction.Day
	network := instruction.NetworkOf(netip.MustParseAddr("198.51.100.7"))
	key := func(rights instruction.Rights, canary, legacy bool) *instruction.KeyCreated {
		return &instruction.KeyCreated{ID: 2, Key: instruction.CreateKey{Account: 3, ID: instruction.KeyID{2}, Scheme: instruction.Ed25519, Label: "Jane Doe's bot",
			Mandate: instruction.Mandate{Rights: rights}, Canary: canary, Legacy: legacy}}
	}
	wider := instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}
	widening := instruction.Matter{Kind: instruction.Widening, Account: 3, Due: due, Credential: 2, Mandate: wider}
	address := instruction.Matter{Kind: instruction.NewAddress, Account: 2, Due: due, Asset: 1, To: toldTo, Label: "at my aunt's"}
	shorter := instruction.Matter{Kind: instruction.ShorterWait, Account: 2, Due: due, Wait: instruction.Day}
	out := instruction.Matter{Kind: instruction.Outgoing, Account: 2, Due: due, Credential: 1, Asset: 1, To: toldTo, Payout: 9}
	higher := instruction.Matter{Kind: instruction.HigherBudget, Account: 2, Due: due, Budget: instruction.Budget{Loss: 100_000, Fees: 50_000}}
	ask := out
	ask.Ask = true
	made := func(state instruction.PayoutState) *instruction.PayoutMade {
		return &instruction.PayoutMade{ID: 9, Account: 2, Credential: 1, Asset: 1, Amount: 150_000_000, To: toldTo, State: state}
	}
	closed := func(kind instruction.MatterKind, end instruction.MatterEnd) *instruction.MatterClosed {
		return &instruction.MatterClosed{ID: 5, End: end, Kind: kind, Account: 2}
	}
	moved := func(state instruction.PayoutState) *instruction.PayoutMoved {
		return &instruction.PayoutMoved{ID: 9, State: state, Account: 2}
	}
	type list = []instruction.Event
	return []story{
		{"a key for a bot", &byOperator, list{key(instruction.MayRead, false, false)}},
		{"an owner's key", &byOperator, list{key(instruction.MayRead|instruction.MayOwn, false, false)}},
		{"a decoy, of which nobody is told", &byOperator, list{key(instruction.MayRead, true, false), &instruction.KeyRevoked{Credential: 3}}},
		{"a key brought from elsewhere, likewise", &byOperator, list{key(instruction.MayRead, false, true)}},
		{"a key is deleted, and what waited for it is gone", &byOwner, list{&instruction.KeyRevoked{Credential: 2}, closed(instruction.Widening, instruction.ByVanishing)}},
		{"a mandate changes: narrower at once, wider later", &byOwner, list{&instruction.MandateSet{Credential: 2, Mandate: instruction.Mandate{Rights: instruction.MayRead}},
			closed(instruction.Widening, instruction.BySuccessor), &instruction.MatterOpened{ID: 6, Matter: widening}}},
		{"a wider mandate's wait is over", &byEngine, list{closed(instruction.Widening, instruction.ByTime), &instruction.MandateSet{Credential: 2, Mandate: wider}}},
		{"keys age", &byEngine, list{&instruction.KeyAging{Credential: 1, Days: 30}, &instruction.KeyAging{Credential: 1, Days: 7}, &instruction.KeyAging{Credential: 1, Days: 1},
			&instruction.KeyAging{Credential: 1}}},
		{"a quarantine by word, and its end", &byOwner, list{&instruction.KeyQuarantined{Credential: 2, Cause: instruction.QuarantinedByWord}, &instruction.KeyRestored{Credential: 2}}},
		{"a quarantine by an alarm, in a record of a key", &byOwner, list{&instruction.KeyQuarantined{Credential: 1, Cause: instruction.QuarantinedByAlarm, Incident: 4}}},
		{"a quarantine by a rule, in a record of a key", &byOwner, list{&instruction.RuleFired{Rule: 1, Pack: 1, Mode: instruction.Enforced, Tell: true},
			&instruction.KeyQuarantined{Credential: 1, Cause: instruction.QuarantinedByRule, Incident: 4}}},
		{"a rule that fires again, of which nobody is told", &byOwner, list{&instruction.RuleFired{Rule: 1, Pack: 1, Mode: instruction.Enforced}}},
		{"other rules are proposed, and agreed to", &byOperator, list{
			&instruction.RulesProposed{ID: 2, Operator: 1000, Due: due, Reason: "too loud"},
			&instruction.RulesProposed{ID: 3, Operator: 1000, Due: due, Reason: "market making", Snooze: instruction.Snooze{Rule: 1, Account: 2, Until: instruction.Day}},
			&instruction.RulesSet{Pack: 2, Proposal: 2, Reason: "too loud"}}},
		{"a rule is suspended, and no longer", &byOperator, list{&instruction.RuleSnoozed{Snooze: instruction.Snooze{Rule: 1, Account: 2, Until: due}},
			&instruction.RuleSnoozed{Snooze: instruction.Snooze{Rule: 1}}}},
		{"an owner vouches for a key, which he knows", &byOwner, list{&instruction.RuleSnoozed{Snooze: instruction.Snooze{Account: 2, Credential: 1, Until: due}}}},
		{"a lock and its end", &byOwner, list{&instruction.AccountLocked{Account: 2, Reason: "a laptop was stolen"}, &instruction.AccountUnlocked{Account: 2}}},
		{"a longer wait ends a shorter one's", &byOwner, list{closed(instruction.ShorterWait, instruction.BySuccessor), &instruction.WaitSet{Account: 2, Wait: 3 * instruction.Day}}},
		{"a shorter wait", &byOwner, list{&instruction.MatterOpened{ID: 5, Matter: shorter}}},
		{"it holds", &byEngine, list{closed(instruction.ShorterWait, instruction.ByTime), &instruction.WaitSet{Account: 2, Wait: instruction.Day}}},
		{"an address", &byOwner, list{&instruction.MatterOpened{ID: 5, Matter: address}}},
		{"it is added", &byEngine, list{closed(instruction.NewAddress, instruction.ByTime), &instruction.AddressAdded{Account: 2, Asset: 1, To: toldTo, Label: "at my aunt's"}}},
		{"it is stopped", &byOperator, list{closed(instruction.NewAddress, instruction.ByNo)}},
		{"one is added without a wait, and one is removed", &byOwner, list{&instruction.AddressAdded{Account: 2, Asset: 1, To: toldTo}, &instruction.AddressRemoved{Account: 2, Asset: 1, To: toldTo}}},
		{"a withdrawal to an address of the book", &byOwner, list{made(instruction.PayoutClaimed)}},
		{"a withdrawal to a new address", &byOwner, list{made(instruction.PayoutHeld), &instruction.MatterOpened{ID: 5, Matter: out}}},
		{"it goes out", &byEngine, list{closed(instruction.Outgoing, instruction.ByTime), moved(instruction.PayoutClaimed)}},
		{"a withdrawal over a cap", &byOwner, list{&instruction.MatterOpened{ID: 5, Matter: ask}, made(instruction.PayoutChallenged)}},
		{"nobody says yes", &byEngine, list{closed(instruction.Outgoing, instruction.BySilence), moved(instruction.PayoutCancelled)}},
		{"somebody says yes", &byOwner, list{closed(instruction.Outgoing, instruction.ByYes), moved(instruction.PayoutClaimed)}},
		{"two are stopped in one record", &byOwner, list{closed(instruction.Outgoing, instruction.ByNo), moved(instruction.PayoutCancelled),
			&instruction.MatterClosed{ID: 7, End: instruction.ByNo, Kind: instruction.Outgoing, Account: 2}, moved(instruction.PayoutCancelled)}},
		{"it arrives", &byVenue, list{moved(instruction.PayoutSettled)}},
		{"a decoy is used, and an incident opened", &byVenue, list{&instruction.Alarmed{Credential: 3, Network: network, Proven: true},
			&instruction.IncidentOpened{ID: 4, Cause: instruction.CanaryUsed, Network: network}}},
		{"a deleted key is used, which the incident tells of", &byVenue, list{&instruction.Alarmed{Credential: 2, Network: network},
			&instruction.IncidentOpened{ID: 4, Cause: instruction.TwoTombstones, Network: network}}},
		{"an incident is closed", &byOperator, list{&instruction.IncidentClosed{ID: 4, Reason: "a backup was stolen; its keys are deleted"}}},
		{"the clock jumps", &byEngine, list{&instruction.ClockFroze{From: start, To: start + 3*instruction.Second}}},
		{"a drop, and its end", &byOperator, list{&instruction.Dropped{ID: 1, Drop: instruction.Drop{Class: instruction.DropWithdrawals, Reason: "we look into a theft"}},
			&instruction.Raised{Drop: 1, Share: 100}}},
		{"a drop of keys, without a word", &byOperator, list{&instruction.Dropped{ID: 2, Drop: instruction.Drop{Class: instruction.DropKeys,
			Scope: instruction.Scope{Asset: 1, Networks: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, Integrator: "grid bots", Before: start}}}}},
		{"the venue shuts a cohort, and asks for the rest", &byVenue, list{
			&instruction.Dropped{ID: 3, Drop: instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{AliveAt: start, Before: start - 1}, Reason: "a leak is looked into"}},
			&instruction.Dropped{ID: 4, Drop: instruction.Drop{Class: instruction.DropStepUp, Scope: instruction.Scope{After: 1}}},
			&instruction.CohortShut{Incident: 4, Inside: 3, Rest: 4, Margin: 731, Victims: 6, ByVenue: true}}},
		{"an operator does", &byOperator, list{
			&instruction.Dropped{ID: 5, Drop: instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Before: start + instruction.Year}}},
			&instruction.CohortShut{Incident: 4, Inside: 5}}},
		{"the venue may, and may not", &byOperator, list{&instruction.CohortsSet{Margin: 691}, &instruction.CohortsSet{}}},
		{"budgets: lower for a key, higher for an account, of which a part waits", &byOwner, list{
			&instruction.BudgetSet{Account: 2, Credential: 1, Budget: instruction.Budget{Loss: 5_000, Fees: 20_000}},
			&instruction.BudgetSet{Account: 2, Budget: instruction.PromptBudget}, &instruction.MatterOpened{ID: 5, Matter: higher}}},
		{"a higher budget's wait is over", &byEngine, list{closed(instruction.HigherBudget, instruction.ByTime), &instruction.BudgetSet{Account: 2, Budget: higher.Budget}}},
		{"losses are confirmed", &byOwner, list{&instruction.BudgetConfirmed{Account: 2, Credential: 1}}},
		{"a market is named, and no longer", &byOwner, list{&instruction.MarketNamed{Account: 2, Market: 1}, &instruction.MarketNamed{Account: 2, Market: 1, Off: true}}},
		{"a budget stops an order, which expires", &byOwner, list{&instruction.BudgetSpent{Account: 2, Credential: 1, Limit: instruction.LossLimit, Market: 1, Order: 77},
			&instruction.OrderClosed{Market: 1, Order: 77, Account: 2, Cause: instruction.ByBudget}}},
		{"an account's limit between two confirmations", &byOwner, list{&instruction.BudgetSpent{Account: 3, Limit: instruction.LossConfirmation, Market: 1, Order: 78}}},
		{"two accounts are swept, the second in vain", &byEngine, list{&instruction.OrderClosed{Market: 1, Order: 70, Account: 2, Cause: instruction.ByBudget},
			&instruction.OrderClosed{Market: 1, Order: 71, Account: 2, Cause: instruction.ByBudget}, &instruction.BudgetSwept{Account: 2}, &instruction.BudgetSwept{Account: 4}}},
		{"a market breaks out", &byOwner, list{&instruction.BandBroken{Market: 1, Low: 1_000_000, High: 2_000_000, Volume: 50_000_000, Usual: 1_000_000, Until: due}}},
		{"proceeds are held of two customers, of one in two accounts and not whole", &byVenue, list{
			&instruction.ProceedsHeld{ID: 8, Account: 2, Asset: 2, Amount: 3_000_000, Credential: 1, Incident: 4, Until: due, Market: 1, Of: 2, Gain: 9_000_000, Covers: 3_000_000, Missing: 6_000_000},
			&instruction.ProceedsHeld{ID: 8, Account: 3, Asset: 1, Amount: 50_000, Credential: 1, Incident: 4, Until: due, Market: 1, Of: 2, Gain: 9_000_000, Covers: 5_000_000, Missing: 1_000_000},
			&instruction.ProceedsHeld{ID: 9, Account: 4, Asset: 1, Credential: 1, Incident: 4, Until: due, Market: 1, Of: 1, Gain: 70_000_000, Missing: 70_000_000, Indirect: true}}},
		{"the rest of it comes free", &byEngine, list{
			&instruction.ProceedsHeld{ID: 8, Account: 2, Asset: 2, Amount: 1_000_000, Credential: 1, Until: due, Market: 1, Of: 2, Gain: 9_000_000, Covers: 1_000_000}}},
		{"proceeds are appealed against, kept, and released", &byOperator, list{&instruction.ProceedsAppealed{ID: 8, Text: "I sold at my price", Account: 2},
			&instruction.ProceedsKept{ID: 8, Incident: 4, Account: 2}, &instruction.ProceedsReleased{ID: 8, End: instruction.ProceedsByIncident, Account: 2}}},
		{"what happens all day", &byOwner, list{&instruction.Refused{Part: instruction.Whole, Reason: instruction.UnknownAccount}, &instruction.KeyRenewed{Credential: 1}}},
		{"an owner's key is deleted, and what it asked for is over", &byOwner, list{&instruction.KeyRevoked{Credential: 1}, closed(instruction.NewAddress, instruction.ByDisowning),
			closed(instruction.Outgoing, instruction.ByDisowning), moved(instruction.PayoutCancelled)}},
		{"it is sent by a chain, with one of another customer", &byWallet, list{&instruction.SpendSeen{Asset: 1, Spend: 7, Tx: toldCoin.Tx,
			Sent: []instruction.Sent{{Payout: 9, Account: 2}, {Payout: 10, Account: 4}, {Payout: 11, Account: instruction.Fees}}}}},
		{"a transaction that pays nobody, of which nobody is told", &byWallet, list{&instruction.SpendSeen{Asset: 1, Spend: 8, Tx: toldCoin.Tx}}},
		{"the venue stops one", &byOperator, list{moved(instruction.PayoutCancelled)}},
		{"a block settles one transaction, and another's payout is owed again", &byWallet, list{&instruction.SpendSettled{Asset: 1, Spend: 7, Height: 840_000},
			moved(instruction.PayoutSettled), &instruction.PayoutMoved{ID: 10, State: instruction.PayoutClaimed, Account: 4}}},
		{"a coin is stolen", &byWallet, list{&instruction.SpendDied{Asset: 1, Spend: 7, By: toldCoin.Tx}, moved(instruction.PayoutClaimed)}},
		{"a coin is gone", &byWallet, list{&instruction.SpendDied{Asset: 1, Spend: 7}}},
		{"a block with coins, of which nobody is told", &byWallet, list{&instruction.BlockAdded{Asset: 1, Height: 840_000,
			Received: []instruction.Received{{Coin: toldCoin, Amount: 150_000_000, Account: 2}}, Whole: true}}},
		{"deposits are credited, one to the hot address, one of who owed", &byWallet, list{
			&instruction.DepositCredited{Asset: 1, Coin: toldCoin, Account: 2, Amount: 150_000_000},
			&instruction.DepositCredited{Asset: 1, Coin: toldCoin, Account: instruction.Fees, Amount: 150_000_000},
			&instruction.DepositCredited{Asset: 1, Coin: toldCoin, Account: 3, Amount: 150_000_000, Owed: 50_000_000}}},
		{"deposits are undone, of one the amount is gone", &byWallet, list{
			&instruction.DepositUndone{Asset: 1, Coin: toldCoin, Account: 2, Taken: 150_000_000},
			&instruction.DepositUndone{Asset: 1, Coin: toldCoin, Account: instruction.Fees, Taken: 150_000_000},
			&instruction.DepositUndone{Asset: 1, Coin: toldCoin, Account: 3, Taken: 50_000_000, Owed: 100_000_000}}},
		{"a chain has too little", &byWallet, list{&instruction.ShortageProven{Asset: 1, Height: 840_000, Confirmed: 90_000_000, InFlight: 5_000_000, Owed: 100_000_000},
			&instruction.Dropped{ID: 6, Drop: instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: 1}, Reason: "What the venue has of BTC on its chain does not cover what it owes"}},
			&instruction.IncidentOpened{ID: 5, Cause: instruction.Shortage}}},
		{"gift codes are issued", &byOwner, list{&instruction.CodesIssued{First: 3, Account: 2, Credential: 1, Asset: 1, Amount: 150_000_000, Expires: due, Codes: make([]instruction.NewCode, 2)}}},
		{"one is claimed into an account, one to an address", &byOwner, list{&instruction.CodeClaimed{ID: 3, Issuer: 2, Account: 3},
			&instruction.PayoutMade{ID: 4, Account: instruction.Fees, Asset: 1, Amount: 150_000_000, To: toldTo, State: instruction.PayoutClaimed},
			&instruction.CodeClaimed{ID: 4, Issuer: 2, Payout: 4}}},
		{"one is taken back, one expires", &byOwner, list{&instruction.CodeReturned{ID: 5, Issuer: 2}, &instruction.CodeReturned{ID: 6, Issuer: 2, Expired: true}}},
		{"the payout of one is cancelled, that of another arrives", &byVenue, list{
			&instruction.PayoutMoved{ID: 1, Account: instruction.Fees, State: instruction.PayoutCancelled}, &instruction.PayoutMoved{ID: 2, Account: instruction.Fees, State: instruction.PayoutSettled}}},
	}
}

// recordOf is the record of a story.
func recordOf(t *testing.T, s story) []byte {
	t.Helper()
	c := instruction.Writer(nil)
	instruction.AppendHead(&c, start+instruction.Time(len(s.name))*instruction.Second, s.p, &instruction.Tick{})
	v := instruction.Say(instruction.Allow, instruction.EngineClock, 0)
	v.Fields(&c)
	for _, e := range s.events {
		instruction.AppendEvent(&c, e)
	}
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	return c.Bytes()
}

// TestTold: what is told of each story, word by word. The diff of testdata/told.txt is the review.
func TestTold(t *testing.T) {
	s := toldState(t)
	var text bytes.Buffer
	seen := map[Type]bool{Missed: true} // TestGap
	documented := map[Type]Kind{}
	for _, k := range Kinds {
		documented[k.Type] = k
	}
	for i, story := range stories() {
		var tell teller
		record := recordOf(t, story)
		some, err := tell.look(uint64(100+i), record)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "# %s\n", story.name)
		var list []Notice
		if some {
			list = slices.Clone(tell.tell(s))
		}
		for _, n := range list {
			seen[n.Type] = true
			if k := documented[n.Type]; k.To != n.To {
				t.Errorf("%s goes to the %s, and is documented for the %q", n.Type, n.To, k.To)
			} else if undocumented := strays(n.Data, k.Data); len(undocumented) > 0 {
				t.Errorf("%s has data that is not documented: %v", n.Type, undocumented)
			}
			line, err := json.Marshal(n)
			if again, bad := parse(line); err != nil || bad != nil || again.ID != n.ID || len(line) > maxLine/8 {
				t.Errorf("%s: %v, %v: %s", n.ID, err, bad, line)
			}
			data, err := json.Marshal(n.Data)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "%s %s to %s %d (%s) of customer %d\n  %s\n  %s\n  %s\n", n.ID, n.Type, n.To, n.Account, n.AccountRef, n.Customer, n.Subject, n.Text, data)
		}
		fmt.Fprintln(&text)
	}
	for _, k := range Kinds {
		if !seen[k.Type] {
			t.Errorf("nothing is told as %s", k.Type)
		}
	}
	for _, secret := range []string{"Jane", "aunt", "198.51.100.7"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("%q is told", secret)
		}
	}
	golden(t, filepath.Join("testdata", "told.txt"), text.Bytes())
}

// TestFrozen: while waits stand still, nobody is promised a time.
func TestFrozen(t *testing.T) {
	s := toldState(t)
	p := byEngine
	var buf []byte
	for _, step := range []instruction.Time{3600 * instruction.Second, 3601 * instruction.Second} {
		var err error
		if buf, err = s.Step(start+step, &p, &instruction.Tick{}, buf[:0]); err != nil {
			t.Fatal(err)
		}
	}
	text, data := until(s, s.Clock().Waits()+instruction.Day)
	if !strings.HasPrefix(text, "7 January 2018, 01:00:01 UTC at the earliest") || data != "2018-01-07T01:00:01Z" {
		t.Errorf("%s, %s", text, data)
	}
}

// strays are the names in data that the documentation does not have.
func strays(data map[string]any, documented string) (list []string) {
	words := strings.FieldsFunc(documented, func(r rune) bool { return strings.ContainsRune(" ,;:", r) })
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(words, name) {
			list = append(list, name)
		}
	}
	return list
}

// TestTable: docs/NOTICES.md has the types as they are.
func TestTable(t *testing.T) {
	var text bytes.Buffer
	text.WriteString("# Notices\n\nWhat the venue tells its customers and its operator, by `type`. This file is written from `identity/notice`:\n" +
		"`go test ./identity/notice -run TestTable -update`.\n\n" + tableHead + "\n| type | to | when | in `data` |\n| --- | --- | --- | --- |\n")
	for _, k := range Kinds {
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", k.Type, k.To, k.When, k.Data)
	}
	golden(t, filepath.Join("..", "..", "docs", "NOTICES.md"), text.Bytes())
}

const tableHead = "Each is one line of JSON in `notices.jsonl`: `id` (record, place among its notices, some of the record's hash), `seq` (the record), `time`,\n" +
	"`type`, `to`, `account`, `account_ref` and `customer` where it is a customer's, `subject` and `text` for people, `data` for programs. Types\n" +
	"and the names in `data` stay as they are; new ones come to them. `portcullis notices` shows them; `portcullis run --webhook` posts them, each\n" +
	"as `{\"type\", \"timestamp\", \"data\"}` with the notice as `data`, signed in the form of\n" +
	"[Standard Webhooks](https://www.standardwebhooks.com/), with the notice's id as `webhook-id`. A webhook gets each at least once and in order:\n" +
	"take what comes twice by its id. Answer 2xx within 15 seconds; what is answered otherwise is tried again, after one second and up to five\n" +
	"minutes (`Retry-After` is heeded up to an hour), and nothing else is sent before it. Redirects are not followed. 410 ends it until the venue\n" +
	"is started anew. `due` is a time of the calendar, as it is known when the notice is written: a wait stands still while the venue does.\n"

func golden(t *testing.T, path string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("%s is not as it is now; look at the diff after -update:\n%s", path, text)
	}
}
