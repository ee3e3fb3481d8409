package incident

import (
	"cmp"
	"fmt"
	"net/netip"
	"time"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
	"portcullis/scenario/house"
)

// evidence is what the operator has before him: all keys there are, and those of them that the incidents of the theft name:
// deleted ones that were used, and living ones where they were strangers. Of keys that were deleted before they came here, backups
// still show when.
func (x *replay) evidence() (keys *cohort.Keys, victims []cohort.Victim) {
	var list []cohort.Key
	for c := range x.house.State.Keys() {
		k := x.house.State.Key(c + 1)
		list = append(list, cohort.Key{
			Name: fmt.Sprintf("key %d", c+1), Customer: uint64(x.house.State.Customer(k.Account)), Created: k.Created,
			Deleted: cmp.Or(x.backups[c+1], k.Revoked),
		})
	}
	for _, i := range x.house.State.Incidents() {
		n := x.seen.incidents[i.ID]
		if i.Closed != 0 || n == nil || !n.thief { // he has looked into it: of these, the networks are no customer's
			continue
		}
		for _, c := range i.Credentials {
			kind := cohort.Abused
			if k := x.house.State.Key(c.Credential); k.Revoked != 0 && k.Revoked <= i.Opened {
				kind = cohort.Tombstone
			}
			victims = append(victims, cohort.Victim{Key: int(c.Credential) - 1, Kind: kind, At: i.Opened})
		}
	}
	return cohort.Of(list), victims
}

// inquires has the operator ask what the keys have in common that were used, and says up to which day keys are at risk: through
// the day after that of the newest of them. How far back they go is no bound: who had those of a time had the older ones too.
func (x *replay) inquires() (until instruction.Time, r cohort.Report) {
	keys, victims := x.evidence()
	r = keys.Report(victims)
	s := &r.Snapshot
	x.tell("inquest: %d of %d keys are known to have been used by a thief; %s", r.Victims, r.Keys, x.named(&r))
	if s.Keys == 0 {
		return 0, r
	}
	x.tell("inquest: the newest of them, %s, was created on %s; %d of them are deleted, the first since %s",
		keys.Key(s.Newest).Name, japanese(s.From), s.Deleted, japanese(s.OldestDeleted))
	x.result.Snapshot = inferred(s)
	x.tell("inquest: %s", x.result.Snapshot.sentence())
	y, m, d := s.From.Std().In(japan).Date()
	return instruction.TimeOf(time.Date(y, m, d+2, 0, 0, 0, 0, japan)), r
}

// named is what the report names, in words.
func (x *replay) named(r *cohort.Report) string {
	if r.Outcome != cohort.Named {
		return fmt.Sprintf("what they have in common is %v", r.Outcome)
	}
	return fmt.Sprintf("what they have in common is named, by %.0f nats over anything else: %v", r.Margin, r.Ranked[0].Hypothesis)
}

// Snapshot is what the dates of the keys used say of one copy of the living keys.
type Snapshot struct {
	Keys      int    `json:"keys"`        // whose dates are known
	Possible  bool   `json:"possible"`    // that one copy explains them all
	Newest    string `json:"max_created"` // by the calendar in Japan
	Deleted   string `json:"min_deleted"`
	Copies    int    `json:"fewest_copies"` // that explain them all
	Explained int    `json:"best_single"`   // of them by the best single one
}

func inferred(s *cohort.Inference) Snapshot {
	return Snapshot{s.Keys, s.Possible, japanese(s.From), japanese(s.OldestDeleted), len(s.Copies), s.Explained}
}

func japanese(t instruction.Time) string {
	if t == 0 {
		return "no day"
	}
	return t.Std().In(japan).Format("2006-01-02")
}

// sentence is the inference in words.
func (s *Snapshot) sentence() string {
	if s.Possible {
		return fmt.Sprintf("one copy of the living keys can explain all %d: taken on %s or later", s.Keys, s.Newest)
	}
	return fmt.Sprintf("max(created) = %s is later than min(deleted) = %s: one copy of the living keys cannot explain all %d, the best explains %d; it takes %d copies, or a leak that went on",
		s.Newest, s.Deleted, s.Keys, s.Explained, s.Copies)
}

// shutKeys counts the living API keys, those at risk and the others, and which of them move no money any more: they are dropped, or
// in quarantine, or their rights were taken.
func (x *replay) shutKeys() {
	const moves = instruction.MayTrade | instruction.MayWithdraw | instruction.MayTransfer
	for c := range x.house.State.Keys() {
		k := x.house.State.Key(c + 1)
		if k.Revoked != 0 || k.Owner() {
			continue
		}
		all, shut := &x.result.OthersLiving, &x.result.OthersShut
		if k.Created < riskUntil {
			all, shut = &x.result.AtRiskLiving, &x.result.AtRiskShut
		}
		*all++
		v := x.house.State.Dropped(house.By(c+1, netip.Addr{}), instruction.DropWithdrawals, 0)
		if k.Quarantine != 0 || k.Mandate().Rights&moves == 0 || v.Decision == instruction.Deny {
			*shut++
		}
	}
}
