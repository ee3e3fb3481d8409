package proceeds

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// As is what the persisted form is held against: the time of the clock of waits, and the highest numbers that there are.
type As struct {
	Waits   instruction.Time
	Key     instruction.Credential
	Market  instruction.Market
	Account instruction.Account
}

// Fields is the persisted form: what counts at that time, and nothing of what expired, so that the same knowledge gives the same
// bytes whenever it was last looked at.
func (p *Proceeds) Fields(c *instruction.Codec, as As) {
	waits := as.Waits
	if c.Reading() {
		*p = *New()
	}
	p.marketFields(c, waits, as.Market)
	p.keyFields(c, &as)
	p.holdFields(c)
	if c.Reading() && c.Err() == nil {
		if err := p.Check(); err != nil {
			c.Fail("%v", err)
		}
	}
}

// fields are those of a table's rows that count on a day; it is written as of that day.
func (t *table) fields(c *instruction.Codec, day int64, most int) {
	if c.Reading() {
		t.day = day
	}
	for d := day; d > day-slots; d-- {
		var all, back money.Amount
		i := place(d)
		if !c.Reading() && d <= t.day && d >= 0 {
			all, back = t.all[i], t.back[i]
		}
		instruction.Num64(c, &all)
		instruction.Num64(c, &back)
		if c.Reading() {
			t.all[i], t.back[i] = all, back
			sound(c, all, back)
		}
	}
	var live []row
	if !c.Reading() {
		for i := range t.rows {
			if t.rows[i].gross(t.day, day) > 0 {
				live = append(live, t.rows[i])
			}
		}
	}
	n := c.Count(len(live), most)
	if c.Reading() {
		live = make([]row, n)
	}
	for i := range live {
		live[i].fields(c, t.day, day)
		if c.Reading() && c.Err() == nil && (i > 0 && live[i-1].who >= live[i].who || live[i].gross(day, day) == 0) {
			c.Fail("a gain of account %d", live[i].who)
		}
		if c.Err() != nil {
			return
		}
	}
	if c.Reading() {
		t.rows = live
	}
}

// place is where the slot of a day is, which may lie before the first.
func place(day int64) int64 { return (day + slots) % slots }

func (r *row) fields(c *instruction.Codec, newest, day int64) {
	instruction.Num32(c, &r.who)
	for d := day; d > day-slots; d-- {
		var s slot
		if !c.Reading() && d <= newest && d >= 0 {
			s = r.slots[place(d)]
		}
		instruction.Num64(c, &s.dear)
		instruction.Num64(c, &s.cheap)
		instruction.Num64(c, &s.base)
		instruction.Num64(c, &s.back)
		if c.Reading() {
			r.slots[place(d)] = s
			sound(c, s.dear, s.cheap, s.base, s.back)
		}
	}
}

// sound refuses amounts that nothing leads to.
func sound(c *instruction.Codec, all ...money.Amount) {
	for _, n := range all {
		if n < 0 || n > money.MaxAmount {
			c.Fail("a gain of %d", n)
		}
	}
}

func (t *table) empty(day int64) bool {
	return t.total(&t.all, day) == 0 && t.total(&t.back, day) == 0
}

func (p *Proceeds) marketFields(c *instruction.Codec, waits instruction.Time, last instruction.Market) {
	counting := func(m *move) bool { return m.counts(waits) }
	m, list := instruction.Market(0), [][]move{}
	var names []instruction.Market
	if !c.Reading() {
		for i := range p.markets {
			if live := filter(p.markets[i], counting); len(live) > 0 {
				names, list = append(names, instruction.Market(i)), append(list, live) // #nosec G115 -- by market
			}
		}
	}
	for i := range c.Count(len(names), int(last)) {
		var live []move
		before := m
		if !c.Reading() {
			m, live = names[i], list[i]
		}
		instruction.Num16(c, &m)
		n := c.Count(len(live), maxMoves)
		if c.Reading() {
			live = make([]move, n)
		}
		c.Pause()
		for k := range live {
			live[k].fields(c, waits)
			if c.Reading() && c.Err() == nil && (k > 0 && live[k-1].opened > live[k].opened || !live[k].counts(waits)) {
				c.Fail("moves of market %d", m)
			}
		}
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			if m <= before || m > last {
				c.Fail("moves of market %d after %d", m, before)
				return
			}
			p.markets = append(p.markets, make([][]move, int(m)+1-len(p.markets))...)
			p.markets[m] = live
		}
	}
}

