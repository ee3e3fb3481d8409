package honest

import (
	"fmt"
	"io"

	"portcullis/scenario/floor"
)

// Page writes results as the page of the docs that tells them, in Markdown.
func Page(w io.Writer, results []*Result) error {
	p := page{w: w}
	p.line("# How often budgets stop honest people")
	p.line("")
	p.line("Written by `portcullis honest --page`; [BUDGET.md](BUDGET.md) says what a budget is and what it bounds.")
	p.line("")
	p.line("Every customer here has the default budget, which nobody asked for: 2%% of equity may be lost in 24 hours, 2%% may go into fees,")
	p.line("and five times the one and ten times the other between two confirmations; the owner confirms once a week. People trade on a")
	p.line("simulated floor whose fair prices follow recorded candles and, second by second, recorded trades. Counted is every instruction")
	p.line("that a budget denied, and every order that one ended or cut short.")
	p.line("")
	p.line("The bound beside each rate is the 95%% upper bound of Clopper and Pearson (*The use of confidence or fiducial limits illustrated in")
	p.line("the case of the binomial*, Biometrika 26, 1934), one-sided.")
	for _, r := range results {
		p.result(r)
	}
	p.line("")
	p.line("## Who they are")
	p.line("")
	p.line("- **taker**: slices of 2.5%% to 25%% of its equity, market and limit orders, either side, a fee of 0.1%%; never more in any 24 hours than")
	p.line("  the turnover says.")
	p.line("- **taker, cross pair**: the same between two coins, whose marks both may be off. What is promised to takers counts them in.")
	p.line("- **maker**: quotes both sides in front of everybody else's, moves its quotes every 20 seconds and is taken, no fee.")
	p.line("- **saver**: buys a little each hour.")
	p.line("- **thin market**: its owner named the market. It buys and sells 1%% to 9%% of its equity at a time, and looks at the market's cap, 10%%")
	p.line("  in 30 days, before it does: past the cap whatever is bought counts for nothing, and it would be stopped at once.")
	p.line("")
	p.line("What is measured is as good as the prices it is built on: twenty days of January 2018, in which these coins lost and won more in a day")
	p.line("than most do in a month, and trades of single days. Whoever trades more than the tables promise asks the owner for a larger budget.")
	return p.err
}

type page struct {
	w   io.Writer
	err error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

var titles = map[floor.Tier]string{
	floor.Referred: "Liquid markets with an outside reference",
	floor.Alone:    "Liquid markets without a reference",
	floor.Named:    "A thin market that its owner named",
}

func (p *page) result(r *Result) {
	prices := "synthetic"
	if r.Recorded {
		prices = "recorded"
	}
	p.line("")
	p.line("## %s", titles[r.Tier])
	p.line("")
	p.line("Seed %d, %.1f days of %s prices, %d instructions of people who are promised something.", r.Seed, r.Days, prices, r.Instructions)
	p.line("")
	p.line("| promised to | turnover a day at most | instructions | stopped | per 10,000 | at most, 95%% | promised | |")
	p.line("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
	for i := range r.Promised {
		c := &r.Promised[i]
		who, limit, held := c.Kind.String(), fmt.Sprintf("%.0f", c.Limit*1e4), "held"
		switch {
		case c.Limit == 1:
			who, limit, held = "of the takers, in pairs of two coins", "", ""
		case !c.Held():
			held = "**not held**"
		}
		p.line("| %s | %s | %d | %d | %.2f | %.2f | %s | %s |",
			who, times(c.Turnover), c.Instructions, c.Denied+c.Ended, c.Rate*1e4, c.Upper*1e4, limit, held)
	}
	p.line("")
	p.line("| who | turnover a day | traded | customers | of them ever stopped | instructions | denied | ended or cut | per 10,000 | at most, 95%% |")
	p.line("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i := range r.Cells {
		c := &r.Cells[i]
		p.line("| %v | %s | %s | %d | %d | %d | %d | %d | %.2f | %.2f |", c.Kind, times(c.Turnover), times(c.Traded), c.Customers, c.Stopped,
			c.Instructions, c.Denied, c.Ended, c.Rate*1e4, c.Upper*1e4)
	}
}

// times is a turnover as people write it: how many times equity.
func times(percent int) string { return fmt.Sprintf("%g", float64(percent)/100) }
