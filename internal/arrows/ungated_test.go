package arrows

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// ungatedMay is who may name a gate that stands open, beside the two that define it.
var ungatedMay = []string{"core", "core/gate", "scenario/...", "bench/..."}

// TestUngated: nothing that a venue runs on can open its gate.
func TestUngated(t *testing.T) {
	root, _ := project(t)
	problems, uses, err := ungated(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if uses == 0 {
		t.Error("nobody names core.NewUngated: the test looks for another name than it has")
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// TestUngatedIsSeen runs the check over a small project where two packages open the gate that may not.
func TestUngatedIsSeen(t *testing.T) {
	problems, uses, err := ungated(os.DirFS("testdata/ungated"))
	if err != nil {
		t.Fatal(err)
	}
	if uses != 4 || len(problems) != 3 || !strings.HasPrefix(problems[0], "cmd/portcullis/main.go:5: ") || !strings.HasPrefix(problems[1], "internal/daemon/daemon.go:5: ") {
		t.Errorf("%d uses, %q", uses, problems)
	}
}

// opens are the functions that make a gate that stands open.
var opens = []string{"NewUngated", "NewOff", "NewDetecting", "NewDetectors"}

// ungated finds product files that name one of them, and those of them that may not.
func ungated(root fs.FS) (problems []string, uses int, err error) {
	fset := token.NewFileSet()
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		may := slices.ContainsFunc(ungatedMay, func(p string) bool { return matches(p, path.Dir(name)) })
		ast.Inspect(f, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || !slices.Contains(opens, id.Name) {
				return true
			}
			if uses++; !may {
				at := fset.Position(id.Pos())
				problems = append(problems, fmt.Sprintf("%s:%d: %s opens the gate; only %v may", at.Filename, at.Line, path.Dir(name), ungatedMay))
			}
			return true
		})
		return nil
	})
	return problems, uses, err
}
