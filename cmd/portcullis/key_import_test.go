package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"portcullis/operator"
)

// lines is a file that is made while it is read.
type lines struct {
	n, last int
	rest    string
	make    func(n int) string
}

func (l *lines) Read(p []byte) (int, error) {
	if l.rest == "" {
		if l.n == l.last {
			return 0, io.EOF
		}
		l.rest = l.make(l.n)
		l.n++
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// TestImportStreams: a file of 100,000 lines goes in commands that the venue takes, in order, and never lies in memory.
func TestImportStreams(t *testing.T) {
	if raced {
		t.Skip("one goroutine: the race detector has nothing to find")
	}
	const n = 100_000
	in, err := readKeys(&lines{last: n + 1, make: func(n int) string {
		if n == 0 {
			return "\ufeffAccount, api_key,secret,label\r\n"
		}
		return fmt.Sprintf("2,key-%d,secret-%d,%q\r\n", n, n, strings.Repeat("x", n%600))
	}})
	if err != nil {
		t.Fatal(err)
	}
	next, most := 0, uint64(0)
	i := importing{o: &output{json: true, out: io.Discard, err: io.Discard}, give: func(list []operator.ImportKey) (r operator.KeysImported, err error) {
		size := 0
		for _, k := range list {
			if next++; k.Line != next+1 || k.APIKey != fmt.Sprint("key-", next) || k.Account != 2 {
				t.Fatalf("key %d is %+v", next, k)
			}
			size += len(k.APIKey) + len(k.Secret.Reveal()) + len(k.Label) + 80
			r.Results = append(r.Results, operator.ImportResult{Line: k.Line, Outcome: operator.Imported})
		}
		if len(list) > operator.MaxImport || size > operator.MaxRequest {
			t.Fatalf("%d keys of %d bytes in one command", len(list), size)
		}
		if next%10_000 < operator.MaxImport {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return r, nil
	}}
	if err := i.all(in); err != nil || i.sum.Imported != n || i.sum.Lines != n {
		t.Fatalf("%+v, %v", i.sum, err)
	}
	if most > 64<<20 {
		t.Errorf("%d bytes lay in memory", most)
	}
}

// TestImportFiles: what files can be wrong in.
func TestImportFiles(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "the file is empty",
		"ref,api_key\n":             "no column has what keys are verified by",
		"ref,secret\n":              "no column api_key",
		"ref,api_key,secret,ref\n":  "the column ref is there twice",
		"ref,\"api_key\nsecret":     "the first line",
		strings.Repeat("x", 64<<10): "longer than 8 KiB",
		"ref;api_key;secret\n":      "is none: they are",
	} {
		if _, err := readKeys(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"2,a\n":                              "It has 2 columns",
		"2,a,b,c\n":                          "It has 4 columns",
		"c-1,a,b\n":                          "is no number of an account",
		"0,a,b\n":                            "is no number of an account",
		"4294967296,a,b\n":                   "is no number of an account",
		"2,a\"b,c\n":                         "It is no CSV",
		"2,\"" + strings.Repeat("x", 64<<10): "longer than 8 KiB",
	} {
		in, err := readKeys(strings.NewReader("account,api_key,secret\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = in.next()
		var bad *badLine
		if errors.As(err, &bad) && bad.line != 2 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

// TestCapsText: caps are shown as they are written.
func TestCapsText(t *testing.T) {
	for _, text := range []string{"USDT=1000/5000", "USDT=1000", "USDT=/5000"} {
		list, err := caps([]string{text})
		if err != nil || strings.Join(capTexts("", list), "") != text {
			t.Errorf("%q: %v, %v", text, list, err)
		}
	}
	for _, text := range []string{"", "USDT", "USDT=", "USDT=/", "=5", "USDT=1/2/3"} {
		if _, err := caps([]string{text}); err == nil {
			t.Errorf("%q is a cap", text)
		}
	}
}
