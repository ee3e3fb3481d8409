package adversary

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/scenario/floor"
)

// tell writes an instruction and what came of it, for whoever wants to read it.
func (t *thief) tell(who string, in instruction.Instruction, a *floor.Answer) {
	if t.say == nil {
		return
	}
	out := "done"
	switch {
	case !a.Did():
		out = fmt.Sprintf("%v, %v", a.Verdict.Decision, a.Why())
	case a.Traded > 0:
		out = "traded " + a.Traded.Text(floor.Scale)
	}
	if a.ByBudget > 0 {
		out += fmt.Sprintf(", %d ended by budget", a.ByBudget)
	}
	t.say(fmt.Sprintf("%s %-12s %s: %s; lost so far %s", t.f.Time.Std().Format("2006-01-02 15:04:05"), who, words(in), out, usdt(t.harm.lost)))
}

// words is an instruction in short.
func words(in instruction.Instruction) string {
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		return orderWords(i)
	case *instruction.ReplaceOrder:
		return fmt.Sprintf("replace order %d: %s", i.Cancel.Order, orderWords(&i.Place))
	case *instruction.PlaceList:
		s := fmt.Sprint(i.Shape)
		for k := range i.Shape.Legs() {
			s += " [" + orderWords(&i.Legs[k]) + "]"
		}
		return s
	case *instruction.CancelOrder:
		return fmt.Sprintf("cancel order %d", i.Order)
	case *instruction.CancelAll:
		return "cancel all in " + floor.Symbol(i.Market)
	case *instruction.AmendOrder:
		return fmt.Sprintf("amend order %d to %s", i.Order, i.Qty.Text(floor.Scale))
	case *instruction.SetMarket:
		return fmt.Sprintf("%s %v", floor.Symbol(i.Market), i.State)
	}
	return fmt.Sprintf("%v %+v", in.Kind(), in)
}

func orderWords(p *instruction.PlaceOrder) string {
	s := fmt.Sprintf("%v %v %v %v", floor.Symbol(p.Market), p.Side, p.Type, p.TIF)
	if p.Qty != 0 {
		s += " " + p.Qty.Text(floor.Scale)
	} else {
		s += " for " + p.QuoteQty.Text(floor.Scale)
	}
	if p.Price != 0 {
		s += " at " + p.Price.Text(floor.Scale)
	}
	if p.Trigger != 0 {
		s += fmt.Sprintf(" %v %s trail %d", p.Trigger, p.Stop.Text(floor.Scale), p.Trail)
	}
	return s
}
