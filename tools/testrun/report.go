package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// outcome orders a case's possible ends so that the greater of two runs is the one that counts: a failure always,
// a pass over a skip.
type outcome int

const (
	skipped outcome = iota
	passed
	failed
)

// result is one case's end in one step. Detail is the failing output, or the reason of a skip.
type result struct {
	Name    string
	Outcome outcome
	Detail  string
}

// tally counts cases by outcome.
type tally struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

func (t *tally) add(o outcome) {
	switch o {
	case passed:
		t.Passed++
	case failed:
		t.Failed++
	default:
		t.Skipped++
	}
}

// step is one row of the closing table. Its tally counts what ran in it, before cases of two steps are merged.
type step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	tally
}

// note is one failure or skip as the summary lists it.
type note struct {
	Step   string `json:"step"`
	Case   string `json:"case"`
	Detail string `json:"detail"`
}

// report gathers results and prints them as they come.
type report struct {
	out      io.Writer
	depth    string
	started  time.Time
	stepTime time.Time
	steps    []step
	cases    map[string]outcome
	failures []note
	skips    []note
	tests    int // cases that were tests: a run without any has failed
}

func newReport(out io.Writer, depth string) *report {
	return &report{out: out, depth: depth, started: time.Now(), cases: map[string]outcome{}, failures: []note{}}
}

func (r *report) begin(name string) {
	r.stepTime = time.Now()
	r.steps = append(r.steps, step{Name: name})
	fmt.Fprintf(r.out, "== %s\n", name)
}

func (r *report) current() *step { return &r.steps[len(r.steps)-1] }

func (r *report) end() {
	r.current().Seconds = time.Since(r.stepTime).Seconds()
	fmt.Fprintf(r.out, "   %s: %.1f s\n", r.current().Name, r.current().Seconds)
}

// add counts a result. A failure is printed at once, in full.
func (r *report) add(res result) {
	s := r.current()
	s.add(res.Outcome)
	worst, seen := r.cases[res.Name]
	if !seen || res.Outcome > worst {
		r.cases[res.Name] = res.Outcome
	}
	n := note{Step: s.Name, Case: res.Name, Detail: strings.TrimRight(res.Detail, "\n")}
	switch res.Outcome {
	case failed:
		r.failures = append(r.failures, n)
		fmt.Fprintf(r.out, "\nFAILED %s\n%s\n\n", n.Case, indent(n.Detail))
	case skipped:
		r.skips = append(r.skips, n)
	}
}

// addTest is add for a test, as against a check of the house.
func (r *report) addTest(res result) {
	r.tests++
	r.add(res)
}

func (r *report) progress(format string, args ...any) {
	fmt.Fprintf(r.out, "   "+format+"\n", args...)
}

// total counts every case once.
func (r *report) total() tally {
	var t tally
	for _, o := range r.cases {
		t.add(o)
	}
	return t
}

// skipped are the skips that no other step made good, each once.
func (r *report) skipped() []note {
	left := []note{} // not nil: an empty list in the summary
	seen := map[string]bool{}
	for _, n := range r.skips {
		if r.cases[n.Case] == skipped && !seen[n.Case] {
			seen[n.Case] = true
			left = append(left, n)
		}
	}
	return left
}

// close prints the times, the skips, the failures' names and the closing line, and says whether the run is good.
func (r *report) close() bool {
	t := r.total()
	fmt.Fprintf(r.out, "\n%-12s %9s %8s %8s %8s\n", "step", "seconds", "passed", "failed", "skipped")
	for _, s := range r.steps {
		fmt.Fprintf(r.out, "%-12s %9.1f %8d %8d %8d\n", s.Name, s.Seconds, s.Passed, s.Failed, s.Skipped)
	}
	fmt.Fprintf(r.out, "%-12s %9.1f\n", "all", time.Since(r.started).Seconds())
	for _, n := range r.skipped() {
		fmt.Fprintf(r.out, "skipped: %s: %s\n", n.Case, n.Detail)
	}
	for _, n := range r.failures {
		fmt.Fprintf(r.out, "failed in %s: %s\n", n.Step, n.Case)
	}
	if r.tests == 0 {
		fmt.Fprintln(r.out, "no test ran")
	}
	fmt.Fprintf(r.out, "%d passed, %d failed", t.Passed, t.Failed)
	if t.Skipped > 0 {
		fmt.Fprintf(r.out, ", %d skipped", t.Skipped)
	}
	fmt.Fprintln(r.out)
	return t.Failed == 0 && r.tests > 0
}

// writeJSON writes the whole report for machines.
func (r *report) writeJSON(file string) error {
	summary := struct {
		Depth   string  `json:"depth"`
		Go      string  `json:"go"`
		Seconds float64 `json:"seconds"`
		tally
		Steps    []step `json:"steps"`
		Failures []note `json:"failures"`
		Skips    []note `json:"skips"`
	}{r.depth, runtime.Version(), time.Since(r.started).Seconds(), r.total(), r.steps, r.failures, r.skipped()}
	b, err := json.MarshalIndent(summary, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(s, "\n", "\n    ")
}
