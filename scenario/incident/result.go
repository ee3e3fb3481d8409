package incident

import (
	"slices"

	"portcullis/scenario/house"
)

// Result is what came of a replay.
type Result struct {
	Scenario string     `json:"scenario"`
	Gate     house.Gate `json:"gate"`
	Seed     uint64     `json:"seed"`

	KeysUsed             int `json:"keys_used"`       // by the thief
	TombstonesUsed       int `json:"tombstones_used"` // of them deleted before the theft
	WithdrawalsAttempted int `json:"withdrawals_attempted"`
	WithdrawalsExecuted  int `json:"withdrawals_executed"`    // the venue owed the payout, and sent it
	OrdersExecuted       int `json:"orders_executed"`         // they traded
	IncidentOpenedAtCall int `json:"incident_opened_at_call"` // the thief's first call is 1; 0: never
	Quarantined          int `json:"quarantined"`             // keys
	QuarantinedHonest    int `json:"quarantined_honest"`      // of them keys that the thief did not have
	HonestInstructions   int `json:"honest_instructions"`     // by programs of honest customers; requests to read are none
	HonestDenied         int `json:"honest_denied"`           // of them what only the gate denied: see HonestDenials

	Calls              int `json:"calls"`        // the thief's, requests to read among them
	CallsDenied        int `json:"calls_denied"` // of them what the gate did not let pass, waits apart
	Addresses          int `json:"addresses"`
	OrdersAttempted    int `json:"orders_attempted"`
	OrderAccounts      int `json:"order_accounts"`      // with an order that traded
	WithdrawalAccounts int `json:"withdrawal_accounts"` // that the thief tried to withdraw from
	WithdrawalsHeld    int `json:"withdrawals_held"`
	StoppedByOwner     int `json:"stopped_by_owner"`
	StoppedByOperator  int `json:"stopped_by_operator"`
	StoppedByShutting  int `json:"stopped_by_shutting"` // with the quarantine, or the end, of the key that asked

	Incidents         int     `json:"incidents"`           // about the thief's keys
	IncidentsOfOthers int     `json:"incidents_of_others"` // that customers' forgotten programs caused
	KeysAtRisk        int     `json:"keys_at_risk"`        // created by 12 June 2016
	AtRiskLiving      int     `json:"at_risk_living"`      // of them, at the end
	AtRiskShut        int     `json:"at_risk_shut"`        // of those
	OthersLiving      int     `json:"others_living"`       // API keys created later, at the end
	OthersShut        int     `json:"others_shut"`         // of them
	DropMillis        float64 `json:"drop_millis"`         // how long the operator's instruction took, measured

	UnrelatedExecuted   int  `json:"unrelated_executed"` // withdrawals of the theft on 9 January
	UnrelatedHeld       int  `json:"unrelated_held"`
	UnrelatedInIncident bool `json:"unrelated_in_incident"`

	Snapshot Snapshot `json:"snapshot"` // what the operator could infer; of no keys where he could not

	Rules []house.Share `json:"rules"` // that fired

	HonestDenials     map[string]int `json:"honest_denials"` // HonestDenied by reason
	HonestDropped     int            `json:"honest_dropped"` // denied because the operator shut the keys at risk
	HonestHeld        int            `json:"honest_held"`    // withdrawals that waited
	HonestWithdrawals int            `json:"honest_withdrawals"`
	HonestReads       int            `json:"honest_reads"`
	HonestReadsDenied int            `json:"honest_reads_denied"` // of them what only the gate denied
}

// stopped is how many withdrawals were stopped.
func (r *Result) stopped() int { return r.StoppedByOwner + r.StoppedByOperator + r.StoppedByShutting }

// finish counts what is known once all is over.
func (x *replay) finish() {
	r := &x.result
	t := &x.thief
	r.Calls = t.made
	r.OrderAccounts, r.WithdrawalAccounts = len(t.traded), len(t.paid)
	from := map[string]bool{}
	for i, used := range t.used {
		if !used {
			continue
		}
		r.KeysUsed++
		from[t.loot[i].from.String()] = true
		if t.loot[i].deleted != 0 {
			r.TombstonesUsed++
		}
	}
	r.Addresses = len(from)
	x.shutKeys()
	r.Rules = x.house.Shares()
	for c := range x.house.State.Keys() {
		if x.house.State.Key(c+1).Created < riskUntil {
			r.KeysAtRisk++
		}
	}
}

// span are the days of the keys used: when the oldest and the newest was created, and the first of them deleted.
func (t *thief) span() (oldest, newest, deleted string) {
	var created, gone []string
	for i := range t.loot {
		created = append(created, t.loot[i].created.Std().In(japan).Format("2006-01-02"))
		if d := t.loot[i].deleted; d != 0 {
			gone = append(gone, d.Std().In(japan).Format("2006-01-02"))
		}
	}
	return slices.Min(created), slices.Max(created), slices.Min(gone)
}
