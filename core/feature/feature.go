package feature

import (
	"portcullis/core/instruction"
	"portcullis/core/shelf"
)

// Features are the records of all keys, accounts, markets, networks and integrators. The zero Features is not ready; see New.
type Features struct {
	keys        shelf.Shelf[Key]
	accounts    shelf.Shelf[Account]
	markets     []Market // by id
	networks    networks
	integrators integrators
	orders      [2]filling // of the match under way: the taker's, the last maker's
}

// New is where nothing happened yet.
func New() *Features {
	return &Features{
		keys: shelf.New(Key{}), accounts: shelf.New(Account{}), networks: newNetworks(), integrators: newIntegrators(),
	}
}

// Mover is who moves money, as of when.
type Mover struct {
	Now        Second
	Credential instruction.Credential
	Customer   instruction.Account // the master account of its customer
	Network    instruction.Network // from where; 0 for not known
	Integrator string              // that the key was made for; "" for none
	Made       Second              // when the key was created
}

// young says that the key is within its first day.
func (m *Mover) young() bool { return m.Now.hour() < m.Made.hour()+grace }

// key is the record of a key as of now.
func (f *Features) key(c instruction.Credential, now Second) *Key {
	k := f.keys.Need(uint32(c))
	if k.born == 0 {
		k.at, k.born = now, now.hour()-min(now.hour(), grace)
	}
	k.pass(now)
	return k
}

func (f *Features) account(a instruction.Account, now Second) *Account {
	x := f.accounts.Need(uint32(a))
	x.pass(now)
	return x
}

func (f *Features) market(m instruction.Market, now Second) *Market {
	for int(m) >= len(f.markets) {
		f.markets = append(f.markets, Market{})
	}
	x := &f.markets[m]
	x.pass(now)
	return x
}

// Moved takes note that a key moved money: it placed or amended an order, withdrew, or made a transfer.
func (f *Features) Moved(m *Mover) {
	k := f.key(m.Credential, m.Now)
	stranger, first := k.visit(short(m.Network), m.young())
	if m.Integrator != "" && (stranger || first) {
		var x *Integrator
		x, k.integrator = f.integrators.need(m.Integrator, k.integrator, m.Now)
		if first {
			x.keys1h.add()
		}
		if stranger && x.strangers.new(m.Customer) {
			x.strangers1h.add()
		}
	}
	if m.Network == 0 || !stranger && !first {
		return
	}
	n := f.networks.need(m.Network, m.Customer, m.Now)
	if first {
		n.keys1h.add()
	}
	if stranger && n.crowd.new(m.Customer) {
		n.strangers1h.add()
		n.strangers24h.add()
	}
}

// Placed takes note that a key that moved money placed an order in a market.
func (f *Features) Placed(m *Mover, in instruction.Market) {
	f.key(m.Credential, m.Now).order(in, m.young())
}

// Denied takes note that a request that a key had signed was denied.
func (f *Features) Denied(m *Mover) {
	f.key(m.Credential, m.Now).denied1h.add()
	if m.Network != 0 {
		f.networks.need(m.Network, m.Customer, m.Now).denied1h.add()
	}
}

// Widened takes note that a key's mandate gained something.
func (f *Features) Widened(c instruction.Credential, now Second) {
	k := f.key(c, now)
	k.widened = max(k.hour(now), 1)
}

// Forget drops the record of a deleted key. What it did stays in the records of others.
func (f *Features) Forget(c instruction.Credential) { f.keys.Drop(uint32(c)) }

// Flagged takes note that a key of an integrator was put into quarantine by what it did.
func (f *Features) Flagged(integrator string, customer instruction.Account, now Second) {
	if integrator == "" {
		return
	}
	if x, _ := f.integrators.need(integrator, 0, now); x.flaggings.new(customer) {
		x.flagged24h.add()
	}
}

