package chain

import (
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// story has a chain and its model go through the same.
type story struct {
	line
	m    *model
	rng  *rand.Rand
	dead []*modelSpend // signed, and over: their bytes may be anywhere
	fork byte
	all  *tally
}

func newStory(t *testing.T, seed uint64, all *tally) *story {
	rng := rand.New(rand.NewPCG(seed, 11))
	l := newLine(t, func(x *instruction.ChainTerms) {
		x.CreditDepth, x.SettleDepth = uint16(1+rng.IntN(3)), uint16(1+rng.IntN(4))
	})
	return &story{
		line: *l, rng: rng, all: all,
		m: &model{terms: &l.c.Terms, coins: map[instruction.Outpoint]*modelCoin{}, debts: map[instruction.Account]money.Amount{}},
	}
}

// act does one thing by chance. What it does must be refused by neither or by both.
func (s *story) act() {
	s.m.terms = &s.c.Terms // of what was read back
	switch k := s.rng.IntN(100); {
	case k < 28:
		s.advance()
	case k < 34:
		s.back()
	case k < 45:
		s.credits()
	case k < 60:
		s.plans(0)
	case k < 70:
		s.replaces()
	case k < 82:
		s.signs()
	case k < 90:
		s.sees()
	default:
		s.ends()
	}
}

func (s *story) fold(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// advance adds a block, or parts of one: deposits, spends whose coins are there, strangers, and what is over but was signed.
func (s *story) advance() {
	tip, part, ok := s.c.Tip()
	in := instruction.Advance{Height: tip.Height + 1, Prev: tip.Hash, Whole: s.rng.IntN(5) > 0}
	if !ok || s.rng.IntN(6) == 0 {
		in.Height += uint32(s.rng.IntN(70))
	}
	if in.Hash = hashOf(in.Height, s.fork); part {
		in.Height, in.Hash, in.Whole = tip.Height, tip.Hash, s.rng.IntN(2) == 0
	}
	for range s.rng.IntN(3) {
		in.Received = append(in.Received, s.gets(instruction.Account(1+s.rng.IntN(4)), money.Amount(100+s.rng.IntN(900))))
	}
	for o := range s.known() {
		if x := s.m.coins[o]; s.rng.IntN(4) == 0 { // it comes again, or for the first time
			if came, _, _ := s.m.where(o); came == 0 && !x.loose && !x.void {
				in.Received = append(in.Received, x.Received)
			}
		}
	}
	for _, x := range s.m.spends {
		if !x.tx.IsZero() && s.rng.IntN(3) == 0 {
			s.mine(&in, x)
		}
	}
	for _, x := range s.dead {
		if s.rng.IntN(6) == 0 {
			s.mine(&in, x)
		}
	}
	for o := range s.known() {
		if s.rng.IntN(60) == 0 && s.there(&in, o) {
			in.Spent = append(in.Spent, instruction.Spent{Coin: o, By: s.tx()})
		}
	}
	if !s.c.Follows(&in) || !s.c.Fits(&in) {
		s.t.Fatalf("a block does not fit: %+v", in)
	}
	before := len(s.c.Spends())
	e := &instruction.BlockAdded{Height: in.Height, Hash: in.Hash, Received: in.Received, Spent: in.Spent, Whole: in.Whole}
	s.fold(s.c.Add(e))
	s.m.add(e)
	s.all.blocks++
	s.all.buried += before - len(s.c.Spends())
	if part {
		s.all.parts++
	}
}

// known goes through the model's coins by name.
func (s *story) known() func(func(instruction.Outpoint) bool) {
	var names []instruction.Outpoint
	for o := range s.m.coins {
		names = append(names, o)
	}
	slices.SortFunc(names, func(x, y instruction.Outpoint) int { return x.Compare(&y) })
	return slices.Values(names)
}

// there says that a coin is in a block and not taken, with the block that is to come.
func (s *story) there(in *instruction.Advance, o instruction.Outpoint) bool {
	came, went, _ := s.m.where(o)
	if slices.ContainsFunc(in.Spent, func(x instruction.Spent) bool { return x.Coin == o }) {
		return false
	}
	return came != 0 && went == 0 || came == 0 && slices.ContainsFunc(in.Received, func(x instruction.Received) bool { return x.Coin == o })
}

// mine has the block take a spend's coins, where they are all there; now and then it is told of only a part of that.
func (s *story) mine(in *instruction.Advance, x *modelSpend) {
	if slices.ContainsFunc(x.Inputs, func(o instruction.Outpoint) bool { return !s.there(in, o) }) {
		return
	}
	for i, o := range x.Inputs {
		if i == 0 || s.rng.IntN(30) > 0 {
			in.Spent = append(in.Spent, instruction.Spent{Coin: o, By: x.tx})
		}
	}
	if came, _, _ := s.m.where(x.rest()); came == 0 && x.Change > 0 && s.rng.IntN(30) > 0 {
		in.Received = append(in.Received, instruction.Received{Coin: x.rest(), Amount: x.Change, Account: hot})
	}
}

func (s *story) back() {
	all := s.c.Blocks()
	if len(all) < 2 {
		return
	}
	b := all[max(0, len(all)-2-s.rng.IntN(4))]
	if s.rng.IntN(6) == 0 {
		b = all[s.rng.IntN(len(all)-1)]
	}
	s.fold(s.c.Rewind(&instruction.Rewound{Height: b.Height, Hash: b.Hash}))
	s.m.rewind(b.Height)
	s.fork++
	s.all.rewinds++
}

// credits credits what is ripe, and takes back what is lost, as far as it gets.
func (s *story) credits() {
	for x := s.c.Ripe(); x != nil && s.rng.IntN(8) > 0; x = s.c.Ripe() {
		owed := min(s.m.debts[x.Account], x.Amount)
		s.fold(s.c.Credit(&instruction.DepositCredited{Coin: x.Coin, Account: x.Account, Amount: x.Amount, Owed: owed}, x.Account))
		s.m.coins[x.Coin].credited = true
		s.owe(x.Account, -owed)
		s.all.credited++
	}
	for x := s.c.Lost(); x != nil && s.rng.IntN(8) > 0; x = s.c.Lost() {
		taken := money.Amount(s.rng.Int64N(int64(x.Amount) + 1))
		s.fold(s.c.Undo(&instruction.DepositUndone{Coin: x.Coin, Account: x.Account, Taken: taken, Owed: x.Amount - taken}, x.Account))
		s.m.coins[x.Coin].credited = false
		s.owe(x.Account, x.Amount-taken)
		s.all.undone++
	}
}

func (s *story) owe(a instruction.Account, n money.Amount) {
	if s.m.debts[a] += n; s.m.debts[a] == 0 {
		delete(s.m.debts, a)
	}
}

// plans plans a spend of some coins, be they free or not.
func (s *story) plans(replaces instruction.SpendID, first ...instruction.Outpoint) {
	coins := first
	for _, x := range s.c.Free() {
		if len(coins) == 0 || s.rng.IntN(4) == 0 && len(coins) < 4 {
			coins = append(coins, x.Coin)
		}
	}
	for o := range s.known() {
		if s.rng.IntN(50) == 0 && !slices.Contains(coins, o) {
			coins = append(coins, o)
		}
	}
	if len(coins) == 0 {
		return
	}
	sum := money.Amount(0)
	for _, o := range coins {
		sum += s.m.coins[o].Amount
	}
	paid, fee := sum*money.Amount(s.rng.IntN(4))/4, money.Amount(s.rng.IntN(20))
	if s.rng.IntN(4) == 0 {
		paid = sum - fee
	}
	e := &instruction.SpendPlanned{ID: s.c.LastSpend() + 1, Inputs: coins, Fee: fee, Size: 100, Change: sum - paid - fee, Replaces: replaces}
	if paid > 0 {
		e.Payouts = []instruction.PayoutID{instruction.PayoutID(e.ID)}
	}
	may := e.Change >= 0 && paid >= 0 && s.may(e)
	if err := s.c.Plan(e, paid); (err == nil) != may {
		s.t.Fatalf("spend %+v may be planned: %v, and %v", e, may, err)
	}
	if !may {
		return
	}
	s.m.unsee(s.m.family(e.Inputs[0]))
	s.m.spends = append(s.m.spends, &modelSpend{SpendPlanned: *e, paid: paid})
	switch s.all.planned++; {
	case replaces != 0:
		s.all.replaced++
	case slices.ContainsFunc(coins, func(o instruction.Outpoint) bool { return s.m.coins[o].loose }):
		s.all.children++
	}
}

// may says that the model lets a spend be planned.
func (s *story) may(e *instruction.SpendPlanned) bool {
	free := s.m.picture().free
	for _, o := range e.Inputs {
		x := s.m.coins[o]
		_, went, _ := s.m.where(o)
		by, of := s.m.taker(o), s.m.of(o.Tx)
		if of != nil && e.Replaces != 0 && of.Inputs[0] == e.Inputs[0] {
			return false
		}
		if mine := by != nil && e.Replaces != 0 && by.Inputs[0] == e.Inputs[0]; !slices.Contains(free, o) && !(mine && went == 0 && !x.void) {
			return false
		}
	}
	if e.Replaces == 0 {
		return true
	}
	r := s.m.spend(e.Replaces)
	if r == nil || r.Inputs[0] != e.Inputs[0] || r.settled || len(s.m.family(r.Inputs[0])) >= MaxFamily {
		return false
	}
	return !slices.ContainsFunc(s.m.family(r.Inputs[0]), func(f *modelSpend) bool { return !f.tx.IsZero() && s.m.taker(f.rest()) != nil })
}

// replaces plans another of a family.
func (s *story) replaces() {
	if len(s.m.spends) == 0 {
		return
	}
	x := s.m.spends[len(s.m.spends)-1-s.rng.IntN(min(4, len(s.m.spends)))]
	coins := slices.Clone(x.Inputs)
	if len(coins) > 1 && s.rng.IntN(2) == 0 {
		coins = coins[:len(coins)-1]
	}
	if s.rng.IntN(20) == 0 {
		coins = coins[1:]
	}
	s.plans(x.ID, coins...)
}

// signs signs something, seldom with a transaction that a block has already.
func (s *story) signs() {
	for _, x := range slices.Clone(s.m.spends) {
		if !x.tx.IsZero() || s.rng.IntN(2) == 0 {
			continue
		}
		id := s.tx()
		if _, went, by := s.m.where(x.Inputs[0]); went != 0 && s.m.of(by) == nil && !s.old(by) && s.rng.IntN(2) == 0 {
			id = by
		} else if s.rng.IntN(12) == 0 {
			s.early(x, id)
		}
		rest := s.m.coins[instruction.Outpoint{Tx: id, Index: uint32(len(x.Payouts))}]
		may := rest == nil || x.Change == 0 || rest.Amount == x.Change && rest.Account == hot
		if err := s.c.Sign(&instruction.SpendSigned{Spend: x.ID, Tx: id, Raw: []byte{1, 2}}); (err == nil) != may {
			s.t.Fatalf("spend %d may be signed: %v, and %v", x.ID, may, err)
		} else if !may {
			continue
		}
		s.m.sign(x, id)
		if s.m.mined(x) != 0 {
			s.all.late++
		}
	}
}

// old says that a transaction is one of a spend that is over.
func (s *story) old(id instruction.TxID) bool {
	return slices.ContainsFunc(s.dead, func(x *modelSpend) bool { return x.tx == id })
}

// early has a block take a spend's coins before its signature is on record.
func (s *story) early(x *modelSpend, id instruction.TxID) {
	tip, part, ok := s.c.Tip()
	if !ok || part {
		return
	}
	e := &instruction.BlockAdded{Height: tip.Height + 1, Hash: hashOf(tip.Height+1, s.fork), Whole: true}
	in := &instruction.Advance{}
	s.mine(in, &modelSpend{SpendPlanned: x.SpendPlanned, tx: id})
	e.Received, e.Spent = in.Received, in.Spent
	s.fold(s.c.Add(e))
	s.m.add(e)
	s.credits()
}

func (s *story) sees() {
	for _, x := range s.m.spends {
		got := s.c.Spend(x.ID)
		if got == nil || !got.Signed() || got.Seen || got.Settled || s.rng.IntN(2) == 0 {
			continue
		}
		s.fold(s.c.See(&instruction.SpendSeen{Spend: x.ID}))
		s.m.see(x)
		s.all.seen++
	}
}

// ends settles what is deep, and ends what is robbed, as far as it gets.
func (s *story) ends() {
	for x := s.c.Deep(); x != nil && s.rng.IntN(6) > 0; x = s.c.Deep() {
		w := s.m.spend(x.ID)
		s.fold(s.c.Settle(&instruction.SpendSettled{Spend: x.ID, Height: x.Height}))
		w.settled = true
		s.over(w.Inputs[0], w)
		s.all.settled++
	}
	for x, by := s.c.Robbed(); x != nil && s.rng.IntN(6) > 0; x, by = s.c.Robbed() {
		anchor, settled := x.Anchor(), x.Settled
		s.fold(s.c.Die(&instruction.SpendDied{Spend: x.ID, By: by}))
		s.over(anchor, nil)
		s.all.died++
		if by.IsZero() {
			s.all.orphans++
		}
		if settled {
			s.all.after++
		}
	}
}

func (s *story) over(anchor instruction.Outpoint, stays *modelSpend) {
	list := slices.DeleteFunc(s.m.family(anchor), func(x *modelSpend) bool { return x == stays })
	for _, x := range list {
		if !x.tx.IsZero() {
			s.dead = append(s.dead, x)
		}
	}
	s.m.end(list)
}
