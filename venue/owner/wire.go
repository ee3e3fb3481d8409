package owner

import "portcullis/internal/mandate"

// What is asked and answered. Numbers of money are decimals as text, times are RFC 3339 in UTC; "about" is what the document
// says of a field.

// Matter is something that waits, for time or for the owner's word.
type Matter struct {
	Matter     uint64   `json:"matter" about:"Its number, by which it is answered."`
	Kind       string   `json:"kind" enum:"WIDENING,NEW_ADDRESS,SHORTER_WAIT,OUTGOING,HIGHER_BUDGET" about:"What it is: a key that is to get more, an address that is to be added, a wait that is to become shorter, a withdrawal, or a budget that is to become higher."`
	Account    uint32   `json:"account" about:"The account that it concerns."`
	Key        uint32   `json:"key,omitempty" about:"The key that it concerns."`
	Payout     uint64   `json:"payout,omitempty" about:"The withdrawal."`
	By         uint32   `json:"by,omitempty" about:"The key that asked for it, without which it ends; not there where the operator did."`
	What       string   `json:"what" about:"What it is, in words."`
	Due        string   `json:"due" about:"When the wait is over, if the clock does not stand still until then."`
	Unanswered string   `json:"unanswered" enum:"HOLDS,ENDS" about:"What comes of it when nobody answers until then: it holds, or it ends and nothing comes of it."`
	Answers    []string `json:"answers" about:"What can be said: no, and yes where a yes changes anything."`
	How        string   `json:"how" about:"How to stop it or let it go, in words."`
}

// Waiting answers GET /owner/v1/waiting.
type Waiting struct {
	Time    string   `json:"time" about:"Of the venue."`
	Frozen  string   `json:"frozen,omitempty" about:"Since when waits stand still after a jump of the venue's clock. While this is there, nothing comes due."`
	Wait    string   `json:"wait" about:"How long what the owner adds waits, such as 24h."`
	Waiting []Matter `json:"waiting" about:"What waits, by its number."`
}

// Key is one of the customer's keys, living or deleted.
type Key struct {
	Key         uint32        `json:"key" about:"Its number."`
	Name        string        `json:"name" about:"What journals and logs call it."`
	Account     uint32        `json:"account" about:"The account that it acts for."`
	Scheme      string        `json:"scheme" enum:"ED25519,RSA,HMAC" about:"How it signs."`
	Label       string        `json:"label" about:"Your own word for it."`
	Integrator  string        `json:"integrator,omitempty" about:"The third party that it was made for."`
	Owner       bool          `json:"owner" about:"It is an owner's key."`
	Rights      []string      `json:"rights" about:"READ, TRADE, WITHDRAW, TRANSFER, OWN."`
	Symbols     []string      `json:"symbols" about:"Markets that it may trade in; empty for all."`
	Networks    []string      `json:"networks" about:"Where it may be used from; empty for anywhere."`
	Expires     string        `json:"expires,omitempty" about:"When it ends."`
	Trades      []mandate.Cap `json:"trades" about:"Bounds of its orders by quote asset; empty for none, else other quote assets are shut."`
	Withdrawals []mandate.Cap `json:"withdrawals" about:"Bounds of its withdrawals by asset; empty for none, else other assets are shut."`
	Codes       []mandate.Cap `json:"codes" about:"Gift codes that it may issue by itself, by asset: of a batch, and of all in 24 hours; empty for none."`
	Created     string        `json:"created" about:"When it was created."`
	Ages        string        `json:"ages,omitempty" about:"When it may only read and cancel unless it is renewed before; of living keys that are no owner's."`
	Revoked     string        `json:"revoked,omitempty" about:"When it was deleted."`
	Quarantine  string        `json:"quarantine,omitempty" enum:"WORD,ALARM" about:"It may only read and cancel: by somebody's word, or because of an alarm; then it may do more from where it was used before."`
	Incident    uint32        `json:"incident,omitempty" about:"The incident of that alarm."`
	Legacy      bool          `json:"legacy,omitempty" about:"It was brought from elsewhere as it was held there."`
}

