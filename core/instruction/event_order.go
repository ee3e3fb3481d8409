package instruction

import "portcullis/core/money"

// ListPlaced says that the next orders, from First on, as many as the shape has legs, are a list.
type ListPlaced struct {
	List       List
	Market     Market
	Account    Account
	Credential Credential
	Shape      Shape
	ClientID   ClientID
	First      Order
}

// ListClosed says that nothing of a list is open any more.
type ListClosed struct {
	Market  Market
	List    List
	Account Account
}

// OrderStarted says that an order goes on: one that was pending waits for its stop price, if it has one that was not
// reached; any other works from now on. Held is what is held for it now.
type OrderStarted struct {
	Market  Market
	Order   Order
	Account Account
	Waits   bool         // for its stop price; else it works
	Held    money.Amount // quote units of a buy, base units of a sell
	// Since layout version 3:
	Risk money.Amount // as OrderPlaced has it
}

// StartRefused says why an order that was to start could not; it is closed by the next event.
type StartRefused struct {
	Market  Market
	Order   Order
	Account Account
	Reason  Reason
}

// TradePrevented says that two orders of one account did not trade. What each of them loses is not to be filled any more;
// one that loses all is closed by the next events. What is released was held for what it lost.
type TradePrevented struct {
	Market        Market
	Match         Match
	Mode          SelfTrade // the taker's
	Taker, Maker  Order
	Account       Account
	TakerSide     Side
	Price         money.Price  // the maker's
	TakerQty      money.Amount // that the taker loses, in base units
	MakerQty      money.Amount // that the maker loses
	TakerReleased money.Amount // of what the taker gives
	MakerReleased money.Amount // of what the maker gives
}

// OrderAmended says that an order asks for less from now on, and has another name.
type OrderAmended struct {
	Market   Market
	Order    Order
	Account  Account
	Was      ClientID     // until now
	ClientID ClientID     // from now on
	WasQty   money.Amount // until now, in base units
	Qty      money.Amount // from now on
	Released money.Amount // of what was held for it
}

func (*ListPlaced) EventKind() EventKind     { return KindListPlaced }
func (*ListClosed) EventKind() EventKind     { return KindListClosed }
func (*OrderStarted) EventKind() EventKind   { return KindOrderStarted }
func (*TradePrevented) EventKind() EventKind { return KindTradePrevented }
func (*OrderAmended) EventKind() EventKind   { return KindOrderAmended }
func (*StartRefused) EventKind() EventKind   { return KindStartRefused }

func (e *ListPlaced) fields(c *Codec) {
	Num64(c, &e.List)
	Num16(c, &e.Market)
	Num32(c, &e.Account)
	Num32(c, &e.Credential)
	enum(c, &e.Shape, OTOCO)
	c.ClientID(&e.ClientID)
	Num64(c, &e.First)
}

func (e *ListClosed) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.List)
	Num32(c, &e.Account)
}

func (e *OrderStarted) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Order)
	Num32(c, &e.Account)
	c.Bool(&e.Waits)
	c.amount(&e.Held)
	if c.since(3) {
		c.amount(&e.Risk)
	}
}

func (e *StartRefused) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Order)
	Num32(c, &e.Account)
	c.reason(&e.Reason)
}

func (e *TradePrevented) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Match)
	optional(c, &e.Mode, Decrement)
	Num64(c, &e.Taker)
	Num64(c, &e.Maker)
	Num32(c, &e.Account)
	enum(c, &e.TakerSide, Sell)
	c.price(&e.Price)
	c.amount(&e.TakerQty)
	c.amount(&e.MakerQty)
	c.amount(&e.TakerReleased)
	c.amount(&e.MakerReleased)
}

func (e *OrderAmended) fields(c *Codec) {
	Num16(c, &e.Market)
	Num64(c, &e.Order)
	Num32(c, &e.Account)
	c.ClientID(&e.Was)
	c.ClientID(&e.ClientID)
	c.amount(&e.WasQty)
	c.amount(&e.Qty)
	c.amount(&e.Released)
}
