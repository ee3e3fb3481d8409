package operator

// MaxRequest is how long a command may be, in bytes.
const MaxRequest = 64 << 10

// maxReply is how long a reply may be that a Client reads.
const maxReply = 64 << 20

// Command is one kind of command: its path on the socket, what is asked and what is answered. Server and Client share it,
// so that they cannot differ.
type Command[Request, Reply any] struct{ path string }

// The commands.
var (
	AssetAdd    = Command[AddAsset, AssetAdded]{"/asset/add"}
	AssetList   = Command[Nothing, Assets]{"/asset/list"}
	MarketAdd   = Command[AddMarket, MarketAdded]{"/market/add"}
	MarketList  = Command[Nothing, Markets]{"/market/list"}
	MarketSet   = Command[SetMarket, Outcome]{"/market/set"}
	MarketTerms = Command[SetTerms, Outcome]{"/market/terms"}

	AccountCreate = Command[CreateAccount, AccountCreated]{"/account/create"}
	AccountCredit = Command[CreditAccount, Outcome]{"/account/credit"}
	AccountShow   = Command[ShowAccount, Account]{"/account/show"}
	AccountList   = Command[Page, Accounts]{"/account/list"}

	MarketValuation = Command[SetValuation, Outcome]{"/market/valuation"}
	MarketRoute     = Command[SetRoute, Outcome]{"/market/route"}
	MarksSet        = Command[SetMarks, MarksChanged]{"/market/marks/set"}
	MarksList       = Command[ListMarks, MarksShown]{"/market/marks"}
	BudgetSet       = Command[SetBudget, BudgetChanged]{"/account/budget/set"}
	BudgetShow      = Command[ShowBudget, BudgetShown]{"/account/budget"}

	AccountTier = Command[SetTier, Outcome]{"/account/tier"}

	FeesSet  = Command[SetFees, Outcome]{"/fees/set"}
	FeesList = Command[Nothing, Fees]{"/fees/list"}

	DropNow  = Command[Drop, DropOutcome]{"/drop"}
	DropList = Command[Nothing, Drops]{"/drop/list"}
	RaiseNow = Command[Raise, DropOutcome]{"/raise"}

	KeyCreate = Command[CreateKey, KeyCreated]{"/key/create"}
	KeyList   = Command[ListKeys, Keys]{"/key/list"}
	KeyRevoke = Command[RevokeKey, Outcome]{"/key/revoke"}
	KeyChange = Command[ChangeKey, KeyChanged]{"/key/change"}
	KeyRenew  = Command[RenewKey, KeyRenewed]{"/key/renew"}
	KeyImport = Command[ImportKeys, KeysImported]{"/key/import"}

	KeyFeatures = Command[ShowFeatures, FeaturesShown]{"/key/features"}

	KeyQuarantine = Command[HoldKey, Outcome]{"/key/quarantine"}
	KeyRestore    = Command[HoldKey, Outcome]{"/key/restore"}
	AccountLock   = Command[LockAccount, Outcome]{"/account/lock"}
	AccountUnlock = Command[UnlockAccount, Outcome]{"/account/unlock"}
	IncidentList  = Command[Nothing, Incidents]{"/incident/list"}
	IncidentShow  = Command[ShowIncident, IncidentShown]{"/incident/show"}
	IncidentClose = Command[CloseIncident, Outcome]{"/incident/close"}

	ProceedsList     = Command[ListProceeds, ProceedsShown]{"/proceeds/list"}
	ProceedsHold     = Command[HoldProceeds, ProceedsHeld]{"/proceeds/hold"}
	ProceedsRelease  = Command[ReleaseProceeds, Outcome]{"/proceeds/release"}
	InquestCohort    = Command[AskCohort, CohortShown]{"/inquest/cohort"}
	InquestShut      = Command[ShutCohort, CohortOutcome]{"/inquest/shut"}
	InquestAutomatic = Command[SetAutomatic, Outcome]{"/inquest/automatic"}

	ChainSetTerms = Command[SetChain, ChainSet]{"/chain/set"}
	ChainList     = Command[Nothing, Chains]{"/chain/list"}
	ChainShow     = Command[ShowChain, ChainShown]{"/chain/show"}
	PayoutList    = Command[ListPayouts, Payouts]{"/payout/list"}
	PayoutShow    = Command[NamePayout, PayoutShown]{"/payout/show"}
	PayoutStop    = Command[NamePayout, PayoutStopped]{"/payout/stop"}

	WaitingList = Command[ListWaiting, WaitingShown]{"/waiting"}
	NoSay       = Command[SayNo, Outcome]{"/no"}

	ClockConfirm = Command[Nothing, Outcome]{"/clock/confirm"}
	StatusShow   = Command[Nothing, Status]{"/status"}
	StateShow    = Command[Nothing, State]{"/state"}
	MasterList   = Command[Nothing, MasterKeys]{"/master/list"}
	MasterRotate = Command[Nothing, MasterKeys]{"/master/rotate"}
	MasterReseal = Command[Nothing, MasterKeys]{"/master/reseal"}
	MasterForget = Command[ForgetMaster, MasterKeys]{"/master/forget"}
	BackupBegin  = Command[Nothing, BackupBegun]{"/backup/begin"}
	BackupList   = Command[Nothing, Backups]{"/backup/list"}
	SnapshotTake = Command[Nothing, Snapshot]{"/snapshot"}
)

