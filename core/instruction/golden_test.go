package instruction

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The values below are the committed vectors' other half. A value is never edited once released: a field that is new
// comes with a new layout version, and is named in younger, so that the older vectors are held against what is left.

// younger are the fields that came after layout version 1, by that version.
var younger = map[uint8][]string{
	2: {"CreateKey.Integrator", "CreateKey.Created", "CreateKey.Canary", "Terms.FeeIn", "OpenAccount.Parent",
		"CancelOrder.Only", "AccountOpened.Parent", "Filled.TakerFeeAsset", "Filled.MakerFeeAsset",
		"PlaceOrder.Trigger", "PlaceOrder.Stop", "PlaceOrder.Trail",
		"PlaceOrder.Visible", "PlaceOrder.SelfTrade", "Terms.Filters"},
	3: {"CreateKey.Legacy", "Mandate.Trades", "Mandate.Withdrawals", "ClockConfirmed.Skipped", "Verdict.Measures",
		"OrderPlaced.Risk", "OrderStarted.Risk"},
	4: {"Principal.Hosting", "Scope.After", "Scope.AliveAt", "Scope.Client"},
	5: {"Mandate.Codes", "PayoutMade.Fee"},
}

// asOf is a copy of what p points to as a program of the given version knew it: younger fields are zero.
func asOf[T any](version uint8, p T) T {
	gone := map[string]bool{}
	for since, fields := range younger {
		for _, f := range fields {
			gone[f] = since > version
		}
	}
	var clear func(reflect.Value)
	clear = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			if v.Len() > 0 && v.Index(0).Kind() == reflect.Struct {
				v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v))
				for i := range v.Len() {
					clear(v.Index(i))
				}
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				switch {
				case gone[v.Type().Name()+"."+f.Name]:
					v.Field(i).SetZero()
				case f.IsExported():
					clear(v.Field(i))
				}
			}
		}
	}
	old := reflect.New(reflect.TypeOf(p).Elem())
	old.Elem().Set(reflect.ValueOf(p).Elem())
	clear(old.Elem())
	return old.Interface().(T)
}

func clientID(s string) ClientID {
	id, err := ClientIDOf(s)
	if err != nil {
		panic(err)
	}
	return id
}

