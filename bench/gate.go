package bench

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strconv"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// gateSizes are how many credentials there are, and what part of the engine's throughput the gate may take with as many.
var gateSizes = []struct {
	keys  int
	share float64 // percent
}{{10_000, 20}, {1_000_000, 40}}

const (
	// gateSteps is how many instructions a round has, and gateWarm how many there are before the first: as many as requests
	// are remembered, and some more.
	gateSteps = 200_000
	gateWarm  = 700_000
	// gateRounds is more than rounds: the gate's cost is the difference of two figures.
	gateRounds = 7
	// gateOpen is how many instructions an order rests before it is cancelled, where nobody takes it.
	gateOpen = 2_000
	// gatePace is the time between two instructions, and gateWindow that of a request: 500,000 requests are remembered.
	gatePace   = 10 * instruction.Millisecond / 1000
	gateWindow = 5 * instruction.Second
)

// Gate measures what judging costs the writer: the same instructions, by credentials at random, in a state with its gate and in
// one whose gate stands open, in turns, by the processor time that they use. Each credential has a customer of its own, and a
// network that it is listed for and comes from; each request is signed and remembered; budgets and bands are in force.
func Gate(ctx context.Context, report Report) error {
	for _, size := range gateSizes {
		cost, err := gateCost(ctx, size.keys, gateWarm, gateSteps, gateRounds)
		if err != nil {
			return err
		}
		var rates []float64
		for range rounds {
			rate, _, err := engineRound(256)
			if err != nil {
				return err
			}
			rates = append(rates, rate)
		}
		cost.report(report, size.keys, size.share, median(rates))
	}
	return nil
}

// judging is what instructions cost.
type judging struct {
	gated, open float64 // nanoseconds of a step
	allocs      float64 // allocations of a step, with the gate
	// Bytes of a credential, in one state: when it was only made; when it has placed an order, so that there are features of it and
	// a meter in which something was reserved; the same with what is counted of its customer, account and network, of whom it is
	// the only one; and that when it has traded.
	unused, used, alone, traded float64
}

// report gives the figures. The engine's throughput is that of the bench of the engine, with a venue so small that its memory
// is at hand: a large venue's is less, and the gate's share of it too.
func (j *judging) report(report Report, keys int, share, rate float64) {
	of := fmt.Sprintf("gate, %d credentials: ", keys)
	report(result(of+"an instruction judged and remembered", j.gated-j.open, "ns", "the rest of the writer's work on it, the gate open", j.open))
	report(result(of+"share of the engine's throughput, 256 in flight", (j.gated-j.open)*rate/1e9*100, "%", "the bound", share))
	report(Result{Name: of + "allocations of an instruction", Value: j.allocs, Unit: "1", BaselineName: "the bound"})
	report(result(of+"a credential without use, in one state", j.unused, "B", "the bound", credentialBound))
	report(result(of+"a credential in use, its features included", j.used, "B", "the bound", credentialBound))
	report(result(of+"the same with all of a customer and a network that have no other", j.alone, "B", "without those", j.used))
	report(result(of+"the same once it has traded", j.traded, "B", "before", j.alone))
}

// gateCost measures with that many credentials.
func gateCost(ctx context.Context, keys, warm, steps, rounds int) (j judging, err error) {
	both := make([]*customers, 2)
	for i := range both {
		state := core.New()
		if i == 1 {
			state = core.NewUngated()
		}
		if both[i], err = newCustomers(ctx, state, keys, i == 0); err != nil {
			return j, err
		}
		was := j
		if err = both[i].weigh(&j); err != nil {
			return j, err
		}
		if i == 1 { // it did the same for its orders' sake
			j = was
		}
		if _, err = both[i].trade(warm); err != nil {
			return j, err
		}
	}
	var took [2][]float64
	var allocs []float64
	for range rounds {
		for i, c := range both {
			if err := ctx.Err(); err != nil {
				return j, err
			}
			var from, to runtime.MemStats
			runtime.ReadMemStats(&from)
			t, err := c.trade(steps)
			if err != nil {
				return j, err
			}
			runtime.ReadMemStats(&to)
			took[i] = append(took[i], float64(t.Nanoseconds())/float64(steps))
			if i == 0 {
				allocs = append(allocs, float64(to.Mallocs-from.Mallocs)/float64(steps))
			}
		}
	}
	if both[0].orders != both[1].orders || both[0].state.LastOrder() != both[1].state.LastOrder() {
		return j, fmt.Errorf("bench: %d orders with the gate and %d without: they did not do the same", both[0].state.LastOrder(), both[1].state.LastOrder())
	}
	j.gated, j.open, j.allocs = median(took[0]), median(took[1]), median(allocs)
	return j, nil
}

