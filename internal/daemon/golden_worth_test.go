package daemon

import (
	"bytes"
	"fmt"
	"net/netip"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// goldenUnbound lets accounts 2 and 3 lose all, so that goOn trades long after the marks are stale. It comes before they have
// owner's keys, which alone could do it then.
func goldenUnbound() []told {
	all := instruction.Budget{Loss: money.Whole, Fees: money.Whole}
	return []told{{in: &instruction.SetBudget{Account: 2, Budget: all}}, {in: &instruction.SetBudget{Account: 3, Budget: all}}}
}

// goldenWorth is what layout version 3 knows of worth, marks and budgets, told from the time now on. Account 6 has an owner's
// key, 13, and key 14, whose budget is spent in market 3, which is liquid, and in market 4, which is thin and which its owner
// named. Account 7, with key 15, is on the other side. In the end market 3 cools down, and an order of key 14 is capped in it.
func goldenWorth(now instruction.Time) []told {
	const sell, buy, gtc, ioc = instruction.Sell, instruction.Buy, instruction.GTC, instruction.IOC
	terms := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e15, MinNotional: 1e8, MakerFee: 1000, TakerFee: 1000}
	key := func(n byte, a instruction.Account, rights instruction.Rights) *instruction.CreateKey {
		return &instruction.CreateKey{Account: a, ID: instruction.KeyID{n}, Scheme: instruction.Ed25519, Material: bytes.Repeat([]byte{n}, 32),
			Mandate: instruction.Mandate{Rights: rights | instruction.MayRead}}
	}
	liquid := instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: 1_000_000e8, Bands: instruction.Bands{Collar: 500_000}}
	broken, wrong := liquid, liquid
	broken.Bands = instruction.Bands{Collar: 500_000, Range: 10_000, Volume: 2, Cool: instruction.MinCool}
	wrong.Bands.Range = 10_000
	venue := &instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr("127.0.0.1")}
	refer := func(price money.Price, dated instruction.Time) *instruction.Refer {
		return &instruction.Refer{Market: 3, Price: price, Dated: dated}
	}
	route := func(x instruction.Asset, list ...instruction.Market) *instruction.SetRoute {
		return &instruction.SetRoute{Asset: x, Markets: list}
	}
	budget := func(k instruction.Credential, loss, fees money.PPM) *instruction.SetBudget {
		return &instruction.SetBudget{Account: 6, Credential: k, Budget: instruction.Budget{Loss: loss, Fees: fees}}
	}
	place := func(id string, m instruction.Market, side instruction.Side, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
		return &instruction.PlaceOrder{Market: m, Side: side, Type: instruction.Limit, TIF: tif, Price: price, Qty: qty, ClientID: goldenName(id)}
	}
	stop := waits(place("stop", 3, sell, gtc, 90e8, 10e8), instruction.StopLoss, 99e8, 0)
	two, owner, thief, house := goldenTrader(2), goldenTrader(13), goldenTrader(14), goldenTrader(15)
	story := []told{
		{in: &instruction.AddAsset{Symbol: "LTC", Scale: 8}}, {in: &instruction.AddAsset{Symbol: "DUST", Scale: 8}},
		{in: &instruction.AddMarket{Base: 4, Quote: 2, Terms: terms}}, {in: &instruction.AddMarket{Base: 5, Quote: 2, Terms: terms}},
		{in: route(4, 3), fails: true}, {in: &instruction.SetValuation{Asset: 2}}, {in: &instruction.SetValuation{Asset: 1}, fails: true},
		{in: route(1, 1)}, {in: route(3, 2)}, {in: route(4, 3)}, {in: route(5, 4)}, {in: route(5, 3), fails: true},
		{in: &instruction.SetMarks{Market: 3, Marks: liquid}}, {in: &instruction.SetMarks{Market: 3, Marks: wrong}, fails: true},
		{in: &instruction.SetMarks{Market: 4, Marks: instruction.Marks{Tier: instruction.Thin}}},
		{in: &instruction.OpenAccount{Ref: "bounded"}}, {in: &instruction.OpenAccount{Ref: "house"}},
		{in: &instruction.SetBudget{Account: 7, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}}},
		{in: key(13, 6, instruction.MayOwn)}, {in: key(14, 6, instruction.MayTrade)}, {in: key(15, 7, instruction.MayTrade)},
		{in: budget(14, 5_000, 20_000), by: owner}, {in: budget(14, 6_000, 20_000), fails: true}, // only the owner raises
		{in: budget(0, 60_000, 20_000), by: owner}, // to 5%; the rest waits
		{in: &instruction.NameMarket{Account: 6, Market: 4}, by: owner}, {in: &instruction.NameMarket{Account: 6, Market: 4}, by: owner, fails: true},
		{in: refer(100e8, now), by: venue}, {in: refer(100e8, now-instruction.Second), by: venue, fails: true},
	}
	for _, c := range []instruction.Credit{{Account: 3, Asset: 4, Amount: 10e8}, {Account: 6, Asset: 2, Amount: 10_000e8}, {Account: 6, Asset: 4, Amount: 100e8},
		{Account: 7, Asset: 2, Amount: 1_000_000e8}, {Account: 7, Asset: 4, Amount: 10_000e8}, {Account: 7, Asset: 5, Amount: 1_000_000e8}} {
		story = append(story, told{in: &c})
	}
	return append(story,
		told{in: place("ask", 3, sell, gtc, 101e8, 1_000e8), by: house}, told{in: place("bid", 3, buy, gtc, 99e8, 1_000e8), by: house},
		told{in: place("dust", 4, sell, gtc, 1e8, 1_000e8), by: house},
		told{in: place("ten", 3, buy, ioc, 101e8, 10e8), by: thief},
		told{in: &instruction.ConfirmBudget{Account: 6, Credential: 14}, by: owner}, told{in: &instruction.ConfirmBudget{Account: 6, Credential: 14}, by: owner, fails: true},
		told{in: place("nothing", 4, buy, ioc, 1e8, 50e8), by: thief},
		told{in: stop, by: thief},
		told{in: place("open", 3, buy, gtc, 98e8, 1e8), by: thief},
		told{in: &instruction.PlaceOrder{Market: 3, Side: buy, Type: instruction.MarketType, TIF: ioc, Qty: 60e8, ClientID: goldenName("all")}, by: thief}, // cut
		told{in: place("no", 3, buy, gtc, 101e8, 30e8), by: thief, fails: true},
		told{in: place("fall", 3, sell, ioc, 99e8, 1e8), by: two}, // "stop" starts
		told{in: &instruction.SetMarks{Market: 3, Marks: broken}},
		told{in: place("last", 3, buy, ioc, 101e8, 1e8), by: two},
		told{in: place("late", 3, buy, ioc, 101e8, 1e8), by: two, fails: true}, // it is halted
	)
}

