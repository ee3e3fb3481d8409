package instruction

import "portcullis/core/money"

// EventKind is the persisted number of a kind of event: append-only.
type EventKind uint8

const (
	KindClockFroze       EventKind = 1
	KindClockConfirmed   EventKind = 2
	KindAssetAdded       EventKind = 10
	KindMarketAdded      EventKind = 11
	KindMarketSet        EventKind = 12
	KindTermsSet         EventKind = 14
	KindFeesSet          EventKind = 15
	KindValuationSet     EventKind = 16
	KindRouteSet         EventKind = 17
	KindMarksSet         EventKind = 18
	KindReferred         EventKind = 19
	KindAccountOpened    EventKind = 20
	KindCameIn           EventKind = 21
	KindTierSet          EventKind = 22
	KindTransferred      EventKind = 23
	KindTransferKnown    EventKind = 24
	KindAccountLocked    EventKind = 25
	KindAccountUnlocked  EventKind = 26
	KindWaitSet          EventKind = 27
	KindAddressAdded     EventKind = 28
	KindAddressRemoved   EventKind = 29
	KindKeyCreated       EventKind = 30
	KindKeyRevoked       EventKind = 31
	KindKeyResealed      EventKind = 32
	KindMandateSet       EventKind = 33
	KindKeyRenewed       EventKind = 34
	KindKeyAging         EventKind = 35
	KindKeyQuarantined   EventKind = 36
	KindKeyRestored      EventKind = 37
	KindKeySwept         EventKind = 38
	KindOrderPlaced      EventKind = 40
	KindFilled           EventKind = 41
	KindOrderClosed      EventKind = 42
	KindListPlaced       EventKind = 43
	KindListClosed       EventKind = 44
	KindOrderStarted     EventKind = 45
	KindTradePrevented   EventKind = 46
	KindOrderAmended     EventKind = 47
	KindStartRefused     EventKind = 48
	KindDropped          EventKind = 50
	KindRaised           EventKind = 51
	KindSwept            EventKind = 52
	KindMatterOpened     EventKind = 53
	KindMatterClosed     EventKind = 54
	KindSighted          EventKind = 55
	KindAlarmed          EventKind = 56
	KindIncidentOpened   EventKind = 57
	KindIncidentNoted    EventKind = 58
	KindIncidentClosed   EventKind = 59
	KindRefused          EventKind = 60
	KindPayoutMade       EventKind = 61
	KindPayoutMoved      EventKind = 62
	KindPayoutKnown      EventKind = 63
	KindMatterPostponed  EventKind = 64
	KindPayoutStopping   EventKind = 65
	KindCodesIssued      EventKind = 66
	KindCodeClaimed      EventKind = 67
	KindCodeKnown        EventKind = 68
	KindCodeReturned     EventKind = 69
	KindCodeForgotten    EventKind = 112
	KindBudgetSet        EventKind = 70
	KindBudgetConfirmed  EventKind = 71
	KindMarketNamed      EventKind = 72
	KindCharged          EventKind = 73
	KindBudgetSpent      EventKind = 74
	KindBudgetSwept      EventKind = 75
	KindOrderCapped      EventKind = 76
	KindBandBroken       EventKind = 77
	KindRuleFired        EventKind = 80
	KindRulesProposed    EventKind = 81
	KindRulesSet         EventKind = 82
	KindRulesRejected    EventKind = 83
	KindRuleSnoozed      EventKind = 84
	KindCohortsSet       EventKind = 85
	KindCohortShut       EventKind = 86
	KindProceedsHeld     EventKind = 90
	KindProceedsReleased EventKind = 91
	KindProceedsAppealed EventKind = 92
	KindProceedsKept     EventKind = 93
	KindChainSet         EventKind = 100
	KindAddressIssued    EventKind = 101
	KindBlockAdded       EventKind = 102
	KindRewound          EventKind = 103
	KindDepositCredited  EventKind = 104
	KindDepositUndone    EventKind = 105
	KindSpendPlanned     EventKind = 106
	KindSpendSigned      EventKind = 107
	KindSpendSeen        EventKind = 108
	KindSpendSettled     EventKind = 109
	KindSpendDied        EventKind = 110
	KindShortageProven   EventKind = 111
)

// Event is what happened. State is a fold of events, and of nothing else. The set is closed.
type Event interface {
	EventKind() EventKind
	fields(*Codec)
}

// ClockFroze says that time jumped ahead further than it may unconfirmed: waits and refills stand still.
type ClockFroze struct {
	From, To Time
}

// ClockConfirmed says that waits and refills go on.
type ClockConfirmed struct {
	// Since layout version 3:
	Skipped Time // how much of the time that has passed counts for no wait
}

