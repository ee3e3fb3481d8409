package reference

import (
	"html"
	"regexp"
	"strings"
	"sync"

	"portcullis/docs"
)

// BudgetPath is where it is told what the loss budget bounds.
const BudgetPath = "/docs/budget"

// Budget is the page of docs/BUDGET.md.
func Budget() []byte { return budgetPage() }

var budgetPage = sync.OnceValue(func() []byte { return written("budgets", docs.Budget) })

// written is a page of our own Markdown as HTML.
func written(title, text string) []byte {
	var b strings.Builder
	if err := reasonPages.ExecuteTemplate(&b, "head", nil); err != nil {
		panic("reference: the page of " + title + " cannot be made: " + err.Error())
	}
	b.WriteString("<title>Portcullis: " + title + "</title>\n")
	for block := range strings.SplitSeq(text, "\n\n") {
		if block = strings.Trim(block, "\n"); block != "" && !strings.HasPrefix(block, "<!--") {
			b.WriteString(blockOf(block))
		}
	}
	b.WriteString("<p><a href=\"" + ReasonsPath + "\">All reasons</a></p>\n")
	return []byte(b.String())
}

// blockOf is a block of Markdown as HTML. It knows what our own pages have: headings, code, tables, lists and paragraphs.
func blockOf(text string) string {
	lines := strings.Split(text, "\n")
	switch {
	case strings.HasPrefix(text, "# "):
		return "<h1>" + inline(text[2:]) + "</h1>\n"
	case strings.HasPrefix(text, "## "):
		return "<h2>" + inline(text[3:]) + "</h2>\n"
	case strings.HasPrefix(text, "    "):
		for i := range lines {
			lines[i] = html.EscapeString(strings.TrimPrefix(lines[i], "    "))
		}
		return "<pre><code>" + strings.Join(lines, "\n") + "</code></pre>\n"
	case strings.HasPrefix(text, "|"):
		return table(lines)
	case strings.HasPrefix(text, "- "):
		var b strings.Builder
		for item := range strings.SplitSeq(text[2:], "\n- ") {
			b.WriteString("<li>" + inline(item) + "</li>\n")
		}
		return "<ul>\n" + b.String() + "</ul>\n"
	}
	return "<p>" + inline(text) + "</p>\n"
}

func table(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i == 1 {
			continue // what is below the head
		}
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		b.WriteString("<tr>")
		for part := range strings.SplitSeq(strings.Trim(line, "| "), " | ") {
			b.WriteString("<" + cell + ">" + inline(part) + "</" + cell + ">")
		}
		b.WriteString("</tr>\n")
	}
	return "<table>\n" + b.String() + "</table>\n"
}

var (
	spans = regexp.MustCompile("`([^`]+)`")
	bolds = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	leans = regexp.MustCompile(`\*([^*]+)\*`)
	links = regexp.MustCompile(`\[([^]]+)\]\(REASONS\.md\)`)
	files = regexp.MustCompile(`\[([^]]+)\]\([A-Z-]+\.md\)`)
)

// inline is text within a block as HTML. Of the other pages that it names a venue serves the list of reasons alone.
func inline(text string) string {
	text = html.EscapeString(strings.Join(strings.Fields(text), " "))
	text = spans.ReplaceAllString(text, "<code>$1</code>")
	text = bolds.ReplaceAllString(text, "<strong>$1</strong>")
	text = leans.ReplaceAllString(text, "<em>$1</em>")
	text = links.ReplaceAllString(text, `<a href="`+ReasonsPath+`">$1</a>`)
	return files.ReplaceAllString(text, "docs/$1")
}
