package venue

import (
	"errors"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/engine"
	"portcullis/venue/stream"
)

// wire is how a refusal is told in the dialect. cancels is set where what was refused was a cancel.
type wire func(r instruction.Reason, cancels bool) *binance.Error

// byCode tells a reason in its own words, with −2011 for a cancel and −2010 for anything else.
func byCode(r instruction.Reason, cancels bool) *binance.Error {
	if cancels {
		return binance.ErrCancelRejected(r.Sentence())
	}
	return binance.ErrRejected(r.Sentence())
}

func filter(name string) wire {
	return func(instruction.Reason, bool) *binance.Error { return binance.ErrFilter(name) }
}

func plain(e func() *binance.Error) wire {
	return func(instruction.Reason, bool) *binance.Error { return e() }
}

// key says which of key, address and right was at fault, and what its owner can do.
func key(fault binance.KeyFault) wire {
	return func(r instruction.Reason, _ bool) *binance.Error { return binance.ErrKey(fault, r.Sentence()) }
}

// unauthorized is for what no customer's key can do: it can come from here only by a mistake of ours.
func unauthorized(r instruction.Reason, _ bool) *binance.Error {
	return binance.ErrUnauthorized(r.Sentence())
}

// unpayable tells a reason that only withdrawals are given.
func unpayable(r instruction.Reason, _ bool) *binance.Error {
	return binance.ErrWithdrawal(withdrawalCodes[r], r.Sentence())
}

