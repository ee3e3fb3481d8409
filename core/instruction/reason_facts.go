package instruction

// Facts are what is said of a reason beyond its sentence.
type Facts struct {
	Who       string     // meets it
	Decisions []Decision // of verdicts that have it; none of a refusal behind the gate
	Value     string     // what its value in a verdict counts, with the unit; "" where there is none
	Do        string     // what who meets it can do
}

// Facts are what is said of the reason beyond its sentence; empty for an unknown one.
func (r Reason) Facts() Facts {
	if !r.known() || int(r) >= len(facts) {
		return Facts{}
	}
	return facts[r]
}

// Reasons are all reasons, by their numbers.
func Reasons() []Reason {
	var list []Reason
	for r := Reason(0); int(r) < len(reasons); r++ {
		if r.known() {
			list = append(list, r)
		}
	}
	return list
}

// What many reasons share.
var (
	allowed = []Decision{Allow}
	denied  = []Decision{Deny}
)

const (
	user     = "who uses an API key"
	owner    = "who gives the owner's word"
	operator = "who gives the operator's commands"
	reader   = "who reads the journal" // and nobody else
	anyKey   = user + ", " + owner
	anybody  = anyKey + ", " + operator
	steward  = owner + ", " + operator // who says what a key or an account may do

	theKey   = "number of the key"
	theDrop  = "number of the drop; the list of drops says what it shuts, and since when"
	theAsset = "number of the asset"
	aMoment  = "microseconds since 1970"
	nothing  = "Nothing: it was allowed."
)

