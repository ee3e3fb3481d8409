//go:build !race

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the product, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "portcullis-e2e-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "portcullis")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/portcullis")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// venue is a running venue with a data directory of its own.
type venue struct {
	t    *testing.T
	dir  string
	base string // such as http://127.0.0.1:8420
	args []string
	demo bool // with the demo's customer, markets and coin
	cmd  *exec.Cmd
	log  *bytes.Buffer
	end  chan error
}

// newVenue starts a venue without the demo, and defines BTC, USDT and their market as most tests want them.
func newVenue(t *testing.T, args ...string) *venue {
	t.Helper()
	v := &venue{t: t, dir: filepath.Join(t.TempDir(), "data"), args: args}
	v.start()
	t.Cleanup(v.kill)
	v.cli(nil, "asset", "add", "BTC", "8")
	v.cli(nil, "asset", "add", "USDT", "8")
	v.cli(nil, "market", "add", "BTC", "USDT", "--tick", "0.01", "--min-price", "0.01", "--max-price", "1000000",
		"--lot", "0.00001", "--max-qty", "9000", "--min-notional", "5")
	return v
}

// start runs the binary on a free port, the same one each time, and waits until it is ready.
func (v *venue) start() {
	v.t.Helper()
	path, err := binary()
	if err != nil {
		v.t.Fatal(err)
	}
	addr := strings.TrimPrefix(v.base, "http://") // as before, where it is started again
	if addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			v.t.Fatal(err)
		}
		addr = l.Addr().String()
		l.Close()
		v.base = "http://" + addr
	}
	v.log = new(bytes.Buffer)
	args := append([]string{"run", "--data", v.dir, "--listen", addr}, v.args...)
	if !v.demo {
		args = append(args, "--no-demo")
	}
	v.cmd = exec.Command(path, args...)
	v.cmd.Stdout, v.cmd.Stderr = v.log, v.log
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.end = make(chan error, 1)
	go func(cmd *exec.Cmd, end chan error) { end <- cmd.Wait() }(v.cmd, v.end)
	v.await()
}

// await polls the venue until it says that it is ready.
func (v *venue) await() {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		r, err := http.Get(v.base + "/readyz")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-v.end:
			v.end <- err
			v.t.Fatalf("the venue ended: %v\n%s", err, v.log)
		case <-ctx.Done():
			v.t.Fatalf("the venue is not ready after a minute\n%s", v.log)
		case <-poll.C:
		}
	}
}

// kill ends the venue as a power cut would, as far as a process can tell.
func (v *venue) kill() {
	v.cmd.Process.Kill()
	v.end <- <-v.end
}

// stop asks the venue to end and waits until it has.
func (v *venue) stop() {
	v.t.Helper()
	v.cmd.Process.Signal(os.Interrupt)
	err := <-v.end
	v.end <- err
	if err != nil {
		v.t.Fatalf("the venue ended badly: %v\n%s", err, v.log)
	}
}

// cli runs an operator's command against the venue's data directory and decodes its JSON reply into out.
func (v *venue) cli(out any, args ...string) {
	v.t.Helper()
	path, err := binary()
	if err != nil {
		v.t.Fatal(err)
	}
	cmd := exec.Command(path, append(args, "--data", v.dir, "--json")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	reply, err := cmd.Output()
	if err != nil {
		v.t.Fatalf("%v: %v\n%s%s", args, err, reply, &stderr)
	}
	if out == nil {
		out = new(map[string]any)
	}
	if err := json.Unmarshal(reply, out); err != nil {
		v.t.Fatalf("%v: %v in %s", args, err, reply)
	}
}

// account opens an account and funds it.
func (v *venue) account(btc, usdt string) string {
	v.t.Helper()
	var a struct{ Account json.Number }
	v.cli(&a, "account", "create")
	v.cli(nil, "account", "credit", a.Account.String(), "BTC", btc)
	v.cli(nil, "account", "credit", a.Account.String(), "USDT", usdt)
	return a.Account.String()
}

// key is what a customer keeps of an API key.
type key struct {
	Number     json.Number `json:"key"`
	APIKey     string      `json:"api_key"`
	Secret     string      `json:"secret"`      // of an HMAC key
	PrivateKey string      `json:"private_key"` // of the others, in PEM
}

// legacy brings a key over as older venues held them: HMAC, with all rights and for any network.
func (v *venue) legacy(account string) key {
	v.t.Helper()
	k := key{APIKey: strings.Repeat("L", 60) + account, Secret: strings.Repeat("s", 64)}
	file := filepath.Join(v.t.TempDir(), "keys.csv")
	if err := os.WriteFile(file, []byte("account,api_key,secret,created\n"+account+","+k.APIKey+","+k.Secret+",2014-08-07\n"), 0o600); err != nil {
		v.t.Fatal(err)
	}
	v.cli(nil, "key", "import", file)
	return k
}

func (v *venue) key(account, kind, rights string, more ...string) key {
	v.t.Helper()
	var k key
	v.cli(&k, append([]string{"key", "create", account, "--scheme", kind, "--rights", rights}, more...)...)
	return k
}
