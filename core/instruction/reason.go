package instruction

import "fmt"

// Reason is why the gate decided as it did, or why an allowed instruction came to nothing. Numbers are persisted and
// append-only; codes are stable, and customers and scripts may rely on them.
type Reason uint16

const (
	// Verdicts: 1 to 99.
	WithinMandate     Reason = 1
	OperatorWord      Reason = 2
	EngineClock       Reason = 3
	UnknownCredential Reason = 4
	DeletedCredential Reason = 5
	ExpiredCredential Reason = 6
	RightMissing      Reason = 7
	NetworkNotListed  Reason = 8
	MarketNotListed   Reason = 9
	NotForCredentials Reason = 10
	RequestTooOld     Reason = 11
	RequestTooEarly   Reason = 12
	RequestSeen       Reason = 13
	LossyWindow       Reason = 14
	CanaryCredential  Reason = 15

	WithdrawalsDropped Reason = 16 // the value is the drop's number, here and in the next three
	ClaimsDropped      Reason = 17
	TradingDropped     Reason = 18
	KeysDropped        Reason = 19
	AccountNotYours    Reason = 20

	QuarantinedKey    Reason = 21 // the value is the incident's number, 0 for somebody's word
	LockedAccount     Reason = 22 // the value is the account that is locked
	AgedKey           Reason = 23 // the value is when it was last renewed
	OrderOverCap      Reason = 24 // the value is the cap, in units of the quote asset
	DayOverCap        Reason = 25 // the value is what is left of the day's cap
	QuoteNotCapped    Reason = 26 // the value is the quote asset
	AddressNotListed  Reason = 27 // the value is the asset
	AddressWaits      Reason = 28 // the value is when the wait is over
	NewAddressHeld    Reason = 29 // the value is when the wait is over
	WithdrawalOverCap Reason = 30 // the value is what is left of the cap
	AssetNotCapped    Reason = 31 // the value is the asset
	OwnerSaid         Reason = 32 // allow: the owner's word
	VenueSaw          Reason = 33 // allow: the venue notes what it saw
	OwnerOnly         Reason = 34
	KeyNotYours       Reason = 35 // the value is the key
	SuspectNetwork    Reason = 36 // the value is how many deleted keys were used from there
	AddressListed     Reason = 37 // allow: the address is in the book

	LossOverBudget  Reason = 38 // the value is what may still be lost, in units of the valuation asset
	FeesOverBudget  Reason = 39 // the value is what may still be paid, in units of the valuation asset
	LossUnconfirmed Reason = 40 // the value is what may still be lost before the owner confirms
	FeesUnconfirmed Reason = 41 // the value is what may still be paid before
	NothingForIt    Reason = 42 // beside the four above: what is received counts for nothing; the value is the market
	OverThinCap     Reason = 43 // likewise, past the cap of a thin market; the value is the market
	WithoutMark     Reason = 44 // the value is the asset that is given
	OutsideCollar   Reason = 45 // the value is the furthest price that is taken

	RuleSaid    Reason = 46 // the value is the rule's number
	StepUpAsked Reason = 47 // the value is the drop's number

	WalletSaw      Reason = 48 // allow: the wallet, of what it saw on a chain or sends there
	Brought        Reason = 49 // allow: a gift code, by whoever it is
	CodesNotCapped Reason = 50 // the value is the asset
	CodesOverCap   Reason = 51 // the value is what is left of the cap
	TooManyClaims  Reason = 52 // the value is how many there were lately

	// Refusals of what the gate allowed: 100 and up.
	UnknownAccount       Reason = 100
	UnknownAsset         Reason = 101
	UnknownMarket        Reason = 102
	MarketClosed         Reason = 103
	MarketCancelOnly     Reason = 104
	InsufficientBalance  Reason = 105
	PriceOffTick         Reason = 106
	QuantityOffLot       Reason = 107
	PriceOutOfRange      Reason = 108
	QuantityOutOfRange   Reason = 109
	NotionalTooSmall     Reason = 110
	AmountOutOfRange     Reason = 111
	WouldTake            Reason = 112
	DuplicateClientID    Reason = 113
	UnknownOrder         Reason = 114
	TooManyOrders        Reason = 115
	MalformedOrder       Reason = 116
	SymbolTaken          Reason = 117
	MalformedDefinition  Reason = 118
	KeyTaken             Reason = 119
	UnsafeMandate        Reason = 120 // of older records; since then 170 to 175 say which rule it is
	MalformedKey         Reason = 121
	UnknownKey           Reason = 122
	AlreadyRevoked       Reason = 123
	ClockNotFrozen       Reason = 124
	TooMany              Reason = 125
	CancelRefused        Reason = 126
	NoLiquidity          Reason = 127 // never given: a market order that meets nothing expires
	PriceTooFarFromTrade Reason = 128

	NotionalTooLarge    Reason = 129
	MarketQtyOutOfRange Reason = 130
	TooManyStops        Reason = 131
	TooManyIcebergs     Reason = 132
	TooManyParts        Reason = 133
	PositionTooLarge    Reason = 134
	TrailOutOfRange     Reason = 135
	TooManyLists        Reason = 136
	TooManyAmends       Reason = 137
	TooManyTrails       Reason = 138
	WouldTrigger        Reason = 139
	ListPricesWrong     Reason = 140
	UnknownList         Reason = 141
	DuplicateList       Reason = 142
	VisibleTooLarge     Reason = 143
	AmendTooLarge       Reason = 144
	TermsDoNotFit       Reason = 145

	NotSealed Reason = 150

	FeesNotCovered    Reason = 160
	UnknownTier       Reason = 161
	SubAccount        Reason = 162
	TransferNameTaken Reason = 163
	MalformedTransfer Reason = 164
	UnknownDrop       Reason = 165
	ShareNotGrown     Reason = 166
	ReferenceTaken    Reason = 167
	MarketIsSo        Reason = 168
	NoRights          Reason = 170
	EndNotAhead       Reason = 171
	NetworkUnbounded  Reason = 172
	UnsafeTrading     Reason = 173
	UnsafeWithdrawing Reason = 174
	UnsafeTransfers   Reason = 175
	UnsafeOwning      Reason = 176
	CapsMalformed     Reason = 177
	NetworksMalformed Reason = 178

	MandateDisjoint    Reason = 180
	MandateSame        Reason = 181
	UnknownMatter      Reason = 182
	NoAnswerNeeded     Reason = 183
	WaitOutOfRange     Reason = 184
	AddressKnown       Reason = 185
	UnknownAddress     Reason = 186
	MalformedAddress   Reason = 187
	NotQuarantined     Reason = 188
	AlreadyQuarantined Reason = 189
	NotLocked          Reason = 190
	AlreadyLocked      Reason = 191
	UnknownIncident    Reason = 192
	IncidentOver       Reason = 193
	UnknownPayout      Reason = 194
	PayoutNotClaimed   Reason = 195
	WithdrawNameTaken  Reason = 196
	LastOwnerKey       Reason = 197
	WaitSame           Reason = 198
	NothingToRenew     Reason = 199

	ValuationFixed    Reason = 200
	NoValuation       Reason = 201
	RouteMalformed    Reason = 202
	MarksMalformed    Reason = 203
	ReferenceStale    Reason = 204
	NotThin           Reason = 205
	NamedSo           Reason = 206
	BudgetOutOfRange  Reason = 207
	BudgetSame        Reason = 208
	NothingToConfirm  Reason = 209
	BudgetBearsNot    Reason = 210 // of an order that was to start
	ReferenceUnwanted Reason = 211

	RulesMalformed   Reason = 212
	RulesSame        Reason = 213
	UnknownProposal  Reason = 214
	OwnProposal      Reason = 215
	UnknownRule      Reason = 216
	SnoozeOutOfRange Reason = 217
	NotSnoozed       Reason = 218
	RulesAreSet      Reason = 219
	ProceedsWithheld Reason = 226 // what is asked for is held as somebody's proceeds
	UnknownProceeds  Reason = 227
	NothingGained    Reason = 228
	AppealsSpent     Reason = 229

	CohortBare       Reason = 220
	CohortsOff       Reason = 221
	CohortTooFew     Reason = 222
	CohortShutBefore Reason = 223
	MarginOutOfRange Reason = 224
	MarginSame       Reason = 225

	NoChain             Reason = 230
	ChainMalformed      Reason = 231
	ChainFixed          Reason = 232
	ChainUnlinked       Reason = 233
	AddressIssuedBefore Reason = 234
	AddressOfVenue      Reason = 235
	WithdrawTooSmall    Reason = 236
	TagUnknown          Reason = 237
	SpendMalformed      Reason = 238
	CoinNotFree         Reason = 239
	FeeOverCeiling      Reason = 240
	FeeNotCovered       Reason = 241
	UnknownSpend        Reason = 242
	SpendSignedBefore   Reason = 243
	PayoutsHalted       Reason = 244
	UnknownCode         Reason = 245
	CodeTaken           Reason = 246
	CodeExpiry          Reason = 247
	CodeOver            Reason = 248
	DepositOwed         Reason = 249
	UnsafeIssuing       Reason = 250
	ChainShared         Reason = 251
)