// AssetAdded follows AddAsset.
type AssetAdded struct {
	ID     Asset
	Symbol string
	Scale  money.Scale
}

// MarketAdded follows AddMarket. The market's symbol is the base symbol followed by the quote symbol.
type MarketAdded struct {
	ID          Market
	Base, Quote Asset
	Terms       Terms
}

// MarketSet follows SetMarket.
type MarketSet struct {
	Market Market
	State  MarketState
}

// AccountOpened follows OpenAccount.
type AccountOpened struct {
	ID  Account
	Ref string
	// Since layout version 2:
	Parent Account
}

// CameIn says that value came in from outside and is free in the account.
type CameIn struct {
	Account Account
	Asset   Asset
	Amount  money.Amount
	Ref     string
}

// KeyCreated follows CreateKey.
type KeyCreated struct {
	ID  Credential
	Key CreateKey
}

// KeyRevoked says that the credential is a tombstone from now on; its material is forgotten where it is a secret.
type KeyRevoked struct {
	Credential Credential
}

// KeyResealed says that the credential's secret is kept as it is sealed here.
type KeyResealed struct {
	Credential Credential
	Material   []byte
}

// OrderPlaced says that an order was taken up and that Held of what it gives is held for it.
type OrderPlaced struct {
	Order      Order
	Account    Account
	Credential Credential
	Place      PlaceOrder
	Held       money.Amount // quote units of a buy, base units of a sell
	// Since layout version 3:
	Risk money.Amount // what of its owner's loss budget is reserved for it, in units of the valuation asset
}

// Filled is one match. The buyer gives Quote and receives Qty, the seller gives Qty and receives Quote. A fee in what its
// payer receives comes out of that; one in what its payer gives comes on top, out of what is held for the order. A maker's
// fee below zero is a rebate: it is paid out of the taker's fee, in the same asset.
type Filled struct {
	Market       Market
	Trade        Trade
	TakerSide    Side
	Taker, Maker Order
	TakerAccount Account
	MakerAccount Account
	Price        money.Price  // the maker's
	Qty          money.Amount // base units
	Quote        money.Amount // price times quantity, rounded down, in quote units
	TakerFee     money.Amount
	MakerFee     money.Amount
	// Since layout version 2:
	TakerFeeAsset Asset // 0: what the taker receives
	MakerFeeAsset Asset // 0: what the maker receives
}

// Fee is what one side of the match pays, below 0 what it is paid, and in what; received is what that side receives.
func (e *Filled) Fee(maker bool, received Asset) (money.Amount, Asset) {
	fee, in := e.TakerFee, e.TakerFeeAsset
	if maker {
		fee, in = e.MakerFee, e.MakerFeeAsset
	}
	if in == 0 {
		in = received
	}
	return fee, in
}

// OrderClosed says that an order is over, and that Released of what was held for it is free again.
type OrderClosed struct {
	Market   Market
	Order    Order
	Account  Account
	Cause    CloseCause
	Released money.Amount
}

// Refused says that an allowed instruction, or a part of one, came to nothing.
type Refused struct {
	Part   Part
	Reason Reason
}

// Part is which part of an instruction an event speaks of: append-only.
type Part uint8

const (
	Whole  Part = 1
	Cancel Part = 2 // the cancel of a replacement
	Place  Part = 3 // the new order of a replacement
)

var partNames = names{"", "WHOLE", "CANCEL", "PLACE"}

func (p Part) String() string               { return partNames.text(int(p)) }
func (p Part) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

func (*ClockFroze) EventKind() EventKind     { return KindClockFroze }
func (*ClockConfirmed) EventKind() EventKind { return KindClockConfirmed }
func (*AssetAdded) EventKind() EventKind     { return KindAssetAdded }
func (*MarketAdded) EventKind() EventKind    { return KindMarketAdded }
func (*MarketSet) EventKind() EventKind      { return KindMarketSet }
func (*AccountOpened) EventKind() EventKind  { return KindAccountOpened }
func (*CameIn) EventKind() EventKind         { return KindCameIn }
func (*KeyCreated) EventKind() EventKind     { return KindKeyCreated }
func (*KeyRevoked) EventKind() EventKind     { return KindKeyRevoked }
func (*KeyResealed) EventKind() EventKind    { return KindKeyResealed }
func (*OrderPlaced) EventKind() EventKind    { return KindOrderPlaced }
func (*Filled) EventKind() EventKind         { return KindFilled }
func (*OrderClosed) EventKind() EventKind    { return KindOrderClosed }
func (*Refused) EventKind() EventKind        { return KindRefused }

