package gift

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// TestClaim: what a code is worth is told to who has it, and paid to the first who claims it; who claims it again for the same address gets
// the same receipt, and no record comes of that.
func TestClaim(t *testing.T) {
	h := newHouse(t)
	code := h.issue(Order{Amount: "0.5", Count: 2, Message: "Happy <b>birthday</b>"})[1]
	c := into[Checked](t, h.post("check", NameCode{strings.ToLower(code)}))
	if c != (Checked{Asset: "BTC", Amount: "0.50000000", Outside: true, Network: "bitcoin", Fee: "0.00010000", Arrives: "0.49990000",
		Expires: "2026-03-31T00:00:00.000000Z", Message: "Happy <b>birthday</b>"}) {
		t.Fatalf("%+v", c)
	}
	before := h.engine.Durable()
	p := into[Payout](t, h.post("claim", Claim{code, "bc1qtaker"}))
	if p.State != "CLAIMED" || p.Arrives != "0.49990000" || p.Address != "bc1qtaker" || p.Needed != 2 || h.engine.Durable() != before+1 {
		t.Fatalf("%+v", p)
	}
	for range 3 {
		if again := into[Payout](t, h.post("claim", Claim{code, "bc1qtaker"})); again.Receipt != p.Receipt {
			t.Fatalf("%+v", again)
		}
	}
	if got := into[Payout](t, h.get("/gift/v1/payouts/"+p.Receipt)); got.Receipt != p.Receipt || got.State != "CLAIMED" {
		t.Fatalf("%+v", got)
	}
	h.caught()
	if got := into[Payout](t, h.get("/gift/v1/payouts/"+p.Receipt)); got != p {
		t.Fatalf("history tells %+v, and the state told %+v", got, p)
	}
	if h.engine.Durable() != before+1 {
		t.Error("questions were put on record")
	}
	h.operator(&instruction.StopPayout{Payout: 1})
	h.caught()
	if got := into[Payout](t, h.get("/gift/v1/payouts/"+p.Receipt)); got.State != "CANCELLED" {
		t.Fatalf("%+v", got)
	}
	if got := into[Payout](t, h.post("claim", Claim{code, "bc1qtaker"})); got.State != "CANCELLED" {
		t.Fatalf("%+v", got)
	}
}

// TestOnTheChain: whoever has the receipt sees the transaction, and its confirmations as they come.
func TestOnTheChain(t *testing.T) {
	h := newHouse(t)
	wallet := instruction.Principal{Giver: instruction.ByWallet}
	coin := instruction.Outpoint{Tx: instruction.TxID{9}}
	block := func(received []instruction.Received, spent []instruction.Spent) {
		h.height++
		h.give(wallet, &instruction.Advance{Asset: 1, Height: h.height, Hash: instruction.BlockHash{byte(h.height)}, Prev: instruction.BlockHash{byte(h.height - 1)},
			Received: received, Spent: spent, Whole: true})
	}
	block([]instruction.Received{{Coin: coin, Amount: 20e8, Account: instruction.Fees}}, nil)
	code := h.issue(Order{Amount: "0.5"})[0]
	p := into[Payout](t, h.post("claim", Claim{code, "bc1qtaker"}))
	look := func(state string, confirmations uint64, tx bool) {
		t.Helper()
		h.caught()
		got := into[Payout](t, h.get("/gift/v1/payouts/"+p.Receipt))
		if got.State != state || got.Confirmations != confirmations || (got.Tx != "") != tx {
			t.Fatalf("%+v, want %s with %d", got, state, confirmations)
		}
	}
	h.give(wallet, &instruction.PlanSpend{Asset: 1, Payouts: []instruction.PayoutID{1}, Inputs: []instruction.Outpoint{coin}, Fee: 1000, Size: 200})
	look("SENDING", 0, false)
	tx := instruction.TxID{5}
	h.give(wallet, &instruction.SignSpend{Asset: 1, Spend: 1, Tx: tx, Raw: []byte{1}})
	look("SENDING", 0, true)
	block(nil, []instruction.Spent{{Coin: coin, By: tx}})
	look("SENDING", 1, true)
	block(nil, nil)
	look("SETTLED", 2, true)
	if page := h.get("/gift/payouts/" + p.Receipt); !strings.Contains(page.body, tx.String()) || !strings.Contains(page.body, "<dd>2</dd>") || strings.Contains(page.body, "refresh") {
		t.Errorf("%s", page.body)
	}
}

