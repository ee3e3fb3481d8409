package venue

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	applyPath   = "/sapi/v1/capital/withdraw/apply"
	historyPath = "/sapi/v1/capital/withdraw/history"
)

var cold = instruction.Destination{Chain: "BTC", Address: "bc1qcold", Tag: "7"}

// treasury is a house whose Alice has an owner's key, cold in her address book, and keys that withdraw.
type treasury struct {
	*house
	owner, payer, capped, old *testKey
}

func newTreasury(t *testing.T, change ...func(*Config)) *treasury {
	h := newHouse(t, append(change, func(c *Config) { c.Limits = Limits{WeightMinute: 1_000_000} })...)
	pays := instruction.Mandate{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: tradeHere.Networks}
	capped := pays
	capped.Withdrawals = []instruction.Cap{{Asset: 1, PerOrder: 1e8}}
	return &treasury{h, h.key(h.alice, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}),
		h.key(h.alice, instruction.Ed25519, pays), h.key(h.alice, instruction.Ed25519, capped), h.legacy(h.alice)}
}

// word has Alice's owner's key say something.
func (h *treasury) word(in instruction.Instruction) {
	h.t.Helper()
	r, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: h.owner.number}, in)
	if err != nil {
		h.t.Fatal(err)
	}
	if why := r.Refused(new(instruction.Events)); why != 0 || r.Verdict.Decision != instruction.Allow {
		h.t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), why)
	}
}

// wait lets time pass as it does on a venue that runs.
func (h *treasury) wait(d instruction.Time) {
	h.t.Helper()
	for ; d >= 0; d -= 2 * instruction.Second { // no step is a jump
		if _, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{}); err != nil {
			h.t.Fatal(err)
		}
		h.clock.Add(2 * instruction.Second)
	}
}

func (h *treasury) matter() (id instruction.MatterID) {
	h.t.Helper()
	if err := h.engine.Read(func(s *core.State) {
		if list := s.Matters(h.alice); len(list) > 0 {
			id = list[len(list)-1]
		}
	}); err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *treasury) withdrew(k *testKey, params ...string) string {
	h.t.Helper()
	var w struct{ ID string }
	h.do(k, "POST", applyPath, params...).into(h.t, &w)
	return w.ID
}

type withdrawn struct {
	ID, Amount, Coin, Address, AddressTag, ApplyTime, Network, WithdrawOrderID, Info, CompleteTime string
	Status                                                                                         int
}

func (h *treasury) history(params ...string) (list []withdrawn) {
	h.t.Helper()
	h.do(h.payer, "GET", historyPath, params...).into(h.t, &list)
	return list
}

