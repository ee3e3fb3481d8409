package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestProgressInLines: where nobody looks, there is a line for each ten per cent.
func TestProgressInLines(t *testing.T) {
	var b bytes.Buffer
	p := progress{o: &output{err: &b}, what: "records folded"}
	for done := int64(0); done <= 1_000_000; done += 1000 {
		p.at(done, 1_000_000)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 10 || lines[9] != "1000000 of 1000000 records folded (100%)" {
		t.Errorf("%q", lines)
	}
	b.Reset()
	short := progress{o: &output{err: &b}, what: "records folded"}
	short.at(100, 1000)
	if b.Len() != 0 {
		t.Errorf("short work told %q", b.String())
	}
}

// TestBar: a bar that is not full is ended before anything else is told.
func TestBar(t *testing.T) {
	var b bytes.Buffer
	o := &output{err: &b}
	o.bar(50, "half")
	o.say("something")
	o.bar(100, "all")
	o.say("over")
	want := "\r\x1b[K[" + strings.Repeat("#", 20) + strings.Repeat(".", 20) + "]  50%  half\nsomething\n" +
		"\r\x1b[K[" + strings.Repeat("#", 40) + "] 100%  all\nover\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	if f, err := os.CreateTemp(t.TempDir(), ""); err != nil || terminal(f) || terminal(&b) {
		t.Errorf("a file is no terminal: %v", err)
	}
}
