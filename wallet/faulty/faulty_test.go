package faulty

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/internal/secret"
	"portcullis/wallet/coin"
	"portcullis/wallet/node"
	"portcullis/wallet/regtest"
)

// behind is a client of a node behind a proxy.
func behind(t *testing.T, url, user, password string) (*Proxy, *node.Client) {
	t.Helper()
	p, err := Start(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	network, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		t.Fatal(err)
	}
	c, err := node.New(network, node.Options{URL: p.URL(), User: user, Password: secret.New([]byte(password))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return p, c
}

// TestFaults has what a client sees of each fault, and whether the node was asked.
func TestFaults(t *testing.T) {
	ctx, giveUp := context.WithCancel(t.Context())
	var asked atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		_, id, _ := strings.Cut(string(b), `"id":`)
		id, _, _ = strings.Cut(id, ",")
		if _, pw, _ := r.BasicAuth(); pw != "p" {
			t.Errorf("password %q", pw)
		}
		asked.Add(1)
		io.WriteString(w, `{"result":7,"error":null,"id":`+id+`}`)
		if strings.Contains(string(b), `"lost"`) {
			giveUp()
		}
	}))
	defer upstream.Close()
	p, c := behind(t, upstream.URL, "u", "p")

	for _, row := range []struct {
		method string
		fault  Fault
		passed bool   // to the node
		want   string // of the error; none if empty
		sure   bool   // the client knows that it was not done
		code   int
	}{
		{"pass", Pass, true, "", false, 0},
		{"delay", Delay(time.Nanosecond), true, "", false, 0},
		{"before", ResetBefore, false, "reset", false, 0},
		{"after", ResetAfter, true, "reset", false, 0},
		{"lost", ReplyLost, true, "canceled", false, 0},
		{"lost for a while", LostFor(time.Nanosecond), true, "reset", false, 0},
		{"500", HTTP500, false, "HTTP 500", false, 0},
		{"500 after", After(HTTP500), true, "HTTP 500", false, 0},
		{"full", WorkQueueFull, false, "Work queue depth exceeded", true, 0},
		{"-28", Code(-28, `Loading "block" index...`), false, `Loading "block" index...`, true, -28},
		{"-25 after", After(Code(-25, "bad-txns-inputs-missingorspent")), true, "missingorspent", false, -25},
	} {
		p.Set(Only(row.method, InTurn(row.fault)))
		before := asked.Load()
		var got int
		err := c.Call(ctx, row.method, &got)
		var e *node.Error
		errors.As(err, &e)
		switch {
		case row.want == "":
			if err != nil || got != 7 {
				t.Errorf("%s: %d, %v", row.method, got, err)
			}
		case e == nil || !strings.Contains(e.Reason, row.want) || e.NotDone != row.sure || e.Code != row.code:
			t.Errorf("%s: %+v", row.method, e)
		}
		counts, want := p.Counts(row.method), Counts{Asked: 1}
		if row.passed {
			want.Passed = 1
		}
		if row.want == "" || row.sure || row.code != 0 || strings.Contains(row.want, "HTTP") {
			want.Answered = 1
		}
		if counts != want || int(asked.Load()-before) != want.Passed {
			t.Errorf("%s: %+v, the node was asked %d times; want %+v", row.method, counts, asked.Load()-before, want)
		}
		if ctx.Err() != nil {
			ctx = t.Context()
		}
		for p.Underway(row.method) != 0 { // its client may be back before the node's answer is read; else it hangs here
			runtime.Gosched()
		}
	}
	if err := c.Call(ctx, "other", nil); err != nil {
		t.Error(err)
	}
}

// TestRandom: one seed gives one schedule, method by method, and as many faults as were asked for.
func TestRandom(t *testing.T) {
	s, same, other := Random(1, 30, ResetAfter, WorkQueueFull), Random(1, 30, ResetAfter, WorkQueueFull), Random(2, 30, ResetAfter, WorkQueueFull)
	broken, differs := 0, 0
	for n := range 1000 {
		if s("a", n) != same("a", n) {
			t.Fatalf("call %d has two fates", n)
		}
		if s("a", n) != Pass {
			broken++
		}
		if s("a", n) != other("a", n) || s("a", n) != s("b", n) {
			differs++
		}
	}
	if broken < 250 || broken > 350 || differs < 250 {
		t.Errorf("%d of 1000 broken, %d differ by seed or method", broken, differs)
	}
}

