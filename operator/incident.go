package operator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/gate"
	"portcullis/core/incident"
	"portcullis/core/instruction"
)

const (
	// maxSeen is how much of what was seen before an incident is shown.
	maxSeen = 200
	// lookBack is how long before it opened what was seen counts.
	lookBack = 30 * instruction.Day
	// historyWait is how long history may take to catch up, and then to answer.
	historyWait = 5 * time.Second
	// maxAdvice is how many keys or accounts are named one by one in what can be done.
	maxAdvice = 10
)

// incidentOf is an incident as the list shows it.
func incidentOf(x *incident.Incident) Incident {
	return Incident{
		Incident: uint32(x.ID), Cause: x.Cause.String(), Network: x.Network.String(), Opened: text(x.Opened), Closed: text(x.Closed), Reason: x.Reason,
		Networks: len(x.Networks), Credentials: len(x.Credentials), Records: x.Notes,
	}
}

func (s *Server) listIncidents(*caller, *Nothing) (Incidents, *problem) {
	r := Incidents{Incidents: []Incident{}}
	bad := s.read(func(st *core.State) {
		for _, x := range st.Incidents() {
			r.Incidents = append(r.Incidents, incidentOf(&x))
		}
	})
	return r, bad
}

func (s *Server) showIncident(_ *caller, in *ShowIncident) (IncidentShown, *problem) {
	r := IncidentShown{Networks: []string{}, Credentials: []Concerned{}, Accounts: []Stake{}, Before: []Seen{}, Timeline: []Moment{}, Next: []Advice{}}
	var x incident.Incident
	bad := s.read(func(st *core.State) {
		if found := st.Incident(instruction.IncidentID(in.Incident)); found != nil {
			x = *found
			x.Networks = slices.Clone(x.Networks)
			r.gather(st, &x)
		}
	})
	switch {
	case bad != nil:
		return r, bad
	case x.ID == 0:
		return r, wrong(instruction.UnknownIncident.String(), "There is no incident %d that is kept; portcullis incident list shows those that are.", in.Incident)
	case s.cfg.Archive == nil:
		return r, nil
	}
	if err := s.recall(&r, &x, in.From); err != nil {
		return r, s.failed(err)
	}
	return r, nil
}

// recall fills in what history knows of an incident. Where that lags behind, it is what it knows so far.
func (s *Server) recall(r *IncidentShown, x *incident.Incident, from uint64) error {
	ctx, cancel := context.WithTimeout(context.Background(), historyWait)
	r.Lags = s.cfg.Archive.Wait(ctx, s.cfg.Engine.Durable()) != nil
	cancel()
	ctx, cancel = context.WithTimeout(context.Background(), historyWait)
	defer cancel()
	for _, n := range x.Networks {
		rows, err := s.cfg.Archive.Sightings(ctx, n, x.Opened-lookBack, x.Opened-1, maxSeen-len(r.Before))
		if err != nil {
			return err
		}
		for _, y := range rows {
			r.Before = append(r.Before, Seen{y.Network.String(), uint32(y.Credential), y.Act.String(), text(y.First), text(y.Last), y.Times})
		}
		if len(r.Before) >= maxSeen {
			break
		}
	}
	rows, err := s.cfg.Archive.Timeline(ctx, x.ID, from, MaxPage+1)
	if err != nil {
		return err
	}
	if len(rows) > MaxPage {
		r.More, rows = rows[MaxPage].Seq, rows[:MaxPage]
	}
	for _, y := range rows {
		r.Timeline = append(r.Timeline, Moment{y.Seq, text(y.Time), uint32(y.Credential), y.Network.String(), y.Act.String(),
			y.Kind.String(), said(&y), y.Reason.String()})
	}
	return nil
}

// said is the verdict on a record, as a timeline shows it. What an edge saw is taken note of: the request itself was not let in
// by that, and that of a deleted key was refused.
func said(y *archive.Noted) string {
	if y.Kind == instruction.KindSight {
		return "NOTED"
	}
	return y.Decision.String()
}

// gather fills in what the state says of an incident.
func (r *IncidentShown) gather(st *core.State, x *incident.Incident) {
	r.Incident = incidentOf(x)
	for _, n := range x.Networks {
		r.Networks = append(r.Networks, n.String())
	}
	known := map[instruction.Account]bool{}
	for _, c := range x.Credentials {
		k := st.Key(c.Credential)
		a := k.Account
		r.Credentials = append(r.Credentials, Concerned{
			Key: uint32(c.Credential), Name: k.ID.String(), Account: uint32(a), Ref: st.Account(a).Ref, Customer: uint32(st.Customer(a)),
			Standing: standingOf(k), Integrator: k.Integrator(), Created: text(k.Created), Deleted: text(k.Revoked), Records: c.Notes,
			AtHome: st.AtHome(c.Credential, x.Network),
		})
		if !known[a] && a != instruction.Fees {
			known[a] = true
			r.Accounts = append(r.Accounts, stakeOf(st, a))
		}
	}
	if x.Closed == 0 {
		r.Next = advise(st, x, r.Accounts)
	}
}

// standingOf is how a key stands, in a word.
func standingOf(k *credential.Key) string {
	switch {
	case k.Canary:
		return "DECOY"
	case k.Revoked != 0:
		return "DELETED"
	case k.Quarantine != 0:
		return "QUARANTINED"
	}
	return "LIVING"
}

