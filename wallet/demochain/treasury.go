package demochain

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// The treasury begins with so many coins of that value each, in smallest units: chains of changes stay short.
const (
	endowed     = 200
	endowedEach = 10_000 * Coin
)

// treasuryRate is what its transactions pay, in smallest units per 1,000 virtual bytes.
const treasuryRate = 10 * RelayFee

// maxPaid is how many outputs one transaction of the treasury has at most, besides its change: nodes relay 100,000 virtual bytes.
const maxPaid = 2_000

// treasury is the demo chain's own funds: what it began with. It is given the rewards of blocks too, and never spends them: a
// reorg would take back for ever what was paid with them.
type treasury struct {
	keys   *coin.Keys
	script []byte
	queue  []instruction.Outpoint // what may be spent next, if it still is there; guarded by the chain
}

var (
	errPoor    = errors.New("demo chain: the treasury has not so much that may be spent now; mine a block, or ask for less")
	errNotOurs = errors.New("not a payment of the treasury")
)

// keysOf remembers the treasury's keys of each network, since deriving them costs as much as a dozen blocks.
var keysOf sync.Map // *coin.Network to treasury

// treasuryOf gives the keys of a network's treasury. They are in the source, as befits coins that are worth nothing.
func treasuryOf(n *coin.Network) (*coin.Keys, []byte, error) {
	if t, ok := keysOf.Load(n); ok {
		return t.(treasury).keys, t.(treasury).script, nil
	}
	secret := sha256.Sum256([]byte("the treasury of the demo chain"))
	seed, err := coin.ParseSeed(hex.EncodeToString(secret[:]))
	if err != nil {
		return nil, nil, err
	}
	keys, err := seed.Account(n)
	if err != nil {
		return nil, nil, err
	}
	_, script, err := keys.Public().Address(true, 0)
	if err != nil {
		return nil, nil, err
	}
	keysOf.Store(n, treasury{keys: keys, script: script})
	return keys, script, nil
}

// endowment is the reward of the block that fills the treasury.
func (t *treasury) endowment() []coin.Out {
	outs := make([]coin.Out, endowed)
	for i := range outs {
		outs[i] = coin.Out{Script: t.script, Value: endowedEach}
	}
	return outs
}

// Pay sends an amount, in smallest units, from the treasury to an address: a transaction in the mempool, whose first output
// it is.
func (c *Chain) Pay(address string, amount int64) (instruction.TxID, error) {
	script, err := c.network.Script(address)
	if err != nil {
		return instruction.TxID{}, fmt.Errorf("demo chain: %w", err)
	}
	ids, err := c.PayAll([]coin.Out{{Script: script, Value: amount}})
	if err != nil {
		return instruction.TxID{}, err
	}
	return ids[0], nil
}

