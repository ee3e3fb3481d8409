package adversary

import (
	"portcullis/core"
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// The accounting is held against a plain model at every step: it keeps each charge of the victim's that the venue told, and
// computes anew what must stand in each meter. It outlives restarts of the venue and the victim's keys, so that what either of
// them gave back would be seen.

// What counts in a meter: 24 hours, and the two-hour slot that is under way.
const (
	slot  = 2 * hour
	slots = 13
)

// entry is one charge in one meter.
type entry struct {
	slot       int64
	loss, fees money.Amount // a loss is what gains have left of it
}

// shadow is what one meter must say.
type shadow struct {
	entries     []entry
	since, paid money.Amount // since the last confirmation: losses, and fees
}

func (s *shadow) charge(now int64, e *instruction.Charged) {
	for gain, i := max(-e.Loss, 0), len(s.entries)-1; i >= 0 && gain > 0 && now-s.entries[i].slot < slots; i-- {
		n := min(gain, s.entries[i].loss)
		s.entries[i].loss -= n
		gain -= n
		s.since -= min(s.since, n)
	}
	s.entries = append(s.entries, entry{now, max(e.Loss, 0), e.Fees})
	s.since += max(e.Loss, 0)
	s.paid += e.Fees
}

// sum is what counts, once what does not any more is dropped.
func (s *shadow) sum(now int64) (loss, fees money.Amount) {
	for len(s.entries) > 0 && now-s.entries[0].slot >= slots {
		s.entries = s.entries[1:]
	}
	for i := range s.entries {
		loss += s.entries[i].loss
		fees += s.entries[i].fees
	}
	return loss, fees
}

// audit holds the venue's meters against the model.
type audit struct {
	h      *harm
	meters map[budget.Of]*shadow
	order  []budget.Of // of meters, as they came
	state  *core.State // that was looked at last
	due    bool        // something changed
	steps  int
}

// often is how many instructions go by at most until the meters are looked at.
const often = 64

// of is the model's meter.
func (a *audit) of(x instruction.Account, c instruction.Credential) *shadow {
	k := budget.Of{Account: x, Credential: c}
	if a.meters[k] == nil {
		a.meters[k] = new(shadow)
		a.order = append(a.order, k)
	}
	return a.meters[k]
}

// now is the slot that the venue's clock of waits is in.
func (a *audit) now() int64 { return int64(a.h.f.State.Clock().Waits() / slot) }

// hear follows what the venue tells.
func (a *audit) hear(e instruction.Event) {
	switch e := e.(type) {
	case *instruction.Charged:
		if !a.h.victim[e.Account] {
			return
		}
		a.due = true
		a.of(e.Account, e.Credential).charge(a.now(), e)
		a.of(e.Account, 0).charge(a.now(), e)
		if p := a.h.f.State.Account(e.Account).Parent; p != 0 {
			a.of(p, 0).charge(a.now(), e)
		}
	case *instruction.BudgetConfirmed:
		if !a.h.victim[e.Account] {
			return
		}
		a.due = true
		for _, c := range []instruction.Credential{0, e.Credential} {
			s := a.of(e.Account, c)
			s.since, s.paid = 0, 0
		}
	}
}

// look holds all meters against the model, where something changed or it is time.
func (a *audit) look() {
	s := a.h.f.State
	if a.steps++; !a.due && a.state == s && a.steps%often != 0 {
		return
	}
	a.due, a.state = false, s
	w := s.Worth(a.h.family[0])
	for _, k := range a.order {
		if k.Credential != 0 && s.Key(k.Credential).Revoked != 0 {
			continue // what it lost stands in its account's meter
		}
		st, _, _ := w.Budget(k.Account, k.Credential)
		loss, fees := a.meters[k].sum(a.now())
		a.hold(k, "lost in 24 hours", st.Loss.Spent, loss)
		a.hold(k, "paid in 24 hours", st.Fees.Spent, fees)
		a.hold(k, "lost since a confirmation", st.Loss.Since, a.meters[k].since)
		a.hold(k, "paid since a confirmation", st.Fees.Since, a.meters[k].paid)
		a.hold(k, "reserved", st.Loss.Reserved, a.reserved(k))
		var back money.Amount
		for _, r := range st.Loss.Back {
			back += r.Amount
		}
		a.hold(k, "to come back", back, loss)
	}
}

// hold says what is not as it must be.
func (a *audit) hold(k budget.Of, what string, got, want money.Amount) {
	if got != want || got < 0 {
		a.h.fault("%s by the meter of account %d, key %d: %s, and it is %s", what, k.Account, k.Credential, usdt(got), usdt(want))
	}
}

// reserved is what open orders may lose that count in a meter.
func (a *audit) reserved(k budget.Of) (n money.Amount) {
	s := a.h.f.State
	for _, x := range a.h.family {
		if x != k.Account && s.Account(x).Parent != k.Account {
			continue
		}
		for _, m := range s.Markets() {
			for h := range m.Book.Orders(x) {
				if o := m.Book.At(h); k.Credential == 0 || o.Credential == k.Credential {
					n += o.Risk
				}
			}
		}
	}
	return n
}
