package adversary

import (
	"encoding/json"
	"fmt"
	"strings"

	"portcullis/core/instruction"
	"portcullis/scenario/floor"
)

// Kind is what a move is about.
type Kind uint8

const (
	Wait     Kind = iota // let time go by: live where it is short, else slowly
	Drain                // trade the victim against a helper at a price that is bad for the victim, or good: Off below 0
	Displace             // hold a market's price away from fair by helpers that take all in between and stand in front
	Pump                 // print prices between helpers, over hours or months
	Churn                // trade the victim to and fro with a helper
	Rest                 // leave orders of the victim's in the book
	Take                 // take the victim's resting orders by a helper
	Stops                // leave stops of the victim's, and print the price that starts them
	Storm                // place, replace and cancel in great number, and trade in between
	Batch                // drain in all markets at the same moment
	Rotate               // go on with another key; the one before is revoked, or a new one is made
	Halt                 // a market is halted, and opened again
	Restart              // the venue stops and starts again
	Leap                 // the clock jumps
	Confirm              // the owner confirms the losses so far
	Shift                // money goes to the sub-account, or back
	Starve               // references are lost for a while
	Normal               // the victim trades at fair prices with the honest
	kinds
)

var kindNames = [kinds]string{
	"wait", "drain", "displace", "pump", "churn", "rest", "take", "stops", "storm", "batch", "rotate", "halt", "restart", "leap",
	"confirm", "shift", "starve", "normal",
}

func (k Kind) String() string               { return kindNames[k] }
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Move is one step of a plan. Which of the fields count depends on its kind.
type Move struct {
	Kind   Kind               `json:"kind"`
	Market instruction.Market `json:"market"`
	Side   instruction.Side   `json:"-"`      // the victim's; of a price that is moved: Buy up, Sell down
	Off    int64              `json:"off"`    // how far from the price that is meant, in parts of a million
	Size   int64              `json:"size"`   // of a slice, in parts of a million of the victim's equity
	Count  int                `json:"count"`  // slices, orders, prints
	Span   instruction.Time   `json:"-"`      // how long it takes
	Manner int                `json:"manner"` // how it is done, where there is more than one way
}

// Plan is what the thief does: its moves in turn, and again from the first, until its time is over.
type Plan struct {
	Name    string           `json:"name"`
	Span    instruction.Time `json:"-"` // how long it goes on
	Confirm instruction.Time `json:"-"` // how often the owner confirms, without looking; 0 for never
	Moves   []Move           `json:"moves"`
}

// MarshalJSON writes times as lengths in microseconds, and no side where the move has none.
func (m Move) MarshalJSON() ([]byte, error) {
	type plain Move
	return json.Marshal(struct {
		plain
		Side string `json:"side,omitempty"`
		Span int64  `json:"span_us"`
	}{plain(m), m.side(), int64(m.Span)})
}

// MarshalJSON writes times as lengths in microseconds.
func (p Plan) MarshalJSON() ([]byte, error) {
	type plain Plan
	return json.Marshal(struct {
		plain
		Span    int64 `json:"span_us"`
		Confirm int64 `json:"confirm_us"`
	}{plain(p), int64(p.Span), int64(p.Confirm)})
}

func (m *Move) String() string {
	where := floor.Symbol(m.Market)
	if s := m.side(); s != "" {
		where += " " + s
	}
	return fmt.Sprintf("%v %s off %d ppm, size %d ppm, count %d, %v, manner %d", m.Kind, where, m.Off, m.Size, m.Count, span(m.Span), m.Manner)
}

// side is the move's, in words; nothing where it has none.
func (m *Move) side() string {
	if m.Side == 0 {
		return ""
	}
	return m.Side.String()
}

// span is a time as people write it.
func span(t instruction.Time) string {
	switch {
	case t >= 2*instruction.Day:
		return fmt.Sprintf("%dd", t/instruction.Day)
	case t >= 2*hour:
		return fmt.Sprintf("%dh", t/hour)
	}
	return fmt.Sprintf("%ds", t/instruction.Second)
}

const hour = instruction.Day / 24

func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: for %s, again and again", p.Name, span(p.Span))
	if p.Confirm > 0 {
		fmt.Fprintf(&b, ", confirmed every %s", span(p.Confirm))
	}
	for i := range p.Moves {
		fmt.Fprintf(&b, "\n  %v", &p.Moves[i])
	}
	return b.String()
}

// clone is the same plan, to be changed.
func (p *Plan) clone() Plan {
	c := *p
	c.Moves = append([]Move(nil), p.Moves...)
	return c
}
