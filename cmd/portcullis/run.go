package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"portcullis/internal/daemon"
)

type runCmd struct {
	Config string `placeholder:"FILE" help:"Configuration in JSON; its fields are the flags below with _ for -. Flags beat it."`
	settings
}

// Run runs the venue until a signal ends it.
func (c *runCmd) Run(ctx context.Context, o *output) error {
	s := c.settings
	if c.Config != "" {
		file, err := readSettings(c.Config)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		s = s.over(file)
	}
	cfg, err := s.config(o.err)
	if err != nil {
		return err
	}
	if err := cfg.Check(); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	slog.SetDefault(cfg.Log)
	cfg.Log.Info("starting", "version", cfg.Version, "data", cfg.Dir, "pid", os.Getpid())
	d, err := daemon.Start(ctx, cfg)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return nil // stopped before it had begun
		}
		return err
	}
	o.ready(d, cfg)
	select {
	case <-ctx.Done():
	case err = <-d.Failed():
		cfg.Log.Error("the venue cannot go on", "err", err)
	}
	cfg.Log.Info("stopping: requests under way are finished; a second signal ends at once")
	if err = errors.Join(err, d.Close()); err == nil {
		cfg.Log.Info("stopped; everything that was answered is on disk")
	}
	return err
}

// readyLine is what a script reads when the venue is ready.
type readyLine struct {
	Event   string    `json:"event"` // "ready"
	BaseURL string    `json:"base_url"`
	Socket  string    `json:"socket"`
	Data    string    `json:"data"`
	PID     int       `json:"pid"`
	Worth   string    `json:"valuation"` // the asset in which worth is counted; empty: loss budgets are not in force
	Demo    *demoLine `json:"demo,omitempty"`
}

type demoLine struct {
	Account     uint32 `json:"account"`
	Credentials string `json:"credentials"` // the file
}

// ready says that the venue is ready, and what to do next.
func (o *output) ready(d *daemon.Daemon, cfg daemon.Config) {
	line := readyLine{Event: "ready", BaseURL: d.BaseURL(), Socket: d.Socket(), Data: cfg.Dir, PID: os.Getpid(), Worth: d.Valuation()}
	demo := d.Demo()
	if demo != nil {
		line.Demo = &demoLine{Account: uint32(demo.Account), Credentials: demo.File}
	}
	o.show(line, func(w io.Writer) {
		dir, err := filepath.Abs(cfg.Dir)
		if err != nil {
			dir = cfg.Dir
		}
		fmt.Fprintf(w, "\nThe venue is ready.\n\n  API\t%s\n  reference\t%s/docs\n  metrics\t%s/metrics\n  data\t%s\n  operator\tportcullis --help, with --data %s\n  stop\tCtrl-C\n",
			line.BaseURL, line.BaseURL, line.BaseURL, dir, cfg.Dir)
		if line.Worth != "" {
			fmt.Fprintf(w, "\nLoss budgets are in force, in %s: a leaked key loses at most 2%% of its account in a day, or what its owner set.\n", line.Worth)
		} else {
			fmt.Fprintf(w, "\nLOSS BUDGETS ARE NOT IN FORCE: whoever has a key that trades can lose all that its account has. Say in which asset\n"+
				"worth is counted, and then how:\n\n  portcullis market valuation --help\n  portcullis market route --help\n  portcullis market tier --help\n")
		}
		if t := d.StoodStill(); t != 0 && demo == nil {
			fmt.Fprintf(w, "\nThe venue has not run since %s, so waits and refills stand still. If the clock is right now, run:\n\n  portcullis clock confirm --data %s\n",
				t.Std().Format("2006-01-02 15:04:05 UTC"), cfg.Dir)
		}
		if demo != nil {
			greet(w, demo, line.BaseURL)
		}
	})
}
