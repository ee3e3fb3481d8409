package venue

import "portcullis/dialect/binance"

func depth(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m, limit := a.market(v), a.limit(binance.DefaultDepthLimit, binance.MaxDepthLimit)
	status, bad := a.p.OptSymbolStatus()
	got(a, status, bad)
	if err := a.end(); err != nil {
		return nil, err
	}
	if err := v.inStatus(m, status); err != nil {
		return nil, err
	}
	seq, bids, asks, err := v.streams.Depth(m.id, limit)
	if err != nil {
		return nil, v.unavailable(err)
	}
	return &binance.Depth{LastUpdateID: binance.ID(seq), Bids: bids, Asks: asks}, nil
}
