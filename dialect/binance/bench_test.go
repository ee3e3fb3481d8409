package binance

import "testing"

// What every order costs here: read, payload, answer.
func BenchmarkOrder(b *testing.B) {
	const body = "timestamp=1700000000000&symbol=BTCUSDT&side=BUY&newClientOrderId=x-TKT5PX2F3a&newOrderRespType=FULL&type=LIMIT&quantity=0.001&price=20000&timeInForce=GTC&recvWindow=10000&signature=" + exampleHMAC
	answer := OrderFull{Fills: []Fill{{}}}
	var payload, dst []byte
	b.ReportAllocs()
	for b.Loop() {
		p, err := Parse("", body)
		if err != nil {
			b.Fatal(err)
		}
		payload = p.AppendPayload(payload[:0])
		o, err := p.NewOrder()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Timing(); err != nil || p.Unread() != nil {
			b.Fatal(err)
		}
		answer.Symbol, answer.Price, answer.OrigQty = o.Symbol, o.Price, o.Quantity
		dst = answer.AppendJSON(dst[:0])
	}
}

func BenchmarkDepthUpdate(b *testing.B) {
	e := DepthUpdate{Symbol: "BTCUSDT", EventTime: 1723161255208}
	for i := range int64(20) {
		e.Bids = append(e.Bids, Level{Decimal{6173763000000 - i, 8}, Decimal{154698000, 8}})
		e.Asks = append(e.Asks, Level{Decimal{6183764000000 + i, 8}, Decimal{154698000, 8}})
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = e.AppendJSON(dst[:0])
	}
	b.SetBytes(int64(len(dst)))
}
