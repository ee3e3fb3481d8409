package signer

import (
	"context"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

const (
	start = instruction.Time(1_535_328_000_000_000) // 27 August 2018
	ltc   = instruction.Asset(1)
	payer = instruction.Account(2)
)

var home = netip.MustParseAddr("192.0.2.9")

// recorder keeps records: the one in memory, or the real one over files.
type recorder interface {
	Do(*instruction.Principal, instruction.Instruction) (instruction.Record, error)
	Read(func(*core.State)) error
}

// memory is an engine without a disk: the real core, behind a gate that stands open, since what the gate asks is tried elsewhere.
type memory struct {
	s   *core.State
	now instruction.Time
	seq uint64
}

func (m *memory) Do(p *instruction.Principal, in instruction.Instruction) (r instruction.Record, err error) {
	m.now += instruction.Millisecond
	b, err := m.s.Step(m.now, p, in, nil)
	if err != nil {
		return r, err
	}
	m.seq++
	return r, r.Decode(m.seq, b)
}

func (m *memory) Read(f func(*core.State)) error {
	f(m.s)
	return nil
}

// bank is a venue with one coin on a chain, and a customer who withdraws it.
type bank struct {
	recorder
	t       testing.TB
	network *coin.Network
	seed    *coin.Seed
	terms   instruction.ChainTerms
	height  uint32
	coins   int
	last    uint64 // sequence of the last record
}

// newBank has 1,000 coins of the customer in ten deposits, and ten of the venue's own.
func newBank(t testing.TB) *bank {
	t.Helper()
	return openBank(t, &memory{s: core.NewUngated(), now: start}, "litecoin-regtest")
}

func testSeed(t testing.TB, digit string) *coin.Seed {
	t.Helper()
	s, err := coin.ParseSeed(strings.Repeat(digit, 64))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openBank(t testing.TB, e recorder, network string) *bank {
	t.Helper()
	b := &bank{recorder: e, t: t, seed: testSeed(t, "7"), height: 100}
	var err error
	if b.network, err = coin.NetworkNamed(network); err != nil {
		t.Fatal(err)
	}
	keys, err := b.seed.Account(b.network)
	if err != nil {
		t.Fatal(err)
	}
	hot, _, err := keys.Public().Address(true, 0)
	if err != nil {
		t.Fatal(err)
	}
	b.terms = instruction.ChainTerms{
		Network: network, Genesis: b.network.Genesis(), Account: keys.Public().String(), Hot: hot, Start: 1, CreditDepth: 1, SettleDepth: 3,
		MinDeposit: 10_000, MinWithdraw: 20_000, WithdrawFee: 1_000, MaxFeeRate: 1e8,
	}
	b.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
	b.operator(&instruction.SetChain{Asset: ltc, Terms: b.terms})
	b.operator(&instruction.OpenAccount{})
	b.operator(&instruction.CreateKey{
		Account: payer, ID: instruction.KeyID{1}, Scheme: instruction.Ed25519, Material: make([]byte, 32), Legacy: true,
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: []netip.Prefix{netip.PrefixFrom(home, 24).Masked()}},
	})
	b.operator(&instruction.CreateKey{
		Account: payer, ID: instruction.KeyID{2}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
	})
	var coins []instruction.Received
	for range 10 {
		coins = append(coins, b.coin(payer, 100e8))
	}
	b.block(append(coins, b.coin(instruction.Fees, 10e8)), nil)
	return b
}

// coin is one that an account's address is paid.
func (b *bank) coin(a instruction.Account, n money.Amount) instruction.Received {
	b.coins++
	r := instruction.Received{Amount: n, Account: a}
	binary.LittleEndian.PutUint64(r.Coin.Tx[:], uint64(b.coins))
	r.Coin.Index = uint32(b.coins % 3)
	return r
}

// block brings the wallet's word of one more block.
func (b *bank) block(received []instruction.Received, spent []instruction.Spent) {
	b.t.Helper()
	b.height++
	i := &instruction.Advance{Asset: ltc, Height: b.height, Received: received, Spent: spent, Whole: true}
	binary.LittleEndian.PutUint32(i.Hash[:], b.height)
	binary.LittleEndian.PutUint32(i.Prev[:], b.height-1)
	b.wallet(i)
}

func (b *bank) operator(in instruction.Instruction) instruction.Record {
	b.t.Helper()
	return b.must(instruction.Principal{Giver: instruction.ByOperator}, in)
}

func (b *bank) wallet(in instruction.Instruction) instruction.Record {
	b.t.Helper()
	return b.must(instruction.Principal{Giver: instruction.ByWallet}, in)
}

func (b *bank) must(p instruction.Principal, in instruction.Instruction) instruction.Record {
	b.t.Helper()
	r, err := b.Do(&p, in)
	if err != nil {
		b.t.Fatalf("%T: %v", in, err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		b.t.Fatalf("%T: %v, %v", in, r.Verdict.Reason(), why)
	}
	b.last = r.Seq
	return r
}

// to is an address of somebody.
func (b *bank) to(n int) string {
	script := make([]byte, 22)
	script[1] = 20
	binary.LittleEndian.PutUint64(script[2:], uint64(n))
	address, ok := b.network.Address(script)
	if !ok {
		b.t.Fatal("no address")
	}
	return address
}

// owe makes a payout that brings so much to an address.
func (b *bank) owe(n money.Amount, address string) (id instruction.PayoutID) {
	b.t.Helper()
	by := instruction.Principal{Giver: instruction.ByCredential, Credential: 1, Addr: home}
	r, err := b.Do(&by, &instruction.Withdraw{Asset: ltc, Amount: n + b.terms.WithdrawFee, To: instruction.Destination{Chain: "LTC", Address: address}})
	if err != nil {
		b.t.Fatal(err)
	}
	var waits []instruction.MatterID // where the gate is not open
	b.look(func(s *core.State, _ *chain.Chain) { id, waits = s.LastPayout(), s.Matters(payer) })
	for _, m := range waits {
		by.Credential = 2
		b.must(by, &instruction.Answer{Matter: m, Yes: true})
	}
	b.look(func(s *core.State, _ *chain.Chain) {
		var ev instruction.Events
		if p := s.Payout(id); p == nil || p.State != instruction.PayoutClaimed {
			b.t.Fatalf("no payout: %v, %v", r.Verdict.Reason(), r.Refused(&ev))
		}
	})
	return id
}

func (b *bank) look(f func(*core.State, *chain.Chain)) {
	b.t.Helper()
	if err := b.Read(func(s *core.State) { f(s, s.Chain(ltc)) }); err != nil {
		b.t.Fatal(err)
	}
}

// free are the largest coins that a spend may take.
func (b *bank) free(n int) (coins []instruction.Outpoint) {
	b.t.Helper()
	b.look(func(_ *core.State, c *chain.Chain) {
		for _, x := range c.Free()[:n] {
			coins = append(coins, x.Coin)
		}
	})
	return coins
}

// plan plans a spend of coins.
func (b *bank) plan(coins []instruction.Outpoint, fee money.Amount, replaces instruction.SpendID, payouts ...instruction.PayoutID) (id instruction.SpendID) {
	b.t.Helper()
	b.wallet(&instruction.PlanSpend{Asset: ltc, Payouts: payouts, Inputs: coins, Fee: fee, Size: 20_000, Replaces: replaces})
	b.look(func(_ *core.State, c *chain.Chain) { id = c.LastSpend() })
	return id
}

// pay plans a spend that brings so much to somebody.
func (b *bank) pay(n money.Amount) instruction.SpendID {
	b.t.Helper()
	return b.plan(b.free(1), 1000, 0, b.owe(n, b.to(b.coins)))
}

// parts are what a spend comes to, reckoned apart from the signer.
func (b *bank) parts(id instruction.SpendID) (ins []coin.Input, outs []coin.Out) {
	b.t.Helper()
	b.look(func(s *core.State, c *chain.Chain) {
		x := c.Spend(id)
		for _, o := range x.Inputs {
			n := c.Coin(o)
			in := coin.Input{Coin: o, Value: int64(n.Amount), Change: n.Account == instruction.Fees, Index: uint32(n.Account)}
			if in.Change {
				in.Index = 0
			}
			ins = append(ins, in)
		}
		add := func(address string, n money.Amount) {
			script, err := b.network.Script(address)
			if err != nil {
				b.t.Fatal(err)
			}
			outs = append(outs, coin.Out{Script: script, Value: int64(n)})
		}
		for _, p := range x.Payouts {
			add(s.Payout(p).To.Address, s.Payout(p).Arrives())
		}
		if x.Change > 0 {
			add(b.terms.Hot, x.Change)
		}
	})
	return ins, outs
}

// cap is a cap with so much for a payout and for an hour.
func (b *bank) cap(payout, hour money.Amount) Cap {
	return Cap{Asset: "LTC", Network: b.network, Payout: payout, Hour: hour, FeeRate: 1e6}
}

func (b *bank) signer(caps ...Cap) *Signer {
	b.t.Helper()
	s, err := New(b.seed, caps, b.Read)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// signs wants a signature that nodes take, for the spend as it was planned.
func (b *bank) signs(s interface {
	Sign(context.Context, instruction.Asset, instruction.SpendID, uint64) ([]byte, instruction.TxID, error)
}, id instruction.SpendID) ([]byte, instruction.TxID) {
	b.t.Helper()
	raw, tx, err := s.Sign(b.t.Context(), ltc, id, b.last)
	if err != nil {
		b.t.Fatalf("spend %d: %v", id, err)
	}
	keys, err := b.seed.Account(b.network)
	if err != nil {
		b.t.Fatal(err)
	}
	ins, outs := b.parts(id)
	is, err := coin.Check(b.network, keys.Public(), ins, outs, raw)
	if err != nil || is != tx {
		b.t.Fatalf("spend %d: the transaction %v is called %v: %v", id, is, tx, err)
	}
	return raw, tx
}

// refuses wants a refusal that says so.
func refuses(t testing.TB, err error, says string) {
	t.Helper()
	if no, ok := err.(*Refused); !ok || !strings.Contains(no.Reason, says) {
		t.Fatalf("%v; want a refusal that says %q", err, says)
	}
}

func (b *bank) refuses(s *Signer, id instruction.SpendID, says string) {
	b.t.Helper()
	raw, _, err := s.Sign(b.t.Context(), ltc, id, b.last)
	if raw != nil {
		b.t.Fatalf("spend %d was signed; want a refusal that says %q", id, says)
	}
	refuses(b.t, err, says)
}
