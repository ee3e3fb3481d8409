package archive

import (
	"math/big"
	"strconv"

	"portcullis/core/money"
)

// volumeBase splits a volume into two int64, in decimal, so that both parts can be stored and printed as they are.
const volumeBase = 1_000_000_000_000_000_000

// Volume is a sum of amounts of one asset, none of them negative: 0 to 9.2e36 units. A day of trading the whole supply to
// and fro does not fit an Amount; 2^61 units a million times a second for ten thousand years fit a Volume.
type Volume struct {
	hi, lo int64 // hi*volumeBase + lo, with 0 <= lo < volumeBase
}

// VolumeOf is the amount, which must not be negative, as a volume.
func VolumeOf(a money.Amount) Volume {
	return Volume{int64(a) / volumeBase, int64(a) % volumeBase}
}

// Plus is the sum of both.
func (v Volume) Plus(w Volume) Volume {
	v.hi += w.hi
	v.lo += w.lo // below 2 * 10^18, which an int64 holds
	if v.lo >= volumeBase {
		v.hi++
		v.lo -= volumeBase
	}
	return v
}

// IsZero says that nothing was traded.
func (v Volume) IsZero() bool { return v == Volume{} }

// Big is the volume in units, for what divides volumes.
func (v Volume) Big() *big.Int {
	n := big.NewInt(v.hi)
	return n.Add(n.Mul(n, big.NewInt(volumeBase)), big.NewInt(v.lo))
}

// Append writes v as a decimal with exactly s decimals.
func (v Volume) Append(b []byte, s money.Scale) []byte {
	one := s.One() // divides volumeBase
	if v.hi > 0 {
		b = strconv.AppendInt(b, v.hi, 10)
		rest := strconv.FormatInt(volumeBase/one+v.lo/one, 10) // 1, then the digits with their leading zeros
		b = append(b, rest[1:]...)
	} else {
		b = strconv.AppendInt(b, v.lo/one, 10)
	}
	if s > 0 {
		decimals := strconv.FormatInt(one+v.lo%one, 10)
		b = append(append(b, '.'), decimals[1:]...)
	}
	return b
}

// Text is Append as a string.
func (v Volume) Text(s money.Scale) string { return string(v.Append(nil, s)) }
