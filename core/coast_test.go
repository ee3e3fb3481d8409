package core

import (
	"testing"

	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// coast is a treasury with a coin on a chain, LTC, of which nobody has anything yet. Account 2 may withdraw it to far and to off by
// payKey, and account 3 by othersKey.
type coast struct {
	*venue
	n    uint32 // transactions that were named
	fork byte
}

const (
	ltc = instruction.Asset(3)
	hot = "ltc1qhot"
)

var (
	far = instruction.Destination{Chain: "LTC", Address: "ltc1qfar"}
	off = instruction.Destination{Chain: "LTC", Address: "ltc1qoff"}
	// wet is where spends of the demo network's terms leave and arrive.
	wet = instruction.ChainTerms{
		Network: "demo", Genesis: instruction.BlockHash{1}, Account: "tpub", Hot: hot, Start: 1, CreditDepth: 2, SettleDepth: 3,
		MinDeposit: 1000, MinWithdraw: 5000, WithdrawFee: 300, MaxFeeRate: 10_000,
	}
	byWallet = instruction.Principal{Giver: instruction.ByWallet}
)

func newCoast(t testing.TB) *coast {
	c := &coast{venue: treasury(t)}
	c.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
	c.operator(&instruction.SetChain{Asset: ltc, Terms: wet})
	for _, to := range []instruction.Destination{far, off} {
		c.want(c.key(ownKey, &instruction.AddAddress{Account: 2, Asset: ltc, To: to, Label: "far"}), 0)
		c.want(c.key(othersOwn, &instruction.AddAddress{Account: 3, Asset: ltc, To: to, Label: "far"}), 0)
	}
	c.pass(instruction.Day)
	c.wallet(&instruction.IssueAddress{Asset: ltc, Account: 2, Address: "ltc1qtwo"})
	c.wallet(&instruction.IssueAddress{Asset: ltc, Account: 3, Address: "ltc1qthree"})
	return c
}

// wallet has the wallet give what must be taken.
func (c *coast) wallet(in instruction.Instruction) instruction.Record {
	c.t.Helper()
	r := c.step(byWallet, in)
	c.want(r, 0)
	return r
}

// tries has the wallet give what must be refused for that reason.
func (c *coast) tries(in instruction.Instruction, why instruction.Reason) {
	c.t.Helper()
	c.want(c.step(byWallet, in), why)
}

func (c *coast) chain() *chain.Chain { return c.s.Chain(ltc) }

func (c *coast) tx() (id instruction.TxID) {
	c.n++
	return instruction.TxID{byte(c.n), byte(c.n >> 8), byte(c.n >> 16), 7}
}

// coin is a new coin for an account.
func (c *coast) coin(a instruction.Account, n money.Amount) instruction.Received {
	return instruction.Received{Coin: instruction.Outpoint{Tx: c.tx(), Index: c.n % 4}, Amount: n, Account: a}
}

func (c *coast) hash(height uint32) instruction.BlockHash {
	return instruction.BlockHash{byte(height), byte(height >> 8), byte(height >> 16), c.fork, 1}
}

func (c *coast) tip() uint32 {
	b, _, _ := c.chain().Tip()
	return b.Height
}

// advance is the next block with these moves.
func (c *coast) advance(moves ...any) *instruction.Advance {
	b, _, _ := c.chain().Tip()
	in := &instruction.Advance{Asset: ltc, Height: b.Height + 1, Hash: c.hash(b.Height + 1), Prev: b.Hash, Whole: true}
	for _, m := range moves {
		switch m := m.(type) {
		case instruction.Received:
			in.Received = append(in.Received, m)
		case instruction.Spent:
			in.Spent = append(in.Spent, m)
		}
	}
	return in
}

func (c *coast) block(moves ...any) instruction.Record {
	c.t.Helper()
	return c.wallet(c.advance(moves...))
}

func (c *coast) blocks(n int) {
	c.t.Helper()
	for range n {
		c.block()
	}
}

// back goes back so many blocks; what comes then are other ones.
func (c *coast) back(n int) instruction.Record {
	c.t.Helper()
	all := c.chain().Blocks()
	b := all[len(all)-1-n]
	c.fork++
	return c.wallet(&instruction.Rewind{Asset: ltc, Height: b.Height, Hash: b.Hash})
}

// rich has each of the accounts 2 and 3 get a deposit, and the venue a float, all of them credited: coins of 50,000, 40,000 and 30,000.
func (c *coast) rich() (two, three, float instruction.Outpoint) {
	c.t.Helper()
	x, y, z := c.coin(2, 50_000), c.coin(3, 40_000), c.coin(instruction.Fees, 30_000)
	c.block()
	c.block(x, y, z)
	c.blocks(2)
	return x.Coin, y.Coin, z.Coin
}

// owe has account 2 withdraw so much, and is the payout.
func (c *coast) owe(n money.Amount) instruction.PayoutID {
	c.t.Helper()
	c.want(c.key(payKey, &instruction.Withdraw{Asset: ltc, Amount: n, To: far}), 0)
	return c.s.LastPayout()
}

// pays is a plan for one payout out of some coins, with a fee of 200.
func (c *coast) pays(id instruction.PayoutID, coins ...instruction.Outpoint) *instruction.PlanSpend {
	in := &instruction.PlanSpend{Asset: ltc, Inputs: coins, Fee: 200, Size: 150}
	if id != 0 {
		in.Payouts = []instruction.PayoutID{id}
	}
	return in
}

// plan plans, and sign signs, the next spend.
func (c *coast) plan(in *instruction.PlanSpend) instruction.SpendID {
	c.t.Helper()
	c.wallet(in)
	return c.chain().LastSpend()
}

func (c *coast) sign(id instruction.SpendID) {
	c.t.Helper()
	c.wallet(&instruction.SignSpend{Asset: ltc, Spend: id, Tx: c.tx(), Raw: []byte{1}})
}

func (c *coast) see(id instruction.SpendID) instruction.Record {
	c.t.Helper()
	return c.wallet(&instruction.SeeSpends{Asset: ltc, Spends: []instruction.SpendID{id}})
}

// takes is what a block tells of a spend.
func (c *coast) takes(id instruction.SpendID) (moves []any) {
	s := c.chain().Spend(id)
	for _, o := range s.Inputs {
		moves = append(moves, instruction.Spent{Coin: o, By: s.Tx})
	}
	if s.Change > 0 {
		moves = append(moves, instruction.Received{Coin: instruction.Outpoint{Tx: s.Tx, Index: uint32(len(s.Payouts))}, Amount: s.Change, Account: instruction.Fees})
	}
	return moves
}

// has says what an account has.
func (c *coast) has(a instruction.Account, free, held money.Amount) {
	c.t.Helper()
	if b := c.s.Balance(a, ltc); b.Free != free || b.Held != held {
		c.t.Errorf("account %d has %d free and %d held, want %d and %d", a, b.Free, b.Held, free, held)
	}
}

// stands says how a payout stands; 0 for over.
func (c *coast) stands(id instruction.PayoutID, want instruction.PayoutState) {
	c.t.Helper()
	got := instruction.PayoutState(0)
	if p := c.s.Payout(id); p != nil {
		got = p.State
	}
	if got != want {
		c.t.Errorf("payout %d is %v, want %v", id, got, want)
	}
}

// covered says that the chain has what the ledger owes, and so much besides.
func (c *coast) covered(more money.Amount) {
	c.t.Helper()
	if got := -c.s.Shortage(ltc); got != more {
		c.t.Errorf("the chain has %d more than is owed, want %d", got, more)
	}
}
