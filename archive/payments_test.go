package archive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// payments is the model of what came and went on chains.
type payments struct {
	deposits []Deposit
	spends   []paying
	freed    map[instruction.PayoutID]uint64 // record since which a payout is owed again
	dust     map[instruction.Asset]money.Amount
}

// paying is a spend of the model.
type paying struct {
	instruction.SpendPlanned
	seq    uint64
	tx     instruction.TxID
	height uint32
}

func newPayments() *payments {
	return &payments{freed: map[instruction.PayoutID]uint64{}, dust: map[instruction.Asset]money.Amount{}}
}

func (m *payments) event(r *instruction.Record, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.ChainSet:
		m.dust[e.Asset] = e.Terms.MinDeposit
	case *instruction.BlockAdded:
		for i := range m.spends {
			s := &m.spends[i]
			for _, x := range e.Spent {
				if s.Asset == e.Asset && x.By == s.tx {
					s.height = e.Height
				}
			}
		}
		for _, x := range e.Received {
			change := slices.ContainsFunc(m.spends, func(s paying) bool { return s.tx == x.Coin.Tx && s.Asset == e.Asset })
			if d := m.deposit(e.Asset, x.Coin); d != nil {
				d.Height, d.Dust = e.Height, d.Amount < m.dust[e.Asset]
			} else if !change || x.Account != instruction.Fees {
				m.deposits = append(m.deposits, Deposit{ID: int64(len(m.deposits)) + 1, Asset: e.Asset, Coin: x.Coin, Account: x.Account,
					Amount: x.Amount, Dust: x.Amount < m.dust[e.Asset], Height: e.Height, Seen: r.Time})
			}
		}
	case *instruction.Rewound:
		for i := range m.deposits {
			if d := &m.deposits[i]; d.Asset == e.Asset && d.Height > e.Height {
				d.Height = 0
			}
		}
		for i := range m.spends {
			if s := &m.spends[i]; s.Asset == e.Asset && s.height > e.Height {
				s.height = 0
			}
		}
	case *instruction.DepositCredited:
		m.deposit(e.Asset, e.Coin).Credited = r.Time
	case *instruction.DepositUndone:
		d := m.deposit(e.Asset, e.Coin)
		d.Credited, d.Undone = 0, r.Time
	case *instruction.SpendPlanned:
		m.spends = append(m.spends, paying{SpendPlanned: *e, seq: r.Seq})
	case *instruction.SpendSigned:
		for i := range m.spends {
			if s := &m.spends[i]; s.Asset == e.Asset && s.ID == e.Spend {
				s.tx = e.Tx
			}
		}
	case *instruction.PayoutMoved:
		if e.State == instruction.PayoutClaimed {
			m.freed[e.ID] = r.Seq
		}
	}
}

func (m *payments) deposit(x instruction.Asset, coin instruction.Outpoint) *Deposit {
	i := slices.IndexFunc(m.deposits, func(d Deposit) bool { return d.Asset == x && d.Coin == coin })
	if i < 0 {
		return nil
	}
	return &m.deposits[i]
}

// by is which transaction pays a payout.
func (m *payments) by(p *Payout) (id instruction.SpendID, tx instruction.TxID, height uint32) {
	if p.State != instruction.PayoutSending && p.State != instruction.PayoutSettled {
		return
	}
	for _, s := range m.spends {
		if s.tx.IsZero() || s.Asset != p.Asset || !slices.Contains(s.Payouts, p.ID) || s.seq <= m.freed[p.ID] {
			continue
		}
		if height == 0 || s.height > 0 {
			id, tx, height = s.ID, s.tx, s.height
		}
	}
	return
}

func (m *payments) depositsOf(account instruction.Account, asset instruction.Asset, tx instruction.TxID) (mine []Deposit) {
	for _, d := range m.deposits {
		if d.Account == account && (asset == 0 || d.Asset == asset) && (tx.IsZero() || d.Coin.Tx == tx) {
			mine = append(mine, d)
		}
	}
	return mine
}

const (
	creditDepth = 2
	settleDepth = 4
)

