package reference

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portcullis/core/instruction"
	"portcullis/internal/strict"
)

// Bounds of what a source says at a time.
const (
	MaxBytes = 1 << 20
	maxLines = 10_000
	maxLine  = 256 // bytes
	maxPrice = 40  // digits
)

// Price is what a source says of a market.
type Price struct {
	Symbol string
	Price  string           // of one whole base asset in whole quote assets: digits, at most one point among them
	Dated  instruction.Time // as of when
}

// line is one line in JSON.
type line struct {
	Symbol string          `json:"symbol"`
	Price  json.Number     `json:"price"`
	Time   json.RawMessage `json:"time"`
}

// Parse reads what a source says: lines in JSON, {"symbol":"BTCUSDT","price":"60000.01","time":"2026-03-01T00:00:00.5Z"}, or in
// CSV, BTCUSDT,60000.01,2026-03-01T00:00:00.5Z; times are in RFC 3339 or in milliseconds since 1970, of 13 digits. Empty
// lines, and symbol,price,time at the beginning, say nothing.
//
// Of several lines about one symbol the newest counts; where the newest two are of the same time and differ, none does. What
// is understood comes back beside an error, which says what is wrong with the first line that is not.
func Parse(text []byte) (list []Price, err error) {
	if len(text) > MaxBytes {
		return nil, tooLong()
	}
	if n := bytes.Count(text, []byte{'\n'}); n > maxLines {
		return nil, fmt.Errorf("it has %d lines, more than %d: keep the newest of each symbol", n, maxLines)
	}
	at := map[string]int{}                // by symbol, where it is in list
	torn := map[string]instruction.Time{} // by symbol, of when it says two prices
	number := 0
	for raw := range bytes.Lines(text) {
		number++
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || number == 1 && string(raw) == "symbol,price,time" {
			continue
		}
		p, why := parseLine(raw)
		if why == nil {
			list, why = keep(list, at, torn, p)
		}
		if why != nil && err == nil {
			err = fmt.Errorf("line %d: %w", number, why)
		}
	}
	whole := list[:0]
	for _, p := range list {
		if of, is := torn[p.Symbol]; !is || of != p.Dated {
			whole = append(whole, p)
		}
	}
	if len(whole) == 0 && err == nil {
		err = errors.New("it says nothing: there is no line in it")
	}
	return whole, err
}

func tooLong() error { return fmt.Errorf("it is longer than %d bytes", MaxBytes) }

// keep adds a price where it is the newest of its symbol.
func keep(list []Price, at map[string]int, torn map[string]instruction.Time, p Price) ([]Price, error) {
	i, known := at[p.Symbol]
	switch {
	case !known:
		at[p.Symbol] = len(list)
		list = append(list, p)
	case list[i].Dated < p.Dated:
		list[i] = p
	case list[i].Dated == p.Dated && list[i].Price != p.Price:
		torn[p.Symbol] = p.Dated
		return list, fmt.Errorf("%s has two prices of the same time, %s and %s; neither is taken", p.Symbol, list[i].Price, p.Price)
	}
	return list, nil
}

// parseLine reads one line.
func parseLine(raw []byte) (p Price, err error) {
	if len(raw) > maxLine {
		return p, fmt.Errorf("it is longer than %d bytes", maxLine)
	}
	if !utf8.Valid(raw) {
		return p, errors.New("it is not UTF-8")
	}
	var when string
	if raw[0] == '{' {
		var x line
		if err := strict.Decode(raw, &x); err != nil {
			return p, err
		}
		p.Symbol, p.Price, when = x.Symbol, x.Price.String(), string(x.Time)
		if quoted, err := strconv.Unquote(when); err == nil && strings.HasPrefix(when, `"`) {
			when = quoted
		}
	} else {
		f := strings.Split(string(raw), ",")
		if len(f) != 3 {
			return p, fmt.Errorf("a line is symbol,price,time, or these as fields of a JSON object; not %q", raw)
		}
		p.Symbol, p.Price, when = strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), strings.TrimSpace(f[2])
	}
	if p.Symbol == "" || strings.ContainsFunc(p.Symbol, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) {
		return p, fmt.Errorf("symbol: %q is none, such as BTCUSDT", p.Symbol)
	}
	if !decimal(p.Price) {
		return p, fmt.Errorf("price of %s: %q is no number above 0 in digits, with a point where it has decimals, at most %d long", p.Symbol, p.Price, maxPrice)
	}
	if p.Dated, err = parseTime(when); err != nil {
		return p, fmt.Errorf("time of %s: %w", p.Symbol, err)
	}
	return p, nil
}

// decimal says that a text is a number above 0: digits, and at most one point between two of them.
func decimal(text string) bool {
	points, digits := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '.' && i > 0 && i < len(text)-1:
			points++
		case c < '0' || c > '9':
			return false
		case c != '0':
			digits++
		}
	}
	return digits > 0 && points <= 1 && len(text) <= maxPrice
}

// parseTime reads a time.
func parseTime(text string) (instruction.Time, error) {
	const millis = 13 // digits, from 2001 to 2286: seconds and microseconds have others
	if n, err := strconv.ParseUint(text, 10, 63); err == nil && len(text) == millis && text[0] != '0' {
		return instruction.Time(n) * instruction.Millisecond, nil // #nosec G115 -- 13 digits
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if y := t.UTC().Year(); err != nil || y < 2000 || y > 9999 {
		return 0, fmt.Errorf("%q is neither of RFC 3339, such as 2026-03-01T00:00:00.5Z, nor milliseconds since 1970, which have %d digits", text, millis)
	}
	return instruction.TimeOf(t), nil
}
