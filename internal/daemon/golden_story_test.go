package daemon

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"net/netip"
	"slices"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
)

// told is one instruction of the golden story.
type told struct {
	in    instruction.Instruction
	late  func(*core.State) instruction.Instruction // in its stead: what depends on what came before
	by    *instruction.Principal                    // nil: the operator
	after instruction.Time                          // the step before
	fails bool                                      // it is denied or refused
}

// goldenStory has every kind of instruction, carried out, refused and denied.
func goldenStory(t *testing.T, kek seal.KEK, x *shore) []told {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	ids := []instruction.KeyID{{1}, {2}, {3}, {4}}
	sealed, err := kek.Seal(secret.New([]byte(goldenSecret)), ids[2][:])
	if err != nil {
		t.Fatal(err)
	}
	home := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("2001:db8::/48")}
	trade := instruction.MayRead | instruction.MayTrade
	terms := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8, MakerFee: 1000, TakerFee: 2000}
	story := []told{
		{in: &instruction.AddAsset{Symbol: "BTC", Scale: 8}}, {in: &instruction.AddAsset{Symbol: "USDT", Scale: 8}},
		{in: &instruction.AddMarket{Base: 1, Quote: 2, Terms: terms}},
		{in: &instruction.AddAsset{Symbol: "BTC", Scale: 8}, fails: true},
		{in: &instruction.OpenAccount{Ref: "first"}}, {in: &instruction.OpenAccount{Ref: "second"}}, {in: &instruction.OpenAccount{Ref: "third"}},
	}
	for a := instruction.Account(2); a <= 4; a++ {
		story = append(story, told{in: &instruction.Credit{Account: a, Asset: 1, Amount: 10e8, Ref: "from outside"}},
			told{in: &instruction.Credit{Account: a, Asset: 2, Amount: 100_000e8, Ref: "from outside"}})
	}
	story = append(story,
		told{in: &instruction.CreateKey{Account: 2, ID: ids[0], Scheme: instruction.Ed25519, Material: make([]byte, 32), Label: "ed",
			Mandate: instruction.Mandate{Rights: trade, Markets: []instruction.Market{1}}}},
		told{in: &instruction.CreateKey{Account: 3, ID: ids[1], Scheme: instruction.RSA, Material: public, Label: "rsa",
			Mandate: instruction.Mandate{Rights: trade, Networks: home, Expires: 1_600_000_000_000_000}}},
		told{in: &instruction.CreateKey{Account: 4, ID: ids[2], Scheme: instruction.HMAC, Material: sealed, Label: "hmac",
			Mandate: instruction.Mandate{Rights: trade, Networks: home}}},
		told{in: &instruction.CreateKey{Account: 4, ID: ids[3], Scheme: instruction.HMAC, Material: bytes.Clone(sealed), Label: "gone",
			Mandate: instruction.Mandate{Rights: instruction.MayRead}}},
		told{in: &instruction.RevokeKey{Credential: 4}}, told{in: &instruction.RevokeKey{Credential: 4}, fails: true},
	)
	again, err := kek.Seal(secret.New([]byte(goldenSecret)), ids[2][:])
	if err != nil {
		t.Fatal(err)
	}
	story = append(story, told{in: &instruction.ResealKey{Credential: 3, Material: again}},
		told{in: &instruction.ResealKey{Credential: 1, Material: again}, fails: true}) // it has no secret
	story = slices.Concat(story, goldenTrades(), goldenVenue(home), goldenOrders(), goldenLists(), goldenTransfers(), goldenDrops(home),
		goldenUnbound(), goldenOwners(sealed, home))
	now := goldenBegin
	for _, x := range story {
		now += x.after
	}
	return slices.Concat(story, goldenWorth(now), goldenGate(now), x.story(), goldenClock())
}

// goldenName is a name of an order; one that is no name is empty, and refused.
func goldenName(text string) instruction.ClientID {
	id, _ := instruction.ClientIDOf(text)
	return id
}

