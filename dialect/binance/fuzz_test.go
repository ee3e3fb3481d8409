package binance

import (
	"encoding/json"
	"net/url"
	"os"
	"sort"
	"strings"
	"testing"
)

// seeded adds the seeds, and fails where there are none: a target without them
// explores nothing worth the name.
func seeded[T any](f *testing.F, want int, add func(T), seeds ...T) {
	f.Helper()
	if len(seeds) < want {
		f.Fatalf("%d seeds, want at least %d", len(seeds), want)
	}
	for _, s := range seeds {
		add(s)
	}
	if stray, err := os.ReadDir("testdata/fuzz/" + f.Name()); err == nil && len(stray) > 0 {
		f.Logf("and %d found before", len(stray))
	}
}

// What Parse takes, AppendParam writes so that Parse reads the same; and the
// payload is that of a naive split.
func FuzzParams(f *testing.F) {
	type two [2]string
	seeded(f, 8, func(s two) { f.Add(s[0], s[1]) },
		two{examplePayload, "signature=" + exampleHMAC}, two{widePayload + "&signature=" + wideHMAC, ""},
		two{"", "signature=x&a=1"}, two{"a=1&&b=%20+&", "&signature=a%2Bb"}, two{"a=1&signature=2&c=3", "d"},
		two{"a=%ff", "b=%00"}, two{"a=1", "a=2"}, two{"signature=&x==", "="}, two{"q=1&signature=z&", "0&price=2"})
	f.Fuzz(func(t *testing.T, query, body string) {
		p, err := Parse(query, body)
		if err != nil {
			if err.Code != -1100 && err.Code != -1101 || err.Msg == "" {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if got, want := string(p.AppendPayload(nil)), naivePayload(query)+naivePayload(body); got != want {
			t.Fatalf("payload %q, want %q", got, want)
		}
		var again []byte
		for _, pair := range p.pairs {
			again = AppendParam(again, pair.name, pair.value)
		}
		if len(again) > MaxParamsBytes {
			return // three bytes for one
		}
		back, err := Parse("", string(again))
		if err != nil || len(back.pairs) != len(p.pairs) {
			t.Fatalf("%q was not read back: %v", again, err)
		}
		for i := range p.pairs {
			if p.pairs[i] != back.pairs[i] {
				t.Fatalf("%q became %q", p.pairs[i], back.pairs[i])
			}
		}
		// The standard library, which is laxer, must at least read the same.
		values, stdErr := url.ParseQuery(string(again))
		for _, pair := range p.pairs {
			if stdErr != nil || len(values[pair.name]) != 1 || values.Get(pair.name) != pair.value {
				t.Fatalf("net/url reads %q: %v, %v", again, values, stdErr)
			}
		}
	})
}

func naivePayload(raw string) string {
	var kept []string
	for _, segment := range strings.Split(raw, "&") {
		if !strings.HasPrefix(segment, "signature=") {
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "&")
}

func FuzzParamsJSON(f *testing.F) {
	seeded(f, 6, func(s string) { f.Add(s) },
		`{"symbol":"BTCUSDT","quantity":"0.01","recvWindow":100,"signature":"ab"}`, `{}`, `null`,
		`{"b":"\u0041","a":1.50,"c":true,"d":["X","Y"],"e":{"f":null}}`, `{"a":"1&b=2"}`, `{"a":1,"a":2}`,
		"{\"a\":\"\\ud800\"}", `{"a":1e400}`, `{"":1}`, ` {"a" : -0 } `)
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := ParseJSON([]byte(raw))
		if err != nil {
			return
		}
		var naive map[string]json.RawMessage
		if raw != "" && json.Unmarshal([]byte(raw), &naive) != nil {
			t.Fatalf("%q is no JSON object", raw)
		}
		if len(naive) != p.Len() {
			t.Fatalf("%d parameters of %d", p.Len(), len(naive))
		}
		var names, parts []string
		for name := range naive {
			if name != signatureName {
				names = append(names, name)
			}
		}
		sort.Strings(names)
		for _, name := range names {
			value := string(naive[name])
			_ = json.Unmarshal(naive[name], &value) // leaves what is no string
			parts = append(parts, name+"="+value)
		}
		if got, want := string(p.AppendPayload(nil)), strings.Join(parts, "&"); got != want {
			t.Fatalf("payload %q, want %q", got, want)
		}
	})
}

func FuzzStreamName(f *testing.F) {
	names := make([]string, 0, len(streamNames))
	for name := range streamNames {
		names = append(names, name)
	}
	sort.Strings(names)
	seeded(f, 20, func(s string) { f.Add(s) }, append(names, "btcusdt@depth@1000ms", "btcu\u017fdt@trade", "@", "")...)
	f.Fuzz(func(t *testing.T, name string) {
		s, err := ParseStream(name)
		if err != nil {
			if !json.Valid(err.AppendJSON(nil)) {
				t.Fatalf("the refusal of %q is no JSON", name)
			}
			return
		}
		text := s.String()
		if text != strings.TrimSuffix(name, "@1000ms") {
			t.Fatalf("%q is written %q", name, text)
		}
		if back, err := ParseStream(text); err != nil || back != s {
			t.Fatalf("%q: %+v, then %+v, %v", name, s, back, err)
		}
	})
}

func FuzzStreamRequest(f *testing.F) {
	seeded(f, 5, func(s string) { f.Add(s) },
		`{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@depth"],"id":1}`, `{"method":"LIST_SUBSCRIPTIONS","id":"a-b"}`,
		`{"method":"SET_PROPERTY","params":["combined",true],"id":null}`, `{"method":"GET_PROPERTY","params":["combined"],"id":-1}`,
		`{"method":"UNSUBSCRIBE","params":["x"]}`, `[]`, `{"id":"\u0061"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := ParseStreamRequest([]byte(raw))
		if err != nil {
			if !json.Valid(err.AppendJSON(nil)) {
				t.Fatalf("the refusal of %q is no JSON: %s", raw, err.AppendJSON(nil))
			}
			return
		}
		if reply := AppendStreamList(nil, r.ID, r.Streams); !json.Valid(reply) {
			t.Fatalf("the answer to %q is no JSON: %s", raw, reply)
		}
		if len(r.Streams) == 0 && (r.Method == Subscribe || r.Method == Unsubscribe) {
			t.Fatalf("%q names no stream", raw)
		}
	})
}

func FuzzWSRequest(f *testing.F) {
	seeded(f, 5, func(s string) { f.Add(s) },
		`{"id":"e2a85d9f-07a5","method":"order.place","params":{"symbol":"BTCUSDT","timestamp":1655716096498}}`,
		`{"id":1,"method":"v3/ping"}`, `{"method":"time","id":null,"params":{}}`, `{"id":1.0}`, `{"id":1,"method":"x","params":[]}`, `{"id":01}`)
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := ParseWSRequest([]byte(raw))
		answer := AppendWSError(nil, r.ID, ErrUnknown(), 0, nil)
		if err != nil {
			answer = AppendWSError(nil, r.ID, err, 0, nil)
		}
		if !json.Valid(answer) {
			t.Fatalf("the answer to %q is no JSON: %s", raw, answer)
		}
	})
}

func FuzzDecimal(f *testing.F) {
	seeded(f, 6, func(s string) { f.Add(s) },
		"0", "-1.50", "61837.63000000", "123456789012345.00000000", "9223372036854775807", "-9223372036854775808", "1e5", ".5", "")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		if err != nil {
			return
		}
		back, err := ParseDecimal(d.String())
		if err != nil || back != d {
			t.Fatalf("%q: %#v, then %#v, %v", text, d, back, err)
		}
		// Only leading zeros, the sign of zero and, where it would not fit, trailing
		// zeros may go.
		trim := func(s string) string {
			s = strings.TrimPrefix(s, "-")
			s = strings.TrimLeft(s, "0")
			if strings.Contains(s, ".") {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			return s
		}
		if trim(text) != trim(d.String()) || d.Units != 0 && (d.Units < 0) != strings.HasPrefix(text, "-") {
			t.Fatalf("%q became %s", text, d)
		}
	})
}

// What the venue's answers are read from, as the vault and the bots will: what was read goes out so that it is read the same.
func FuzzAnswer(f *testing.F) {
	seeded(f, 8, func(s string) { f.Add(s) },
		`["60000.01","0.5"]`, `"1.10"`, `1`, `"-0.1"`, `[{"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1","tickSize":"0.01"}]`,
		`[{"filterType":"NEW_ONE","x":[1,{}]}]`, `[{"filterType":"NOTIONAL","minNotional":"5","applyMinToMarket":true,"avgPriceMins":5}]`,
		`[1499040000000,"0.01","0.8","0.01","0.02","148976",1499644799999,"2434.1",308,"1756.8","28.4","0"]`, `[]`, `null`)
	f.Fuzz(func(t *testing.T, text string) {
		sameAgain[Decimal](t, text)
		sameAgain[Level](t, text)
		sameAgain[Filters](t, text)
		sameAgain[Kline](t, text)
	})
}

// sameAgain reads text, and where that is a T writes it, reads that and writes it again.
func sameAgain[T any](t *testing.T, text string) {
	var v, again T
	if json.Unmarshal([]byte(text), &v) != nil {
		return
	}
	first, err := json.Marshal(&v)
	if err != nil {
		t.Fatalf("%T of %q cannot be written: %v", v, text, err)
	}
	if err := json.Unmarshal(first, &again); err != nil {
		t.Fatalf("%T of %q was written as %s: %v", v, text, first, err)
	}
	if second, err := json.Marshal(&again); err != nil || string(first) != string(second) {
		t.Fatalf("%T of %q was written as %s and then as %s: %v", v, text, first, second, err)
	}
}

// An interval's text is its name, a zone is within a day, and a window between a minute and seven days.
func FuzzInterval(f *testing.F) {
	seeded(f, 6, func(s string) { f.Add(s) }, "1s", "1M", "1m", "", "0", "8", "-1:30", "14:00", "-12", "+2", "99:99", "59m", "23h", "7d", "1d2h")
	f.Fuzz(func(t *testing.T, text string) {
		if i, ok := ParseInterval(text); ok && (i.String() != text || !i.Valid()) {
			t.Fatalf("%q became %v", text, i)
		}
		if z, ok := parseZone(text); ok && (z < -24*hourMs || z > 24*hourMs) {
			t.Fatalf("the zone %q is %d ms", text, z)
		}
		p := Params{pairs: []param{{"windowSize", text}}}
		if w, err := p.OptWindow(); err == nil && (w < minuteMs || w > 7*dayMs || w%minuteMs != 0) {
			t.Fatalf("the window %q is %d ms", text, w)
		}
	})
}
