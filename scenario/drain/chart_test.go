package drain

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"portcullis/core/money"
)

// TestChart: the picture is XML, its curves lie within the axes where their worth is, and say what they are.
func TestChart(t *testing.T) {
	fall := func(name string, to money.Amount, lost Decimal) Curve {
		c := Curve{Name: name, Unit: "USD", Take: Taken{AtRisk: 1_600_000 * million, Lost: lost}}
		for range samplesPerHour {
			c.at = append(c.at, 1_600_000*whole)
		}
		for range 30 * samplesPerHour { // longer than is shown
			c.at = append(c.at, to)
		}
		return c
	}
	svg := string(draw("what it is worth", fall("off", 0, 1_600_000*million), fall("on", 1_568_000*whole, 32_000*million)))
	d := xml.NewDecoder(strings.NewReader(svg))
	var lines [][]string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		e, ok := token.(xml.StartElement)
		for _, a := range e.Attr {
			if ok && e.Name.Local == "polyline" && a.Name.Local == "points" {
				lines = append(lines, strings.Fields(a.Value))
			}
		}
	}
	if len(lines) != 2 {
		t.Fatalf("%d curves in\n%s", len(lines), svg)
	}
	bottom, ceiling := height-foot, int64(2_000_000*whole)
	for i, end := range []int{bottom, bottom - (height-top-foot)*1_568_000/2_000_000} {
		l := lines[i]
		if first := fmt.Sprintf("%d,%d", left, up(1_600_000*whole, ceiling)); l[0] != first {
			t.Errorf("curve %d begins at %s, want %s", i, l[0], first)
		}
		if last := fmt.Sprintf("%d,%d", width-right, end); l[len(l)-1] != last {
			t.Errorf("curve %d ends at %s, want %s", i, l[len(l)-1], last)
		}
	}
	for _, text := range []string{"gate off: 1,600,000 USD lost, 100.00%", "gate on: 32,000 USD lost, 2.00%", ">1,500,000<", ">24<", "hours since the thief began"} {
		if !strings.Contains(svg, text) {
			t.Errorf("no %q in\n%s", text, svg)
		}
	}
}

// TestRounded: figures are told as people round them, so that what is told is what the tables of the docs say.
func TestRounded(t *testing.T) {
	x := &replay{Incident: &FtxDmg2022}
	for n, want := range map[money.Amount]string{9_549*whole + whole/2: "9,550 USD", 9_549*whole + whole/2 - 1: "9,549 USD", -whole / 2: "-1 USD", 1 - whole/2: "0 USD"} {
		if got := x.dollars(n); got != want {
			t.Errorf("%d is told as %s, want %s", n, got, want)
		}
	}
	for part, want := range map[money.Amount]string{5_965: "0.60%", 5_949: "0.59%", 10_000: "1.00%"} {
		if got := percent(part, million); got != want {
			t.Errorf("%d of a million is told as %s, want %s", part, got, want)
		}
	}
	if got := Decimal(1_495_000).short(); got != "1.50" {
		t.Errorf("1.495 is told as %s", got)
	}
}
