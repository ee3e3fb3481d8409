package proceeds

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestPage: the example of docs/PROCEEDS.md is what the code makes of its trades. Prices there have two decimals.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/PROCEEDS.md")
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]int{"Ann": 2, "Bob": 3, "Carl": 4, "Dora": 5}
	trade := regexp.MustCompile(`(?m)^\| (\w+) \| (sells|buys) (\d+) at ([\d.]+) (to|of) (the key|somebody)[^|]*\| (-?\d+) \|$`)
	found := trade.FindAllStringSubmatch(string(page), -1)
	if len(found) != 5 {
		t.Fatalf("%d trades in the example", len(found))
	}
	p, at := New(), Fair{Low: 1_000, High: 1_000, Slack: 10_000}
	gained := map[string]money.Amount{}
	for _, x := range found {
		qty, _ := strconv.ParseInt(x[3], 10, 64)
		price, err := strconv.ParseFloat(x[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		him, other := party(people[x[1]]), party(1)
		if x[6] == "somebody" {
			other = party(9)
		}
		f := deal(other, him, money.Price(price*100+0.5), money.Amount(qty))
		if x[2] == "buys" {
			f.Buyer, f.Seller = him, other
		}
		want, _ := strconv.ParseInt(x[7], 10, 64)
		one := money.Amount(0)
		if s, ok := f.gained(at); ok {
			if one = s.gain.worth() / 100; s.winner != him {
				one = -one
			}
		}
		if one != money.Amount(want) {
			t.Errorf("%s: the gain is %d", x[0], one)
		}
		gained[x[1]] += one
		p.Note(start, f, at)
	}
	lost, _ := p.Lost(start, 1, 1)
	held := map[instruction.Account]money.Amount{}
	for _, x := range p.Claims(start, 1, 1, 1000) {
		held[x.Customer] += x.Quote / 100
	}
	said := fmt.Sprintf("The key lost %d. Ann is held for %d and Carl for %d; Dora, who followed, for %d. Bob is held for nothing.", lost/100, held[2], held[4], held[5])
	if !strings.Contains(string(page), said) || held[3] != 0 {
		t.Errorf("the page does not say: %s", said)
	}
}