func (e *ClockFroze) fields(c *Codec) {
	Num64(c, &e.From)
	Num64(c, &e.To)
}

func (e *ClockConfirmed) fields(c *Codec) {
	if c.since(3) {
		Num64(c, &e.Skipped)
	}
}

func (e *AssetAdded) fields(c *Codec) {
	Num16(c, &e.ID)
	c.Text(&e.Symbol)
	Num8(c, &e.Scale)
}

func (e *MarketAdded) fields(c *Codec) {
	Num16(c, &e.ID)
	Num16(c, &e.Base)
	Num16(c, &e.Quote)
	e.Terms.Fields(c)
}

func (e *MarketSet) fields(c *Codec) {
	Num16(c, &e.Market)
	enum(c, &e.State, Halted)
}

func (e *AccountOpened) fields(c *Codec) {
	Num32(c, &e.ID)
	c.Text(&e.Ref)
	if c.since(2) {
		Num32(c, &e.Parent)
	}
}

func (e *CameIn) fields(c *Codec) {
	Num32(c, &e.Account)
	Num16(c, &e.Asset)
	c.amount(&e.Amount)
	c.Text(&e.Ref)
}

func (e *KeyCreated) fields(c *Codec) {
	Num32(c, &e.ID)
	e.Key.fields(c)
}

func (e *KeyRevoked) fields(c *Codec) { Num32(c, &e.Credential) }

func (e *KeyResealed) fields(c *Codec) {
	Num32(c, &e.Credential)
	c.Blob(&e.Material)
}

func (e *OrderPlaced) fields(c *Codec) {
	Num64(c, &e.Order)
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	e.Place.fields(c)
	c.amount(&e.Held)
	if c.since(3) {
		c.amount(&e.Risk)
	}
}

func (e *Filled) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Trade)
	enum(c, &e.TakerSide, Sell)
	Num64(c, &e.Taker)
	Num64(c, &e.Maker)
	Num32(c, &e.TakerAccount)
	Num32(c, &e.MakerAccount)
	c.price(&e.Price)
	c.amount(&e.Qty)
	c.amount(&e.Quote)
	c.amount(&e.TakerFee)
	c.amount(&e.MakerFee)
	if c.since(2) {
		Num16(c, &e.TakerFeeAsset)
		Num16(c, &e.MakerFeeAsset)
	}
}

func (e *OrderClosed) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Order)
	Num32(c, &e.Account)
	enum(c, &e.Cause, ByBudget)
	c.amount(&e.Released)
}

func (e *Refused) fields(c *Codec) {
	enum(c, &e.Part, Place)
	c.reason(&e.Reason)
}

// Events reads a record's events one after the other. The event that Next returns is reused by the next call; keep a
// copy of what must outlive it.
type Events struct {
	c       Codec
	placed  OrderPlaced
	filled  Filled
	closed  OrderClosed
	refuse  Refused
	charged Charged
}

// reset starts over with the events that b holds, in the given layout version.
func (r *Events) reset(b []byte, version uint8) { r.c = ReaderOf(b, version) }

// Next is the next event, or nil at the end or at an error; see Err.
func (r *Events) Next() Event {
	if r.c.err != nil || len(r.c.buf) == 0 {
		return nil
	}
	var k EventKind
	Num8(&r.c, &k)
	e := r.empty(k)
	if e == nil {
		r.c.Fail("unknown kind of event %d", k)
		return nil
	}
	e.fields(&r.c)
	if r.c.err != nil {
		return nil
	}
	return e
}

// Err is what stopped Next, or nil at the end.
func (r *Events) Err() error { return r.c.err }

