// Package mandate puts mandates into words and back: what the operator's commands and the owner's words say of a key's
// rights, symbols, networks, end and caps.
//
// It owns nothing, and keeps nothing: whoever reads or writes a mandate lends it the state for as long as that takes. It
// refuses what names nothing that there is, what is listed twice, and numbers that are none. Whether a key may have the
// mandate is not its to say: that is for the core.
package mandate

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

// Cap bounds what a key does with one asset. At least one of the bounds is there; both are decimals of whole assets.
type Cap struct {
	Asset    string `json:"asset" about:"Symbol of the asset."`
	PerOrder string `json:"per_order" about:"Most of one order, withdrawal or batch of gift codes, a decimal; empty for no bound but the day's."`
	PerDay   string `json:"per_day" about:"Most of all in 24 hours, a decimal, at least that of one order; empty for no bound but the order's."`
}

// Mandate is what a key may do from now on. What is left out stays as it is.
type Mandate struct {
	Rights      *[]string `json:"rights,omitempty" about:"READ, TRADE, WITHDRAW, TRANSFER."`
	Symbols     *[]string `json:"symbols,omitempty" about:"Markets that it may trade in; an empty list for all."`
	Networks    *[]string `json:"networks,omitempty" about:"Where it may be used from, such as 203.0.113.7 or 2001:db8::/48; an empty list for anywhere."`
	Expires     *string   `json:"expires,omitempty" about:"When it ends: 2027-01-31, 2027-01-31T12:00:00Z, or after 90d or 12h; empty for never."`
	Trades      *[]Cap    `json:"trades,omitempty" about:"Bounds of its orders by quote asset; an empty list for none."`
	Withdrawals *[]Cap    `json:"withdrawals,omitempty" about:"Bounds of its withdrawals by asset; an empty list for none."`
	Codes       *[]Cap    `json:"codes,omitempty" about:"Gift codes that it may issue by itself, by asset: of a batch, and of all in 24 hours. Without any it may issue none."`
}

// Mistake is what is wrong with how a mandate is written. Its text says what would be right.
type Mistake struct {
	Code string // for programs: malformed-mandate, -network, -expiry or -caps; unknown-market or -asset
	text string
}

func (m *Mistake) Error() string { return m.text }

func wrong(code, format string, args ...any) error {
	return &Mistake{code, fmt.Sprintf(format, args...)}
}

// Over changes a mandate by what is said at a time. Where it fails, it does so with a Mistake, and x is not to be used.
func (m *Mandate) Over(st *core.State, now instruction.Time, x *instruction.Mandate) (err error) {
	if m.Rights != nil {
		if x.Rights, err = rights(*m.Rights); err != nil {
			return err
		}
	}
	if m.Networks != nil {
		if x.Networks, err = networks(*m.Networks); err != nil {
			return err
		}
	}
	if m.Expires != nil {
		if x.Expires, err = clock.End(*m.Expires, now); err != nil {
			return wrong("malformed-expiry", "%v", err)
		}
	}
	if m.Symbols != nil {
		if x.Markets, err = markets(st, *m.Symbols); err != nil {
			return err
		}
	}
	if m.Trades != nil {
		if x.Trades, err = caps(st, *m.Trades); err != nil {
			return err
		}
	}
	if m.Withdrawals != nil {
		if x.Withdrawals, err = caps(st, *m.Withdrawals); err != nil {
			return err
		}
	}
	if m.Codes != nil {
		x.Codes, err = caps(st, *m.Codes)
	}
	return err
}

func rights(list []string) (instruction.Rights, error) {
	if len(list) == 0 {
		return 0, nil // core says that this is none
	}
	r, err := instruction.ParseRights(strings.Join(list, ","))
	if err != nil {
		return 0, wrong("malformed-mandate", "%v", err)
	}
	return r, nil
}

// networks reads a list of networks, of which none lies in another.
func networks(list []string) (out []netip.Prefix, err error) {
	if len(list) > instruction.MaxMandateNetworks {
		return nil, wrong("malformed-mandate", "a key lists at most %d networks", instruction.MaxMandateNetworks)
	}
	for _, text := range list {
		p, err := network.Parse(text)
		if err != nil {
			return nil, wrong("malformed-network", "%v", err)
		}
		for _, other := range out {
			if p == other {
				return nil, wrong("malformed-network", "the network %s is listed twice", p)
			}
			if p.Overlaps(other) {
				inner, outer := p, other
				if p.Bits() < other.Bits() {
					inner, outer = other, p
				}
				return nil, wrong("malformed-network", "the network %s lies in %s, which is listed too: list the one that is meant", inner, outer)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

func markets(st *core.State, symbols []string) (out []instruction.Market, err error) {
	if len(symbols) > instruction.MaxMandateMarkets {
		return nil, wrong("malformed-mandate", "a key lists at most %d symbols", instruction.MaxMandateMarkets)
	}
	for _, symbol := range symbols {
		m := st.MarketNamed(symbol)
		switch {
		case m == nil:
			return nil, wrong("unknown-market", "there is no market %.40q: its symbol is the two assets' written together in capitals, such as BTCUSDT", symbol)
		case slices.Contains(out, m.ID):
			return nil, wrong("malformed-mandate", "the symbol %s is listed twice", symbol)
		}
		out = append(out, m.ID)
	}
	return out, nil
}

// caps reads bounds by asset, in the order in which mandates have them.
func caps(st *core.State, list []Cap) (out []instruction.Cap, err error) {
	if len(list) > instruction.MaxCaps {
		return nil, wrong("malformed-caps", "a key has caps on at most %d assets", instruction.MaxCaps)
	}
	for _, c := range list {
		x, err := c.read(st)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b instruction.Cap) int { return cmp.Compare(a.Asset, b.Asset) })
	for i := 1; i < len(out); i++ {
		if out[i].Asset == out[i-1].Asset {
			return nil, wrong("malformed-caps", "%s has two caps: name each asset once, with both bounds", st.Asset(out[i].Asset).Symbol)
		}
	}
	return out, nil
}

func (c *Cap) read(st *core.State) (x instruction.Cap, err error) {
	if x.Asset = st.AssetNamed(c.Asset); x.Asset == 0 {
		return x, wrong("unknown-asset", "there is no asset %.40q: assets are written in capitals, such as USDT", c.Asset)
	}
	a := st.Asset(x.Asset)
	if x.PerOrder, err = bound(a, c.PerOrder); err != nil {
		return x, err
	}
	if x.PerDay, err = bound(a, c.PerDay); err != nil {
		return x, err
	}
	switch {
	case x.PerOrder == 0 && x.PerDay == 0:
		return x, wrong("malformed-caps", "a cap on %s bounds one order, a day, or both: name one of them", a.Symbol)
	case x.PerDay != 0 && x.PerDay < x.PerOrder:
		return x, wrong("malformed-caps", "a cap on %s lets %.40s in one order and only %.40s in a day: let a day have at least as much as an order", a.Symbol, c.PerOrder, c.PerDay)
	}
	return x, nil
}

// bound reads one bound; none is 0.
func bound(a *core.Asset, text string) (money.Amount, error) {
	if text == "" {
		return 0, nil
	}
	n, err := money.Parse(text, a.Scale)
	if err != nil || n <= 0 || n > money.MaxAmount {
		return 0, wrong("malformed-caps", "%.40q is no amount of %s: write a number above 0 with at most %d decimals, such as 1000", text, a.Symbol, a.Scale)
	}
	return n, nil
}
