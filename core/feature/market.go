package feature

import "portcullis/core/instruction"

const marketTakers = 4

// Market is who took of a market lately.
type Market struct {
	volume1h amount // of the quote asset, in its units
	weights  [marketTakers]amount
	takers   [marketTakers]instruction.Account // customers
	at       Second
}

func (m *Market) pass(now Second) {
	if now <= m.at {
		return
	}
	if left := hour1.left(m.at, now); left != one {
		m.volume1h.decay(left)
		lighten(m.takers[:], m.weights[:], left)
	}
	m.at = now
}

func (m *Market) take(taker instruction.Account, quote uint64) {
	m.volume1h.add(quote)
	heavy(m.takers[:], m.weights[:], taker, quote)
}
