package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// securityTool is how a tool of tools/security.mod is called.
func securityTool(args ...string) []string {
	return append([]string{"go", "tool", "-modfile=tools/security.mod"}, args...)
}

// notAsked are the rules of gosec that say nothing where they would speak, and why. Everywhere else a finding is mended,
// or annotated where it stands: #nosec, the rule, and the reason.
var notAsked = []struct{ path, rules, why string }{
	{".*", "G104", "names every Close on a way out that has its error already; journal/diskfault tries the ones that matter"},
	{"scenario/.*", "G115,G404", "made-up numbers, drawn from a seed so that a run can be done again"},
	{"bench/.*", "G115,G204,G304,G404", "made-up numbers and customers, files of its own, and the database that it is measured beside"},
	{"internal/orderstream/.*", "G115,G404", "made-up numbers, drawn from a seed"},
	{"journal/diskfault/.*", "G404", "faults are drawn from a seed"},
	{"core/book/.*", "G115", "arithmetic of bits and slots, each step of it held against a model"},
	{"archive/.*", "G115", "SQLite has signed integers only; numbers are given out from 1, and amounts are signed"},
	{"(journal|archive|internal/seal|internal/daemon|cmd/portcullis)/.*", "G304", "the files that the operator named"},
	{"tools/.*", "G204,G306,G702,G703", "running commands on files that the environment names is what it is for; its summary is no secret"},
}

// gosecTool is run by its version, which the checksum database holds fast: in tools/security.mod it would bring the
// libraries of services that it can ask for advice, and is not to.
const gosecTool = "github.com/securego/gosec/v2/cmd/gosec@v2.28.0"

// gosec looks for what commonly makes Go programs unsafe.
func (r *runner) gosec() {
	var rules []string
	for _, x := range notAsked {
		rules = append(rules, x.path+":"+x.rules)
	}
	command := append([]string{"go", "run", gosecTool}, "-quiet", "-nosec-require-rules", "-nosec-require-justification", "-exclude-dir=testdata",
		"-exclude-rules="+strings.Join(rules, ";"))
	r.check("gosec", false, append(command, r.packages...)...)
}

// govulncheck holds what is linked against the known weaknesses of libraries, as far as calls reach them. Its database is
// a file among the data, so that a run needs no network and does not change its mind between two days.
func (r *runner) govulncheck() {
	db, err := r.unpackVulnDB(filepath.Join(os.Getenv("PORTCULLIS_DATA"), "vulndb.tgz"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.report.add(result{"govulncheck", skipped, "needs the vulnerability database: " + err.Error()})
		return
	case err != nil:
		r.report.add(result{"govulncheck", failed, err.Error()})
		return
	}
	defer os.RemoveAll(db)
	r.check("govulncheck", false, append(securityTool("govulncheck", "-db", "file://"+filepath.Join(db, "vdb")), r.packages...)...)
}

// unpackVulnDB unpacks the database to a folder that the caller removes.
func (r *runner) unpackVulnDB(archive string) (string, error) {
	if _, err := os.Stat(archive); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "vulndb-")
	if err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(r.ctx, "tar", "-xzf", archive, "-C", dir).CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("unpacking %s: %s%w", archive, out, err)
	}
	return dir, nil
}

// gitleaks looks for secrets in the tree and in all that was ever committed. What is known to be none stands in
// .gitleaks.toml.
func (r *runner) gitleaks() {
	r.check("gitleaks tree", false, securityTool("gitleaks", "dir", "--no-banner", "--redact", "-v", ".")...)
	if err := exec.CommandContext(r.ctx, "git", "rev-parse", "--git-dir").Run(); err != nil {
		r.report.add(result{"gitleaks history", skipped, "there is no git here, or no history"})
		return
	}
	r.check("gitleaks history", false, securityTool("gitleaks", "git", "--no-banner", "--redact", "-v", ".")...)
}
