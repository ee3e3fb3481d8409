package operator

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/local"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
	"portcullis/journal"
)

// start is when every test begins: 2026-03-01 00:00 UTC.
const start = instruction.Time(1_772_323_200_000_000)

// house is an operator's socket on a real engine.
type house struct {
	t      testing.TB
	clock  *clock.Hand
	engine *engine.Engine
	kek    *seal.Keys
	path   string // of the socket
	client *Client
	server *Server

	mu  sync.Mutex
	log bytes.Buffer
}

// Write takes the log.
func (h *house) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(b)
}

func (h *house) logged() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.String()
}

func newHouse(t testing.TB) *house {
	t.Helper()
	dir, err := os.MkdirTemp("", "op") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := &house{t: t, clock: clock.NewHand(start), path: filepath.Join(dir, "operator.sock")}
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if h.engine, err = engine.Open(engine.Config{Log: log, Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.engine.Close() })
	if h.kek, err = seal.FromFile(filepath.Join(dir, "master.key")); err != nil {
		t.Fatal(err)
	}
	l, err := local.Listen(h.path)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Engine: h.engine, Master: h.kek, Log: slog.New(slog.NewTextHandler(h, &slog.HandlerOptions{Level: slog.LevelDebug})), Operators: []uint32{second}})
	h.server = s
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(context.Background()), <-served); err != nil {
			t.Error(err)
		}
	})
	h.client = NewClient(h.path)
	t.Cleanup(h.client.Close)
	return h
}

// must gives a command that must be carried out.
func must[Request, Reply any](h *house, c Command[Request, Reply], in Request) Reply {
	h.t.Helper()
	r, err := Call(context.Background(), h.client, c, in)
	if err != nil {
		h.t.Fatalf("%s: %v", c.path, err)
	}
	return r
}

// refused gives a command that must be refused, and is the refusal's code.
func refused[Request, Reply any](h *house, c Command[Request, Reply], in Request) string {
	h.t.Helper()
	_, err := Call(context.Background(), h.client, c, in)
	var no *Refused
	if !errors.As(err, &no) {
		h.t.Fatalf("%s: got %v, want a refusal", c.path, err)
	}
	if no.Refusal.Sentence == "" || !strings.HasSuffix(no.Refusal.Sentence, ".") {
		h.t.Errorf("%s: %q is no sentence", no.Refusal.Code, no.Refusal.Sentence)
	}
	return no.Refusal.Code
}

// customer is a venue with a market and an account.
func (h *house) customer() uint32 {
	h.t.Helper()
	must(h, AssetAdd, AddAsset{Symbol: "BTC", Scale: 8})
	must(h, AssetAdd, AddAsset{Symbol: "USDT", Scale: 6})
	must(h, MarketAdd, AddMarket{Base: "BTC", Quote: "USDT", Tick: "0.01", MinPrice: "0.01", MaxPrice: "1000000", Lot: "0.001", MaxQty: "9000"})
	return must(h, AccountCreate, CreateAccount{Ref: "c-1"}).Account
}

// TestRecords: what a command changed is one record, under the caller's user id, and the reply is of that record.
func TestRecords(t *testing.T) {
	h := newHouse(t)
	a := h.customer()
	out := must(h, AccountCredit, CreditAccount{Account: a, Asset: "BTC", Amount: "1.5", Ref: "gift"})
	sub := h.engine.Subscribe(out.Seq)
	defer sub.Close()
	seen := errors.New("seen")
	err := sub.Next(context.Background(), func(seq uint64, b []byte) error {
		var r instruction.Record
		if err := r.Decode(seq, b); err != nil {
			return err
		}
		if r.Principal != (instruction.Principal{Giver: instruction.ByOperator, Operator: uint32(os.Getuid())}) {
			t.Errorf("given by %+v", r.Principal)
		}
		in, err := r.Instruction()
		if c, ok := in.(*instruction.Credit); err != nil || !ok || c.Amount != 150_000_000 || c.Ref != "gift" {
			t.Errorf("record %d is of %+v, %v", seq, in, err)
		}
		if text(r.Time) != out.Time || r.Verdict.Decision.String() != out.Verdict {
			t.Errorf("the reply says %+v", out)
		}
		return seen
	})
	if !errors.Is(err, seen) {
		t.Fatal(err)
	}
	if got := must(h, AccountShow, ShowAccount{Account: a}).Balances; len(got) != 1 || got[0] != (Balance{"BTC", "1.50000000", "0.00000000"}) {
		t.Errorf("balances %+v", got)
	}
}

