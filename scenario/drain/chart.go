package drain

import (
	"bytes"
	"fmt"
	"strings"

	"portcullis/core/money"
)

// Curve is what the first account was worth, by fair prices: a sample each five minutes, the first an hour before the thief
// began.
type Curve struct {
	Name string // how it is told from the others
	Unit string
	Take Taken
	at   []money.Amount
}

// The picture, in pixels.
const (
	width, height          = 780, 400
	left, right, top, foot = 84, 24, 64, 56
	samplesPerHour         = int(hour / samples)
	hoursBefore            = 1
	hoursShown             = hoursBefore + int(window/hour)
)

// Chart draws what the first account was worth in replays of one incident, with one seed, in one picture: an SVG that is
// readable on a light and on a dark page. There must be a replay.
func Chart(list ...Result) []byte {
	var curves []Curve
	for i := range list {
		curves = append(curves, list[i].Curve)
	}
	return draw(fmt.Sprintf("%s, seed %d: what the account is worth", list[0].Scenario, list[0].Seed), curves...)
}

func draw(title string, curves ...Curve) []byte {
	most := money.Amount(whole)
	for _, c := range curves {
		for _, n := range c.at {
			most = max(most, n)
		}
	}
	step := stride(int64(most/whole)) * whole
	ceiling := (int64(most) + step - 1) / step * step
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n", width, height, title)
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect class="page" width="%d" height="%d" rx="6"/><text class="title" x="%d" y="24">%s</text>`+"\n", width, height, left, title)
	grid(&b, ceiling, step, curves[0].Unit)
	for i := range curves {
		curves[i].draw(&b, i, ceiling)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// style has colours of the same contrast for light and dark pages.
const style = `<style>
text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}.small{fill:#57606a}
.page{fill:#ffffff}.grid{stroke:#d0d7de}.axis{stroke:#57606a}.thief{stroke:#57606a;stroke-dasharray:4 4}
.curve{fill:none;stroke-width:2.5;stroke-linejoin:round}.c0{stroke:#cf222e}.c1{stroke:#0969da}.t0{fill:#cf222e}.t1{fill:#0969da}
@media (prefers-color-scheme: dark){text{fill:#e6edf3}.small{fill:#9198a1}.page{fill:#0d1117}.grid{stroke:#30363d}
.axis,.thief{stroke:#9198a1}.c0{stroke:#ff7b72}.c1{stroke:#58a6ff}.t0{fill:#ff7b72}.t1{fill:#58a6ff}}
</style>
`

// stride is a round number of which there are at most six up to n.
func stride(n int64) int64 {
	for step := int64(1); ; step *= 10 {
		for _, s := range []int64{step, 2 * step, 5 * step} {
			if n <= 6*s {
				return s
			}
		}
	}
}

// across and up are where a moment and a worth lie.
func across(sample int) int { return left + (width-left-right)*sample/(hoursShown*samplesPerHour) }

func up(n money.Amount, ceiling int64) int {
	return height - foot - int(part(int64(height-top-foot), max(int64(n), 0), ceiling))
}

// grid draws the axes with their units.
func grid(b *bytes.Buffer, ceiling, step int64, unit string) {
	for n := int64(0); n <= ceiling; n += step {
		y := up(money.Amount(n), ceiling)
		fmt.Fprintf(b, `<path class="grid" d="M%d %dH%d"/><text class="small" x="%d" y="%d" text-anchor="end">%s</text>`+"\n",
			left, y, width-right, left-8, y+4, grouped(n/whole))
	}
	for h := 0; h <= hoursShown-hoursBefore; h += 4 {
		x := across((h + hoursBefore) * samplesPerHour)
		fmt.Fprintf(b, `<path class="axis" d="M%d %dv5"/><text class="small" x="%d" y="%d" text-anchor="middle">%d</text>`+"\n",
			x, height-foot, x, height-foot+20, h)
	}
	x := across(hoursBefore * samplesPerHour)
	fmt.Fprintf(b, `<path class="axis" d="M%d %dH%d"/><path class="thief" d="M%d %dV%d"/>`+"\n", left, height-foot, width-right, x, height-foot, top)
	fmt.Fprintf(b, `<text class="small" x="%d" y="%d" text-anchor="middle">hours since the thief began</text>`+"\n", (left+width-right)/2, height-14)
	fmt.Fprintf(b, `<text class="small" x="8" y="%d">%s</text>`+"\n", top-14, unit)
}

// draw draws the curve, and says at its end what it is.
func (c *Curve) draw(b *bytes.Buffer, i int, ceiling int64) {
	var path strings.Builder
	for s, n := range c.at[:min(len(c.at), hoursShown*samplesPerHour+1)] {
		fmt.Fprintf(&path, "%d,%d ", across(s), up(n, ceiling))
	}
	last := c.at[min(len(c.at)-1, hoursShown*samplesPerHour)]
	y := up(last, ceiling)
	if y < height/2 { // above the curve there is nothing; above the axis there is
		y += 22
	} else {
		y -= 10
	}
	fmt.Fprintf(b, `<polyline class="curve c%d" points="%s"/>`+"\n", i%2, strings.TrimSpace(path.String()))
	fmt.Fprintf(b, `<text class="t%d" x="%d" y="%d" text-anchor="end">gate %s: %s %s lost, %s</text>`+"\n", i%2, width-right-4, y,
		c.Name, grouped(nearest(int64(c.Take.Lost), million)), c.Unit, percent(money.Amount(c.Take.Lost), money.Amount(c.Take.AtRisk)))
}