// goldenTrades are what layout version 1 knew of trading. They leave nothing between 9900 and 10100, where goOn trades.
func goldenTrades() []told {
	name := goldenName
	order := func(id string, side instruction.Side, kind instruction.OrderType, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
		return &instruction.PlaceOrder{Market: 1, Side: side, Type: kind, TIF: tif, Price: price, Qty: qty, ClientID: name(id)}
	}
	const sell, buy = instruction.Sell, instruction.Buy
	one, two, three := goldenTrader(1), goldenTrader(2), goldenTrader(3)
	signed := *two
	signed.Request, signed.Sent, signed.Window, signed.Client = instruction.Digest{7}, 1_515_196_803_000_000, 5*instruction.Second, 42
	byQuote := order("quote", buy, instruction.MarketType, instruction.IOC, 0, 0)
	byQuote.QuoteQty = 500e8
	return []told{
		{in: order("a", sell, instruction.Limit, instruction.GTC, 10_100e8, 3e8), by: one, after: instruction.Second},
		{in: order("b", sell, instruction.Limit, instruction.GTC, 10_200e8, 1e8), by: two, after: instruction.Second},
		{in: order("c", buy, instruction.Limit, instruction.GTC, 9_900e8, 1e8), by: three, after: instruction.Second},
		{in: order("d", buy, instruction.LimitMaker, instruction.GTC, 9_800e8, 1e8), by: &signed},
		{in: order("e", buy, instruction.LimitMaker, instruction.GTC, 9_801e8, 1e8), by: &signed, fails: true}, // seen before
		{in: order("f", buy, instruction.LimitMaker, instruction.GTC, 10_100e8, 1e8), by: three, fails: true},  // would take
		{in: order("g", buy, instruction.Limit, instruction.IOC, 10_100e8, 1e8), by: three},
		{in: order("h", buy, instruction.Limit, instruction.FOK, 10_100e8, 5e8), by: three}, // expires
		{in: order("i", buy, instruction.MarketType, instruction.IOC, 0, 5e7), by: two},
		{in: byQuote, by: three},
		{in: order("j", sell, instruction.Limit, instruction.GTC, 10_300e8, 1e8), by: one},
		{in: &instruction.CancelOrder{Market: 1, Client: name("j"), ClientID: name("x")}, by: one},
		{in: &instruction.CancelOrder{Market: 1, Order: 1_000}, by: one, fails: true},
		{in: &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: 1, Client: name("b")},
			Place: *order("k", sell, instruction.Limit, instruction.GTC, 10_250e8, 2e8)}, by: two},
		{in: order("l", buy, instruction.Limit, instruction.GTC, 9_700e8, 1e8), by: one},
		{in: order("m", buy, instruction.Limit, instruction.GTC, 9_600e8, 1e8), by: one},
		{in: &instruction.SetMarket{Market: 1, State: instruction.CancelOnly}},
		{in: order("n", buy, instruction.Limit, instruction.GTC, 9_600e8, 1e8), by: three, fails: true},
		{in: &instruction.CancelAll{Market: 1}, by: one},
		{in: &instruction.SetMarket{Market: 1, State: instruction.Open}},
	}
}