func stakeOf(st *core.State, a instruction.Account) Stake {
	x := st.Account(a)
	r := Stake{Account: uint32(a), Ref: x.Ref, Locked: x.Locked != 0, Withdrawals: []string{}}
	for _, m := range st.Markets() {
		for range m.Book.Orders(a) {
			r.OpenOrders++
		}
	}
	for _, p := range st.Payouts(a) {
		if p.Live() {
			asset := st.Asset(p.Asset)
			r.Withdrawals = append(r.Withdrawals, fmt.Sprintf("%d %s %s %s", p.ID, p.State, p.Amount.Text(asset.Scale), asset.Symbol))
		}
	}
	return r
}

// quoted is a word as a shell takes it, whatever is in it: what is advised is pasted.
func quoted(t string) string { return "'" + strings.ReplaceAll(t, "'", `'\''`) + "'" }

// reason stands where a reason is to be written. Customers are told it, so that it is for people to word.
const reason = "--reason '…'"

// advise is what can be done about an open incident, the widest first: one command shuts all keys that were there when the
// newest of those concerned was made, whether they were seen yet or not.
func advise(st *core.State, x *incident.Incident, accounts []Stake) (list []Advice) {
	add := func(why, format string, args ...any) {
		list = append(list, Advice{Command: "portcullis " + fmt.Sprintf(format, args...), Why: why})
	}
	y := concernedBy(st, x)
	if y.newest != 0 {
		add("shuts every key that is no younger than the newest of those concerned: if a copy of the keys leaked, it has these",
			"drop keys --created-before %s %s", (y.newest + instruction.Second).Std().Format("2006-01-02T15:04:05Z"), reason)
	}
	if y.maker != "" {
		add("all keys concerned were made for this third party: shuts the rest of its keys", "drop keys --integrator %s %s", quoted(y.maker), reason)
	}
	for _, n := range x.Networks[:min(len(x.Networks), 1)] {
		add("shuts keys only where the deleted ones were used; who is at home there is shut too", "drop keys --network %s %s", n, reason)
	}
	add("nothing leaves the venue until it is raised", "drop withdrawals %s", reason)
	for _, c := range y.living[:min(len(y.living), maxAdvice)] {
		why := "it was used there, and still lives"
		if k := st.Key(c); k.Legacy && st.Clock().Waits() < k.Imported+gate.Learning {
			why = "it was used there, and goes on: in the first seven days after it was brought over, no alarm puts it into quarantine, only this does"
		}
		add(why, "key quarantine %d", c)
	}
	for _, a := range accounts[:min(len(accounts), maxAdvice)] {
		if !a.Locked && y.alive[instruction.Account(a.Account)] {
			add("no key of the account, nor of its sub-accounts, does anything but read and cancel", "account lock %d %s", a.Account, reason)
		}
	}
	for _, c := range y.shut[:min(len(y.shut), maxAdvice)] {
		add("once its owner says that it was he; this incident does not take it again", "key restore %d", c)
	}
	add("once it is understood; what was seen stays on record", "incident close %d %s", x.ID, reason)
	return list
}

// advised is what advice goes by: the keys that an incident concerns, without decoys.
type advised struct {
	newest       instruction.Time
	maker        string // the third party that all of them were made for, if there is one
	living, shut []instruction.Credential
	alive        map[instruction.Account]bool // accounts with a key among them that was not deleted
}

func concernedBy(st *core.State, x *incident.Incident) advised {
	y := advised{alive: map[instruction.Account]bool{}}
	first := true
	for _, c := range x.Credentials {
		k := st.Key(c.Credential)
		if k.Canary {
			continue
		}
		y.newest = max(y.newest, k.Created)
		switch {
		case first:
			y.maker, first = k.Integrator(), false
		case k.Integrator() != y.maker:
			y.maker = ""
		}
		switch standingOf(k) {
		case "LIVING":
			y.living = append(y.living, c.Credential)
		case "QUARANTINED":
			y.shut = append(y.shut, c.Credential)
		default:
			continue
		}
		y.alive[k.Account] = true
	}
	return y
}

func (s *Server) closeIncident(c *caller, in *CloseIncident) (Outcome, *problem) {
	r, bad := s.do(c, &instruction.CloseIncident{Incident: instruction.IncidentID(in.Incident), Reason: in.Reason}, nil)
	if bad != nil && bad.outcome.Refusal.Code == instruction.MalformedDefinition.String() {
		bad.outcome.Refusal.Sentence = "A reason says what it was and what was done, in 1 to 500 bytes on one line."
	}
	return r, bad
}

func (s *Server) lockAccount(c *caller, in *LockAccount) (Outcome, *problem) {
	r, bad := s.do(c, &instruction.LockAccount{Account: instruction.Account(in.Account), Reason: in.Reason}, nil)
	if bad != nil && bad.outcome.Refusal.Code == instruction.MalformedDefinition.String() {
		bad.outcome.Refusal.Sentence = "A reason has at most 200 bytes on one line."
	}
	return r, bad
}

func (s *Server) unlockAccount(c *caller, in *UnlockAccount) (Outcome, *problem) {
	return s.do(c, &instruction.UnlockAccount{Account: instruction.Account(in.Account)}, nil)
}

func (s *Server) quarantineKey(c *caller, in *HoldKey) (Outcome, *problem) {
	k, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.QuarantineKey{Credential: k}, nil)
}

func (s *Server) restoreKey(c *caller, in *HoldKey) (Outcome, *problem) {
	k, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.RestoreKey{Credential: k}, nil)
}
