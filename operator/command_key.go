package operator

import (
	"encoding/json"

	"portcullis/internal/mandate"
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
	// What it may trade, by the asset that prices are quoted in, and what it may withdraw; empty: no caps.
	Trades      []mandate.Cap `json:"trades,omitempty"`
	Withdrawals []mandate.Cap `json:"withdrawals,omitempty"`
	Codes       []mandate.Cap `json:"codes,omitempty"` // gift codes that it may issue by itself; empty: none
}

// ChangeKey gives a key another mandate. What is not there stays as it is; an empty list lets everything, as an empty end
// means none. What it takes away is gone at once, what it adds waits.
type ChangeKey struct {
	NamedKey
	mandate.Mandate
}

// KeyChanged answers ChangeKey, and KeyCreate where a further owner's key waits.
type KeyChanged struct {
	Outcome
	Now    bool   `json:"now"`              // something was changed at once
	Matter uint64 `json:"matter,omitempty"` // the number under which the rest waits; 0: nothing does
	Due    string `json:"due,omitempty"`    // when that is over
}

// KeyCreated answers CreateKey. Secret and PrivateKey are shown here and never again.
type KeyCreated struct {
	Outcome
	Key        uint32 `json:"key"`
	Name       string `json:"name"`    // what journals and logs call it
	APIKey     string `json:"api_key"` // what the client sends in X-MBX-APIKEY
	Secret     Shown  `json:"secret,omitzero"`
	PrivateKey Shown  `json:"private_key,omitzero"` // PEM, PKCS #8
	Matter     uint64 `json:"matter,omitempty"`     // the number under which an owner's key waits that is not the first; 0: none does
	Due        string `json:"due,omitempty"`        // when that is over
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
	Key         uint32        `json:"key"`
	Name        string        `json:"name"`
	Account     uint32        `json:"account"`
	Scheme      string        `json:"scheme"`
	Label       string        `json:"label"`
	Integrator  string        `json:"integrator,omitempty"`
	Rights      []string      `json:"rights"`
	Symbols     []string      `json:"symbols"`               // empty: all
	Networks    []string      `json:"networks"`              // empty: any
	Trades      []mandate.Cap `json:"trades,omitempty"`      // none: no caps
	Withdrawals []mandate.Cap `json:"withdrawals,omitempty"` // likewise
	Codes       []mandate.Cap `json:"codes,omitempty"`       // none: it issues no gift codes by itself
	Owner       bool          `json:"owner,omitempty"`
	Legacy      bool          `json:"legacy,omitempty"`
	Quarantine  string        `json:"quarantine,omitempty"` // WORD or ALARM: it may only read and cancel; empty while it is not in quarantine
	Incident    uint32        `json:"incident,omitempty"`   // of the alarm
	Waiting     uint64        `json:"waiting,omitempty"`    // the number under which a wider mandate waits
	Created     string        `json:"created"`
	Renewed     string        `json:"renewed,omitempty"` // none of keys that do not age
	Ages        string        `json:"ages,omitempty"`    // when it falls back to reading and cancelling unless it is renewed
	Expires     string        `json:"expires,omitempty"`
	Revoked     string        `json:"revoked,omitempty"` // empty while it lives
}

// Keys answers ListKeys.
type Keys struct {
	Keys []Key  `json:"keys"`
	More bool   `json:"more"`           // ask again, after Next
	Next uint32 `json:"next,omitempty"` // the last number looked at
}

// NamedKey is a key that a command is about: by its number, or by its name or API key's text.
type NamedKey struct {
	Key  uint32 `json:"key"`
	Name string `json:"name"`
}

// RevokeKey makes a key a tombstone.
type RevokeKey = NamedKey

// RenewKey has a key keep its rights for another year.
type RenewKey = NamedKey

// KeyRenewed answers RenewKey.
type KeyRenewed struct {
	Outcome
	Ages string `json:"ages"` // until then it has its rights
}
