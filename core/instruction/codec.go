package instruction

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

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
	err     error
}

// Writer returns a Codec that appends to b.
func Writer(b []byte) Codec { return Codec{buf: b} }

// Reader returns a Codec that reads b.
func Reader(b []byte) Codec { return Codec{buf: b, reading: true} }

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
		c.Fail("ends early: %d bytes where %d are needed", len(c.buf), n)
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

// Num8 is a one-byte field.
func Num8[T ~uint8 | ~int8](c *Codec, p *T) {
	if !c.reading {
		c.buf = append(c.buf, byte(*p))
	} else if b := c.take(1); b != nil {
		*p = T(b[0])
	}
}

// Num16 is a two-byte field.
func Num16[T ~uint16](c *Codec, p *T) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint16(c.buf, uint16(*p))
	} else if b := c.take(2); b != nil {
		*p = T(binary.LittleEndian.Uint16(b))
	}
}

// Num32 is a four-byte field.
func Num32[T ~uint32 | ~int32](c *Codec, p *T) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(*p))
	} else if b := c.take(4); b != nil {
		*p = T(binary.LittleEndian.Uint32(b))
	}
}

// Num64 is an eight-byte field.
func Num64[T ~uint64 | ~int64](c *Codec, p *T) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, uint64(*p))
	} else if b := c.take(8); b != nil {
		*p = T(binary.LittleEndian.Uint64(b))
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
	n := uint16(len(*p))
	if len(*p) > 1<<16-1 {
		c.Fail("a field of %d bytes", len(*p))
		return
	}
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

// Text is a field of up to 65,535 bytes of text behind its length.
func (c *Codec) Text(p *string) {
	if !c.reading {
		n := uint16(len(*p))
		if len(*p) > 1<<16-1 {
			c.Fail("a text of %d bytes", len(*p))
			return
		}
		Num16(c, &n)
		c.buf = append(c.buf, *p...)
		return
	}
	var n uint16
	Num16(c, &n)
	*p = string(c.take(int(n)))
}

// Count is the length of a list, at most limit; a reader stops on more, so that a damaged count cannot ask for memory.
func (c *Codec) Count(n, limit int) int {
	v := uint32(n)
	if n > limit {
		c.Fail("a list of %d where %d is the limit", n, limit)
		return 0
	}
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

// ClientID is a client order id behind its length.
func (c *Codec) ClientID(p *ClientID) {
	Num8(c, &p.n)
	if p.n > MaxClientID {
		c.Fail("a client order id of %d bytes", p.n)
		return
	}
	c.Fixed(p.b[:p.n])
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
