package demochain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// lateCalls is how many calls a late one may let go first, and one more.
const lateCalls = 8

// View is how a node sees the chain. A transaction that is sent to it meets the whole chain nevertheless.
type View struct {
	Behind  uint32 // how many of the last blocks it has not heard of
	Lies    bool   // its best block has a name that nobody else knows, and hangs on nothing
	Foreign bool   // its first block is another chain's
}

// Node is a view of a chain through one node that may be ill. It implements coin.Chain. What goes wrong is what its plan
// says and as its View says; all else is the chain's own answer. It may be used from many goroutines; its plan is asked
// under its lock.
type Node struct {
	chain *Chain
	plan  Plan

	mu      sync.Mutex
	calls   [CallWait + 1]uint64
	total   uint64
	late    []late
	view    View
	lies    map[instruction.BlockHash]instruction.BlockHash // the true names of blocks it lied about
	changed chan struct{}                                   // closed when the view is another
}

// late is a transaction that lies in a queue somewhere.
type late struct {
	due uint64 // how many calls there have to be first
	raw []byte
}

var _ coin.Chain = (*Node)(nil)

// NewNode puts a node before a chain. Without a plan nothing goes wrong.
func NewNode(c *Chain, plan Plan) *Node {
	if plan == nil {
		plan = func(Call, uint64) Fault { return None }
	}
	return &Node{chain: c, plan: plan, lies: map[instruction.BlockHash]instruction.BlockHash{}, changed: make(chan struct{})}
}

// Become changes how the node sees the chain.
func (n *Node) Become(v View) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.view = v
	close(n.changed)
	n.changed = make(chan struct{})
}

// Heal makes all well from now on: the node sees the whole chain, and what was late is carried out.
func (n *Node) Heal() {
	n.Become(View{})
	n.mu.Lock()
	defer n.mu.Unlock()
	n.plan = func(Call, uint64) Fault { return None }
	n.settle(^uint64(0))
}

// begin counts a call, carries out what is late until then, and asks the plan.
func (n *Node) begin(call Call) (Fault, View) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.settle(n.total)
	n.total++
	f := n.plan(call, n.calls[call])
	n.calls[call]++
	return f, n.view
}

// settle carries out what is due. Nobody hears what came of it.
func (n *Node) settle(now uint64) {
	n.late = slices.DeleteFunc(n.late, func(l late) bool {
		if l.due > now {
			return false
		}
		n.chain.Send(context.Background(), l.raw)
		return true
	})
}

// Send implements coin.Chain.
func (n *Node) Send(ctx context.Context, raw []byte) coin.Reply {
	f, _ := n.begin(CallSend)
	switch f {
	case Refused:
		return coin.Reply{Outcome: coin.Unsent, Reason: "connection refused"}
	case QueueFull:
		return coin.Reply{Outcome: coin.Unsent, Reason: "HTTP 500: Work queue depth exceeded"}
	case Warming:
		return coin.Reply{Outcome: coin.Unsent, Code: -28, Reason: "Loading block index..."}
	case Cut:
		return coin.Reply{Outcome: coin.Unknown, Reason: "connection reset"}
	case Late:
		n.postpone(raw)
		return coin.Reply{Outcome: coin.Unknown, Reason: "no answer in time"}
	}
	r := n.chain.Send(ctx, raw)
	if f == Lost {
		return coin.Reply{Outcome: coin.Unknown, Reason: "connection reset"}
	}
	return r
}

// postpone keeps a transaction for some calls, by what it is.
func (n *Node) postpone(raw []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := sha256.Sum256(raw)
	n.late = append(n.late, late{n.total + uint64(sum[0])%lateCalls, slices.Clone(raw)})
}

// Info implements coin.Chain.
func (n *Node) Info(ctx context.Context) (coin.Info, error) {
	f, view := n.begin(CallInfo)
	if err := f.fails(); err != nil {
		return coin.Info{}, err
	}
	return n.info(view), ctx.Err()
}

