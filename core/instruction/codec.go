package instruction

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"unicode/utf8"

	"portcullis/core/money"
)

// ErrCodec means that bytes are not what this version writes.
var ErrCodec = errors.New("instruction: malformed bytes")

// Codec writes or reads fixed little-endian fields. A type lists its fields once, and the same list serves both ways,
// so that they cannot differ. Reading stops at the first error and leaves zero values behind it.
//
// One goroutine uses a Codec at a time. Bytes and strings that were read are copies.
type Codec struct {
	buf     []byte // written so far, or still to be read
	reading bool
	version uint8 // layout of what is read; what is written is always of this program's Version
	err     error
	flow    func([]byte) ([]byte, error) // see Pause; nil where everything lies in buf
	size    int64                        // of what flow brings at most
}

// Writer returns a Codec that appends to b.
func Writer(b []byte) Codec { return Codec{buf: b, version: Version} }

// Reader returns a Codec that reads b, which this program's Version wrote.
func Reader(b []byte) Codec { return ReaderOf(b, Version) }

// ReaderOf returns a Codec that reads b, which was written in the given layout version, 1 to Version. Fields that came
// later than that stay zero: their zero value is what everything written before meant.
func ReaderOf(b []byte, version uint8) Codec { return Codec{buf: b, reading: true, version: version} }

// since says whether the layout has the fields that came with the version.
func (c *Codec) since(version uint8) bool { return c.version >= version }

// Since is since for the persisted forms of other packages.
func (c *Codec) Since(version uint8) bool { return c.since(version) }

// Bytes is what was written, or what is still unread.
func (c *Codec) Bytes() []byte { return c.buf }

// Reading says which way the Codec goes.
func (c *Codec) Reading() bool { return c.reading }

// Err is the first error, if any.
func (c *Codec) Err() error { return c.err }

// Fail records an error found by a type's own checks; the first one stays. Nothing more is read after it; what was
// written is to be thrown away.
func (c *Codec) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrCodec, fmt.Sprintf(format, args...))
	}
	if c.reading {
		c.buf = nil
	}
}

// End fails unless everything was read.
func (c *Codec) End() error {
	if c.err == nil && c.reading && len(c.buf) > 0 {
		c.Fail("%d bytes left over", len(c.buf))
	}
	return c.err
}

// take returns the next n bytes to read, or nil when they are not there.
func (c *Codec) take(n int) []byte {
	if len(c.buf) < n {
		c.short(n)
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

// short is kept out of the fields, which would be larger and slower with it; it is met once, if ever.
//
//go:noinline
func (c *Codec) short(n int) { c.Fail("ends early: %d bytes where %d are needed", len(c.buf), n) }

// The four numbers below read without take: they are most of every record, and a call costs as much as the read.

// Num8 is a one-byte field.
func Num8[T ~uint8 | ~int8](c *Codec, p *T) {
	if !c.reading {
		c.buf = append(c.buf, byte(*p))
	} else if len(c.buf) >= 1 {
		*p = T(c.buf[0])
		c.buf = c.buf[1:]
	} else {
		c.short(1)
	}
}

// Num16 is a two-byte field.
func Num16[T ~uint16](c *Codec, p *T) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint16(c.buf, uint16(*p))
	} else if len(c.buf) >= 2 {
		*p = T(binary.LittleEndian.Uint16(c.buf))
		c.buf = c.buf[2:]
	} else {
		c.short(2)
	}
}

// Num32 is a four-byte field.
func Num32[T ~uint32 | ~int32](c *Codec, p *T) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(*p))
	} else if len(c.buf) >= 4 {
		*p = T(binary.LittleEndian.Uint32(c.buf))
		c.buf = c.buf[4:]
	} else {
		c.short(4)
	}
}

// Num64 is an eight-byte field.
func Num64[T ~uint64 | ~int64](c *Codec, p *T) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, uint64(*p))
	} else if len(c.buf) >= 8 {
		*p = T(binary.LittleEndian.Uint64(c.buf))
		c.buf = c.buf[8:]
	} else {
		c.short(8)
	}
}

// Bool is a field of one byte, 0 or 1.
func (c *Codec) Bool(p *bool) {
	var n uint8
	if *p {
		n = 1
	}
	Num8(c, &n)
	if n > 1 {
		c.Fail("%d is neither no nor yes", n)
	}
	*p = n == 1
}

