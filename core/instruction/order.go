package instruction

import "portcullis/core/money"

// What orders have beyond side, type and price; the numbers are persisted: append-only.

// Trigger is what the price must do before an order works.
type Trigger uint8

const (
	NoTrigger  Trigger = 0 // it works at once
	StopLoss   Trigger = 1 // turn against its owner: rise to the stop price of a buy, fall to that of a sell
	TakeProfit Trigger = 2 // turn in its owner's favour: fall to the stop price of a buy, rise to that of a sell
)

// Rising says that an order of the side and trigger starts when the price rises to its stop price; else when it falls.
func (t Trigger) Rising(s Side) bool { return (t == StopLoss) == (s == Buy) }

// SelfTrade is what becomes of a match between two orders of one account; the taker's counts.
type SelfTrade uint8

const (
	TradeAnyway SelfTrade = 0 // it is a trade like any other
	ExpireTaker SelfTrade = 1
	ExpireMaker SelfTrade = 2
	ExpireBoth  SelfTrade = 3
	Decrement   SelfTrade = 4 // both lose the quantity of the match
)

// Shape is how the orders of a list hang together.
type Shape uint8

const (
	OCO   Shape = 1 // one cancels the other: a stop-loss, and a limit maker or take-profit, of one side and quantity
	OTO   Shape = 2 // one triggers the other: a working order, and one that starts once that is filled
	OTOCO Shape = 3 // one triggers two, of which one cancels the other
)

// MaxLegs is the most orders that a list has.
const MaxLegs = 3

// Legs is how many orders a list of the shape has.
func (s Shape) Legs() int {
	if s == OTOCO {
		return 3
	}
	return 2
}

// Pending says that the leg of that number, from 0, waits until the first leg is filled.
func (s Shape) Pending(leg uint8) bool { return s >= OTO && leg > 0 }

// Pair says that the leg of that number is one of two that cancel each other, and which is the other.
func (s Shape) Pair(leg uint8) (other uint8, ok bool) {
	switch {
	case s == OCO:
		return 1 - leg, true
	case s == OTOCO && leg > 0:
		return 3 - leg, true
	}
	return 0, false
}

// MaxTrail is the widest trailing distance, in basis points.
const MaxTrail = 9_999

var (
	triggerNames   = names{"NONE", "STOP_LOSS", "TAKE_PROFIT"}
	selfTradeNames = names{"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"}
	shapeNames     = names{"", "OCO", "OTO", "OTOCO"}
)

func (t Trigger) String() string   { return triggerNames.text(int(t)) }
func (t SelfTrade) String() string { return selfTradeNames.text(int(t)) }
func (s Shape) String() string     { return shapeNames.text(int(s)) }

func (t Trigger) MarshalText() ([]byte, error)   { return []byte(t.String()), nil }
func (t SelfTrade) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
func (s Shape) MarshalText() ([]byte, error)     { return []byte(s.String()), nil }

// PlaceList asks for two or three orders of one market that hang together. As many of Legs as the shape has are used.
// Of two that cancel each other the stop-loss comes first.
type PlaceList struct {
	Market   Market
	Shape    Shape
	ClientID ClientID // of the list; never empty
	Legs     [MaxLegs]PlaceOrder
}

// CancelList cancels what is open of a list, which List or Client names.
type CancelList struct {
	Market   Market
	List     List
	Client   ClientID
	ClientID ClientID // the client's own name for this cancel; not looked at
}

// AmendOrder reduces the quantity of one order, named by Order or by Client; it keeps its priority.
type AmendOrder struct {
	Market   Market
	Order    Order
	Client   ClientID
	Qty      money.Amount // of the order from now on, what was filled included, in base units
	ClientID ClientID     // the order's name from now on; never empty
}

// Which fields an order has that most orders have not. In a record one byte says which of them there are.
const (
	hasTrigger = 1 << iota
	hasStop
	hasTrail
	hasVisible
	hasSelfTrade
	allMore = hasTrigger | hasStop | hasTrail | hasVisible | hasSelfTrade
)

func (i *PlaceOrder) more() (set uint8) {
	if i.Trigger != 0 {
		set |= hasTrigger
	}
	if i.Stop != 0 {
		set |= hasStop
	}
	if i.Trail != 0 {
		set |= hasTrail
	}
	if i.Visible != 0 {
		set |= hasVisible
	}
	if i.SelfTrade != 0 {
		set |= hasSelfTrade
	}
	return set
}

// moreFields are the fields that a plain order has not, behind one byte that says which there are.
func (i *PlaceOrder) moreFields(c *Codec) {
	var set uint8
	if !c.reading {
		set = i.more()
	} else {
		i.Trigger, i.Stop, i.Trail, i.Visible, i.SelfTrade = 0, 0, 0, 0, 0
	}
	if Num8(c, &set); set == 0 {
		return
	}
	if set&^allMore != 0 {
		c.Fail("an order with unknown fields %#x", set)
		return
	}
	if set&hasTrigger != 0 {
		enum(c, &i.Trigger, TakeProfit)
	}
	if set&hasStop != 0 {
		c.price(&i.Stop)
	}
	if set&hasTrail != 0 {
		Num16(c, &i.Trail)
	}
	if set&hasVisible != 0 {
		c.amount(&i.Visible)
	}
	if set&hasSelfTrade != 0 {
		enum(c, &i.SelfTrade, Decrement)
	}
	if c.reading && c.err == nil && i.more() != set {
		c.Fail("an order with a field that is there and zero")
	}
}

func (i *PlaceList) fields(c *Codec) {
	Num16(c, &i.Market)
	enum(c, &i.Shape, OTOCO)
	c.ClientID(&i.ClientID)
	if c.err != nil {
		return
	}
	legs := i.Shape.Legs()
	for n := range i.Legs[:legs] {
		i.Legs[n].fields(c)
	}
	if c.reading {
		clear(i.Legs[legs:])
	}
	for _, more := range i.Legs[legs:] {
		if more != (PlaceOrder{}) {
			c.Fail("a list of more orders than an %s has", i.Shape)
		}
	}
}

func (i *CancelList) fields(c *Codec) {
	Num16(c, &i.Market)
	Num64(c, &i.List)
	c.ClientID(&i.Client)
	c.ClientID(&i.ClientID)
}

func (i *AmendOrder) fields(c *Codec) {
	Num16(c, &i.Market)
	Num64(c, &i.Order)
	c.ClientID(&i.Client)
	c.amount(&i.Qty)
	c.ClientID(&i.ClientID)
}

func (*PlaceList) Kind() Kind  { return KindPlaceList }
func (*CancelList) Kind() Kind { return KindCancelList }
func (*AmendOrder) Kind() Kind { return KindAmendOrder }
