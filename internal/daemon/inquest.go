package daemon

import (
	"context"
	"time"

	"portcullis/inquest"
)

// openInquest watches incidents until the venue ends, so that a leak's cohort is shut where the operator let the venue do so.
func (d *Daemon) openInquest(context.Context) error {
	w := inquest.New(d.engine, d.log)
	watching, stop := context.WithCancel(context.Background())
	beat := time.NewTicker(inquest.Every)
	d.running.Go(func() {
		defer beat.Stop()
		w.Run(watching, beat.C)
	})
	d.running.Go(func() {
		<-d.closed
		stop()
	})
	return nil
}
