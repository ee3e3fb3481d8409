package feature

import "portcullis/core/instruction"

// Places of a key. A key that trades in more markets, or from more networks, forgets the one that it used least lately: its
// next use is one of something new.
const (
	keyNetworks = 7
	keyMarkets  = 6
	keyPartners = 3
)

// Key is what one key did lately: at most 200 bytes, and none for a key that never did anything.
type Key struct {
	at       Second // as of when all is
	born     uint32 // the hour from which hours below are counted: a day before the first use, later another
	orders5m count
	orders1h count
	orders1d count
	orders7d count
	denied1h count

	integrator uint16 // where its third party stands, if it still stands there; 0 for not looked up
	widened    uint16 // when its mandate gained something; 0 for never
	burst      uint16 // hundredths of a nat
	sprt       uint16 // hundredths of a nat

	notional1h, notional24h amount
	loss1h, loss24h         amount
	weights                 [keyPartners]amount              // of partners, over 24 hours
	partners                [keyPartners]instruction.Account // the heaviest counterparties

	networks [keyNetworks]uint32 // where it moved money from; 0 for none
	seen     [keyNetworks]seen
	traded   [keyMarkets]seen
	markets  [keyMarkets]instruction.Market // where it placed orders; 0 for none
}

// seen is when something was used first, and last, in hours since a day before the key's were first counted.
type seen struct{ first, last uint16 }

const (
	// maxHours is when the hours of a key are counted anew, from half of that on.
	maxHours = 60_000
	// grace is how long after its creation whatever a key uses is its own and no stranger's.
	grace = day
)

// CUSUM of orders against a rate of fourfold, and SPRT of fills, in hundredths of a nat.
const (
	perOrder  = 139    // 100 ln 4
	badFill   = 322    // 100 ln (0.3 / 0.012): of people's fills 1.2% are bad, of who trades badly on purpose 30%
	goodFill  = 34     // 100 ln (0.988 / 0.7), of the other
	badShare  = 100    // of what is filled, one part in so many lost
	mostNats  = 10_000 // so that what is over is over within a day
	leastRate = 6      // orders an hour that are never a burst
)

// pass lets time pass for all that the key has.
func (k *Key) pass(now Second) {
	if now <= k.at {
		return
	}
	k.burst = k.calmed(now)
	k.orders5m.decay(minutes5.left(k.at, now))
	if left := hour1.left(k.at, now); left != one {
		k.orders1h.decay(left)
		k.denied1h.decay(left)
		k.notional1h.decay(left)
		k.loss1h.decay(left)
	}
	if left := hours24.left(k.at, now); left != one {
		k.orders1d.decay(left)
		k.notional24h.decay(left)
		k.loss24h.decay(left)
		lighten(k.partners[:], k.weights[:], left)
	}
	k.orders7d.decay(days7.left(k.at, now))
	if k.at = now; now.hour() > k.born+maxHours {
		k.recount(now.hour() - maxHours/2)
	}
}

// calmed is how much of a burst is left: time takes off what three times the usual rate would have added, that of seven days or
// of the key's life, if that is shorter.
func (k *Key) calmed(now Second) uint16 {
	if now-k.at > 2*Second(k.burst) { // the least rate takes off half of one in a second
		return 0
	}
	age := Second(min(max(now.hour(), k.born+grace)-k.born-grace+1, 1<<16) * 3600)
	life := days7.seconds() * (one - days7.left(0, age)) >> 32  // what orders7d would have counted of one a second
	usual := max(uint64(k.orders7d)*3600/life, leastRate*thing) // orders an hour, in parts
	seconds := uint64(now - k.at)
	if usual < 4*leastRate*thing { // a second takes off too little to be counted
		seconds = uint64(now&^3 - k.at&^3)
	}
	off := min(seconds, 1<<16) * 300 * usual / 3600 / thing
	return k.burst - uint16(min(uint64(k.burst), off)) // #nosec G115 -- not more than it is
}

