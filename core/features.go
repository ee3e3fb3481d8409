package core

import (
	"portcullis/core/credential"
	"portcullis/core/feature"
	"portcullis/core/incident"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Values are the features of one instruction, as things stood before it: what detection rules read. Each is worked out when it is
// asked for, and what several need is looked up once. They hold until the next Step or Fold.
type Values struct {
	s  *State
	p  *instruction.Principal
	in instruction.Instruction // nil: of nothing but the key
	at moment

	now    feature.Second
	key    *credential.Key // nil: nobody's; all is 0
	has    uint8           // what of the following was looked up
	lately feature.Key
	own    feature.Account
	base   money.Amount // what is measured against
	meets  meets
	saw    feature.Crowd // the network
	by     feature.Crowd // the integrator
}

// What of Values was looked up.
const (
	hasKey uint8 = 1 << iota
	hasAccount
	hasBase
	hasMeets
	hasNetwork
	hasIntegrator
)

// Values are the features of an instruction that would be given now, or, where that is nil, of the key alone. It only reads: many
// may ask at once.
func (s *State) Values(p *instruction.Principal, in instruction.Instruction) *Values {
	v := new(Values)
	v.of(s, p, in, moment{s.clock.Now, s.clock.Waits(), true})
	return v
}

// values are those of the instruction that is judged: for the single writer, or for who only reads.
func (x view) values(p *instruction.Principal, in instruction.Instruction) *Values {
	if x.reader {
		return x.s.Values(p, in)
	}
	v := &x.s.asked
	v.of(x.s, p, in, moment{wall: x.s.at, waits: x.s.clock.at(x.s.at).Waits()})
	return v
}

// of begins anew; what was looked up before is left lying, and has says that it counts for nothing.
func (v *Values) of(s *State, p *instruction.Principal, in instruction.Instruction, at moment) {
	v.s, v.p, v.in, v.at, v.now, v.has = s, p, in, at, feature.SecondOf(at.waits), 0
	v.key = nil
	if p.Giver == instruction.ByCredential {
		v.key = s.keys.Key(p.Credential)
	}
}

// Value is a feature's value, in its unit; 0 for an unknown one.
func (v *Values) Value(f instruction.Feature) int64 {
	if v.key == nil {
		return 0
	}
	switch {
	case f < instruction.KeyAgeHours:
		return v.request(f)
	case f < instruction.AccountAgeHours:
		return v.ofKey(f)
	case f < instruction.MarketVolumeBurst:
		return v.ofAccount(f)
	case f < instruction.NetworkTombstones:
		return v.ofMarket(f)
	case f < instruction.PairTrades24h:
		return v.ofNetwork(f)
	case f < instruction.IntegratorKeys1h:
		return v.ofPair(f)
	}
	return v.ofIntegrator(f)
}

func bit(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// hoursSince is how many whole hours lie between two times; 0 where they lie the other way round.
func hoursSince(t, now instruction.Time) int64 {
	return int64(max(now-t, 0) / (instruction.Day / 24))
}

// first looks something up, if it was not yet.
func (v *Values) first(what uint8) bool {
	was := v.has&what != 0
	v.has |= what
	return !was
}

func (v *Values) ofKey(f instruction.Feature) int64 {
	if v.first(hasKey) {
		v.lately = v.s.features.KeyAt(v.p.Credential, v.now)
	}
	k := &v.lately
	n5, n1, n24 := k.Orders()
	switch f {
	case instruction.KeyAgeHours:
		return hoursSince(v.key.Created, v.at.wall)
	case instruction.KeyIdleHours:
		return v.orAge(k.Idle(v.now))
	case instruction.KeyRenewedHours:
		return hoursSince(v.key.Renewed, v.at.waits)
	case instruction.KeyWidenedHours:
		return v.orAge(k.WidenedHours(v.now))
	case instruction.KeyLegacy:
		return bit(v.key.Legacy)
	case instruction.KeyIntegrated:
		return bit(v.key.Integrator() != "")
	case instruction.KeyNetworks:
		return k.Networks(v.now)
	case instruction.KeyMarkets:
		return k.Markets(v.now)
	case instruction.KeyOrders5m:
		return n5
	case instruction.KeyOrders1h:
		return n1
	case instruction.KeyOrders24h:
		return n24
	case instruction.KeyDenied1h:
		return k.Denied()
	case instruction.KeyBurst:
		return k.Burst()
	case instruction.KeySprt:
		return k.Sprt()
	}
	return v.keyTrades(f, k)
}

// keyTrades are the features of what a key traded, and of where it is used.
func (v *Values) keyTrades(f instruction.Feature, k *feature.Key) int64 {
	notional1h, notional24h := k.Notional()
	loss1h, loss24h := k.Loss()
	percent, some := k.Partners()
	switch f {
	case instruction.KeyNotional1h:
		return v.perMille(notional1h)
	case instruction.KeyNotional24h:
		return v.perMille(notional24h)
	case instruction.KeyLoss1h:
		return v.perMille(loss1h)
	case instruction.KeyLoss24h:
		return v.perMille(loss24h)
	case instruction.KeyPartnerShare:
		return percent
	case instruction.KeyPartners:
		return some
	}
	if v.in == nil {
		return 0
	}
	hours, fresh := k.NetworkHours(instruction.NetworkOf(v.p.Addr), v.now, made(v.key))
	switch f {
	case instruction.KeyNetworkNew:
		return bit(fresh)
	case instruction.KeyNetworkHours:
		return hours
	case instruction.KeyMarketNew:
		m := marketOf(v.in)
		return bit(m != 0 && k.MarketNew(m, v.now, made(v.key)))
	}
	return 0
}

// orAge is a number of hours, or, where there never was what it counts from, the key's age.
func (v *Values) orAge(hours int64, ever bool) int64 {
	if !ever {
		return hoursSince(v.key.Created, v.at.wall)
	}
	return hours
}

func (v *Values) account() *feature.Account {
	if v.first(hasAccount) {
		v.own = v.s.features.AccountAt(v.key.Account, v.now)
	}
	return &v.own
}

func (v *Values) ofAccount(f instruction.Feature) int64 {
	a := v.account()
	loss1h, loss24h := a.Loss()
	in1h, in24h := a.Withdrawals()
	switch f {
	case instruction.AccountAgeHours:
		return hoursSince(v.s.accounts[v.key.Account].Opened, v.at.wall)
	case instruction.AccountLoss1h:
		return v.perMille(loss1h)
	case instruction.AccountLoss24h:
		return v.perMille(loss24h)
	case instruction.AccountPartnerShare:
		return a.PartnerShare()
	case instruction.AccountWithdrawals1h:
		return in1h
	case instruction.AccountWithdrawals24h:
		return in24h
	case instruction.AccountWithdrawn24h:
		return v.perMille(a.Withdrawn())
	}
	return 0
}

// mostPerMille is as far as something is told to be more than all there is.
const mostPerMille = 1_000_000

// perMille is an amount against what the account owns, at fair prices, and what it lost, withdrew and handed on within a day.
func (v *Values) perMille(n uint64) int64 {
	if n == 0 {
		return 0
	}
	if v.first(hasBase) {
		gone := money.Amount(v.account().Gone()) // #nosec G115 -- an amount
		v.base = min(gone, money.MaxAmount).AddSaturated(max(v.owns()-v.leaving(), 0))
	}
	if v.base <= 0 {
		return 1000 // all there is
	}
	k, err := money.MulDiv(int64(min(n, 1<<62)), 1000, int64(v.base), money.Down) // #nosec G115 -- bounded
	if err != nil {
		return mostPerMille
	}
	return min(k, mostPerMille)
}

// owns is what the account has, free and held.
func (v *Values) owns() (sum money.Amount) {
	for i := 0; ; i++ {
		x, n, ok := v.s.ledger.Owns(v.key.Account, i)
		if !ok {
			return sum
		}
		sum = sum.AddSaturated(v.s.valued(x, n, v.at))
	}
}

// leaving is what of that is held for withdrawals, which are gone already. Those of one asset that follow each other are valued
// together.
func (v *Values) leaving() (sum money.Amount) {
	of, n := instruction.Asset(0), money.Amount(0)
	for _, p := range v.s.payouts.Of(v.key.Account) {
		if p.Asset != of && of != 0 {
			sum, n = sum.AddSaturated(v.s.valued(of, n, v.at)), 0
		}
		of, n = p.Asset, n.AddSaturated(p.Amount)
	}
	if of == 0 {
		return 0
	}
	return sum.AddSaturated(v.s.valued(of, n, v.at))
}

func (v *Values) ofMarket(f instruction.Feature) int64 {
	m := v.s.Market(marketOf(v.in))
	if m == nil {
		return 0
	}
	switch f {
	case instruction.MarketVolumeBurst:
		_, _, volume := m.mark.Hour(v.at.waits)
		usual, known := m.mark.Average(v.at.waits)
		if !known || volume == 0 {
			return 0
		}
		n, err := money.MulDiv(int64(volume), 100, int64(max(usual, 1)), money.Down)
		if err != nil {
			return mostPerMille
		}
		return min(n, mostPerMille)
	case instruction.MarketRange1h:
		low, high, _ := m.mark.Hour(v.at.waits)
		return feature.Part(uint64(high-low), uint64(high), 1000) // #nosec G115 -- not negative
	case instruction.MarketThin:
		return bit(m.Marks.Tier != instruction.Liquid)
	case instruction.MarketTakerShare:
		return v.s.features.TakerShare(m.ID, v.now)
	case instruction.MarketKnown:
		k, _ := v.s.fair(m, v.at)
		return bit(k.Known())
	}
	return 0
}

func (v *Values) ofNetwork(f instruction.Feature) int64 {
	n := instruction.NetworkOf(v.p.Addr)
	if v.in == nil || n == 0 {
		return 0
	}
	if f == instruction.NetworkTombstones {
		x, _ := v.s.watch.Place(n, incident.HourOf(v.at.waits))
		return int64(x.Keys)
	}
	if v.first(hasNetwork) {
		v.saw = v.s.features.NetworkAt(n, v.now)
	}
	switch f {
	case instruction.NetworkKeys1h:
		return v.saw.Keys1h
	case instruction.NetworkStrangers1h:
		return v.saw.Strangers1h
	case instruction.NetworkStrangers24h:
		return v.saw.Strangers24h
	case instruction.NetworkDenied1h:
		return v.saw.Denied1h
	}
	return 0
}

func (v *Values) ofPair(f instruction.Feature) int64 {
	pair := v.account().With(v.met().most, v.now)
	switch f {
	case instruction.PairTrades24h:
		return pair.Trades
	case instruction.PairLoss24h:
		return v.perMille(pair.Lost)
	case instruction.PairShare:
		return pair.Share
	case instruction.PairAgeHours:
		return pair.Hours
	}
	return 0
}

func (v *Values) ofIntegrator(f instruction.Feature) int64 {
	if v.key.Integrator() == "" {
		return 0
	}
	if v.first(hasIntegrator) {
		k := v.s.features.KeyAt(v.p.Credential, v.now)
		v.by = v.s.features.IntegratorAt(v.key.Integrator(), &k, v.now)
	}
	switch f {
	case instruction.IntegratorKeys1h:
		return v.by.Keys1h
	case instruction.IntegratorStrangers1h:
		return v.by.Strangers1h
	case instruction.IntegratorFlagged24h:
		return v.by.Flagged24h
	case instruction.IntegratorLoss1h:
		return v.by.Loss1h
	}
	return 0
}
