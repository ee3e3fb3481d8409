package operator

// SetValuation says in which asset worth is counted, and so loss budgets. It is said once, and never taken back.
type SetValuation struct {
	Asset string `json:"asset"`
}

// SetRoute says by which markets an asset is valued, one after the other, from the asset to the valuation asset. It must be
// said which: of an asset that is to count for nothing, None.
type SetRoute struct {
	Asset   string   `json:"asset"`
	Symbols []string `json:"symbols"` // at most 3
	None    bool     `json:"none"`
}

// SetMarks says how a market's prices are taken. What is left out stays as it is; 0 takes a depth, a collar or the halt away.
type SetMarks struct {
	Symbol    string `json:"symbol"`
	Tier      string `json:"tier"`      // LIQUID, THIN or NONE
	Reference *bool  `json:"reference"` // whether an outside reference is fed to it
	Depth     string `json:"depth"`     // what stands within 5 basis points of the mid price on each side, in whole valuation assets
	Collar    string `json:"collar"`    // a percentage, "10%": how far beyond the mark an order's price may lie
	Range     string `json:"range"`     // a percentage of at most 100%: an hour's, at which the market halts
	Volume    string `json:"volume"`    // if its volume is also so many times the usual: 1 to 65535
	Cool      string `json:"cool"`      // how long it then stays halted, "15m": 1m to 24h
}

// MarksChanged answers SetMarks: how prices are taken now.
type MarksChanged struct {
	Outcome
	Taken
	Valuation string `json:"valuation"`
}

// Taken is how a market's prices are taken. What is not there is empty.
type Taken struct {
	Tier      string `json:"tier"`
	Reference bool   `json:"reference"` // one is expected
	Depth     string `json:"depth"`
	Collar    string `json:"collar"`
	Range     string `json:"range"`
	Volume    uint16 `json:"volume"`
	Cool      string `json:"cool"`
}

// ListMarks asks how prices are taken, and what they are: of one market, or of a page of them, at most MaxPage.
type ListMarks struct {
	Symbol string `json:"symbol"` // empty: all
	After  uint16 `json:"after"`  // the number of the last market of the page before
}

// MarksShown answers MarksList. Assets are there on the first page.
type MarksShown struct {
	Valuation string   `json:"valuation"` // in which worth is counted; empty: budgets are not in force
	Time      string   `json:"time"`      // of the last record: marks are as of it
	Frozen    string   `json:"frozen,omitempty"`
	Assets    []Valued `json:"assets,omitempty"`
	Markets   []Marked `json:"markets"`
	More      bool     `json:"more"` // ask again after the last
}

// Valued is how an asset is valued.
type Valued struct {
	Asset string   `json:"asset"`
	Route []string `json:"route"` // markets, from the asset to the valuation asset; none: it counts for nothing
}

// Marked is what a market's prices count for. Prices and volumes are in whole quote assets; what is not known is empty.
type Marked struct {
	Market uint16 `json:"market"`
	Symbol string `json:"symbol"`
	State  string `json:"state"`
	Taken
	Low       string `json:"low"`  // mark of what is received
	High      string `json:"high"` // mark of what is given
	Mean      string `json:"mean"` // of the mid price, over a minute
	Says      string `json:"reference_price"`
	Dated     string `json:"reference_dated"`
	AgeMillis int64  `json:"reference_age_ms"`
	Fresh     bool   `json:"reference_fresh"`
	HourLow   string `json:"hour_low"`
	HourHigh  string `json:"hour_high"`
	HourTotal string `json:"hour_volume"`
	Usual     string `json:"usual_volume"` // median hour of seven days
	Cooling   string `json:"cooling_until,omitempty"`
}

// ShowBudget asks what an account, and one of its keys where one is named by its number, or its name or text, may lose.
type ShowBudget struct {
	Account uint32 `json:"account"`
	Key     uint32 `json:"key"`
	Name    string `json:"name"`
}

// SetBudget sets what a key, or an account over all its keys, may lose and pay in fees in 24 hours. What is empty stays as it is.
type SetBudget struct {
	ShowBudget
	Loss string `json:"loss"` // a percentage of equity, "2%": 0% to 100%
	Fees string `json:"fees"`
}

// BudgetChanged answers SetBudget: what holds now.
type BudgetChanged struct {
	Outcome
	Loss string `json:"loss"`
	Fees string `json:"fees"`
}

// BudgetShown answers ShowBudget. Amounts are in whole valuation assets.
type BudgetShown struct {
	Account   uint32   `json:"account"`
	Key       uint32   `json:"key,omitempty"`
	Valuation string   `json:"valuation"` // empty: budgets are not in force, and every amount is 0
	Frozen    string   `json:"frozen,omitempty"`
	Equity    string   `json:"equity"`          // of the account, at the low mark
	Customer  string   `json:"customer_equity"` // of all accounts of its customer
	Owned     bool     `json:"owned"`           // the customer has an owner's key, without which nobody raises a budget
	Outside   bool     `json:"outside"`         // the key is an owner's, which no budget bounds
	Budgets   []Budget `json:"budgets"`         // that count: the key's, the account's, the master account's
	LossLeft  string   `json:"loss_left"`       // by all of them
	FeesLeft  string   `json:"fees_left"`
}

// Budget is one budget and what stands against it.
type Budget struct {
	Account uint32     `json:"account"`
	Key     uint32     `json:"key,omitempty"` // none: the account's own
	Loss    BudgetSide `json:"loss"`
	Fees    BudgetSide `json:"fees"`
}

// BudgetSide is what of one budget is spent and left.
type BudgetSide struct {
	Rate      string         `json:"rate"`     // a percentage of equity
	Limit     string         `json:"limit"`    // in 24 hours
	Spent     string         `json:"spent"`    // that counts against it
	Reserved  string         `json:"reserved"` // for open orders; of losses alone
	Left      string         `json:"left"`
	Since     string         `json:"since_confirmed"` // since the owner confirmed last
	SinceMost string         `json:"since_limit"`     // between two confirmations
	Back      []BudgetReturn `json:"back"`            // Spent by when it counts no more, the next first
}

// BudgetReturn says when a part of what was spent counts no more, if waits do not stand still until then.
type BudgetReturn struct {
	At     string `json:"at"`
	Amount string `json:"amount"`
}
