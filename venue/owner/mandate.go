package owner

import (
	"fmt"
	"slices"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/clock"
	"portcullis/internal/network"
)

// over changes a mandate by what is said; what is not said stays.
func (m *Mandate) over(st *core.State, now instruction.Time, x *instruction.Mandate) *refusal {
	var err error
	if m.Rights != nil {
		if x.Rights = 0; len(*m.Rights) > 0 {
			if x.Rights, err = instruction.ParseRights(strings.Join(*m.Rights, ",")); err != nil {
				return malformed(sentence(err))
			}
		}
	}
	if m.Symbols != nil {
		if x.Markets, err = markets(st, *m.Symbols); err != nil {
			return malformed(sentence(err))
		}
	}
	if m.Networks != nil {
		if x.Networks, err = each(*m.Networks, instruction.MaxMandateNetworks, "networks", network.Parse); err != nil {
			return malformed(sentence(err))
		}
	}
	if m.Expires != nil {
		if x.Expires, err = clock.End(*m.Expires, now); err != nil {
			return malformed(sentence(err))
		}
	}
	if m.Trades != nil {
		if x.Trades, err = caps(st, *m.Trades); err != nil {
			return malformed(sentence(err))
		}
	}
	if m.Withdrawals != nil {
		if x.Withdrawals, err = caps(st, *m.Withdrawals); err != nil {
			return malformed(sentence(err))
		}
	}
	return nil
}

// each reads the members of a list that names each thing once; nil for an empty one.
func each[T comparable](list []string, most int, what string, read func(string) (T, error)) ([]T, error) {
	if len(list) > most {
		return nil, fmt.Errorf("a key lists at most %d %s", most, what)
	}
	var out []T
	for _, text := range list {
		x, err := read(text)
		if err != nil {
			return nil, err
		}
		if slices.Contains(out, x) {
			return nil, fmt.Errorf("%q is listed twice", cut(text))
		}
		out = append(out, x)
	}
	return out, nil
}

func markets(st *core.State, symbols []string) ([]instruction.Market, error) {
	return each(symbols, instruction.MaxMandateMarkets, "symbols", func(symbol string) (instruction.Market, error) {
		if m := st.MarketNamed(symbol); m != nil {
			return m.ID, nil
		}
		return 0, fmt.Errorf("there is no market %q: symbols are written in capitals, such as BTCUSDT", cut(symbol))
	})
}

// caps reads bounds by asset, in the order in which mandates have them.
func caps(st *core.State, list []Cap) ([]instruction.Cap, error) {
	if len(list) > instruction.MaxCaps {
		return nil, fmt.Errorf("caps name at most %d assets", instruction.MaxCaps)
	}
	var out []instruction.Cap
	for _, c := range list {
		id := st.AssetNamed(c.Asset)
		if id == 0 {
			return nil, fmt.Errorf("there is no asset %q: symbols are written in capitals", cut(c.Asset))
		}
		x := instruction.Cap{Asset: id}
		for _, bound := range []struct {
			text string
			into *money.Amount
		}{{c.PerOrder, &x.PerOrder}, {c.PerDay, &x.PerDay}} {
			n, err := amount(st.Asset(id), bound.text)
			if err != nil {
				return nil, err
			}
			*bound.into = n
		}
		if x.PerOrder == 0 && x.PerDay == 0 {
			return nil, fmt.Errorf("a cap of %s bounds an order, a day or both: name one of them", c.Asset)
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b instruction.Cap) int { return int(a.Asset) - int(b.Asset) })
	for i := 1; i < len(out); i++ {
		if out[i].Asset == out[i-1].Asset {
			return nil, fmt.Errorf("%s has two caps: name each asset once", st.Asset(out[i].Asset).Symbol)
		}
	}
	return out, nil
}

// amount reads a bound; none is 0.
func amount(a *core.Asset, text string) (money.Amount, error) {
	if text == "" {
		return 0, nil
	}
	n, err := money.Parse(text, a.Scale)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no amount of %s: write a number above 0 with at most %d decimals, such as 1.5", cut(text), a.Symbol, a.Scale)
	}
	return n, nil
}

// rights are the names of rights.
func rights(r instruction.Rights) []string {
	if r == 0 {
		return []string{}
	}
	return strings.Split(r.String(), ",")
}

func symbols(st *core.State, list []instruction.Market) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, st.Market(m).Symbol)
	}
	return out
}

func networks(m *instruction.Mandate) []string {
	out := []string{}
	for _, n := range m.Networks {
		out = append(out, n.String())
	}
	return out
}

// bounds are caps as they are shown.
func bounds(st *core.State, list []instruction.Cap) []Cap {
	out := []Cap{}
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