var (
	goldenTerms = Terms{
		Tick: 1_000_000, MinPrice: 2_000_000, MaxPrice: 100_000_000_000_000, Lot: 1_000, MaxQty: 900_000_000_000,
		MinNotional: 500_000_000, MakerFee: 750, TakerFee: 1_000,
		FeeIn: 0x0102,
		Filters: Filters{
			MinQty: 2_000, MarketMinQty: 3_000, MarketMaxQty: 4_000_000, MaxNotional: 5_000_000_000_000, MaxToMarket: true,
			MinSparesMarket: true, MaxPosition: 6_000_000_000_000, BidUp: 50_000, BidDown: 2_000, AskUp: 50_001, AskDown: 2_001,
			IcebergParts: 11, MaxOrders: 199, MaxAlgo: 12, MaxIcebergs: 13, MaxLists: 14, MaxAmends: 15, TrailAboveMin: 16,
			TrailAboveMax: 1_700, TrailBelowMin: 18, TrailBelowMax: 1_900,
		},
	}
	goldenKey = CreateKey{
		Account: 4711, ID: KeyIDOf("the text of an API key"), Scheme: HMAC,
		Material: []byte("\x00sealed\xff"), Label: "grid bot, café",
		Mandate: Mandate{
			Rights: MayRead | MayTrade, Markets: []Market{3, 0x0201}, Expires: 1_767_225_600_000_000,
			Networks: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8:7::/48")},
			Trades:   []Cap{{0x0102, 5_000_000_000, 0x0708090a0b0c}}, Withdrawals: []Cap{{1, 0, 77}, {0x0102, 9, 99}},
			Codes: []Cap{{0x0102, 10, 98}},
		},
		Integrator: "grid bots", Created: 1_465_689_600_000_000, Canary: true, Legacy: true,
	}
	goldenTo     = Destination{Chain: "BTC", Address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Tag: "104729"}
	goldenMatter = Matter{
		Kind: Outgoing, Account: 4711, Due: 1_700_086_400_000_000, Credential: 77_001, Mandate: goldenKey.Mandate, Asset: 0x0102, To: goldenTo,
		Label: "cold store", Wait: 2 * Day, Payout: 66_001, Ask: true, By: 77_002,
		Budget: Budget{Loss: 70_001, Fees: 80_002},
	}
	goldenDrop = Drop{
		Class: DropKeys, Reason: "a leak at grid bots is looked into", Until: 1_700_000_900_000_000,
		Scope: Scope{
			Asset: 0x0102, Networks: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, Integrator: "grid bots",
			Before: 1_690_000_000_000_000, After: 1_680_000_000_000_000, AliveAt: 1_685_000_000_000_000, Client: 0x0c0b0a0908070605,
		},
	}
	goldenRule = Rule{
		Name: "new-partner", Catches: "Losing to one account, from a new network.", Condition: "key.loss_1h > 20 && key.network_new == 1",
		When: WhenWithdrawal, Severity: High, Response: RespondChallenge, Measures: Quarantine | Halt, Shadow: true,
		Program: []Op{{Do: OpFeature, Value: int64(KeyLoss1h)}, {Do: OpMoreThan, Value: -20}, {Do: OpAnd, To: 5}},
	}
	goldenSnooze = Snooze{Rule: 71_001, Account: 4711, Credential: 77_001, Until: 1_700_086_400_000_000}
	goldenPlace  = PlaceOrder{
		Market: 0x0302, Side: Sell, Type: LimitMaker, TIF: FOK, Price: 6_183_763_000_000, Qty: 12_345_678,
		QuoteQty: 0x0102030405060708, ClientID: clientID("x-Grid-7:a/b_c.9"),
		Trigger: TakeProfit, Stop: 0x1112131415161718, Trail: 0x1920, Visible: 0x2122232425262728, SelfTrade: Decrement,
	}
	goldenCancel = CancelOrder{Market: 0x0302, Order: 990_001, Client: clientID("first"), ClientID: clientID("cancel-first"), Only: PartlyFilled}
	goldenMarks  = Marks{
		Tier: Thin, Reference: true, Depth: 41_925_918, Bands: Bands{Collar: 100_001, Range: 150_002, Volume: 5, Cool: 15 * 60 * Second},
	}
	goldenCoin  = Outpoint{Tx: TxID{0xa1, 31: 0xa2}, Index: 70_007}
	goldenChain = ChainTerms{
		Network: "litecoin-regtest", Genesis: BlockHash{0xb5, 31: 0xb6}, Account: "tpubD6Nz", Hot: "rltc1qhot", Start: 840_000, CreditDepth: 0x0103, SettleDepth: 0x0106,
		MinDeposit: 100_001, MinWithdraw: 200_002, WithdrawFee: 10_003, MaxFeeRate: 500_004,
	}
	goldenReceived = []Received{{Coin: goldenCoin, Amount: 5_000_000_004, Account: 4711}}
	goldenSpent    = []Spent{{Coin: goldenCoin, By: TxID{0xa5, 31: 0xa6}}}
	goldenCodes    = []NewCode{{Hash: CodeHash{0xab, 31: 0xcd}, Message: []byte("sealed!")}, {Hash: CodeHash{0xac}}}

	goldenNetwork = NetworkOf(netip.MustParseAddr("203.0.113.77"))
	goldenPlain   = PlaceOrder{
		Market: 0x0302, Side: Buy, Type: Limit, TIF: GTC, Price: 6_183_762_000_000, Qty: 12_345_000, ClientID: clientID("plain"),
	}
)