// refusals has every reason for which the gate denies, or the core refuses. Reasons to allow are not in it.
var refusals = map[instruction.Reason]wire{
	instruction.UnknownCredential: key(binance.FaultKey),
	instruction.DeletedCredential: key(binance.FaultKey),
	instruction.CanaryCredential:  key(binance.FaultKey),
	instruction.ExpiredCredential: key(binance.FaultKey),
	instruction.RightMissing:      key(binance.FaultRight),
	instruction.NetworkNotListed:  key(binance.FaultAddress),
	instruction.MarketNotListed:   key(binance.FaultRight),
	instruction.AccountNotYours:   key(binance.FaultRight),
	instruction.NotSealed:         unauthorized,

	instruction.QuarantinedKey:    key(binance.FaultRight),
	instruction.LockedAccount:     key(binance.FaultRight),
	instruction.AgedKey:           key(binance.FaultRight),
	instruction.SuspectNetwork:    key(binance.FaultAddress),
	instruction.OrderOverCap:      byCode,
	instruction.DayOverCap:        byCode,
	instruction.QuoteNotCapped:    byCode,
	instruction.AddressNotListed:  unpayable,
	instruction.AddressWaits:      unpayable,
	instruction.WithdrawalOverCap: unpayable,
	instruction.AssetNotCapped:    key(binance.FaultRight),
	instruction.OwnerOnly:         unauthorized,
	instruction.KeyNotYours:       unauthorized,

	instruction.LossOverBudget:  byCode, // with the numbers: see overBudget
	instruction.FeesOverBudget:  byCode,
	instruction.LossUnconfirmed: byCode,
	instruction.FeesUnconfirmed: byCode,
	instruction.NothingForIt:    byCode,
	instruction.OverThinCap:     byCode,
	instruction.WithoutMark:     byCode,
	instruction.OutsideCollar:   byCode,
	instruction.RuleSaid:        byCode, // with what the rule catches: see ruleSaid

	instruction.WithdrawalsDropped: unauthorized,
	instruction.ClaimsDropped:      unauthorized,
	instruction.TradingDropped:     byCode,
	instruction.KeysDropped:        key(binance.FaultKey),
	instruction.StepUpAsked:        key(binance.FaultKey),

	instruction.NotForCredentials: unauthorized,
	instruction.RequestTooOld:     plain(binance.ErrStaleTimestamp),
	instruction.RequestTooEarly:   plain(binance.ErrEarlyTimestamp),
	instruction.RequestSeen:       byCode,
	instruction.LossyWindow:       plain(binance.ErrServerBusy),

	instruction.UnknownAccount:       byCode,
	instruction.UnknownAsset:         byCode,
	instruction.UnknownMarket:        plain(binance.ErrSymbol),
	instruction.MarketClosed:         byCode,
	instruction.MarketCancelOnly:     byCode,
	instruction.InsufficientBalance:  byCode,
	instruction.PriceOffTick:         filter("PRICE_FILTER"),
	instruction.PriceOutOfRange:      filter("PRICE_FILTER"),
	instruction.QuantityOffLot:       filter("LOT_SIZE"),
	instruction.QuantityOutOfRange:   filter("LOT_SIZE"),
	instruction.NotionalTooSmall:     filter("NOTIONAL"),
	instruction.TooManyOrders:        filter("MAX_NUM_ORDERS"),
	instruction.PriceTooFarFromTrade: filter("PERCENT_PRICE_BY_SIDE"),
	instruction.NotionalTooLarge:     filter("NOTIONAL"),
	instruction.MarketQtyOutOfRange:  filter("MARKET_LOT_SIZE"),
	instruction.TooManyStops:         filter("MAX_NUM_ALGO_ORDERS"),
	instruction.TooManyIcebergs:      filter("MAX_NUM_ICEBERG_ORDERS"),
	instruction.TooManyParts:         filter("ICEBERG_PARTS"),
	instruction.PositionTooLarge:     filter("MAX_POSITION"),
	instruction.TrailOutOfRange:      filter("TRAILING_DELTA"),
	instruction.TooManyLists:         filter("MAX_NUM_ORDER_LISTS"),
	instruction.TooManyAmends:        byCode,
	instruction.TooManyTrails:        byCode,
	instruction.WouldTrigger:         byCode,
	instruction.ListPricesWrong:      byCode,
	instruction.DuplicateList:        byCode,
	instruction.VisibleTooLarge:      byCode,
	instruction.AmendTooLarge:        byCode,
	instruction.UnknownList:          func(r instruction.Reason, _ bool) *binance.Error { return byCode(r, true) },
	instruction.TermsDoNotFit:        unauthorized,
	instruction.AmountOutOfRange:     byCode,
	instruction.WouldTake:            byCode,
	instruction.DuplicateClientID:    byCode,
	instruction.NoLiquidity:          byCode,
	instruction.UnknownOrder:         func(r instruction.Reason, _ bool) *binance.Error { return byCode(r, true) },
	instruction.CancelRefused:        func(r instruction.Reason, _ bool) *binance.Error { return byCode(r, true) },
	instruction.MalformedOrder:       plain(binance.ErrOrderComposition),

	instruction.SymbolTaken:         unauthorized,
	instruction.MalformedDefinition: unauthorized,
	instruction.KeyTaken:            unauthorized,
	instruction.UnsafeMandate:       unauthorized,
	instruction.MalformedKey:        unauthorized,
	instruction.UnknownKey:          unauthorized,
	instruction.AlreadyRevoked:      unauthorized,
	instruction.ClockNotFrozen:      unauthorized,
	instruction.TooMany:             unauthorized,

	instruction.TransferNameTaken: byCode,
	instruction.MalformedTransfer: byCode,
	instruction.FeesNotCovered:    unauthorized,
	instruction.UnknownTier:       unauthorized,
	instruction.SubAccount:        unauthorized,
	instruction.UnknownDrop:       unauthorized,
	instruction.ShareNotGrown:     unauthorized,
	instruction.ReferenceTaken:    unauthorized,
	instruction.MarketIsSo:        unauthorized,
	instruction.NoRights:          unauthorized,
	instruction.EndNotAhead:       unauthorized,
	instruction.NetworkUnbounded:  unauthorized,
	instruction.UnsafeTrading:     unauthorized,
	instruction.UnsafeWithdrawing: unauthorized,
	instruction.UnsafeTransfers:   unauthorized,

	instruction.MalformedAddress:   unpayable,
	instruction.WithdrawNameTaken:  byCode,
	instruction.UnsafeOwning:       unauthorized,
	instruction.CapsMalformed:      unauthorized,
	instruction.NetworksMalformed:  unauthorized,
	instruction.MandateDisjoint:    unauthorized,
	instruction.MandateSame:        unauthorized,
	instruction.UnknownMatter:      unauthorized,
	instruction.NoAnswerNeeded:     unauthorized,
	instruction.WaitOutOfRange:     unauthorized,
	instruction.AddressKnown:       unauthorized,
	instruction.UnknownAddress:     unauthorized,
	instruction.NotQuarantined:     unauthorized,
	instruction.AlreadyQuarantined: unauthorized,
	instruction.NotLocked:          unauthorized,
	instruction.AlreadyLocked:      unauthorized,
	instruction.UnknownIncident:    unauthorized,
	instruction.IncidentOver:       unauthorized,
	instruction.UnknownPayout:      unauthorized,
	instruction.PayoutNotClaimed:   unauthorized,
	instruction.LastOwnerKey:       unauthorized,
	instruction.WaitSame:           unauthorized,
	instruction.NothingToRenew:     unauthorized,

	instruction.ValuationFixed:    unauthorized,
	instruction.NoValuation:       unauthorized,
	instruction.RouteMalformed:    unauthorized,
	instruction.MarksMalformed:    unauthorized,
	instruction.ReferenceStale:    unauthorized,
	instruction.ReferenceUnwanted: unauthorized,

	instruction.RulesMalformed:   unauthorized,
	instruction.RulesSame:        unauthorized,
	instruction.UnknownProposal:  unauthorized,
	instruction.OwnProposal:      unauthorized,
	instruction.UnknownRule:      unauthorized,
	instruction.SnoozeOutOfRange: unauthorized,
	instruction.NotSnoozed:       unauthorized,
	instruction.RulesAreSet:      unauthorized,

	instruction.CohortBare:          unauthorized,
	instruction.CohortsOff:          unauthorized,
	instruction.CohortTooFew:        unauthorized,
	instruction.CohortShutBefore:    unauthorized,
	instruction.MarginOutOfRange:    unauthorized,
	instruction.MarginSame:          unauthorized,
	instruction.CodesNotCapped:      byCode,
	instruction.CodesOverCap:        byCode,
	instruction.TooManyClaims:       byCode,
	instruction.NoChain:             unauthorized,
	instruction.ChainMalformed:      unauthorized,
	instruction.ChainFixed:          unauthorized,
	instruction.ChainUnlinked:       unauthorized,
	instruction.AddressIssuedBefore: unauthorized,
	instruction.AddressOfVenue:      unpayable,
	instruction.WithdrawTooSmall:    unpayable,
	instruction.TagUnknown:          unpayable,
	instruction.SpendMalformed:      unauthorized,
	instruction.CoinNotFree:         unauthorized,
	instruction.FeeOverCeiling:      unauthorized,
	instruction.FeeNotCovered:       unauthorized,
	instruction.UnknownSpend:        unauthorized,
	instruction.SpendSignedBefore:   unauthorized,
	instruction.PayoutsHalted:       unauthorized,
	instruction.UnknownCode:         byCode,
	instruction.CodeTaken:           byCode,
	instruction.CodeExpiry:          byCode,
	instruction.CodeOver:            byCode,
	instruction.UnsafeIssuing:       unauthorized,
	instruction.ChainShared:         unauthorized,
	instruction.DepositOwed:         byCode,

	instruction.NotThin:          unauthorized,
	instruction.NamedSo:          unauthorized,
	instruction.BudgetOutOfRange: unauthorized,
	instruction.BudgetSame:       unauthorized,
	instruction.NothingToConfirm: unauthorized,
	instruction.BudgetBearsNot:   byCode,
	instruction.ProceedsWithheld: byCode,
	instruction.UnknownProceeds:  unauthorized,
	instruction.NothingGained:    unauthorized,
	instruction.AppealsSpent:     unauthorized,
}

