package wallet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// Line works one asset's chain. Its methods may be called from any goroutine; Scan and Send by one each.
type Line struct {
	Config
	network *coin.Network
	public  *coin.Public
	hot     []byte // script of the hot address

	watched watched
	wake    chan struct{} // something may be owed
	looked  atomic.Bool   // at the node's chain, by Run
	status  atomic.Pointer[Status]

	sending sync.Mutex
	resend  instruction.BlockHash                // the tip at which all that is not mined was sent last
	since   map[instruction.SpendID]uint32       // the height at which a spend was signed, as far as this process saw
	seen    map[instruction.SpendID]coin.Outcome // what the node said last
	rated   rated
	limited limited

	checking sync.Mutex // one signature at a time: the others' would keep the processors from whoever hears the node's answers
}

// Status is how a chain stands.
type Status struct {
	Asset   instruction.Asset
	Tip     chain.Block // as far as it was scanned
	Node    coin.Info   // as the node said last
	Problem string      // why nothing is credited or sent; "" for nothing
	Since   time.Time   // of the problem
	Sending string      // what keeps payouts from leaving; "" for nothing
}

// NewLine finds the asset's chain, and the addresses to watch. It asks the node nothing.
func NewLine(cfg Config) (*Line, error) {
	cfg.defaults()
	cfg.Node = timed{cfg.Node, cfg.Patience}
	l := &Line{Config: cfg, wake: make(chan struct{}, 1), since: make(map[instruction.SpendID]uint32), seen: make(map[instruction.SpendID]coin.Outcome)}
	var terms instruction.ChainTerms
	err := l.read(func(_ *core.State, c *chain.Chain) { terms = c.Terms })
	if err != nil {
		return nil, err
	}
	if l.network, err = coin.NetworkNamed(terms.Network); err != nil {
		return nil, err
	}
	if terms.Genesis != l.network.Genesis() {
		return nil, fmt.Errorf("wallet: the first block on record, %v, is not that of %s", terms.Genesis, terms.Network)
	}
	if l.public, err = coin.ParsePublic(l.network, terms.Account); err != nil {
		return nil, fmt.Errorf("wallet: the account's key on record: %w", err)
	}
	var hot string
	if hot, l.hot, err = l.public.Address(true, 0); err != nil {
		return nil, err
	}
	if hot != terms.Hot {
		return nil, fmt.Errorf("wallet: the hot address on record, %s, is not that of the key on record, %s", terms.Hot, hot)
	}
	l.status.Store(&Status{Asset: l.Asset})
	return l, l.watchAll()
}

// Status is how the chain stands.
func (l *Line) Status() Status { return *l.status.Load() }

// change changes the status.
func (l *Line) change(f func(*Status)) {
	for {
		old := l.status.Load()
		s := *old
		f(&s)
		if l.status.CompareAndSwap(old, &s) {
			return
		}
	}
}

var errNoChain = errors.New("wallet: the asset has no chain on record: portcullis chain set")

// read shows the asset's chain.
func (l *Line) read(f func(*core.State, *chain.Chain)) error {
	there := false
	err := l.Engine.Read(func(s *core.State) {
		if c := s.Chain(l.Asset); c != nil {
			there = true
			f(s, c)
		}
	})
	if err == nil && !there {
		return errNoChain
	}
	return err
}

// give has an instruction carried out. A refusal is not an error: the state is not as it was thought to be.
func (l *Line) give(in instruction.Instruction) (instruction.Record, instruction.Reason, error) {
	r, err := l.Engine.Do(&principal, in)
	if err != nil {
		return r, 0, err
	}
	if r.Verdict.Decision != instruction.Allow {
		return r, r.Verdict.Reason(), nil
	}
	var ev instruction.Events
	return r, r.Refused(&ev), nil
}

// nudge says that something may be owed that was not before. It never blocks.
func (l *Line) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// pauses are how long a Line waits after it failed, and how long it rests at most.
const (
	pause    = time.Second
	rest     = 250 * time.Millisecond
	longWait = 30 * time.Second
)

// Run works until the context ends.
func (l *Line) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { l.runScan(ctx) })
	both.Go(func() { l.runSend(ctx) })
	both.Wait()
}

func (l *Line) runScan(ctx context.Context) {
	for ctx.Err() == nil {
		best, err := l.Scan(ctx)
		l.report(ctx, err)
		if err != nil {
			sleep(ctx, pause)
			continue
		}
		l.looked.Store(true)
		l.nudge()
		wait, cancel := context.WithTimeout(ctx, longWait)
		if err := l.Node.Wait(wait, best); err != nil && wait.Err() == nil {
			sleep(ctx, pause)
		}
		cancel()
	}
}

func (l *Line) runSend(ctx context.Context) {
	beat := time.NewTicker(rest)
	defer beat.Stop()
	for ctx.Err() == nil {
		if l.looked.Load() && l.Status().Problem == "" {
			busy, err := l.Send(ctx)
			l.tell(ctx, err)
			if err != nil {
				sleep(ctx, pause)
			}
			if busy && err == nil {
				continue
			}
		}
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-beat.C:
		}
	}
}

// report keeps why the chain cannot be followed, and says so when that changes.
func (l *Line) report(ctx context.Context, err error) {
	was, now := l.Status().Problem, ""
	if err != nil && ctx.Err() == nil {
		now = err.Error()
	}
	if was == now || ctx.Err() != nil {
		return
	}
	l.change(func(s *Status) {
		if s.Problem = now; was == "" {
			s.Since = time.Now()
		}
	})
	switch {
	case alike(was, now):
	case now != "":
		l.Log.Error("the chain cannot be followed; nothing is credited or sent until it can", "err", err)
	default:
		l.Log.Info("the chain is followed again")
	}
}

// alike says that two reasons differ in numbers at most, such as how far a node is behind, or how long the signer has it wait: the log has
// one line for both, and not one for each look.
func alike(x, y string) bool {
	bare := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, text)
	}
	return bare(x) == bare(y)
}

// tell does the same for what keeps payouts from leaving.
func (l *Line) tell(ctx context.Context, err error) {
	was, now := l.Status().Sending, ""
	if err != nil && ctx.Err() == nil {
		now = err.Error()
	}
	if was == now || ctx.Err() != nil {
		return
	}
	l.change(func(s *Status) { s.Sending = now })
	switch {
	case alike(was, now):
	case now != "":
		l.Log.Error("payouts do not leave", "err", err)
	default:
		l.Log.Info("payouts leave again")
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