func goldenInstructions() []Instruction {
	return []Instruction{
		&Tick{},
		&ConfirmClock{},
		&AddAsset{Symbol: "BTC", Scale: 8},
		&AddMarket{Base: 1, Quote: 0x0102, Terms: goldenTerms},
		&SetMarket{Market: 0x0302, State: CancelOnly},
		&SetFees{Tier: 3, Markets: []Market{3, 0x0201}, Maker: -100, Taker: 400},
		&OpenAccount{Ref: "customer 20180106", Parent: 4000},
		&Credit{Account: 4711, Asset: 0x0102, Amount: 5_000_000_000, Ref: "tx 6f2c"},
		&SetTier{Account: 4711, Tier: 3},
		&Transfer{From: 4711, To: 4712, Asset: 0x0102, Amount: 5_000_000_001, Client: clientID("to-bot-7")},
		&goldenDrop,
		&Raise{Drop: 70_001, Share: 10},
		&goldenKey,
		&RevokeKey{Credential: 77_001},
		&ResealKey{Credential: 77_001, Material: []byte("sealed!")},
		&goldenPlace,
		&goldenCancel,
		&CancelAll{Market: 0x0302},
		&ReplaceOrder{Cancel: goldenCancel, Place: goldenPlace, AllowFails: true},
		&PlaceList{Market: 0x0302, Shape: OTOCO, ClientID: clientID("list-1"), Legs: [MaxLegs]PlaceOrder{goldenPlain, goldenPlace, goldenPlain}},
		&CancelList{Market: 0x0302, List: 4_400, Client: clientID("list-1"), ClientID: clientID("cancel-list")},
		&AmendOrder{Market: 0x0302, Order: 990_001, Client: clientID("first"), Qty: 5_678, ClientID: clientID("second")},
		&SetTerms{Market: 0x0302, Terms: goldenTerms},
		&LockAccount{Account: 4711, Reason: "the owner called"},
		&UnlockAccount{Account: 4711},
		&SetWait{Account: 4711, Wait: 2 * Day},
		&AddAddress{Account: 4711, Asset: 0x0102, To: goldenTo, Label: "cold store"},
		&RemoveAddress{Account: 4711, Asset: 0x0102, To: goldenTo},
		&Answer{Matter: 5_001, Yes: true},
		&ChangeMandate{Credential: 77_001, Mandate: goldenKey.Mandate},
		&RenewKey{Credential: 77_001},
		&QuarantineKey{Credential: 77_001},
		&RestoreKey{Credential: 77_001},
		&Sight{Credential: 77_001, Proven: true},
		&CloseIncident{Incident: 3_001, Reason: "old keys of 2016, all revoked"},
		&Withdraw{Asset: 0x0102, Amount: 5_000_000_002, To: goldenTo, Client: clientID("rent-7")},
		&Settle{Payout: 66_001},
		&SetValuation{Asset: 0x0102},
		&SetRoute{Asset: 3, Markets: []Market{3, 0x0201}},
		&SetMarks{Market: 0x0302, Marks: goldenMarks},
		&Refer{Market: 0x0302, Price: 6_183_763_000_001, Dated: 1_700_000_000_000_001},
		&SetBudget{Account: 4711, Credential: 77_001, Budget: Budget{Loss: 20_001, Fees: 30_002}},
		&ConfirmBudget{Account: 4711, Credential: 77_001},
		&NameMarket{Account: 4711, Market: 0x0302, Off: true},
		&SetRules{Reason: "first", Rules: []Rule{goldenRule}}, &AnswerRules{Proposal: 73_001, Yes: true},
		&SnoozeRule{Rule: 71_001, Account: 4711, For: Day, Reason: "market making"},
		&HoldProceeds{Credential: 77_001, Incident: 3_001, Keep: true},
		&ReleaseProceeds{ID: 88_001},
		&AppealProceeds{ID: 88_001, Text: "I sold at my price, and knew nobody"},
		&SetCohorts{Margin: 691},
		&StopPayout{Payout: 66_001},
		&IssueCodes{
			Account: 4711, Asset: 0x0102, Amount: 5_000_000_003, Expires: 1_700_086_400_000_000, Client: clientID("gifts-3"), Codes: goldenCodes,
		},
		&ClaimCode{Hash: CodeHash{0xab, 31: 0xcd}, To: goldenTo},
		&ReturnCode{ID: 99_001},
		&SetChain{Asset: 0x0102, Terms: goldenChain},
		&IssueAddress{Asset: 0x0102, Account: 4711, Address: "rltc1qdeposit"},
		&Advance{
			Asset: 0x0102, Height: 840_001, Hash: BlockHash{0xb1, 31: 0xb2}, Prev: BlockHash{0xb3, 31: 0xb4}, Received: goldenReceived, Spent: goldenSpent, Whole: true,
		},
		&Rewind{Asset: 0x0102, Height: 840_000, Hash: BlockHash{0xb3, 31: 0xb4}},
		&PlanSpend{
			Asset: 0x0102, Payouts: []PayoutID{66_001, 66_002}, Inputs: []Outpoint{goldenCoin, {Tx: TxID{0xa3}, Index: 9}}, Fee: 4_001, Size: 70_140, Replaces: 55_001,
		},
		&SignSpend{Asset: 0x0102, Spend: 55_002, Tx: goldenCoin.Tx, Raw: []byte("signed")},
		&SeeSpends{Asset: 0x0102, Spends: []SpendID{55_002, 55_003}},
		&ShutCohort{Incident: 76_001, Inside: goldenDrop.Scope, Rest: goldenDrop.Scope, Margin: 70_707, Victims: 65_539, Reason: "keys leaked"},
	}
}

