package instruction

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	at := time.Date(2018, 1, 6, 23, 59, 58, 123_456_789, time.FixedZone("", 3600))
	got := TimeOf(at)
	if got != 1515279598123456 || got.Milli() != 1515279598123 || !got.Std().Equal(at.Truncate(time.Microsecond)) {
		t.Errorf("%d, %d, %s", got, got.Milli(), got.Std())
	}
	if Second != 1_000_000 || Day != 24*3600*Second {
		t.Errorf("a second is %d, a day %d", Second, Day)
	}
}

// TestPrinted: journals are printed by field names and texts, not by numbers.
func TestPrinted(t *testing.T) {
	b, err := json.Marshal(map[string]any{
		"time": Time(1515279598000001), "never": Time(0), "id": clientID("a-1"), "key": KeyID{0xab, 15: 1}, "digest": Digest{0xcd},
		"side": Sell, "type": MarketType, "tif": IOC, "state": Halted, "cause": ByCancel, "scheme": RSA, "decision": Hold,
		"giver": ByOperator, "part": Place, "rights": MayRead | MayWithdraw, "reason": WouldTake,
		"odd": Side(9), "oddReason": Reason(99),
	})
	want := `{"cause":"CANCELED","decision":"HOLD","digest":"cd000000000000000000000000000000","giver":"OPERATOR","id":"a-1",` +
		`"key":"ab000000000000000000000000000001","never":"","odd":"unknown(9)","oddReason":"unknown(99)","part":"PLACE",` +
		`"reason":"would-take","rights":"READ,WITHDRAW","scheme":"RSA","side":"SELL","state":"HALTED","tif":"IOC",` +
		`"time":"2018-01-06T22:59:58.000001Z","type":"MARKET"}`
	if err != nil || string(b) != want {
		t.Errorf("\n got %s, %v\nwant %s", b, err, want)
	}
}

// TestKeyID holds the name of a key against a digest made elsewhere.
func TestKeyID(t *testing.T) {
	if got := KeyIDOf("abc").String(); got != "ba7816bf8f01cfea414140de5dae2223" {
		t.Errorf("the key abc is called %s", got)
	}
	if !(Digest{}).IsZero() || (Digest{15: 1}).IsZero() {
		t.Error("IsZero")
	}
}

// TestParsed: every constant's text reads as the constant, in any case; anything else gets an error that names the
// texts there are.
func TestParsed(t *testing.T) {
	for typ, parse := range map[string]func(string) (uint64, error){
		"Scheme":      func(s string) (uint64, error) { v, err := ParseScheme(s); return uint64(v), err },
		"MarketState": func(s string) (uint64, error) { v, err := ParseMarketState(s); return uint64(v), err },
		"Rights":      func(s string) (uint64, error) { v, err := ParseRights(s); return uint64(v), err },
	} {
		for _, n := range valuesOf(typ) {
			text := texts[typ](n)
			for _, s := range []string{text, strings.ToLower(text)} {
				if got, err := parse(s); err != nil || got != n {
					t.Errorf("%s %q reads as %d, %v; want %d", typ, s, got, err, n)
				}
			}
			for _, bad := range []string{"", " ", text + "X", "unknown(1)"} {
				if got, err := parse(bad); err == nil || got != 0 || !strings.Contains(err.Error(), text) {
					t.Errorf("%s %q reads as %d, %v", typ, bad, got, err)
				}
			}
		}
	}
	if r, err := ParseRights("read, Trade"); r != MayRead|MayTrade || err != nil || r.String() != "READ,TRADE" {
		t.Errorf("%s, %v", r, err)
	}
	if !(MayRead | MayTrade).Has(MayTrade) || MayRead.Has(MayRead|MayTrade) {
		t.Error("Has")
	}
	if Buy.Opposite() != Sell || Sell.Opposite() != Buy {
		t.Error("Opposite")
	}
}

// TestVerdict: reasons keep their order, and the first ones stay.
func TestVerdict(t *testing.T) {
	v := Say(Deny, RightMissing, 1)
	first := v
	for i := range int64(5) {
		v = v.And(NetworkNotListed, i)
	}
	f := v.Findings()
	if len(f) != MaxFindings || v.Reason() != RightMissing || f[3] != (Finding{NetworkNotListed, 2}) {
		t.Errorf("%+v", f)
	}
	if len(first.Findings()) != 1 {
		t.Error("And changed the verdict that it was called on")
	}
}
