package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// check runs one command as one case. It passes when the command exits with 0 and, if quiet is set, prints nothing.
func (r *runner) check(name string, quiet bool, command ...string) {
	out, err := exec.CommandContext(r.ctx, command[0], command[1:]...).CombinedOutput()
	switch {
	case err != nil:
		r.report.add(result{name, failed, fmt.Sprintf("%s%s: %v", out, strings.Join(command, " "), err)})
	case quiet && len(out) > 0:
		r.report.add(result{name, failed, string(out)})
	default:
		r.report.add(result{name, passed, ""})
	}
}

func (r *runner) gofmt() { r.check("gofmt", true, "gofmt", "-l", ".") }

func (r *runner) vet() { r.check("go vet", false, append([]string{"go", "vet"}, r.packages...)...) }

func (r *runner) staticcheck() {
	command := []string{"go", "tool", "-modfile=tools/lint.mod", "staticcheck"}
	r.check("staticcheck", false, append(command, r.packages...)...)
}

func (r *runner) test() { r.targets = r.goTest(r.packages) }

// race runs tests again under the race detector, at ci with -short: it makes everything about ten times slower, and finds
// nothing in what one goroutine does alone. So it leaves the core out. Any other test that means nothing under it goes into
// a file with `//go:build !race`; the step before has run it.
func (r *runner) race() {
	if _, err := exec.LookPath("gcc"); err != nil {
		r.report.add(result{"race detector", skipped, "needs gcc, which is not installed"})
		return
	}
	// Each process under the detector would sleep for a second as it ends, and tests start hundreds.
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=10")
	}
	out, err := exec.CommandContext(r.ctx, "go", append([]string{"list"}, r.packages...)...).Output()
	if err != nil {
		r.report.add(result{"race detector", failed, "go list: " + err.Error()})
		return
	}
	if packages := concurrent(strings.Fields(string(out))); len(packages) > 0 {
		r.goTest(packages, r.depth.race...)
	}
}

// concurrent leaves out the packages of the core: neither they nor their tests start a goroutine, which internal/arrows
// holds.
func concurrent(packages []string) []string {
	return slices.DeleteFunc(packages, func(p string) bool { return p == module+"/core" || strings.HasPrefix(p, module+"/core/") })
}

const module = "portcullis"

// goTest runs packages' tests, streaming their results, and gives the fuzz targets among them. -count=1 asks for real runs, not cached ones: tests read
// the environment, start processes and draw new seeds. Vet has had a step of its own.
func (r *runner) goTest(packages []string, flags ...string) (targets []fuzzTarget) {
	args := append([]string{"test", "-json", "-count=1", "-vet=off", "-timeout=" + r.depth.timeout.String()}, flags...)
	cmd := exec.CommandContext(r.ctx, "go", append(args, packages...)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	before := r.report.current().Failed
	err := func() error {
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		var readErr error
		targets, readErr = readStream(out, r.report.addTest, r.report.progress)
		if err := cmd.Wait(); err != nil {
			return err
		}
		return readErr
	}()
	os.Stderr.Write(complaints.Bytes())
	if err != nil && r.report.current().Failed == before { // failed, and no test or package was to blame
		name := strings.Join(append([]string{"go test"}, flags...), " ")
		r.report.add(result{name, failed, complaints.String() + err.Error()})
	}
	return targets
}
