package core

import (
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/proceeds"
)

// What others gained from keys, and holding it where a key is taken for stolen: see docs/PROCEEDS.md.
//
// Gains are noted as fills are folded, with budgets and without. They are claimed in the record that puts a key into quarantine
// by an alarm or a rule, again when its last order is cancelled, or by the operator's word. What a claim does not find free is
// looked for with ticks, and whenever a key of who owes it gives an instruction: before that is carried out, so that nothing
// that came free meanwhile is gone first, and after it, so that nothing that it freed is.

const (
	// liquidSlack and thinSlack are how far beyond a fair price a trade is fair still, in liquid markets and in others: what
	// spreads and ordinary movement come to.
	liquidSlack = 1_000
	thinSlack   = 10_000

	// claimsAtOnce is how many claims one record makes before it leaves the rest to later ones, and releasedAtOnce how many
	// holds end with one tick.
	claimsAtOnce   = 64
	releasedAtOnce = 100
)

// gained notes what a fill brought its sides, while both orders are as they were before it.
func (s *State) gained(m *Market, e *instruction.Filled, taker, maker instruction.Credential) {
	if s.untaught {
		return
	}
	f := s.fillOf(m, e, taker, maker)
	s.proceeds.Note(s.clock.Waits(), &f, s.fairly(m, s.folded()))
}

func (s *State) fillOf(m *Market, e *instruction.Filled, taker, maker instruction.Credential) proceeds.Fill {
	f := proceeds.Fill{Market: m.ID, Price: e.Price, Qty: e.Qty, Quote: e.Quote, TakerBuys: e.TakerSide == instruction.Buy}
	f.Buyer = proceeds.Party{Key: taker, Customer: s.Customer(e.TakerAccount)}
	f.Seller = proceeds.Party{Key: maker, Customer: s.Customer(e.MakerAccount)}
	if !f.TakerBuys {
		f.Buyer, f.Seller = f.Seller, f.Buyer
	}
	return f
}

// fairly is which prices of a market are fair, with what is fair beyond them.
func (s *State) fairly(m *Market, at moment) proceeds.Fair {
	k, rough := s.fair(m, at)
	f := proceeds.Fair{Low: k.Low, High: k.High, Slack: liquidSlack, Base: m.baseScale}
	if rough {
		f.Slack = thinSlack
	}
	return f
}

// Gain is what a fill brings one of its sides over the fair price, out of the other.
type Gain struct {
	Key      instruction.Credential // that lost it
	From, To instruction.Account
	Market   instruction.Market
	Asset    instruction.Asset
	Amount   money.Amount
}

// Gain is what a fill that is about to be folded brings its sides; false where it is fair. It only reads.
func (s *State) Gain(e *instruction.Filled) (g Gain, ok bool) {
	m := s.Market(e.Market)
	if m == nil {
		return g, false
	}
	taker, maker := m.Book.Find(e.Taker), m.Book.Find(e.Maker)
	if taker == 0 || maker == 0 || s.Customer(e.TakerAccount) == s.Customer(e.MakerAccount) {
		return g, false
	}
	at := s.folded()
	at.reader = true
	f := s.fillOf(m, e, m.Book.At(taker).Credential, m.Book.At(maker).Credential)
	key, quote, base, ok := f.Gained(s.fairly(m, at))
	g = Gain{Key: key, From: e.TakerAccount, To: e.MakerAccount, Market: m.ID, Asset: m.Quote, Amount: quote}
	if base > 0 {
		g.Asset, g.Amount = m.Base, base
	}
	if sells := base == 0; sells == (e.TakerSide == instruction.Sell) { // the taker gained
		g.From, g.To = g.To, g.From
	}
	return g, ok && g.Amount > 0
}

// holdProceeds claims what others gained from a key, one slice of it, and says how many claims it made.
func (s *State) holdProceeds(c instruction.Credential, id instruction.IncidentID) int {
	k := s.keys.Key(c)
	if k == nil {
		return 0
	}
	waits, made := s.clock.Waits(), 0
	for _, x := range s.proceeds.Claims(waits, c, s.Customer(k.Account), claimsAtOnce) {
		m := s.Market(x.Market)
		e := instruction.ProceedsHeld{
			Credential: c, Incident: id, Until: waits + instruction.ProceedsSpan, Market: m.ID, Indirect: x.Indirect,
		}
		for _, of := range [...]struct {
			asset instruction.Asset
			n     money.Amount
		}{{m.Quote, x.Quote}, {m.Base, x.Base}} {
			if of.n > 0 && len(s.proceeds.Holds()) < proceeds.MaxHolds {
				e.Of, e.Gain = of.asset, of.n
				s.claim(x.Customer, e)
				made++
			}
		}
	}
	return made
}

