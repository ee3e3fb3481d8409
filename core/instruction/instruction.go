package instruction

import (
	"fmt"
	"strings"

	"portcullis/core/money"
)

// Kind is the persisted number of a kind of instruction: append-only.
type Kind uint8

const (
	KindTick            Kind = 1
	KindConfirmClock    Kind = 2
	KindAddAsset        Kind = 10
	KindAddMarket       Kind = 11
	KindSetMarket       Kind = 12
	KindSetTerms        Kind = 14
	KindSetFees         Kind = 15
	KindSetValuation    Kind = 16
	KindSetRoute        Kind = 17
	KindSetMarks        Kind = 18
	KindOpenAccount     Kind = 20
	KindCredit          Kind = 21
	KindSetTier         Kind = 22
	KindTransfer        Kind = 23
	KindLockAccount     Kind = 24
	KindUnlockAccount   Kind = 25
	KindSetWait         Kind = 26
	KindAddAddress      Kind = 27
	KindRemoveAddress   Kind = 28
	KindAnswer          Kind = 29
	KindCreateKey       Kind = 30
	KindRevokeKey       Kind = 31
	KindResealKey       Kind = 33
	KindChangeMandate   Kind = 34
	KindRenewKey        Kind = 35
	KindQuarantineKey   Kind = 36
	KindRestoreKey      Kind = 37
	KindPlaceOrder      Kind = 40
	KindCancelOrder     Kind = 41
	KindCancelAll       Kind = 42
	KindReplaceOrder    Kind = 43
	KindPlaceList       Kind = 44
	KindCancelList      Kind = 45
	KindAmendOrder      Kind = 46
	KindDrop            Kind = 50
	KindRaise           Kind = 51
	KindSight           Kind = 52
	KindCloseIncident   Kind = 53
	KindRefer           Kind = 54
	KindWithdraw        Kind = 60
	KindSettle          Kind = 61
	KindStopPayout      Kind = 62
	KindIssueCodes      Kind = 63
	KindClaimCode       Kind = 64
	KindReturnCode      Kind = 65
	KindSetBudget       Kind = 70
	KindConfirmBudget   Kind = 71
	KindNameMarket      Kind = 72
	KindSetRules        Kind = 80
	KindAnswerRules     Kind = 81
	KindSetCohorts      Kind = 83
	KindShutCohort      Kind = 84
	KindSnoozeRule      Kind = 82
	KindHoldProceeds    Kind = 85
	KindReleaseProceeds Kind = 86
	KindAppealProceeds  Kind = 87
	KindSetChain        Kind = 90
	KindIssueAddress    Kind = 91
	KindAdvance         Kind = 92
	KindRewind          Kind = 93
	KindPlanSpend       Kind = 94
	KindSignSpend       Kind = 95
	KindSeeSpends       Kind = 96
)

// Instruction is a request that can move money, or change who may. The set is closed.
type Instruction interface {
	Kind() Kind
	fields(*Codec)
}

