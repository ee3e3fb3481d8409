package demochain

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// only is a plan in which the first call of a kind goes wrong.
func only(call Call, f Fault) Plan {
	return func(c Call, n uint64) Fault {
		if c == call && n == 0 {
			return f
		}
		return None
	}
}

// TestSendFaults: what a sender is told, and what is true.
func TestSendFaults(t *testing.T) {
	for _, row := range []struct {
		fault   Fault
		outcome coin.Outcome
		code    int
		done    bool
	}{
		{None, coin.Accepted, 0, true},
		{Refused, coin.Unsent, 0, false},
		{Cut, coin.Unknown, 0, false},
		{Lost, coin.Unknown, 0, true},
		{Late, coin.Unknown, 0, false},
		{QueueFull, coin.Unsent, 0, false},
		{Warming, coin.Unsent, -28, false},
		{WrongBlock, coin.Accepted, 0, true},
	} {
		c := fresh(t)
		p := purseOf(t, c)
		raw, id, _ := p.spend(t, 1000, p.receive(t, Coin))
		n := NewNode(c, only(CallSend, row.fault))
		if r := n.Send(ctx, raw); r.Outcome != row.outcome || r.Code != row.code || r.Reason == "" && row.outcome != coin.Accepted {
			t.Errorf("%v: %+v", row.fault, r)
		}
		if is, err := c.Pending(ctx, id); is != row.done || err != nil {
			t.Errorf("%v: in the mempool: %v, %v", row.fault, is, err)
		}
		if r := n.Send(ctx, raw); r.Outcome != coin.Accepted {
			t.Errorf("%v: the second time: %+v", row.fault, r)
		}
		refused := []byte("noise")
		n = NewNode(c, only(CallSend, row.fault))
		if r := n.Send(ctx, refused); row.fault == Lost && r.Outcome != coin.Unknown {
			t.Errorf("a refusal that is lost: %+v", r)
		}
	}
}

// TestLate: a transaction is carried out within eight calls after its sender gave up, or when the node is healed, and
// meets the chain as it is then.
func TestLate(t *testing.T) {
	for heal := range 2 {
		c := fresh(t)
		p := purseOf(t, c)
		in := p.receive(t, Coin)
		raw, id, _ := p.spend(t, 1000, in)
		n := NewNode(c, only(CallSend, Late))
		n.Send(ctx, raw)
		clear(raw) // the node has its own
		if heal == 1 {
			n.Heal()
			p.confirmations(t, id, 0)
			continue
		}
		calls := 0
		for ; calls < 8; calls++ {
			if is, _ := n.Pending(ctx, id); is {
				break
			}
		}
		p.confirmations(t, id, 0)
		if n.FeeRate(ctx, 1); len(n.late) > 0 {
			t.Error("it will be carried out again")
		}
	}
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	raw, id, _ := p.spend(t, 1000, in)
	n := NewNode(c, only(CallSend, Late))
	n.Send(ctx, raw)
	p.spent(t, 9000, in)
	n.Heal()
	p.confirmations(t, id, -1)
}

// TestReadFaults: whatever breaks a call that reads is an error, and an error alone.
func TestReadFaults(t *testing.T) {
	c := fresh(t)
	ok(t, c.Mine(3))
	info, _ := c.Info(ctx)
	for _, f := range []Fault{Refused, Cut, Lost, Late, QueueFull, Warming} {
		n := NewNode(c, func(Call, uint64) Fault { return f })
		gotInfo, err1 := n.Info(ctx)
		hash, err2 := n.HashAt(ctx, 1)
		b, err3 := n.Block(ctx, info.Best, info.Height)
		_, err4 := n.Pending(ctx, instruction.TxID{})
		_, err5 := n.FeeRate(ctx, 1)
		err6 := n.Wait(ctx, instruction.BlockHash{})
		for i, err := range []error{err1, err2, err3, err4, err5, err6} {
			if !errors.Is(err, errFault) {
				t.Errorf("%v, call %d: %v", f, i+1, err)
			}
		}
		if gotInfo != (coin.Info{}) || !hash.IsZero() || b != nil {
			t.Errorf("%v: answers besides", f)
		}
	}
	well := NewNode(c, nil)
	got, err := well.Info(ctx)
	if err != nil || got != info {
		t.Errorf("a node that is well: %+v, %v", got, err)
	}
}

