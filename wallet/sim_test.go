package wallet

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
)

// TestSchedules: deposits, withdrawals, dust, blocks, reorgs, nodes that fail in every way and processes that are killed at any record,
// in any order. In the end each payout is in exactly one block, or was cancelled and is in none, and the ledger is what the chain has.
func TestSchedules(t *testing.T) {
	n, first := 1000, uint64(1)
	if testing.Short() {
		n = 100
	}
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		n = 30_000
	}
	t.Logf("seeds %d to %d", first, first+uint64(n)-1)
	var all tally
	for i := range n {
		schedule(t, first+uint64(i), &all)
		if t.Failed() {
			return
		}
	}
	t.Logf("%+v", all)
	if all.kills == 0 || all.reorgs == 0 || all.replaced == 0 || all.undone == 0 || all.cancelled == 0 || all.settled < n {
		t.Errorf("something that should be tried was not: %+v", all)
	}
}

// tally is what schedules tried.
type tally struct{ kills, reorgs, restarts, payouts, settled, cancelled, replaced, children, undone, died, raised int }

// world is one schedule under way.
type world struct {
	*house
	rng   *rand.Rand
	chain *demochain.Chain
	node  *demochain.Node
	owed  map[instruction.PayoutID]*debt
	to    int
	paid  []instruction.TxID // by customers
	all   *tally
}

type debt struct {
	script []byte
	amount int64
	stop   bool
}

func schedule(t *testing.T, seed uint64, all *tally) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	w := newWorld(t, seed, all)
	for range 40 + w.rng.IntN(40) {
		w.act()
		if t.Failed() {
			return
		}
	}
	w.heal()
	w.verify()
}

