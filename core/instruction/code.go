package instruction

import "portcullis/core/money"

// Limits of gift codes.
const (
	MaxCodes       = 100 // of one IssueCodes
	MaxCodeMessage = 512 // bytes of a message, as it is sealed

	MinCodeLife = 60 * Second // from its issue until it expires
	MaxCodeLife = 2 * Year
)

// CodeState is how a gift code stands: append-only.
type CodeState uint8

const (
	LiveCode     CodeState = 1 // whoever brings it may have it
	ClaimedCode  CodeState = 2 // somebody has; where the payout for it is cancelled it goes back still
	ReturnedCode CodeState = 3 // what it was worth is its issuer's again
)

var codeNames = names{"", "LIVE", "CLAIMED", "RETURNED"}

func (s CodeState) String() string               { return codeNames.text(int(s)) }
func (s CodeState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// CodeHash is how a gift code is kept: a keyed hash of its text. The key stays at the edge.
type CodeHash [32]byte

// MarshalText says nothing of it: whoever has the edge's key could try codes against it.
func (CodeHash) MarshalText() ([]byte, error) { return []byte("hidden"), nil }

// NewCode is a gift code as it is issued.
type NewCode struct {
	Hash    CodeHash
	Message []byte // from who issues it to who claims it, sealed under the code's own text; empty for none
}

// IssueCodes turns balance of who asks into gift codes of the same amount each. Whoever brings one receives it.
type IssueCodes struct {
	Account Account // whose balance; the owner's word names it, an API key's is its own
	Asset   Asset
	Amount  money.Amount // of each
	Expires Time         // when those that nobody claimed go back
	Client  ClientID     // the customer's own name for the batch; may be empty
	Codes   []NewCode
}

// CodesIssued follows IssueCodes. The codes have the numbers from First on.
type CodesIssued struct {
	First      CodeID
	Account    Account
	Credential Credential
	Asset      Asset
	Amount     money.Amount
	Expires    Time
	Client     ClientID
	Codes      []NewCode
}

// ClaimCode brings a gift code: into the account of who asks, or, with To, to an address outside, for which nobody must be known.
type ClaimCode struct {
	Hash CodeHash
	To   Destination // the zero Destination: into the account
}

// CodeClaimed follows ClaimCode. Where it goes outside, the payout was made in the record: one of the venue's own account (Fees),
// which holds what live codes are worth.
type CodeClaimed struct {
	ID      CodeID
	Issuer  Account  // whose it was
	Account Account  // into which; 0 for outside
	Payout  PayoutID // by which; 0 for none
}

// CodeKnown says that the code had been claimed before for the same receiver; nothing more came of this one.
type CodeKnown struct {
	ID CodeID
}

// ReturnCode takes back a gift code that nobody has claimed.
type ReturnCode struct {
	ID CodeID
}

// CodeReturned says that what the code was worth is its issuer's again. So it is, without this event, where the payout by which a code
// was claimed is cancelled.
type CodeReturned struct {
	ID      CodeID
	Issuer  Account
	Expired bool // by time, and not by the issuer's word
}

// CodeForgotten says that a code that has been over for long is not known any more.
type CodeForgotten struct {
	ID CodeID
}

func (*IssueCodes) Kind() Kind { return KindIssueCodes }
func (*ClaimCode) Kind() Kind  { return KindClaimCode }
func (*ReturnCode) Kind() Kind { return KindReturnCode }

func (*CodesIssued) EventKind() EventKind   { return KindCodesIssued }
func (*CodeClaimed) EventKind() EventKind   { return KindCodeClaimed }
func (*CodeKnown) EventKind() EventKind     { return KindCodeKnown }
func (*CodeReturned) EventKind() EventKind  { return KindCodeReturned }
func (*CodeForgotten) EventKind() EventKind { return KindCodeForgotten }

func (n *NewCode) fields(c *Codec) {
	c.Fixed(n.Hash[:])
	c.Blob(&n.Message)
	if len(n.Message) > MaxCodeMessage {
		c.Fail("a message of %d bytes", len(n.Message))
	}
}

func (i *IssueCodes) fields(c *Codec) {
	Num32(c, &i.Account)
	Num16(c, &i.Asset)
	c.amount(&i.Amount)
	Num64(c, &i.Expires)
	c.ClientID(&i.Client)
	listed(c, &i.Codes, MaxCodes, (*NewCode).fields)
}

func (e *CodesIssued) fields(c *Codec) {
	Num64(c, &e.First)
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	Num16(c, &e.Asset)
	c.amount(&e.Amount)
	Num64(c, &e.Expires)
	c.ClientID(&e.Client)
	listed(c, &e.Codes, MaxCodes, (*NewCode).fields)
}

func (i *ClaimCode) fields(c *Codec) {
	c.Fixed(i.Hash[:])
	i.To.Fields(c)
}

func (e *CodeClaimed) fields(c *Codec) {
	Num64(c, &e.ID)
	Num32(c, &e.Issuer)
	Num32(c, &e.Account)
	Num64(c, &e.Payout)
}

func (e *CodeKnown) fields(c *Codec)  { Num64(c, &e.ID) }
func (i *ReturnCode) fields(c *Codec) { Num64(c, &i.ID) }

func (e *CodeReturned) fields(c *Codec) {
	Num64(c, &e.ID)
	Num32(c, &e.Issuer)
	c.Bool(&e.Expired)
}

func (e *CodeForgotten) fields(c *Codec) { Num64(c, &e.ID) }