// TestWithdraw: from a new address to one in the book, over a cap, and by a legacy key; what each is in the history, and what
// the owner's word makes of it.
func TestWithdraw(t *testing.T) {
	h := newTreasury(t)
	half := []string{"coin=BTC", "address=bc1qcold", "addressTag=7", "amount=0.5"}
	if a := h.do(h.payer, "POST", applyPath, half...); a.code() != -4035 || !strings.Contains(a.body, "Add this one with your owner's key") {
		t.Fatal(a.body)
	}
	if id := h.withdrew(h.old, append(half, "withdrawOrderId=old")...); id != "1" {
		t.Fatalf("the first is number %s", id)
	}
	h.word(&instruction.AddAddress{Account: h.alice, Asset: 1, To: cold, Label: "cold store"})
	if a := h.do(h.payer, "POST", applyPath, half...); a.code() != -4036 || !strings.Contains(a.body, "It can be used from 2026-03-02 00:00:0") {
		t.Fatal(a.body)
	}
	var book []struct {
		Address, Name, Coin string
		WhiteStatus         bool
	}
	h.do(h.payer, "GET", "/sapi/v1/capital/withdraw/address/list").into(t, &book)
	if len(book) != 1 || book[0].WhiteStatus || book[0].Name != "cold store" {
		t.Fatalf("%+v", book)
	}
	if got := h.history("status=2"); len(got) != 1 || got[0].Status != 2 || !strings.Contains(got[0].Info, "Stop it with your owner's key") {
		t.Fatalf("%+v", got)
	}
	h.wait(instruction.Day)
	h.do(h.payer, "GET", "/sapi/v1/capital/withdraw/address/list").into(t, &book)
	if len(book) != 1 || !book[0].WhiteStatus {
		t.Fatalf("%+v", book)
	}
	if id := h.withdrew(h.payer, append(half, "withdrawOrderId=rent", "network=BTC")...); id != "2" {
		t.Fatal(id)
	}
	if id := h.withdrew(h.payer, append(half, "withdrawOrderId=rent")...); id != "2" {
		t.Fatalf("asked for again under its name it is %s", id)
	}
	if a := h.do(h.payer, "POST", applyPath, "coin=BTC", "address=bc1qcold", "addressTag=7", "amount=0.6", "withdrawOrderId=rent"); a.code() != -1130 {
		t.Fatal(a.body)
	}
	if id := h.withdrew(h.capped, "coin=BTC", "address=bc1qcold", "addressTag=7", "amount=1.5"); id != "3" {
		t.Fatal(id)
	}
	if free, held := h.balance(h.alice, 1); free != 75e7 || held != 25e7 {
		t.Fatalf("%d free, %d held", free, held)
	}
	var coins []struct{ Coin, Free, Locked, Withdrawing string }
	h.do(h.payer, "GET", "/sapi/v1/capital/config/getall").into(t, &coins)
	if coins[0].Free != "7.50000000" || coins[0].Locked != "0.00000000" || coins[0].Withdrawing != "2.50000000" {
		t.Errorf("%+v", coins[0])
	}
	if got := h.history("status=0"); len(got) != 1 || got[0].ID != "3" || !strings.Contains(got[0].Info, "Confirm it with your owner's key") {
		t.Fatalf("%+v", got)
	}
	h.word(&instruction.Answer{Matter: h.matter()})
	if _, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: 2}); err != nil {
		t.Fatal(err)
	}
	h.withdrew(h.capped, "coin=BTC", "address=bc1qcold", "addressTag=7", "amount=2")
	h.operator(&instruction.RevokeKey{Credential: h.capped.number})
	for i, want := range []withdrawn{
		{ID: "4", Amount: "2.00000000", Status: 3, Info: "The API key that asked for it was deleted or quarantined, or may no longer withdraw. Nothing was sent."},
		{ID: "3", Amount: "1.50000000", Status: 1, Info: endings[instruction.ByNo]},
		{ID: "2", Amount: "0.50000000", Status: 6, WithdrawOrderID: "rent"},
		{ID: "1", Amount: "0.50000000", Status: 4, WithdrawOrderID: "old", ApplyTime: "2026-03-01 00:00:00"},
	} {
		got := h.history()[i]
		if want.ApplyTime == "" {
			want.ApplyTime = got.ApplyTime
		}
		if (got.CompleteTime == "") != (want.Status == 4) {
			t.Errorf("%d is complete at %q", i, got.CompleteTime)
		}
		want.Coin, want.Network, want.Address, want.AddressTag, want.CompleteTime = "BTC", "BTC", "bc1qcold", "7", got.CompleteTime
		if got != want {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
	}
	for params, want := range map[string]int{
		"coin=BTC": 4, "coin=USDT": 0, "coin=XYZ": 0, "status=6": 1, "status=5": 0, "offset=3": 1, "offset=9": 0, "limit=2": 2,
		"withdrawOrderId=rent": 1, "withdrawOrderId=none": 0, "idList=1,3,9": 2, "endTime=1": 0, "startTime=1772323200000": 4,
	} {
		if got := h.history(params); len(got) != want {
			t.Errorf("%s: %d, want %d", params, len(got), want)
		}
	}
	var others []withdrawn
	h.do(h.bobs, "GET", historyPath).into(t, &others)
	if len(others) != 0 {
		t.Errorf("another customer sees %+v", others)
	}
	if free, held := h.balance(h.alice, 1); free != 9e8 || held != 5e7 {
		t.Errorf("%d free, %d held", free, held)
	}
}

