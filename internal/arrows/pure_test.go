package arrows

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pure is what the core may use of the standard library, and why that is safe. Where only is not empty, it names the
// functions and variables that may be used; types, constants and methods always may.
var pure = map[string]struct {
	why  string
	only []string
}{
	"bytes":           {why: "values"},
	"cmp":             {why: "values"},
	"errors":          {why: "values"},
	"iter":            {why: "types only"},
	"math":            {why: "limits of integers; its floats are refused below"},
	"math/bits":       {why: "128-bit products"},
	"slices":          {why: "values"},
	"sort":            {why: "values"},
	"strconv":         {why: "values; its floats are refused below"},
	"strings":         {why: "values"},
	"unicode/utf8":    {why: "values"},
	"net/netip":       {why: "addresses as values; it opens nothing"},
	"encoding/base64": {why: "values"},
	"encoding/binary": {why: "records"},
	"encoding/hex":    {why: "values"},
	"encoding/pem":    {why: "public keys"},
	"hash":            {why: "interfaces"},
	"hash/maphash":    {why: "look-ups by names that strangers choose; as in a Go map its seed may decide where an entry lies, never what is found or in which order"},
	"crypto":          {why: "names of hashes"},
	"crypto/hmac":     {why: "signatures of requests"},
	"crypto/sha256":   {why: "hashes"},
	"crypto/subtle":   {why: "constant-time compares"},
	"crypto/ed25519":  {"signatures of requests: verified here, never made", []string{"Verify", "VerifyWithOptions"}},
	"crypto/rsa":      {"signatures of requests: verified here, never made", []string{"VerifyPKCS1v15"}},
	"crypto/x509":     {"public keys", []string{"ParsePKIXPublicKey"}},
	"fmt":             {"texts; it may not print", []string{"Errorf", "Sprint", "Sprintf", "Append", "Appendf", "Fprint", "Fprintf"}},
	"time":            {"conversions; the core has no clock", []string{"Unix", "UnixMilli", "UnixMicro", "UTC"}},
}

