package incident

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// Published is what was published of the incident of January 2018. What was not (amounts, prices, which keys when) is made up.
var Published = struct {
	Keys, Tombstones                int
	Withdrawals, WithdrawalAccounts int
	Orders, OrderAccounts           int
	Addresses, KeysAtRisk           int
	OldestCreated, NewestCreated    string // of the keys used, by the calendar in Japan
	OldestDeletion                  string // of the deleted keys that were used, as backups still showed it
	riskUntil                       instruction.Time
}{
	Keys: 102, Tombstones: 18, Withdrawals: 37, WithdrawalAccounts: 10, Orders: 137, OrderAccounts: 15, Addresses: 4, KeysAtRisk: 1000,
	OldestCreated: "2014-08-07", NewestCreated: "2016-06-11", OldestDeletion: "2015-10-22",
}

var japan = time.FixedZone("JST", 9*3600)

// jst is a time in Japan.
func jst(year int, month time.Month, day, hour, min int) instruction.Time {
	return instruction.TimeOf(time.Date(year, month, day, hour, min, 0, 0, japan))
}

// When what happens; only the days of the theft and of the other one were published.
var (
	beginAt    = jst(2017, 12, 28, 9, 0) // nine days before, so that networks are known and waits are over
	theftAt    = jst(2018, 1, 6, 18, 20) // a Saturday
	theftEnd   = jst(2018, 1, 7, 3, 30)
	responseAt = jst(2018, 1, 7, 10, 0) // nobody is at the desk at night
	otherAt    = jst(2018, 1, 9, 4, 12)
	endAt      = jst(2018, 1, 10, 18, 30)
	riskUntil  = jst(2016, 6, 13, 0, 0) // keys created before are at risk
)

// thiefAddrs are the thief's addresses, at four hosting companies abroad.
var thiefAddrs = [4]netip.Addr{
	netip.MustParseAddr("192.0.2.140"), netip.MustParseAddr("198.51.100.23"), netip.MustParseAddr("203.0.113.77"),
	netip.MustParseAddr("2001:db8:fade::5"),
}

// otherAddr is a domestic one.
var otherAddr = netip.MustParseAddr("198.19.250.44")

// Zaif2018 replays the theft of January 2018: old keys, some of them deleted, used over one night. The error is ctx's, or says
// that options or venue do not hold what a replay needs.
func Zaif2018(ctx context.Context, o Options) (Result, error) {
	x, err := newZaif(o)
	if err != nil {
		return Result{}, err
	}
	x.opening()
	for _, phase := range []struct {
		until instruction.Time
		title string
	}{
		{theftAt - minute, "Before: the honest are alone"},
		{theftEnd, "The night of Saturday, 6 January 2018"},
		{otherAt - minute, "After: the owners and the operator answer"},
		{otherAt + hour, "Tuesday, 9 January: another theft, which has nothing to do with it"},
		{endAt, "Until Wednesday evening"},
	} {
		x.tale.Phase(phase.title)
		if err := x.run(ctx, phase.until); err != nil {
			return Result{}, err
		}
		x.standing()
	}
	x.finish()
	x.summary()
	return x.result, x.house.State.Check()
}

// newZaif is the replay before anything happens: the venue, its customers, the thief and his plan.
func newZaif(o Options) (*replay, error) {
	x, err := newReplay(o)
	if err != nil {
		return nil, err
	}
	x.result.Scenario = "zaif-2018"
	x.house = house.New(o.Gate, beginAt)
	x.house.Heard, x.house.Hosts = x.hears, hosts
	x.house.Thief = func(*instruction.Principal) bool { return x.acting == theThief || x.acting == theOther }
	x.seen = newSeen()
	x.found()
	if o.Gate == house.DetectorsOnly {
		x.err = cmp.Or(x.err, x.house.Rules(o.Rules))
		x.marks()
	}
	x.people()
	x.plan()
	x.habits()
	if o.Gate == house.Off { // there it takes no alarm; the day is made up
		x.agenda.Add(responseAt, task{kind: response})
	}
	return x, x.err
}

// found defines the assets and the markets, with their makers.
func (x *replay) found() {
	for _, a := range assets[1:] {
		x.must("an asset", x.house.Operate(&instruction.AddAsset{Symbol: a.symbol, Scale: a.scale}))
	}
	for _, g := range goods[1:] {
		x.must("a market", x.house.Operate(&instruction.AddMarket{Base: g.base, Quote: jpy, Terms: g.terms}))
	}
	for k := range 3 {
		c := x.open(-1 - k)
		c.from = makerAddr
		x.fund(c.account, 1000)
		x.makers = append(x.makers, maker{key: x.create(instruction.CreateKey{
			Account: c.account, Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: mayTrade, Networks: around(makerAddr)},
		})})
		for range (markets - 1) * 2 * steps {
			x.makerTurn(k)
		}
		x.agenda.Add(beginAt+instruction.Time(k+1)*makerPace/3, task{kind: makerTurn, who: k})
	}
}

