package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample is a run in which every rule of counting plays a part.
func sample(out *strings.Builder) *report {
	r := newReport(out, "ci")
	r.begin("test")
	r.addTest(result{"both good", passed, ""})
	r.addTest(result{"only plain", passed, ""})
	r.addTest(result{"bad under race", passed, ""})
	r.addTest(result{"skipped in one", skipped, "later"})
	r.addTest(result{"skipped in both", skipped, "no moon"})
	r.end()
	r.begin("race")
	r.addTest(result{"both good", passed, ""})
	r.addTest(result{"bad under race", failed, "line one\nline two\n"})
	r.addTest(result{"skipped in one", passed, ""})
	r.addTest(result{"skipped in both", skipped, "no moon"})
	r.end()
	return r
}

func TestClosingLine(t *testing.T) {
	var out strings.Builder
	if sample(&out).close() {
		t.Error("a run with a failure is called good")
	}
	text := out.String()
	if !strings.HasSuffix(text, "\n3 passed, 1 failed, 1 skipped\n") {
		t.Errorf("wrong closing line:\n%s", text)
	}
	for _, want := range []string{
		"FAILED bad under race\n    line one\n    line two\n",
		"skipped: skipped in both: no moon\n",
		"failed in race: bad under race\n",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("want once %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "skipped: skipped in one") {
		t.Errorf("a case that ran in one step is listed as skipped:\n%s", text)
	}
}

func TestGoodRun(t *testing.T) {
	var out strings.Builder
	r := newReport(&out, "ci")
	r.begin("test")
	r.addTest(result{"a", passed, ""})
	r.end()
	if !r.close() || !strings.HasSuffix(out.String(), "\n1 passed, 0 failed\n") {
		t.Errorf("want a good run:\n%s", out.String())
	}
}

// TestNothingRan: lint alone is no test run.
func TestNothingRan(t *testing.T) {
	var out strings.Builder
	r := newReport(&out, "ci")
	r.begin("gofmt")
	r.add(result{"gofmt", passed, ""})
	r.end()
	if r.close() || !strings.Contains(out.String(), "no test ran") {
		t.Errorf("a run without tests is called good:\n%s", out.String())
	}
}

func TestSummary(t *testing.T) {
	var out strings.Builder
	file := filepath.Join(t.TempDir(), "summary.json")
	if err := sample(&out).writeJSON(file); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Depth                   string
		Passed, Failed, Skipped int
		Steps                   []struct {
			Name                    string
			Passed, Failed, Skipped int
		}
		Failures, Skips []struct{ Step, Case, Detail string }
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Depth != "ci" || got.Passed != 3 || got.Failed != 1 || got.Skipped != 1 {
		t.Errorf("wrong totals:\n%s", b)
	}
	if len(got.Steps) != 2 || got.Steps[0].Passed != 3 || got.Steps[1].Failed != 1 {
		t.Errorf("wrong steps:\n%s", b)
	}
	if len(got.Failures) != 1 || got.Failures[0].Detail != "line one\nline two" || len(got.Skips) != 1 {
		t.Errorf("wrong notes:\n%s", b)
	}
}