// String is the name of the kind, as the journal is printed.
func (k Kind) String() string {
	in := newInstruction(k)
	if in == nil {
		return fmt.Sprintf("unknown(%d)", uint8(k))
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", in), "*instruction.")
}

// newInstruction is an empty instruction of the kind, or nil.
func newInstruction(k Kind) Instruction {
	switch k {
	case KindTick:
		return new(Tick)
	case KindConfirmClock:
		return new(ConfirmClock)
	case KindAddAsset:
		return new(AddAsset)
	case KindAddMarket:
		return new(AddMarket)
	case KindSetMarket:
		return new(SetMarket)
	case KindSetTerms:
		return new(SetTerms)
	case KindSetFees:
		return new(SetFees)
	case KindOpenAccount:
		return new(OpenAccount)
	case KindCredit:
		return new(Credit)
	case KindSetTier:
		return new(SetTier)
	case KindTransfer:
		return new(Transfer)
	case KindCreateKey:
		return new(CreateKey)
	case KindRevokeKey:
		return new(RevokeKey)
	case KindResealKey:
		return new(ResealKey)
	case KindPlaceOrder:
		return new(PlaceOrder)
	case KindCancelOrder:
		return new(CancelOrder)
	case KindCancelAll:
		return new(CancelAll)
	case KindReplaceOrder:
		return new(ReplaceOrder)
	case KindPlaceList:
		return new(PlaceList)
	case KindCancelList:
		return new(CancelList)
	case KindAmendOrder:
		return new(AmendOrder)
	case KindDrop:
		return new(Drop)
	case KindRaise:
		return new(Raise)
	case KindLockAccount:
		return new(LockAccount)
	case KindUnlockAccount:
		return new(UnlockAccount)
	case KindSetWait:
		return new(SetWait)
	case KindAddAddress:
		return new(AddAddress)
	case KindRemoveAddress:
		return new(RemoveAddress)
	case KindAnswer:
		return new(Answer)
	case KindChangeMandate:
		return new(ChangeMandate)
	case KindRenewKey:
		return new(RenewKey)
	case KindQuarantineKey:
		return new(QuarantineKey)
	case KindRestoreKey:
		return new(RestoreKey)
	case KindSight:
		return new(Sight)
	case KindCloseIncident:
		return new(CloseIncident)
	case KindWithdraw:
		return new(Withdraw)
	case KindSettle:
		return new(Settle)
	case KindSetValuation:
		return new(SetValuation)
	case KindSetRoute:
		return new(SetRoute)
	case KindSetMarks:
		return new(SetMarks)
	case KindRefer:
		return new(Refer)
	case KindSetBudget:
		return new(SetBudget)
	case KindConfirmBudget:
		return new(ConfirmBudget)
	case KindNameMarket:
		return new(NameMarket)
	case KindSetRules:
		return new(SetRules)
	case KindAnswerRules:
		return new(AnswerRules)
	case KindSnoozeRule:
		return new(SnoozeRule)
	case KindHoldProceeds:
		return new(HoldProceeds)
	case KindReleaseProceeds:
		return new(ReleaseProceeds)
	case KindAppealProceeds:
		return new(AppealProceeds)
	case KindSetCohorts:
		return new(SetCohorts)
	case KindShutCohort:
		return new(ShutCohort)
	case KindStopPayout:
		return new(StopPayout)
	case KindIssueCodes:
		return new(IssueCodes)
	case KindClaimCode:
		return new(ClaimCode)
	case KindReturnCode:
		return new(ReturnCode)
	case KindSetChain:
		return new(SetChain)
	case KindIssueAddress:
		return new(IssueAddress)
	case KindAdvance:
		return new(Advance)
	case KindRewind:
		return new(Rewind)
	case KindPlanSpend:
		return new(PlanSpend)
	case KindSignSpend:
		return new(SignSpend)
	case KindSeeSpends:
		return new(SeeSpends)
	}
	return nil
}

// Empty is an empty instruction of each kind, by their numbers.
func Empty() []Instruction {
	var list []Instruction
	for k := range 1 << 8 {
		if in := newInstruction(Kind(k)); in != nil {
			list = append(list, in)
		}
	}
	return list
}

// Tick lets time pass where nothing else does. Only the engine gives it.
type Tick struct{}

// ConfirmClock says, by the operator, that a jump of the clock was right: what it froze goes on.
type ConfirmClock struct{}

// AddAsset defines an asset.
type AddAsset struct {
	Symbol string // 1 to 12 of A-Z 0-9
	Scale  money.Scale
}

// AddMarket defines a market between two assets; it starts open.
type AddMarket struct {
	Base, Quote Asset
	Terms       Terms
}

// SetMarket opens, halts or restricts a market.
type SetMarket struct {
	Market Market
	State  MarketState
}

// OpenAccount opens an account. Ref is the operator's own reference, such as a customer number; it stays in the
// journal for ever, so it must be no name or mail address.
type OpenAccount struct {
	Ref string // at most 64 bytes of printable ASCII
	// Since layout version 2:
	Parent Account // the master account of the same customer, which has none itself; 0 for none
}

// Credit books value that came in from outside.
type Credit struct {
	Account Account
	Asset   Asset
	Amount  money.Amount
	Ref     string // where it came from, at most 64 bytes of printable ASCII
}

// CreateKey registers a credential. What the customer keeps, a private key or an HMAC secret, is never here: Material is
// the public key, or the secret sealed under the venue's master key.
type CreateKey struct {
	Account  Account
	ID       KeyID
	Scheme   Scheme
	Material []byte // Ed25519: 32 bytes; RSA: PKIX DER; HMAC: the sealed secret
	Label    string // the owner's own word for it, at most 64 bytes of printable ASCII
	Mandate  Mandate
	// Since layout version 2:
	Integrator string // the third party that the customer made it for; "" for none; at most 64 bytes of printable ASCII
	Created    Time   // when it was created elsewhere, for keys brought from there; 0 for now
	Canary     bool   // a decoy: nobody who is honest ever uses it
	// Since layout version 3:
	Legacy bool // brought from elsewhere as it was held there: the rules for new keys are not asked of it
}

// RevokeKey makes a credential a tombstone.
type RevokeKey struct {
	Credential Credential
}

// ResealKey gives a credential's secret as it is sealed under another master key. The secret itself stays as it is.
type ResealKey struct {
	Credential Credential
	Material   []byte // the sealed secret
}

// PlaceOrder asks for an order. Exactly one of Qty and QuoteQty is set; QuoteQty goes with market orders only.
type PlaceOrder struct {
	Market   Market
	Side     Side
	Type     OrderType
	TIF      TimeInForce  // market orders: IOC
	Price    money.Price  // none for market orders
	Qty      money.Amount // in base units
	QuoteQty money.Amount // in quote units
	ClientID ClientID     // never empty: the edge makes one where the client gave none
	// Since layout version 2:
	Trigger   Trigger      // what the price must do before the order works
	Stop      money.Price  // to which the price must go; with a Trail it may be missing
	Trail     uint16       // how far the price must turn back from its best since then, in basis points
	Visible   money.Amount // an iceberg's part that others see, in base units; 0 for all
	SelfTrade SelfTrade
}

// CancelOrder cancels one order, named by Order or by Client.
type CancelOrder struct {
	Market   Market
	Order    Order
	Client   ClientID
	ClientID ClientID // the client's own name for this cancel; not looked at
	// Since layout version 2:
	Only Standing // cancel only while it stands so; 0 for however it stands
}

// CancelAll cancels all of the account's orders in one market.
type CancelAll struct {
	Market Market
}

// ReplaceOrder cancels one order and places another in the same market, in one step.
type ReplaceOrder struct {
	Cancel     CancelOrder
	Place      PlaceOrder
	AllowFails bool // place the new order even where the cancel was refused
}

func (*Tick) Kind() Kind         { return KindTick }
func (*ConfirmClock) Kind() Kind { return KindConfirmClock }
func (*AddAsset) Kind() Kind     { return KindAddAsset }
func (*AddMarket) Kind() Kind    { return KindAddMarket }
func (*SetMarket) Kind() Kind    { return KindSetMarket }
func (*OpenAccount) Kind() Kind  { return KindOpenAccount }
func (*Credit) Kind() Kind       { return KindCredit }
func (*CreateKey) Kind() Kind    { return KindCreateKey }
func (*RevokeKey) Kind() Kind    { return KindRevokeKey }
func (*ResealKey) Kind() Kind    { return KindResealKey }
func (*PlaceOrder) Kind() Kind   { return KindPlaceOrder }
func (*CancelOrder) Kind() Kind  { return KindCancelOrder }
func (*CancelAll) Kind() Kind    { return KindCancelAll }
func (*ReplaceOrder) Kind() Kind { return KindReplaceOrder }

func (*Tick) fields(*Codec)         {}
func (*ConfirmClock) fields(*Codec) {}

func (i *AddAsset) fields(c *Codec) {
	c.Text(&i.Symbol)
	Num8(c, &i.Scale)
}

func (i *AddMarket) fields(c *Codec) {
	Num16(c, &i.Base)
	Num16(c, &i.Quote)
	i.Terms.Fields(c)
}

func (i *SetMarket) fields(c *Codec) {
	Num16(c, &i.Market)
	enum(c, &i.State, Halted)
}

func (i *OpenAccount) fields(c *Codec) {
	c.Text(&i.Ref)
	if c.since(2) {
		Num32(c, &i.Parent)
	}
}

func (i *Credit) fields(c *Codec) {
	Num32(c, &i.Account)
	Num16(c, &i.Asset)
	c.amount(&i.Amount)
	c.Text(&i.Ref)
}

func (i *CreateKey) fields(c *Codec) {
	Num32(c, &i.Account)
	c.Fixed(i.ID[:])
	enum(c, &i.Scheme, HMAC)
	c.Blob(&i.Material)
	c.Text(&i.Label)
	i.Mandate.Fields(c)
	if c.since(2) {
		c.Text(&i.Integrator)
		Num64(c, &i.Created)
		c.Bool(&i.Canary)
	}
	if c.since(3) {
		c.Bool(&i.Legacy)
	}
}

func (i *RevokeKey) fields(c *Codec) { Num32(c, &i.Credential) }

func (i *ResealKey) fields(c *Codec) {
	Num32(c, &i.Credential)
	c.Blob(&i.Material)
}

func (i *PlaceOrder) fields(c *Codec) {
	Num16(c, &i.Market)
	enum(c, &i.Side, Sell)
	enum(c, &i.Type, LimitMaker)
	enum(c, &i.TIF, FOK)
	c.price(&i.Price)
	c.amount(&i.Qty)
	c.amount(&i.QuoteQty)
	c.ClientID(&i.ClientID)
	if c.since(2) {
		i.moreFields(c)
	}
}

func (i *CancelOrder) fields(c *Codec) {
	Num16(c, &i.Market)
	Num64(c, &i.Order)
	c.ClientID(&i.Client)
	c.ClientID(&i.ClientID)
	if c.since(2) {
		optional(c, &i.Only, PartlyFilled)
	}
}

func (i *CancelAll) fields(c *Codec) { Num16(c, &i.Market) }

func (i *ReplaceOrder) fields(c *Codec) {
	i.Cancel.fields(c)
	i.Place.fields(c)
	c.Bool(&i.AllowFails)
}
