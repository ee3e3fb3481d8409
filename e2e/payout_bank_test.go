//go:build !race

package e2e

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"portcullis/wallet/faulty"
	"portcullis/wallet/regtest"
)

// bank is a venue that pays coins out on a real node's chain: its processes, and what lies between them.
type bank struct {
	*venue
	node   *regtest.Node
	line   *faulty.Proxy // between the venue and the node
	door   *door         // between the venue and the signer
	signer *signer
	public *public
	record *record
	payers []*payer
	hot    string // address
	paid   map[uint64]*owed
}

// payer is a customer with coins. A key of his that was brought from elsewhere asks for a withdrawal to an address that nobody knows,
// which is held, and his owner's key says yes to it.
type payer struct {
	*trader
	base    string
	deposit string // address
	owner   key
	private ed25519.PrivateKey
}

// owed is a payout: where and what is to arrive, once.
type owed struct {
	address string
	arrives int64
}

// Terms of the chain, in the smallest unit.
const (
	withdrawFee = 1_000
	settleDepth = 6
)

// newBank starts a node, a venue and a signer, and gives customers coins.
func newBank(t *testing.T, customers int) *bank {
	t.Helper()
	node, err := regtest.Start(t.Context(), regtest.Options{})
	if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	line, err := faulty.Start(node.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { line.Close() })
	dir := shortDir(t)
	b := &bank{node: node, line: line, public: &public{t: t, node: node, blocks: map[string]*block{}}, paid: map[uint64]*owed{}}
	b.door = newDoor(t, filepath.Join(dir, "door.sock"), filepath.Join(dir, "signer.sock"))
	b.venue = &venue{t: t, dir: filepath.Join(dir, "data"), args: []string{"--log-level=debug", "--weight-per-minute=100000000", "--wallet", b.wallet(dir)}}
	b.record = newRecord(t, b.dir)
	b.begin(dir)
	for range customers {
		b.payers = append(b.payers, b.payer())
	}
	b.fund()
	return b
}

// begin starts the venue, sets its chain to a new seed's, and starts the signer.
func (b *bank) begin(dir string) {
	b.t.Helper()
	c := newSeed(b.t, dir)
	b.hot = c.Hot
	b.start()
	b.t.Cleanup(b.kill)
	b.cli(nil, "asset", "add", "LTC", "8")
	b.cli(nil, "chain", "set", "LTC", "--network", c.Network, "--account", c.Account, "--credit-depth", "2", "--settle-depth", strconv.Itoa(settleDepth),
		"--min-withdraw", "0.0002", "--min-deposit", "0.0001", "--withdraw-fee", coins(withdrawFee))
	b.signer = newSigner(b.t, dir)
}

// shortDir is a directory of the test's own, whose name is short enough for sockets in it.
func shortDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "payout-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// wallet writes the file that says how the venue reaches its chain: the node behind the line, the signer behind the door.
func (b *bank) wallet(dir string) string {
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.t.Fatal(err)
		}
		return path
	}
	text, err := json.Marshal(map[string]any{"chains": []map[string]any{{
		"asset": "LTC", "url": b.line.URL(), "user": b.node.User, "password": write("password", b.node.Password),
		"signer": filepath.Join(dir, "door.sock"), "batch": 2, "idle": true,
	}}})
	if err != nil {
		b.t.Fatal(err)
	}
	return write("wallet.json", string(text))
}

