package binance

// The answers of /sapi: the wallet, and what clients ask for at start.

// Coin is one asset of capital/config/getall.
type Coin struct {
	Coin              string        `json:"coin"`
	DepositAllEnable  bool          `json:"depositAllEnable"`
	Free              Decimal       `json:"free"`
	Freeze            Decimal       `json:"freeze"`
	Ipoable           Decimal       `json:"ipoable"`
	Ipoing            Decimal       `json:"ipoing"`
	IsLegalMoney      bool          `json:"isLegalMoney"`
	Locked            Decimal       `json:"locked"`
	Name              string        `json:"name"`
	NetworkList       []CoinNetwork `json:"networkList"`
	Storage           Decimal       `json:"storage"`
	Trading           bool          `json:"trading"`
	WithdrawAllEnable bool          `json:"withdrawAllEnable"`
	Withdrawing       Decimal       `json:"withdrawing"`
}

// CoinNetwork is a chain on which an asset comes and goes.
type CoinNetwork struct {
	AddressRegex            string  `json:"addressRegex"`
	Coin                    string  `json:"coin"`
	DepositDesc             string  `json:"depositDesc"` // why, while deposits are off
	DepositDust             Decimal `json:"depositDust"` // what is less is not credited
	DepositEnable           bool    `json:"depositEnable"`
	IsDefault               bool    `json:"isDefault"`
	MemoRegex               string  `json:"memoRegex"`
	MinConfirm              int     `json:"minConfirm"` // until it is credited
	Name                    string  `json:"name"`
	Network                 string  `json:"network"`
	SpecialTips             string  `json:"specialTips"`
	UnlockConfirm           int     `json:"unLockConfirm"` // until it may be withdrawn
	WithdrawDesc            string  `json:"withdrawDesc"`
	WithdrawEnable          bool    `json:"withdrawEnable"`
	WithdrawFee             Decimal `json:"withdrawFee"`
	WithdrawIntegerMultiple Decimal `json:"withdrawIntegerMultiple"`
	WithdrawMax             Decimal `json:"withdrawMax"`
	WithdrawMin             Decimal `json:"withdrawMin"`
	WithdrawInternalMin     Decimal `json:"withdrawInternalMin"`
	SameAddress             bool    `json:"sameAddress"` // one address, told apart by the tag
	EstimatedArrivalTime    int     `json:"estimatedArrivalTime"`
	Busy                    bool    `json:"busy"`
	ContractAddressURL      string  `json:"contractAddressUrl"`
	ContractAddress         string  `json:"contractAddress"`
}

// WithdrawApplied answers capital/withdraw/apply. It says that the withdrawal is
// on record, not that it is paid: its status says that.
type WithdrawApplied struct {
	ID string `json:"id"`
}

// WithdrawStatus is where a withdrawal stands.
type WithdrawStatus int

const (
	WithdrawEmailSent  WithdrawStatus = 0 // challenged: its owner has to confirm
	WithdrawCancelled  WithdrawStatus = 1
	WithdrawAwaiting   WithdrawStatus = 2 // held: a wait or an operator
	WithdrawRejected   WithdrawStatus = 3
	WithdrawProcessing WithdrawStatus = 4 // on its way to the chain
	WithdrawFailure    WithdrawStatus = 5
	WithdrawCompleted  WithdrawStatus = 6 // confirmed
)

// Withdrawal is an entry of capital/withdraw/history.
type Withdrawal struct {
	ID              string         `json:"id"`
	Amount          Decimal        `json:"amount"` // without the fee
	TransactionFee  Decimal        `json:"transactionFee"`
	Coin            string         `json:"coin"`
	Status          WithdrawStatus `json:"status"`
	Address         string         `json:"address"`
	AddressTag      string         `json:"addressTag,omitempty"`
	TxID            string         `json:"txId"`
	ApplyTime       string         `json:"applyTime"` // "2019-10-12 11:12:02", UTC
	Network         string         `json:"network"`
	TransferType    int            `json:"transferType"` // 1 between customers, 0 on a chain
	WithdrawOrderID string         `json:"withdrawOrderId,omitempty"`
	Info            string         `json:"info"` // why it was rejected or waits
	ConfirmNo       int            `json:"confirmNo"`
	WalletType      int            `json:"walletType"` // 0: spot
	TxKey           string         `json:"txKey"`
	CompleteTime    string         `json:"completeTime,omitempty"`
}

// WithdrawAddress is an entry of capital/withdraw/address/list.
type WithdrawAddress struct {
	Address     string `json:"address"`
	AddressTag  string `json:"addressTag"`
	Coin        string `json:"coin"`
	Name        string `json:"name"` // the owner's word for it
	Network     string `json:"network"`
	Origin      string `json:"origin"`     // "" unless it belongs to a known venue
	OriginType  string `json:"originType"` // likewise
	WhiteStatus bool   `json:"whiteStatus"`
}

// DepositStatus is where a deposit stands.
type DepositStatus int

