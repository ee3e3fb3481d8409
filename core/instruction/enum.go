package instruction

import (
	"fmt"
	"slices"
	"strings"
)

// The numbers below are persisted: they are append-only and never used again for something else.

// Side is which side of the book an order stands on.
type Side uint8

const (
	Buy  Side = 1 // gives quote, receives base
	Sell Side = 2 // gives base, receives quote
)

// Opposite is the other side.
func (s Side) Opposite() Side { return 3 - s }

// OrderType is how an order's price is found.
type OrderType uint8

const (
	Limit      OrderType = 1 // at its price or better
	MarketType OrderType = 2 // at what the book offers; what is left expires
	LimitMaker OrderType = 3 // limit, refused when it would take (post-only)
)

// TimeInForce is how long what cannot be filled at once stays.
type TimeInForce uint8

const (
	GTC TimeInForce = 1 // good till cancelled: the rest stays in the book
	IOC TimeInForce = 2 // immediate or cancel: the rest expires
	FOK TimeInForce = 3 // fill or kill: all at once, or nothing
)

// MarketState is what a market accepts.
type MarketState uint8

const (
	Open       MarketState = 1 // orders and cancels
	CancelOnly MarketState = 2 // cancels
	Halted     MarketState = 3 // cancels; its prices count for nothing until it is opened again
)

// Standing is how far an order in the book has come.
type Standing uint8

const (
	Unfilled     Standing = 1 // nothing of it is filled
	PartlyFilled Standing = 2 // some of it is
)

// CloseCause is why an order left the book, or never got there.
type CloseCause uint8

const (
	ByFill   CloseCause = 1 // nothing of it is left
	ByCancel CloseCause = 2 // its owner, or the operator, cancelled it
	ByExpiry CloseCause = 3 // the rest of an IOC, FOK or market order
	// Since layout version 2:
	ByPrevention CloseCause = 4 // it would have traded with its own account
	ByList       CloseCause = 5 // another order of its list started, or ended
	ByRefusal    CloseCause = 6 // it could not start when it was to
	ByFirst      CloseCause = 7 // the order that it was pending on ended unfilled
	// Since layout version 3:
	ByBudget CloseCause = 8 // its owner's loss budget does not bear it
)

// Scheme is how a credential proves itself.
type Scheme uint8

const (
	Ed25519 Scheme = 1
	RSA     Scheme = 2 // RSASSA-PKCS1-v1_5 with SHA-256
	HMAC    Scheme = 3 // HMAC-SHA256 with a shared secret
)

// Rights is a set of what a credential may do.
type Rights uint8

const (
	MayRead     Rights = 1 << 0
	MayTrade    Rights = 1 << 1
	MayWithdraw Rights = 1 << 2
	MayTransfer Rights = 1 << 3 // between accounts of the same customer
	MayOwn      Rights = 1 << 4 // the owner's word. Goes with MayRead and with nothing else
	allRights          = MayRead | MayTrade | MayWithdraw | MayTransfer | MayOwn
)

// Has says that all of r2 are in r.
func (r Rights) Has(r2 Rights) bool { return r&r2 == r2 }

// Decision is what the gate says.
type Decision uint8

const (
	Allow     Decision = 1
	Challenge Decision = 2 // waits for its owner's word
	Hold      Decision = 3 // waits for time or for an operator
	Deny      Decision = 4
)

// Giver is the kind of a principal.
type Giver uint8

const (
	ByEngine     Giver = 1 // the venue's own clock
	ByOperator   Giver = 2 // the person who runs the venue, at the local socket
	ByCredential Giver = 3 // a customer's API key, or the owner's credential
	ByVenue      Giver = 4 // the venue itself, of what it saw
	// Since layout version 5:
	ByWallet Giver = 5 // the wallet, of what it saw on chains and sends there
	ByBearer Giver = 6 // whoever brings a gift code; nobody has to know who that is
)

// names holds the text of each value of an enumeration, by its number; "" is a number not in use.
type names []string

