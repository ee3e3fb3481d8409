package daemon

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/venue/gift"
	"portcullis/wallet/coin"
)

// TestGiftOfTheDemo: somebody who was given a code of the demo's coin looks at the page, claims it to an address, and is paid on the demo
// chain, once; the page says so.
func TestGiftOfTheDemo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cfg, _ := config(t)
	cfg.Demo = true
	d := run(t, cfg)
	block := func() {
		t.Helper()
		if err := d.demo.chain.Mine(1); err != nil {
			t.Fatal(err)
		}
		if err := d.wallet.Wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
	var x instruction.Asset
	for funded := false; !funded; block() {
		if err := d.engine.Read(func(s *core.State) {
			x = s.AssetNamed(demoCoin)
			funded = s.Balance(d.demo.Account, x).Free >= demoDeposit && s.Balance(instruction.Fees, x).Free > 0
		}); err != nil {
			t.Fatal(err)
		}
	}
	code := demoGift(t, d)
	to, script := stranger(t)
	post := func(path string, form url.Values) (*http.Response, string) {
		t.Helper()
		c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := c.PostForm(d.BaseURL()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp, string(b)
	}
	if resp, page := post("/gift/check", url.Values{"code": {code}}); resp.StatusCode != 200 || !strings.Contains(page, "2.00000000 DEMO") || !strings.Contains(page, "from the demo") {
		t.Fatalf("%s %s", resp.Status, page)
	}
	if resp, page := post("/gift/claim", url.Values{"code": {code}, "address": {"x" + to}}); resp.StatusCode != 422 || !strings.Contains(page, "Nothing can be sent to this address") {
		t.Fatalf("%s %s", resp.Status, page)
	}
	resp, page := post("/gift/claim", url.Values{"code": {code}, "address": {to}})
	receipt, found := strings.CutPrefix(resp.Header.Get("Location"), "/gift/payouts/")
	if resp.StatusCode != http.StatusSeeOther || !found {
		t.Fatalf("%s %s", resp.Status, page)
	}
	read := func(resp *http.Response, err error) (p gift.Payout) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || p.Receipt != receipt {
			t.Fatalf("%+v, %v", p, err)
		}
		return p
	}
	for p := (gift.Payout{}); p.State != "SETTLED"; p = read(http.Get(d.BaseURL() + "/gift/v1/payouts/" + receipt)) {
		block()
	}
	p := read(http.Post(d.BaseURL()+"/gift/v1/claim", "application/json", strings.NewReader(`{"code":"`+code+`","address":"`+to+`"}`)))
	if paid := d.demo.chain.Payments(script); len(paid) != 1 || p.Tx == "" || p.Arrives != "1.99999000" {
		t.Errorf("the chain has %+v, and the page says %+v", paid, p)
	}
}

// demoGift has the demo's customer issue a code of two coins, by an owner's key.
func demoGift(t *testing.T, d *Daemon) string {
	t.Helper()
	do := func(p instruction.Principal, in instruction.Instruction) {
		t.Helper()
		r, err := d.engine.Do(&p, in)
		if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(new(instruction.Events)) != 0 {
			t.Fatalf("%T: %v %v %v", in, err, r.Verdict.Reason(), r.Refused(new(instruction.Events)))
		}
	}
	do(instruction.Principal{Giver: instruction.ByOperator}, &instruction.CreateKey{Account: d.demo.Account, ID: instruction.KeyID{9}, Scheme: instruction.Ed25519,
		Material: append(make([]byte, 31), 9), Mandate: instruction.Mandate{Rights: instruction.MayOwn | instruction.MayRead}})
	var i *instruction.IssueCodes
	var codes []gift.Code
	var bad error
	owner := instruction.Principal{Giver: instruction.ByCredential}
	if err := d.engine.Read(func(s *core.State) {
		owner.Credential = s.Keys()
		i, codes, bad = gift.NewDesk(d.pepper).Write(s, d.engine.Now(), d.demo.Account, &gift.Order{Asset: demoCoin, Amount: "2", Expires: "30d", Message: "from the demo"})
	}); err != nil || bad != nil {
		t.Fatal(err, bad)
	}
	do(owner, i)
	return codes[0].Reveal()
}

// stranger is an address of the demo chain that is nobody's here.
func stranger(t *testing.T) (address string, script []byte) {
	t.Helper()
	n, err := coin.NetworkNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := coin.NewSeed().Account(n)
	if err == nil {
		address, script, err = keys.Public().Address(false, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return address, script
}
