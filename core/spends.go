package core

import (
	"fmt"
	"slices"
	"strings"

	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
)

// How payouts leave: the wallet says which transaction pays which, and the core whether that may be. The fee of a transaction is
// the venue's: held in its own account when it is planned, gone when it settles.

// maxSize is the most virtual bytes of a transaction that nodes relay.
const maxSize = 100_000

// sliceSpends bounds the transactions that one record settles: a coin that one of their families takes counts 1, and so does a payout
// that one pays.
const sliceSpends = 2000

// unsendable is why an amount cannot go to an address on the asset's chain, or 0. Whether there is such an address only the
// wallet knows.
func (s *State) unsendable(x instruction.Asset, n money.Amount, to *instruction.Destination) instruction.Reason {
	c := s.Chain(x)
	if r := s.Unreachable(x, to); r != 0 || c == nil {
		return r
	}
	if n < c.Terms.MinWithdraw || n-c.Terms.WithdrawFee < c.Terms.MinDeposit {
		return instruction.WithdrawTooSmall
	}
	return 0
}

// Unreachable is why nothing can go to an address on the asset's chain, whatever the amount, or 0.
func (s *State) Unreachable(x instruction.Asset, to *instruction.Destination) instruction.Reason {
	c := s.Chain(x)
	if c == nil {
		return 0
	}
	address := to.Address
	if address == strings.ToUpper(address) { // the same in capitals
		address = strings.ToLower(address)
	}
	switch {
	case to.Tag != "":
		return instruction.TagUnknown
	case c.Owner(address) != 0 || c.Owner(to.Address) != 0:
		return instruction.AddressOfVenue
	}
	return 0
}

// cost is what a withdrawal of the asset costs its customer.
func (s *State) cost(x instruction.Asset) money.Amount {
	if c := s.Chain(x); c != nil {
		return c.Terms.WithdrawFee
	}
	return 0
}

// indebted says that the customer of an account owes of a deposit that was undone.
func (s *State) indebted(a instruction.Account) bool {
	customer := s.Customer(a)
	return slices.ContainsFunc(s.chains, func(c *chain.Chain) bool { return c != nil && c.Debt(customer) > 0 })
}

func (s *State) planSpend(i *instruction.PlanSpend) {
	c := s.Chain(i.Asset)
	if c == nil {
		s.refuseWhole(instruction.NoChain)
		return
	}
	replaced := c.Spend(i.Replaces)
	paid, r := s.pays(c, i, replaced)
	if r == 0 {
		r = s.takes(c, i, replaced)
	}
	change := s.worthOf(c, i.Inputs) - paid - i.Fee
	switch {
	case r != 0:
	case i.Fee < 0, i.Size == 0, i.Size > maxSize, change < 0, change > 0 && change < c.Terms.MinDeposit, change == 0 && len(i.Payouts) == 0:
		r = instruction.SpendMalformed
	case i.Fee > ceiling(c.Terms.MaxFeeRate, i.Size):
		r = instruction.FeeOverCeiling
	case s.ledger.Balance(instruction.Fees, i.Asset).Free < s.moreHeld(c, i.Inputs[0], i.Fee):
		r = instruction.FeeNotCovered
	}
	if r != 0 {
		s.refuseWhole(r)
		return
	}
	s.emit(&instruction.SpendPlanned{
		ID: c.LastSpend() + 1, Asset: i.Asset, Payouts: i.Payouts, Inputs: i.Inputs, Fee: i.Fee, Size: i.Size, Change: change, Replaces: i.Replaces,
	})
}

// ceiling is the most that a transaction of the size may cost, rounded up.
func ceiling(rate money.Amount, size uint32) money.Amount {
	whole, rest := rate/1000, rate%1000
	return whole*money.Amount(size) + (rest*money.Amount(size)+999)/1000
}

// pays is what the payouts of a plan's come to at their addresses, and why they cannot be paid by it, or 0.
func (s *State) pays(c *chain.Chain, i *instruction.PlanSpend, replaced *chain.Spend) (paid money.Amount, r instruction.Reason) {
	fresh := false
	for n, id := range i.Payouts {
		p := s.payouts.Live(id)
		switch {
		case p == nil, p.Asset != i.Asset, slices.Contains(i.Payouts[:n], id):
			return 0, instruction.SpendMalformed
		case p.State == instruction.PayoutClaimed:
			fresh = true
		case p.State != instruction.PayoutSending, p.Stopping, replaced == nil, c.Spend(p.Spend) == nil, c.Spend(p.Spend).Anchor() != replaced.Anchor():
			return 0, instruction.PayoutNotClaimed
		}
		paid += p.Arrives()
	}
	if fresh && !s.Leaves(i.Asset) {
		return 0, instruction.PayoutsHalted
	}
	return paid, 0
}

