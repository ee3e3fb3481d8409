package gift

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
)

// start is when every test begins: 2026-03-01 00:00 UTC.
const start = instruction.Time(1_772_323_200_000_000)

// house is the page and the API over an engine of its own: BTC moves on a chain, where a payout costs 0.0001 and is at least 0.0005,
// and USDT on none. Account 2 has 10 of each, and an owner's key.
type house struct {
	t       testing.TB
	clock   *clock.Hand
	engine  *engine.Engine
	archive *archive.Archive
	pepper  *Pepper
	server  *httptest.Server
	log     bytes.Buffer
	from    netip.Addr // where requests come from
	full    int        // status with which all requests are refused; 0 for none
	height  uint32
}

var errForeign = errors.New("it is of another network")

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, clock: clock.NewHand(start), pepper: NewPepper(bytes.Repeat([]byte{7}, 32)), from: netip.MustParseAddr("203.0.113.9")}
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 20})
	if err == nil {
		h.engine, err = engine.Open(engine.Config{Log: log, Clock: h.clock})
	}
	if err == nil {
		h.archive, err = archive.Open(filepath.Join(t.TempDir(), "archive.sqlite"))
	}
	if err != nil {
		t.Fatal(err)
	}
	followed := make(chan error, 1)
	go func() { followed <- h.archive.Follow(t.Context(), h.engine) }()
	t.Cleanup(func() {
		h.engine.Close()
		<-followed
		h.archive.Close()
	})
	h.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	h.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 6})
	h.operator(&instruction.OpenAccount{Ref: "giver"})
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 10e8})
	h.operator(&instruction.Credit{Account: 2, Asset: 2, Amount: 10e6})
	h.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{1}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayOwn | instruction.MayRead}})
	h.operator(&instruction.SetChain{Asset: 1, Terms: instruction.ChainTerms{
		Network: "bitcoin", Genesis: instruction.BlockHash{1}, Account: "xpub", Hot: "bc1qhot", Start: 1, CreditDepth: 1, SettleDepth: 2,
		MinDeposit: 1_000, MinWithdraw: 50_000, WithdrawFee: 10_000, MaxFeeRate: 100_000,
	}})
	h.give(instruction.Principal{Giver: instruction.ByWallet}, &instruction.IssueAddress{Asset: 1, Account: 2, Address: "bc1qours"})
	s := New(Config{
		Engine: h.engine, Archive: h.archive, Pepper: h.pepper, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Client: func(*http.Request) (netip.Addr, uint64) { return h.from, 7 },
		Weigh: func(*http.Request) (int, int64) {
			if h.full != 0 {
				return h.full, 31
			}
			return 0, 0
		},
		Address: func(_ instruction.Asset, address string) error {
			if !strings.HasPrefix(address, "bc1q") {
				return errForeign
			}
			return nil
		},
	})
	h.server = httptest.NewServer(s.Handler())
	t.Cleanup(h.server.Close)
	return h
}

func (h *house) operator(in instruction.Instruction) {
	h.t.Helper()
	h.give(instruction.Principal{Giver: instruction.ByOperator}, in)
}

func (h *house) give(p instruction.Principal, in instruction.Instruction) instruction.Record {
	h.t.Helper()
	r, err := h.engine.Do(&p, in)
	var ev instruction.Events
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
		h.t.Fatalf("%T: %v %v %v", in, err, r.Verdict.Reason(), r.Refused(&ev))
	}
	return r
}

var owner = instruction.Principal{Giver: instruction.ByCredential, Credential: 1}

// issue has the owner issue codes.
func (h *house) issue(o Order) (codes []string) {
	h.t.Helper()
	if o.Asset == "" {
		o.Asset = "BTC"
	}
	if o.Expires == "" {
		o.Expires = "30d"
	}
	var i *instruction.IssueCodes
	var made []Code
	var err error
	if e := h.engine.Read(func(st *core.State) { i, made, err = NewDesk(h.pepper).Write(st, h.engine.Now(), 2, &o) }); e != nil || err != nil {
		h.t.Fatal(e, err)
	}
	h.give(owner, i)
	for _, c := range made {
		codes = append(codes, c.Reveal())
	}
	return codes
}

// caught waits until history has what is durable.
func (h *house) caught() {
	h.t.Helper()
	if err := h.archive.Wait(h.t.Context(), h.engine.Durable()); err != nil {
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

func (h *house) send(method, path, kind, body string, header http.Header) answer {
	h.t.Helper()
	r, err := http.NewRequest(method, h.server.URL+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for k, v := range header {
		r.Header[k] = v
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
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

func (h *house) get(path string) answer { return h.send("GET", path, "", "", nil) }

func (h *house) post(path string, in any) answer {
	h.t.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.send("POST", "/gift/v1/"+path, "application/json", string(b), nil)
}

func (h *house) form(path string, fields ...string) answer {
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return h.send("POST", "/gift/"+path, "application/x-www-form-urlencoded", v.Encode(), nil)
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
