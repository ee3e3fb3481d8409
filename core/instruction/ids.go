package instruction

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"
)

// Identifiers are dense, start at 1, are given out by the core and never reused. 0 means none.
type (
	// Account owns balances.
	Account uint32
	// Asset is one currency or coin.
	Asset uint16
	// Market is one pair of assets.
	Market uint16
	// Credential is an API key, living or tombstone.
	Credential uint32
	// Order is unique over all markets.
	Order uint64
	// Trade counts the fills of one market.
	Trade uint64
	// TransferID counts the transfers between accounts.
	TransferID uint64
	// DropID counts the drops.
	DropID uint32
	// Match counts the prevented matches of one market.
	Match uint64
	// MatterID counts what waits for time or for an owner's word.
	MatterID uint64
	// PayoutID counts the payouts.
	PayoutID uint64
	// IncidentID counts the incidents.
	IncidentID uint32
	// List is a list of orders, unique over all markets.
	List uint64
)

// Fees is the account that the venue's own fees go to. It is opened with the first record.
const Fees Account = 1

// Time is microseconds since 1970-01-01 UTC, as stamped by the engine. It never goes back.
type Time int64

// Spans of Time.
const (
	Millisecond Time = 1000
	Second           = 1000 * Millisecond
	Day              = 86400 * Second
	Year             = 365 * Day // for which a key keeps its rights without being renewed
)

// TimeOf converts t, dropping what is below a microsecond.
func TimeOf(t time.Time) Time { return Time(t.UnixMicro()) }

// Std is t in UTC for printing; no decision rests on it.
func (t Time) Std() time.Time { return time.UnixMicro(int64(t)).UTC() }

// Milli is t in whole milliseconds.
func (t Time) Milli() int64 { return int64(t) / 1000 }

// MarshalText gives RFC 3339 with microseconds; the zero time is empty.
func (t Time) MarshalText() ([]byte, error) {
	if t == 0 {
		return nil, nil
	}
	return t.Std().AppendFormat(nil, "2006-01-02T15:04:05.000000Z"), nil
}

// KeyID names an API key: the first half of the SHA-256 of the key's text as clients send it. Journals and logs carry
// the name only, so that they do not give away what a client must present.
type KeyID [16]byte

// KeyIDOf is the name of the API key with this text.
func KeyIDOf(apiKey string) KeyID {
	sum := sha256.Sum256([]byte(apiKey))
	return KeyID(sum[:16])
}

// String is the name in hexadecimal.
func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// MarshalText is String.
func (k KeyID) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Digest identifies one signed request, so that it cannot be given twice. The zero digest is of no signed request.
type Digest [16]byte

// DigestOf names a signed request by who signed what. It is the identity by which a request is taken up once, so that all edges
// must make it alike.
func DigestOf(signer KeyID, payload []byte) Digest {
	h := sha256.New()
	h.Write(signer[:])
	h.Write(payload)
	return Digest(h.Sum(nil)[:16])
}

// IsZero says that there was no signed request.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText is hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(d[:])), nil }

// MaxClientID is the length limit of a client's own order id, in bytes.
const MaxClientID = 36

// ClientID is a client's own name for an order: 1 to MaxClientID of the characters a-z A-Z 0-9 . : / _ -, or empty.
// It is comparable and holds no pointer.
type ClientID struct {
	n uint8
	b [MaxClientID]byte
}

// ErrClientID says what a client order id may look like.
var ErrClientID = errors.New("a client order id has 1 to " + strconv.Itoa(MaxClientID) + " of the characters a-z A-Z 0-9 . : / _ -")

// ClientIDOf checks and packs s; the empty text gives the empty id.
func ClientIDOf(s string) (ClientID, error) {
	var c ClientID
	if len(s) > MaxClientID {
		return c, ErrClientID
	}
	for i := 0; i < len(s); i++ {
		if !clientIDByte(s[i]) {
			return ClientID{}, ErrClientID
		}
	}
	c.n = uint8(copy(c.b[:], s)) // #nosec G115 -- at most the size of the array
	return c, nil
}

func clientIDByte(ch byte) bool {
	switch {
	case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9':
		return true
	}
	return ch == '.' || ch == ':' || ch == '/' || ch == '_' || ch == '-'
}

// IsZero says that the id is empty.
func (c *ClientID) IsZero() bool { return c.n == 0 }

// String is the id's text.
func (c ClientID) String() string { return string(c.b[:c.n]) }

// Append adds the id's text to b.
func (c *ClientID) Append(b []byte) []byte { return append(b, c.b[:c.n]...) }

// MarshalText is String.
func (c ClientID) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
