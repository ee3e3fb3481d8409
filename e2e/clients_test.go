//go:build !race

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
	needClient(t, "ccxt", "ccxt")
	_, file := clientVenue(t)
	for _, script := range []string{"spot.js", "streams.js"} {
		runChecks(t, script, exec.Command("node", filepath.Join("ccxt", script), file))
	}
}

// TestReconnect kills the venue under a client that listens, starts it again, and wants the client to go on as if nothing
// had been missed.
func TestReconnect(t *testing.T) {
	for dir, client := range map[string]string{"ccxt": "ccxt", "npm-binance": "binance"} {
		t.Run(client, func(t *testing.T) {
			needClient(t, dir, client)
			v, file := clientVenue(t)
			runChecks(t, "reconnect.js", exec.Command("node", filepath.Join(dir, "reconnect.js"), file), func(line string) {
				if line == "restart" {
					v.kill()
					v.start()
				}
			})
		})
	}
}

// TestBinance does the same with an unmodified binance.
func TestBinance(t *testing.T) {
	needClient(t, "npm-binance", "binance")
	_, file := clientVenue(t)
	for _, script := range []string{"rest.js", "streams.js"} {
		runChecks(t, script, exec.Command("node", filepath.Join("npm-binance", script), file))
	}
}

// TestGoBinance does the same with an unmodified go-binance.
func TestGoBinance(t *testing.T) {
	program := filepath.Join(t.TempDir(), "client")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = "go-binance"
	if out, err := build.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" || !strings.Contains(string(out), "dial tcp") {
			t.Fatalf("building: %v\n%s", err, out)
		}
		t.Skip("go-binance cannot be had: its module is not here, and there is no network")
	}
	_, file := clientVenue(t)
	runChecks(t, "go-binance", exec.Command(program, file))
}

// needClient skips a test whose client is not installed.
func needClient(t *testing.T, dir, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "node_modules", name)); err == nil {
		return
	}
	why := name + " is not installed: run npm ci in e2e/" + dir
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// clientVenue is a venue with two customers, and a file that tells a client's script of their keys.
func clientVenue(t *testing.T) (*venue, string) {
	t.Helper()
	v := newVenue(t)
	loopback := []string{"--networks", "127.0.0.0/8,::1/128"}
	clientKey := func(account, kind, rights string, more ...string) map[string]string {
		k := v.key(account, kind, rights, more...)
		return map[string]string{"apiKey": k.APIKey, "secret": k.Secret + k.PrivateKey}
	}
	kinds := func(account string) map[string]any {
		m := map[string]any{}
		for _, kind := range []string{"hmac", "ed25519", "rsa"} {
			m[kind] = clientKey(account, kind, "read,trade", loopback...)
		}
		return m
	}
	maker, taker := v.account("100", "1000000"), v.account("100", "1000000")
	old := v.legacy(maker)
	gone := v.key(maker, "hmac", "read", loopback...)
	v.cli(nil, "key", "revoke", gone.Number.String())
	config, err := json.Marshal(map[string]any{
		"base": v.base, "maker": kinds(maker), "taker": kinds(taker),
		"readonly": clientKey(maker, "hmac", "read"),
		"legacy":   map[string]string{"apiKey": old.APIKey, "secret": old.Secret},
		"payer":    clientKey(maker, "ed25519", "read,withdraw", loopback...),
		"revoked":  map[string]string{"apiKey": gone.APIKey, "secret": gone.Secret},
		"fenced":   clientKey(maker, "hmac", "read", "--networks", "192.0.2.0/24"),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	return v, file
}

// runChecks runs a script that prints "ok NAME" or "not ok NAME: why" lines, and makes each a test. Other lines go to other.
func runChecks(t *testing.T, name string, cmd *exec.Cmd, other ...func(line string)) {
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
		} else {
			t.Log(name, line)
			for _, do := range other {
				do(line)
			}
		}
	}
	if err := cmd.Wait(); err != nil && !t.Failed() || n == 0 {
		t.Errorf("%s: %v after %d checks\n%s", name, err, n, &stderr)
	}
}
