package floor

import (
	"crypto/sha256"
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Customer is somebody with an account.
type Customer struct {
	Account instruction.Account
	Owner   instruction.Credential // the owner's key, which is outside budgets and cannot trade; 0 for none
	Key     instruction.Credential // one that trades
}

// Join opens an account with an owner's key, if it is a master account, and one that trades and transfers. parent is its master
// account, 0 for none.
func (f *Floor) Join(ref string, parent instruction.Account) Customer {
	f.Must(&instruction.OpenAccount{Ref: ref, Parent: parent})
	c := Customer{Account: f.State.Accounts()}
	if parent == 0 {
		c.Owner = f.NewKey(c.Account, ref+" owner", instruction.MayOwn|instruction.MayRead)
	}
	c.Key = f.NewKey(c.Account, ref, instruction.MayTrade|instruction.MayRead|instruction.MayTransfer)
	return c
}

// NewKey gives an account an API key with these rights.
func (f *Floor) NewKey(a instruction.Account, label string, rights instruction.Rights) instruction.Credential {
	public := sha256.Sum256([]byte(label)) // nobody has the other half
	f.Must(&instruction.CreateKey{
		Account: a, ID: instruction.KeyIDOf(label), Scheme: instruction.Ed25519, Material: public[:], Label: "floor",
		Mandate: instruction.Mandate{Rights: rights},
	})
	return f.State.Keys()
}

// Fund credits an account with an asset.
func (f *Floor) Fund(a instruction.Account, x instruction.Asset, n money.Amount) {
	if n > 0 {
		f.Must(&instruction.Credit{Account: a, Asset: x, Amount: n, Ref: "floor"})
	}
}

// Hire opens an account with a pool of each asset and a key that trades, for who stands in the way of nothing: it may lose all
// of it, so that no budget stops it.
func (f *Floor) Hire(ref string) Customer {
	f.Must(&instruction.OpenAccount{Ref: ref})
	c := Customer{Account: f.State.Accounts()}
	c.Key = f.NewKey(c.Account, ref, instruction.MayTrade|instruction.MayRead)
	for x := USDT; x < lastAsset; x++ {
		f.Fund(c.Account, x, f.Fair.Buys(x, Pool))
	}
	if f.Options.Budgets {
		f.Must(&instruction.SetBudget{Account: c.Account, Budget: whole})
	}
	return c
}

// whole is a budget to lose all there is.
var whole = instruction.Budget{Loss: money.Whole, Fees: money.Whole}

// Trust names the thin markets of the floor, by the customer's owner.
func (f *Floor) Trust(c Customer) {
	for m := DMGUSDT; m < lastMarket; m++ {
		if a := f.Give(By(c.Owner), &instruction.NameMarket{Account: c.Account, Market: m}); f.Err == nil && !a.Did() {
			f.Err = fmt.Errorf("floor: naming a market: %v", a.Why())
		}
	}
}
