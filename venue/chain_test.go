package venue

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// ltc is the asset of these tests that moves on a chain.
const ltc = instruction.Asset(4)

var litecoin = func() *coin.Network {
	n, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		panic(err)
	}
	return n
}()

// walleted gives a venue what the wallet gives it: addresses of its own, and the rules of a chain's addresses.
func walleted(keys *coin.Public) func(*Config) {
	return func(c *Config) {
		c.DepositAddress = func(_ context.Context, a instruction.Account, x instruction.Asset) (string, error) {
			address, _, err := keys.Address(false, uint32(a))
			if err == nil {
				_, err = c.Engine.Do(&instruction.Principal{Giver: instruction.ByWallet}, &instruction.IssueAddress{Asset: x, Account: a, Address: address})
			}
			return address, err
		}
		c.Address = func(_ instruction.Asset, address string) error {
			_, err := litecoin.Script(address)
			return err
		}
	}
}

func testKeys(t testing.TB) *coin.Public {
	t.Helper()
	seed, err := coin.ParseSeed(strings.Repeat("07", 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seed.Account(litecoin)
	if err != nil {
		t.Fatal(err)
	}
	return keys.Public()
}

// chained has an asset LTC move on a chain.
func (h *house) chained(keys *coin.Public) {
	h.t.Helper()
	hot, _, err := keys.Address(true, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	h.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
	h.operator(&instruction.SetChain{Asset: ltc, Terms: instruction.ChainTerms{
		Network: litecoin.Name, Genesis: litecoin.Genesis(), Account: keys.String(), Hot: hot, Start: 1, CreditDepth: 2, SettleDepth: 3,
		MinDeposit: 1_000, MinWithdraw: 200_000, WithdrawFee: 50_000, MaxFeeRate: 100_000,
	}})
}

// bank is a treasury with a chain, whose blocks come as the test says.
type bank struct {
	*treasury
	hashes []instruction.BlockHash // of the best chain, by height
	blocks int                     // that there ever were
	mine   string                  // Alice's address
}

func newBank(t *testing.T) *bank {
	keys := testKeys(t)
	b := &bank{treasury: newTreasury(t, walleted(keys)), hashes: make([]instruction.BlockHash, 1)}
	b.chained(keys)
	b.mine = b.address("coin=LTC")
	b.block(nil)
	return b
}

func (b *bank) address(params ...string) string {
	b.t.Helper()
	var x struct{ Address, Coin, Tag, URL string }
	b.do(b.payer, "GET", addressPath, params...).into(b.t, &x)
	if x.Coin != "LTC" || x.Tag != "" || x.URL != "" {
		b.t.Errorf("%+v", x)
	}
	return x.Address
}

// wallet gives an instruction as the wallet, and wants it carried out.
func (b *bank) wallet(in instruction.Instruction) {
	b.t.Helper()
	r, err := b.engine.Do(&instruction.Principal{Giver: instruction.ByWallet}, in)
	if err != nil {
		b.t.Fatal(err)
	}
	if why := r.Refused(new(instruction.Events)); why != 0 || r.Verdict.Decision != instruction.Allow {
		b.t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), why)
	}
}

// block is one more block.
func (b *bank) block(received []instruction.Received, spent ...instruction.Spent) {
	b.t.Helper()
	b.blocks++
	hash := instruction.BlockHash{byte(b.blocks)}
	b.wallet(&instruction.Advance{Asset: ltc, Height: uint32(len(b.hashes)), Hash: hash, Prev: b.hashes[len(b.hashes)-1], Received: received, Spent: spent, Whole: true})
	b.hashes = append(b.hashes, hash)
}

// rewind takes the newest blocks away.
func (b *bank) rewind(blocks int) {
	b.t.Helper()
	b.hashes = b.hashes[:len(b.hashes)-blocks]
	to := len(b.hashes) - 1
	b.wallet(&instruction.Rewind{Asset: ltc, Height: uint32(to), Hash: b.hashes[to]})
}

func coinOf(tx byte, index uint32) instruction.Outpoint {
	return instruction.Outpoint{Tx: instruction.TxID{tx}, Index: index}
}

// stock gives Alice 10 LTC, and the venue a little for fees.
func (b *bank) stock() {
	b.t.Helper()
	b.block([]instruction.Received{{Coin: coinOf(1, 0), Amount: 10e8, Account: b.alice}, {Coin: coinOf(2, 1), Amount: 1e8, Account: instruction.Fees}})
	b.block(nil)
	if free, _ := b.balance(b.alice, ltc); free != 10e8 {
		b.t.Fatalf("%d free", free)
	}
}

const (
	addressPath  = "/sapi/v1/capital/deposit/address"
	depositsPath = "/sapi/v1/capital/deposit/hisrec"
)

type deposit struct {
	ID, Amount, Coin, Network, Address, AddressTag, TxID, ConfirmTimes string
	Status, UnlockConfirm                                              int
	InsertTime, CompleteTime                                           int64
}

func (b *bank) deposits(params ...string) (list []deposit) {
	b.t.Helper()
	b.do(b.payer, "GET", depositsPath, append(params, "coin=LTC")...).into(b.t, &list)
	return list
}

// TestDeposits: an address is the same whenever it is asked for; a coin that comes there is pending, then credited, pending again when
// its block is undone, and credited once in the end; what is too little is told and never credited.
func TestDeposits(t *testing.T) {
	b := newBank(t)
	if again := b.address("coin=LTC", "network=LTC"); again != b.mine || !strings.HasPrefix(again, "rltc1q") {
		t.Errorf("%s, then %s", b.mine, again)
	}
	if theirs := b.do(b.bobs, "GET", addressPath, "coin=LTC").fields(t)["address"]; theirs == b.mine {
		t.Errorf("Alice and Bob have one address: %v", theirs)
	}
	for params, want := range map[string]int{"coin=XYZ": -4018, "coin=LTC&network=ETH": -1130, "coin=BTC": -1020, "": -1102, "coin=LTC&amount=1": -1104} {
		if a := b.do(b.payer, "GET", addressPath, strings.FieldsFunc(params, func(r rune) bool { return r == '&' })...); a.code() != want {
			t.Errorf("%s: %s, want %d", params, a.body, want)
		}
	}
	coin := instruction.Received{Coin: coinOf(7, 3), Amount: 5e8, Account: b.alice}
	id := coin.Coin.Tx.String()
	b.block([]instruction.Received{coin, {Coin: coinOf(8, 0), Amount: 999, Account: b.alice}})
	want := deposit{ID: id + ":3", Amount: "5.00000000", Coin: "LTC", Network: "LTC", Address: b.mine, TxID: id, ConfirmTimes: "1/2", UnlockConfirm: 2}
	hold := func(step string) {
		t.Helper()
		got := b.deposits("txId=" + id)
		if len(got) != 1 {
			t.Fatalf("%s: %+v", step, got)
		}
		want.InsertTime = got[0].InsertTime
		if (got[0].CompleteTime != 0) != (want.Status == 1) {
			t.Errorf("%s: done at %d", step, got[0].CompleteTime)
		}
		if want.CompleteTime = got[0].CompleteTime; got[0] != want {
			t.Errorf("%s: got %+v\nwant %+v", step, got[0], want)
		}
		free, held := b.balance(b.alice, ltc)
		if credited := money.Amount(want.Status) * 5e8; free != credited || held != 0 {
			t.Errorf("%s: %d free, %d held", step, free, held)
		}
	}
	hold("in a block")
	b.block(nil)
	want.ConfirmTimes, want.Status = "2/2", 1
	hold("deep")
	b.block(nil)
	hold("deeper")
	b.rewind(3)
	want.ConfirmTimes, want.Status = "0/2", 0
	hold("undone")
	b.block(nil)
	b.block([]instruction.Received{coin})
	want.ConfirmTimes = "1/2"
	hold("in another block")
	b.block(nil)
	want.ConfirmTimes, want.Status = "2/2", 1
	hold("deep again")
	for params, n := range map[string]int{"": 2, "status=7": 1, "status=1": 1, "status=0": 0, "status=6": 0, "txId=" + coinOf(9, 0).Tx.String(): 0, "txId=none": 0, "limit=1": 1, "offset=1": 1} {
		if got := b.deposits(strings.Fields(params)...); len(got) != n {
			t.Errorf("%s: %d deposits, want %d", params, len(got), n)
		}
	}
	if dust := b.deposits("status=7")[0]; dust.Amount != "0.00000999" || dust.CompleteTime != 0 {
		t.Errorf("%+v", dust)
	}
	var others []deposit
	if b.do(b.bobs, "GET", depositsPath, "coin=LTC").into(t, &others); len(others) != 0 {
		t.Errorf("Bob sees %+v", others)
	}
}

// paid is what the test looks at of a withdrawal that goes by a chain.
type paid struct {
	ID, Amount, TransactionFee, TxID, Info, CompleteTime string
	Status, ConfirmNo                                    int
}

func (b *bank) last() paid {
	b.t.Helper()
	var list []paid
	b.do(b.payer, "GET", historyPath, "coin=LTC", "limit=1").into(b.t, &list)
	if len(list) != 1 {
		b.t.Fatalf("%+v", list)
	}
	return list[0]
}

// claimed has Alice withdraw to an address outside, and say yes to it.
func (b *bank) claimed(amount string) instruction.PayoutID {
	b.t.Helper()
	b.withdrew(b.old, "coin=LTC", "address="+outside(b.t), "amount="+amount)
	b.word(&instruction.Answer{Matter: b.matter(), Yes: true})
	var id instruction.PayoutID
	if err := b.engine.Read(func(s *core.State) { id = s.LastPayout() }); err != nil {
		b.t.Fatal(err)
	}
	return id
}

// outside is somebody else's address.
func outside(t testing.TB) string {
	t.Helper()
	seed, err := coin.ParseSeed(strings.Repeat("99", 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seed.Account(litecoin)
	if err != nil {
		t.Fatal(err)
	}
	address, _, err := keys.Public().Address(false, 5)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// TestWithdrawalGoesOut: what the history says of a withdrawal from its being owed until it has arrived: its transaction, replaced by
// another one, mined, undone and mined again; what arrives, what it costs, and who has what in the end.
func TestWithdrawalGoesOut(t *testing.T) {
	b := newBank(t)
	b.stock()
	id := b.claimed("2")
	want := paid{ID: "1", Amount: "1.99950000", TransactionFee: "0.00050000", Status: 4}
	hold := func(step string) {
		t.Helper()
		got := b.last()
		if (got.CompleteTime != "") != (want.Status == 6) {
			t.Errorf("%s: complete at %q", step, got.CompleteTime)
		}
		if want.CompleteTime = got.CompleteTime; got != want {
			t.Errorf("%s: got %+v\nwant %+v", step, got, want)
		}
	}
	hold("owed")
	plan := &instruction.PlanSpend{Asset: ltc, Payouts: []instruction.PayoutID{id}, Inputs: []instruction.Outpoint{coinOf(1, 0)}, Fee: 1_000, Size: 200}
	b.wallet(plan)
	hold("planned")
	sign := func(spend instruction.SpendID, tx byte) {
		t.Helper()
		b.wallet(&instruction.SignSpend{Asset: ltc, Spend: spend, Tx: instruction.TxID{tx}, Raw: []byte{tx}})
		want.TxID = instruction.TxID{tx}.String()
	}
	sign(1, 11)
	hold("signed")
	b.wallet(&instruction.SeeSpends{Asset: ltc, Spends: []instruction.SpendID{1}})
	hold("seen")
	plan.Fee, plan.Replaces = 2_000, 1
	b.wallet(plan)
	hold("a replacement is planned")
	sign(2, 12)
	hold("replaced")
	left := func(tx byte, fee money.Amount) []instruction.Received {
		return []instruction.Received{{Coin: coinOf(tx, 1), Amount: 10e8 - 2e8 + 50_000 - fee, Account: instruction.Fees}}
	}
	b.block(left(11, 1_000), instruction.Spent{Coin: coinOf(1, 0), By: instruction.TxID{11}})
	want.TxID, want.ConfirmNo = instruction.TxID{11}.String(), 1
	hold("the first one is mined")
	b.rewind(1)
	want.TxID, want.ConfirmNo = instruction.TxID{12}.String(), 0
	hold("no more")
	b.block(left(12, 2_000), instruction.Spent{Coin: coinOf(1, 0), By: instruction.TxID{12}})
	b.block(nil)
	want.ConfirmNo = 2
	hold("the other one is mined")
	b.block(nil)
	want.ConfirmNo, want.Status = 3, 6
	hold("settled")
	if free, held := b.balance(b.alice, ltc); free != 8e8 || held != 0 {
		t.Errorf("Alice has %d and %d held", free, held)
	}
	if free, held := b.balance(instruction.Fees, ltc); free != 1e8+50_000-2_000 || held != 0 {
		t.Errorf("the venue has %d and %d held", free, held)
	}
	if b.claimed("1"); b.last().TxID != "" {
		t.Errorf("%+v", b.last())
	}
	b.operator(&instruction.StopPayout{Payout: 2})
	if got := b.last(); got.Status != 1 || got.Info != stopped || got.TxID != "" {
		t.Errorf("%+v", got)
	}
	if free, _ := b.balance(b.alice, ltc); free != 8e8 {
		t.Errorf("Alice has %d", free)
	}
}

// TestWithdrawNowhere: what cannot be sent is refused in the dialect's words before anything moves: a wrong address, one of another
// network, a tag, too little, too much, and an address of the venue's own.
func TestWithdrawNowhere(t *testing.T) {
	b := newBank(t)
	b.stock()
	theirs := b.do(b.bobs, "GET", addressPath, "coin=LTC").fields(t)["address"].(string)
	good := outside(t)
	hot, _, err := testKeys(t).Address(true, 0)
	if err != nil {
		t.Fatal(err)
	}
	bitcoin := "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
	before := b.engine.Durable()
	for _, c := range []struct {
		what, params string
		code         int
		says         string
	}{
		{"a letter is wrong", "amount=1&address=" + good[:len(good)-1] + "9", -4033, "checksum"},
		{"no address", "amount=1&address=hello", -4033, "Nothing can be sent there"},
		{"another network's address", "amount=1&address=" + bitcoin, -4033, "it is an address of bitcoin, not of litecoin-regtest"},
		{"another network", "amount=1&network=BTC&address=" + good, -1130, "LTC moves on the network LTC"},
		{"a tag", "amount=1&addressTag=7&address=" + good, -4008, "have no tag"},
		{"below the minimum", "amount=0.00199999&address=" + good, -4022, "It is at least 0.00200000 LTC."},
		{"over the balance", "amount=10.00000001&address=" + good, -4026, "insufficient"},
		{"our own, Bob's", "amount=1&address=" + theirs, -4033, "one of this venue's own"},
		{"our own, Alice's", "amount=1&address=" + b.mine, -4033, "one of this venue's own"},
		{"our own in capitals", "amount=1&address=" + strings.ToUpper(theirs), -4033, "one of this venue's own"},
		{"our own, the hot one", "amount=1&address=" + hot, -4033, "one of this venue's own"},
	} {
		for _, k := range []*testKey{b.old, b.payer} {
			a := b.do(k, "POST", applyPath, append(strings.Split(c.params, "&"), "coin=LTC")...)
			unlisted := k == b.payer && a.code() == -4035 && (c.code == -4022 || c.code == -4026) // which is asked before
			if !unlisted && (a.code() != c.code || !strings.Contains(a.body, c.says)) {
				t.Errorf("%s: %s, want %d", c.what, a.body, c.code)
			}
		}
	}
	if free, held := b.balance(b.alice, ltc); free != 10e8 || held != 0 {
		t.Errorf("%d free, %d held", free, held)
	}
	for _, r := range b.records(before + 1) {
		var events instruction.Events
		r.Events(&events)
		for e := events.Next(); e != nil; e = events.Next() {
			if _, no := e.(*instruction.Refused); !no && r.Kind() == instruction.KindWithdraw {
				t.Errorf("%T came of it", e)
			}
		}
	}
	for to, want := range map[instruction.Destination]instruction.Reason{
		{Chain: "LTC", Address: theirs}: instruction.AddressOfVenue, {Chain: "LTC", Address: good, Tag: "7"}: instruction.TagUnknown,
	} {
		r, err := b.engine.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: b.owner.number},
			&instruction.AddAddress{Account: b.alice, Asset: ltc, To: to})
		if err != nil || r.Refused(new(instruction.Events)) != want {
			t.Errorf("%+v in the book: %v %v", to, r.Refused(new(instruction.Events)), err)
		}
	}
}

// TestNetworkTerms: clients are told the chain's terms.
func TestNetworkTerms(t *testing.T) {
	b := newBank(t)
	var coins []struct {
		Coin                                string
		DepositAllEnable, WithdrawAllEnable bool
		NetworkList                         []map[string]any
	}
	b.do(b.payer, "GET", "/sapi/v1/capital/config/getall").into(t, &coins)
	for i, want := range []map[string]any{
		{"depositEnable": false, "withdrawEnable": true, "withdrawFee": "0.00000000", "withdrawMin": "0.00000001", "minConfirm": 0.0},
		3: {"network": "LTC", "depositEnable": true, "withdrawEnable": true, "withdrawFee": "0.00050000", "withdrawMin": "0.00200000", "depositDust": "0.00001000",
			"minConfirm": 2.0, "unLockConfirm": 2.0, "memoRegex": "", "depositDesc": "", "specialTips": ""},
	} {
		got := coins[i].NetworkList[0]
		for field, v := range want {
			if got[field] != v {
				t.Errorf("%s: %s is %v, want %v", coins[i].Coin, field, got[field], v)
			}
		}
		if want != nil && coins[i].DepositAllEnable != want["depositEnable"] {
			t.Errorf("%+v", coins[i])
		}
	}
	form := regexp.MustCompile(coins[3].NetworkList[0]["addressRegex"].(string))
	if !form.MatchString(b.mine) || !form.MatchString("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1") || form.MatchString("a b") {
		t.Errorf("%v", form)
	}
	detail := b.do(b.payer, "GET", "/sapi/v1/asset/assetDetail", "asset=LTC").fields(t)["LTC"].(map[string]any)
	if detail["depositStatus"] != true || detail["withdrawFee"] != "0.00050000" || detail["minWithdrawAmount"] != "0.00200000" {
		t.Errorf("%v", detail)
	}
}
