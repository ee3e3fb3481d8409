package core

import (
	"fmt"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Rates are what a tier pays in a market, of a fill's amount in the asset that fees are in. Maker below zero is a rebate.
type Rates struct{ Maker, Taker money.PPM }

// tierRates are the rates of one tier in one market, if they were set.
type tierRates struct {
	Rates
	set bool
}

// Rates are what the accounts of a tier pay in the market.
func (m *Market) Rates(t instruction.Tier) Rates {
	if t > 0 && int(t) < len(m.tiers) && m.tiers[t].set {
		return m.tiers[t].Rates
	}
	return Rates{m.Terms.MakerFee, m.Terms.TakerFee}
}

// HasTier says whether the tier has rates of its own in the market.
func (m *Market) HasTier(t instruction.Tier) bool { return int(t) < len(m.tiers) && m.tiers[t].set }

// Tier is the tier by which an account pays: its customer's.
func (s *State) Tier(a instruction.Account) instruction.Tier {
	x := &s.accounts[a]
	if x.Parent != 0 {
		x = &s.accounts[x.Parent]
	}
	return x.Tier
}

// RatesOf are what an account pays in the market.
func (s *State) RatesOf(m *Market, a instruction.Account) Rates { return m.Rates(s.Tier(a)) }

// rates are what an account pays in the market.
func (s *State) rates(m *Market, a instruction.Account) Rates {
	if len(m.tiers) == 0 {
		return Rates{m.Terms.MakerFee, m.Terms.TakerFee}
	}
	return m.Rates(s.Tier(a))
}

// covered says whether a fill can always pay what a set of rates promises: each fee is a fraction below 1, and a rebate is
// paid by the taker of the same fill, in the same asset, whatever tier that one is in.
func covered(feeIn instruction.Asset, rates ...Rates) bool {
	rebate, least := money.PPM(0), money.Whole
	for _, r := range rates {
		if r.Taker < 0 || r.Taker >= money.Whole || r.Maker <= -money.Whole || r.Maker >= money.Whole {
			return false
		}
		rebate, least = max(rebate, -r.Maker), min(least, r.Taker)
	}
	return rebate == 0 || feeIn != 0 && rebate <= least
}

// coveredWith says whether all rates of the market are still covered when a tier's are these.
func (m *Market) coveredWith(t instruction.Tier, r Rates) bool {
	all := []Rates{r}
	for i := instruction.Tier(0); int(i) < max(len(m.tiers), 1); i++ {
		if i != t && (i == 0 || m.HasTier(i)) {
			all = append(all, m.Rates(i))
		}
	}
	return covered(m.Terms.FeeIn, all...)
}

func (s *State) setFees(i *instruction.SetFees) {
	list := i.Markets
	if len(list) == 0 {
		for _, m := range s.Markets() {
			list = append(list, m.ID)
		}
	}
	if i.Tier > instruction.MaxTier || len(list) == 0 {
		s.refuseWhole(instruction.UnknownTier)
		return
	}
	r := Rates{i.Maker, i.Taker}
	for _, m := range list {
		switch m := s.Market(m); {
		case m == nil:
			s.refuseWhole(instruction.UnknownMarket)
			return
		case !m.coveredWith(i.Tier, r):
			s.refuseWhole(instruction.FeesNotCovered)
			return
		}
	}
	for _, m := range list {
		s.emit(&instruction.FeesSet{Tier: i.Tier, Market: m, Maker: i.Maker, Taker: i.Taker})
	}
}

func (s *State) setTier(i *instruction.SetTier) {
	a := s.Account(i.Account)
	switch {
	case a == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case a.Parent != 0:
		s.refuseWhole(instruction.SubAccount)
	case i.Tier != 0 && !s.tierKnown(i.Tier):
		s.refuseWhole(instruction.UnknownTier)
	default:
		s.emit(&instruction.TierSet{Account: i.Account, Tier: i.Tier})
	}
}

// tierKnown says whether a tier has rates of its own anywhere.
func (s *State) tierKnown(t instruction.Tier) bool {
	for _, m := range s.Markets() {
		if m.HasTier(t) {
			return true
		}
	}
	return false
}

func (s *State) foldFees(e *instruction.FeesSet) error {
	m := s.Market(e.Market)
	r := Rates{e.Maker, e.Taker}
	if m == nil || e.Tier > instruction.MaxTier || !m.coveredWith(e.Tier, r) {
		return errUnknown
	}
	if e.Tier == 0 {
		m.Terms.MakerFee, m.Terms.TakerFee = e.Maker, e.Taker
		return nil
	}
	for int(e.Tier) >= len(m.tiers) {
		m.tiers = append(m.tiers, tierRates{})
	}
	m.tiers[e.Tier] = tierRates{r, true}
	return nil
}

func (s *State) foldTier(e *instruction.TierSet) error {
	a := s.Account(e.Account)
	if a == nil || a.Parent != 0 || e.Tier > instruction.MaxTier {
		return errUnknown
	}
	a.Tier = e.Tier
	return nil
}

// tierFields is the persisted form of the tiers' rates: up to the highest tier that has any.
func (m *Market) tierFields(c *instruction.Codec) {
	n := c.Count(len(m.tiers), instruction.MaxTier+1)
	for i := range n {
		if c.Reading() {
			m.tiers = append(m.tiers, tierRates{})
		}
		t := &m.tiers[i]
		c.Bool(&t.set)
		instruction.Num32(c, &t.Maker)
		instruction.Num32(c, &t.Taker)
		if c.Reading() && c.Err() == nil && (t.set && !m.coveredWith(instruction.Tier(i), t.Rates) || i == n-1 && !t.set) {
			c.Fail("tier %d of market %d", i, m.ID)
		}
	}
}

// onTop is how much more an order may cost than the amount that it gives: its fee, where fees are in what it gives.
func (s *State) onTop(m *Market, a instruction.Account, gives instruction.Asset, n money.Amount) money.Amount {
	if m.Terms.FeeIn != gives {
		return 0
	}
	r := s.rates(m, a)
	fee, _ := max(r.Maker, r.Taker).Of(n, money.Up) // less than n
	return fee
}

// taking is what a taker's fee comes to on top of an amount that it gives in one fill.
func (s *State) taking(m *Market, a instruction.Account, gives instruction.Asset, n money.Amount) money.Amount {
	if m.Terms.FeeIn != gives {
		return 0
	}
	fee, _ := s.rates(m, a).Taker.Of(n, money.Up)
	return fee
}

// charge completes a match by its fees. Fees are rounded up and rebates down; a fee on top is never more than what is held
// for the order beyond what the rest of it may cost, so that an order never pays more than was held at its placing, whatever
// has become of the rates since; a rebate is never more than the taker's fee.
func (s *State) charge(m *Market, e *instruction.Filled, taker, maker *book.Order) {
	e.TakerFee, e.TakerFeeAsset = m.fee(e, taker, s.rates(m, taker.Account).Taker)
	r := s.rates(m, maker.Account).Maker
	if r >= 0 {
		e.MakerFee, e.MakerFeeAsset = m.fee(e, maker, r)
		return
	}
	rebate, _ := (-r).Of(m.amount(e, m.Terms.FeeIn), money.Down)
	e.MakerFee, e.MakerFeeAsset = -min(rebate, e.TakerFee), m.Terms.FeeIn
}

// amount is what of a fill is in the asset.
func (m *Market) amount(e *instruction.Filled, x instruction.Asset) money.Amount {
	if x == m.Quote {
		return e.Quote
	}
	return e.Qty
}

// fee is what one side of a fill pays at a rate of at least 0, and in what.
func (m *Market) fee(e *instruction.Filled, o *book.Order, r money.PPM) (money.Amount, instruction.Asset) {
	gives, in := m.gives(o.Side), m.Terms.FeeIn
	if in == 0 {
		in = m.gives(o.Side.Opposite())
	}
	fee, _ := r.Of(m.amount(e, in), money.Up) // below the whole
	if in == gives {
		fee = min(fee, m.spare(e, o))
	}
	return fee, in
}

// spare is what of an order's hold is needed neither for this fill nor for the rest of the order.
func (m *Market) spare(e *instruction.Filled, o *book.Order) money.Amount {
	given := m.amount(e, m.gives(o.Side))
	switch {
	case o.Price == 0: // a market order holds what its fills cost, to the unit
		return o.Held - given
	case o.Side == instruction.Sell:
		return o.Held - o.Left()
	}
	rest, _ := money.Notional(o.Price, o.Left()-e.Qty, m.baseScale, money.Up)
	return o.Held - given - rest
}

// foldMoney moves the money of one match: what each gives, then the taker's fee, then the maker's or its rebate.
func (s *State) foldMoney(m *Market, e *instruction.Filled, taker, maker *book.Order) error {
	takerOut, takerTop, takerBack := m.borne(taker.Side, e.TakerFee, e.TakerFeeAsset)
	makerOut, makerTop, makerBack := m.borne(maker.Side, e.MakerFee, e.MakerFeeAsset)
	if takerBack != 0 || makerBack > 0 && (makerBack > e.TakerFee || e.TakerFeeAsset != e.MakerFeeAsset) || !m.feeAssets(e) {
		return fmt.Errorf("core: trade %d has a fee that nobody can pay", e.Trade)
	}
	takes, makes := m.amount(e, m.gives(taker.Side)), m.amount(e, m.gives(maker.Side))
	taker.Held -= takes + takerTop
	maker.Held -= makes + makerTop
	if taker.Held < 0 || maker.Held < 0 {
		return fmt.Errorf("core: order %d or %d spends more than is held for it", taker.ID, maker.ID)
	}
	t, k := taker.Account, maker.Account
	if err := s.ledger.Pay(t, k, m.gives(taker.Side), takes, makerOut); err != nil {
		return err
	}
	if err := s.ledger.Pay(k, t, m.gives(maker.Side), makes, takerOut); err != nil {
		return err
	}
	if takerTop|makerTop|makerBack == 0 {
		return nil
	}
	if err := s.ledger.Charge(t, m.gives(taker.Side), takerTop); err != nil {
		return err
	}
	if err := s.ledger.Charge(k, m.gives(maker.Side), makerTop); err != nil {
		return err
	}
	return s.ledger.Move(instruction.Fees, k, e.MakerFeeAsset, makerBack)
}

// feeAssets says whether the fees of a match are in assets of the market.
func (m *Market) feeAssets(e *instruction.Filled) bool {
	for _, x := range [...]instruction.Asset{e.TakerFeeAsset, e.MakerFeeAsset} {
		if x != 0 && x != m.Base && x != m.Quote {
			return false
		}
	}
	return true
}

// borne says how a fee is borne: out of what the side receives, on top of what it gives, or, below zero, as a rebate.
func (m *Market) borne(s instruction.Side, fee money.Amount, in instruction.Asset) (out, top, back money.Amount) {
	switch {
	case fee < 0:
		return 0, 0, -fee
	case in == m.gives(s):
		return 0, fee, 0
	}
	return fee, 0, 0
}