// tape makes records of what may happen on the chains of two assets, and has them applied.
type tape struct {
	t       *testing.T
	rand    *rand.Rand
	m       *model
	apply   func(seq uint64, record []byte)
	now     instruction.Time
	events  []instruction.Event // of the record under way
	chains  [2]tapeChain
	payouts []*Payout // by number
	hashes  uint64
}

type tapeChain struct {
	asset    instruction.Asset
	blocks   []tapeBlock
	orphans  []instruction.Received // that a rewind took out
	families []*family
	spends   instruction.SpendID
}

type tapeBlock struct {
	received []instruction.Received
	mined    []*family
}

// family is the spends of one anchor; at most one of them is mined.
type family struct {
	anchor instruction.Outpoint
	spends []*paying
	mined  *paying
}

func (p *tape) tx() (id instruction.TxID) {
	p.hashes++
	copy(id[:], fmt.Sprintf("%032x", p.hashes))
	return id
}

func (p *tape) emit(e instruction.Event) { p.events = append(p.events, e) }

// close ends the record under way.
func (p *tape) close() {
	p.t.Helper()
	p.now += instruction.Time(p.rand.IntN(3)) * instruction.Second
	c := instruction.Writer(nil)
	instruction.AppendHead(&c, p.now, &instruction.Principal{Giver: instruction.ByWallet}, &instruction.Tick{})
	v := instruction.Say(instruction.Allow, instruction.WalletSaw, 0)
	v.Fields(&c)
	for _, e := range p.events {
		instruction.AppendEvent(&c, e)
	}
	if c.Err() != nil {
		p.t.Fatal(c.Err())
	}
	p.events = p.events[:0]
	var r instruction.Record
	if err := r.Decode(p.m.applied+1, c.Bytes()); err != nil {
		p.t.Fatal(err)
	}
	if err := p.m.record(&r); err != nil {
		p.t.Fatal(err)
	}
	p.apply(r.Seq, c.Bytes())
}

func (p *tape) step() {
	p.t.Helper()
	ch := &p.chains[p.rand.IntN(2)]
	switch x := p.rand.IntN(20); {
	case x < 4:
		p.pay(ch.asset)
	case x < 7:
		p.plan(ch)
	case x < 9:
		p.replace(ch)
	case x < 14:
		p.sign(ch)
	case x < 15:
		p.stop()
	case x < 16:
		p.die(ch)
	case x < 17 && len(ch.blocks) > settleDepth:
		p.rewind(ch, 1+p.rand.IntN(settleDepth-1))
	default:
		p.block(ch)
	}
	p.close()
}

func (p *tape) pay(x instruction.Asset) {
	one := &Payout{ID: instruction.PayoutID(len(p.payouts) + 1), Asset: x, State: instruction.PayoutClaimed}
	p.payouts = append(p.payouts, one)
	p.emit(&instruction.PayoutMade{ID: one.ID, Account: instruction.Account(p.rand.IntN(4) + 2), Asset: x, Amount: 1000, Fee: 7, State: one.State})
}

func (p *tape) move(one *Payout, to instruction.PayoutState) {
	one.State = to
	p.emit(&instruction.PayoutMoved{ID: one.ID, State: to})
}

func (p *tape) planned(ch *tapeChain, f *family, payouts []instruction.PayoutID) {
	ch.spends++
	s := &paying{SpendPlanned: instruction.SpendPlanned{ID: ch.spends, Asset: ch.asset, Payouts: payouts, Inputs: []instruction.Outpoint{f.anchor}}}
	f.spends = append(f.spends, s)
	p.emit(&s.SpendPlanned)
}

