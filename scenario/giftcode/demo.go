package giftcode

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
)

// demoGround is a demo chain, and a node before it.
type demoGround struct {
	chain *demochain.Chain
	ill   *demochain.Node
	plan  atomic.Pointer[demochain.Plan] // nil while the node is well
}

// demoRate is what the demo's node says that transactions should pay, in smallest units per 1,000 virtual bytes.
const demoRate = 2_000

func newDemo(seed uint64, now func() time.Time) (*demoGround, error) {
	c, err := demochain.New(demochain.Options{Replaces: true, Seed: seed, Now: now, FeeRate: demoRate})
	if err != nil {
		return nil, err
	}
	d := &demoGround{chain: c}
	d.ill = demochain.NewNode(c, func(call demochain.Call, n uint64) demochain.Fault {
		if plan := d.plan.Load(); plan != nil {
			return (*plan)(call, n)
		}
		return demochain.None
	})
	return d, nil
}

func (d *demoGround) name() string           { return "demo" }
func (d *demoGround) network() *coin.Network { return d.chain.Network() }
func (d *demoGround) node() coin.Chain       { return d.ill }
func (d *demoGround) truth() coin.Chain      { return d.chain }

func (d *demoGround) height(context.Context) (uint32, error) { return d.chain.Height(), nil }

func (d *demoGround) sick(seed uint64, sending func(n uint64) (gone bool)) {
	var sent uint64 // a plan is asked by one at a time
	plan := demochain.Plan(func(call demochain.Call, n uint64) demochain.Fault {
		if call != demochain.CallSend {
			return demo[drawn(seed, fmt.Sprint("call ", call), n+1)]
		}
		sent++
		if sending(sent) {
			return demochain.Late // what is on its way arrives, though nobody waits
		}
		return demo[drawn(seed, sends, sent)]
	})
	d.plan.Store(&plan)
}

func (d *demoGround) fund(_ context.Context, list []payment) error {
	var outs []coin.Out
	for _, p := range list {
		script, err := d.network().Script(p.address)
		if err != nil {
			return err
		}
		outs = append(outs, coin.Out{Script: script, Value: p.value})
	}
	_, err := d.chain.PayAll(outs)
	return err
}

func (d *demoGround) mine(_ context.Context, empty bool) error {
	if empty {
		return d.chain.MineOnly()
	}
	return d.chain.Mine(1)
}

func (d *demoGround) reorg(_ context.Context, depth int, empty bool) error {
	how := demochain.Instead{Again: demochain.All}
	if empty {
		how.Again = nil
	}
	return d.chain.Reorg(depth, how)
}

func (d *demoGround) restart(context.Context) error {
	d.chain.Restart(false)
	return nil
}

func (d *demoGround) close() error { return nil }
