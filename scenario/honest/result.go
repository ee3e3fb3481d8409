package honest

import (
	"portcullis/core/instruction"
	"portcullis/scenario/floor"
	"portcullis/scenario/house"
)

// Options of a measurement.
type Options struct {
	Tier   floor.Tier // one of Tiers
	Seed   uint64
	Groups []Group
	Days   int                              // of simulated time, at most
	Enough int                              // instructions of those who are promised something at which it ends before; 0 for none
	Rules  []instruction.Rule               // in force; nil for those of a venue by default
	Prices Prices                           // that fair prices follow
	Say    func(format string, args ...any) // told once a simulated day; nil for nobody
}

// Tiers are those in which people are measured. In a thin market that the owner did not name, or that has no history, whatever
// is bought counts for nothing: nobody is promised to trade there under a budget.
var Tiers = []floor.Tier{floor.Referred, floor.Alone, floor.Named}

// What is promised: the rate of instructions that a budget stops, of which the 95% upper bound must not be above the limit.
const (
	LiquidLimit  = 1e-4 // in liquid markets, to whoever trades at most MostTurnover
	RulesLimit   = 1e-4 // by detection rules, of whatever anybody asks for
	ThinLimit    = 1e-3 // in named thin ones, to whoever trades at most MostThin
	MostTurnover = 500  // percent of equity in 24 hours
	MostThin     = 20
)

// Groups are whom a measurement is of where nobody says: a crowd that is promised something, and a few that are not, so that it
// can be seen where a default budget ends.
func Groups(t floor.Tier) []Group {
	if t == floor.Named {
		return []Group{{Thin, 5, 500}, {Thin, 10, 1_000}, {Thin, 20, 3_000}, {Thin, 30, 60}, {Thin, 50, 60}, {Thin, 100, 60}}
	}
	return []Group{
		{Taker, 100, 200}, {Taker, 200, 200}, {Taker, 300, 200}, {Taker, 400, 100}, {Taker, 500, 300},
		{Taker, 700, 20}, {Taker, 1_000, 20}, {Taker, 1_500, 20}, {Taker, 2_000, 20}, {Taker, 3_000, 20}, {Taker, 5_000, 20},
		{Cross, 100, 50}, {Cross, 300, 50}, {Cross, 500, 100}, {Cross, 1_000, 20},
		{Maker, 200, 3}, {Maker, 500, 3}, {Maker, 1_000, 1}, {Maker, 2_000, 1},
		{Saver, 2, 200},
	}
}

// limit is what a group is promised, 1 for nothing.
func limit(k Kind, turnover int) float64 {
	switch {
	case k == Thin && turnover <= MostThin:
		return ThinLimit
	case k != Thin && turnover <= MostTurnover:
		return LiquidLimit
	}
	return 1
}

// Cell is what came of one group, or of all of one kind that are promised something.
type Cell struct {
	Kind         Kind           `json:"kind"`
	Turnover     int            `json:"turnover_percent"` // in 24 hours, as it was meant; of several groups the most
	Traded       int            `json:"traded_percent"`   // in 24 hours, as it was
	Customers    int            `json:"customers"`
	Instructions int            `json:"instructions"`
	Ruled        int            `json:"stopped_by_rules"`
	Denied       int            `json:"denied"`            // for the sake of a budget
	Ended        int            `json:"ended"`             // orders that ended, or were cut short, by one
	Stopped      int            `json:"customers_stopped"` // who met either
	Rate         float64        `json:"rate"`
	Upper        float64        `json:"rate_upper_95"`
	Limit        float64        `json:"limit"` // that the upper bound must not be above; 1 where nothing is promised
	Reasons      map[string]int `json:"reasons,omitempty"`
}

// Held says that what is promised holds, as far as so many instructions can tell.
func (c *Cell) Held() bool { return c.Limit == 1 || c.Upper <= c.Limit }