// TestWrongBlock: a node answers for the block below the one that was asked for.
func TestWrongBlock(t *testing.T) {
	c := fresh(t)
	ok(t, c.Mine(3))
	info, _ := c.Info(ctx)
	below, err := c.HashAt(ctx, info.Height-1)
	ok(t, err)
	n := NewNode(c, func(Call, uint64) Fault { return WrongBlock })
	if h, err := n.HashAt(ctx, info.Height); h != below || err != nil {
		t.Errorf("%v, %v; want %v", h, err, below)
	}
	if b, err := n.Block(ctx, info.Best, info.Height); err != nil || b.Hash != below || b.Height != info.Height {
		t.Errorf("%+v, %v; want %v", b, err, below)
	}
	if h, err := n.HashAt(ctx, 0); h != info.Genesis || err != nil {
		t.Errorf("below the first is nothing: %v, %v", h, err)
	}
	if b, err := n.Block(ctx, info.Genesis, 0); err != nil || b.Hash != info.Genesis {
		t.Errorf("below the first is nothing: %+v, %v", b, err)
	}
	if got, err := n.Info(ctx); got != info || err != nil {
		t.Errorf("other calls go well: %+v, %v", got, err)
	}
}

// TestBehind: a node that lags knows nothing of the last blocks, and takes transactions nevertheless.
func TestBehind(t *testing.T) {
	c := fresh(t)
	ok(t, c.Mine(5))
	p := purseOf(t, c)
	raw, _, _ := p.spend(t, 1000, p.receive(t, Coin))
	n := NewNode(c, nil)
	n.Become(View{Behind: 2})
	best, _ := c.Info(ctx)
	info, err := n.Info(ctx)
	ok(t, err)
	if at, _ := c.HashAt(ctx, best.Height-2); info.Height != best.Height-2 || info.Headers != info.Height || info.Best != at || info.Time.After(best.Time) {
		t.Errorf("it shows %+v of %+v", info, best)
	}
	if h, err := n.HashAt(ctx, best.Height-1); err == nil {
		t.Errorf("a block that it has not heard of is %v", h)
	}
	if b, err := n.Block(ctx, best.Best, best.Height); err == nil {
		t.Errorf("a block that it has not heard of is %+v", b)
	}
	if b, err := n.Block(ctx, info.Best, info.Height); err != nil || b.Hash != info.Best {
		t.Errorf("its best block: %+v, %v", b, err)
	}
	if r := n.Send(ctx, raw); r.Outcome != coin.Accepted {
		t.Errorf("%+v", r)
	}
	n.Become(View{Behind: 1000})
	if info, err := n.Info(ctx); info.Height != 0 || info.Best != info.Genesis || err != nil {
		t.Errorf("of all it knows %+v, %v", info, err)
	}
	n.Become(View{})
	if info, err := n.Info(ctx); info != best || err != nil {
		t.Errorf("it caught up to %+v, %v", info, err)
	}
}

// TestLies: the best block of a node that lies has a name that nobody else knows, and does not link.
func TestLies(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	p.receive(t, Coin)
	n := NewNode(c, nil)
	n.Become(View{Lies: true})
	best, _ := c.Info(ctx)
	info, err := n.Info(ctx)
	ok(t, err)
	if info.Best == best.Best || info.Height != best.Height || info.Genesis != best.Genesis {
		t.Errorf("it shows %+v of %+v", info, best)
	}
	if h, err := n.HashAt(ctx, info.Height); h != info.Best || err != nil {
		t.Errorf("%v, %v; want %v as it said", h, err, info.Best)
	}
	b, err := n.Block(ctx, info.Best, info.Height)
	ok(t, err)
	below, err := n.HashAt(ctx, info.Height-1)
	ok(t, err)
	if b.Hash != info.Best || b.Prev == below || len(b.Txs) != 2 {
		t.Errorf("its block %v hangs on %v with %d transactions", b.Hash, b.Prev, len(b.Txs))
	}
	if _, err := c.Block(ctx, info.Best, info.Height); err == nil {
		t.Error("the chain knows the lie")
	}
	if b, err := n.Block(ctx, best.Best, best.Height); err != nil || b.Prev != below {
		t.Errorf("the true block: %+v, %v", b, err)
	}
}

