package scenario

import (
	"slices"
	"strconv"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// afloat is the asset of a random venue that moves on a chain.
const afloat = instruction.Asset(5)

var wallet = instruction.Principal{Giver: instruction.ByWallet}

// launched is that asset, of which nobody has anything before it comes in by the chain.
func launched() []instruction.Instruction {
	return []instruction.Instruction{&instruction.AddAsset{Symbol: "LTC", Scale: 8}, &instruction.SetChain{Asset: afloat, Terms: tides}}
}

var tides = instruction.ChainTerms{
	Network: "demo", Genesis: instruction.BlockHash{1}, Account: "tpub", Hot: "hot", Start: 1, CreditDepth: 2, SettleDepth: 3,
	MinDeposit: 1000, MinWithdraw: 1200, WithdrawFee: 100, MaxFeeRate: 10_000,
}

// chains is what a wallet says: mostly what can be, in no good order, and at times what cannot.
func (r *Random) chains(s *core.State) (instruction.Principal, instruction.Instruction) {
	c := s.Chain(afloat)
	if c == nil || r.one(60) {
		t := tides
		t.CreditDepth, t.SettleDepth = uint16(1+r.rng.IntN(3)), uint16(1+r.rng.IntN(4)) // #nosec G115 -- at most 4
		return operator, &instruction.SetChain{Asset: afloat, Terms: t}
	}
	for _, d := range s.Drops() { // what the venue shut itself is opened again, or little else would be
		if d.Scope.Asset == afloat && s.Shortage(afloat) <= 0 && r.one(2) {
			return operator, &instruction.Raise{Drop: d.ID, Share: 100}
		}
	}
	switch pick(r.rng, 32, 5, 24, 12, 8, 3, 5, 20) {
	case 1:
		return wallet, r.ebb(c)
	case 2:
		return wallet, r.plan(s, c)
	case 3:
		return wallet, r.signature(c)
	case 4:
		i := &instruction.SeeSpends{Asset: r.float()}
		for _, x := range c.Spends() {
			if r.one(3) && len(i.Spends) < instruction.MaxPaid {
				i.Spends = append(i.Spends, x.ID)
			}
		}
		return wallet, i
	case 5:
		i := &instruction.IssueAddress{Asset: r.float(), Account: instruction.Account(r.number(int(s.Accounts())))}
		i.Address = "own" + strconv.Itoa(int(i.Account))
		return wallet, i
	case 6:
		i := &instruction.StopPayout{}
		for _, x := range c.Spends() {
			if len(x.Payouts) > 0 && r.one(3) {
				i.Payout = x.Payouts[r.rng.IntN(len(x.Payouts))]
			}
		}
		if list := s.Payable(afloat); i.Payout == 0 && len(list) > 0 && r.one(4) {
			i.Payout = list[0].ID
		}
		return operator, i
	case 7:
		return r.owes(s)
	}
	return wallet, r.flow(s, c)
}

// owes has somebody get to be owed some of it: a gift code that an owner issues, and that is brought for an address outside.
func (r *Random) owes(s *core.State) (instruction.Principal, instruction.Instruction) {
	for id := s.LastCode(); id > 0 && id+100 > s.LastCode() && !r.one(20); id-- {
		if c := s.CodeNumbered(id); c != nil && c.State == instruction.LiveCode && c.Batch.Asset == afloat {
			to := instruction.Destination{Chain: "LTC", Address: [...]string{"a", "b", "hot"}[pick(r.rng, 10, 10, 1)]}
			return instruction.Principal{Giver: instruction.ByBearer, Addr: r.public()}, &instruction.ClaimCode{Hash: c.Hash, To: to}
		}
	}
	rich := instruction.Account(2)
	for a := range instruction.Account(founders) {
		if s.Balance(a+2, afloat).Free > s.Balance(rich, afloat).Free && !r.one(3) {
			rich = a + 2
		}
	}
	owner := instruction.Credential(0)
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		if k := s.Key(c); k.Owner() && k.Revoked == 0 && k.Quarantine == 0 && !k.Listed() && s.Customer(k.Account) == s.Customer(rich) {
			owner = c
		}
	}
	if owner == 0 || r.one(100) {
		k := &instruction.CreateKey{
			Account: s.Customer(rich), Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
		}
		h := r.hash()
		copy(k.ID[:], h[:8])
		return operator, k
	}
	i := &instruction.IssueCodes{Account: rich, Asset: afloat, Amount: 1200 + money.Amount(r.rng.Int64N(50_000)), Expires: r.now + instruction.Day}
	for range 1 + r.rng.IntN(8) {
		h := r.hash()
		i.Codes = append(i.Codes, instruction.NewCode{Hash: instruction.CodeHash(h)})
	}
	return instruction.Principal{Giver: instruction.ByCredential, Credential: owner, Addr: r.addr()}, i
}

// float is the asset that moves on a chain, but for once in a while.
func (r *Random) float() instruction.Asset {
	if r.one(40) {
		return instruction.Asset(r.rng.IntN(7)) // #nosec G115 -- at most 6
	}
	return afloat
}

func (r *Random) hash() (h instruction.BlockHash) {
	for i := range h[:8] {
		h[i] = byte(r.rng.Uint32())
	}
	return h
}

