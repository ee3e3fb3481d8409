package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const partsFile = "tools/packages.txt"

// part is something the tests need beyond Go.
type part struct {
	probe    string   // a command, or a file by its absolute path
	packages []string // Debian packages that bring it
	purpose  string   // what goes untested without it
}

func parseParts(text string) ([]part, error) {
	var parts []part
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 3 {
			return nil, fmt.Errorf("%s: %q: want a command, its Debian packages and its purpose", partsFile, line)
		}
		parts = append(parts, part{f[0], strings.Split(f[1], ","), strings.Join(f[2:], " ")})
	}
	return parts, nil
}

func (p part) present() bool {
	if filepath.IsAbs(p.probe) {
		_, err := os.Stat(p.probe)
		return err == nil
	}
	_, err := exec.LookPath(p.probe)
	return err == nil
}

// missing is how an absent part counts: a machine of one's own may lack it, CI may not.
func missing() outcome {
	if os.Getenv("CI") == "true" {
		return failed
	}
	return skipped
}

// parts installs what is missing, and says for each part whether it is there.
func (r *runner) parts() {
	text, err := os.ReadFile(partsFile)
	if err != nil {
		r.report.add(result{partsFile, failed, err.Error()})
		return
	}
	parts, err := parseParts(string(text))
	if err != nil {
		r.report.add(result{partsFile, failed, err.Error()})
		return
	}
	r.installDebian(parts)
	for _, p := range parts {
		if p.present() {
			r.report.add(result{p.probe, passed, ""})
			continue
		}
		r.report.add(result{p.probe, missing(), fmt.Sprintf("not installed, needed for: %s; as root: apt-get install %s",
			p.purpose, strings.Join(p.packages, " "))})
	}
	locks, _ := filepath.Glob("e2e/*/package-lock.json") // errs on a bad pattern only
	for _, lock := range locks {
		r.installNPM(filepath.Dir(lock))
	}
}

// installDebian tries; the probes that follow judge.
func (r *runner) installDebian(parts []part) {
	var wanted []string
	for _, p := range parts {
		if !p.present() {
			wanted = append(wanted, p.packages...)
		}
	}
	if len(wanted) == 0 {
		return
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		r.report.progress("cannot install %s: needs root and apt-get", strings.Join(wanted, " "))
		return
	}
	install := append([]string{"install", "-y", "--no-install-recommends"}, wanted...)
	for _, args := range [][]string{{"update", "-q"}, install} {
		cmd := exec.CommandContext(r.ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			r.report.progress("apt-get %s: %v\n%s", strings.Join(args, " "), err, indent(string(out)))
			return
		}
	}
}

// installNPM installs exactly what the folder's lock names, once per lock.
func (r *runner) installNPM(dir string) {
	if upToDate(filepath.Join(dir, "node_modules", ".package-lock.json"), filepath.Join(dir, "package-lock.json")) {
		r.report.add(result{dir + " packages", passed, ""})
		return
	}
	cmd := exec.CommandContext(r.ctx, "npm", "ci")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.report.add(result{dir + " packages", missing(), fmt.Sprintf("%snpm ci in %s: %v", out, dir, err)})
		return
	}
	r.report.add(result{dir + " packages", passed, ""})
}

// upToDate says whether made is there and no older than its source.
func upToDate(made, source string) bool {
	m, err := os.Stat(made)
	if err != nil {
		return false
	}
	s, err := os.Stat(source)
	return err == nil && !m.ModTime().Before(s.ModTime())
}
