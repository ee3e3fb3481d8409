package finding

import (
	"fmt"
	"io"
	"math"
	"strings"

	"portcullis/inquest/cohort"
)

// barWidth is how many characters the longest bar has.
const barWidth = 30

// Text writes a finding for people. Tabs separate columns.
func (f *Finding) Text(w io.Writer) {
	fmt.Fprintf(w, "%s keys, %d integrators. %s were used by a thief, of %s.\n", number(f.Keys), f.Integrators, count(f.Victims, "key"), customers(f.Customers))
	if f.Claims > 0 {
		fmt.Fprintf(w, "Of %d of them only their owners say so.\n", f.Claims)
	}
	fmt.Fprintf(w, "\n%s\n", f.Sentence())
	if f.Outcome == "NAMED" {
		f.tiers(w)
	}
	f.firm(w)
	f.sources(w)
	f.picture(w)
	f.Copy.text(w, f.Outcome == "NAMED")
}

// Sentence is what can be said, in words.
func (f *Finding) Sentence() string {
	switch f.Outcome {
	case "NAMED":
		s := &f.Sources[0]
		text := fmt.Sprintf("NAMED: %s. %s of %s, and %s of all keys: odds of %s to 1 against chance and against any other source (margin %.1f).",
			s.What, amount(s.Victims), customers(f.Customers), percent(float64(s.Keys)/float64(f.Keys)), odds(f.Margin), f.Margin)
		for _, x := range f.Same {
			text += "\nThe same by another name: " + x.What + "."
		}
		return text
	case "UNDECIDED":
		s, other := &f.Sources[0], f.Rival
		text := fmt.Sprintf("UNDECIDED: the victims have a source in common, and two explain them nearly as well:\n  %s (%s of %s)\n  %s (%s of %s).",
			s.What, amount(s.Victims), customers(f.Customers), other.What, amount(other.Victims), customers(f.Customers))
		if f.More < 0 {
			return text + "\nEven a hundred victims more would not tell them apart: their keys are too much alike."
		}
		return text + fmt.Sprintf("\nAbout %s more, as they came so far, would tell them apart.", count(f.More, "victim"))
	case "NOT_ENOUGH":
		text := "NOT ENOUGH YET to name a source."
		if len(f.Sources) > 0 && f.Sources[0].Score > 0 {
			text += fmt.Sprintf(" The best guess is %s, by odds of %s to 1 (20 to 1 are asked for).", f.Sources[0].What, odds(f.Margin))
		}
		if f.More < 0 {
			return text + " A hundred victims more would not be enough."
		}
		return text + fmt.Sprintf(" About %s more of one source would be enough, if four in five come from it.", count(f.More, "victim"))
	}
	return "NOTHING: the victims have nothing in common that chance does not explain as well."
}

// tiers say what could be shut.
func (f *Finding) tiers(w io.Writer) {
	s := &f.Sources[0]
	fmt.Fprintf(w, "\nWhat to shut:\n  shut:\t%s\t%s of %s live\n", s.What, number(s.Living), number(s.Keys))
	if f.Rest != nil {
		fmt.Fprintf(w, "  ask their owners to confirm:\tthe rest of %s\t%s of %s live\n", f.Rest.What, number(f.Rest.Living-s.Living), number(f.Rest.Keys-s.Keys))
	}
}

func (f *Finding) firm(w io.Writer) {
	fmt.Fprintf(w, "\nWithout claims, and without keys younger than 30 days when they were abused, %s left: ", left(f.FirmCount))
	switch {
	case f.Firm != nil:
		fmt.Fprintf(w, "%s, by a margin of %.2f. A venue that was let to acts by itself on that alone.\n", f.Firm.What, f.FirmMargin)
	case f.FirmCount < cohort.MinFirm:
		fmt.Fprintf(w, "fewer than the %d that a venue needs to act by itself.\n", cohort.MinFirm)
	default:
		fmt.Fprintln(w, "they name no source, so that no venue acts by itself.")
	}
}

func (f *Finding) sources(w io.Writer) {
	if len(f.Sources) == 0 {
		return
	}
	fmt.Fprintf(w, "\nSources, best first, of %s hypotheses (score and margin in nats; 3 is 20 to 1, 6.9 is 1,000 to 1):\n", number(f.Looked))
	fmt.Fprintln(w, "  SCORE\tRATIO\tPENALTY\tCUSTOMERS\tKEYS\tLIVING\tWHAT")
	for _, s := range f.Sources {
		fmt.Fprintf(w, "  %.1f\t%.1f\t%.1f\t%s\t%d\t%d\t%s\n", s.Score, s.Ratio, s.Penalty, amount(s.Victims), s.Keys, s.Living, s.What)
	}
}

