package main

import (
	"context"

	"portcullis/operator"
)

type clockCmd struct {
	Confirm clockConfirmCmd `cmd:"" help:"Say that a jump of the clock was right, so that waits and refills go on."`
}

type clockConfirmCmd struct{ venueFlags }

func (c *clockConfirmCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.ClockConfirm, operator.Nothing{})
	if err == nil {
		o.done(r, r, "the clock is confirmed; waits and refills go on")
	}
	return err
}
