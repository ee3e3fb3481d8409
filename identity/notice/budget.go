package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
)

// meter is whose budget it is, in a sentence.
func meter(a instruction.Account, c instruction.Credential) string {
	if c != 0 {
		return fmt.Sprintf("key %d", c)
	}
	return fmt.Sprintf("account %d", a)
}

// symbol is a market's symbol.
func symbol(s *core.State, m instruction.Market) string {
	if x := s.Market(m); x != nil {
		return x.Symbol
	}
	return fmt.Sprintf("market %d", m)
}

// budget tells what became of what may be lost.
func (t *teller) budget(s *core.State, i int, e instruction.Event) {
	p := &t.record.Principal
	switch e := e.(type) {
	case *instruction.BudgetSet:
		if t.came(i, instruction.HigherBudget) != nil {
			return // the wait's end tells
		}
		whose := meter(e.Account, e.Credential)
		t.add(s, e.Account, BudgetSet, fmt.Sprintf("What %s may lose was set to %s", whose, e.Budget.Loss.Percent()),
			fmt.Sprintf("From now on %s may lose %s of equity and pay %s in fees in 24 hours. This was said %s. If it was not meant, set it back: "+
				"`portcullis owner budget set`, or POST to /owner/v1/budgets/set.", whose, e.Budget.Loss.Percent(), e.Budget.Fees.Percent(), who(p)),
			addBudget(map[string]any{"by": by(p)}, e.Credential, e.Budget))
	case *instruction.BudgetConfirmed:
		whose := meter(e.Account, e.Credential)
		data := map[string]any{"by": by(p)}
		addKey(data, e.Credential)
		t.add(s, e.Account, BudgetConfirmed, fmt.Sprintf("The losses of %s were confirmed", whose),
			fmt.Sprintf("It was said %s that what %s lost and paid so far was meant, so that as much again may go until the next time. "+
				"If that was not you, your owner's key is in strange hands: ask the venue's operator to shut it at once.", who(p), whose), data)
	case *instruction.MarketNamed:
		t.named(s, e)
	case *instruction.BudgetSpent:
		t.spent(s, e)
	case *instruction.BudgetSwept:
		t.swept(s, i, e)
	}
}

// addBudget adds a budget to a notice's data.
func addBudget(data map[string]any, c instruction.Credential, b instruction.Budget) map[string]any {
	addKey(data, c)
	data["loss"], data["fees"] = b.Loss.Percent(), b.Fees.Percent()
	return data
}

// addKey adds the key whose budget it is; none for an account's own.
func addKey(data map[string]any, c instruction.Credential) {
	if c != 0 {
		data["key"] = c
	}
}

func (t *teller) named(s *core.State, e *instruction.MarketNamed) {
	market, p := symbol(s, e.Market), &t.record.Principal
	data := map[string]any{"market": market, "named": !e.Off, "by": by(p)}
	if e.Off {
		t.add(s, e.Account, MarketNamed, market+" is no longer named", fmt.Sprintf("It was said %s that you do not trade in %s any more: what is received "+
			"there counts for nothing while its prices are not relied on.", who(p), market), data)
		return
	}
	t.add(s, e.Account, MarketNamed, market+" is named", fmt.Sprintf("It was said %s that you trade in %s, whose prices are not relied on. A key may now put up to a "+
		"tenth of your equity into it in 30 days, on top of what it may lose. If it was not meant: `portcullis owner markets unname %s`, or POST "+
		"{\"symbol\":%q} to /owner/v1/markets/unname.", who(p), market, market, market), data)
}

// limits say which limit of a budget was met, and what ends that.
var limits = map[instruction.BudgetLimit]string{
	instruction.LossLimit:        "what may be lost in 24 hours is lost, and comes back by and by",
	instruction.FeesLimit:        "what may be paid in fees in 24 hours is paid, and comes back by and by",
	instruction.LossConfirmation: "what may be lost between two confirmations is lost, and only a confirmation begins that anew",
	instruction.FeesConfirmation: "what may be paid in fees between two confirmations is paid, and only a confirmation begins that anew",
}

func (t *teller) spent(s *core.State, e *instruction.BudgetSpent) {
	whose := meter(e.Account, e.Credential)
	if e.Credential == 0 && s.Customer(e.Account) != e.Account {
		whose += ", or of its master account"
	}
	data := map[string]any{"limit": e.Limit, "market": symbol(s, e.Market), "order": e.Order}
	addKey(data, e.Credential)
	t.add(s, e.Account, BudgetSpent, fmt.Sprintf("The loss budget of %s stopped an order", whose),
		fmt.Sprintf("Order %d of account %d in %s could not trade, or not whole: by the budget of %s, %s. Open orders that it does not bear "+
			"either are cancelled. If these trades were not yours, shut the key: `portcullis owner quarantine`. If they were: `portcullis owner budget show` says when "+
			"how much comes back, `portcullis owner budget confirm` that it was meant.", e.Order, e.Account, symbol(s, e.Market), whose, limits[e.Limit]), data)
}

// swept tells how many orders were cancelled in this record because the account's budgets bear them no more.
func (t *teller) swept(s *core.State, i int, e *instruction.BudgetSwept) {
	n := 0
	for i--; i >= 0; i-- {
		switch x := t.found[i].(type) {
		case *instruction.BudgetSwept:
			i = 0
		case *instruction.OrderClosed:
			if x.Account == e.Account {
				n++
			}
		}
	}
	if n == 0 {
		return
	}
	t.add(s, e.Account, BudgetSwept, fmt.Sprintf("Orders of account %d were cancelled: %d", e.Account, n),
		fmt.Sprintf("The loss budget of account %d, or of the key that placed them, does not bear %d of its open orders any more at today's prices, and they were "+
			"cancelled. `portcullis owner budget show` says what is left.", e.Account, n), map[string]any{"orders": n})
}

// halted tells that a market broke out of its bands.
func (t *teller) halted(s *core.State, e *instruction.BandBroken) {
	m := s.Market(e.Market)
	if m == nil {
		return
	}
	_, quote := s.Scales(m)
	until, data := until(s, e.Until)
	t.add(s, 0, MarketHalted, m.Symbol+" is halted", fmt.Sprintf("%s went from %s to %s within an hour, at a volume of %s where %s an hour is usual, and is halted until %s. "+
		"Cancels go through. To open it before: `portcullis market open %s`.", m.Symbol, e.Low.Text(quote), e.High.Text(quote), e.Volume.Text(quote), e.Usual.Text(quote), until, m.Symbol),
		map[string]any{"market": m.Symbol, "low": e.Low.Text(quote), "high": e.High.Text(quote), "volume": e.Volume.Text(quote), "usual": e.Usual.Text(quote), "until": data})
}
