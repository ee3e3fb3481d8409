package coin

import "strings"

// The usual address, read at a tenth of what the library takes: a payout's is read by whoever plans it and again by whoever signs it,
// and a transaction has a hundred of them.

// letters are those of bech32, and values what each stands for; 0xff is no letter.
const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

var values = func() (v [256]byte) {
	for i := range v {
		v[i] = 0xff
	}
	for i := range len(letters) {
		v[letters[i]] = byte(i)
	}
	return v
}()

// steps is what the checksum's polynomial takes away, by the five bits that leave (BIP 173).
var steps = func() (s [32]uint32) {
	for i := range s {
		for bit, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if i>>bit&1 != 0 {
				s[i] ^= g
			}
		}
	}
	return s
}()

func checksum(sum uint32, value byte) uint32 {
	return (sum&0x1ffffff)<<5 ^ uint32(value) ^ steps[sum>>25]
}

// sumLetters is how many letters at an address's end are its checksum.
const sumLetters = 6

// quick is the script of an address of this network in small letters, P2WPKH or P2WSH, that is right in every way; false says nothing.
func (n *Network) quick(address string) ([]byte, bool) {
	data, ours := strings.CutPrefix(address, n.hrp+"1")
	size := (len(data) - 1 - sumLetters) * 5 / 8 // behind the version
	if !ours || size != 20 && size != 32 || len(data) != 1+(size*8+4)/5+sumLetters || data[0] != letters[0] {
		return nil, false
	}
	sum := uint32(1)
	for i := range len(n.hrp) {
		sum = checksum(sum, n.hrp[i]>>5)
	}
	sum = checksum(sum, 0)
	for i := range len(n.hrp) {
		sum = checksum(sum, n.hrp[i]&31)
	}
	script := make([]byte, 2, 2+size)
	script[0], script[1] = op0, byte(size) // #nosec G115 -- 20 or 32
	bits, held := uint32(0), 0
	for i := range len(data) {
		v := values[data[i]]
		if v == 0xff {
			return nil, false
		}
		sum = checksum(sum, v)
		if i == 0 || i >= len(data)-sumLetters {
			continue
		}
		if bits, held = bits<<5|uint32(v), held+5; held >= 8 {
			held -= 8
			script = append(script, byte(bits>>held)) // #nosec G115 -- the next eight bits
		}
	}
	return script, sum == 1 && bits&(1<<held-1) == 0
}
