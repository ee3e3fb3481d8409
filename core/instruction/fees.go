package instruction

import "portcullis/core/money"

// Tier is a class of accounts that pay fees of their own. Everybody begins in tier 0, which pays each market's own terms.
type Tier uint8

// MaxTier is the highest tier that there can be.
const MaxTier = 32

// SetFees sets what the accounts of a tier pay in some markets from now on; with tier 0, what the markets' own terms are.
type SetFees struct {
	Tier    Tier
	Markets []Market  // empty: every market that there is now
	Maker   money.PPM // see Terms
	Taker   money.PPM
}

// SetTier puts an account, and with it its sub-accounts, into a tier.
type SetTier struct {
	Account Account
	Tier    Tier
}

// FeesSet says what the accounts of a tier pay in one market.
type FeesSet struct {
	Tier   Tier
	Market Market
	Maker  money.PPM
	Taker  money.PPM
}

// TierSet follows SetTier.
type TierSet struct {
	Account Account
	Tier    Tier
}

func (*SetFees) Kind() Kind           { return KindSetFees }
func (*SetTier) Kind() Kind           { return KindSetTier }
func (*FeesSet) EventKind() EventKind { return KindFeesSet }
func (*TierSet) EventKind() EventKind { return KindTierSet }

func (i *SetFees) fields(c *Codec) {
	Num8(c, &i.Tier)
	c.markets(&i.Markets)
	Num32(c, &i.Maker)
	Num32(c, &i.Taker)
}

func (i *SetTier) fields(c *Codec) {
	Num32(c, &i.Account)
	Num8(c, &i.Tier)
}

func (e *FeesSet) fields(c *Codec) {
	Num8(c, &e.Tier)
	Num16(c, &e.Market)
	Num32(c, &e.Maker)
	Num32(c, &e.Taker)
}

func (e *TierSet) fields(c *Codec) {
	Num32(c, &e.Account)
	Num8(c, &e.Tier)
}