// TestWithdrawWrong: what is wrong is said in the dialect's way, and nothing is held.
func TestWithdrawWrong(t *testing.T) {
	h := newTreasury(t)
	for params, want := range map[string]int{
		"coin=XYZ&address=a&amount=1":                                            -4018,
		"coin=btc&address=a&amount=1":                                            -4018,
		"coin=BTC&address=a&amount=1&network=ETH":                                -1130,
		"coin=BTC&address=a&amount=0.000000001":                                  -1111,
		"coin=BTC&address=a&amount=0":                                            -1013,
		"coin=BTC&address=a&amount=-1":                                           -1100,
		"coin=BTC&address=a&amount=1e2":                                          -1100,
		"coin=BTC&address=a&amount=99999999999999999999":                         -1108,
		"coin=BTC&address=a&amount=11":                                           -4026,
		"coin=BTC&address=a%20b&amount=1":                                        -1100,
		"coin=BTC&address=&amount=1":                                             -1102,
		"coin=BTC&amount=1":                                                      -1102,
		"coin=BTC&address=a&addressTag=a%20b&amount=1":                           -4033,
		"coin=BTC&addressTag=" + strings.Repeat("x", 65) + "&address=a&amount=1": -4033,
		"coin=BTC&address=a&amount=1&withdrawOrderId=a%20b":                      -1100,
		"coin=BTC&address=a&amount=1&walletType=1":                               -1130,
		"coin=BTC&address=a&amount=1&nonsense=1":                                 -1104,
	} {
		if a := h.do(h.old, "POST", applyPath, strings.Split(params, "&")...); a.code() != want || a.status >= 500 {
			t.Errorf("%s: %d %s, want %d", params, a.status, a.body, want)
		}
	}
	for _, k := range []*testKey{h.owner, h.ed} {
		if a := h.do(k, "POST", applyPath, "coin=BTC", "address=a", "amount=1"); a.code() != -2015 {
			t.Errorf("%s", a.body)
		}
	}
	if free, held := h.balance(h.alice, 1); free != 10e8 || held != 0 {
		t.Errorf("%d free, %d held", free, held)
	}
	h.operator(&instruction.LockAccount{Account: h.alice, Reason: "asked by phone"})
	if a := h.do(h.old, "POST", applyPath, "coin=BTC", "address=a", "amount=1"); a.code() != -2015 || !strings.Contains(a.body, "locked") {
		t.Errorf("%s", a.body)
	}
	if x := h.do(h.ed, "GET", "/sapi/v1/account/status").fields(t); x["data"] != "Locked" {
		t.Errorf("%v", x)
	}
	if x := h.do(h.ed, "GET", "/api/v3/account").fields(t); x["canWithdraw"] != false {
		t.Errorf("%v", x["canWithdraw"])
	}
}

// TestWithdrawOnce: however many ask at once under one name, one payout comes of it.
func TestWithdrawOnce(t *testing.T) {
	h := newTreasury(t)
	const callers = 64
	queries := make([]string, callers)
	for i := range queries {
		h.clock.Add(minute / callers) // each is signed by itself
		queries[i] = h.signed(h.old, "coin=BTC", "address=bc1q", "amount=0.1", "withdrawOrderId=once", fmt.Sprint("recvWindow=", 60_000))
	}
	ids := make([]string, callers)
	var all sync.WaitGroup
	for i := range queries {
		all.Go(func() {
			a := h.send("POST", applyPath, queries[i], "", h.old.text)
			var w struct{ ID string }
			a.into(t, &w)
			ids[i] = w.ID
		})
	}
	all.Wait()
	for i, id := range ids {
		if id != "1" {
			t.Errorf("caller %d was told %q", i, id)
		}
	}
	if free, held := h.balance(h.alice, 1); free != 10e8-1e7 || held != 1e7 {
		t.Errorf("%d free, %d held", free, held)
	}
	if err := h.engine.Read(func(s *core.State) {
		if n := s.LastPayout(); n != 1 || s.Payouts(h.alice)[0].Amount != money.Amount(1e7) {
			t.Errorf("%d payouts", n)
		}
	}); err != nil {
		t.Fatal(err)
	}
}
