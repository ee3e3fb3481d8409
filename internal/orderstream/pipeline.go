package orderstream

import (
	"fmt"
	"strconv"

	"portcullis/core"
	"portcullis/core/instruction"
)

// Pipeline carries out the stream as instructions to the whole core: each is judged by the gate, held against balances,
// matched, posted with its fees and written down as a record. One goroutine uses it.
type Pipeline struct {
	Totals // of the records that count was asked to read
	state  *core.State
	now    instruction.Time
	record []byte // of the last instruction
	events instruction.Events
	err    error // the first that was met

	principal instruction.Principal
	place     instruction.PlaceOrder
	cancel    instruction.CancelOrder
	text      []byte
}

// NewPipeline has a market, and as many accounts with a key each as the stream wants.
func NewPipeline() *Pipeline {
	p := &Pipeline{state: core.New(), record: make([]byte, 0, 1<<20), now: 1}
	list := []instruction.Instruction{
		&instruction.AddAsset{Symbol: "LOT"}, &instruction.AddAsset{Symbol: "TICK"},
		&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
			Tick: 1, MinPrice: 1, MaxPrice: Base + Band, Lot: 1, MaxQty: 1000, MakerFee: 1000, TakerFee: 1000}},
	}
	for i := range Accounts {
		a := instruction.Account(i + 2)
		list = append(list, &instruction.OpenAccount{},
			&instruction.Credit{Account: a, Asset: 1, Amount: 1e9}, &instruction.Credit{Account: a, Asset: 2, Amount: 1e12},
			&instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i), byte(i >> 8), 1}, Scheme: instruction.Ed25519,
				Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}})
	}
	p.principal.Giver = instruction.ByOperator
	for _, in := range list {
		p.step(in)
	}
	p.principal.Giver = instruction.ByCredential
	return p
}

// Do carries out one operation, with a client order id of its own for each order.
func (p *Pipeline) Do(o *VenueOp) {
	p.principal.Credential = instruction.Credential(o.Account - 1)
	if o.Kind == Cancel {
		p.cancel = instruction.CancelOrder{Market: 1, Order: o.ID}
		p.step(&p.cancel)
		return
	}
	p.text = strconv.AppendUint(append(p.text[:0], "x-stream-"...), uint64(o.ID), 10)
	name, _ := instruction.ClientIDOf(string(p.text))
	p.place = instruction.PlaceOrder{Market: 1, Side: o.Side, Type: instruction.Limit, TIF: instruction.GTC, Price: o.Price, Qty: o.Qty, ClientID: name}
	if o.Kind == Market {
		p.place.Type, p.place.TIF, p.place.Price = instruction.MarketType, instruction.IOC, 0
	}
	p.step(&p.place)
}

func (p *Pipeline) step(in instruction.Instruction) {
	p.now++
	var err error
	if p.record, err = p.state.Step(p.now, &p.principal, in, p.record[:0]); err != nil && p.err == nil {
		p.err = fmt.Errorf("%T: %w", in, err)
	}
}

// count adds what the last record says; it fails on a refusal. Reading it is no part of what is measured.
func (p *Pipeline) count() error {
	var r instruction.Record
	if err := r.Decode(1, p.record); err != nil {
		return err
	}
	r.Events(&p.events)
	for e := p.events.Next(); e != nil; e = p.events.Next() {
		switch e := e.(type) {
		case *instruction.Filled:
			p.Fills++
			p.Volume += int64(e.Qty)
			p.Notional += int64(e.Quote)
		case *instruction.Refused:
			return fmt.Errorf("refused: %v", e.Reason)
		}
	}
	return p.events.Err()
}
