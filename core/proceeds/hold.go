package proceeds

import (
	"errors"
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// ErrUnknown means that an event names a hold that is not there, or does not fit.
var ErrUnknown = errors.New("proceeds: an event does not fit what is held")

const (
	// MaxParts is from how many balances one hold is taken at most.
	MaxParts = 64
	// MaxHolds is how many there are at once at most.
	MaxHolds = 1 << 18
)

// Part is what is held of one balance.
type Part struct {
	Account instruction.Account
	Asset   instruction.Asset
	Amount  money.Amount
}

// Hold is what is held of what somebody gained from a key.
type Hold struct {
	ID         instruction.ProceedsID
	Customer   instruction.Account
	Credential instruction.Credential
	Incident   instruction.IncidentID
	Market     instruction.Market
	Of         instruction.Asset
	Gain       money.Amount     // of that
	Missing    money.Amount     // what of it nothing is held for: from 0 to Gain
	Since      instruction.Time // by the clock of waits, as Until
	Until      instruction.Time
	Kept       bool // until the incident is closed
	Closed     bool // it is
	Indirect   bool
	Appeals    uint8
	Appeal     string // the last one
	Parts      []Part
}

// over says whether a hold is over, and why.
func (h *Hold) over(waits instruction.Time) instruction.ProceedsEnd {
	switch {
	case h.Closed:
		return instruction.ProceedsByIncident
	case !h.Kept && waits >= h.Until:
		return instruction.ProceedsByTime
	}
	return 0
}

// Last is the highest number given out.
func (p *Proceeds) Last() instruction.ProceedsID { return p.last }

// Holds are all that are not over, by ascending number. They must not be changed.
func (p *Proceeds) Holds() []*Hold { return p.holds }

// Of are those of a customer, by ascending number. They must not be changed.
func (p *Proceeds) Of(customer instruction.Account) []*Hold { return p.of[customer] }

// Hold is the one of that number, or nil.
func (p *Proceeds) Hold(id instruction.ProceedsID) *Hold {
	if i, ok := slices.BinarySearchFunc(p.holds, id, byID); ok {
		return p.holds[i]
	}
	return nil
}

func byID(h *Hold, id instruction.ProceedsID) int { return int(int64(h.ID) - int64(id)) }

// Held is what is held of one balance.
func (p *Proceeds) Held(customer, a instruction.Account, x instruction.Asset) (n money.Amount) {
	for _, h := range p.of[customer] {
		for _, y := range h.Parts {
			if y.Account == a && y.Asset == x {
				n += y.Amount
			}
		}
	}
	return n
}

// Fold folds that something is held. customer is the account's.
func (p *Proceeds) Fold(e *instruction.ProceedsHeld, customer instruction.Account, waits instruction.Time) error {
	h := p.Hold(e.ID)
	if h == nil {
		if e.ID != p.last+1 || e.Gain <= 0 || e.Gain > money.MaxAmount || len(p.holds) >= MaxHolds {
			return ErrUnknown
		}
		h = &Hold{
			ID: e.ID, Customer: customer, Credential: e.Credential, Incident: e.Incident, Market: e.Market, Of: e.Of,
			Gain: e.Gain, Missing: e.Gain, Since: waits, Until: e.Until, Indirect: e.Indirect,
		}
		p.last = e.ID
		p.enter(h)
		p.claimed(waits, e.Credential, e.Market, customer)
	}
	if h.Customer != customer || e.Amount < 0 || e.Covers < 0 || e.Missing < 0 || e.Missing != h.Missing-e.Covers {
		return ErrUnknown
	}
	h.Missing -= e.Covers
	if e.Amount == 0 {
		return nil
	}
	for i := range h.Parts {
		if x := &h.Parts[i]; x.Account == e.Account && x.Asset == e.Asset {
			x.Amount += e.Amount
			return nil
		}
	}
	if len(h.Parts) >= MaxParts {
		return ErrUnknown
	}
	h.Parts = append(h.Parts, Part{e.Account, e.Asset, e.Amount})
	return nil
}

// enter adds a hold behind the others.
func (p *Proceeds) enter(h *Hold) {
	p.holds = append(p.holds, h)
	p.of[h.Customer] = append(p.of[h.Customer], h)
	if len(p.holds) == 1 || h.Until < p.soonest {
		p.soonest = h.Until
	}
}

// Room says that a balance may be held of for a hold.
func (h *Hold) Room(a instruction.Account, x instruction.Asset) bool {
	return len(h.Parts) < MaxParts || slices.ContainsFunc(h.Parts, func(y Part) bool { return y.Account == a && y.Asset == x })
}

// Due is a hold that is over at that time, and why; 0 where there is none.
func (p *Proceeds) Due(waits instruction.Time) (instruction.ProceedsID, instruction.ProceedsEnd) {
	if waits < p.soonest {
		return 0, 0
	}
	soonest := instruction.Time(1<<63 - 1)
	for _, h := range p.holds {
		if end := h.over(waits); end != 0 {
			return h.ID, end
		}
		if !h.Kept {
			soonest = min(soonest, h.Until)
		}
	}
	p.soonest = soonest
	return 0, 0
}

// Release folds that a hold is over; its parts are what is free again.
func (p *Proceeds) Release(e *instruction.ProceedsReleased) ([]Part, error) {
	i, ok := slices.BinarySearchFunc(p.holds, e.ID, byID)
	if !ok {
		return nil, ErrUnknown
	}
	h := p.holds[i]
	p.holds = slices.Delete(p.holds, i, i+1)
	list := slices.DeleteFunc(p.of[h.Customer], func(x *Hold) bool { return x == h })
	if len(list) == 0 {
		delete(p.of, h.Customer)
	} else {
		p.of[h.Customer] = list
	}
	return h.Parts, nil
}

// Keep folds that a hold lasts until an incident is closed.
func (p *Proceeds) Keep(e *instruction.ProceedsKept) error {
	h := p.Hold(e.ID)
	if h == nil || e.Incident == 0 {
		return ErrUnknown
	}
	h.Incident, h.Kept = e.Incident, true
	return nil
}

// Appeal folds what an owner says.
func (p *Proceeds) Appeal(e *instruction.ProceedsAppealed) error {
	h := p.Hold(e.ID)
	if h == nil || h.Appeals >= instruction.MaxAppeals || len(e.Text) > instruction.MaxAppeal {
		return ErrUnknown
	}
	h.Appeals, h.Appeal = h.Appeals+1, e.Text
	return nil
}

// Close folds that an incident is closed: what is held for it is over.
func (p *Proceeds) Close(id instruction.IncidentID) {
	for _, h := range p.holds {
		if h.Incident == id {
			h.Closed, p.soonest = true, 0
		}
	}
}

// Check says what does not hold of what is held.
func (p *Proceeds) Check() error {
	for i, h := range p.holds {
		if h.ID == 0 || h.ID > p.last || i > 0 && p.holds[i-1].ID >= h.ID {
			return fmt.Errorf("proceeds: hold %d after another, where %d is the last", h.ID, p.last)
		}
		if h.Gain <= 0 || h.Missing < 0 || h.Missing > h.Gain || len(h.Parts) > MaxParts || h.Kept && h.Incident == 0 ||
			h.Appeals > instruction.MaxAppeals || len(h.Appeal) > instruction.MaxAppeal {
			return fmt.Errorf("proceeds: hold %d of %d misses %d, in %d parts", h.ID, h.Gain, h.Missing, len(h.Parts))
		}
		for _, x := range h.Parts {
			if x.Amount <= 0 {
				return fmt.Errorf("proceeds: hold %d has a part of %d", h.ID, x.Amount)
			}
		}
	}
	return nil
}
