package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadDepth(t *testing.T) {
	for _, c := range []struct {
		name, fuzz string
		want       string
		fuzzTime   time.Duration
		err        string
	}{
		{"", "", "ci", 30 * time.Second, ""},
		{"ci", "1s", "ci", time.Second, ""},
		{"soak", "", "soak", time.Hour, ""},
		{"deep", "", "", 0, "must be ci or soak"},
		{"ci", "5", "", 0, "such as 5s"},
		{"ci", "-5s", "", 0, "above zero"},
	} {
		d, err := readDepth(c.name, c.fuzz)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("readDepth(%q, %q): error %v, want %q", c.name, c.fuzz, err, c.err)
			}
			continue
		}
		if err != nil || d.name != c.want || d.fuzz != c.fuzzTime {
			t.Errorf("readDepth(%q, %q) = %+v, %v", c.name, c.fuzz, d, err)
		}
	}
}

func TestExportData(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("PORTCULLIS_DATA", "")
	os.Unsetenv("PORTCULLIS_DATA")
	if err := exportData(); err != nil {
		t.Errorf("absent default data must do: %v", err)
	}
	if got := os.Getenv("PORTCULLIS_DATA"); !filepath.IsAbs(got) || !strings.HasSuffix(got, "/shared/data") {
		t.Errorf("default data folder is %q", got)
	}
	t.Setenv("PORTCULLIS_DATA", "nowhere")
	if err := exportData(); err == nil {
		t.Error("a named folder that is absent was accepted")
	}
}

func TestParseParts(t *testing.T) {
	parts, err := parseParts("# said\n\ngcc  gcc,libc6-dev  the race detector\n")
	if err != nil || len(parts) != 1 {
		t.Fatalf("got %v, %v", parts, err)
	}
	p := parts[0]
	if p.probe != "gcc" || !slices.Equal(p.packages, []string{"gcc", "libc6-dev"}) || p.purpose != "the race detector" {
		t.Errorf("got %+v", p)
	}
	if _, err := parseParts("gcc gcc\n"); err == nil {
		t.Error("a part without a purpose was accepted")
	}
}

// TestPartsFile: the real list parses, and a part that cannot be there counts by where it is missed.
func TestPartsFile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", partsFile))
	if err != nil {
		t.Fatal(err)
	}
	parts, err := parseParts(string(text))
	if err != nil || len(parts) == 0 {
		t.Fatalf("got %v, %v", parts, err)
	}
	for probe, want := range map[string]bool{"go": true, "no-such-command": false, "/dev/null": true, "/no/such/file": false} {
		if got := (part{probe: probe}).present(); got != want {
			t.Errorf("present(%q) = %t", probe, got)
		}
	}
	t.Setenv("CI", "true")
	if missing() != failed {
		t.Error("a missing part must fail under CI")
	}
	t.Setenv("CI", "")
	if missing() != skipped {
		t.Error("a missing part must be a skip on a machine of one's own")
	}
}

func TestUpToDate(t *testing.T) {
	dir := t.TempDir()
	lock, made := filepath.Join(dir, "lock"), filepath.Join(dir, "made")
	for _, f := range []string{lock, made} {
		if err := os.WriteFile(f, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Unix(1_000_000, 0)
	if err := os.Chtimes(lock, old, old); err != nil {
		t.Fatal(err)
	}
	if !upToDate(made, lock) || upToDate(lock, made) || upToDate(filepath.Join(dir, "absent"), lock) {
		t.Error("what was made after its source, and only that, is up to date")
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		wanted, all time.Duration
		n, atOnce   int
		each        time.Duration
	}{
		{30 * time.Second, 5 * time.Minute, 10, 2, 30 * time.Second},
		{30 * time.Second, 5 * time.Minute, 28, 2, 21 * time.Second},
		{30 * time.Second, 5 * time.Minute, 10_000, 2, time.Second},
		{time.Hour, 0, 28, 2, time.Hour},
		{30 * time.Second, 5 * time.Minute, 0, 2, 30 * time.Second},
	} {
		if got := share(depth{fuzz: c.wanted, fuzzAll: c.all}, c.n, c.atOnce); got != c.each {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

func TestFuzzOutput(t *testing.T) {
	const late = "fuzz: elapsed: 3s, execs: 91 (30/sec)\nfuzz: elapsed: 5s, execs: 244 (1/sec)\n" +
		"--- FAIL: FuzzOne (5.10s)\n    context deadline exceeded\nFAIL\n"
	if !ranOutOfTime(late) || executions(late) != "244" {
		t.Error("the end of the fuzzing time was taken for a failure")
	}
	if ranOutOfTime(late + "    Failing input written to testdata/fuzz/FuzzOne/1\n") {
		t.Error("a failing input found at the last moment was lost")
	}
	const real = "--- FAIL: FuzzOne (0.10s)\n    --- FAIL: FuzzOne (0.00s)\n        x_test.go:9: context deadline exceeded\n" +
		"    Failing input written to testdata/fuzz/FuzzOne/1\n"
	if ranOutOfTime(real) || executions(real) != "no" {
		t.Error("a failing input was taken for the end of the fuzzing time")
	}
}

func TestConcurrent(t *testing.T) {
	got := concurrent([]string{"portcullis/cmd", "portcullis/core", "portcullis/core/book", "portcullis/corefoo", "portcullis/engine"})
	if !slices.Equal(got, []string{"portcullis/cmd", "portcullis/corefoo", "portcullis/engine"}) {
		t.Errorf("under the race detector run %v", got)
	}
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil || !strings.Contains(string(mod), "module "+module+"\n") {
		t.Errorf("the module is not %s: %v", module, err)
	}
}
