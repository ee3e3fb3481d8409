package instruction

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// number is one exported constant of a persisted enumeration, as the package's source has it.
type number struct {
	Type, Name string
	Value      uint64
}

// numbers reads the package's own source, so that a constant added there is known here without being listed by hand.
// What it imports is not looked at: the constants do not need it.
var numbers = sync.OnceValue(func() []number {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		panic(fmt.Sprint("no source here: ", err))
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Error: func(error) {}} // the imports that it misses
	pkg, _ := conf.Check("instruction", fset, parsed, nil)
	var all []number
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || !c.Exported() {
			continue
		}
		typ, ok := c.Type().(*types.Named)
		if !ok {
			continue // sizes and limits
		}
		if b, ok := typ.Underlying().(*types.Basic); !ok || b.Info()&types.IsUnsigned == 0 {
			continue // spans of time
		}
		v, exact := constant.Uint64Val(c.Val())
		if !exact {
			panic(name + " has no value that fits")
		}
		all = append(all, number{typ.Obj().Name(), name, v})
	}
	slices.SortFunc(all, func(a, b number) int {
		return strings.Compare(fmt.Sprintf("%s %6d", a.Type, a.Value), fmt.Sprintf("%s %6d", b.Type, b.Value))
	})
	return all
})

// valuesOf are the numbers that constants of the type have.
func valuesOf(typ string) []uint64 {
	var values []uint64
	for _, n := range numbers() {
		if n.Type == typ {
			values = append(values, n.Value)
		}
	}
	return values
}

// texts gives the text of each persisted enumeration's values.
var texts = map[string]func(n uint64) string{
	"Side":            func(n uint64) string { return Side(n).String() },
	"OrderType":       func(n uint64) string { return OrderType(n).String() },
	"TimeInForce":     func(n uint64) string { return TimeInForce(n).String() },
	"MarketState":     func(n uint64) string { return MarketState(n).String() },
	"Standing":        func(n uint64) string { return Standing(n).String() },
	"CloseCause":      func(n uint64) string { return CloseCause(n).String() },
	"Trigger":         func(n uint64) string { return Trigger(n).String() },
	"SelfTrade":       func(n uint64) string { return SelfTrade(n).String() },
	"Shape":           func(n uint64) string { return Shape(n).String() },
	"Scheme":          func(n uint64) string { return Scheme(n).String() },
	"Rights":          func(n uint64) string { return Rights(n).String() },
	"Decision":        func(n uint64) string { return Decision(n).String() },
	"Giver":           func(n uint64) string { return Giver(n).String() },
	"Class":           func(n uint64) string { return Class(n).String() },
	"Measures":        func(n uint64) string { return Measures(n).String() },
	"MatterKind":      func(n uint64) string { return MatterKind(n).String() },
	"MatterEnd":       func(n uint64) string { return MatterEnd(n).String() },
	"BudgetLimit":     func(n uint64) string { return BudgetLimit(n).String() },
	"MarkTier":        func(n uint64) string { return MarkTier(n).String() },
	"QuarantineCause": func(n uint64) string { return QuarantineCause(n).String() },
	"PayoutState":     func(n uint64) string { return PayoutState(n).String() },
	"CodeState":       func(n uint64) string { return CodeState(n).String() },
	"ProceedsEnd":     func(n uint64) string { return ProceedsEnd(n).String() },
	"IncidentCause":   func(n uint64) string { return IncidentCause(n).String() },
	"IncidentAct":     func(n uint64) string { return IncidentAct(n).String() },
	"OpCode":          func(n uint64) string { return OpCode(n).String() },
	"When":            func(n uint64) string { return When(n).String() },
	"Severity":        func(n uint64) string { return Severity(n).String() },
	"Response":        func(n uint64) string { return Response(n).String() },
	"RuleMode":        func(n uint64) string { return RuleMode(n).String() },
	"Feature":         func(n uint64) string { return Feature(n).String() },
	"Part":            func(n uint64) string { return Part(n).String() },
	"Reason":          func(n uint64) string { return Reason(n).String() },
	"Kind":            func(n uint64) string { return typeName(newInstruction(Kind(n))) },
	"EventKind":       func(n uint64) string { return typeName(new(Events).empty(EventKind(n))) },
	"Account":         func(uint64) string { return "the venue's own" },
}

