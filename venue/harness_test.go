package venue

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
	"portcullis/journal"
	"portcullis/venue/gift"
	"portcullis/venue/stream"
)

// house is a whole venue on a journal of its own: two markets, two customers with money, and a key of each kind.
type house struct {
	t       testing.TB
	clock   *clock.Hand
	disk    *disk
	engine  *engine.Engine
	archive *archive.Archive
	streams *stream.Hub
	venue   *Venue
	kek     seal.KEK
	server  *httptest.Server
	beats   chan time.Time // of the streams
	log     bytes.Buffer

	alice, bob instruction.Account
	btcusdt    instruction.Market
	ethbtc     instruction.Market

	ed, rsa, hmac *testKey // Alice's
	bobs          *testKey // Bob's, HMAC
}

// start is when every test begins: 2026-03-01 00:00 UTC.
const start = instruction.Time(1_772_323_200_000_000)

func newHouse(t testing.TB, change ...func(*Config)) *house {
	t.Helper()
	h := &house{t: t, clock: clock.NewHand(start), beats: make(chan time.Time)}
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 20, FS: unsynced{journal.Disk}})
	if err != nil {
		t.Fatal(err)
	}
	h.disk = &disk{Log: log}
	h.engine, err = engine.Open(engine.Config{Log: h.disk, Clock: h.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.engine.Close() })
	h.kek, err = seal.New(secret.New(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	h.furnish()
	h.archive, err = archive.Open(archive.Memory)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	filled := make(chan error, 1)
	go func() { filled <- h.archive.Follow(ctx, h.engine) }()
	t.Cleanup(func() {
		cancel()
		<-filled
		h.archive.Close()
	})
	keys := NewListenKeys(h.engine)
	h.streams, err = stream.New(h.engine, stream.Config{
		Beat: h.beats, ClientAddr: func(r *http.Request) netip.Addr { return ClientAddr(r, nil) }, ListenKey: keys.Owner,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.streams.Close() })
	cfg := Config{
		Engine: h.engine, Archive: h.archive, Streams: h.streams, ListenKeys: keys, Secrets: h.kek, Gifts: gift.NewDesk(pepper),
		Log: slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&cfg)
	}
	h.venue, err = New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.venue.history.lag = within // however busy the machine is
	h.server = httptest.NewServer(h.venue.Handler())
	t.Cleanup(h.server.Close)
	return h
}

// unsynced is the machine's file system without waiting for its disk: nobody pulls the plug here, and a day in ticks is long.
type unsynced struct{ journal.FS }

type unsyncedFile struct{ journal.File }

func (unsyncedFile) Datasync() error { return nil }

func (unsynced) SyncDir(string) error { return nil }

func (u unsynced) Create(name string) (journal.File, error) {
	f, err := u.FS.Create(name)
	return unsyncedFile{f}, err
}

func (u unsynced) OpenWrite(name string) (journal.File, error) {
	f, err := u.FS.OpenWrite(name)
	return unsyncedFile{f}, err
}

// disk is a journal that can be made to wait.
type disk struct {
	journal.Log
	mu sync.Mutex
}

// stall lets nothing become durable until what it returns is called.
func (d *disk) stall() (release func()) {
	d.mu.Lock()
	return sync.OnceFunc(d.mu.Unlock)
}

func (d *disk) Append(b *journal.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Log.Append(b)
}

// operator gives an instruction as the operator, and wants it carried out.
func (h *house) operator(in instruction.Instruction) {
	h.t.Helper()
	r, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByOperator}, in)
	if err != nil {
		h.t.Fatal(err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		h.t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), why)
	}
}

