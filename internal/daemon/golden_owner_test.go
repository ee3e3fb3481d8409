package daemon

import (
	"bytes"
	"fmt"
	"net/netip"

	"portcullis/core"
	"portcullis/core/instruction"
)

// tooLong are the kinds that no story of moments can have: they come of waits of a day and longer. Their bytes are pinned by
// the vectors of package instruction.
var tooLong = map[string]bool{"AddressAdded": true, "AddressRemoved": true, "KeyAging": true, "MatterPostponed": true, "CodeForgotten": true}

// goldenOwners are what layout version 3 knows of owners, mandates, withdrawals, deleted keys and incidents. Keys 8, 10 and
// 11 are owner's keys of accounts 2, 3 and again 2, key 9 of account 3 is a legacy one, key 12 of account 2 has caps. Key 1
// ends in quarantine but for where its customer is at home, which is where goOn trades.
func goldenOwners(sealed []byte, home []netip.Prefix) []told {
	const own = instruction.MayOwn | instruction.MayRead
	key := func(n byte, a instruction.Account, label string, m instruction.Mandate) *instruction.CreateKey {
		return &instruction.CreateKey{Account: a, ID: instruction.KeyID{n}, Scheme: instruction.Ed25519, Material: bytes.Repeat([]byte{n}, 32), Label: label, Mandate: m}
	}
	legacy := key(9, 3, "old", instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw})
	legacy.Scheme, legacy.Material, legacy.Created, legacy.Legacy = instruction.HMAC, bytes.Clone(sealed), 1_407_369_600_000_000, true
	capped := key(12, 2, "capped", instruction.Mandate{
		Rights: instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw, Networks: home,
		Trades: []instruction.Cap{{Asset: 2, PerOrder: 1_000e8, PerDay: 2_000e8}}, Withdrawals: []instruction.Cap{{Asset: 1, PerDay: 1e8}},
	})
	eight, nine, ten, twelve := goldenTrader(8), goldenTrader(9), goldenTrader(10), goldenTrader(12)
	mandate := func(rights instruction.Rights) *instruction.ChangeMandate {
		return &instruction.ChangeMandate{Credential: 5, Mandate: instruction.Mandate{Rights: rights, Networks: home[:1]}}
	}
	to := instruction.Destination{Chain: "USDT", Address: "outside-1", Tag: "7"}
	out := func(name string) *instruction.Withdraw {
		return &instruction.Withdraw{Asset: 2, Amount: 10e8, To: to, Client: goldenName(name)}
	}
	rests := *second("capped", instruction.Buy, instruction.Limit, instruction.GTC, 9_000e8, 1e7)
	rests.Market = 1
	venue := func(at string) *instruction.Principal {
		return &instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr(at), Client: 9}
	}
	afar := goldenTrader(1)
	afar.Addr = netip.MustParseAddr("203.0.113.9")
	return []told{
		{in: key(8, 2, "owner", instruction.Mandate{Rights: own})}, {in: legacy}, {in: key(10, 3, "owner", instruction.Mandate{Rights: own})},
		{in: key(11, 2, "second owner", instruction.Mandate{Rights: own})}, {in: capped}, // the second waits
		{in: &instruction.SetWait{Account: 2, Wait: 3 * instruction.Day}, by: eight}, {in: &instruction.SetWait{Account: 2, Wait: 2 * instruction.Day}, by: eight},
		{in: &instruction.SetWait{Account: 3, Wait: 2 * instruction.Day}, by: eight, fails: true},
		{in: &instruction.AddAddress{Account: 2, Asset: 2, To: to, Label: "cold"}, by: eight}, {in: &instruction.RemoveAddress{Account: 2, Asset: 2, To: to}, by: eight},
		{in: &instruction.AddAddress{Account: 2, Asset: 2, To: to, Label: "cold"}, by: eight},
		{in: &instruction.AddAddress{Account: 3, Asset: 2, To: to}, by: nine, fails: true},
		{in: mandate(instruction.MayRead | instruction.MayTrade), by: eight}, {in: mandate(instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw), by: eight},
		{in: &instruction.RenewKey{Credential: 5}, by: eight},
		{in: &instruction.LockAccount{Account: 5, Reason: "the owner called"}, by: eight}, {in: &instruction.UnlockAccount{Account: 5}, by: eight},
		{in: &instruction.LockAccount{Account: 4, Reason: "looked into"}},
		{in: &instruction.QuarantineKey{Credential: 5}, by: eight}, {in: &instruction.RestoreKey{Credential: 5}},
		{in: &instruction.QuarantineKey{Credential: 7}, by: eight}, {in: &instruction.SetMarket{Market: 2, State: instruction.Halted}, after: instruction.Second},
		{in: &rests, by: twelve},
		{in: out("held"), by: nine, fails: true}, {in: out("let go"), by: nine, fails: true}, {in: out("stopped"), by: nine, fails: true}, // they wait
		{in: out("held"), by: nine}, // known
		{in: &instruction.Answer{Matter: 7, Yes: true}, by: ten}, {in: &instruction.Answer{Matter: 8}, by: ten},
		{in: &instruction.Settle{Payout: 2}, by: venue("127.0.0.1")}, {in: &instruction.Settle{Payout: 2}, by: venue("127.0.0.1"), fails: true},
		{in: &instruction.Sight{Credential: 1, Proven: true}, by: venue("127.0.0.1")},
		{in: &instruction.Sight{Credential: 6}, by: venue("198.51.100.7")}, // the canary
		{in: &instruction.CloseIncident{Incident: 1, Reason: "a backup of 2017"}},
		{in: &instruction.RevokeKey{Credential: 7}, by: eight},
		{in: &instruction.Sight{Credential: 7, Proven: true}, by: venue("203.0.113.8")}, {in: &instruction.Sight{Credential: 4}, by: venue("203.0.113.8")},
		{in: &rests, by: afar, fails: true},
	}
}

