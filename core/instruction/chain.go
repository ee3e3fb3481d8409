package instruction

import "portcullis/core/money"

// Limits of what concerns chains.
const (
	MaxMoves  = 500    // coins received, or spent, in one Advance
	MaxPaid   = 100    // payouts of one spend
	MaxInputs = 200    // coins that one spend takes
	MaxRaw    = 60_000 // bytes of a signed transaction
	MaxDepth  = 1000   // confirmations that terms may ask for
)

// ChainTerms are how an asset moves on its chain. Amounts are in base units of the asset.
type ChainTerms struct {
	Network     string       // such as "litecoin-regtest": what the wallet knows the chain's form by. Never changes
	Genesis     BlockHash    // the chain's first block: a node with another one is on another chain. Never changes
	Account     string       // the public key that the venue's addresses derive from. Never changes
	Hot         string       // address of change, and for what the operator adds. Never changes
	Start       uint32       // height of the first block that is looked at. Never changes
	CreditDepth uint16       // confirmations after which a deposit is credited
	SettleDepth uint16       // confirmations after which a payout is settled
	MinDeposit  money.Amount // what is less is dust: recorded, and neither credited nor spent
	MinWithdraw money.Amount // least that a withdrawal may ask for, the fee included
	WithdrawFee money.Amount // which the customer pays out of what a withdrawal asks for
	MaxFeeRate  money.Amount // most that is paid for 1000 virtual bytes of a transaction
}

// SetChain says how an asset moves on its chain, and lets it from now on.
type SetChain struct {
	Asset Asset
	Terms ChainTerms
}

// ChainSet follows SetChain.
type ChainSet struct {
	Asset Asset
	Terms ChainTerms
}

// IssueAddress gives an account its address for deposits of an asset.
type IssueAddress struct {
	Asset   Asset
	Account Account
	Address string
}

// AddressIssued follows IssueAddress.
type AddressIssued struct {
	Asset   Asset
	Account Account
	Address string
}

// Received is a coin that a block gave to one of the venue's addresses.
type Received struct {
	Coin    Outpoint
	Amount  money.Amount
	Account Account // whose deposit address it went to; Fees for the hot address
}

// Spent is a coin of the venue that a transaction of a block took.
type Spent struct {
	Coin Outpoint
	By   TxID
}

// Advance says that an asset's best chain has one more block, and what of it is the venue's. A block with more than fits one
// instruction comes in several, of which the last says that it is whole. Blocks with nothing for the venue may be left out, but
// for the last.
type Advance struct {
	Asset    Asset
	Height   uint32
	Hash     BlockHash
	Prev     BlockHash // the block before; looked at where that is known
	Received []Received
	Spent    []Spent
	Whole    bool
}

// BlockAdded follows Advance.
type BlockAdded struct {
	Asset    Asset
	Height   uint32
	Hash     BlockHash
	Received []Received
	Spent    []Spent
	Whole    bool
}

// Rewind says that the best chain has nothing above this block any more.
type Rewind struct {
	Asset  Asset
	Height uint32
	Hash   BlockHash
}

// Rewound follows Rewind.
type Rewound struct {
	Asset  Asset
	Height uint32
	Hash   BlockHash
}

// DepositCredited says that a coin lies deep enough, and that its amount is free in the account.
type DepositCredited struct {
	Asset   Asset
	Coin    Outpoint
	Account Account
	Amount  money.Amount
	Owed    money.Amount // of it, what the account owed since an earlier deposit was undone: that is not credited
}

// DepositUndone says that a credited coin is not in the best chain any more. What the account has free of it is taken back; what
// is missing it owes.
type DepositUndone struct {
	Asset   Asset
	Coin    Outpoint
	Account Account
	Taken   money.Amount
	Owed    money.Amount
}

// PlanSpend says which payouts one transaction pays, out of which coins. Each payout's address gets its amount, in this order, and
// what is left after the fee goes to the hot address.
type PlanSpend struct {
	Asset    Asset
	Payouts  []PayoutID
	Inputs   []Outpoint // the first is the anchor
	Fee      money.Amount
	Size     uint32  // virtual bytes at most, which the fee is for
	Replaces SpendID // the one in whose stead it may be mined, with the same anchor; 0 for none
}

// SpendPlanned follows PlanSpend: its coins are reserved, its fee is held, and its payouts are bound to its anchor.
type SpendPlanned struct {
	ID       SpendID
	Asset    Asset
	Payouts  []PayoutID
	Inputs   []Outpoint
	Fee      money.Amount
	Size     uint32
	Change   money.Amount
	Replaces SpendID
}

