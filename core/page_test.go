package core

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

var update = flag.Bool("update", false, "write the examples of docs/BUDGET.md anew")

// example is a row of docs/BUDGET.md: what a thief does who has the victim's key.
type example struct {
	what string
	play func(*venue)
	most int64 // that it may cost, in hundredths of a percent of equity
}

var examples = []example{
	{"A coin that is worth 1 is sold to the key for 100, in a market that nobody named, again and again in one day", func(v *venue) { v.dump(1_000, victim) }, 200},
	{"The same, with two keys of the account at once", func(v *venue) {
		v.dump(1_000, victim, int(v.makeKey(victim, nil))-1)
	}, 200},
	{"The same, where the owner set the budget of the key to 0.5%", func(v *venue) {
		v.operator(&instruction.SetBudget{Account: victim + 2, Credential: victim + 1, Budget: instruction.Budget{Loss: 5_000, Fees: 20_000}})
		v.dump(250, victim)
	}, 50},
	{"The same every day for two weeks, and the owner confirms nothing", func(v *venue) {
		for range 14 {
			v.dump(1_000, victim)
			v.pass(26 * 3600 * instruction.Second)
		}
	}, 1_000},
	{"90 BTC are sold at the market, where makers bid 9,999 for 50, and behind them the thief 9,000 for all", func(v *venue) {
		v.want(v.order(thief, instruction.Buy, instruction.GTC, 9_000, 100_000), 0)
		v.by(victim, &instruction.PlaceOrder{
			Market: 1, Side: instruction.Sell, Type: instruction.MarketType, TIF: instruction.IOC, Qty: milli(90_000), ClientID: v.clientID(),
		})
	}, 400},
	{"BTC are bought at 10,001 and sold at 9,999 without end, for a fee of 0.2% each time", func(v *venue) {
		for i := range 200 {
			side, price := []instruction.Side{instruction.Buy, instruction.Sell}[i%2], []int64{10_001, 9_999}[i%2]
			v.order(victim, side, instruction.IOC, price, 20_000)
			v.order(house, side.Opposite(), instruction.GTC, price, 20_000) // as much is offered as before
		}
	}, 400},
	{"The coin's price is held at 100 for seven hours by the thief's own trades, and the market is one that the owner named", func(v *venue) {
		v.named()
		v.dump(2_500, victim)
	}, 1_200},
	{"The first again, with a budget of 100%", func(v *venue) {
		v.operator(&instruction.SetBudget{Account: victim + 2, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
		v.dump(5_000, victim)
	}, 10_000},
}

// dump has keys buy coins for 100 from the thief, in turn and in orders of so many USDT, until they may no more.
func (v *venue) dump(slice int64, keys ...int) {
	for i, denied := 0, 0; denied < len(keys); i++ {
		if i%100 == 0 {
			v.by(thief, &instruction.CancelAll{Market: 2})
			v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 10*slice*100), 0)
		}
		if r := v.in(2, keys[i%len(keys)], instruction.Buy, instruction.IOC, 100, 10*slice); r.Verdict.Decision == instruction.Allow && len(events[*instruction.Filled](r)) > 0 {
			denied = 0
			continue
		}
		denied++
	}
}

// named has the victim's owner name the thin market, where the thief has then held the price at 100 for seven hours.
func (v *venue) named() {
	owner := int(v.makeKey(victim, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayRead | instruction.MayOwn })) - 1
	v.want(v.by(owner, &instruction.NameMarket{Account: victim + 2, Market: 2}), 0)
	v.want(v.in(2, thief, instruction.Sell, instruction.GTC, 100, 1_000), 0)
	v.want(v.in(2, other, instruction.Buy, instruction.IOC, 100, 1_000), 0)
	v.pass(7 * 3600 * instruction.Second)
}

// fairly is what an account has at fair prices: 10,000 for a BTC, and 1 for a coin.
func (v *venue) fairly(account int) money.Amount {
	return v.total(account, 2) + 10_000*v.total(account, 1) + v.total(account, 3)
}

// TestPage: what the page says of the examples is what happens.
func TestPage(t *testing.T) {
	const path, begin, end = "../docs/BUDGET.md", "<!-- examples: go test ./core -run TestPage -update -->\n", "<!-- end of examples -->\n"
	const equity = 2_000_000 // the coins have no price that could be relied on
	var b strings.Builder
	b.WriteString("\n| what whoever has the key does | is lost | of equity |\n| --- | --- | --- |\n")
	for _, x := range examples {
		v := bounded(t)
		was := v.fairly(victim)
		x.play(v)
		lost := int64(was-v.fairly(victim)) / 1e8
		part := lost * 10_000 / equity
		if lost <= 0 || part > x.most {
			t.Errorf("%s: %d are lost, which is %d.%02d%%", x.what, lost, part/100, part%100)
		}
		fmt.Fprintf(&b, "| %s | %s | %d.%02d%% |\n", x.what, grouped(lost), part/100, part%100)
	}
	b.WriteString("\n")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := bytes.Cut(text, []byte(begin))
	old, tail, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		t.Fatalf("%s has no place for examples: %q … %q", path, begin, end)
	}
	if *update {
		text = append(append(append(head[:len(head):len(head)], begin...), b.String()...), append([]byte(end), tail...)...)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(old) != b.String() {
		t.Errorf("%s has other examples than these; look at the diff after -update:\n%s", path, b.String())
	}
}

// grouped is a number as people write it: 1,234,567.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