// people makes the customers and their keys: the first thousand each have one that is at risk.
func (x *replay) people() {
	used := x.rng.Perm(Published.KeysAtRisk)[:Published.Keys]
	for i := range x.o.Customers {
		c := x.open(i)
		var old stolen
		if i < Published.KeysAtRisk {
			old = x.atRisk(&c, i, slices.Index(used, i))
			c.trades = old.credential
		}
		if i >= Published.KeysAtRisk || old.deleted != 0 || i%2 == 1 { // the others have long had another, and forgotten the old one
			c.trades = x.brought(&c, x.day(riskUntil+instruction.Day, beginAt-instruction.Day))
		}
		x.customers = append(x.customers, c)
		x.accounts[c.account] = i
	}
	for i := range x.customers {
		x.settleIn(&x.customers[i], i)
	}
}

// atRisk is customer i's key of the time at risk. The thief's are those with a rank from 0: the first of them are deleted.
func (x *replay) atRisk(c *customer, i, rank int) stolen {
	k := stolen{customer: i, created: x.day(jst(2013, 9, 1, 0, 0), riskUntil)}
	switch {
	case rank < 0:
		if i%8 == 0 {
			k.deleted = x.day(k.created+instruction.Day, beginAt-instruction.Day)
		}
	case rank == 0:
		k.created, k.deleted = jst(2014, 11, 3, 12, 40), jst(2015, 10, 22, 15, 5)
	case rank == Published.Tombstones:
		k.created = jst(2014, 8, 7, 20, 15)
	case rank == Published.Tombstones+1:
		k.created = jst(2016, 6, 11, 23, 50)
	default:
		k.created = x.day(jst(2014, 8, 8, 0, 0), jst(2016, 6, 11, 0, 0))
		if rank < Published.Tombstones {
			k.deleted = x.day(max(k.created, jst(2015, 10, 23, 0, 0)), beginAt-instruction.Day)
		}
	}
	k.credential = x.brought(c, k.created)
	if k.deleted != 0 {
		x.backups[k.credential] = k.deleted
		x.must("a deletion", x.house.Operate(&instruction.RevokeKey{Credential: k.credential}))
	}
	if rank >= 0 {
		k.from = thiefAddrs[rank%len(thiefAddrs)]
		x.thief.loot = append(x.thief.loot, k)
	}
	return k
}

// day is a moment between two, of which no second is said.
func (x *replay) day(first, end instruction.Time) instruction.Time {
	t := first + instruction.Time(x.rng.Int64N(int64(end-first)))
	return t - t%minute
}

// plan is what the thief does with the keys: each reads first; some sell, some withdraw.
func (x *replay) plan() {
	t := &x.thief
	t.used = make([]bool, len(t.loot))
	t.traded, t.paid = make(map[instruction.Account]bool), make(map[instruction.Account]bool)
	living := make([]int, 0, len(t.loot))
	began := make([]instruction.Time, len(t.loot))
	for i := range t.loot {
		if t.loot[i].deleted == 0 {
			living = append(living, i)
		}
		began[i] = theftAt + x.within(0, theftEnd-theftAt-hour)
		t.calls = append(t.calls, call{at: began[i], key: i, act: reads})
	}
	x.rng.Shuffle(len(living), func(i, k int) { living[i], living[k] = living[k], living[i] })
	sellers := living[:Published.OrderAccounts]
	payers := living[Published.OrderAccounts-6:][:Published.WithdrawalAccounts] // six accounts are sold and emptied
	for i := range Published.Orders {
		key := sellers[x.spread(i, len(sellers))]
		began[key] += x.within(instruction.Second, 2*minute)
		market := 2 + x.rng.IntN(2)
		t.calls = append(t.calls, call{at: began[key], key: key, act: orders, market: market, qty: lots(market, 300+x.rng.IntN(1200))})
	}
	for i := range Published.Withdrawals {
		key := payers[x.spread(i, len(payers))]
		began[key] += x.within(minute, 4*minute)
		t.calls = append(t.calls, call{at: min(began[key], theftEnd), key: key, act: pays,
			qty: money.Amount(2e7 + x.rng.IntN(40)*1e6), to: destination("thief", x.rng.IntN(5))})
	}
	slices.SortStableFunc(t.calls, func(a, b call) int { return int(a.at - b.at) })
	for i := range t.calls {
		x.agenda.Add(t.calls[i].at, task{kind: theftCall, who: i})
	}
	x.planOther()
}

// spread is whose the i-th of a kind is, of n: each gets one first.
func (x *replay) spread(i, n int) int {
	if i < n {
		return i
	}
	return x.rng.IntN(n)
}

// planOther is the unrelated theft: the first customer past those at risk who withdraws, and has an owner's key where there are
// any.
func (x *replay) planOther() {
	i := Published.KeysAtRisk
	for i%withdraws != 0 || i%unowned >= unowned-2 {
		i++
	}
	x.other = stolen{credential: x.customers[i].trades, customer: i, from: otherAddr}
	for n := range 2 {
		x.agenda.Add(otherAt+instruction.Time(n)*minute, task{kind: stranger, who: n})
	}
}

// habits enters what the honest do beside trading: some replace their keys, some of whom forget a program; some move. Keys that
// the thief uses living live until then.
func (x *replay) habits() {
	x.agenda.Add(beginAt+instruction.Second, task{kind: crowdTurn})
	for i := range x.customers {
		at := beginAt + x.within(0, endAt-beginAt)
		switch trades := x.customers[i].trades; {
		case x.thief.has(trades), trades == x.other.credential:
		case i%rotates == rotating:
			x.agenda.Add(at, task{kind: rotation, who: i})
		case i%moves == moving:
			x.agenda.Add(at, task{kind: relocation, who: i})
		}
	}
}