// customers are those of a state, one for each credential, and what they do.
type customers struct {
	state  *core.State
	keys   int
	noted  bool // requests say where they come from
	before int64
	time   instruction.Time
	rng    *rand.Rand
	p      instruction.Principal
	buf    []byte
	text   []byte
	n      uint64
	orders uint64
	open   [gateOpen]opened // a ring of what was placed
	place  instruction.PlaceOrder
	cancel instruction.CancelOrder
	record instruction.Record
}

type opened struct {
	order instruction.Order
	by    instruction.Credential
}

func newCustomers(ctx context.Context, s *core.State, keys int, noted bool) (*customers, error) {
	c := &customers{state: s, keys: keys, noted: noted, time: 1_700_000_000 * instruction.Second, rng: rand.New(rand.NewPCG(20180107, uint64(keys)))} // #nosec G404 -- the same for both states
	for _, in := range append(founding(), budgets()...) {
		if err := c.set(in); err != nil {
			return nil, err
		}
	}
	for i := range keys {
		a := instruction.Account(i + 2) // #nosec G115 -- far below
		for _, in := range []instruction.Instruction{
			&instruction.OpenAccount{}, &instruction.Credit{Account: a, Asset: 1, Amount: 1_000e8}, &instruction.Credit{Account: a, Asset: 2, Amount: 1_000e8},
		} {
			if err := c.set(in); err != nil {
				return nil, err
			}
		}
	}
	c.before = heap()
	for i := range keys {
		key := keyOf(i, instruction.Account(i+2)) // #nosec G115 -- far below
		key.Mandate.Networks = []netip.Prefix{netip.PrefixFrom(at(i), 24)}
		if err := c.set(key); err != nil {
			return nil, err
		}
		if i%10_000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return c, c.quote()
}

// quote has a maker whom no budget bounds stand on both sides of the market, further away than anybody trades, so that there is a
// mark.
func (c *customers) quote() error {
	a := instruction.Account(c.keys + 2) // #nosec G115 -- far below
	for _, in := range []instruction.Instruction{
		&instruction.OpenAccount{}, &instruction.Credit{Account: a, Asset: 1, Amount: 10e8}, &instruction.Credit{Account: a, Asset: 2, Amount: 100_000e8},
		keyOf(c.keys, a), &instruction.SetBudget{Account: a, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}},
	} {
		if err := c.set(in); err != nil {
			return err
		}
	}
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(c.keys + 1)} // #nosec G115 -- far below
	for i, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
		id, _ := instruction.ClientIDOf("house" + side.String())
		o := instruction.PlaceOrder{
			Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: 10_000e8 + money.Price(42*i-21)*1e6, Qty: 1e8, ClientID: id,
		}
		if err := c.must(&p, &o); err != nil {
			return err
		}
	}
	return nil
}

// budgets puts loss budgets in force: worth is counted in the quote asset, by a market that is liquid.
func budgets() []instruction.Instruction {
	return []instruction.Instruction{
		&instruction.SetValuation{Asset: 2}, &instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}},
		&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: money.MaxAmount, Bands: instruction.Bands{
			Collar: 100_000, Range: 500_000, Volume: 100, Cool: 600 * instruction.Second,
		}}},
	}
}