func goldenEvents() []Event {
	return []Event{
		&ClockFroze{From: 1_700_000_000_000_000, To: 1_700_000_003_000_001},
		&ClockConfirmed{Skipped: 3_000_001},
		&AssetAdded{ID: 0x0102, Symbol: "USDT", Scale: 6},
		&MarketAdded{ID: 0x0302, Base: 1, Quote: 0x0102, Terms: goldenTerms},
		&MarketSet{Market: 0x0302, State: Halted},
		&FeesSet{Tier: 3, Market: 0x0302, Maker: -100, Taker: 400},
		&AccountOpened{ID: 4711, Ref: "customer 20180106", Parent: 4000},
		&CameIn{Account: 4711, Asset: 0x0102, Amount: 5_000_000_000, Ref: "tx 6f2c"},
		&TierSet{Account: 4711, Tier: 3},
		&Transferred{
			ID: 880_001, Customer: 4000, From: 4711, To: 4712, Asset: 0x0102, Amount: 5_000_000_001, Client: clientID("to-bot-7"),
		},
		&RuleFired{Rule: 71_001, Pack: 72_001, Mode: Shadowed, Tell: true, Values: []FeatureValue{{KeyLoss1h, -21}, {KeyNetworkNew, 1}}},
		&RulesProposed{
			ID: 73_001, Operator: 1000, Due: 1_700_000_900_000_000, Reason: "too loud", Snooze: goldenSnooze, Rules: []Rule{goldenRule},
		},
		&RulesSet{Pack: 72_001, Proposal: 73_001, Reason: "first", Rules: []Rule{goldenRule}},
		&RulesRejected{Proposal: 73_001, End: BySilence},
		&RuleSnoozed{Snooze: goldenSnooze, Proposal: 73_001},
		&CohortsSet{Margin: 70_691},
		&CohortShut{Incident: 76_001, Inside: 70_001, Rest: 70_002, Margin: 70_707, Victims: 65_539, ByVenue: true},
		&TransferKnown{ID: 880_001},
		&Dropped{ID: 70_001, Drop: goldenDrop},
		&Raised{Drop: 70_001, Share: 10},
		&Swept{Drop: 70_001, Next: 77_001, Market: 0x0302},
		&KeyCreated{ID: 77_001, Key: goldenKey},
		&KeyRevoked{Credential: 77_001},
		&KeyResealed{Credential: 77_001, Material: []byte("sealed!")},
		&OrderPlaced{Order: 990_001, Account: 4711, Credential: 77_001, Place: goldenPlace, Held: 12_345_678, Risk: 41_000_001},
		&Filled{
			Market: 0x0302, Trade: 5_000, TakerSide: Sell, Taker: 990_001, Maker: 989_000, TakerAccount: 4711,
			MakerAccount: 12, Price: 6_183_763_000_000, Qty: 12_345_678, Quote: 763_427_468_263, TakerFee: 763_427_469,
			MakerFee: 9_260, TakerFeeAsset: 0x0102, MakerFeeAsset: 1,
		},
		&OrderClosed{Market: 0x0302, Order: 990_001, Account: 4711, Cause: ByExpiry, Released: 41_925_914},
		&Refused{Part: Cancel, Reason: UnknownOrder},
		&TermsSet{Market: 0x0302, Terms: goldenTerms},
		&ListPlaced{List: 4_400, Market: 0x0302, Account: 4711, Credential: 77_001, Shape: OTO, ClientID: clientID("list-1"), First: 990_001},
		&ListClosed{Market: 0x0302, List: 4_400, Account: 4711},
		&OrderStarted{Market: 0x0302, Order: 990_001, Account: 4711, Waits: true, Held: 41_925_914, Risk: 41_000_002},
		&StartRefused{Market: 0x0302, Order: 990_001, Account: 4711, Reason: WouldTake},
		&TradePrevented{
			Market: 0x0302, Match: 33, Mode: Decrement, Taker: 990_001, Maker: 989_000, Account: 4711, TakerSide: Sell,
			Price: 6_183_763_000_000, TakerQty: 12_345_678, MakerQty: 12_345_677, TakerReleased: 9_260, MakerReleased: 9_261,
		},
		&OrderAmended{Market: 0x0302, Order: 990_001, Account: 4711, Was: clientID("first"), ClientID: clientID("second"), WasQty: 12_679, Qty: 5_678,
			Released: 7_001},
		&AccountLocked{Account: 4711, Reason: "the owner called"},
		&AccountUnlocked{Account: 4711},
		&WaitSet{Account: 4711, Wait: 2 * Day},
		&AddressAdded{Account: 4711, Asset: 0x0102, To: goldenTo, Label: "cold store"},
		&AddressRemoved{Account: 4711, Asset: 0x0102, To: goldenTo},
		&MandateSet{Credential: 77_001, Mandate: goldenKey.Mandate},
		&KeyRenewed{Credential: 77_001},
		&KeyAging{Credential: 77_001, Days: 0x011e},
		&KeyQuarantined{Credential: 77_001, Cause: QuarantinedByAlarm, Incident: 3_001},
		&KeyRestored{Credential: 77_001},
		&KeySwept{Credential: 77_001, Market: 0x0302},
		&MatterOpened{ID: 5_001, Matter: goldenMatter},
		&MatterClosed{ID: 5_001, End: BySilence, Kind: Outgoing, Account: 4711},
		&Sighted{Credential: 77_001, Network: goldenNetwork, Proven: true},
		&Alarmed{Credential: 77_001, Network: goldenNetwork, Proven: true},
		&IncidentOpened{ID: 3_001, Cause: TombstoneWithLive, Network: goldenNetwork},
		&IncidentNoted{ID: 3_001, Credential: 77_001, Network: goldenNetwork, Act: UsedLive},
		&IncidentClosed{ID: 3_001, Reason: "old keys of 2016, all revoked"},
		&PayoutMade{
			ID: 66_001, Account: 4711, Credential: 77_001, Asset: 0x0102, Amount: 5_000_000_002, To: goldenTo, Client: clientID("rent-7"), State: PayoutHeld, Fee: 10_001,
		},
		&PayoutMoved{ID: 66_001, State: PayoutClaimed, Account: 4711},
		&PayoutKnown{ID: 66_001},
		&PayoutStopping{ID: 66_001},
		&CodesIssued{
			First: 99_001, Account: 4711, Credential: 77_001, Asset: 0x0102, Amount: 5_000_000_003, Expires: 1_700_086_400_000_000, Client: clientID("gifts-3"),
			Codes: goldenCodes,
		},
		&CodeClaimed{ID: 99_001, Issuer: 4711, Account: 4712, Payout: 66_003},
		&CodeKnown{ID: 99_001},
		&CodeReturned{ID: 99_002, Issuer: 4711, Expired: true},
		&CodeForgotten{ID: 99_003},
		&ChainSet{Asset: 0x0102, Terms: goldenChain},
		&AddressIssued{Asset: 0x0102, Account: 4711, Address: "rltc1qdeposit"},
		&BlockAdded{Asset: 0x0102, Height: 840_001, Hash: BlockHash{0xb1, 31: 0xb2}, Received: goldenReceived, Spent: goldenSpent, Whole: true},
		&Rewound{Asset: 0x0102, Height: 840_000, Hash: BlockHash{0xb3, 31: 0xb4}},
		&DepositCredited{Asset: 0x0102, Coin: goldenCoin, Account: 4711, Amount: 5_000_000_004, Owed: 1_000_000_005},
		&DepositUndone{Asset: 0x0102, Coin: goldenCoin, Account: 4711, Taken: 4_000_000_006, Owed: 1_000_000_007},
		&SpendPlanned{
			ID: 55_002, Asset: 0x0102, Payouts: []PayoutID{66_001, 66_002}, Inputs: []Outpoint{goldenCoin, {Tx: TxID{0xa3}, Index: 9}}, Fee: 4_001, Size: 70_140,
			Change: 3_000_000_008, Replaces: 55_001,
		},
		&SpendSigned{Asset: 0x0102, Spend: 55_002, Tx: goldenCoin.Tx, Raw: []byte("signed")},
		&SpendSeen{Asset: 0x0102, Spend: 55_002, Tx: goldenCoin.Tx, Sent: []Sent{{66_001, 4_711}, {66_002, 4_712}}},
		&SpendSettled{Asset: 0x0102, Spend: 55_002, Height: 840_001},
		&SpendDied{Asset: 0x0102, Spend: 55_002, By: goldenCoin.Tx},
		&ShortageProven{Asset: 0x0102, Height: 840_001, Confirmed: 5_000_000_009, InFlight: 1_000_000_010, Owed: 7_000_000_011},
		&MatterPostponed{ID: 5_001, Due: goldenMatter.Due},
		&ValuationSet{Asset: 0x0102},
		&RouteSet{Asset: 3, Markets: []Market{3, 0x0201}},
		&MarksSet{Market: 0x0302, Marks: goldenMarks},
		&Referred{Market: 0x0302, Price: 6_183_763_000_001, Dated: 1_700_000_000_000_001},
		&BudgetSet{Account: 4711, Credential: 77_001, Budget: Budget{Loss: 20_001, Fees: 30_002}},
		&BudgetConfirmed{Account: 4711, Credential: 77_001},
		&MarketNamed{Account: 4711, Market: 0x0302, Off: true},
		&Charged{Market: 0x0302, Trade: 5_000, Account: 4711, Credential: 77_001, Loss: -41_000, Fees: 42_000, Thin: 0x0201, Base: -43_000, Worth: 44_000},
		&BudgetSpent{Account: 4711, Credential: 77_001, Limit: FeesConfirmation, Market: 0x0302, Order: 990_001},
		&BudgetSwept{Account: 4711, Market: 0x0302},
		&OrderCapped{Market: 0x0302, Order: 990_001, Account: 4711, Price: 6_183_763_000_002, Held: 41_925_914, Risk: 41_925_915},
		&BandBroken{
			Market: 0x0302, Low: 6_183_763_000_003, High: 6_183_763_000_004, Volume: 41_925_916, Usual: 41_925_917, Until: 1_700_000_900_000_000,
		},
		&ProceedsHeld{
			ID: 88_001, Account: 4711, Asset: 0x0102, Amount: 41_925_917, Credential: 77_001, Incident: 3_001, Until: 1_700_000_900_000_000,
			Market: 0x0302, Of: 0x0201, Gain: 41_925_919, Covers: 41_925_918, Missing: 1, Indirect: true,
		},
		&ProceedsReleased{ID: 88_001, End: ProceedsByIncident, Account: 4711},
		&ProceedsAppealed{ID: 88_001, Text: "I sold at my price, and knew nobody", Account: 4711},
		&ProceedsKept{ID: 88_001, Incident: 3_001, Account: 4711},
	}
}

