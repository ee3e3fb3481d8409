package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"portcullis/operator"
	"portcullis/venue/owner"
)

type proceedsCmd struct {
	List    proceedsListCmd    `cmd:"" help:"List what is held, of whom, from which key, until when, and who appealed."`
	Hold    proceedsHoldCmd    `cmd:"" help:"Hold what others gained from an API key, for 72 hours, or until an incident is closed."`
	Release proceedsReleaseCmd `cmd:"" help:"End a hold: all of it is free again where it came from."`
}

type proceedsListCmd struct {
	Key     uint32 `placeholder:"N" help:"Only what was gained from this key; with what it lost that nobody holds yet."`
	Account uint32 `placeholder:"N" help:"Only what is held of this account's customer."`
	venueFlags
}

func (c *proceedsListCmd) Run(ctx context.Context, o *output) error {
	all := operator.ProceedsShown{Proceeds: []operator.Proceeds{}}
	ask := operator.ListProceeds{Key: c.Key, Account: c.Account}
	for more := true; more; {
		r, err := call(ctx, c.venueFlags, operator.ProceedsList, ask)
		if err != nil {
			return err
		}
		all.Proceeds, all.Lost, all.Frozen = append(all.Proceeds, r.Proceeds...), r.Lost, r.Frozen
		if more = r.More; more {
			ask.After = r.Proceeds[len(r.Proceeds)-1].Hold
		}
	}
	o.show(all, func(w io.Writer) {
		row(w, "HOLD", "ACCOUNT", "REFERENCE", "KEY", "INCIDENT", "MARKET", "HOW", "GAIN", "MISSING", "HELD", "UNTIL", "APPEAL")
		for i := range all.Proceeds {
			p := &all.Proceeds[i]
			how, until, incident := "direct", p.Until, "-"
			if p.Indirect {
				how = "by the move"
			}
			if p.Incident != 0 {
				incident = fmt.Sprint(p.Incident)
			}
			if p.Kept {
				until = "the incident is closed"
			}
			row(w, p.Hold, p.Account, orDash(p.Ref), p.Key, incident, p.Market, how, p.Gain+" "+p.Asset, p.Missing, heldWhere(p), until, orDash(p.Appeal))
		}
		for _, x := range all.Lost {
			fmt.Fprintf(w, "In %s the key lost %s %s that nobody holds; %s of it went to none of the largest gainers. To hold the rest: %s\n",
				x.Market, x.Lost, x.Asset, x.Unnamed, c.command("proceeds hold %d", c.Key))
		}
		if all.Frozen != "" {
			fmt.Fprintf(w, "Waits stand still since %s, after a jump of the clock: nothing ends by time until %s.\n", all.Frozen, c.command("clock confirm"))
		}
	})
	return nil
}

func heldWhere(p *operator.Proceeds) string {
	var parts []string
	for _, x := range p.Held {
		where := ""
		if x.Account != p.Account {
			where = fmt.Sprintf(" in %d", x.Account)
		}
		parts = append(parts, x.Amount+" "+x.Asset+where)
	}
	return orDash(strings.Join(parts, ", "))
}

type proceedsHoldCmd struct {
	Key      string `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	Incident uint32 `placeholder:"N" help:"The open incident that it belongs to: it ends when that is closed."`
	Keep     bool   `help:"Keep what is held until the incident is closed, and not for 72 hours only."`
	venueFlags
}

func (c *proceedsHoldCmd) Run(ctx context.Context, o *output) error {
	k := holdKey(c.Key)
	r, err := call(ctx, c.venueFlags, operator.ProceedsHold, operator.HoldProceeds{Key: k.Key, Name: k.Name, Incident: c.Incident, Keep: c.Keep})
	if err == nil {
		o.done(r, r.Outcome, "%d holds begun, %d kept until the incident is closed: %s", len(r.Holds), len(r.Kept), c.command("proceeds list"))
	}
	return err
}

type proceedsReleaseCmd struct {
	Hold uint32 `arg:"" help:"Number of the hold."`
	venueFlags
}

func (c *proceedsReleaseCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.ProceedsRelease, operator.ReleaseProceeds{Hold: c.Hold})
	if err == nil {
		o.done(r, r, "hold %d is over: all of it is free again", c.Hold)
	}
	return err
}

type ownerProceedsCmd struct {
	List   ownerProceedsListCmd   `cmd:"" help:"List what is held, why, and until when."`
	Appeal ownerProceedsAppealCmd `cmd:"" help:"Say why what is held should not be."`
}

type ownerProceedsListCmd struct{ ownerFlags }

func (c *ownerProceedsListCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Proceeds](ctx, &c.ownerFlags, "proceeds")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		for _, p := range r.Proceeds {
			how, until := "from a key that is taken for stolen", "until "+p.Until
			if p.Indirect {
				how = "by following the price that a key made which is taken for stolen"
			}
			if p.Kept {
				until = "until the theft is settled"
			}
			fmt.Fprintf(w, "Hold %d: in %s you gained %s %s %s. Held %s:\n", p.Hold, p.Market, p.Gain, p.Asset, how, until)
			for _, x := range p.Held {
				fmt.Fprintf(w, "  %s %s in account %d\n", x.Amount, x.Asset, x.Account)
			}
			if strings.Trim(p.Missing, "0.") != "" {
				fmt.Fprintf(w, "  %s %s are missing, and are held as they come free.\n", p.Missing, p.Asset)
			}
			if p.Appeal != "" {
				fmt.Fprintf(w, "  You said: %s\n", p.Appeal)
			}
		}
		if len(r.Proceeds) == 0 {
			fmt.Fprintln(w, "Nothing is held.")
		}
	})
	return nil
}

type ownerProceedsAppealCmd struct {
	Hold uint32 `arg:"" help:"Number of the hold."`
	Text string `arg:"" help:"Why it should not be held; at most 500 bytes on one line."`
	ownerFlags
}

func (c *ownerProceedsAppealCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "proceeds/appeal", owner.AppealProceeds{Hold: c.Hold, Text: c.Text})
}
