package gift

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"strings"
)

// A code is written in Crockford's base 32: five bits a character, none of which is taken for another. 128 bits of it are chance, and
// 12 are a checksum, by which a mistyped code is known as one without a look at any other.
const (
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeBytes  = 16
	sumBits    = 12
	codeChars  = (8*codeBytes + sumBits) / 5
	groupChars = 4
	maxText    = 120 // bytes of what somebody typed as a code
)

// Code is a gift code. It shows itself to nobody but by Reveal.
type Code struct{ raw [codeBytes]byte }

const redacted = "[redacted]"

func (Code) String() string               { return redacted }
func (Code) GoString() string             { return redacted }
func (Code) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, redacted) }
func (Code) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Code) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// NewCode is one that nobody has.
func NewCode() (c Code) {
	_, _ = rand.Read(c.raw[:]) // it does not fail
	return c
}

// Reveal is the code's text, in groups of four.
func (c Code) Reveal() string {
	n := new(big.Int).SetBytes(c.raw[:])
	n.Lsh(n, sumBits).Or(n, big.NewInt(c.checksum()))
	text := make([]byte, 0, codeChars+codeChars/groupChars)
	for i, digit := range digitsOf(n, codeChars) {
		if i > 0 && i%groupChars == 0 {
			text = append(text, '-')
		}
		text = append(text, digit)
	}
	return string(text)
}

func (c Code) checksum() int64 {
	h := sha256.Sum256(append([]byte("portcullis gift code\x00"), c.raw[:]...))
	return int64(h[0])<<4 | int64(h[1])>>4
}

// digitsOf are the last digits of a number, so many.
func digitsOf(n *big.Int, digits int) []byte {
	text, five, rest := make([]byte, digits), big.NewInt(32), new(big.Int)
	n = new(big.Int).Set(n)
	for i := range text {
		n.DivMod(n, five, rest)
		text[digits-1-i] = alphabet[rest.Int64()]
	}
	return text
}

// What is wrong with a text that is no code. Nothing of it is repeated.
var (
	errEmpty = errors.New("there is no code")
	errLong  = errors.New("this is too long to be a gift code")
	errTyped = errors.New("one of its characters is wrong, or two changed places: compare it with what you were given")
)

// ParseCode reads a code as people write it: in any case, with any blanks and dashes, O for 0, I and L for 1.
func ParseCode(text string) (c Code, err error) {
	if len(text) > maxText {
		return c, errLong
	}
	n, digits := new(big.Int), 0
	for _, r := range strings.ToUpper(text) {
		if strings.ContainsRune(" -_\t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2015\u2212", r) {
			continue
		}
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		v := strings.IndexRune(alphabet, r)
		if v < 0 {
			return c, fmt.Errorf("a gift code has letters without U, and digits; character %d is neither", digits+1)
		}
		n.Lsh(n, 5).Or(n, big.NewInt(int64(v)))
		digits++
	}
	switch {
	case digits == 0:
		return c, errEmpty
	case digits != codeChars:
		return c, fmt.Errorf("a gift code has %d letters and digits, and this has %d", codeChars, digits)
	}
	sum := new(big.Int).And(n, big.NewInt(1<<sumBits-1)).Int64()
	n.Rsh(n, sumBits).FillBytes(c.raw[:])
	if c.checksum() != sum {
		return Code{}, errTyped
	}
	return c, nil
}
