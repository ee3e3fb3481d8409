package core

import (
	"slices"
	"strings"

	"portcullis/core/chain"
	"portcullis/core/gate"
	"portcullis/core/incident"
	"portcullis/core/instruction"
	"portcullis/core/ledger"
	"portcullis/core/money"
)

// What moves on chains: how the wallet's word about blocks becomes deposits. Payouts are in spends.go.

const (
	// coinScale is the scale of assets that move on a chain of the Bitcoin family.
	coinScale = 8
	// sliceCoins is how many deposits one record credits or takes back; the rest comes with later ones.
	sliceCoins = 200
	// maxFeeRate is the highest that terms may allow: what a transaction of the greatest size costs at it is an amount still.
	maxFeeRate = money.MaxAmount / maxSize
)

// Chain is what the venue has on the asset's chain, or nil. It must not be changed.
func (s *State) Chain(x instruction.Asset) *chain.Chain {
	if int(x) < len(s.chains) {
		return s.chains[x]
	}
	return nil
}

func (s *State) setChain(i *instruction.SetChain) {
	c, t := s.Chain(i.Asset), &i.Terms
	in := func(n money.Amount) bool { return n >= 0 && n <= money.MaxAmount }
	deep := func(n uint16) bool { return n >= 1 && n <= instruction.MaxDepth }
	to := instruction.Destination{Chain: "X", Address: t.Hot}
	switch {
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case s.Asset(i.Asset).Scale != coinScale, t.Network == "", !plain(t.Network), t.Account == "", len(t.Account) > 200, !plainASCII(t.Account), !to.Sound(), t.Genesis.IsZero(),
		!deep(t.CreditDepth), !deep(t.SettleDepth), !in(t.MinDeposit), !in(t.MinWithdraw), !in(t.WithdrawFee),
		t.MinDeposit == 0, t.MaxFeeRate <= 0, t.MaxFeeRate > maxFeeRate, t.MinWithdraw <= t.WithdrawFee:
		s.refuseWhole(instruction.ChainMalformed)
	case c != nil && (c.Terms.Network != t.Network || c.Terms.Genesis != t.Genesis || c.Terms.Account != t.Account || c.Terms.Hot != t.Hot || c.Terms.Start != t.Start):
		s.refuseWhole(instruction.ChainFixed)
	case c == nil && s.shared(t):
		s.refuseWhole(instruction.ChainShared)
	default:
		s.emit(&instruction.ChainSet{Asset: i.Asset, Terms: *t})
	}
}

// shared says that another asset has the same addresses on the same chain: what comes to one would be credited as both.
func (s *State) shared(t *instruction.ChainTerms) bool {
	return slices.ContainsFunc(s.chains, func(c *chain.Chain) bool {
		return c != nil && c.Terms.Genesis == t.Genesis && (c.Terms.Account == t.Account || c.Terms.Hot == t.Hot)
	})
}

