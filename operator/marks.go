package operator

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

func (s *Server) listMarks(_ *caller, in *ListMarks) (MarksShown, *problem) {
	r := MarksShown{Markets: []Marked{}}
	if in.Symbol != "" {
		if _, bad := s.markets([]string{in.Symbol}); bad != nil {
			return r, bad
		}
	}
	bad := s.read(func(st *core.State) {
		r.Time, r.Frozen = text(st.Clock().Now), text(st.Clock().Frozen)
		if a := st.Asset(st.Valuation()); a != nil {
			r.Valuation = a.Symbol
		}
		if in.Symbol != "" {
			m := st.MarketNamed(in.Symbol)
			r.Markets = append(r.Markets, marked(st, m))
			for _, id := range []instruction.Asset{m.Base, m.Quote} {
				r.Assets = append(r.Assets, valued(st, st.Asset(id)))
			}
			return
		}
		if in.After == 0 {
			for _, a := range st.Assets() {
				r.Assets = append(r.Assets, valued(st, a))
			}
		}
		all := st.Markets()
		rest := all[min(int(in.After), len(all)):]
		for _, m := range rest[:min(len(rest), MaxPage)] {
			r.Markets = append(r.Markets, marked(st, m))
		}
		r.More = len(rest) > MaxPage
	})
	return r, bad
}

// valued is how an asset is valued.
func valued(st *core.State, a *core.Asset) Valued {
	v := Valued{Asset: a.Symbol, Route: []string{}}
	for _, m := range a.Route {
		v.Route = append(v.Route, st.Market(m).Symbol)
	}
	return v
}

// marked is what a market's prices count for now.
func marked(st *core.State, m *core.Market) Marked {
	_, quote := st.Scales(m)
	c, p := st.Clock(), m.Prices()
	x := Marked{Market: uint16(m.ID), Symbol: m.Symbol, State: m.State.String(), Cooling: text(wall(c, m.Cool))}
	worth := money.Scale(0)
	if a := st.Asset(st.Valuation()); a != nil {
		worth = a.Scale
	}
	x.Taken = taken(&m.Marks, worth)
	k, fresh := p.Liquid(c.Now)
	if m.Marks.Tier != instruction.Liquid { // of nobody in particular: who asks leaves his own prints out
		k = p.Thin(c.Waits(), 0)
	}
	x.Low, x.High, x.Fresh = priced(k.Low, quote), priced(k.High, quote), fresh
	x.Mean = priced(p.Mean(c.Now).Low, quote) // a range of one unit at most
	if price, dated := p.Reference(); price != 0 {
		x.Says, x.Dated, x.AgeMillis = price.Text(quote), text(dated), (c.Now - dated).Milli()
	}
	low, high, volume := p.Hour(c.Waits())
	x.HourLow, x.HourHigh = priced(low, quote), priced(high, quote)
	if high != 0 {
		x.HourTotal = volume.Text(quote)
	}
	if usual := p.Usual(c.Waits()); usual != 0 {
		x.Usual = usual.Text(quote)
	}
	return x
}

// priced is a price, or nothing.
func priced(p money.Price, quote money.Scale) string {
	if p == 0 {
		return ""
	}
	return p.Text(quote)
}

// wall is a time of the clock of waits by the calendar, 0 for none.
func wall(c core.Clock, waits instruction.Time) instruction.Time {
	if waits == 0 {
		return 0
	}
	return c.Wall(waits)
}
