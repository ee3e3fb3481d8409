package operator

import (
	"errors"
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

func (s *Server) createAccount(c *caller, in *CreateAccount) (AccountCreated, *problem) {
	var r AccountCreated
	var bad *problem
	r.Outcome, bad = s.do(c, &instruction.OpenAccount{Ref: in.Ref, Parent: instruction.Account(in.Parent)}, func(e instruction.Event) {
		if e, ok := e.(*instruction.AccountOpened); ok {
			r.Account = uint32(e.ID)
		}
	})
	return r, bad
}

func (s *Server) creditAccount(c *caller, in *CreditAccount) (Outcome, *problem) {
	id, a, bad := s.asset(in.Asset)
	if bad != nil {
		return Outcome{}, bad
	}
	n, err := money.Parse(in.Amount, a.Scale)
	if err != nil {
		return Outcome{}, badNumber("amount", in.Amount, a, err)
	}
	return s.do(c, &instruction.Credit{Account: instruction.Account(in.Account), Asset: id, Amount: n, Ref: in.Ref}, nil)
}

// asset is the asset of a symbol.
func (s *Server) asset(symbol string) (instruction.Asset, core.Asset, *problem) {
	var id instruction.Asset
	var a core.Asset
	if bad := s.read(func(st *core.State) {
		if id = st.AssetNamed(symbol); id != 0 {
			a = *st.Asset(id)
		}
	}); bad != nil {
		return 0, a, bad
	}
	if id == 0 {
		return 0, a, wrong("unknown-asset", "There is no asset %q. Symbols are written in capitals; see the list of assets.", symbol)
	}
	return id, a, nil
}

// badNumber says what is wrong with a decimal, and what would be right.
func badNumber(field, text string, a core.Asset, err error) *problem {
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	switch {
	case errors.Is(err, money.ErrPrecision):
		return wrong("malformed-number", "%s: %q has more decimals than %s, which has %d.", field, text, a.Symbol, a.Scale)
	case errors.Is(err, money.ErrRange):
		return wrong("malformed-number", "%s: %q is more than the %s of %s that any number may be.", field, text, money.MaxAmount.Text(a.Scale), a.Symbol)
	}
	return wrong("malformed-number", "%s: %q is no number of 0 or more. Write digits with at most one point and at most %d decimals of %s, such as 1.5.",
		field, text, a.Scale, a.Symbol)
}

func (s *Server) showAccount(_ *caller, in *ShowAccount) (Account, *problem) {
	var r Account
	bad := s.read(func(st *core.State) { r = account(st, instruction.Account(in.Account)) })
	if bad == nil && r.Account == 0 {
		bad = wrong("unknown-account", "There is no account %d.", in.Account)
	}
	return r, bad
}

func (s *Server) listAccounts(_ *caller, in *Page) (Accounts, *problem) {
	r := Accounts{Accounts: []Account{}}
	bad := s.read(func(st *core.State) {
		last := uint32(st.Accounts())
		for n := in.After; n < last && len(r.Accounts) < MaxPage; n++ {
			r.Accounts = append(r.Accounts, account(st, instruction.Account(n+1)))
		}
		r.More = len(r.Accounts) > 0 && r.Accounts[len(r.Accounts)-1].Account < last
	})
	return r, bad
}

// account is one account as a reply shows it; one without a number where there is none.
func account(st *core.State, id instruction.Account) Account {
	a := st.Account(id)
	if a == nil {
		return Account{}
	}
	r := Account{Account: uint32(id), Ref: a.Ref, Opened: text(a.Opened), Parent: uint32(a.Parent), Tier: uint8(st.Tier(id)), Balances: []Balance{}}
	if a.Locked != 0 {
		r.Locked, r.Why = text(a.Locked), a.Why
	}
	for x, b := range st.Balances(id) {
		asset := st.Asset(x)
		r.Balances = append(r.Balances, Balance{Asset: asset.Symbol, Free: b.Free.Text(asset.Scale), Held: b.Held.Text(asset.Scale)})
	}
	return r
}

// accountExists says whether there is such an account, which is not the venue's own.
func (s *Server) accountExists(n uint32) *problem {
	known := false
	if bad := s.read(func(st *core.State) { known = st.Account(instruction.Account(n)) != nil }); bad != nil {
		return bad
	}
	if !known || instruction.Account(n) == instruction.Fees {
		return wrong("unknown-account", "There is no customer's account %s.", fmt.Sprint(n))
	}
	return nil
}
