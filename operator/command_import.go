package operator

// MaxImport is how many keys one ImportKeys brings at most; MaxRequest bounds it too.
const MaxImport = 64

// ImportKeys brings keys over from another system as they were held there. The rules for new keys are not asked of them. A
// key that is here already is reported, so that an import that broke off can be given again.
type ImportKeys struct {
	Keys   []ImportKey `json:"keys"`
	DryRun bool        `json:"dry_run,omitempty"` // only say what would become of each
}

// ImportKey is one key. Its account is named by its number or by its reference; what the venue needs to verify is the secret
// of an HMAC key or the public key of others.
type ImportKey struct {
	Line      int    `json:"line"` // under which the answer comes back
	Account   uint32 `json:"account,omitempty"`
	Ref       string `json:"ref,omitempty"`
	APIKey    string `json:"api_key"` // what the client sends in X-MBX-APIKEY
	Secret    Shown  `json:"secret,omitzero"`
	PublicKey string `json:"public_key,omitempty"` // PEM, or its base64 alone
	Created   string `json:"created,omitempty"`    // 2017-03-01, or 2017-03-01T12:00:00Z; empty: now
	// Empty rights are all that an API key can have: READ, TRADE, WITHDRAW, TRANSFER.
	Rights     []string `json:"rights,omitempty"`
	Symbols    []string `json:"symbols,omitempty"`
	Networks   []string `json:"networks,omitempty"`
	Expires    string   `json:"expires,omitempty"`
	Label      string   `json:"label,omitempty"`
	Integrator string   `json:"integrator,omitempty"`
}

// What became of a key that was to be imported.
const (
	Imported = "IMPORTED"
	Sound    = "SOUND" // of a dry run: it would be imported
	Known    = "KNOWN" // it is here already, as it is given
	Rejected = "REJECTED"
)

// KeysImported answers ImportKeys, with one result for each key, in their order.
type KeysImported struct {
	Results []ImportResult `json:"results"`
}

// ImportResult is what became of one key.
type ImportResult struct {
	Line    int      `json:"line"`
	Outcome string   `json:"outcome"`           // IMPORTED, SOUND, KNOWN or REJECTED
	Key     uint32   `json:"key,omitempty"`     // its number here
	Refusal *Refusal `json:"refusal,omitempty"` // why it was rejected
}