// picture draws victims against keys, as shares: where the upper bar is much longer than what its keys would have, is more
// than chance.
func (f *Finding) picture(w io.Writer) {
	if f.Victims == 0 {
		return
	}
	fmt.Fprintln(w, "\nVictims by integrator, and what chance would have (░):")
	most := 0.0
	for _, b := range f.Makers {
		most = max(most, b.Victims, f.expected(b.Keys))
	}
	for _, b := range f.Makers {
		name := b.Name
		if name == "" {
			name = "(none)"
		}
		fmt.Fprintf(w, "  %.24s\t%s\t%s of %s keys\n", name, bars(b.Victims, f.expected(b.Keys), most), amount(b.Victims), number(b.Keys))
	}
	if len(f.Over) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s (▓ victims, · keys, │ the window):\n", strings.ToUpper(f.OverWhat[:1])+f.OverWhat[1:])
	mostKeys, mostVictims := 1, 1.0
	for _, b := range f.Over {
		mostKeys, mostVictims = max(mostKeys, b.Keys), max(mostVictims, b.Victims)
	}
	for _, b := range f.Over {
		edge := " "
		if b.Inside {
			edge = "│"
		}
		fmt.Fprintf(w, "  %s %s\t%s\t%s\n", b.Name, edge, strings.Repeat("▓", length(b.Victims, mostVictims, barWidth/2)), strings.Repeat("·", length(float64(b.Keys), float64(mostKeys), barWidth)))
	}
}

// expected is how many victims would be among so many keys by chance.
func (f *Finding) expected(keys int) float64 {
	return float64(f.Victims) * float64(keys) / float64(max(f.Keys, 1))
}

// bars is a bar of what is there, and behind it one of what was to be expected, as far as that is longer.
func bars(is, expected, most float64) string {
	a, b := length(is, most, barWidth), length(expected, most, barWidth)
	return strings.Repeat("█", a) + strings.Repeat("░", max(b-a, 0))
}

func length(x, most float64, width int) int {
	if x <= 0 || most <= 0 {
		return 0
	}
	return max(int(math.Round(x/most*float64(width))), 1)
}

func (c *Copy) text(w io.Writer, named bool) {
	fmt.Fprintln(w, "\nCan one stolen copy of the living keys explain it?")
	of := "the keys used"
	if named {
		of = "the keys used that the first source explains"
	}
	end := "the oldest deletion among them"
	if c.ByUse {
		end = "the first use"
	}
	switch {
	case c.Keys == 0:
		fmt.Fprintln(w, "  No key used has a known creation, so nothing can be said.")
		return
	case c.Possible && c.To == "":
		fmt.Fprintf(w, "  Yes: a copy taken on %s or later holds all %s (%d); that is when the newest, %s, was created.\n", c.From, of, c.Keys, c.FromKey)
		return
	case c.Possible:
		fmt.Fprintf(w, "  Yes: a copy taken in [%s, %s) holds all %s (%d): key %s is the newest, and %s is that of %s.\n", c.From, c.To, of, c.Keys, c.FromKey, end, c.ToKey)
		return
	}
	fmt.Fprintf(w, "  No. Of %s (%d, of which %d had been deleted):\n", of, c.Keys, c.Deleted)
	fmt.Fprintf(w, "    max(created) = %s\tkey %s\n    min(%s) = %s\tkey %s\n", c.From, c.FromKey, map[bool]string{false: "deleted", true: "first use"}[c.ByUse], c.To, c.ToKey)
	fmt.Fprintf(w, "  A single copy holds only keys that were alive at one moment, and the first was made after the second was gone. So the exposure ran\n"+
		"  over a period, or there was more than one leak, or the copy held deleted rows too. At least %s; one alone explains at most %d.\n", count(len(c.Fewest), "copy"), c.Explained)
	for _, x := range c.Fewest {
		to := x.To
		if to == "" {
			to = "now"
		}
		fmt.Fprintf(w, "    taken in [%s, %s)\t%s\n", x.From, to, count(x.Keys, "key"))
	}
}

// odds are what a margin comes to.
func odds(margin float64) string {
	switch x := math.Exp(margin); {
	case margin <= 0:
		return "less than 1"
	case x >= 1e6:
		return "over 1,000,000"
	default:
		return number(int(x))
	}
}

func percent(x float64) string { return fmt.Sprintf("%.1f%%", 100*x) }

// amount is a count of customers, which has parts where several keys of one were used.
func amount(x float64) string {
	if x == math.Trunc(x) {
		return fmt.Sprint(int(x))
	}
	return fmt.Sprintf("%.1f", x)
}

func customers(x float64) string {
	if x == 1 {
		return "1 customer"
	}
	return amount(x) + " customers"
}

func left(x float64) string {
	if x == 1 {
		return "1 customer is"
	}
	return amount(x) + " customers are"
}

func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "y") && what != "key":
		return number(n) + " " + what[:len(what)-1] + "ies"
	}
	return number(n) + " " + what + "s"
}

// number is a count with its thousands apart.
func number(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