// judge tells the rate.
func (c *Cell) judge() {
	n := min(c.Denied+c.Ended, c.Instructions)
	if c.Instructions > 0 {
		c.Rate, c.Upper = float64(n)/float64(c.Instructions), upper(n, c.Instructions)
	}
}

// Result of a measurement.
type Result struct {
	Tier         floor.Tier `json:"tier"`
	Seed         uint64     `json:"seed"`
	Recorded     bool       `json:"recorded_prices"` // else synthetic
	Days         float64    `json:"days"`
	Instructions int        `json:"instructions"` // of all customers who are promised something
	Promised     []Cell     `json:"promised"`     // of each kind, all groups that are promised something; takers with pairs of two coins, and those apart without a limit
	Cells        []Cell     `json:"cells"`
	Rules        Ruled      `json:"rules"`
}

// Ruled is what detection rules did, to everybody: who trades more than is promised anything is no thief either.
type Ruled struct {
	Instructions int           `json:"instructions"`
	Stopped      int           `json:"stopped"` // denied or challenged by a rule, or since one had shut the key
	Rate         float64       `json:"rate"`
	Upper        float64       `json:"rate_upper_95"`
	Limit        float64       `json:"limit"`
	Fired        []house.Share `json:"fired"` // each rule that fired, those in shadow too
}

// Held says that rules stop no more than they may, as far as so many instructions can tell.
func (r *Ruled) Held() bool { return r.Upper <= r.Limit }

// Held says that all that is promised holds.
func (r *Result) Held() bool {
	for i := range r.Promised {
		if !r.Promised[i].Held() {
			return false
		}
	}
	return true
}

// result sums up.
func (x *market) result() *Result {
	days := float64(x.f.Time-x.begin) / float64(instruction.Day)
	r := &Result{Tier: x.o.Tier, Seed: x.o.Seed, Recorded: len(x.o.Prices.Candles) > 0, Days: days, Instructions: x.instructions()}
	for i := range x.stopped {
		x.cells[x.people[i].group].Stopped++
	}
	for i, c := range x.cells {
		c.Traded = int(float64(x.traded[i]) / 1e4 / days / float64(c.Customers))
		c.judge()
		r.Cells = append(r.Cells, c)
	}
	r.Rules = x.ruledOf(r.Cells)
	for k := range kinds {
		own := r.sum(k, func(x Kind) bool { return x == k })
		if own.Instructions == 0 {
			continue
		}
		if k.asked() != k {
			own.Limit = 1 // it is told apart, and promised together
		} else {
			own = r.sum(k, func(x Kind) bool { return x.asked() == k })
		}
		r.Promised = append(r.Promised, own)
	}
	return r
}

// ruledOf is what rules did to all groups.
func (x *market) ruledOf(cells []Cell) Ruled {
	r := Ruled{Stopped: x.ruled, Limit: RulesLimit, Fired: x.shares.List()}
	for i := range cells {
		r.Instructions += cells[i].Instructions
	}
	if r.Instructions > 0 {
		r.Rate, r.Upper = float64(r.Stopped)/float64(r.Instructions), upper(r.Stopped, r.Instructions)
	}
	return r
}

// asked is the kind that a promise is made to: to takers in whatever pair.
func (k Kind) asked() Kind {
	if k == Cross {
		return Taker
	}
	return k
}

// sum is what came of all of some kinds that are promised something.
func (r *Result) sum(k Kind, of func(Kind) bool) Cell {
	s := Cell{Kind: k}
	for _, c := range r.Cells {
		if !of(c.Kind) || c.Limit == 1 {
			continue
		}
		s.Traded = (s.Traded*s.Customers + c.Traded*c.Customers) / (s.Customers + c.Customers)
		s.Turnover, s.Limit = max(s.Turnover, c.Turnover), c.Limit
		s.Customers += c.Customers
		s.Instructions += c.Instructions
		s.Denied += c.Denied
		s.Ended += c.Ended
		s.Stopped += c.Stopped
	}
	s.judge()
	return s
}