// holdSwept claims what others gained by orders of a key that were open when it was put into quarantine; they are all cancelled
// now. It says whether there may be more, which a later slice claims.
func (s *State) holdSwept(c instruction.Credential) (more bool) {
	k := s.keys.Key(c)
	if k.Quarantine == 0 || k.Quarantine == instruction.QuarantinedByWord {
		return false
	}
	return s.holdProceeds(c, k.Incident) > 0
}

// claim opens a hold for what somebody gained, with what is free of that asset and, by value, of others.
func (s *State) claim(customer instruction.Account, e instruction.ProceedsHeld) {
	e.ID = s.proceeds.Last() + 1
	e.Account, e.Asset = customer, e.Of
	e.Amount = min(s.ledger.Balance(customer, e.Of).Free, e.Gain)
	e.Covers, e.Missing = e.Amount, e.Gain-e.Amount
	s.emit(&e)
	work := 0
	s.seek(s.proceeds.Hold(e.ID), s.family(customer), &work)
}

// family are the accounts of a customer.
func (s *State) family(customer instruction.Account) []instruction.Account {
	return append([]instruction.Account{customer}, s.subs[customer]...)
}

// seek holds what it finds free in accounts of what a hold misses: the asset that was gained first, then others.
func (s *State) seek(h *proceeds.Hold, accounts []instruction.Account, work *int) {
	for _, a := range accounts {
		*work++
		n := min(s.ledger.Balance(a, h.Of).Free, h.Missing)
		s.part(h, a, h.Of, n, n)
		if h.Missing == 0 || *work >= sliceWork {
			return
		}
	}
	for _, a := range accounts {
		for i := 0; h.Missing > 0 && *work < sliceWork; i++ {
			x, _, ok := s.ledger.Owns(a, i)
			if !ok {
				break
			}
			*work++
			if x != h.Of {
				s.instead(h, a, x)
			}
		}
	}
}

// part holds some of a balance.
func (s *State) part(h *proceeds.Hold, a instruction.Account, x instruction.Asset, n, covers money.Amount) {
	if n <= 0 || covers <= 0 || !h.Room(a, x) {
		return
	}
	s.emit(&instruction.ProceedsHeld{
		ID: h.ID, Account: a, Asset: x, Amount: n, Credential: h.Credential, Incident: h.Incident, Until: h.Until,
		Market: h.Market, Of: h.Of, Gain: h.Gain, Covers: covers, Missing: h.Missing - covers, Indirect: h.Indirect,
	})
}

// instead holds another asset for what is missing: what that is worth at the low mark, of what this is worth at the high one, so
// that nobody has more held than he gained. Where either has no mark that is relied on, nothing is.
func (s *State) instead(h *proceeds.Hold, a instruction.Account, x instruction.Asset) {
	l := lens{customer: h.Customer}
	free := min(s.ledger.Balance(a, x).Free, money.MaxAmount)
	missing, _, ok := s.worth(l, h.Of, s.assets[h.Of].Route, h.Missing, false)
	has, _, known := s.worth(l, x, s.assets[x].Route, free, true)
	if !ok || !known || missing <= 0 || has <= 0 {
		return
	}
	n, covers := free, h.Missing
	if has > missing {
		most, _ := money.MulDiv(int64(free), int64(missing), int64(has), money.Down)
		n = money.Amount(most)
	} else {
		part, _ := money.MulDiv(int64(h.Missing), int64(has), int64(missing), money.Down)
		covers = money.Amount(part)
	}
	s.part(h, a, x, n, covers)
}

// catch holds what came free of an account whose customer has more to be held.
func (s *State) catch(a instruction.Account) {
	work := 0
	for _, h := range s.proceeds.Of(s.Customer(a)) {
		if h.Missing > 0 && work < sliceWork {
			s.seek(h, []instruction.Account{a}, &work)
		}
	}
}

// catchOf is catch for whom an instruction may let money go from.
func (s *State) catchOf(p *instruction.Principal, in instruction.Instruction) {
	if p.Giver != instruction.ByCredential || len(s.proceeds.Holds()) == 0 {
		return
	}
	if k := s.keys.Key(p.Credential); k != nil {
		s.catch(k.Account)
		if t, ok := in.(*instruction.Transfer); ok && t.From != k.Account && s.Customer(t.From) == s.Customer(k.Account) {
			s.catch(t.From)
		}
	}
}

// tendProceeds ends holds that are over, and looks for what others miss, from one that changes with time on.
func (s *State) tendProceeds() {
	waits := s.clock.Waits()
	for range releasedAtOnce {
		id, end := s.proceeds.Due(waits)
		if id == 0 {
			break
		}
		s.released(id, end)
	}
	list := s.proceeds.Holds()
	work, from := 0, 0
	if len(list) > 0 {
		from = int(int64(waits/instruction.Second) * claimsAtOnce % int64(len(list)))
	}
	for i := range list {
		if work++; work >= sliceWork {
			return
		}
		if h := list[(from+i)%len(list)]; h.Missing > 0 {
			s.seek(h, s.family(h.Customer), &work)
		}
	}
}