func newWorld(t *testing.T, seed uint64, all *tally) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 7)), owed: map[instruction.PayoutID]*debt{}, all: all}
	now := start.Std()
	c, err := demochain.New(demochain.Options{Replaces: true, Seed: seed, Now: func() time.Time { return now }, FeeRate: 2000})
	if err != nil {
		t.Fatal(err)
	}
	w.chain, w.node = c, demochain.NewNode(c, nil)
	raw := make([]byte, 32)
	binary.LittleEndian.PutUint64(raw, seed)
	s, err := coin.ParseSeed(fmt.Sprintf("%x", raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Mine(3); err != nil {
		t.Fatal(err)
	}
	w.house = newHouse(t, c.Network(), w.node, s, 4)
	w.house.cfg.BumpAfter = 1 + uint32(w.rng.IntN(3))
	w.house.cfg.Batch = 1 + w.rng.IntN(5)
	w.open()
	w.work() // the node is well: base and tip
	hot, _, _ := w.keys.Public().Address(true, 0)
	w.pay(hot, 5e8)
	for a := firstOf; a < firstOf+4; a++ {
		w.pay(w.address(a), int64(1e8+w.rng.IntN(1e8)))
	}
	w.mine(3)
	w.work()
	w.node = demochain.NewNode(c, demochain.Seeded(seed, 200))
	w.house.cfg.Node = w.node
	w.memory.kill = func(instruction.Instruction) (before, after bool) {
		switch w.rng.IntN(40) {
		case 0:
			w.all.kills++
			return true, false
		case 1:
			w.all.kills++
			return false, true
		}
		return false, false
	}
	w.open()
	return w
}

func (w *world) address(a instruction.Account) string {
	address, err := w.line.DepositAddress(context.Background(), a)
	if err != nil {
		w.t.Fatal(err)
	}
	return address
}

func (w *world) pay(address string, n int64) {
	id, err := w.chain.Pay(address, n)
	if err != nil {
		w.t.Fatal(err)
	}
	w.paid = append(w.paid, id)
}

func (w *world) mine(n int) {
	if err := w.chain.Mine(n); err != nil {
		w.t.Fatal(err)
	}
}

// act does one thing by chance.
func (w *world) act() {
	switch k := w.rng.IntN(100); {
	case k < 20:
		w.withdraw()
	case k < 26:
		known := ""
		w.house.chain(func(_ *core.State, c *chain.Chain) { known = c.Address(firstOf + instruction.Account(w.rng.IntN(4))) })
		n := int64(300 + w.rng.IntN(5e7)) // what the chain takes
		if w.rng.IntN(3) == 0 {
			n = int64(300 + w.rng.IntN(9000)) // dust
		}
		w.pay(known, n)
	case k < 40:
		w.mine(1)
	case k < 43:
		if err := w.chain.MineAbove(int64(3000 * (1 + w.rng.IntN(4)))); err != nil { // some wait
			w.t.Fatal(err)
		}
	case k < 48:
		depth := 1 + w.rng.IntN(int(min(4, w.chain.Height()-5)))
		again := demochain.All
		if w.rng.IntN(2) == 0 {
			again = nil
		}
		if err := w.chain.Reorg(depth, demochain.Instead{Again: again}); err != nil {
			w.t.Fatal(err)
		}
		w.all.reorgs++
	case k < 51:
		w.chain.Restart(w.rng.IntN(2) == 0)
		w.all.restarts++
	case k < 54 && len(w.owed) > 0:
		id := instruction.PayoutID(1 + w.rng.IntN(len(w.owed)))
		if w.stop(id) {
			w.owed[id].stop = true
		}
	case k < 58:
		w.restart()
	default:
		w.work()
	}
	if w.memory.dead {
		w.restart()
	}
}

func (w *world) withdraw() {
	w.to++
	raw := make([]byte, 22)
	raw[1] = 20
	binary.LittleEndian.PutUint64(raw[2:], uint64(w.to))
	address, ok := w.network.Address(raw)
	if !ok {
		w.t.Fatal("no address")
	}
	a := firstOf + instruction.Account(w.rng.IntN(4))
	n := money.Amount(20_000 + w.rng.IntN(3e7))
	id, why := w.owe(a, n, address)
	if why == 0 {
		w.owed[id] = &debt{script: raw, amount: int64(n) - 1000}
		w.all.payouts++
	}
}

func (w *world) stop(id instruction.PayoutID) bool {
	r, err := w.Do(&instruction.Principal{Giver: instruction.ByOperator}, &instruction.StopPayout{Payout: id})
	if err != nil {
		w.t.Fatal(err)
	}
	var ev instruction.Events
	return r.Refused(&ev) == 0
}

// work is what a wallet does now and then. Whatever fails is done again later.
func (w *world) work() {
	_, _ = w.line.Scan(context.Background())
	for range 3 {
		if busy, err := w.line.Send(context.Background()); !busy || err != nil {
			break
		}
	}
}

// raise is the operator, who sees that a shortage is over: deposits that a reorg undid after they were spent are there again.
func (w *world) raise() {
	var drops []instruction.DropID
	w.house.chain(func(s *core.State, _ *chain.Chain) {
		if s.Shortage(ltc) > 0 {
			return
		}
		for _, d := range s.Drops() {
			drops = append(drops, d.ID)
		}
	})
	for _, id := range drops {
		w.all.raised++
		w.operator(&instruction.Raise{Drop: id, Share: 100})
	}
}

func (w *world) restart() {
	w.memory.again()
	w.open()
}

// heal lets all end well: the node is well, nobody is killed, and blocks are mined until all is settled.
func (w *world) heal() {
	w.memory.kill = nil
	w.node.Heal()
	w.cfg.Node = w.chain
	w.restart()
	for _, id := range w.paid { // whoever deposits has a wallet that sends again what a reorg and a restart made every node forget
		if raw, ok := w.chain.Raw(id); ok {
			w.chain.Send(context.Background(), raw)
		}
	}
	for range 60 {
		w.work()
		w.raise()
		w.mine(1)
	}
	w.work()
}

// verify holds the chain against what was owed, and the ledger against the chain.
func (w *world) verify() {
	w.t.Helper()
	if err := w.s.Check(); err != nil {
		w.t.Error(err)
	}
	w.memory.again() // the same from the records
	for id := instruction.PayoutID(1); id <= instruction.PayoutID(len(w.owed)); id++ {
		d := w.owed[id]
		paid := w.chain.Payments(d.script)
		p := w.s.Payout(id)
		switch {
		case p != nil:
			w.t.Errorf("payout %d is %v still", id, p.State)
		case len(paid) > 1, len(paid) == 1 && paid[0].Value != d.amount, len(paid) == 0 && !d.stop:
			w.t.Errorf("payout %d of %d was paid as %+v; stopped %v", id, d.amount, paid, d.stop)
		case len(paid) == 1:
			w.all.settled++
		default:
			w.all.cancelled++
		}
	}
	var chained int64
	dust := int64(0)
	scripts := []instruction.Account{instruction.Fees, firstOf, firstOf + 1, firstOf + 2, firstOf + 3}
	for _, a := range scripts {
		_, script, _ := w.keys.Public().Address(a == instruction.Fees, map[bool]uint32{true: 0, false: uint32(a)}[a == instruction.Fees])
		chained += w.chain.Balance(script)
		for _, p := range w.chain.Payments(script) {
			if p.Value < 10_000 {
				dust += p.Value
			}
		}
	}
	var ledger, debts, waiting int64
	w.house.chain(func(s *core.State, c *chain.Chain) {
		for a := instruction.Fees; a <= s.Accounts(); a++ {
			b := s.Balance(a, ltc)
			ledger += int64(b.Free + b.Held)
			debts += int64(c.Debt(a))
		}
		for _, x := range c.Waiting() {
			waiting += int64(x.Amount)
		}
		if sums := c.Sums(); int64(sums.Confirmed)+waiting+dust != chained {
			w.t.Errorf("the record has %d confirmed, %d waiting and %d of dust; the chain has %d", sums.Confirmed, waiting, dust, chained)
		}
	})
	if ledger-debts != chained-dust-waiting {
		w.t.Errorf("the ledger has %d, of which %d is missing; the chain has %d, of which %d is dust and %d waits", ledger, debts, chained, dust, waiting)
	}
	w.count()
}

// count goes through the records for what was tried.
func (w *world) count() {
	var r instruction.Record
	var ev instruction.Events
	for i, b := range w.records {
		if r.Decode(uint64(i+1), b) != nil {
			continue
		}
		r.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			switch e := e.(type) {
			case *instruction.SpendPlanned:
				if e.Replaces != 0 {
					w.all.replaced++
				}
				if len(e.Payouts) == 0 && e.Replaces == 0 {
					w.all.children++
				}
			case *instruction.DepositUndone:
				w.all.undone++
			case *instruction.SpendDied:
				w.all.died++
			}
		}
	}
}