func (n *Node) info(view View) coin.Info {
	n.chain.mu.Lock()
	info := n.chain.info(view.Behind)
	n.chain.mu.Unlock()
	if view.Foreign {
		info.Genesis = twist(info.Genesis)
	}
	switch {
	case info.Height == 0:
		info.Best = info.Genesis
	case view.Lies:
		info.Best = n.lie(info.Best)
	}
	return info
}

// HashAt implements coin.Chain.
func (n *Node) HashAt(ctx context.Context, height uint32) (instruction.BlockHash, error) {
	f, view := n.begin(CallHashAt)
	if err := f.fails(); err != nil {
		return instruction.BlockHash{}, err
	}
	info := n.info(view)
	switch {
	case height > info.Height:
		return instruction.BlockHash{}, outOfRange(height, info.Height)
	case f == WrongBlock && height > 0:
		height--
	case height == info.Height:
		return info.Best, ctx.Err()
	}
	if height == 0 {
		return info.Genesis, ctx.Err()
	}
	return n.chain.HashAt(ctx, height)
}

// Block implements coin.Chain.
func (n *Node) Block(ctx context.Context, h instruction.BlockHash, height uint32) (*coin.Block, error) {
	f, view := n.begin(CallBlock)
	if err := f.fails(); err != nil {
		return nil, err
	}
	truth, lied := n.truth(h)
	if f == WrongBlock {
		truth = n.below(truth)
	}
	b, err := n.chain.Block(ctx, truth, height)
	if err != nil {
		return nil, err
	}
	if !n.heard(truth, view) {
		return nil, fmt.Errorf("demo chain: Block not found (-5): %v", h)
	}
	if lied && f != WrongBlock {
		b.Hash, b.Prev = h, twist(b.Prev)
	}
	return b, nil
}

// below is the name of the block that one hangs on; its own where there is none.
func (n *Node) below(h instruction.BlockHash) instruction.BlockHash {
	n.chain.mu.Lock()
	defer n.chain.mu.Unlock()
	if b := n.chain.blocks[h]; b != nil && b.raw != nil {
		return b.prev
	}
	return h
}

// heard says whether the node knows of a block that the chain has.
func (n *Node) heard(h instruction.BlockHash, view View) bool {
	n.chain.mu.Lock()
	defer n.chain.mu.Unlock()
	return n.chain.blocks[h].height <= n.chain.info(view.Behind).Height
}

// lie gives a block a name that nobody else knows, and remembers which it is.
func (n *Node) lie(truth instruction.BlockHash) instruction.BlockHash {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := twist(truth)
	n.lies[name] = truth
	return name
}

func (n *Node) truth(h instruction.BlockHash) (truth instruction.BlockHash, lied bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if truth, lied = n.lies[h]; lied {
		return truth, true
	}
	return h, false
}

// twist makes another name of one.
func twist(h instruction.BlockHash) instruction.BlockHash { return sha256.Sum256(h[:]) }

// Pending implements coin.Chain.
func (n *Node) Pending(ctx context.Context, id instruction.TxID) (bool, error) {
	f, _ := n.begin(CallPending)
	if err := f.fails(); err != nil {
		return false, err
	}
	return n.chain.Pending(ctx, id)
}

// FeeRate implements coin.Chain.
func (n *Node) FeeRate(ctx context.Context, blocks int) (perKVB int64, err error) {
	f, _ := n.begin(CallFeeRate)
	if err := f.fails(); err != nil {
		return 0, err
	}
	return n.chain.FeeRate(ctx, blocks)
}

// Wait implements coin.Chain: it waits for what the node shows as its best block.
func (n *Node) Wait(ctx context.Context, best instruction.BlockHash) error {
	f, _ := n.begin(CallWait)
	if err := f.fails(); err != nil {
		return err
	}
	starts := -1
	for {
		n.mu.Lock()
		view, turned := n.view, n.changed
		n.mu.Unlock()
		_, started, changed := n.chain.watch()
		if n.info(view).Best != best {
			return nil
		}
		if starts >= 0 && started != starts {
			return errRestarted
		}
		starts = started
		select {
		case <-changed:
		case <-turned:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
