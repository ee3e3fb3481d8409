package adversary

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// Score is what a plan came to. Shares are in parts of a million of the greatest equity that the victim had within the time
// that each is about; gains within it are taken off.
type Score struct {
	Day       money.PPM `json:"worst_24h_ppm"`
	Confirmed money.PPM `json:"worst_between_confirmations_ppm"`
	Month     money.PPM `json:"worst_30d_ppm"`
	All       money.PPM `json:"all_ppm"`

	Fees    money.Amount `json:"fees"`         // that the venue kept of the victim's, in units of USDT
	Lost    money.Amount `json:"lost"`         // by the victim, gains taken off
	Cost    money.Amount `json:"helpers_cost"` // what the helpers lost to the honest
	Charged money.Amount `json:"charged"`      // what the venue counted
	Trades  int          `json:"trades"`       // of the victim's

	steps int // instructions it took
}

// Limits are what a tier's scores must stay within.
type Limits struct {
	Day       money.PPM `json:"worst_24h_ppm"`
	Confirmed money.PPM `json:"worst_between_confirmations_ppm"`
	Month     money.PPM `json:"worst_30d_ppm"`
}

// limits are those of the default budget: 2% in 24 hours, 10% between confirmations; where the owner named a thin market, its
// cap of 10% in 30 days beside them.
func limits(t floor.Tier) Limits {
	day := instruction.DefaultBudget.Loss
	l := Limits{Day: day, Confirmed: instruction.LossDays * day, Month: 30 * day}
	if capped(t) {
		l.Day += instruction.ThinCap
		l.Confirmed += instruction.ThinCap
		l.Month += instruction.ThinCap
	}
	return l
}

// capped says that a tier's thin market was named by the owner.
func capped(t floor.Tier) bool { return t == floor.Named || t == floor.New }

// score sums up what was suffered.
func (h *harm) score() Score {
	s := Score{Fees: h.fees, Cost: h.cost, Charged: h.charged, Trades: h.trades, Lost: h.lost}
	s.Day = worst(h.points, instruction.Day)
	s.Month = worst(h.points, 30*instruction.Day)
	s.All = worst(h.points, 1<<62)
	span := instruction.Time(1 << 62)
	if capped(h.f.Options.Tier) {
		span = 30 * instruction.Day // then the cap comes back
	}
	from := 0
	for _, to := range append(h.periods, len(h.points)) {
		s.Confirmed = max(s.Confirmed, worst(h.points[from:to], span))
		from = to
	}
	return s
}

// worst is the most that was lost within a span of time, net, as a share of the greatest equity in it.
func worst(points []point, span instruction.Time) (most money.PPM) {
	sums := make([]money.Amount, len(points)+1)
	for i := range points {
		sums[i+1] = sums[i] + points[i].loss
	}
	var low, high []int // by ascending index: where sums are least, and equities greatest, within the span
	for i := range points {
		for len(low) > 0 && sums[low[len(low)-1]] >= sums[i] {
			low = low[:len(low)-1]
		}
		for len(high) > 0 && points[high[len(high)-1]].equity <= points[i].equity {
			high = high[:len(high)-1]
		}
		low, high = append(low, i), append(high, i)
		for points[i].at-points[low[0]].at >= span {
			low = low[1:]
		}
		for points[i].at-points[high[0]].at >= span {
			high = high[1:]
		}
		most = max(most, share(sums[i+1]-sums[low[0]], points[high[0]].equity))
	}
	return most
}

// share is n as a part of all, 0 where it is none.
func share(n, all money.Amount) money.PPM {
	if n <= 0 || all <= 0 {
		return 0
	}
	p, err := money.MulDiv(int64(n), int64(money.Whole), int64(all), money.Up)
	if err != nil {
		return money.Whole
	}
	return money.PPM(min(p, int64(money.Whole))) // #nosec G115 -- at most a million
}

// strain is the greatest of the shares that have a limit, as a part of it: above a million a limit is broken.
func (s *Score) strain(l *Limits) int64 {
	return max(part(s.Day, l.Day), part(s.Confirmed, l.Confirmed), part(s.Month, l.Month))
}

func part(n, limit money.PPM) int64 { return int64(n) * 1_000_000 / int64(limit) }
