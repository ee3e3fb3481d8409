package reference

import (
	"fmt"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

const noon = instruction.Time(1_772_366_400_000_000) // 1 March 2026, 12:00 UTC

func TestParse(t *testing.T) {
	btc := Price{"BTCUSDT", "60000.01", noon}
	for name, c := range map[string]struct {
		text string
		want []Price
		err  string
	}{
		"json":              {`{"symbol":"BTCUSDT","price":"60000.01","time":"2026-03-01T12:00:00Z"}`, []Price{btc}, ""},
		"a json number":     {`{"symbol":"BTCUSDT","price":60000.01,"time":1772366400000}`, []Price{btc}, ""},
		"another zone":      {`{"time":"2026-03-01T13:00:00+01:00","symbol":"BTCUSDT","price":"60000.01"}`, []Price{btc}, ""},
		"csv":               {"symbol,price,time\r\nBTCUSDT,60000.01,1772366400000\r\n\r\n", []Price{btc}, ""},
		"both":              {"BTCUSDT, 60000.01 ,2026-03-01T12:00:00Z\n" + `{"symbol":"ETHBTC","price":"0.05","time":1772366400000}`, []Price{btc, {"ETHBTC", "0.05", noon}}, ""},
		"the newest":        {"BTCUSDT,1,1772366399999\nBTCUSDT,60000.01,1772366400000\nBTCUSDT,2,1772366399998", []Price{btc}, ""},
		"twice the same":    {"BTCUSDT,60000.01,1772366400000\nBTCUSDT,60000.01,1772366400000", []Price{btc}, ""},
		"contradicting":     {"BTCUSDT,60000.01,1772366400000\nBTCUSDT,6,1772366400000\nETHBTC,2,1772366400000", []Price{{"ETHBTC", "2", noon}}, "line 2: BTCUSDT has two prices of the same time"},
		"contradicted once": {"BTCUSDT,5,1772366399000\nBTCUSDT,6,1772366399000\nBTCUSDT,60000.01,1772366400000", []Price{btc}, "line 2: BTCUSDT has two"},
		"a torn line":       {"BTCUSDT,60000.01,1772366400000\nETHB", []Price{btc}, "line 2: a line is symbol,price,time"},
		"nothing":           {"", nil, "says nothing"},
		"a page":            {"<!doctype html>\n<html>", nil, "line 1: a line is symbol,price,time"},
		"another field":     {`{"symbol":"BTCUSDT","price":"1","time":1772366400000,"bid":"1"}`, nil, "line 1: "},
		"a field twice":     {`{"symbol":"BTCUSDT","price":"1","price":"2","time":1772366400000}`, nil, `"price" is given twice`},
		"a list":            {`[{"symbol":"BTCUSDT","price":"1","time":1772366400000}]`, nil, "line 1: "},
		"no symbol":         {`{"price":"1","time":1772366400000}`, nil, `symbol: "" is none`},
		"small letters":     {"btcusdt,1,1772366400000", nil, `"btcusdt" is none`},
		"zero":              {"BTCUSDT,0.00,1772366400000", nil, "no number above 0"},
		"below zero":        {"BTCUSDT,-1,1772366400000", nil, "no number above 0"},
		"exponent":          {`{"symbol":"BTCUSDT","price":6e4,"time":1772366400000}`, nil, "no number above 0"},
		"not a number":      {"BTCUSDT,NaN,1772366400000", nil, "no number above 0"},
		"two points":        {"BTCUSDT,1.2.3,1772366400000", nil, "no number above 0"},
		"a point at an end": {"BTCUSDT,.5,1772366400000\nETHBTC,5.,1772366400000", nil, "no number above 0"},
		"endless decimals":  {"BTCUSDT,0." + strings.Repeat("3", 60) + ",1772366400000", nil, "at most 40 long"},
		"seconds":           {"BTCUSDT,1,1772366400", nil, "neither of RFC 3339"},
		"no time":           {`{"symbol":"BTCUSDT","price":"1"}`, nil, "neither of RFC 3339"},
		"a long line":       {"BTCUSDT,1," + strings.Repeat(" ", 300) + "1772366400000", nil, "longer than 256 bytes"},
		"not UTF-8":         {"BTC\xffUSDT,1,1772366400000", nil, "not UTF-8"},
		"many lines":        {strings.Repeat("\n", maxLines+1), nil, "more than 10000"},
		"much":              {strings.Repeat(" ", MaxBytes+1), nil, "longer than 1048576 bytes"},
	} {
		got, err := Parse([]byte(c.text))
		if fmt.Sprint(got) != fmt.Sprint(c.want) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, %v; want %v, %s", name, got, err, c.want, c.err)
		}
	}
}

// FuzzParse: whatever a source says, prices come out that say the same when they are written down and read again, one a symbol.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"symbol":"BTCUSDT","price":"60000.01","time":"2026-03-01T12:00:00.123456Z"}`, "symbol,price,time\nBTCUSDT,60000.01,1772366400000\n",
		"BTCUSDT,1,1772366400000\nBTCUSDT,2,1772366400000\nBTCUSDT,3,1772366400001\nX,0.1,0001-01-01T00:00:00Z", "{", ",,", "\x00", "A,1,9999-12-31T23:59:59.999999999-23:59",
		`{"symbol":"A","price":1,"time":"\u0031772366400000"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := Parse(text)
		if len(list) == 0 && err == nil {
			t.Fatal("nothing is wrong, and nothing came out")
		}
		var again strings.Builder
		seen := map[string]bool{}
		for _, p := range list {
			if seen[p.Symbol] || p.Price == "" || p.Symbol == "" {
				t.Fatalf("%v", list)
			}
			seen[p.Symbol] = true
			when, _ := p.Dated.MarshalText()
			fmt.Fprintf(&again, "%s,%s,%s\n", p.Symbol, p.Price, when)
		}
		if len(list) == 0 {
			return
		}
		if back, err := Parse([]byte(again.String())); err != nil || fmt.Sprint(back) != fmt.Sprint(list) {
			t.Fatalf("%v became %v, %v", list, back, err)
		}
	})
}