// goldenRecord is a whole record with its parts.
type goldenRecord struct {
	name        string
	time        Time
	principal   Principal
	instruction Instruction
	verdict     Verdict
	events      []Event
}

// goldenRecords have one of each giver, each decision and each kind of address.
func goldenRecords() []goldenRecord {
	bench := newBenchRecord()
	customer := Principal{
		Giver: ByCredential, Credential: 77_001, Addr: netip.MustParseAddr("2001:db8:7::9"), Client: 0x1122334455667788,
		Request: Digest{0xaa, 15: 0xbb}, Sent: 1_700_000_000_000_000, Window: 5 * Second,
	}
	mapped := customer
	mapped.Hosting = true
	mapped.Addr = netip.MustParseAddr("::ffff:203.0.113.77")
	return []goldenRecord{
		{"matched", bench.time, bench.principal, &bench.place, bench.verdict,
			[]Event{&bench.placed, &bench.filled, &bench.closed}},
		{"tick", 1_700_000_001_000_000, Principal{Giver: ByEngine}, &Tick{}, Say(Allow, EngineClock, 0), nil},
		{"refused", 1_700_000_002_000_000, Principal{Giver: ByOperator, Operator: 1000}, &RevokeKey{Credential: 9},
			Say(Allow, OperatorWord, -1), []Event{&Refused{Part: Whole, Reason: UnknownKey}}},
		{"denied", 1_700_000_003_000_000, customer, &CancelAll{Market: 3},
			Say(Deny, NetworkNotListed, 1).And(MarketNotListed, 3).And(ExpiredCredential, -5).And(RightMissing, 2), nil},
		{"challenged", 1_700_000_004_000_000, mapped, &goldenCancel, Say(Challenge, RequestTooOld, 1), nil},
		{"quarantined", 1_700_000_006_000_000, customer, &goldenPlain, Say(Deny, SuspectNetwork, 2).With(Quarantine | Alarm),
			[]Event{&KeyQuarantined{Credential: 77_001, Cause: QuarantinedByAlarm, Incident: 3_001}}},
		{"seen", 1_700_000_007_000_000, Principal{Giver: ByVenue, Addr: netip.MustParseAddr("203.0.113.77"), Client: 5}, &Sight{Credential: 77_001},
			Say(Allow, VenueSaw, 0), nil},
		{"held", 1_700_000_005_000_000, customer, &goldenCancel, Say(Hold, LossyWindow, 1<<40).And(RequestSeen, 7), nil},
	}
}

