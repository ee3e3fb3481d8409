package binance

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	many := strings.Repeat("&", 70)
	for i := range MaxParams + 1 {
		many += fmt.Sprintf("p%d=1&", i)
	}
	for _, c := range []struct {
		query, body string
		code        int
		says        string
	}{
		{"a=1&a=2", "", -1101, "'a'"},
		{"a=1", "a=1", -1101, "'a'"},
		{"", "address=x&addressTag=x&amount=9999&amount=1", -1101, "'amount'"},
		{"signature=a", "signature=b", -1101, "'signature'"},
		{many, "", -1101, "64"},
		{"a=" + strings.Repeat("x", MaxParamsBytes), "", -1101, "32768"},
		{"a=%", "", -1100, "'a'"},
		{"a=%4", "", -1100, "'a'"},
		{"a=%zz", "", -1100, "'a'"},
		{"a=%4g", "", -1100, "'a'"},
		{"signature=%4g", "", -1100, "'signature'"},
		{"a=%ff", "", -1100, "UTF-8"},
		{"a=\xff", "", -1100, "UTF-8"},
		{"a=%00", "", -1100, "control"},
		{"a=x%0ab", "", -1100, "control"},
		{"a=\x7f", "", -1100, "control"},
		{"%61=1", "", -1100, "name"},
		{"a b=1", "", -1100, "name"},
		{"=1", "", -1100, "name"},
		{"a=1&b", "", -1100, "name=value"},
		{"quantity=1", "0&price=5", -1100, "name=value"},
		{strings.Repeat("n", 65) + "=1", "", -1100, "name"},
	} {
		_, err := Parse(c.query, c.body)
		if err == nil || err.Code != c.code || !strings.Contains(err.Msg, c.says) || err.Status != 400 {
			t.Errorf("Parse(%.60q, %.60q): %v, want %d with %q", c.query, c.body, err, c.code, c.says)
		}
	}
}

