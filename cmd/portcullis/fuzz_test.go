package main

import (
	"io"
	"testing"

	"portcullis/internal/strict"
)

// FuzzSettings reads a configuration from any text. What it takes has its limits above 0 and a log; what it refuses it says.
func FuzzSettings(f *testing.F) {
	for _, s := range []string{`{}`, `{"listen":"127.0.0.1:8420","proxies":["10.0.0.0/8"],"log_level":"debug","log_format":"json"}`,
		`{"orders_per_10s":0}`, `{"keep_journal":"90d","demo":false}`, `{"listen":"x"}`, `{"lIsten":"[::1]:1"}`, `{"a":1}`, `[]`, `{"proxies":["10.0.0.1/8"]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s settings
		if strict.Decode([]byte(text), &s) != nil {
			return
		}
		c, err := s.config(io.Discard)
		switch {
		case err != nil && err.Error() == "":
			t.Fatal("refused without a word")
		case err == nil && (c.Log == nil || c.Limits.WeightMinute < 0 || c.Limits.OrdersTen < 0 || c.Limits.OrdersDay < 0):
			t.Fatalf("%q became %+v", text, c)
		}
	})
}

// FuzzMix reads what a load is made of.
func FuzzMix(f *testing.F) {
	for _, s := range []string{"place=6,cancel=3,query=1", "place=1", "", ",", "place", "place=-1", "place=1001", "place=1,place=2", "x=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := readMix(text)
		if n := m.Place | m.Cancel | m.Query; err == nil && (n < 0 || m.Place > 1000 || m.Cancel > 1000 || m.Query > 1000) {
			t.Fatalf("%q became %+v", text, m)
		}
	})
}