// goldenVenue is what layout version 2 knows of markets, fees and keys. Keys 5 and 7 are made for others, key 6 is a canary.
func goldenVenue(home []netip.Prefix) []told {
	terms := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8, MakerFee: -100, TakerFee: 1000, FeeIn: 2}
	first := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8, MakerFee: 900, TakerFee: 1900}
	first.Filters = instruction.Filters{
		MinQty: 2e3, MarketMinQty: 3e3, MarketMaxQty: 5e11, MaxNotional: 1e15, MaxToMarket: true, MinSparesMarket: true, MaxPosition: 1e14,
		BidUp: 50_000, BidDown: 2_000, AskUp: 51_000, AskDown: 2_001, IcebergParts: 11, MaxOrders: 150, MaxAlgo: 6, MaxIcebergs: 7,
		MaxLists: 21, MaxAmends: 12, TrailAboveMin: 13, TrailAboveMax: 1_900, TrailBelowMin: 14, TrailBelowMax: 1_901,
	}
	wrong := first
	wrong.Tick = 1e7
	key := func(n byte, a instruction.Account, label, integrator string, rights instruction.Rights) *instruction.CreateKey {
		return &instruction.CreateKey{Account: a, ID: instruction.KeyID{n}, Scheme: instruction.Ed25519, Material: bytes.Repeat([]byte{n}, 32), Label: label,
			Mandate: instruction.Mandate{Rights: rights, Networks: home}, Integrator: integrator, Created: 1_500_000_000_000_000}
	}
	canary := key(6, 4, "decoy", "", instruction.MayRead|instruction.MayTrade)
	canary.Canary = true
	all := instruction.MayRead | instruction.MayTrade | instruction.MayTransfer
	return []told{
		{in: &instruction.AddAsset{Symbol: "ETH", Scale: 8}}, {in: &instruction.AddMarket{Base: 3, Quote: 2, Terms: terms}},
		{in: &instruction.OpenAccount{Ref: "sub", Parent: 2}}, {in: &instruction.OpenAccount{Ref: "sub sub", Parent: 5}, fails: true},
		{in: &instruction.Credit{Account: 2, Asset: 3, Amount: 100e8, Ref: "e"}}, {in: &instruction.Credit{Account: 3, Asset: 3, Amount: 100e8, Ref: "e"}},
		{in: &instruction.Credit{Account: 4, Asset: 3, Amount: 100e8, Ref: "e"}}, {in: &instruction.Credit{Account: 5, Asset: 2, Amount: 5_000e8, Ref: "e"}},
		{in: key(5, 2, "grid bot", "grid", all)}, {in: canary}, {in: key(7, 5, "mesh bot", "mesh", all)},
		{in: &instruction.SetFees{Tier: 2, Markets: []instruction.Market{2}, Maker: -90, Taker: 800}},
		{in: &instruction.SetFees{Tier: 1, Maker: 700, Taker: 1_500}}, // in every market
		{in: &instruction.SetFees{Markets: []instruction.Market{1}, Maker: 900, Taker: 1_900}},
		{in: &instruction.SetFees{Tier: 3, Markets: []instruction.Market{2}, Maker: -900, Taker: 900}, fails: true}, // not covered
		{in: &instruction.SetTier{Account: 3, Tier: 2}}, {in: &instruction.SetTier{Account: 2, Tier: 1}},
		{in: &instruction.SetTier{Account: 4, Tier: 9}, fails: true},
		{in: &instruction.SetTerms{Market: 1, Terms: first}}, {in: &instruction.SetTerms{Market: 1, Terms: wrong}, fails: true},
	}
}

// second is an order of market 2.
func second(id string, side instruction.Side, kind instruction.OrderType, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{Market: 2, Side: side, Type: kind, TIF: tif, Price: price, Qty: qty, ClientID: goldenName(id)}
}

// waits has an order wait for a stop price, or for the price to turn, or both.
func waits(p *instruction.PlaceOrder, trigger instruction.Trigger, stop money.Price, trail uint16) *instruction.PlaceOrder {
	p.Trigger, p.Stop, p.Trail = trigger, stop, trail
	return p
}

