package rules

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Page writes the default pack as the page of the docs that tells it, in Markdown: what each rule catches, on what condition, why its
// thresholds lie where they do, which its file says above it, and how often it fired on honest people.
func Page(w io.Writer) error {
	list, err := Default()
	if err != nil {
		return err
	}
	text, err := DefaultText()
	if err != nil {
		return err
	}
	why := reasons(text)
	var b strings.Builder
	b.WriteString("# The rules that a venue starts with\n\n")
	b.WriteString("Written by `portcullis rules default --page`. [FEATURES.md](FEATURES.md) says what each name in a condition is, and in which unit.\n\n")
	b.WriteString("How often a rule fires was measured on honest people who trade around the replayed thefts, with no guarantee in force\n")
	b.WriteString("(`portcullis replay … --gate=detectors-only`), and on those of `portcullis honest`: in all 2,804,906 instructions, of which\n")
	b.WriteString("rules stopped 2, or 0.007 of 10,000; with 95% confidence at most 0.023.\n\n")
	b.WriteString("| rule | of | verdict | measures | catches |\n| --- | --- | --- | --- | --- |\n")
	for i := range list {
		x := &list[i]
		verdict := x.Response.String()
		if x.Shadow {
			verdict += ", in shadow"
		}
		fmt.Fprintf(&b, "| `%s` | %v | %s | %v | %s |\n", x.Name, x.When, verdict, x.Measures, x.Catches)
	}
	for i := range list {
		x := &list[i]
		fmt.Fprintf(&b, "\n## %s\n\n%s Severity: %v.\n\n    %s\n", x.Name, x.Catches, x.Severity, strings.ReplaceAll(strings.TrimSpace(x.Condition), "\n", "\n    "))
		if why[x.Name] != "" {
			fmt.Fprintf(&b, "\n%s\n", why[x.Name])
		}
		fmt.Fprintf(&b, "\nMeasured: fired on %s.\n", x.Measured)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// reasons are the comments above each rule, by its name.
func reasons(text string) map[string]string {
	list, above := make(map[string]string), []string(nil)
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		comment, is := strings.CutPrefix(line, "# ")
		name, begins := strings.CutPrefix(line, "- name: ")
		switch {
		case is:
			above = append(above, comment)
			continue
		case begins && strings.HasPrefix(lines.Text(), "  - name: "):
			list[name] = strings.Join(above, "\n")
		}
		above = nil
	}
	return list
}
