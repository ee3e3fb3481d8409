package feature

import "portcullis/core/instruction"

// Places of an account. What counts with more counterparties than there are places is said at heavy; of addresses the ones go
// that were used least lately: then a withdrawal to one of them is one to a new address, which is the cautious side.
const (
	accountPartners  = 8
	accountAddresses = 8
)

// Account is what the keys of one account did lately, living or deleted.
type Account struct {
	at             Second // as of when all is
	withdrawals1h  count
	withdrawals1d  count
	partners       [accountPartners]instruction.Account
	weights        [accountPartners]amount // of partners, over 24 hours
	notional24h    amount
	loss1h, loss1d amount
	withdrawn24h   amount
	moved24h       amount // to other accounts of the customer
	pairs          [accountPartners]pair
	addresses      [accountAddresses]address
}

// pair is how an account stands with one counterparty.
type pair struct {
	lost   int64 // to it, net, over 24 hours
	trades count // over 24 hours
	first  uint32
}

// address is one that an account withdrew to.
type address struct {
	name        uint64 // of a hash that nobody can aim at; 0 for none
	first, last uint32 // hours
}

// pass lets time pass for all that the account has.
func (a *Account) pass(now Second) {
	if now <= a.at {
		return
	}
	if left := hour1.left(a.at, now); left != one {
		a.loss1h.decay(left)
		a.withdrawals1h.decay(left)
	}
	if left := hours24.left(a.at, now); left != one {
		a.loss1d.decay(left)
		a.notional24h.decay(left)
		a.withdrawn24h.decay(left)
		a.moved24h.decay(left)
		a.withdrawals1d.decay(left)
		lighten(a.partners[:], a.weights[:], left)
		for i := range a.pairs {
			if a.partners[i] == 0 {
				a.pairs[i] = pair{}
			} else {
				a.pairs[i].decay(left)
			}
		}
	}
	a.at = now
}

// tidy forgets what is known of counterparties that have no place any more.
func (a *Account) tidy() {
	for i := range a.pairs {
		if a.partners[i] == 0 {
			a.pairs[i] = pair{}
		}
	}
}

func (p *pair) decay(left uint64) {
	p.trades.decay(left)
	if p.lost < 0 {
		p.lost = -int64(amount(-p.lost).after(left)) // #nosec G115 -- not beyond maxAmount
		return
	}
	p.lost = int64(amount(p.lost).after(left)) // #nosec G115 -- not beyond maxAmount
}

// trade counts one fill: with whom, what it was worth, and what it lost; below 0, gained.
func (a *Account) trade(partner instruction.Account, worth uint64, lost int64) {
	a.notional24h.add(worth)
	if lost > 0 {
		a.loss1h.add(uint64(lost))
		a.loss1d.add(uint64(lost))
	}
	i, fresh := heavy(a.partners[:], a.weights[:], partner, worth)
	if fresh || i < 0 { // others may have lost their places
		a.tidy()
	}
	if i < 0 {
		return
	}
	p := &a.pairs[i]
	if fresh {
		*p = pair{first: a.at.hour()}
	}
	p.trades.add()
	p.lost = min(max(p.lost+min(max(lost, -maxAmount), maxAmount), -maxAmount), maxAmount)
}

// withdraw counts a withdrawal that was taken up.
func (a *Account) withdraw(worth uint64, to uint64) {
	a.withdrawn24h.add(worth)
	a.withdrawals1h.add()
	a.withdrawals1d.add()
	now, at := a.at.hour(), 0
	for i := range a.addresses {
		x := &a.addresses[i]
		if x.name == to {
			x.last = now
			return
		}
		if x.last < a.addresses[at].last {
			at = i
		}
	}
	a.addresses[at] = address{to, now, now}
}