// goldenOrders are what layout version 2 knows of single orders, in market 2. They end with the last price at 1050, where an
// iceberg is the best ask, and nothing between that and 990.
func goldenOrders() []told {
	const sell, buy, limit, gtc, ioc = instruction.Sell, instruction.Buy, instruction.Limit, instruction.GTC, instruction.IOC
	two, three, five := goldenTrader(2), goldenTrader(3), goldenTrader(5)
	market := func(id string, side instruction.Side, qty money.Amount) *instruction.PlaceOrder {
		return second(id, side, instruction.MarketType, ioc, 0, qty)
	}
	ice := second("ice", sell, limit, gtc, 1_050e8, 10e8)
	ice.Visible = 2e8
	own := func(id string, mode instruction.SelfTrade) *instruction.PlaceOrder {
		p := second(id, buy, limit, gtc, 1_050e8, 1e8)
		p.SelfTrade = mode
		return p
	}
	rests := second("kept", buy, limit, gtc, 940e8, 1e8)
	rests.SelfTrade = instruction.ExpireBoth
	cancel := func(id string, only instruction.Standing) *instruction.CancelOrder {
		return &instruction.CancelOrder{Market: 2, Client: goldenName(id), Only: only}
	}
	amend := func(qty money.Amount) *instruction.AmendOrder {
		return &instruction.AmendOrder{Market: 2, Client: goldenName("B"), Qty: qty, ClientID: goldenName("B2")}
	}
	return []told{
		{in: second("no", buy, limit, gtc, 990e8, 5e8), by: goldenTrader(1), fails: true, after: instruction.Second}, // market not listed
		{in: second("no", buy, limit, gtc, 990e8, 5e8), by: goldenTrader(6), fails: true},                            // the canary
		{in: second("A", sell, limit, gtc, 1_010e8, 5e8), by: two},
		{in: second("B", buy, limit, gtc, 990e8, 5e8), by: two},
		{in: second("C", buy, limit, ioc, 1_010e8, 1e8), by: three},
		{in: waits(market("stop", sell, 1e8), instruction.StopLoss, 900e8, 0), by: three},
		{in: waits(second("dip", buy, limit, gtc, 980e8, 1e8), instruction.TakeProfit, 995e8, 0), by: three},
		{in: waits(market("late", sell, 1e8), instruction.StopLoss, 1_020e8, 0), by: three, fails: true}, // the price is there
		{in: second("D", sell, limit, ioc, 990e8, 1e8), by: five, after: instruction.Second},             // "dip" starts
		{in: waits(market("trail", sell, 1e8), instruction.StopLoss, 0, 500), by: three},
		{in: waits(second("turn", sell, limit, gtc, 1_200e8, 1e8), instruction.TakeProfit, 1_180e8, 200), by: two},
		{in: ice, by: two},
		{in: second("F", buy, limit, ioc, 1_050e8, 7e8), by: five, after: instruction.Second}, // 1010, and two parts of the iceberg
		{in: amend(3e8), by: two}, {in: amend(1e8), by: two, fails: true},
		{in: &instruction.ReplaceOrder{Cancel: *cancel("nope", 0), Place: *second("E", buy, limit, gtc, 970e8, 1e8), AllowFails: true},
			by: two, fails: true}, // the cancel alone
		{in: cancel("E", instruction.PartlyFilled), by: two, fails: true},
		{in: cancel("E", instruction.Unfilled), by: two},
		{in: own("G", instruction.ExpireTaker), by: two}, {in: own("H", instruction.Decrement), by: two},
		{in: rests, by: two},
	}
}

