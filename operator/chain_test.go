package operator

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// testNetwork is what the daemon gives a Server.
func testNetwork(name, account string) (x Network, err error) {
	n, err := coin.NetworkNamed(name)
	if err != nil {
		return x, err
	}
	keys, err := coin.ParsePublic(n, account)
	if err != nil {
		return x, err
	}
	x = Network{Genesis: n.Genesis(), Dust: 5460, Relay: 1000}
	x.Hot, _, err = keys.Address(true, 0)
	return x, err
}

func testAccount(t testing.TB) string {
	t.Helper()
	n, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := coin.ParseSeed(strings.Repeat("07", 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seed.Account(n)
	if err != nil {
		t.Fatal(err)
	}
	return keys.Public().String()
}

// chained is a venue with a customer and an asset LTC, number 3, that moves on a chain.
func (h *house) chained() (customer uint32) {
	h.t.Helper()
	h.server.cfg.Network = testNetwork
	customer = h.customer()
	must(h, AssetAdd, AddAsset{Symbol: "LTC", Scale: 8})
	must(h, ChainSetTerms, SetChain{Asset: "LTC", Network: "litecoin-regtest", Account: testAccount(h.t), CreditDepth: "1", SettleDepth: "2"})
	return customer
}

// TestChainSet: a new chain has what nothing was said of; what is wrong is said with what is right; later only what is named changes,
// and what never changes does not.
func TestChainSet(t *testing.T) {
	h := newHouse(t)
	h.customer()
	must(h, AssetAdd, AddAsset{Symbol: "LTC", Scale: 8})
	set := func(change func(*SetChain)) SetChain {
		in := SetChain{Asset: "LTC", Network: "litecoin-regtest", Account: testAccount(t)}
		change(&in)
		return in
	}
	if code := refused(h, ChainSetTerms, set(func(*SetChain) {})); code != "no-wallet" {
		t.Errorf("without a wallet: %s", code)
	}
	h.server.cfg.Network = testNetwork
	for want, in := range map[string]SetChain{
		"unknown-asset":        set(func(i *SetChain) { i.Asset = "XYZ" }),
		"malformed-command":    set(func(i *SetChain) { i.Network = "" }),
		"malformed-definition": set(func(i *SetChain) { i.Network = "nowhere" }),
		"malformed-number":     set(func(i *SetChain) { i.CreditDepth = "1001" }),
		"chain-malformed":      set(func(i *SetChain) { i.MinWithdraw = "0.001" }), // which is the fee
	} {
		if code := refused(h, ChainSetTerms, in); code != want {
			t.Errorf("%+v: %s, want %s", in, code, want)
		}
	}
	for what, in := range map[string]SetChain{ // what nodes take nothing of
		"0.00005460": set(func(i *SetChain) { i.MinDeposit = "0.00005459" }),
		"0.00001000": set(func(i *SetChain) { i.MaxFeeRate = "0.00000999" }),
	} {
		if _, bad := h.server.setChain(&caller{}, &in); bad == nil || bad.outcome.Refusal.Code != "chain-malformed" || !strings.Contains(bad.outcome.Refusal.Sentence, what) {
			t.Errorf("%+v: %+v", in, bad)
		}
	}
	for _, bad := range []func(*SetChain){
		func(i *SetChain) { i.Account = "xpub" }, func(i *SetChain) { i.Account = "" }, func(i *SetChain) { i.SettleDepth = "0" }, func(i *SetChain) { i.Start = "-1" },
		func(i *SetChain) { i.MinDeposit = "0" }, func(i *SetChain) { i.WithdrawFee = "-1" }, func(i *SetChain) { i.MaxFeeRate = "0.000000001" }, func(i *SetChain) { i.Asset = "USDT" },
	} {
		in := set(bad)
		refused(h, ChainSetTerms, in)
	}
	if code := refused(h, ChainShow, ShowChain{Asset: "LTC"}); code != "no-chain" {
		t.Errorf("something was set: %s", code)
	}
	r := must(h, ChainSetTerms, set(func(i *SetChain) { i.WithdrawFee = "0" }))
	want := ChainTerms{Asset: "LTC", Network: "litecoin-regtest", Genesis: r.Genesis, Account: testAccount(t), Hot: r.Hot, Start: 1, CreditDepth: 6, SettleDepth: 6,
		MinDeposit: "0.00100000", MinWithdraw: "0.01000000", WithdrawFee: "0.00000000", MaxFeeRate: "0.01000000"}
	if r.ChainTerms != want || !strings.HasPrefix(r.Hot, "rltc1q") || len(r.Genesis) != 64 {
		t.Errorf("got %+v\nwant %+v", r.ChainTerms, want)
	}
	want.SettleDepth, want.MinWithdraw = 12, "0.50000000"
	if r := must(h, ChainSetTerms, SetChain{Asset: "LTC", SettleDepth: "12", MinWithdraw: "0.5"}); r.ChainTerms != want {
		t.Errorf("got %+v\nwant %+v", r.ChainTerms, want)
	}
	if code := refused(h, ChainSetTerms, SetChain{Asset: "LTC", MinDeposit: "0.00000001"}); code != "chain-malformed" {
		t.Errorf("changed to dust: %s", code)
	}
	for _, in := range []SetChain{{Asset: "LTC", Start: "2"}, {Asset: "LTC", Network: "litecoin-testnet"}} {
		if code := refused(h, ChainSetTerms, in); code != "chain-fixed" && code != "malformed-definition" {
			t.Errorf("%+v: %s", in, code)
		}
	}
	if got := must(h, ChainShow, ShowChain{Asset: "LTC"}); got.ChainTerms != want || got.Tip != 0 || got.TipHash != "" || got.Halted || got.Spare != "0.00000000" {
		t.Errorf("%+v", got)
	}
	if got := must(h, ChainList, Nothing{}).Chains; len(got) != 1 || got[0].ChainTerms != want {
		t.Errorf("%+v", got)
	}
}

// block gives the chain of asset 3 one more block.
func (h *house) block(height uint32, received []instruction.Received, spent ...instruction.Spent) {
	h.t.Helper()
	h.give(instruction.Principal{Giver: instruction.ByWallet}, &instruction.Advance{Asset: 3, Height: height, Hash: instruction.BlockHash{byte(height)},
		Prev: instruction.BlockHash{byte(height - 1)}, Received: received, Spent: spent, Whole: true})
}

// payers gives a customer keys 1, the owner's, and 2, which withdraws to addresses that are new.
func (h *house) payers(account uint32) {
	h.t.Helper()
	for i, m := range []instruction.Mandate{{Rights: instruction.MayRead | instruction.MayOwn}, {Rights: instruction.MayWithdraw, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}} {
		h.give(instruction.Principal{Giver: instruction.ByOperator}, &instruction.CreateKey{Account: instruction.Account(account), ID: instruction.KeyID{9, byte(i)},
			Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: m, Legacy: i == 1})
	}
}

// withdraw has the customer withdraw 2 LTC, and say yes to it.
func (h *house) withdraw(account uint32) {
	h.t.Helper()
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: 2, Addr: netip.MustParseAddr("127.0.0.1")}
	r, err := h.engine.Do(&p, &instruction.Withdraw{Asset: 3, Amount: 2e8, To: instruction.Destination{Chain: "LTC", Address: "somewhere"}})
	if err != nil || r.Verdict.Decision != instruction.Hold || r.Refused(new(instruction.Events)) != 0 {
		h.t.Fatalf("%v %v", r.Verdict.Reason(), err)
	}
	var id instruction.MatterID
	if err := h.engine.Read(func(s *core.State) { id = s.Matters(instruction.Account(account))[0] }); err != nil {
		h.t.Fatal(err)
	}
	h.give(instruction.Principal{Giver: instruction.ByCredential, Credential: 1}, &instruction.Answer{Matter: id, Yes: true})
}

// TestChainShown: what an operator is shown of a chain and of its withdrawals as they go out, are replaced, stopped and settled.
func TestChainShown(t *testing.T) {
	h := newHouse(t)
	a := h.chained()
	h.payers(a)
	history, err := archive.Open(archive.Memory)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	filled := make(chan error, 1)
	go func() { filled <- history.Follow(ctx, h.engine) }()
	t.Cleanup(func() {
		cancel()
		<-filled
		history.Close()
	})
	h.server.cfg.Archive = history
	wallet := instruction.Principal{Giver: instruction.ByWallet}
	at := func(tx byte) instruction.Outpoint { return instruction.Outpoint{Tx: instruction.TxID{tx}} }
	h.give(wallet, &instruction.IssueAddress{Asset: 3, Account: instruction.Account(a), Address: "rltc1qcustomer"})
	h.block(1, []instruction.Received{{Coin: at(1), Amount: 10e8, Account: instruction.Account(a)}, {Coin: at(2), Amount: 1e8, Account: instruction.Fees}})
	h.withdraw(a)
	h.withdraw(a)
	show := func() ChainShown { t.Helper(); return must(h, ChainShow, ShowChain{Asset: "LTC"}) }
	x := show()
	if x.Tip != 1 || x.Addresses != 1 || x.Coins != (Heap{2, "11.00000000"}) || x.Payouts != (Heap{2, "3.99800000"}) || x.FeesLeft != "1.00000000" || x.Spends != 0 ||
		x.Solvency != (Solvency{"10.00000000", "11.00000000", "0.00000000", "1.00000000"}) {
		t.Errorf("%+v", x)
	}
	if list := must(h, PayoutList, ListPayouts{}).Payouts; len(list) != 2 || list[1].State != "CLAIMED" || list[1].Fee != "0.00100000" || list[1].Amount != "2.00000000" ||
		list[1].Address != "somewhere" || list[1].Tx != "" {
		t.Errorf("%+v", list)
	}
	for in, n := range map[ListPayouts]int{{Account: a}: 2, {Asset: "LTC"}: 2, {Asset: "BTC"}: 0, {After: a}: 0} {
		if got := must(h, PayoutList, in).Payouts; len(got) != n {
			t.Errorf("%+v: %d payouts", in, len(got))
		}
	}
	if code := refused(h, PayoutList, ListPayouts{Account: 1}); code != "unknown-account" {
		t.Error(code)
	}
	plan := &instruction.PlanSpend{Asset: 3, Payouts: []instruction.PayoutID{1, 2}, Inputs: []instruction.Outpoint{at(1)}, Fee: 1_000, Size: 300}
	h.give(wallet, plan)
	h.give(wallet, &instruction.SignSpend{Asset: 3, Spend: 1, Tx: instruction.TxID{11}, Raw: []byte{1}})
	h.give(wallet, &instruction.SeeSpends{Asset: 3, Spends: []instruction.SpendID{1}})
	first := instruction.TxID{11}.String()
	if x := show(); x.Spends != 1 || len(x.Spending) != 1 || x.Spending[0].State != "SEEN" || x.Spending[0].Tx != first || fmt.Sprint(x.Spending[0].Payouts) != "[1 2]" ||
		x.Spending[0].Paid != "3.99800000" || x.Spending[0].Fee != "0.00001000" || x.Coins.Count != 2 { // the change of what is seen may be spent
		t.Errorf("%+v", x)
	}
	if r := must(h, PayoutStop, NamePayout{2}); r.State != "SENDING" || !r.Stopping {
		t.Errorf("%+v", r)
	}
	if code := refused(h, PayoutStop, NamePayout{2}); code != "payout-not-claimed" {
		t.Error(code)
	}
	plan.Payouts, plan.Fee, plan.Replaces = plan.Payouts[:1], 2_000, 1
	h.give(wallet, plan)
	if p := must(h, PayoutShow, NamePayout{1}); p.Spend != 1 || p.Tx != first || p.State != "SENDING" {
		t.Errorf("%+v", p)
	}
	h.give(wallet, &instruction.SignSpend{Asset: 3, Spend: 2, Tx: instruction.TxID{12}, Raw: []byte{2}})
	h.block(2, []instruction.Received{{Coin: instruction.Outpoint{Tx: instruction.TxID{11}, Index: 2}, Amount: 10e8 - 399_800_000 - 1_000, Account: instruction.Fees}},
		instruction.Spent{Coin: at(1), By: instruction.TxID{11}})
	if p := must(h, PayoutShow, NamePayout{1}); p.Spend != 1 || p.Tx != first || p.Confirmations != 1 { // the one in a block, though another is newer
		t.Errorf("%+v", p)
	}
	h.give(wallet, &instruction.Rewind{Asset: 3, Height: 1, Hash: instruction.BlockHash{1}})
	left := []instruction.Received{{Coin: instruction.Outpoint{Tx: instruction.TxID{12}, Index: 1}, Amount: 10e8 - 199_900_000 - 2_000, Account: instruction.Fees}}
	h.block(2, left, instruction.Spent{Coin: at(1), By: instruction.TxID{12}})
	if p := must(h, PayoutShow, NamePayout{1}); p.Spend != 2 || p.Tx != (instruction.TxID{12}).String() || p.Confirmations != 1 || p.Ended != "" {
		t.Errorf("%+v", p)
	}
	if p := must(h, PayoutShow, NamePayout{2}); p.Spend != 1 || p.Confirmations != 0 || !p.Stopping {
		t.Errorf("%+v", p)
	}
	if x := show(); x.InFlight != "1.99902000" || x.Owed != "10.00002000" || x.Spare != "0.99998000" || x.Spending[1].State != "MINED" {
		t.Errorf("%+v", x)
	}
	h.block(3, nil)
	if p := must(h, PayoutShow, NamePayout{1}); p.State != "SETTLED" || p.Tx != (instruction.TxID{12}).String() || p.Confirmations != 2 || p.Ended == "" || p.Lags || p.Amount != "2.00000000" {
		t.Errorf("%+v", p)
	}
	if p := must(h, PayoutShow, NamePayout{2}); p.State != "CANCELLED" || p.Tx != "" || p.Ended == "" {
		t.Errorf("%+v", p)
	}
	for _, id := range []uint64{0, 3} {
		if code := refused(h, PayoutShow, NamePayout{id}); code != "unknown-payout" {
			t.Errorf("payout %d: %s", id, code)
		}
	}
	h.withdraw(a)
	if r := must(h, PayoutStop, NamePayout{3}); r.State != "CANCELLED" || r.Stopping {
		t.Errorf("%+v", r)
	}
	if list := must(h, PayoutList, ListPayouts{}).Payouts; len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
