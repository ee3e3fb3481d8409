package budget

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/shelf"
	"portcullis/core/window"
)

// Fields is the persisted form: meters that have counted something or have a budget of their own, by ascending credential
// and then by ascending account; then customers. What is reserved is counted anew from the books.
func (b *Budgets) Fields(c *instruction.Codec) {
	if c.Reading() {
		*b = *New()
	}
	b.credentials.Fields(c, b.kept, b.meterFields)
	b.accounts.Fields(c, b.kept, b.meterFields)
	b.customers.Fields(c, (*customer).kept, (*customer).fields)
}

func (b *Budgets) meterFields(m *meter, c *instruction.Codec) {
	var x past
	if is := b.past.of(m); is != nil {
		x = *is
	}
	set := m.budget != unset
	if c.Bool(&set); set {
		m.budget.Fields(c)
	}
	instruction.Num64(c, &m.loss.since)
	x.losses.Fields(c)
	instruction.Num64(c, &m.fees.since)
	x.paid.Fields(c)
	if c.Reading() {
		m.slot = -1 // no time: the windows are asked until the next charge
		if x != (past{}) {
			*b.past.need(m) = x
		}
	}
	if err := b.check(m); err != nil {
		c.Fail("%v", err)
	} else if set && m.budget == unset {
		c.Fail("a budget that is none")
	}
}

func (b *Budgets) check(m *meter) error {
	if m.budget != unset && (bad(m.budget.Loss) || bad(m.budget.Fees)) {
		return fmt.Errorf("budget: %d and %d parts per million", m.budget.Loss, m.budget.Fees)
	}
	for _, n := range []money.Amount{m.loss.since, m.fees.since} {
		if n < 0 || n > money.MaxAmount {
			return fmt.Errorf("budget: %d since the last confirmation", n)
		}
	}
	if loss, fees := b.past.sums(m, instruction.Time(m.slot)*window.Span); m.slot >= 0 && (m.loss.day != loss || m.fees.day != fees) {
		return fmt.Errorf("budget: %d and %d of a day, where windows have %d and %d", m.loss.day, m.fees.day, loss, fees)
	}
	x := b.past.of(m)
	if x == nil {
		return nil
	}
	if err := x.losses.Check(); err != nil {
		return err
	}
	return x.paid.Check()
}

func (x *customer) kept() bool { return len(x.names)+len(x.thin) > 0 }

func (x *customer) fields(c *instruction.Codec) {
	n := c.Count(len(x.names), 1<<16-1)
	if c.Reading() {
		x.names = make([]instruction.Market, n)
	}
	for i := range x.names {
		instruction.Num16(c, &x.names[i])
	}
	n = c.Count(len(x.thin), 1<<16-1)
	for i := range n {
		c.Pause()
		if c.Reading() {
			x.thin = append(x.thin, thin{})
		}
		if x.thin[i].fields(c); c.Err() != nil {
			return
		}
	}
	if err := x.check(); err != nil {
		c.Fail("%v", err)
	}
}

func (t *thin) fields(c *instruction.Codec) {
	var has uint32
	for i, f := range t.days {
		if f != (Flow{}) {
			has |= 1 << i
		}
	}
	instruction.Num16(c, &t.market)
	instruction.Num64(c, &t.last)
	instruction.Num32(c, &has)
	for i := range t.days {
		if has&(1<<i) != 0 {
			f := &t.days[i]
			instruction.Num64(c, &f.Base)
			instruction.Num64(c, &f.Worth)
			if *f == (Flow{}) {
				c.Fail("a day without trades")
			}
		}
	}
	if has >= 1<<exposureDays {
		c.Fail("days %b", has)
	}
}

func (x *customer) check() error {
	last := instruction.Market(0)
	for _, m := range x.names {
		if m <= last {
			return fmt.Errorf("budget: market %d named after %d", m, last)
		}
		last = m
	}
	last = 0
	for i := range x.thin {
		t := &x.thin[i]
		if t.market <= last || t.last < 0 || t.last > maxDay {
			return fmt.Errorf("budget: market %d after %d, day %d", t.market, last, t.last)
		}
		last = t.market
		for d, f := range t.days {
			if f.Base != clamp(f.Base) || f.Worth != clamp(f.Worth) || f != (Flow{}) && int64(d) > t.last {
				return fmt.Errorf("budget: %d for %d on a day in market %d", f.Worth, f.Base, t.market)
			}
		}
	}
	return nil
}

// Check holds every law of the meters, at the cost of looking at all of them.
func (b *Budgets) Check() error {
	if b.fault != nil {
		return b.fault
	}
	for _, s := range []*shelf.Shelf[meter]{&b.credentials, &b.accounts} {
		for id, m := range s.All() {
			if err := b.check(m); err != nil {
				return fmt.Errorf("of %d: %w", id, err)
			}
		}
	}
	for id, x := range b.customers.All() {
		if err := x.check(); err != nil {
			return fmt.Errorf("of account %d: %w", id, err)
		}
	}
	return nil
}
