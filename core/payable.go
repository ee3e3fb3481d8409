package core

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// payable is what it costs the customer that an amount goes to an address outside, or why it cannot go there.
func (s *State) payable(x instruction.Asset, n money.Amount, to *instruction.Destination) (fee money.Amount, r instruction.Reason) {
	switch {
	case s.Asset(x) == nil:
		return 0, instruction.UnknownAsset
	case n <= 0, n > money.MaxAmount:
		return 0, instruction.AmountOutOfRange
	case !to.Sound():
		return 0, instruction.MalformedAddress
	}
	return s.cost(x), s.unsendable(x, n, to)
}

// Sendable is what it costs that an amount of an asset leaves on its chain, or why it cannot, whatever the address.
func (s *State) Sendable(x instruction.Asset, n money.Amount) (fee money.Amount, r instruction.Reason) {
	if s.Chain(x) == nil {
		return 0, instruction.NoChain
	}
	return s.cost(x), s.unsendable(x, n, new(instruction.Destination))
}
