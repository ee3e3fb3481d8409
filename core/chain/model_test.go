package chain

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// model is a chain as one would write it down who need not be quick and forgets nothing: the blocks with all that they have, and
// plain lists. What the chain derives is counted anew from these.
type model struct {
	terms  *instruction.ChainTerms
	blocks []*fullBlock
	floor  uint32 // height of the last block that cannot go: the first, or one that was so deep once; 0 for none
	coins  map[instruction.Outpoint]*modelCoin
	spends []*modelSpend // that are not over
	debts  map[instruction.Account]money.Amount
}

type fullBlock struct {
	Block
	received []instruction.Received
	spent    []instruction.Spent
}

// modelCoin is what is known of a coin beside what blocks have.
type modelCoin struct {
	instruction.Received
	credited bool
	change   bool // it came as such
	loose    bool // change that is in no block and there all the same
	void     bool
}

type modelSpend struct {
	instruction.SpendPlanned
	paid    money.Amount
	tx      instruction.TxID
	settled bool
}

func (s *modelSpend) rest() instruction.Outpoint {
	return instruction.Outpoint{Tx: s.tx, Index: uint32(len(s.Payouts))}
}

// where is the height of the block that has a coin, and of the one that took it and for whom; 0 for none.
func (m *model) where(o instruction.Outpoint) (came, went uint32, by instruction.TxID) {
	for _, b := range m.blocks {
		for _, r := range b.received {
			if r.Coin == o && came == 0 {
				came = b.Height
			}
		}
		for _, e := range b.spent {
			if e.Coin == o && went == 0 && came != 0 {
				went, by = b.Height, e.By
			}
		}
	}
	return came, went, by
}

func (m *model) family(anchor instruction.Outpoint) (list []*modelSpend) {
	for _, s := range m.spends {
		if s.Inputs[0] == anchor {
			list = append(list, s)
		}
	}
	return list
}

// taker is the newest spend that is not over and takes a coin, or nil.
func (m *model) taker(o instruction.Outpoint) (last *modelSpend) {
	for _, s := range m.spends {
		if slices.Contains(s.Inputs, o) {
			last = s
		}
	}
	return last
}

func (m *model) of(tx instruction.TxID) *modelSpend {
	for _, s := range m.spends {
		if s.tx == tx && !tx.IsZero() {
			return s
		}
	}
	return nil
}

// mined is the height of the block that has the spend; 0 for none.
func (m *model) mined(s *modelSpend) uint32 {
	if _, went, by := m.where(s.Inputs[0]); !s.tx.IsZero() && by == s.tx {
		return went
	}
	return 0
}

func (m *model) tip() uint32 {
	if len(m.blocks) == 0 {
		return 0
	}
	return m.blocks[len(m.blocks)-1].Height
}

func (m *model) add(e *instruction.BlockAdded) {
	if m.tip() != e.Height {
		m.blocks = append(m.blocks, &fullBlock{Block: Block{e.Height, e.Hash}})
	}
	b := m.blocks[len(m.blocks)-1]
	for _, r := range e.Received {
		came, _, _ := m.where(r.Coin)
		b.received = append(b.received, r)
		if came != 0 {
			continue
		}
		x := m.coins[r.Coin]
		if x == nil {
			x = &modelCoin{Received: r}
			m.coins[r.Coin] = x
		}
		s := m.of(r.Coin.Tx)
		x.change, x.loose, x.void = s != nil && s.Change > 0 && s.rest() == r.Coin, false, false
	}
	b.spent = append(b.spent, e.Spent...)
	for i, b := range m.blocks {
		if i == 0 || m.tip()-b.Height >= uint32(max(Bury, m.terms.CreditDepth, m.terms.SettleDepth)) {
			m.floor = max(m.floor, b.Height)
		}
	}
	var buried []*modelSpend
	for _, s := range m.spends {
		if s.settled && m.mined(s) != 0 && m.mined(s) <= m.floor {
			buried = append(buried, s)
		}
	}
	m.end(buried)
}

func (m *model) rewind(height uint32) {
	gone := map[instruction.Outpoint]bool{}
	for o := range m.coins {
		came, _, _ := m.where(o)
		gone[o] = came > height
	}
	m.blocks = slices.DeleteFunc(m.blocks, func(b *fullBlock) bool { return b.Height > height })
	for o, x := range m.coins {
		if !gone[o] || !x.change {
			continue
		}
		s := m.of(o.Tx)
		switch {
		case s == nil:
			x.change, x.void = false, m.taker(o) != nil
		case len(m.family(s.Inputs[0])) == 1 || m.taker(o) != nil:
			x.loose = true
		default:
			x.change = false
		}
	}
}

