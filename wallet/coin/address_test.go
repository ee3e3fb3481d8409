package coin

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"
)

// network is a network that a test names.
func network(t testing.TB, name string) *Network {
	t.Helper()
	n, err := NetworkNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ network, address, script, back string }{
		// BIP 173 and BIP 350
		{"bitcoin", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"bitcoin-testnet", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262", ""},
		{"bitcoin-testnet", "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy", "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433", ""},
		{"bitcoin-testnet", "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433", ""},
		{"bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", ""},
		// the first block's, the example of BIP 16's form that everybody cites, and known ones of the other coins
		{"bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac", ""},
		{"bitcoin", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87", ""},
		{"litecoin", "LVuDpNCSSj6pQ7t9Pv6d6sUkLKoqDEVUnJ", "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac", ""},
		{"litecoin", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "0014751e76e8199196d454941c45d1b3a323f1433bd6", ""},
		{"monacoin", "MHnYTL9e1s8zNR2qzzJ3mMHfgjnUzyMscd", "76a9146c70e57df7b18eeb0198be9e254737ecd336ed8888ac", ""},
		{"monacoin", "mona1qw508d6qejxtdg4y5r3zarvary0c5xw7kg5lnx5", "0014751e76e8199196d454941c45d1b3a323f1433bd6", ""},
	} {
		n := network(t, c.network)
		script, err := n.Script(c.address)
		if err != nil || hex.EncodeToString(script) != c.script {
			t.Errorf("%s %s: %x, %v; want %s", c.network, c.address, script, err, c.script)
			continue
		}
		want := c.back
		if want == "" {
			want = c.address
		}
		if back, ok := n.Address(script); !ok || back != want {
			t.Errorf("%s: comes back as %q", c.address, back)
		}
	}
}

func TestWrongAddresses(t *testing.T) {
	const right = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
	for _, c := range []struct{ network, address, want string }{
		// BIP 173 and BIP 350
		{"bitcoin", "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", "not an address"},
		{"bitcoin", "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", "not an address"},
		{"bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum is wrong"},
		{"bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "another kind of checksum"},
		{"bitcoin-testnet", "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", "another kind of checksum"},
		{"bitcoin", "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "another kind of checksum"},
		{"bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "another kind of checksum"},
		{"bitcoin-testnet", "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", "another kind of checksum"},
		{"bitcoin", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "not an address"},
		{"bitcoin", "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "not an address"},
		{"bitcoin", "bc1pw5dgrnzv", "not an address"},
		{"bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", "not an address"},
		{"bitcoin", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "not an address"},
		{"bitcoin-testnet", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "mixes small and capital"},
		{"bitcoin-testnet", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7", "mixes small and capital"},
		{"bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "not an address"},
		{"bitcoin-testnet", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", "not an address"},
		{"bitcoin", "bc1gmk9yu", "not an address"},
		// right in BIP 350, and paid to nobody yet
		{"bitcoin", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "witness version 1 with 40 bytes"},
		{"bitcoin", "BC1SW50QGDZ25J", "witness version 16"},
		{"bitcoin", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "witness version 2"},
		{"bitcoin", "bc1pfeessrawgf", "witness version 1 with 2 bytes"},
		// other networks, by name
		{"litecoin", right, "it is an address of bitcoin, not of litecoin"},
		{"bitcoin-regtest", right, "it is an address of bitcoin, not of bitcoin-regtest"},
		{"litecoin", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "it is an address of bitcoin, not of litecoin"},
		{"monacoin", "LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz", "it is an address of litecoin, not of monacoin"},
		{"bitcoin", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "it is an address of bitcoin-testnet or bitcoin-regtest or litecoin-testnet or litecoin-regtest or monacoin-regtest, not of bitcoin"},
		{"demo", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "it is an address of bitcoin, not of demo"},
		{"bitcoin", "DBXu2kgc3xtvCUWFcxFE3r9hEYgmuaaCyD", "no network that is known here writes addresses so; those of bitcoin begin with bc1"},
		// the rest
		{"bitcoin", "", "not an address"},
		{"bitcoin", "1", "not an address"},
		{"bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum is wrong"},
		{"bitcoin", " 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "not an address"},
		{"bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n", "not an address"},
		{"bitcoin", "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "not an address"},
		{"bitcoin", "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "not an address"},
		{"bitcoin", "bc1" + strings.Repeat("q", 88), "longer than 90 letters"},
		{"bitcoin", strings.Repeat("1", 1<<20), "longer than 90 letters"},
		{"litecoin-regtest", "tmweb1qqgrkaqsgrxvla4l2ul0qnpa84hwwgva6hrd7q5y58f0huwpfe684cq4qf0xm7pfmxwd5xkx5ky07mpze3gq59kf9ptjtpt7ryenfpnsy5ur2fmq6", "(MWEB), which are not paid to"},
	} {
		script, err := network(t, c.network).Script(c.address)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 400 {
			t.Errorf("%s %.100q: %x, %v; want %q", c.network, c.address, script, err, c.want)
		}
	}
}

// TestForms: every network writes each form that it has, reads it back, and refuses it by name everywhere else; but for the
// first byte that litecoin's P2SH and monacoin's P2PKH share.
func TestForms(t *testing.T) {
	hash := strings.Repeat("0123456789abcdef", 4)
	for _, n := range networks {
		for name, text := range map[string]string{
			"P2PKH": "76a914" + hash[:40] + "88ac", "P2SH": "a914" + hash[:40] + "87", "P2WPKH": "0014" + hash[:40], "P2WSH": "0020" + hash, "P2TR": "5120" + hash,
		} {
			script, _ := hex.DecodeString(text)
			address, ok := n.Address(script)
			if want := name[:3] == "P2W" || name == "P2TR" && n.taproot || len(name) < 6 && name != "P2TR" && n.legacy; ok != want {
				t.Errorf("%s has a form %s: %v", n.Name, name, ok)
				continue
			} else if !want {
				continue
			}
			for _, o := range networks {
				back, err := o.Script(address)
				other, same := o.Address(script)
				switch {
				case same && other == address && (err != nil || string(back) != string(script)):
					t.Errorf("%s %s %s: %x, %v", o.Name, name, address, back, err)
				case same && other == address, name == "P2SH" && n.Name == "litecoin" && o.Name == "monacoin", name == "P2PKH" && n.Name == "monacoin" && o.Name == "litecoin":
				case err == nil || !strings.Contains(err.Error(), "an address of "+n.Name) && !strings.Contains(err.Error(), " or "+n.Name):
					t.Errorf("%s takes %s's %s %s: %v", o.Name, n.Name, name, address, err)
				}
			}
		}
		for _, text := range []string{"", "6a", "51", "0014" + hash[:38], "0021" + hash + "00", "76a914" + hash[:40] + "88ad", "a914" + hash[:40] + "88", "5220" + hash} {
			script, _ := hex.DecodeString(text)
			if address, ok := n.Address(script); ok {
				t.Errorf("%s: script %s is said to be %s", n.Name, text, address)
			}
		}
	}
	key, _ := hex.DecodeString(hash)
	taproot, _ := network(t, "monacoin").segwit(bech32.EncodeM, 1, key)
	if _, err := network(t, "monacoin").Script(taproot); err == nil || !strings.Contains(err.Error(), "monacoin has no taproot") {
		t.Errorf("%s: %v", taproot, err)
	}
}

func TestNetworkNamed(t *testing.T) {
	if _, err := NetworkNamed("Bitcoin"); err == nil || !strings.Contains(err.Error(), "bitcoin, bitcoin-testnet") {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, n := range networks {
		if g := n.Genesis().String(); seen[g] || n.Genesis().IsZero() {
			t.Errorf("%s: first block %s", n.Name, g)
		} else {
			seen[g] = true
		}
	}
	if network(t, "litecoin").Replaces() || !network(t, "litecoin-regtest").Replaces() || !network(t, "monacoin").Replaces() {
		t.Error("who replaces")
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "MHnYTL9e1s8zNR2qzzJ3mMHfgjnUzyMscd", "demo1", "1111", "bc1gmk9yu"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		for _, n := range networks {
			script, err := n.Script(address)
			if want, no := n.slow(address); !bytes.Equal(script, want) || (err == nil) != (no == nil) {
				t.Errorf("%s: %q is %x, %v; the library has %x, %v", n.Name, address, script, err, want, no)
			}
			if err != nil {
				if len(err.Error()) > 1000 {
					t.Errorf("an error of %d bytes", len(err.Error()))
				}
				continue
			}
			if back, ok := n.Address(script); !ok || back != address && back != strings.ToLower(address) {
				t.Errorf("%s: %q is paid as %x, which is %q", n.Name, address, script, back)
			}
		}
	})
}

// TestDust: as bitcoind and litecoind have it for what pays to a key's hash.
func TestDust(t *testing.T) {
	for name, want := range map[string]int64{"bitcoin": 546, "litecoin": 5460, "litecoin-regtest": 5460, "monacoin": 546, "demo": 546} {
		n, err := NetworkNamed(name)
		if err != nil || n.Dust() != want {
			t.Errorf("%s: %d, %v", name, n.Dust(), err)
		}
	}
}

// TestQuick: what is read quickly is what the library reads, and it reads nothing that is wrong: each letter of addresses by chance is
// changed, left out, doubled and made large.
func TestQuick(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	taken := 0
	same := func(n *Network, address string) {
		t.Helper()
		script, ok := n.quick(address)
		want, err := n.slow(address)
		if ok && (err != nil || !bytes.Equal(script, want)) {
			t.Fatalf("%s: %q is %x, and the library has %x, %v", n.Name, address, script, want, err)
		}
		if ok {
			taken++
		}
	}
	addresses := 0
	for _, n := range networks {
		for _, size := range []int{20, 32, 20, 32} {
			program := make([]byte, size)
			for i := range program {
				program[i] = byte(rng.Uint32())
			}
			address, _ := n.Address(witnessScript(op0, program))
			addresses++
			if _, ok := n.quick(address); !ok {
				t.Errorf("%s: %s is not read quickly", n.Name, address)
			}
			same(n, strings.ToUpper(address))
			for i := range address {
				for _, letter := range letters + "b1B\x00" {
					same(n, address[:i]+string(letter)+address[i+1:])
				}
				same(n, address[:i]+address[i+1:])
				same(n, address[:i]+address[i:i+1]+address[i:])
				same(n, address[:i]+strings.ToUpper(address[i:i+1])+address[i+1:])
				same(n, address[:i])
			}
			same(n, address+"q")
			groups, _ := bech32.ConvertBits(program, 8, 5, true)
			if size == 32 { // four bits too many
				groups[len(groups)-1] |= 1
				padded, err := bech32.Encode(n.hrp, append([]byte{0}, groups...))
				if _, ok := n.quick(padded); ok || err != nil {
					t.Errorf("%s: %s is taken, and pads with more than nothing", n.Name, padded)
				}
				same(n, padded)
			}
		}
	}
	if taken < addresses { // each with a letter that was changed into itself
		t.Errorf("%d of %d", taken, addresses)
	}
}

func BenchmarkScript(b *testing.B) {
	n := network(b, "litecoin-regtest")
	address, _ := n.Address(witnessScript(op0, make([]byte, 20)))
	for name, read := range map[string]func(string) ([]byte, error){"quick": n.Script, "slow": n.slow} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(address); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
