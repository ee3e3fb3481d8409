package core

import (
	"iter"

	"portcullis/core/credential"
	"portcullis/core/gate"
	"portcullis/core/incident"
	"portcullis/core/instruction"
	"portcullis/core/ledger"
	"portcullis/core/money"
	"portcullis/core/owner"
	"portcullis/core/payout"
)

// What follows only reads. Pointers that are returned lead into the state: they must not be changed, and not be kept past
// the next Step or Fold.

// Clock is the venue's time.
func (s *State) Clock() Clock { return s.clock }

// Asset is the asset of that number, or nil.
func (s *State) Asset(a instruction.Asset) *Asset {
	if a == 0 || int(a) >= len(s.assets) {
		return nil
	}
	return &s.assets[a]
}

// AssetNamed is the asset of that symbol, or 0.
func (s *State) AssetNamed(symbol string) instruction.Asset { return s.names[symbol] }

// Assets are all assets by ascending number.
func (s *State) Assets() iter.Seq2[instruction.Asset, *Asset] {
	return func(yield func(instruction.Asset, *Asset) bool) {
		for i := 1; i < len(s.assets); i++ {
			if !yield(instruction.Asset(i), &s.assets[i]) {
				return
			}
		}
	}
}

// Market is the market of that number, or nil.
func (s *State) Market(m instruction.Market) *Market {
	if m == 0 || int(m) >= len(s.markets) {
		return nil
	}
	return s.markets[m]
}

// MarketNamed is the market of that symbol, or nil.
func (s *State) MarketNamed(symbol string) *Market { return s.Market(s.symbols[symbol]) }

// Markets are all markets by ascending number.
func (s *State) Markets() []*Market { return s.markets[1:] }

// Scales are the scales of the market's base and quote asset.
func (s *State) Scales(m *Market) (base, quote money.Scale) {
	return s.assets[m.Base].Scale, s.assets[m.Quote].Scale
}

// Account is the account of that number, or nil.
func (s *State) Account(a instruction.Account) *Account {
	if a == 0 || int64(a) >= int64(len(s.accounts)) {
		return nil
	}
	return &s.accounts[a]
}

// Customer is the master account of the account's customer, which may be the account itself; 0 where there is none.
func (s *State) Customer(a instruction.Account) instruction.Account {
	if a == 0 || int64(a) >= int64(len(s.traits)) {
		return 0
	}
	if x := s.parent(a); x != 0 {
		return x
	}
	return a
}

// SubAccounts are the sub-accounts of a master account, by ascending number.
func (s *State) SubAccounts(master instruction.Account) []instruction.Account { return s.subs[master] }

// AccountNamed is the account of that reference, the first where there are several, or 0. The empty one names none.
func (s *State) AccountNamed(ref string) instruction.Account { return s.refs[ref] }

// Accounts is the highest account number given out.
func (s *State) Accounts() instruction.Account {
	return instruction.Account(len(s.accounts) - 1) // #nosec G115 -- maxAccounts bounds it
}

// Balance is what the account has of the asset.
func (s *State) Balance(a instruction.Account, x instruction.Asset) ledger.Balance {
	return s.ledger.Balance(a, x)
}

// Balances are the account's balances that are not zero, by ascending asset.
func (s *State) Balances(a instruction.Account) iter.Seq2[instruction.Asset, ledger.Balance] {
	return s.ledger.Balances(a)
}

// Came is what came in of an asset, and went out, since the beginning.
func (s *State) Came(x instruction.Asset) (in, out money.Amount) { return s.ledger.Came(x) }

// Key is the credential of that number, or nil.
func (s *State) Key(c instruction.Credential) *credential.Key { return s.keys.Key(c) }

// KeyNamed is the credential of that name, living or tombstone, or 0.
func (s *State) KeyNamed(id instruction.KeyID) instruction.Credential { return s.keys.Find(id) }

// Keys is the highest credential number given out.
func (s *State) Keys() instruction.Credential { return s.keys.Next() - 1 }

// MayRead is the gate's verdict on a request that only reads.
func (s *State) MayRead(now instruction.Time, p *instruction.Principal) instruction.Verdict {
	return s.gate.MayRead(s.gateTime(now), p)
}

// Incidents are the incidents that are kept, all that are open and the newest of the closed ones, by ascending number.
func (s *State) Incidents() []incident.Incident { return s.watch.Incidents() }

// OpenIncidents is how many of them are open.
func (s *State) OpenIncidents() int { return s.watch.Open() }

// Incident is the incident of that number, where it is kept, or nil.
func (s *State) Incident(id instruction.IncidentID) *incident.Incident { return s.watch.Incident(id) }

// Homes are the networks that credentials of the customer are used from; see incident.Home.
func (s *State) Homes(customer instruction.Account) []incident.Home { return s.watch.Homes(customer) }

// AtHome says whether the customer of a credential is at home at a network.
func (s *State) AtHome(c instruction.Credential, n instruction.Network) bool {
	k := s.keys.Key(c)
	return k != nil && s.atHome(c, k, n, s.hour())
}

// Drops are the drops that are live, by ascending number.
func (s *State) Drops() []gate.Dropped { return s.gate.Drops() }

// Dropped is the verdict on an instruction of the class that moves the asset, as far as drops go: it allows what none of
// them concerns.
func (s *State) Dropped(p *instruction.Principal, class instruction.Class, asset instruction.Asset) instruction.Verdict {
	return s.gate.Dropped(p, class, asset)
}

// Working says that something goes on by slices, one with each tick: orders of a drop are cancelled, or orders start, or what a
// chain's block brought is booked. A state that only folds, or has just been recovered, does not know of the latter two before its
// first tick.
func (s *State) Working() bool { return s.behind || s.gate.Sweeping() != nil || len(s.sweeps) > 0 }

// Payout is the payout of that number while it is not over, or nil.
func (s *State) Payout(id instruction.PayoutID) *payout.Payout { return s.payouts.Live(id) }

// Payouts are the account's payouts that are not over, by ascending number.
func (s *State) Payouts(a instruction.Account) []*payout.Payout { return s.payouts.Of(a) }

// LastPayout is the highest payout number given out.
func (s *State) LastPayout() instruction.PayoutID { return s.payouts.Last() }

// Addresses is the account's address book, in the order in which they were added.
func (s *State) Addresses(a instruction.Account) []owner.Address { return s.owner.Addresses(a) }

// Matter is what waits under the number, or nil. It must not be changed.
func (s *State) Matter(id instruction.MatterID) *instruction.Matter { return s.owner.Matter(id) }

// Matters is what of the account waits, by ascending number. It must not be changed.
func (s *State) Matters(a instruction.Account) []instruction.MatterID { return s.owner.Of(a) }

// Wait is how long what the customer's owner adds waits.
func (s *State) Wait(customer instruction.Account) instruction.Time { return s.owner.Wait(customer) }

// LastOrder is the highest order number given out.
func (s *State) LastOrder() instruction.Order { return s.lastOrder }
