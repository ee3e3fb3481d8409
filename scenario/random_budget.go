package scenario

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// valued is how a random venue counts worth: in USDT, by two markets that it relies on and one that is thin.
func valued() (list []instruction.Instruction) {
	list = []instruction.Instruction{
		&instruction.SetValuation{Asset: 2},
		&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}},
		&instruction.SetRoute{Asset: 3, Markets: []instruction.Market{4, 1}},
		&instruction.SetRoute{Asset: 4, Markets: []instruction.Market{3, 4, 1}},
		&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: money.MaxAmount,
			Bands: instruction.Bands{Range: 1000, Volume: 1, Cool: instruction.MinCool}}},
		&instruction.SetMarks{Market: 4, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: money.MaxAmount}},
		&instruction.SetMarks{Market: 5, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true}},
		&instruction.SetMarks{Market: 3, Marks: instruction.Marks{Tier: instruction.Thin}},
	}
	// Two masters and their sub-accounts lose what they like, so that the venue goes on trading; the others are bounded, and two
	// may lose next to nothing.
	for i := range instruction.Account(founders / 4) {
		list = append(list, &instruction.SetBudget{Account: 2 + i, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}},
			&instruction.SetBudget{Account: 2 + founders/4 + i, Budget: instruction.Budget{Loss: 1, Fees: money.Whole}})
	}
	return list
}

// worth is what operators, owners and the venue itself may say of worth and budgets.
func (r *Random) worth(s *core.State) (instruction.Principal, instruction.Instruction) {
	switch pick(r.rng, 4, 5, 15, 37, 20, 10, 14, 20) {
	case 0:
		return operator, &instruction.SetValuation{Asset: r.asset(s)}
	case 1:
		i := &instruction.SetRoute{Asset: r.asset(s)}
		for range r.rng.IntN(4) {
			i.Markets = append(i.Markets, r.market(s))
		}
		if i.Asset == 1 && r.one(2) {
			i.Markets = []instruction.Market{1}
		}
		return operator, i
	case 2:
		return operator, r.marks(s)
	case 3:
		i := &instruction.Refer{Market: 1, Dated: r.now - instruction.Time(r.rng.Int64N(int64(12*instruction.Second))), Price: money.Price(r.rng.Int64N(1e12))}
		if m := s.Market(1); m != nil && m.LastPrice > 100 {
			i.Price = m.LastPrice + money.Price(r.rng.Int64N(int64(m.LastPrice/50))) - m.LastPrice/100
		}
		if r.one(3) { // somewhere else, and far from what was traded, so that somebody gains by it
			i.Market = instruction.Market(4 + r.rng.IntN(2))
			if m := s.Market(i.Market); m != nil && m.LastPrice > 100 {
				i.Price = m.LastPrice/2 + money.Price(r.rng.Int64N(int64(m.LastPrice)))
			}
		}
		if r.one(10) {
			i.Market = r.market(s)
		}
		return instruction.Principal{Giver: instruction.ByVenue}, i
	case 4:
		return r.budget(s)
	case 5:
		by, a := r.owner(s)
		i := &instruction.ConfirmBudget{Account: a}
		if r.one(2) {
			i.Credential = r.keyOf(s, a)
		}
		return by, i
	case 7:
		return r.appeal(s)
	}
	by, a := r.owner(s)
	return by, &instruction.NameMarket{Account: s.Customer(a), Market: r.market(s), Off: r.one(4)}
}

// marks sets how a market's prices are taken, with bands so narrow at times that they break.
func (r *Random) marks(s *core.State) *instruction.SetMarks {
	i := &instruction.SetMarks{Market: r.market(s), Marks: instruction.Marks{
		Tier: instruction.MarkTier(r.rng.IntN(3)), Reference: r.one(2), Depth: money.Amount(r.rng.Int64N(1e17)),
	}}
	if i.Market == 1 && !r.one(4) {
		i.Marks.Tier, i.Marks.Reference, i.Marks.Depth = instruction.Liquid, true, money.MaxAmount
	}
	b := &i.Marks.Bands
	if r.one(3) {
		b.Collar = money.PPM(r.rng.IntN(200_000))
	}
	if !r.one(4) {
		b.Range, b.Volume, b.Cool = money.PPM(1+r.rng.IntN(1000)), 1, instruction.MinCool
	}
	return i
}

// budget sets what somebody may lose: by the operator, or by the account's owner.
func (r *Random) budget(s *core.State) (instruction.Principal, instruction.Instruction) {
	by, a := r.owner(s)
	if r.one(2) {
		by, a = operator, instruction.Account(r.number(int(s.Accounts())))
	}
	i := &instruction.SetBudget{Account: a, Budget: instruction.Budget{
		Loss: money.PPM(r.rng.IntN(60_000)), Fees: money.PPM(r.rng.IntN(60_000)),
	}}
	if r.one(2) { // next to nothing, so that stops are capped
		i.Budget.Loss = money.PPM(r.rng.IntN(10))
	}
	if r.one(2) {
		i.Credential = r.keyOf(s, a)
	}
	if a > 1 && a <= founders/4+1 { // who trades on
		i.Budget = instruction.Budget{Loss: money.Whole, Fees: money.Whole}
	}
	return by, i
}

// owner is an owner's key and an account of its customer; no key, where there is none.
func (r *Random) owner(s *core.State) (instruction.Principal, instruction.Account) {
	p := instruction.Principal{Giver: instruction.ByCredential, Addr: r.addr(), Client: r.rng.Uint64()}
	first := r.rng.IntN(max(int(s.Keys()), 1))
	for n := range int(s.Keys()) {
		c := instruction.Credential(1 + (first+n)%int(s.Keys()))
		if k := s.Key(c); k.Owner() && k.Revoked == 0 && k.Quarantine == 0 && !k.Listed() {
			p.Credential = c
			all := append([]instruction.Account{s.Customer(k.Account)}, s.SubAccounts(s.Customer(k.Account))...)
			return p, all[r.rng.IntN(len(all))]
		}
	}
	return p, instruction.Account(r.number(int(s.Accounts())))
}

// keyOf is a key of an account; any, where it has none near.
func (r *Random) keyOf(s *core.State, a instruction.Account) instruction.Credential {
	c := instruction.Credential(r.number(int(s.Keys())))
	for n := range min(int(s.Keys()), 100) {
		if x := instruction.Credential(1 + (int(c)+n)%int(s.Keys())); s.Key(x).Account == a {
			return x
		}
	}
	return c
}
