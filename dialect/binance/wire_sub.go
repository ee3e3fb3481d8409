package binance

// The answers of sapi/v1/sub-account.

// TransferDone answers universalTransfer.
type TransferDone struct {
	TranID       int64  `json:"tranId"`
	ClientTranID string `json:"clientTranId,omitempty"`
}

// SubTransferDone answers transfer/subToMaster and transfer/subToSub.
type SubTransferDone struct {
	TxnID int64 `json:"txnId"`
}

// UniversalTransfers answers the history of universalTransfer.
type UniversalTransfers struct {
	Result     []UniversalTransfer `json:"result"`
	TotalCount int                 `json:"totalCount"`
}

// UniversalTransfer is one transfer between accounts; the mail address of a master account is empty.
type UniversalTransfer struct {
	TranID          int64   `json:"tranId"`
	FromEmail       string  `json:"fromEmail"`
	ToEmail         string  `json:"toEmail"`
	Asset           string  `json:"asset"`
	Amount          Decimal `json:"amount"`
	CreateTimeStamp int64   `json:"createTimeStamp"`
	FromAccountType string  `json:"fromAccountType"` // "SPOT"
	ToAccountType   string  `json:"toAccountType"`   // "SPOT"
	Status          string  `json:"status"`          // "SUCCESS"
	ClientTranID    string  `json:"clientTranId"`
}

// SubTransfer is one transfer as transfer/subUserHistory tells it.
type SubTransfer struct {
	CounterParty    string  `json:"counterParty"` // "master" or "subAccount"
	Email           string  `json:"email"`        // of the other account; empty for the master
	Type            int     `json:"type"`         // 1 in, 2 out
	Asset           string  `json:"asset"`
	Qty             Decimal `json:"qty"`
	FromAccountType string  `json:"fromAccountType"` // "SPOT"
	ToAccountType   string  `json:"toAccountType"`   // "SPOT"
	Status          string  `json:"status"`          // "SUCCESS"
	TranID          int64   `json:"tranId"`
	Time            int64   `json:"time"`
}

// Directions of a SubTransfer.
const (
	TransferIn  = 1
	TransferOut = 2
)

// SubAccounts answers list.
type SubAccounts struct {
	SubAccounts []SubAccount `json:"subAccounts"`
}

// SubAccount is one entry of SubAccounts.
type SubAccount struct {
	SubUserID                   int64  `json:"subUserId"`
	Email                       string `json:"email"`
	Remark                      string `json:"remark"`
	IsFreeze                    bool   `json:"isFreeze"`
	CreateTime                  int64  `json:"createTime"`
	IsManagedSubAccount         bool   `json:"isManagedSubAccount"`
	IsAssetManagementSubAccount bool   `json:"isAssetManagementSubAccount"`
}

// SubAssets answers sapi/v3 and v4 sub-account/assets.
type SubAssets struct {
	Balances []SubBalance `json:"balances"`
}

// SubBalance is one balance of SubAssets.
type SubBalance struct {
	Asset       string  `json:"asset"`
	Free        Decimal `json:"free"`
	Locked      Decimal `json:"locked"`
	Freeze      Decimal `json:"freeze"`
	Withdrawing Decimal `json:"withdrawing"`
}
