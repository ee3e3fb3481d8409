package money

import (
	"errors"
	"math"
	"testing"
)

func TestPercent(t *testing.T) {
	for text, want := range map[string]PPM{"2%": 20_000, "0.05%": 500, "100%": Whole, "0.0001%": 1, "0%": 0, "214748.3647%": math.MaxInt32} {
		if got, err := ParsePercent(text); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
		if got := want.Percent(); got != text {
			t.Errorf("%d: %s, want %s", want, got, text)
		}
	}
	if got := PPM(-250).Percent(); got != "-0.025%" {
		t.Errorf("below 0: %s", got)
	}
	for text, want := range map[string]error{"2": ErrSyntax, "": ErrSyntax, "%": ErrSyntax, "-1%": ErrSyntax, "2%%": ErrSyntax, "1e2%": ErrSyntax, " 2%": ErrSyntax,
		"0.00001%": ErrPrecision, "214748.3648%": ErrRange, "99999999999999999999%": ErrRange} {
		if got, err := ParsePercent(text); !errors.Is(err, want) {
			t.Errorf("%q: %d, %v; want %v", text, got, err, want)
		}
	}
}

func FuzzPercent(f *testing.F) {
	for _, seed := range []string{"2%", "0.05%", "100%", "214748.3647%", "%", "02.50%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParsePercent(text)
		if err != nil {
			return
		}
		if again, err := ParsePercent(n.Percent()); n < 0 || err != nil || again != n {
			t.Errorf("%q is %d, which is written %s and read as %d, %v", text, n, n.Percent(), again, err)
		}
	})
}
