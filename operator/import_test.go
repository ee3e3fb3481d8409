package operator

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
	"portcullis/internal/secret"
)

func hidden(s string) Shown { return Shown{secret.New([]byte(s))} }

// TestImport: keys come as they were held elsewhere, once, and what is wrong with one does not keep the others.
func TestImport(t *testing.T) {
	h := newHouse(t)
	a := h.customer()
	must(h, AccountCreate, CreateAccount{Ref: "c-7"})
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	list := []ImportKey{
		{Line: 2, Account: a, APIKey: "old-1", Secret: hidden("s3cret"), Created: "2017-03-01"},
		{Line: 3, Ref: "c-7", APIKey: "old-2", PublicKey: base64.StdEncoding.EncodeToString(der), Rights: []string{"read", "trade"}, Networks: []string{"203.0.113.0/24"}},
		{Line: 4, Account: a, APIKey: "old-3", Secret: hidden("x"), Created: "2026-03-02"},
		{Line: 5, Account: 99, APIKey: "old-4", Secret: hidden("x")},
		{Line: 6, Ref: "nobody", APIKey: "old-5", Secret: hidden("x")},
		{Line: 7, APIKey: "old-6", Secret: hidden("x")},
		{Line: 8, Account: a, Ref: "c-7", APIKey: "old-7", Secret: hidden("x")},
		{Line: 9, Account: a, Secret: hidden("x")},
		{Line: 10, Account: a, APIKey: "with blank", Secret: hidden("x")},
		{Line: 11, Account: a, APIKey: "old-8"},
		{Line: 12, Account: a, APIKey: "old-9", Secret: hidden("x"), PublicKey: "y"},
		{Line: 13, Account: a, APIKey: "old-10", PublicKey: "bm8="},
		{Line: 14, Account: a, APIKey: "old-11", Secret: hidden("x"), Created: "yesterday"},
		{Line: 15, Account: a, APIKey: "old-12", Secret: hidden("x"), Created: "1969-12-31"},
		{Line: 16, Account: a, APIKey: "old-13", Secret: hidden("x"), Rights: []string{"fly"}},
		{Line: 17, Account: a, APIKey: "old-14", Secret: hidden("x"), Rights: []string{"read", "own"}},
		{Line: 18, Account: a, APIKey: "old-15", Secret: hidden("x"), Symbols: []string{"NIX"}},
		{Line: 19, Account: a, APIKey: "old-16", Secret: hidden(strings.Repeat("x", 300))},
		{Line: 20, Account: a, APIKey: "old-17", Secret: hidden("x"), Label: strings.Repeat("x", 65)},
	}
	wrong := map[int]string{4: "malformed-date", 5: "unknown-account", 6: "unknown-account", 7: "unknown-account", 8: "unknown-account",
		9: "malformed-key", 10: "malformed-key", 11: "malformed-key", 12: "malformed-key", 13: "malformed-key", 14: "malformed-date",
		15: "malformed-date", 16: "malformed-mandate", 17: "unsafe-owning", 18: "unknown-market", 19: "malformed-key", 20: "malformed-key"}
	for _, pass := range []struct {
		dry  bool
		want string
	}{{true, Sound}, {false, Imported}, {false, Known}, {true, Known}} {
		r := must(h, KeyImport, ImportKeys{Keys: list, DryRun: pass.dry})
		for i, one := range r.Results {
			code := ""
			if one.Refusal != nil {
				code = one.Refusal.Code
			}
			want := pass.want
			if wrong[list[i].Line] != "" {
				want = Rejected
			}
			if one.Line != list[i].Line || one.Outcome != want || code != wrong[one.Line] {
				t.Errorf("%+v: %+v %s, want %s %s", pass, one, code, want, wrong[one.Line])
			}
		}
	}
	other := list[:2:2]
	other[0].Secret, other[1].Account, other[1].Ref = hidden("another"), a, ""
	for _, one := range must(h, KeyImport, ImportKeys{Keys: other}).Results {
		if one.Outcome != Rejected || one.Refusal.Code != "key-taken" {
			t.Errorf("%+v", one)
		}
	}
	if err := h.engine.Read(func(st *core.State) {
		if st.Keys() != 2 {
			t.Errorf("%d keys", st.Keys())
		}
		k := st.Key(st.KeyNamed(instruction.KeyIDOf("old-1")))
		plain, err := h.kek.Open(k.Material(), k.ID[:])
		if err != nil || string(plain.Reveal()) != "s3cret" || k.Rights().String() != "READ,TRADE,WITHDRAW,TRANSFER" || !k.Legacy || text(k.Created) != "2017-03-01T00:00:00.000000Z" {
			t.Errorf("%+v, %v", k, err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if logged := h.logged(); strings.Contains(logged, "s3cret") || strings.Contains(logged, "old-1") {
		t.Error("the log has a secret or a key's text")
	}
	if code := refused(h, KeyImport, ImportKeys{}); code != "malformed-command" {
		t.Error(code)
	}
	if code := refused(h, KeyImport, ImportKeys{Keys: make([]ImportKey, MaxImport+1)}); code != "malformed-command" {
		t.Error(code)
	}
}

// TestImportTwiceAtOnce: of one key that stands in a command twice one is made, and the other is known.
func TestImportTwiceAtOnce(t *testing.T) {
	h := newHouse(t)
	a := h.customer()
	var list []ImportKey
	for i := range MaxImport {
		list = append(list, ImportKey{Line: i, Account: a, APIKey: fmt.Sprint("old-", i/2), Secret: hidden("x")})
	}
	count := map[string]int{}
	for _, one := range must(h, KeyImport, ImportKeys{Keys: list}).Results {
		count[one.Outcome]++
	}
	if count[Imported] != MaxImport/2 || count[Known] != MaxImport/2 {
		t.Errorf("%v", count)
	}
}

// TestChangeKey: what is not said stays, and what came of it is told.
func TestChangeKey(t *testing.T) {
	h := newHouse(t)
	a := h.customer()
	must(h, AssetAdd, AddAsset{Symbol: "YEN"})
	k := must(h, KeyCreate, CreateKey{
		Account: a, Scheme: "ED25519", Rights: []string{"read", "trade"}, Networks: []string{"192.0.2.0/24"}, Trades: []mandate.Cap{bounds("YEN", "5", "50")},
	})
	by := NamedKey{Key: k.Key}
	list := func(l ...string) *[]string { return &l }
	now := must(h, KeyList, ListKeys{}).Keys[0]
	if now.Renewed == "" || now.Ages != "2027-03-01T00:00:00.000000Z" || len(now.Trades) != 1 || now.Trades[0] != bounds("YEN", "5", "50") {
		t.Errorf("%+v", now)
	}
	r := must(h, KeyChange, ChangeKey{NamedKey: by, Mandate: mandate.Mandate{Networks: list("192.0.2.0/25")}})
	if !r.Now || r.Matter != 0 {
		t.Errorf("%+v", r)
	}
	r = must(h, KeyChange, ChangeKey{NamedKey: by, Mandate: mandate.Mandate{Networks: list(), Trades: &[]mandate.Cap{bounds("YEN", "", "20")}}})
	if !r.Now || r.Matter == 0 || r.Due != "2026-03-02T00:00:00.000000Z" {
		t.Errorf("%+v", r)
	}
	now = must(h, KeyList, ListKeys{}).Keys[0]
	if now.Waiting != r.Matter || len(now.Networks) != 1 || now.Networks[0] != "192.0.2.0/25" || now.Trades[0] != bounds("YEN", "5", "20") || len(now.Rights) != 2 {
		t.Errorf("%+v", now)
	}
	if code := refused(h, KeyChange, ChangeKey{NamedKey: NamedKey{Name: "nobody"}}); code != "unknown-credential" {
		t.Error(code)
	}
	if code := refused(h, KeyChange, ChangeKey{NamedKey: NamedKey{Key: 99}, Mandate: mandate.Mandate{Rights: list("read")}}); code != "no-such-key" {
		t.Error(code)
	}
	if code := refused(h, KeyChange, ChangeKey{NamedKey: by, Mandate: mandate.Mandate{Rights: list("own", "read")}}); code != "unsafe-owning" {
		t.Error(code)
	}
	if code := refused(h, KeyChange, ChangeKey{NamedKey: by, Mandate: mandate.Mandate{Networks: list("198.51.100.0/24")}}); code != "mandate-disjoint" {
		t.Error(code)
	}
	if r := must(h, KeyRenew, RenewKey{Name: k.Name}); r.Ages != "2027-03-01T00:00:00.000000Z" {
		t.Errorf("%+v", r)
	}
	own := CreateKey{Account: a, Scheme: "ED25519", Rights: []string{"own", "read"}}
	if first := must(h, KeyCreate, own); first.Matter != 0 {
		t.Errorf("the first owner's key waits: %+v", first)
	}
	if second := must(h, KeyCreate, own); second.Matter == 0 || second.Due == "" {
		t.Errorf("the second does not: %+v", second)
	}
	if code := refused(h, KeyRenew, RenewKey{Key: k.Key + 1}); code != "nothing-to-renew" {
		t.Error(code)
	}
}
