//go:build !race

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"portcullis/wallet/regtest"
)

// outpoint is an output of a transaction.
type outpoint struct {
	TxID string
	Vout int
}

// block is a block as the node itself reads it: nothing of the venue's own reading is trusted here.
type block struct {
	Hash   string
	Height int
	Prev   string `json:"previousblockhash"`
	Tx     []struct {
		TxID string
		Vin  []outpoint
		Vout []struct {
			Value        json.Number
			N            int
			ScriptPubKey struct{ Addresses []string }
		}
	}
}

// public is what anybody sees of the node's chain. Blocks are asked for once each.
type public struct {
	t      *testing.T
	node   *regtest.Node
	blocks map[string]*block
}

// payment is an output that paid an address.
type payment struct {
	outpoint
	value int64
}

// best are the blocks of the best chain, the newest first, but for the first of all, whose coins nobody has.
func (c *public) best() (list []*block) {
	c.t.Helper()
	var hash string
	c.ask(&hash, "getbestblockhash")
	for hash != "" {
		b := c.blocks[hash]
		if b == nil {
			b = new(block)
			c.ask(b, "getblock", hash, 2)
			c.blocks[hash] = b
		}
		if hash = b.Prev; hash != "" {
			list = append(list, b)
		}
	}
	return list
}

// payments are all that blocks ever paid to each address, and what of it was spent.
func (c *public) payments() (paid map[string][]payment, spent map[outpoint]bool) {
	c.t.Helper()
	paid, spent = map[string][]payment{}, map[outpoint]bool{}
	for _, b := range c.best() {
		for _, tx := range b.Tx {
			for _, in := range tx.Vin {
				spent[in] = true
			}
			for _, out := range tx.Vout {
				for _, a := range out.ScriptPubKey.Addresses {
					paid[a] = append(paid[a], payment{outpoint{tx.TxID, out.N}, units(c.t, out.Value.String())})
				}
			}
		}
	}
	return paid, spent
}

func (c *public) ask(out any, method string, params ...any) {
	c.t.Helper()
	if err := c.node.Client().Call(context.Background(), method, out, params...); err != nil {
		c.t.Fatal(err)
	}
}

// stranger is an address that nobody has the key of, another one for each number.
func (c *public) stranger(n int) string {
	c.t.Helper()
	var script struct{ Addresses []string }
	c.ask(&script, "decodescript", fmt.Sprintf("0014%040x", n))
	if len(script.Addresses) != 1 {
		c.t.Fatalf("script %d has the addresses %q", n, script.Addresses)
	}
	return script.Addresses[0]
}

// units is a decimal of eight places in the smallest unit; coins is the other way round.
func units(t *testing.T, text string) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(part + "00000000")[:8], 10, 64)
	if err != nil || len(part) > 8 {
		t.Fatalf("%q is no amount", text)
	}
	return n
}

func coins(n int64) string { return fmt.Sprintf("%d.%08d", n/1e8, n%1e8) }