// takes is why a plan's coins cannot be taken, or 0.
func (s *State) takes(c *chain.Chain, i *instruction.PlanSpend, replaced *chain.Spend) instruction.Reason {
	switch {
	case len(i.Inputs) == 0:
		return instruction.SpendMalformed
	case i.Replaces != 0 && (replaced == nil || replaced.Anchor() != i.Inputs[0] || !c.Replaceable(replaced)):
		return instruction.SpendMalformed
	}
	for n, o := range i.Inputs {
		x := c.Coin(o)
		switch {
		case slices.Contains(i.Inputs[:n], o):
			return instruction.SpendMalformed
		case x == nil, !c.Takes(x, replaced):
			return instruction.CoinNotFree
		}
	}
	return 0
}

func (s *State) worthOf(c *chain.Chain, coins []instruction.Outpoint) (sum money.Amount) {
	for _, o := range coins {
		if x := c.Coin(o); x != nil {
			sum += x.Amount
		}
	}
	return sum
}

// moreHeld is what a family needs held besides, for one of it with that fee.
func (s *State) moreHeld(c *chain.Chain, anchor instruction.Outpoint, fee money.Amount) money.Amount {
	return max(0, fee-chain.Held(c.Family(anchor)))
}

func (s *State) foldPlanned(e *instruction.SpendPlanned) error {
	c := s.Chain(e.Asset)
	if c == nil || len(e.Inputs) == 0 {
		return errUnknown
	}
	paid := money.Amount(0)
	for _, id := range e.Payouts {
		p := s.payouts.Live(id)
		if p == nil || p.Asset != e.Asset {
			return errUnknown
		}
		paid += p.Arrives()
		if err := s.payouts.Bind(id, e.ID); err != nil {
			return err
		}
	}
	more := s.moreHeld(c, e.Inputs[0], e.Fee)
	if err := c.Plan(e, paid); err != nil {
		return err
	}
	return s.ledger.Hold(instruction.Fees, e.Asset, more)
}

func (s *State) signSpend(i *instruction.SignSpend) {
	c := s.Chain(i.Asset)
	if c == nil {
		s.refuseWhole(instruction.NoChain)
		return
	}
	x := c.Spend(i.Spend)
	switch {
	case x == nil, i.Tx.IsZero(), len(i.Raw) == 0:
		s.refuseWhole(instruction.UnknownSpend)
	case x.Signed(), c.Signed(i.Tx):
		s.refuseWhole(instruction.SpendSignedBefore)
	case !c.Signable(x, i.Tx):
		s.refuseWhole(instruction.SpendMalformed)
	default:
		s.emit(&instruction.SpendSigned{Asset: i.Asset, Spend: i.Spend, Tx: i.Tx, Raw: i.Raw})
	}
}

// seeSpends takes note of those that are news.
func (s *State) seeSpends(i *instruction.SeeSpends) {
	c := s.Chain(i.Asset)
	if c == nil {
		s.refuseWhole(instruction.NoChain)
		return
	}
	for _, id := range i.Spends {
		if x := c.Spend(id); x != nil && x.Signed() && !x.Seen && !x.Settled {
			s.emit(s.seen(i.Asset, x))
		}
	}
}

// seen says what a spend pays and to whom, so that the record alone tells whose withdrawals are on their way.
func (s *State) seen(x instruction.Asset, w *chain.Spend) *instruction.SpendSeen {
	e := &instruction.SpendSeen{Asset: x, Spend: w.ID, Tx: w.Tx}
	for _, id := range w.Payouts {
		if p := s.payouts.Live(id); p != nil {
			e.Sent = append(e.Sent, instruction.Sent{Payout: id, Account: p.Account})
		}
	}
	return e
}

func (s *State) foldSigned(e *instruction.SpendSigned) error {
	if c := s.Chain(e.Asset); c != nil {
		return c.Sign(e)
	}
	return errUnknown
}

func (s *State) foldSeen(e *instruction.SpendSeen) error {
	if c := s.Chain(e.Asset); c != nil {
		return c.See(e)
	}
	return errUnknown
}

// settleSpends ends what lies deep: the payouts of what is mined are settled, those that only others of its family paid are owed
// again, or cancelled where that was asked for.
func (s *State) settleSpends(x instruction.Asset, c *chain.Chain) {
	work := 0
	for work < sliceSpends {
		w := c.Deep()
		if w == nil {
			break
		}
		work += weight(c.Family(w.Anchor()))
		paid, unpaid := w.Payouts, s.unpaidBy(c, w)
		s.emit(&instruction.SpendSettled{Asset: x, Spend: w.ID, Height: w.Height})
		for _, id := range paid {
			if p := s.payouts.Live(id); p != nil {
				s.emit(&instruction.PayoutMoved{ID: id, Account: p.Account, State: instruction.PayoutSettled})
			}
		}
		s.unbind(unpaid)
	}
	for work < sliceSpends {
		d, by := c.Robbed()
		if d == nil {
			break
		}
		family := c.Family(d.Anchor())
		work += weight(family)
		var unpaid []instruction.PayoutID
		for _, f := range family {
			unpaid = append(unpaid, f.Payouts...)
		}
		s.emit(&instruction.SpendDied{Asset: x, Spend: d.ID, By: by})
		s.unbind(unpaid)
	}
}

