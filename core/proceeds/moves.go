package proceeds

import (
	"slices"

	"portcullis/core/instruction"
)

const (
	// MoveSpan is how long those who follow a move are noted, from when it began.
	MoveSpan = 2 * 3600 * instruction.Second
	// moveSlack is how far beyond the fair price a move begins.
	moveSlack = 30_000

	maxMoves = 12 // of one market: the newest
)

// move is a price that left what was fair before it, up or down, and who gained by trading there.
type move struct {
	opened instruction.Time
	up     bool
	before Fair
	table
}

func (m *move) counts(waits instruction.Time) bool { return waits-m.opened < Span }

// followed takes note of a fill beyond the price from before a move: its taker has a part in the move where he paid for it, and
// whoever stood on the other side followed it. The two directions have moves of their own, so that a trade the other way
// hides none.
func (p *Proceeds) followed(waits instruction.Time, f *Fill, fair Fair) {
	for _, up := range [...]bool{true, false} {
		m := p.moving(waits, f.Market, up)
		if m == nil && (up != (f.Price > fair.High) || !up && f.Price >= fair.Low) {
			continue
		}
		at := fair
		if m != nil {
			at = m.before
		}
		at.Slack = max(at.Slack, moveSlack)
		x, ok := f.gained(at)
		if !ok || x.up != up {
			continue
		}
		if m == nil {
			m = p.begin(waits, f.Market, up, fair)
		}
		m.add(dayOf(waits), x.winner.Customer, x.gain, maxMovers)
		m.lose(dayOf(waits), x.loser.Customer, x.gain.worth())
		if f.TakerBuys == up {
			p.table(x.loser.Key, f.Market).push(push{m.opened, up})
		}
	}
}

// moving is the move of a market that goes on in a direction, or nil.
func (p *Proceeds) moving(waits instruction.Time, m instruction.Market, up bool) *move {
	if int(m) >= len(p.markets) {
		return nil
	}
	list := p.markets[m]
	for i := len(list) - 1; i >= 0 && waits-list[i].opened < MoveSpan; i-- {
		if list[i].up == up {
			return &list[i]
		}
	}
	return nil
}

// begin notes that a move begins.
func (p *Proceeds) begin(waits instruction.Time, m instruction.Market, up bool, fair Fair) *move {
	if n := int(m) + 1 - len(p.markets); n > 0 {
		p.markets = append(p.markets, make([][]move, n)...)
	}
	list := p.markets[m]
	if len(list) >= maxMoves {
		list = slices.Delete(list, 0, 1)
	}
	list = append(list, move{opened: waits, up: up, before: fair})
	p.markets[m] = list
	return &list[len(list)-1]
}

// find is the move that a push had a part in, or nil where it is too long ago.
func (p *Proceeds) find(waits instruction.Time, m instruction.Market, x push) *move {
	if int(m) >= len(p.markets) {
		return nil
	}
	for i := range p.markets[m] {
		if y := &p.markets[m][i]; y.opened == x.opened && y.up == x.up && y.counts(waits) {
			return y
		}
	}
	return nil
}

// push notes that a key had a part in a move.
func (l *losses) push(x push) {
	if slices.Contains(l.pushes, x) {
		return
	}
	if len(l.pushes) >= maxPushes {
		l.pushes = slices.Delete(l.pushes, 0, 1)
	}
	l.pushes = append(l.pushes, x)
}
