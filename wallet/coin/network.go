package coin

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/chaincfg/v2"

	"portcullis/core/instruction"
)

// Network is the parameters of one chain. There is one of each, from NetworkNamed; none ever changes.
type Network struct {
	Name string // as in NetworkNamed

	slip44   uint32           // type of coin in derivation paths; 1 on all networks whose coins are worth nothing
	keys     *chaincfg.Params // versions of extended keys: xpub on live networks, tpub on the others
	hrp      string           // what segwit addresses begin with, before the 1
	legacy   bool             // whether there are base58 addresses; demo has none
	p2pkh    byte             // first byte of base58 addresses
	p2sh     byte
	taproot  bool   // whether the chain enforces witness version 1
	replaces bool   // see Replaces
	dustRate int64  // at nodes, as they come: an output that costs more to spend at this rate for 1,000 bytes than it holds is dust
	mweb     string // what addresses inside litecoin's extension blocks begin with; empty where there are none
	genesis  instruction.BlockHash
}

// RelayRate is the least for 1,000 virtual bytes that nodes, as they come, take a transaction for, in smallest units.
const RelayRate = 1_000

// networks in the order in which errors name them. Litecoin and monacoin once wrote P2SH with bitcoin's first byte;
// those forms are left out, since nobody can tell for which chain such an address was meant. One such trap stays: litecoin's
// P2SH and monacoin's P2PKH both begin with byte 0x32 (M), and are each the usual form of their chain.
var networks = []*Network{
	{Name: "bitcoin", slip44: 0, keys: &chaincfg.MainNetParams, dustRate: 3_000, hrp: "bc", legacy: true, p2pkh: 0x00, p2sh: 0x05, taproot: true, replaces: true,
		genesis: block("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f")},
	{Name: "bitcoin-testnet", slip44: 1, keys: &chaincfg.TestNet3Params, dustRate: 3_000, hrp: "tb", legacy: true, p2pkh: 0x6f, p2sh: 0xc4, taproot: true, replaces: true,
		genesis: block("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943")},
	{Name: "bitcoin-regtest", slip44: 1, keys: &chaincfg.TestNet3Params, dustRate: 3_000, hrp: "bcrt", legacy: true, p2pkh: 0x6f, p2sh: 0xc4, taproot: true, replaces: true,
		genesis: block("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")},
	{Name: "litecoin", slip44: 2, keys: &chaincfg.MainNetParams, dustRate: 30_000, hrp: "ltc", legacy: true, p2pkh: 0x30, p2sh: 0x32, taproot: true, mweb: "ltcmweb",
		genesis: block("12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2")},
	{Name: "litecoin-testnet", slip44: 1, keys: &chaincfg.TestNet3Params, dustRate: 30_000, hrp: "tltc", legacy: true, p2pkh: 0x6f, p2sh: 0x3a, taproot: true, mweb: "tmweb",
		genesis: block("4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0")},
	{Name: "litecoin-regtest", slip44: 1, keys: &chaincfg.TestNet3Params, dustRate: 30_000, hrp: "rltc", legacy: true, p2pkh: 0x6f, p2sh: 0x3a, taproot: true, replaces: true, mweb: "tmweb",
		genesis: block("530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9")},
	{Name: "monacoin", slip44: 22, keys: &chaincfg.MainNetParams, dustRate: 3_000, hrp: "mona", legacy: true, p2pkh: 0x32, p2sh: 0x37, replaces: true,
		genesis: block("ff9f1c0116d19de7c9963845e129f9ed1bfc0b376eb54fd7afa42e0d418c8bb6")},
	{Name: "monacoin-regtest", slip44: 1, keys: &chaincfg.TestNet3Params, dustRate: 3_000, hrp: "rmona", legacy: true, p2pkh: 0x6f, p2sh: 0x75, replaces: true,
		genesis: block("7543a69d7c2fcdb29a5ebec2fc064c074a35253b6f3072c8a749473aa590a29c")},
	{Name: "demo", slip44: 1, keys: &chaincfg.TestNet3Params, dustRate: 3_000, hrp: "demo", taproot: true, replaces: true,
		genesis: sha256.Sum256([]byte("the first block of the demo chain"))},
}

// NetworkNamed finds a network: bitcoin, litecoin or monacoin; one of these with -regtest; bitcoin-testnet (the test chains
// that share its addresses differ from it in their first block), litecoin-testnet; or demo.
func NetworkNamed(name string) (*Network, error) {
	var known []string
	for _, n := range networks {
		if n.Name == name {
			return n, nil
		}
		known = append(known, n.Name)
	}
	return nil, fmt.Errorf("no network is called %.40q; known are %s", name, strings.Join(known, ", "))
}

// Genesis is the hash of the chain's first block: a node that has another one serves another chain.
func (n *Network) Genesis() instruction.BlockHash { return n.genesis }

// Replaces says whether nodes of the network, as they come, let a transaction of ours replace an earlier one at a higher
// fee (BIP 125). Litecoin's do not unless told to; those that package regtest starts are told to.
func (n *Network) Replaces() bool { return n.replaces }

// Dust is the least that an output may hold, whatever address it pays to: nodes, as they come, pass on none that holds less.
func (n *Network) Dust() int64 {
	const dearest = 34 + 148 // bytes of an output that pays to a key's hash, and of what spends it
	return dearest * n.dustRate / 1000
}

// Test says that the network's coins are worth nothing.
func (n *Network) Test() bool { return n.slip44 == 1 }

func block(hash string) instruction.BlockHash {
	h, err := instruction.ParseBlockHash(hash)
	if err != nil {
		panic(err) // a constant of this file
	}
	return h
}