func plainASCII(t string) bool {
	return !strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (s *State) foldChainSet(e *instruction.ChainSet) error {
	if s.Asset(e.Asset) == nil {
		return errUnknown
	}
	for int(e.Asset) >= len(s.chains) {
		s.chains = append(s.chains, nil)
	}
	if c := s.chains[e.Asset]; c != nil {
		c.Terms = e.Terms
	} else {
		s.chains[e.Asset] = chain.New(&e.Terms)
	}
	return nil
}

func (s *State) issueAddress(i *instruction.IssueAddress) {
	c := s.Chain(i.Asset)
	to := instruction.Destination{Chain: "X", Address: i.Address}
	switch {
	case c == nil:
		s.refuseWhole(instruction.NoChain)
	case i.Account == instruction.Fees, s.Account(i.Account) == nil:
		s.refuseWhole(instruction.UnknownAccount)
	case !to.Sound():
		s.refuseWhole(instruction.MalformedAddress)
	case c.Address(i.Account) != "", c.Owner(i.Address) != 0:
		s.refuseWhole(instruction.AddressIssuedBefore)
	default:
		s.emit(&instruction.AddressIssued{Asset: i.Asset, Account: i.Account, Address: i.Address})
	}
}

func (s *State) foldAddressIssued(e *instruction.AddressIssued) error {
	c := s.Chain(e.Asset)
	if c == nil || s.Account(e.Account) == nil {
		return errUnknown
	}
	return c.Issue(e)
}

func (s *State) foldRewound(e *instruction.Rewound) error {
	if c := s.Chain(e.Asset); c != nil {
		return c.Rewind(e)
	}
	return errUnknown
}

func (s *State) advance(i *instruction.Advance) {
	c := s.Chain(i.Asset)
	switch {
	case c == nil:
		s.refuseWhole(instruction.NoChain)
	case !c.Follows(i), !c.Fits(i), slices.ContainsFunc(i.Received, func(r instruction.Received) bool { return s.Account(r.Account) == nil }):
		s.refuseWhole(instruction.ChainUnlinked)
	default:
		s.emit(&instruction.BlockAdded{Asset: i.Asset, Height: i.Height, Hash: i.Hash, Received: i.Received, Spent: i.Spent, Whole: i.Whole})
		s.guard(i, c)
		s.settleChain(i.Asset, c, true)
	}
}

// guard looks for coins of the venue that a transaction took which is not on record. Whoever made it has the venue's keys, or the
// record has lost its end, as one does that was taken from a backup: then payouts that are owed by it may be paid already. So nothing
// leaves until somebody has looked.
func (s *State) guard(i *instruction.Advance, c *chain.Chain) {
	for n := range i.Spent {
		x := c.Coin(i.Spent[n].Coin)
		if x != nil && x.TakenAt == i.Height && !c.Signed(x.Taker) {
			s.halt(i.Asset, instruction.CoinsTaken, "A transaction that is not on record took a coin of the venue in "+s.assets[i.Asset].Symbol)
			return
		}
	}
}

// foldBlock leaves out dust: that it came is on record, and nothing more comes of it. What is left of a spend is no deposit, and
// never dust; and what is known was none when it came first.
func (s *State) foldBlock(e *instruction.BlockAdded) error {
	c := s.Chain(e.Asset)
	if c == nil {
		return errUnknown
	}
	own := *e
	own.Received = nil
	for _, r := range e.Received {
		if s.Account(r.Account) == nil {
			return errUnknown
		}
		if r.Amount >= c.Terms.MinDeposit || c.Left(r.Coin) || c.Coin(r.Coin) != nil {
			own.Received = append(own.Received, r)
		}
	}
	return c.Add(&own)
}

func (s *State) rewind(i *instruction.Rewind) {
	c := s.Chain(i.Asset)
	switch {
	case c == nil:
		s.refuseWhole(instruction.NoChain)
	case !c.CanRewind(chain.Block{Height: i.Height, Hash: i.Hash}):
		s.refuseWhole(instruction.ChainUnlinked)
	default:
		s.emit(&instruction.Rewound{Asset: i.Asset, Height: i.Height, Hash: i.Hash})
		s.settleChain(i.Asset, c, true)
	}
}

// settleChains goes on with what blocks brought that one record left.
func (s *State) settleChains() {
	for x, c := range s.chains {
		if c != nil {
			s.settleChain(instruction.Asset(x), c, false) // #nosec G115 -- maxAssets bounds it
		}
	}
}

// settleChain does what follows from where a chain stands, as much of it as one record has room for. The rest comes with ticks that
// wait for nothing. News are what blocks say.
func (s *State) settleChain(x instruction.Asset, c *chain.Chain, news bool) {
	if _, part, ok := c.Tip(); !ok || part {
		return
	}
	for range sliceCoins {
		d := c.Lost()
		if d == nil {
			break
		}
		news = true
		taken := min(d.Amount, s.ledger.Balance(d.Account, x).Free)
		s.emit(&instruction.DepositUndone{Asset: x, Coin: d.Coin, Account: d.Account, Taken: taken, Owed: d.Amount - taken})
	}
	for range sliceCoins {
		d := c.Ripe()
		if d == nil || s.creditable(x, d) != nil {
			break
		}
		owed := min(d.Amount, c.Debt(s.Customer(d.Account)))
		s.emit(&instruction.DepositCredited{Asset: x, Coin: d.Coin, Account: d.Account, Amount: d.Amount, Owed: owed})
	}
	s.settleSpends(x, c)
	if news {
		s.audit(x, c)
	}
	ripe := c.Ripe()
	over, _ := c.Robbed()
	s.behind = s.behind || c.Lost() != nil || ripe != nil && s.creditable(x, ripe) == nil || c.Deep() != nil || over != nil
}

// creditable is why a deposit cannot be booked: all there ever was of an asset is more than can be counted.
func (s *State) creditable(x instruction.Asset, d *chain.Coin) error {
	if in, _ := s.ledger.Came(x); in > money.MaxAmount-d.Amount {
		return ledger.ErrInsufficient
	}
	return nil
}

func (s *State) foldCredited(e *instruction.DepositCredited) error {
	c := s.Chain(e.Asset)
	if c == nil {
		return errUnknown
	}
	if err := c.Credit(e, s.Customer(e.Account)); err != nil || e.Amount == e.Owed {
		return err
	}
	return s.ledger.CameIn(e.Account, e.Asset, e.Amount-e.Owed)
}

func (s *State) foldUndone(e *instruction.DepositUndone) error {
	c := s.Chain(e.Asset)
	if c == nil {
		return errUnknown
	}
	if err := c.Undo(e, s.Customer(e.Account)); err != nil || e.Taken == 0 {
		return err
	}
	if err := s.ledger.Hold(e.Account, e.Asset, e.Taken); err != nil {
		return err
	}
	return s.ledger.GoOut(e.Account, e.Asset, e.Taken)
}

// audit holds what a chain has against what is owed, at each whole block. A shortage halts what leaves, and is an incident. What
// nobody has halted yet is halted once: whoever raises that drop while something is missing is not asked again before the next
// block.
func (s *State) audit(x instruction.Asset, c *chain.Chain) {
	if s.Shortage(x) <= 0 || c.Lost() != nil || s.Halted(x) && s.looksInto(instruction.Shortage) {
		return
	}
	tip, _, _ := c.Tip()
	sums := c.Sums()
	s.emit(&instruction.ShortageProven{Asset: x, Height: tip.Height, Confirmed: sums.Confirmed, InFlight: sums.InFlight, Owed: s.Owed(x)})
	s.halt(x, instruction.Shortage, "What the venue has of "+s.assets[x].Symbol+" on its chain does not cover what it owes")
}

// halt keeps what moves an asset from leaving, as far as nobody has done so, and opens an incident unless one is open for the same.
func (s *State) halt(x instruction.Asset, cause instruction.IncidentCause, why string) {
	for _, class := range [...]instruction.Class{instruction.DropWithdrawals, instruction.DropClaims} {
		if !s.dropped(class, x) && len(s.gate.Drops()) < gate.MaxDrops {
			s.emit(&instruction.Dropped{ID: s.gate.LastDrop() + 1, Drop: instruction.Drop{Class: class, Scope: instruction.Scope{Asset: x}, Reason: why}})
		}
	}
	if !s.looksInto(cause) {
		s.openIncident(cause, 0)
	}
}

// looksInto says that an incident of that cause is open.
func (s *State) looksInto(cause instruction.IncidentCause) bool {
	return slices.ContainsFunc(s.watch.Incidents(), func(x incident.Incident) bool { return x.Cause == cause && x.Closed == 0 })
}

// Owed is what the venue owes customers of an asset: all that is on the ledger but what is free in its own account.
func (s *State) Owed(x instruction.Asset) money.Amount {
	return s.ledger.Sum(x) - s.ledger.Balance(instruction.Fees, x).Free
}

// Shortage is what an asset's chain has less than the venue owes; 0 or below where nothing is missing, or where it has no chain.
func (s *State) Shortage(x instruction.Asset) money.Amount {
	c := s.Chain(x)
	if c == nil {
		return 0
	}
	if _, part, ok := c.Tip(); !ok || part { // nothing is known, which is not nothing
		return 0
	}
	return c.Sums().Short(s.Owed(x))
}

// Leaves says that payouts of an asset may be paid: nobody has halted them, and as far as its chain goes, which is known to the end of
// a block, the venue has what it owes.
func (s *State) Leaves(x instruction.Asset) bool {
	c := s.Chain(x)
	if c == nil || s.Halted(x) || s.Shortage(x) > 0 {
		return false
	}
	_, part, ok := c.Tip()
	return ok && !part
}

// Halted says that a drop keeps everybody's withdrawals of the asset from leaving.
func (s *State) Halted(x instruction.Asset) bool { return s.dropped(instruction.DropWithdrawals, x) }

// dropped says that a drop shuts the class for everybody in the asset.
func (s *State) dropped(class instruction.Class, x instruction.Asset) bool {
	for i := range s.gate.Drops() {
		d := &s.gate.Drops()[i]
		bare := d.Scope
		bare.Asset = 0
		if d.Class == class && d.Share < 100 && bare.Bare() && (d.Scope.Asset == 0 || d.Scope.Asset == x) {
			return true
		}
	}
	return false
}

func (s *State) chainFields(c *instruction.Codec) {
	n := c.Count(len(s.chains), maxAssets)
	for i := range n {
		if c.Reading() {
			s.chains = append(s.chains, nil)
		}
		there := s.chains[i] != nil
		if c.Bool(&there); !there || c.Err() != nil {
			continue
		}
		if c.Reading() {
			s.chains[i] = chain.New(&instruction.ChainTerms{})
			if s.Asset(instruction.Asset(i)) == nil { // #nosec G115 -- maxAssets bounds it
				c.Fail("a chain of asset %d", i)
				return
			}
		}
		s.chains[i].Fields(c)
	}
}
