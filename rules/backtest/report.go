package backtest

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Report is what a backtest found. Counts are of instructions unless they say otherwise; amounts are of the asset in which the venue
// counts worth.
type Report struct {
	First uint64           `json:"first"` // the first record whose instruction was asked about
	Last  uint64           `json:"last"`  // and the last
	Begun instruction.Time `json:"begun,omitzero"`
	Ended instruction.Time `json:"ended,omitzero"`
	Start uint64           `json:"snapshot,omitempty"`      // the record of the snapshot that it began with; 0: from the journal's first record
	Older uint64           `json:"older_records,omitempty"` // of these, records of a layout that teaches no features: not asked about

	Labels string `json:"labels"`  // where they are from: "file", "incidents", or "none" where no key is labelled
	Keys   uint64 `json:"thieves"` // labelled keys that gave an instruction that rules judge
	Judged Counts `json:"judged"`
	Theft  Counts `json:"theft"` // of these, by labelled keys
	Asset  string `json:"asset,omitempty"`
	Lost   Sum    `json:"lost"` // by fills of labelled keys, while they were

	Rules     []Rule  `json:"rules"` // of the candidate, in its order
	Old       []Old   `json:"rules_on_record"`
	Candidate Pack    `json:"candidate"`
	Record    Pack    `json:"on_record"`
	Stopped   Overlap `json:"stopped"`
}

// Counts are instructions by what rules judge.
type Counts struct {
	Orders      uint64 `json:"orders"`
	Withdrawals uint64 `json:"withdrawals"`
	Transfers   uint64 `json:"transfers"`
}

// All are all of them.
func (c *Counts) All() uint64 { return c.Orders + c.Withdrawals + c.Transfers }

// of is the count of what a rule judges.
func (c *Counts) of(w instruction.When) *uint64 {
	switch w {
	case instruction.WhenWithdrawal:
		return &c.Withdrawals
	case instruction.WhenTransfer:
		return &c.Transfers
	}
	return &c.Orders
}

// Sum is an amount of the valuation asset.
type Sum struct {
	Amount money.Amount
	Scale  money.Scale
}

// MarshalText gives it in whole units of the asset.
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s Sum) String() string { return s.Amount.Text(s.Scale) }

// Fired is how often something fired, and on whom.
type Fired struct {
	Fired  uint64 `json:"fired"`
	Caught uint64 `json:"caught"` // of these, on instructions of labelled keys
}

// Honest is on how many that are nobody's thief's.
func (f *Fired) Honest() uint64 { return f.Fired - f.Caught }

// Rule is what one rule of the candidate would have done by itself, in shadow or not.
type Rule struct {
	Name     string               `json:"name"`
	When     instruction.When     `json:"when"`
	Response instruction.Response `json:"verdict"`
	Shadow   bool                 `json:"shadow"`
	Judged   uint64               `json:"judged"`
	Theft    uint64               `json:"theft"`
	Fired
	Measure
	Keys      uint64  `json:"keys_caught"` // labelled keys on which it fired
	Prevented Sum     `json:"prevented"`   // what labelled keys lost at or after the first that it would have stopped of each
	Fires     Overlap `json:"fires"`       // beside the rule of that name on record
}

// Old is what a rule that was in force did, as is on record: in force, in shadow or suspended.
type Old struct {
	ID   instruction.RuleID `json:"id"`
	Name string             `json:"name"`
	Fired
	Stopped   uint64   `json:"stopped"` // by it, alone or with others; not in shadow nor suspended
	Precision *float64 `json:"precision"`
}

// Pack is what all rules of a pack did together that are not in shadow.
type Pack struct {
	Denied     uint64 `json:"denied"`
	Challenged uint64 `json:"challenged"` // withdrawals: what is challenged or held of another kind is denied
	Held       uint64 `json:"held"`
	Caught     uint64 `json:"caught"` // of all stopped, those of labelled keys
	Honest     uint64 `json:"honest"` // and of all others
	Measure
	Keys       uint64 `json:"keys_caught"` // labelled keys of which it stopped something
	HonestKeys uint64 `json:"honest_keys"` // others of which it stopped something
	Shut       uint64 `json:"honest_shut"` // of these, keys or accounts shut by a measure
	Prevented  Sum    `json:"prevented"`
	Most       []Hit  `json:"most_hit"` // the accounts of which it stopped most honest instructions, the most first
}

// Stopped is how many it stopped.
func (p *Pack) Stopped() uint64 { return p.Denied + p.Challenged + p.Held }

// Measure is how well something tells thieves from others. What there is nothing to divide by for is nil, and null in JSON.
type Measure struct {
	Rate      *float64 `json:"per_10_000"`        // it fired, or stopped, of 10,000 that were judged
	Precision *float64 `json:"precision"`         // of all that it fired on, or stopped, those of labelled keys; 0 to 1
	Recall    *float64 `json:"recall"`            // of all by labelled keys, those; 0 to 1
	Blocked   *float64 `json:"honest_per_10_000"` // honest ones, of 10,000 honest ones that were judged
}

// measure holds what was fired on, and what was caught by it, against all that was judged, and what of that was theft.
func measure(fired, caught, judged, theft uint64) Measure {
	return Measure{
		Rate: part(fired, judged, 10_000), Precision: part(caught, fired, 1), Recall: part(caught, theft, 1),
		Blocked: part(fired-caught, judged-theft, 10_000),
	}
}

// part is n of all, of so many; nil where there is nothing.
func part(n, all uint64, of float64) *float64 {
	if all == 0 {
		return nil
	}
	x := float64(n) * of / float64(all)
	return &x
}

// Hit is an account and how many of its honest instructions were stopped.
type Hit struct {
	Account instruction.Account `json:"account"`
	Stopped uint64              `json:"stopped"`
}

// Overlap holds what the candidate does against what is on record.
type Overlap struct {
	Both      uint64 `json:"both"`
	Candidate uint64 `json:"candidate_only"`
	Record    uint64 `json:"on_record_only"`
}

func (o *Overlap) add(candidate, record bool) {
	switch {
	case candidate && record:
		o.Both++
	case candidate:
		o.Candidate++
	case record:
		o.Record++
	}
}
