package core

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// MaxNamed is how many of a customer's named transfers are remembered, the newest ones: within them a transfer that is
// given again under its name is not carried out again.
const MaxNamed = 1000

// named is a transfer that its customer gave a name.
type named struct {
	id       instruction.TransferID
	from, to instruction.Account
	asset    instruction.Asset
	amount   money.Amount
	client   instruction.ClientID
}

// transfers is what is remembered of transfers.
type transfers struct {
	last  instruction.TransferID
	named map[instruction.Account][]named // by master account, oldest first
}

func (t *transfers) init() { t.named = make(map[instruction.Account][]named) }

// find is the customer's transfer of that name, or nil.
func (t *transfers) find(customer instruction.Account, name *instruction.ClientID) *named {
	if name.IsZero() {
		return nil
	}
	list := t.named[customer]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].client == *name {
			return &list[i]
		}
	}
	return nil
}

// transfer moves free balance; the gate has seen that both accounts are the giver's customer's.
func (s *State) transfer(i *instruction.Transfer) {
	customer := s.Customer(i.From)
	if n := s.transfers.find(customer, &i.Client); n != nil {
		if (*n != named{n.id, i.From, i.To, i.Asset, i.Amount, i.Client}) {
			s.refuseWhole(instruction.TransferNameTaken)
			return
		}
		s.emit(&instruction.TransferKnown{ID: n.id})
		return
	}
	switch {
	case i.From == i.To:
		s.refuseWhole(instruction.MalformedTransfer)
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case i.Amount <= 0, i.Amount > money.MaxAmount:
		s.refuseWhole(instruction.AmountOutOfRange)
	case s.ledger.Balance(i.From, i.Asset).Free < i.Amount:
		s.refuseWhole(s.short(i.From, i.Asset, i.Amount))
	default:
		s.emit(&instruction.Transferred{
			ID: s.transfers.last + 1, Customer: customer, From: i.From, To: i.To, Asset: i.Asset, Amount: i.Amount, Client: i.Client,
		})
	}
}

func (s *State) foldTransfer(e *instruction.Transferred) error {
	t := &s.transfers
	if e.ID != t.last+1 || e.Customer == 0 || s.Customer(e.From) != e.Customer || s.Customer(e.To) != e.Customer {
		return errUnknown
	}
	t.last = e.ID
	if !e.Client.IsZero() {
		list := t.named[e.Customer]
		if len(list) >= MaxNamed {
			copy(list, list[1:])
			list = list[:len(list)-1]
		}
		t.named[e.Customer] = append(list, named{e.ID, e.From, e.To, e.Asset, e.Amount, e.Client})
	}
	return s.ledger.Move(e.From, e.To, e.Asset, e.Amount)
}

// transferFields is the persisted form: the last number, then the named transfers of each customer that has any, by account. It
// is read behind the accounts.
func (s *State) transferFields(c *instruction.Codec) {
	t := &s.transfers
	if c.Reading() {
		t.init()
	}
	instruction.Num64(c, &t.last)
	n := c.Count(len(t.named), maxAccounts)
	a := instruction.Account(0)
	for range n {
		var list []named
		if !c.Reading() {
			for a++; t.named[a] == nil; a++ {
			}
			list = t.named[a]
		}
		before := a
		instruction.Num32(c, &a)
		c.Pause()
		count := c.Count(len(list), MaxNamed)
		if c.Reading() {
			if c.Err() == nil && (a <= before || s.Customer(a) != a || count == 0) {
				c.Fail("named transfers of account %d", a)
			}
			list = make([]named, count)
			t.named[a] = list
		}
		for i := range list {
			list[i].fields(c)
		}
		if c.Err() != nil {
			return
		}
	}
}

func (n *named) fields(c *instruction.Codec) {
	instruction.Num64(c, &n.id)
	instruction.Num32(c, &n.from)
	instruction.Num32(c, &n.to)
	instruction.Num16(c, &n.asset)
	instruction.Num64(c, &n.amount)
	c.ClientID(&n.client)
}
