package gate

import "portcullis/core/instruction"

// need is what an instruction asks of who gives it.
type need struct {
	right    instruction.Rights // of a credential; 0: no credential may
	market   instruction.Market // where it acts, if in one market
	cancels  bool               // only takes risk away
	operator bool               // the operator may
}

// needs is the table of who may do what. A kind that is not here may be done by nobody.
func needs(in instruction.Instruction) need {
	switch i := in.(type) {
	case *instruction.ConfirmClock, *instruction.AddAsset, *instruction.AddMarket, *instruction.SetMarket,
		*instruction.OpenAccount, *instruction.Credit, *instruction.CreateKey, *instruction.RevokeKey:
		return need{operator: true}
	case *instruction.PlaceOrder:
		return need{right: instruction.MayTrade, market: i.Market}
	case *instruction.ReplaceOrder:
		return need{right: instruction.MayTrade, market: i.Place.Market}
	case *instruction.CancelOrder:
		return need{right: instruction.MayTrade, market: i.Market, cancels: true}
	case *instruction.CancelAll:
		return need{right: instruction.MayTrade, market: i.Market, cancels: true}
	}
	return need{}
}
