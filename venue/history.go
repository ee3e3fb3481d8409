package venue

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/engine"
	"portcullis/venue/fair"
)

// maxLag is how long a query waits for the archive to catch up with what is durable.
const maxLag = 2 * time.Second

// history answers from the archive, and only once that has what was durable when the query came in.
type history struct {
	archive *archive.Archive
	engine  *engine.Engine
	log     *slog.Logger
	lag     time.Duration // how long a query waits for it to catch up
	turns   *fair.Queue[party]
}

// historyRoom is how many queries run at a time, as many as the archive runs side by side. The others wait, party by party.
var historyRoom = fair.Config{Inside: 8, Waiting: 1024, Patience: maxLag}

// party is whose a query is: an account's, or an address's where nobody signed it.
type party struct {
	account instruction.Account
	addr    netip.Addr
}

func (c *call) party() party {
	if c.account != 0 {
		return party{account: c.account}
	}
	return party{addr: subscriber(c.addr)}
}

// ask waits for the archive, and runs a query on it.
func ask[T any](h history, c *call, query func(context.Context) (T, error)) (T, *binance.Error) {
	ctx, cancel := context.WithTimeout(c.ctx, h.lag)
	defer cancel()
	var none T
	if err := h.archive.Wait(ctx, h.engine.Durable()); err != nil {
		if !errors.Is(err, context.Canceled) {
			h.log.Warn("history has not caught up", "applied", h.archive.Applied(), "durable", h.engine.Durable(), "err", err)
		}
		return none, &binance.Error{Code: -1008, Status: 503, RetryAfter: 1, Msg: "History is catching up with the venue. Try again in a moment; trading is not affected."}
	}
	if h.turns.Enter(ctx, c.party(), fair.Plain) != nil {
		return none, &binance.Error{Code: -1008, Status: 503, RetryAfter: 1, Msg: "Too many are asking for history. Try again in a moment; trading is not affected."}
	}
	defer h.turns.Leave()
	v, err := query(ctx)
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, archive.ErrNotFound):
		return none, binance.ErrNoSuchOrder()
	}
	h.log.Error("history cannot be read", "route", c.route.Path+c.route.WS, "err", err)
	return none, binance.ErrDisconnected()
}

// order is the caller's order by number, or the newest of its own name.
func (h history) order(c *call, m *market, id instruction.Order, client string) (*archive.Order, *binance.Error) {
	o, err := ask(h, c, func(ctx context.Context) (archive.Order, error) {
		return h.archive.Order(ctx, c.account, m.id, id, client)
	})
	return &o, err
}

// dayHours is the longest time that one query of an account's history may span.
const dayHours = 24

// farAhead bounds times in milliseconds that clients name, so that they fit the venue's unit.
const farAhead = 1 << 53

// readRange reads which part of a history is wanted, by times and by ids. without are its parameters that the route does
// not take.
func (c *call) readRange(without ...string) (binance.Range, *binance.Error) {
	for _, name := range without {
		if c.params.Has(name) {
			return binance.Range{}, binance.ErrUnread(c.params.Len()-1, c.params.Len(), []string{name})
		}
	}
	r, err := c.params.Range()
	if err == nil {
		err = c.params.Unread()
	}
	return r, err
}

// rangeOf is a range in the archive's terms; from is the least id, 0 where none was named.
func rangeOf(r *binance.Range, from int64) archive.Range {
	// #nosec G115 -- the dialect takes no sign in an id
	out := archive.Range{From: uint64(from), Limit: r.Limit, Start: instruction.Time(min(r.Start, farAhead)) * instruction.Millisecond}
	if r.End != 0 { // the whole millisecond
		out.End = (instruction.Time(min(r.End, farAhead))+1)*instruction.Millisecond - 1
	}
	return out
}

// fromID is the least id that a client asked for; ids here begin at 1, so that 0 asks for all.
func fromID(r *binance.Range) int64 {
	if r.HasFrom {
		return max(r.FromID, 1)
	}
	return 0
}

// withinDay refuses ranges of more than a day, as the dialect does for an account's history.
func withinDay(r *binance.Range) *binance.Error {
	if r.Start != 0 && r.End != 0 && r.End-r.Start > dayHours*3600*1000 {
		return binance.ErrWindowTooBig(dayHours)
	}
	return nil
}