// empty is an event of the kind to read into: one that is reused for the frequent kinds.
func (r *Events) empty(k EventKind) Event {
	switch k {
	case KindOrderPlaced:
		return &r.placed
	case KindFilled:
		return &r.filled
	case KindOrderClosed:
		return &r.closed
	case KindRefused:
		return &r.refuse
	case KindCharged:
		return &r.charged
	case KindClockFroze:
		return new(ClockFroze)
	case KindClockConfirmed:
		return new(ClockConfirmed)
	case KindAssetAdded:
		return new(AssetAdded)
	case KindMarketAdded:
		return new(MarketAdded)
	case KindMarketSet:
		return new(MarketSet)
	case KindFeesSet:
		return new(FeesSet)
	case KindAccountOpened:
		return new(AccountOpened)
	case KindCameIn:
		return new(CameIn)
	case KindTierSet:
		return new(TierSet)
	case KindTransferred:
		return new(Transferred)
	case KindTransferKnown:
		return new(TransferKnown)
	case KindDropped:
		return new(Dropped)
	case KindRaised:
		return new(Raised)
	case KindSwept:
		return new(Swept)
	case KindKeyCreated:
		return new(KeyCreated)
	case KindKeyRevoked:
		return new(KeyRevoked)
	case KindKeyResealed:
		return new(KeyResealed)
	case KindTermsSet:
		return new(TermsSet)
	case KindListPlaced:
		return new(ListPlaced)
	case KindListClosed:
		return new(ListClosed)
	case KindOrderStarted:
		return new(OrderStarted)
	case KindTradePrevented:
		return new(TradePrevented)
	case KindOrderAmended:
		return new(OrderAmended)
	case KindStartRefused:
		return new(StartRefused)
	case KindAccountLocked:
		return new(AccountLocked)
	case KindAccountUnlocked:
		return new(AccountUnlocked)
	case KindWaitSet:
		return new(WaitSet)
	case KindAddressAdded:
		return new(AddressAdded)
	case KindAddressRemoved:
		return new(AddressRemoved)
	case KindMandateSet:
		return new(MandateSet)
	case KindKeyRenewed:
		return new(KeyRenewed)
	case KindKeyAging:
		return new(KeyAging)
	case KindKeyQuarantined:
		return new(KeyQuarantined)
	case KindKeyRestored:
		return new(KeyRestored)
	case KindKeySwept:
		return new(KeySwept)
	case KindMatterOpened:
		return new(MatterOpened)
	case KindMatterClosed:
		return new(MatterClosed)
	case KindSighted:
		return new(Sighted)
	case KindAlarmed:
		return new(Alarmed)
	case KindIncidentOpened:
		return new(IncidentOpened)
	case KindIncidentNoted:
		return new(IncidentNoted)
	case KindIncidentClosed:
		return new(IncidentClosed)
	case KindPayoutMade:
		return new(PayoutMade)
	case KindPayoutMoved:
		return new(PayoutMoved)
	case KindPayoutKnown:
		return new(PayoutKnown)
	case KindMatterPostponed:
		return new(MatterPostponed)
	case KindValuationSet:
		return new(ValuationSet)
	case KindRouteSet:
		return new(RouteSet)
	case KindMarksSet:
		return new(MarksSet)
	case KindReferred:
		return new(Referred)
	case KindBudgetSet:
		return new(BudgetSet)
	case KindBudgetConfirmed:
		return new(BudgetConfirmed)
	case KindMarketNamed:
		return new(MarketNamed)
	case KindBudgetSpent:
		return new(BudgetSpent)
	case KindBudgetSwept:
		return new(BudgetSwept)
	case KindOrderCapped:
		return new(OrderCapped)
	case KindBandBroken:
		return new(BandBroken)
	case KindRuleFired:
		return new(RuleFired)
	case KindRulesProposed:
		return new(RulesProposed)
	case KindRulesSet:
		return new(RulesSet)
	case KindRulesRejected:
		return new(RulesRejected)
	case KindRuleSnoozed:
		return new(RuleSnoozed)
	case KindProceedsHeld:
		return new(ProceedsHeld)
	case KindProceedsReleased:
		return new(ProceedsReleased)
	case KindProceedsAppealed:
		return new(ProceedsAppealed)
	case KindProceedsKept:
		return new(ProceedsKept)
	case KindCohortsSet:
		return new(CohortsSet)
	case KindCohortShut:
		return new(CohortShut)
	case KindPayoutStopping:
		return new(PayoutStopping)
	case KindCodesIssued:
		return new(CodesIssued)
	case KindCodeClaimed:
		return new(CodeClaimed)
	case KindCodeKnown:
		return new(CodeKnown)
	case KindCodeReturned:
		return new(CodeReturned)
	case KindCodeForgotten:
		return new(CodeForgotten)
	case KindChainSet:
		return new(ChainSet)
	case KindAddressIssued:
		return new(AddressIssued)
	case KindBlockAdded:
		return new(BlockAdded)
	case KindRewound:
		return new(Rewound)
	case KindDepositCredited:
		return new(DepositCredited)
	case KindDepositUndone:
		return new(DepositUndone)
	case KindSpendPlanned:
		return new(SpendPlanned)
	case KindSpendSigned:
		return new(SpendSigned)
	case KindSpendSeen:
		return new(SpendSeen)
	case KindSpendSettled:
		return new(SpendSettled)
	case KindSpendDied:
		return new(SpendDied)
	case KindShortageProven:
		return new(ShortageProven)
	}
	return nil
}

// AppendEvent writes one event.
func AppendEvent(c *Codec, e Event) {
	k := e.EventKind()
	Num8(c, &k)
	e.fields(c)
}
