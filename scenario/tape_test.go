package scenario

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

func tape(t testing.TB, lines ...string) *Tape {
	t.Helper()
	x, err := ReadTape(strings.NewReader(TapeHeader+"\n"+strings.Join(lines, "\n")+"\n"), 8, 8)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestTapeErrors: what is no tape is refused, with the line and with what is right.
func TestTapeErrors(t *testing.T) {
	const good = "1723161255342,61837.63,0.02,sell\n"
	for text, want := range map[string]string{
		"":                                                  "no trade",
		TapeHeader:                                          "no trade",
		"time,price,qty,side\n" + good:                      "line 1: it must be",
		TapeHeader + "\n1,2,3\n":                            "line 2: 3 fields",
		TapeHeader + "\n" + good + "\n":                     "line 3: 1 fields",
		TapeHeader + "\n1,2,3,buy,5\n":                      "line 2: 5 fields",
		TapeHeader + "\n-1,2,3,buy\n":                       "line 2: time_ms",
		TapeHeader + "\n0,2,3,buy\n":                        "line 2: time_ms",
		TapeHeader + "\n1.5,2,3,buy\n":                      "line 2: time_ms",
		TapeHeader + "\n1723161255342000,2,3,buy\n":         "line 2: time_ms",
		TapeHeader + "\n99999999999999999999999,2,3,buy\n":  "line 2: time_ms",
		TapeHeader + "\n" + good + "1723161255341,2,3,buy":  "line 3: time_ms \"1723161255341\": earlier",
		TapeHeader + "\n" + good + "1723161255342,x,3,buy":  "line 3: price",
		TapeHeader + "\n" + good + "1723161255342,-2,3,buy": "line 3: price",
		TapeHeader + "\n1,0.000000001,3,buy\n":              "line 2: price",
		TapeHeader + "\n1,0,3,buy\n":                        "line 2: price \"0\"",
		TapeHeader + "\n1,2,,buy\n":                         "line 2: qty",
		TapeHeader + "\n1,2,0.0,buy\n":                      "line 2: price \"2\", qty \"0.0\"",
		TapeHeader + "\n1,2,1e3,buy\n":                      "line 2: qty",
		TapeHeader + "\n1,2,99999999999,buy\n":              "line 2: qty",
		TapeHeader + "\n1,2,3,BUY\n":                        "line 2: taker_side \"BUY\"",
		TapeHeader + "\n1,2,3,buy\r\r\n":                    "line 2: taker_side",
		TapeHeader + "\n" + strings.Repeat("1", 5000):       "line 2: longer than",
	} {
		_, err := ReadTape(strings.NewReader(text), 8, 8)
		if !errors.Is(err, ErrTape) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
	if _, err := ReadTape(iotest.ErrReader(io.ErrUnexpectedEOF), 8, 8); errors.Is(err, ErrTape) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a reader's error became %v", err)
	}
}

func FuzzReadTape(f *testing.F) {
	f.Add([]byte(TapeHeader + "\n1723161255342,61837.63000000,0.02,sell\n1723161255342,61837.7,1,\n"))
	f.Add([]byte(TapeHeader + "\n1,0.00000001,0.00000001,buy\n9999999999999,20000000000,20000000000,sell\n"))
	f.Add([]byte("time_ms\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := ReadTape(strings.NewReader(string(b)), 8, 8)
		if err != nil {
			return
		}
		for i, y := range x.Trades {
			if y.Price <= 0 || y.Qty <= 0 || y.Side < instruction.Buy || y.Side > instruction.Sell || i > 0 && y.Time < x.Trades[i-1].Time {
				t.Fatalf("trade %d: %+v", i, y)
			}
		}
		m, err := x.Terms()
		if err != nil {
			return
		}
		if n, err := money.Notional(m.MinPrice, m.Lot, 8, money.Down); err != nil || n < 1 {
			t.Fatalf("a lot is worth %d at the lowest price, %v", n, err)
		}
		for _, y := range x.Trades {
			if y.Price%m.Tick != 0 || y.Qty%m.Lot != 0 || y.Price < m.MinPrice || y.Price > m.MaxPrice || y.Qty > m.MaxQty {
				t.Fatalf("%+v does not admit %+v", m, y)
			}
		}
	})
}

func TestTickRule(t *testing.T) {
	x := tape(t, "1,10,1,", "2,10,1,", "3,9,1,", "4,9,1,", "5,9.5,1,", "6,9.5,1,sell", "7,9.5,1,")
	want := []instruction.Side{1, 1, 2, 2, 1, 2, 2}
	for i, w := range want {
		if x.Trades[i].Side != w {
			t.Errorf("trade %d: %v, want %v", i+1, x.Trades[i].Side, w)
		}
	}
}

func TestTerms(t *testing.T) {
	got, err := tape(t, "1,61837.63,0.02,buy", "2,61837.7,0.00015,buy").Terms()
	want := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 6183770000000 * 10, Lot: 1e3, MaxQty: 2e7, MakerFee: 1000, TakerFee: 1000}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = tape(t, "1,100,300,buy").Terms(); err != nil || got.Tick != 1e8 || got.Lot != 1e8 || got.MinPrice != 1e8 {
		t.Errorf("whole numbers: %+v, %v", got, err)
	}
	if _, err := tape(t, "1,0.00000001,0.00000001,buy").Terms(); !errors.Is(err, ErrTape) {
		t.Errorf("dust gave terms: %v", err)
	}
}

// TestKlines holds candles against some counted by hand, with a minute in which nobody traded.
func TestKlines(t *testing.T) {
	x := tape(t, "60000,10,1,buy", "61000,12,2,sell", "119999,9,1,buy", "180000,11,0.00000001,sell")
	got, err := x.Klines(60 * instruction.Second)
	if err != nil {
		t.Fatal(err)
	}
	const one = 1e8
	m := 60 * instruction.Second
	want := []Kline{
		{Open: m, First: 10 * one, High: 12 * one, Low: 9 * one, Last: 9 * one, Base: 4 * one, Quote: 43 * one, TakerBase: 2 * one, TakerQuote: 19 * one, Trades: 3},
		{Open: 2 * m, First: 9 * one, High: 9 * one, Low: 9 * one, Last: 9 * one},
		{Open: 3 * m, First: 11 * one, High: 11 * one, Low: 11 * one, Last: 11 * one, Base: 1, Quote: 11, Trades: 1},
	}
	if len(got) != len(want) {
		t.Fatalf("%d candles: %+v", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("candle %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}
