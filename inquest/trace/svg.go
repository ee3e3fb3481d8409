package trace

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"portcullis/core/instruction"
)

// Accounts are all accounts of the report, by number.
func (r *Report) Accounts() []instruction.Account {
	var list []instruction.Account
	for a := range r.depth {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}

// Sizes of the picture, in pixels.
const (
	boxWide, boxHigh = 260, 44
	stepX, stepY     = 520, 64
	margin           = 20
)

// SVG writes the report as a picture: a column for each step from the keys, places outside in the last.
func (r *Report) SVG(w io.Writer, names Names) {
	at, rows, deepest := map[Node][2]int{}, map[int]int{}, 0
	place := func(n Node, column int) {
		if _, ok := at[n]; !ok {
			at[n] = [2]int{column, rows[column]}
			rows[column]++
		}
	}
	for _, a := range r.Accounts() {
		deepest = max(deepest, r.depth[a])
	}
	for _, a := range r.Accounts() {
		place(Node{Account: a}, r.depth[a])
	}
	for _, e := range r.Edges {
		if e.To.Account == 0 {
			place(e.To, deepest+1)
		}
	}
	wide, high := 0, 0
	for _, p := range at {
		wide, high = max(wide, p[0]), max(high, p[1])
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		wide*stepX+boxWide+2*margin, high*stepY+boxHigh+2*margin)
	x := func(n Node) int { return margin + at[n][0]*stepX }
	y := func(n Node) int { return margin + at[n][1]*stepY + boxHigh/2 }
	for _, e := range r.Edges {
		if e.How == Turned {
			continue // it stays in its box
		}
		x1, y1, x2, y2 := x(e.From)+boxWide, y(e.From), x(e.To), y(e.To)
		if x2 < x1 {
			x1, x2 = x(e.From), x(e.To)+boxWide
		}
		fmt.Fprintf(w, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#888"/>`+"\n", x1, y1, x2, y2)
		fmt.Fprintf(w, `<text x="%d" y="%d" text-anchor="middle" fill="#333">%s</text>`+"\n", (x1+x2)/2, (y1+y2)/2-4,
			escaped(strings.ToLower(string(e.How))+" "+names.Amount(e.Amount, e.Asset)))
	}
	for _, a := range r.Accounts() {
		r.box(w, x(Node{Account: a}), y(Node{Account: a}), names.Account(a), r.still(names, a))
	}
	for n := range placesOf(r) {
		r.box(w, x(n), y(n), n.Place, "outside")
	}
	fmt.Fprintln(w, "</svg>")
}

// placesOf yields the places outside, each once, as the edges have them.
func placesOf(r *Report) func(func(Node) bool) {
	return func(yield func(Node) bool) {
		seen := map[Node]bool{}
		for _, e := range r.Edges {
			if e.To.Account == 0 && !seen[e.To] {
				seen[e.To] = true
				if !yield(e.To) {
					return
				}
			}
		}
	}
}

// still is what is traced in an account at the end, in a line.
func (r *Report) still(names Names, a instruction.Account) string {
	var parts []string
	for _, x := range r.Rests {
		if x.Account == a {
			parts = append(parts, names.Amount(x.Amount, x.Asset))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "there still: " + strings.Join(parts, ", ")
}

func (r *Report) box(w io.Writer, x, y int, title, about string) {
	fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d" fill="#fff" stroke="#333"/>`+"\n", x, y-boxHigh/2, boxWide, boxHigh)
	fmt.Fprintf(w, `<text x="%d" y="%d">%s</text><text x="%d" y="%d" fill="#666">%s</text>`+"\n", x+8, y-4, escaped(title), x+8, y+14, escaped(about))
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes all
	return b.String()
}
