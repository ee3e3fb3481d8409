package access_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/internal/access"
	"portcullis/internal/daemon"
	"portcullis/internal/secret"
	"portcullis/operator"
	"portcullis/venue/owner"
)

// running is a venue that runs, with a customer who has a key of each kind.
func running(t *testing.T) (*daemon.Daemon, map[access.Who]*owner.Client) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pc") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d, err := daemon.Start(context.Background(), daemon.Config{
		Dir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", Version: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	do := func(in instruction.Instruction) {
		t.Helper()
		r, err := d.Engine().Do(&instruction.Principal{Giver: instruction.ByOperator}, in)
		var ev instruction.Events
		if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
			t.Fatalf("%T: %v, %v", in, err, r.Refused(&ev))
		}
	}
	do(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	do(&instruction.OpenAccount{Ref: "customer"})
	clients := map[access.Who]*owner.Client{}
	for _, who := range []access.Who{access.Owner, access.Reads, access.Trades} {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		text := "key-of-who-" + strings.Repeat("x", int(who)%97)
		do(&instruction.CreateKey{Account: 2, ID: instruction.KeyIDOf(text), Scheme: instruction.Ed25519, Material: public,
			Mandate: instruction.Mandate{Rights: givers[who] | instruction.MayRead}})
		if clients[who], err = owner.NewClient(d.BaseURL(), text, secret.New(private.Seed())); err != nil {
			t.Fatal(err)
		}
	}
	return d, clients
}

// TestWeb: what a venue that runs serves is what the table has, open to whom the table says.
func TestWeb(t *testing.T) {
	d, clients := running(t)
	var own []string
	for _, p := range access.Pages {
		if strings.HasPrefix(p.Name, "GET ") && p.Name != "GET /owner/openapi.json" {
			own = append(own, p.Name)
		}
	}
	same(t, "daemon's pages", own, d.Pages())
	fill := strings.NewReplacer("GET ", "", "{streams}", "btcusdt@trade", "{code}", "aged-key", "{$}", "")
	for _, p := range access.Pages {
		for _, from := range []string{"", "203.0.113.9"} {
			r, err := http.NewRequest(http.MethodGet, d.BaseURL()+fill.Replace(p.Name), nil)
			if err != nil {
				t.Fatal(err)
			}
			if from != "" {
				r.Header.Set("X-Forwarded-For", from)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			shut := resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusNotFound
			if want := p.Who == access.Near && from != ""; shut != want {
				t.Errorf("%s from %q without a key: %s", p.Name, from, resp.Status)
			}
		}
	}
	for _, w := range access.Gifts {
		method, path, _ := strings.Cut(w.Name, " ")
		r, err := http.NewRequest(method, d.BaseURL()+strings.Replace(path, "{receipt}", "0", 1), strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if shut := resp.StatusCode == 401 || resp.StatusCode == 403 || resp.StatusCode == 405; shut || strings.Contains(string(body), "There is no such path") {
			t.Errorf("%s without a key: %s", w.Name, resp.Status)
		}
	}
	for _, w := range access.Words {
		method, path, _ := strings.Cut(w.Name, " ")
		r, err := http.NewRequest(method, d.BaseURL()+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without a key: %s", w.Name, resp.Status)
		}
		for who, c := range clients {
			var in any
			if method == "POST" {
				in = map[string]any{}
			}
			var out any
			err := c.Call(t.Context(), method, path, in, &out)
			var no *owner.Refused
			if err != nil && !errors.As(err, &no) {
				t.Fatal(err)
			}
			let := no == nil || no.Status != http.StatusUnauthorized && no.Code != instruction.OwnerOnly.String()
			if want := w.May()&who != 0; let != want || !want && no.Status != http.StatusForbidden {
				t.Errorf("%s by %v: %v", w.Name, who, err)
			}
		}
	}
}

// TestSocket: no command of the operator's is served at the API's address, to anybody.
func TestSocket(t *testing.T) {
	d, _ := running(t)
	for _, c := range access.Commands {
		resp, err := http.Post(d.BaseURL()+c.Name, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s at the API's address: %s", c.Name, resp.Status)
		}
	}
	client := operator.NewClient(d.Socket())
	defer client.Close()
	if _, err := operator.Call(t.Context(), client, operator.StatusShow, operator.Nothing{}); err != nil {
		t.Errorf("this user runs the venue, and is not let in: %v", err)
	}
}
