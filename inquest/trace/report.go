package trace

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Names are what accounts and assets are called.
type Names interface {
	Account(instruction.Account) string // such as "account 7 (ref)"
	Amount(money.Amount, instruction.Asset) string
}

// Rest is what is traced of a balance at the end.
type Rest struct {
	Account instruction.Account
	Asset   instruction.Asset
	Amount  money.Amount
}

// Report is a finished graph.
type Report struct {
	Roots []instruction.Account // whose keys they are
	Edges []Edge                // by depth of where they begin, then by numbers
	Rests []Rest                // by account and asset
	Cut   int                   // steps that were not followed, for depth or size
	// What those carried, by asset; of no account.
	Beyond []Rest
	depth  map[instruction.Account]int
}

func (g *Graph) report() Report {
	r := Report{Cut: g.cut, depth: g.depths}
	for a, d := range g.depths {
		if d == 0 {
			r.Roots = append(r.Roots, a)
		}
	}
	slices.Sort(r.Roots)
	for _, e := range g.edges {
		r.Edges = append(r.Edges, *e)
	}
	slices.SortFunc(r.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(g.depths[a.From.Account], g.depths[b.From.Account]), cmp.Compare(a.From.Account, b.From.Account),
			cmp.Compare(a.First, b.First), cmp.Compare(a.To.Account, b.To.Account), cmp.Compare(a.To.Place, b.To.Place),
			cmp.Compare(a.How, b.How), cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Into, b.Into))
	})
	for b, n := range g.traced {
		r.Rests = append(r.Rests, Rest{b.account, b.asset, n})
	}
	for x, n := range g.beyond {
		r.Beyond = append(r.Beyond, Rest{Asset: x, Amount: n})
	}
	slices.SortFunc(r.Beyond, func(a, b Rest) int { return cmp.Compare(a.Asset, b.Asset) })
	slices.SortFunc(r.Rests, func(a, b Rest) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Asset, b.Asset))
	})
	return r
}

// Depth is how many steps an account is from the keys.
func (r *Report) Depth(a instruction.Account) int { return r.depth[a] }

// Text writes the report as a tree, each account told once.
func (r *Report) Text(w io.Writer, names Names) {
	if len(r.Edges) == 0 {
		fmt.Fprintln(w, "Nobody gained from these keys at prices that were not fair.")
		return
	}
	told := map[instruction.Account]bool{}
	for _, a := range r.Roots {
		fmt.Fprintln(w, names.Account(a))
		told[a] = true
		r.branch(w, names, a, 1, told)
	}
	if r.Cut > 0 {
		fmt.Fprintf(w, "%d steps more were not followed, since they lie deeper or there are too many. They carried", r.Cut)
		for _, x := range r.Beyond {
			fmt.Fprintf(w, " %s", names.Amount(x.Amount, x.Asset))
		}
		fmt.Fprintln(w, ".")
	}
}

// branch writes what went on from an account.
func (r *Report) branch(w io.Writer, names Names, a instruction.Account, depth int, told map[instruction.Account]bool) {
	indent := strings.Repeat("  ", depth)
	for _, e := range r.Edges {
		if e.From.Account != a {
			continue
		}
		fmt.Fprintf(w, "%s%s\n", indent, e.words(names))
		if next := e.To.Account; next != 0 && next != a && !told[next] {
			told[next] = true
			r.branch(w, names, next, depth+1, told)
		}
	}
	for _, x := range r.Rests {
		if x.Account == a {
			fmt.Fprintf(w, "%sthere still: %s\n", indent, names.Amount(x.Amount, x.Asset))
		}
	}
}

// words are an edge in a line.
func (e *Edge) words(names Names) string {
	n := names.Amount(e.Amount, e.Asset)
	when := e.First.Std().Format("2006-01-02 15:04:05")
	if e.Times > 1 {
		when += fmt.Sprintf(", %d times until %s", e.Times, e.Last.Std().Format("2006-01-02 15:04:05"))
	}
	switch e.How {
	case Turned:
		return fmt.Sprintf("turned %s into %s (%s)", n, names.Amount(e.Made, e.Into), when)
	case Withdrawn:
		return fmt.Sprintf("%s withdrawn to %s (%s)", n, e.To.Place, when)
	case Moved:
		return fmt.Sprintf("%s moved to %s (%s)", n, names.Account(e.To.Account), when)
	}
	return fmt.Sprintf("%s gained by %s (%s)", n, names.Account(e.To.Account), when)
}

// Dot writes the report for Graphviz.
func (r *Report) Dot(w io.Writer, names Names) {
	fmt.Fprint(w, "digraph trace {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n")
	seen := map[Node]bool{}
	node := func(n Node) string {
		id, label, shape := fmt.Sprintf("a%d", n.Account), "", "box"
		if n.Account == 0 {
			id, label, shape = n.Place, n.Place, "oval"
		} else {
			label = names.Account(n.Account)
			for _, x := range r.Rests {
				if x.Account == n.Account {
					label += "\n" + names.Amount(x.Amount, x.Asset) + " there still"
				}
			}
		}
		if !seen[n] {
			seen[n] = true
			fmt.Fprintf(w, "  %s [label=%s, shape=%s];\n", quoted(id), quoted(label), shape)
		}
		return quoted(id)
	}
	for _, e := range r.Edges {
		label := strings.ToLower(string(e.How)) + " " + names.Amount(e.Amount, e.Asset)
		if e.How == Turned {
			label += " into " + names.Amount(e.Made, e.Into)
		}
		fmt.Fprintf(w, "  %s -> %s [label=%s];\n", node(e.From), node(e.To), quoted(label))
	}
	fmt.Fprintln(w, "}")
}

// quoted is a text as Graphviz takes it, whatever is in it: quotes and backslashes are escaped, a new line is one.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ':
			b.WriteByte(' ')
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
