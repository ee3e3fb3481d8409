package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"portcullis/internal/daemon"
	"portcullis/operator"
)

// defaultData is the data directory where none is named.
const defaultData = "portcullis-data"

// venueFlags say which running venue a command is for.
type venueFlags struct {
	Data   string `help:"Data directory of the running venue." default:"portcullis-data" placeholder:"DIR"`
	Socket string `help:"Socket of the running venue, for operators to whom its data directory is closed (run --operators)." placeholder:"FILE"`
}

// command is a command as it is pasted: for this venue, which it names where it is not the usual one.
func (f venueFlags) command(format string, args ...any) string {
	return f.here("portcullis " + fmt.Sprintf(format, args...))
}

// here is a whole command line, for this venue.
func (f venueFlags) here(line string) string {
	if f.Socket != "" {
		return line + " --socket " + pasted(f.Socket)
	}
	if f.Data != defaultData {
		line += " --data " + pasted(f.Data)
	}
	return line
}

// pasted is a word as a shell takes it, whatever is in it.
func pasted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// patience is how long a command waits for the venue.
const patience = 30 * time.Second

// socket is where the venue takes commands.
func (f venueFlags) socket() string {
	if f.Socket != "" {
		return f.Socket
	}
	return daemon.Socket(f.Data)
}

// call gives a command to the running venue.
func call[Request, Reply any](ctx context.Context, f venueFlags, c operator.Command[Request, Reply], in Request) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return longCall(ctx, f, c, in)
}

// longCall is call for what takes as long as it takes.
func longCall[Request, Reply any](ctx context.Context, f venueFlags, c operator.Command[Request, Reply], in Request) (Reply, error) {
	client := operator.NewClient(f.socket())
	defer client.Close()
	return operator.Call(ctx, client, c, in)
}

// done writes the outcome of a command that changed something.
func (o *output) done(v any, r operator.Outcome, format string, args ...any) {
	o.show(v, func(w io.Writer) {
		fmt.Fprintf(w, format, args...)
		fmt.Fprintf(w, " (record %d)\n", r.Seq)
	})
}