// worthFacts are what came with layout version 3 of worth, marks and budgets.
type worthFacts struct {
	Valuation instruction.Asset `json:"valuation"`
	Routes    []string          `json:"routes"`
	Markets   []string          `json:"markets"`
	Named     []string          `json:"named"`
	Budgets   []string          `json:"budgets"`
	Orders    []string          `json:"orders"`
}

// worthOf is nil where a state has nothing of that.
func worthOf(s *core.State) *worthFacts {
	if s.Valuation() == 0 {
		return nil
	}
	f := worthFacts{Valuation: s.Valuation()}
	for _, a := range s.Assets() {
		f.Routes = append(f.Routes, fmt.Sprint(a.Symbol, a.Route))
	}
	for _, m := range s.Markets() {
		price, dated := m.Prices().Reference()
		b := &m.Marks.Bands
		f.Markets = append(f.Markets, fmt.Sprint(m.Symbol, " ", m.Marks.Tier, m.Marks.Reference, m.Marks.Depth, b.Collar, b.Range, b.Volume,
			int64(b.Cool), int64(m.Cool), price, int64(dated)))
		for a := instruction.Fees; a <= s.Accounts(); a++ {
			if a == s.Customer(a) && s.Worth(a).Thin(m).Named {
				f.Named = append(f.Named, fmt.Sprint(a, " ", m.Symbol))
			}
			for h := range m.Book.Orders(a) {
				if o := m.Book.At(h); o.Risk != 0 || m.Book.More(o) != nil && m.Book.More(o).Capped {
					kind, tif, asked := m.Book.Asked(o)
					f.Orders = append(f.Orders, fmt.Sprint(o.ID, o.Risk, o.Price, kind, tif, asked))
				}
			}
		}
	}
	for a := instruction.Fees + 1; a <= s.Accounts(); a++ {
		_, limit, _ := s.Budgets(a, 0)
		f.Budgets = append(f.Budgets, fmt.Sprint(a, limit)+spentFacts(s, a, 0))
	}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		a := s.Key(c).Account
		limit, _, _ := s.Budgets(a, c)
		f.Budgets = append(f.Budgets, fmt.Sprint(a, c, limit)+spentFacts(s, a, c))
	}
	return &f
}

// spentFacts are what counts against a budget.
func spentFacts(s *core.State, a instruction.Account, c instruction.Credential) string {
	x, _, _ := s.Worth(a).Budget(a, c)
	return fmt.Sprint(" ", x.Loss.Spent, x.Loss.Since, x.Loss.Reserved, x.Fees.Spent, x.Fees.Since)
}
