package rules

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// maxFiles is how many files make a pack at most.
const maxFiles = 64

//go:embed pack/*.yaml
var embedded embed.FS

// Default is the pack of a venue that was given no other.
func Default() ([]Rule, error) {
	entries, err := embedded.ReadDir("pack")
	if err != nil {
		return nil, err
	}
	var list []Rule
	for _, e := range entries {
		text, err := embedded.ReadFile("pack/" + e.Name())
		if err != nil {
			return nil, err
		}
		more, err := File("pack/"+e.Name(), text)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, errors.Join(Check(list)...)
}

// DefaultText is that pack as one file, with its comments.
func DefaultText() (string, error) {
	entries, err := embedded.ReadDir("pack")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i, e := range entries {
		text, err := embedded.ReadFile("pack/" + e.Name())
		if err != nil {
			return "", err
		}
		if i > 0 {
			text = bytes.Replace(text, []byte("rules:\n"), nil, 1)
			b.WriteByte('\n')
		}
		b.Write(text)
	}
	return b.String(), nil
}

// Load is LoadUntested for a pack: names are taken once, tests come out as they say, and all of it fits.
func Load(names []string) ([]Rule, error) {
	list, err := LoadUntested(names)
	if err != nil {
		return nil, err
	}
	return list, errors.Join(Check(list)...)
}

// LoadUntested reads the rules of files, and of the *.yaml in folders, in the order in which they are named. Of each file the first
// fault is told.
func LoadUntested(names []string) ([]Rule, error) {
	files, err := Files(names)
	if err != nil {
		return nil, err
	}
	var list []Rule
	var faults []error
	for _, name := range files {
		text, err := open(name)
		if err != nil {
			return nil, err
		}
		more, err := File(name, text)
		if err != nil {
			faults = append(faults, err)
		}
		list = append(list, more...)
	}
	return list, errors.Join(faults...)
}

// Files are the files that names stand for: folders for their *.yaml.
func Files(names []string) (files []string, err error) {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, name)
			continue
		}
		more, err := filepath.Glob(filepath.Join(name, "*.yaml"))
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			return nil, fmt.Errorf("%s has no *.yaml", name)
		}
		files = append(files, more...)
	}
	if len(files) > maxFiles {
		return nil, fmt.Errorf("%d files of rules, where %d are allowed", len(files), maxFiles)
	}
	return files, nil
}

// open reads a file, and no more of it than one may have.
func open(name string) ([]byte, error) {
	f, err := os.Open(name) // #nosec G304 -- the operator names it
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFile+1))
}

// Check says what is wrong with rules that are to be one pack: names that are taken, tests that are missing or come out otherwise,
// and what is too much together.
func Check(list []Rule) (faults []error) {
	names := map[string]*Rule{}
	for i := range list {
		x := &list[i]
		if y := names[x.Name]; y != nil {
			faults = append(faults, &Fault{File: x.File, Line: x.Line, Rule: x.Name, What: fmt.Sprintf("there is another rule of this name, in %s:%d", y.File, y.Line)})
		}
		names[x.Name] = x
		if fault := x.test(); fault != nil {
			faults = append(faults, fault)
		}
	}
	if len(faults) > 0 {
		return faults
	}
	if err := rule.Sound(Plain(list)); err != nil {
		return []error{err}
	}
	c := instruction.Writer(nil)
	plain := Plain(list)
	c.Rules(&plain)
	if n := len(c.Bytes()); n > maxPack {
		return []error{fmt.Errorf("the rules take %d bytes together, where %d are allowed: shorten what they catch, or leave some out", n, maxPack)}
	}
	return nil
}

// maxPack is how many bytes a pack takes in its record, with room for the reason.
const maxPack = 64_000

// test says which of a rule's tests come out otherwise than they say, the first of them.
func (x *Rule) test() *Fault {
	var fires, not bool
	for i := range x.Tests {
		t := &x.Tests[i]
		if x.Passes(t) {
			fires, not = fires || t.Fires, not || !t.Fires
			continue
		}
		what := "fires, and the test says that it does not"
		if t.Fires {
			what = "does not fire, and the test says that it does"
		}
		return &Fault{File: x.File, Line: t.Line, Rule: x.Name, What: fmt.Sprintf("the rule %s: portcullis rules explain says why", what)}
	}
	if !fires || !not {
		return &Fault{File: x.File, Line: x.Line, Rule: x.Name, What: "a rule has at least one test in which it fires and one in which it does not"}
	}
	return nil
}

// Passes says whether a test comes out as it says.
func (x *Rule) Passes(t *Test) bool { return x.Compiled.Program.Holds(t.Given) == t.Fires }

// Plain are the rules as the venue takes them.
func Plain(list []Rule) []instruction.Rule {
	plain := make([]instruction.Rule, len(list))
	for i := range list {
		plain[i] = list[i].Rule
	}
	return plain
}
