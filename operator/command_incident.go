package operator

// Incident is one incident, as the list shows it.
type Incident struct {
	Incident    uint32 `json:"incident"`
	Cause       string `json:"cause"`   // TOMBSTONE_PROVEN, TWO_TOMBSTONES, TOMBSTONE_WITH_LIVE or CANARY
	Network     string `json:"network"` // where it opened
	Opened      string `json:"opened"`
	Closed      string `json:"closed,omitempty"` // empty while it is open
	Reason      string `json:"reason,omitempty"` // it was closed for
	Networks    int    `json:"networks"`
	Credentials int    `json:"credentials"`
	Records     uint32 `json:"records"` // that were noted
}

// Incidents answers IncidentList: all that are open, and the newest of the closed ones.
type Incidents struct {
	Incidents []Incident `json:"incidents"`
}

// ShowIncident asks for one incident. The timeline begins at a record, and has at most MaxPage.
type ShowIncident struct {
	Incident uint32 `json:"incident"`
	From     uint64 `json:"from"` // record that the timeline begins at; 0: the first
}

// IncidentShown answers ShowIncident.
type IncidentShown struct {
	Incident
	Networks    []string    `json:"networks"` // where deleted keys were used
	Credentials []Concerned `json:"credentials"`
	Accounts    []Stake     `json:"accounts"` // of those credentials
	Before      []Seen      `json:"before"`   // what was seen at its networks in the 30 days before it opened, the newest first
	Timeline    []Moment    `json:"timeline"`
	More        uint64      `json:"more,omitempty"`         // ask again from this record
	Lags        bool        `json:"history_lags,omitempty"` // history is catching up: Before and Timeline are not whole yet
	Next        []Advice    `json:"next"`
}

// Concerned is a credential that an incident concerns.
type Concerned struct {
	Key        uint32 `json:"key"`
	Name       string `json:"name"`
	Account    uint32 `json:"account"`
	Ref        string `json:"ref"`      // of the account
	Customer   uint32 `json:"customer"` // the master account
	Standing   string `json:"standing"` // LIVING, QUARANTINED, DELETED or DECOY
	Integrator string `json:"integrator,omitempty"`
	Created    string `json:"created"`
	Deleted    string `json:"deleted,omitempty"`
	Records    uint16 `json:"records"` // of it that were noted
	AtHome     bool   `json:"at_home"` // its customer is at home where the incident opened: it may be a program that was forgotten
}

// Stake is what an account has at stake.
type Stake struct {
	Account     uint32   `json:"account"`
	Ref         string   `json:"ref"`
	Locked      bool     `json:"locked,omitempty"`
	OpenOrders  int      `json:"open_orders"`
	Withdrawals []string `json:"withdrawals"` // that have not gone out yet: number, state and amount
}

// Seen is what was seen of a credential at a network in one day.
type Seen struct {
	Network string `json:"network"`
	Key     uint32 `json:"key"`
	Act     string `json:"act"` // USED_LIVE: it was used for reading; USED_TOMBSTONE: it was deleted, or is a decoy
	First   string `json:"first"`
	Last    string `json:"last"`
	Times   int    `json:"times"`
}

// Moment is one record of an incident.
type Moment struct {
	Seq         uint64 `json:"seq"`
	Time        string `json:"time"`
	Key         uint32 `json:"key"`
	Network     string `json:"network"`
	Act         string `json:"act"`
	Instruction string `json:"instruction"`
	Verdict     string `json:"verdict"` // NOTED of what an edge saw
	Reason      string `json:"reason"`
}

// Advice is a command that may be the next one, and what it does.
type Advice struct {
	Command string `json:"command"`
	Why     string `json:"why"`
}

// CloseIncident ends an incident.
type CloseIncident struct {
	Incident uint32 `json:"incident"`
	Reason   string `json:"reason"` // what it was and what was done; 1 to 500 bytes
}

// LockAccount leaves an account's keys, and those of its sub-accounts, nothing but reading and cancelling.
type LockAccount struct {
	Account uint32 `json:"account"`
	Reason  string `json:"reason"` // at most 200 bytes; the customer reads it
}

// UnlockAccount ends a lock.
type UnlockAccount struct {
	Account uint32 `json:"account"`
}

// HoldKey puts a key into quarantine, or restores it. It is named by its number, or by its name or API key's text.
type HoldKey struct {
	Key  uint32 `json:"key"`
	Name string `json:"name"`
}
