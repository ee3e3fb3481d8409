package venue

import (
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// replaceOrder cancels one order and places another in one step, and tells what became of each.
func replaceOrder(v *Venue, c *call) (reply, *binance.Error) {
	x, err := c.params.CancelReplace()
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	n, err := v.newOrder(&x.New)
	if err != nil {
		return nil, err
	}
	cancel, err := cancelOf(n.market, &x.Cancel, "cancelNewClientOrderId")
	if err != nil {
		return nil, err
	}
	if err := v.countOrders(c, 1); err != nil {
		if x.CancelAnyway {
			return v.cancelOnly(c, n.market, &cancel, err)
		}
		return nil, err
	}
	in := instruction.ReplaceOrder{Cancel: cancel, Place: n.place, AllowFails: x.Mode == binance.AllowFailure}
	o, err := v.do(c, &in, false)
	if err != nil {
		return nil, err
	}
	return v.replaced(c, n, o, cancel.ClientID.String())
}

// replaced tells what became of both halves. own is the client's name for the cancel.
func (v *Venue) replaced(c *call, n *newOrder, o *outcome, own string) (reply, *binance.Error) {
	answer := &binance.CancelReplace{}
	if err := o.refusal(instruction.Cancel, true); err != nil {
		answer.Cancel = err
	} else {
		list, err := v.cancelled(c, n.market, o, own)
		if err != nil {
			return nil, err
		}
		answer.Cancel = &list[0]
	}
	if err := o.refusal(instruction.Place, false); err != nil {
		answer.New = err
	} else if o.placed.Order != 0 {
		answer.New = o.answer(c, n)
	}
	return answer, nil
}

// cancelOnly does the cancel of a replacement whose new order is one too many.
func (v *Venue) cancelOnly(c *call, m *market, in *instruction.CancelOrder, tooMany *binance.Error) (reply, *binance.Error) {
	answer := &binance.CancelReplace{New: tooMany}
	list, err := v.cancel(c, m, in, in.ClientID.String())
	if err != nil {
		answer.Cancel = err
	} else {
		answer.Cancel = &list[0]
	}
	return answer, nil
}
