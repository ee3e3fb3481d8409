package binance

import (
	"bytes"
	"errors"
	"strconv"
)

// MaxScale is the greatest number of decimal places of a Decimal.
const MaxScale = 18

// Decimal is Units / 10^Scale. It is written with exactly Scale places, in
// quotes, as the dialect does: {150, 8} is "0.00000150". The zero Decimal is
// written "0" and, in fields that may be absent, means absent.
type Decimal struct {
	Units int64
	Scale uint8 // 0 to MaxScale
}

// ErrDecimal is returned for text that is no decimal or does not fit one.
var ErrDecimal = errors.New("binance: a decimal is digits with at most one dot, at most 18 places, within 64 bits")

// Append writes d without quotes.
func (d Decimal) Append(dst []byte) []byte {
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], d.Units, 10)
	if text[0] == '-' {
		dst, text = append(dst, '-'), text[1:]
	}
	scale := int(d.Scale)
	if scale == 0 {
		return append(dst, text...)
	}
	if whole := len(text) - scale; whole > 0 {
		dst, text = append(dst, text[:whole]...), text[whole:]
	} else {
		dst = append(dst, '0')
	}
	dst = append(dst, '.')
	for range scale - len(text) {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

func (d Decimal) String() string { return string(d.Append(nil)) }

// AppendJSON writes d in quotes.
func (d Decimal) AppendJSON(dst []byte) []byte {
	return append(d.Append(append(dst, '"')), '"')
}

// MarshalJSON writes d in quotes.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil), nil }

// UnmarshalJSON reads a quoted or bare decimal; null leaves d as it is.
func (d *Decimal) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	if n := len(raw); n >= 2 && raw[0] == '"' && raw[n-1] == '"' {
		raw = raw[1 : n-1]
	}
	v, err := ParseDecimal(string(bytes.TrimSpace(raw)))
	if err == nil {
		*d = v
	}
	return err
}

// ParseDecimal reads an optional minus, digits, and at most one dot with digits
// on both sides. The scale is the number of places written; where 64 bits do not
// hold that many, trailing zeros are dropped before it gives up.
func ParseDecimal(text string) (Decimal, error) {
	body, negative := text, false
	if body != "" && body[0] == '-' {
		body, negative = body[1:], true
	}
	if !isDecimal(body) {
		return Decimal{}, ErrDecimal
	}
	d, ok := parseUnits(body, negative)
	for !ok {
		shorter := dropZero(body)
		if shorter == body {
			return Decimal{}, ErrDecimal
		}
		body = shorter
		d, ok = parseUnits(body, negative)
	}
	return d, nil
}

// dropZero takes one trailing zero off the places of text, and the dot with the
// last of them; text comes back as it is when it has no such zero.
func dropZero(text string) string {
	dot := indexByte(text, '.')
	if dot < 0 || text[len(text)-1] != '0' {
		return text
	}
	if text = text[:len(text)-1]; text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

func parseUnits(text string, negative bool) (Decimal, bool) {
	var units uint64
	scale, places := 0, false
	for i := range len(text) {
		c := text[i]
		if c == '.' {
			places = true
			continue
		}
		// 10 × (2^63 − 1) / 10 + 9 stays below 2^64, so that the next line cannot wrap.
		if units > (1<<63-1)/10 {
			return Decimal{}, false
		}
		units = units*10 + uint64(c-'0')
		if places {
			scale++
		}
	}
	if scale > MaxScale {
		return Decimal{}, false
	}
	if negative {
		if units > 1<<63 {
			return Decimal{}, false
		}
		return Decimal{int64(-units), uint8(scale)}, true // #nosec G115 -- held against 2^63 above
	}
	if units > 1<<63-1 {
		return Decimal{}, false
	}
	return Decimal{int64(units), uint8(scale)}, true
}

// isDecimal reports digits with at most one dot that has digits on both sides,
// of at most 20 digits before and 20 after it.
func isDecimal(text string) bool {
	dot := indexByte(text, '.')
	if dot < 0 {
		return isDigits(text)
	}
	return isDigits(text[:dot]) && isDigits(text[dot+1:])
}

// isDigits reports 1 to 20 digits.
func isDigits(text string) bool {
	if len(text) == 0 || len(text) > 20 {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