func (g *goldenRecord) bytes(t testing.TB) []byte {
	c := Writer(nil)
	AppendHead(&c, g.time, &g.principal, g.instruction)
	g.verdict.Fields(&c)
	for _, e := range g.events {
		AppendEvent(&c, e)
	}
	if c.Err() != nil {
		t.Fatalf("%s: %v", g.name, c.Err())
	}
	return c.Bytes()
}

func instructionBytes(in Instruction) ([]byte, error) {
	c := Writer(nil)
	k := in.Kind()
	Num8(&c, &k)
	in.fields(&c)
	return c.Bytes(), c.Err()
}

func eventBytes(e Event) ([]byte, error) {
	c := Writer(nil)
	AppendEvent(&c, e)
	return c.Bytes(), c.Err()
}

// golden reads the committed vectors of what is written today: their bytes by their names.
func golden(t testing.TB) map[string][]byte { return goldenFile(t, "testdata/golden.txt") }

func goldenFile(t testing.TB, file string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, line := range dataLines(t, file) {
		name, digits, ok := strings.Cut(line, ": ")
		b, err := hex.DecodeString(digits)
		if !ok || err != nil || all[name] != nil {
			t.Fatalf("not a name of its own, a colon and hexadecimal digits: %q (%v)", line, err)
		}
		all[name] = b
	}
	return all
}

