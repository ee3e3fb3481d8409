package main

import (
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// fuzzTarget is one Fuzz function, as the step of tests saw it run. Its seeds are those that it adds and those of its
// testdata.
type fuzzTarget struct {
	pkg, name string
	seeds     int
}

// fuzz runs every fuzz target for its share of the time, as many at once as there are processors. An input that breaks one
// is written by go test to the package's testdata/fuzz: commit it with the repair.
func (r *runner) fuzz() {
	targets := r.targets
	atOnce := runtime.NumCPU()
	each := share(r.depth, len(targets), atOnce)
	r.report.progress("%d targets, %s for each, %d at once (%s were wanted for each)", len(targets), each, atOnce, r.depth.fuzz)
	type ended struct {
		target fuzzTarget
		out    string
		err    error
	}
	waiting, done := make(chan fuzzTarget), make(chan ended)
	for range atOnce {
		go func() {
			for t := range waiting {
				out, err := exec.CommandContext(r.ctx, "go", "test", "-vet=off", "-run=^$", "-fuzz=^"+t.name+"$", "-parallel=1",
					"-fuzztime="+each.String(), t.pkg).CombinedOutput()
				done <- ended{t, string(out), err}
			}
		}()
	}
	go func() {
		defer close(waiting)
		for _, t := range targets {
			waiting <- t
		}
	}()
	for range targets {
		e := <-done
		res := result{Name: "fuzzing " + e.target.pkg + " " + e.target.name, Outcome: passed}
		switch {
		case e.target.seeds == 0:
			res.Outcome, res.Detail = failed, "it has no seeds: it would begin with nothing, and run as a test on nothing"
		case e.err != nil && !ranOutOfTime(e.out):
			res.Outcome, res.Detail = failed, e.out+e.err.Error()
		}
		r.report.addTest(res)
		r.report.progress("%-60s %s executions from %d seeds", e.target.pkg+" "+e.target.name, executions(e.out), e.target.seeds)
	}
}

// share is the time for each of n targets: what is wanted, or evenly less where all together would take too long.
func share(d depth, n, atOnce int) time.Duration {
	if d.fuzzAll == 0 || n == 0 {
		return d.fuzz
	}
	return max(min(d.fuzz, (d.fuzzAll*time.Duration(atOnce)/time.Duration(n)).Truncate(time.Second)), time.Second)
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
