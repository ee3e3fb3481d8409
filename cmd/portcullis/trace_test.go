package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/daemon"
	"portcullis/journal"
)

// robbery writes the journal of a venue where account 2's key 1 bought dear of account 3, who moved half of what he had to his
// sub-account 4. The mean price is 10; what was paid is 30, for 10 pieces.
func robbery(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	log, err := journal.Open(daemon.JournalDir(data), journal.Options{SegmentSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var batch journal.Batch
	batch.Reset(1)
	s, now := core.New(), instruction.Time(1_772_323_200_000_000)
	give := func(p instruction.Principal, in instruction.Instruction) {
		t.Helper()
		now += instruction.Second
		b, err := s.Step(now, &p, in, nil)
		if err != nil {
			t.Fatal(err)
		}
		var r instruction.Record
		var ev instruction.Events
		if err := r.Decode(1, b); err != nil || r.Refused(&ev) != 0 || r.Verdict.Decision != instruction.Allow {
			t.Fatalf("%T: %v %v %v", in, err, r.Refused(&ev), r.Verdict.Reason())
		}
		batch.Close(append(batch.Open(), b...))
	}
	operator := instruction.Principal{Giver: instruction.ByOperator}
	give(operator, &instruction.AddAsset{Symbol: "BTC", Scale: 8})
	give(operator, &instruction.AddAsset{Symbol: "USDT", Scale: 6})
	give(operator, &instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, Lot: 1_000, MaxQty: 100_000_000_000}})
	for i, parent := range []instruction.Account{0, 0, 3} {
		give(operator, &instruction.OpenAccount{Ref: fmt.Sprintf("customer \"%d\"", i), Parent: parent})
	}
	for i, a := range []instruction.Account{2, 3} {
		give(operator, &instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i)}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), byte(i)), // #nosec G115 -- small
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade | instruction.MayTransfer}})
	}
	give(operator, &instruction.Credit{Account: 2, Asset: 2, Amount: 1000e6})
	give(operator, &instruction.Credit{Account: 3, Asset: 1, Amount: 100e8})
	n := 0
	order := func(key instruction.Credential, side instruction.Side, price money.Price, qty money.Amount) {
		n++
		id, _ := instruction.ClientIDOf(fmt.Sprint("o", n))
		give(instruction.Principal{Giver: instruction.ByCredential, Credential: key}, &instruction.PlaceOrder{
			Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: price * 1e6, Qty: qty, ClientID: id})
	}
	order(1, instruction.Buy, 9, 1e8)
	order(2, instruction.Sell, 11, 1e8)
	for range 40 {
		give(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	order(2, instruction.Sell, 30, 10e8)
	order(1, instruction.Buy, 30, 11e8) // one at 11, ten at 30
	give(instruction.Principal{Giver: instruction.ByCredential, Credential: 2}, &instruction.Transfer{From: 3, To: 4, Asset: 2, Amount: s.Balance(3, 2).Free / 2})
	if err := log.Append(&batch); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTrace: of what was gained, over the fair price, half is in the sub-account, in each form; one that names nothing is refused.
func TestTrace(t *testing.T) {
	data := robbery(t)
	run := func(c traceCmd, asJSON bool) (string, error) {
		var out, side bytes.Buffer
		c.Data = data
		if c.Depth == 0 {
			c.Depth = 6
		}
		err := c.Run(t.Context(), &output{out: &out, err: &side, json: asJSON})
		return out.String(), err
	}
	text, err := run(traceCmd{Key: 1}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"account 2 (customer \"0\")\n", "\n  201.000000 USDT gained by account 3 (customer \"1\") (2026-03-01", "\n    100.500000 USDT moved to account 4",
		"\n      there still: 100.500000 USDT\n", "\n    there still: 100.500000 USDT\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	if same, err := run(traceCmd{Account: 2}, false); err != nil || same != text {
		t.Errorf("of the account: %v\n%s", err, same)
	}
	text, err = run(traceCmd{Key: 1}, true)
	var r traced
	if err != nil || json.Unmarshal([]byte(text), &r) != nil || len(r.Accounts) != 3 || len(r.Edges) != 2 || r.Edges[0].Amount != "201.000000" || r.Accounts[2].Depth != 2 {
		t.Errorf("%v: %s", err, text)
	}
	if text, err := run(traceCmd{Key: 1, Dot: true}, false); err != nil || !strings.Contains(text, `"a2" -> "a3" [label="gained 201.000000 USDT"];`) || !strings.Contains(text, `customer \"0\"`) {
		t.Errorf("%v: %s", err, text)
	}
	if text, err := run(traceCmd{Key: 1, SVG: true}, false); err != nil || !strings.Contains(text, "gained 201.000000 USDT</text>") {
		t.Errorf("%v: %s", err, text)
	}
	if text, err := run(traceCmd{Key: 1, Since: "2026-03-02"}, false); err != nil || !strings.HasPrefix(text, "Nobody gained") {
		t.Errorf("later: %v: %s", err, text)
	}
	if text, err := run(traceCmd{Key: 2}, false); err != nil || !strings.HasPrefix(text, "Nobody gained") {
		t.Errorf("of the other key: %v: %s", err, text)
	}
	for _, c := range []traceCmd{{}, {Key: 1, Account: 2}, {Key: 1, Since: "yesterday"}, {Key: 1, Depth: 13}, {Incident: 7}} {
		if _, err := run(c, false); err == nil {
			t.Errorf("%+v is not refused", c)
		}
	}
}
