package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type incidentCmd struct {
	List  incidentListCmd  `cmd:"" help:"List incidents: all that are open, and the newest of the closed ones."`
	Show  incidentShowCmd  `cmd:"" help:"Show an incident: where, whose keys, what was seen before, what happened, and what can be done next."`
	Close incidentCloseCmd `cmd:"" help:"Close an incident that is understood. Keys in quarantine stay there until they are restored."`
}

type incidentListCmd struct{ venueFlags }

func (c *incidentListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.IncidentList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "INCIDENT", "CAUSE", "NETWORK", "OPENED", "CLOSED", "NETWORKS", "KEYS", "RECORDS", "REASON")
		for _, x := range r.Incidents {
			row(w, x.Incident, x.Cause, x.Network, x.Opened, orDash(x.Closed), x.Networks, x.Credentials, x.Records, orDash(x.Reason))
		}
	})
	return nil
}

// causes say what opened an incident.
var causes = map[string]string{
	"TOMBSTONE_PROVEN":    "a deleted key signed: whoever did has its private half",
	"TWO_TOMBSTONES":      "two deleted keys were named from one network",
	"TOMBSTONE_WITH_LIVE": "a deleted key was named from a network, and a living one was used there whose owner is not at home",
	"RULE":                "a critical detection rule stopped a key and put it into quarantine",
	"CANARY":              "a decoy was named: what it was put into has leaked",
}

type incidentShowCmd struct {
	Incident uint32 `arg:"" help:"Number of the incident."`
	Whole    bool   `help:"All of the timeline; else its first 40 records for people, and 1000 with --json."`
	venueFlags
}

// shortTimeline is how many records of a timeline people are shown unasked.
const shortTimeline = 40

func (c *incidentShowCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.IncidentShow, operator.ShowIncident{Incident: c.Incident})
	for err == nil && c.Whole && r.More != 0 {
		var rest operator.IncidentShown
		if rest, err = call(ctx, c.venueFlags, operator.IncidentShow, operator.ShowIncident{Incident: c.Incident, From: r.More}); err == nil {
			r.Timeline, r.More = append(r.Timeline, rest.Timeline...), rest.More
		}
	}
	if err != nil {
		return err
	}
	for i := range r.Next {
		r.Next[i].Command = c.here(r.Next[i].Command)
	}
	o.show(r, func(w io.Writer) {
		showIncident(w, &r)
		if r.Cause == "CANARY" {
			row(w, "\nWhich backup it was: "+c.command("backup list"))
		}
		line := r.Timeline
		if !c.Whole {
			line = line[:min(len(line), shortTimeline)]
		}
		showTimeline(w, line)
		if n := len(r.Timeline) - len(line); n > 0 || r.More != 0 {
			row(w, "… and more: "+c.command("incident show %d --whole", c.Incident))
		}
		if r.Lags {
			row(w, "History is catching up with the venue: more may have happened. Ask again in a moment.")
		}
		showNext(w, &r)
	})
	return nil
}

func showIncident(w io.Writer, r *operator.IncidentShown) {
	row(w, "incident", r.Incident.Incident)
	row(w, "cause", r.Cause+": "+causes[r.Cause])
	row(w, "opened", r.Opened+" at "+r.Network)
	if r.Closed != "" {
		row(w, "closed", r.Closed+": "+r.Reason)
	}
	row(w, "networks", list(r.Networks, "none"))
	fmt.Fprintln(w, "\nThe keys that it concerns:")
	row(w, "KEY", "ACCOUNT", "REFERENCE", "STANDING", "CREATED", "DELETED", "AT HOME THERE", "RECORDS", "INTEGRATOR")
	for _, k := range r.Credentials {
		row(w, k.Key, k.Account, orDash(k.Ref), k.Standing, k.Created, orDash(k.Deleted), yesNo(k.AtHome), k.Records, orDash(k.Integrator))
	}
	fmt.Fprintln(w, "\nTheir accounts:")
	row(w, "ACCOUNT", "REFERENCE", "LOCKED", "OPEN ORDERS", "WITHDRAWALS UNDER WAY")
	for _, a := range r.Accounts {
		row(w, a.Account, orDash(a.Ref), yesNo(a.Locked), a.OpenOrders, list(a.Withdrawals, "none"))
	}
	if len(r.Before) > 0 {
		fmt.Fprintln(w, "\nSeen at its networks in the 30 days before:")
		row(w, "NETWORK", "KEY", "WHAT", "FIRST", "LAST", "TIMES")
		for _, s := range r.Before {
			row(w, s.Network, s.Key, s.Act, s.First, s.Last, s.Times)
		}
	}
}

func showTimeline(w io.Writer, line []operator.Moment) {
	fmt.Fprintln(w, "\nWhat happened:")
	row(w, "RECORD", "TIME", "KEY", "NETWORK", "WHAT", "INSTRUCTION", "VERDICT", "REASON")
	for _, m := range line {
		row(w, m.Seq, m.Time, m.Key, m.Network, m.Act, m.Instruction, m.Verdict, m.Reason)
	}
}

func showNext(w io.Writer, r *operator.IncidentShown) {
	if len(r.Next) == 0 {
		return
	}
	fmt.Fprintln(w, "\nWhat you can do next:")
	for _, a := range r.Next {
		row(w, "  "+a.Command)
		row(w, "      "+a.Why)
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

type incidentCloseCmd struct {
	Incident uint32 `arg:"" help:"Number of the incident."`
	Reason   string `required:"" placeholder:"TEXT" help:"What it was and what was done; at most 500 bytes."`
	venueFlags
}

func (c *incidentCloseCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.IncidentClose, operator.CloseIncident{Incident: c.Incident, Reason: c.Reason})
	if err == nil {
		o.done(r, r, "incident %d is closed", c.Incident)
	}
	return err
}

type accountLockCmd struct {
	Account uint32 `arg:"" help:"Number of the account; with a master account its sub-accounts are locked too."`
	Reason  string `placeholder:"TEXT" help:"Why, as its owner is told; at most 200 bytes."`
	venueFlags
}

func (c *accountLockCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountLock, operator.LockAccount{Account: c.Account, Reason: c.Reason})
	if err == nil {
		o.done(r, r, "account %d is locked: its keys read and cancel, until you (%s) or its owner by his own key ends it", c.Account, c.command("account unlock %d", c.Account))
	}
	return err
}

type accountUnlockCmd struct {
	Account uint32 `arg:"" help:"Number of the account."`
	venueFlags
}

func (c *accountUnlockCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountUnlock, operator.UnlockAccount{Account: c.Account})
	if err == nil {
		o.done(r, r, "account %d is open again", c.Account)
	}
	return err
}

type keyQuarantineCmd struct {
	Key string `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	venueFlags
}

func (c *keyQuarantineCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.KeyQuarantine, holdKey(c.Key))
	if err == nil {
		o.done(r, r, "the key reads and cancels, and its open orders are being cancelled")
	}
	return err
}

type keyRestoreCmd struct {
	Key string `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	venueFlags
}

func (c *keyRestoreCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.KeyRestore, holdKey(c.Key))
	if err == nil {
		o.done(r, r, "the key is restored")
	}
	return err
}

func holdKey(text string) operator.HoldKey {
	n, name := keyNamed(text)
	return operator.HoldKey{Key: n, Name: name}
}
