package daemon

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"portcullis/internal/hosting"
)

// lookAgain is how often it is looked whether the file of hosting companies' networks has changed.
const lookAgain = 5 * time.Second

// openHosting reads the networks of hosting companies, where a file of them is named, and again whenever it changes and at a hangup
// signal (SIGHUP). A start with a faulty file is refused; later the list that was there stays.
func (d *Daemon) openHosting(context.Context) error {
	if d.cfg.Hosting == "" {
		return nil
	}
	list, err := hosting.Open(d.cfg.Hosting)
	if err != nil {
		return err
	}
	d.hosting = list
	d.log.Info("the networks of hosting companies are read", "file", d.cfg.Hosting, "networks", list.Len())
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	d.running.Go(func() {
		defer signal.Stop(hangup)
		d.keepHosting(hangup, time.Tick(lookAgain))
	})
	return nil
}

// keepHosting keeps the list as its file is, until the venue ends.
func (d *Daemon) keepHosting(hangup <-chan os.Signal, tick <-chan time.Time) {
	for {
		changed, err := true, error(nil)
		select {
		case <-d.closed:
			return
		case <-hangup:
			err = d.hosting.Reload()
		case <-tick:
			changed, err = d.hosting.Look()
		}
		switch {
		case err != nil:
			d.log.Error("the list of before stays", "err", err, "networks", d.hosting.Len())
		case changed:
			d.log.Info("the networks of hosting companies are read again", "file", d.cfg.Hosting, "networks", d.hosting.Len())
		}
	}
}