// Withdrew takes note that an account's withdrawal was taken up, to an address of that name.
func (f *Features) Withdrew(a instruction.Account, worth, address uint64, now Second) {
	f.account(a, now).withdraw(worth, address)
}

// Transferred takes note that money left an account for another one of its customer's.
func (f *Features) Transferred(a instruction.Account, worth uint64, now Second) {
	f.account(a, now).moved24h.add(worth)
}

// Side is one side of a trade.
type Side struct {
	Credential instruction.Credential // 0 for a key that is deleted
	Account    instruction.Account
	Customer   instruction.Account
	Order      instruction.Order
	Integrator string
	Lost       int64 // against a fair price, in units of the valuation asset; below 0, gained
	First      bool  // of the maker: nothing of its order was filled before
}

// Trade is one match.
type Trade struct {
	Now    Second
	Market instruction.Market
	Quote  uint64 // what changed hands, of the quote asset in its units
	Worth  uint64 // the same, in units of the valuation asset
	Taker  Side
	Maker  Side
}

// filling is an order that is being filled: it speaks once for how its key trades, however many it meets.
type filling struct {
	key         instruction.Credential
	order       instruction.Order
	worth, lost uint64
}

// Traded takes note of a match.
func (f *Features) Traded(t *Trade) {
	f.market(t.Market, t.Now).take(t.Taker.Customer, t.Quote)
	f.side(t, &t.Taker, t.Maker.Customer)
	f.side(t, &t.Maker, t.Taker.Customer)
	if x := &f.orders[0]; x.order != t.Taker.Order {
		f.speak(x)
		*x = filling{key: t.Taker.Credential, order: t.Taker.Order}
	}
	f.orders[0].add(t.Worth, t.Taker.Lost)
	if x := &f.orders[1]; x.order != t.Maker.Order {
		f.speak(x)
		*x = filling{}
		if t.Maker.First {
			*x = filling{key: t.Maker.Credential, order: t.Maker.Order}
		}
	}
	if f.orders[1].order != 0 {
		f.orders[1].add(t.Worth, t.Maker.Lost)
	}
}

func (x *filling) add(worth uint64, lost int64) {
	x.worth = min(x.worth+min(worth, maxAmount), maxAmount)
	x.lost = min(x.lost+uint64(min(max(lost, 0), maxAmount)), maxAmount)
}

// Settle ends the matching of a record: what its last orders say of their keys is counted.
func (f *Features) Settle() {
	for i := range f.orders {
		if f.orders[i].order != 0 {
			f.speak(&f.orders[i])
			f.orders[i] = filling{}
		}
	}
}

// speak counts what an order that was filled says of its key, whose record its trades have brought up to date.
func (f *Features) speak(x *filling) {
	if k := f.keys.At(uint32(x.key)); k != nil {
		k.filled(x.worth, x.lost)
	}
}

// side counts a match for one of its sides.
func (f *Features) side(t *Trade, s *Side, partner instruction.Account) {
	f.account(s.Account, t.Now).trade(partner, t.Worth, s.Lost)
	if s.Credential == 0 {
		return
	}
	lost := uint64(max(s.Lost, 0))
	k := f.key(s.Credential, t.Now)
	k.trade(partner, t.Worth, lost)
	if s.Integrator != "" {
		var x *Integrator
		x, k.integrator = f.integrators.need(s.Integrator, k.integrator, t.Now)
		x.notional1h.add(t.Worth)
		x.loss1h.add(lost)
	}
}

// short is a network in 32 bits: an IPv4 network whole, so that no two are the same; of IPv6 a hash, where who has a million
// networks finds one that looks like a given other with a chance of 1 in 2,000.
func short(n instruction.Network) uint32 {
	switch n >> 60 {
	case 0:
		return 1
	case 4:
		return 1<<30 | uint32(n&(1<<24-1)) // #nosec G115 -- it is cut out
	}
	return 1<<31 | uint32(uint64(n)*0x9e3779b97f4a7c15>>33)
}
