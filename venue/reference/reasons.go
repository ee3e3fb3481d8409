package reference

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"portcullis/core/instruction"
)

// Answer is how the dialect tells a reason: its code, and the HTTP status that it comes with.
type Answer struct{ Code, Status int }

// reason is one reason with all that is said of it.
type reason struct {
	Number                         instruction.Reason
	Code, Sentence, Who, Value, Do string
	Said                           string // how the gate or the core says it
	Answers                        []Answer
}

//go:embed reasons.html
var reasonsText string

var reasonPages = template.Must(template.New("reasons").Parse(reasonsText))

// ReasonsPath is where the list of reasons is; each has a page of its own below it.
const ReasonsPath = "/docs/reasons"

// Reasons are the pages of all reasons by their path: the list, and one page each. told says how the dialect tells a reason, in
// all ways that it does; it is empty for those that no customer's request is refused with.
func Reasons(told func(instruction.Reason) []Answer) map[string][]byte {
	list := reasons(told)
	pages := map[string][]byte{ReasonsPath: rendered("list", list)}
	for i := range list {
		pages[ReasonsPath+"/"+list[i].Code] = rendered("one", list[i])
	}
	return pages
}

func rendered(name string, v any) []byte {
	var b bytes.Buffer
	if err := reasonPages.ExecuteTemplate(&b, name, v); err != nil {
		panic("reference: the page of a reason cannot be made: " + err.Error())
	}
	return b.Bytes()
}

func reasons(told func(instruction.Reason) []Answer) []reason {
	var list []reason
	for _, r := range instruction.Reasons() {
		f := r.Facts()
		x := reason{Number: r, Code: r.String(), Sentence: r.Sentence(), Who: f.Who, Value: f.Value, Do: f.Do, Answers: told(r)}
		var words []string
		for _, d := range f.Decisions {
			words = append(words, d.String())
		}
		if x.Said = strings.Join(words, " or "); r >= 100 {
			if x.Said != "" {
				x.Said += ", or "
			}
			x.Said += "refused: the gate allowed it, and nothing came of it"
		}
		list = append(list, x)
	}
	return list
}

// ReasonsText is the list of reasons as Markdown.
func ReasonsText(told func(instruction.Reason) []Answer) []byte {
	var b bytes.Buffer
	b.WriteString("# Reasons\n\nWhy the gate decides as it does, and why what it allowed can come to nothing. Codes are stable. Each has a page on the\n" +
		"venue itself, at `" + ReasonsPath + "/<code>`. Made from `core/instruction`; `go test ./venue -run TestReasonsText -update` writes it anew.\n")
	for _, r := range reasons(told) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n- Number %d; %s\n- Met by: %s\n", r.Code, r.Sentence, r.Number, r.Said, r.Who)
		if r.Value != "" {
			fmt.Fprintf(&b, "- Its value: %s\n", r.Value)
		}
		if len(r.Answers) > 0 {
			var codes []string
			for _, a := range r.Answers {
				codes = append(codes, fmt.Sprintf("%d (HTTP %d)", a.Code, a.Status))
			}
			fmt.Fprintf(&b, "- Told in the dialect as: %s\n", strings.Join(codes, ", "))
		}
		fmt.Fprintf(&b, "- What to do: %s\n", r.Do)
	}
	return b.Bytes()
}