// unsee takes note that nodes may not have any of a family: what is left of them and nothing takes is not there.
func (m *model) unsee(family []*modelSpend) {
	for _, s := range family {
		x := m.coins[s.rest()]
		if s.tx.IsZero() || x == nil || m.taker(s.rest()) != nil {
			continue
		}
		if came, _, _ := m.where(s.rest()); came == 0 {
			x.loose, x.change = false, false
		}
	}
}

func (m *model) sign(s *modelSpend, tx instruction.TxID) {
	s.tx = tx
	if x := m.coins[s.rest()]; x != nil && s.Change > 0 {
		if came, _, _ := m.where(s.rest()); came != 0 {
			x.change = true
		}
	}
}

func (m *model) see(s *modelSpend) {
	family := m.family(s.Inputs[0])
	m.unsee(family)
	if s.Change == 0 || len(family) != 1 || m.mined(s) != 0 {
		return
	}
	if came, _, _ := m.where(s.rest()); came != 0 {
		return
	}
	x := m.coins[s.rest()]
	if x == nil {
		x = &modelCoin{Received: instruction.Received{Coin: s.rest(), Amount: s.Change, Account: instruction.Fees}}
		m.coins[s.rest()] = x
	}
	x.loose, x.change, x.void = true, true, false
}

// end ends spends: what is left of them and is in no block there never will be.
func (m *model) end(over []*modelSpend) {
	m.spends = slices.DeleteFunc(m.spends, func(s *modelSpend) bool { return slices.Contains(over, s) })
	for _, s := range over {
		x := m.coins[s.rest()]
		if came, _, _ := m.where(s.rest()); s.tx.IsZero() || x == nil || came != 0 {
			continue
		}
		x.void = m.taker(s.rest()) != nil
		x.loose, x.change = false, false
	}
	for o, x := range m.coins {
		if x.void && m.taker(o) == nil {
			x.void = false
		}
	}
}

// picture is what a chain must look like, counted from the model.
type picture struct {
	free, waiting, lost []instruction.Outpoint
	robbed              map[instruction.Outpoint]instruction.TxID // anchors of families that are over, and who took them
	deep                []instruction.SpendID
	sums                Sums
}

func (m *model) confirmations(height uint32) int { return int(m.tip()) - int(height) + 1 }

func (m *model) picture() (p picture) {
	p.robbed = map[instruction.Outpoint]instruction.TxID{}
	heights := map[instruction.Outpoint]uint32{}
	for o, x := range m.coins {
		came, went, _ := m.where(o)
		heights[o] = came
		taker := m.taker(o)
		if came != 0 && went == 0 && (x.credited || x.change) {
			p.sums.Confirmed += x.Amount
		}
		if taker == nil && went == 0 && (came != 0 && (x.credited || x.change) || x.loose) {
			p.free = append(p.free, o)
		}
		if came != 0 && !x.credited && !x.change {
			p.waiting = append(p.waiting, o)
		}
		if x.credited && (came == 0 || x.change) {
			p.lost = append(p.lost, o)
		}
	}
	for _, s := range m.spends {
		came, went, by := m.where(s.Inputs[0])
		height := m.mined(s)
		switch x := m.coins[s.Inputs[0]]; {
		case came == 0 && x.void:
			p.robbed[s.Inputs[0]] = instruction.TxID{}
		case went != 0 && m.confirmations(went) >= int(m.terms.SettleDepth) && !slices.ContainsFunc(m.family(s.Inputs[0]), func(f *modelSpend) bool { return f.tx == by }):
			p.robbed[s.Inputs[0]] = by
		}
		switch {
		case height != 0 && !s.settled:
			p.sums.InFlight += s.paid + s.Fee
			if m.confirmations(height) >= int(m.terms.SettleDepth) {
				p.deep = append(p.deep, s.ID)
			}
		case height == 0 && s.settled:
			p.sums.InFlight -= s.paid + s.Fee
		}
	}
	byName := func(x, y instruction.Outpoint) int { return x.Compare(&y) }
	byHeight := func(x, y instruction.Outpoint) int { return cmp.Or(cmp.Compare(heights[x], heights[y]), byName(x, y)) }
	slices.SortFunc(p.free, func(x, y instruction.Outpoint) int {
		return cmp.Or(cmp.Compare(m.coins[y].Amount, m.coins[x].Amount), byName(x, y))
	})
	slices.SortFunc(p.waiting, byHeight)
	slices.SortFunc(p.lost, byName)
	slices.SortFunc(p.deep, func(x, y instruction.SpendID) int {
		sx, sy := m.spend(x), m.spend(y)
		return cmp.Or(cmp.Compare(m.mined(sx), m.mined(sy)), cmp.Compare(x, y))
	})
	return p
}

