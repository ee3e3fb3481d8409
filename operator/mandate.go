package operator

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// ParseNetwork reads a network as keys and configurations list them: an address alone, or with its length in bits. The error
// says what would be right.
func ParseNetwork(text string) (netip.Prefix, error) {
	var none netip.Prefix
	if addr, err := netip.ParseAddr(text); err == nil {
		if addr.Zone() != "" {
			return none, fmt.Errorf("%q names an interface of one machine: leave out %%%s", text, addr.Zone())
		}
		if addr.Is4In6() {
			return none, fmt.Errorf("%q is an IPv4 address in the clothes of IPv6: write %s", text, addr.Unmap())
		}
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return none, fmt.Errorf("%q is no network: write an address such as 203.0.113.7, or a network such as 203.0.113.0/24 or 2001:db8::/48", text)
	case p.Addr().Is4In6():
		if p.Bits() < 96 {
			return none, fmt.Errorf("%q mixes IPv4 and IPv6: list the networks of each in its own form", text)
		}
		return none, fmt.Errorf("%q is an IPv4 network in the clothes of IPv6: write %s", text, netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96).Masked())
	case p.Bits() == 0:
		return none, fmt.Errorf("%q is every address there is, and so no limit: list the networks that are meant, or none at all", text)
	case p.Masked() != p:
		return none, fmt.Errorf("%q has bits set behind its length: write %s for the network, or %s for that address alone", text, p.Masked(), p.Addr())
	}
	return p, nil
}

// expiry reads when a key ends: a day (its end, UTC), a moment, or a time from now on.
func expiry(text string, now instruction.Time) (instruction.Time, error) {
	if text == "" {
		return 0, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return instruction.TimeOf(day) + instruction.Day - 1, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return instruction.TimeOf(at), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			return now + instruction.Time(n)*instruction.Day, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= time.Second {
		return now + instruction.Time(d.Microseconds()), nil
	}
	return 0, fmt.Errorf("%q is no end for a key: write a day such as 2027-01-31, a moment such as 2027-01-31T12:00:00Z, or a time from now such as 90d or 12h", text)
}

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
		if m.Expires, err = expiry(*in.Expires, now); err != nil {
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
		p, err := ParseNetwork(text)
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
