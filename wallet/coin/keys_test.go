package coin

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/address/v2/base58"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil/v2/hdkeychain"
)

// seed84 is the seed of BIP 84's vectors.
const seed84 = "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"

func account(t testing.TB, seed, name string) *Keys {
	t.Helper()
	s, err := ParseSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Account(network(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestBIP84 holds derivation to the vectors of BIP 84. They write the extended key with a first letter of its own.
func TestBIP84(t *testing.T) {
	const zpub = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
	k := account(t, seed84, "bitcoin")
	parsed, err := ParsePublic(network(t, "bitcoin"), k.Public().String())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := base58.Decode(k.Public().String()), base58.Decode(zpub); !bytes.Equal(got[4:78], want[4:78]) || !strings.HasPrefix(parsed.String(), "xpub") {
		t.Errorf("%s is not %s", parsed, zpub)
	}
	for _, c := range []struct {
		change bool
		index  uint32
		want   string
	}{{false, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"}, {false, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"}, {true, 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"}} {
		for _, p := range []*Public{k.Public(), parsed} {
			text, script, err := p.Address(c.change, c.index)
			back, _ := p.Network().Script(text)
			if err != nil || text != c.want || !bytes.Equal(back, script) {
				t.Errorf("%v/%d: %s %x, %v; want %s", c.change, c.index, text, script, err, c.want)
			}
		}
	}
	private, err := k.Key(false, 0)
	if err != nil || hex.EncodeToString(private.PubKey().SerializeCompressed()) != "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c" {
		t.Errorf("%x, %v", private.PubKey().SerializeCompressed(), err)
	}
}

// TestPublishedKey: other wallets' vector of monacoin's oldest form.
func TestPublishedKey(t *testing.T) {
	b, _ := hex.DecodeString("a22ddec5c567b4488bb00f69b6146c50da2ee883e2c096db098726394d585730")
	private, _ := btcec.PrivKeyFromBytes(b)
	script := slices.Concat([]byte{opDup, opHash160, 20}, address.Hash160(private.PubKey().SerializeCompressed()), []byte{opEqualVerify, opCheckSig})
	if got, _ := network(t, "monacoin").Address(script); got != "MHnYTL9e1s8zNR2qzzJ3mMHfgjnUzyMscd" {
		t.Error(got)
	}
}

// TestBothWays: addresses made of the public key are those of the private keys, which the library derives.
func TestBothWays(t *testing.T) {
	k := account(t, seed84, "demo")
	r := rand.New(rand.NewPCG(1, 0))
	for range 300 {
		change, index := r.IntN(2) == 0, r.Uint32N(1<<31)
		private, err := k.Key(change, index)
		if err != nil {
			t.Fatal(err)
		}
		_, script, err := k.Public().Address(change, index)
		if err != nil || !bytes.Equal(script[2:], address.Hash160(private.PubKey().SerializeCompressed())) {
			t.Fatalf("%v/%d: %x, %v", change, index, script, err)
		}
	}
}

// TestAccountsDiffer: networks whose coins have a value share no keys with any other.
func TestAccountsDiffer(t *testing.T) {
	by := map[string]string{}
	for _, n := range networks {
		k := account(t, seed84, n.Name).Public().String()
		if o, ok := by[k]; ok && (n.slip44 != 1 || network(t, o).slip44 != 1) {
			t.Errorf("%s has the keys of %s", n.Name, o)
		}
		if by[k] = n.Name; strings.HasPrefix(k, "tpub") != (n.slip44 == 1) {
			t.Errorf("%s: %s", n.Name, k)
		}
	}
	if len(by) != 4 {
		t.Errorf("%d accounts; want those of three coins and of what is worth nothing", len(by))
	}
}

func TestSeeds(t *testing.T) {
	s, o := NewSeed(), NewSeed()
	if again, err := ParseSeed(s.Reveal()); err != nil || again.Reveal() != s.Reveal() || len(s.Reveal()) != 64 || s.Reveal() == o.Reveal() {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"", "00", seed84[:62], seed84 + "00", seed84[:63], "x" + seed84[1:], " " + seed84[:64], seed84[:64] + "\n"} {
		if _, err := ParseSeed(text); err == nil || len(text) > 2 && strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWrongPublic(t *testing.T) {
	bitcoin := network(t, "bitcoin")
	k := account(t, seed84, "bitcoin")
	private := k.branches[0].String()
	branch, _ := k.branches[0].Neuter()
	master, _ := hdkeychain.NewMaster(make([]byte, 32), bitcoin.keys)
	first, _ := master.Derive(hardened)
	shallow, _ := first.Neuter()
	good := k.Public().String()
	for text, want := range map[string]string{
		private: "private key", branch.String(): "depth 4", shallow.String(): "depth 1", account(t, seed84, "demo").Public().String(): "begins with xpub, and this with tpub",
		"": "not an extended", good[:110]: "not an extended", good[:20] + "x" + good[21:]: "not an extended", strings.Repeat("1", 1<<20): "letters",
	} {
		if _, err := ParsePublic(bitcoin, text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), private) || len(err.Error()) > 300 {
			t.Errorf("%.120s: %v; want %q", text, err, want)
		}
	}
	for _, index := range []uint32{1 << 31, 1<<32 - 1} {
		if _, _, err := k.Public().Address(false, index); err == nil {
			t.Errorf("address %d", index)
		}
		if _, err := k.Key(true, index); err == nil {
			t.Errorf("key %d", index)
		}
	}
}

// TestNothingShows: however seeds and keys are printed, logged or encoded, nothing of them shows.
func TestNothingShows(t *testing.T) {
	s, _ := ParseSeed(seed84)
	k, _ := s.Account(network(t, "bitcoin"))
	inside := struct {
		S *Seed
		K *Keys
		V Keys
	}{s, k, *k}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(h).Info("x", "s", s, "k", k, "in", inside)
	}
	j, err := json.Marshal(inside)
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(j)
	for _, f := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		all += fmt.Sprintf(f, s) + fmt.Sprintf(f, k) + fmt.Sprintf(f, *k) + fmt.Sprintf(f, inside)
	}
	for _, leak := range []string{"xprv", "94 176 11 189", "5eb00b", k.branches[0].String()} {
		if strings.Contains(all, leak) {
			t.Errorf("%q shows in %.2000s", leak, all)
		}
	}
	if strings.Count(all, redacted) < 20 {
		t.Errorf("%.2000s", all)
	}
}

// TestKeysAreShared runs under the race detector: the library fills in what it computed once.
func TestKeysAreShared(t *testing.T) {
	k := account(t, seed84, "litecoin")
	want, _, _ := k.Public().Address(true, 5)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			private, err := k.Key(true, 5)
			got, _, _ := k.Public().Address(true, 5)
			if err != nil || private == nil || got != want {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	all.Wait()
}

func BenchmarkAddress(b *testing.B) {
	p := account(b, seed84, "litecoin").Public()
	for i := range b.N {
		p.Address(false, uint32(i))
	}
}