func (m *model) spend(id instruction.SpendID) *modelSpend {
	for _, s := range m.spends {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// compare is what differs between the chain and the model, or "".
func (m *model) compare(c *Chain) string {
	want := m.picture()
	names := func(list []*Coin) (o []instruction.Outpoint) {
		for _, x := range list {
			o = append(o, x.Coin)
		}
		return o
	}
	for _, l := range []struct {
		name      string
		got, want []instruction.Outpoint
	}{{"free", names(c.Free()), want.free}, {"waiting", names(c.Waiting()), want.waiting}, {"lost", names(c.lost.list()), want.lost}} {
		if !slices.Equal(l.got, l.want) {
			return fmt.Sprintf("%s: %v, want %v", l.name, l.got, l.want)
		}
	}
	if c.Sums() != want.sums {
		return fmt.Sprintf("the sums are %+v, want %+v", c.Sums(), want.sums)
	}
	deep := instruction.SpendID(0)
	if len(want.deep) > 0 {
		deep = want.deep[0]
	}
	if s := c.Deep(); (s == nil) != (deep == 0) || s != nil && s.ID != deep {
		return fmt.Sprintf("deep is %v, want %d", s, deep)
	}
	s, by := c.Robbed()
	if (s == nil) != (len(want.robbed) == 0) {
		return fmt.Sprintf("robbed is %v, want one of %v", s, want.robbed)
	}
	if s != nil {
		if who, is := want.robbed[s.Anchor()]; !is || who != by {
			return fmt.Sprintf("robbed is %v by %v, want one of %v", s, by, want.robbed)
		}
	}
	if !maps.Equal(c.debts, m.debts) {
		return fmt.Sprintf("debts are %v, want %v", c.debts, m.debts)
	}
	return m.compareCoins(c)
}

// compareCoins holds each coin that is known against the model, and each that is not: it must be of no more use.
func (m *model) compareCoins(c *Chain) string {
	for o, x := range m.coins {
		came, went, by := m.where(o)
		id := instruction.SpendID(0)
		if s := m.taker(o); s != nil {
			id = s.ID
		}
		got := c.Coin(o)
		if got == nil {
			if forgotten := came == 0 && !x.loose && !x.credited && id == 0 || went != 0 && went <= m.floor; !forgotten {
				return fmt.Sprintf("coin %v is forgotten; it came at %d, went at %d, is %+v", o, came, went, x)
			}
			continue
		}
		want := Coin{Coin: o, Amount: x.Amount, Account: x.Account, Height: came, Credited: x.credited, Change: x.change, Void: x.void, By: id, Taker: by, TakenAt: went}
		if *got != want {
			return fmt.Sprintf("coin %+v, want %+v", *got, want)
		}
	}
	for _, x := range c.all {
		if !x.gone && m.coins[x.Coin] == nil {
			return fmt.Sprintf("coin %v is known out of nowhere", x.Coin)
		}
	}
	for _, s := range c.Spends() {
		w := m.spend(s.ID)
		if w == nil {
			return fmt.Sprintf("spend %d is over", s.ID)
		}
		if s.Tx != w.tx || s.Settled != w.settled || s.Height != m.mined(w) || len(c.Family(s.Anchor())) != len(m.family(s.Anchor())) {
			return fmt.Sprintf("spend %+v, want %+v, mined at %d", s, w, m.mined(w))
		}
	}
	for _, s := range m.spends {
		if c.Spend(s.ID) == nil {
			return fmt.Sprintf("spend %d is forgotten", s.ID)
		}
	}
	return ""
}

// TestModel: random stories of blocks, reorgs and spends, with lies in them, against the model after each event.
func TestModel(t *testing.T) {
	n := uint64(150)
	if testing.Short() {
		n = 60
	}
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		n = 10_000
	}
	t.Logf("seeds 0 to %d", n-1)
	var all tally
	for seed := range n {
		tell(t, seed, &all)
		if t.Failed() {
			return
		}
	}
	t.Logf("%+v", all)
	if slices.Contains([]int{all.blocks, all.parts, all.rewinds, all.credited, all.undone, all.planned, all.replaced, all.children, all.seen,
		all.settled, all.died, all.orphans, all.late, all.buried, all.after}, 0) {
		t.Errorf("something that should be tried was not: %+v", all)
	}
}

// tally is what stories had.
type tally struct {
	blocks, parts, rewinds, credited, undone, planned, replaced, children, seen, settled, died, orphans, late, buried, after int
}

func tell(t *testing.T, seed uint64, all *tally) {
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	s := newStory(t, seed, all)
	for step := range 150 {
		s.act()
		s.sound()
		if d := s.m.compare(s.c); d != "" {
			t.Errorf("step %d: %s", step, d)
		}
		if t.Failed() {
			return
		}
	}
}