// Nothing is asked by commands without parameters.
type Nothing struct{}

// Outcome is what became of an instruction, as its durable record says.
type Outcome struct {
	Seq     uint64   `json:"seq,omitempty"` // of the record; 0 where no instruction was given
	Time    string   `json:"time,omitempty"`
	Outcome string   `json:"outcome,omitempty"` // DONE or REFUSED; none of an instruction that was not given
	Verdict string   `json:"verdict,omitempty"` // what the gate said: ALLOW for all that is done; none of what came to nothing behind it
	Refusal *Refusal `json:"refusal,omitempty"` // why nothing happened; none when it did
}

// Refusal says why a command came to nothing.
type Refusal struct {
	Code     string `json:"code"`     // stable
	Sentence string `json:"sentence"` // what is wrong, and what to do
}

// Error is the refusal as an error.
func (r *Refusal) Error() string { return r.Sentence + " (" + r.Code + ")" }

// AddAsset defines an asset.
type AddAsset struct {
	Symbol string `json:"symbol"` // 1 to 12 of A-Z 0-9
	Scale  uint8  `json:"scale"`  // decimals, 0 to 12
}

// AssetAdded answers AddAsset.
type AssetAdded struct {
	Outcome
	Asset uint16 `json:"asset"`
}

// Asset is one asset. CameIn less WentOut is what all accounts have together.
type Asset struct {
	Asset   uint16 `json:"asset"`
	Symbol  string `json:"symbol"`
	Scale   uint8  `json:"scale"`
	CameIn  string `json:"came_in"`
	WentOut string `json:"went_out"`
}

// Assets answers AssetList.
type Assets struct {
	Assets []Asset `json:"assets"`
}

// AddMarket defines a market. All numbers are decimals: prices in whole quote assets for one whole base asset, quantities in
// whole base assets, fees as a fraction of what is received ("0.001" is 0.1%).
type AddMarket struct {
	Base        string `json:"base"`
	Quote       string `json:"quote"`
	Tick        string `json:"tick"`
	MinPrice    string `json:"min_price"`
	MaxPrice    string `json:"max_price"`
	Lot         string `json:"lot"`
	MaxQty      string `json:"max_qty"`
	MinNotional string `json:"min_notional"` // empty: 0
	FeeIn       string `json:"fee_in"`       // RECEIVED, BASE or QUOTE: what fees are charged in; empty: RECEIVED
	MakerFee    string `json:"maker_fee"`    // empty: 0; below 0, a rebate
	TakerFee    string `json:"taker_fee"`    // empty: 0
}

// MarketAdded answers AddMarket.
type MarketAdded struct {
	Outcome
	Market uint16 `json:"market"`
	Symbol string `json:"symbol"`
}

// SetTerms changes a market's trading terms. What is empty stays as it is; 0 takes a bound away, or back to its default. Numbers
// are as in AddMarket; factors are of the last price, counts whole numbers, and trails basis points.
type SetTerms struct {
	Symbol          string `json:"symbol"`
	MinPrice        string `json:"min_price"`
	MaxPrice        string `json:"max_price"`
	MinNotional     string `json:"min_notional"`
	MaxNotional     string `json:"max_notional"`
	MinQty          string `json:"min_qty"`
	MaxQty          string `json:"max_qty"`
	MarketMinQty    string `json:"market_min_qty"`
	MarketMaxQty    string `json:"market_max_qty"`
	MaxPosition     string `json:"max_position"`
	BidUp           string `json:"bid_up"`
	BidDown         string `json:"bid_down"`
	AskUp           string `json:"ask_up"`
	AskDown         string `json:"ask_down"`
	MaxToMarket     string `json:"max_to_market"`
	MinSparesMarket string `json:"min_spares_market"`
	IcebergParts    string `json:"iceberg_parts"`
	MaxOrders       string `json:"max_orders"`
	MaxAlgo         string `json:"max_algo_orders"`
	MaxIcebergs     string `json:"max_iceberg_orders"`
	MaxLists        string `json:"max_order_lists"`
	MaxAmends       string `json:"max_amends"`
	TrailAboveMin   string `json:"trail_above_min"`
	TrailAboveMax   string `json:"trail_above_max"`
	TrailBelowMin   string `json:"trail_below_min"`
	TrailBelowMax   string `json:"trail_below_max"`
}

// SetMarket sets what a market accepts: OPEN, CANCEL_ONLY or HALTED.
type SetMarket struct {
	Symbol string `json:"symbol"`
	State  string `json:"state"`
}

// Market is one market.
type Market struct {
	AddMarket
	Market     uint16 `json:"market"`
	Symbol     string `json:"symbol"`
	State      string `json:"state"`
	LastPrice  string `json:"last_price"` // empty before the first trade
	OpenOrders int    `json:"open_orders"`
}

