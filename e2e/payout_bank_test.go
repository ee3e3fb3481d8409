//go:build !race

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
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
	gifts  []string // codes that nobody has claimed
	hot    string   // address
	paid   map[uint64]*owed
}

// owed is a payout: where and what is to arrive, once.
type owed struct {
	address string
	arrives int64
	again   func() (string, error) // asks for it again, and is what it is called
	called  string
}

// Terms of the chain, in the smallest unit.
const (
	withdrawFee = 1_000
	settleDepth = 6
	gifts       = 100 // codes
	giftWorth   = 1_234_567
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
	b.issue(gifts)
}

// deposits are the customers' addresses.
func (b *bank) deposits() (list []string) {
	for _, p := range b.payers {
		list = append(list, p.deposit)
	}
	return list
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
