package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
)

// fuzzTarget is one Fuzz function.
type fuzzTarget struct{ pkg, name string }

// fuzz runs every fuzz target for the depth's time. An input that breaks one is written by go test to the package's
// testdata/fuzz: commit it with the repair.
func (r *runner) fuzz() {
	targets, err := r.fuzzTargets()
	if err != nil {
		r.report.add(result{"list of fuzz targets", failed, err.Error()})
	}
	for _, t := range targets {
		if r.ctx.Err() != nil {
			return
		}
		cmd := exec.CommandContext(r.ctx, "go", "test", "-vet=off", "-run=^$", "-fuzz=^"+t.name+"$",
			"-fuzztime="+r.depth.fuzz.String(), t.pkg)
		out, err := cmd.CombinedOutput()
		res := result{Name: "fuzzing " + t.pkg + " " + t.name, Outcome: passed}
		if err != nil && !ranOutOfTime(string(out)) {
			res.Outcome, res.Detail = failed, string(out)+err.Error()
		}
		r.report.addTest(res)
		r.report.progress("%-60s %s executions", t.pkg+" "+t.name, executions(string(out)))
	}
}

// fuzzTargets asks go test which there are. With an error it still returns those of the packages that build.
func (r *runner) fuzzTargets() ([]fuzzTarget, error) {
	args := append([]string{"test", "-json", "-vet=off", "-list=^Fuzz"}, r.packages...)
	var complaints bytes.Buffer
	cmd := exec.CommandContext(r.ctx, "go", args...)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	targets, builds := parseFuzzList(out)
	if err != nil {
		err = fmt.Errorf("%s%sgo test -list: %w", builds, complaints.String(), err)
	}
	return targets, err
}

// parseFuzzList reads the listing: the targets, and what the compiler said.
func parseFuzzList(out []byte) (targets []fuzzTarget, builds string) {
	for line := range bytes.Lines(out) {
		var e event
		switch {
		case json.Unmarshal(line, &e) != nil:
		case e.Action == "build-output":
			builds += e.Output
		case e.Action == "output" && strings.HasPrefix(e.Output, "Fuzz"):
			targets = append(targets, fuzzTarget{e.Package, strings.TrimSpace(e.Output)})
		}
	}
	return targets, builds
}

// ranOutOfTime recognises a run that go test calls failed only because its fuzzing time ended at an unlucky moment
// (its coordinator compares two contexts of which one learns of the deadline first). No input failed in it: a failing
// input has an error of its own and is written to testdata.
func ranOutOfTime(out string) bool {
	return deadlineOnly.MatchString(out) && !strings.Contains(out, "Failing input written")
}

var (
	deadlineOnly = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \([0-9.]+s\)\n\s+context deadline exceeded\n`)
	execsLine    = regexp.MustCompile(`execs: (\d+)`)
)

// executions is the last count that the fuzzer printed.
func executions(out string) string {
	all := execsLine.FindAllStringSubmatch(out, -1)
	if len(all) == 0 {
		return "no"
	}
	return all[len(all)-1][1]
}