// TestRefusedRecords: what was judged and refused is on record too; what could not become an instruction is not.
func TestRefusedRecords(t *testing.T) {
	h := newHouse(t)
	h.customer()
	before := h.engine.Durable()
	if code := refused(h, AssetAdd, AddAsset{Symbol: "BTC", Scale: 8}); code != "symbol-taken" {
		t.Error(code)
	}
	if got := h.engine.Durable(); got != before+1 {
		t.Errorf("%d records more, want 1", got-before)
	}
	if code := refused(h, AccountCredit, CreditAccount{Account: 2, Asset: "BTC", Amount: "much"}); code != "malformed-number" {
		t.Error(code)
	}
	if got := h.engine.Durable(); got != before+1 {
		t.Errorf("a command that is no instruction was journalled")
	}
}

// TestKeys: what the venue makes for a customer works, and what the venue keeps of it does not give it away.
func TestKeys(t *testing.T) {
	h := newHouse(t)
	a := h.customer()
	payload := []byte("timestamp=1")

	k := must(h, KeyCreate, CreateKey{Account: a, Scheme: "hmac", Networks: []string{"192.0.2.0/24"}, Rights: []string{"read", "trade"}})
	kept := h.key(k.Key)
	if kept.ID != instruction.KeyIDOf(k.APIKey) || k.Name != kept.ID.String() {
		t.Errorf("the key is kept as %s, and the reply says %s and %s", kept.ID, k.Name, k.APIKey)
	}
	opened, err := h.kek.Open(kept.Material(), kept.ID[:])
	if err != nil || !bytes.Equal(opened.Reveal(), k.Secret.Reveal()) {
		t.Errorf("the sealed secret is not the customer's: %v", err)
	}
	if !k.PrivateKey.IsZero() {
		t.Error("an HMAC key has no private key")
	}

	for _, scheme := range []string{"ED25519", "RSA"} {
		k := must(h, KeyCreate, CreateKey{Account: a, Scheme: scheme})
		block, _ := pem.Decode(k.PrivateKey.Reveal())
		if block == nil {
			t.Fatal("no PEM")
		}
		private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		kept := h.key(k.Key)
		if kept.Rights() != instruction.MayRead {
			t.Errorf("a new key may %s", kept.Rights())
		}
		if p, ok := private.(ed25519.PrivateKey); ok {
			if err := credential.Verify(kept.Scheme, kept.Material(), payload, ed25519.Sign(p, payload)); err != nil {
				t.Error(err)
			}
		} else if kept.Scheme != instruction.RSA {
			t.Errorf("%s is kept as %s", scheme, kept.Scheme)
		}
		if !k.Secret.IsZero() {
			t.Errorf("%s has no secret", scheme)
		}
	}
	log := h.logged()
	for _, text := range []string{string(k.Secret.Reveal()), k.APIKey, "PRIVATE KEY"} {
		if strings.Contains(log, text) {
			t.Errorf("the log has %q:\n%s", text, log)
		}
	}
	if !strings.Contains(log, "command=/key/create") {
		t.Errorf("the log says nothing:\n%s", log)
	}
}

// key is what the venue keeps of a key.
func (h *house) key(n uint32) (k credential.Key) {
	h.t.Helper()
	if err := h.engine.Read(func(s *core.State) { k = *s.Key(instruction.Credential(n)) }); err != nil {
		h.t.Fatal(err)
	}
	return k
}

// TestShown: a secret goes into a reply and nowhere else.
func TestShown(t *testing.T) {
	s := Shown{secret.New([]byte("hush"))}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "r", KeyCreated{Secret: s}.Secret)
	if strings.Contains(log.String(), "hush") {
		t.Error(log.String())
	}
	b, err := json.Marshal(KeyCreated{Secret: s})
	if err != nil || !strings.Contains(string(b), `"secret":"hush"`) || strings.Contains(string(b), "private_key") {
		t.Errorf("%s, %v", b, err)
	}
	var back KeyCreated
	if err := json.Unmarshal(b, &back); err != nil || string(back.Secret.Reveal()) != "hush" {
		t.Errorf("%v", err)
	}
}

// TestClock: a jump waits for the operator's word.
func TestClock(t *testing.T) {
	h := newHouse(t)
	if code := refused(h, ClockConfirm, Nothing{}); code != "clock-not-frozen" {
		t.Error(code)
	}
	h.clock.Add(3600 * instruction.Second)
	must(h, AccountCreate, CreateAccount{})
	if s := must(h, StatusShow, Nothing{}); s.Frozen == "" || !s.Healthy {
		t.Errorf("%+v", s)
	}
	must(h, ClockConfirm, Nothing{})
	if s := must(h, StatusShow, Nothing{}); s.Frozen != "" {
		t.Errorf("still frozen at %s", s.Frozen)
	}
}

