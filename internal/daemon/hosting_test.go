package daemon

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portcullis/internal/hosting"
)

// TestHostingFile: a venue does not start with a faulty file, and says which line it is.
func TestHostingFile(t *testing.T) {
	cfg, log := config(t)
	cfg.Hosting = filepath.Join(t.TempDir(), "hosting.txt")
	if err := os.WriteFile(cfg.Hosting, []byte("192.0.2.0/24\nhost.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), cfg.Hosting) {
		t.Fatalf("%v", err)
	}
	if err := os.WriteFile(cfg.Hosting, []byte("192.0.2.0/24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := run(t, cfg)
	if !d.hosting.Has(netip.MustParseAddr("192.0.2.9")) || !strings.Contains(log.String(), "networks=1") {
		t.Errorf("the file is not read: %s", log)
	}
}

// TestHostingAgain: the list follows its file at a signal, and by looking; a faulty file changes nothing.
func TestHostingAgain(t *testing.T) {
	cfg, log := config(t)
	path := filepath.Join(t.TempDir(), "hosting.txt")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("192.0.2.0/24\n")
	list, err := hosting.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{cfg: cfg, log: cfg.Log, hosting: list, closed: make(chan struct{})}
	hangup, tick, over := make(chan os.Signal), make(chan time.Time), make(chan struct{})
	go func() {
		d.keepHosting(hangup, tick)
		close(over)
	}()
	has := func(text string, want bool) {
		t.Helper()
		hangup <- os.Interrupt // taken once what came before is done
		if got := list.Has(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t; %s", text, got, log)
		}
	}
	write("198.51.100.0/24\n")
	hangup <- os.Interrupt
	has("198.51.100.9", true)
	write("203.0.113.0/24\n203.0.114.0/24\n")
	tick <- time.Time{}
	has("203.0.114.9", true)
	write("nothing\n")
	tick <- time.Time{}
	has("203.0.114.9", true)
	if !strings.Contains(log.String(), "the list of before stays") || !strings.Contains(log.String(), "line 1") {
		t.Errorf("the fault is not told: %s", log)
	}
	close(d.closed)
	<-over
}