// TestUniform: codes that never were, are claimed for another, expired or taken back get one and the same answer, and leave no record.
func TestUniform(t *testing.T) {
	h := newHouse(t)
	codes := h.issue(Order{Amount: "0.5", Count: 3, Expires: "2h"})
	into[Payout](t, h.post("claim", Claim{codes[0], "bc1qtaker"}))
	h.give(owner, &instruction.ReturnCode{ID: 2})
	for until := h.clock.Now() + 2*3600*instruction.Second; h.clock.Now() < until; {
		h.clock.Add(2 * instruction.Second)
		h.give(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	live := h.issue(Order{Amount: "0.5"})[0]
	before := h.engine.Durable()
	for _, code := range []string{codes[0], codes[1], codes[2], NewCode().Reveal()} {
		for _, a := range []answer{h.post("check", NameCode{code}), h.post("claim", Claim{code, "bc1qanother"})} {
			if a.status != 404 || a.body != `{"code":"unknown-code","message":"`+sentences["unknown-code"]+`"}`+"\n" {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
	}
	if a := h.post("check", NameCode{"0" + live[1:]}); a.code() != "malformed-code" && live[0] != '0' || strings.Contains(a.body, live[1:6]) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if h.engine.Durable() != before {
		t.Error("wrong codes came into the journal")
	}
	if h.log.Len() > 0 {
		t.Errorf("%s", &h.log)
	}
}

// TestWhereTo: addresses that are none, the venue's own, or too little for the chain; and what moves on none.
func TestWhereTo(t *testing.T) {
	h := newHouse(t)
	code := h.issue(Order{Amount: "0.5"})[0]
	small := h.issue(Order{Amount: "0.0004"})[0]
	still := h.issue(Order{Asset: "USDT", Amount: "1"})[0]
	before := h.engine.Durable()
	for _, x := range []struct{ code, address, want, words string }{
		{code, "ltc1qtaker", "wrong-address", errForeign.Error()},
		{code, "", "wrong-address", "Nothing can be sent"},
		{code, "bc1q taker", "wrong-address", "Nothing can be sent"},
		{code, strings.Repeat("b", 200), "wrong-address", "Nothing can be sent"},
		{code, "bc1qours", "address-of-venue", "this venue's own"},
		{code, "BC1QOURS", "address-of-venue", "this venue's own"},
		{small, "bc1qtaker", "withdraw-too-small", "less than"},
		{still, "bc1qtaker", "not-outside", "An account of this venue"},
	} {
		if a := h.post("claim", Claim{x.code, x.address}); a.status != 422 || a.code() != x.want || !strings.Contains(a.body, x.words) {
			t.Errorf("%q: %d %s", x.address, a.status, a.body)
		}
	}
	for _, code := range []string{small, still} {
		if c := into[Checked](t, h.post("check", NameCode{code})); c.Outside || c.Why == "" {
			t.Errorf("%+v", c)
		}
	}
	if h.engine.Durable() != before {
		t.Error("claims that cannot be came into the journal")
	}
	h.operator(&instruction.Drop{Class: instruction.DropClaims})
	if a := h.post("claim", Claim{code, "bc1qtaker"}); a.status != 503 || a.code() != "claims-dropped" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestLimits: a network that is wrong too often waits, others do not; past so many wrong codes in all only wrong ones wait.
//
// It was seen red with a wrong code that was counted twice when it came by the page's last step.
func TestLimits(t *testing.T) {
	h := newHouse(t)
	code := h.issue(Order{Amount: "0.5"})[0]
	n := 0
	for ; n < 1000; n++ {
		if a := h.post("check", NameCode{NewCode().Reveal()}); a.status != 404 {
			if a.status != 429 || a.header.Get("Retry-After") != "600" || a.code() != "too-many-requests" {
				t.Fatalf("%d %s", a.status, a.body)
			}
			break
		}
	}
	if n != mostTries/wrongCosts {
		t.Errorf("a network may be wrong %d times", n)
	}
	if a := h.post("check", NameCode{code}); a.status != 429 {
		t.Errorf("after %d wrong ones: %d", n, a.status)
	}
	h.from = netip.MustParseAddr("203.0.113.77") // a neighbour
	if a := h.post("check", NameCode{code}); a.status != 429 {
		t.Errorf("the same network: %d", a.status)
	}
	h.from = netip.MustParseAddr("198.51.100.1")
	for n = 0; n < 1000 && h.form("claim", "code", NewCode().Reveal(), "address", "bc1qtaker").status == 404; n++ {
	}
	if n != mostTries/wrongCosts {
		t.Errorf("a network may be wrong %d times on the page's last step", n)
	}
	h.from = netip.MustParseAddr("2001:db8::1")
	into[Checked](t, h.post("check", NameCode{code}))
	h.clock.Add(2 * instruction.Second)
	var x limiter
	now, wrong := h.clock.Now(), 0
	for i := range instruction.Network(mostWrong + 10) {
		if x.missed(now, i) == 0 {
			wrong++
		}
	}
	if wrong != mostWrong || x.try(now, 1<<40) != 0 || x.try(now+span, 1) != 0 || x.missed(now+span, 1) != 0 {
		t.Errorf("%d wrong ones in all", wrong)
	}
	for i := range instruction.Network(2 * maxNetworks) {
		x.try(now+span, i)
	}
	if len(x.networks) > maxNetworks {
		t.Errorf("%d networks are remembered", len(x.networks))
	}
	h.full = 418
	if a := h.get("/gift"); a.status != 418 || a.header.Get("Retry-After") != "31" {
		t.Errorf("%d", a.status)
	}
}

// fields are the names and values of a page's inputs.
func fields(page string) map[string]string {
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`<input [^>]*name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

// TestPage: somebody with a phone and no script follows a link, looks, claims, and sees the payout. Nothing happens by a GET.
func TestPage(t *testing.T) {
	h := newHouse(t)
	code := h.issue(Order{Amount: "0.5", Message: "Happy <script>alert(1)</script>\nbirthday"})[0]
	before := h.engine.Durable()
	start := h.get("/gift?code=" + strings.ToLower(strings.ReplaceAll(code, "-", "")))
	if got := fields(start.body)["code"]; got != code {
		t.Fatalf("the form has %q", got)
	}
	if got := fields(h.get("/gift?code=%22%3E%3Cscript%3E").body)["code"]; got != "" {
		t.Errorf("the form has %q", got)
	}
	if a := h.get("/gift/claim"); !strings.Contains(a.body, "Begin with the code") {
		t.Errorf("an answer that is opened anew: %s", a.body)
	}
	for _, path := range []string{"/gift/check", "/gift/claim", "/gift/v1/claim"} {
		if a := h.get(path + "?code=" + code + "&address=bc1qtaker"); a.status != 405 || a.header.Get("Allow") != "POST" {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
	if h.engine.Durable() != before {
		t.Fatal("a GET did something")
	}
	step := h.form("check", "code", code)
	if step.status != 200 || !strings.Contains(step.body, "0.50000000 BTC") || !strings.Contains(step.body, "Happy &lt;script&gt;") || h.engine.Durable() != before {
		t.Fatalf("%d %s", step.status, step.body)
	}
	if !regexp.MustCompile(`on \d+ [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC, unless`).MatchString(step.body) {
		t.Errorf("no time that people read: %s", step.body)
	}
	wrong := h.form("claim", "code", fields(step.body)["code"], "address", "nowhere")
	if wrong.status != 422 || !strings.Contains(wrong.body, errForeign.Error()) || fields(wrong.body)["address"] != "nowhere" || fields(wrong.body)["code"] != code {
		t.Fatalf("%d %s", wrong.status, wrong.body)
	}
	done := h.form("claim", "code", fields(wrong.body)["code"], "address", " bc1qtaker ")
	to := done.header.Get("Location")
	if done.status != 303 || !strings.HasPrefix(to, "/gift/payouts/") || strings.Contains(to, code) {
		t.Fatalf("%d %q", done.status, to)
	}
	paid := h.get(to)
	if paid.status != 200 || !strings.Contains(paid.body, "On its way") || !strings.Contains(paid.body, "bc1qtaker") || !strings.Contains(paid.body, `http-equiv="refresh"`) {
		t.Fatalf("%d %s", paid.status, paid.body)
	}
	if a := h.form("claim", "code", code, "address", "bc1qtaker"); a.header.Get("Location") != to {
		t.Errorf("claimed again: %d %q", a.status, a.header.Get("Location"))
	}
	if a := h.form("claim", "code", code, "address", "bc1qanother"); a.status != 404 || !strings.Contains(a.body, "cannot be claimed") {
		t.Errorf("claimed by another: %d", a.status)
	}
	small := h.form("check", "code", h.issue(Order{Asset: "USDT", Amount: "1"})[0])
	if !strings.Contains(small.body, "It cannot go to an address outside") || strings.Contains(small.body, `name="address"`) {
		t.Errorf("%s", small.body)
	}
	for _, a := range []answer{start, step, wrong, paid, small, h.get("/gift/nothing"), h.get("/gift/payouts/0")} {
		sane(t, a)
	}
	if h.archive.Wait(t.Context(), h.engine.Durable()) != nil || h.count() != 1 {
		t.Error("not one payout")
	}
}

func (h *house) count() (n int) {
	_ = h.engine.Read(func(s *core.State) { n = int(s.LastPayout()) }) // #nosec G115 -- a few
	return n
}

// sane: a page brings nothing from elsewhere, runs nothing, is made for phones, and may do only what its policy says.
func sane(t *testing.T, a answer) {
	t.Helper()
	for _, foreign := range []string{"<script", "<link", "<img", "src=", "http://", "https://", "@import", "url(", "onclick", "style="} {
		if strings.Contains(strings.ToLower(a.body), foreign) {
			t.Errorf("the page has %s", foreign)
		}
	}
	_, style, _ := strings.Cut(a.body, "<style>")
	style, _, found := strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	want := fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", base64.StdEncoding.EncodeToString(sum[:]))
	if got := a.header.Get("Content-Security-Policy"); !found || got != want {
		t.Errorf("the policy is %s, want %s", got, want)
	}
	for k, v := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow"} {
		if a.header.Get(k) != v {
			t.Errorf("%s: %s", k, a.header.Get(k))
		}
	}
	if !strings.Contains(a.body, `name="viewport" content="width=device-width, initial-scale=1"`) {
		t.Error("the page is not made for phones")
	}
}

// TestForeign: what another site sends is refused, and so is what is no JSON, too long, or has members twice.
func TestForeign(t *testing.T) {
	h := newHouse(t)
	code := h.issue(Order{Amount: "0.5"})[0]
	form := "code=" + code + "&address=bc1qtaker"
	if a := h.send("POST", "/gift/claim", "application/x-www-form-urlencoded", form, map[string][]string{"Origin": {"https://evil.example"}}); a.status != 403 {
		t.Errorf("%d", a.status)
	}
	if a := h.send("POST", "/gift/claim", "application/x-www-form-urlencoded", form, map[string][]string{"Sec-Fetch-Site": {"cross-site"}}); a.status != 403 {
		t.Errorf("%d", a.status)
	}
	body := `{"code":"` + code + `","address":"bc1qtaker"}`
	for kind, want := range map[string]int{"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415} {
		if a := h.send("POST", "/gift/v1/claim", kind, body, nil); a.status != want {
			t.Errorf("%q: %d", kind, a.status)
		}
	}
	for text, want := range map[string]int{
		"": 400, "[]": 400, `{"code":1}`: 400, `{"code":"` + code + `","code":"` + code + `"}`: 400, `{"Code":"` + code + `"}`: 400, body + "x": 400,
		`{"code":"` + strings.Repeat("A", maxBody) + `"}`: 413, `{}`: 400,
	} {
		a := h.send("POST", "/gift/v1/claim", "application/json", text, nil)
		if a.status != want || strings.Contains(a.body, code) {
			t.Errorf("%.40s: %d %s", text, a.status, a.body)
		}
	}
	if a := h.send("POST", "/gift/check", "application/x-www-form-urlencoded", "code="+strings.Repeat("A", maxBody), nil); a.status != 413 {
		t.Errorf("%d", a.status)
	}
	if h.count() != 0 {
		t.Error("something was claimed")
	}
	into[Payout](t, h.send("POST", "/gift/v1/claim", "application/json; charset=utf-8", body, nil))
}
