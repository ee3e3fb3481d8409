package regtest

import (
	"context"
	"encoding/hex"
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// chunk is how many blocks are asked for at once: some 50 ms of work.
const chunk = 50

// maturity is how many blocks must follow before newly mined coins can be spent.
const maturity = 100

// Mine makes n blocks with what the mempool has, and pays the new coins (50 each at first, halved every 150 blocks) to an
// address. They can be spent 100 blocks later. It gives the blocks' hashes.
func (n *Node) Mine(ctx context.Context, blocks int, address string) (hashes []instruction.BlockHash, err error) {
	for left := blocks; left > 0; left -= chunk {
		var some []instruction.BlockHash
		if some, err = n.hashes(ctx, "generatetoaddress", min(left, chunk), address); err != nil {
			return hashes, err
		}
		hashes = append(hashes, some...)
	}
	return hashes, nil
}

// MineNothing is Mine with coins that nobody has the key of.
func (n *Node) MineNothing(ctx context.Context, blocks int) ([]instruction.BlockHash, error) {
	return n.Mine(ctx, blocks, n.unspendable())
}

// MineOnly makes one block with exactly these transactions, whatever the mempool has: they may be in conflict with it.
// What else waits there stays.
func (n *Node) MineOnly(ctx context.Context, raw ...[]byte) (instruction.BlockHash, error) {
	txs := make([]string, len(raw))
	for i, r := range raw {
		txs[i] = hex.EncodeToString(r)
	}
	var made struct {
		Hash string `json:"hash"`
	}
	if err := n.client.Call(ctx, "generateblock", &made, n.unspendable(), txs); err != nil {
		return instruction.BlockHash{}, err
	}
	return instruction.ParseBlockHash(made.Hash)
}

// Reorg takes back the last depth blocks and makes one more than that in their place. Their transactions return to the
// mempool and are mined again in the first of them.
func (n *Node) Reorg(ctx context.Context, depth int) error {
	if err := n.rewind(ctx, depth); err != nil {
		return err
	}
	_, err := n.MineNothing(ctx, depth+1)
	return err
}

// ReorgEmpty is Reorg with blocks that hold nothing: the transactions stay in the mempool, where the node still finds them
// good.
func (n *Node) ReorgEmpty(ctx context.Context, depth int) error {
	if err := n.rewind(ctx, depth); err != nil {
		return err
	}
	for range depth + 1 {
		if _, err := n.MineOnly(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) rewind(ctx context.Context, depth int) error {
	height, err := n.Height(ctx)
	if err != nil {
		return err
	}
	if depth < 1 || depth > int(height) {
		return fmt.Errorf("regtest: no %d blocks to take back at height %d", depth, height)
	}
	first, err := n.client.HashAt(ctx, height-uint32(depth)+1) // #nosec G115 -- at most height
	if err != nil {
		return err
	}
	return n.client.Call(ctx, "invalidateblock", nil, first.String())
}

// Height is that of the best block.
func (n *Node) Height(ctx context.Context) (height uint32, err error) {
	err = n.client.Call(ctx, "getblockcount", &height)
	return height, err
}

// Payment is what Fund pays.
type Payment struct {
	Address string // each at most once
	Value   int64
}

// Fund sends one transaction from the node's own wallet, which pays all of these. It waits in the mempool then. At its
// first call the wallet gets 500 coins, by 110 blocks; without payments nothing else is done.
func (n *Node) Fund(ctx context.Context, payments ...Payment) (instruction.TxID, error) {
	if err := n.fill(ctx); err != nil || len(payments) == 0 {
		return instruction.TxID{}, err
	}
	outs := make([]map[string]string, len(payments))
	for i, p := range payments {
		outs[i] = map[string]string{p.Address: money.Amount(p.Value).Text(8)}
	}
	var bare string
	if err := n.client.Call(ctx, "createrawtransaction", &bare, []string{}, outs); err != nil {
		return instruction.TxID{}, err
	}
	var tx struct {
		Hex string `json:"hex"`
	}
	if err := n.client.Call(ctx, "fundrawtransaction", &tx, bare); err != nil {
		return instruction.TxID{}, err
	}
	if err := n.client.Call(ctx, "signrawtransactionwithwallet", &tx, tx.Hex); err != nil {
		return instruction.TxID{}, err
	}
	var id string
	if err := n.client.Call(ctx, "sendrawtransaction", &id, tx.Hex); err != nil {
		return instruction.TxID{}, err
	}
	return instruction.ParseTxID(id)
}

// fill makes the node's wallet and its first coins, once.
func (n *Node) fill(ctx context.Context) error {
	n.mu.Lock()
	filled := n.faucet
	n.mu.Unlock()
	if filled {
		return nil
	}
	// name, with private keys, not empty, no passphrase, reuse as it comes, no descriptors, loaded at each start
	if err := n.client.Call(ctx, "createwallet", nil, "faucet", false, false, "", false, false, true); err != nil {
		return err
	}
	var address string
	if err := n.client.Call(ctx, "getnewaddress", &address); err != nil {
		return err
	}
	if _, err := n.Mine(ctx, 10, address); err != nil {
		return err
	}
	if _, err := n.MineNothing(ctx, maturity); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faucet = true
	return nil
}

func (n *Node) hashes(ctx context.Context, method string, params ...any) ([]instruction.BlockHash, error) {
	var texts []string
	if err := n.client.Call(ctx, method, &texts, params...); err != nil {
		return nil, err
	}
	hashes := make([]instruction.BlockHash, len(texts))
	for i, text := range texts {
		var err error
		if hashes[i], err = instruction.ParseBlockHash(text); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}
