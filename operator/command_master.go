package operator

// MasterKeys answers the commands of the master key: which keys there are, and how many secrets are sealed under each.
type MasterKeys struct {
	Keys     []MasterKey `json:"keys"`     // the newest first
	Resealed int         `json:"resealed"` // secrets that were sealed anew just now
}

// MasterKey is one master key, by its name.
type MasterKey struct {
	ID      string `json:"id"`
	Newest  bool   `json:"newest"`  // everything is sealed under it from now on
	Secrets int    `json:"secrets"` // of living keys, that are sealed under it
}

// ForgetMaster takes an older master key out of the file, once no living secret is sealed under it. Backups and journals of
// its time then hold secrets that nobody can open any more.
type ForgetMaster struct {
	ID string `json:"id"`
}
