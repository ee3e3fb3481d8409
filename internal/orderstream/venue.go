package orderstream

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// VenueOp is an operation as the venue meets it: of an account, with an order id from the venue's own sequence, which
// market orders have too.
type VenueOp struct {
	Kind    Kind
	Side    instruction.Side
	Account instruction.Account
	ID      instruction.Order
	Price   money.Price
	Qty     money.Amount
}

// Accounts is how many accounts share the stream's orders; the first is number 2.
const Accounts = 1000

// ForVenue translates the stream.
func ForVenue(ops []Op) []VenueOp {
	ids := make([]instruction.Order, Start+Ops+1)
	out := make([]VenueOp, len(ops))
	var last instruction.Order
	for i, o := range ops {
		v := VenueOp{Kind: o.Kind, Side: instruction.Buy + instruction.Side(o.Side), Price: money.Price(o.Price), Qty: money.Amount(o.Qty)}
		if o.Kind == Cancel {
			v.ID = ids[o.ID]
		} else {
			last++
			v.ID = last
		}
		if o.Kind == Add {
			ids[o.ID] = last
		}
		v.Account = 2 + instruction.Account(uint64(v.ID)*0x9E3779B97F4A7C15>>32%Accounts)
		out[i] = v
	}
	return out
}