// Markets answers MarketList.
type Markets struct {
	Markets []Market `json:"markets"`
}

// CreateAccount opens an account.
type CreateAccount struct {
	// Ref is the operator's own reference, such as a customer number. It stays in the journal for ever: no name, no mail.
	Ref    string `json:"ref"`
	Parent uint32 `json:"parent"` // the customer's master account; 0: this is one
}

// AccountCreated answers CreateAccount.
type AccountCreated struct {
	Outcome
	Account uint32 `json:"account"`
}

// CreditAccount books value that came in from outside.
type CreditAccount struct {
	Account uint32 `json:"account"`
	Asset   string `json:"asset"` // symbol
	Amount  string `json:"amount"`
	Ref     string `json:"ref"` // where it came from; at most 64 characters
}

// ShowAccount asks for one account.
type ShowAccount struct {
	Account uint32 `json:"account"`
}

// Page asks for a part of a list, at most MaxPage long.
type Page struct {
	After uint32 `json:"after"` // the last number of the page before
}

// MaxPage is how long one page of a list is at most.
const MaxPage = 1000

// Balance is what an account has of an asset.
type Balance struct {
	Asset string `json:"asset"`
	Free  string `json:"free"`
	Held  string `json:"held"` // for open orders
}

// Account is one account with its balances and how many keys it has.
type Account struct {
	Account  uint32    `json:"account"`
	Ref      string    `json:"ref"`
	Opened   string    `json:"opened"`
	Parent   uint32    `json:"parent,omitempty"` // the customer's master account; none where this is one
	Tier     uint8     `json:"tier"`             // by which it pays fees
	Balances []Balance `json:"balances"`
	Locked   string    `json:"locked,omitempty"` // since when
	Why      string    `json:"locked_for,omitempty"`
}

// Accounts answers AccountList.
type Accounts struct {
	Accounts []Account `json:"accounts"`
	More     bool      `json:"more"` // ask again after the last
}

// State answers StateShow. The same journal gives the same hash at the same record, in every process.
type State struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"` // SHA-256 of the state's persisted form
}

// Snapshot answers SnapshotTake: what is now on disk.
type Snapshot struct {
	File   string `json:"file"` // its name, in the folder snapshots
	Seq    uint64 `json:"seq"`  // the last record that is in it
	Head   string `json:"head_hash"`
	State  string `json:"state_hash"`
	Bytes  int64  `json:"bytes"`
	From   uint64 `json:"from"` // the record of the snapshot that it was made from; 0 for none
	Millis int64  `json:"took_ms"`
}

// Status answers StatusShow.
type Status struct {
	Version string `json:"version"`
	PID     int    `json:"pid"`
	BaseURL string `json:"base_url"`
	Data    string `json:"data"`
	// Operators are the ids of the users who may give commands, root and the venue's own among them.
	Operators []uint32  `json:"operators"`
	Socket    string    `json:"socket,omitempty"` // where the others of them reach the venue; empty: there are none
	Started   string    `json:"started"`
	Healthy   bool      `json:"healthy"`
	Problem   string    `json:"problem,omitempty"`
	Seq       uint64    `json:"seq"`      // of the last durable record
	Archived  uint64    `json:"archived"` // record up to which history is there
	Time      string    `json:"time"`     // of the last record
	Frozen    string    `json:"frozen,omitempty"`
	Accounts  uint32    `json:"accounts"`
	Keys      uint32    `json:"keys"`
	Assets    int       `json:"assets"`
	Markets   []string  `json:"markets"`
	Drops     []Dropped `json:"drops"` // what is shut

	Valuation string   `json:"valuation"`        // in which worth is counted; empty: loss budgets are not in force
	Unmarked  []string `json:"markets_unmarked"` // of which nobody has said how far their prices are trusted
	Unrouted  []string `json:"assets_unrouted"`  // which count for nothing
	Stale     []string `json:"markets_stale"`    // that expect an outside reference and have none that is fresh
	Cooling   []string `json:"markets_cooling"`  // halted, since price and volume broke out together

	References []Reference  `json:"references,omitempty"` // from outside, in the order of their precedence
	Chains     []ChainState `json:"chains"`               // as the wallet follows them; none without a wallet

	Incidents []Incident `json:"incidents"` // that are open
}

// ChainState is how the wallet follows one asset's chain.
type ChainState struct {
	Asset   string `json:"asset"`
	Height  uint32 `json:"height"`            // of the last block that is on record
	Node    uint32 `json:"node"`              // the node's height
	Problem string `json:"problem,omitempty"` // why nothing is credited or sent
	Since   string `json:"since,omitempty"`   // of the problem
	Sending string `json:"sending,omitempty"` // what keeps payouts from leaving
}

// Reference is how an outside reference is.
type Reference struct {
	Source  string `json:"source"`            // its file or host
	Problem string `json:"problem,omitempty"` // with it, or with one of its prices
	Dated   string `json:"dated,omitempty"`   // as of when the newest price is that was taken of it
	Taken   uint64 `json:"taken"`             // prices, since the start
}
