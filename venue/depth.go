package venue

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// maxDepth is how many levels of each side depth answers with.
const maxDepth = 5000

func depth(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	limit := a.limit(100, maxDepth)
	if err := a.end(); err != nil {
		return nil, err
	}
	var d binance.Depth
	err := v.read(func(s *core.State) {
		d.LastUpdateID = int64(s.LastOrder())
		d.Bids = levels(m, s, instruction.Buy, limit)
		d.Asks = levels(m, s, instruction.Sell, limit)
	})
	return &d, err
}

func levels(m *market, s *core.State, side instruction.Side, limit int) binance.Levels {
	list := make(binance.Levels, 0, min(limit, 128))
	s.Market(m.id).Book.Levels(side, func(p money.Price, qty money.Amount, _ int) bool {
		list = append(list, binance.Level{Price: m.price(p), Qty: m.baseAmount(qty)})
		return len(list) < limit
	})
	return list
}
