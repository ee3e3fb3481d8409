package venue

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// BenchmarkAuthenticate is what finding out who asks costs, by the kind of key.
func BenchmarkAuthenticate(b *testing.B) {
	h := newHouse(b)
	route, _ := binance.FindRoute("POST", orderPath)
	payload := strings.Join(limitOrder("BUY", "0.1", "10000"), "&") + "&" + h.stamp()
	for name, k := range map[string]*testKey{"ed25519": h.ed, "rsa": h.rsa, "hmac": h.hmac} {
		query := signedQuery(k, payload)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				params, err := binance.Parse(query, "")
				if err != nil {
					b.Fatal(err)
				}
				c := call{route: route, params: &params, apiKey: k.text, addr: loopback.Addr()}
				if err := h.venue.authenticate(&c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpenSecret is what it costs to keep no secret in the clear between requests.
func BenchmarkOpenSecret(b *testing.B) {
	h := newHouse(b)
	id := instruction.KeyIDOf(h.hmac.text)
	k, err := h.venue.lookUp(id, &instruction.Principal{}, false)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.kek.Open(k.material, id[:]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefused is a whole request but for the network, which is answered before the engine is asked.
func BenchmarkRefused(b *testing.B) {
	h := fuzzHouse(b)
	query := signedQuery(h.hmac, strings.Join(limitOrder("BUY", "0.1", "10000.0000001"), "&")+"&"+h.stamp())
	b.ReportAllocs()
	for b.Loop() {
		if a := h.raw("POST", orderPath, query, "", h.hmac.text); a.code() != -1111 {
			b.Fatal(a.body)
		}
	}
}