// TestPages: lists come in pages, and nothing is left out between them.
func TestPages(t *testing.T) {
	h := newHouse(t)
	h.customer()
	p := instruction.Principal{Giver: instruction.ByOperator}
	for i := range MaxPage + 10 {
		if _, err := h.engine.Do(&p, &instruction.OpenAccount{}); err != nil {
			t.Fatal(err)
		}
		key := instruction.CreateKey{Account: 2 + instruction.Account(i%2), ID: instruction.KeyID{byte(i), byte(i >> 8)},
			Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayRead}}
		if _, err := h.engine.Do(&p, &key); err != nil {
			t.Fatal(err)
		}
	}
	var accounts []uint32
	for page, more := (Page{}), true; more; {
		r := must(h, AccountList, page)
		for _, a := range r.Accounts {
			accounts = append(accounts, a.Account)
		}
		page.After, more = accounts[len(accounts)-1], r.More
	}
	for i, a := range accounts {
		if int(a) != i+1 {
			t.Fatalf("account %d stands at %d", a, i)
		}
	}
	if len(accounts) != MaxPage+12 {
		t.Errorf("%d accounts", len(accounts))
	}
	all := 0
	for in, more := (ListKeys{}), true; more; {
		r := must(h, KeyList, in)
		for _, k := range r.Keys {
			if all++; int(k.Key) != all {
				t.Fatalf("key %d stands at %d", k.Key, all)
			}
		}
		in.After, more = r.Next, r.More
	}
	if all != MaxPage+10 {
		t.Errorf("%d keys", all)
	}
	keys := 0
	for in, more := (ListKeys{Account: 3}), true; more; {
		r := must(h, KeyList, in)
		for _, k := range r.Keys {
			if k.Account != 3 || k.Key%2 != 0 {
				t.Fatalf("key %d of account %d", k.Key, k.Account)
			}
		}
		keys += len(r.Keys)
		in.After, more = r.Next, r.More
	}
	if keys != (MaxPage+10)/2 {
		t.Errorf("%d keys", keys)
	}
}

// post sends raw bytes to the socket.
func (h *house) post(method, path, body string) (int, Outcome) {
	h.t.Helper()
	r, err := http.NewRequest(method, "http://operator"+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := h.client.http.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	var out Outcome
	if err := json.Unmarshal(b, &out); err != nil || resp.StatusCode != 200 && out.Refusal == nil {
		h.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, b)
	}
	return resp.StatusCode, out
}

// TestMalformed: whatever is not a command changes nothing, and the answer says why.
func TestMalformed(t *testing.T) {
	h := newHouse(t)
	before := h.engine.Durable()
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/asset/add", `{"symbol":"BTC","scale":8,"more":1}`, 400, "malformed-command"},
		{"POST", "/asset/add", `{"symbol":"BTC","symbol":"ETH","scale":8}`, 400, "malformed-command"},
		{"POST", "/asset/add", `{"Symbol":"BTC","scale":8}`, 400, "malformed-command"},
		{"POST", "/asset/add", `{"symbol":"BTC","scale":-1}`, 400, "malformed-command"},
		{"POST", "/asset/add", ``, 400, "malformed-command"},
		{"POST", "/asset/add", `{"symbol":"` + strings.Repeat("A", MaxRequest) + `"}`, 413, "too-long"},
		{"POST", "/nothing", `{}`, 404, "unknown-command"},
		{"POST", "/", `{}`, 404, "unknown-command"},
		{"GET", "/asset/add", ``, 404, "unknown-command"},
		{"POST", "/key/revoke", `{"key":1,"name":"x"}`, 400, "malformed-command"},
		{"POST", "/key/revoke", `{}`, 400, "malformed-command"},
		{"POST", "/market/set", `{"symbol":"BTCUSDT","state":"AJAR"}`, 400, "malformed-command"},
	} {
		status, out := h.post(c.method, c.path, c.body)
		if status != c.status || out.Refusal == nil || out.Refusal.Code != c.code {
			t.Errorf("%s %s %.60s: %d %+v", c.method, c.path, c.body, status, out.Refusal)
		}
	}
	if got := h.engine.Durable(); got != before {
		t.Errorf("%d records", got-before)
	}
}

// TestStopped: a venue that takes nothing up says so, and that nothing happened.
func TestStopped(t *testing.T) {
	h := newHouse(t)
	h.engine.Close()
	if code := refused(h, AccountCreate, CreateAccount{}); code != "stopped" {
		t.Error(code)
	}
	if s := must(h, StatusShow, Nothing{}); s.Healthy || s.Problem == "" {
		t.Errorf("%+v", s)
	}
}

// TestUnnamed: whoever comes by another way than a Unix socket has no name, and gets nothing.
func TestUnnamed(t *testing.T) {
	h := newHouse(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Engine: h.engine, Master: h.kek, Log: slog.New(slog.DiscardHandler)})
	go s.http.Serve(l)
	defer s.Close(context.Background())
	resp, err := http.Post("http://"+l.Addr().String()+"/account/create", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden || h.engine.Durable() != 0 {
		t.Errorf("%s, %d records", resp.Status, h.engine.Durable())
	}
}
