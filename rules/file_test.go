package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// good is a file with one rule.
const good = `rules:
  - name: a
    catches: What a catches.
    when: order
    severity: high
    verdict: deny
    measures: [quarantine, halt]
    shadow: true
    condition: |
      key.loss_1h > 50 &&
        key.network_new == 1
    measured: 0 of 1,000
    tests:
      - {name: x, given: {key.loss_1h: 51, key.network_new: 1}, fires: true}
      - {given: {key.loss_1h: 51}, fires: false}
`

func TestFile(t *testing.T) {
	list, err := File("a.yaml", []byte(good))
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	x := &list[0]
	if x.Name != "a" || x.Catches != "What a catches." || x.When != instruction.WhenOrder || x.Severity != instruction.High || !x.Shadow ||
		x.Response != instruction.RespondDeny || x.Measures != instruction.Quarantine|instruction.Halt || len(x.Tests) != 2 || x.Line != 2 {
		t.Errorf("%+v", x)
	}
	if faults := Check(list); len(faults) != 0 {
		t.Error(faults)
	}
}

// TestFaults: each fault is told with the line where it stands.
func TestFaults(t *testing.T) {
	edit := func(old, now string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(good, old, now, 1)
	}
	for text, want := range map[string]string{
		"":                            "a.yaml:1: the file is empty",
		"rules: [":                    "a.yaml:1: not YAML",
		"- 1":                         "a.yaml:1:1: a file is an object",
		"rule: []":                    `a.yaml:1:1: a file has no field "rule"`,
		"rules: []\n---\nrules: []\n": "a.yaml:2: a second document",
		"rules: &a []":                "a.yaml:1:8: anchors and aliases",
		"rules: !!set {}":             "a.yaml:1:8: tags are not read",
		"rules: " + strings.Repeat("[", 50) + strings.Repeat("]", 50):   "nested deeper",
		"rules: " + strings.Repeat("[", 20_000):                         "not YAML",
		strings.Repeat("x", MaxFile+1):                                  "has 262145 bytes",
		edit("    severity: high\n", ""):                                "a.yaml:2:5: rule a: the rule has no severity",
		edit("severity", "sevrity"):                                     `a.yaml:5:5: rule a: a rule has no field "sevrity"`,
		edit("severity: high", "severity: loud"):                        `a.yaml:5:15: rule a: "loud" is no severity`,
		edit("    when: order\n", "    when: order\n    when: order\n"): "a.yaml:5:5: rule a: the field when is given twice",
		edit("shadow: true", "shadow: maybe"):                           "a.yaml:8:13: rule a: shadow is true or false",
		edit("[quarantine, halt]", "[alarm]"):                           `a.yaml:7:16: rule a: "alarm" is no measure`,
		edit("key.network_new == 1\n", "key.netwrk == 1\n"):             `a.yaml:11:12: rule a: there is no "key.netwrk"`,
		edit("key.loss_1h: 51,", "key.loss: 51,"):                       `a.yaml:14:27: rule a: there is no feature "key.loss"`,
		edit("key.loss_1h: 51,", "key.loss_1h: 5.1,"):                   `a.yaml:14:40: rule a: "5.1" is not a whole number`,
		edit(", fires: false", ""):                                      "a.yaml:15:9: rule a: the test does not say",
		edit("name: a\n", "name: A\n"):                                  "a name is 1 to 48 of a-z",
		edit("condition: |", "condition: >"):                            "a.yaml:9:16: rule a: write a condition of several lines behind |",
	} {
		if _, err := File("a.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		edit("fires: false", "fires: true"):                            "a.yaml:15: rule a: the rule does not fire, and the test says that it does",
		edit("      - {given: {key.loss_1h: 51}, fires: false}\n", ""): "a.yaml:2: rule a: a rule has at least one test in which it fires and one",
		good + strings.TrimPrefix(good, "rules:\n"):                    "a.yaml:16: rule a: there is another rule of this name, in a.yaml:2",
	} {
		list, err := File("a.yaml", []byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if faults := Check(list); len(faults) == 0 || !strings.Contains(faults[0].Error(), want) {
			t.Errorf("%q: %v, want %q", text, faults, want)
		}
	}
}

// TestLoad: folders stand for their files; what is wrong in one file is told with what is wrong in another.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.yaml": strings.Replace(good, "name: a", "name: b", 1), "a.yaml": good, "c.txt": "no"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Load([]string{dir})
	if err != nil || len(list) != 2 || list[0].Name != "a" || list[1].Name != "b" {
		t.Errorf("%v, %v", list, err)
	}
	for _, name := range []string{"a.yaml", "b.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("rules: 1"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load([]string{dir}); err == nil || strings.Count(err.Error(), "rules is a list") != 2 {
		t.Errorf("%v", err)
	}
	if _, err := Load([]string{filepath.Join(dir, "none.yaml")}); err == nil {
		t.Error("a file that is not there")
	}
}

// TestDefault: the pack that a venue starts with is sound, and names what it does in words.
func TestDefault(t *testing.T) {
	list, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for i := range list {
		x := &list[i]
		steps += len(x.Program)
		if x.Measured == "" || !strings.HasSuffix(x.Catches, ".") {
			t.Errorf("%s says too little: %q, measured %q", x.Name, x.Catches, x.Measured)
		}
	}
	if len(list) < 12 {
		t.Errorf("%d rules", len(list))
	}
	t.Logf("%d rules with %d steps", len(list), steps)
}

// FuzzFile: no file makes the reader fail otherwise than with a fault, and what it takes can be checked.
func FuzzFile(f *testing.F) {
	for _, text := range []string{good, "rules: []", "rules: &a [*a]", "rules:\n  - {name: a}\n", "rules: !!binary aGk=", "? rules\n: []", "\ufeffrules: []", "%YAML 1.1\n---\nrules: []"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := File("x", text)
		if err == nil {
			Check(list)
		}
	})
}
