package gift

// NameCode names a gift code by its text.
type NameCode struct {
	Code string `json:"code" about:"The gift code, as it was given: in any case, with or without blanks and dashes."`
}

// Checked is what a code is worth.
type Checked struct {
	Asset   string `json:"asset" about:"Symbol of the asset."`
	Amount  string `json:"amount" about:"What the code is worth, a decimal."`
	Outside bool   `json:"outside" about:"It can be claimed to an address outside. Where not, an account here can have it."`
	Why     string `json:"why,omitempty" about:"Why it cannot go outside."`
	Network string `json:"network,omitempty" about:"The chain on which it goes out."`
	Fee     string `json:"fee" about:"What of it does not arrive at an address outside, a decimal."`
	Arrives string `json:"arrives" about:"What arrives there, a decimal."`
	Expires string `json:"expires" about:"When it goes back to who issued it, unless it is claimed before."`
	Message string `json:"message,omitempty" about:"What who issued it writes. It is his word, and not the venue's."`
}

// Claim asks for what a code is worth to be sent to an address outside.
type Claim struct {
	Code    string `json:"code" about:"The gift code."`
	Address string `json:"address" about:"Where it is to go, on the chain that check names."`
}

// Payout is how a claim to an address outside stands.
type Payout struct {
	Receipt       string `json:"receipt" about:"Names this payout, at /gift/v1/payouts/{receipt}. Whoever has it sees this, and can do nothing else."`
	State         string `json:"state" enum:"CLAIMED,SENDING,SETTLED,CANCELLED" about:"CLAIMED: it is owed, and goes out. SENDING: a transaction pays it. SETTLED: that lies deep enough to stay. CANCELLED: nothing was sent, and it went back to who issued the code."`
	Asset         string `json:"asset" about:"Symbol of the asset."`
	Amount        string `json:"amount" about:"What the code was worth, a decimal."`
	Fee           string `json:"fee" about:"What of it does not arrive, a decimal."`
	Arrives       string `json:"arrives" about:"What arrives, a decimal."`
	Address       string `json:"address" about:"Where it goes."`
	Made          string `json:"made" about:"When it was claimed."`
	Tx            string `json:"tx,omitempty" about:"The transaction that pays it; another one where that was replaced before a block had it."`
	Confirmations uint64 `json:"confirmations" about:"Blocks from the one that has it on; 0 while none has."`
	Needed        uint64 `json:"needed" about:"Confirmations after which it stays; 0 where its asset moves on no chain here."`
}

// Failure is why a request came to nothing.
type Failure struct {
	Code    string `json:"code" about:"What is wrong; stable, for programs."`
	Message string `json:"message" about:"What is wrong, and what to do; in English, for people."`
}

// Error is the sentence and the code.
func (f Failure) Error() string { return f.Message + " (" + f.Code + ")" }
