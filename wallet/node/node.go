package node

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

var _ coin.Chain = (*Client)(nil)

// scale of all coins of the family.
const scale = 8

// waitRound is the longest that one question for a new block stays with the node. A block that comes between two questions
// is noticed after this time at the latest.
const waitRound = 2 * time.Second

// Codes of nodes that are answers rather than failures.
const (
	codeNotFound = -5
	codeInChain  = -27
)

// Info asks what the node knows of its chain. That the chain is the right one is for the caller to see: Genesis.
func (c *Client) Info(ctx context.Context) (info coin.Info, err error) {
	var chain struct {
		Blocks   uint32          `json:"blocks"`
		Headers  uint32          `json:"headers"`
		Best     blockHash       `json:"bestblockhash"`
		Syncing  bool            `json:"initialblockdownload"`
		Warnings json.RawMessage `json:"warnings"` // a text; since version 28 a list of them
	}
	if err := c.Call(ctx, "getblockchaininfo", &chain); err != nil {
		return info, err
	}
	genesis, err := c.HashAt(ctx, 0)
	if err != nil {
		return info, err
	}
	var header struct {
		Time int64 `json:"time"`
	}
	if err := c.Call(ctx, "getblockheader", &header, chain.Best.String(), true); err != nil {
		return info, err
	}
	return coin.Info{Genesis: genesis, Best: chain.Best.BlockHash, Height: chain.Blocks, Headers: chain.Headers,
		Time: time.Unix(header.Time, 0).UTC(), Syncing: chain.Syncing, Warnings: warnings(chain.Warnings)}, nil
}

func warnings(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return clip(one)
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return clip(strings.Join(many, "; "))
	}
	return clip(string(raw))
}

// HashAt is the hash of the block at a height; an error where the best chain is not that long.
func (c *Client) HashAt(ctx context.Context, height uint32) (instruction.BlockHash, error) {
	var h blockHash
	err := c.Call(ctx, "getblockhash", &h, height)
	return h.BlockHash, err
}

// Block is a block with its transactions. The node cannot give another one for it: the hash is computed here.
func (c *Client) Block(ctx context.Context, h instruction.BlockHash, height uint32) (*coin.Block, error) {
	var raw hexBytes
	if err := c.call(ctx, maxBlock, "getblock", &raw, h.String(), 0); err != nil {
		return nil, err
	}
	b, err := c.network.ParseBlock(raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("node: %w", err)
	case b.Hash != h:
		return nil, fmt.Errorf("node: asked for block %v it gave %v", h, b.Hash)
	}
	b.Height = height
	return b, nil
}

// Pending says whether the node's mempool has a transaction.
func (c *Client) Pending(ctx context.Context, id instruction.TxID) (bool, error) {
	err := c.Call(ctx, "getmempoolentry", nil, id.String())
	var e *Error
	if errors.As(err, &e) && e.Code == codeNotFound {
		return false, nil
	}
	return err == nil, err
}

// FeeRate is the node's estimate for a transaction that is to confirm within so many blocks (1 to 1008), in smallest units
// per 1,000 virtual bytes; 0 where it has seen too little to tell.
func (c *Client) FeeRate(ctx context.Context, blocks int) (perKVB int64, err error) {
	var estimate struct {
		FeeRate json.Number `json:"feerate"`
	}
	if err := c.Call(ctx, "estimatesmartfee", &estimate, blocks); err != nil {
		return 0, err
	}
	if estimate.FeeRate == "" || strings.HasPrefix(estimate.FeeRate.String(), "-") { // -1 in old nodes
		return 0, nil
	}
	rate, err := money.Parse(estimate.FeeRate.String(), scale)
	if err != nil {
		return 0, fmt.Errorf("node: a fee of another form: %w", err)
	}
	return int64(rate), nil
}

// Wait returns once the node's best block is another than the given one. It takes up one of the node's few threads all
// the while.
func (c *Client) Wait(ctx context.Context, best instruction.BlockHash) error {
	for {
		var now blockHash
		if err := c.Call(ctx, "getbestblockhash", &now); err != nil || now.BlockHash != best {
			return err
		}
		if err := c.Call(ctx, "waitfornewblock", nil, waitRound.Milliseconds()); err != nil {
			return err
		}
	}
}

// blockHash reads a hash as nodes write it.
type blockHash struct{ instruction.BlockHash }

func (h *blockHash) UnmarshalJSON(b []byte) (err error) {
	text, err := unquote(b)
	if err != nil {
		return err
	}
	h.BlockHash, err = instruction.ParseBlockHash(string(text))
	return err
}

// hexBytes reads bytes in hexadecimal digits, of which a block has millions: they are not copied first.
type hexBytes []byte

func (h *hexBytes) UnmarshalJSON(b []byte) error {
	text, err := unquote(b)
	if err != nil {
		return err
	}
	return h.decode(text)
}

func (h *hexBytes) decode(text []byte) error {
	*h = slices.Grow((*h)[:0], len(text)/2)[:len(text)/2]
	_, err := hex.Decode(*h, text)
	return err
}

func unquote(b []byte) ([]byte, error) {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return nil, errors.New("not a text")
	}
	return b[1 : len(b)-1], nil
}
