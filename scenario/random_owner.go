package scenario

import (
	"net/netip"
	"strconv"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// treasurers are keys beyond the founders': for each of the first customers its owner's, one that withdraws, one that does so
// within caps, and a legacy one.
const (
	treasurers    = 4 * treasuries
	treasuries    = founders / 2
	ownersKey     = founders + 1
	payersKey     = ownersKey + 1
	everyTreasury = 4
)

// founding keys of those who may say what leaves.
func treasury() []instruction.Instruction {
	var list []instruction.Instruction
	anywhere := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001::/16")}
	for i := range treasuries {
		for k, m := range [everyTreasury]instruction.Mandate{
			{Rights: instruction.MayRead | instruction.MayOwn},
			{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: anywhere},
			{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: anywhere,
				Withdrawals: []instruction.Cap{{Asset: 1, PerOrder: 1e9, PerDay: 1e11}, {Asset: 2, PerDay: 1e9}}},
			{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: anywhere},
		} {
			list = append(list, &instruction.CreateKey{
				Account: instruction.Account(i + 2), ID: instruction.KeyID{byte(i), 2, byte(k)}, Scheme: instruction.Ed25519,
				Material: make([]byte, 32), Mandate: m, Legacy: k == 3,
			})
		}
		for n := range 3 { // of what an owner adds to the book, the first has come true before long
			list = append(list, &instruction.AddAddress{Account: instruction.Account(i + 2), Asset: instruction.Asset(1 + n), To: address(n)})
		}
	}
	return list
}

// ownerOf is the owner of one of the first accounts, by the owner's key.
func ownerOf(a instruction.Account) instruction.Principal {
	return instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(ownersKey + everyTreasury*(int(a)-2))}
}

func address(n int) instruction.Destination {
	return instruction.Destination{Chain: "C" + strconv.Itoa(n%3), Address: "a" + strconv.Itoa(n)}
}

// payouts is what customers and their owners say of money that leaves, and the venue of money that arrived.
func (r *Random) payouts(s *core.State) (by instruction.Principal, in instruction.Instruction) {
	by = r.credential(s)
	i := r.rng.IntN(treasuries)
	account := instruction.Account(i + 2)
	own := func() instruction.Principal {
		by.Credential = instruction.Credential(ownersKey + everyTreasury*i)
		return by
	}
	if by.Giver != instruction.ByCredential {
		return by, &instruction.Tick{}
	}
	asset, to := instruction.Asset(1+r.rng.IntN(3)), address(r.rng.IntN(8))
	switch pick(r.rng, 50, 20, 12, 5, 5, 8, 20) {
	case 1:
		id := r.matter(s, account)
		return own(), &instruction.Answer{Matter: id, Yes: r.one(2)}
	case 2:
		id := uint64(s.LastPayout())
		return instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: instruction.PayoutID(id - min(id, r.rng.Uint64N(60)))}
	case 3:
		return own(), &instruction.AddAddress{Account: account, Asset: asset, To: to, Label: "cold"}
	case 4:
		return own(), &instruction.RemoveAddress{Account: account, Asset: asset, To: to}
	case 6: // or else nobody would trade before long
		return operator, &instruction.RestoreKey{Credential: instruction.Credential(1 + r.rng.IntN(founders+treasurers))}
	case 5:
		return own(), &instruction.SetWait{Account: account, Wait: instruction.MinWait + instruction.Day/24*instruction.Time(r.rng.IntN(4)-1)}
	}
	w := &instruction.Withdraw{Asset: asset, Amount: money.Amount(r.rng.Int64N(2e9)), To: to}
	if r.one(2) {
		n := r.rng.IntN(500)
		w.Client, _ = instruction.ClientIDOf("w" + strconv.Itoa(n))
		w.Asset, w.Amount, w.To = instruction.Asset(1+n%3), money.Amount(1000*n+1), address(n%3)
	}
	if !r.one(10) {
		by.Credential = instruction.Credential(payersKey + everyTreasury*i + r.rng.IntN(everyTreasury-1))
		by.Addr = netip.AddrFrom4([4]byte{10, 0, 0, 1})
	}
	return by, w
}

// matter is one of the account's that wait, mostly.
func (r *Random) matter(s *core.State, a instruction.Account) instruction.MatterID {
	if list := s.Matters(a); len(list) > 0 && !r.one(10) {
		return list[r.rng.IntN(len(list))]
	}
	return instruction.MatterID(r.rng.IntN(200))
}
