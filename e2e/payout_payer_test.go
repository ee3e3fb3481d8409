//go:build !race

package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// payer is a customer with coins. A key of his that was brought from elsewhere asks for a withdrawal to an address that nobody knows,
// which is held, and his owner's key says yes to it.
type payer struct {
	*trader
	base    string
	deposit string // address
	owner   key
	private ed25519.PrivateKey
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

// pay has a customer withdraw to an address that nobody was paid at before.
func (b *bank) pay(p *payer, n int64) uint64 {
	b.t.Helper()
	to := b.public.stranger(len(b.paid) + 1)
	q := url.Values{"coin": {"LTC"}, "address": {to}, "amount": {coins(n)}, "withdrawOrderId": {fmt.Sprintf("w%d", len(b.paid))}}
	ask := func() (string, error) {
		var w struct{ ID string }
		err := p.call(b.base, "POST", "/sapi/v1/capital/withdraw/apply", q, &w)
		return w.ID, err
	}
	called, err := ask()
	if err != nil {
		b.t.Fatal(err)
	}
	id, err := strconv.ParseUint(called, 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	b.paid[id] = &owed{to, n - withdrawFee, ask, called}
	p.agree(b, id)
	return id
}

// agree lets a withdrawal go that waits.
func (p *payer) agree(b *bank, payout uint64) {
	b.t.Helper()
	var r struct {
		Waiting []struct{ Matter, Payout uint64 }
	}
	if err := p.word("GET", "waiting", nil, &r); err != nil {
		b.t.Fatal(err)
	}
	for _, m := range r.Waiting {
		if m.Payout == payout {
			if err := p.word("POST", "answer", map[string]any{"matter": m.Matter, "yes": true}, new(any)); err != nil {
				b.t.Fatal(err)
			}
			return
		}
	}
	b.t.Fatalf("withdrawal %d to an address that nobody knows does not wait", payout)
}

// issue has the first customer make gift codes.
func (b *bank) issue(n int) {
	b.t.Helper()
	var r struct {
		Codes []struct{ Code string }
	}
	if err := b.payers[0].word("POST", "codes/issue", map[string]any{"asset": "LTC", "amount": coins(giftWorth), "count": n, "expires": "90d"}, &r); err != nil {
		b.t.Fatal(err)
	}
	for _, c := range r.Codes {
		b.gifts = append(b.gifts, c.Code)
	}
}

// claim has somebody who is no customer claim a gift code to an address that nobody was paid at before.
func (b *bank) claim() uint64 {
	b.t.Helper()
	to := b.public.stranger(len(b.paid) + 1)
	body, err := json.Marshal(map[string]string{"code": b.gifts[0], "address": to})
	if err != nil {
		b.t.Fatal(err)
	}
	b.gifts = b.gifts[1:]
	ask := func() (string, error) {
		var c struct{ Receipt string }
		req, err := http.NewRequest("POST", b.base+"/gift/v1/claim", bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/json")
		err = b.payers[0].send(req, &c)
		return c.Receipt, err
	}
	called, err := ask()
	if err != nil {
		b.t.Fatal(err)
	}
	b.record.read()
	id := b.record.byAddress[to]
	b.paid[id] = &owed{to, giftWorth - withdrawFee, ask, called}
	return id
}

// askedAgain asks for payouts again, as whoever does not know what became of his request does.
func (b *bank) askedAgain(list []uint64) {
	b.t.Helper()
	for _, id := range list {
		if o := b.paid[id]; o.again != nil {
			if called, err := o.again(); err != nil || called != o.called {
				b.t.Errorf("payout %d was %q, and is %q when it is asked for again, %v", id, o.called, called, err)
			}
		}
	}
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
	return p.send(req, out)
}

func (p *payer) send(req *http.Request, out any) error {
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