// recount counts the hours of a key from another one on. What lies before it counts as of then.
func (k *Key) recount(from uint32) {
	by := uint16(min(from-k.born, 1<<16-1)) // #nosec G115 -- bounded
	back := func(h *uint16) { *h -= min(*h, by) }
	for i := range k.seen {
		back(&k.seen[i].first)
		back(&k.seen[i].last)
	}
	for i := range k.traded {
		back(&k.traded[i].first)
		back(&k.traded[i].last)
	}
	if k.widened != 0 {
		back(&k.widened)
		k.widened = max(k.widened, 1)
	}
	k.born = from
}

// hour is a time in the hours that the key's are counted in.
func (k *Key) hour(now Second) uint16 {
	return uint16(min(max(now.hour(), k.born)-k.born, 1<<16-1)) // #nosec G115 -- bounded
}

// known says of a network or a market that a key uses for how many hours it is known, and whether it still counts as new.
func (x seen) known(now uint16) (hours int64, fresh bool) {
	if now-min(now, x.last) > quarter {
		return 0, true
	}
	hours = int64(now - min(now, x.first))
	return hours, hours < day
}

// use notes a use of what stands at one of the places; fresh says that it was not known, or no more.
func (x *seen) use(now uint16, own bool) (fresh bool) {
	if now-min(now, x.last) > quarter {
		fresh = true
		x.first = now
		if own {
			x.first -= min(now, day)
		}
	}
	x.last = max(x.last, now)
	return fresh
}

// oldest is the place to be given to something new: an empty one, or the one that was used least lately.
func oldest[T comparable](has []T, seen []seen) int {
	var none T
	at := 0
	for i := range has {
		switch {
		case has[i] == none:
			return i
		case seen[i].last < seen[at].last:
			at = i
		}
	}
	return at
}

// place is where something stands, -1 for nowhere.
func place[T comparable](has []T, x T) int {
	for i := range has {
		if has[i] == x {
			return i
		}
	}
	return -1
}

// visit notes that the key moved money from a network. stranger says that the network is new to a key that had another before;
// first, that it is the key's first use in this hour of the clock.
func (k *Key) visit(n uint32, own bool) (stranger, first bool) {
	now, had := k.hour(k.at), k.networks != [keyNetworks]uint32{}
	first = true
	for i := range k.seen {
		first = first && (k.networks[i] == 0 || k.seen[i].last < now)
	}
	i := place(k.networks[:], n)
	if i < 0 {
		i = oldest(k.networks[:], k.seen[:])
		k.networks[i], k.seen[i] = n, begun(now, own)
		return had && !own, first
	}
	return k.seen[i].use(now, own) && !own, first
}

// begun is what is known of something that is used for the first time. What a key uses on its first day is its own: it was made
// for that.
func begun(now uint16, own bool) seen {
	x := seen{now, now}
	if own {
		x.first -= min(now, day)
	}
	return x
}

// order counts an order that the key placed in a market.
func (k *Key) order(m instruction.Market, own bool) {
	k.orders5m.add()
	k.orders1h.add()
	k.orders1d.add()
	k.orders7d.add()
	k.burst = uint16(min(uint32(k.burst)+perOrder, mostNats)) // #nosec G115 -- bounded
	now := k.hour(k.at)
	if i := place(k.markets[:], m); i >= 0 {
		k.traded[i].use(now, own)
		return
	}
	i := oldest(k.markets[:], k.traded[:])
	k.markets[i], k.traded[i] = m, begun(now, own)
}

// trade counts one fill: with whom, what it was worth, and what it lost.
func (k *Key) trade(partner instruction.Account, worth, lost uint64) {
	k.notional1h.add(worth)
	k.notional24h.add(worth)
	k.loss1h.add(lost)
	k.loss24h.add(lost)
	heavy(k.partners[:], k.weights[:], partner, worth)
}

// filled counts an order that was filled, once: whether it lost so much that it speaks for bad trading on purpose.
func (k *Key) filled(worth, lost uint64) {
	if lost > worth/badShare {
		k.sprt = uint16(min(uint32(k.sprt)+badFill, mostNats)) // #nosec G115 -- bounded
		return
	}
	k.sprt -= min(k.sprt, goodFill)
}
