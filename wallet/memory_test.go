package wallet

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

var errCrash = errors.New("the process was killed")

// memory is an engine without a disk: it steps the real core, behind a gate that stands open since what the gate asks is tried
// elsewhere, and keeps the records. Killed, it loses nothing that it had answered, and may keep what it had not.
type memory struct {
	t       testing.TB
	mu      sync.Mutex
	s       *core.State
	now     instruction.Time
	records [][]byte
	kill    func(in instruction.Instruction) (before, after bool) // nil: never
	dead    bool
}

const start = instruction.Time(1_535_328_000_000_000) // 27 August 2018

func (m *memory) Do(p *instruction.Principal, in instruction.Instruction) (r instruction.Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return r, errCrash
	}
	var before, after bool
	if m.kill != nil && p.Giver == instruction.ByWallet {
		before, after = m.kill(in)
	}
	if before {
		m.dead = true
		return r, errCrash
	}
	m.now += instruction.Millisecond
	b, err := m.s.Step(m.now, p, in, nil)
	if err != nil {
		m.t.Errorf("%T: %v", in, err)
		m.dead = true
		return r, err
	}
	m.records = append(m.records, b)
	if after {
		m.dead = true
		return r, errCrash
	}
	return r, r.Decode(uint64(len(m.records)), b)
}

func (m *memory) Read(f func(*core.State)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errCrash
	}
	f(m.s)
	return nil
}

// again is the engine after a restart: the records folded anew.
func (m *memory) again() {
	s := core.NewUngated()
	var r instruction.Record
	for i, b := range m.records {
		if err := r.Decode(uint64(i+1), b); err != nil {
			m.t.Fatal(err)
		}
		if err := s.Fold(&r, nil); err != nil {
			m.t.Fatalf("record %d: %v", i+1, err)
		}
	}
	m.s, m.dead = s, false
}

// operator and key give instructions that must be taken.
func (m *memory) operator(in instruction.Instruction) instruction.Record {
	m.t.Helper()
	return m.must(instruction.Principal{Giver: instruction.ByOperator}, in)
}

func (m *memory) must(p instruction.Principal, in instruction.Instruction) instruction.Record {
	m.t.Helper()
	r, err := m.Do(&p, in)
	if err != nil {
		m.t.Fatalf("%T: %v", in, err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		m.t.Fatalf("%T: %v, %v", in, r.Verdict.Reason(), why)
	}
	return r
}

var home = netip.MustParseAddr("192.0.2.9")

// house is a venue with one coin on a chain, and customers who withdraw it.
type house struct {
	*memory
	network *coin.Network
	keys    *coin.Keys
	line    *Line
	node    coin.Chain
	cfg     Config
	limits  *signer.Limits // nil: none that matter
}

const (
	ltc     = instruction.Asset(1)
	firstOf = instruction.Account(2) // customers
)

// newHouse has an asset on the network, customers with a key that withdraws, and no coins yet. The gate is open: what it asks is tried
// elsewhere.
func newHouse(t testing.TB, network *coin.Network, node coin.Chain, seed *coin.Seed, customers int) *house {
	t.Helper()
	h := &house{memory: &memory{t: t, s: core.NewUngated(), now: start}, network: network, node: node}
	var err error
	if h.keys, err = seed.Account(network); err != nil {
		t.Fatal(err)
	}
	hot, _, err := h.keys.Public().Address(true, 0)
	if err != nil {
		t.Fatal(err)
	}
	h.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
	h.operator(&instruction.SetChain{Asset: ltc, Terms: instruction.ChainTerms{
		Network: network.Name, Genesis: network.Genesis(), Account: h.keys.Public().String(), Hot: hot, Start: 1, CreditDepth: 2, SettleDepth: 5,
		MinDeposit: 10_000, MinWithdraw: 20_000, WithdrawFee: 1_000, MaxFeeRate: 100_000,
	}})
	for i := range customers {
		h.operator(&instruction.OpenAccount{})
		h.operator(&instruction.CreateKey{
			Account: firstOf + instruction.Account(i), ID: instruction.KeyID{1, byte(i)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: []netip.Prefix{netip.PrefixFrom(home, 24).Masked()}},
		})
	}
	h.cfg = Config{Engine: h.memory, Asset: ltc, Node: node, Signer: h, Log: slog.New(slog.DiscardHandler), Stale: true}
	h.open()
	return h
}

// open is the wallet of a process that has just started.
func (h *house) open() {
	h.t.Helper()
	l, err := NewLine(h.cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	h.line = l
}

// Limits are what a test says.
func (h *house) Limits(context.Context, instruction.Asset) (signer.Limits, error) {
	if h.limits != nil {
		return *h.limits, nil
	}
	return signer.Limits{Payout: money.MaxAmount, Hour: money.MaxAmount, FeeRate: money.MaxAmount}, nil
}

// Sign signs what is on record. The signer's own process has caps besides; see package signer.
func (h *house) Sign(_ context.Context, x instruction.Asset, id instruction.SpendID, _ uint64) (raw []byte, tx instruction.TxID, err error) {
	var ins []coin.Input
	var outs []coin.Out
	e := h.Read(func(s *core.State) {
		c := s.Chain(x)
		ins, outs, err = h.line.parts(s, c, c.Spend(id))
	})
	if err = errors.Join(e, err); err != nil {
		return nil, tx, err
	}
	return coin.Sign(h.network, h.keys, ins, outs)
}

// owe makes a payout that is owed, out of an account that has it: a gate that stands open lets its key withdraw.
func (h *house) owe(a instruction.Account, n money.Amount, address string) (id instruction.PayoutID, why instruction.Reason) {
	h.t.Helper()
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(a - firstOf + 1), Addr: home}
	r, err := h.Do(&p, &instruction.Withdraw{Asset: ltc, Amount: n, To: instruction.Destination{Chain: "LTC", Address: address}})
	if err != nil {
		h.t.Fatal(err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 {
		return 0, why
	}
	if r.Verdict.Decision != instruction.Allow {
		return 0, r.Verdict.Reason()
	}
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if e, ok := e.(*instruction.PayoutMade); ok {
			id = e.ID
		}
	}
	return id, 0
}

func (h *house) chain(f func(*core.State, *chain.Chain)) {
	h.t.Helper()
	if err := h.Read(func(s *core.State) { f(s, s.Chain(ltc)) }); err != nil {
		h.t.Fatal(err)
	}
}
