package venue

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

const subPath = "/sapi/v1/sub-account/"

// TestSubAccountTransfers: what a master's key and a sub-account's own key may move, once per name, and what each is shown.
func TestSubAccountTransfers(t *testing.T) {
	h := newHouse(t)
	h.operator(&instruction.OpenAccount{Ref: "grid", Parent: h.alice})
	h.operator(&instruction.OpenAccount{Ref: "swing", Parent: h.alice})
	h.operator(&instruction.OpenAccount{Ref: "bobs", Parent: h.bob})
	own := h.key(4, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayRead | instruction.MayTransfer})

	down := []string{"toEmail=4%40sub.invalid", "asset=BTC", "amount=1.5", "clientTranId=first"}
	var done binance.TransferDone
	for range 2 {
		h.clock.Add(instruction.Second) // the same request would be refused as such
		h.do(h.ed, "POST", subPath+"universalTransfer", down...).into(t, &done)
		if done.TranID != 1 || done.ClientTranID != "first" {
			t.Errorf("%+v", done)
		}
	}
	if free, _ := h.balance(4, 1); free != 150_000_000 {
		t.Errorf("the sub-account has %d", free)
	}
	var sub binance.SubTransferDone
	h.do(own, "POST", subPath+"transfer/subToMaster", "asset=BTC", "amount=0.5").into(t, &sub)
	if sub.TxnID != 2 {
		t.Errorf("%+v", sub)
	}
	h.do(own, "POST", subPath+"transfer/subToSub", "toEmail=5%40sub.invalid", "asset=BTC", "amount=0.25").into(t, &sub)
	for name, x := range map[string]struct {
		key    *testKey
		path   string
		params []string
		code   int
		msg    string
	}{
		"across customers":     {h.ed, "universalTransfer", []string{"toEmail=6%40sub.invalid", "asset=BTC", "amount=1"}, -2015, "between accounts of one customer"},
		"to another master":    {h.ed, "universalTransfer", []string{"toEmail=3%40sub.invalid", "asset=BTC", "amount=1"}, -2015, "between accounts of one customer"},
		"out of the master":    {own, "universalTransfer", []string{"toEmail=4%40sub.invalid", "asset=BTC", "amount=1"}, -2015, "between accounts of one customer"},
		"without the right":    {h.hmac, "universalTransfer", []string{"toEmail=4%40sub.invalid", "asset=BTC", "amount=1"}, -2015, "no right"},
		"another of this name": {h.ed, "universalTransfer", []string{"toEmail=4%40sub.invalid", "asset=BTC", "amount=1", "clientTranId=first"}, -2010, "clientTranId"},
		"too much":             {own, "transfer/subToMaster", []string{"asset=BTC", "amount=100"}, -2010, "insufficient balance"},
		"a stranger's name":    {h.ed, "universalTransfer", []string{"toEmail=bob%40example.com", "asset=BTC", "amount=1"}, 0, "sub-account/list"},
		"another kind":         {h.ed, "universalTransfer", []string{"toEmail=4%40sub.invalid", "toAccountType=MARGIN", "asset=BTC", "amount=1"}, 0, "SPOT"},
		"no such asset":        {h.ed, "universalTransfer", []string{"toEmail=4%40sub.invalid", "asset=DOGE", "amount=1"}, 0, "no such asset"},
	} {
		a := h.do(x.key, "POST", subPath+x.path, x.params...)
		if a.status < 400 || x.code != 0 && a.code() != x.code || !strings.Contains(a.body, x.msg) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}

	var list binance.SubAccounts
	h.do(h.hmac, "GET", subPath+"list").into(t, &list)
	if len(list.SubAccounts) != 2 || list.SubAccounts[0].Email != "4@sub.invalid" || list.SubAccounts[1].Remark != "swing" {
		t.Errorf("%+v", list)
	}
	h.do(own, "GET", subPath+"list").into(t, &list)
	if len(list.SubAccounts) != 0 {
		t.Errorf("a sub-account's key sees %+v", list)
	}
	var assets binance.SubAssets
	h.do(h.hmac, "GET", "/sapi/v3/sub-account/assets", "email=4%40sub.invalid").into(t, &assets)
	if len(assets.Balances) != 1 || assets.Balances[0].Free.Units != 75_000_000 {
		t.Errorf("%+v", assets)
	}
	for _, k := range []*testKey{h.bobs, own} { // another customer's, and the sub-account's own key
		if a := h.do(k, "GET", "/sapi/v4/sub-account/assets", "email=5%40sub.invalid"); a.status != 400 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	var all binance.UniversalTransfers
	h.do(h.ed, "GET", subPath+"universalTransfer").into(t, &all)
	if all.TotalCount != 3 || all.Result[0].TranID != 3 || all.Result[2].FromEmail != "" || all.Result[2].ToEmail != "4@sub.invalid" || all.Result[2].ClientTranID != "first" {
		t.Errorf("%+v", all)
	}
	h.do(h.ed, "GET", subPath+"universalTransfer", "limit=1", "page=2").into(t, &all)
	if len(all.Result) != 1 || all.Result[0].TranID != 2 {
		t.Errorf("page 2: %+v", all)
	}
	h.do(h.ed, "GET", subPath+"universalTransfer", "limit=1", "clientTranId=first").into(t, &all)
	if all.TotalCount != 1 || len(all.Result) != 1 || all.Result[0].ClientTranID != "first" {
		t.Errorf("the oldest by its name, on the first page of one: %+v", all)
	}
	h.do(h.hmac, "GET", subPath+"list", "limit=1", "email=5%40sub.invalid").into(t, &list)
	if len(list.SubAccounts) != 1 || list.SubAccounts[0].Email != "5@sub.invalid" {
		t.Errorf("the second by its name, on the first page of one: %+v", list)
	}
	h.do(h.bobs, "GET", subPath+"universalTransfer").into(t, &all)
	if all.TotalCount != 0 {
		t.Errorf("Bob sees %+v", all)
	}
	var mine []binance.SubTransfer
	h.do(own, "GET", subPath+"transfer/subUserHistory").into(t, &mine)
	if len(mine) != 3 || mine[0].Type != binance.TransferOut || mine[0].Email != "5@sub.invalid" || mine[1].CounterParty != "master" || mine[2].Type != binance.TransferIn {
		t.Errorf("%+v", mine)
	}
	h.do(own, "GET", subPath+"transfer/subUserHistory", "type=1").into(t, &mine)
	if len(mine) != 1 || mine[0].TranID != 1 {
		t.Errorf("%+v", mine)
	}
	var x binance.APIRestrictions
	h.do(own, "GET", "/sapi/v1/account/apiRestrictions").into(t, &x)
	if !x.PermitsUniversalTransfer || x.EnableSpotAndMarginTrading {
		t.Errorf("%+v", x)
	}
}