func TestParseReads(t *testing.T) {
	p := mustParse(t, "&a=1&&b=x%20y+z%2B&c=&", "d=%E2%82%AC&e==&signature=s")
	for name, want := range map[string]string{"a": "1", "b": "x y z+", "d": "€", "e": "="} {
		if got, err := p.Str(name); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := p.Str("c"); err == nil || err.Code != -1102 {
		t.Errorf("a mandatory empty one: %v", err)
	}
	if _, err := p.OptStr("c", ""); err == nil || err.Code != -1105 {
		t.Errorf("an optional empty one: %v", err)
	}
	if got, err := p.OptStr("none", "else"); err != nil || got != "else" {
		t.Errorf("an absent one: %q, %v", got, err)
	}
	if p.Len() != 6 || !p.Has("signature") || p.Has("f") {
		t.Errorf("%d parameters", p.Len())
	}
	if err := p.Unread(); err != nil {
		t.Errorf("all were read: %v", err)
	}
}

func TestUnread(t *testing.T) {
	p := mustParse(t, "symbol=X&foo=1&side=BUY&bar=2&signature=s&timestamp=1&recvWindow=2", "")
	if _, err := p.Str("symbol"); err != nil {
		t.Fatal(err)
	}
	if !p.Has("side") {
		t.Fatal("no side")
	}
	err := p.Unread()
	const want = "Not all sent parameters were read; read '4' parameter(s) but was sent '7'. Not known here: 'foo', 'side', 'bar'."
	if err == nil || err.Code != -1104 || err.Msg != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := p.Forbid("foo"); err == nil || err.Code != -1106 || !strings.Contains(err.Msg, "'foo'") {
		t.Errorf("Forbid: %v", err)
	}
	if err := p.Forbid("baz"); err != nil {
		t.Errorf("Forbid of what was not sent: %v", err)
	}
}

func TestUnreadOfTheLast(t *testing.T) {
	var query []byte
	for i := range MaxParams {
		query = AppendParam(query, fmt.Sprintf("p%d", i), "1")
	}
	p := mustParse(t, string(query), "")
	for i := range MaxParams - 1 {
		if _, err := p.Str(fmt.Sprintf("p%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Unread(); err == nil || !strings.Contains(err.Msg, "'p63'") {
		t.Errorf("the 64th: %v", err)
	}
}

func TestTypedAccessors(t *testing.T) {
	code := func(err *Error) int {
		if err == nil {
			return 0
		}
		return err.Code
	}
	one := func(value string) Params { return mustParse(t, string(AppendParam(nil, "x", value)), "") }
	for value, want := range map[string]int{"0": 0, "007": 0, "9223372036854775807": 0,
		"9223372036854775808": -1108, "123456789012345678901": -1100, "-1": -1100, "+1": -1100, "1.0": -1100, "1e3": -1100, "": -1102, "１": -1100} {
		p := one(value)
		if _, err := p.Int64("x"); code(err) != want {
			t.Errorf("Int64 of %q: %v, want %d", value, err, want)
		}
	}
	for value, want := range map[string]int{"0": 0, "1.5": 0, "00.10": 0, "0.000000000000000001": 0, "9.2233720368547758070": 0,
		"12345678901234567890": -1108, "18446744073709551617": -1108, "0.0000000000000000001": -1111, "1.": -1100, ".5": -1100, "1.2.3": -1100,
		"-1": -1100, "+1": -1100, "1e3": -1100, "1,5": -1100, "": -1102, "NaN": -1100, " 1": -1100,
		"123456789012345678901": -1100, "0.123456789012345678901": -1100} {
		p := one(value)
		if _, err := p.Decimal("x"); code(err) != want {
			t.Errorf("Decimal of %q: %v, want %d", value, err, want)
		}
	}
	for value, want := range map[string]int{"true": 0, "false": 0, "TRUE": -1130, "1": -1130, "": -1105} {
		p := one(value)
		if v, err := p.OptBool("x", false); code(err) != want || v != (value == "true") {
			t.Errorf("Bool of %q: %v, %v, want %d", value, v, err, want)
		}
	}
	for value, want := range map[string]int{"abc-1_2.3:4/5": 0, strings.Repeat("a", 36): 0, strings.Repeat("a", 37): -1100, "a b": -1100, "é": -1100} {
		p := one(value)
		if _, err := p.OptOrderID("x"); code(err) != want {
			t.Errorf("order id %q: %v, want %d", value, err, want)
		}
	}
}

func TestEnums(t *testing.T) {
	for _, c := range []struct {
		query string
		read  func(p *Params) *Error
		code  int
	}{
		{"side=BUY", func(p *Params) *Error { _, err := p.Side(); return err }, 0},
		{"side=buy", func(p *Params) *Error { _, err := p.Side(); return err }, -1117},
		{"", func(p *Params) *Error { _, err := p.Side(); return err }, -1102},
		{"type=LIMIT_MAKER", func(p *Params) *Error { _, err := p.OrderType("type"); return err }, 0},
		{"type=OCO", func(p *Params) *Error { _, err := p.OrderType("type"); return err }, -1116},
		{"timeInForce=FOK", func(p *Params) *Error { _, err := p.TimeInForce("timeInForce"); return err }, 0},
		{"timeInForce=GTX", func(p *Params) *Error { _, err := p.TimeInForce("timeInForce"); return err }, -1115},
		{"newOrderRespType=SHORT", func(p *Params) *Error { _, err := p.OptRespType(Full); return err }, -1130},
		{"selfTradePreventionMode=TRANSFER", func(p *Params) *Error { _, err := p.OptSTPMode(); return err }, -1130},
		{"type=SMALL", func(p *Params) *Error { _, err := p.OptTickerType(); return err }, -1139},
		{"symbolStatus=CLOSED", func(p *Params) *Error { _, err := p.OptSymbolStatus(); return err }, -1122},
		{"cancelRestrictions=NEW", func(p *Params) *Error { _, err := p.OptCancelRestriction(); return err }, -1145},
		{"interval=1M", func(p *Params) *Error { _, err := p.Interval(); return err }, 0},
		{"interval=2m", func(p *Params) *Error { _, err := p.Interval(); return err }, -1120},
		{"symbol=BTCUSDT", func(p *Params) *Error { _, err := p.Symbol(); return err }, 0},
		{"symbol=btcusdt", func(p *Params) *Error { _, err := p.Symbol(); return err }, -1100},
		{"symbol=A&symbols=B", func(p *Params) *Error { _, _, err := p.OptSymbols(); return err }, -1128},
		{`symbols=["A","B"]`, func(p *Params) *Error { _, _, err := p.OptSymbols(); return err }, 0},
		{`symbols=["A","A"]`, func(p *Params) *Error { _, _, err := p.OptSymbols(); return err }, -1151},
		{`symbols=["a"]`, func(p *Params) *Error { _, _, err := p.OptSymbols(); return err }, -1100},
		{`symbols=[]`, func(p *Params) *Error { _, _, err := p.OptSymbols(); return err }, -1135},
		{`symbols=A,B`, func(p *Params) *Error { _, _, err := p.OptSymbols(); return err }, -1135},
		{"timeZone=-12:00", func(p *Params) *Error { _, err := p.OptTimeZone(); return err }, 0},
		{"timeZone=14:01", func(p *Params) *Error { _, err := p.OptTimeZone(); return err }, -1130},
	} {
		p := mustParse(t, c.query, "")
		err := c.read(&p)
		if c.code == 0 && err != nil || c.code != 0 && (err == nil || err.Code != c.code) {
			t.Errorf("%s: %v, want %d", c.query, err, c.code)
		}
	}
}

func TestParseJSONRefuses(t *testing.T) {
	for raw, code := range map[string]int{
		`{"a":1,"a":2}`:    -1101,
		`{"a":"1&b=2"}`:    -1100,
		`{"a":"x\ny"}`:     -1100,
		`{"a":null}`:       -1105,
		`{"a b":1}`:        -1100,
		`[1]`:              -1135,
		`{"a":1`:           -1135,
		`{"a":1}{}`:        -1135,
		`{"a":01}`:         -1135,
		"{\"a\":\"\xff\"}": -1135,
		`{"a":` + strings.Repeat("[", 20000) + `}`:            -1135,
		`{"a":"` + strings.Repeat("x", MaxParamsBytes) + `"}`: -1101,
	} {
		if _, err := ParseJSON([]byte(raw)); err == nil || err.Code != code {
			t.Errorf("%.60s: %v, want %d", raw, err, code)
		}
	}
	for _, raw := range []string{"", "null", "{}"} {
		if p, err := ParseJSON([]byte(raw)); err != nil || p.Len() != 0 {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestDecimalAt(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale uint8
		units int64
		code  int
	}{
		{"1.5", 8, 150000000, 0}, {"1.50", 1, 15, 0}, {"1.55", 1, 0, -1111}, {"0", 0, 0, 0},
		{"92233720368.54775807", 8, 9223372036854775807, 0}, {"92233720368.54775808", 8, 0, -1108},
		{"100000000000", 8, 0, -1108}, {"1000", 0, 1000, 0},
	} {
		p := mustParse(t, "q="+c.text, "")
		d, err := p.Decimal("q")
		var units int64
		if err == nil {
			units, err = d.At("q", c.scale)
		}
		if c.code == 0 && (err != nil || units != c.units) || c.code != 0 && (err == nil || err.Code != c.code) {
			t.Errorf("%s at %d: %d, %v, want %d, %d", c.text, c.scale, units, err, c.units, c.code)
		}
	}
}

func TestDecimalText(t *testing.T) {
	for _, c := range []struct {
		d    Decimal
		text string
	}{
		{Decimal{}, "0"}, {Decimal{0, 8}, "0.00000000"}, {Decimal{150, 8}, "0.00000150"}, {Decimal{-150, 2}, "-1.50"},
		{Decimal{-5, 2}, "-0.05"}, {Decimal{12345, 0}, "12345"}, {Decimal{100, 2}, "1.00"},
		{Decimal{-9223372036854775808, 18}, "-9.223372036854775808"}, {Decimal{9223372036854775807, 0}, "9223372036854775807"},
	} {
		if got := c.d.String(); got != c.text {
			t.Errorf("%#v: %q, want %q", c.d, got, c.text)
		}
		if got, err := ParseDecimal(c.text); err != nil || got != c.d {
			t.Errorf("%q: %#v, %v, want %#v", c.text, got, err, c.d)
		}
	}
	// More than 64 bits hold with its zeros, and not without them.
	if d, err := ParseDecimal("123456789012345.00000000"); err != nil || d.String() != "123456789012345.0000" {
		t.Errorf("%v, %v", d, err)
	}
	for _, bad := range []string{"", "-", "1.", ".1", "--1", "1e5", "9223372036854775808", "1.0000000000000000001", "+1",
		// These wrap around 64 bits to a small number.
		"18446744073709551617", "55340232221128654849", "1844674407370955.1617"} {
		if d, err := ParseDecimal(bad); err == nil {
			t.Errorf("%q was read as %v", bad, d)
		}
	}
}
