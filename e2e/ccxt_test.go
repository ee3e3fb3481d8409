package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCCXT lets an unmodified ccxt, pointed at the venue by its URLs only, do what customers do.
func TestCCXT(t *testing.T) {
	if _, err := os.Stat("ccxt/node_modules/ccxt"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ccxt is not installed: run npm ci in e2e/ccxt")
		}
		t.Skip("ccxt is not installed: run npm ci in e2e/ccxt")
	}
	v := newVenue(t)
	loopback := []string{"--networks", "127.0.0.0/8,::1/128"}
	ccxtKey := func(account, kind, rights string, more ...string) map[string]string {
		k := v.key(account, kind, rights, more...)
		return map[string]string{"apiKey": k.APIKey, "secret": k.Secret + k.PrivateKey}
	}
	kinds := func(account string) map[string]any {
		m := map[string]any{}
		for _, kind := range []string{"hmac", "ed25519", "rsa"} {
			m[kind] = ccxtKey(account, kind, "read,trade", loopback...)
		}
		return m
	}
	maker, taker := v.account("100", "1000000"), v.account("100", "1000000")
	gone := v.key(maker, "hmac", "read", loopback...)
	v.cli(nil, "key", "revoke", gone.Number.String())
	config, err := json.Marshal(map[string]any{
		"base": v.base, "maker": kinds(maker), "taker": kinds(taker),
		"readonly": ccxtKey(maker, "hmac", "read"),
		"revoked":  map[string]string{"apiKey": gone.APIKey, "secret": gone.Secret},
		"fenced":   ccxtKey(maker, "hmac", "read", "--networks", "192.0.2.0/24"),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"spot.js", "streams.js"} {
		runChecks(t, script, exec.Command("node", filepath.Join("ccxt", script), file))
	}
}

// runChecks runs a script that prints "ok NAME" or "not ok NAME: why" lines, and makes each a test.
func runChecks(t *testing.T, name string, cmd *exec.Cmd) {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := lines.Text()
		what, failed := strings.CutPrefix(line, "not ok ")
		if what, why, _ := strings.Cut(what, ": "); failed {
			t.Run(name+"/"+what, func(t *testing.T) { t.Error(why) })
		} else if what, ok := strings.CutPrefix(line, "ok "); ok {
			t.Run(name+"/"+what, func(*testing.T) {})
			n++
		}
	}
	if err := cmd.Wait(); err != nil && !t.Failed() || n == 0 {
		t.Errorf("%s: %v after %d checks\n%s", name, err, n, &stderr)
	}
}
