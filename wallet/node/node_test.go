package node

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"portcullis/core/instruction"
	"portcullis/internal/secret"
	"portcullis/wallet/coin"
)

const password = "correct horse"

// rawTx is some transaction, and txID its name.
var rawTx, txID = func() ([]byte, instruction.TxID) {
	raw, _ := hex.DecodeString("02000000" + "01" + strings.Repeat("11", 32) + "00000000" + "00" + "ffffffff" + "01" + "0100000000000000" + "0151" + "00000000")
	tx, err := coin.ParseTx(raw)
	if err != nil {
		panic(err)
	}
	return raw, tx.ID
}()

func regtestNetwork(t testing.TB) *coin.Network {
	t.Helper()
	n, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func client(t testing.TB, url string) *Client {
	t.Helper()
	c, err := New(regtestNetwork(t), Options{URL: url, User: "u", Password: secret.New([]byte(password))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// scripted is a node whose answers are written beforehand. ID in a text becomes the number of the call.
type scripted struct {
	*httptest.Server
	calls atomic.Int64

	mu     sync.Mutex
	status int
	body   string
	asked  []string // methods, with their parameters
}

func script(t testing.TB, status int, body string) *scripted {
	s := &scripted{status: status, body: body}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *scripted) answer(status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.body = status, body
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	var q struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	}
	json.NewDecoder(r.Body).Decode(&q)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, q.Method+" "+string(q.Params))
	if _, pw, _ := r.BasicAuth(); pw != password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s.status >= 300 && s.status < 400 {
		w.Header().Set("Location", "http://"+r.Host+"/elsewhere")
	}
	w.WriteHeader(s.status)
	io.WriteString(w, strings.ReplaceAll(s.body, "ID", string(q.ID)))
}

func failed(code int, message string) string {
	return fmt.Sprintf(`{"result":null,"error":{"code":%d,"message":%q},"id":ID}`, code, message)
}

// TestSend has a row for each answer that a node or something before it gives to sendrawtransaction.
func TestSend(t *testing.T) {
	s := script(t, 0, "")
	c := client(t, s.URL)
	for _, row := range []struct {
		status int
		body   string
		want   coin.Outcome
		code   int
		reason string // or a part of it
	}{
		{200, `{"result":"` + txID.String() + `","error":null,"id":ID}`, coin.Accepted, 0, ""},
		{500, failed(-27, "transaction already in block chain"), coin.Accepted, -27, "already in block chain"},
		{500, failed(-27, "Transaction outputs already in utxo set"), coin.Accepted, -27, ""},
		{500, failed(-26, "txn-already-in-mempool"), coin.Accepted, -26, "txn-already-in-mempool"},
		{500, failed(-26, "txn-already-known"), coin.Accepted, -26, ""},
		{500, failed(-26, "18: txn-already-known"), coin.Accepted, -26, ""},
		{500, failed(-26, "txn-same-nonsegwit-data-in-mempool"), coin.Accepted, -26, ""},
		{500, failed(-25, "bad-txns-inputs-missingorspent"), coin.Ambiguous, -25, "missingorspent"},
		{500, failed(-26, "bad-txns-inputs-missingorspent"), coin.Ambiguous, -26, ""},
		{500, failed(-25, "Missing inputs"), coin.Ambiguous, -25, ""},
		{500, failed(-26, "missing-inputs"), coin.Ambiguous, -26, ""},
		{500, failed(-25, "Mempool internal error"), coin.Ambiguous, -25, ""},
		{500, failed(-25, "what no version says yet"), coin.Ambiguous, -25, ""},
		{500, failed(-25, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)"), coin.Invalid, -25, ""},
		{500, failed(-26, "txn-mempool-conflict"), coin.Conflict, -26, "txn-mempool-conflict"},
		{500, failed(-26, "258: txn-mempool-conflict"), coin.Conflict, -26, ""},
		{500, failed(-26, "bad-txns-spends-conflicting-tx"), coin.Conflict, -26, ""},
		{500, failed(-26, "too many potential replacements, rejecting replacement aa; too many potential replacements (101 > 100)"), coin.Conflict, -26, ""},
		{500, failed(-26, "insufficient fee, rejecting replacement aa, less fees than conflicting txs; 0.0001 < 0.0002"), coin.FeeTooLow, -26, "insufficient fee"},
		{500, failed(-26, "min relay fee not met, 0 < 141"), coin.FeeTooLow, -26, ""},
		{500, failed(-26, "66: min relay fee not met"), coin.FeeTooLow, -26, ""},
		{500, failed(-26, "mempool min fee not met, 141 < 500"), coin.FeeTooLow, -26, ""},
		{500, failed(-26, "mempool full"), coin.FeeTooLow, -26, ""},
		{500, failed(-26, "too-long-mempool-chain, too many unconfirmed ancestors [limit: 25]"), coin.Unsent, -26, "too-long-mempool-chain"},
		{500, failed(-26, "64: too-long-mempool-chain"), coin.Unsent, -26, ""},
		{500, failed(-26, "bad-txns-premature-spend-of-coinbase, tried to spend coinbase at depth 3"), coin.Unsent, -26, ""},
		{500, failed(-26, "non-BIP68-final"), coin.Unsent, -26, ""},
		{500, failed(-26, "dust"), coin.Invalid, -26, "dust"},
		{500, failed(-26, "mandatory-script-verify-flag-failed (Signature must be zero for failed CHECK(MULTI)SIG operation)"), coin.Invalid, -26, ""},
		{500, failed(-26, "256: absurdly-high-fee"), coin.Invalid, -26, ""},
		{500, failed(-26, "what no version says yet"), coin.Invalid, -26, ""},
		{500, failed(-22, "TX decode failed"), coin.Invalid, -22, ""},
		{500, failed(-28, "Loading block index..."), coin.Unsent, -28, "Loading"},
		{503, failed(-28, "Verifying blocks..."), coin.Unsent, -28, ""},
		{500, "Work queue depth exceeded\r\n", coin.Unsent, 0, "Work queue depth exceeded"},
		{503, "Work queue depth exceeded", coin.Unsent, 0, ""},
		{404, failed(-32601, "Method not found"), coin.Unsent, -32601, ""},
		{500, failed(-8, "parameter 1 must be hexadecimal"), coin.Unsent, -8, ""},
		{500, failed(-31, "Error: Peer-to-peer functionality missing or disabled"), coin.Unsent, -31, ""},
		{401, "", coin.Unsent, 0, "HTTP 401"},
		{403, "", coin.Unsent, 0, "rpcallowip"},
		{500, failed(-1, "std::exception"), coin.Unknown, -1, ""},
		{500, failed(-7, "Out of memory"), coin.Unknown, -7, ""},
		{500, failed(-32603, "Internal error"), coin.Unknown, -32603, ""},
		{500, "", coin.Unknown, 0, "HTTP 500"},
		{502, "<html>bad gateway</html>", coin.Unknown, 0, "bad gateway"},
		{504, "", coin.Unknown, 0, ""},
		{200, "", coin.Unknown, 0, ""},
		{200, `{"result":"` + txID.String() + `","error":null,"id":ID`, coin.Unknown, 0, ""},
		{200, `{"result":"` + txID.String() + `","error":null,"id":4711}`, coin.Unknown, 0, "not an answer to this call"},
		{200, `{"result":"` + txID.String() + `","error":null}`, coin.Unknown, 0, ""},
		{500, `{"result":"` + txID.String() + `","error":null,"id":ID}`, coin.Unknown, 0, ""},
		{200, `{"result":"` + strings.Repeat("22", 32) + `","error":null,"id":ID}`, coin.Unknown, 0, "calls 2222"},
		{200, `{"result":null,"error":null,"id":ID}`, coin.Unknown, 0, ""},
		{200, `{"result":7,"error":null,"id":ID}`, coin.Unknown, 0, ""},
		{200, `{"result":"` + strings.Repeat("z", maxReply) + `","error":null,"id":ID}`, coin.Unknown, 0, "more than"},
		{307, "", coin.Unknown, 0, "HTTP 307"},
		{302, "", coin.Unknown, 0, ""},
	} {
		s.answer(row.status, row.body)
		before := s.calls.Load()
		r := c.Send(t.Context(), rawTx)
		if r.Outcome != row.want || r.Code != row.code || !strings.Contains(r.Reason, row.reason) || len(r.Reason) > 600 || strings.Contains(r.Reason, password) {
			t.Errorf("HTTP %d %.100s: %v %d %.200q; want %v %d %q", row.status, row.body, r.Outcome, r.Code, r.Reason, row.want, row.code, row.reason)
		}
		if n := s.calls.Load() - before; n != 1 {
			t.Errorf("HTTP %d %.100s: %d requests", row.status, row.body, n)
		}
	}
	if want := `sendrawtransaction ["` + hex.EncodeToString(rawTx) + `"]`; s.asked[0] != want {
		t.Errorf("%s; want %s", s.asked[0], want)
	}
	if r := c.Send(t.Context(), rawTx[:50]); r.Outcome != coin.Invalid || len(s.asked) != int(s.calls.Load()) {
		t.Errorf("%+v", r)
	}
	wrong, _ := New(regtestNetwork(t), Options{URL: s.URL, User: "u", Password: secret.New([]byte("other"))})
	if r := wrong.Send(t.Context(), rawTx); r.Outcome != coin.Unsent {
		t.Errorf("%+v", r)
	}
}

// TestQuestions holds what is asked and how answers are read.
func TestQuestions(t *testing.T) {
	s := script(t, 200, "")
	c := client(t, s.URL)
	ctx := t.Context()
	ask := func(status int, body string) { s.answer(status, body) }
	result := func(text string) string { return `{"result":` + text + `,"error":null,"id":ID}` }

	for text, want := range map[string]int64{`{"feerate":0.00001234,"blocks":2}`: 1234, `{"errors":["Insufficient data"],"blocks":2}`: 0, `{"feerate":-1,"blocks":2}`: 0,
		`{"feerate":12.5}`: 12_5000_0000, `{"feerate":1e-05}`: -1, `{"feerate":0.000012345}`: -1, `{"feerate":99999999999999999}`: -1, `7`: -1, `{"feerate":"x"}`: -1} {
		ask(200, result(text))
		if got, err := c.FeeRate(ctx, 2); (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("fee rate %s: %d, %v", text, got, err)
		}
	}
	ask(200, result(`{"vsize":100}`))
	if in, err := c.Pending(ctx, txID); !in || err != nil {
		t.Errorf("%v, %v", in, err)
	}
	ask(500, failed(-5, "Transaction not in mempool"))
	if in, err := c.Pending(ctx, txID); in || err != nil {
		t.Errorf("%v, %v", in, err)
	}
	ask(500, failed(-28, "Loading"))
	if _, err := c.Pending(ctx, txID); err == nil {
		t.Error("a node that loads says that the mempool has nothing")
	}
	for _, text := range []string{`"00"`, `7`, `null`, `"` + strings.Repeat("g", 64) + `"`, `"\u0030"`} {
		ask(200, result(text))
		if h, err := c.HashAt(ctx, 5); err == nil {
			t.Errorf("hash %s is read as %v", text, h)
		}
		if b, err := c.Block(ctx, instruction.BlockHash{1}, 5); err == nil {
			t.Errorf("block %s is read as %v", text, b)
		}
		if err := c.Wait(ctx, instruction.BlockHash{1}); err == nil {
			t.Errorf("new best block %s", text)
		}
	}
	for text, want := range map[string]string{`""`: "", `"old version"`: "old version", `["a","b"]`: "a; b", `[]`: ""} {
		if got := warnings(json.RawMessage(text)); got != want {
			t.Errorf("warnings %s: %q", text, got)
		}
	}
}

// TestOtherBlock: a node cannot give one block for another.
func TestOtherBlock(t *testing.T) {
	text, err := os.ReadFile("../coin/testdata/mweb-block.hex")
	if err != nil {
		t.Fatal(err)
	}
	s := script(t, 200, `{"result":"`+strings.TrimSpace(string(text))+`","error":null,"id":ID}`)
	c := client(t, s.URL)
	raw, _ := hex.DecodeString(strings.TrimSpace(string(text)))
	b, _ := regtestNetwork(t).ParseBlock(raw)
	if got, err := c.Block(t.Context(), b.Hash, 433); err != nil || got.Height != 433 || got.Hash != b.Hash || len(got.Txs) != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.Block(t.Context(), b.Prev, 432); err == nil || !strings.Contains(err.Error(), "it gave "+b.Hash.String()) {
		t.Error(err)
	}
	if got := s.asked[0]; got != `getblock ["`+b.Hash.String()+`",0]` {
		t.Error(got)
	}
}

func TestNewRefuses(t *testing.T) {
	pw := secret.New([]byte(password))
	for name, o := range map[string]Options{
		"no host": {URL: "http://", User: "u", Password: pw}, "no scheme": {URL: "127.0.0.1:9332", User: "u", Password: pw}, "another scheme": {URL: "ftp://127.0.0.1/", User: "u", Password: pw},
		"a password in it": {URL: "http://u:" + password + "@127.0.0.1/", User: "u", Password: pw}, "a query": {URL: "http://127.0.0.1/?x", User: "u", Password: pw},
		"plain and far": {URL: "http://192.0.2.1:9332/", User: "u", Password: pw}, "plain and named": {URL: "http://node.example/", User: "u", Password: pw}, "plain and odd": {URL: "http://127.0.0.1.example/", User: "u", Password: pw},
		"nobody": {URL: "http://127.0.0.1/"}, "no password": {URL: "http://127.0.0.1/", User: "u"}, "both": {URL: "http://127.0.0.1/", User: "u", Password: pw, Cookie: "x"},
	} {
		if _, err := New(regtestNetwork(t), o); err == nil || strings.Contains(err.Error(), "horse") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, url := range []string{"http://localhost:1/", "http://[::1]:1", "https://node.example/rpc"} {
		if _, err := New(regtestNetwork(t), Options{URL: url, Cookie: "x"}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestCookie: the node's cookie is read for each call, since it is another one after each start of the node.
func TestCookie(t *testing.T) {
	s := script(t, 200, `{"result":null,"error":null,"id":ID}`)
	cookie := filepath.Join(t.TempDir(), ".cookie")
	c, err := New(regtestNetwork(t), Options{URL: s.URL, Cookie: cookie})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ text, want string }{{"", "no cookie of a node"}, {"__cookie__:other\n", "HTTP 401"}, {"__cookie__:" + password + "\n", ""}, {password, "no cookie of a node"}, {":" + password, "no cookie of a node"}} {
		if err := os.WriteFile(cookie, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := c.Call(t.Context(), "uptime", nil)
		if (err != nil) != (step.want != "") || err != nil && (!strings.Contains(err.Error(), step.want) || strings.Contains(err.Error(), "horse")) {
			t.Errorf("%q: %v", step.text, err)
		}
	}
	os.Remove(cookie)
	if r := c.Send(t.Context(), rawTx); r.Outcome != coin.Unsent {
		t.Errorf("%+v", r)
	}
}

// TestEnvironment: a proxy that the environment names gets nothing.
func TestEnvironment(t *testing.T) {
	if client(t, "http://127.0.0.1:1/").http.Transport.(*http.Transport).Proxy != nil {
		t.Error("calls may go through others")
	}
}

// TestNothingShows: a client prints its password to nobody.
func TestNothingShows(t *testing.T) {
	c := client(t, "http://127.0.0.1:1/")
	if text := fmt.Sprintf("%v %+v %#v", c.options, c.options, c.options); strings.Contains(text, "horse") || strings.Contains(text, "99 111 114") {
		t.Error(text)
	}
	err := c.Call(t.Context(), "uptime", nil)
	if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), "horse") {
		t.Error(err)
	}
}
