package daemon

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/venue/gift"
)

// codeFile is beside a golden directory's facts, and has the text of its last gift code.
const codeFile = "gift-code.txt"

// claimsOld claims the directory's last gift code, as whoever was given it does: its pepper and the code's own seal hold.
func claimsOld(t *testing.T, d *Daemon, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, codeFile))
	if err != nil {
		t.Fatal(err)
	}
	code := strings.TrimSpace(string(text))
	checked := ask[gift.Checked](t, d, "/gift/v1/check", gift.NameCode{Code: code})
	if checked.Amount != "0.00052000" || checked.Asset != goldenCoin || checked.Message != goldenMessage || !checked.Outside {
		t.Errorf("it is %+v", checked)
	}
	claim := gift.Claim{Code: code, Address: goldenAddress(1_001)}
	first := ask[gift.Payout](t, d, "/gift/v1/claim", claim)
	if again := ask[gift.Payout](t, d, "/gift/v1/claim", claim); first.State != "CLAIMED" || first.Arrives != "0.00051700" || again != first {
		t.Errorf("claimed, it is %+v, and again %+v", first, again)
	}
}

// ask posts to the gift codes' API.
func ask[Out any](t *testing.T, d *Daemon, path string, in any) (out Out) {
	t.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(d.BaseURL()+path, "application/json", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %+v %v", path, resp.Status, out, err)
	}
	return out
}

// goAshore has what older directories never had: a coin of a new asset comes in by a chain, becomes a gift code, and a transaction pays
// who brings that.
func goAshore(t *testing.T, d *Daemon) {
	t.Helper()
	operator := &instruction.Principal{Giver: instruction.ByOperator, Operator: 1000}
	do := func(p *instruction.Principal, in instruction.Instruction) {
		t.Helper()
		r, err := d.engine.Do(p, in)
		if why := r.Refused(new(instruction.Events)); err != nil || r.Verdict.Decision != instruction.Allow || why != 0 {
			t.Fatalf("%T: %v %v %v", in, err, r.Verdict.Findings(), why)
		}
	}
	read := func(f func(*core.State)) {
		t.Helper()
		if err := d.engine.Read(f); err != nil {
			t.Fatal(err)
		}
	}
	do(operator, &instruction.AddAsset{Symbol: "ASHORE", Scale: 8})
	do(operator, &instruction.OpenAccount{Ref: "goes ashore"})
	var x instruction.Asset
	var a instruction.Account
	var shut []instruction.DropID
	read(func(s *core.State) {
		x, a = s.AssetNamed("ASHORE"), s.AccountNamed("goes ashore")
		for _, drop := range s.Drops() {
			if drop.Class == instruction.DropClaims {
				shut = append(shut, drop.ID)
			}
		}
	})
	for _, id := range shut {
		do(operator, &instruction.Raise{Drop: id, Share: 100})
	}
	terms := goldenTerms() // with keys of its own: no two assets share theirs on one chain, and the newest story has these
	terms.Account, terms.Hot = "keyashore", "hotashore"
	do(operator, &instruction.SetChain{Asset: x, Terms: terms})
	do(operator, &instruction.CreateKey{Account: a, ID: instruction.KeyID{200}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayOwn | instruction.MayRead}})
	do(goldenWallet, &instruction.IssueAddress{Asset: x, Account: a, Address: "ashore"})
	one, two := instruction.BlockHash{1}, instruction.BlockHash{2}
	got := []instruction.Received{received(201, 0, 20_000, a), received(202, 0, 9_000, instruction.Fees)}
	do(goldenWallet, &instruction.Advance{Asset: x, Height: 1, Hash: one, Received: got, Whole: true})
	do(goldenWallet, &instruction.Advance{Asset: x, Height: 2, Hash: two, Prev: one, Whole: true})
	var issue *instruction.IssueCodes
	var codes []gift.Code
	var bad error
	owner := new(instruction.Principal)
	read(func(s *core.State) {
		owner = goldenTrader(int(s.Keys()))
		issue, codes, bad = gift.NewDesk(d.pepper).Write(s, d.engine.Now(), a, &gift.Order{Asset: "ASHORE", Amount: "0.0001", Expires: "30d"})
	})
	if bad != nil {
		t.Fatal(bad)
	}
	do(owner, issue)
	do(goldenBearer, &instruction.ClaimCode{Hash: d.pepper.Hash(codes[0]), To: goldenFar})
	var id instruction.PayoutID
	read(func(s *core.State) { id = s.LastPayout() })
	do(goldenWallet, &instruction.PlanSpend{Asset: x, Payouts: []instruction.PayoutID{id}, Inputs: []instruction.Outpoint{got[0].Coin}, Fee: 200, Size: 200})
	do(goldenWallet, &instruction.SignSpend{Asset: x, Spend: 1, Tx: instruction.TxID{203}, Raw: []byte{1}})
	read(func(s *core.State) {
		if p := s.Payout(id); p.State != instruction.PayoutSending || s.Balance(a, x).Free != 10_000 || s.Shortage(x) != -8_800 {
			t.Errorf("payout %+v, %+v, %d is missing", p, s.Balance(a, x), s.Shortage(x))
		}
	})
}