// Keys answers GET /owner/v1/keys.
type Keys struct {
	Keys []Key `json:"keys" about:"By their numbers, the deleted ones too."`
	More bool  `json:"more" about:"There are more keys than one answer has."`
}

// Account is one of the customer's accounts.
type Account struct {
	Account uint32 `json:"account" about:"Its number."`
	Ref     string `json:"ref" about:"The operator's reference for it."`
	Master  bool   `json:"master" about:"It is the master account: what holds for it holds for all of its sub-accounts."`
	Locked  string `json:"locked,omitempty" about:"Since when its keys may only read and cancel."`
	Why     string `json:"why,omitempty" about:"Why it was locked, as who locked it said."`
}

// Accounts answers GET /owner/v1/accounts.
type Accounts struct {
	Customer uint32    `json:"customer" about:"The master account."`
	Wait     string    `json:"wait" about:"How long what the owner adds waits, such as 24h."`
	Accounts []Account `json:"accounts" about:"The master account, then its sub-accounts."`
}

// ChangeKey gives a key another mandate: what it takes away is gone at once, what it adds waits.
type ChangeKey struct {
	Key     uint32          `json:"key" about:"Number of the key."`
	Mandate mandate.Mandate `json:"mandate" about:"What it may do; what is left out stays as it is."`
}

// NameKey names a key.
type NameKey struct {
	Key uint32 `json:"key" about:"Number of the key."`
}

// LockAccount locks an account.
type LockAccount struct {
	Account uint32 `json:"account,omitempty" about:"Number of the account; without it the master account, and with it all accounts."`
	Reason  string `json:"reason,omitempty" about:"Why, for the record; at most 200 bytes."`
}

// NameAccount names an account.
type NameAccount struct {
	Account uint32 `json:"account,omitempty" about:"Number of the account; without it the master account."`
}

// SetWait says how long additions wait.
type SetWait struct {
	Wait string `json:"wait" about:"From 24h to 90d, such as 48h or 7d. Longer holds at once; shorter waits for as long as the longer one."`
}

// Answer is a yes or no to what waits.
type Answer struct {
	Matter uint64 `json:"matter" about:"Number of what waits."`
	Yes    bool   `json:"yes" about:"true: let it go, which only a withdrawal needs; false: end it."`
}

// Address is an address outside the venue.
type Address struct {
	Account uint32 `json:"account,omitempty" about:"The account whose address book it is; without it the master account."`
	Asset   string `json:"asset" about:"Symbol of the asset."`
	Chain   string `json:"chain" about:"On which it moves: the asset's own symbol, where this venue has a chain for it; 1 to 16 of A-Z 0-9."`
	Address string `json:"address" about:"1 to 128 characters without blanks."`
	Tag     string `json:"tag,omitempty" about:"What some chains add to an address; at most 64 characters without blanks. Chains that this venue sends on have none."`
}

// NewAddress adds an address to an address book, after the wait.
type NewAddress struct {
	Address
	Label string `json:"label,omitempty" about:"Your own word for it, at most 64 characters."`
}

// ListedAddress is an address in an address book.
type ListedAddress struct {
	NewAddress
	Since string `json:"since" about:"Since when withdrawals may go there."`
}

// Addresses answers GET /owner/v1/addresses.
type Addresses struct {
	Addresses []ListedAddress `json:"addresses" about:"Where withdrawals may go now. What is to be added stands in the list of what waits."`
}

// Done answers whatever the owner says.
type Done struct {
	Seq     uint64   `json:"seq" about:"The record that it is in."`
	Time    string   `json:"time" about:"Of that record."`
	Done    []string `json:"done" about:"What holds from now on, in words."`
	Waiting []Matter `json:"waiting" about:"What waits because of it."`
}
