package core

import (
	"fmt"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// family is a venue of two customers: 2 with the sub-accounts 4 and 5, and 3 with 6. Keys 1 and 2 are the masters', with
// the right to transfer key 3; 4 to 6 are of the sub-accounts, the last without the right.
func family(t *testing.T) *venue {
	v := newVenue(t, 2)
	for i, parent := range []instruction.Account{2, 2, 3} {
		v.operator(&instruction.OpenAccount{Ref: fmt.Sprint("sub ", i), Parent: parent})
	}
	for i, a := range []instruction.Account{2, 4, 5, 6} {
		rights := instruction.MayRead | instruction.MayTransfer
		if a == 6 {
			rights = instruction.MayRead | instruction.MayTrade
		}
		v.operator(&instruction.CreateKey{
			Account: a, ID: instruction.KeyID{100, byte(i)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: rights},
		})
	}
	return v
}

// transfer has the key with that number give a transfer of n BTC.
func (v *venue) transfer(key instruction.Credential, from, to instruction.Account, n money.Amount, name string) instruction.Record {
	v.t.Helper()
	id, err := instruction.ClientIDOf(name)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: key},
		&instruction.Transfer{From: from, To: to, Asset: 1, Amount: n, Client: id})
}

func TestTransfers(t *testing.T) {
	for _, c := range []struct {
		key      instruction.Credential
		from, to instruction.Account
		n        money.Amount
		want     instruction.Reason
	}{
		{3, 2, 4, 1e8, 0}, // the master, down
		{3, 4, 5, 1e8, 0}, // the master, between its sub-accounts
		{3, 4, 2, 1e8, 0}, // the master, up
		{4, 4, 2, 1e8, 0}, // a sub-account to its master
		{4, 4, 5, 1e8, 0}, // and to another of its master's
		{4, 5, 4, 1e8, instruction.AccountNotYours}, // a sub-account out of another one
		{4, 2, 4, 1e8, instruction.AccountNotYours}, // or out of its master
		{3, 2, 3, 1e8, instruction.AccountNotYours}, // another customer's master
		{3, 2, 6, 1e8, instruction.AccountNotYours}, // another customer's sub-account
		{3, 6, 2, 1e8, instruction.AccountNotYours},
		{3, 2, 1, 1e8, instruction.AccountNotYours}, // the venue's own
		{3, 2, 99, 1e8, instruction.AccountNotYours},
		{3, 0, 2, 1e8, instruction.AccountNotYours},
		{1, 2, 4, 1e8, instruction.RightMissing}, // who may trade may not transfer
		{6, 6, 3, 1e8, instruction.RightMissing},
		{3, 2, 2, 1e8, instruction.MalformedTransfer},
		{3, 2, 4, 0, instruction.AmountOutOfRange},
		{3, 2, 4, -1, instruction.AmountOutOfRange},
		{3, 2, 4, 101e8, instruction.InsufficientBalance},
	} {
		v := family(t)
		v.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 1e8})
		v.operator(&instruction.Credit{Account: 6, Asset: 1, Amount: 1e8})
		from, to := v.s.Balance(c.from, 1).Free, v.s.Balance(c.to, 1).Free
		v.want(v.transfer(c.key, c.from, c.to, c.n, ""), c.want)
		moved := c.n
		if c.want != 0 {
			moved = 0
		}
		if a, b := v.s.Balance(c.from, 1).Free, v.s.Balance(c.to, 1).Free; c.from != c.to && (a != from-moved || b != to+moved) {
			t.Errorf("key %d, %d to %d: %d and %d became %d and %d", c.key, c.from, c.to, from, to, a, b)
		}
	}
}

// TestTransferOfHeld: what is held for orders cannot be transferred.
func TestTransferOfHeld(t *testing.T) {
	v := family(t)
	v.want(v.order(0, instruction.Sell, instruction.GTC, 10_000, 60_000), 0)
	v.want(v.transfer(3, 2, 4, 41e8, ""), instruction.InsufficientBalance)
	v.want(v.transfer(3, 2, 4, 40e8, ""), 0)
}

