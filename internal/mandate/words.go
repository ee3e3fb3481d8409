package mandate

import (
	"fmt"
	"net/netip"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
)

// Rights are the names of rights.
func Rights(r instruction.Rights) []string {
	if r == 0 {
		return []string{}
	}
	return strings.Split(r.String(), ",")
}

// Symbols are the symbols of markets.
func Symbols(st *core.State, list []instruction.Market) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, st.Market(m).Symbol)
	}
	return out
}

// Networks are networks as they are listed.
func Networks(list []netip.Prefix) []string {
	out := []string{}
	for _, n := range list {
		out = append(out, n.String())
	}
	return out
}

// Caps are caps as they are given.
func Caps(st *core.State, list []instruction.Cap) []Cap {
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

// Words are what a mandate allows, as part of a sentence.
func Words(st *core.State, m *instruction.Mandate) string {
	list := func(items []string, none string) string {
		if len(items) == 0 {
			return none
		}
		return strings.Join(items, ", ")
	}
	words := []string{list(Rights(m.Rights), "nothing"), "symbols " + list(Symbols(st, m.Markets), "all"), "from " + list(Networks(m.Networks), "anywhere")}
	if m.Expires != 0 {
		end, _ := m.Expires.MarshalText()
		words = append(words, "until "+string(end))
	}
	for _, of := range []struct {
		what string
		caps []instruction.Cap
	}{{"orders", m.Trades}, {"withdrawals", m.Withdrawals}, {"gift codes", m.Codes}} {
		for _, c := range Caps(st, of.caps) {
			var parts []string
			if c.PerOrder != "" {
				parts = append(parts, c.PerOrder+" at once")
			}
			if c.PerDay != "" {
				parts = append(parts, c.PerDay+" in 24 hours")
			}
			words = append(words, fmt.Sprintf("%s at most %s %s", of.what, c.Asset, strings.Join(parts, " and ")))
		}
	}
	return strings.Join(words, "; ")
}