// PayAll pays many from the treasury, 2,000 in a transaction and in their order. After an error the transactions that are
// named are in the mempool, and nothing else.
func (c *Chain) PayAll(outs []coin.Out) (ids []instruction.TxID, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for some := range slices.Chunk(outs, maxPaid) {
		id, err := c.pay(some)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (c *Chain) pay(outs []coin.Out) (id instruction.TxID, err error) {
	total := int64(0)
	for _, o := range outs {
		if o.Value <= 0 || o.Value > maxMoney-total {
			return id, fmt.Errorf("demo chain: the treasury pays 1 to %d in all, not %d", maxMoney, o.Value)
		}
		total += o.Value
	}
	ins, rest, err := c.fund(outs, total)
	if err != nil {
		return id, err
	}
	if rest >= dust(c.treasury.script) {
		outs = append(slices.Clip(outs), coin.Out{Script: c.treasury.script, Value: rest})
	}
	raw, _, err := coin.Sign(c.network, c.treasury.keys, ins, outs)
	if err != nil {
		return id, fmt.Errorf("demo chain: %w", err)
	}
	t, err := parse(raw)
	if err != nil {
		return id, fmt.Errorf("demo chain: %w", err)
	}
	if err := c.admit(t, false); err != nil {
		return id, fmt.Errorf("demo chain: %w", err)
	}
	return t.id, nil
}

// fund chooses coins of the treasury for outputs of that total, and says what is left for the change.
func (c *Chain) fund(outs []coin.Out, total int64) (ins []coin.Input, rest int64, err error) {
	change := append(slices.Clip(outs), coin.Out{Script: c.treasury.script})
	rest = -total
	for searched := false; ; {
		fee := int64(coin.Size(len(ins), change)) * treasuryRate / 1000
		if len(ins) > 0 && rest >= fee {
			return ins, rest - fee, nil
		}
		if len(c.treasury.queue) == 0 {
			if searched {
				return nil, 0, errPoor
			}
			c.search(ins)
			searched = true
			continue
		}
		next := c.treasury.queue[0]
		c.treasury.queue = c.treasury.queue[1:]
		if value, ok := c.free(next); ok {
			ins = append(ins, coin.Input{Coin: next, Value: value, Change: true})
			rest += value
		}
	}
}

// free says whether a coin of the treasury may be spent now, and what it is worth.
func (c *Chain) free(o instruction.Outpoint) (int64, bool) {
	if c.pool.spent[o] != nil {
		return 0, false
	}
	if have, ok := c.coins[o]; ok {
		return have.Value, true
	}
	parent := c.pool.txs[o.Tx]
	if parent == nil || c.crowded(&transaction{ins: []instruction.Outpoint{o}}) != nil {
		return 0, false
	}
	return parent.outs[o.Index].Value, true
}

// search looks for all coins of the treasury but those just chosen, the oldest first and those of the mempool last.
func (c *Chain) search(chosen []coin.Input) {
	type aged struct {
		instruction.Outpoint
		height uint32
	}
	var found []aged
	for o, have := range c.coins {
		if c.treasury.owns(&have) {
			found = append(found, aged{o, have.height})
		}
	}
	for _, w := range c.pool.txs {
		for i, o := range w.outs {
			if bytes.Equal(o.Script, c.treasury.script) {
				found = append(found, aged{w.out(i), c.height() + 1})
			}
		}
	}
	slices.SortFunc(found, func(a, b aged) int {
		return cmp.Or(cmp.Compare(a.height, b.height), a.Outpoint.Compare(&b.Outpoint))
	})
	c.treasury.queue = nil
	for _, f := range found {
		if !slices.ContainsFunc(chosen, func(in coin.Input) bool { return in.Coin == f.Outpoint }) {
			c.treasury.queue = append(c.treasury.queue, f.Outpoint)
		}
	}
}

// owns says that a coin is the treasury's, and no reward.
func (t *treasury) owns(have *unspent) bool {
	return bytes.Equal(have.Script, t.script) && (!have.coinbase || have.height == 1)
}

// Treasury is what the treasury has to pay with, in smallest units: less what waits in the mempool took, and with what that leaves.
func (c *Chain) Treasury() (sum int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for o, have := range c.coins {
		if c.treasury.owns(&have) && c.pool.spent[o] == nil {
			sum += have.Value
		}
	}
	for _, w := range c.pool.txs {
		for i, o := range w.outs {
			if bytes.Equal(o.Script, c.treasury.script) && c.pool.spent[w.out(i)] == nil {
				sum += o.Value
			}
		}
	}
	return sum
}

// TakeBack makes a transaction that spends the same coins as a payment of the treasury, back to the treasury and at a fee
// that replaces it. Nobody has it yet: Send offers it to the mempool, Hand to the miners.
func (c *Chain) TakeBack(id instruction.TxID) (raw []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.known[id]
	if t == nil || len(t.ins) == 0 {
		return nil, fmt.Errorf("demo chain: %v: %w", id, errNotOurs)
	}
	var ins []coin.Input
	total := int64(0)
	for _, in := range t.ins {
		value, ok := c.held(in)
		if !ok {
			return nil, fmt.Errorf("demo chain: %v: %w", id, errNotOurs)
		}
		ins = append(ins, coin.Input{Coin: in, Value: value, Change: true})
		total += value
	}
	fee := t.fee + t.size*treasuryRate/1000
	raw, _, err = coin.Sign(c.network, c.treasury.keys, ins, []coin.Out{{Script: c.treasury.script, Value: total - fee}})
	if err != nil {
		return nil, fmt.Errorf("demo chain: %w", err)
	}
	return raw, nil
}

// held says what a coin is or was worth, if it is or was the treasury's.
func (c *Chain) held(o instruction.Outpoint) (int64, bool) {
	t := c.known[o.Tx]
	if t == nil || int64(o.Index) >= int64(len(t.outs)) || !bytes.Equal(t.outs[o.Index].Script, c.treasury.script) {
		return 0, false
	}
	return t.outs[o.Index].Value, true
}