// SignSpend has a spend's signed transaction put on record. From then on it may be anywhere.
type SignSpend struct {
	Asset Asset
	Spend SpendID
	Tx    TxID
	Raw   []byte
}

// SpendSigned follows SignSpend.
type SpendSigned struct {
	Asset Asset
	Spend SpendID
	Tx    TxID
	Raw   []byte
}

// SeeSpends says that nodes have these transactions, and would mine them.
type SeeSpends struct {
	Asset  Asset
	Spends []SpendID
}

// Sent is a payout that a transaction pays, and whose it is.
type Sent struct {
	Payout  PayoutID
	Account Account
}

// SpendSeen follows SeeSpends, for each that was not seen before. What it pays is on its way.
type SpendSeen struct {
	Asset Asset
	Spend SpendID
	Tx    TxID
	Sent  []Sent
}

// SpendSettled says that a spend lies so deep that it stays: its payouts are settled, its fee is gone. All others with its anchor
// are over; a payout that only those paid is owed again, or cancelled where that was asked for.
type SpendSettled struct {
	Asset  Asset
	Spend  SpendID
	Height uint32
}

// SpendDied says that a transaction that the venue did not plan took a coin of the spend, and lies deep: neither it nor any other with
// its anchor can be mined any more, and its payouts are owed again.
type SpendDied struct {
	Asset Asset
	Spend SpendID
	By    TxID
}

// ShortageProven says that an asset's chain has less for the venue than it owes.
type ShortageProven struct {
	Asset     Asset
	Height    uint32
	Confirmed money.Amount // in coins of the venue, none of them dust
	InFlight  money.Amount // paid by transactions that are mined and not settled, less what settled ones still have to pay
	Owed      money.Amount // to customers, on the ledger
}

func (*SetChain) Kind() Kind     { return KindSetChain }
func (*IssueAddress) Kind() Kind { return KindIssueAddress }
func (*Advance) Kind() Kind      { return KindAdvance }
func (*Rewind) Kind() Kind       { return KindRewind }
func (*PlanSpend) Kind() Kind    { return KindPlanSpend }
func (*SignSpend) Kind() Kind    { return KindSignSpend }
func (*SeeSpends) Kind() Kind    { return KindSeeSpends }

func (*ChainSet) EventKind() EventKind        { return KindChainSet }
func (*AddressIssued) EventKind() EventKind   { return KindAddressIssued }
func (*BlockAdded) EventKind() EventKind      { return KindBlockAdded }
func (*Rewound) EventKind() EventKind         { return KindRewound }
func (*DepositCredited) EventKind() EventKind { return KindDepositCredited }
func (*DepositUndone) EventKind() EventKind   { return KindDepositUndone }
func (*SpendPlanned) EventKind() EventKind    { return KindSpendPlanned }
func (*SpendSigned) EventKind() EventKind     { return KindSpendSigned }
func (*SpendSeen) EventKind() EventKind       { return KindSpendSeen }
func (*SpendSettled) EventKind() EventKind    { return KindSpendSettled }
func (*SpendDied) EventKind() EventKind       { return KindSpendDied }
func (*ShortageProven) EventKind() EventKind  { return KindShortageProven }

// Fields is the persisted layout.
func (t *ChainTerms) Fields(c *Codec) {
	c.Text(&t.Network)
	c.Fixed(t.Genesis[:])
	c.Text(&t.Account)
	c.Text(&t.Hot)
	Num32(c, &t.Start)
	Num16(c, &t.CreditDepth)
	Num16(c, &t.SettleDepth)
	c.amount(&t.MinDeposit)
	c.amount(&t.MinWithdraw)
	c.amount(&t.WithdrawFee)
	c.amount(&t.MaxFeeRate)
}

// Fields is the persisted layout.
func (o *Outpoint) Fields(c *Codec) {
	c.Fixed(o.Tx[:])
	Num32(c, &o.Index)
}

func (r *Received) fields(c *Codec) {
	r.Coin.Fields(c)
	c.amount(&r.Amount)
	Num32(c, &r.Account)
}

func (s *Sent) fields(c *Codec) {
	Num64(c, &s.Payout)
	Num32(c, &s.Account)
}

func (s *Spent) fields(c *Codec) {
	s.Coin.Fields(c)
	c.Fixed(s.By[:])
}

// listed is a list of at most limit, each with the given layout.
func listed[T any](c *Codec, p *[]T, limit int, fields func(*T, *Codec)) {
	n := c.Count(len(*p), limit)
	if c.Reading() {
		*p = make([]T, 0, c.Room(n, 1))
	}
	for i := range n {
		if c.Reading() {
			var zero T
			*p = append(*p, zero)
		}
		if fields(&(*p)[i], c); c.Err() != nil {
			return
		}
	}
	if n == 0 && c.Reading() {
		*p = nil
	}
}

