package proceeds

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	// Span is how far back gains count: at least this long, and at most a slot longer.
	Span = instruction.ProceedsSpan

	slots = 4 // of a day: those of Span, and the one under way

	// MaxGainers is how many are named for one key and market, and maxMovers for one move.
	MaxGainers = 64
	maxMovers  = 16
)

func dayOf(waits instruction.Time) int64 { return max(int64(waits/instruction.Day), 0) }

// gain is what one fill brought one side, over the fair price.
type gain struct {
	dear  money.Amount // by selling dear: quote units
	cheap money.Amount // by buying cheap, likewise
	base  money.Amount // what cheap is, in base units, at the fair price
}

func (g gain) worth() money.Amount { return g.dear + g.cheap } // of one fill: each is at most money.MaxAmount

// slot is what happened in a day.
type slot struct {
	gain
	back money.Amount // lost again: quote units
}

// row is one customer in a table.
type row struct {
	who   instruction.Account
	slots [slots]slot // by day, modulo
}

// table is who gained, by customer. All amounts saturate at money.MaxAmount.
type table struct {
	day  int64 // of the newest slot
	all  [slots]money.Amount
	back [slots]money.Amount // what was won back from anybody, named or not
	rows []row               // by ascending customer; each has gained something that counts
}

// turn makes room for a day that is not before the newest.
func (t *table) turn(day int64) {
	if day <= t.day {
		return
	}
	for d := max(t.day+1, day-slots+1); d <= day; d++ {
		i := d % slots
		t.all[i], t.back[i] = 0, 0
		for k := range t.rows {
			t.rows[k].slots[i] = slot{}
		}
	}
	t.day = day
	t.prune()
}

// prune forgets whoever gained nothing that counts.
func (t *table) prune() {
	t.rows = slices.DeleteFunc(t.rows, func(r row) bool { return r.gross(t.day, t.day) == 0 })
}

// counts says whether the slot of a place counts on a day that is not before the newest.
func counts(i, newest, day int64) bool {
	at := newest - ((newest-i)%slots+slots)%slots
	return at >= 0 && day-at < slots
}

// sum is what counts on a day.
func (r *row) sum(newest, day int64) (x slot) {
	for i := range int64(slots) {
		if counts(i, newest, day) {
			s := &r.slots[i]
			x.dear, x.cheap = x.dear.AddSaturated(s.dear), x.cheap.AddSaturated(s.cheap)
			x.base, x.back = x.base.AddSaturated(s.base), x.back.AddSaturated(s.back)
		}
	}
	return x
}

// gross is what a row gained that counts, before what it lost again.
func (r *row) gross(newest, day int64) money.Amount {
	x := r.sum(newest, day)
	return x.dear.AddSaturated(x.cheap)
}

func (t *table) total(of *[slots]money.Amount, day int64) (n money.Amount) {
	for i := range int64(slots) {
		if counts(i, t.day, day) {
			n = n.AddSaturated(of[i])
		}
	}
	return n
}

// lost is what whose table this is lost to all others, less what it won back.
func (t *table) lost(day int64) money.Amount {
	return max(t.total(&t.all, day)-t.total(&t.back, day), 0)
}

func (t *table) find(who instruction.Account) (int, bool) {
	return slices.BinarySearchFunc(t.rows, who, func(r row, w instruction.Account) int {
		return int(int64(r.who) - int64(w))
	})
}

// add notes that somebody gained; most are named.
func (t *table) add(day int64, who instruction.Account, g gain, most int) {
	t.turn(day)
	i := t.day % slots
	t.all[i] = t.all[i].AddSaturated(g.worth())
	at, ok := t.find(who)
	for !ok && len(t.rows) >= most {
		least := t.least(g.worth())
		for k := range t.rows {
			t.rows[k].less(t.day, least)
		}
		g.less(least)
		t.prune()
		if g.worth() == 0 {
			return
		}
		at, _ = t.find(who)
	}
	if !ok {
		t.rows = slices.Insert(t.rows, at, row{who: who})
	}
	s := &t.rows[at].slots[i]
	s.dear, s.cheap = s.dear.AddSaturated(g.dear), s.cheap.AddSaturated(g.cheap)
	s.base = s.base.AddSaturated(g.base)
}

// least is the least that anybody named gained, and at most n.
func (t *table) least(n money.Amount) money.Amount {
	for k := range t.rows {
		n = min(n, t.rows[k].gross(t.day, t.day))
	}
	return n
}

// less takes off a gain, and is what is left to take.
func (g *gain) less(n money.Amount) money.Amount {
	d := min(n, g.dear)
	g.dear -= d
	if n -= d; n == 0 || g.cheap == 0 {
		return n
	}
	d = min(n, g.cheap)
	keep, _ := money.MulDiv(int64(g.base), int64(g.cheap-d), int64(g.cheap), money.Down)
	g.base, g.cheap = money.Amount(keep), g.cheap-d
	return n - d
}

// less takes off what a row gained, the oldest first.
func (r *row) less(newest int64, n money.Amount) {
	for d := newest + 1; d <= newest+slots && n > 0; d++ {
		n = r.slots[d%slots].less(n)
	}
}

// lose notes that somebody lost to whose table this is.
func (t *table) lose(day int64, who instruction.Account, n money.Amount) {
	t.turn(day)
	i := t.day % slots
	t.back[i] = t.back[i].AddSaturated(n)
	if at, ok := t.find(who); ok {
		s := &t.rows[at].slots[i]
		s.back = s.back.AddSaturated(n)
	}
}

// take forgets what somebody gained and lost again, as if it had never been.
func (t *table) take(who instruction.Account) {
	at, ok := t.find(who)
	if !ok {
		return
	}
	for i := range t.rows[at].slots {
		s := &t.rows[at].slots[i]
		t.all[i] = max(t.all[i]-s.dear.AddSaturated(s.cheap), 0)
		t.back[i] = max(t.back[i]-s.back, 0)
	}
	t.rows = slices.Delete(t.rows, at, at+1)
}

// unnamed is what was gained by nobody who is named.
func (t *table) unnamed(day int64) money.Amount {
	n := t.total(&t.all, day)
	for i := range t.rows {
		n -= t.rows[i].gross(t.day, day)
	}
	return max(n, 0)
}
