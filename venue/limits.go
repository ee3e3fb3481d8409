package venue

import (
	"cmp"
	"net/netip"
	"sync"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// Limits are what one address and one account may use, and all together. A zero field means the dialect's own number.
type Limits struct {
	WeightMinute int // request weight of one address in a minute: 6000
	OrdersTen    int // unfilled orders of one account in ten seconds: 100
	OrdersDay    int // unfilled orders of one account in a day: 200,000
	Sessions     int // connections of the WebSocket API, of all addresses: 10,000
}

const (
	tenSeconds = 10 * instruction.Second
	minute     = 60 * instruction.Second
	// patience is how many requests past the limit an address gets answered with 429 in one minute before it is banned.
	patience = 20
	// maxDials is how many connections of the WebSocket API an address may make in dialSpan, and have at a time; maxOpen how
	// many there may be of all.
	maxDials = 300
	maxOpen  = 10_000
	dialSpan = 5 * minute

	// networkPart is how many times an address's weight an IPv6 network of 48 bits may use.
	networkPart = 8

	firstBan = 2 * minute
	longBan  = 3 * instruction.Day
	// maxAddresses bounds the memory of addresses, at about 100 bytes each. When it is full one is forgotten at random: a
	// limit that strangers could fill up must not shut others out.
	maxAddresses = 1 << 17
)

// limits counts by fixed windows of the venue's time: the minute, ten seconds, the day in UTC.
type limits struct {
	max Limits

	mu        sync.Mutex
	addresses map[netip.Addr]*weightUsed
	networks  map[netip.Prefix]int // weight used in the minute of networked
	networked instruction.Time
	accounts  map[instruction.Account]*ordersUsed
	open      int              // connections
	swept     instruction.Time // minute in which addresses were last gone through
}

// weightUsed is what an address used of its weight.
type weightUsed struct {
	window instruction.Time // the minute that used counts
	used   int
	past   int              // requests past the limit in this minute
	span   instruction.Time // the five minutes that dials counts
	dials  int              // connections made
	open   int              // connections that there are
	banned instruction.Time // until then; 0 never was
	ban    instruction.Time // length of the last ban
}

// ordersUsed is how many orders an account placed that had no fill.
type ordersUsed struct {
	ten, day instruction.Time // the windows that the counts are of
	counts   orderCounts
}

// orderCounts is how many unfilled orders count for an account in the windows under way.
type orderCounts struct {
	counted         bool
	tenSeconds, day int
}

func newLimits(l Limits) *limits {
	return &limits{
		max: Limits{
			WeightMinute: cmp.Or(l.WeightMinute, 6000),
			OrdersTen:    cmp.Or(l.OrdersTen, 100),
			OrdersDay:    cmp.Or(l.OrdersDay, 200_000),
			Sessions:     cmp.Or(l.Sessions, maxOpen),
		},
		addresses: map[netip.Addr]*weightUsed{},
		networks:  map[netip.Prefix]int{},
		accounts:  map[instruction.Account]*ordersUsed{},
	}
}

// subscriber is the address that a limit goes by: one IPv4 address, or one IPv6 network of 64 bits, in which a client can
// take any address it likes.
func subscriber(a netip.Addr) netip.Addr {
	if a.Is4() || !a.IsValid() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr()
}

// weigh takes a request's weight off its address's minute (429), and gives what is used. Who goes on past the limit is
// banned (418), each time for twice as long.
func (l *limits) weigh(now instruction.Time, a netip.Addr, weight int) (int, *binance.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.address(now, subscriber(a))
	if now < u.banned {
		return u.used, banned(now, u.banned)
	}
	if window := now - now%minute; window != u.window {
		u.window, u.used, u.past = window, 0, 0
	}
	if u.used+weight <= l.max.WeightMinute {
		if !l.network(u.window, a, weight) {
			return u.used, binance.ErrTooMuchWeight(networkPart*l.max.WeightMinute, "1 MINUTE", seconds(u.window+minute-now))
		}
		u.used += weight
		return u.used, nil
	}
	if now >= u.banned+longBan { // who behaved for so long starts anew
		u.ban = 0
	}
	if u.past++; u.past > patience {
		u.ban = min(max(2*u.ban, firstBan), longBan)
		u.banned = now + u.ban
		return u.used, banned(now, u.banned)
	}
	return u.used, binance.ErrTooMuchWeight(l.max.WeightMinute, "1 MINUTE", seconds(u.window+minute-now))
}

// network takes weight off an IPv6 network of 48 bits, which is what one subscriber of a provider may have: 65,536 addresses
// of those that limits go by. Nobody is banned for it, since strangers may share one. l.mu is held.
func (l *limits) network(window instruction.Time, a netip.Addr, weight int) bool {
	if !a.Is6() {
		return true
	}
	if window != l.networked || len(l.networks) >= maxAddresses {
		l.networked = window
		clear(l.networks)
	}
	p, err := a.Prefix(48)
	if err != nil || l.networks[p]+weight > networkPart*l.max.WeightMinute {
		return false
	}
	l.networks[p] += weight
	return true
}

func banned(now, until instruction.Time) *binance.Error {
	return binance.ErrBanned(until.Milli(), seconds(until-now))
}

// seconds is a wait in whole seconds, rounded up.
func seconds(t instruction.Time) int64 {
	return int64((t + instruction.Second - 1) / instruction.Second)
}

func (l *limits) address(now instruction.Time, a netip.Addr) *weightUsed {
	if u := l.addresses[a]; u != nil {
		return u
	}
	if len(l.addresses) >= maxAddresses {
		l.sweep(now)
	}
	u := new(weightUsed)
	l.addresses[a] = u
	return u
}

// sweep forgets the addresses that used nothing in this minute and whose last ban is over for as long as it lasted; where
// that makes no room, any one.
func (l *limits) sweep(now instruction.Time) {
	window := now - now%minute
	if l.swept != window {
		l.swept = window
		for a, u := range l.addresses {
			if u.window != window && u.open == 0 && now >= u.banned+u.ban && now >= u.span+dialSpan {
				delete(l.addresses, a)
			}
		}
	}
	for a := range l.addresses {
		if len(l.addresses) < maxAddresses {
			return
		}
		delete(l.addresses, a)
	}
}

// connect counts a connection of an address, which must leave again. It is refused where the address has too many (−1034),
// or all together (−1008).
func (l *limits) connect(now instruction.Time, a netip.Addr) *binance.Error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.address(now, subscriber(a))
	if span := now - now%dialSpan; span != u.span {
		u.span, u.dials = span, 0
	}
	switch {
	case u.dials >= maxDials, u.open >= maxDials:
		return binance.ErrTooManyConnections(maxDials, "5 MINUTE", seconds(u.span+dialSpan-now))
	case l.open >= l.max.Sessions:
		return binance.ErrServerBusy()
	}
	u.dials++
	u.open++
	l.open++
	return nil
}

