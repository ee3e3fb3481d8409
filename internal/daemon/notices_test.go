package daemon

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/identity/notice"
	"portcullis/internal/clock"
	"portcullis/operator"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// TestNotices: what happens is posted to the webhook, what happened while nobody took it too, and the journal keeps what
// notices have yet to be made of.
func TestNotices(t *testing.T) {
	text := notice.NewSecret()
	cfg, logs := config(t)
	cfg.segment = 16 << 10
	cfg.Clock = clock.NewHand(1_515_196_800_000_000)
	cfg.HookKey = filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(cfg.HookKey, text.Reveal(), 0o600); err != nil {
		t.Fatal(err)
	}
	verify, err := standardwebhooks.NewWebhook(string(text.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 100)
	well := make(chan bool, 1)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || verify.Verify(body, r.Header) != nil {
			t.Errorf("a message %s, %v", body, err)
		}
		select {
		case <-well:
			well <- true
		default:
			got <- "failed"
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		got <- string(body)
	}))
	defer hook.Close()
	cfg.Webhook = hook.URL

	d := run(t, cfg)
	call(t, d, operator.AccountCreate, operator.CreateAccount{Ref: "customer"})
	call(t, d, operator.DropNow, operator.Drop{Class: "TRADING", Reason: "a test"})
	if first := <-got; first != "failed" {
		t.Errorf("a message before the webhook was well: %s", first)
	}
	var page strings.Builder
	resp, err := http.Get(d.BaseURL() + "/metrics")
	if err == nil {
		_, err = io.Copy(&page, resp.Body)
		resp.Body.Close()
	}
	if err != nil || !strings.Contains(page.String(), "\nportcullis_webhook_pending 1\n") || !strings.Contains(page.String(), "\nportcullis_notices_total 1\n") {
		t.Errorf("the metrics: %v\n%s", err, page.String())
	}
	stop(t, d)
	well <- true
	d = run(t, cfg)
	for body := range got {
		if body == "failed" {
			continue
		}
		if !strings.Contains(body, `"type":"drop.made"`) {
			t.Errorf("the first message is %s", body)
		}
		break
	}
	stop(t, d)
	if strings.Contains(logs.String(), string(text.Reveal())) {
		t.Error("the secret is in the log")
	}
}

// TestNoticesKeep: the journal's start stays while notices have not been made of it.
func TestNoticesKeep(t *testing.T) {
	cfg, _ := config(t)
	cfg.segment = 16 << 10
	cfg.Clock = clock.NewHand(1_515_196_800_000_000)
	cfg.Keep = Keep{Bytes: 40_000}
	d := run(t, cfg)
	defer stop(t, d)
	behind, err := notice.Open(t.TempDir()) // nobody follows it
	if err == nil {
		err = behind.Begin(t.Context(), d.engine)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close()
	fill := func() {
		for range 100 {
			call(t, d, operator.AccountCreate, operator.CreateAccount{})
		}
		if err := d.archive.Wait(t.Context(), d.engine.Durable()); err != nil {
			t.Fatal(err)
		}
	}
	fill()
	call(t, d, operator.SnapshotTake, operator.Nothing{})
	fill()
	whole := d.notices
	d.notices = behind // snapshots are taken one at a time, and this one ends with the journal's
	call(t, d, operator.SnapshotTake, operator.Nothing{})
	if first := d.journal.First(); first > behind.Taken()+1 {
		t.Errorf("the journal begins with %d, and notices are taken to %d", first, behind.Taken())
	}
	d.notices = whole
	fill()
	call(t, d, operator.SnapshotTake, operator.Nothing{})
	if first := d.journal.First(); first == 1 || first > whole.Taken()+1 {
		t.Errorf("then the journal begins with %d, and notices are taken to %d", first, whole.Taken())
	}
}