// TestNodeGone: where there is no node a client sees its connection end, and after Close there is no proxy either.
func TestNodeGone(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	upstream.Close()
	p, c := behind(t, upstream.URL, "u", "p")
	err := c.Call(t.Context(), "x", nil)
	if e := (*node.Error)(nil); !errors.As(err, &e) || e.NotDone {
		t.Errorf("%v", err)
	}
	if got := p.Counts("x"); got != (Counts{Asked: 1, Passed: 1}) {
		t.Errorf("%+v", got)
	}
	p.Set(InTurn(Delay(time.Hour)))
	ended := make(chan error, 1)
	go func() { ended <- c.Call(t.Context(), "held", nil) }()
	for p.Counts("held").Asked == 0 {
		select {
		case err := <-ended:
			t.Fatal(err)
		default:
		}
	}
	if n := p.Underway("held"); n != 1 {
		t.Errorf("%d calls are under way", n)
	}
	p.Close()
	if err := <-ended; err == nil {
		t.Error("a call was answered by nobody")
	}
	if p.Counts("held").Passed != 0 {
		t.Error("passed on after the end")
	}
}

// TestPaidOnce sends one signed transaction again and again through every fault until it is accepted, and the node, which
// may have been asked many times, pays once. Sent through the node's own wallet, each lost reply would have paid again.
func TestPaidOnce(t *testing.T) {
	n, err := regtest.Start(t.Context(), regtest.Options{})
	if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	p, c := behind(t, n.URL(), n.User, n.Password)
	ctx := t.Context()
	keys, err := coin.NewSeed().Account(c.Network())
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := keys.Public().Address(false, 0)
	payee, script, _ := keys.Public().Address(false, 1)
	funded, err := n.Fund(ctx, regtest.Payment{Address: address, Value: 1e8})
	if err != nil {
		t.Fatal(err)
	}
	in := coin.Input{Coin: instruction.Outpoint{Tx: funded}, Value: 1e8}
	if _, err := n.MineNothing(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if at := index(t, n, funded, address); at >= 0 {
		in.Coin.Index = uint32(at)
	}
	raw, id, err := coin.Sign(c.Network(), keys, []coin.Input{in}, []coin.Out{{Script: script, Value: 1e8 - 10_000}})
	if err != nil {
		t.Fatal(err)
	}

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := Random(seed, 80, ResetBefore, ResetAfter, HTTP500, After(HTTP500), WorkQueueFull, After(Code(-25, "bad-txns-inputs-missingorspent")), Code(-28, "Loading"))
	p.Set(Only("sendrawtransaction", func(m string, n int) Fault {
		if n <= 3 {
			return []Fault{ResetBefore, ResetAfter, After(HTTP500)}[n-1]
		}
		return random(m, n)
	}))
	for r := (coin.Reply{}); r.Outcome != coin.Accepted; {
		if r = c.Send(ctx, raw); r.Outcome == coin.Conflict || r.Outcome == coin.Invalid || r.Outcome == coin.FeeTooLow {
			t.Fatalf("%+v", r)
		}
	}
	counts := p.Counts("sendrawtransaction")
	if counts.Passed < 2 || counts.Asked < 4 {
		t.Errorf("%+v: nothing was tried twice", counts)
	}
	if _, err := n.MineNothing(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if at := index(t, n, id, payee); at != 0 {
		t.Errorf("paid at output %d", at)
	}
	var unspent struct {
		Total json.Number `json:"total_amount"`
	}
	if err := n.Client().Call(ctx, "scantxoutset", &unspent, "start", []string{"addr(" + payee + ")"}); err != nil || unspent.Total != "0.99990000" {
		t.Errorf("%v was paid, %v", unspent.Total, err)
	}
}

// index is the output of a transaction in the best block that pays an address; -1 if none does.
func index(t *testing.T, n *regtest.Node, id instruction.TxID, address string) int {
	t.Helper()
	info, err := n.Client().Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.Client().Block(t.Context(), info.Best, info.Height)
	if err != nil {
		t.Fatal(err)
	}
	for _, tx := range b.Txs {
		for i, out := range tx.Outs {
			if a, _ := n.Client().Network().Address(out.Script); tx.ID == id && a == address {
				return i
			}
		}
	}
	return -1
}
