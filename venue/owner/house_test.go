package owner

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
	"portcullis/venue/gift"
)

// start is when every test begins: 2026-03-01 00:00 UTC.
const start = instruction.Time(1_772_323_200_000_000)

// house is the API over an engine of its own: Alice (account 2, with sub-account 4) and Bob (3), each with an owner's key,
// Alice with a key that trades.
type house struct {
	t      testing.TB
	clock  *clock.Hand
	engine *engine.Engine
	api    *Server
	server *httptest.Server
	log    bytes.Buffer

	past    *core.State // before the engine runs
	batch   journal.Batch
	journal journal.Log

	mu   sync.Mutex
	saw  []sighting
	full bool // the address has used up its minute

	alice, bob, bot *testKey
}

type sighting struct {
	credential instruction.Credential
	proven     bool
}

// testKey is the customer's side of a key.
type testKey struct {
	text    string
	number  instruction.Credential
	private ed25519.PrivateKey
}

// newHouse is a house whose past has these stories, told before its engine runs, where days pass in no time.
func newHouse(t testing.TB, stories ...func(*house)) *house {
	t.Helper()
	h := &house{t: t, clock: clock.NewHand(start), past: core.New()}
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	h.batch.Reset(1)
	h.journal = log
	h.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	h.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 6})
	h.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, Lot: 1_000, MaxQty: 100_000_000_000}})
	h.operator(&instruction.OpenAccount{Ref: "alice"})
	h.operator(&instruction.OpenAccount{Ref: "bob"})
	h.operator(&instruction.OpenAccount{Ref: "alice's bots", Parent: 2})
	h.alice, h.bob = h.key(2, ownRights), h.key(3, ownRights)
	h.bot = h.key(4, instruction.MayRead|instruction.MayTrade)
	for _, story := range stories {
		story(h)
	}
	h.flush()
	if h.engine, err = engine.Open(engine.Config{Log: log, Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.engine.Close() })
	s := New(Config{
		Engine: h.engine, Gifts: gift.NewDesk(gift.NewPepper(make([]byte, 32))), Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Client: func(*http.Request) (netip.Addr, uint64) { return netip.MustParseAddr("203.0.113.9"), 7 },
		Weigh: func(*http.Request) (int, int64) {
			if h.full {
				return http.StatusTooManyRequests, 31
			}
			return 0, 0
		},
		Turn: func(_ context.Context, a instruction.Account) (func(), error) { return func() {}, nil },
		Saw: func(p *instruction.Principal, _, proven bool) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.saw = append(h.saw, sighting{p.Credential, proven})
		},
	})
	h.api = s
	h.server = httptest.NewServer(s)
	t.Cleanup(h.server.Close)
	return h
}

const ownRights = instruction.MayOwn | instruction.MayRead

// operator gives an instruction as the operator, and wants it carried out.
func (h *house) operator(in instruction.Instruction) {
	h.t.Helper()
	h.give(&instruction.Principal{Giver: instruction.ByOperator}, in)
}

func (h *house) give(p *instruction.Principal, in instruction.Instruction) {
	h.t.Helper()
	r, err := h.do(p, in)
	if err != nil {
		h.t.Fatal(err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		h.t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), why)
	}
}

func (h *house) do(p *instruction.Principal, in instruction.Instruction) (r instruction.Record, err error) {
	if h.engine != nil {
		return h.engine.Do(p, in)
	}
	b, err := h.past.Step(h.clock.Now(), p, in, nil)
	if err != nil {
		return r, err
	}
	h.batch.Close(append(h.batch.Open(), b...))
	err = r.Decode(h.batch.First(), b)
	if h.batch.Len() == 1000 {
		h.flush()
	}
	return r, err
}

// flush writes down what was told of the past.
func (h *house) flush() {
	h.t.Helper()
	if h.batch.Len() == 0 {
		return
	}
	if err := h.journal.Append(&h.batch); err != nil {
		h.t.Fatal(err)
	}
	h.batch.Reset(h.journal.Last() + 1)
}

// days lets time pass as a venue lets it that stands still at no time.
func (h *house) days(n instruction.Time) {
	h.t.Helper()
	for end := h.clock.Now() + n*instruction.Day; h.clock.Now() < end; {
		h.clock.Add(2 * instruction.Second)
		h.give(&instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
}

// key gives an account an Ed25519 key.
func (h *house) key(a instruction.Account, rights instruction.Rights) *testKey {
	h.t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	k := &testKey{text: "key-" + fmt.Sprintf("%x", public[:16]), private: private}
	h.operator(&instruction.CreateKey{Account: a, ID: instruction.KeyIDOf(k.text), Scheme: instruction.Ed25519, Material: public, Mandate: instruction.Mandate{Rights: rights}})
	h.state(func(s *core.State) { k.number = s.Keys() })
	return k
}

func (h *house) state(fn func(*core.State)) {
	h.t.Helper()
	if h.engine == nil {
		fn(h.past)
		return
	}
	if err := h.engine.Read(fn); err != nil {
		h.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) code() string {
	var f Failure
	_ = json.Unmarshal([]byte(a.body), &f)
	return f.Code
}

// into reads an answer, which must be one of success.
func into[T any](t testing.TB, a answer) (v T) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// stamp is the time of a request. Each moment is another, so that no request seems a replay.
func (h *house) stamp() string {
	h.clock.Add(instruction.Millisecond)
	return strconv.FormatInt(h.clock.Now().Milli(), 10)
}

// sign are the headers of a signed request.
func (k *testKey) sign(at, method, path, body string) http.Header {
	sig := ed25519.Sign(k.private, []byte(at+"\n"+method+" "+path+"\n"+body)) // as the document says, not as the code does
	return http.Header{headKey: {k.text}, headTime: {at}, headSignature: {base64.StdEncoding.EncodeToString(sig)}}
}

// send sends a request as it is.
func (h *house) send(method, path, body string, header http.Header) answer {
	h.t.Helper()
	r, err := http.NewRequest(method, h.server.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header = header.Clone()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func (h *house) get(k *testKey, what string) answer {
	h.t.Helper()
	path := "/owner/v1/" + what
	return h.send("GET", path, "", k.sign(h.stamp(), "GET", path, ""))
}

func (h *house) post(k *testKey, what, body string) answer {
	h.t.Helper()
	path := "/owner/v1/" + what
	return h.send("POST", path, body, k.sign(h.stamp(), "POST", path, body))
}
