package adversary

import (
	"math/rand/v2"

	"portcullis/core/instruction"
	"portcullis/scenario/floor"
)

// maxMoves is how many moves a plan has at most.
const maxMoves = 12

// drawer draws plans and changes them.
type drawer struct {
	r     *rand.Rand
	tier  floor.Tier
	short bool // only plans of a few days
}

// pick is one of a list.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// market is one that the tier is about; now and then another, where that can be of use.
func (d *drawer) market() instruction.Market {
	if d.tier.Thin() {
		return pick(d.r, floor.DMGUSDT, floor.DMGUSDT, floor.DMGUSDT, floor.DMGBTC, floor.BTCUSDT)
	}
	return pick(d.r, floor.BTCUSDT, floor.BTCUSDT, floor.ETHUSDT, floor.ETHBTC)
}

// off is how far a price is moved: from parts of a basis point to a multiple, small ones as often as large ones.
func (d *drawer) off() int64 {
	return pick[int64](d.r, 20, 100, 200, 400, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000, 5_000_000) *
		(50 + d.r.Int64N(100)) / 100
}

func (d *drawer) size() int64 {
	return pick[int64](d.r, 1, 20, 200, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)
}

// rest is how long something takes.
func (d *drawer) rest() instruction.Time {
	return pick(d.r, 0, instruction.Second, 5*instruction.Second, 30*instruction.Second, 61*instruction.Second, 90*instruction.Second,
		10*60*instruction.Second, hour, 2*hour, 6*hour, 7*hour, 13*hour, 22*hour, 24*hour, 26*hour, 3*instruction.Day, 8*instruction.Day)
}

// weights are how often each kind of move is drawn.
var weights = [kinds]int{
	Wait: 6, Drain: 10, Displace: 5, Pump: 4, Churn: 3, Rest: 4, Take: 3, Stops: 3, Storm: 3, Batch: 3, Rotate: 2, Halt: 2, Restart: 2, Leap: 2,
	Confirm: 2, Shift: 2, Starve: 2, Normal: 2,
}

// move draws a move.
func (d *drawer) move() Move {
	all := 0
	for _, w := range weights {
		all += w
	}
	n, k := d.r.IntN(all), Kind(0)
	for ; n >= weights[k]; k++ {
		n -= weights[k]
	}
	m := Move{
		Kind: k, Market: d.market(), Side: instruction.Side(1 + d.r.IntN(2)), Off: d.off(), Size: d.size(),
		Count: pick(d.r, 1, 1, 2, 3, 5, 10, 30, 100), Span: d.rest(), Manner: d.r.IntN(64),
	}
	if d.r.IntN(6) == 0 {
		m.Off = -m.Off
	}
	return m.sound()
}

// sound keeps a move from taking longer to simulate than it is worth.
func (m Move) sound() Move {
	switch m.Kind {
	case Displace, Starve, Halt, Normal:
		m.Span = min(m.Span, 600*instruction.Second)
	case Leap:
		m.Span = min(max(m.Span, 3*instruction.Second), 2*instruction.Day)
	case Drain, Churn, Batch, Rest, Take, Stops, Storm:
		m.Span = min(m.Span, 2*hour)
	}
	if m.Off < 0 && m.Kind != Drain && m.Kind != Batch {
		m.Off = -m.Off
	}
	return m
}

// plan draws a plan.
func (d *drawer) plan() Plan {
	p := Plan{Name: "drawn", Span: d.span(), Confirm: pick(d.r, 0, 0, instruction.Day, 7*instruction.Day)}
	for range 1 + d.r.IntN(6) {
		p.Moves = append(p.Moves, d.move())
	}
	return p
}

func (d *drawer) span() instruction.Time {
	if d.short {
		return pick(d.r, 2*hour, 26*hour, 50*hour)
	}
	return pick(d.r, 2*hour, 26*hour, 26*hour, 50*hour, 8*instruction.Day, 30*instruction.Day, 90*instruction.Day)
}

// change is a plan with something else about it.
func (d *drawer) change(p *Plan, mate *Plan) Plan {
	c := p.clone()
	c.Name = "bettered"
	for range 1 + d.r.IntN(3) {
		i := d.r.IntN(len(c.Moves))
		switch d.r.IntN(12) {
		case 0:
			if len(c.Moves) < maxMoves {
				c.Moves = append(c.Moves[:i], append([]Move{d.move()}, c.Moves[i:]...)...)
			}
		case 1:
			if len(c.Moves) > 1 {
				c.Moves = append(c.Moves[:i], c.Moves[i+1:]...)
			}
		case 2:
			k := d.r.IntN(len(c.Moves))
			c.Moves[i], c.Moves[k] = c.Moves[k], c.Moves[i]
		case 3:
			k := d.r.IntN(len(mate.Moves))
			c.Moves = append(c.Moves[:i:i], mate.Moves[k:]...)
			c.Moves = c.Moves[:min(len(c.Moves), maxMoves)]
			if len(c.Moves) == 0 {
				c.Moves = append(c.Moves, d.move())
			}
		case 4:
			c.Span, c.Confirm = d.span(), pick(d.r, 0, 0, instruction.Day, 7*instruction.Day)
		default:
			d.turn(&c.Moves[i])
		}
	}
	return c
}

// turn changes one thing about a move.
func (d *drawer) turn(m *Move) {
	switch d.r.IntN(9) {
	case 0:
		m.Market = d.market()
	case 1:
		m.Side = m.Side.Opposite()
	case 2:
		m.Off = d.off()
	case 3:
		m.Off = m.Off * (70 + d.r.Int64N(70)) / 100
	case 4:
		m.Size = d.size()
	case 5:
		m.Size = max(1, m.Size*(50+d.r.Int64N(100))/100)
	case 6:
		m.Count = pick(d.r, 1, 2, 3, 5, 10, 30, 100)
	case 7:
		m.Span = d.rest()
	case 8:
		m.Manner = d.r.IntN(64)
	}
	*m = m.sound()
}
