package daemon

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemoCoinIsLost: a demo whose coin is on record starts with that coin's own chain and seed or not at all, and neither is made anew;
// without its credentials, as after a backup was restored, it is a venue without a demo.
func TestDemoCoinIsLost(t *testing.T) {
	cfg, log := config(t)
	cfg.Demo = true
	stop(t, run(t, cfg))
	other, _ := config(t)
	other.Demo = true
	stop(t, run(t, other))
	refused := func(want string) {
		t.Helper()
		d, err := Start(context.Background(), cfg)
		if err == nil {
			stop(t, d)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("%v, want %q", err, want)
		}
	}
	away := filepath.Join(t.TempDir(), "away")
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{demoChainFile, demoSeedFile} {
		file := filepath.Join(cfg.Dir, name)
		move(file, away)
		refused(name + " is not there")
		if _, err := os.Stat(file); err == nil {
			t.Errorf("another %s was made", name)
		}
		move(away, file)
	}
	own := filepath.Join(cfg.Dir, demoSeedFile)
	move(own, away)
	move(filepath.Join(other.Dir, demoSeedFile), own)
	refused("is another venue's")
	move(away, own)
	stop(t, run(t, cfg))

	move(filepath.Join(cfg.Dir, demoFile), away)
	d := run(t, cfg)
	if d.Demo() != nil || !strings.Contains(log.String(), "its coin moves no more") {
		t.Errorf("a demo: %v; %s", d.Demo(), log)
	}
	if c := d.chains(); len(c) != 1 || c[0].Asset != "DEMO" || c[0].Problem != unfollowed || c[0].Since == "" || !strings.Contains(log.String(), "is not followed") {
		t.Errorf("a chain that nobody follows: %+v; %s", c, log)
	}
}