func (h *house) furnish() {
	h.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	h.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 6})
	h.operator(&instruction.AddAsset{Symbol: "ETH", Scale: 8})
	h.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, // 0.01 to 1,000,000 USDT
		Lot: 1_000, MaxQty: 100_000_000_000, // 0.00001 to 1000 BTC
		MinNotional: 5_000_000, MakerFee: 1000, TakerFee: 2000,
	}})
	h.operator(&instruction.AddMarket{Base: 3, Quote: 1, Terms: instruction.Terms{
		Tick: 1_000, MinPrice: 1_000_000, MaxPrice: 100_000_000_000,
		Lot: 100_000, MaxQty: 1_000_000_000_000, MinNotional: 10_000, MakerFee: 1000, TakerFee: 1000,
	}})
	h.btcusdt, h.ethbtc = 1, 2
	for _, name := range []string{"alice", "bob"} {
		h.operator(&instruction.OpenAccount{Ref: name})
	}
	h.alice, h.bob = 2, 3
	for _, a := range []instruction.Account{h.alice, h.bob} {
		h.operator(&instruction.Credit{Account: a, Asset: 1, Amount: 10 * 100_000_000, Ref: "seed"})
		h.operator(&instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000 * 1_000_000, Ref: "seed"})
	}
	h.ed = h.key(h.alice, instruction.Ed25519, instruction.Mandate{
		Rights: tradeHere.Rights | instruction.MayTransfer, Networks: tradeHere.Networks})
	h.rsa = h.key(h.alice, instruction.RSA, tradeHere)
	h.hmac = h.key(h.alice, instruction.HMAC, tradeHere)
	h.bobs = h.key(h.bob, instruction.HMAC, tradeHere)
}

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// tradeHere is the mandate of a bot on this machine.
var tradeHere = instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade, Networks: []netip.Prefix{loopback}}

// testKey is a customer's side of an API key.
type testKey struct {
	text   string // what goes into X-MBX-APIKEY
	number instruction.Credential
	sign   func(payload []byte) string
}

var keyNumber = struct {
	sync.Mutex
	n int
}{}

// testRSA is made once: making one takes long.
var testRSA = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// key gives an account a key of the scheme.
func (h *house) key(a instruction.Account, scheme instruction.Scheme, m instruction.Mandate) *testKey {
	h.t.Helper()
	return h.made(instruction.CreateKey{Account: a, Scheme: scheme, Mandate: m})
}

// made is the customer's side of a key that is created.
func (h *house) made(in instruction.CreateKey) *testKey {
	h.t.Helper()
	scheme := in.Scheme
	keyNumber.Lock()
	keyNumber.n++
	k := &testKey{text: fmt.Sprintf("testkey-%s-%048d", strings.ToLower(scheme.String()), keyNumber.n)}
	keyNumber.Unlock()
	id := instruction.KeyIDOf(k.text)
	var material []byte
	switch scheme {
	case instruction.Ed25519:
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			h.t.Fatal(err)
		}
		material = public
		k.sign = func(p []byte) string { return base64.StdEncoding.EncodeToString(ed25519.Sign(private, p)) }
	case instruction.RSA:
		private := testRSA()
		material, _ = x509.MarshalPKIXPublicKey(&private.PublicKey)
		k.sign = func(p []byte) string {
			sum := sha256.Sum256(p)
			sig, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, sum[:])
			if err != nil {
				h.t.Fatal(err)
			}
			return base64.StdEncoding.EncodeToString(sig)
		}
	case instruction.HMAC:
		plain := []byte("secret of " + k.text)
		sealed, err := h.kek.Seal(secret.New(bytes.Clone(plain)), id[:])
		if err != nil {
			h.t.Fatal(err)
		}
		material = sealed
		k.sign = func(p []byte) string {
			mac := hmac.New(sha256.New, plain)
			mac.Write(p)
			return hex.EncodeToString(mac.Sum(nil))
		}
	}
	in.ID, in.Material = id, material
	h.operator(&in)
	if err := h.engine.Read(func(s *core.State) { k.number = s.Keys() }); err != nil {
		h.t.Fatal(err)
	}
	return k
}

// legacy gives an account a key as older venues held them.
func (h *house) legacy(a instruction.Account) *testKey {
	h.t.Helper()
	return h.made(instruction.CreateKey{Account: a, Scheme: instruction.Ed25519, Legacy: true,
		Mandate: instruction.Mandate{Rights: tradeHere.Rights | instruction.MayWithdraw, Networks: tradeHere.Networks, Codes: []instruction.Cap{{Asset: 1, PerDay: 5e7}}}})
}

// giftText is a gift code, and pepper what it is stored under.
var (
	giftText = gift.Code{}.Reveal()
	pepper   = gift.NewPepper(bytes.Repeat([]byte{9}, 32))
)