// leave says that a connection has ended.
func (l *limits) leave(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if u := l.addresses[subscriber(a)]; u != nil && u.open > 0 { // it may have been forgotten, and begun anew
		u.open--
	}
}

// place counts n new orders of an account, or refuses them (−1015).
func (l *limits) place(now instruction.Time, a instruction.Account, n int) (orderCounts, *binance.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.accounts[a]
	if u == nil {
		u = new(ordersUsed)
		l.accounts[a] = u
	}
	u.roll(now)
	u.counts.counted = true
	switch {
	case u.counts.tenSeconds+n > l.max.OrdersTen:
		return u.counts, binance.ErrTooManyOrders(l.max.OrdersTen, "10 SECOND", seconds(u.ten+tenSeconds-now))
	case u.counts.day+n > l.max.OrdersDay:
		return u.counts, binance.ErrTooManyOrders(l.max.OrdersDay, "1 DAY", seconds(u.day+instruction.Day-now))
	}
	u.counts.tenSeconds += n
	u.counts.day += n
	return u.counts, nil
}

const (
	// What a first fill takes off the unfilled orders of its account: more for the order that waited for it.
	takerCredit, makerCredit = 1, 5
)

// filled says that an order of an account had its first fill: so many of its orders no longer count, in the windows under
// way. Who trades may go on.
func (l *limits) filled(now instruction.Time, a instruction.Account, credit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.accounts[a]
	if u == nil {
		return // it placed nothing since the venue started
	}
	u.roll(now)
	u.counts.tenSeconds = max(u.counts.tenSeconds-credit, 0)
	u.counts.day = max(u.counts.day-credit, 0)
}

// roll begins the counts anew where their window is over.
func (u *ordersUsed) roll(now instruction.Time) {
	if ten := now - now%tenSeconds; ten != u.ten {
		u.ten, u.counts.tenSeconds = ten, 0
	}
	if day := now - now%instruction.Day; day != u.day {
		u.day, u.counts.day = day, 0
	}
}

// list is the limits as exchangeInfo tells them.
func (l *limits) list() []binance.RateLimit {
	return []binance.RateLimit{
		{Type: "REQUEST_WEIGHT", Interval: "MINUTE", IntervalNum: 1, Limit: int64(l.max.WeightMinute)},
		{Type: "ORDERS", Interval: "SECOND", IntervalNum: 10, Limit: int64(l.max.OrdersTen)},
		{Type: "ORDERS", Interval: "DAY", IntervalNum: 1, Limit: int64(l.max.OrdersDay)},
	}
}

// ordersUsed is the limits of an account's orders with what is used of them.
func (l *limits) ordersUsed(now instruction.Time, a instruction.Account) []binance.RateLimit {
	counts, _ := l.place(now, a, 0)
	list := l.list()[1:]
	ten, day := int64(counts.tenSeconds), int64(counts.day)
	list[0].Count, list[1].Count = &ten, &day
	return list
}

// told is what is used, for answers of the WebSocket API: the weight, and where a call counted orders those.
func (l *limits) told(weight int, orders orderCounts) []binance.RateLimit {
	list := l.list()
	used, ten, day := int64(weight), int64(orders.tenSeconds), int64(orders.day)
	list[0].Count, list[1].Count, list[2].Count = &used, &ten, &day
	if !orders.counted {
		return list[:1]
	}
	return []binance.RateLimit{list[1], list[2], list[0]}
}
