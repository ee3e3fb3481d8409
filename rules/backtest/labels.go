package backtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"portcullis/core/instruction"
)

// ErrLabels means that a file of labels is not one.
var ErrLabels = errors.New("backtest: not a file of labels")

// MaxLabels is how many labels a file has at most.
const MaxLabels = 100_000

// maxLabelLine is how long a line of it is at most, in bytes.
const maxLabelLine = 1024

// LabelsExample is a file of labels, with what there is to say of each.
const LabelsExample = `# Who was a thief, and when. One label a line: a credential (the number of a key) or an account (whatever any of its keys
# did), its number, from when, and until when. Times are RFC 3339; from counts, until does not any more. Without them: from the
# first record on, to the last. What no label names was honest.
#
# what,number,from,to
credential,514,2018-01-06T09:36:57Z,2018-01-07T00:00:00Z
credential,515,2018-01-06T09:36:57Z,
account,13,,
`

// Labels says which instructions were thieves'. The zero Labels names nobody.
type Labels struct {
	credentials map[instruction.Credential][]span
	accounts    map[instruction.Account][]span
	n           int
}

// span is a stretch of time: from counts, to does not any more; 0 for no end.
type span struct{ from, to instruction.Time }

func (s span) has(t instruction.Time) bool { return t >= s.from && (s.to == 0 || t < s.to) }

// ReadLabels reads a file of labels; LabelsExample is one. Name is what the file is called in errors, each of which names its line.
func ReadLabels(name string, r io.Reader) (*Labels, error) {
	l := &Labels{credentials: map[instruction.Credential][]span{}, accounts: map[instruction.Account][]span{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxLabelLine), maxLabelLine)
	at := 0
	for lines.Scan() {
		at++
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		if err := l.add(string(text)); err != nil {
			return nil, fmt.Errorf("%w: %s:%d: %w", ErrLabels, name, at, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%w: %s:%d: a line of more than %d bytes", ErrLabels, name, at+1, maxLabelLine)
	} else if err != nil {
		return nil, err
	}
	if l.n == 0 {
		return nil, fmt.Errorf("%w: %s has no label; --example shows a file", ErrLabels, name)
	}
	return l, nil
}

func (l *Labels) add(line string) error {
	cells := strings.Split(line, ",")
	if len(cells) != 4 {
		return fmt.Errorf("%d cells, where a label has 4: what,number,from,to", len(cells))
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if l.n++; l.n > MaxLabels {
		return fmt.Errorf("more than %d labels", MaxLabels)
	}
	n, err := strconv.ParseUint(cells[1], 10, 32)
	if err != nil || n == 0 {
		return fmt.Errorf("%q is no number of a credential or an account: it is 1 or more", cells[1])
	}
	var s span
	if s.from, err = when(cells[2]); err == nil {
		s.to, err = when(cells[3])
	}
	switch {
	case err != nil:
		return err
	case s.to != 0 && s.to <= s.from:
		return fmt.Errorf("it ends at %s, which is not after %s", cells[3], cells[2])
	case cells[0] == "credential":
		c := instruction.Credential(n)
		l.credentials[c] = append(l.credentials[c], s)
	case cells[0] == "account":
		a := instruction.Account(n)
		l.accounts[a] = append(l.accounts[a], s)
	default:
		return fmt.Errorf("%q is neither credential nor account", cells[0])
	}
	return nil
}

// when reads a time; nothing is 0.
func when(text string) (instruction.Time, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time such as 2018-01-06T09:36:57Z", text)
	}
	if at := instruction.TimeOf(t); at > 0 {
		return at, nil
	}
	return 0, fmt.Errorf("%s lies before 1970", text)
}

// Len is how many labels there are.
func (l *Labels) Len() int { return l.n }

// Thief says whether a key of an account was a thief's at a time.
func (l *Labels) Thief(c instruction.Credential, a instruction.Account, at instruction.Time) bool {
	in := func(s span) bool { return s.has(at) }
	return slices.ContainsFunc(l.credentials[c], in) || slices.ContainsFunc(l.accounts[a], in)
}

// noted are the keys that the journal's own incidents have noted. One is a thief's from the first act that was noted until it was
// taken out of quarantine again: somebody has said then that it is his, and the incidents of before say no more of it.
type noted map[instruction.Credential]note

type note struct {
	thief   bool
	cleared instruction.IncidentID // of the incidents up to this one
}

func (n noted) add(c instruction.Credential, id instruction.IncidentID) {
	if x := n[c]; id > x.cleared {
		n[c] = note{true, x.cleared}
	}
}

// restored takes a key off, as of the newest incident.
func (n noted) restored(c instruction.Credential, newest instruction.IncidentID) {
	if newest != 0 {
		n[c] = note{false, newest}
	}
}
