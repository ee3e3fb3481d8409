package owner

// What is asked and answered of budgets: what keys may lose. Money is in the asset in which the venue counts worth.

// Return is a part of what was spent that counts no more from some time on.
type Return struct {
	At     string `json:"at" about:"When, if the clock does not stand still until then."`
	Amount string `json:"amount" about:"How much comes back."`
}

// Meter is what may be lost, or paid in fees, and what of it is gone.
type Meter struct {
	Rate         string   `json:"rate" about:"What may go in 24 hours, as a part of equity, such as 2%."`
	Limit        string   `json:"limit" about:"The same as an amount, now."`
	Spent        string   `json:"spent" about:"What of it is gone, in the last 24 to 26 hours."`
	Back         []Return `json:"back" about:"When how much of that comes back, the oldest first."`
	Reserved     string   `json:"reserved" about:"What open orders could lose at most; of losses only."`
	Since        string   `json:"since" about:"What has gone since you confirmed it last."`
	SinceLimit   string   `json:"since_limit" about:"What may go between two confirmations."`
	Left         string   `json:"left" about:"What may still go now: the least that any of the budgets leaves that bound it."`
	Bound        string   `json:"bound" enum:"LOSS,FEES,LOSS_CONFIRMATION,FEES_CONFIRMATION" about:"Which limit it is that leaves the least: that of 24 hours, or that between two confirmations."`
	BoundAccount uint32   `json:"bound_account" about:"Whose limit it is: the account."`
	BoundKey     uint32   `json:"bound_key,omitempty" about:"The key; not there for an account's own."`
}

// Budget is the budget of an account, or of one of its keys.
type Budget struct {
	Account uint32 `json:"account" about:"Number of the account."`
	Key     uint32 `json:"key,omitempty" about:"Number of the key; not there for the account's own budget, which bounds all keys together. That of the master account bounds all accounts."`
	Label   string `json:"label,omitempty" about:"Your own word for the key."`
	Equity  string `json:"equity" about:"What its limits are a part of: what the account is worth, or for the master account's own what all accounts are."`
	Loss    Meter  `json:"loss" about:"What may be lost against the marks."`
	Fees    Meter  `json:"fees" about:"What may be paid to the venue in fees."`
}

// Budgets answers GET /owner/v1/budgets.
type Budgets struct {
	Time    string   `json:"time" about:"Of the venue."`
	Frozen  string   `json:"frozen,omitempty" about:"Since when waits stand still after a jump of the venue's clock. While this is there, nothing comes back."`
	Asset   string   `json:"asset,omitempty" about:"The asset in which worth is counted. Where it is not there nobody has said so, and no budget holds."`
	Equity  string   `json:"equity" about:"What all your accounts are worth at the low marks; what has no price that could be relied on counts for nothing."`
	Budgets []Budget `json:"budgets" about:"Of the accounts, the master account first, then of the living keys but the owner's, which no budget bounds."`
	More    bool     `json:"more" about:"There are more keys than one answer has."`
}

// SetBudget says what a key, or an account, may lose.
type SetBudget struct {
	Account uint32 `json:"account,omitempty" about:"Number of the account; without it that of the key, or else the master account."`
	Key     uint32 `json:"key,omitempty" about:"Number of the key; without it the account's own budget, over all its keys."`
	Loss    string `json:"loss,omitempty" about:"What may be lost in 24 hours, as a part of equity, such as 3%; without it what it is."`
	Fees    string `json:"fees,omitempty" about:"What may be paid in fees in 24 hours, as a part of equity; without it what it is."`
}

// NameBudget names a budget.
type NameBudget struct {
	Account uint32 `json:"account,omitempty" about:"Number of the account; without it that of the key, or else the master account."`
	Key     uint32 `json:"key,omitempty" about:"Number of the key, which is confirmed with its account; without it the account's own budget alone."`
}

// Market is a market whose prices are not relied on for you, or that you named.
type Market struct {
	Symbol   string `json:"symbol" about:"The market."`
	Named    bool   `json:"named" about:"You named it: what you receive there counts for something, up to the cap."`
	Liquid   bool   `json:"liquid" about:"Its prices are relied on for what you have; it needs no name."`
	Acquired string `json:"acquired" about:"What you bought of its base asset within 30 days, less what you sold."`
	PutIn    string `json:"put_in" about:"The worth that left for it within 30 days, less what came back."`
	Counts   string `json:"counts,omitempty" about:"What of that counts against the cap; not there where nobody can tell what was given was worth."`
	Cap      string `json:"cap" about:"How much may count: a tenth of your equity."`
	Left     string `json:"left" about:"How much is left of the cap."`
}

// Markets answers GET /owner/v1/markets.
type Markets struct {
	Time    string   `json:"time" about:"Of the venue."`
	Asset   string   `json:"asset,omitempty" about:"The asset in which worth is counted; not there where nobody has said so."`
	Equity  string   `json:"equity" about:"What all your accounts are worth at the low marks."`
	Markets []Market `json:"markets" about:"Those whose prices are not relied on for you, that you named, or that you traded in so."`
}

// NameMarket names a market, or no longer.
type NameMarket struct {
	Symbol string `json:"symbol" about:"The market, such as BTCUSDT."`
}
