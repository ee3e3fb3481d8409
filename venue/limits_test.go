package venue

import (
	"fmt"
	"net/netip"
	"strconv"
	"testing"

	"portcullis/core/instruction"
)

func TestWeight(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits = Limits{WeightMinute: 100} })
	h.clock.Set(start + minute) // what furnishing used is another minute's
	for i := 1; i <= 5; i++ {
		a := h.get("/api/v3/exchangeInfo")
		if a.status != 200 || a.header.Get("X-MBX-USED-WEIGHT-1M") != strconv.Itoa(20*i) || a.header.Get("X-MBX-USED-WEIGHT") != strconv.Itoa(20*i) {
			t.Fatalf("%d: %d %v", i, a.status, a.header)
		}
	}
	h.clock.Add(20 * instruction.Second)
	for range patience {
		a := h.get("/api/v3/ping")
		if a.status != 429 || a.code() != -1003 || a.header.Get("Retry-After") != "40" {
			t.Fatalf("%d %v %s", a.status, a.header, a.body)
		}
	}
	for range 3 {
		a := h.get("/api/v3/ping")
		if a.status != 418 || a.code() != -1003 || a.header.Get("Retry-After") != "120" {
			t.Fatalf("%d %v %s", a.status, a.header, a.body)
		}
	}
	h.clock.Add(2*minute - 1)
	if a := h.get("/api/v3/ping"); a.status != 418 || a.header.Get("Retry-After") != "1" {
		t.Errorf("before the end: %d %v", a.status, a.header)
	}
	h.clock.Add(1)
	if a := h.get("/api/v3/ping"); a.status != 200 || a.header.Get("X-MBX-USED-WEIGHT-1M") != "1" {
		t.Errorf("after the end: %d %v", a.status, a.header)
	}
}

// TestBansGrow: each ban is twice as long as the one before, up to three days, and good behaviour is remembered too.
func TestBansGrow(t *testing.T) {
	l := newLimits(Limits{WeightMinute: 10})
	a := netip.MustParseAddr("192.0.2.1")
	now := start
	offend := func() int64 {
		for range patience + 2 {
			if _, err := l.weigh(now, a, 10); err != nil && err.Status == 418 {
				return err.RetryAfter
			}
		}
		t.Fatal("never banned")
		return 0
	}
	for _, want := range []int64{120, 240, 480, 960} {
		if got := offend(); got != want {
			t.Errorf("banned for %d s, want %d", got, want)
		}
		now += instruction.Time(want) * instruction.Second
	}
	for range 10 {
		now += instruction.Time(offend()) * instruction.Second
	}
	if got := offend(); got != int64(longBan/instruction.Second) {
		t.Errorf("banned for %d s at most", got)
	}
	now += 2 * longBan
	if got := offend(); got != 120 {
		t.Errorf("after long good behaviour banned for %d s", got)
	}
}

func TestSubscribers(t *testing.T) {
	l := newLimits(Limits{WeightMinute: 10})
	now := start
	weigh := func(text string) bool {
		_, err := l.weigh(now, netip.MustParseAddr(text), 10)
		return err == nil
	}
	if !weigh("192.0.2.1") || !weigh("192.0.2.2") || weigh("192.0.2.1") {
		t.Error("IPv4 addresses should be counted one by one")
	}
	if !weigh("2001:db8::1") || weigh("2001:db8::2") || !weigh("2001:db8:0:1::1") {
		t.Error("IPv6 addresses should be counted by their /64")
	}
	for i := 2; i <= networkPart+1; i++ {
		if got, want := weigh(fmt.Sprintf("2001:db8:0:%x::1", i)), i < networkPart; got != want {
			t.Errorf("address %d of an IPv6 /48 passes: %t", i+1, got)
		}
	}
	if !weigh("2001:db8:1::1") {
		t.Error("another /48 should not suffer")
	}
	now += minute
	if !weigh("2001:db8:0:ff::1") {
		t.Error("a new minute should begin anew")
	}
}

