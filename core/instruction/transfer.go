package instruction

import "portcullis/core/money"

// Transfer moves free balance between two accounts of one customer.
type Transfer struct {
	From, To Account
	Asset    Asset
	Amount   money.Amount
	Client   ClientID // the customer's own name for it, under which it is done once; may be empty
}

// Transferred follows Transfer.
type Transferred struct {
	ID       TransferID
	Customer Account // the master account of both
	From, To Account
	Asset    Asset
	Amount   money.Amount
	Client   ClientID
}

// TransferKnown says that the transfer of this name was done before, and was not done again.
type TransferKnown struct {
	ID TransferID
}

func (*Transfer) Kind() Kind                { return KindTransfer }
func (*Transferred) EventKind() EventKind   { return KindTransferred }
func (*TransferKnown) EventKind() EventKind { return KindTransferKnown }

func (i *Transfer) fields(c *Codec) {
	Num32(c, &i.From)
	Num32(c, &i.To)
	Num16(c, &i.Asset)
	c.amount(&i.Amount)
	c.ClientID(&i.Client)
}

func (e *Transferred) fields(c *Codec) {
	Num64(c, &e.ID)
	Num32(c, &e.Customer)
	Num32(c, &e.From)
	Num32(c, &e.To)
	Num16(c, &e.Asset)
	c.amount(&e.Amount)
	c.ClientID(&e.Client)
}

func (e *TransferKnown) fields(c *Codec) { Num64(c, &e.ID) }
