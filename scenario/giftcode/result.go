package giftcode

import "portcullis/core/money"

// coinScale is that of coins of the Bitcoin family.
const coinScale money.Scale = 8

// Coins is an amount of the chain's coins. As JSON it is a number with eight decimals.
type Coins money.Amount

// String is the number.
func (c Coins) String() string { return money.Amount(c).Text(coinScale) }

// MarshalJSON writes the number.
func (c Coins) MarshalJSON() ([]byte, error) { return []byte(c.String()), nil }

// Outcome is what came of the codes on one side.
type Outcome struct {
	Codes   int   `json:"codes"`
	Claims  int   `json:"claims"`                         // requests made, until the site was stopped
	Owed    Coins `json:"owed"`                           // what the codes that were claimed are worth, each once
	Paid    Coins `json:"paid"`                           // on the chain, to any address of theirs
	Double  int   `json:"double_paid"`                    // payments beyond the first of each code
	ShortAt *int  `json:"shortage_detected_after_blocks"` // blocks from the first payment too many to the one at which it stopped; null: nothing was short
}

// Result is what came of a replay.
type Result struct {
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`
	Node     string `json:"node"` // litecoind, or demo
	Outcome
	Naive *Outcome `json:"naive,omitempty"` // of the site of that summer, where it was asked for
}
