package instruction

import "portcullis/core/money"

// Budget is what may be lost, against the mark, and paid in fees to the venue within 24 hours, each as a part of equity.
// Between two confirmations by the owner five times the losses and ten times the fees may add up.
type Budget struct {
	Loss, Fees money.PPM // 0 to Whole
}

// Budgets where nobody set others, and up to where the owner raises one without a wait.
var (
	DefaultBudget = Budget{Loss: 20_000, Fees: 20_000}
	PromptBudget  = Budget{Loss: 50_000, Fees: 50_000}
)

// How many days' budgets may be spent between two confirmations.
const (
	LossDays = 5
	FeeDays  = 10
)

// ThinCap is how much of a customer's equity may be acquired or given away, net, in 30 days in one thin market that its
// owner named.
const ThinCap money.PPM = 100_000

// What a mark is taken to be off by, of each market on an asset's route: with an outside reference, and without.
const (
	ErrorReferred   money.PPM = 500
	ErrorUnreferred money.PPM = 1_000
)

// SetBudget says what a credential, or an account over all its credentials, may lose.
type SetBudget struct {
	Account    Account
	Credential Credential // of the account; 0: the account's own budget
	Budget     Budget
}

// ConfirmBudget says, by its owner, that what was lost so far was meant: the sum between two confirmations begins anew, for
// the account and for the credential, if one is named. What counts of the last 24 hours stays.
type ConfirmBudget struct {
	Account    Account
	Credential Credential // 0: the account's own budget alone
}

// NameMarket says, by its owner, that a customer trades in a thin market.
type NameMarket struct {
	Account Account // a master account, for all accounts of its customer
	Market  Market
	Off     bool // no longer
}

// BudgetSet follows SetBudget.
type BudgetSet struct {
	Account    Account
	Credential Credential
	Budget     Budget
}

// BudgetConfirmed follows ConfirmBudget.
type BudgetConfirmed struct {
	Account    Account
	Credential Credential
}

// MarketNamed follows NameMarket.
type MarketNamed struct {
	Account Account
	Market  Market
	Off     bool
}

// Charged says what a fill cost one of its sides, in units of the valuation asset.
type Charged struct {
	Market     Market
	Trade      Trade
	Account    Account
	Credential Credential
	Loss       money.Amount // against the mark; below 0, a gain that is credited
	Fees       money.Amount // that the venue keeps
	// Where one of the assets is valued by a thin market that the customer named: which, what was acquired of its base asset,
	// and the worth that left for it; below 0 what was given, and what came back. Else 0.
	Thin        Market
	Base, Worth money.Amount
}

// BudgetSpent says that an order was not placed, or could not trade, or not whole, since a budget does not bear it. It is said
// once in two hours of an account. Open orders of the account that the budget does not bear either are cancelled next.
type BudgetSpent struct {
	Account    Account
	Credential Credential // whose budget; 0: the account's own
	Limit      BudgetLimit
	Market     Market // where it was met
	Order      Order  // 0: it was not placed
}

// BudgetSwept says how far the orders of an account have been looked at that its budgets no longer bear: in markets before
// this one, and in all when it is 0.
type BudgetSwept struct {
	Account Account
	Market  Market
}

// OrderCapped says that an order that started rests at another price than it asked for: where its budget bears it whole.
// It follows the mark towards what it asked for.
type OrderCapped struct {
	Market  Market
	Order   Order
	Account Account
	Price   money.Price  // from now on
	Held    money.Amount // what is held for it now
	Risk    money.Amount // what of the budget is reserved for it now
}

// BudgetLimit is which limit a budget met: append-only.
type BudgetLimit uint8

const (
	LossLimit        BudgetLimit = 1 // in 24 hours
	FeesLimit        BudgetLimit = 2
	LossConfirmation BudgetLimit = 3 // between two confirmations
	FeesConfirmation BudgetLimit = 4
)

var budgetLimitNames = names{"", "LOSS", "FEES", "LOSS_CONFIRMATION", "FEES_CONFIRMATION"}

func (l BudgetLimit) String() string               { return budgetLimitNames.text(int(l)) }
func (l BudgetLimit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

func (*SetBudget) Kind() Kind     { return KindSetBudget }
func (*ConfirmBudget) Kind() Kind { return KindConfirmBudget }
func (*NameMarket) Kind() Kind    { return KindNameMarket }

func (*BudgetSet) EventKind() EventKind       { return KindBudgetSet }
func (*BudgetConfirmed) EventKind() EventKind { return KindBudgetConfirmed }
func (*MarketNamed) EventKind() EventKind     { return KindMarketNamed }
func (*Charged) EventKind() EventKind         { return KindCharged }
func (*BudgetSpent) EventKind() EventKind     { return KindBudgetSpent }
func (*BudgetSwept) EventKind() EventKind     { return KindBudgetSwept }
func (*OrderCapped) EventKind() EventKind     { return KindOrderCapped }

// Fields is the persisted layout.
func (b *Budget) Fields(c *Codec) {
	Num32(c, &b.Loss)
	Num32(c, &b.Fees)
}

func (i *SetBudget) fields(c *Codec) {
	Num32(c, &i.Account)
	Num32(c, &i.Credential)
	i.Budget.Fields(c)
}

func (e *BudgetSet) fields(c *Codec) {
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	e.Budget.Fields(c)
}

func (i *ConfirmBudget) fields(c *Codec) {
	Num32(c, &i.Account)
	Num32(c, &i.Credential)
}

func (e *BudgetConfirmed) fields(c *Codec) {
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
}

func (i *NameMarket) fields(c *Codec) {
	Num32(c, &i.Account)
	Num16(c, &i.Market)
	c.Bool(&i.Off)
}

func (e *MarketNamed) fields(c *Codec) {
	Num32(c, &e.Account)
	Num16(c, &e.Market)
	c.Bool(&e.Off)
}

func (e *Charged) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Trade)
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	c.amount(&e.Loss)
	c.amount(&e.Fees)
	Num16(c, &e.Thin)
	c.amount(&e.Base)
	c.amount(&e.Worth)
}

func (e *BudgetSpent) fields(c *Codec) {
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	enum(c, &e.Limit, FeesConfirmation)
	Num16(c, &e.Market)
	Num64(c, &e.Order)
}

func (e *BudgetSwept) fields(c *Codec) {
	Num32(c, &e.Account)
	Num16(c, &e.Market)
}

func (e *OrderCapped) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Order)
	Num32(c, &e.Account)
	c.price(&e.Price)
	c.amount(&e.Held)
	c.amount(&e.Risk)
}