// TestCoreIsPure holds the core to the fifth law: no clock, no randomness, no I/O, no goroutine, no float, no iteration
// over a map.
func TestCoreIsPure(t *testing.T) {
	root, module := project(t)
	problems, err := impurities(root, module)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// TestImpuritiesAreSeen reads a core that breaks the law on every line marked "// want", and only there.
func TestImpuritiesAreSeen(t *testing.T) {
	root := filepath.Join("testdata", "impure")
	got, err := impurities(root, "portcullis")
	if err != nil {
		t.Fatal(err)
	}
	want := wanted(t, root)
	if len(want) < 20 {
		t.Fatalf("only %d lines marked: the sample is not all there", len(want))
	}
	seen := map[string]bool{}
	for _, problem := range got {
		at := position.FindString(problem)
		if text, ok := want[at]; !ok || !strings.Contains(problem, text) {
			t.Errorf("%s: not what the line asks for (%q)", problem, text)
		}
		seen[at] = true
	}
	for at, text := range want {
		if !seen[at] {
			t.Errorf("%s: %q was not seen", at, text)
		}
	}
}

var position = regexp.MustCompile(`^[^:]+(:\d+)?`)

// wanted reads the marks: file:line of each "// want text".
func wanted(t *testing.T, root string) map[string]string {
	want := map[string]string{"core/tagged": "build tags", "core/assembly": "other than Go"}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := filepath.Rel(root, name)
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			if _, text, ok := strings.Cut(line, "// want "); ok {
				want[fmt.Sprintf("%s:%d", file, n)] = strings.TrimSpace(text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// impurities type-checks every package of the core below a module's root and lists what breaks the law. A core that is
// not there is pure.
func impurities(root, module string) ([]string, error) {
	c := &core{root: root, module: module, fset: token.NewFileSet(), std: importer.Default(), checked: map[string]*types.Package{}}
	err := filepath.WalkDir(filepath.Join(root, "core"), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if d.Name() == "testdata" {
			return fs.SkipDir
		}
		dir, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		_, err = c.Import(module + "/" + filepath.ToSlash(dir))
		if _, none := err.(*build.NoGoError); none {
			return nil
		}
		return err
	})
	if os.IsNotExist(err) {
		return nil, nil
	}
	slices.Sort(c.problems)
	return slices.Compact(c.problems), err // one line may break one law many times
}

// core type-checks the core's packages, each once, and is their importer.
type core struct {
	root, module string
	fset         *token.FileSet
	std          types.Importer
	checked      map[string]*types.Package
	problems     []string
}

// Import checks a package of the module from its source; what is none of the module's comes from the toolchain.
func (c *core) Import(path string) (*types.Package, error) {
	dir, ours := strings.CutPrefix(path, c.module+"/")
	if !ours {
		return c.std.Import(path)
	}
	if pkg := c.checked[path]; pkg != nil {
		return pkg, nil
	}
	found, err := build.ImportDir(filepath.Join(c.root, dir), 0)
	if err != nil {
		return nil, err
	}
	if len(found.IgnoredGoFiles) > 0 {
		c.problems = append(c.problems, fmt.Sprintf("%s: files under build tags %v: every platform runs the same core", dir, found.IgnoredGoFiles))
	}
	if other := slices.Concat(found.SFiles, found.CFiles, found.CgoFiles); len(other) > 0 {
		c.problems = append(c.problems, fmt.Sprintf("%s: files other than Go %v: they cannot be read here", dir, other))
	}
	var files []*ast.File
	for _, name := range found.GoFiles {
		f, err := parser.ParseFile(c.fset, filepath.Join(c.root, dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: c, Sizes: types.SizesFor("gc", "amd64")}
	pkg, err := conf.Check(path, c.fset, files, info)
	if err != nil {
		return nil, err
	}
	c.checked[path] = pkg
	for _, f := range files {
		c.imports(f)
		ast.Inspect(f, func(n ast.Node) bool { c.node(n, info); return true })
	}
	return pkg, nil
}

func (c *core) imports(f *ast.File) {
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has read it
		if _, ok := pure[path]; !ok && !strings.HasPrefix(path, c.module+"/core/") {
			c.problem(spec, "imports %s: not on the list of what the core may use", path)
		}
	}
}

// node judges one piece of source.
func (c *core) node(n ast.Node, info *types.Info) {
	switch n := n.(type) {
	case *ast.GoStmt:
		c.problem(n, "starts a goroutine")
	case *ast.SelectStmt:
		c.problem(n, "selects: which case runs is chance")
	case *ast.RangeStmt:
		if hasMap(info.TypeOf(n.X)) {
			c.problem(n, "ranges over a map: the order is chance")
		}
	case *ast.ChanType:
		c.problem(n, "has a channel")
	case *ast.Ident:
		c.name(n, info)
	case ast.Expr:
		c.float(n, info.TypeOf(n))
	}
}

// name judges a name where it is used or defined.
func (c *core) name(id *ast.Ident, info *types.Info) {
	if obj := info.Defs[id]; obj != nil {
		c.float(id, obj.Type())
		return
	}
	obj := info.Uses[id]
	if obj == nil {
		return
	}
	if b, ok := obj.(*types.Builtin); ok && (b.Name() == "print" || b.Name() == "println") {
		c.problem(id, "prints")
		return
	}
	if pkg := obj.Pkg(); pkg != nil && obj.Parent() == pkg.Scope() {
		_, isType := obj.(*types.TypeName)
		_, isConst := obj.(*types.Const)
		only := pure[pkg.Path()].only
		if len(only) > 0 && !isType && !isConst && !slices.Contains(only, obj.Name()) {
			c.problem(id, "uses %s.%s: of %s the core may use %v", pkg.Name(), obj.Name(), pkg.Path(), only)
			return
		}
	}
	c.float(id, obj.Type())
}

// float refuses floating-point and complex types, and constants that are not whole by their type.
func (c *core) float(n ast.Node, t types.Type) {
	if t == nil {
		return
	}
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 {
		c.problem(n, "has a %s", b.Name())
	}
}

func (c *core) problem(n ast.Node, format string, args ...any) {
	pos := c.fset.Position(n.Pos())
	file, err := filepath.Rel(c.root, pos.Filename)
	if err != nil {
		file = pos.Filename
	}
	c.problems = append(c.problems, fmt.Sprintf("%s:%d: %s", filepath.ToSlash(file), pos.Line, fmt.Sprintf(format, args...)))
}

// hasMap says whether ranging over a value of this type may range over a map.
func hasMap(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Interface: // a type parameter's constraint
		for i := range u.NumEmbeddeds() {
			if union, ok := u.EmbeddedType(i).(*types.Union); ok {
				for j := range union.Len() {
					if hasMap(union.Term(j).Type()) {
						return true
					}
				}
			} else if hasMap(u.EmbeddedType(i)) {
				return true
			}
		}
	}
	return false
}
