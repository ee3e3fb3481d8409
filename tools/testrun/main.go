// Command testrun is what `make test` runs: it installs what the tests need, lints, tests with and without the race
// detector, fuzzes every fuzz target for a moment, and closes with one line, "N passed, N failed".
//
// N counts cases: a lint check, an installed part, a fuzzing run, or a test without subtests of its own (a fuzz
// target's seeds are one case). A case that runs twice, with and without the race detector, counts once, by its worse
// outcome. Failing output is printed in full and every skip with its reason. The exit status is 1 when a case failed
// or no test ran at all.
//
// It owns no knowledge of single packages, but that the race detector finds nothing in the core: fuzz targets are those
// that the tests met, parts are read from tools/packages.txt and e2e/*/package-lock.json. It uses the standard library only, so that it builds when the
// product does not.
//
// Environment: PORTCULLIS_DEPTH is ci (default) or soak; PORTCULLIS_FUZZTIME is the time for each fuzz
// target, whatever all of them take; PORTCULLIS_DATA is the folder of market data, handed to the tests as an absolute
// path; CI=true turns a missing part from a skip into a failure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	jsonFile := flag.String("json", "", "also write a summary of the run to this `FILE`")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: testrun [-json FILE] [package ...]   (default ./...)")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, *jsonFile, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testrun:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

// runner carries what every step needs.
type runner struct {
	ctx      context.Context
	depth    depth
	packages []string // patterns, as `go test` takes them
	report   *report
	targets  []fuzzTarget // what the step of tests met, for fuzzing
}

// run does every step in order and reports whether all went well. A broken step does not stop the ones after it: one
// run shows all that is wrong.
func run(ctx context.Context, jsonFile string, packages []string) (bool, error) {
	d, err := readDepth(os.Getenv("PORTCULLIS_DEPTH"), os.Getenv("PORTCULLIS_FUZZTIME"))
	if err != nil {
		return false, err
	}
	if jsonFile != "" {
		if jsonFile, err = filepath.Abs(jsonFile); err != nil {
			return false, err
		}
	}
	if err := enterProject(); err != nil {
		return false, err
	}
	if err := exportData(); err != nil {
		return false, err
	}
	os.Setenv("PORTCULLIS_DEPTH", d.name)
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	r := &runner{ctx: ctx, depth: d, packages: packages, report: newReport(os.Stdout, d.name)}
	for _, s := range []struct {
		name string
		do   func(*runner)
	}{
		{"parts", (*runner).parts},
		{"gofmt", (*runner).gofmt},
		{"vet", (*runner).vet},
		{"staticcheck", (*runner).staticcheck},
		{"gosec", (*runner).gosec},
		{"govulncheck", (*runner).govulncheck},
		{"gitleaks", (*runner).gitleaks},
		{"test", (*runner).test},
		{"race", (*runner).race},
		{"fuzz", (*runner).fuzz},
	} {
		if ctx.Err() != nil {
			return false, fmt.Errorf("stopped before step %q", s.name)
		}
		r.report.begin(s.name)
		s.do(r)
		r.report.end()
	}
	if jsonFile != "" {
		if err := r.report.writeJSON(jsonFile); err != nil {
			return false, err
		}
	}
	return r.report.close(), nil
}

// depth is how much work a run puts into one target.
type depth struct {
	name    string
	fuzz    time.Duration // for each fuzz target, where fuzzAll has room for all of them
	fuzzAll time.Duration // for all fuzz targets together; 0 for as long as it takes
	timeout time.Duration // for each package's tests
	race    []string      // flags of the run under the race detector
}

// foreign leaves SQLite out of the race detector's sight: C in Go's words, with locks of its own and none of ours, and under
// the detector most of the time of what uses it.
const foreign = "-gcflags=modernc.org/sqlite/lib=-race=false"

func readDepth(name, fuzztime string) (depth, error) {
	var d depth
	switch name {
	case "", "ci":
		d = depth{name: "ci", fuzz: 30 * time.Second, fuzzAll: 4 * time.Minute, timeout: 10 * time.Minute,
			race: []string{"-race", "-short", foreign}}
	case "soak":
		d = depth{name: "soak", fuzz: time.Hour, timeout: 8 * time.Hour, race: []string{"-race", foreign}}
	default:
		return d, fmt.Errorf("PORTCULLIS_DEPTH is %q; it must be ci or soak", name)
	}
	if fuzztime == "" {
		return d, nil
	}
	fuzz, err := time.ParseDuration(fuzztime)
	if err != nil || fuzz <= 0 {
		return d, fmt.Errorf("PORTCULLIS_FUZZTIME is %q; it must be a duration above zero, such as 5s", fuzztime)
	}
	d.fuzz, d.fuzzAll = fuzz, 0
	return d, nil
}

// enterProject changes to the folder of the module's go.mod.
func enterProject() error {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return fmt.Errorf("no go.mod here or above; run it inside the project")
	}
	return os.Chdir(filepath.Dir(mod))
}

// exportData hands PORTCULLIS_DATA to the tests as an absolute path. The default folder may be absent (the tests that
// need it skip and say so); one that was named must be there.
func exportData() error {
	dir, named := os.LookupEnv("PORTCULLIS_DATA")
	if !named || dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); named && (err != nil || !info.IsDir()) {
		return fmt.Errorf("PORTCULLIS_DATA is %q, which is no folder", dir)
	}
	return os.Setenv("PORTCULLIS_DATA", dir)
}
