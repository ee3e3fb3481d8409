package demochain

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// Coin is a coin of the chain, in smallest units.
const Coin = 100_000_000

// Subsidy is what each block brings besides fees, in smallest units. It never halves.
const Subsidy = 50 * Coin

// maturity is how many blocks after its own a coinbase may be spent: at once in the next. Real chains wait for 100.
const maturity = 1

// Options say what a chain is like.
type Options struct {
	Network  *coin.Network    // nil: demo. Simulations may ask for addresses and the first hash of another
	Replaces bool             // whether the mempool lets a higher fee replace what agreed to it (BIP 125)
	Seed     uint64           // chains of other seeds have other blocks
	Now      func() time.Time // for the times of blocks, which never go back; it is asked under the chain's lock
	File     string           // where its blocks are kept, so that it goes on where it was; empty: in memory alone
	FeeRate  int64            // what FeeRate answers, in smallest units per 1,000 virtual bytes; 0: it cannot tell
}

// Chain is a demo chain and the one node that all see it through. It implements coin.Chain. See the package's doc.
type Chain struct {
	network  *coin.Network
	replaces bool
	seed     uint64
	now      func() time.Time
	file     *file // nil: in memory alone

	mu       sync.Mutex
	feeRate  int64
	best     []*block // by height
	blocks   map[instruction.BlockHash]*block
	coins    map[instruction.Outpoint]unspent  // of the best chain
	mined    map[instruction.TxID]uint32       // heights in the best chain
	known    map[instruction.TxID]*transaction // all that was ever taken, or handed to a miner
	pool     *pool
	treasury treasury
	made     uint32        // blocks made so far, so that no two are the same
	starts   int           // of the node
	changed  chan struct{} // closed when the best block is another, or the node starts again
}

// unspent is a coin of the best chain.
type unspent struct {
	coin.Out
	height   uint32
	coinbase bool
}

func (u unspent) immature(at uint32) bool { return u.coinbase && at < u.height+maturity }

var _ coin.Chain = (*Chain)(nil)

// New makes a chain with two blocks: the first, which is the network's, and one that fills the treasury. With a file that
// has blocks it goes on where those end, with an empty mempool.
func New(o Options) (*Chain, error) {
	if o.Network == nil {
		o.Network, _ = coin.NetworkNamed("demo") // there always is one
	}
	if o.Now == nil {
		return nil, errors.New("demo chain: Options.Now is missing; give a clock, since the chain has none of its own")
	}
	c := &Chain{network: o.Network, replaces: o.Replaces, seed: o.Seed, now: o.Now, feeRate: o.FeeRate,
		blocks: map[instruction.BlockHash]*block{}, coins: map[instruction.Outpoint]unspent{}, mined: map[instruction.TxID]uint32{},
		known: map[instruction.TxID]*transaction{}, pool: newPool(), changed: make(chan struct{})}
	if err := c.begin(o.File); err != nil {
		return nil, errors.Join(fmt.Errorf("demo chain: %w", err), c.Close())
	}
	return c, nil
}

func (c *Chain) begin(name string) (err error) {
	if c.treasury.keys, c.treasury.script, err = treasuryOf(c.network); err != nil {
		return err
	}
	first := &block{hash: c.network.Genesis(), time: time.Unix(0, 0).UTC()}
	c.best, c.blocks[first.hash] = []*block{first}, first
	if name != "" {
		if c.file, err = open(name, first.hash, c.connect); err != nil {
			return err
		}
	}
	if c.height() == 0 {
		return c.extend(nil, nil, c.treasury.endowment())
	}
	return nil
}

// Close lets go of the file. The chain can be read afterwards.
func (c *Chain) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.file.close()
}

// Network is the network whose addresses the chain takes.
func (c *Chain) Network() *coin.Network { return c.network }

func (c *Chain) tip() *block    { return c.best[len(c.best)-1] }
func (c *Chain) height() uint32 { return uint32(len(c.best) - 1) } // #nosec G115 -- memory ends before

// Info implements coin.Chain.
func (c *Chain) Info(ctx context.Context) (coin.Info, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info(0), ctx.Err()
}

// info is what a node says that has not yet heard of the last blocks.
func (c *Chain) info(behind uint32) coin.Info {
	top := c.best[c.height()-min(behind, c.height())]
	return coin.Info{Genesis: c.best[0].hash, Best: top.hash, Height: top.height, Headers: top.height, Time: top.time}
}

// HashAt implements coin.Chain.
func (c *Chain) HashAt(ctx context.Context, height uint32) (instruction.BlockHash, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if height > c.height() {
		return instruction.BlockHash{}, outOfRange(height, c.height())
	}
	return c.best[height].hash, ctx.Err()
}

func outOfRange(height, best uint32) error {
	return fmt.Errorf("demo chain: Block height out of range (-8): %d, the best is %d", height, best)
}

// Block implements coin.Chain. Blocks that a reorg took off are still there, as at real nodes. The first block has no
// transactions.
func (c *Chain) Block(ctx context.Context, h instruction.BlockHash, height uint32) (*coin.Block, error) {
	c.mu.Lock()
	b := c.blocks[h]
	c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b == nil {
		return nil, fmt.Errorf("demo chain: Block not found (-5): %v", h)
	}
	if b.raw == nil {
		return &coin.Block{Hash: b.hash, Height: height}, nil
	}
	read, err := c.network.ParseBlock(b.raw)
	if err != nil {
		return nil, fmt.Errorf("demo chain: %w", err)
	}
	read.Height = height
	return read, nil
}

// Send implements coin.Chain.
func (c *Chain) Send(ctx context.Context, raw []byte) coin.Reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return coin.Reply{Outcome: coin.Unsent, Reason: err.Error()}
	}
	t, err := parse(append([]byte(nil), raw...))
	if t == nil {
		return reply(err)
	}
	if c.lies(t) {
		return coin.Reply{Outcome: coin.Accepted, Code: -27, Reason: "Transaction already in block chain"}
	}
	if err == nil && c.pool.txs[t.id] == nil {
		err = c.admit(t, false)
	}
	return reply(err)
}

// lies says whether the best chain has an unspent output of a transaction. One that is mined and spent looks like one that
// never was.
func (c *Chain) lies(t *transaction) bool {
	for i := range t.outs {
		if _, ok := c.coins[t.out(i)]; ok {
			return true
		}
	}
	return false
}

// Pending implements coin.Chain.
func (c *Chain) Pending(ctx context.Context, id instruction.TxID) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pool.txs[id] != nil, ctx.Err()
}

// FeeRate implements coin.Chain: what was said last, whatever the number of blocks.
func (c *Chain) FeeRate(ctx context.Context, _ int) (perKVB int64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.feeRate, ctx.Err()
}

// SetFeeRate says what FeeRate answers from now on, in smallest units per 1,000 virtual bytes; 0: it cannot tell.
func (c *Chain) SetFeeRate(perKVB int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.feeRate = perKVB
}

// Wait implements coin.Chain. It fails when the node starts again.
func (c *Chain) Wait(ctx context.Context, best instruction.BlockHash) error {
	starts := -1
	for {
		now, started, changed := c.watch()
		if now != best {
			return nil
		}
		if starts >= 0 && started != starts {
			return errRestarted
		}
		starts = started
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errRestarted = errors.New("demo chain: the node started again")

// watch is the best block, how often the node has started, and what is closed when either is another.
func (c *Chain) watch() (instruction.BlockHash, int, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tip().hash, c.starts, c.changed
}

// tell wakes all who wait.
func (c *Chain) tell() {
	close(c.changed)
	c.changed = make(chan struct{})
}
