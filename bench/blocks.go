package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet"
	"portcullis/wallet/coin"
)

// blockSize is how large a measurement of the scan is.
type blockSize struct{ addresses, blocks, txs int }

var wholeBlocks = blockSize{1_000_000, 100, 1000}

const (
	// scanBound is how long a block may take, in milliseconds.
	scanBound = 100
	// deposited is what each transaction of a block brings to one of the addresses.
	deposited = 20_000
)

// watch is a venue with an address for each of many customers, on a mint's chain.
type watch struct {
	house
	mint  *mint
	line  *wallet.Line
	pause stopwatch
	size  blockSize
	in    float64 // bytes of an address in memory, and on record
	on    float64
}

// scanBlocks measures how long a block takes, from asking the node for it to its deposits on record, where each of its transactions is
// a deposit to one of the addresses.
func scanBlocks(ctx context.Context, m *mint, report Report, size blockSize) error {
	w, err := newWatch(ctx, m, size)
	if err != nil {
		return err
	}
	defer w.remove()
	anyone, err := newAnyone(ctx, m, size)
	if err != nil {
		return err
	}
	var whole, asking, reading, looking, noting []float64
	for range size.blocks {
		raw, err := anyone.block(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		if _, err := m.network.ParseBlock(raw); err != nil {
			return err
		}
		read := time.Since(began)
		w.pause = stopwatch{}
		began = time.Now()
		if _, err := w.line.Scan(ctx); err != nil {
			return err
		}
		took := time.Since(began)
		whole, reading = append(whole, milli(took)), append(reading, milli(read))
		asking, noting = append(asking, milli(w.pause.node-read)), append(noting, milli(w.pause.notes))
		looking = append(looking, milli(took-w.pause.node-w.pause.notes))
	}
	if err := w.credited(ctx, size.blocks*size.txs); err != nil {
		return err
	}
	of := fmt.Sprintf("blocks, each with %d deposits to %d addresses: ", size.txs, size.addresses)
	half := median(whole)
	report(result(of+"one scanned and on record, median", half, "ms", "the bound", scanBound))
	report(result(of+"99th percentile", whole[len(whole)*99/100], "ms", "the bound", scanBound))
	for _, part := range []struct {
		what string
		took []float64
	}{{"asking the node", asking}, {"reading what it gave", reading}, {"looking for addresses and coins", looking}, {"putting it on record", noting}} {
		report(result(of+part.what, median(part.took), "ms", "the whole", half))
	}
	report(result("memory: an address for deposits, in both states and in the wallet", w.in, "B", "the bytes of its record", w.on))
	return nil
}

func milli(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// newWatch has a journal on disk with that many addresses, and says what they take in memory beside their accounts.
func newWatch(ctx context.Context, m *mint, size blockSize) (w *watch, err error) {
	bare := &watch{mint: m, size: size}
	accounts, weight, err := bare.weigh(ctx, false)
	bare.remove()
	if err != nil {
		return nil, err
	}
	w = &watch{mint: m, size: size}
	all, heavy, err := w.weigh(ctx, true)
	if err != nil {
		w.remove()
		return nil, err
	}
	w.in, w.on = float64(heavy-weight)/float64(size.addresses), float64(all-accounts)/float64(size.addresses)
	return w, nil
}

// weigh lays the journal and opens all that there is on it: the bytes of its records, and what that takes in memory.
func (w *watch) weigh(ctx context.Context, addresses bool) (records, weight int64, err error) {
	if w.dir, err = os.MkdirTemp("", "portcullis-bench-*"); err != nil {
		return 0, 0, err
	}
	if records, err = w.lay(ctx, addresses); err != nil {
		return 0, 0, err
	}
	before := heap()
	if err := w.open(); err != nil {
		return 0, 0, err
	}
	w.line, err = wallet.NewLine(wallet.Config{
		Engine: clocked{w.Engine, &w.pause}, Asset: tillAsset, Node: clockedNode{w.mint.Client(), &w.pause}, Log: slog.New(slog.DiscardHandler), Stale: true,
	})
	return records, heap() - before, err
}

// lay writes the journal: the chain begins with the block that comes next.
func (w *watch) lay(ctx context.Context, addresses bool) (int64, error) {
	l, err := newLayer(w.dir)
	if err != nil {
		return 0, err
	}
	defer l.log.Close()
	height, err := w.mint.Height(ctx)
	if err != nil {
		return 0, err
	}
	keys, err := coin.NewSeed().Account(w.mint.network)
	if err != nil {
		return 0, err
	}
	terms := w.mint.terms(keys.Public())
	terms.Start, terms.CreditDepth = height+1, 2
	err = errors.Join(l.add(byOperator, &instruction.AddAsset{Symbol: "LTC", Scale: 8}), l.add(byOperator, &instruction.SetChain{Asset: tillAsset, Terms: terms}))
	for i := 0; i < w.size.addresses && err == nil; i++ {
		a := instruction.Account(i + 2) // #nosec G115 -- far below
		err = errors.Join(l.add(byOperator, &instruction.OpenAccount{}), ctx.Err())
		if addresses && err == nil {
			address, _ := w.mint.network.Address(watched(i))
			err = l.add(instruction.Principal{Giver: instruction.ByWallet}, &instruction.IssueAddress{Asset: tillAsset, Account: a, Address: address})
		}
	}
	return l.records, errors.Join(err, l.flush())
}

// credited waits until so many deposits are booked that all but the newest block's are.
func (w *watch) credited(ctx context.Context, deposits int) error {
	want := money.Amount(deposits-w.size.txs) * deposited
	for ctx.Err() == nil {
		var in money.Amount
		var known int
		if err := w.Read(func(s *core.State) {
			in, _ = s.Came(tillAsset)
			known = len(s.Chain(tillAsset).Free()) + len(s.Chain(tillAsset).Waiting())
		}); err != nil {
			return err
		}
		if known != deposits {
			return fmt.Errorf("bench: %d of %d deposits were found", known, deposits)
		}
		if in == want {
			return nil
		}
		time.Sleep(time.Millisecond) // the engine ticks meanwhile
	}
	return ctx.Err()
}

// stopwatch is how long a scan waited for whom.
type stopwatch struct{ node, notes time.Duration }

// clocked is an engine that notes how long it takes to put something on record.
type clocked struct {
	wallet.Engine
	pause *stopwatch
}

func (c clocked) Do(p *instruction.Principal, in instruction.Instruction) (instruction.Record, error) {
	defer c.pause.since(time.Now(), &c.pause.notes)
	return c.Engine.Do(p, in)
}

// clockedNode is a node that notes how long it takes to answer what a scan asks.
type clockedNode struct {
	coin.Chain
	pause *stopwatch
}

func (s *stopwatch) since(began time.Time, sum *time.Duration) { *sum += time.Since(began) }

func (c clockedNode) Info(ctx context.Context) (coin.Info, error) {
	defer c.pause.since(time.Now(), &c.pause.node)
	return c.Chain.Info(ctx)
}

func (c clockedNode) HashAt(ctx context.Context, height uint32) (instruction.BlockHash, error) {
	defer c.pause.since(time.Now(), &c.pause.node)
	return c.Chain.HashAt(ctx, height)
}

func (c clockedNode) Block(ctx context.Context, h instruction.BlockHash, height uint32) (*coin.Block, error) {
	defer c.pause.since(time.Now(), &c.pause.node)
	return c.Chain.Block(ctx, h, height)
}