// Payouts is the list of what a spend pays, and Coins of what it takes.
func (c *Codec) Payouts(p *[]PayoutID) {
	listed(c, p, MaxPaid, func(id *PayoutID, c *Codec) { Num64(c, id) })
}

// raw is a signed transaction.
func (c *Codec) raw(p *[]byte) {
	if c.Blob(p); len(*p) > MaxRaw {
		c.Fail("a transaction of %d bytes", len(*p))
	}
}

func (c *Codec) Coins(p *[]Outpoint) { listed(c, p, MaxInputs, (*Outpoint).Fields) }

func (i *SetChain) fields(c *Codec) {
	Num16(c, &i.Asset)
	i.Terms.Fields(c)
}

func (e *ChainSet) fields(c *Codec) {
	Num16(c, &e.Asset)
	e.Terms.Fields(c)
}

func (i *IssueAddress) fields(c *Codec) {
	Num16(c, &i.Asset)
	Num32(c, &i.Account)
	c.Text(&i.Address)
}

func (e *AddressIssued) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num32(c, &e.Account)
	c.Text(&e.Address)
}

func (i *Advance) fields(c *Codec) {
	Num16(c, &i.Asset)
	Num32(c, &i.Height)
	c.Fixed(i.Hash[:])
	c.Fixed(i.Prev[:])
	listed(c, &i.Received, MaxMoves, (*Received).fields)
	listed(c, &i.Spent, MaxMoves, (*Spent).fields)
	c.Bool(&i.Whole)
}

func (e *BlockAdded) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num32(c, &e.Height)
	c.Fixed(e.Hash[:])
	listed(c, &e.Received, MaxMoves, (*Received).fields)
	listed(c, &e.Spent, MaxMoves, (*Spent).fields)
	c.Bool(&e.Whole)
}

func (i *Rewind) fields(c *Codec) {
	Num16(c, &i.Asset)
	Num32(c, &i.Height)
	c.Fixed(i.Hash[:])
}

func (e *Rewound) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num32(c, &e.Height)
	c.Fixed(e.Hash[:])
}

func (e *DepositCredited) fields(c *Codec) {
	Num16(c, &e.Asset)
	e.Coin.Fields(c)
	Num32(c, &e.Account)
	c.amount(&e.Amount)
	c.amount(&e.Owed)
}

func (e *DepositUndone) fields(c *Codec) {
	Num16(c, &e.Asset)
	e.Coin.Fields(c)
	Num32(c, &e.Account)
	c.amount(&e.Taken)
	c.amount(&e.Owed)
}

func (i *PlanSpend) fields(c *Codec) {
	Num16(c, &i.Asset)
	c.Payouts(&i.Payouts)
	c.Coins(&i.Inputs)
	c.amount(&i.Fee)
	Num32(c, &i.Size)
	Num64(c, &i.Replaces)
}

func (e *SpendPlanned) fields(c *Codec) {
	Num64(c, &e.ID)
	Num16(c, &e.Asset)
	c.Payouts(&e.Payouts)
	c.Coins(&e.Inputs)
	c.amount(&e.Fee)
	Num32(c, &e.Size)
	c.amount(&e.Change)
	Num64(c, &e.Replaces)
}

func (i *SignSpend) fields(c *Codec) {
	Num16(c, &i.Asset)
	Num64(c, &i.Spend)
	c.Fixed(i.Tx[:])
	c.raw(&i.Raw)
}

func (e *SpendSigned) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num64(c, &e.Spend)
	c.Fixed(e.Tx[:])
	c.raw(&e.Raw)
}

func (i *SeeSpends) fields(c *Codec) {
	Num16(c, &i.Asset)
	listed(c, &i.Spends, MaxPaid, func(id *SpendID, c *Codec) { Num64(c, id) })
}

func (e *SpendSeen) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num64(c, &e.Spend)
	c.Fixed(e.Tx[:])
	listed(c, &e.Sent, MaxPaid, (*Sent).fields)
}

func (e *SpendSettled) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num64(c, &e.Spend)
	Num32(c, &e.Height)
}

func (e *SpendDied) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num64(c, &e.Spend)
	c.Fixed(e.By[:])
}

func (e *ShortageProven) fields(c *Codec) {
	Num16(c, &e.Asset)
	Num32(c, &e.Height)
	c.amount(&e.Confirmed)
	c.amount(&e.InFlight)
	c.amount(&e.Owed)
}
