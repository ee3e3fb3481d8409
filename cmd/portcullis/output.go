package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// output is where a command's answer goes: standard output, as text for people or as JSON for scripts. What is no answer
// (progress, complaints) goes to standard error.
type output struct {
	json     bool
	out, err io.Writer
	drawn    bool // a bar that is not full stands on the last line
}

// show writes an answer: v as JSON, or what text writes. Tabs in the text separate columns.
func (o *output) show(v any, text func(w io.Writer)) {
	if o.json {
		o.line(v)
		return
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	text(w)
	_ = w.Flush() // standard output is closed: nobody is left to tell
}

// line writes one JSON value on a line of its own.
func (o *output) line(v any) {
	e := json.NewEncoder(o.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

// say writes a line that is no answer.
func (o *output) say(format string, args ...any) {
	if o.drawn {
		o.drawn = false
		fmt.Fprintln(o.err)
	}
	fmt.Fprintf(o.err, format+"\n", args...)
}

// complain tells an error.
func (o *output) complain(err error) { o.say("portcullis: %v", err) }

// row writes columns.
func row(w io.Writer, columns ...any) {
	for i, c := range columns {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, c)
	}
	fmt.Fprintln(w)
}

// list joins a list, or says what an empty one means.
func list(items []string, empty string) string {
	if len(items) == 0 {
		return empty
	}
	return strings.Join(items, ",")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
