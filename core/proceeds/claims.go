package proceeds

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Claim is what somebody gained from a key in a market, and how: what of it is quote, and what base.
type Claim struct {
	Market      instruction.Market
	Customer    instruction.Account
	Quote, Base money.Amount
	Indirect    bool // by the move that it made
}

// Claims is what others gained from a key, market by market, and no more markets once most are reached. own is its customer.
//
// Of each market all together is never more than the key lost there, net; each has his part of that. The same bound holds for
// those who followed its moves, apart, each less what he has gained from the key itself.
func (p *Proceeds) Claims(waits instruction.Time, c instruction.Credential, own instruction.Account, most int) (all []Claim) {
	list := p.tables(c)
	for i := range list {
		if len(all) >= most {
			return all
		}
		l := &list[i]
		if lost := l.lost(dayOf(waits)); lost > 0 {
			all = append(all, l.claims(waits, lost)...)
			all = append(all, p.indirect(waits, l, own, lost)...)
		}
	}
	return all
}

// claims are those of the key's own counterparties.
func (l *losses) claims(waits instruction.Time, lost money.Amount) []Claim {
	day := dayOf(waits)
	list := make([]share, 0, len(l.rows))
	for i := range l.rows {
		x := l.rows[i].sum(l.day, day)
		list = append(list, share{l.rows[i].who, x.gain, net(&x)})
	}
	return l.divide(list, lost, false)
}

// net is what somebody gained that he did not lose again.
func net(x *slot) money.Amount { return max(x.dear.AddSaturated(x.cheap)-x.back, 0) }

// share is what somebody gained, and how much of that counts: quote units.
type share struct {
	who instruction.Account
	gain
	net money.Amount
}

// indirect are the claims of those who followed what the key moved.
func (p *Proceeds) indirect(waits instruction.Time, l *losses, own instruction.Account, lost money.Amount) []Claim {
	day := dayOf(waits)
	var list []share
	for _, x := range l.pushes {
		m := p.find(waits, l.market, x)
		if m == nil {
			continue
		}
		for i := range m.rows {
			who, s := m.rows[i].who, m.rows[i].sum(m.day, day)
			n := net(&s)
			if at, ok := l.find(who); ok {
				n = max(n-l.rows[at].gross(l.day, day), 0)
			}
			if who != own && n > 0 {
				list = append(list, share{who, s.gain, n})
			}
		}
	}
	return l.divide(list, lost, true)
}

// divide makes claims of shares: less of each where they come to more than was lost.
func (l *losses) divide(list []share, lost money.Amount, indirect bool) (all []Claim) {
	named := money.Amount(0)
	for _, s := range list {
		named = named.AddSaturated(s.net)
	}
	for _, s := range list {
		cut := s.net
		if named > lost {
			cut = part(cut, lost, named)
		}
		whole := s.dear.AddSaturated(s.cheap)
		if whole == 0 {
			continue
		}
		x := Claim{l.market, s.who, part(s.dear, cut, whole), part(s.base, cut, whole), indirect}
		if x.Quote > 0 || x.Base > 0 {
			all = append(all, x)
		}
	}
	return all
}

// part is n times of a whole, rounded down; of is at most the whole.
func part(n, of, whole money.Amount) money.Amount {
	x, err := money.MulDiv(int64(n), int64(min(of, whole)), int64(whole), money.Down)
	if err != nil {
		return 0
	}
	return money.Amount(x)
}

// claimed forgets what somebody gained from a key in a market, and by the moves that it made.
func (p *Proceeds) claimed(waits instruction.Time, c instruction.Credential, m instruction.Market, who instruction.Account) {
	list := p.tables(c)
	for i := range list {
		l := &list[i]
		if l.market != m {
			continue
		}
		l.turn(dayOf(waits))
		l.take(who)
		for _, x := range l.pushes {
			if y := p.find(waits, m, x); y != nil {
				y.turn(dayOf(waits))
				y.take(who)
			}
		}
	}
}
