package trace

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// plain are names with what hurts in them.
type plain struct{}

func (plain) Account(a instruction.Account) string { return fmt.Sprintf("account %d (\"<x>\\\n&)", a) }
func (plain) Amount(n money.Amount, a instruction.Asset) string {
	return fmt.Sprintf("%d of %d", n, a)
}

// TestStory: 900 gained of 1000, a third of the balance moved on, a fair trade, a trade to a confederate, and a withdrawal, of which
// one is cancelled.
func TestStory(t *testing.T) {
	g := New(6)
	g.Begin(1, 2, 3, 1, 900)                                                            // account 2's key lost 900 to 3
	g.Passed(2, 3, 4, 1, 400, 1200)                                                     // a third of 1200, of which 900 are traced
	g.Passed(2, 8, 9, 1, 400, 1200)                                                     // somebody else's
	g.Traded(3, &Side{Account: 4, Gives: 1, Gets: 2, Given: 200, Gotten: 20, Has: 400}) // half of 300, at 10 each
	g.Traded(4, &Side{Account: 3, Gives: 1, Gets: 2, Given: 100, Gotten: 1, Has: 600, Lost: 90, To: 5})
	g.Leaves(5, 1, 4, 2, 20, 20, "BTC bc1qthief")
	g.Leaves(6, 2, 4, 1, 100, 200, "BTC bc1qother")
	g.Returns(2)
	r := g.Finish()
	want := map[string]money.Amount{
		"GAINED 2>3 1": 900, "MOVED 3>4 1": 300, "TURNED 4>4 1": 150, "WITHDRAWN 4>0 2": 15, "GAINED 3>5 1": 90, "TURNED 3>3 1": 10,
	}
	for _, e := range r.Edges {
		name := fmt.Sprintf("%s %d>%d %d", e.How, e.From.Account, e.To.Account, e.Asset)
		if want[name] != e.Amount {
			t.Errorf("%s: %d, want %d", name, e.Amount, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("never: %v", want)
	}
	rests := fmt.Sprint(r.Rests)
	if rests != "[{3 1 500} {3 2 1} {4 1 150} {5 1 90}]" {
		t.Errorf("there still: %s", rests)
	}
	if r.Depth(5) != 2 || r.Depth(4) != 2 || r.Depth(3) != 1 || r.Depth(2) != 0 {
		t.Error("depths are wrong")
	}
	var text bytes.Buffer
	r.Text(&text, plain{})
	for _, line := range []string{"\n  900 of 1 gained by account 3", "\n    300 of 1 moved to account 4", "\n      15 of 2 withdrawn to BTC bc1qthief", "\n      there still: 150 of 1"} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("not told: %q in\n%s", line, text.String())
		}
	}
}

// TestConserved: whatever moves within the venue, what is traced in all accounts of an asset, with what left, is what was gained,
// and no account has more traced than it has; and neither depth nor size is passed.
func TestConserved(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3)) // #nosec G404 -- a test
		depth := 1 + r.IntN(4)
		g := New(depth)
		has := map[instruction.Account]money.Amount{}
		for a := instruction.Account(2); a < 12; a++ {
			has[a] = money.Amount(r.IntN(1000))
		}
		gained := money.Amount(0)
		for id := range instruction.PayoutID(300) {
			a, b := instruction.Account(2+r.IntN(10)), instruction.Account(2+r.IntN(10)) // #nosec G115 -- small
			n := money.Amount(r.Int64N(int64(has[a]) + 1))
			switch {
			case a == b || n == 0:
			case r.IntN(6) == 0:
				g.Begin(1, 1, a, 1, n)
				has[a] += n
				gained += n
			case r.IntN(8) == 0:
				g.Leaves(1, id, a, 1, n, has[a], "somewhere")
				has[a] -= n
			default:
				g.Passed(1, a, b, 1, n, has[a])
				has[a], has[b] = has[a]-n, has[b]+n
			}
			for x, n := range g.traced {
				if n > has[x.account] || n <= 0 {
					t.Fatalf("seed %d: account %d has %d, and %d of it are traced", seed, x.account, has[x.account], n)
				}
			}
		}
		rep := g.Finish()
		sum := money.Amount(0)
		for _, x := range rep.Rests {
			sum += x.Amount
		}
		for _, e := range rep.Edges {
			if e.How == Withdrawn {
				sum += e.Amount
			}
		}
		for _, x := range rep.Beyond {
			sum += x.Amount
		}
		if sum != gained {
			t.Errorf("seed %d: %d were gained, and %d are traced or left", seed, gained, sum)
		}
		for _, a := range rep.Accounts() {
			if rep.Depth(a) > depth {
				t.Errorf("seed %d: account %d is %d steps away", seed, a, rep.Depth(a))
			}
		}
	}
}

// TestBounds: past its bounds a graph says how much it did not follow.
func TestBounds(t *testing.T) {
	g := New(99)
	for a := range instruction.Account(MaxAccounts + 100) {
		g.Begin(1, 1, a+2, 1, 1)
	}
	r := g.Finish()
	if len(r.Accounts()) != MaxAccounts || r.Cut != 101 || g.depth != MaxDepth {
		t.Errorf("%d accounts, %d cut", len(r.Accounts()), r.Cut)
	}
	g = New(1)
	g.Begin(1, 2, 3, 1, 10)
	g.Passed(1, 3, 4, 1, 10, 10)
	if r := g.Finish(); r.Cut != 1 || len(r.Rests) != 0 || len(r.Beyond) != 1 || r.Beyond[0].Amount != 10 {
		t.Errorf("%+v", r)
	}
}

// TestForms: names that hurt leave both pictures whole.
func TestForms(t *testing.T) {
	g := New(6)
	g.Begin(1, 2, 3, 1, 900)
	g.Passed(2, 3, 4, 1, 900, 900)
	g.Leaves(5, 1, 4, 1, 20, 900, "BTC \"]; evil <script>")
	r := g.Finish()
	var svg, dot bytes.Buffer
	r.SVG(&svg, plain{})
	for d := xml.NewDecoder(&svg); ; {
		x, err := d.Token()
		if err == io.EOF {
			break
		}
		if e, ok := x.(xml.StartElement); err != nil || ok && e.Name.Local == "script" {
			t.Fatalf("%v %v", x, err)
		}
	}
	r.Dot(&dot, plain{})
	want := `  "a3" -> "a4" [label="moved 900 of 1"];`
	if !strings.Contains(dot.String(), want) || !strings.Contains(dot.String(), `"BTC \"]; evil <script>"`) || strings.Count(dot.String(), "\n") != 11 {
		t.Errorf("%s", dot.String())
	}
	graphviz, err := exec.LookPath("dot")
	if err != nil {
		t.Log("dot is not installed: that it reads the graph is not tried")
		return
	}
	c := exec.Command(graphviz, "-Tplain") // #nosec G204 -- found in the path, in a test
	c.Stdin = &dot
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "edge") {
		t.Errorf("%v: %s", err, out)
	}
}