// hold is the operator's word that a key is taken for stolen, or that what is held of it is kept.
func (s *State) hold(i *instruction.HoldProceeds) {
	k, x := s.keys.Key(i.Credential), s.watch.Incident(i.Incident)
	switch {
	case k == nil:
		s.refuseWhole(instruction.UnknownKey)
		return
	case i.Incident > s.watch.Last(), i.Keep && i.Incident == 0:
		s.refuseWhole(instruction.UnknownIncident)
		return
	case i.Incident != 0 && (x == nil || x.Closed != 0):
		s.refuseWhole(instruction.IncidentOver)
		return
	}
	did := s.holdProceeds(i.Credential, i.Incident)
	for _, h := range s.proceeds.Holds() {
		if i.Keep && h.Credential == i.Credential && !h.Closed && (!h.Kept || h.Incident != i.Incident) {
			s.emit(&instruction.ProceedsKept{ID: h.ID, Incident: i.Incident, Account: h.Customer})
			did++
		}
	}
	if did == 0 {
		s.refuseWhole(instruction.NothingGained)
	}
}

func (s *State) releaseProceeds(i *instruction.ReleaseProceeds) {
	if s.proceeds.Hold(i.ID) == nil {
		s.refuseWhole(instruction.UnknownProceeds)
		return
	}
	s.released(i.ID, instruction.ProceedsByOperator)
}

func (s *State) released(id instruction.ProceedsID, end instruction.ProceedsEnd) {
	s.emit(&instruction.ProceedsReleased{ID: id, End: end, Account: s.proceeds.Hold(id).Customer})
}

func (s *State) appeal(i *instruction.AppealProceeds) {
	switch h := s.proceeds.Hold(i.ID); {
	case h == nil:
		s.refuseWhole(instruction.UnknownProceeds)
	case strings.TrimSpace(i.Text) == "", len(i.Text) > instruction.MaxAppeal, strings.ContainsFunc(i.Text, unprintable):
		s.refuseWhole(instruction.MalformedDefinition)
	case h.Appeals >= instruction.MaxAppeals:
		s.refuseWhole(instruction.AppealsSpent)
	default:
		s.emit(&instruction.ProceedsAppealed{ID: i.ID, Text: i.Text, Account: h.Customer})
	}
}

// short is why a balance does not have what is asked of it: where what is held as proceeds would make up for it, that.
func (s *State) short(a instruction.Account, x instruction.Asset, n money.Amount) instruction.Reason {
	if s.ledger.Balance(a, x).Free+s.proceeds.Held(s.Customer(a), a, x) >= n {
		return instruction.ProceedsWithheld
	}
	return instruction.InsufficientBalance
}

func (s *State) foldProceedsHeld(e *instruction.ProceedsHeld) error {
	m := s.Market(e.Market)
	if s.Account(e.Account) == nil || s.Asset(e.Asset) == nil || s.keys.Key(e.Credential) == nil || m == nil || m.other(e.Of) == 0 {
		return errUnknown
	}
	if err := s.proceeds.Fold(e, s.Customer(e.Account), s.clock.Waits()); err != nil {
		return err
	}
	return s.ledger.Hold(e.Account, e.Asset, e.Amount)
}

func (s *State) foldProceedsReleased(e *instruction.ProceedsReleased) error {
	parts, err := s.proceeds.Release(e)
	for _, x := range parts {
		if err == nil {
			err = s.ledger.Release(x.Account, x.Asset, x.Amount)
		}
	}
	return err
}

func (s *State) proceedsFields(c *instruction.Codec) {
	s.proceeds.Fields(c, proceeds.As{
		Waits: s.clock.Waits(), Key: s.Keys(), Market: instruction.Market(len(s.markets) - 1), Account: s.Accounts(), // #nosec G115 -- maxMarkets bounds it
	})
	if c.Reading() && c.Err() == nil {
		for _, h := range s.proceeds.Holds() {
			if m := s.Market(h.Market); s.Customer(h.Customer) != h.Customer || s.keys.Key(h.Credential) == nil || m == nil || m.other(h.Of) == 0 {
				c.Fail("hold %d", h.ID)
				return
			}
		}
	}
}

// Proceeds are what is held of what others gained from keys, by ascending number.
func (s *State) Proceeds() []*proceeds.Hold { return s.proceeds.Holds() }

// ProceedsOf are those of a customer.
func (s *State) ProceedsOf(customer instruction.Account) []*proceeds.Hold {
	return s.proceeds.Of(customer)
}

// Hold is what is held under the number, or nil.
func (s *State) Hold(id instruction.ProceedsID) *proceeds.Hold { return s.proceeds.Hold(id) }

// Lost is what a key lost in a market to others in three to four days at prices that were not fair, net, in units of the quote
// asset, and what of what they gained nobody is named for.
func (s *State) Lost(c instruction.Credential, m instruction.Market) (lost, unnamed money.Amount) {
	return s.proceeds.Lost(s.clock.Waits(), c, m)
}
