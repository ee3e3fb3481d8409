package stream

import (
	"context"

	"portcullis/archive"
	"portcullis/core/instruction"
)

// recall puts together what every market traded before the Hub came, up to the last trades that it did not see, and leaves
// it for the follower to take up. Until then candles and tickers begin with the Hub; nothing waits for the archive.
func (h *Hub) recall(ctx context.Context, now instruction.Time, upTo []instruction.Trade) error {
	if err := h.cfg.Archive.Wait(ctx, h.engine.Durable()); err != nil {
		return err
	}
	charts := make([]*chart, len(upTo))
	for i, last := range upTo {
		if last == 0 {
			continue
		}
		charts[i] = new(chart)
		if err := charts[i].recall(ctx, h.cfg.Archive, instruction.Market(i), now, last); err != nil {
			return err
		}
	}
	h.feed.past.Store(&charts)
	return nil
}

// recall fills an empty chart with all trades up to one: hours where only long candles need them, then minutes.
func (c *chart) recall(ctx context.Context, a *archive.Archive, m instruction.Market, now instruction.Time, upTo instruction.Trade) error {
	day := dayStart(now) - minute
	day -= day % hour
	from := day
	for x := range span(spans) {
		if x.interval().Valid() {
			from = min(from, x.start(now))
		}
	}
	if err := c.read(ctx, a, m, archive.Hour, from, day, upTo); err != nil {
		return err
	}
	if err := c.read(ctx, a, m, archive.Minute, day, now+minute, upTo); err != nil {
		return err
	}
	newest, err := a.Trades(ctx, m, archive.Range{From: uint64(upTo), Limit: 1})
	if err == nil && len(newest) > 0 {
		c.last = newest[0]
	}
	return err
}

// read joins the candles that begin from a time to before another.
func (c *chart) read(ctx context.Context, a *archive.Archive, m instruction.Market, s archive.Span, from, to instruction.Time, upTo instruction.Trade) error {
	for from < to {
		list, err := a.Candles(ctx, m, s, archive.Range{Start: from, End: to - 1, Limit: archive.MaxLimit})
		if err != nil {
			return err
		}
		for i := range list {
			v := &list[i]
			if v.LastTrade > upTo {
				if v.FirstTrade > upTo {
					return nil
				}
				return c.readTrades(ctx, a, m, v, upTo)
			}
			c.join(v)
		}
		if len(list) < archive.MaxLimit {
			return nil
		}
		from = list[len(list)-1].Open + 1
	}
	return nil
}

// readTrades joins what a candle has up to a trade in the middle of it: the Hub has seen the others itself.
func (c *chart) readTrades(ctx context.Context, a *archive.Archive, m instruction.Market, v *archive.Candle, upTo instruction.Trade) error {
	for id := v.FirstTrade; id <= upTo; {
		list, err := a.Trades(ctx, m, archive.Range{From: uint64(id), Limit: archive.MaxLimit})
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if list[i].ID <= upTo {
				c.add(&list[i])
			}
		}
		id = list[len(list)-1].ID + 1
	}
	return nil
}