// TestTransferOnce: under one name a customer's transfer is done once, and another one under it is refused; the names of
// other customers are their own, and older ones than the newest thousand are forgotten.
func TestTransferOnce(t *testing.T) {
	v := family(t)
	v.want(v.transfer(3, 2, 4, 1e8, "a"), 0)
	r := v.transfer(3, 2, 4, 1e8, "a")
	v.want(r, 0)
	var ev instruction.Events
	r.Events(&ev)
	if e, ok := ev.Next().(*instruction.TransferKnown); !ok || e.ID != 1 {
		t.Errorf("given again it became %+v", e)
	}
	v.balance(0, 1, 99e8, 0)
	v.want(v.transfer(3, 2, 4, 2e8, "a"), instruction.TransferNameTaken)
	v.want(v.transfer(3, 2, 5, 1e8, "a"), instruction.TransferNameTaken)
	v.want(v.transfer(4, 4, 2, 1e8, "a"), instruction.TransferNameTaken) // one customer's names are of all its accounts
	v.want(v.transfer(3, 2, 4, 1e8, ""), 0)
	v.want(v.transfer(3, 2, 4, 1e8, ""), 0) // without a name, each is one of its own
	v.balance(0, 1, 97e8, 0)
	v.want(v.transfer(3, 2, 4, 1e8, "b"), 0)
	for i := range MaxNamed - 1 {
		if e, want := v.s.transfers.find(2, ref(t, "b")), v.s.transfers.find(2, ref(t, "a")); e == nil || (want == nil) != (i == MaxNamed-1) {
			t.Fatalf("after %d more: %v, %v", i, e, want)
		}
		p := instruction.Principal{Giver: instruction.ByCredential, Credential: 3}
		if _, err := v.s.Step(v.now, &p, &instruction.Transfer{From: 2, To: 4, Asset: 1, Amount: 1, Client: *ref(t, fmt.Sprint("n", i))}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if v.s.transfers.find(2, ref(t, "a")) != nil || v.s.transfers.find(2, ref(t, "b")) == nil || len(v.s.transfers.named[2]) != MaxNamed {
		t.Error("another than the oldest name was forgotten")
	}
}

func ref(t *testing.T, s string) *instruction.ClientID {
	id, err := instruction.ClientIDOf(s)
	if err != nil {
		t.Fatal(err)
	}
	return &id
}

func TestSubAccounts(t *testing.T) {
	v := family(t)
	operator := instruction.Principal{Giver: instruction.ByOperator}
	for parent, want := range map[instruction.Account]instruction.Reason{
		4: instruction.SubAccount, 1: instruction.UnknownAccount, 99: instruction.UnknownAccount, 2: 0,
	} {
		v.want(v.step(operator, &instruction.OpenAccount{Parent: parent}), want)
	}
	v.want(v.step(operator, &instruction.OpenAccount{Ref: "sub 1"}), instruction.ReferenceTaken)
	v.operator(&instruction.OpenAccount{})
	v.operator(&instruction.OpenAccount{}) // without a reference there may be many
	for a, want := range map[instruction.Account]instruction.Account{1: 1, 2: 2, 4: 2, 5: 2, 6: 3, 0: 0, 99: 0} {
		if got := v.s.Customer(a); got != want {
			t.Errorf("account %d is of customer %d, want %d", a, got, want)
		}
	}
	if got := fmt.Sprint(v.s.SubAccounts(3), v.s.SubAccounts(4)); got != "[6] []" {
		t.Error(got)
	}
	// A key stands in one account: the sub-account's order takes nothing from its master, and the master's key does not
	// cancel it.
	v.operator(&instruction.Credit{Account: 6, Asset: 1, Amount: 1e8})
	place := instruction.PlaceOrder{Market: 1, Side: instruction.Sell, Type: instruction.Limit, TIF: instruction.GTC, Price: 10_000e8, Qty: 1e8, ClientID: v.clientID()}
	v.want(v.by(5, &place), 0)
	v.want(v.by(1, &instruction.CancelOrder{Market: 1, Order: 1}), instruction.UnknownOrder)
	place.ClientID = v.clientID()
	v.want(v.by(5, &place), instruction.InsufficientBalance)
}
