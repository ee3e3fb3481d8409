package money

import (
	"errors"
	"math"
	"math/big"
	"math/rand"
	"testing"
)

func TestAddSub(t *testing.T) {
	const top, bottom = Amount(math.MaxInt64), Amount(math.MinInt64)
	for _, c := range []struct {
		a, b   Amount
		sum    Amount
		sumErr bool
		dif    Amount
		difErr bool
	}{
		{1, 2, 3, false, -1, false},
		{top, 1, 0, true, top - 1, false},
		{bottom, 1, bottom + 1, false, 0, true},
		{bottom, -1, 0, true, bottom + 1, false},
		{top, 0, top, false, top, false},
		{0, bottom, bottom, false, 0, true},
		{-1, bottom, 0, true, top, false},
	} {
		got, err := c.a.Add(c.b)
		if (err != nil) != c.sumErr || err == nil && got != c.sum {
			t.Errorf("%d+%d = %d, %v", c.a, c.b, got, err)
		}
		got, err = c.a.Sub(c.b)
		if (err != nil) != c.difErr || err == nil && got != c.dif {
			t.Errorf("%d-%d = %d, %v", c.a, c.b, got, err)
		}
	}
}

// TestMulDiv holds the 128-bit arithmetic against big integers.
func TestMulDiv(t *testing.T) {
	seed := int64(20180106)
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	pick := func() int64 { return r.Int63() >> r.Intn(63) }
	for range 200_000 {
		a, b, d := pick(), pick(), pick()+1
		for _, rounding := range []Rounding{Down, Up} {
			want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
			if rounding == Up {
				want.Add(want, big.NewInt(d-1))
			}
			want.Div(want, big.NewInt(d))
			got, err := MulDiv(a, b, d, rounding)
			if want.IsInt64() != (err == nil) || err == nil && want.Int64() != got {
				t.Fatalf("MulDiv(%d, %d, %d, %d) = %d, %v; want %s", a, b, d, rounding, got, err, want)
			}
		}
	}
	for _, c := range [][3]int64{{-1, 1, 1}, {1, -1, 1}, {1, 1, 0}, {1, 1, -1}} {
		if _, err := MulDiv(c[0], c[1], c[2], Down); !errors.Is(err, ErrRange) {
			t.Errorf("MulDiv(%v) accepted", c)
		}
	}
}

func TestNotional(t *testing.T) {
	// 0.12345678 BTC at 61837.63 USDT, both of scale 8.
	p, q := Price(6183763000000), Amount(12345678)
	down, _ := Notional(p, q, 8, Down)
	up, _ := Notional(p, q, 8, Up)
	if down != 763427468263 || up != down+1 {
		t.Errorf("notional %d and %d", down, up)
	}
	back, _ := Buys(down, p, 8)
	if back > q || back < q-1 {
		t.Errorf("Buys(%d) = %d", down, back)
	}
	if _, err := Buys(1, 0, 8); !errors.Is(err, ErrRange) {
		t.Error("a price of zero buys something")
	}
	if fee, _ := PPM(1000).Of(1, Up); fee != 1 {
		t.Errorf("a fee rounds up: got %d", fee)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		s    Scale
		want Amount
		err  error
	}{
		{"1", 8, 1e8, nil},
		{"0.00000001", 8, 1, nil},
		{"61837.63000000", 8, 6183763000000, nil},
		{"61837.6300000000000000", 8, 6183763000000, nil},
		{".5", 2, 50, nil},
		{"5.", 2, 500, nil},
		{"000000000000000000000000000001", 0, 1, nil},
		{"23.0", 0, 23, nil},
		{"0.000000001", 8, 0, ErrPrecision},
		{"1.5", 0, 0, ErrPrecision},
		{"", 8, 0, ErrSyntax},
		{".", 8, 0, ErrSyntax},
		{"1.2.3", 8, 0, ErrSyntax},
		{"-1", 8, 0, ErrSyntax},
		{"+1", 8, 0, ErrSyntax},
		{"1e5", 8, 0, ErrSyntax},
		{" 1", 8, 0, ErrSyntax},
		{"١", 8, 0, ErrSyntax},
		{"23058430092.13693952", 8, 1 << 61, nil},
		{"23058430092.13693953", 8, 0, ErrRange},
		{"99999999999999999999999999", 0, 0, ErrRange},
		{"9223372036854775807", 8, 0, ErrRange},
	} {
		got, err := Parse(c.text, c.s)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("Parse(%q, %d) = %d, %v; want %d, %v", c.text, c.s, got, err, c.want, c.err)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		a    Amount
		s    Scale
		want string
	}{
		{0, 8, "0.00000000"}, {0, 0, "0"}, {1, 8, "0.00000001"}, {-150, 2, "-1.50"}, {7, 0, "7"},
		{math.MinInt64, 8, "-92233720368.54775808"}, {math.MaxInt64, 12, "9223372.036854775807"},
	} {
		if got := c.a.Text(c.s); got != c.want {
			t.Errorf("Text(%d, %d) = %q, want %q", c.a, c.s, got, c.want)
		}
	}
}

// FuzzParse: what parses prints as an equal number and parses again to the same.
func FuzzParse(f *testing.F) {
	seeds := []string{"0", "1.5", "61837.63000000", "0.00000001", "23058430092.13693952", "..", "1e9"}
	for _, s := range seeds {
		f.Add(s, uint8(8))
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, text string, scale uint8) {
		s := Scale(scale % uint8(MaxScale+1))
		a, err := Parse(text, s)
		if err != nil {
			return
		}
		if a < 0 || a > MaxAmount {
			t.Fatalf("Parse(%q, %d) = %d", text, s, a)
		}
		again, err := Parse(a.Text(s), s)
		if err != nil || again != a {
			t.Fatalf("%q at %d: %d prints %q, which parses to %d, %v", text, s, a, a.Text(s), again, err)
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			return
		}
		got := new(big.Rat).SetFrac64(int64(a), s.One())
		if want.Cmp(got) != 0 {
			t.Fatalf("%q at %d: got %s", text, s, got)
		}
	})
}

// TestAddSaturated: a sum stops at the largest amount, and at nothing else.
func TestAddSaturated(t *testing.T) {
	for _, x := range []struct{ a, b, want Amount }{
		{1, 2, 3}, {-5, 2, -3}, {MaxAmount - 1, 1, MaxAmount}, {MaxAmount, 1, MaxAmount}, {MaxAmount, MaxAmount, MaxAmount}, {MaxAmount, -1, MaxAmount - 1},
		{-MaxAmount, -MaxAmount, -2 * MaxAmount},
	} {
		if got := x.a.AddSaturated(x.b); got != x.want {
			t.Errorf("%d and %d are %d, want %d", x.a, x.b, got, x.want)
		}
	}
}