// TestTierFees: whoever asks is told what its own account pays, and pays it.
func TestTierFees(t *testing.T) {
	h := newHouse(t)
	h.operator(&instruction.SetFees{Tier: 1, Markets: []instruction.Market{h.btcusdt}, Maker: 100, Taker: 300})
	h.operator(&instruction.SetTier{Account: h.alice, Tier: 1})
	for key, want := range map[*testKey][2]string{h.ed: {"0.00010000", "0.00030000"}, h.bobs: {"0.00100000", "0.00200000"}} {
		var one binance.AccountCommission
		h.do(key, "GET", "/api/v3/account/commission", "symbol=BTCUSDT").into(t, &one)
		var fees []struct{ MakerCommission, TakerCommission string }
		h.do(key, "GET", "/sapi/v1/asset/tradeFee", "symbol=BTCUSDT").into(t, &fees)
		if got := [2]string{one.StandardCommission.Maker.String(), one.StandardCommission.Taker.String()}; got != want {
			t.Errorf("account/commission: %v, want %v", got, want)
		}
		if got := [2]string{fees[0].MakerCommission, fees[0].TakerCommission}; got != want {
			t.Errorf("tradeFee: %v, want %v", got, want)
		}
		a := h.do(key, "POST", "/api/v3/order/test", append(limitOrder("BUY", "0.1", "10000"), "computeCommissionRates=true")...)
		if !strings.Contains(a.body, `"taker":"`+want[1]) {
			t.Errorf("order/test: %s", a.body)
		}
	}
	h.order(h.bobs, limitOrder("SELL", "1", "10000")...)
	a := h.do(h.ed, "POST", orderPath, limitOrder("BUY", "1", "10000")...)
	if !strings.Contains(a.body, `"commission":"0.00030000","commissionAsset":"BTC"`) {
		t.Errorf("%s", a.body)
	}
}

