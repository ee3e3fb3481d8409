package gate

import "portcullis/core/instruction"

// need is what an instruction asks of who gives it.
type need struct {
	right    instruction.Rights  // of a credential; 0: no credential may
	market   instruction.Market  // where it acts, if in one market
	asset    instruction.Asset   // what it moves, where that is not a market's
	from, to instruction.Account // of a transfer
	class    instruction.Class   // by which it can be dropped, beside keys; 0 for none
	cancels  bool                // only takes risk away
	operator bool                // the operator may
}

// needs is the table of who may do what. A kind that is not here may be done by nobody.
func needs(in instruction.Instruction) need {
	switch i := in.(type) {
	case *instruction.ConfirmClock, *instruction.AddAsset, *instruction.AddMarket, *instruction.SetMarket,
		*instruction.OpenAccount, *instruction.Credit, *instruction.CreateKey, *instruction.RevokeKey, *instruction.ResealKey,
		*instruction.SetTerms, *instruction.SetFees, *instruction.SetTier, *instruction.Drop, *instruction.Raise:
		return need{operator: true}
	case *instruction.PlaceOrder:
		return need{right: instruction.MayTrade, market: i.Market, class: instruction.DropTrading}
	case *instruction.ReplaceOrder:
		return need{right: instruction.MayTrade, market: i.Place.Market, class: instruction.DropTrading}
	case *instruction.Transfer:
		return need{right: instruction.MayTransfer, asset: i.Asset, from: i.From, to: i.To}
	case *instruction.CancelOrder:
		return need{right: instruction.MayTrade, market: i.Market, cancels: true}
	case *instruction.PlaceList:
		return need{right: instruction.MayTrade, market: i.Market, class: instruction.DropTrading}
	case *instruction.CancelList:
		return need{right: instruction.MayTrade, market: i.Market, cancels: true}
	case *instruction.AmendOrder:
		return need{right: instruction.MayTrade, market: i.Market, cancels: true}
	case *instruction.CancelAll:
		return need{right: instruction.MayTrade, market: i.Market, cancels: true}
	}
	return need{}
}
