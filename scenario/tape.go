package scenario

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TapeHeader is the first line of a tape. A line below it is one trade: milliseconds since 1970, price, quantity, and who
// took, buy or sell, or nothing where that is not known.
const TapeHeader = "time_ms,price,qty,taker_side"

// ErrTape means that a file is no tape; the error says in which line and why.
var ErrTape = errors.New("scenario: not a tape")

// maxTapeTime is in the year 2286; what comes later counts microseconds.
const maxTapeTime = 10_000_000_000_000

// Trade is one trade of a tape.
type Trade struct {
	Time  instruction.Time // a whole millisecond
	Price money.Price
	Qty   money.Amount
	Side  instruction.Side // of the taker
}

// Tape is the trades of one market, in order of time.
type Tape struct {
	Base, Quote money.Scale // of the amounts
	Trades      []Trade
}

// ReadTape reads a tape for a market whose assets have these scales; nothing is rounded. Where a line does not say who
// took, the tick rule does: the buyer where the price rose, the seller where it fell, the same side as before where it
// stood, and the buyer of the first trade. The error wraps ErrTape, or is the reader's.
func ReadTape(r io.Reader, base, quote money.Scale) (*Tape, error) {
	t := &Tape{Base: base, Quote: quote}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4096)
	n := 0
	for lines.Scan() {
		if n++; n == 1 {
			if lines.Text() != TapeHeader {
				return nil, fmt.Errorf("%w: line 1: it must be %q", ErrTape, TapeHeader)
			}
			continue
		}
		if err := t.read(lines.Text()); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTape, n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("%w: line %d: longer than 4096 bytes", ErrTape, n+1)
	case err != nil:
		return nil, fmt.Errorf("scenario: reading a tape: %w", err)
	case len(t.Trades) == 0:
		return nil, fmt.Errorf("%w: there is no trade in it", ErrTape)
	}
	return t, nil
}

// read takes over one line.
func (t *Tape) read(line string) error {
	f := strings.Split(line, ",")
	if len(f) != 4 {
		return fmt.Errorf("%d fields, must be 4: %s", len(f), TapeHeader)
	}
	ms, err := strconv.ParseUint(f[0], 10, 63)
	if err != nil || ms == 0 || ms > maxTapeTime {
		return fmt.Errorf("time_ms %q: must be milliseconds since 1970, 1 to %d", f[0], int64(maxTapeTime))
	}
	x := Trade{Time: instruction.Time(ms) * instruction.Millisecond}
	if len(t.Trades) > 0 && x.Time < t.Trades[len(t.Trades)-1].Time {
		return fmt.Errorf("time_ms %q: earlier than the line before", f[0])
	}
	if x.Price, err = money.ParsePrice(f[1], t.Quote); err != nil {
		return fmt.Errorf("price: %w", err)
	}
	if x.Qty, err = money.Parse(f[2], t.Base); err != nil {
		return fmt.Errorf("qty: %w", err)
	}
	if x.Price == 0 || x.Qty == 0 {
		return fmt.Errorf("price %q, qty %q: must be above zero", f[1], f[2])
	}
	switch f[3] {
	case "buy":
		x.Side = instruction.Buy
	case "sell":
		x.Side = instruction.Sell
	case "":
		x.Side = t.tickRule(x.Price)
	default:
		return fmt.Errorf("taker_side %q: must be buy, sell or empty", f[3])
	}
	t.Trades = append(t.Trades, x)
	return nil
}

// tickRule is who took a trade at the price, as far as the one before tells.
func (t *Tape) tickRule(p money.Price) instruction.Side {
	if len(t.Trades) == 0 {
		return instruction.Buy
	}
	last := &t.Trades[len(t.Trades)-1]
	switch {
	case p > last.Price:
		return instruction.Buy
	case p < last.Price:
		return instruction.Sell
	}
	return last.Side
}

// Terms are terms under which every trade of the tape can be made: ticks and lots are the decimals that the tape uses, the
// lowest price is where one lot is worth one unit of quote, and highest price and quantity are ten times the tape's. There
// is no least notional, and both fees are 0.1%.
func (t *Tape) Terms() (instruction.Terms, error) {
	var price, qty, low, high, most int64
	for i := range t.Trades {
		p, q := int64(t.Trades[i].Price), int64(t.Trades[i].Qty)
		if price, qty = gcd(price, p), gcd(qty, q); i == 0 {
			low = p
		}
		low, high, most = min(low, p), max(high, p), max(most, q)
	}
	if len(t.Trades) == 0 || high > int64(money.MaxAmount)/10 || most > int64(money.MaxAmount)/10 {
		return instruction.Terms{}, fmt.Errorf("%w: no trade, or one too large", ErrTape)
	}
	tick, lot := decimal(price, t.Quote), decimal(qty, t.Base)
	least := (t.Base.One() + lot - 1) / lot
	least = (least + tick - 1) / tick * tick
	if least > low {
		return instruction.Terms{}, fmt.Errorf("%w: at the lowest price, %s, one lot of %s is worth less than a unit of quote: give terms with a larger lot",
			ErrTape, money.Price(low).Text(t.Quote), money.Amount(lot).Text(t.Base))
	}
	return instruction.Terms{
		Tick: money.Price(tick), MinPrice: money.Price(least), MaxPrice: money.Price(10 * high),
		Lot: money.Amount(lot), MaxQty: money.Amount(10 * most), MakerFee: 1000, TakerFee: 1000,
	}, nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// decimal is the largest power of ten, at most one whole of the scale, that n is a multiple of.
func decimal(n int64, s money.Scale) int64 {
	d := int64(1)
	for d < s.One() && n%(10*d) == 0 {
		d *= 10
	}
	return d
}
