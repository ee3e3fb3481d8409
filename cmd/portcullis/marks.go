package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"portcullis/operator"
)

type marketValuationCmd struct {
	Asset string `arg:"" help:"Symbol of the asset, such as USDT. It is said once, for good."`
	venueFlags
}

func (c *marketValuationCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarketValuation, operator.SetValuation{Asset: c.Asset})
	if err == nil {
		o.done(r, r, "worth is counted in %s, and loss budgets are in force; next: a route for each asset and a tier for each market", c.Asset)
	}
	return err
}

type marketRouteCmd struct {
	Asset   string   `arg:"" help:"Symbol of the asset, such as ETH."`
	Symbols []string `arg:"" optional:"" help:"1 to 3 markets, from the asset to the valuation asset: ETHBTC BTCUSDT, for example."`
	None    bool     `help:"The asset has no route, and counts for nothing."`
	venueFlags
}

func (c *marketRouteCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarketRoute, operator.SetRoute{Asset: c.Asset, Symbols: c.Symbols, None: c.None})
	if err == nil {
		o.done(r, r, "%s is valued by: %s", c.Asset, list(c.Symbols, "nothing, and counts for nothing"))
	}
	return err
}

type marketTierCmd struct {
	Symbol    string `arg:"" help:"Symbol of the market, such as BTCUSDT."`
	Tier      string `arg:"" enum:"liquid,thin,none" help:"liquid: the mark is about the mid price. thin: what is received counts for nothing, but where the customer named the market. none: as thin."`
	Reference *bool  `negatable:"" help:"An outside reference is fed to the market: see run --reference. Without one it is liquid only for customers worth its depth or less."`
	venueFlags
}

func (c *marketTierCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarksSet, operator.SetMarks{Symbol: c.Symbol, Tier: strings.ToUpper(c.Tier), Reference: c.Reference})
	if err == nil {
		o.done(r, r.Outcome, "market %s is %s", c.Symbol, trusted(&r))
	}
	return err
}

type marketDepthCmd struct {
	Symbol string `arg:"" help:"Symbol of the market, such as BTCUSDT."`
	Depth  string `arg:"" help:"What stands within 5 basis points of the mid price on each side, in whole valuation assets; 0 takes it away."`
	venueFlags
}

func (c *marketDepthCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarksSet, operator.SetMarks{Symbol: c.Symbol, Depth: c.Depth})
	if err == nil {
		o.done(r, r.Outcome, "market %s is %s", c.Symbol, trusted(&r))
	}
	return err
}

// trusted says how far a market's prices are trusted now.
func trusted(r *operator.MarksChanged) string {
	switch {
	case r.Tier != "LIQUID":
		return "of tier " + strings.ToLower(r.Tier) + ": what is received there counts for nothing, but for customers who named the market"
	case r.Reference && r.Depth != "":
		return fmt.Sprintf("liquid: while a reference is fresh for everybody, else for customers worth up to %s %s", r.Depth, r.Valuation)
	case r.Reference:
		return "liquid while a reference is fresh, and else for nobody"
	case r.Depth != "":
		return fmt.Sprintf("liquid for customers worth up to %s %s", r.Depth, r.Valuation)
	}
	return "liquid for nobody: it has neither a reference nor a depth"
}

type marketBandsCmd struct {
	Symbol string `arg:"" help:"Symbol of the market, such as BTCUSDT."`
	Collar string `placeholder:"PERCENT" help:"How far beyond the mark an order's price may lie, such as 10%; 0 takes the collar away."`
	Range  string `placeholder:"PERCENT" help:"The market halts when an hour's lowest price is so far below its highest, such as 15%, at most 100%, and its volume is out of the usual too; 0 takes the halt away."`
	Volume string `placeholder:"TIMES" help:"How many times the usual hour's volume that is, 1 to 65535, such as 5."`
	Cool   string `placeholder:"TIME" help:"How long the market then stays halted, 1m to 24h, such as 15m."`
	venueFlags
}

func (c *marketBandsCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarksSet, operator.SetMarks{
		Symbol: c.Symbol, Collar: c.Collar, Range: c.Range, Volume: c.Volume, Cool: c.Cool,
	})
	if err == nil {
		o.done(r, r.Outcome, "market %s: %s", c.Symbol, banded(&r.Taken))
	}
	return err
}

// banded says what bands a market has.
func banded(t *operator.Taken) string {
	text := "no collar"
	if t.Collar != "" {
		text = "orders priced more than " + t.Collar + " beyond the mark are refused"
	}
	if t.Range == "" {
		return text + "; nothing halts it by itself"
	}
	return text + fmt.Sprintf("; it halts for %s when an hour ranges over %s with %d times the usual volume", t.Cool, t.Range, t.Volume)
}

type marketMarksCmd struct {
	Symbol string `arg:"" optional:"" help:"Symbol of one market; all where none is named."`
	venueFlags
}

func (c *marketMarksCmd) Run(ctx context.Context, o *output) error {
	var all operator.MarksShown
	for after, more := uint16(0), true; more; {
		r, err := call(ctx, c.venueFlags, operator.MarksList, operator.ListMarks{Symbol: c.Symbol, After: after})
		if err != nil {
			return err
		}
		if after == 0 {
			all = r
		} else {
			all.Markets = append(all.Markets, r.Markets...)
		}
		if more = r.More; more {
			after = r.Markets[len(r.Markets)-1].Market
		}
	}
	all.More = false
	o.show(all, func(w io.Writer) {
		if all.Valuation == "" {
			row(w, "worth is counted in nothing, and loss budgets are not in force: "+c.command("market valuation ASSET"))
			row(w)
		} else {
			row(w, "worth is counted in "+all.Valuation+"; marks are of "+all.Time)
			row(w)
		}
		row(w, "ASSET", "VALUED BY")
		for _, a := range all.Assets {
			route := list(a.Route, "nothing")
			if a.Asset == all.Valuation {
				route = "itself"
			}
			row(w, a.Asset, route)
		}
		row(w)
		row(w, "MARKET", "STATE", "TIER", "DEPTH", "LOW", "HIGH", "60 S MEAN", "REFERENCE", "COLLAR", "HALT", "HOUR", "HOUR'S VOLUME", "USUAL VOLUME", "COOLING UNTIL")
		for _, m := range all.Markets {
			row(w, m.Symbol, m.State, m.Tier, orDash(m.Depth), orDash(m.Low), orDash(m.High), orDash(m.Mean), referred(&m), orDash(m.Collar), halting(&m.Taken),
				hour(&m), orDash(m.HourTotal), orDash(m.Usual), orDash(m.Cooling))
		}
	})
	return nil
}

// referred is what a market's reference says, and how old that is.
func referred(m *operator.Marked) string {
	switch {
	case m.Says == "" && m.Reference:
		return "none came"
	case m.Says == "":
		return "-"
	}
	text := m.Says + ", " + (time.Duration(m.AgeMillis) * time.Millisecond).Round(time.Second/10).String() + " old"
	if !m.Fresh {
		text += ": stale"
	}
	return text
}

func halting(t *operator.Taken) string {
	if t.Range == "" {
		return "-"
	}
	return fmt.Sprintf("%s and %dx for %s", t.Range, t.Volume, t.Cool)
}

func hour(m *operator.Marked) string {
	if m.HourHigh == "" {
		return "-"
	}
	return m.HourLow + " to " + m.HourHigh
}
