package scenario

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
)

// Journal is where a replay sees that the venue's time has passed. An engine is one.
type Journal interface {
	Subscribe(from uint64) *engine.Subscription
	Durable() uint64
}

// Replay plays a tape in a running venue, through its public API. For each trade one customer places a limit order, and
// another takes it at once: price, quantity, taker's side and time are the tape's, so the venue's trades become the tape.
// The book must hold nothing else at these prices.
type Replay struct {
	Tape      *Tape
	Symbol    string
	URL       string // of the venue
	HTTP      *http.Client
	Customers []Customer // at least 2; they take turns, each as maker and as taker
	// Clock is the venue's. It must not stand later than the first trade. The replay moves it by at most maxStep, and not
	// again before the venue has journalled that the time has passed, so that no jump is seen.
	Clock   *clock.Hand
	Journal Journal
	// Progress, where it is not nil, is told after each trade.
	Progress func(done, total int)
}

// maxStep is half of what the venue takes for a jump of the clock.
const maxStep = instruction.Second

// Replayed is what a replay did.
type Replayed struct {
	Trades   int
	Orders   int
	Steps    int // of the clock
	From, To instruction.Time
}

// player is a replay under way.
type player struct {
	*Replay
	clients []Client
	journal *engine.Subscription
	seen    instruction.Time // the time up to which the venue has journalled
	done    Replayed
}

// Run plays the whole tape. After an error the result says how far it got.
func (r *Replay) Run(ctx context.Context) (Replayed, error) {
	if len(r.Customers) < 2 || len(r.Tape.Trades) == 0 {
		return Replayed{}, fmt.Errorf("scenario: a replay takes 2 customers and a tape, not %d and %d trades", len(r.Customers), len(r.Tape.Trades))
	}
	p := player{Replay: r, journal: r.Journal.Subscribe(r.Journal.Durable())}
	defer p.journal.Close()
	for _, c := range r.Customers {
		p.clients = append(p.clients, Client{URL: r.URL, HTTP: r.HTTP, Key: c.Key})
	}
	first := r.Tape.Trades[0].Time
	if now := r.Clock.Now(); now > first {
		return p.done, fmt.Errorf("scenario: the venue's clock stands at %v, the tape begins at %v", now.Std(), first.Std())
	}
	p.done.From, p.done.To = first, first
	for i := range r.Tape.Trades {
		if err := p.trade(ctx, i); err != nil {
			return p.done, fmt.Errorf("scenario: trade %d of the tape: %w", i+1, err)
		}
		if r.Progress != nil {
			r.Progress(i+1, len(r.Tape.Trades))
		}
	}
	return p.done, nil
}

// trade plays one trade.
func (p *player) trade(ctx context.Context, i int) error {
	x := &p.Tape.Trades[i]
	if err := p.goTo(ctx, x.Time); err != nil {
		return err
	}
	maker, taker := &p.clients[i%len(p.clients)], &p.clients[(i+1)%len(p.clients)]
	made, err := p.order(ctx, maker, x, x.Side.Opposite(), "GTC", "tape-m-"+strconv.Itoa(i+1))
	if err != nil {
		return fmt.Errorf("making: %w", err)
	}
	if made.Status != "NEW" {
		return fmt.Errorf("the maker's order is %s at once: the book is not clear at that price", made.Status)
	}
	took, err := p.order(ctx, taker, x, x.Side, "IOC", "tape-t-"+strconv.Itoa(i+1))
	if err != nil {
		return fmt.Errorf("taking: %w", err)
	}
	if err := took.is(x, p.Tape); err != nil {
		return err
	}
	p.done.Trades++
	p.done.To = x.Time
	return nil
}

// placed is what the API says of a new order.
type placed struct {
	Status string `json:"status"`
	Fills  []struct {
		Price string `json:"price"`
		Qty   string `json:"qty"`
	} `json:"fills"`
}

// is says whether the order made the trade, and nothing else.
func (o *placed) is(x *Trade, t *Tape) error {
	if o.Status != "FILLED" || len(o.Fills) != 1 {
		return fmt.Errorf("the taker's order is %s with %d fills, must be FILLED with one: the book is not clear at that price", o.Status, len(o.Fills))
	}
	price, err := money.ParsePrice(o.Fills[0].Price, t.Quote)
	if err != nil {
		return err
	}
	qty, err := money.Parse(o.Fills[0].Qty, t.Base)
	if err != nil {
		return err
	}
	if price != x.Price || qty != x.Qty {
		return fmt.Errorf("the venue traded %s at %s, the tape %s at %s", qty.Text(t.Base), price.Text(t.Quote), x.Qty.Text(t.Base), x.Price.Text(t.Quote))
	}
	return nil
}

func (p *player) order(ctx context.Context, c *Client, x *Trade, side instruction.Side, tif, id string) (placed, error) {
	var o placed
	p.done.Orders++
	return o, c.Post(ctx, p.Clock.Now(), "/api/v3/order", &o,
		"symbol", p.Symbol, "side", side.String(), "type", "LIMIT", "timeInForce", tif, "newOrderRespType", "FULL",
		"quantity", x.Qty.Text(p.Tape.Base), "price", x.Price.Text(p.Tape.Quote), "newClientOrderId", id)
}

// goTo moves the venue's clock to t.
func (p *player) goTo(ctx context.Context, t instruction.Time) error {
	for now := p.Clock.Now(); now < t; {
		now = min(now+maxStep, t)
		p.Clock.Set(now)
		p.done.Steps++
		if now < t { // else the order that follows tells the time
			if err := p.journalled(ctx, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// journalled waits until a record of time t, or later, is durable: the venue's own tick, if nothing else.
func (p *player) journalled(ctx context.Context, t instruction.Time) error {
	var rec instruction.Record
	for p.seen < t {
		err := p.journal.Next(ctx, func(seq uint64, b []byte) error {
			err := rec.Decode(seq, b)
			p.seen = rec.Time
			return err
		})
		if err != nil {
			return fmt.Errorf("waiting for the venue's time to pass: %w", err)
		}
	}
	return nil
}
