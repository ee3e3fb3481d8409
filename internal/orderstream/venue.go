package orderstream

import (
	"fmt"
	"slices"
	"time"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Venue carries out the stream on the venue's book as package core would, less gate and ledger: it matches in
// price-time priority and writes every event that a journal would get. One goroutine uses it.
type Venue struct {
	Totals
	Book *book.Book

	events []byte // of the operation at hand
	placed instruction.OrderPlaced
	filled instruction.Filled
	closed instruction.OrderClosed
	now    instruction.Time
}

// VenueOp is an operation as the venue meets it: with an id from its own sequence, an account and a client order id.
type VenueOp struct {
	Kind    Kind
	Side    instruction.Side
	Account instruction.Account
	ID      instruction.Order
	Price   money.Price
	Qty     money.Amount
	Client  instruction.ClientID
}

// Accounts is how many accounts share the stream's orders.
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
			v.Account = 2 + instruction.Account(uint64(last)*0x9E3779B97F4A7C15>>32%Accounts)
			v.Client, _ = instruction.ClientIDOf(fmt.Sprintf("x-stream-%013d", last))
		}
		if o.Kind == Add {
			ids[o.ID] = last
		}
		out[i] = v
	}
	return out
}

// NewVenue is a venue with an empty book.
func NewVenue() *Venue {
	return &Venue{Book: book.New(1), events: make([]byte, 0, 1<<16), now: 1}
}

// Do carries out one operation.
func (v *Venue) Do(o *VenueOp) {
	c := instruction.Writer(v.events[:0])
	v.now++
	switch o.Kind {
	case Add:
		v.place(&c, o, true)
	case Cancel:
		if h := v.Book.Find(o.ID); h != 0 {
			v.close(&c, h, v.Book.At(h), instruction.ByCancel)
		}
	default:
		v.market(&c, o)
	}
	v.events = c.Bytes()
}

func (v *Venue) place(c *instruction.Codec, o *VenueOp, rests bool) book.Handle {
	p := &v.placed
	p.Order, p.Account, p.Credential = o.ID, o.Account, 1
	p.Held = o.Qty
	if o.Side == instruction.Buy {
		p.Held = money.Amount(o.Price) * o.Qty
	}
	p.Place = instruction.PlaceOrder{Market: 1, Side: o.Side, Type: instruction.Limit, TIF: instruction.GTC, Price: o.Price, Qty: o.Qty, ClientID: o.Client}
	if !rests {
		p.Place.Type, p.Place.TIF = instruction.MarketType, instruction.IOC
	}
	instruction.AppendEvent(c, p)
	return v.Book.Place(&book.Order{ID: p.Order, Account: p.Account, Credential: p.Credential, Side: o.Side, Type: p.Place.Type, TIF: p.Place.TIF,
		Price: o.Price, Qty: o.Qty, Held: p.Held, ClientID: o.Client, Placed: v.now, Updated: v.now}, rests)
}

func (v *Venue) close(c *instruction.Codec, h book.Handle, o *book.Order, cause instruction.CloseCause) {
	v.closed = instruction.OrderClosed{Market: 1, Order: o.ID, Account: o.Account, Cause: cause, Released: o.Held}
	instruction.AppendEvent(c, &v.closed)
	v.Book.Remove(h)
}

func (v *Venue) market(c *instruction.Codec, o *VenueOp) {
	t := v.place(c, o, false)
	taker := v.Book.At(t)
	left := o.Qty
	for left > 0 {
		h := v.Book.Best(o.Side.Opposite())
		if h == 0 {
			break
		}
		maker := v.Book.At(h)
		qty := min(left, maker.Left())
		quote := money.Amount(maker.Price) * qty
		v.Fills++
		v.Volume += int64(qty)
		v.Notional += int64(quote)
		v.filled = instruction.Filled{Market: 1, Trade: instruction.Trade(v.Fills), TakerSide: o.Side, Taker: o.ID, Maker: maker.ID,
			TakerAccount: o.Account, MakerAccount: maker.Account, Price: maker.Price, Qty: qty, Quote: quote}
		instruction.AppendEvent(c, &v.filled)
		v.Book.Fill(h, qty, quote, v.now)
		v.Book.Fill(t, qty, quote, v.now)
		if left -= qty; maker.Left() == 0 {
			v.close(c, h, maker, instruction.ByFill)
		}
	}
	cause := instruction.ByFill
	if left > 0 {
		cause = instruction.ByExpiry
	}
	v.close(c, t, taker, cause)
}

// Comparison is what Compare measured: nanoseconds for one operation, the median over the runs.
type Comparison struct {
	Runs             int
	Venue, Reference float64
}

// Ratio is how many times as long the venue's book takes.
func (c *Comparison) Ratio() float64 { return c.Venue / c.Reference }

// Compare times the venue's book, with events, and the reference book on the stream, in turns. It fails when either does
// not give the totals that every correct book gives.
func Compare(runs int) (Comparison, error) {
	ops := Make()
	venueOps := ForVenue(ops)
	var venue, reference []float64
	for range runs {
		v := NewVenue()
		took, err := timed(venueOps, v.Do, &v.Totals)
		if err != nil {
			return Comparison{}, fmt.Errorf("the venue's book: %w", err)
		}
		venue = append(venue, took)
		r := NewReference()
		took, err = timed(ops, r.Do, &r.Totals)
		if err != nil {
			return Comparison{}, fmt.Errorf("the reference book: %w", err)
		}
		reference = append(reference, took)
	}
	return Comparison{Runs: runs, Venue: median(venue), Reference: median(reference)}, nil
}

// timed runs the stream and gives the nanoseconds for one operation after the start.
func timed[T any](ops []T, do func(*T), totals *Totals) (float64, error) {
	for i := range ops[:Start] {
		do(&ops[i])
	}
	*totals = Totals{}
	begin := time.Now()
	for i := range ops[Start:] {
		do(&ops[Start+i])
	}
	took := time.Since(begin)
	if *totals != Want {
		return 0, fmt.Errorf("gives %+v where every correct book gives %+v", *totals, Want)
	}
	return float64(took.Nanoseconds()) / float64(len(ops)-Start), nil
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
