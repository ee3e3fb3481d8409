package archive

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/journal"
)

// busy writes a journal of n orders by many accounts over ten minutes of trading, without the engine's waits.
func busy(b *testing.B, dir string, n int) {
	b.Helper()
	log, err := journal.Open(dir, journal.Options{FS: quick{journal.Disk}})
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	s, r, now := core.New(), rand.New(rand.NewPCG(1, 1)), start
	var batch journal.Batch
	batch.Reset(1)
	step := func(p instruction.Principal, in instruction.Instruction) {
		record, err := s.Step(now, &p, in, batch.Open())
		if err != nil {
			b.Fatal(err)
		}
		batch.Close(record)
		if batch.Size() > 256<<10 {
			if err := log.Append(&batch); err != nil {
				b.Fatal(err)
			}
			batch.Reset(log.Last() + 1)
		}
	}
	operator := instruction.Principal{Giver: instruction.ByOperator}
	step(operator, &instruction.AddAsset{Symbol: "BTC", Scale: 8})
	step(operator, &instruction.AddAsset{Symbol: "USDT", Scale: 8})
	step(operator, &instruction.AddMarket{Base: 1, Quote: 2, Terms: terms})
	const accounts = 1000
	for i := range uint16(accounts) {
		step(operator, &instruction.OpenAccount{})
		a := s.Accounts()
		step(operator, &instruction.CreateKey{
			Account: a, ID: instruction.KeyID{byte(i), byte(i >> 8), 1}, Scheme: instruction.Ed25519,
			Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTrade},
		})
		step(operator, &instruction.Credit{Account: a, Asset: 1, Amount: 1e14})
		step(operator, &instruction.Credit{Account: a, Asset: 2, Amount: 1e14})
	}
	for i := range n {
		now = start + instruction.Time(i)*(600*instruction.Second)/instruction.Time(n)
		id, err := instruction.ClientIDOf(fmt.Sprintf("web_%016x", r.Uint64()))
		if err != nil {
			b.Fatal(err)
		}
		step(instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(r.IntN(accounts) + 1)},
			&instruction.PlaceOrder{
				Market: 1, Side: pick(r, instruction.Buy, instruction.Sell), Type: instruction.Limit, TIF: instruction.GTC,
				Price: money.Price(r.IntN(20)+90) * 1e6, Qty: money.Amount(r.IntN(1000)+1) * 1e6, ClientID: id,
			})
	}
	if err := log.Append(&batch); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFollow fills an archive from a journal of 200,000 orders. A row is what a table gains; the changes of orders
// that were placed in an earlier transaction come on top and are not counted.
func BenchmarkFollow(b *testing.B) {
	dir := b.TempDir()
	busy(b, dir, 200_000)
	v := at(b, dir, 0)
	rows, records := 0, uint64(0)
	for b.Loop() {
		a := filled(b, filepath.Join(b.TempDir(), "history.sqlite"), v)
		records += a.Applied()
		b.StopTimer()
		var n int
		if err := a.file.read.QueryRow("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM trades)" +
			" + (SELECT count(*) FROM fills) + (SELECT count(*) FROM candles) + (SELECT count(*) FROM transfers)").Scan(&n); err != nil {
			b.Fatal(err)
		}
		rows += n
		b.StartTimer()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkAsk measures what clients ask most, on the history of BenchmarkFollow.
func BenchmarkAsk(b *testing.B) {
	dir := b.TempDir()
	busy(b, dir, 200_000)
	a := filled(b, filepath.Join(b.TempDir(), "history.sqlite"), at(b, dir, 0))
	ctx := b.Context()
	mine, err := a.Orders(ctx, 2, 1, Range{Limit: 1})
	if err != nil || len(mine) != 1 {
		b.Fatalf("%d orders, %v", len(mine), err)
	}
	for _, q := range []struct {
		name string
		ask  func() error
	}{
		{"order", func() error { _, err := a.Order(ctx, 2, 1, mine[0].ID, ""); return err }},
		{"client", func() error { _, err := a.Order(ctx, 2, 1, 0, mine[0].ClientID.String()); return err }},
		{"orders", func() error { _, err := a.Orders(ctx, 2, 1, Range{Limit: 100}); return err }},
		{"fills", func() error { _, err := a.Fills(ctx, 2, 1, 0, Range{Limit: 100}); return err }},
		{"trades", func() error { _, err := a.Trades(ctx, 1, Range{Limit: 100}); return err }},
		{"since", func() error { _, err := a.Trades(ctx, 1, Range{Start: start + 300e6, Limit: 100}); return err }},
		{"candles", func() error { _, err := a.Candles(ctx, 1, Minute, Range{}); return err }},
		{"summary", func() error { _, err := a.Summary(ctx, 1, start+30e6); return err }},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if err := q.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
