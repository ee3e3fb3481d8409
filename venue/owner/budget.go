package owner

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/budget"
	"portcullis/core/credential"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// What keys may lose: statements of budgets, and what customers put into thin markets.

// valuation is the asset that worth is counted in; "" while nobody has said.
func valuation(st *core.State) (symbol string, scale money.Scale) {
	if a := st.Asset(st.Valuation()); a != nil {
		return a.Symbol, a.Scale
	}
	return "", 0
}

func (s *Server) budgets(c *call) (Budgets, *refusal) {
	r := Budgets{Budgets: []Budget{}}
	var keys []instruction.Credential
	var no *refusal
	if r.More, no = s.eachKey(c, func(_ *core.State, id instruction.Credential, k *credential.Key) bool {
		if k.Revoked != 0 || k.Owner() {
			return true
		}
		if len(keys) == maxKeys {
			return false
		}
		keys = append(keys, id)
		return true
	}); no != nil {
		return r, no
	}
	no = s.read(func(st *core.State) {
		w := st.Worth(c.customer)
		symbol, scale := valuation(st)
		r.Time, r.Frozen, r.Asset, r.Equity = text(st.Clock().Now), text(st.Clock().Frozen), symbol, w.Family().Text(scale)
		for _, a := range all(st, c.customer) {
			r.Budgets = append(r.Budgets, stands(st, w, a, 0))
		}
		for _, k := range keys {
			if key := st.Key(k); key.Revoked == 0 { // it may have been deleted since
				r.Budgets = append(r.Budgets, stands(st, w, key.Account, k))
			}
		}
	})
	return r, no
}

// stands is how the budget of a key stands, or, where none is named, that of an account.
func stands(st *core.State, w *core.Worth, a instruction.Account, c instruction.Credential) Budget {
	b, loss, fees := w.Budget(a, c)
	_, scale := valuation(st)
	r := Budget{Account: uint32(a), Key: uint32(c), Equity: b.Equity.Text(scale), Loss: meter(st, &b.Loss, loss), Fees: meter(st, &b.Fees, fees)}
	if c != 0 {
		r.Label = st.Key(c).Label()
	}
	return r
}

func meter(st *core.State, x *budget.Account, left budget.Bound) Meter {
	_, scale := valuation(st)
	m := Meter{
		Rate: x.Rate.Percent(), Limit: x.Limit.Text(scale), Spent: x.Spent.Text(scale), Back: []Return{}, Reserved: x.Reserved.Text(scale),
		Since: x.Since.Text(scale), SinceLimit: x.SinceLimit.Text(scale), Left: left.Left.Text(scale), Bound: left.Limit.String(),
		BoundAccount: uint32(left.Of.Account), BoundKey: uint32(left.Of.Credential),
	}
	for _, back := range x.Back {
		m.Back = append(m.Back, Return{text(st.Clock().Wall(back.At)), back.Amount.Text(scale)})
	}
	return m
}

// markets are those that are thin for the customer, or that were.
func (s *Server) markets(c *call) (Markets, *refusal) {
	r := Markets{Markets: []Market{}}
	no := s.read(func(st *core.State) {
		w := st.Worth(c.customer)
		symbol, scale := valuation(st)
		r.Time, r.Asset, r.Equity = text(st.Clock().Now), symbol, w.Family().Text(scale)
		for _, m := range st.Markets() {
			t := w.Thin(m)
			if t.Liquid && !t.Named && t.Flow == (budget.Flow{}) {
				continue
			}
			base, _ := st.Scales(m)
			x := Market{Symbol: m.Symbol, Named: t.Named, Liquid: t.Liquid, Acquired: t.Base.Text(base), PutIn: t.Worth.Text(scale), Cap: t.Cap.Text(scale), Left: t.Left.Text(scale)}
			if t.Net < money.MaxAmount {
				x.Counts = t.Net.Text(scale)
			}
			r.Markets = append(r.Markets, x)
		}
	})
	return r, no
}

// budgetOf is the account of a key, or, where no key is named, the account that is.
func (c *call) budgetOf(st *core.State, account, key uint32) (instruction.Account, instruction.Credential) {
	if k := st.Key(instruction.Credential(key)); k != nil && account == 0 {
		return k.Account, instruction.Credential(key) // whose it is the gate looks at
	}
	return c.account(account), instruction.Credential(key)
}

func (s *Server) setBudget(c *call, in *SetBudget) (instruction.Instruction, *refusal) {
	if in.Loss == "" && in.Fees == "" {
		return nil, malformed("Say what may be lost in 24 hours, what may be paid in fees, or both, each as a part of equity such as 3%.")
	}
	i := &instruction.SetBudget{}
	if no := s.read(func(st *core.State) {
		i.Account, i.Credential = c.budgetOf(st, in.Account, in.Key)
		key, account, _ := st.Budgets(i.Account, i.Credential)
		if i.Budget = key; i.Credential == 0 {
			i.Budget = account
		}
	}); no != nil {
		return nil, no
	}
	for _, x := range []struct {
		text string
		into *money.PPM
	}{{in.Loss, &i.Budget.Loss}, {in.Fees, &i.Budget.Fees}} {
		if x.text == "" {
			continue
		}
		part, err := money.ParsePercent(x.text)
		if err != nil || part > money.Whole {
			return nil, malformed("A part of equity is written as 3% or 0.5%, from 0% to 100%, with at most four decimals.")
		}
		*x.into = part
	}
	return i, nil
}

func (s *Server) confirmBudget(c *call, in *NameBudget) (instruction.Instruction, *refusal) {
	i := &instruction.ConfirmBudget{}
	no := s.read(func(st *core.State) { i.Account, i.Credential = c.budgetOf(st, in.Account, in.Key) })
	return i, no
}

func (s *Server) nameMarket(c *call, in *NameMarket) (instruction.Instruction, *refusal) {
	return s.named(c, in, false)
}

func (s *Server) unnameMarket(c *call, in *NameMarket) (instruction.Instruction, *refusal) {
	return s.named(c, in, true)
}

func (s *Server) named(c *call, in *NameMarket, off bool) (i instruction.Instruction, no *refusal) {
	if bad := s.read(func(st *core.State) {
		m := st.MarketNamed(in.Symbol)
		if m == nil {
			no = malformed(fmt.Sprintf("There is no market %q. Symbols are written in capitals, such as BTCUSDT.", cut(in.Symbol)))
			return
		}
		i = &instruction.NameMarket{Account: c.customer, Market: m.ID, Off: off}
	}); bad != nil {
		return nil, bad
	}
	return i, no
}