// TestForeign: a node of another chain is known by its first block.
func TestForeign(t *testing.T) {
	c := fresh(t)
	n := NewNode(c, nil)
	n.Become(View{Foreign: true})
	info, err := n.Info(ctx)
	ok(t, err)
	if info.Genesis == c.Network().Genesis() {
		t.Error("its first block is ours")
	}
	if h, err := n.HashAt(ctx, 0); h != info.Genesis || err != nil {
		t.Errorf("%v, %v; want %v as it said", h, err, info.Genesis)
	}
	n.Become(View{Foreign: true, Behind: 5})
	if info, err := n.Info(ctx); info.Best != info.Genesis || err != nil {
		t.Errorf("%+v, %v", info, err)
	}
}

// TestNodeWaits for what it shows, not for what is.
func TestNodeWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := fresh(t)
		n := NewNode(c, nil)
		n.Become(View{Behind: 1})
		info, _ := n.Info(ctx)
		woken := make(chan error, 1)
		wait := func() { woken <- n.Wait(ctx, info.Best) }
		go wait()
		synctest.Wait()
		if len(woken) > 0 {
			t.Fatal("woken although it shows nothing new")
		}
		ok(t, c.Mine(1))
		ok(t, <-woken)
		info, _ = n.Info(ctx)
		go wait()
		synctest.Wait()
		n.Become(View{Behind: 1, Foreign: true}) // the same best block
		synctest.Wait()
		if len(woken) > 0 {
			t.Fatal("woken although it shows nothing new")
		}
		n.Become(View{})
		ok(t, <-woken)
		info, _ = n.Info(ctx)
		go wait()
		synctest.Wait()
		c.Restart(true)
		if err := <-woken; !errors.Is(err, errRestarted) {
			t.Errorf("who waited was told %v", err)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := n.Wait(gone, info.Best); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
	})
}

// TestSeeded: the nth call of a kind meets the same fault, whatever else is called; about as many as asked go wrong, and in
// every way.
func TestSeeded(t *testing.T) {
	const calls = 20_000
	for call := CallInfo; call <= CallWait; call++ {
		seen, wrong := map[Fault]int{}, 0
		a, b, other := Seeded(5, 250), Seeded(5, 250), Seeded(6, 250)
		differ := false
		for n := range uint64(calls) {
			f := a(call, n)
			if f != b(call, n) {
				t.Fatalf("call %d: once %v", n, f)
			}
			differ = differ || f != other(call, n)
			if seen[f]++; f != None {
				wrong++
			}
		}
		kinds := 6
		if call == CallBlock || call == CallHashAt {
			kinds = 7
		}
		if wrong < calls/5 || wrong > calls*3/10 || len(seen) != kinds+1 || !differ {
			t.Errorf("call %d: %d of %d go wrong, in these ways: %v; another seed differs: %v", call, wrong, calls, seen, differ)
		}
	}
	for n := range uint64(1000) {
		if f := Seeded(n, 0)(CallSend, n); f != None {
			t.Fatalf("of none %v goes wrong", f)
		}
		if f := Seeded(n, 1000)(CallSend, n); f == None {
			t.Fatal("of all one goes well")
		}
	}
}

// TestExactlyOnceThroughFaults sends the same bytes until the chain says so, through a node at which half of all goes wrong:
// each is paid once.
func TestExactlyOnceThroughFaults(t *testing.T) {
	for seed := range uint64(20) {
		c := fresh(t)
		p := purseOf(t, c)
		n := NewNode(c, Seeded(seed, 500))
		for range 5 {
			raw, id, _ := p.spend(t, 1000, p.receive(t, Coin))
			for range 200 {
				r := n.Send(ctx, raw)
				if r.Outcome != coin.Accepted && r.Outcome != coin.Unsent && r.Outcome != coin.Unknown {
					t.Fatalf("seed %d: %+v", seed, r)
				}
				if r.Outcome == coin.Accepted {
					break
				}
			}
			p.confirmations(t, id, 0)
		}
		n.Heal()
		ok(t, c.Mine(1))
		recount(t, c)
		if got, want := c.Balance(p.script), int64(5*(Coin-1000)); got != want {
			t.Errorf("seed %d: %d, want %d", seed, got, want)
		}
	}
}
