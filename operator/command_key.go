package operator

import (
	"encoding/json"

	"portcullis/internal/secret"
)

// CreateKey registers a key of an account: with the public key that the customer gives, or with one that is made here.
type CreateKey struct {
	Account   uint32 `json:"account"`
	Scheme    string `json:"scheme"`     // ED25519, RSA or HMAC; may be empty with PublicKey
	PublicKey string `json:"public_key"` // PEM, PKIX; empty: the venue makes the key
	Label     string `json:"label"`      // the owner's own word for it
	// Integrator is the third party that the customer makes it for, such as a bot platform; empty: none.
	Integrator string   `json:"integrator"`
	Rights     []string `json:"rights"`   // READ, TRADE, WITHDRAW, TRANSFER; empty: READ
	Symbols    []string `json:"symbols"`  // markets it may trade in; empty: all
	Networks   []string `json:"networks"` // such as 203.0.113.7/32 or 2001:db8::/48; empty: any
	Expires    string   `json:"expires"`  // 2027-01-31, 2027-01-31T12:00:00Z, or after a time such as 90d or 12h; empty: never
}

// KeyCreated answers CreateKey. Secret and PrivateKey are shown here and never again.
type KeyCreated struct {
	Outcome
	Key        uint32 `json:"key"`
	Name       string `json:"name"`    // what journals and logs call it
	APIKey     string `json:"api_key"` // what the client sends in X-MBX-APIKEY
	Secret     Shown  `json:"secret,omitzero"`
	PrivateKey Shown  `json:"private_key,omitzero"` // PEM, PKCS #8
}

// Shown is a secret on its way to its owner. It is written out as JSON, which is how a reply carries it, and redacted
// wherever else it is printed.
type Shown struct{ secret.Bytes }

// MarshalJSON is the secret itself.
func (s Shown) MarshalJSON() ([]byte, error) { return json.Marshal(string(s.Reveal())) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Shown) UnmarshalJSON(b []byte) error {
	var text string
	err := json.Unmarshal(b, &text)
	s.Bytes = secret.New([]byte(text))
	return err
}

// ListKeys asks for the keys of an account, or of all.
type ListKeys struct {
	Account uint32 `json:"account"` // 0: all accounts
	After   uint32 `json:"after"`   // the last number of the page before
}

// Key is one key, living or tombstone.
type Key struct {
	Key        uint32   `json:"key"`
	Name       string   `json:"name"`
	Account    uint32   `json:"account"`
	Scheme     string   `json:"scheme"`
	Label      string   `json:"label"`
	Integrator string   `json:"integrator,omitempty"`
	Rights     []string `json:"rights"`
	Symbols    []string `json:"symbols"`  // empty: all
	Networks   []string `json:"networks"` // empty: any
	Created    string   `json:"created"`
	Expires    string   `json:"expires,omitempty"`
	Revoked    string   `json:"revoked,omitempty"`    // empty while it lives
	Quarantine string   `json:"quarantine,omitempty"` // WORD or ALARM
	Incident   uint32   `json:"incident,omitempty"`   // of the alarm
}

// Keys answers ListKeys.
type Keys struct {
	Keys []Key  `json:"keys"`
	More bool   `json:"more"`           // ask again, after Next
	Next uint32 `json:"next,omitempty"` // the last number looked at
}

// RevokeKey makes a key a tombstone. It is named by its number, or by its name or API key's text.
type RevokeKey struct {
	Key  uint32 `json:"key"`
	Name string `json:"name"`
}
