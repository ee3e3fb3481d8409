package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`: test2json's events, and the build's under ImportPath.
type event struct {
	Action      string
	Package     string
	Test        string
	Elapsed     float64
	Output      string
	ImportPath  string // of build-output
	FailedBuild string // of a package's fail: the ImportPath that would not build
}

// stream folds the events of one `go test -json` run into results.
type stream struct {
	emit     func(result)
	progress func(format string, args ...any)
	suites   map[string]*suite
	builds   map[string]*strings.Builder // compiler output by ImportPath
	targets  []fuzzTarget
}

// suite is one package's tests while they run. It is dropped when the package ends.
type suite struct {
	tests  map[string]*testCase
	order  []string
	seeds  map[string]int  // by fuzz target
	output strings.Builder // what belongs to no single test
}

type testCase struct {
	output  strings.Builder
	outcome outcome
	done    bool
	parent  bool // has subtests: they are the cases
}

// readStream reads until the end, and gives the fuzz targets that ran. Lines that are no JSON are passed on as progress: they
// are the go command's own complaints.
func readStream(in io.Reader, emit func(result), progress func(string, ...any)) ([]fuzzTarget, error) {
	s := &stream{emit: emit, progress: progress, suites: map[string]*suite{}, builds: map[string]*strings.Builder{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				progress("%s", strings.TrimRight(string(line), "\n"))
			} else {
				s.take(e)
			}
		}
		if errors.Is(err, io.EOF) {
			return s.targets, s.unfinished()
		}
		if err != nil {
			return s.targets, err
		}
	}
}

func (s *stream) take(e event) {
	if e.Action == "build-output" {
		if s.builds[e.ImportPath] == nil {
			s.builds[e.ImportPath] = &strings.Builder{}
		}
		s.builds[e.ImportPath].WriteString(e.Output)
		return
	}
	if e.Package == "" {
		return // build-fail: the package's own fail follows
	}
	p := s.suites[e.Package]
	if p == nil {
		p = &suite{tests: map[string]*testCase{}, seeds: map[string]int{}}
		s.suites[e.Package] = p
	}
	switch {
	case e.Test != "":
		p.takeTest(e)
	case e.Action == "output":
		p.output.WriteString(e.Output)
	case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
		s.finish(e, p)
		delete(s.suites, e.Package)
	}
}

func (p *suite) takeTest(e event) {
	name := e.Test
	if top, _, sub := strings.Cut(name, "/"); sub && strings.HasPrefix(top, "Fuzz") {
		if e.Action == "run" {
			p.seeds[top]++
		}
		if e.Action != "output" { // a seed; its target is the case, and fails with it
			return
		}
		name = top
	}
	t := p.tests[name]
	if t == nil {
		t = &testCase{}
		p.tests[name] = t
		p.order = append(p.order, name)
		for _, up := range ancestors(name) {
			if p.tests[up] != nil {
				p.tests[up].parent = true
			}
		}
	}
	switch e.Action {
	case "output":
		t.output.WriteString(e.Output)
	case "pass":
		t.outcome, t.done = passed, true
	case "skip":
		t.outcome, t.done = skipped, true
	case "fail":
		t.outcome, t.done = failed, true
	}
}

// finish turns a package that ended into results.
func (s *stream) finish(e event, p *suite) {
	var n tally
	emit := func(res result) {
		n.add(res.Outcome)
		s.emit(res)
	}
	for _, name := range p.order {
		t := p.tests[name]
		if !t.done { // the binary died under it
			t.outcome = failed
			t.output.WriteString("it never finished\n")
		}
	}
	for _, name := range p.order {
		t := p.tests[name]
		if strings.HasPrefix(name, "Fuzz") {
			s.targets = append(s.targets, fuzzTarget{e.Package, name, p.seeds[name]})
		}
		if t.parent && (t.outcome != failed || p.failedBelow(name)) {
			continue
		}
		res := result{Name: e.Package + " " + name, Outcome: t.outcome}
		switch t.outcome {
		case failed:
			res.Detail = p.outputOf(name)
		case skipped:
			res.Detail = reason(t.output.String())
		}
		emit(res)
	}
	word := "ok"
	if e.Action == "fail" {
		word = "FAIL"
		s.failPackage(e, p, n, emit)
	}
	if len(p.order) == 0 && e.Action != "fail" {
		word = "none"
	}
	s.progress("%-4s %-40s %5d cases %7.1f s", word, e.Package, n.Passed+n.Failed+n.Skipped, e.Elapsed)
}

// failPackage shows why a package failed beyond its tests: it did not build, or died outside of any test.
func (s *stream) failPackage(e event, p *suite, n tally, emit func(result)) {
	why := p.output.String()
	if b := s.builds[e.FailedBuild]; b != nil {
		why = b.String() + why
	}
	if n.Failed == 0 {
		emit(result{Name: e.Package, Outcome: failed, Detail: why})
		return
	}
	for line := range strings.Lines(why) {
		if line = strings.TrimSpace(line); line != "" && line != "FAIL" && !strings.HasPrefix(line, "FAIL\t") {
			s.progress("%s: %s", e.Package, line)
		}
	}
}

func (p *suite) failedBelow(name string) bool {
	for other, t := range p.tests {
		if t.outcome == failed && strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

// outputOf is a test's own output under that of the tests it is part of.
func (p *suite) outputOf(name string) string {
	var b strings.Builder
	for _, n := range append(ancestors(name), name) {
		if t := p.tests[n]; t != nil {
			b.WriteString(t.output.String())
		}
	}
	return b.String()
}

// unfinished reports packages whose end never came: the go command itself was cut off.
func (s *stream) unfinished() error {
	for name := range s.suites {
		s.emit(result{Name: name, Outcome: failed, Detail: "the test run ended before this package did"})
	}
	if n := len(s.suites); n > 0 {
		return fmt.Errorf("%d packages did not finish", n)
	}
	return nil
}

// ancestors of A/b/c are A and A/b.
func ancestors(name string) []string {
	var up []string
	for i, c := range name {
		if c == '/' {
			up = append(up, name[:i])
		}
	}
	return up
}

// reason is what a skipped test said, without the frame that go test puts around it.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}
