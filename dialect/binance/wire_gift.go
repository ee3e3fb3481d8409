package binance

// Gift codes are no part of the dialect: these are forms of this venue's own, so that API keys ask for them as for all else.

// GiftIssued answers portcullis/gift/issue. The codes are shown this once.
type GiftIssued struct {
	Coin       string     `json:"coin"`
	Amount     Decimal    `json:"amount"` // of each
	ExpireTime int64      `json:"expireTime"`
	BatchName  string     `json:"batchName"`
	Codes      []GiftCode `json:"codes"`
}

// GiftCode is a code with its number, by which it is listed and taken back.
type GiftCode struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
}

// GiftDone answers portcullis/gift/claim and portcullis/gift/return.
type GiftDone struct {
	ID     int64   `json:"id"`
	Coin   string  `json:"coin"`
	Amount Decimal `json:"amount"`
}

// GiftEntry is one code of portcullis/gift/list.
type GiftEntry struct {
	ID         int64   `json:"id"`
	Batch      int64   `json:"batch"` // number of the first that was issued with it
	BatchName  string  `json:"batchName"`
	Coin       string  `json:"coin"`
	Amount     Decimal `json:"amount"`
	Status     string  `json:"giftStatus"`
	CreateTime int64   `json:"createTime"`
	ExpireTime int64   `json:"expireTime"`
	UpdateTime int64   `json:"updateTime"`
}
