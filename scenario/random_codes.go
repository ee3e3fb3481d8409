package scenario

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
)

// codes is what concerns gift codes: issued by keys and owners, claimed into accounts and by whoever brings them, taken back, and paid.
func (r *Random) codes(s *core.State) (instruction.Principal, instruction.Instruction) {
	switch pick(r.rng, 25, 50, 15, 10) {
	case 1:
		i := &instruction.ClaimCode{Hash: r.code(s, instruction.LiveCode).Hash}
		if r.one(20) {
			i.Hash[0]++
		}
		if r.one(2) {
			return r.credential(s), i
		}
		i.To = instruction.Destination{Chain: "BTC", Address: [...]string{"a", "b"}[r.rng.IntN(2)]}
		return instruction.Principal{Giver: instruction.ByBearer, Addr: r.public()}, i
	case 2:
		c := r.code(s, instruction.LiveCode)
		return r.keeper(s, c.Account, instruction.MayWithdraw|instruction.MayOwn), &instruction.ReturnCode{ID: c.ID}
	case 3:
		i := &instruction.Settle{Payout: r.code(s, instruction.ClaimedCode).Payout}
		if i.Payout != 0 && r.one(3) {
			return operator, &instruction.StopPayout{Payout: i.Payout}
		}
		return instruction.Principal{Giver: instruction.ByVenue}, i
	}
	account := instruction.Account(1 + r.number(founders))
	i := &instruction.IssueCodes{
		Account: account, Asset: r.asset(s), Amount: 1 + money.Amount(r.rng.Int64N(1<<(10+r.rng.IntN(40)))),
		Expires: r.now + instruction.MinCodeLife + instruction.Time(r.rng.Int64N(int64(600*instruction.Second))) - 30*instruction.Second, Client: r.clientID(),
	}
	for range 1 + r.rng.IntN(3) {
		n := instruction.NewCode{Message: make([]byte, r.rng.IntN(40))}
		for i := range n.Hash {
			n.Hash[i] = byte(r.rng.Uint32())
		}
		i.Codes = append(i.Codes, n)
	}
	if r.one(20) {
		i.Codes[0].Hash = r.code(s, instruction.LiveCode).Hash
	}
	return r.keeper(s, account, instruction.MayOwn), i
}

// code is one of the gift codes that are known, mostly one that stands so.
func (r *Random) code(s *core.State, state instruction.CodeState) payout.Code {
	n := uint64(s.LastCode())
	for range 30 {
		if n == 0 {
			break
		}
		c := s.CodeNumbered(instruction.CodeID(1 + n - min(n, 1+r.rng.Uint64N(60))))
		if c != nil && (c.State == state || r.one(20)) {
			return *c
		}
	}
	return payout.Code{Batch: &payout.Batch{Account: 2}}
}

// keeper is a key with one of the rights over an account, mostly: the account's own, or another one of its customer's.
func (r *Random) keeper(s *core.State, a instruction.Account, rights instruction.Rights) instruction.Principal {
	p := r.credential(s)
	for range 60 {
		c := instruction.Credential(1 + r.rng.IntN(max(int(s.Keys()), 1)))
		k := s.Key(c)
		if k == nil || k.Revoked != 0 || k.Quarantine != 0 || k.Rights()&rights == 0 || s.Customer(k.Account) != s.Customer(a) {
			continue
		}
		p = instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: r.addr()}
		break
	}
	return p
}
