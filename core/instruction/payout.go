package instruction

import "portcullis/core/money"

// Withdraw asks for value to leave the account of who asks, to an address outside.
type Withdraw struct {
	Asset  Asset
	Amount money.Amount
	To     Destination
	Client ClientID // the client's own name for it; the same name never pays twice; empty for none
}

// Settle says that a payout of an asset without a chain has reached its address for good. Simulations give it, in the venue's
// name; what moves on a chain is settled by its blocks.
type Settle struct {
	Payout PayoutID
}

// StopPayout asks that a payout that is owed be cancelled. One that no transaction pays is at once; else once a transaction without it
// was mined in the other's stead, or never.
type StopPayout struct {
	Payout PayoutID
}

// PayoutStopping follows StopPayout where a transaction may pay it already.
type PayoutStopping struct {
	ID PayoutID
}

// PayoutMade says that a withdrawal was taken up, and that its amount is held.
type PayoutMade struct {
	ID         PayoutID
	Account    Account
	Credential Credential
	Asset      Asset
	Amount     money.Amount
	To         Destination
	Client     ClientID
	State      PayoutState
	// Since layout version 5:
	Fee money.Amount // of the amount, what the customer pays for it and does not arrive
}

// PayoutMoved says how a payout stands now. Cancelled, its amount is free again; settled, it has left the venue.
type PayoutMoved struct {
	ID      PayoutID
	State   PayoutState
	Account Account // as it was made
}

// PayoutKnown says that a withdrawal of this name was taken up before; nothing more came of this one.
type PayoutKnown struct {
	ID PayoutID
}

// PayoutState is how a payout stands: append-only.
type PayoutState uint8

const (
	PayoutChallenged PayoutState = 1 // it waits for its owner's yes
	PayoutHeld       PayoutState = 2 // it waits for time, and its owner may stop it
	PayoutClaimed    PayoutState = 3 // it is owed, and goes out
	PayoutCancelled  PayoutState = 4 // nothing was sent
	PayoutSettled    PayoutState = 5 // it arrived
	// Since layout version 5:
	PayoutSending PayoutState = 6 // a transaction that pays it is planned, signed or under way
)

var payoutNames = names{"", "CHALLENGED", "HELD", "CLAIMED", "CANCELLED", "SETTLED", "SENDING"}

func (s PayoutState) String() string               { return payoutNames.text(int(s)) }
func (s PayoutState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (*Withdraw) Kind() Kind                 { return KindWithdraw }
func (*Settle) Kind() Kind                   { return KindSettle }
func (*StopPayout) Kind() Kind               { return KindStopPayout }
func (*PayoutStopping) EventKind() EventKind { return KindPayoutStopping }
func (*PayoutMade) EventKind() EventKind     { return KindPayoutMade }
func (*PayoutMoved) EventKind() EventKind    { return KindPayoutMoved }
func (*PayoutKnown) EventKind() EventKind    { return KindPayoutKnown }

func (i *Withdraw) fields(c *Codec) {
	Num16(c, &i.Asset)
	c.amount(&i.Amount)
	i.To.Fields(c)
	c.ClientID(&i.Client)
}

func (i *Settle) fields(c *Codec) { Num64(c, &i.Payout) }

func (e *PayoutMade) fields(c *Codec) {
	Num64(c, &e.ID)
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	Num16(c, &e.Asset)
	c.amount(&e.Amount)
	e.To.Fields(c)
	c.ClientID(&e.Client)
	enum(c, &e.State, PayoutSending)
	if c.since(5) {
		c.amount(&e.Fee)
	}
}

func (e *PayoutMoved) fields(c *Codec) {
	Num64(c, &e.ID)
	enum(c, &e.State, PayoutSending)
	Num32(c, &e.Account)
}

func (e *PayoutKnown) fields(c *Codec) { Num64(c, &e.ID) }

func (i *StopPayout) fields(c *Codec)     { Num64(c, &i.Payout) }
func (e *PayoutStopping) fields(c *Codec) { Num64(c, &e.ID) }
