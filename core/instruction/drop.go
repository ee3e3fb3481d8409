package instruction

import "net/netip"

// Class is what kind of instructions a drop shuts: append-only.
type Class uint8

const (
	DropWithdrawals Class = 1 // value leaving to outside addresses
	DropClaims      Class = 2 // gift codes being claimed
	DropTrading     Class = 3 // new orders; those that rest stay
	DropKeys        Class = 4 // all that a key may do but reading and cancelling; its resting orders are cancelled
	DropStepUp      Class = 5 // all that a key may do but reading and cancelling, until it is renewed; its resting orders stay
)

var classNames = names{"", "WITHDRAWALS", "CLAIMS", "TRADING", "KEYS", "STEP_UP"}

func (c Class) String() string               { return classNames.text(int(c)) }
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ParseClass reads a class's name, in any case.
func ParseClass(text string) (Class, error) {
	n, err := classNames.find("class of instructions", text)
	return Class(n), err
}

// Scope is whom and what a drop concerns. What is set must all hold; the zero Scope concerns everybody and everything.
type Scope struct {
	Asset      Asset          // instructions that move it, or trade in its markets
	Networks   []netip.Prefix // requests that come from one of them
	Integrator string         // keys made for this third party
	Before     Time           // keys created before
	// Since layout version 4:
	After   Time   // keys created at this time or later
	AliveAt Time   // keys created by this time, and not deleted by then: what a copy had
	Client  uint64 // requests that come with this client fingerprint
}

// Bare says that it names nothing, and so concerns everybody and everything.
func (s *Scope) Bare() bool {
	return s.Asset == 0 && len(s.Networks) == 0 && s.Integrator == "" && s.Before == 0 && s.After == 0 && s.AliveAt == 0 && s.Client == 0
}

func (s *Scope) fields(c *Codec) {
	Num16(c, &s.Asset)
	c.networks(&s.Networks)
	c.Text(&s.Integrator)
	Num64(c, &s.Before)
	if c.since(4) {
		Num64(c, &s.After)
		Num64(c, &s.AliveAt)
		Num64(c, &s.Client)
	}
}

// Drop shuts a class of instructions at once.
type Drop struct {
	Class  Class
	Scope  Scope
	Reason string // for customers; at most 200 bytes
	Until  Time   // what customers are told; 0: nothing. It opens nothing: only Raise does
}

// Raise opens again what a drop shut, for a share of the customers; at 100 the drop is over.
type Raise struct {
	Drop  DropID
	Share uint8 // in percent, more than before
}

// Dropped follows Drop.
type Dropped struct {
	ID   DropID
	Drop Drop
}

// Raised follows Raise.
type Raised struct {
	Drop  DropID
	Share uint8
}

// Swept says how far the orders of keys that a drop shut have been cancelled: before this key, and of this key in markets
// before this one.
type Swept struct {
	Drop   DropID
	Next   Credential
	Market Market
}

func (*Drop) Kind() Kind              { return KindDrop }
func (*Raise) Kind() Kind             { return KindRaise }
func (*Dropped) EventKind() EventKind { return KindDropped }
func (*Raised) EventKind() EventKind  { return KindRaised }
func (*Swept) EventKind() EventKind   { return KindSwept }

// Fields is the persisted layout.
func (i *Drop) Fields(c *Codec) {
	enum(c, &i.Class, DropStepUp)
	i.Scope.fields(c)
	c.Text(&i.Reason)
	Num64(c, &i.Until)
}

func (i *Drop) fields(c *Codec) { i.Fields(c) }

func (i *Raise) fields(c *Codec) {
	Num32(c, &i.Drop)
	Num8(c, &i.Share)
}

func (e *Dropped) fields(c *Codec) {
	Num32(c, &e.ID)
	e.Drop.Fields(c)
}

func (e *Raised) fields(c *Codec) {
	Num32(c, &e.Drop)
	Num8(c, &e.Share)
}

func (e *Swept) fields(c *Codec) {
	Num32(c, &e.Drop)
	Num32(c, &e.Next)
	Num16(c, &e.Market)
}
