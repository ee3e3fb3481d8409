package instruction

import "portcullis/core/money"

// What an asset is worth is asked in one currency, the valuation asset. Each other asset has one route to it: up to MaxHops
// markets, one after the other. How far a market's prices are trusted on the way is the operator's to say; volume never says
// it, since volume is what a thief makes.

// MaxHops is how many markets a route may have.
const MaxHops = 3

// MarkTier is how far a market's prices are trusted: append-only.
type MarkTier uint8

const (
	Unmarked MarkTier = 0 // nobody has said: as Thin
	Liquid   MarkTier = 1 // the mark is about the mid price
	Thin     MarkTier = 2 // what is received counts for nothing, but where the owner named the market
)

// Marks are how a market's prices are taken.
type Marks struct {
	Tier      MarkTier
	Reference bool         // an outside reference is fed to it
	Depth     money.Amount // what stands within 5 basis points of the mid price on each side, in units of the valuation asset
	Bands     Bands
}

// Bands are what stops a market's price from running away. Zero leaves a band out.
type Bands struct {
	Collar money.PPM // how far beyond the mark an order's price may lie
	Range  money.PPM // of an hour: (high - low) / high, at which the market is halted, if
	Volume uint16    // its volume is also so many times the median hour of seven days
	Cool   Time      // how long it then stays halted, MinCool to MaxCool
}

// Bounds of how long a market cools down.
const (
	MinCool = 60 * Second
	MaxCool = Day
)

// SetValuation says in which asset worth is counted. From then on loss budgets hold. It is said once.
type SetValuation struct{ Asset Asset }

// SetRoute says by which markets an asset is valued.
type SetRoute struct {
	Asset   Asset
	Markets []Market // from the asset to the valuation asset; none: the asset counts for nothing
}

// SetMarks says how a market's prices are taken.
type SetMarks struct {
	Market Market
	Marks  Marks
}

// Refer tells, by the venue itself, what an outside reference says.
type Refer struct {
	Market Market
	Price  money.Price
	Dated  Time // as of when
}

// ValuationSet follows SetValuation.
type ValuationSet struct{ Asset Asset }

// RouteSet follows SetRoute.
type RouteSet struct {
	Asset   Asset
	Markets []Market
}

// MarksSet follows SetMarks.
type MarksSet struct {
	Market Market
	Marks  Marks
}

// Referred follows Refer.
type Referred struct {
	Market Market
	Price  money.Price
	Dated  Time
}

// BandBroken says that a market is halted because its price and its volume broke out together.
type BandBroken struct {
	Market    Market
	Low, High money.Price  // of the hour
	Volume    money.Amount // of the hour, in quote units
	Usual     money.Amount // the median hour of seven days
	Until     Time         // when it opens again, by the clock of waits, if nobody says otherwise before
}

var markTierNames = names{"NONE", "LIQUID", "THIN"}

func (t MarkTier) String() string               { return markTierNames.text(int(t)) }
func (t MarkTier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ParseMarkTier reads a tier's name, in any case.
func ParseMarkTier(text string) (MarkTier, error) {
	n, err := markTierNames.find("tier of a market", text)
	return MarkTier(n), err
}

func (*SetValuation) Kind() Kind { return KindSetValuation }
func (*SetRoute) Kind() Kind     { return KindSetRoute }
func (*SetMarks) Kind() Kind     { return KindSetMarks }
func (*Refer) Kind() Kind        { return KindRefer }

func (*ValuationSet) EventKind() EventKind { return KindValuationSet }
func (*RouteSet) EventKind() EventKind     { return KindRouteSet }
func (*MarksSet) EventKind() EventKind     { return KindMarksSet }
func (*Referred) EventKind() EventKind     { return KindReferred }
func (*BandBroken) EventKind() EventKind   { return KindBandBroken }

// Fields is the persisted layout.
func (m *Marks) Fields(c *Codec) {
	optional(c, &m.Tier, Thin)
	c.Bool(&m.Reference)
	c.amount(&m.Depth)
	Num32(c, &m.Bands.Collar)
	Num32(c, &m.Bands.Range)
	Num16(c, &m.Bands.Volume)
	Num64(c, &m.Bands.Cool)
}

func (i *SetValuation) fields(c *Codec) { Num16(c, &i.Asset) }
func (e *ValuationSet) fields(c *Codec) { Num16(c, &e.Asset) }

func (i *SetRoute) fields(c *Codec) {
	Num16(c, &i.Asset)
	c.markets(&i.Markets)
}

// Fields is the persisted layout.
func (e *RouteSet) Fields(c *Codec) { e.fields(c) }

func (e *RouteSet) fields(c *Codec) {
	Num16(c, &e.Asset)
	c.markets(&e.Markets)
}

func (i *SetMarks) fields(c *Codec) {
	Num16(c, &i.Market)
	i.Marks.Fields(c)
}

func (e *MarksSet) fields(c *Codec) {
	Num16(c, &e.Market)
	e.Marks.Fields(c)
}

func (i *Refer) fields(c *Codec) {
	Num16(c, &i.Market)
	c.price(&i.Price)
	Num64(c, &i.Dated)
}

func (e *Referred) fields(c *Codec) {
	Num16(c, &e.Market)
	c.price(&e.Price)
	Num64(c, &e.Dated)
}

func (e *BandBroken) fields(c *Codec) {
	Num16(c, &e.Market)
	c.price(&e.Low)
	c.price(&e.High)
	c.amount(&e.Volume)
	c.amount(&e.Usual)
	Num64(c, &e.Until)
}