// weight is how much there is to do when a family ends.
func weight(family []*chain.Spend) (n int) {
	for _, f := range family {
		n += len(f.Inputs) + len(f.Payouts)
	}
	return n
}

// unpaidBy are the payouts of a spend's family that it does not pay.
func (s *State) unpaidBy(c *chain.Chain, w *chain.Spend) (list []instruction.PayoutID) {
	for _, f := range c.Family(w.Anchor()) {
		for _, id := range f.Payouts {
			if !slices.Contains(w.Payouts, id) {
				list = append(list, id)
			}
		}
	}
	return list
}

// unbind lets payouts be paid by other transactions, or cancels them.
func (s *State) unbind(list []instruction.PayoutID) {
	for _, id := range list {
		p := s.payouts.Live(id)
		if p == nil || p.State != instruction.PayoutSending {
			continue
		}
		e := instruction.PayoutMoved{ID: id, Account: p.Account, State: instruction.PayoutClaimed}
		if p.Stopping {
			e.State = instruction.PayoutCancelled
		}
		s.emit(&e)
	}
}

func (s *State) foldSettled(e *instruction.SpendSettled) error {
	c := s.Chain(e.Asset)
	if c == nil {
		return errUnknown
	}
	w := c.Spend(e.Spend)
	if w == nil {
		return errUnknown
	}
	held := chain.Held(c.Family(w.Anchor()))
	if err := c.Settle(e); err != nil {
		return err
	}
	if err := s.ledger.Release(instruction.Fees, e.Asset, held-w.Fee); err != nil || w.Fee == 0 {
		return err
	}
	return s.ledger.GoOut(instruction.Fees, e.Asset, w.Fee)
}

func (s *State) foldDied(e *instruction.SpendDied) error {
	c := s.Chain(e.Asset)
	if c == nil {
		return errUnknown
	}
	d := c.Spend(e.Spend)
	if d == nil {
		return errUnknown
	}
	held := chain.Held(c.Family(d.Anchor()))
	if d.Settled { // its fee is gone; that it never will be mined is what follows when a reorg went deeper than that
		held = 0
	}
	if err := c.Die(e); err != nil {
		return err
	}
	return s.ledger.Release(instruction.Fees, e.Asset, held)
}

// stopPayout cancels a payout that no transaction pays, or has it cancelled where that can still be.
func (s *State) stopPayout(i *instruction.StopPayout) {
	p := s.payouts.Live(i.Payout)
	switch {
	case i.Payout == 0, i.Payout > s.payouts.Last():
		s.refuseWhole(instruction.UnknownPayout)
	case p == nil, p.State != instruction.PayoutClaimed && p.State != instruction.PayoutSending, p.Stopping:
		s.refuseWhole(instruction.PayoutNotClaimed)
	case p.State == instruction.PayoutClaimed:
		s.emit(&instruction.PayoutMoved{ID: p.ID, Account: p.Account, State: instruction.PayoutCancelled})
	default:
		s.emit(&instruction.PayoutStopping{ID: p.ID})
	}
}

// heldForFees is what the venue's own account holds for the fees of transactions that are not settled.
func (s *State) heldForFees(x instruction.Asset) (sum money.Amount) {
	c := s.Chain(x)
	if c == nil {
		return 0
	}
	for _, sp := range c.Spends() {
		if family := c.Family(sp.Anchor()); sp == family[0] && !sp.Settled {
			sum += chain.Held(family)
		}
	}
	return sum
}

// checkChains holds payouts against the spends that pay them.
func (s *State) checkChains() error {
	for x, c := range s.chains {
		if c == nil {
			continue
		}
		if err := c.Check(); err != nil {
			return fmt.Errorf("%w: asset %d: %w", ErrBroken, x, err)
		}
		for _, sp := range c.Spends() {
			for _, id := range sp.Payouts {
				if p := s.payouts.Live(id); !sp.Settled && (p == nil || p.State != instruction.PayoutSending || !sameFamily(c, p.Spend, sp)) {
					return fmt.Errorf("%w: spend %d of asset %d pays payout %d, which is not sent by its family", ErrBroken, sp.ID, x, id)
				}
			}
		}
	}
	for a := instruction.Account(1); a <= s.Accounts(); a++ {
		for _, p := range s.payouts.Of(a) {
			if p.State != instruction.PayoutSending {
				continue
			}
			c := s.Chain(p.Asset)
			if c == nil || c.Spend(p.Spend) == nil || c.Spend(p.Spend).Settled || !slices.Contains(c.Spend(p.Spend).Payouts, p.ID) {
				return fmt.Errorf("%w: payout %d is sent by spend %d, which does not pay it", ErrBroken, p.ID, p.Spend)
			}
		}
	}
	return nil
}

func sameFamily(c *chain.Chain, id instruction.SpendID, sp *chain.Spend) bool {
	x := c.Spend(id)
	return x != nil && x.Anchor() == sp.Anchor()
}

// Payable are the payouts of an asset that no transaction pays yet, by ascending number. They must not be changed.
func (s *State) Payable(x instruction.Asset) []*payout.Payout { return s.payouts.Owed(x) }
