//go:build !race

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/wallet/coin"
)

// TestCCXTChain lets an unmodified ccxt deposit and withdraw the demo's coin, which moves on a chain with a block every ten seconds,
// until its withdrawal is in a block. Its owner says yes when the script asks for that.
func TestCCXTChain(t *testing.T) {
	needClient(t, "ccxt", "ccxt")
	v := &venue{t: t, dir: filepath.Join(t.TempDir(), "data"), demo: true}
	v.start()
	t.Cleanup(v.kill)
	demo, err := os.ReadFile(filepath.Join(v.dir, "demo-credentials.json"))
	if err != nil {
		t.Fatal(err)
	}
	var customer struct {
		HMAC struct {
			APIKey string `json:"api_key"`
			Secret string `json:"secret"`
		} `json:"hmac"`
	}
	if err := json.Unmarshal(demo, &customer); err != nil {
		t.Fatal(err)
	}
	account := v.numbered("demo-customer")
	file := filepath.Join(t.TempDir(), "owner.pem")
	v.owner(nil, "keygen", file)
	var owner key
	v.cli(&owner, "key", "create", account, "--owner", "--public-key", strings.TrimSuffix(file, "pem")+"pub")
	old := v.legacy(account)
	config, err := json.Marshal(map[string]any{
		"base":   v.base,
		"other":  outside(t),
		"demo":   map[string]string{"apiKey": customer.HMAC.APIKey, "secret": customer.HMAC.Secret},
		"legacy": map[string]string{"apiKey": old.APIKey, "secret": old.Secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	told := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(told, config, 0o600); err != nil {
		t.Fatal(err)
	}
	runChecks(t, "chain.js", exec.Command("node", filepath.Join("ccxt", "chain.js"), told), func(line string) {
		if line != "yes" {
			return
		}
		var waiting struct {
			Waiting []struct{ Matter json.Number }
		}
		v.cli(&waiting, "waiting", account)
		for _, m := range waiting.Waiting {
			v.owner(nil, "yes", m.Matter.String(), "--url", v.base, "--api-key", owner.APIKey, "--key", file)
		}
	})
	var chains struct {
		Chains []struct {
			Asset, Spare string
			Tip, Spends  int
		}
	}
	v.cli(&chains, "chain", "list")
	if len(chains.Chains) != 1 || chains.Chains[0].Asset != "DEMO" || chains.Chains[0].Tip == 0 || strings.HasPrefix(chains.Chains[0].Spare, "-") {
		t.Errorf("%+v", chains)
	}
}

// outside is an address of the demo chain that is not the venue's.
func outside(t *testing.T) string {
	t.Helper()
	n, err := coin.NetworkNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := coin.NewSeed().Account(n)
	if err != nil {
		t.Fatal(err)
	}
	address, _, err := keys.Public().Address(false, 0)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// numbered is the number of the account with a reference.
func (v *venue) numbered(ref string) string {
	v.t.Helper()
	var list struct {
		Accounts []struct {
			Account json.Number
			Ref     string
		}
	}
	v.cli(&list, "account", "list")
	for _, a := range list.Accounts {
		if a.Ref == ref {
			return a.Account.String()
		}
	}
	v.t.Fatalf("no account is called %s", ref)
	return ""
}

// owner runs a command of the owner's, on the customer's side.
func (v *venue) owner(out any, args ...string) {
	v.t.Helper()
	path, err := binary()
	if err != nil {
		v.t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"owner"}, append(args, "--json")...)...)
	reply, err := cmd.Output()
	if err != nil {
		v.t.Fatalf("%v: %v\n%s", args, err, reply)
	}
	if out != nil {
		if err := json.Unmarshal(reply, out); err != nil {
			v.t.Fatal(err)
		}
	}
}
