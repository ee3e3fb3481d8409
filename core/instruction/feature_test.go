package instruction

import (
	"regexp"
	"strings"
	"testing"
)

// TestFeatureFacts: each feature has a name as rules may write it, which leads back to it, a unit, a window, a sentence, and an
// example that names nothing but features; no other number has anything.
func TestFeatureFacts(t *testing.T) {
	name := regexp.MustCompile(`\b[a-z]+\.[a-z0-9_]+\b`)
	all := Features()
	if len(all) < 50 {
		t.Errorf("%d features", len(all))
	}
	for _, f := range all {
		x := f.Facts()
		back, err := FeatureNamed(x.Name)
		switch {
		case err != nil || back != f || f.String() != x.Name:
			t.Errorf("%d is named %q, which is %d, %v", f, x.Name, back, err)
		case name.FindString(x.Name) != x.Name:
			t.Errorf("a rule cannot write %q", x.Name)
		case x.Unit == "" || x.Window == "" || len(x.Sentence) < 10 || !strings.HasSuffix(x.Sentence, "."):
			t.Errorf("%v: %+v", f, x)
		}
		used := name.FindAllString(x.Example, -1)
		own := false
		for _, n := range used {
			own = own || n == x.Name
			if _, err := FeatureNamed(n); err != nil {
				t.Errorf("the example of %v: %v", f, err)
			}
		}
		if !own {
			t.Errorf("the example of %v does not use it: %q", f, x.Example)
		}
	}
	for _, f := range []Feature{0, 19, 65535} {
		if f.String() == "" || f.Facts().Name != "" || f.known() {
			t.Errorf("something is said of the unknown feature %d", uint16(f))
		}
	}
	for _, n := range []string{"", "key", "key.", "key.loss_2h", "KEY.LOSS_1H", "unknown(0)"} {
		if f, err := FeatureNamed(n); err == nil || f != 0 {
			t.Errorf("%q is the feature %v", n, f)
		}
	}
}
