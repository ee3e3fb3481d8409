package daemon

import (
	"encoding/hex"
	"fmt"
	"net/netip"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
)

// facts are what a golden data directory says, in words that no layout changes: what a layout adds is left out where it
// is zero, and every field is named here, so that a new one changes no old text.
type facts struct {
	Records  uint64        `json:"records"`
	Clock    int64         `json:"clock"`
	Frozen   int64         `json:"frozen"`
	Orders   uint64        `json:"orders_ever"`
	Assets   []string      `json:"assets"`
	Markets  []factMarket  `json:"markets"`
	Accounts []factAccount `json:"accounts"`
	Keys     []factKey     `json:"keys"`
	// Since layout version 2:
	Drops []string `json:"drops,omitempty"`
	// Since layout version 3:
	Owners *ownerFacts `json:"owners,omitempty"`
	Worth  *worthFacts `json:"worth,omitempty"`
	// Since layout version 4:
	Gate *gateFacts `json:"gate,omitempty"`
	// Since layout version 5:
	Shore *shoreFacts `json:"shore,omitempty"`
	Kinds []string    `json:"kinds,omitempty"` // of instructions and events in the journal, and so all that the layout knew
}

type factMarket struct {
	Symbol, State, Terms, LastPrice string
	LastTrade                       uint64
	Orders                          []string // best first, bids before asks
	// Since layout version 2:
	Filters   string   `json:",omitempty"`
	Tiers     []string `json:",omitempty"`
	Waiting   []string `json:",omitempty"` // for a stop price or another order, by account, the newest first
	LastMatch uint64   `json:",omitempty"`
}

type factAccount struct {
	Ref      string
	Opened   int64
	Balances []string // asset, free, held
	// Since layout version 2:
	Parent instruction.Account `json:",omitempty"`
	Tier   instruction.Tier    `json:",omitempty"`
}

type factKey struct {
	Name, Scheme, Label, Rights, Material string
	Account                               instruction.Account
	Markets                               []instruction.Market
	Networks                              []netip.Prefix
	Created, Expires, Revoked             int64
	// Since layout version 2:
	Integrator string `json:",omitempty"`
	Canary     bool   `json:",omitempty"`
}

// factsOf reads the facts off a state.
func factsOf(s *core.State, records uint64) facts {
	f := facts{Records: records, Clock: int64(s.Clock().Now), Frozen: int64(s.Clock().Frozen), Orders: uint64(s.LastOrder())}
	for _, a := range s.Assets() {
		f.Assets = append(f.Assets, fmt.Sprintf("%s %d", a.Symbol, a.Scale))
	}
	for _, m := range s.Markets() {
		f.Markets = append(f.Markets, marketFacts(m, s.Accounts()))
	}
	for n := instruction.Fees; n <= s.Accounts(); n++ {
		x := s.Account(n)
		a := factAccount{Ref: x.Ref, Opened: int64(x.Opened), Parent: x.Parent, Tier: x.Tier}
		for x, b := range s.Balances(n) {
			a.Balances = append(a.Balances, fmt.Sprint(s.Asset(x).Symbol, " ", b.Free, " ", b.Held))
		}
		f.Accounts = append(f.Accounts, a)
	}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		k := s.Key(c)
		f.Keys = append(f.Keys, factKey{Name: k.ID.String(), Scheme: k.Scheme.String(), Label: k.Label(), Rights: k.Rights().String(),
			Material: hex.EncodeToString(k.Material()), Account: k.Account, Markets: k.Mandate().Markets, Networks: k.Mandate().Networks,
			Created: int64(k.Created), Expires: int64(k.Expires), Revoked: int64(k.Revoked), Integrator: k.Integrator(), Canary: k.Canary})
	}
	for _, d := range s.Drops() {
		x := &d.Scope
		f.Drops = append(f.Drops, fmt.Sprint(d.ID, d.Class, x.Asset, x.Networks, int64(x.Before), int64(d.Until), int64(d.Since), d.Share,
			d.Next, d.Last, d.Market)+fmt.Sprintf(" %q %q", x.Integrator, d.Reason))
	}
	f.Owners, f.Worth, f.Gate, f.Shore = ownersOf(s), worthOf(s), gateOf(s), shoreOf(s)
	return f
}

func marketFacts(m *core.Market, accounts instruction.Account) factMarket {
	t := &m.Terms
	x := factMarket{Symbol: m.Symbol, State: m.State.String(), LastPrice: fmt.Sprint(m.LastPrice), LastTrade: uint64(m.LastTrade),
		Terms:   fmt.Sprint(t.Tick, t.MinPrice, t.MaxPrice, t.Lot, t.MaxQty, t.MinNotional, t.MakerFee, t.TakerFee),
		Filters: filterFacts(t), LastMatch: uint64(m.LastMatch)}
	for n := instruction.Tier(1); n <= instruction.MaxTier; n++ {
		if m.HasTier(n) {
			x.Tiers = append(x.Tiers, fmt.Sprint(n, m.Rates(n).Maker, m.Rates(n).Taker))
		}
	}
	for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
		m.Book.Walk(side, func(h book.Handle) bool {
			x.Orders = append(x.Orders, orderFacts(m.Book, m.Book.At(h)))
			return true
		})
	}
	for a := instruction.Fees; a <= accounts; a++ {
		for h := range m.Book.Orders(a) {
			if o := m.Book.At(h); o.Stage() != book.Working {
				x.Waiting = append(x.Waiting, fmt.Sprint(o.Stage(), " ", orderFacts(m.Book, o)))
			}
		}
	}
	return x
}

// filterFacts is empty where a market has nothing that came with layout version 2.
func filterFacts(t *instruction.Terms) string {
	f := &t.Filters
	if t.FeeIn == 0 && *f == (instruction.Filters{}) {
		return ""
	}
	return fmt.Sprint(t.FeeIn, f.MinQty, f.MarketMinQty, f.MarketMaxQty, f.MaxNotional, f.MaxToMarket, f.MinSparesMarket, f.MaxPosition,
		f.BidUp, f.BidDown, f.AskUp, f.AskDown, f.IcebergParts, f.MaxOrders, f.MaxAlgo, f.MaxIcebergs, f.MaxLists, f.MaxAmends,
		f.TrailAboveMin, f.TrailAboveMax, f.TrailBelowMin, f.TrailBelowMax)
}

func orderFacts(b *book.Book, o *book.Order) string {
	text := fmt.Sprint(o.ID, o.Account, o.Credential, o.Side, o.Type, o.TIF, o.Price, o.Qty, o.Done, o.Paid, o.Held,
		o.ClientID, int64(o.Placed), int64(o.Updated))
	if o.SelfTrade != instruction.TradeAnyway {
		text += " " + o.SelfTrade.String()
	}
	if x := b.More(o); x != nil {
		text += " more " + fmt.Sprint(o.Shown(), x.Trigger, int(x.Shape), x.Leg, x.Trail, x.Amends, x.Stop, x.Best, int64(x.Tracks),
			int64(x.Works), x.Visible, x.Prevented, uint64(x.Match), uint64(x.List), x.Name)
	}
	return text
}
