package arrows

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCoreIsTestedAlone: no test of the core starts a goroutine. The core may not (TestCoreIsPure), so the run under the
// race detector leaves it out; who reads a core from many goroutines is tested there.
func TestCoreIsTestedAlone(t *testing.T) {
	root, _ := project(t)
	files := 0
	err := filepath.WalkDir(filepath.Join(root, "core"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		files++
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, p := range goroutines(t, name, string(text)) {
			t.Error(p)
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Fatalf("%d files of tests, %v", files, err)
	}
	if n := len(goroutines(t, "x_test.go", "package x\nfunc f() {\n\tgo f()\n\tt.Parallel()\n\twg.Go(f)\n\tb.RunParallel(f)\n\tt.Run(f)\n}")); n != 4 {
		t.Errorf("of four ways to start goroutines %d are seen", n)
	}
}

// goroutines are the lines of a file that start one, by their look.
func goroutines(t *testing.T, name, text string) (found []string) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		starts := false
		switch n := n.(type) {
		case *ast.GoStmt:
			starts = true
		case *ast.SelectorExpr:
			starts = n.Sel.Name == "Go" || n.Sel.Name == "Parallel" || n.Sel.Name == "RunParallel"
		}
		if starts {
			found = append(found, fmt.Sprintf("%v: starts a goroutine", set.Position(n.Pos())))
		}
		return true
	})
	return found
}
