package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"

	"portcullis/core/instruction"
)

// TestCompile: what holds of given values.
func TestCompile(t *testing.T) {
	given := Given{instruction.KeyLoss1h: 60, instruction.KeyOrders1h: 7, instruction.RequestOrder: 1}
	for text, want := range map[string]bool{
		"key.loss_1h > 50":                                         true,
		"50 < key.loss_1h":                                         true,
		"key.loss_1h >= 61":                                        false,
		"key.loss_1h == 60 && key.orders_1h != 8":                  true,
		"key.loss_1h < 60 || key.orders_1h <= 6":                   false,
		"!(key.loss_1h < 60) && request.order == 1":                true,
		"key.loss_1h in [59, 60]":                                  true,
		"key.loss_1h in [59, 61] || key.orders_1h in [7]":          true,
		"(key.orders_1h > 5 ? key.loss_1h : 0) == 60":              true,
		"key.loss_1h > 5 * key.orders_1h + 24":                     true,
		"key.loss_1h > 5 * key.orders_1h + 25":                     false,
		"-key.loss_1h == -60":                                      true,
		"key.loss_1h / 7 == 8 && key.loss_1h % 7 == 4":             true,
		"(key.loss_1h > 50) == (key.orders_1h > 50)":               false,
		"key.loss_1h - key.orders_1h == 53\n  && true":             true,
		"9223372036854775807 + key.loss_1h == 9223372036854775807": true, // it stops there
	} {
		c, fault := Compile(text)
		if fault != nil {
			t.Errorf("%q: %v", text, fault)
			continue
		}
		if got := c.Program.Holds(given); got != want {
			t.Errorf("%q is %t", text, got)
		}
		if e := c.Explain(given); e.Holds != want {
			t.Errorf("%q is explained as %t", text, e.Holds)
		}
	}
}

// TestRefused: what no program can do, or should not, is refused where it stands.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "1:1: a condition is missing",
		"key.loss_1h >":                         "1:14: Syntax error",
		"key.loss_1h > 50 &&\n  key.los_1h > 3": `2:6: there is no "key.los_1h"`,
		"key.loss_1h + 1":                       "1:1: the condition is of type int",
		"key.loss_1h > 5.0":                     "1:13: found no matching overload",
		`"a" == "b"`:                            "1:1: a string: conditions are of whole numbers",
		`size("abc") > 1 && key.loss_1h > 1`:    "1:5: there are no functions: size cannot be called",
		`"abc".matches("(a+)+$")`:               "1:14: there are no functions: matches cannot be called",
		"[1, 2].all(x, x > 0)":                  `1:11: there is no "all"`,
		"has(key.loss_1h)":                      `1:4: there is no "has"`,
		"key.loss_1h / key.orders_1h > 2":       "1:13: what is divided by may be 0",
		"key.loss_1h % 0 > 2":                   "1:13: what is divided by may be 0",
		"key.loss_1h in [key.orders_1h]":        "1:20: behind in stands a list of constants",
		"key.loss_1h in []":                     "1:13: behind in stands a list of constants",
		"1 < 2":                                 "1:1: it reads no feature",
		"[key.loss_1h][0] > 1":                  "1:14: there are no functions",
		"{1: 2}[1] == key.loss_1h":              "1:7: there are no functions",
		"duration('1h') > duration('1m')":       "1:9: there are no functions",
		strings.Repeat("(", 200) + "key.loss_1h > 1" + strings.Repeat(")", 200):  "expression recursion limit exceeded",
		strings.Repeat("!", 5000) + "true":                                       "1:1: a condition of 5004 bytes",
		strings.Repeat("key.loss_1h > 1 && ", 60) + "true":                       "it takes more than 128 steps",
		strings.TrimSuffix(strings.Repeat("key.loss_1h + ", 50), " + ") + " > 1": "max recursion depth exceeded",
	} {
		_, fault := Compile(text)
		if fault == nil || !strings.Contains(fault.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, fault, want)
		}
	}
}