// reasons has each reason's stable code and the sentence for who gave the instruction: what is wrong, and what to do.
var reasons = [...]struct{ code, sentence string }{
	WithinMandate:     {"within-mandate", "The key's mandate covers it."},
	OperatorWord:      {"operator-word", "The operator of the venue gave it."},
	EngineClock:       {"engine-clock", "The venue's own clock gave it."},
	UnknownCredential: {"unknown-key", "This API key does not exist here. Check that it was copied whole, and that it belongs to this venue."},
	DeletedCredential: {"deleted-key", "This API key was deleted. Create a new one, and stop whatever still uses the old one."},
	ExpiredCredential: {"expired-key", "This API key has expired. Create a new one."},
	RightMissing:      {"right-missing", "This API key has no right to do this. Create a key that has the right, or use another one."},
	NetworkNotListed:  {"network-not-listed", "This API key may not be used from this IP address. Add the address to the key's networks, or call from a listed one."},
	MarketNotListed:   {"market-not-listed", "This API key may not trade this symbol. Add the symbol to the key's mandate, or use another key."},
	NotForCredentials: {"operator-only", "API keys cannot do this; the operator of the venue can."},
	RequestTooOld:     {"request-too-old", "Timestamp for this request is outside of the recvWindow."},
	RequestTooEarly:   {"request-too-early", "Timestamp for this request was 1000ms ahead of the server's time."},
	RequestSeen:       {"request-seen", "This very request was taken up before; it is not carried out twice. Sign a new one with a new timestamp."},
	LossyWindow:       {"request-memory-full", "Too many requests are remembered at this moment. Try again in a second."},

	// To who holds it a decoy looks like any deleted key.
	CanaryCredential: {"canary-key", "This API key was deleted. Create a new one, and stop whatever still uses the old one."},

	// What customers are told goes on with the operator's reason and with until when.
	WithdrawalsDropped: {"withdrawals-dropped", "Withdrawals are shut for now. Nothing was sent."},
	ClaimsDropped:      {"claims-dropped", "Claims are shut for now. Nothing was paid."},
	TradingDropped:     {"trading-dropped", "Trading is shut for now; reading and cancelling stay open. Nothing was placed."},
	KeysDropped:        {"keys-dropped", "This API key is shut for now but for reading and cancelling. Nothing was done."},
	AccountNotYours:    {"account-not-yours", "A transfer goes between accounts of one customer: by a key of the master account between any of them, by a key of a sub-account out of that one."},

	// What the gate says of standing and mandates. A customer without an owner's key asks the operator for one.
	QuarantinedKey:    {"key-quarantined", "This API key is in quarantine: it may read and cancel. Where an alarm was the cause, it goes on at your networks of before: those in use for at least a day before the alarm, or your first one. Restore it with your owner's key, or ask the venue; if you did not expect this, delete it."},
	LockedAccount:     {"account-locked", "This account is locked: its keys may read and cancel. Unlock it with your owner's key, or ask the venue."},
	AgedKey:           {"aged-key", "Nobody renewed this API key for a year, so it may only read and cancel. Renew it with your owner's key, or create a new one."},
	OrderOverCap:      {"order-over-cap", "The order is worth more than this API key may place at once. Place a smaller one, or widen the key's mandate with your owner's key."},
	DayOverCap:        {"day-over-cap", "With this order the API key would trade more than it may in 24 hours. Wait, cancel what is open, or widen the key's mandate with your owner's key."},
	QuoteNotCapped:    {"quote-not-capped", "This API key may trade only in markets that are quoted in an asset its mandate names. Use another key, or widen its mandate with your owner's key."},
	AddressNotListed:  {"address-not-listed", "Withdrawals go only to addresses in the account's address book. Add this one with your owner's key; it can be used once its wait is over."},
	AddressWaits:      {"address-waits", "This address is in the account's address book, and its wait is not over yet. Try again then."},
	NewAddressHeld:    {"new-address-held", "The address is new for this account, so the withdrawal waits. Stop it with your owner's key if it is not yours, or confirm it."},
	WithdrawalOverCap: {"withdrawal-over-cap", "The withdrawal is more than this API key may send. Confirm it with your owner's key where it waits for that, or send less."},
	AssetNotCapped:    {"asset-not-capped", "This API key may withdraw only assets that its mandate names. Use another key, or widen its mandate with your owner's key."},
	OwnerSaid:         {"owner-said", "The owner gave it."},
	VenueSaw:          {"venue-saw", "The venue noted what it saw."},
	OwnerOnly:         {"owner-only", "Only the owner's key can do this; API keys cannot. Sign it with the owner's key."},
	KeyNotYours:       {"key-not-yours", "There is no such key in this customer's accounts."},
	SuspectNetwork:    {"suspect-network", "Deleted keys of others are being used from your network, where your API keys had not been used for at least a day before. This one may now read and cancel, and goes on at networks where they had, or at your first one. Restore it with your owner's key, or ask the venue."},
	AddressListed:     {"address-listed", "The address is in the account's address book."},

	// What an order may lose is told in words with the numbers that speak for it.
	LossOverBudget:  {"loss-over-budget", "At today's marks this order could lose more than is left of the loss budget. Place a smaller one or one nearer to the market, wait until spent budget comes back, or raise it with the owner's key."},
	FeesOverBudget:  {"fees-over-budget", "The fees of this order are more than is left of the fee budget. Place a smaller one, wait until spent budget comes back, or raise it with the owner's key."},
	LossUnconfirmed: {"loss-unconfirmed", "This order could lose more than may be lost before the owner says that what was lost so far was meant. Confirm it with the owner's key, or place a smaller order."},
	FeesUnconfirmed: {"fees-unconfirmed", "The fees of this order are more than may be paid before the owner says that what was paid so far was meant. Confirm it with the owner's key, or place a smaller order."},
	NothingForIt:    {"nothing-for-it", "What is received in this market counts for nothing, since its prices are not to be relied on. Name the market with the owner's key to trade there within a cap."},
	OverThinCap:     {"over-thin-cap", "What was acquired or given in this thin market within 30 days has reached its cap, and beyond it what is received counts for nothing. Place a smaller order, or trade back."},
	WithoutMark:     {"without-mark", "What would be given has no value that could be relied on, so that no loss can be told. Trade it with the venue's help, or ask the venue for a route."},
	OutsideCollar:   {"outside-collar", "The price is further from the mark than this symbol allows. Place it nearer to the market."},

	RuleSaid:    {"rule-said", "A detection rule of the venue stopped this. If it was meant, say so with the owner's key, by renewing the API key, or by restoring it where it is in quarantine: then rules let the key be for 24 hours. If you did not send it, revoke the key."},
	StepUpAsked: {"step-up-asked", "This API key may have leaked together with others, so it may only read and cancel until you confirm it with your owner's key (keys/renew). Nothing was done. If you did not expect this, delete it."},

	UnknownAccount:       {"unknown-account", "There is no such account."},
	UnknownAsset:         {"unknown-asset", "There is no such asset."},
	UnknownMarket:        {"unknown-market", "Invalid symbol."},
	MarketClosed:         {"market-halted", "Market is closed."},
	MarketCancelOnly:     {"market-cancel-only", "This symbol takes cancels only at the moment."},
	InsufficientBalance:  {"insufficient-balance", "Account has insufficient balance for requested action."},
	PriceOffTick:         {"price-off-tick", "The price is not a multiple of the symbol's tick size."},
	QuantityOffLot:       {"quantity-off-lot", "The quantity is not a multiple of the symbol's step size."},
	PriceOutOfRange:      {"price-out-of-range", "The price is outside what the symbol allows."},
	QuantityOutOfRange:   {"quantity-out-of-range", "The quantity is outside what the symbol allows."},
	NotionalTooSmall:     {"notional-too-small", "Price times quantity is below the symbol's minimum."},
	AmountOutOfRange:     {"amount-out-of-range", "The amount is zero, negative or too large."},
	WouldTake:            {"would-take", "Order would immediately match and take."},
	DuplicateClientID:    {"duplicate-order", "Duplicate order sent."},
	UnknownOrder:         {"unknown-order", "Unknown order sent."},
	TooManyOrders:        {"too-many-orders", "Too many open orders in this symbol. Cancel some first."},
	MalformedOrder:       {"malformed-order", "The order's fields do not go together."},
	SymbolTaken:          {"symbol-taken", "There is already an asset or a market of this name."},
	MalformedDefinition:  {"malformed-definition", "The definition is incomplete or contradicts itself."},
	KeyTaken:             {"key-taken", "There is, or was, already such an API key. Deleted keys are never used again, neither their names nor their public keys."},
	UnsafeMandate:        {"unsafe-mandate", "Trading needs an Ed25519 key or a network list; withdrawing needs an Ed25519 key and a network list; HMAC keys never withdraw; /0 is no list; a new key's end lies ahead."},
	MalformedKey:         {"malformed-key", "The public key or sealed secret is not well formed."},
	UnknownKey:           {"no-such-key", "There is no such key."},
	AlreadyRevoked:       {"already-revoked", "The key has been revoked before."},
	ClockNotFrozen:       {"clock-not-frozen", "No jump of the clock waits for a confirmation."},
	TooMany:              {"too-many", "The venue's limit of such things is reached."},
	CancelRefused:        {"cancel-refused", "Order was not canceled due to cancel restrictions."},
	NoLiquidity:          {"no-liquidity", "There is nothing in the book to fill this order."},
	PriceTooFarFromTrade: {"price-too-far", "The price is too far from the last trade."},

	NotionalTooLarge:    {"notional-too-large", "Price times quantity is above the symbol's maximum."},
	MarketQtyOutOfRange: {"market-quantity-out-of-range", "The quantity is outside what the symbol allows market orders."},
	TooManyStops:        {"too-many-stops", "Too many orders wait for their stop price in this symbol. Cancel some first."},
	TooManyIcebergs:     {"too-many-icebergs", "Too many open iceberg orders in this symbol. Cancel some first."},
	TooManyParts:        {"too-many-parts", "The iceberg order would come in too many parts. Show more of it."},
	PositionTooLarge:    {"position-too-large", "The account would have more of the base asset than the symbol allows."},
	TrailOutOfRange:     {"trail-out-of-range", "The trailing delta is outside what the symbol allows."},
	TooManyLists:        {"too-many-lists", "Too many open order lists in this symbol. Cancel some first."},
	TooManyAmends:       {"too-many-amends", "The order was amended as often as the symbol allows."},
	TooManyTrails:       {"too-many-trails", "Too many trailing orders wait in this symbol. Try again later, or send a stop price without a trailing delta."},
	WouldTrigger:        {"would-trigger", "Order would trigger immediately."},
	ListPricesWrong:     {"list-prices-wrong", "The relationship of the prices for the orders is not correct."},
	UnknownList:         {"unknown-list", "Unknown order list sent."},
	DuplicateList:       {"duplicate-list", "Duplicate order list sent."},
	VisibleTooLarge:     {"visible-too-large", "IcebergQty exceeds QTY."},
	AmendTooLarge:       {"amend-too-large", "The new quantity is not below the order's, or not above what was filled of it."},
	TermsDoNotFit:       {"terms-do-not-fit", "A market keeps its tick, its lot and the asset of its fees, for open orders rest on them; fees are set apart."},

	NotSealed: {"not-sealed", "The key has no sealed secret: only living HMAC keys have one."},

	FeesNotCovered:    {"fees-not-covered", "A fee lies from 0 to below 1. A maker's may lie below 0 only where fees are charged in the base or the quote asset, and no further than the lowest taker's fee of any tier there."},
	UnknownTier:       {"unknown-tier", "There is no such fee tier. Tiers are 1 to 32, and 0 for each market's own fees; set a tier's fees first."},
	SubAccount:        {"sub-account", "This is a sub-account. Name its master account."},
	TransferNameTaken: {"transfer-name-taken", "There is another transfer of this clientTranId. Give each transfer a name of its own."},
	MalformedTransfer: {"malformed-transfer", "A transfer goes from one account to another."},
	UnknownDrop:       {"unknown-drop", "There is no such drop. portcullis drop list shows those that there are."},
	ShareNotGrown:     {"share-not-grown", "A drop is raised for more accounts than before, at most 100 percent. To shut again what was raised, drop again."},
	ReferenceTaken:    {"reference-taken", "There is already an account of this reference."},
	MarketIsSo:        {"market-is-so", "The market is in this state already."},
	NoRights:          {"no-rights", "A key without any right is none. Name its rights."},
	EndNotAhead:       {"end-not-ahead", "The key would have ended before it begins. Name an end that lies ahead."},
	NetworkUnbounded:  {"network-unbounded", "A network of /0 is every address there is, and so no limit. List the networks that are meant."},
	UnsafeTrading:     {"unsafe-trading", "A key that may trade is an Ed25519 key or has a list of networks. Make it one, or list the networks that it is used from."},
	UnsafeWithdrawing: {"unsafe-withdrawing", "A key that may withdraw is an Ed25519 key and has a list of networks. HMAC and RSA keys never withdraw."},
	UnsafeTransfers:   {"unsafe-transfers", "A key that may transfer is an Ed25519 key or has a list of networks. Make it one, or list the networks that it is used from."},
	UnsafeOwning:      {"unsafe-owning", "An owner's key is an Ed25519 key with the rights own and read and no others, for all symbols, without caps and without an end."},
	CapsMalformed:     {"malformed-caps", "Caps name each asset once, in the order of their numbers, each with a bound above 0, of which the day's is at least the order's; there are at most 16."},

	NetworksMalformed: {"malformed-networks", "Each network is listed by its first address, none lies within another, and IPv4 stands as such and not within IPv6. List each once."},

	MandateDisjoint:    {"mandate-disjoint", "The new mandate has no right, network, symbol or asset in common with the one in force, so that the key could do nothing meanwhile. First add what is new; when that has waited, take away what is old."},
	MandateSame:        {"mandate-same", "The key has this mandate already."},
	UnknownMatter:      {"unknown-matter", "Nothing of this number waits for you. portcullis owner waiting, or GET /owner/v1/waiting, lists what does."},
	NoAnswerNeeded:     {"no-answer-needed", "This waits for time alone: a yes does not shorten it. Say no to end it."},
	WaitOutOfRange:     {"wait-out-of-range", "A wait is 24 hours at least and 90 days at most."},
	AddressKnown:       {"address-known", "This address is in the book already, or waits to be."},
	UnknownAddress:     {"unknown-address", "There is no such address in the book."},
	MalformedAddress:   {"malformed-address", "A destination has a chain (1 to 16 of A-Z 0-9), an address (1 to 128 characters) and, where the chain asks for it, a tag (at most 64), without blanks."},
	NotQuarantined:     {"not-quarantined", "The key is not in quarantine."},
	AlreadyQuarantined: {"already-quarantined", "The key is in quarantine already."},
	NotLocked:          {"not-locked", "The account is not locked."},
	AlreadyLocked:      {"already-locked", "The account is locked already."},
	UnknownIncident:    {"unknown-incident", "There is no such incident. portcullis incident list shows those that there are."},
	IncidentOver:       {"incident-over", "The incident is closed already."},
	UnknownPayout:      {"unknown-payout", "There is no such payout."},
	PayoutNotClaimed:   {"payout-not-claimed", "The payout does not go out: it waits, was cancelled, or has arrived."},
	WithdrawNameTaken:  {"withdraw-name-taken", "There is another withdrawal of this withdrawOrderId. Give each a name of its own."},
	LastOwnerKey:       {"last-owner-key", "This is the customer's only owner's key that can act, and this would shut it, or shut it where you are. Add another one first, or have the operator do it."},
	WaitSame:           {"wait-same", "The wait is that already."},
	NothingToRenew:     {"nothing-to-renew", "Owner's keys do not age, and deleted keys are not renewed."},

	ValuationFixed:    {"valuation-fixed", "Worth is counted in an asset already, for good: what was counted could not be told in another."},
	NoValuation:       {"no-valuation", "First say in which asset worth is counted: portcullis market valuation."},
	RouteMalformed:    {"malformed-route", "A route has up to three markets, each sharing an asset with the next, from the asset to the valuation asset, and none twice."},
	MarksMalformed:    {"malformed-marks", "A tier is none, liquid or thin; a depth and bands are not negative; a range and a volume go together, with a cool-down of one minute to one day."},
	ReferenceStale:    {"reference-stale", "The reference is older than the one before, dated ahead, or older than ten seconds."},
	NotThin:           {"not-thin", "Only thin markets are named; liquid ones need no name."},
	NamedSo:           {"named-so", "Nothing would change: a market that is to be named is named already, and one that is to be unnamed was not named."},
	BudgetOutOfRange:  {"budget-out-of-range", "A budget is 0 to 100 percent of equity."},
	BudgetSame:        {"budget-same", "The budget is that already."},
	NothingToConfirm:  {"nothing-to-confirm", "Nothing was lost or paid since the last confirmation."},
	BudgetBearsNot:    {"budget-bears-not", "The loss budget does not bear this order at any price."},
	ReferenceUnwanted: {"reference-unwanted", "No reference is expected for this market. Say so first: portcullis market tier --reference."},

	RulesMalformed:   {"malformed-rules", "A pack has at most 64 rules, each of its own name, with a sentence of what it catches, a condition and a sound program of at most 128 steps; the programs of all have at most 2,048. Check the files with portcullis rules check."},
	RulesSame:        {"rules-same", "Nothing would change: these rules are in force already, or this rule is suspended so."},
	UnknownProposal:  {"unknown-proposal", "No change of rules of this number waits. portcullis rules waiting lists those that do."},
	OwnProposal:      {"own-proposal", "You proposed this change. Another operator has to agree to it; you may only take it back."},
	UnknownRule:      {"unknown-rule", "There is no such rule in force. portcullis rules list shows those that are."},
	SnoozeOutOfRange: {"snooze-out-of-range", "A rule is suspended for one hour at least and seven days at most."},
	NotSnoozed:       {"not-snoozed", "The rule is not suspended, or not for this account."},
	RulesAreSet:      {"rules-are-set", "The venue takes rules of its own only where there never were any. An operator changes them."},
	ProceedsWithheld: {"proceeds-withheld", "Part of this balance is held, since it was gained from an API key that is taken for stolen. GET /owner/v1/proceeds says what, until when, and how to appeal. Ask for less, or wait."},
	UnknownProceeds:  {"unknown-proceeds", "Nothing is held under this number. portcullis proceeds list, or GET /owner/v1/proceeds, lists what is."},
	NothingGained:    {"nothing-gained", "Nobody gained anything from this key that could be held and is not held already. portcullis trace shows where its money went."},
	AppealsSpent:     {"appeals-spent", "This hold has been appealed against three times, and the venue has heard it. Ask the venue by another way, or wait for its end."},

	CohortBare:       {"cohort-bare", "What is to be shut names nothing, which is everybody. Name an integrator, a time, a network or a client; portcullis drop keys shuts everybody."},
	CohortsOff:       {"cohorts-off", "The venue shuts a cohort by itself only from the margin on that the operator set, and never where none is set."},
	CohortTooFew:     {"cohort-too-few", "The venue shuts a cohort by itself only once five customers were robbed."},
	CohortShutBefore: {"cohort-shut-before", "The venue shut this source for this incident before, or for another that is open. Only people shut it again."},
	MarginOutOfRange: {"margin-out-of-range", "A margin is 3 to 1,000 nats, or 0 for never: 6.91 is odds of 1,000 to 1."},
	MarginSame:       {"margin-same", "The margin is that already."},

	WalletSaw:           {"wallet-saw", "The wallet noted what it saw on a chain, or what it sends."},
	Brought:             {"brought", "Whoever brings a gift code may have it."},
	CodesNotCapped:      {"codes-not-capped", "The key may not issue gift codes of this asset by itself: its mandate has no cap for them. Issue with the owner's key, or give the key such a cap."},
	CodesOverCap:        {"codes-over-cap", "The gift codes are worth more than the key may issue. Issue fewer, or use the owner's key."},
	TooManyClaims:       {"too-many-claims", "Too many gift codes were claimed lately, from this network or in all. Try again later."},
	NoChain:             {"no-chain", "The asset does not move on any chain here."},
	ChainMalformed:      {"chain-malformed", "These terms of a chain make no sense: depths are 1 to 1000, amounts are not negative, and a withdrawal leaves more than its fee."},
	ChainFixed:          {"chain-fixed", "An asset's network, first block, keys and hot address never change once they are set."},
	ChainUnlinked:       {"chain-unlinked", "The block does not follow the last one that is known, or is not there to go back to."},
	AddressIssuedBefore: {"address-issued-before", "The account has an address for this asset, or another one has this address."},
	AddressOfVenue:      {"address-of-venue", "The address is one of this venue's own. Move balance between your accounts with a transfer."},
	WithdrawTooSmall:    {"withdraw-too-small", "It is less than the least that can be withdrawn, or does not cover the fee; see withdrawMin in capital/config/getall."},
	TagUnknown:          {"tag-unknown", "Addresses of this chain have no tag."},
	SpendMalformed:      {"spend-malformed", "The planned transaction does not fit: its coins, payouts, fee and what is left do not go together."},
	CoinNotFree:         {"coin-not-free", "A coin of the planned transaction is not there, or another one takes it."},
	FeeOverCeiling:      {"fee-over-ceiling", "The fee is more than the chain's terms allow for a transaction of this size."},
	FeeNotCovered:       {"fee-not-covered", "The venue's own account cannot pay the fee."},
	UnknownSpend:        {"unknown-spend", "There is no such planned transaction, or it is over."},
	SpendSignedBefore:   {"spend-signed-before", "A transaction is on record for it already, and another one never will be."},
	PayoutsHalted:       {"payouts-halted", "Payouts of this asset are halted."},
	UnknownCode:         {"unknown-code", "This code cannot be claimed."},
	CodeTaken:           {"code-taken", "There is such a code already, or a batch of this name."},
	CodeExpiry:          {"code-expiry", "Gift codes are for at least a minute and at most two years."},
	CodeOver:            {"code-over", "The code was claimed, or went back, before."},
	DepositOwed:         {"deposit-owed", "An earlier deposit was undone by its chain after its amount was used. What is missing is owed; the next deposits pay it."},
	UnsafeIssuing:       {"unsafe-issuing", "A key that may issue gift codes has the right to withdraw and a list of networks, and is no HMAC key."},
	ChainShared:         {"chain-shared", "Another asset has this network's addresses of these keys. One deposit would be credited twice, as two assets."},
}

func (r Reason) known() bool { return int(r) < len(reasons) && reasons[r].code != "" }

// String is the stable code.
func (r Reason) String() string {
	if !r.known() {
		return fmt.Sprintf("unknown(%d)", uint16(r))
	}
	return reasons[r].code
}

// MarshalText is String.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Sentence tells who gave the instruction what is wrong and what to do; it is empty for an unknown reason.
func (r Reason) Sentence() string {
	if !r.known() {
		return ""
	}
	return reasons[r].sentence
}