// goldenLists are lists of orders in market 2: some stay whole, of some an order has started, was refused or cancelled.
func goldenLists() []told {
	const sell, buy, limit, gtc = instruction.Sell, instruction.Buy, instruction.Limit, instruction.GTC
	two, three, five := goldenTrader(2), goldenTrader(3), goldenTrader(5)
	list := func(id string, shape instruction.Shape, legs ...*instruction.PlaceOrder) *instruction.PlaceList {
		in := &instruction.PlaceList{Market: 2, Shape: shape, ClientID: goldenName(id)}
		for i, p := range legs {
			in.Legs[i] = *p
		}
		return in
	}
	stop := func(id string, side instruction.Side, at, price money.Price) *instruction.PlaceOrder {
		return waits(second(id, side, limit, gtc, price, 1e8), instruction.StopLoss, at, 0)
	}
	maker := func(id string, side instruction.Side, price money.Price) *instruction.PlaceOrder {
		return second(id, side, instruction.LimitMaker, gtc, price, 1e8)
	}
	order := func(id string, side instruction.Side, price money.Price) *instruction.PlaceOrder {
		return second(id, side, limit, gtc, price, 1e8)
	}
	return []told{
		{in: list("oco", instruction.OCO, stop("oco-s", sell, 950e8, 940e8), maker("oco-l", sell, 1_100e8)), by: three},
		{in: list("gone", instruction.OCO, stop("gone-s", buy, 1_200e8, 1_210e8), maker("gone-l", buy, 985e8)), by: two},
		{in: &instruction.CancelList{Market: 2, Client: goldenName("gone"), ClientID: goldenName("y")}, by: two},
		{in: &instruction.CancelList{Market: 2, List: 99}, by: two, fails: true},
		{in: list("oto", instruction.OTO, order("oto-w", buy, 960e8), order("oto-p", sell, 1_300e8)), by: five},
		{in: list("late", instruction.OTO, order("late-w", buy, 1_050e8), maker("late-p", buy, 1_060e8)), by: five}, // it would take
		{in: list("next", instruction.OTO, order("next-w", buy, 1_050e8), stop("next-p", sell, 930e8, 925e8)), by: five},
		{in: list("three", instruction.OTOCO, order("three-w", sell, 1_150e8), stop("three-s", buy, 1_250e8, 1_260e8), maker("three-l", buy, 1_100e8)), by: three},
		{in: list("bad", instruction.OCO, order("bad-1", sell, 1_150e8), maker("bad-2", sell, 1_100e8)), by: three, fails: true},
	}
}

// goldenTransfers are between account 2 and its sub-account 5.
func goldenTransfers() []told {
	move := func(from, to instruction.Account, amount money.Amount, id string) *instruction.Transfer {
		return &instruction.Transfer{From: from, To: to, Asset: 2, Amount: amount, Client: goldenName(id)}
	}
	five, seven := goldenTrader(5), goldenTrader(7)
	return []told{
		{in: move(2, 5, 1_000e8, "move"), by: five}, {in: move(2, 5, 1_000e8, "move"), by: five}, // known
		{in: move(2, 5, 1_001e8, "move"), by: five, fails: true}, {in: move(5, 2, 10e8, ""), by: seven},
		{in: move(4, 5, 1e8, ""), by: five, fails: true}, // not its own
	}
}

// goldenDrops leave drops 1 and 2 live; drop 1 has cancelled key 7's orders.
func goldenDrops(home []netip.Prefix) []told {
	seven := goldenTrader(7)
	order := func(id string) *instruction.PlaceOrder {
		return second(id, instruction.Buy, instruction.Limit, instruction.GTC, 910e8, 1e8)
	}
	return []told{
		{in: order("U"), by: seven}, {in: order("V"), by: seven},
		{in: &instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Integrator: "mesh"}, Reason: "leaked", Until: 1_600_000_000_000_000}},
		{in: order("W"), by: seven, fails: true},
		{in: &instruction.Raise{Drop: 1, Share: 1}},
		{in: &instruction.Drop{Class: instruction.DropTrading, Reason: "ETH from afar",
			Scope: instruction.Scope{Asset: 3, Networks: home[1:], Before: 1_510_000_000_000_000}}},
		{in: &instruction.Drop{Class: instruction.DropWithdrawals}}, {in: &instruction.Drop{Class: instruction.DropClaims}},
		{in: &instruction.Raise{Drop: 3, Share: 100}}, {in: &instruction.Raise{Drop: 3, Share: 100}, fails: true},
		{in: &instruction.RevokeKey{Credential: 6}},
	}
}

// goldenClock lets time jump twice. The second jump stays unconfirmed.
func goldenClock() []told {
	return []told{
		{in: &instruction.ConfirmClock{}, after: instruction.Day},
		{in: &instruction.ConfirmClock{}, fails: true},
		{in: &instruction.SetMarket{Market: 2, State: instruction.CancelOnly}, after: 3 * instruction.Second}, // the clock freezes again
	}
}