func (n names) text(i int) string {
	if i < len(n) && n[i] != "" {
		return n[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

func (n names) find(what, text string) (uint8, error) {
	if i := slices.Index(n, strings.ToUpper(text)); i > 0 {
		return uint8(i), nil // #nosec G115 -- the sets have fewer than 256 names
	}
	known := slices.DeleteFunc(slices.Clone(n), func(s string) bool { return s == "" })
	return 0, fmt.Errorf("%q is no %s: it is one of %s", text, what, strings.Join(known, ", "))
}

var (
	sideNames     = names{"", "BUY", "SELL"}
	typeNames     = names{"", "LIMIT", "MARKET", "LIMIT_MAKER"}
	tifNames      = names{"", "GTC", "IOC", "FOK"}
	stateNames    = names{"", "OPEN", "CANCEL_ONLY", "HALTED"}
	standingNames = names{"", "UNFILLED", "PARTLY_FILLED"}
	causeNames    = names{"", "FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH", "EXPIRED_BY_LIST", "REFUSED", "EXPIRED_PENDING", "EXPIRED_BY_BUDGET"}
	schemeNames   = names{"", "ED25519", "RSA", "HMAC"}
	decisionNames = names{"", "ALLOW", "CHALLENGE", "HOLD", "DENY"}
	giverNames    = names{"", "ENGINE", "OPERATOR", "CREDENTIAL", "VENUE", "WALLET", "BEARER"}
	rightNames    = names{"READ", "TRADE", "WITHDRAW", "TRANSFER", "OWN"}
)

func (s Side) String() string        { return sideNames.text(int(s)) }
func (t OrderType) String() string   { return typeNames.text(int(t)) }
func (t TimeInForce) String() string { return tifNames.text(int(t)) }
func (s MarketState) String() string { return stateNames.text(int(s)) }
func (s Standing) String() string    { return standingNames.text(int(s)) }
func (c CloseCause) String() string  { return causeNames.text(int(c)) }
func (s Scheme) String() string      { return schemeNames.text(int(s)) }
func (d Decision) String() string    { return decisionNames.text(int(d)) }
func (g Giver) String() string       { return giverNames.text(int(g)) }

func (s Side) MarshalText() ([]byte, error)        { return []byte(s.String()), nil }
func (t OrderType) MarshalText() ([]byte, error)   { return []byte(t.String()), nil }
func (t TimeInForce) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
func (s MarketState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s Standing) MarshalText() ([]byte, error)    { return []byte(s.String()), nil }
func (c CloseCause) MarshalText() ([]byte, error)  { return []byte(c.String()), nil }
func (s Scheme) MarshalText() ([]byte, error)      { return []byte(s.String()), nil }
func (d Decision) MarshalText() ([]byte, error)    { return []byte(d.String()), nil }
func (g Giver) MarshalText() ([]byte, error)       { return []byte(g.String()), nil }
func (r Rights) MarshalText() ([]byte, error)      { return []byte(r.String()), nil }

// String lists the rights, joined by commas.
func (r Rights) String() string { return joined(uint8(r), rightNames) }

// joined lists the names of the bits that are set.
func joined(set uint8, names names) string {
	var parts []string
	for i, n := range names {
		if set&(1<<i) != 0 {
			parts = append(parts, n)
		}
	}
	return strings.Join(parts, ",")
}

// ParseRights reads a list of rights joined by commas, in any case.
func ParseRights(text string) (Rights, error) {
	var r Rights
	for part := range strings.SplitSeq(text, ",") {
		i := slices.Index(rightNames, strings.ToUpper(strings.TrimSpace(part)))
		if i < 0 {
			return 0, fmt.Errorf("%q is no right: rights are READ, TRADE, WITHDRAW, TRANSFER and OWN, joined by commas", part)
		}
		r |= 1 << i
	}
	return r, nil
}

// ParseScheme reads a scheme's name, in any case.
func ParseScheme(text string) (Scheme, error) {
	n, err := schemeNames.find("kind of key", text)
	return Scheme(n), err
}

// ParseMarketState reads a market state's name, in any case.
func ParseMarketState(text string) (MarketState, error) {
	n, err := stateNames.find("market state", text)
	return MarketState(n), err
}

// enum is a one-byte field whose values are 1 to last. It is checked both ways: what cannot be read must not be written.
func enum[T ~uint8](c *Codec, p *T, last T) {
	Num8(c, p)
	if c.err == nil && (*p == 0 || *p > last) {
		c.Fail("%T %d is unknown", *p, uint8(*p))
	}
}

// optional is enum for values from 0 to last.
func optional[T ~uint8](c *Codec, p *T, last T) {
	Num8(c, p)
	if c.err == nil && *p > last {
		c.Fail("%T %d is unknown", *p, uint8(*p))
	}
}
