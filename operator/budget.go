package operator

import (
	"portcullis/core"
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// budgeted is the key that a budget is asked of, 0 for the account's own.
func (s *Server) budgeted(in *ShowBudget) (instruction.Credential, *problem) {
	if bad := s.accountExists(in.Account); bad != nil || in.Key == 0 && in.Name == "" {
		return 0, bad
	}
	k, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return 0, bad
	}
	of := instruction.Account(0)
	if bad := s.read(func(st *core.State) {
		if key := st.Key(k); key != nil {
			of = key.Account
		}
	}); bad != nil {
		return 0, bad
	}
	if of != instruction.Account(in.Account) {
		return 0, wrong("unknown-credential", "Account %d has no such key; portcullis key list %d lists those that it has.", in.Account, in.Account)
	}
	return k, nil
}

// setBudget changes what is named of a budget, and leaves the rest.
func (s *Server) setBudget(c *caller, in *SetBudget) (BudgetChanged, *problem) {
	var r BudgetChanged
	if in.Loss == "" && in.Fees == "" {
		return r, wrong("malformed-command", "Nothing is named that would change: name what may be lost, or what may be paid in fees.")
	}
	k, bad := s.budgeted(&in.ShowBudget)
	if bad != nil {
		return r, bad
	}
	s.marking.Lock()
	defer s.marking.Unlock()
	a := instruction.Account(in.Account)
	var b instruction.Budget
	if bad := s.read(func(st *core.State) { b = limitsOf(st, a, k) }); bad != nil {
		return r, bad
	}
	for _, x := range []struct {
		field, text string
		into        *money.PPM
	}{{"loss", in.Loss, &b.Loss}, {"fees", in.Fees, &b.Fees}} {
		if x.text == "" {
			continue
		}
		n, err := money.ParsePercent(x.text)
		if err != nil || n > money.Whole {
			return r, wrong("malformed-number", "%s is a part of equity from 0%% to 100%% with at most 4 decimals, such as 2%%; not %q.", x.field, x.text)
		}
		*x.into = n
	}
	r.Outcome, bad = s.do(c, &instruction.SetBudget{Account: a, Credential: k, Budget: b}, nil)
	r.Loss, r.Fees = b.Loss.Percent(), b.Fees.Percent()
	if bad != nil && bad.outcome.Refusal.Code == instruction.OwnerOnly.String() {
		bad.outcome.Refusal.Sentence = "The customer has an owner's key, so only that raises a budget; the operator lowers it. Ask the customer to run portcullis owner budget."
	}
	return r, bad
}

// limitsOf is the budget in force of a key, or of an account where k is 0.
func limitsOf(st *core.State, a instruction.Account, k instruction.Credential) instruction.Budget {
	key, account, _ := st.Budgets(a, k)
	if k == 0 {
		return account
	}
	return key
}

func (s *Server) showBudget(_ *caller, in *ShowBudget) (BudgetShown, *problem) {
	var r BudgetShown
	k, bad := s.budgeted(in)
	if bad != nil {
		return r, bad
	}
	bad = s.read(func(st *core.State) { r = budgetOf(st, instruction.Account(in.Account), k) })
	return r, bad
}

// budgetOf is what an account, and one of its keys where k is not 0, may lose.
func budgetOf(st *core.State, a instruction.Account, k instruction.Credential) BudgetShown {
	scale := money.Scale(0)
	r := BudgetShown{Account: uint32(a), Key: uint32(k), Frozen: text(st.Clock().Frozen), Owned: st.Owned(a)}
	if v := st.Asset(st.Valuation()); v != nil {
		r.Valuation, scale = v.Symbol, v.Scale
	}
	w := st.Worth(a)
	r.Equity, r.Customer = w.Own(a).Text(scale), w.Family().Text(scale)
	b, loss, fees := w.Budget(a, k)
	r.Budgets = append(r.Budgets, statement(st.Clock(), a, k, &b, scale))
	r.LossLeft, r.FeesLeft = loss.Left.Text(scale), fees.Left.Text(scale)
	if k != 0 {
		b, _, _ = w.Budget(a, 0)
		r.Budgets = append(r.Budgets, statement(st.Clock(), a, 0, &b, scale))
	}
	if master := st.Customer(a); master != a {
		b, _, _ = w.Budget(master, 0)
		r.Budgets = append(r.Budgets, statement(st.Clock(), master, 0, &b, scale))
	}
	if key := st.Key(k); key != nil {
		r.Outside = key.Owner()
	}
	return r
}

// statement is one budget as a reply shows it.
func statement(c core.Clock, a instruction.Account, k instruction.Credential, x *budget.Statement, scale money.Scale) Budget {
	return Budget{Account: uint32(a), Key: uint32(k), Loss: side(c, &x.Loss, scale), Fees: side(c, &x.Fees, scale)}
}

func side(c core.Clock, x *budget.Account, scale money.Scale) BudgetSide {
	r := BudgetSide{
		Rate: x.Rate.Percent(), Limit: x.Limit.Text(scale), Spent: x.Spent.Text(scale), Reserved: x.Reserved.Text(scale), Left: x.Left.Text(scale),
		Since: x.Since.Text(scale), SinceMost: x.SinceLimit.Text(scale), Back: []BudgetReturn{},
	}
	for _, b := range x.Back {
		r.Back = append(r.Back, BudgetReturn{At: text(c.Wall(b.At)), Amount: b.Amount.Text(scale)})
	}
	return r
}
