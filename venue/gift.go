package venue

import (
	"context"
	"errors"
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/fair"
	"portcullis/venue/gift"
)

// What API keys do with gift codes, as requests of the dialect's form: so that a client signs them as it signs all else, and no request is
// taken up twice. The owner's key has requests of its own, and whoever has none a page.

// orderNames are what an order's fields are called on the wire.
var orderNames = map[string]string{"asset": "coin", "amount": "amount", "count": "count", "expires": "expires", "name": "batchName", "message": "message"}

// issueGifts turns balance of the caller's account into gift codes. They are in the answer, and nowhere else.
func issueGifts(v *Venue, c *call) (reply, *binance.Error) {
	if v.gifts == nil {
		return notBuilt(v, c)
	}
	a := c.args()
	o := gift.Order{
		Asset: a.text("coin"), Amount: a.text("amount"), Count: int(min(a.integer("count", 1), 1<<20)), Expires: a.text("expires"),
		Name: a.text("batchName"), Message: a.text("message"),
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	var i *instruction.IssueCodes
	var codes []gift.Code
	var bad error
	var wire binance.GiftIssued
	if err := v.read(func(s *core.State) {
		if i, codes, bad = v.gifts.Write(s, v.engine.Now(), c.account, &o); bad == nil {
			x := s.Asset(i.Asset)
			wire = binance.GiftIssued{Coin: x.Symbol, Amount: decimal(i.Amount, x.Scale), BatchName: o.Name, ExpireTime: c.time(i.Expires)}
		}
	}); err != nil {
		return nil, err
	}
	if wrong := (*gift.Mistake)(nil); errors.As(bad, &wrong) {
		return nil, binance.ErrInvalidData(orderNames[wrong.Field], capital(wrong.Error())+".")
	}
	e, err := v.gifted(c, i)
	if err != nil {
		return nil, err
	}
	issued, ok := e.(*instruction.CodesIssued)
	if !ok {
		return nil, binance.ErrUnexpectedResponse()
	}
	for n, code := range codes {
		wire.Codes = append(wire.Codes, binance.GiftCode{ID: int64(issued.First) + int64(n), Code: code.Reveal()}) // #nosec G115 -- counted from 1
	}
	return object{wire}, nil
}

// gifted gives an instruction about gift codes, and is what came of it.
func (v *Venue) gifted(c *call, i instruction.Instruction) (instruction.Event, *binance.Error) {
	if v.turns.Enter(c.ctx, line{account: c.account}, fair.Plain) != nil {
		return nil, binance.ErrServerBusy() // it never came to the engine
	}
	r, fault := v.instruct(c, i)
	if fault != nil {
		return nil, v.unavailable(fault)
	}
	if r.Verdict.Decision != instruction.Allow {
		return nil, v.denied(c, i, &r.Verdict, false)
	}
	var events instruction.Events
	r.Events(&events)
	for e := events.Next(); e != nil; e = events.Next() {
		switch e := e.(type) {
		case *instruction.Refused:
			return nil, refused(e.Reason, false)
		case *instruction.CodesIssued, *instruction.CodeClaimed, *instruction.CodeKnown, *instruction.CodeReturned:
			return e, nil
		}
	}
	return nil, binance.ErrUnexpectedResponse()
}

// returnGift takes back a code that nobody has claimed.
func returnGift(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	id, err := a.p.Int64("id")
	if got(a, id, err); a.end() != nil {
		return nil, a.end()
	}
	i := &instruction.ReturnCode{ID: instruction.CodeID(max(id, 0))} // #nosec G115 -- not negative
	if _, err := v.gifted(c, i); err != nil {
		return nil, err
	}
	return v.gaveBack(i.ID)
}

// claimGift has what a code is worth come into the caller's account. A code that is not there never comes to the engine.
func claimGift(v *Venue, c *call) (reply, *binance.Error) {
	if v.gifts == nil {
		return notBuilt(v, c)
	}
	a := c.args()
	text, err := a.p.Str("code")
	if got(a, text, err); a.end() != nil {
		return nil, a.end()
	}
	code, bad := gift.ParseCode(text)
	if bad != nil {
		return nil, binance.ErrInvalidData("code", capital(bad.Error())+".")
	}
	i := &instruction.ClaimCode{Hash: v.gifts.Hash(code)}
	var id instruction.CodeID
	var verdict instruction.Verdict
	if err := v.read(func(s *core.State) {
		if x := s.Code(i.Hash); x != nil {
			id = x.ID
			return
		}
		verdict = s.Judge(v.engine.Now(), &c.principal, i)
	}); err != nil {
		return nil, err
	}
	switch {
	case id == 0 && verdict.Decision != instruction.Allow:
		return nil, v.denied(c, i, &verdict, false)
	case id == 0:
		return nil, refused(instruction.UnknownCode, false)
	}
	if _, err := v.gifted(c, i); err != nil {
		return nil, err
	}
	return v.gaveBack(id)
}

// gaveBack is the answer about one code.
func (v *Venue) gaveBack(id instruction.CodeID) (reply, *binance.Error) {
	done := binance.GiftDone{ID: int64(id)} // #nosec G115 -- counted from 1
	err := v.read(func(s *core.State) {
		if x := s.CodeNumbered(id); x != nil {
			asset := s.Asset(x.Asset)
			done.Coin, done.Amount = asset.Symbol, decimal(x.Amount, asset.Scale)
		}
	})
	return object{done}, err
}

// gifts answers with the codes that the caller's account issued, newest first, or from a number on. Who claimed one is not told.
func gifts(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	name, status := a.text("batchName"), a.text("giftStatus")
	if status != "" && !slices.Contains(giftStates, status) {
		a.fail(binance.ErrInvalidData("giftStatus", "It is LIVE, CLAIMED, RETURNED or EXPIRED."))
	}
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("orderId")
	if err != nil {
		return nil, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Code, error) {
		within := rangeOf(&r, fromID(&r))
		within.Limit = maxTransfers
		return v.history.archive.Codes(ctx, c.account, name, within)
	})
	if err != nil {
		return nil, err
	}
	if !r.HasFrom {
		slices.Reverse(rows)
	}
	list := []binance.GiftEntry{}
	err = v.read(func(s *core.State) {
		for i := range rows {
			x := &rows[i]
			state := gift.Ended(x.State, x.Expired)
			if len(list) == r.Limit || status != "" && status != state {
				continue
			}
			asset := s.Asset(x.Asset)
			list = append(list, binance.GiftEntry{
				ID: int64(x.ID), Batch: int64(x.Batch), BatchName: x.Client, Coin: asset.Symbol, Amount: decimal(x.Amount, asset.Scale), Status: state, // #nosec G115 -- counted from 1
				CreateTime: c.time(x.Made), ExpireTime: c.time(x.Expires), UpdateTime: c.time(x.Updated),
			})
		}
	})
	return object{list}, err
}

var giftStates = []string{"LIVE", "CLAIMED", "RETURNED", "EXPIRED"}

// capital begins a sentence.
func capital(text string) string {
	if text[0] >= 'a' && text[0] <= 'z' {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}