// TestExplain: each clause says whether it holds, and on what.
func TestExplain(t *testing.T) {
	c, fault := Compile("key.loss_1h > 50 && key.network_new == 1 && (market.thin == 1 || !(key.markets > 3))")
	if fault != nil {
		t.Fatal(fault)
	}
	e := c.Explain(Given{instruction.KeyLoss1h: 60, instruction.KeyMarkets: 5})
	var lines []string
	var tell func(x Clause, in string)
	tell = func(x Clause, in string) {
		line := fmt.Sprintf("%s%s: %t", in, x.Text, x.Holds)
		for _, v := range x.Values {
			line += fmt.Sprintf(" [%s %d]", v.Feature, v.Value)
		}
		lines = append(lines, line)
		for _, p := range x.Parts {
			tell(p, in+" ")
		}
	}
	tell(e, "")
	want := `key.loss_1h > 50 && key.network_new == 1 && (market.thin == 1 || !(key.markets > 3)): false
 key.loss_1h > 50: true [key.loss_1h 60]
 key.network_new == 1: false [key.network_new 0]
 market.thin == 1 || !(key.markets > 3): false
  market.thin == 1: false [market.thin 0]
  !(key.markets > 3): false
   key.markets > 3: true [key.markets 5]`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// random makes conditions that are of type bool, or of type int, and no deeper than n.
type random struct{ *rand.Rand }

func (r random) number(n int) string {
	switch k := r.IntN(7); {
	case n <= 0 || k < 3:
		if r.IntN(3) == 0 {
			return fmt.Sprint(r.IntN(9) - 3)
		}
		f := instruction.Features()[20+r.IntN(5)]
		return f.String()
	case k == 3:
		return fmt.Sprintf("(%s / %d)", r.number(n-1), r.IntN(5)+1)
	case k == 4:
		return fmt.Sprintf("(%s ? %s : %s)", r.truth(n-1), r.number(n-1), r.number(n-1))
	case k == 5:
		return fmt.Sprintf("-(%s)", r.number(n-1))
	}
	return fmt.Sprintf("(%s %s %s)", r.number(n-1), []string{"+", "-", "*"}[r.IntN(3)], r.number(n-1))
}

func (r random) truth(n int) string {
	switch k := r.IntN(6); {
	case n <= 0 || k < 2:
		return fmt.Sprintf("%s %s %s", r.number(n-1), []string{"<", "<=", ">", ">=", "==", "!="}[r.IntN(6)], r.number(n-1))
	case k == 2:
		return fmt.Sprintf("!(%s)", r.truth(n-1))
	case k == 3:
		return fmt.Sprintf("%s in [%d, %d]", r.number(n-1), r.IntN(5), r.IntN(5))
	case k == 4:
		return fmt.Sprintf("((%s) == (%s))", r.truth(n-1), r.truth(n-1))
	}
	return fmt.Sprintf("((%s) %s (%s))", r.truth(n-1), []string{"&&", "||"}[r.IntN(2)], r.truth(n-1))
}

// TestAgainstCEL: the flat program says of each random condition what CEL itself says.
func TestAgainstCEL(t *testing.T) {
	const seed = 20261121
	t.Logf("seed %d", seed)
	r := random{rand.New(rand.NewPCG(seed, 0))}
	conditions := 600
	if testing.Short() {
		conditions = 150
	}
	held, compared := 0, 0
	for range conditions {
		text := r.truth(3)
		c, fault := Compile(text)
		if fault != nil {
			continue // too long, or of constants alone
		}
		ask := celOf(t, text)
		for range 20 {
			given, values := Given{}, map[string]any{}
			for _, f := range instruction.Features() {
				given[f] = int64(r.IntN(9) - 3)
				values[f.String()] = given[f]
			}
			got, want := c.Program.Holds(given), ask(values)
			if got != want || c.Explain(given).Holds != want {
				t.Fatalf("%s of %v is %t, by CEL %t", text, given, got, want)
			}
			if compared++; got {
				held++
			}
		}
	}
	if held < compared/5 || held > compared*4/5 || compared < conditions*5 {
		t.Errorf("of %d comparisons %d hold: the conditions say little", compared, held)
	}
}

// celOf evaluates a condition by CEL alone.
func celOf(t *testing.T, text string) func(map[string]any) bool {
	t.Helper()
	env, err := environment()
	if err != nil {
		t.Fatal(err)
	}
	tree, issues := env.Compile(text)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	p, err := env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		t.Fatal(err)
	}
	return func(values map[string]any) bool {
		v, _, err := p.Eval(values)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return v.Value() == true
	}
}

// FuzzCompile: no text makes the compiler fail otherwise than with a fault that says where, and what it takes says what CEL says.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{
		"key.loss_1h > 50 && key.network_new == 1", "key.loss_1h in [1, 2]", "!(key.markets > 3) ? true : false", "size('a') > 1",
		"key.loss_1h / 0 > 1", "((((", "\"\\", "key.loss_1h > 9223372036854775807 + 1", "a.b.c", "b'\\xff' == b''", "[[[[]]]]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, fault := Compile(text)
		if fault != nil {
			if fault.What == "" || fault.Line < 1 || fault.Column < 1 {
				t.Fatalf("%q: %+v", text, fault)
			}
			return
		}
		given, values := Given{}, map[string]any{}
		for i, x := range instruction.Features() {
			given[x] = int64(i%7) - 1
			values[x.String()] = given[x]
		}
		if c.Explain(given).Holds != c.Program.Holds(given) {
			t.Fatalf("%q is explained otherwise", text)
		}
	})
}
