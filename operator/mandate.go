package operator

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/clock"
	"portcullis/internal/network"
)

// over changes a mandate by what is said of it; what is not said stays.
func (s *Server) over(m *instruction.Mandate, in *ChangeKey) *problem {
	var err error
	if in.Rights != nil {
		if m.Rights, err = rights(*in.Rights); err != nil {
			return wrong("malformed-mandate", "%s", sentence(err))
		}
	}
	if in.Networks != nil {
		if len(*in.Networks) > instruction.MaxMandateNetworks {
			return wrong("malformed-mandate", "A key lists at most %d networks.", instruction.MaxMandateNetworks)
		}
		if m.Networks, err = networks(*in.Networks); err != nil {
			return wrong("malformed-network", "%s", sentence(err))
		}
	}
	if in.Expires != nil {
		now := s.cfg.Engine.Now()
		if m.Expires, err = clock.End(*in.Expires, now); err != nil {
			return wrong("malformed-expiry", "%s", sentence(err))
		}
		if m.Expires != 0 && m.Expires <= now {
			return wrong("malformed-expiry", "The key would have ended at %s, and now it is %s.", text(m.Expires), text(now))
		}
	}
	var bad *problem
	if in.Symbols != nil {
		if len(*in.Symbols) > instruction.MaxMandateMarkets {
			return wrong("malformed-mandate", "A key lists at most %d symbols.", instruction.MaxMandateMarkets)
		}
		m.Markets, bad = s.markets(*in.Symbols)
	}
	if in.Trades != nil && bad == nil {
		m.Trades, bad = s.caps(*in.Trades)
	}
	if in.Withdrawals != nil && bad == nil {
		m.Withdrawals, bad = s.caps(*in.Withdrawals)
	}
	return bad
}

// mandate reads what a new key may do.
func (s *Server) mandate(in *CreateKey) (instruction.Mandate, *problem) {
	m := instruction.Mandate{Rights: instruction.MayRead}
	asked := ChangeKey{Symbols: &in.Symbols, Networks: &in.Networks, Expires: &in.Expires, Trades: &in.Trades, Withdrawals: &in.Withdrawals}
	if len(in.Rights) > 0 {
		asked.Rights = &in.Rights
	}
	return m, s.over(&m, &asked)
}

func rights(list []string) (instruction.Rights, error) {
	if len(list) == 0 {
		return 0, nil // core says that this is none
	}
	return instruction.ParseRights(strings.Join(list, ","))
}

// networks reads a list of networks, of which none lies in another.
func networks(list []string) (out []netip.Prefix, err error) {
	for _, text := range list {
		p, err := network.Parse(text)
		if err != nil {
			return nil, err
		}
		for _, other := range out {
			switch {
			case other == p:
				return nil, fmt.Errorf("the network %s is listed twice", p)
			case other.Overlaps(p) && other.Bits() < p.Bits():
				return nil, fmt.Errorf("the network %s lies in %s, which is listed too: list the one that is meant", p, other)
			case other.Overlaps(p):
				return nil, fmt.Errorf("the network %s lies in %s, which is listed too: list the one that is meant", other, p)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// caps reads bounds by asset, in the order in which mandates have them.
func (s *Server) caps(list []Cap) (out []instruction.Cap, bad *problem) {
	if len(list) > instruction.MaxCaps {
		return nil, wrong("malformed-caps", "A key has caps on at most %d assets.", instruction.MaxCaps)
	}
	failed := s.read(func(st *core.State) {
		for _, c := range list {
			var x instruction.Cap
			if x, bad = readCap(st, &c); bad != nil {
				return
			}
			out = append(out, x)
		}
	})
	if failed != nil || bad != nil {
		return nil, cmp.Or(failed, bad)
	}
	slices.SortFunc(out, func(a, b instruction.Cap) int { return cmp.Compare(a.Asset, b.Asset) })
	for i := 1; i < len(out); i++ {
		if out[i].Asset == out[i-1].Asset {
			return nil, wrong("malformed-caps", "One asset has two caps: name each asset once, with both bounds.")
		}
	}
	return out, nil
}

func readCap(st *core.State, c *Cap) (x instruction.Cap, bad *problem) {
	if x.Asset = st.AssetNamed(c.Asset); x.Asset == 0 {
		return x, wrong("unknown-asset", "There is no asset %q. Assets are written in capitals, such as USDT; see the list of assets.", c.Asset)
	}
	a := st.Asset(x.Asset)
	for _, bound := range []struct {
		text string
		into *money.Amount
	}{{c.PerOrder, &x.PerOrder}, {c.PerDay, &x.PerDay}} {
		if bound.text == "" {
			continue
		}
		n, err := money.Parse(bound.text, a.Scale)
		if err != nil || n <= 0 || n > money.MaxAmount {
			return x, wrong("malformed-caps", "%q is no cap on %s: write a number above 0 with at most %d decimals, such as 1000.", bound.text, a.Symbol, a.Scale)
		}
		*bound.into = n
	}
	if x.PerOrder == 0 && x.PerDay == 0 {
		return x, wrong("malformed-caps", "A cap on %s bounds one order, a day, or both: give one of them.", a.Symbol)
	}
	return x, nil
}

// shownCaps are caps as replies have them.
func shownCaps(st *core.State, list []instruction.Cap) (out []Cap) {
	for _, c := range list {
		a := st.Asset(c.Asset)
		x := Cap{Asset: a.Symbol}
		if c.PerOrder != 0 {
			x.PerOrder = c.PerOrder.Text(a.Scale)
		}
		if c.PerDay != 0 {
			x.PerDay = c.PerDay.Text(a.Scale)
		}
		out = append(out, x)
	}
	return out
}