// gifted has a key issue two gift codes, of which the first is giftText.
func (h *house) gifted(by *testKey) {
	h.t.Helper()
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: by.number, Addr: netip.MustParseAddr("127.0.0.1")}
	codes := []instruction.NewCode{{Hash: pepper.Hash(gift.Code{})}, {Hash: instruction.CodeHash{1}}}
	r, err := h.engine.Do(&p, &instruction.IssueCodes{Asset: 1, Amount: 1e6, Expires: h.engine.Now() + instruction.Year, Codes: codes})
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(new(instruction.Events)) != 0 {
		h.t.Fatal(err, r.Verdict.Reason())
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// code is the dialect's error code, 0 where there is none.
func (a answer) code() int {
	var e struct{ Code int }
	_ = json.Unmarshal([]byte(a.body), &e)
	return e.Code
}

// into reads the answer, which must be one of success.
func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if a.status != 200 {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// fields reads an object.
func (a answer) fields(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	a.into(t, &m)
	return m
}

// send sends a request as it is.
func (h *house) send(method, path, query, body, apiKey string) answer {
	h.t.Helper()
	target := h.server.URL + path
	if query != "" {
		target += "?" + query
	}
	r, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if apiKey != "" {
		r.Header.Set("X-MBX-APIKEY", apiKey)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return h.roundTrip(r)
}

func (h *house) roundTrip(r *http.Request) answer {
	h.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	return read(h.t, resp)
}

func read(t testing.TB, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// get asks a public route.
func (h *house) get(path string, params ...string) answer {
	h.t.Helper()
	return h.send("GET", path, strings.Join(params, "&"), "", "")
}

// withHeader is get with a header.
func (h *house) withHeader(name, value, path string) answer {
	h.t.Helper()
	r, err := http.NewRequest("GET", h.server.URL+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set(name, value)
	return h.roundTrip(r)
}

// stamp is the timestamp parameter of the moment. Each moment is another, so that no request seems a replay.
func (h *house) stamp() string {
	h.clock.Add(instruction.Millisecond)
	return fmt.Sprintf("timestamp=%d", h.clock.Now().Milli())
}

// signed is the query of a signed request.
func (h *house) signed(k *testKey, params ...string) string {
	return signedQuery(k, strings.Join(append(params, h.stamp()), "&"))
}

func signedQuery(k *testKey, payload string) string {
	return payload + "&signature=" + url.QueryEscape(k.sign([]byte(payload)))
}

// do sends a signed request with all in the query.
func (h *house) do(k *testKey, method, path string, params ...string) answer {
	h.t.Helper()
	return h.send(method, path, h.signed(k, params...), "", k.text)
}

// order places an order and wants it taken up.
func (h *house) order(k *testKey, params ...string) map[string]any {
	h.t.Helper()
	return h.do(k, "POST", "/api/v3/order", params...).fields(h.t)
}

// limit are the parameters of a limit order.
func limitOrder(side, qty, price string) []string {
	return []string{"symbol=BTCUSDT", "side=" + side, "type=LIMIT", "timeInForce=GTC", "quantity=" + qty, "price=" + price}
}

// balance is what an account has.
func (h *house) balance(a instruction.Account, x instruction.Asset) (free, held money.Amount) {
	h.t.Helper()
	if err := h.engine.Read(func(s *core.State) {
		b := s.Balance(a, x)
		free, held = b.Free, b.Held
	}); err != nil {
		h.t.Fatal(err)
	}
	return free, held
}

// records are the durable records from a sequence on.
func (h *house) records(from uint64) (list []instruction.Record) {
	h.t.Helper()
	sub := h.engine.Subscribe(from)
	defer sub.Close()
	for last := h.engine.Durable(); from <= last; {
		if err := sub.Next(context.Background(), func(seq uint64, b []byte) error {
			var r instruction.Record
			list = append(list, r)
			from = seq + 1
			return list[len(list)-1].Decode(seq, bytes.Clone(b))
		}); err != nil {
			h.t.Fatal(err)
		}
	}
	return list
}

// within is how long a test waits for what must happen, before it gives up.
const within = 20 * time.Second
