package core

import (
	"fmt"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

func (s *State) foldPlaced(e *instruction.OrderPlaced) error {
	m := s.Market(e.Place.Market)
	if m == nil || e.Order != s.lastOrder+1 {
		return errUnknown
	}
	s.lastOrder = e.Order
	p := &e.Place
	o := book.Order{
		ID: e.Order, Account: e.Account, Credential: e.Credential,
		Side: p.Side, Type: p.Type, TIF: p.TIF, Price: p.Price, Qty: p.Qty, QuoteQty: p.QuoteQty,
		Held: e.Held, Risk: e.Risk, ClientID: p.ClientID, Placed: s.clock.Now, Updated: s.clock.Now, SelfTrade: p.SelfTrade,
	}
	var h book.Handle
	if p.Trigger == instruction.NoTrigger && p.Visible == 0 && !s.listing(e.Order) {
		h = m.Book.Place(&o, rests(p))
	} else {
		h = s.foldPlacedMore(m, p, &o)
	}
	if h == 0 {
		return fmt.Errorf("core: the book cannot take order %d", e.Order)
	}
	s.touch(m)
	s.stakeNew(m, m.Book.At(h))
	s.rerisk(m.Book.At(h), 0)
	return s.ledger.Hold(e.Account, m.gives(p.Side), e.Held)
}

// listing says that the order of this number belongs to the list that was placed last.
func (s *State) listing(id instruction.Order) bool {
	return s.list.Shape != 0 && id >= s.list.First && id < s.list.First+instruction.Order(s.list.Shape.Legs()) // #nosec G115 -- never negative
}

// foldPlacedMore places an order that has more to it than others.
func (s *State) foldPlacedMore(m *Market, p *instruction.PlaceOrder, o *book.Order) book.Handle {
	x := book.More{Trigger: p.Trigger, Trail: p.Trail, Stop: p.Stop, Visible: p.Visible}
	stage := book.Working
	if p.Trigger != instruction.NoTrigger {
		stage = book.Waiting
	}
	if s.listing(o.ID) {
		x.List, x.Name, x.Shape, x.Leg = s.list.List, s.list.ClientID, s.list.Shape, uint8(o.ID-s.list.First) // #nosec G115 -- a list has three legs at most
		if x.Shape.Pending(x.Leg) {
			stage = book.Pending
		}
	}
	return m.Book.PlaceMore(o, &x, stage, stage != book.Working || rests(p), m.LastPrice)
}

func (s *State) foldListPlaced(e *instruction.ListPlaced) error {
	if s.Market(e.Market) == nil || e.List != s.lastList+1 || e.First != s.lastOrder+1 {
		return errUnknown
	}
	s.lastList, s.list = e.List, *e
	return nil
}

// foldFilled moves the money of one match and shortens both orders.
func (s *State) foldFilled(e *instruction.Filled) error {
	m := s.Market(e.Market)
	if m == nil {
		return errUnknown
	}
	taker, maker := m.Book.Find(e.Taker), m.Book.Find(e.Maker)
	if taker == 0 || maker == 0 || e.Trade != m.LastTrade+1 {
		return errUnknown
	}
	s.gained(m, e, m.Book.At(taker).Credential, m.Book.At(maker).Credential)
	if err := s.foldMoney(m, e, m.Book.At(taker), m.Book.At(maker)); err != nil {
		return err
	}
	ours, theirs := s.staked(m, m.Book.At(taker)), s.staked(m, m.Book.At(maker))
	risk, risked := m.Book.At(taker).Risk, m.Book.At(maker).Risk
	if !m.Book.Fill(maker, e.Qty, e.Quote, s.clock.Now) || !m.Book.Fill(taker, e.Qty, e.Quote, s.clock.Now) {
		return fmt.Errorf("core: order %d or %d has less left than is filled", e.Maker, e.Taker)
	}
	s.traded(m, &ours, e.Quote)
	s.traded(m, &theirs, e.Quote)
	s.rerisk(m.Book.At(taker), risk)
	s.rerisk(m.Book.At(maker), risked)
	if !s.unmarked {
		m.mark.Print(s.clock.Waits(), e.Price, e.Quote, s.Customer(e.TakerAccount), s.Customer(e.MakerAccount))
		m.traded = true
	}
	s.touch(m)
	if e.Price != m.LastPrice {
		m.Book.Traded(e.Price, s.clock.Now)
	}
	m.LastTrade, m.LastPrice = e.Trade, e.Price
	return nil
}

func (s *State) foldClosed(e *instruction.OrderClosed) error {
	m := s.Market(e.Market)
	if m == nil {
		return errUnknown
	}
	h := m.Book.Find(e.Order)
	if h == 0 {
		return errUnknown
	}
	o := m.Book.At(h)
	if o.Held != e.Released || o.Account != e.Account {
		return fmt.Errorf("core: order %d holds %d, %d are released", o.ID, o.Held, e.Released)
	}
	side, was := o.Side, s.staked(m, o)
	if e.Cause == instruction.ByFill && o.Member() {
		m.goOn(o)
	}
	risk := o.Risk
	o.Risk = 0
	s.rerisk(o, risk)
	m.Book.Remove(h)
	s.touch(m)
	s.restake(m, &was)
	return s.ledger.Release(e.Account, m.gives(side), e.Released)
}

// goOn makes the orders of a list due that were pending on the one that is filled.
func (m *Market) goOn(o *book.Order) {
	x := m.Book.More(o)
	if x.Leg != 0 {
		return
	}
	for leg := range x.Shape.Legs() {
		if h := m.leg(o.ID+instruction.Order(leg), x.List); h != 0 && x.Shape.Pending(uint8(leg)) {
			m.Book.Ready(h)
		}
	}
}

// open is an open order that an event names, or an error.
func (s *State) open(market instruction.Market, id instruction.Order, a instruction.Account) (*Market, book.Handle, error) {
	m := s.Market(market)
	if m == nil {
		return nil, 0, errUnknown
	}
	h := m.Book.Find(id)
	if h == 0 || m.Book.At(h).Account != a {
		return nil, 0, errUnknown
	}
	return m, h, nil
}

func (s *State) foldStarted(e *instruction.OrderStarted) error {
	m, h, err := s.open(e.Market, e.Order, e.Account)
	if err != nil {
		return err
	}
	o := m.Book.At(h)
	x := m.Book.More(o)
	if x == nil || e.Held < 0 {
		return errUnknown
	}
	gives, was := m.gives(o.Side), s.staked(m, o)
	if e.Held >= o.Held {
		err = s.ledger.Hold(e.Account, gives, e.Held-o.Held)
	} else {
		err = s.ledger.Release(e.Account, gives, o.Held-e.Held)
	}
	if err != nil {
		return err
	}
	o.Held = e.Held
	risk := o.Risk
	o.Risk = e.Risk
	s.rerisk(o, risk)
	s.touch(m)
	done := false
	if e.Waits {
		done = m.Book.Wait(h, m.LastPrice, s.clock.Now)
	} else {
		done = m.Book.Work(h, o.Type != instruction.MarketType && o.TIF == instruction.GTC, s.clock.Now)
	}
	if !done {
		return fmt.Errorf("core: order %d cannot start", e.Order)
	}
	s.restake(m, &was)
	return nil
}

func (s *State) foldPrevented(e *instruction.TradePrevented) error {
	m, taker, err := s.open(e.Market, e.Taker, e.Account)
	if err != nil {
		return err
	}
	_, maker, err := s.open(e.Market, e.Maker, e.Account)
	if err != nil {
		return err
	}
	if e.Match != m.LastMatch+1 {
		return errUnknown
	}
	m.LastMatch = e.Match
	for _, x := range [...]struct {
		h             book.Handle
		qty, released money.Amount
	}{{taker, e.TakerQty, e.TakerReleased}, {maker, e.MakerQty, e.MakerReleased}} {
		if x.qty == 0 && x.released == 0 {
			continue
		}
		was, risk := s.staked(m, m.Book.At(x.h)), m.Book.At(x.h).Risk
		if !m.Book.Prevent(x.h, x.qty, e.Match, s.clock.Now) {
			return fmt.Errorf("core: order %d has less left than it loses", m.Book.At(x.h).ID)
		}
		s.restake(m, &was)
		s.rerisk(m.Book.At(x.h), risk)
		s.touch(m)
		if err := s.release(m, x.h, x.released); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) foldAmended(e *instruction.OrderAmended) error {
	m, h, err := s.open(e.Market, e.Order, e.Account)
	if err != nil {
		return err
	}
	was, risk := s.staked(m, m.Book.At(h)), m.Book.At(h).Risk
	if !m.Book.Amend(h, e.Qty, e.ClientID, s.clock.Now) {
		return fmt.Errorf("core: order %d cannot be amended", e.Order)
	}
	s.restake(m, &was)
	s.rerisk(m.Book.At(h), risk)
	return s.release(m, h, e.Released)
}

// release frees a part of what is held for an order.
func (s *State) release(m *Market, h book.Handle, n money.Amount) error {
	o := m.Book.At(h)
	if n < 0 || n > o.Held {
		return fmt.Errorf("core: order %d holds %d, %d are released", o.ID, o.Held, n)
	}
	o.Held -= n
	return s.ledger.Release(o.Account, m.gives(o.Side), n)
}
