// Package wallet moves value on chains: it tells the engine what blocks brought and took, and sends what the engine has on record
// as owed. It is an edge: all that decides about money is the core's, and on record before anything leaves.
//
//	scan:  node ──► block ──► Advance or Rewind                  (deposits, confirmations, reorgs)
//	send:  payouts owed ──► PlanSpend ──► signer ──► SignSpend ──► node ──► SeeSpends
//
// It owns nothing that must survive: killed between any two steps, it finds in the engine's state how far it had come. What it
// refuses: to send bytes that are not on record; to take silence, or any error, for a failure; to believe a node that is behind, or on
// another chain; to plan while it does not know where the chain stands.
//
// One Line works one asset's chain. The journal fences it: a coin is reserved, a payout bound and a transaction named by records,
// so that two Lines of one asset could only send the same.
package wallet

import (
	"context"
	"log/slog"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

// Engine is what keeps records: *engine.Engine. Do returns once the record is durable; Read shows at least what was durable when it
// was called.
type Engine interface {
	Do(*instruction.Principal, instruction.Instruction) (instruction.Record, error)
	Read(func(*core.State)) error
}

// Signer signs what is on record. Sign gives the bytes of a planned spend, and the same ones whenever it is asked; seq is a record
// that has the plan. Limits are what it signs of an asset.
type Signer interface {
	Limits(ctx context.Context, asset instruction.Asset) (signer.Limits, error)
	Sign(ctx context.Context, asset instruction.Asset, spend instruction.SpendID, seq uint64) (raw []byte, id instruction.TxID, err error)
}

// Config is what a Line needs; all of it, but for what says otherwise.
type Config struct {
	Engine Engine
	Asset  instruction.Asset // its chain's terms are on record
	Node   coin.Chain
	Signer Signer
	Log    *slog.Logger

	Batch     int           // most payouts of one transaction, 1 to 100; 0 is 100
	BumpAfter uint32        // blocks after which a transaction that is not mined gets a higher fee; 0 is 6
	Patience  time.Duration // how long one call to the node may take; 0 is 30 s
	Stale     bool          // a best block of hours ago is no alarm: chains on which nobody mines by the clock
}

func (c *Config) defaults() {
	if c.Batch == 0 {
		c.Batch = instruction.MaxPaid
	}
	if c.BumpAfter == 0 {
		c.BumpAfter = 6
	}
	if c.Patience == 0 {
		c.Patience = 30 * time.Second
	}
}

var principal = instruction.Principal{Giver: instruction.ByWallet}