// flow is the next block, or a part of it: deposits, among them what a reorg took, spends that can be mined, and seldom a transaction
// that nobody has on record.
func (r *Random) flow(s *core.State, c *chain.Chain) *instruction.Advance {
	tip, part, _ := c.Tip()
	i := &instruction.Advance{Asset: r.float(), Height: tip.Height + 1, Hash: r.hash(), Prev: tip.Hash, Whole: !r.one(8)}
	switch {
	case part:
		i.Height, i.Hash, i.Whole = tip.Height, tip.Hash, !r.one(3)
	case r.one(15):
		i.Height += uint32(r.rng.IntN(120)) // #nosec G115 -- as it says
	}
	for range r.rng.IntN(3) {
		i.Received = append(i.Received, instruction.Received{
			Coin:   instruction.Outpoint{Tx: instruction.TxID(r.hash()), Index: uint32(r.rng.IntN(3))}, // #nosec G115 -- as it says
			Amount: 500 + money.Amount(r.rng.Int64N(1<<(8+r.rng.IntN(25)))), Account: instruction.Account(r.number(founders)),
		})
	}
	if missing := s.Shortage(afloat); missing > 0 && r.one(2) { // somebody pays in what was credited by hand
		i.Received = append(i.Received, instruction.Received{
			Coin: instruction.Outpoint{Tx: instruction.TxID(r.hash())}, Amount: min(missing+1000, money.MaxAmount), Account: instruction.Fees,
		})
	}
	there := func(o instruction.Outpoint) bool {
		x := c.Coin(o)
		return x != nil && x.Height != 0 && x.TakenAt == 0 && !slices.ContainsFunc(i.Spent, func(e instruction.Spent) bool { return e.Coin == o }) ||
			slices.ContainsFunc(i.Received, func(e instruction.Received) bool { return e.Coin == o })
	}
	for _, x := range c.Spends() {
		for _, o := range x.Inputs {
			if y := c.Coin(o); y != nil && y.Height == 0 && !y.Change && !y.Void && r.one(4) && !there(o) && len(i.Received) < 400 { // it comes back
				i.Received = append(i.Received, instruction.Received{Coin: o, Amount: y.Amount, Account: y.Account})
			}
		}
		if x.Signed() && r.one(3) && len(i.Spent) < 200 && !slices.ContainsFunc(x.Inputs, func(o instruction.Outpoint) bool { return !there(o) }) {
			r.mine(i, x)
		}
	}
	if list := c.Spends(); len(list) > 0 && r.one(60) {
		if o := list[r.rng.IntN(len(list))].Anchor(); there(o) {
			i.Spent = append(i.Spent, instruction.Spent{Coin: o, By: instruction.TxID(r.hash())})
		}
	}
	return i
}

// mine puts a spend into a block.
func (r *Random) mine(i *instruction.Advance, x *chain.Spend) {
	for _, o := range x.Inputs {
		i.Spent = append(i.Spent, instruction.Spent{Coin: o, By: x.Tx})
	}
	if x.Change > 0 {
		rest := instruction.Outpoint{Tx: x.Tx, Index: uint32(len(x.Payouts))} // #nosec G115 -- MaxPaid at most
		i.Received = append(i.Received, instruction.Received{Coin: rest, Amount: x.Change, Account: instruction.Fees})
	}
}

// ebb is a reorg, mostly of few blocks.
func (r *Random) ebb(c *chain.Chain) *instruction.Rewind {
	i := &instruction.Rewind{Asset: r.float()}
	if all := c.Blocks(); len(all) > 1 {
		b := all[max(0, len(all)-2-r.rng.IntN(4))]
		if r.one(8) {
			b = all[r.rng.IntN(len(all))]
		}
		i.Height, i.Hash = b.Height, b.Hash
	}
	return i
}

// plan is a spend for some of what is owed, or another one in a spend's stead, or one of coins alone.
func (r *Random) plan(s *core.State, c *chain.Chain) *instruction.PlanSpend {
	i := &instruction.PlanSpend{Asset: r.float(), Size: 200, Fee: money.Amount(r.rng.IntN(1500))}
	var need, sum money.Amount
	list := s.Payable(afloat)
	free := c.Free()
	if all := c.Spends(); len(all) > 0 && r.one(3) {
		x := all[len(all)-1-r.rng.IntN(min(len(all), 8))]
		i.Replaces = x.ID
		for n, o := range x.Inputs {
			if n == 0 || !r.one(4) {
				i.Inputs = append(i.Inputs, o)
				sum += c.Coin(o).Amount
			}
		}
		for _, id := range x.Payouts {
			if p := s.Payout(id); p != nil && !p.Stopping && !r.one(5) {
				i.Payouts = append(i.Payouts, id)
				need += p.Arrives()
			}
		}
	}
	for _, p := range list[:min(len(list), r.rng.IntN(4))] {
		i.Payouts = append(i.Payouts, p.ID)
		need += p.Arrives()
	}
	for n := r.rng.IntN(4); n < len(free) && len(i.Inputs) < 20 && (len(i.Inputs) == 0 || sum < need+i.Fee); n++ {
		i.Inputs = append(i.Inputs, free[n].Coin)
		sum += free[n].Amount
	}
	if left := sum - need - i.Fee; left > 0 && left < c.Terms.MinDeposit && r.one(2) {
		i.Fee += left // else it would be dust
	}
	return i
}

// signature is the transaction of a spend that has none, mostly.
func (r *Random) signature(c *chain.Chain) *instruction.SignSpend {
	i := &instruction.SignSpend{Asset: r.float(), Tx: instruction.TxID(r.hash()), Raw: make([]byte, 1+r.rng.IntN(300))}
	for _, x := range c.Spends() {
		if i.Spend == 0 || !x.Signed() && r.one(2) || r.one(20) {
			i.Spend = x.ID
		}
		if a := c.Coin(x.Anchor()); !x.Signed() && a.TakenAt != 0 && c.Of(a.Taker) == nil && r.one(2) { // its record was lost
			i.Spend, i.Tx = x.ID, a.Taker
			break
		}
	}
	return i
}