// TestRebateToldNegative: a maker's rebate is a commission below zero, in the asset that fees are in.
func TestRebateToldNegative(t *testing.T) {
	h := newHouse(t)
	h.operator(&instruction.AddMarket{Base: 3, Quote: 2, Terms: instruction.Terms{
		Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, Lot: 1_000, MaxQty: 100_000_000_000,
		MinNotional: 5_000_000, MakerFee: -500, TakerFee: 1000, FeeIn: 2,
	}})
	h.operator(&instruction.Credit{Account: h.bob, Asset: 3, Amount: 1e10})
	order := func(k *testKey, side string) answer {
		params := limitOrder(side, "1", "1000")
		for i := range params {
			params[i] = strings.Replace(params[i], "BTCUSDT", "ETHUSDT", 1)
		}
		return h.do(k, "POST", orderPath, params...)
	}
	order(h.bobs, "SELL")
	if a := order(h.ed, "BUY"); !strings.Contains(a.body, `"commission":"1.000000","commissionAsset":"USDT"`) {
		t.Errorf("the taker is told %s", a.body)
	}
	if a := h.do(h.bobs, "GET", "/api/v3/myTrades", "symbol=ETHUSDT"); !strings.Contains(a.body, `"commission":"-0.500000","commissionAsset":"USDT"`) {
		t.Errorf("the maker is told %s", a.body)
	}
	if a := h.do(h.bobs, "GET", "/api/v3/account/commission", "symbol=ETHUSDT"); !strings.Contains(a.body, `"maker":"-0.00050000"`) {
		t.Errorf("%s", a.body)
	}
}

// TestDropped: what the operator drops is refused with his reason and until when; reading and cancelling stay open.
func TestDropped(t *testing.T) {
	h := newHouse(t)
	h.order(h.ed, append(limitOrder("BUY", "0.1", "9000"), "newClientOrderId=o")...)
	h.operator(&instruction.Drop{Class: instruction.DropTrading, Reason: "prices are looked into", Until: start + instruction.Day})
	told := "Reason: prices are looked into. Until: 2026-03-02 00:00:00 UTC."
	for _, path := range []string{orderPath, "/api/v3/order/test"} {
		if a := h.do(h.ed, "POST", path, limitOrder("BUY", "0.1", "9000")...); a.code() != -2010 || !strings.Contains(a.body, told) {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := h.do(h.ed, "GET", "/api/v3/account"); a.status != 200 {
		t.Errorf("%s", a.body)
	}
	h.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: 1}, Reason: "hot wallet moved"})
	if a := h.do(h.ed, "POST", "/sapi/v1/capital/withdraw/apply", "coin=BTC", "address=x", "amount=1"); a.code() != -1002 || !strings.Contains(a.body, "Withdrawals are shut for now. Nothing was sent. Reason: hot wallet moved.") {
		t.Errorf("%s", a.body)
	}
	if a := h.do(h.ed, "POST", "/sapi/v1/capital/withdraw/apply", "coin=USDT", "address=x", "amount=1"); a.code() != -2015 {
		t.Errorf("%s", a.body)
	}
	h.operator(&instruction.Raise{Drop: 1, Share: 100})
	h.operator(&instruction.Drop{Class: instruction.DropKeys})
	if a := h.do(h.ed, "POST", orderPath, limitOrder("BUY", "0.1", "9000")...); a.code() != -2015 || !strings.Contains(a.body, "This API key is shut for now") {
		t.Errorf("%s", a.body)
	}
	if a := h.do(h.ed, "GET", "/api/v3/myTrades", "symbol=BTCUSDT"); a.status != 200 {
		t.Errorf("%s", a.body)
	}
	if a := h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"); a.status != 200 && a.code() != -2011 { // the venue may have been faster
		t.Errorf("%s", a.body)
	}
}
