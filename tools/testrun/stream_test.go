package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// house is a project with everything that can become of a test, for the real go test to run.
var house = map[string]string{
	"go.mod":                             "module house\n\ngo 1.26\n",
	"good/testdata/fuzz/FuzzSeeds/found": "go test fuzz v1\nint(7)\n",
	"good/good_test.go": `package good

import "testing"

func TestPlain(t *testing.T) {}

func TestTable(t *testing.T) {
	t.Run("a", func(t *testing.T) {})
	t.Run("b/c", func(t *testing.T) {})
	t.Run("deep", func(t *testing.T) { t.Run("deeper", func(t *testing.T) {}) })
}

func TestSkips(t *testing.T) { t.Skip("the moon is", "not full") }

func FuzzSeeds(f *testing.F) {
	f.Add(1)
	f.Add(2)
	f.Fuzz(func(t *testing.T, n int) {})
}

func FuzzUnsown(f *testing.F) { f.Fuzz(func(t *testing.T, n int) {}) }
`,
	"bad/bad_test.go": `package bad

import "testing"

func TestTable(t *testing.T) {
	t.Log("said by the parent")
	t.Run("good", func(t *testing.T) {})
	t.Run("bad", func(t *testing.T) { t.Error("said by the child") })
}

func TestParentOnly(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Error("the parent alone")
}

func FuzzSeeds(f *testing.F) {
	f.Add(1)
	f.Add(2)
	f.Fuzz(func(t *testing.T, n int) {
		if n == 2 {
			t.Error("two is refused")
		}
	})
}
`,
	"dies/dies_test.go": `package dies

import (
	"os"
	"testing"
)

func TestBefore(t *testing.T) {}
func TestExits(t *testing.T)  { os.Exit(3) }
`,
	"panics/panics_test.go": `package panics

import "testing"

func TestPanics(t *testing.T) { panic("at the disco") }
`,
	"setup/setup_test.go": `package setup

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) { fmt.Println("no harbour"); os.Exit(1) }
func TestNever(t *testing.T) {}
`,
	"broken/broken_test.go": `package broken

import "testing"

func TestNever(t *testing.T) { undefined() }
`,
	"empty/empty.go": "package empty\n",
}

// TestStreamOfRealRun holds every way in which a real package can end.
func TestStreamOfRealRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range house {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-json", "-count=1", "-vet=off", "./...")
	cmd.Dir = dir
	out, _ := cmd.Output() // fails, as it should
	got := map[string]result{}
	var said strings.Builder
	targets, err := readStream(strings.NewReader(string(out)), func(r result) {
		if _, twice := got[r.Name]; twice {
			t.Errorf("%s was reported twice", r.Name)
		}
		got[r.Name] = r
	}, func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) })
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(targets, func(a, b fuzzTarget) int { return strings.Compare(a.pkg+a.name, b.pkg+b.name) })
	if want := []fuzzTarget{{"house/bad", "FuzzSeeds", 2}, {"house/good", "FuzzSeeds", 3}, {"house/good", "FuzzUnsown", 0}}; !slices.Equal(targets, want) {
		t.Errorf("fuzz targets %v, want %v", targets, want)
	}
	want := map[string]outcome{
		"house/good TestPlain":             passed,
		"house/good TestTable/a":           passed,
		"house/good TestTable/b/c":         passed,
		"house/good TestTable/deep/deeper": passed,
		"house/good TestSkips":             skipped,
		"house/good FuzzSeeds":             passed,
		"house/good FuzzUnsown":            passed,
		"house/bad TestTable/good":         passed,
		"house/bad TestTable/bad":          failed,
		"house/bad TestParentOnly/good":    passed,
		"house/bad TestParentOnly":         failed,
		"house/bad FuzzSeeds":              failed,
		"house/dies TestBefore":            passed,
		"house/dies TestExits":             failed,
		"house/panics TestPanics":          failed,
		"house/setup":                      failed,
		"house/broken":                     failed,
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if w, ok := want[name]; !ok || w != got[name].Outcome {
			t.Errorf("%s: outcome %d, want %d (expected at all: %t)\n%s", name, got[name].Outcome, w, ok, got[name].Detail)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s was not reported", name)
	}
	for name, text := range map[string]string{
		"house/good TestSkips":    "the moon is not full",
		"house/bad TestTable/bad": "said by the child",
		"house/bad FuzzSeeds":     "two is refused",
		"house/panics TestPanics": "at the disco",
		"house/setup":             "no harbour",
		"house/broken":            "undefined: undefined",
	} {
		if !strings.Contains(got[name].Detail, text) {
			t.Errorf("%s: detail lacks %q:\n%s", name, text, got[name].Detail)
		}
	}
	if d := got["house/bad TestTable/bad"].Detail; !strings.Contains(d, "said by the parent") {
		t.Errorf("a subtest's failure lacks what its parent said:\n%s", d)
	}
	if !strings.Contains(said.String(), "none house/empty") {
		t.Errorf("the package without tests is not named:\n%s", said.String())
	}
}

// TestStreamCutOff: a go command that is killed leaves packages without an end, and that is a failure.
func TestStreamCutOff(t *testing.T) {
	const cut = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
go: something odd
{"Action":"output","Pack`
	var got []result
	var said strings.Builder
	_, err := readStream(strings.NewReader(cut), func(r result) { got = append(got, r) },
		func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) })
	if err == nil || len(got) != 1 || got[0].Name != "p" || got[0].Outcome != failed {
		t.Errorf("got %v and error %v; want package p failed and an error", got, err)
	}
	if !strings.Contains(said.String(), "go: something odd") {
		t.Errorf("the go command's complaint was lost: %q", said.String())
	}
}
