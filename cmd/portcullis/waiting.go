package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type waitingCmd struct {
	Account uint32 `arg:"" optional:"" help:"Number of the account, with a master account its sub-accounts too; all where none is named."`
	venueFlags
}

func (c *waitingCmd) Run(ctx context.Context, o *output) error {
	all := operator.WaitingShown{Waiting: []operator.Matter{}}
	for more := true; more; {
		r, err := call(ctx, c.venueFlags, operator.WaitingList, operator.ListWaiting{Account: c.Account, After: all.Next})
		if err != nil {
			return err
		}
		all.Waiting, all.Frozen = append(all.Waiting, r.Waiting...), r.Frozen
		more, all.Next = r.More, r.Next
	}
	o.show(all, func(w io.Writer) {
		for i := range all.Waiting {
			m := &all.Waiting[i]
			then := "holds"
			switch {
			case m.Unanswered == "ENDS":
				then = "is cancelled"
			case m.Payout != 0:
				then = "goes out"
			}
			ref := ""
			if m.Ref != "" {
				ref = " (" + m.Ref + ")"
			}
			fmt.Fprintf(w, "Number %d of account %d%s waits until %s, and then %s: %s.\n  To stop it: %s\n",
				m.Matter, m.Account, ref, m.Due, then, m.What, c.command("no %d", m.Matter))
		}
		if len(all.Waiting) == 0 {
			fmt.Fprintln(w, "Nothing waits.")
		}
		if all.Frozen != "" {
			fmt.Fprintf(w, "Waits stand still since %s, after a jump of the clock: nothing comes due until %s.\n", all.Frozen, c.command("clock confirm"))
		}
	})
	return nil
}

type noCmd struct {
	Matter uint64 `arg:"" help:"Number of what waits, as portcullis waiting lists it."`
	venueFlags
}

func (c *noCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.NoSay, operator.SayNo{Matter: c.Matter})
	if err == nil {
		o.done(r, r, "number %d no longer waits, and nothing comes of it", c.Matter)
	}
	return err
}
