package arrows

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Calls with which a node pays from a wallet of its own. Asked again after a lost reply they pay again; a transaction of
// ours that is sent again is the same payment. They are put together here, so that this file has none of them.
var paying = []string{"send" + "toaddress", "send" + "many", "bump" + "fee"} // the last with and without psbt before it

// naive may have a node pay: it shows what happened where that was done.
const naive = "scenario/giftcode/naive.go"

// TestOneWayOfSending: nothing in the tree, tests included, has a node pay by itself, nor uses a client that tries again by
// itself.
func TestOneWayOfSending(t *testing.T) {
	root, _ := project(t)
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || name != root && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		files++
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		found, err := sends(filepath.ToSlash(inside), string(text))
		for _, problem := range found {
			t.Error(problem)
		}
		return err
	})
	if err != nil || files < 300 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// TestSendsAreSeen: each way of paying by the node is found wherever it stands, and nothing else is.
func TestSendsAreSeen(t *testing.T) {
	camel := "Send" + "ToAddress"
	for _, c := range []struct {
		file, text string
		want       int
	}{
		{"venue/x.go", `var m = "` + paying[0] + `"`, 1},
		{"venue/x_test.go", "var m = `[\"" + paying[1] + "\"]`", 1},
		{"bench/x.go", `var m = "psbt` + paying[2] + `"`, 1},
		{"e2e/x.go", "func f() { c." + camel + "() }", 1},
		{"e2e/x.go", "func " + paying[2] + "() {}", 1},
		{"cmd/x.go", `import "example.com/btcd/` + "rpc" + `client/v2"`, 1},
		{"wallet/node/x.go", `var m = "send"`, 1},
		{"scenario/giftcode/x.go", `var m = "send"`, 1},
		{naive, `var m = "send"`, 0},
		{naive, `var m = "` + paying[0] + `"`, 1},
		{"venue/x.go", `var m = "send"`, 0},
		{"wallet/x.go", "// " + paying[0] + "\nvar m = \"sendrawtransaction\"; func send() {}", 0},
	} {
		found, err := sends(c.file, "package x\n"+c.text)
		if err != nil || len(found) != c.want {
			t.Errorf("%s: %s: %q, %v; want %d", c.file, c.text, found, err, c.want)
		}
	}
}

// sends are the places of a file that have a node pay by itself.
func sends(name, text string) (found []string, err error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	note := func(n ast.Node, what string) {
		found = append(found, fmt.Sprintf("%v: %s", set.Position(n.Pos()), what))
	}
	imported := map[ast.Node]bool{}
	for _, im := range f.Imports {
		imported[im.Path] = true
		if strings.Contains(im.Path.Value, "rpc"+"client") {
			note(im, "a client that tries again by itself: "+im.Path.Value)
		}
	}
	short := (strings.HasPrefix(name, "wallet/") || strings.HasPrefix(name, "scenario/")) && name != naive
	ast.Inspect(f, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.Ident:
			word = n.Name
		case *ast.BasicLit:
			if n.Kind != token.STRING || imported[n] {
				return true
			}
			word, _ = strconv.Unquote(n.Value) // it was parsed
			if short && word == "send" {
				note(n, "has a node pay by itself")
			}
		default:
			return true
		}
		if slices.ContainsFunc(paying, func(p string) bool { return strings.Contains(strings.ToLower(word), p) }) {
			note(n, "has a node pay by itself: "+word)
		}
		return true
	})
	return found, err
}
