package binance

import (
	"testing"
	"time"
)

func at(text string) int64 {
	v, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return v.UnixMilli()
}

func TestIntervalOpen(t *testing.T) {
	const east8 = 8 * hourMs
	for _, c := range []struct {
		interval        string
		t               string
		zone            int64
		open, lastOfOne string
	}{
		{"1s", "2024-08-09T12:34:56.789Z", 0, "2024-08-09T12:34:56Z", "2024-08-09T12:34:56.999Z"},
		{"1m", "2024-08-09T12:34:56.789Z", 0, "2024-08-09T12:34:00Z", "2024-08-09T12:34:59.999Z"},
		{"15m", "2024-08-09T12:34:56Z", 0, "2024-08-09T12:30:00Z", "2024-08-09T12:44:59.999Z"},
		{"4h", "2024-08-09T15:59:59.999Z", 0, "2024-08-09T12:00:00Z", "2024-08-09T15:59:59.999Z"},
		{"4h", "2024-08-09T16:00:00Z", 0, "2024-08-09T16:00:00Z", "2024-08-09T19:59:59.999Z"},
		{"1d", "2024-08-09T12:34:56Z", 0, "2024-08-09T00:00:00Z", "2024-08-09T23:59:59.999Z"},
		{"1d", "2024-08-09T12:34:56Z", east8, "2024-08-08T16:00:00Z", "2024-08-09T15:59:59.999Z"},
		{"1d", "2024-08-09T17:00:00Z", east8, "2024-08-09T16:00:00Z", "2024-08-10T15:59:59.999Z"},
		{"3d", "2017-08-17T05:00:00Z", 0, "2017-08-16T00:00:00Z", "2017-08-18T23:59:59.999Z"},
		{"1w", "2024-08-11T23:59:59.999Z", 0, "2024-08-05T00:00:00Z", "2024-08-11T23:59:59.999Z"},
		{"1w", "2024-08-12T00:00:00Z", 0, "2024-08-12T00:00:00Z", "2024-08-18T23:59:59.999Z"},
		{"1w", "1969-12-31T00:00:00Z", 0, "1969-12-29T00:00:00Z", "1970-01-04T23:59:59.999Z"},
		{"1M", "2024-02-29T23:00:00Z", 0, "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z"},
		{"1M", "2023-12-31T23:59:59.999Z", 0, "2023-12-01T00:00:00Z", "2023-12-31T23:59:59.999Z"},
		{"1M", "2023-12-31T23:59:59.999Z", east8, "2023-12-31T16:00:00Z", "2024-01-31T15:59:59.999Z"},
		{"1m", "1969-12-31T23:59:30Z", 0, "1969-12-31T23:59:00Z", "1969-12-31T23:59:59.999Z"},
	} {
		i, ok := ParseInterval(c.interval)
		if !ok || i.String() != c.interval {
			t.Fatal(c.interval)
		}
		open := i.Open(at(c.t), c.zone)
		if open != at(c.open) || i.Close(open, c.zone) != at(c.lastOfOne) {
			t.Errorf("%s at %s: from %s to %s, want %s to %s", c.interval, c.t, time.UnixMilli(open).UTC().Format(time.RFC3339),
				time.UnixMilli(i.Close(open, c.zone)).UTC().Format(time.RFC3339), c.open, c.lastOfOne)
		}
	}
}

// Klines cover all time without a gap: whatever the interval and the zone, t is
// in [Open, Close], and what opens next opens at Next.
func TestIntervalsCoverTime(t *testing.T) {
	if len(Intervals()) != 16 {
		t.Fatalf("%d intervals", len(Intervals()))
	}
	for _, i := range Intervals() {
		if !i.Valid() {
			t.Errorf("%d is not valid", i)
		}
		for _, zone := range []int64{0, 8 * hourMs, -12 * hourMs, 5*hourMs + 45*minuteMs} {
			for x := at("1969-11-03T07:13:11.123Z"); x < at("1971-02-01T00:00:00Z"); x += 17*hourMs + 12345 {
				open := i.Open(x, zone)
				next := i.Next(open, zone)
				if x < open || x >= next || i.Open(open, zone) != open || i.Open(next, zone) != next || i.Open(next-1, zone) != open {
					t.Fatalf("%s, zone %d: %d in [%d, %d)", i, zone, x, open, next)
				}
			}
		}
	}
	for _, bad := range []string{"", "2m", "1D", "1h ", "60m", "0s"} {
		if _, ok := ParseInterval(bad); ok {
			t.Errorf("%q is an interval", bad)
		}
	}
	if Interval(0).Valid() || Interval(17).Valid() || Interval(17).String() != "" {
		t.Error("17 is valid")
	}
}

func TestTimeZones(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "8": 8 * hourMs, "-1": -hourMs, "-1:00": -hourMs, "05:45": 5*hourMs + 45*minuteMs,
		"14:00": 14 * hourMs, "-12": -12 * hourMs, "+8": 8 * hourMs, "-0:30": -30 * minuteMs} {
		if got, ok := parseZone(text); !ok || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, bad := range []string{"", "x", "14:01", "-12:01", "1:5", "1:60", "100", "1:", ":30", "--1", "1:005"} {
		if got, ok := parseZone(bad); ok {
			t.Errorf("%q was read as %d", bad, got)
		}
	}
}
