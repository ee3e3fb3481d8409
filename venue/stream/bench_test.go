package stream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

// records are those of a busy market, made by the core alone, after so many that set the scene.
func records(b *testing.B, n int) (list [][]byte, scene int) {
	const accounts = 100
	s, now := core.New(), start
	step := func(p instruction.Principal, in instruction.Instruction) {
		now += 10
		rec, err := s.Step(now, &p, in, nil)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, rec)
	}
	operator := instruction.Principal{Giver: instruction.ByOperator}
	step(operator, &instruction.AddAsset{Symbol: "BTC", Scale: 8})
	step(operator, &instruction.AddAsset{Symbol: "USDT", Scale: 6})
	step(operator, &instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 1e4, MinPrice: 1e5, MaxPrice: 1e13, Lot: 1e3, MaxQty: 1e12, MakerFee: 1000, TakerFee: 1000}})
	for i := range accounts {
		a := instruction.Account(i + 2)
		step(operator, &instruction.OpenAccount{})
		step(operator, &instruction.Credit{Account: a, Asset: 1, Amount: 1e15})
		step(operator, &instruction.Credit{Account: a, Asset: 2, Amount: 1e16})
		step(operator, &instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i), 1}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayTrade}})
	}
	scene = len(list)
	r := rand.New(rand.NewPCG(1, 1))
	h := house{}
	for range n {
		p := instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(1 + r.IntN(accounts))}
		if r.IntN(3) == 0 && s.LastOrder() > 0 {
			step(p, &instruction.CancelAll{Market: 1})
			continue
		}
		side := instruction.Side(1 + r.IntN(2))
		away := int64(r.IntN(60) - 10)
		if side == instruction.Buy {
			away = -away
		}
		step(p, h.limit(side, 10_000+away, 1+int64(r.IntN(200))))
	}
	return list, scene
}

// BenchmarkFold is what one record costs the follower: without a Hub, with one that nobody listens to, and with listeners
// to everything. What the Hub's own goroutine does with it is not in it, but for the taking.
func BenchmarkFold(b *testing.B) {
	list, scene := records(b, 100_000)
	for _, x := range []struct {
		name  string
		watch func(*feed)
	}{
		{"without", nil},
		{"nobody", func(*feed) {}},
		{"depth", func(f *feed) { f.markets[1].wantDepth = 1 }},
		{"trades+quotes", func(f *feed) { f.markets[1].wantTrades, f.markets[1].wantQuotes = 1, 1 }},
		{"one of 100 accounts", func(f *feed) { f.watched[7] = &watch{account: 7} }},
	} {
		b.Run(x.name, func(b *testing.B) {
			for done := 0; done < b.N; {
				done += fold(b, list, scene, b.N-done, x.watch)
			}
		})
	}
}

// fold folds at most n records after the scene.
func fold(b *testing.B, list [][]byte, scene, n int, watch func(*feed)) int {
	b.StopTimer()
	s, f := core.New(), newFeed()
	var o core.Observer
	if watch != nil {
		o = f
	}
	n = min(n, len(list)-scene)
	var rec instruction.Record
	for i, text := range list[:scene+n] {
		if i == scene {
			if watch != nil {
				watch(f)
			}
			b.StartTimer()
		}
		if err := rec.Decode(uint64(i+1), text); err != nil {
			b.Fatal(err)
		}
		if err := s.Fold(&rec, o); err != nil {
			b.Fatal(err)
		}
		if watch != nil {
			f.Folded(s, &rec)
		}
		if i%100 == 0 {
			f.collect()
		}
	}
	return n
}

// BenchmarkEvent is what one event costs, once for all who hear it.
func BenchmarkEvent(b *testing.B) {
	m := &market{symbol: "BTCUSDT", baseScale: 8, quoteScale: 6}
	t := &archive.Trade{Taker: 1}
	t.ID, t.Price, t.Qty, t.Time = 123456, 10_000e6, money.Amount(1e7), start
	e := m.tradeEvent(new(topic), t)
	for b.Loop() {
		_ = frames([]binance.Appender{e}, func(e binance.Appender) []byte { return e.AppendJSON(make([]byte, 0, usual)) })
	}
}

// BenchmarkFanOut is what one event costs to deliver to one reader, over real sockets, with readers in the same process.
func BenchmarkFanOut(b *testing.B) {
	for _, readers := range []int{1, 100} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			h := newHouse(b, 2)
			got := make(chan int, readers)
			for range readers {
				c := h.dial("/ws/btcusdt@trade")
				go func() {
					for n := 0; ; {
						kind, _, err := c.Read(context.Background())
						if err != nil || kind != websocket.MessageText {
							return
						}
						if n++; n%200 == 0 {
							got <- n
						}
					}
				}()
			}
			h.listening(readers)
			n := 0
			for b.Loop() {
				b.StopTimer()
				for range 200 {
					p := h.limit(instruction.Sell, 100, 1)
					h.give(1, p)
				}
				b.StartTimer()
				h.give(2, h.limit(instruction.Buy, 100, 200))
				for range readers {
					<-got
				}
				n += 200 * readers
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/delivery")
		})
	}
}