// facts has each reason's, by its number.
var facts = [...]Facts{
	WithinMandate:     {reader, allowed, "the key's rights, added up: 1 READ, 2 TRADE, 4 WITHDRAW, 8 TRANSFER, 16 OWN", nothing},
	OperatorWord:      {reader, allowed, "the system's number of the user who gave it", nothing},
	EngineClock:       {reader, allowed, "", nothing},
	OwnerSaid:         {reader, allowed, "number of the account that it is about", nothing},
	VenueSaw:          {reader, allowed, "", nothing},
	AddressListed:     {reader, allowed, theAsset, nothing},
	UnknownCredential: {anyKey, denied, theKey + ", 0 where there is none", "Copy the key's text again, all of it; check which venue it belongs to."},
	DeletedCredential: {anyKey, denied, theKey, "If you did not delete it, ask your owner's key or the venue who did. If something still uses it that you do not know, tell the venue: the key has leaked."},
	CanaryCredential:  {reader, denied, theKey, "Find out which copy it was put into: portcullis backup list. Whoever used it has read that copy. He is told that the key was deleted."},
	ExpiredCredential: {user, denied, "when it ended, in " + aMoment, "Create a new key, or set another end with your owner's key. This one still reads and cancels."},
	RightMissing:      {anybody, denied, "the right, as in the sum of rights: 1 READ, 2 TRADE, 4 WITHDRAW, 8 TRANSFER, 16 OWN; of the operator, the kind of instruction", "Widen the key's mandate with your owner's key, or use another key."},
	NetworkNotListed:  {anyKey, denied, theKey, "Call from an address that the key lists, or add yours with your owner's key. Behind a proxy of the venue, it is the address that the proxy names."},
	MarketNotListed:   {user, denied, "number of the market", "Trade a symbol that the key lists, or widen its mandate with your owner's key."},
	NotForCredentials: {anyKey, denied, "the kind of instruction", "Ask the operator."},
	RequestTooOld:     {anyKey, denied, "how old the request was, in microseconds; of a time before 1970, the venue's time", "Set your machine's clock right, widen recvWindow up to 60 s, and sign the request anew."},
	RequestTooEarly:   {anyKey, denied, "how far its time lay ahead, in microseconds", "Set your machine's clock right and sign the request anew."},
	RequestSeen:       {anyKey, denied, "the request's time, in " + aMoment, "If you meant it twice, sign it with a new timestamp. If you did not send it, somebody repeats your requests."},
	LossyWindow:       {anyKey, denied, "how many requests are remembered", "Nothing was done. Try again in a second."},

	WithdrawalsDropped: {user, denied, theDrop, "Wait until the operator raises it; the answer says why, and until when if that is known."},
	ClaimsDropped:      {user, denied, theDrop, "Wait until the operator raises it. The code stays good."},
	TradingDropped:     {user, denied, theDrop, "Wait until the operator raises it. Your resting orders stay, and can be cancelled."},
	KeysDropped:        {user, denied, theDrop, "Wait until the operator raises it. The key still reads and cancels; its resting orders are cancelled."},
	AccountNotYours:    {anyKey, denied, "number of the account, at least 1", "Name accounts of your own."},

	QuarantinedKey:    {anyKey, denied, "number of the incident, 0 for somebody's word", "If it is yours: portcullis owner restore. If you did not expect it: portcullis owner revoke, and make a new key."},
	LockedAccount:     {user, denied, "number of the account that is locked", "portcullis owner unlock, by who locked it or any of your owner's keys; or ask the venue."},
	AgedKey:           {user, denied, "when it was last renewed, in microseconds of the clock of waits", "portcullis owner renew. It still reads and cancels."},
	OrderOverCap:      {user, denied, "the cap, in the smallest units of the quote asset", "Place a smaller order, or widen the key's mandate with your owner's key."},
	DayOverCap:        {user, denied, "what is left of the day's cap, in the smallest units of the quote asset", "Cancel open orders, which count, or wait: what was traded counts for 24 hours."},
	QuoteNotCapped:    {user, denied, "number of the quote asset", "Trade in a market that is quoted in an asset which the key's caps name, or widen its mandate."},
	AddressNotListed:  {user, denied, theAsset, "portcullis owner addresses add; the address can be used once its wait is over."},
	AddressWaits:      {user, denied, "when the wait is over, in microseconds since 1970 UTC", "Wait: portcullis owner waiting says until when."},
	NewAddressHeld:    {user, []Decision{Hold}, "when the wait is over, in microseconds since 1970 UTC", "If it is yours: wait, or portcullis owner yes. If it is not: portcullis owner no, and revoke the key."},
	WithdrawalOverCap: {user, []Decision{Challenge, Deny}, "what is left of the cap, in the asset's smallest units", "Where it waits for your word: portcullis owner yes, or no. Where it was denied: send less, or widen the key's mandate."},
	AssetNotCapped:    {user, denied, theAsset, "Withdraw an asset that the key's caps name, or widen its mandate with your owner's key."},
	OwnerOnly:         {anybody, denied, "the kind of instruction", "Sign it with your owner's key; if you have none, ask the operator for one."},
	KeyNotYours:       {owner, denied, theKey, "portcullis owner keys lists yours."},
	SuspectNetwork:    {user, denied, "how many deleted keys were used from there", "If you moved there: portcullis owner restore, and list the network on the key. If not: portcullis owner revoke."},

	UnknownAccount:       {anybody, nil, "", "Look the number up in the list of accounts."},
	UnknownAsset:         {anybody, nil, "", "Look the symbol up in the list of assets; symbols are written in capitals."},
	UnknownMarket:        {anybody, nil, "", "GET /api/v3/exchangeInfo lists the symbols."},
	MarketClosed:         {user, nil, "", "Wait until the market is open again; cancels are taken meanwhile."},
	MarketCancelOnly:     {user, nil, "", "Wait until the market is open again; cancels are taken meanwhile."},
	InsufficientBalance:  {user, nil, "", "Ask for less, or cancel orders that hold the balance."},
	PriceOffTick:         {user, nil, "", "Round the price to a multiple of tickSize in exchangeInfo."},
	QuantityOffLot:       {user, nil, "", "Round the quantity to a multiple of stepSize in exchangeInfo."},
	PriceOutOfRange:      {user, nil, "", "Keep within minPrice and maxPrice in exchangeInfo."},
	QuantityOutOfRange:   {user, nil, "", "Keep within minQty and maxQty in exchangeInfo."},
	NotionalTooSmall:     {user, nil, "", "Order for at least minNotional in exchangeInfo."},
	AmountOutOfRange:     {anybody, nil, "", "Name an amount above 0 that the venue can book."},
	WouldTake:            {user, nil, "", "Place a post-only order behind the best price of the other side."},
	DuplicateClientID:    {user, nil, "", "Give each order a newClientOrderId of its own; the one that is open has this."},
	UnknownOrder:         {user, nil, "", "Ask for the order: it may be filled or cancelled already."},
	TooManyOrders:        {user, nil, "", "Cancel some of the open orders in this symbol."},
	MalformedOrder:       {user, nil, "", "Look at the reference: which fields this type of order has."},
	SymbolTaken:          {operator, nil, "", "Take another symbol."},
	MalformedDefinition:  {steward, nil, "", "Look at the command's help: what each field may be."},
	KeyTaken:             {steward, nil, "", "Make a new key pair; names and public keys of deleted ones are not taken again."},
	UnsafeMandate:        {reader, nil, "", "Of older records; newer ones say which rule it is."},
	MalformedKey:         {steward, nil, "", "Give a public key in PEM: Ed25519, or RSA of 2048 to 4096 bits; a label is plain ASCII of at most 64 characters."},
	UnknownKey:           {steward, nil, "", "Look the number up in the list of keys."},
	AlreadyRevoked:       {steward, nil, "", "Nothing: it is deleted."},
	ClockNotFrozen:       {operator, nil, "", "Nothing: waits are running."},
	TooMany:              {anybody, nil, "", "Take away what is no longer needed; for what waits, answer it or let it come due."},
	CancelRefused:        {user, nil, "", "Leave cancelRestrictions out, or ask how the order stands."},
	NoLiquidity:          {reader, nil, "", "Never given: a market order that meets nothing expires."},
	PriceTooFarFromTrade: {user, nil, "", "Keep within the multipliers of PERCENT_PRICE_BY_SIDE in exchangeInfo."},

	NotionalTooLarge:    {user, nil, "", "Order for at most maxNotional in exchangeInfo."},
	MarketQtyOutOfRange: {user, nil, "", "Keep within MARKET_LOT_SIZE in exchangeInfo, or use a limit order."},
	TooManyStops:        {user, nil, "", "Cancel some of the orders that wait for a stop price in this symbol."},
	TooManyIcebergs:     {user, nil, "", "Cancel some of the iceberg orders in this symbol."},
	TooManyParts:        {user, nil, "", "Show more of the order at a time: a larger icebergQty."},
	PositionTooLarge:    {user, nil, "", "Buy less: balance and open buys together are bounded by maxPosition in exchangeInfo."},
	TrailOutOfRange:     {user, nil, "", "Keep trailingDelta within TRAILING_DELTA in exchangeInfo."},
	TooManyLists:        {user, nil, "", "Cancel some of the order lists in this symbol."},
	TooManyAmends:       {user, nil, "", "Replace the order instead; that costs its place in the line."},
	TooManyTrails:       {user, nil, "", "Send a stop price without a trailing delta, or try again later."},
	WouldTrigger:        {user, nil, "", "Place the stop on the other side of the last price."},
	ListPricesWrong:     {user, nil, "", "Look at the reference: which leg lies above the last price and which below."},
	UnknownList:         {user, nil, "", "Ask for the list: it may have ended already."},
	DuplicateList:       {user, nil, "", "Give each list a listClientOrderId of its own."},
	VisibleTooLarge:     {user, nil, "", "Show at most as much as the order has."},
	AmendTooLarge:       {user, nil, "", "Amend to less than the order has and more than was filled, or replace it."},
	TermsDoNotFit:       {operator, nil, "", "Define another market, or leave tick, lot and the asset of fees as they are."},

	NotSealed: {operator, nil, "", "Nothing: only HMAC keys that live have a secret to seal."},

	FeesNotCovered:    {operator, nil, "", "Raise the taker's fee, or lower the rebate."},
	UnknownTier:       {operator, nil, "", "portcullis fees list shows the tiers; portcullis fees set makes one."},
	SubAccount:        {steward, nil, "", "Name the master account: what is set there holds for its sub-accounts."},
	TransferNameTaken: {user, nil, "", "Ask for the transfer of this name before you send another."},
	MalformedTransfer: {user, nil, "", "Name two different accounts of yours."},
	UnknownDrop:       {operator, nil, "", "portcullis drop list shows the drops."},
	ShareNotGrown:     {operator, nil, "", "Raise for a larger share, or drop again."},
	ReferenceTaken:    {operator, nil, "", "Take another reference."},
	MarketIsSo:        {operator, nil, "", "Nothing: it is so."},
	NoRights:          {steward, nil, "", "Name at least one right; to take all away, delete the key."},
	EndNotAhead:       {steward, nil, "", "Name an end that lies ahead."},
	NetworkUnbounded:  {steward, nil, "", "List the networks that are meant, or none."},
	UnsafeTrading:     {steward, nil, "", "Make an Ed25519 key, or list the networks that it is used from."},
	UnsafeWithdrawing: {steward, nil, "", "Make an Ed25519 key and list the networks that it is used from."},
	UnsafeTransfers:   {steward, nil, "", "Make an Ed25519 key, or list the networks that it is used from."},
	UnsafeOwning:      {operator, nil, "", "portcullis key create --owner makes one as it must be."},
	CapsMalformed:     {steward, nil, "", "Name each asset once, with a bound of one order, of a day, or of both; a day bounds at least as much as an order."},

	NetworksMalformed: {steward, nil, "", "List each network once, by its first address, and IPv4 networks as such."},

	MandateDisjoint:    {steward, nil, "", "First add what is new and let it wait; then take away what is old. Or make a new key."},
	MandateSame:        {steward, nil, "", "Nothing: it is so."},
	UnknownMatter:      {steward, denied, "number of what waits", "portcullis owner waiting lists what waits; it may be over already."},
	NoAnswerNeeded:     {owner, nil, "", "Wait, or say no to end it."},
	WaitOutOfRange:     {owner, nil, "", "Name a wait from 24h to 90d."},
	AddressKnown:       {owner, nil, "", "portcullis owner addresses list shows the book, portcullis owner waiting what is to come."},
	UnknownAddress:     {owner, nil, "", "portcullis owner addresses list shows the book: chain, address and tag must be as there."},
	MalformedAddress:   {anyKey, nil, "", "Copy the address and its tag again, without blanks."},
	NotQuarantined:     {steward, nil, "", "Nothing: it is so."},
	AlreadyQuarantined: {steward, nil, "", "Nothing: it is so."},
	NotLocked:          {steward, nil, "", "Nothing: it is so. Where a sub-account is held, look at its master account."},
	AlreadyLocked:      {steward, nil, "", "Nothing: it is so."},
	UnknownIncident:    {operator, nil, "", "Look the number up in the list of incidents."},
	IncidentOver:       {operator, nil, "", "Nothing: it is closed."},
	UnknownPayout:      {reader, nil, "", "Met in simulations only."},
	PayoutNotClaimed:   {reader, nil, "", "Met in simulations only."},
	WithdrawNameTaken:  {user, nil, "", "Ask for the withdrawal of this name before you send another."},
	LastOwnerKey:       {owner, nil, "", "Have the operator make another owner's key and let it wait; or have him do it."},
	WaitSame:           {owner, nil, "", "Nothing: it is so."},
	NothingToRenew:     {steward, nil, "", "Nothing: there is nothing to renew."},

	LossOverBudget:  {user, denied, "what may still be lost, in units of the valuation asset", "Place a smaller order or one nearer to the market; portcullis owner budget shows when spent budget comes back, and raises it."},
	FeesOverBudget:  {user, denied, "what may still be paid in fees, in units of the valuation asset", "Place a smaller order; portcullis owner budget shows when spent budget comes back, and raises it."},
	LossUnconfirmed: {user, denied, "what may still be lost before the owner confirms, in units of the valuation asset", "Look at the trades; if they were meant, portcullis owner budget confirm."},
	FeesUnconfirmed: {user, denied, "what may still be paid before the owner confirms, in units of the valuation asset", "Look at the trades; if they were meant, portcullis owner budget confirm."},
	NothingForIt:    {user, denied, "number of the market", "portcullis owner markets name lets the account trade there within a cap."},
	OverThinCap:     {user, denied, "number of the market", "Trade less there, trade back, or wait: what is older than 30 days counts no more."},
	WithoutMark:     {user, denied, "number of the asset", "Ask the venue for a route by which the asset is valued."},
	OutsideCollar:   {user, denied, "the furthest price that is taken, as prices are counted in the journal", "Place it nearer to the market."},

	RuleSaid:    {user, []Decision{Hold, Challenge, Deny, Allow}, "number of the rule", "If it was meant: portcullis owner renew, or portcullis owner restore where the key is in quarantine. If it was not: portcullis owner revoke."},
	StepUpAsked: {user, denied, theDrop, "Confirm the key with the owner's key: POST /owner/v1/keys/renew. Whoever has no owner's key asks the venue. The key still reads and cancels, and its resting orders stay."},

	ValuationFixed:    {operator, nil, "", "Nothing: it is said once for a venue."},
	NoValuation:       {steward, nil, "", "portcullis market valuation says in which asset worth is counted."},
	RouteMalformed:    {operator, nil, "", "Name the markets in their order, from the asset to the valuation asset."},
	MarksMalformed:    {operator, nil, "", "portcullis market tier --help tells the ranges."},
	ReferenceStale:    {reader, nil, "", "Look at the reference's own clock, and at what feeds it."},
	NotThin:           {owner, nil, "", "Nothing: it needs no name."},
	NamedSo:           {owner, nil, "", "Nothing: it is so."},
	BudgetOutOfRange:  {steward, nil, "", "Name a part of equity from 0 to 100 percent."},
	BudgetSame:        {steward, nil, "", "Nothing: it is so."},
	NothingToConfirm:  {owner, nil, "", "Nothing: there is nothing to confirm."},
	BudgetBearsNot:    {user, nil, "", "portcullis owner budget shows what is left."},
	ReferenceUnwanted: {reader, nil, "", "portcullis market tier --reference expects one."},

	RulesMalformed:   {operator, nil, "", "portcullis rules check says what is wrong, with the line."},
	RulesSame:        {operator, nil, "", "Nothing: it is so."},
	UnknownProposal:  {operator, nil, "", "portcullis rules waiting lists what waits; it may be answered, or over, already."},
	OwnProposal:      {operator, nil, "", "Have another operator say portcullis rules yes."},
	UnknownRule:      {operator, nil, "", "portcullis rules list shows the rules."},
	SnoozeOutOfRange: {operator, nil, "", "Name a time from 1h to 7d."},
	NotSnoozed:       {operator, nil, "", "Nothing: it is not suspended."},
	RulesAreSet:      {operator, nil, "", "portcullis rules load."},
	ProceedsWithheld: {user, nil, "", "portcullis owner proceeds list shows what is held, why and until when; portcullis owner proceeds appeal tells the venue why it should not be."},
	UnknownProceeds:  {steward, denied, "number of the hold", "portcullis owner proceeds list, or portcullis proceeds list, shows what is held; it may be over already."},
	NothingGained:    {operator, nil, "", "portcullis trace --key shows where the key's money went; portcullis account lock stops an account."},
	AppealsSpent:     {owner, nil, "", "Ask the venue by another way, or wait for the end of the hold."},

	CohortBare:       {operator, nil, "", "Name what is to be shut; portcullis inquest cohort says what."},
	CohortsOff:       {reader, nil, "", "Nothing: the operator is told of the margin, and decides. portcullis inquest automatic sets one."},
	CohortTooFew:     {reader, nil, "", "Nothing: the operator decides."},
	CohortShutBefore: {reader, nil, "", "Nothing: whoever raised it knows why."},
	MarginOutOfRange: {operator, nil, "", "Name a margin in nats, or off."},
	MarginSame:       {operator, nil, "", "Nothing: it is so already."},

	WalletSaw:           {reader, allowed, "", nothing},
	Brought:             {reader, allowed, "", nothing},
	CodesNotCapped:      {user, denied, theAsset, "Issue them with your owner's key, or widen the key's mandate with a cap for codes of this asset."},
	CodesOverCap:        {user, denied, "what is left of the cap, in the asset's smallest units", "Issue less, wait: what was issued counts for 24 hours; or use your owner's key."},
	TooManyClaims:       {"who brings a gift code", denied, "how many were claimed lately", "Try again later."},
	NoChain:             {anybody, nil, "", "portcullis chain list says which assets do."},
	ChainMalformed:      {operator, nil, "", "portcullis chain set --help has each bound."},
	ChainFixed:          {operator, nil, "", "Define another asset for another chain."},
	ChainUnlinked:       {reader, nil, "", "Nothing: the wallet looks again."},
	AddressIssuedBefore: {reader, nil, "", "Nothing: the wallet looks it up."},
	AddressOfVenue:      {anyKey, nil, "", "Use a transfer between accounts, or a gift code."},
	WithdrawTooSmall:    {anybody, nil, "", "Withdraw at least withdrawMin of GET /sapi/v1/capital/config/getall."},
	TagUnknown:          {anyKey, nil, "", "Leave the tag out; if the receiver asks for one, it is another chain."},
	SpendMalformed:      {reader, nil, "", "Nothing: the wallet plans another one."},
	CoinNotFree:         {reader, nil, "", "Nothing: the wallet plans another one."},
	FeeOverCeiling:      {operator, nil, "", "portcullis chain set --max-fee-rate raises it, if the chain really costs that much."},
	FeeNotCovered:       {operator, nil, "", "Send coins to the chain's hot address: portcullis chain list shows it."},
	UnknownSpend:        {reader, nil, "", "Nothing: the wallet looks again."},
	SpendSignedBefore:   {reader, nil, "", "Nothing: the one on record is sent."},
	PayoutsHalted:       {operator, nil, "", "portcullis drop list says why; raise it once that is settled."},
	UnknownCode:         {"who brings a gift code", denied, "number of the code, where one takes it back", "Check each character; ask who gave it to you."},
	CodeTaken:           {anyKey, nil, "", "Issue again: codes are made anew. Give each batch a name of its own."},
	CodeExpiry:          {anyKey, nil, "", "Name an end between a minute and two years from now."},
	CodeOver:            {anyKey, nil, "", "List your codes: each says what became of it."},
	DepositOwed:         {anyKey, nil, "", "Deposit what is missing; the list of deposits says which one was undone."},
	UnsafeIssuing:       {steward, nil, "", "Give such caps to a key that may withdraw and lists its networks, or issue with the owner's key."},
	ChainShared:         {operator, nil, "", "Name the right network, or use keys of another seed."},
}
