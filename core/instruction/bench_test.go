package instruction

import (
	"net/netip"
	"testing"
)

// benchRecord is what a matched limit order leaves in the journal: it was placed, filled once and closed.
type benchRecord struct {
	time      Time
	principal Principal
	place     PlaceOrder
	verdict   Verdict
	placed    OrderPlaced
	filled    Filled
	closed    OrderClosed
}

func newBenchRecord() *benchRecord {
	place := PlaceOrder{
		Market: 3, Side: Buy, Type: Limit, TIF: GTC,
		Price: 6_183_763_000_000, Qty: 12_345_000, ClientID: clientID("grid-7e9ab1b9d0c4e4a54b6ff2a09cd1"),
	}
	return &benchRecord{
		time: 1_700_000_000_123_456,
		principal: Principal{
			Giver: ByCredential, Credential: 77_001, Addr: netip.MustParseAddr("203.0.113.77"),
			Client: 0x1122334455667788, Request: Digest{1, 2, 3}, Sent: 1_700_000_000_000_000, Window: 5 * Second,
		},
		place:   place,
		verdict: Say(Allow, WithinMandate, 0),
		placed:  OrderPlaced{Order: 990_001, Account: 4711, Credential: 77_001, Place: place, Held: 763_427_468_264},
		filled: Filled{
			Market: 3, Trade: 5000, TakerSide: Buy, Taker: 990_001, Maker: 989_000, TakerAccount: 4711, MakerAccount: 12,
			Price: 6_183_763_000_000, Qty: 12_345_000, Quote: 763_385_542_350, TakerFee: 12_345, MakerFee: 763_385_542,
		},
		closed: OrderClosed{Market: 3, Order: 990_001, Account: 4711, Cause: ByFill, Released: 41_925_914},
	}
}

func (b *benchRecord) write(c *Codec) {
	AppendHead(c, b.time, &b.principal, &b.place)
	b.verdict.Fields(c)
	AppendEvent(c, &b.placed)
	AppendEvent(c, &b.filled)
	AppendEvent(c, &b.closed)
}

func BenchmarkEncode(b *testing.B) {
	rec := newBenchRecord()
	c := new(Codec)
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		*c = Writer(buf)
		rec.write(c)
	}
	if c.Err() != nil {
		b.Fatal(c.Err())
	}
	b.SetBytes(int64(len(c.Bytes())))
}

func BenchmarkDecode(b *testing.B) {
	c := Writer(nil)
	newBenchRecord().write(&c)
	var rec Record
	var ev Events
	b.SetBytes(int64(len(c.Bytes())))
	b.ReportAllocs()
	for b.Loop() {
		if err := rec.Decode(1, c.Bytes()); err != nil {
			b.Fatal(err)
		}
		rec.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
		}
		if ev.Err() != nil {
			b.Fatal(ev.Err())
		}
	}
}

// TestNoAllocations: orders are written, and read back to their events, without garbage.
func TestNoAllocations(t *testing.T) {
	rec, c, buf := newBenchRecord(), new(Codec), make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		*c = Writer(buf)
		rec.write(c)
	}); n != 0 || c.Err() != nil {
		t.Errorf("writing: %v allocations, %v", n, c.Err())
	}
	var back Record
	var ev Events
	events := 0
	if n := testing.AllocsPerRun(100, func() {
		if back.Decode(1, c.Bytes()) != nil {
			return
		}
		for back.Events(&ev); ev.Next() != nil; {
			events++
		}
	}); n != 0 || events != 101*3 || ev.Err() != nil {
		t.Errorf("reading: %v allocations, %d events, %v", n, events, ev.Err())
	}
}
