package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
	"portcullis/wallet/regtest"
)

// minted is what the node's own wallet gives a mint: all that can be spent of its first blocks, but for fees.
const minted = 499e8

// mintFee is many times what the node relays.
const mintFee = 200_000

// mint is a node of its own, and coins on its chain for whoever is measured.
type mint struct {
	*regtest.Node
	network *coin.Network
	keys    *coin.Keys
	left    coin.Input

	strangers uint64 // addresses of them
}

// newMint starts a node with coins, all of them in one.
func newMint(ctx context.Context) (*mint, error) {
	n, err := regtest.Start(ctx, regtest.Options{})
	if errors.Is(err, regtest.ErrMissing) {
		return nil, fmt.Errorf("bench: payouts are measured against a real node, and %w", err)
	}
	if err != nil {
		return nil, err
	}
	m := &mint{Node: n, network: n.Client().Network()}
	if err := m.fill(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return m, nil
}

func (m *mint) fill(ctx context.Context) (err error) {
	if m.keys, err = coin.NewSeed().Account(m.network); err != nil {
		return err
	}
	address, script, err := m.keys.Public().Address(true, 0)
	if err != nil {
		return err
	}
	id, err := m.Fund(ctx, regtest.Payment{Address: address, Value: minted})
	if err != nil {
		return err
	}
	b, err := m.mine(ctx)
	if err != nil {
		return err
	}
	for _, tx := range b.Txs {
		for i, out := range tx.Outs {
			if tx.ID == id && string(out.Script) == string(script) {
				m.left = coin.Input{Coin: instruction.Outpoint{Tx: id, Index: uint32(i)}, Value: out.Value, Change: true} // #nosec G115 -- two outputs
			}
		}
	}
	return nil
}

// mine makes a block of what waits, and is that block.
func (m *mint) mine(ctx context.Context) (*coin.Block, error) {
	hashes, err := m.MineNothing(ctx, 1)
	if err != nil {
		return nil, err
	}
	height, err := m.Height(ctx)
	if err != nil {
		return nil, err
	}
	return m.Client().Block(ctx, hashes[0], height)
}

// pay gives a script coins in one transaction and a block. They are its first outputs.
func (m *mint) pay(ctx context.Context, script []byte, s stack) (instruction.TxID, error) {
	_, own, err := m.keys.Public().Address(true, 0)
	if err != nil {
		return instruction.TxID{}, err
	}
	outs := make([]coin.Out, s.coins, s.coins+1)
	for i := range outs {
		outs[i] = coin.Out{Script: script, Value: s.value}
	}
	rest := m.left.Value - int64(s.coins)*s.value - mintFee
	outs = append(outs, coin.Out{Script: own, Value: rest})
	raw, id, err := coin.Sign(m.network, m.keys, []coin.Input{m.left}, outs)
	if err != nil {
		return id, err
	}
	if r := m.Client().Send(ctx, raw); r.Outcome != coin.Accepted {
		return id, fmt.Errorf("bench: the node does not take a payment of %d coins: %v %s", s.coins, r.Outcome, r.Reason)
	}
	m.left = coin.Input{Coin: instruction.Outpoint{Tx: id, Index: uint32(s.coins)}, Value: rest, Change: true} // #nosec G115 -- coin.MaxSize bounds it
	_, err = m.mine(ctx)
	return id, err
}

// terms are those of a venue with these keys on the chain.
func (m *mint) terms(keys *coin.Public) instruction.ChainTerms {
	hot, _, _ := keys.Address(true, 0) // it exists: the keys have been used
	return instruction.ChainTerms{
		Network: m.network.Name, Genesis: m.network.Genesis(), Account: keys.String(), Hot: hot, Start: 1, CreditDepth: 1, SettleDepth: 1,
		MinDeposit: 10_000, MinWithdraw: 20_000, WithdrawFee: payoutFee, MaxFeeRate: 100_000,
	}
}

// strange is how scripts of strangers begin: a hash that no key has, as far as anybody can find one.
var strange = append([]byte{0x00, 20}, "somebody's  "...)

func isStranger(script []byte) bool { return bytes.HasPrefix(script, strange) }

// stranger is an address that nobody has the key of, another one at each call.
func (m *mint) stranger() string {
	m.strangers++
	script := append(slices.Clone(strange), make([]byte, 8)...)
	binary.LittleEndian.PutUint64(script[len(strange):], m.strangers)
	address, _ := m.network.Address(script)
	return address
}
