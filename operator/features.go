package operator

import (
	"net/netip"

	"portcullis/core"
	"portcullis/core/instruction"
)

// ShowFeatures asks what detection rules read of a key. Features of a request need one: with a market and an address they are as
// of an order that is placed there from there, of which nothing else is known.
type ShowFeatures struct {
	Key    uint32 `json:"key,omitempty"`
	Name   string `json:"name,omitempty"`
	From   string `json:"from,omitempty"`   // an address
	Symbol string `json:"symbol,omitempty"` // a market
}

// Feature is one of them.
type Feature struct {
	Feature string `json:"feature"` // as rules write it
	Value   int64  `json:"value"`
	Unit    string `json:"unit"`
	Window  string `json:"window"`
}

// FeaturesShown answers ShowFeatures.
type FeaturesShown struct {
	Key      uint32    `json:"key"`
	Account  uint32    `json:"account"`
	Features []Feature `json:"features"`
}

func (s *Server) showFeatures(_ *caller, in *ShowFeatures) (r FeaturesShown, _ *problem) {
	c, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return r, bad
	}
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: c}
	if in.From != "" {
		var err error
		if p.Addr, err = netip.ParseAddr(in.From); err != nil {
			return r, wrong("malformed-command", "%q is no address: name one such as 203.0.113.7 or 2001:db8::1.", in.From)
		}
	}
	var unknown *problem
	bad = s.read(func(st *core.State) {
		k := st.Key(c)
		if k == nil {
			unknown = wrong("unknown-credential", "There is no key of this number.")
			return
		}
		r.Key, r.Account = uint32(c), uint32(k.Account)
		r.Features, unknown = features(st, &p, in.Symbol)
	})
	if bad == nil {
		bad = unknown
	}
	return r, bad
}

// features are those of a key, and, where they are asked for, those of the network and the market of an order of its.
func features(st *core.State, p *instruction.Principal, symbol string) (list []Feature, _ *problem) {
	order := &instruction.PlaceOrder{}
	if symbol != "" {
		m := st.MarketNamed(symbol)
		if m == nil {
			return nil, wrong("unknown-market", "There is no market %q. Its symbol is the two assets' written together, such as BTCUSDT; see the list of markets.", symbol)
		}
		order.Market = m.ID
	}
	alone, asked := st.Values(p, nil), st.Values(p, order)
	for _, f := range instruction.Features() {
		x, v := f.Facts(), alone.Value(f)
		switch {
		case !x.Request:
		case ofNetwork(f) && p.Addr.IsValid(), ofMarket(f) && symbol != "":
			v = asked.Value(f)
		default:
			continue
		}
		list = append(list, Feature{x.Name, v, x.Unit, x.Window})
	}
	return list, nil
}

func ofNetwork(f instruction.Feature) bool {
	return f >= instruction.NetworkTombstones && f < instruction.PairTrades24h || f == instruction.KeyNetworkNew || f == instruction.KeyNetworkHours
}

func ofMarket(f instruction.Feature) bool {
	return f >= instruction.MarketVolumeBurst && f < instruction.NetworkTombstones || f == instruction.KeyMarketNew
}