// payer opens an account with both keys and an address for deposits.
func (b *bank) payer() *payer {
	b.t.Helper()
	var a struct{ Account json.Number }
	b.cli(&a, "account", "create")
	p := &payer{trader: &trader{key: b.legacy(a.Account.String()), http: &http.Client{Transport: &http.Transport{}}}, base: b.base}
	file := filepath.Join(b.t.TempDir(), "owner.pem")
	path, err := binary()
	if err != nil {
		b.t.Fatal(err)
	}
	if out, err := exec.Command(path, "owner", "keygen", file).CombinedOutput(); err != nil {
		b.t.Fatalf("owner keygen: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		b.t.Fatal(err)
	}
	blob, _ := pem.Decode(text)
	private, err := x509.ParsePKCS8PrivateKey(blob.Bytes)
	if err != nil {
		b.t.Fatal(err)
	}
	p.private = private.(ed25519.PrivateKey)
	b.cli(&p.owner, "key", "create", a.Account.String(), "--public-key", file[:len(file)-len("pem")]+"pub", "--owner")
	b.until("the chain is followed", func() bool {
		var d struct{ Address string }
		err := p.call(b.base, "GET", "/sapi/v1/capital/deposit/address", url.Values{"coin": {"LTC"}}, &d)
		p.deposit = d.Address
		return err == nil && d.Address != ""
	})
	return p
}

// fund gives the hot address and each customer coins, and waits until they are credited.
func (b *bank) fund() {
	b.t.Helper()
	ctx := context.Background()
	give := func(list ...regtest.Payment) {
		if _, err := b.node.Fund(ctx, list...); err != nil {
			b.t.Fatal(err)
		}
	}
	give(regtest.Payment{Address: b.hot, Value: 5e8})
	for range 4 {
		for _, p := range b.payers {
			give(regtest.Payment{Address: p.deposit, Value: 10e8})
		}
	}
	b.mine(settleDepth)
	b.followed()
}

// deposits are the customers' addresses.
func (b *bank) deposits() (list []string) {
	for _, p := range b.payers {
		list = append(list, p.deposit)
	}
	return list
}

// pay has a customer withdraw to an address that nobody was paid at before.
func (b *bank) pay(p *payer, n int64) uint64 {
	b.t.Helper()
	to := b.public.stranger(len(b.paid) + 1)
	var w struct{ ID string }
	if err := p.call(b.base, "POST", "/sapi/v1/capital/withdraw/apply", url.Values{"coin": {"LTC"}, "address": {to}, "amount": {coins(n)}}, &w); err != nil {
		b.t.Fatal(err)
	}
	id, err := strconv.ParseUint(w.ID, 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	b.paid[id] = &owed{to, n - withdrawFee}
	var r struct {
		Waiting []struct{ Matter, Payout uint64 }
	}
	if err := p.word("GET", "waiting", nil, &r); err != nil {
		b.t.Fatal(err)
	}
	for _, m := range r.Waiting {
		if m.Payout == id {
			if err := p.word("POST", "answer", map[string]any{"matter": m.Matter, "yes": true}, new(any)); err != nil {
				b.t.Fatal(err)
			}
			return id
		}
	}
	b.t.Fatalf("withdrawal %d to an address that nobody knows does not wait", id)
	return 0
}

// word says or asks something as the owner.
func (p *payer) word(method, what string, in, out any) error {
	body := []byte{}
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	path, at := "/owner/v1/"+what, strconv.FormatInt(time.Now().UnixMilli(), 10)
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	signature := ed25519.Sign(p.private, fmt.Appendf(nil, "%s\n%s %s\n%s", at, method, path, body))
	req.Header.Set("Portcullis-Key", p.owner.APIKey)
	req.Header.Set("Portcullis-Time", at)
	req.Header.Set("Portcullis-Signature", base64.StdEncoding.EncodeToString(signature))
	r, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", r.Status, text)
	}
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	return err
}

// patience bounds every wait: what takes longer does not end.
const patience = 90 * time.Second

// until asks again and again, less and less often, until something is so: each question starts a process.
func (b *bank) until(what string, so func() bool) {
	b.t.Helper()
	end := time.After(patience)
	for pause := 20 * time.Millisecond; !so(); pause = min(pause*3/2, 150*time.Millisecond) {
		select {
		case <-time.After(pause):
		case <-end:
			b.t.Fatalf("waited in vain: %s\n%s", what, tail(b.log))
		case err := <-b.end:
			b.end <- err
			b.t.Fatalf("the venue ended before %s: %v\n%s", what, err, tail(b.log))
		}
	}
}

// arrives waits for a channel.
func (b *bank) arrives(what string, c <-chan struct{}) {
	b.t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		b.t.Fatalf("waited in vain: %s\n%s", what, tail(b.log))
	}
}

func tail(log *bytes.Buffer) []byte {
	all := log.Bytes()
	return all[max(0, len(all)-6000):]
}

// mine makes blocks with what waits, and empty the same without.
func (b *bank) mine(blocks int) {
	b.t.Helper()
	if _, err := b.node.MineNothing(context.Background(), blocks); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bank) empty() {
	b.t.Helper()
	if _, err := b.node.MineOnly(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

// followed waits until the venue's record has the node's best block.
func (b *bank) followed() {
	b.t.Helper()
	var best string
	b.public.ask(&best, "getbestblockhash")
	b.until("the best block is on record", func() bool {
		b.record.read()
		return b.record.tip.Hash == best
	})
}

// are says whether all payouts have come so far, or further.
func (b *bank) are(list []uint64, stage string) bool {
	b.record.read()
	for _, id := range list {
		if !reached(b.record.stage(id), stage) {
			return false
		}
	}
	return true
}
