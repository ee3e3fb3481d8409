package core

import (
	"errors"
	"fmt"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

var errUnknown = errors.New("core: an event names what is not there")

// foldHead folds what a record says beside its events: that time passed, and that a request was taken up.
func (s *State) foldHead(now instruction.Time, p *instruction.Principal, v *instruction.Verdict) {
	s.clock.Now = now
	s.gate.Remember(now, p, v)
}

// fold changes the state by one event. It is the only place that does. An event that does not fit is a broken state.
func (s *State) fold(e instruction.Event) {
	var err error
	switch e := e.(type) {
	case *instruction.OrderPlaced:
		err = s.foldPlaced(e)
	case *instruction.Filled:
		err = s.foldFilled(e)
	case *instruction.OrderClosed:
		err = s.foldClosed(e)
	case *instruction.Refused: // nothing came of it
	case *instruction.CameIn:
		err = s.ledger.CameIn(e.Account, e.Asset, e.Amount)
	case *instruction.KeyCreated:
		err = s.keys.Create(e.ID, &e.Key, s.clock.Now)
	case *instruction.KeyRevoked:
		err = s.keys.Revoke(e.Credential, s.clock.Now)
	case *instruction.AccountOpened:
		err = s.foldAccount(e)
	case *instruction.FeesSet:
		err = s.foldFees(e)
	case *instruction.TierSet:
		err = s.foldTier(e)
	case *instruction.Transferred:
		err = s.foldTransfer(e)
	case *instruction.TransferKnown: // nothing came of it either
	case *instruction.Dropped:
		err = s.gate.Drop(s.clock.Now, e, s.keys.Next()-1)
	case *instruction.Raised:
		err = s.gate.Raise(e)
	case *instruction.Swept:
		err = s.gate.Swept(e)
	case *instruction.AssetAdded:
		err = s.foldAsset(e)
	case *instruction.MarketAdded:
		err = s.foldMarket(e)
	case *instruction.MarketSet:
		err = s.foldMarketSet(e)
	case *instruction.ClockFroze:
		s.clock.Frozen = e.From
	case *instruction.ClockConfirmed:
		s.clock.Frozen = 0
	default:
		err = fmt.Errorf("core: no fold for %T", e)
	}
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("folding %T: %w", e, err)
	}
}

func (s *State) foldAccount(e *instruction.AccountOpened) error {
	if int64(e.ID) != int64(len(s.accounts)) {
		return errUnknown
	}
	if e.Parent != 0 && (s.Account(e.Parent) == nil || s.accounts[e.Parent].Parent != 0) {
		return errUnknown
	}
	s.accounts = append(s.accounts, Account{Ref: e.Ref, Opened: s.clock.Now, Parent: e.Parent})
	s.listAccount(e.ID)
	return nil
}

// listAccount adds a new account to what accounts are found by.
func (s *State) listAccount(a instruction.Account) {
	x := &s.accounts[a]
	if x.Ref != "" && s.refs[x.Ref] == 0 {
		s.refs[x.Ref] = a
	}
	if x.Parent != 0 {
		s.subs[x.Parent] = append(s.subs[x.Parent], a)
	}
}

func (s *State) foldAsset(e *instruction.AssetAdded) error {
	if int(e.ID) != len(s.assets) || e.Scale > money.MaxScale {
		return errUnknown
	}
	s.assets = append(s.assets, Asset{Symbol: e.Symbol, Scale: e.Scale})
	s.names[e.Symbol] = e.ID
	return nil
}

func (s *State) foldMarket(e *instruction.MarketAdded) error {
	if int(e.ID) != len(s.markets) || s.Asset(e.Base) == nil || s.Asset(e.Quote) == nil {
		return errUnknown
	}
	m := &Market{
		ID: e.ID, Symbol: s.Asset(e.Base).Symbol + s.Asset(e.Quote).Symbol,
		Base: e.Base, Quote: e.Quote, Terms: e.Terms, State: instruction.Open,
		Book: book.New(e.Terms.Tick), baseScale: s.Asset(e.Base).Scale,
	}
	s.markets = append(s.markets, m)
	s.symbols[m.Symbol] = m.ID
	return nil
}

func (s *State) foldMarketSet(e *instruction.MarketSet) error {
	m := s.Market(e.Market)
	if m == nil {
		return errUnknown
	}
	m.State = e.State
	return nil
}

func (s *State) foldPlaced(e *instruction.OrderPlaced) error {
	m := s.Market(e.Place.Market)
	if m == nil || e.Order != s.lastOrder+1 {
		return errUnknown
	}
	s.lastOrder = e.Order
	p := &e.Place
	h := m.Book.Place(&book.Order{
		ID: e.Order, Account: e.Account, Credential: e.Credential,
		Side: p.Side, Type: p.Type, TIF: p.TIF, Price: p.Price, Qty: p.Qty, QuoteQty: p.QuoteQty,
		Held: e.Held, ClientID: p.ClientID, Placed: s.clock.Now, Updated: s.clock.Now,
	}, rests(p))
	if h == 0 {
		return fmt.Errorf("core: the book cannot take order %d", e.Order)
	}
	return s.ledger.Hold(e.Account, m.gives(p.Side), e.Held)
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
	m.LastTrade, m.LastPrice = e.Trade, e.Price
	if err := s.foldMoney(m, e, m.Book.At(taker), m.Book.At(maker)); err != nil {
		return err
	}
	if !m.Book.Fill(maker, e.Qty, e.Quote, s.clock.Now) || !m.Book.Fill(taker, e.Qty, e.Quote, s.clock.Now) {
		return fmt.Errorf("core: order %d or %d has less left than is filled", e.Maker, e.Taker)
	}
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
	side := o.Side
	m.Book.Remove(h)
	return s.ledger.Release(e.Account, m.gives(side), e.Released)
}