// Fixed is a field of as many bytes as p has.
func (c *Codec) Fixed(p []byte) {
	if !c.reading {
		c.buf = append(c.buf, p...)
	} else if b := c.take(len(p)); b != nil {
		copy(p, b)
	}
}

// Blob is a field of up to 65,535 bytes behind its length.
func (c *Codec) Blob(p *[]byte) {
	if len(*p) > 1<<16-1 {
		c.Fail("a field of %d bytes", len(*p))
		return
	}
	n := uint16(len(*p)) // #nosec G115 -- held against 65,535 above
	Num16(c, &n)
	if !c.reading {
		c.buf = append(c.buf, *p...)
		return
	}
	*p = nil
	if b := c.take(int(n)); len(b) > 0 {
		*p = append([]byte(nil), b...)
	}
}

// Text is a field of up to 65,535 bytes of UTF-8 behind its length. Bytes that are no UTF-8 are refused both ways: what
// prints a journal would have to bend them, and what stores text would refuse them. Which characters a text may hold
// is for who judges it.
func (c *Codec) Text(p *string) {
	if !c.reading {
		if len(*p) > 1<<16-1 {
			c.Fail("a text of %d bytes", len(*p))
			return
		}
		n := uint16(len(*p)) // #nosec G115 -- held against 65,535 above
		Num16(c, &n)
		c.buf = append(c.buf, *p...)
	} else {
		var n uint16
		Num16(c, &n)
		*p = string(c.take(int(n)))
	}
	if !utf8.ValidString(*p) {
		c.Fail("a text that is not UTF-8")
	}
}

// Count is the length of a list, at most limit; a reader stops on more, so that a damaged count cannot ask for memory.
func (c *Codec) Count(n, limit int) int {
	v := uint32(min(uint64(n), 1<<32-1)) // #nosec G115 -- a length is never negative
	Num32(c, &v)
	if int64(v) > int64(limit) {
		c.Fail("a list of %d where %d is the limit", v, limit)
		return 0
	}
	if c.err != nil {
		return 0
	}
	return int(v)
}

func (c *Codec) amount(p *money.Amount) { Num64(c, p) }
func (c *Codec) price(p *money.Price)   { Num64(c, p) }

func (c *Codec) reason(p *Reason) {
	if Num16(c, p); !p.known() {
		c.Fail("unknown reason %d", uint16(*p))
	}
}

// ClientID is a client order id behind its length.
func (c *Codec) ClientID(p *ClientID) {
	if c.reading {
		*p = ClientID{} // so that equal ids stay comparable, whatever was in p before
	}
	Num8(c, &p.n)
	if p.n > MaxClientID {
		c.Fail("a client order id of %d bytes", p.n)
		p.n = 0
		return
	}
	c.Fixed(p.b[:p.n])
	if !c.reading {
		return // only ClientIDOf makes one, and it has checked
	}
	for _, ch := range p.b[:p.n] {
		if !clientIDByte(ch) {
			c.Fail("a client order id with the byte %#x", ch)
			return
		}
	}
}

// Addr is an address in 16 bytes behind a byte that says which kind: 0 none, 4 or 6. Zones are not carried.
func (c *Codec) Addr(p *netip.Addr) {
	var kind uint8
	var b [16]byte
	if !c.reading && p.IsValid() {
		kind, b = 6, p.As16()
		if p.Is4() {
			kind = 4
		}
	}
	Num8(c, &kind)
	c.Fixed(b[:])
	if !c.reading || c.err != nil {
		return
	}
	switch kind {
	case 0:
		*p = netip.Addr{}
		if b != [16]byte{} {
			c.Fail("no address, and yet bytes of one")
		}
	case 4:
		*p = netip.AddrFrom16(b).Unmap()
		if !p.Is4() {
			c.Fail("not an IPv4 address")
		}
	case 6:
		*p = netip.AddrFrom16(b)
	default:
		c.Fail("unknown kind of address %d", kind)
	}
}

// Prefix is a network: its address and its length in bits.
func (c *Codec) Prefix(p *netip.Prefix) {
	// #nosec G115 -- a length of 0 to 128 bits; -1, of no prefix, is refused below
	addr, bits := p.Addr(), uint8(p.Bits())
	c.Addr(&addr)
	Num8(c, &bits)
	if c.reading && c.err == nil {
		*p = netip.PrefixFrom(addr, int(bits))
	}
	if !p.IsValid() || p.Masked() != *p {
		c.Fail("not a network")
	}
}
