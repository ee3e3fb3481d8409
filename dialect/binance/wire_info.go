package binance

// ExchangeInfo answers exchangeInfo. Lists must not be nil: clients take null
// for a missing field.
type ExchangeInfo struct {
	Timezone        string       `json:"timezone"` // "UTC"
	ServerTime      int64        `json:"serverTime"`
	RateLimits      []RateLimit  `json:"rateLimits"`
	ExchangeFilters Filters      `json:"exchangeFilters"`
	Symbols         []SymbolInfo `json:"symbols"`
}

// SymbolInfo are the rules of one market.
type SymbolInfo struct {
	Symbol                     string       `json:"symbol"`
	Status                     SymbolStatus `json:"status"`
	BaseAsset                  string       `json:"baseAsset"`
	BaseAssetPrecision         int          `json:"baseAssetPrecision"`
	QuoteAsset                 string       `json:"quoteAsset"`
	QuotePrecision             int          `json:"quotePrecision"`
	QuoteAssetPrecision        int          `json:"quoteAssetPrecision"`
	BaseCommissionPrecision    int          `json:"baseCommissionPrecision"`
	QuoteCommissionPrecision   int          `json:"quoteCommissionPrecision"`
	OrderTypes                 []OrderType  `json:"orderTypes"`
	IcebergAllowed             bool         `json:"icebergAllowed"`
	OCOAllowed                 bool         `json:"ocoAllowed"`
	OTOAllowed                 bool         `json:"otoAllowed"`
	OPOAllowed                 bool         `json:"opoAllowed"`
	QuoteOrderQtyMarketAllowed bool         `json:"quoteOrderQtyMarketAllowed"`
	AllowTrailingStop          bool         `json:"allowTrailingStop"`
	CancelReplaceAllowed       bool         `json:"cancelReplaceAllowed"`
	AmendAllowed               bool         `json:"amendAllowed"`
	PegInstructionsAllowed     bool         `json:"pegInstructionsAllowed"`
	IsSpotTradingAllowed       bool         `json:"isSpotTradingAllowed"`
	IsMarginTradingAllowed     bool         `json:"isMarginTradingAllowed"`
	Filters                    Filters      `json:"filters"`
	Permissions                []string     `json:"permissions"`
	PermissionSets             [][]string   `json:"permissionSets"`
	DefaultSTPMode             STPMode      `json:"defaultSelfTradePreventionMode"`
	AllowedSTPModes            []STPMode    `json:"allowedSelfTradePreventionModes"`
}

// Account answers account.
type Account struct {
	// The four commissions are whole basis points, for clients older than
	// CommissionRates.
	MakerCommission  int64           `json:"makerCommission"`
	TakerCommission  int64           `json:"takerCommission"`
	BuyerCommission  int64           `json:"buyerCommission"`
	SellerCommission int64           `json:"sellerCommission"`
	CommissionRates  CommissionRates `json:"commissionRates"`
	CanTrade         bool            `json:"canTrade"`
	CanWithdraw      bool            `json:"canWithdraw"`
	CanDeposit       bool            `json:"canDeposit"`
	Brokered         bool            `json:"brokered"`
	RequireSTP       bool            `json:"requireSelfTradePrevention"`
	PreventSOR       bool            `json:"preventSor"`
	UpdateTime       int64           `json:"updateTime"`
	AccountType      string          `json:"accountType"` // "SPOT"
	Balances         []Balance       `json:"balances"`
	Permissions      []string        `json:"permissions"`
	UID              int64           `json:"uid"`
}

// CommissionRates are parts of one: "0.00100000" is ten basis points.
type CommissionRates struct {
	Maker  Decimal `json:"maker"`
	Taker  Decimal `json:"taker"`
	Buyer  Decimal `json:"buyer"`
	Seller Decimal `json:"seller"`
}

// Balance of one asset.
type Balance struct {
	Asset  string  `json:"asset"`
	Free   Decimal `json:"free"`
	Locked Decimal `json:"locked"`
}

// AccountCommission answers account/commission.
type AccountCommission struct {
	Symbol             string          `json:"symbol"`
	StandardCommission CommissionRates `json:"standardCommission"`
	SpecialCommission  CommissionRates `json:"specialCommission"`
	TaxCommission      CommissionRates `json:"taxCommission"`
	Discount           Discount        `json:"discount"`
}

// ExecutionRules answers executionRules. There are no rules to tell of.
type ExecutionRules struct {
	SymbolRules []SymbolRules `json:"symbolRules"`
}

// SymbolRules are those of one market.
type SymbolRules struct {
	Symbol string     `json:"symbol"`
	Rules  []struct{} `json:"rules"`
}

// MyFilters answers myFilters.
type MyFilters struct {
	ExchangeFilters Filters `json:"exchangeFilters"`
	SymbolFilters   Filters `json:"symbolFilters"`
	AssetFilters    Filters `json:"assetFilters"`
}

// Discount on commissions paid in one asset.
type Discount struct {
	EnabledForAccount bool    `json:"enabledForAccount"`
	EnabledForSymbol  bool    `json:"enabledForSymbol"`
	DiscountAsset     string  `json:"discountAsset"`
	Discount          Decimal `json:"discount"`
}