// at is the first address of a credential's network.
func at(i int) netip.Addr {
	n := 0x14<<24 + uint32(i)<<8 // #nosec G115 -- far below
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// set gives an instruction of the operator's, which must be carried out.
func (c *customers) set(in instruction.Instruction) error { return c.must(&byOperator, in) }

// must gives an instruction that must be carried out.
func (c *customers) must(p *instruction.Principal, in instruction.Instruction) error {
	c.time += instruction.Millisecond / 10
	b, err := c.state.Step(c.time, p, in, c.buf[:0])
	if err != nil {
		return err
	}
	c.buf = b
	if err := c.record.Decode(1, b); err != nil {
		return err
	}
	var ev instruction.Events
	if why := c.record.Refused(&ev); why != 0 || c.record.Verdict.Decision != instruction.Allow {
		return fmt.Errorf("bench: %T came to nothing: %v, %v", in, c.record.Verdict.Reason(), why)
	}
	return nil
}

// weigh says what credentials take: before they gave an instruction, after each placed an order and cancelled it, and after each
// traded with another one; and what further ones of the same customers do. Requests are forgotten before that.
func (c *customers) weigh(j *judging) error {
	each := func(from int64, n int) float64 { return float64(heap()-from) / float64(n) }
	j.unused = each(c.before, c.keys)
	if err := c.forget(); err != nil { // until there is a mark
		return err
	}
	if err := c.everyone(c.keys, 0, c.visit); err != nil {
		return err
	}
	j.alone = each(c.before, c.keys)
	before, more := heap(), c.keys/4
	for i := range more {
		key := keyOf(c.keys+1+i, instruction.Account(i+2)) // #nosec G115 -- far below
		key.Mandate.Networks = []netip.Prefix{netip.PrefixFrom(at(i), 24)}
		if err := c.set(key); err != nil {
			return err
		}
	}
	if err := c.everyone(more, c.keys+1, c.visit); err != nil {
		return err
	}
	j.used = each(before, more)
	before = heap()
	err := c.everyone(c.keys, 0, func(p *instruction.Principal, i int) error { return c.offer(p, instruction.Side(1+i%2), 0) }) // #nosec G115 -- 1 or 2
	j.traded = j.alone + each(before, c.keys)
	return err
}

// everyone has a number of credentials give something, those from after one on, each from its customer's own network.
func (c *customers) everyone(n, after int, give func(*instruction.Principal, int) error) error {
	for i := range n {
		p := c.principal(instruction.Credential(after + i + 1)) // #nosec G115 -- far below
		if c.noted {
			p.Addr = at(i)
		}
		if err := give(p, i); err != nil {
			return err
		}
	}
	return c.forget()
}

// visit places an order that rests, and cancels it.
func (c *customers) visit(p *instruction.Principal, _ int) error {
	if err := c.offer(p, instruction.Buy, -20); err != nil {
		return err
	}
	p.Request = instruction.Digest{} // another one, that nobody signed
	return c.step(p, &instruction.CancelAll{Market: 1})
}

// offer places an order so many ticks from the middle.
func (c *customers) offer(p *instruction.Principal, side instruction.Side, tick int64) error {
	id, err := instruction.ClientIDOf("bench")
	if err != nil {
		return err
	}
	c.place = instruction.PlaceOrder{
		Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: money.Price(10_000e8 + tick*1e6), Qty: 1e5, ClientID: id,
	}
	return c.must(p, &c.place)
}

// forget lets so much time pass that no request is remembered.
func (c *customers) forget() error {
	for range 2 * 60 { // more than the longest window
		c.time += instruction.Second
		p := instruction.Principal{Giver: instruction.ByEngine}
		if err := c.step(&p, &instruction.Tick{}); err != nil {
			return err
		}
	}
	return nil
}

// principal is a credential that comes from its own network with a request of its own.
func (c *customers) principal(k instruction.Credential) *instruction.Principal {
	c.n++
	c.p = instruction.Principal{Giver: instruction.ByCredential, Credential: k, Sent: c.time, Window: gateWindow}
	binary.LittleEndian.PutUint64(c.p.Request[:], c.n*0x9e3779b97f4a7c15) // as good as the hashes that they are
	binary.LittleEndian.PutUint64(c.p.Request[8:], c.n)
	if c.noted {
		c.p.Addr = at(int(k - 1))
	}
	return &c.p
}

// step gives one instruction, which the gate must let through.
func (c *customers) step(p *instruction.Principal, in instruction.Instruction) error {
	b, err := c.state.Step(c.time, p, in, c.buf[:0])
	if err != nil {
		return err
	}
	c.buf = b
	return nil
}

// trade gives n instructions, every second one an order and every other one the cancel of one that was placed before, and says
// how long that took.
func (c *customers) trade(n int) (time.Duration, error) {
	begin := spent()
	for range n / 2 {
		c.time += gatePace
		k := instruction.Credential(1 + c.rng.IntN(c.keys)) // #nosec G115 -- far below
		p := c.principal(k)
		tick := int64(c.rng.IntN(41)) - 20
		c.text = strconv.AppendUint(append(c.text[:0], "bench-"...), c.n, 10)
		id, err := instruction.ClientIDOf(string(c.text))
		if err != nil {
			return 0, err
		}
		c.place = instruction.PlaceOrder{
			Market: 1, Side: instruction.Side(1 + c.rng.IntN(2)), Type: instruction.Limit, TIF: instruction.GTC, // #nosec G115 -- 1 or 2
			Price: money.Price(10_000e8 + tick*1e6), Qty: money.Amount(1e5 + (tick+20)*1e3), ClientID: id,
		}
		if err := c.step(p, &c.place); err != nil {
			return 0, err
		}
		at := &c.open[c.orders%gateOpen]
		old := *at
		*at = opened{c.state.LastOrder(), k}
		c.orders++
		c.time += gatePace
		if old.order == 0 {
			continue
		}
		p = c.principal(old.by)
		c.cancel = instruction.CancelOrder{Market: 1, Order: old.order}
		if err := c.step(p, &c.cancel); err != nil {
			return 0, err
		}
	}
	took := spent() - begin
	var ev instruction.Events
	if err := c.record.Decode(1, c.buf); err != nil {
		return 0, err
	}
	if why := c.record.Refused(&ev); c.record.Verdict.Decision != instruction.Allow || why != 0 && why != instruction.UnknownOrder {
		return 0, fmt.Errorf("bench: the last instruction came to nothing: %v, %v", c.record.Verdict.Reason(), why)
	}
	return took, nil
}
