package core

import (
	"errors"
	"fmt"

	"portcullis/core/instruction"
)

var errUnknown = errors.New("core: an event names what is not there")

// foldHead folds what a record says beside its events: that time passed, that a request was taken up, that somebody was let through to
// claim a gift code, and, since layout version 3, that a credential was used somewhere and not denied it.
func (s *State) foldHead(now instruction.Time, p *instruction.Principal, k instruction.Kind, v *instruction.Verdict, uses bool) {
	waits := s.clock.at(now).Waits()
	s.clock.Now = now
	s.gate.Remember(now, p, v)
	if k == instruction.KindClaimCode && v.Decision != instruction.Deny {
		s.gate.Claimed(waits, p)
	}
	if uses && p.Giver == instruction.ByCredential && v.Decision != instruction.Deny {
		s.used(p.Credential, instruction.NetworkOf(p.Addr), waits)
	}
	s.heard(p, v)
}

// fold changes the state by one event. It is the only place that does. An event that does not fit is a broken state.
func (s *State) fold(e instruction.Event) {
	var err error
	switch e := e.(type) {
	case *instruction.OrderPlaced:
		err = s.foldPlaced(e)
	case *instruction.Filled:
		err = s.foldFilled(e)
	case *instruction.OrderClosed:
		err = s.foldClosed(e)
	case *instruction.Refused: // nothing came of it
	case *instruction.OrderStarted:
		err = s.foldStarted(e)
	case *instruction.TradePrevented:
		err = s.foldPrevented(e)
	case *instruction.OrderAmended:
		err = s.foldAmended(e)
	case *instruction.ListPlaced:
		err = s.foldListPlaced(e)
	case *instruction.ListClosed, *instruction.StartRefused: // what becomes of the orders is said by their own events
	case *instruction.CameIn:
		err = s.ledger.CameIn(e.Account, e.Asset, e.Amount)
	case *instruction.KeyCreated:
		if err = s.keys.Create(e.ID, &e.Key, s.clock.Now, s.clock.Waits()); err == nil {
			s.meter(e.ID)
		}
	case *instruction.KeyRevoked:
		if err = s.keys.Revoke(e.Credential, s.clock.Now); err == nil {
			s.meter(e.Credential)
			s.budgets.Forget(e.Credential)
		}
	case *instruction.MandateSet:
		err = s.foldMandate(e)
	case *instruction.KeyRenewed:
		err = s.keys.Renew(e.Credential, s.clock.Waits())
	case *instruction.KeyAging:
		err = s.keys.Warned(e)
	case *instruction.KeyResealed:
		err = s.keys.Reseal(e.Credential, e.Material)
	case *instruction.AccountOpened:
		err = s.foldAccount(e)
	case *instruction.FeesSet:
		err = s.foldFees(e)
	case *instruction.TierSet:
		err = s.foldTier(e)
	case *instruction.ValuationSet:
		err = s.foldValuation(e)
	case *instruction.RouteSet:
		err = s.foldRoute(e)
	case *instruction.MarksSet:
		err = s.foldMarks(e)
	case *instruction.Referred:
		err = s.foldReferred(e)
	case *instruction.BandBroken:
		err = s.foldBandBroken(e)
	case *instruction.Charged:
		err = s.foldCharged(e)
	case *instruction.BudgetSet:
		err = s.foldBudgetSet(e)
	case *instruction.BudgetConfirmed:
		err = s.foldBudgetConfirmed(e)
	case *instruction.MarketNamed:
		err = s.foldMarketNamed(e)
	case *instruction.BudgetSpent:
		err = s.foldBudgetSpent(e)
	case *instruction.BudgetSwept:
		err = s.foldBudgetSwept(e)
	case *instruction.OrderCapped:
		err = s.foldCapped(e)
	case *instruction.Transferred:
		err = s.foldTransfer(e)
	case *instruction.TransferKnown: // nothing came of it either
	case *instruction.MatterOpened:
		err = s.owner.Open(e)
	case *instruction.MatterClosed:
		err = s.owner.Close(e)
	case *instruction.MatterPostponed:
		err = s.owner.Postpone(e)
	case *instruction.KeyQuarantined:
		err = s.foldQuarantined(e)
	case *instruction.KeyRestored:
		err = s.foldRestored(e)
	case *instruction.KeySwept:
		err = s.foldKeySwept(e)
	case *instruction.AccountLocked:
		err = s.foldLocked(e)
	case *instruction.AccountUnlocked:
		err = s.foldUnlocked(e)
	case *instruction.Sighted:
		err = s.foldSighted(e)
	case *instruction.Alarmed:
		err = s.foldAlarmed(e)
	case *instruction.IncidentOpened:
		err = s.watch.Opened(e, s.clock.Now, s.hour())
	case *instruction.IncidentNoted:
		err = s.watch.Noted(e)
	case *instruction.IncidentClosed:
		s.proceeds.Close(e.ID)
		err = s.watch.Closed(e, s.clock.Now)
	case *instruction.ProceedsHeld:
		err = s.foldProceedsHeld(e)
	case *instruction.ProceedsReleased:
		err = s.foldProceedsReleased(e)
	case *instruction.ProceedsAppealed:
		err = s.proceeds.Appeal(e)
	case *instruction.ProceedsKept:
		err = s.proceeds.Keep(e)
	case *instruction.WaitSet:
		err = s.owner.SetWait(e)
	case *instruction.AddressAdded:
		err = s.owner.AddAddress(e, s.clock.Now)
	case *instruction.AddressRemoved:
		err = s.owner.RemoveAddress(e)
	case *instruction.PayoutMade:
		err = s.foldPayoutMade(e)
	case *instruction.PayoutMoved:
		err = s.foldPayoutMoved(e)
	case *instruction.PayoutStopping:
		err = s.payouts.Stop(e.ID)
	case *instruction.ChainSet:
		err = s.foldChainSet(e)
	case *instruction.AddressIssued:
		err = s.foldAddressIssued(e)
	case *instruction.BlockAdded:
		err = s.foldBlock(e)
	case *instruction.Rewound:
		err = s.foldRewound(e)
	case *instruction.DepositCredited:
		err = s.foldCredited(e)
	case *instruction.DepositUndone:
		err = s.foldUndone(e)
	case *instruction.SpendPlanned:
		err = s.foldPlanned(e)
	case *instruction.SpendSigned:
		err = s.foldSigned(e)
	case *instruction.SpendSeen:
		err = s.foldSeen(e)
	case *instruction.SpendSettled:
		err = s.foldSettled(e)
	case *instruction.SpendDied:
		err = s.foldDied(e)
	case *instruction.ShortageProven: // the drops and the incident that follow say what comes of it
	case *instruction.PayoutKnown, *instruction.CodeKnown: // nothing came of it
	case *instruction.CodesIssued:
		err = s.foldCodesIssued(e)
	case *instruction.CodeClaimed:
		err = s.foldCodeClaimed(e)
	case *instruction.CodeReturned:
		err = s.foldCodeReturned(e)
	case *instruction.CodeForgotten:
		err = s.codes.Forget(e)
	case *instruction.Dropped:
		err = s.foldDropped(e)
	case *instruction.Raised:
		err = s.gate.Raise(e)
	case *instruction.Swept:
		err = s.gate.Swept(e)
	case *instruction.AssetAdded:
		err = s.foldAsset(e)
	case *instruction.MarketAdded:
		err = s.foldMarket(e)
	case *instruction.MarketSet:
		err = s.foldMarketSet(e)
	case *instruction.TermsSet:
		err = s.foldTerms(e)
	case *instruction.RulesSet:
		err = s.rules.Set(e)
	case *instruction.RulesProposed:
		err = s.rules.Propose(e)
	case *instruction.RulesRejected:
		err = s.rules.Reject(e)
	case *instruction.RuleSnoozed:
		err = s.rules.Snooze(e, s.clock.Waits())
	case *instruction.CohortsSet:
		s.cohorts.margin = e.Margin
	case *instruction.CohortShut:
		err = s.foldCohortShut(e)
	case *instruction.RuleFired:
		err = s.rules.Count(e, s.clock.Waits())
	case *instruction.ClockFroze:
		s.clock.Frozen = e.From
		s.unmark()
	case *instruction.ClockConfirmed:
		s.clock.Frozen = 0
		s.clock.Skipped += e.Skipped
	default:
		err = fmt.Errorf("core: no fold for %T", e)
	}
	if err == nil && s.learns() {
		s.teach(e)
	}
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("folding %T: %w", e, err)
	}
}
