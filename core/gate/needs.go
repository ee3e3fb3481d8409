package gate

import (
	"portcullis/core/instruction"
)

// need is what an instruction asks of who gives it.
type need struct {
	right    instruction.Rights // of a credential; 0: no credential may
	engine   bool               // the engine's clock may
	venue    bool               // the venue itself may
	operator bool               // the operator may
	wallet   bool               // the wallet may
	bearer   bool               // whoever it is may
	owns     bool               // an owner's key may too, of what is its customer's

	market     instruction.Market     // where it acts, if in one market
	asset      instruction.Asset      // what it moves, where that is not a market's
	from, to   instruction.Account    // of a transfer
	account    instruction.Account    // whose it is about, where its giver must be the owner
	credential instruction.Credential // likewise
	matter     instruction.MatterID   // likewise
	proceeds   instruction.ProceedsID // likewise
	code       instruction.CodeID     // likewise, or an account's own key
	class      instruction.Class      // by which it can be dropped, beside keys; 0 for none
	cancels    bool                   // only takes risk away
}

// needs is the table of who may do what. A kind that is not here may be done by nobody.
func needs(in instruction.Instruction) need {
	const (
		trade = instruction.MayTrade
		own   = instruction.MayOwn
	)
	switch i := in.(type) {
	case *instruction.Tick:
		return need{engine: true}
	case *instruction.Sight, *instruction.Settle, *instruction.Refer:
		return need{venue: true}
	case *instruction.IssueAddress, *instruction.Advance, *instruction.Rewind, *instruction.PlanSpend, *instruction.SignSpend, *instruction.SeeSpends:
		return need{wallet: true}
	case *instruction.StopPayout:
		return need{operator: true, wallet: true}
	case *instruction.SetRules, *instruction.ShutCohort:
		return need{operator: true, venue: true}
	case *instruction.ConfirmClock, *instruction.AddAsset, *instruction.AddMarket, *instruction.SetMarket, *instruction.SetTerms,
		*instruction.OpenAccount, *instruction.Credit, *instruction.CreateKey, *instruction.ResealKey, *instruction.SetFees,
		*instruction.SetTier, *instruction.SetValuation, *instruction.SetRoute, *instruction.SetMarks, *instruction.Drop, *instruction.Raise, *instruction.CloseIncident,
		*instruction.AnswerRules, *instruction.SnoozeRule, *instruction.SetCohorts, *instruction.SetChain,
		*instruction.HoldProceeds, *instruction.ReleaseProceeds:
		return need{operator: true}

	case *instruction.RevokeKey:
		return need{operator: true, right: own, credential: i.Credential}
	case *instruction.ChangeMandate:
		return need{operator: true, right: own, credential: i.Credential}
	case *instruction.RenewKey:
		return need{operator: true, right: own, credential: i.Credential}
	case *instruction.QuarantineKey:
		return need{operator: true, right: own, credential: i.Credential}
	case *instruction.RestoreKey:
		return need{operator: true, right: own, credential: i.Credential}
	case *instruction.LockAccount:
		return need{operator: true, right: own, account: i.Account}
	case *instruction.UnlockAccount:
		return need{operator: true, right: own, account: i.Account}
	case *instruction.Answer:
		return need{operator: true, right: own, matter: i.Matter}
	case *instruction.AppealProceeds:
		return need{right: own, proceeds: i.ID}
	case *instruction.SetWait:
		return need{right: own, account: i.Account}
	case *instruction.AddAddress:
		return need{right: own, account: i.Account}
	case *instruction.RemoveAddress:
		return need{right: own, account: i.Account}

	case *instruction.SetBudget:
		return need{operator: true, right: own, account: i.Account, credential: i.Credential}
	case *instruction.ConfirmBudget:
		return need{right: own, account: i.Account, credential: i.Credential}
	case *instruction.NameMarket:
		return need{right: own, account: i.Account}

	case *instruction.PlaceOrder:
		return need{right: trade, market: i.Market, class: instruction.DropTrading}
	case *instruction.ReplaceOrder:
		return need{right: trade, market: i.Place.Market, class: instruction.DropTrading}
	case *instruction.PlaceList:
		return need{right: trade, market: i.Market, class: instruction.DropTrading}
	case *instruction.CancelOrder:
		return need{right: trade, market: i.Market, cancels: true}
	case *instruction.CancelAll:
		return need{right: trade, market: i.Market, cancels: true}
	case *instruction.CancelList:
		return need{right: trade, market: i.Market, cancels: true}
	case *instruction.AmendOrder:
		return need{right: trade, market: i.Market, cancels: true}
	case *instruction.Transfer:
		return need{right: instruction.MayTransfer, asset: i.Asset, from: i.From, to: i.To}
	case *instruction.Withdraw:
		return need{right: instruction.MayWithdraw, asset: i.Asset, class: instruction.DropWithdrawals}
	case *instruction.IssueCodes:
		return need{right: instruction.MayWithdraw, owns: true, account: i.Account, asset: i.Asset, class: instruction.DropWithdrawals}
	case *instruction.ClaimCode: // the asset is what the code is of; see claim
		return need{right: instruction.MayRead, bearer: true, class: instruction.DropClaims}
	case *instruction.ReturnCode:
		return need{right: instruction.MayWithdraw, owns: true, code: i.ID}
	}
	return need{}
}

// Who may give an instruction.
type Who struct {
	Engine   bool               // the clock
	Venue    bool               // the venue itself
	Operator bool               // the operator, at the local socket
	Wallet   bool               // the wallet
	Bearer   bool               // whoever brings a gift code
	Right    instruction.Rights // a credential that has it; 0: none. With MayOwn only for what is its customer's
	Owner    bool               // an owner's key too, for what is its customer's
	Class    instruction.Class  // by which it can be dropped, beside keys; 0 for none
	Cancels  bool               // it only takes risk away, and stays open in quarantine, under a lock and after a key's end
}

// WhoMay says who may give an instruction.
func WhoMay(in instruction.Instruction) Who {
	n := needs(in)
	return Who{n.engine, n.venue, n.operator, n.wallet, n.bearer, n.right, n.owns, n.class, n.cancels}
}
