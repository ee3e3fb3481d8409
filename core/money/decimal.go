package money

import (
	"errors"
	"fmt"
)

// ErrSyntax means that a text is not a plain decimal number: digits, at most one point, digits. Signs, exponents,
// spaces and empty texts are refused.
var ErrSyntax = errors.New("money: not a plain decimal number")

// ErrPrecision means that a text has more non-zero decimals than the scale can hold. Nothing is ever rounded on the
// way in.
var ErrPrecision = errors.New("money: too many decimals")

// maxDecimalText bounds what Parse looks at; the largest int64 has 19 digits and MaxScale adds a point and zeros.
const maxDecimalText = 64

// Parse reads a non-negative decimal at scale s exactly. Zeros past the scale are accepted, other digits there are
// ErrPrecision; a number above MaxAmount is ErrRange.
func Parse(text string, s Scale) (Amount, error) {
	if len(text) == 0 || len(text) > maxDecimalText {
		return 0, ErrSyntax
	}
	var n int64
	decimals, point, digits := 0, false, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
		}
		digits++
		if point {
			if decimals++; decimals > int(s) {
				if c != '0' {
					return 0, fmt.Errorf("%w: %q has more than %d", ErrPrecision, text, s)
				}
				continue
			}
		}
		digit := int64(c - '0')
		if n > (int64(MaxAmount)-digit)/10 {
			return 0, fmt.Errorf("%w: %q", ErrRange, text)
		}
		n = n*10 + digit
	}
	if digits == 0 {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	for ; decimals < int(s); decimals++ {
		if n > int64(MaxAmount)/10 {
			return 0, fmt.Errorf("%w: %q", ErrRange, text)
		}
		n *= 10
	}
	return Amount(n), nil
}

// ParsePrice reads a price in a market whose quote asset has scale s; see Parse.
func ParsePrice(text string, s Scale) (Price, error) {
	n, err := Parse(text, s)
	return Price(n), err
}

// Append writes a as a decimal with exactly s decimals.
func (a Amount) Append(b []byte, s Scale) []byte {
	u := uint64(a) // #nosec G115 -- negated below where it was negative, which is right for the least number too
	if a < 0 {
		b = append(b, '-')
		u = -u
	}
	var tmp [24]byte
	i := len(tmp)
	for d := 0; u > 0 || d <= int(s); d++ {
		if d == int(s) && s > 0 {
			i--
			tmp[i] = '.'
		}
		i--
		tmp[i] = byte('0' + u%10)
		u /= 10
	}
	return append(b, tmp[i:]...)
}

// Text is Append as a string.
func (a Amount) Text(s Scale) string { return string(a.Append(nil, s)) }

// Append writes p as a decimal; s is the scale of the quote asset.
func (p Price) Append(b []byte, s Scale) []byte { return Amount(p).Append(b, s) }

// Text is Append as a string.
func (p Price) Text(s Scale) string { return string(Amount(p).Append(nil, s)) }
