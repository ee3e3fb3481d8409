package stream

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// TestListEvents: the events of a list from its placing to its end, and of an order that is amended and one that would have
// traded with its own account's.
func TestListEvents(t *testing.T) {
	h := newHouse(t, 4)
	const account = instruction.Account(2)
	h.give(2, h.limit(instruction.Sell, 10_000, 1))
	h.give(3, h.limit(instruction.Buy, 10_000, 1)) // the last price
	box, _ := h.inbox(account)
	list := &instruction.PlaceList{Market: 1, Shape: instruction.OCO, ClientID: h.limit(instruction.Buy, 1, 1).ClientID}
	stop, rest := h.limit(instruction.Buy, 10_200, 10), h.limit(instruction.Buy, 9_900, 10)
	stop.Trigger, stop.Stop, rest.Type = instruction.StopLoss, h.limit(instruction.Buy, 10_100, 1).Price, instruction.LimitMaker
	list.Legs[0], list.Legs[1] = *stop, *rest
	h.give(1, list)
	small := *rest
	h.give(1, &instruction.AmendOrder{Market: 1, Client: rest.ClientID, ClientID: rest.ClientID, Qty: small.Qty / 2})
	h.give(2, h.limit(instruction.Sell, 9_900, 5))
	own := h.limit(instruction.Buy, 9_000, 10)
	h.give(1, own)
	mine := h.limit(instruction.Sell, 9_000, 4)
	mine.SelfTrade = instruction.Decrement
	h.give(1, mine)
	h.operator(&instruction.Credit{Account: account, Asset: 1, Amount: 1})
	var story []string
	box.until(t, func(text string) bool {
		switch kindOf(t, text) {
		case binance.EventListStatus:
			var e binance.ListStatus
			if err := strict(text, &e); err != nil {
				t.Fatal(err)
			}
			if len(e.Orders) != 2 || e.Orders[0].ClientOrderID != stop.ClientID.String() || e.ContingencyType != "OCO" {
				t.Errorf("%s", text)
			}
			story = append(story, "list "+e.ListStatusType)
		case binance.EventExecutionReport:
			var e binance.ExecutionReport
			if err := strict(text, &e); err != nil {
				t.Fatal(err)
			}
			line := string(e.Type) + " " + string(e.Execution) + " " + string(e.Status)
			if e.ExpiryReason != "" {
				line += " " + e.ExpiryReason
			}
			if e.LastPreventedQty.Units != 0 {
				line += " prevented"
			}
			story = append(story, line)
		case binance.EventBalanceUpdate:
			return true
		}
		return false
	})
	want := []string{
		"STOP_LOSS_LIMIT NEW NEW", "LIMIT_MAKER NEW NEW", "list EXEC_STARTED",
		"LIMIT_MAKER REPLACED NEW", "STOP_LOSS_LIMIT REPLACED NEW",
		"LIMIT_MAKER TRADE FILLED", "STOP_LOSS_LIMIT EXPIRED EXPIRED OCO_TRIGGER", "list ALL_DONE",
		"LIMIT NEW NEW", "LIMIT NEW NEW", "LIMIT TRADE_PREVENTION EXPIRED_IN_MATCH prevented", "LIMIT TRADE_PREVENTION NEW prevented",
	}
	if got := strings.Join(story, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