const (
	DepositPending  DepositStatus = 0
	DepositSuccess  DepositStatus = 1
	DepositRejected DepositStatus = 2
	DepositCredited DepositStatus = 6 // may trade, not yet leave
	DepositWrong    DepositStatus = 7
	DepositWaiting  DepositStatus = 8 // for its owner to confirm
)

// Deposit is an entry of capital/deposit/hisrec.
type Deposit struct {
	ID            string        `json:"id"`
	Amount        Decimal       `json:"amount"`
	Coin          string        `json:"coin"`
	Network       string        `json:"network"`
	Status        DepositStatus `json:"status"`
	Address       string        `json:"address"`
	AddressTag    string        `json:"addressTag"`
	TxID          string        `json:"txId"`
	InsertTime    int64         `json:"insertTime"`
	CompleteTime  int64         `json:"completeTime,omitempty"`
	TransferType  int           `json:"transferType"`
	ConfirmTimes  string        `json:"confirmTimes"` // "1/6"
	UnlockConfirm int           `json:"unlockConfirm"`
	WalletType    int           `json:"walletType"`
}

// DepositAddress answers capital/deposit/address.
type DepositAddress struct {
	Address string `json:"address"`
	Coin    string `json:"coin"`
	Tag     string `json:"tag"`
	URL     string `json:"url"`
}

// TradeFee is an entry of asset/tradeFee; rates are parts of one.
type TradeFee struct {
	Symbol          string  `json:"symbol"`
	MakerCommission Decimal `json:"makerCommission"`
	TakerCommission Decimal `json:"takerCommission"`
}

// SystemStatus answers system/status.
type SystemStatus struct {
	Status int    `json:"status"` // 0 normal, 1 maintenance
	Msg    string `json:"msg"`    // "normal", "system_maintenance"
}

// APIRestrictions answers account/apiRestrictions: what this key may do.
type APIRestrictions struct {
	IPRestrict                   bool  `json:"ipRestrict"`
	CreateTime                   int64 `json:"createTime"`
	EnableReading                bool  `json:"enableReading"`
	EnableWithdrawals            bool  `json:"enableWithdrawals"`
	EnableInternalTransfer       bool  `json:"enableInternalTransfer"`
	EnableMargin                 bool  `json:"enableMargin"`
	EnableFutures                bool  `json:"enableFutures"`
	PermitsUniversalTransfer     bool  `json:"permitsUniversalTransfer"`
	EnableVanillaOptions         bool  `json:"enableVanillaOptions"`
	EnableFixAPITrade            bool  `json:"enableFixApiTrade"`
	EnableFixReadOnly            bool  `json:"enableFixReadOnly"`
	EnableSpotAndMarginTrading   bool  `json:"enableSpotAndMarginTrading"`
	EnablePortfolioMarginTrading bool  `json:"enablePortfolioMarginTrading"`
	// TradingAuthorityExpirationTime is when trading falls away unless renewed.
	TradingAuthorityExpirationTime int64 `json:"tradingAuthorityExpirationTime,omitempty"`
}

// AccountStatus answers account/status.
type AccountStatus struct {
	Data string `json:"data"` // "Normal"
}

// AccountInfo answers account/info.
type AccountInfo struct {
	VIPLevel                       int  `json:"vipLevel"`
	IsMarginEnabled                bool `json:"isMarginEnabled"`
	IsFutureEnabled                bool `json:"isFutureEnabled"`
	IsOptionsEnabled               bool `json:"isOptionsEnabled"`
	IsPortfolioMarginRetailEnabled bool `json:"isPortfolioMarginRetailEnabled"`
}

// AssetDetail is what asset/assetDetail tells of one asset, under its symbol.
type AssetDetail struct {
	MinWithdrawAmount Decimal `json:"minWithdrawAmount"`
	DepositStatus     bool    `json:"depositStatus"`
	WithdrawFee       Decimal `json:"withdrawFee"`
	WithdrawStatus    bool    `json:"withdrawStatus"`
	DepositTip        string  `json:"depositTip,omitempty"` // why deposits are off
}

// UserAsset is an entry of asset/getUserAsset.
type UserAsset struct {
	Asset        string  `json:"asset"`
	Free         Decimal `json:"free"`
	Locked       Decimal `json:"locked"`
	Freeze       Decimal `json:"freeze"`
	Withdrawing  Decimal `json:"withdrawing"`
	Ipoable      Decimal `json:"ipoable"`
	BTCValuation Decimal `json:"btcValuation"`
}

// The products that there are none of here. One client asks for all of them
// before it loads any market, and fails when one is missing.
const (
	EmptyList         = "[]"             // sapi/v1/margin/allPairs, margin/isolated/allPairs
	EmptyFutures      = `{"symbols":[]}` // fapi/v1/exchangeInfo, dapi/v1/exchangeInfo
	EmptyObject       = "{}"             // ping, order/test
	NormalStatus      = 0
	MaintenanceStatus = 1
)