// filter are those of a list that count, as copies that share what they refer to.
func filter[T any](list []T, ok func(*T) bool) (out []T) {
	for i := range list {
		if ok(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

func (m *move) fields(c *instruction.Codec, waits instruction.Time) {
	instruction.Num64(c, &m.opened)
	c.Bool(&m.up)
	instruction.Num64(c, &m.before.Low)
	instruction.Num64(c, &m.before.High)
	instruction.Num32(c, &m.before.Slack)
	instruction.Num8(c, &m.before.Base)
	if c.Reading() && (m.before.Low < 0 || m.before.High < m.before.Low || m.before.Slack < 0 || m.before.Base > money.MaxScale || m.opened > waits) {
		c.Fail("a move from %d", m.before.Low)
		return
	}
	m.table.fields(c, dayOf(waits), maxMovers)
}

func (p *Proceeds) keyFields(c *instruction.Codec, as *As) {
	waits := as.Waits
	counting := func(l *losses) bool { return !l.empty(dayOf(waits)) || len(p.live(l, waits)) > 0 }
	var names []instruction.Credential
	if !c.Reading() {
		for i := range p.keys {
			if slices.ContainsFunc(p.keys[i], func(l losses) bool { return counting(&l) }) {
				names = append(names, instruction.Credential(i)) // #nosec G115 -- by credential
			}
		}
	}
	k := instruction.Credential(0)
	for i := range c.Count(len(names), int(min(int64(as.Key), 1<<30))) {
		var list []losses
		before := k
		if !c.Reading() {
			k = names[i]
			list = filter(p.keys[k], counting)
		}
		instruction.Num32(c, &k)
		n := c.Count(len(list), int(as.Market))
		if c.Reading() {
			list = make([]losses, c.Room(n, 64))
		}
		c.Pause()
		for i := range n {
			if i >= len(list) {
				list = append(list, losses{})
			}
			p.lossFields(c, &list[i], waits)
			if c.Reading() && c.Err() == nil && i > 0 && list[i-1].market >= list[i].market {
				c.Fail("gains from key %d", k)
			}
			if c.Err() != nil {
				return
			}
		}
		if c.Reading() {
			if k <= before || k > as.Key {
				c.Fail("gains from key %d after %d", k, before)
				return
			}
			p.keys = append(p.keys, make([][]losses, int(k)+1-len(p.keys))...)
			p.keys[k] = list
		}
	}
}

// live are the moves that a key had a part in and that count.
func (p *Proceeds) live(l *losses, waits instruction.Time) []push {
	return filter(l.pushes, func(x *push) bool { return p.find(waits, l.market, *x) != nil })
}

func (p *Proceeds) lossFields(c *instruction.Codec, l *losses, waits instruction.Time) {
	instruction.Num16(c, &l.market)
	pushes := l.pushes
	if !c.Reading() {
		pushes = p.live(l, waits)
	}
	n := c.Count(len(pushes), maxPushes)
	if c.Reading() {
		pushes = make([]push, n)
	}
	for i := range pushes {
		instruction.Num64(c, &pushes[i].opened)
		c.Bool(&pushes[i].up)
	}
	if c.Reading() {
		l.pushes = pushes
	}
	l.table.fields(c, dayOf(waits), MaxGainers)
}

func (p *Proceeds) holdFields(c *instruction.Codec) {
	instruction.Num32(c, &p.last)
	n := c.Count(len(p.holds), MaxHolds)
	for i := range n {
		c.Pause()
		h := new(Hold)
		if !c.Reading() {
			h = p.holds[i]
		}
		h.fields(c)
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			p.enter(h)
			if h.Closed {
				p.soonest = 0
			}
		}
	}
}

func (h *Hold) fields(c *instruction.Codec) {
	instruction.Num32(c, &h.ID)
	instruction.Num32(c, &h.Customer)
	instruction.Num32(c, &h.Credential)
	instruction.Num32(c, &h.Incident)
	instruction.Num16(c, &h.Market)
	instruction.Num16(c, &h.Of)
	instruction.Num64(c, &h.Gain)
	instruction.Num64(c, &h.Missing)
	instruction.Num64(c, &h.Since)
	instruction.Num64(c, &h.Until)
	c.Bool(&h.Kept)
	c.Bool(&h.Closed)
	c.Bool(&h.Indirect)
	instruction.Num8(c, &h.Appeals)
	c.Text(&h.Appeal)
	n := c.Count(len(h.Parts), MaxParts)
	if c.Reading() {
		h.Parts = make([]Part, n)
	}
	for i := range h.Parts {
		instruction.Num32(c, &h.Parts[i].Account)
		instruction.Num16(c, &h.Parts[i].Asset)
		instruction.Num64(c, &h.Parts[i].Amount)
	}
}