// TestAddressesAreBounded: strangers with many addresses cannot fill the memory, nor shut others out.
func TestAddressesAreBounded(t *testing.T) {
	l := newLimits(Limits{})
	var b [4]byte
	for i := range maxAddresses + 1000 {
		b = [4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}
		if _, err := l.weigh(start, netip.AddrFrom4(b), 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.addresses); n > maxAddresses {
		t.Errorf("%d addresses are kept", n)
	}
	l.weigh(start+10*minute, netip.MustParseAddr("192.0.2.1"), 1)
	if n := len(l.addresses); n != 1 {
		t.Errorf("%d addresses are kept of which nothing is to be known", n)
	}
}

func TestOrderLimits(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits = Limits{OrdersTen: 3, OrdersDay: 5} })
	place := func(k *testKey) answer { return h.do(k, "POST", orderPath, limitOrder("BUY", "0.1", "10000")...) }
	counts := func(a answer) string {
		return a.header.Get("X-MBX-ORDER-COUNT-10S") + " " + a.header.Get("X-MBX-ORDER-COUNT-1D")
	}
	for i := 1; i <= 3; i++ {
		if a := place(h.ed); a.status != 200 || counts(a) != fmt.Sprintf("%d %d", i, i) {
			t.Fatalf("%d: %d %q %s", i, a.status, counts(a), a.body)
		}
	}
	if a := place(h.hmac); a.status != 429 || a.code() != -1015 || a.header.Get("Retry-After") != "10" || counts(a) != "3 3" {
		t.Errorf("another key of the account: %d %v %s", a.status, a.header, a.body)
	}
	if a := place(h.bobs); a.status != 200 || counts(a) != "1 1" {
		t.Errorf("another account: %d %s", a.status, a.body)
	}
	if a := h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"); a.status != 200 || counts(a) != " " {
		t.Errorf("a cancel is no order: %d %q", a.status, counts(a))
	}
	h.clock.Add(10 * instruction.Second)
	place(h.ed)
	place(h.ed)
	if a := place(h.ed); a.status != 429 || a.code() != -1015 {
		t.Errorf("the day's: %d %s", a.status, a.body)
	}
	var list []struct {
		Interval string
		Count    int
	}
	h.do(h.ed, "GET", "/api/v3/rateLimit/order").into(t, &list)
	if len(list) != 2 || list[0].Count != 2 || list[1].Count != 5 {
		t.Errorf("%+v", list)
	}
	h.clock.Add(instruction.Day)
	if a := place(h.ed); a.status != 200 || counts(a) != "1 1" {
		t.Errorf("the next day: %d %q", a.status, counts(a))
	}
}

// unfilled are the account's counts as a query tells them.
func (h *house) unfilled(k *testKey) string {
	h.t.Helper()
	var list []struct{ Count int }
	h.do(k, "GET", "/api/v3/rateLimit/order").into(h.t, &list)
	return fmt.Sprint(list[0].Count, " ", list[1].Count)
}

// TestFillsGiveBack: an order's first fill takes one off the count for who takes and five for who made, and never more
// than there is; a second fill, a cancel and an expiry take off nothing.
func TestFillsGiveBack(t *testing.T) {
	h := newHouse(t)
	place := func(k *testKey, params ...string) { h.order(k, params...) }
	want := func(when, alice, bob string) {
		t.Helper()
		if a, b := h.unfilled(h.ed), h.unfilled(h.bobs); a != alice || b != bob {
			t.Errorf("%s: %q and %q count, want %q and %q", when, a, b, alice, bob)
		}
	}
	for range 7 {
		place(h.ed, limitOrder("BUY", "0.1", "10000")...)
	}
	want("seven orders wait", "7 7", "0 0")
	place(h.bobs, limitOrder("SELL", "0.05", "10000")...)
	want("the first is filled in part", "2 2", "0 0")
	place(h.bobs, limitOrder("SELL", "0.05", "10000")...)
	want("and then whole", "2 2", "0 0")
	h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
	place(h.bobs, "symbol=BTCUSDT", "side=SELL", "type=LIMIT", "timeInForce=IOC", "quantity=0.1", "price=10000")
	want("cancels and expiry give nothing", "2 2", "1 1")
	place(h.ed, limitOrder("BUY", "0.1", "10000")...)
	h.clock.Add(tenSeconds)
	want("ten seconds later", "0 3", "0 1")
	place(h.bobs, limitOrder("SELL", "0.1", "10000")...)
	want("an older order is filled", "0 0", "0 1")
}
