// Package bench measures the venue's speed, each figure beside a baseline that is measured in the same run on the same
// machine, in turns: machines differ and are noisy, ratios hold.
//
// It owns nothing that lasts: every measurement works in a temporary directory of its own. It is bounded in count and
// time, and sends nothing anywhere but to this machine's loopback.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/orderstream"
	"portcullis/journal"
)

// Result is one figure beside its baseline. Ratio is Value by BaselineValue.
type Result struct {
	Name          string  `json:"name"`
	Value         float64 `json:"value"`
	Unit          string  `json:"unit"`
	BaselineName  string  `json:"baseline_name"`
	BaselineValue float64 `json:"baseline_value"`
	Ratio         float64 `json:"ratio"`
}

func result(name string, value float64, unit, baseline string, base float64) Result {
	return Result{name, value, unit, baseline, base, value / base}
}

// Report is told each figure as soon as it is measured.
type Report func(Result)

// rounds is how often a measurement and its baseline take turns; the median counts.
const rounds = 3

func median[T cmp.Ordered](x []T) T {
	slices.Sort(x)
	return x[len(x)/2]
}

// Book measures matching with events, and the whole core, on the fixed order stream against the reference book.
func Book(_ context.Context, report Report) error {
	c, err := orderstream.Compare(7)
	if err != nil {
		return err
	}
	const baseline = "reference book: neither events nor accounts"
	report(result("book: one operation of the order stream matched, with events", c.Matching, "ns", baseline, c.Reference))
	report(result("core: one operation of the order stream judged, matched, posted and written down", c.Pipeline, "ns", baseline, c.Reference))
	return nil
}

// house is an engine in a temporary directory with a market and funded accounts.
type house struct {
	*engine.Engine
	dir string
}

func newHouse(accounts int) (*house, error) { return newHouseAt(accounts, clock.Wall()) }

// newHouseAt is newHouse with a clock of its own.
func newHouseAt(accounts int, time clock.Clock) (*house, error) {
	dir, err := os.MkdirTemp("", "portcullis-bench-*")
	if err != nil {
		return nil, err
	}
	h := &house{dir: dir}
	if err = h.openAt(time); err == nil {
		err = h.furnish(accounts)
	}
	if err != nil {
		h.remove()
		return nil, err
	}
	return h, nil
}

func (h *house) open() error { return h.openAt(clock.Wall()) }

func (h *house) openAt(time clock.Clock) error {
	log, err := journal.Open(h.dir, journal.Options{})
	if err != nil {
		return err
	}
	h.Engine, err = engine.Open(engine.Config{Log: log, Clock: time})
	return err
}

func (h *house) remove() {
	if h.Engine != nil {
		h.Close()
	}
	os.RemoveAll(h.dir)
}

// founding defines two assets and a market.
func founding() []instruction.Instruction {
	return []instruction.Instruction{
		&instruction.AddAsset{Symbol: "BTC", Scale: 8}, &instruction.AddAsset{Symbol: "USDT", Scale: 8},
		&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
			Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MakerFee: 1000, TakerFee: 1000}},
	}
}

// furnish defines a market and n funded accounts with credentials 1 to n.
func (h *house) furnish(n int) error {
	list := founding()
	for i := range n {
		a := instruction.Account(i + 2)
		list = append(list, &instruction.OpenAccount{},
			&instruction.Credit{Account: a, Asset: 1, Amount: 1_000_000e8}, &instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000e8},
			&instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i), byte(i >> 8), byte(i >> 16), 1},
				Scheme: instruction.Ed25519, Material: make([]byte, 32),
				Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}})
	}
	for _, in := range list {
		r, err := h.Do(&instruction.Principal{Giver: instruction.ByOperator}, in)
		var ev instruction.Events
		if err == nil && r.Refused(&ev) != 0 {
			err = fmt.Errorf("bench: %T: %v", in, r.Refused(&ev))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// trader gives a steady flow of one account: orders near one price that rest, trade with others, and are cancelled, so
// that the book stays small.
type trader struct {
	p     instruction.Principal
	n     int
	place instruction.PlaceOrder
	all   instruction.CancelAll
	name  string
	text  []byte
}

func newTrader(k int) *trader {
	return &trader{
		p:   instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(k + 1)},
		all: instruction.CancelAll{Market: 1}, name: fmt.Sprintf("bench-%d-", k+1),
	}
}

// next is the trader's next instruction; it is valid until the next call.
func (t *trader) next() instruction.Instruction {
	t.n++
	if t.n%16 == 0 {
		return &t.all
	}
	t.text = strconv.AppendInt(append(t.text[:0], t.name...), int64(t.n), 10)
	id, _ := instruction.ClientIDOf(string(t.text))
	step := int64(t.n*7919+int(t.p.Credential)*104729) % 41
	t.place = instruction.PlaceOrder{
		Market: 1, Side: instruction.Side(1 + (t.n+int(t.p.Credential))%2), Type: instruction.Limit, TIF: instruction.GTC,
		Price: money.Price(10_000e8 + (step-20)*1e6), Qty: money.Amount(1e5 + step*1e3), ClientID: id,
	}
	return &t.place
}

// perSecond is a rate.
func perSecond(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }
