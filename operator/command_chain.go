package operator

// SetChain says how an asset moves on its chain. What is empty stays as it is, or, of a chain that is new, becomes what its comment
// says. Amounts are decimals of the asset.
type SetChain struct {
	Asset       string `json:"asset"`        // symbol; of scale 8
	Network     string `json:"network"`      // such as litecoin; never changes
	Account     string `json:"account"`      // the public key that the venue's addresses derive from; never changes
	Start       string `json:"start"`        // height of the first block that is looked at; new: 1; never changes
	CreditDepth string `json:"credit_depth"` // confirmations, 1 to 1000, after which a deposit is credited; new: 6
	SettleDepth string `json:"settle_depth"` // confirmations, 1 to 1000, after which a withdrawal is done; new: 6
	MinDeposit  string `json:"min_deposit"`  // what is less is never credited; at least what nodes pass on; new: 0.001
	MinWithdraw string `json:"min_withdraw"` // least of a withdrawal, the fee included; more than that; new: 0.01
	WithdrawFee string `json:"withdraw_fee"` // what a withdrawal costs its customer; new: 0.001
	MaxFeeRate  string `json:"max_fee_rate"` // most that the venue pays for 1000 virtual bytes; at least what nodes ask for; new: 0.01
}

// ChainSet answers SetChain.
type ChainSet struct {
	Outcome
	ChainTerms
}

// ChainTerms are how an asset moves on its chain.
type ChainTerms struct {
	Asset       string `json:"asset"`
	Network     string `json:"network"`
	Genesis     string `json:"genesis"` // hash of the chain's first block
	Account     string `json:"account"`
	Hot         string `json:"hot"` // address of change, and for what the operator adds
	Start       uint32 `json:"start"`
	CreditDepth uint16 `json:"credit_depth"`
	SettleDepth uint16 `json:"settle_depth"`
	MinDeposit  string `json:"min_deposit"`
	MinWithdraw string `json:"min_withdraw"`
	WithdrawFee string `json:"withdraw_fee"`
	MaxFeeRate  string `json:"max_fee_rate"`
}

// Chain is where an asset's chain stands. Amounts are decimals of the asset.
type Chain struct {
	ChainTerms
	Tip       uint32 `json:"tip"` // height of the newest block that is known; 0 where there is none
	TipHash   string `json:"tip_hash,omitempty"`
	Part      bool   `json:"part,omitempty"` // more of that block is to come
	Addresses int    `json:"addresses"`      // given out
	Coins     Heap   `json:"coins"`          // that a transaction may take now
	Waiting   Heap   `json:"waiting"`        // deposits that are not deep enough
	Payouts   Heap   `json:"payouts"`        // withdrawals that no transaction pays yet; the sum is what is to arrive
	Spends    int    `json:"spends"`         // transactions that are planned, signed, seen or mined, and not settled
	FeesLeft  string `json:"fees_left"`      // free in the venue's own account, which pays for transactions
	Solvency
	Halted bool `json:"halted"` // withdrawals are dropped: nothing more is planned
	Debts  Heap `json:"debts"`  // what customers owe since deposits were undone
}

// Heap is how many of something there are, and what they come to.
type Heap struct {
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

// Solvency holds what a chain has against what is owed: Confirmed and InFlight less Owed is Spare. Below 0 it is missing, and
// withdrawals halt.
type Solvency struct {
	Owed      string `json:"owed"`      // to customers, on the ledger
	Confirmed string `json:"confirmed"` // in coins
	InFlight  string `json:"in_flight"` // mined and not settled, so that the ledger still counts it
	Spare     string `json:"spare"`
}

// Chains answers ChainList.
type Chains struct {
	Chains []Chain `json:"chains"`
}

// ShowChain asks for one asset's chain.
type ShowChain struct {
	Asset string `json:"asset"`
}

// Spend is a transaction that the venue planned.
type Spend struct {
	Spend         uint64   `json:"spend"`
	State         string   `json:"state"` // PLANNED, SIGNED, SEEN, MINED or SETTLED
	Anchor        string   `json:"anchor"`
	Inputs        int      `json:"inputs"`
	Payouts       []uint64 `json:"payouts"`
	Paid          string   `json:"paid"` // to their addresses
	Fee           string   `json:"fee"`
	Size          uint32   `json:"size"` // virtual bytes at most
	Change        string   `json:"change"`
	Replaces      uint64   `json:"replaces,omitempty"`
	Tx            string   `json:"tx,omitempty"`
	Height        uint32   `json:"height,omitempty"`
	Confirmations uint32   `json:"confirmations"`
}

// ChainShown answers ChainShow.
type ChainShown struct {
	Chain
	Spending []Spend `json:"spending"` // those that are not forgotten, by number
}

// ListPayouts asks for withdrawals that are not over, at most about MaxPage at once.
type ListPayouts struct {
	Account uint32 `json:"account"` // 0: all
	Asset   string `json:"asset"`   // empty: all
	After   uint32 `json:"after"`   // Next of the page before
}

// Payout is a withdrawal.
type Payout struct {
	Payout   uint64 `json:"payout"`
	Account  uint32 `json:"account"`
	Key      uint32 `json:"key,omitempty"`  // that asked for it; none of a gift code that was claimed to an address
	Code     uint64 `json:"code,omitempty"` // that gift code, while it is known
	Asset    string `json:"asset"`
	Amount   string `json:"amount"`
	Fee      string `json:"fee"` // of the amount; the rest arrives
	Chain    string `json:"chain"`
	Address  string `json:"address"`
	Tag      string `json:"tag,omitempty"`
	Client   string `json:"client,omitempty"` // the customer's own name for it
	State    string `json:"state"`            // CHALLENGED, HELD, CLAIMED, SENDING, SETTLED or CANCELLED
	Stopping bool   `json:"stopping,omitempty"`
	Made     string `json:"made"`

	// The transaction that pays it, where one is planned: of those that are signed the one in a block, else the newest.
	Spend         uint64 `json:"spend,omitempty"`
	Tx            string `json:"tx,omitempty"`
	Height        uint32 `json:"height,omitempty"`
	Confirmations uint32 `json:"confirmations,omitempty"`
}

// Payouts answers PayoutList.
type Payouts struct {
	Payouts []Payout `json:"payouts"` // by account, then by number
	More    bool     `json:"more"`    // ask again after Next
	Next    uint32   `json:"next,omitempty"`
}

// NamePayout names a withdrawal.
type NamePayout struct {
	Payout uint64 `json:"payout"`
}

// PayoutShown answers PayoutShow.
type PayoutShown struct {
	Payout
	Ended string `json:"ended,omitempty"` // when it was settled or cancelled; of one that is over
	Lags  bool   `json:"lags,omitempty"`  // history is behind, and may not know the last of it
}

// PayoutStopped answers PayoutStop.
type PayoutStopped struct {
	Outcome
	State    string `json:"state"`    // CANCELLED, or SENDING where a transaction may pay it still
	Stopping bool   `json:"stopping"` // it is cancelled once a transaction without it is mined in the other's stead, or it arrives after all
}