// hold compares bytes written now with the committed ones and strikes the vector off.
func hold(t *testing.T, vectors map[string][]byte, name string, b []byte, err error) {
	t.Helper()
	want, ok := vectors[name]
	delete(vectors, name)
	switch {
	case err != nil:
		t.Errorf("%s: %v", name, err)
	case !ok:
		t.Errorf("no golden vector; if it is new, add this line to testdata/golden.txt:\n%s: %x", name, b)
	case !bytes.Equal(want, b):
		t.Errorf("%s: the persisted form has changed\n got %x\nwant %x", name, b, want)
	}
}

// TestGolden holds what is written, and what is read, against the committed vectors.
func TestGolden(t *testing.T) {
	vectors := golden(t)
	for _, in := range goldenInstructions() {
		name := "instruction " + typeName(in)
		committed := vectors[name]
		b, err := instructionBytes(in)
		hold(t, vectors, name, b, err)
		rec := Record{instruction: committed, version: Version}
		if got, err := rec.Instruction(); err != nil || !reflect.DeepEqual(got, in) || rec.Kind() != in.Kind() {
			t.Errorf("%s reads as %+v, %v; want %+v", name, got, err, in)
		}
	}
	for _, e := range goldenEvents() {
		name := "event " + typeName(e)
		committed := vectors[name]
		b, err := eventBytes(e)
		hold(t, vectors, name, b, err)
		var ev Events
		ev.reset(committed, Version)
		if got := ev.Next(); !reflect.DeepEqual(got, e) || ev.Next() != nil || ev.Err() != nil {
			t.Errorf("%s reads as %+v, %v; want %+v", name, got, ev.Err(), e)
		}
	}
	for _, g := range goldenRecords() {
		name := "record " + g.name
		committed := vectors[name]
		hold(t, vectors, name, g.bytes(t), nil)
		g.check(t, committed)
	}
	for name := range vectors {
		t.Errorf("%s: nothing writes this committed vector any more", name)
	}
}

// TestOlderVectors: whatever an older program wrote is read as what it meant.
func TestOlderVectors(t *testing.T) {
	for version := uint8(1); version < Version; version++ {
		vectors := goldenFile(t, fmt.Sprintf("testdata/golden-%d.txt", version))
		if len(vectors) < 30 {
			t.Errorf("version %d has %d vectors", version, len(vectors))
		}
		samples := map[string]Instruction{}
		for _, in := range goldenInstructions() {
			samples["instruction "+typeName(in)] = in
		}
		events := map[string]Event{}
		for _, e := range goldenEvents() {
			events["event "+typeName(e)] = e
		}
		for _, g := range goldenRecords() {
			name := "record " + g.name
			if b := vectors[name]; b != nil {
				g.asOf(version).check(t, b)
				delete(vectors, name)
			}
		}
		for name, b := range vectors {
			var got, want any
			var err error
			if in := samples[name]; in != nil {
				rec := Record{instruction: b, version: version}
				got, err = rec.Instruction()
				want = asOf(version, any(in))
			} else if e := events[name]; e != nil {
				var ev Events
				ev.reset(b, version)
				got, want, err = ev.Next(), asOf(version, any(e)), ev.Err()
			}
			if err != nil || want == nil || !reflect.DeepEqual(got, want) {
				t.Errorf("version %d: %s reads as %+v, %v; want %+v", version, name, got, err, want)
			}
		}
	}
}

// asOf is the record as a program of the given version knew it.
func (g goldenRecord) asOf(version uint8) *goldenRecord {
	g.principal = *asOf(version, &g.principal)
	g.instruction = asOf(version, any(g.instruction)).(Instruction)
	g.events = slices.Clone(g.events)
	for i, e := range g.events {
		g.events[i] = asOf(version, any(e)).(Event)
	}
	return &g
}

// check reads b and compares with the record's parts.
func (g *goldenRecord) check(t *testing.T, b []byte) {
	t.Helper()
	var rec Record
	if err := rec.Decode(42, b); err != nil {
		t.Errorf("%s: %v", g.name, err)
		return
	}
	in, err := rec.Instruction()
	if err != nil || !reflect.DeepEqual(in, g.instruction) || rec.Kind() != g.instruction.Kind() {
		t.Errorf("%s: instruction %+v, %v; want %+v", g.name, in, err, g.instruction)
	}
	if rec.Seq != 42 || rec.Time != g.time || rec.Principal != g.principal || rec.Verdict != g.verdict {
		t.Errorf("%s: head %+v; want %+v", g.name, rec, g)
	}
	var ev Events
	rec.Events(&ev)
	var refused Reason
	for i, want := range g.events {
		got := ev.Next()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: event %d is %+v, %v; want %+v", g.name, i, got, ev.Err(), want)
		}
		if no, ok := want.(*Refused); ok && refused == 0 {
			refused = no.Reason
		}
	}
	if e := ev.Next(); e != nil || ev.Err() != nil {
		t.Errorf("%s: after the last event: %+v, %v", g.name, e, ev.Err())
	}
	if got := rec.Refused(&ev); got != refused {
		t.Errorf("%s: refused for %s, want %s", g.name, got, refused)
	}
}