// typeName is the name of the struct that v points to, "" where v is nil.
func typeName(v any) string {
	if v == nil {
		return ""
	}
	return reflect.TypeOf(v).Elem().Name()
}

// line is how testdata/numbers.txt has a number.
func (n number) line(t *testing.T) string {
	text, ok := texts[n.Type]
	if !ok {
		t.Fatalf("%s is of %s, whose texts this test does not know: add it to texts", n.Name, n.Type)
	}
	return fmt.Sprintf("%s %s = %d %s", n.Type, n.Name, n.Value, text(n.Value))
}

// TestNumbersNeverChange holds every number and its text against the committed list. A line of the list is a promise:
// journals hold the numbers, and customers and scripts rely on the texts.
func TestNumbersNeverChange(t *testing.T) {
	promised := dataLines(t, "testdata/numbers.txt")
	if len(promised) < 100 {
		t.Errorf("the list has %d lines only", len(promised))
	}
	var have []string
	for _, n := range numbers() {
		line := n.line(t)
		have = append(have, line)
		if !slices.Contains(promised, line) {
			t.Errorf("add this line to testdata/numbers.txt, if it is new: %s", line)
		}
	}
	for _, line := range promised {
		if !slices.Contains(have, line) {
			t.Errorf("promised, and gone or changed: %s", line)
		}
	}
}

// TestNumbersAreUnique: within one enumeration a number, and a text, stands for one thing.
func TestNumbersAreUnique(t *testing.T) {
	type key struct{ typ, what string }
	seen := map[key]string{}
	for _, n := range numbers() {
		for _, k := range []key{{n.Type, fmt.Sprint(n.Value)}, {n.Type, texts[n.Type](n.Value)}} {
			if seen[k] != "" {
				t.Errorf("%s and %s are both %q", seen[k], n.Name, k.what)
			}
			seen[k] = n.Name
		}
	}
}

// TestEveryNumberHasText: a constant without a text, and a text without a constant, are mistakes.
func TestEveryNumberHasText(t *testing.T) {
	for typ, text := range texts {
		values := valuesOf(typ)
		if len(values) == 0 {
			t.Errorf("%s has no constants", typ)
		}
		for n := range uint64(1000) {
			if typ == "Account" || typ != "Reason" && n > 255 {
				break
			}
			got := text(n)
			known := got != "" && got != fmt.Sprintf("unknown(%d)", n)
			if (typ == "Rights" || typ == "Measures") && !slices.Contains(values, n) {
				continue // sets of several
			}
			if known != slices.Contains(values, n) {
				t.Errorf("%s %d is %q; is it a constant: %t", typ, n, got, slices.Contains(values, n))
			}
		}
	}
}

// TestKindsAreTheirTypes: KindX is the number of X, and X knows it.
func TestKindsAreTheirTypes(t *testing.T) {
	for _, n := range numbers() {
		var got string
		var back uint64
		switch n.Type {
		case "Kind":
			in := newInstruction(Kind(n.Value))
			if in == nil {
				t.Errorf("newInstruction does not know %s", n.Name)
				continue
			}
			got, back = typeName(in), uint64(in.Kind())
		case "EventKind":
			e := new(Events).empty(EventKind(n.Value))
			if e == nil {
				t.Errorf("Events.empty does not know %s", n.Name)
				continue
			}
			got, back = typeName(e), uint64(e.EventKind())
		default:
			continue
		}
		if "Kind"+got != n.Name || back != n.Value {
			t.Errorf("%s = %d makes a %s, which calls itself %d", n.Name, n.Value, got, back)
		}
	}
}

// TestEveryReasonSpeaks: a stable code, and a whole sentence.
func TestEveryReasonSpeaks(t *testing.T) {
	code := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, n := range numbers() {
		if n.Type != "Reason" {
			continue
		}
		r := Reason(n.Value)
		if !code.MatchString(r.String()) {
			t.Errorf("%s has the code %q", n.Name, r)
		}
		if s := r.Sentence(); len(s) < 10 || !strings.HasSuffix(s, ".") || s[0] < 'A' || s[0] > 'Z' {
			t.Errorf("%s says %q", n.Name, s)
		}
	}
	for _, r := range []Reason{0, 99, 999, 65535} {
		if s := r.Sentence(); s != "" {
			t.Errorf("the unknown reason %d says %q", uint16(r), s)
		}
	}
}

// dataLines are a committed file's lines without blank ones and remarks.
func dataLines(t testing.TB, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}