// ownerFacts are what came with layout version 3.
type ownerFacts struct {
	Skipped   int64    `json:"skipped"`
	Keys      []string `json:"keys"`
	Locks     []string `json:"locks"`
	Waits     []string `json:"waits"`
	Matters   []string `json:"matters"`
	Payouts   []string `json:"payouts"`
	Homes     []string `json:"homes"`
	Incidents []string `json:"incidents"`
}

// ownersOf is nil where a state has nothing that came with layout version 3.
func ownersOf(s *core.State) *ownerFacts {
	f := ownerFacts{Skipped: int64(s.Clock().Skipped)}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		k := s.Key(c)
		if m := k.Mandate(); k.Legacy || k.Quarantine != 0 || len(m.Trades)+len(m.Withdrawals) > 0 || k.Renewed != k.Created {
			f.Keys = append(f.Keys, fmt.Sprint(c, k.Legacy, k.Quarantine, k.Incident, m.Trades, m.Withdrawals, int64(k.Renewed)))
		}
	}
	for a := instruction.Fees; a <= s.Accounts(); a++ {
		if x := s.Account(a); x.Locked != 0 {
			f.Locks = append(f.Locks, fmt.Sprint(a, int64(x.Locked), " ", x.Why))
		}
		if w := s.Wait(a); w != instruction.MinWait {
			f.Waits = append(f.Waits, fmt.Sprint(a, int64(w)))
		}
		for _, id := range s.Matters(a) {
			m := s.Matter(id)
			f.Matters = append(f.Matters, fmt.Sprint(id, m.Kind, m.Account, int64(m.Due), m.Credential, m.Mandate.Rights, m.Asset, m.To, m.Label, int64(m.Wait), m.Payout, m.Ask, m.By))
		}
		for _, p := range s.Payouts(a) {
			f.Payouts = append(f.Payouts, fmt.Sprint(p.ID, p.Account, p.Credential, p.Asset, p.Amount, p.To, p.Client, p.State))
		}
	}
	for _, x := range s.Incidents() {
		f.Incidents = append(f.Incidents, fmt.Sprint(x.ID, x.Cause, x.Network, int64(x.Opened), int64(x.Closed), x.Reason, x.Networks, x.Credentials, x.Notes))
	}
	if len(f.Keys)+len(f.Locks)+len(f.Waits)+len(f.Matters)+len(f.Payouts)+len(f.Incidents) == 0 && f.Skipped == 0 {
		return nil
	}
	for a := instruction.Fees; a <= s.Accounts(); a++ {
		for _, h := range s.Homes(a) {
			f.Homes = append(f.Homes, fmt.Sprint(a, h.Network, uint32(h.First)))
		}
	}
	return &f
}
