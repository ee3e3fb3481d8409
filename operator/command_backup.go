package operator

// BackupBegun answers BackupBegin. A canary is planted: a decoy key that lies in this backup and nowhere else, so that its
// use says which copy leaked. Then a snapshot is taken, which the backup begins with. The caller copies the files.
type BackupBegun struct {
	Outcome           // of the canary
	ID       string   `json:"id"`      // of the backup
	Created  string   `json:"created"` // by the venue's clock
	Account  uint32   `json:"account"` // that the canary is of; it owns nothing
	Key      uint32   `json:"key"`     // the canary's number
	APIKey   Shown    `json:"api_key"` // its text and secret, for the backup alone
	Secret   Shown    `json:"secret"`
	Snapshot Snapshot `json:"snapshot"`
	Gifts    int      `json:"gift_codes"` // that are known: they need gift.key, which no backup has
}

// Backup is one backup, as its canary tells of it.
type Backup struct {
	ID      string `json:"id"`
	Created string `json:"created"`
	Key     uint32 `json:"key"`
	Name    string `json:"name"`              // of the key, as journals and logs call it
	Revoked string `json:"revoked,omitempty"` // empty while it lives
}

// Backups answers BackupList, oldest first.
type Backups struct {
	Backups []Backup `json:"backups"`
}