func (p *tape) plan(ch *tapeChain) {
	var ids []instruction.PayoutID
	for _, one := range p.payouts {
		if one.Asset == ch.asset && one.State == instruction.PayoutClaimed && len(ids) < 3 {
			ids = append(ids, one.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	f := &family{anchor: instruction.Outpoint{Tx: p.tx()}}
	ch.families = append(ch.families, f)
	p.planned(ch, f, ids)
	for _, id := range ids {
		p.payouts[id-1].State = instruction.PayoutSending
	}
}

func (p *tape) replace(ch *tapeChain) {
	if len(ch.families) == 0 {
		return
	}
	f := pick(p.rand, ch.families...)
	if first := f.spends[0].Payouts; f.mined == nil {
		p.planned(ch, f, first[:len(first)-p.rand.IntN(2)])
	}
}

func (p *tape) sign(ch *tapeChain) {
	for _, f := range ch.families {
		for _, s := range f.spends {
			if s.tx.IsZero() && p.rand.IntN(2) == 0 {
				s.tx = p.tx()
				p.emit(&instruction.SpendSigned{Asset: ch.asset, Spend: s.ID, Tx: s.tx, Raw: []byte("raw")})
				return
			}
		}
	}
}

func (p *tape) stop() {
	for _, one := range p.payouts {
		if one.State == instruction.PayoutSending && !one.Stopping && p.rand.IntN(3) == 0 {
			one.Stopping = true
			p.emit(&instruction.PayoutStopping{ID: one.ID})
			return
		}
	}
}

// over frees what a family was to pay and does not.
func (p *tape) over(f *family) {
	for _, id := range f.spends[0].Payouts {
		one := p.payouts[id-1]
		switch {
		case f.mined != nil && slices.Contains(f.mined.Payouts, id):
			p.move(one, instruction.PayoutSettled)
		case one.Stopping:
			p.move(one, instruction.PayoutCancelled)
		default:
			p.move(one, instruction.PayoutClaimed)
		}
	}
}

func (p *tape) die(ch *tapeChain) {
	if len(ch.families) == 0 || p.rand.IntN(4) > 0 {
		return
	}
	if f := pick(p.rand, ch.families...); f.mined == nil {
		p.emit(&instruction.SpendDied{Asset: ch.asset, Spend: f.spends[0].ID, By: p.tx()})
		p.over(f)
		ch.families = slices.DeleteFunc(ch.families, func(g *family) bool { return g == f })
	}
}

// block adds one, at times in two parts, and carries out what lies deep then.
func (p *tape) block(ch *tapeChain) {
	var b tapeBlock
	e := &instruction.BlockAdded{Asset: ch.asset, Height: uint32(len(ch.blocks)) + 1}
	e.Received, ch.orphans = slices.Clone(ch.orphans[:len(ch.orphans)/2]), ch.orphans[len(ch.orphans)/2:]
	for range p.rand.IntN(3) {
		e.Received = append(e.Received, instruction.Received{Coin: instruction.Outpoint{Tx: p.tx(), Index: uint32(p.rand.IntN(3))},
			Amount: money.Amount(p.rand.IntN(200) + 1), Account: instruction.Account(p.rand.IntN(5) + 1)})
	}
	b.received = slices.Clone(e.Received)
	for _, f := range ch.families {
		signed := slices.DeleteFunc(slices.Clone(f.spends), func(s *paying) bool { return s.tx.IsZero() })
		if f.mined != nil || len(signed) == 0 || p.rand.IntN(2) == 0 {
			continue
		}
		f.mined = pick(p.rand, signed...)
		b.mined = append(b.mined, f)
		e.Spent = append(e.Spent, instruction.Spent{Coin: f.anchor, By: f.mined.tx}, instruction.Spent{Coin: instruction.Outpoint{Tx: p.tx()}, By: f.mined.tx})
		e.Received = append(e.Received, instruction.Received{Coin: instruction.Outpoint{Tx: f.mined.tx, Index: 9}, Amount: 500, Account: instruction.Fees})
	}
	if p.rand.IntN(3) == 0 {
		part := *e
		part.Spent, e.Received = nil, nil
		p.emit(&part)
		p.close()
	}
	e.Whole = true
	p.emit(e)
	ch.blocks = append(ch.blocks, b)
	p.ripen(ch)
}

func (p *tape) ripen(ch *tapeChain) {
	for i, b := range ch.blocks {
		depth := len(ch.blocks) - i
		for _, x := range b.received {
			if d := p.m.paid.deposit(ch.asset, x.Coin); depth >= creditDepth && (d == nil || d.Credited == 0) && x.Amount >= p.m.paid.dust[ch.asset] {
				p.emit(&instruction.DepositCredited{Asset: ch.asset, Coin: x.Coin, Account: x.Account, Amount: x.Amount})
			}
		}
		for _, f := range b.mined {
			if depth >= settleDepth && slices.Contains(ch.families, f) {
				p.emit(&instruction.SpendSettled{Asset: ch.asset, Spend: f.mined.ID, Height: uint32(i) + 1})
				p.over(f)
				ch.families = slices.DeleteFunc(ch.families, func(g *family) bool { return g == f })
			}
		}
	}
}

func (p *tape) rewind(ch *tapeChain, blocks int) {
	to := len(ch.blocks) - blocks
	p.emit(&instruction.Rewound{Asset: ch.asset, Height: uint32(to)})
	for _, b := range ch.blocks[to:] {
		for _, x := range b.received {
			if d := p.m.paid.deposit(ch.asset, x.Coin); d != nil && d.Credited != 0 {
				p.emit(&instruction.DepositUndone{Asset: ch.asset, Coin: x.Coin, Account: x.Account, Taken: x.Amount})
			}
		}
		ch.orphans = append(ch.orphans, b.received...)
		for _, f := range b.mined {
			f.mined = nil
		}
	}
	ch.blocks = ch.blocks[:to]
}

// TestPayments: random histories of two chains, with reorganisations, replacements and transactions that die, against the model; what
// is not committed is thrown away at times and applied anew.
func TestPayments(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { playTape(t, seed, seen) })
	}
	for _, name := range []string{"dust", "credited", "undone", "credited again", "in no block", "of the venue", "under way",
		"SETTLED", "CANCELLED", "CLAIMED", "SENDING"} {
		if seen[name] == 0 {
			t.Errorf("nothing is %s: %v", name, seen)
		}
	}
}

func playTape(t *testing.T, seed uint64, seen map[string]int) {
	a := open(t, path(t))
	w, err := newWriter(a.file.write)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { w.close() }()
	var records [][]byte // that are not committed
	p := &tape{t: t, rand: rand.New(rand.NewPCG(seed, 3)), m: newModel(), now: start, chains: [2]tapeChain{{asset: 1}, {asset: 2}}}
	p.apply = func(seq uint64, record []byte) {
		t.Helper()
		if err := w.apply(seq, record); err != nil {
			t.Fatal(err)
		}
		records = append(records, slices.Clone(record))
	}
	p.emit(&instruction.ChainSet{Asset: 1, Terms: instruction.ChainTerms{MinDeposit: 40}})
	p.emit(&instruction.ChainSet{Asset: 2})
	p.close()
	for range 30 {
		for range p.rand.IntN(40) {
			p.step()
		}
		if p.rand.IntN(3) == 0 {
			w.close()
			if w, err = newWriter(a.file.write); err != nil {
				t.Fatal(err)
			}
			for i, b := range records {
				if err := w.apply(w.committed+uint64(i)+1, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.commit(); err != nil {
			t.Fatal(err)
		}
		records = records[:0]
		q := &asker{t, a, p.m, p.rand}
		for range 20 {
			q.payments(t.Context(), instruction.Account(p.rand.IntN(5)+1), pick[instruction.Asset](p.rand, 0, 1, 2, 3))
		}
	}
	p.count(seen)
}

// count counts what the history had for the archive to be tried on.
func (p *tape) count(seen map[string]int) {
	for _, d := range p.m.paid.deposits {
		for name, is := range map[string]bool{"dust": d.Dust, "credited": d.Credited != 0, "undone": d.Undone != 0 && d.Credited == 0,
			"credited again": d.Undone != 0 && d.Credited != 0, "in no block": d.Height == 0, "of the venue": d.Account == instruction.Fees} {
			if is {
				seen[name]++
			}
		}
	}
	for _, one := range p.m.payouts {
		seen[one.State.String()]++
		if id, _, height := p.m.paid.by(&one); id != 0 && height == 0 {
			seen["under way"]++
		}
	}
}