// TestEveryKindHasGolden: a constant in the source asks for a vector that begins with its number, and for a sample in
// which no field is zero, so that no field can be forgotten or swapped with another unseen.
func TestEveryKindHasGolden(t *testing.T) {
	vectors := golden(t)
	samples := map[string]any{}
	for _, in := range goldenInstructions() {
		samples["instruction "+typeName(in)] = in
	}
	for _, e := range goldenEvents() {
		samples["event "+typeName(e)] = e
	}
	for _, n := range numbers() {
		prefix := map[string]string{"Kind": "instruction ", "EventKind": "event "}[n.Type]
		if prefix == "" {
			continue
		}
		name := prefix + strings.TrimPrefix(n.Name, "Kind")
		if v := vectors[name]; len(v) == 0 || uint64(v[0]) != n.Value {
			t.Errorf("%s = %d has no golden vector %q that begins with its number: %x", n.Name, n.Value, name, v)
		}
		if samples[name] == nil {
			t.Errorf("%s has no golden sample", n.Name)
			continue
		}
		for _, path := range zeroFields(reflect.ValueOf(samples[name]).Elem(), name) {
			t.Errorf("%s is zero in its golden sample", path)
		}
	}
}

// zeroFields are the paths of fields that are zero.
func zeroFields(v reflect.Value, path string) []string {
	if v.Kind() != reflect.Struct || v.NumField() > 0 && !v.Type().Field(0).IsExported() {
		if v.IsZero() {
			return []string{path}
		}
		return nil
	}
	var zero []string
	for i := range v.NumField() {
		zero = append(zero, zeroFields(v.Field(i), path+"."+v.Type().Field(i).Name)...)
	}
	return zero
}

// TestLayout spells one record out by hand, so that the vectors rest on more than what the code once wrote.
func TestLayout(t *testing.T) {
	want := strings.Join([]string{
		"05",               // version
		"4023010000000000", // time
		"03",               // giver: credential
		"c92c0100",         // credential 77001
		"e8030000",         // operator 1000
		"04" + "00000000000000000000ffffcb00714d", // 203.0.113.77
		"8877665544332211",                        // client
		"aa0000000000000000000000000000bb",        // request
		"feffffffffffffff",                        // sent: -2
		"404b4c0000000000",                        // window: 5 s
		"01",                                      // from a hosting company

		"2900",                      // 41 bytes of instruction
		"28",                        // PlaceOrder
		"0203",                      // market
		"02" + "03" + "01",          // SELL, LIMIT_MAKER, GTC
		"0100000000000000",          // price
		"0002000000000000",          // quantity
		"0000030000000000",          // quote quantity
		"09" + "612e3a2f5f2d5a3930", // client order id
		"00",                        // nothing more

		"01" + "00" + "02",          // ALLOW, without measures, for two reasons
		"0100" + "0000000000000000", // within-mandate
		"8000" + "ffffffffffffffff", // price-too-far

		"3c" + "03" + "6900", // Refused: PLACE, insufficient-balance
	}, "")
	g := goldenRecord{
		name: "by hand", time: 0x12340,
		principal: Principal{
			Giver: ByCredential, Credential: 77_001, Operator: 1000, Addr: netip.MustParseAddr("203.0.113.77"),
			Client: 0x1122334455667788, Request: Digest{0xaa, 15: 0xbb}, Sent: -2, Window: 5 * Second, Hosting: true,
		},
		instruction: &PlaceOrder{
			Market: 0x0302, Side: Sell, Type: LimitMaker, TIF: GTC, Price: 1, Qty: 0x200, QuoteQty: 0x30000,
			ClientID: clientID("a.:/_-Z90"),
		},
		verdict: Say(Allow, WithinMandate, 0).And(PriceTooFarFromTrade, -1),
		events:  []Event{&Refused{Part: Place, Reason: InsufficientBalance}},
	}
	if got := hex.EncodeToString(g.bytes(t)); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	b, err := hex.DecodeString(want)
	if err != nil {
		t.Fatal(err)
	}
	g.check(t, b)
}