// refused is the answer to what was refused for the reason.
func refused(r instruction.Reason, cancels bool) *binance.Error {
	if tell := refusals[r]; tell != nil {
		return tell(r, cancels)
	}
	return binance.ErrUnknown()
}

// silences are why the engine gives no answer, and what is told then. Only after the first may anything have happened.
var silences = []struct {
	err  error
	name string // in metrics
	tell func() *binance.Error
}{
	{engine.ErrUnknown, "unknown", binance.ErrUnexpectedResponse},
	{engine.ErrBusy, "busy", binance.ErrServerBusy},
	{engine.ErrFull, "full", func() *binance.Error {
		return &binance.Error{Code: -1008, Status: 503, Msg: "The venue's disk is full; nothing new is taken up until there is room. This request was not carried out."}
	}},
	{engine.ErrStopped, "stopped", func() *binance.Error {
		return &binance.Error{Code: -1016, Status: 503, Msg: "The venue has stopped and must be restarted. This request was not carried out."}
	}},
	{stream.ErrClosed, "closed", func() *binance.Error {
		return &binance.Error{Code: -1016, Status: 503, Msg: "The venue is stopping. This request was not carried out."}
	}},
	{instruction.ErrCodec, "codec", func() *binance.Error {
		return binance.ErrInvalidMessage("The request cannot be put on record as it is; it was not carried out.")
	}},
}

// unavailable is the answer where the engine gave none.
func (v *Venue) unavailable(err error) *binance.Error {
	for _, s := range silences {
		if errors.Is(err, s.err) {
			v.metrics.engine.WithLabelValues(s.name).Inc()
			return s.tell()
		}
	}
	v.metrics.engine.WithLabelValues("other").Inc()
	v.log.Error("the engine gave no answer", "err", err)
	return binance.ErrUnknown()
}
