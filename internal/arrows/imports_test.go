package arrows

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestArrows holds the whole project to the table.
func TestArrows(t *testing.T) {
	root, module := project(t)
	found, err := imports(os.DirFS(root), module)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("found no package: the test looks in the wrong place")
	}
	for _, problem := range strays(found, table, libraries) {
		t.Error(problem)
	}
}

// TestTableIsSane: what the design forbids can not be allowed by a slip in the table.
func TestTableIsSane(t *testing.T) {
	composers := []string{"cmd/...", "internal/daemon", "bench/..."}
	edges := []string{"venue", "operator", "wallet", "connect", "vault", "bot", "console", "inquest"}
	for name, r := range table {
		if r.why == "" {
			t.Errorf("row %q gives no reason", name)
		}
		for _, e := range edges {
			if name == "scenario/giftcode" && e == "wallet" {
				continue // one replay is of a wallet
			}
			if allows(r.may, e) && !matches(name, e) && !slices.Contains(composers, name) {
				t.Errorf("row %q may import edge %q; only %v may", name, e, composers)
			}
		}
		for _, c := range []string{"bench", "internal/daemon"} {
			if allows(r.may, c) && !slices.Contains(composers, name) {
				t.Errorf("row %q may import %q, which sees everything; only %v may", name, c, composers)
			}
		}
		for _, may := range r.may {
			inCore := name == "core" || strings.HasPrefix(name, "core/")
			if inCore && may != "core/..." && may != queues && may != windows && may != shelves && !slices.Contains(nouns, may) || may == "core/..." && inCore && name != "core" {
				t.Errorf("row %q may import %q; inside the core only package core sees more than %v", name, may, nouns)
			}
		}
	}
	for name, l := range libraries {
		if l.why == "" {
			t.Errorf("library %q has no reason", name)
		}
		for _, user := range l.may {
			if user == "..." || user == "core" || strings.HasPrefix(user, "core/") {
				t.Errorf("library %q may be used by %q; the core uses none", name, user)
			}
		}
	}
}

// TestStraysAreSeen runs the check over a small project in which every arrow but one is wrong.
func TestStraysAreSeen(t *testing.T) {
	found, err := imports(os.DirFS("testdata/stray"), "portcullis")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`core/book/book.go:4: core/book imports example.com/unknown`,
		`core/book/book.go:5: core/book imports modernc.org/sqlite/lib`,
		`core/book/book.go:8: core/book imports core/ledger`,
		`stranger: has no row`,
		`venue/venue.go:4: venue imports wallet`,
	}
	got := strays(found, table, libraries)
	if len(got) != len(want) {
		t.Errorf("got %d problems, want %d", len(got), len(want))
	}
	for i, problem := range got {
		if i >= len(want) || !strings.HasPrefix(problem, want[i]) {
			t.Errorf("problem %d: %s", i, problem)
		}
	}
}

// imported is one import as it stands in a file.
type imported struct {
	path string // inside the module: relative to it; else as written
	ours bool
	pos  string
}

// imports reads the imports of every product file below a module's root, by package path inside the module.
func imports(root fs.FS, module string) (map[string][]imported, error) {
	found := map[string][]imported{}
	fset := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base == "node_modules" || name != "." && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, name, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(name)
		found[pkg] = slices.Grow(found[pkg], len(f.Imports)) // a package without imports counts too
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			inside, ours := strings.CutPrefix(p, module+"/")
			pos := fset.Position(spec.Pos())
			found[pkg] = append(found[pkg], imported{inside, ours, fmt.Sprintf("%s:%d", pos.Filename, pos.Line)})
		}
		return nil
	})
	return found, err
}

// strays are the imports that no row allows, and the packages without a row.
func strays(found map[string][]imported, table, libraries map[string]row) []string {
	var problems []string
	for _, pkg := range slices.Sorted(maps.Keys(found)) {
		name, known := rowOf(table, pkg)
		if !known {
			problems = append(problems, fmt.Sprintf("%s: has no row in internal/arrows/table_test.go; add one with its reason", pkg))
			continue
		}
		for _, im := range found[pkg] {
			switch {
			case im.ours && !allows(table[name].may, im.path):
				problems = append(problems, fmt.Sprintf("%s: %s imports %s; its row allows %v, because: %s",
					im.pos, pkg, im.path, table[name].may, table[name].why))
			case !im.ours && !standard(im.path) && !libraryAllowed(libraries, pkg, im.path):
				problems = append(problems, fmt.Sprintf("%s: %s imports %s; no row of libraries lets it", im.pos, pkg, im.path))
			}
		}
	}
	return problems
}

// rowOf finds the row that speaks of a package: its own, or the longest pattern over it.
func rowOf(table map[string]row, pkg string) (name string, ok bool) {
	if _, ok := table[pkg]; ok {
		return pkg, true
	}
	for pattern := range table {
		if matches(pattern, pkg) && len(pattern) > len(name) {
			name, ok = pattern, true
		}
	}
	return name, ok
}

func allows(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, pkg) })
}

// matches: "..." is everything, "x/..." is x and all below it.
func matches(pattern, pkg string) bool {
	if pattern == "..." || pattern == pkg {
		return true
	}
	below, ok := strings.CutSuffix(pattern, "/...")
	return ok && (pkg == below || strings.HasPrefix(pkg, below+"/"))
}

func libraryAllowed(libraries map[string]row, pkg, lib string) bool {
	for name, r := range libraries {
		if matches(name+"/...", lib) && allows(r.may, pkg) {
			return true
		}
	}
	return false
}

// standard: only paths of the standard library have no dot in their first element.
func standard(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}

// project is the folder of go.mod above this package, and the module's name.
func project(t *testing.T) (root, module string) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(mod), "\n")
	module, ok := strings.CutPrefix(first, "module ")
	if !ok {
		t.Fatalf("go.mod starts with %q, not with its module", first)
	}
	return root, strings.TrimSpace(module)
}
