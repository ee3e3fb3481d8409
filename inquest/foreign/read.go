package foreign

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portcullis/inquest/cohort"
	"portcullis/internal/strict"
)

// Options are what may be asked of Read. All may be left out.
type Options struct {
	Problem  func(line int, what string) // is told of each line that is wrong
	Progress func(bytes int64)           // is told now and then how much was read
}

// Log is what a file says.
type Log struct {
	Keys    []cohort.Key
	Victims []cohort.Victim
	Lines   int // with an event
	Wrong   int // of them, left out
}

// progressEach is how many lines are read between two tellings.
const progressEach = 50_000

// Read reads a file to its end. An error means that it could not be read, or is no such file; single lines that are wrong
// are told to Options.Problem and counted.
func Read(ctx context.Context, from io.Reader, o Options) (*Log, error) {
	r := reader{in: bufio.NewReaderSize(from, 1<<16), o: o, keys: newKeys()}
	if err := r.begin(); err != nil {
		return nil, err
	}
	for {
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err != nil && !errors.Is(err, errLong) {
			return nil, err
		}
		r.log.Lines++
		if err == nil {
			err = r.event(line)
		}
		if errors.Is(err, errMany) {
			return nil, err
		}
		if err != nil {
			r.wrong(err)
		}
		if r.number%progressEach == 0 {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if o.Progress != nil {
				o.Progress(r.bytes)
			}
		}
	}
	r.log.Keys, r.log.Victims = r.keys.finish(r.wrong)
	return &r.log, nil
}

var (
	errLong = fmt.Errorf("the line is longer than %d bytes", MaxLine)
	errMany = fmt.Errorf("the file has more than %d different keys: split it", MaxKeys)
)

type reader struct {
	in     *bufio.Reader
	o      Options
	keys   *keys
	log    Log
	number int   // of the line under way
	bytes  int64 // read so far
	buf    []byte
	json   bool
	header []int // of each column of the file, which of Columns it is
}

// wrong counts a line that is left out, and tells it.
func (r *reader) wrong(err error) {
	r.log.Wrong++
	if r.o.Problem != nil {
		r.o.Problem(r.number, err.Error())
	}
}

// line reads the next line without its end; of one that is too long the rest is passed over.
func (r *reader) line() ([]byte, error) {
	r.buf = r.buf[:0]
	r.number++
	long := false
	for {
		part, err := r.in.ReadSlice('\n')
		r.bytes += int64(len(part))
		if long = long || len(r.buf)+len(part) > MaxLine+2; !long {
			r.buf = append(r.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(r.buf) == 0 && !long:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case long:
			return nil, errLong
		}
		return bytes.TrimSuffix(bytes.TrimSuffix(r.buf, []byte("\n")), []byte("\r")), nil
	}
}

// begin finds out which kind of file it is, and reads the header of CSV.
func (r *reader) begin() error {
	if mark, _ := r.in.Peek(3); string(mark) == "\xef\xbb\xbf" { // some programs put it before UTF-8
		_, _ = r.in.Discard(3)
	}
	first, err := r.in.Peek(1)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty; --example shows one")
		}
		return err
	}
	if r.json = first[0] == '{'; r.json {
		return nil
	}
	line, err := r.line()
	if err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	names, err := split(string(line))
	if err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	for _, n := range names {
		at := slices.Index(Columns, strings.ToLower(strings.TrimSpace(n)))
		if at < 0 {
			return fmt.Errorf("line 1: %.40q is no column; the first line names columns, of: %s (or each line is a JSON object); --example shows a file", n, strings.Join(Columns, " "))
		}
		if slices.Contains(r.header, at) {
			return fmt.Errorf("line 1: column %s is there twice", Columns[at])
		}
		r.header = append(r.header, at)
	}
	for i, n := range Columns[:3] {
		if !slices.Contains(r.header, i) {
			return fmt.Errorf("line 1: column %s is missing; time, event and key must be there", n)
		}
	}
	return nil
}

// split cuts a line of CSV into its fields.
func split(line string) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, ","), nil
	}
	fields, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		return nil, errors.New("the quotes do not fit: a field is in \"…\" whole, and a quote in it is doubled; a field ends on its line")
	}
	return fields, nil
}

// event takes one line.
func (r *reader) event(line []byte) error {
	if !utf8.Valid(line) {
		return errors.New("the text is not UTF-8")
	}
	var row Row
	if r.json {
		if err := strict.Decode(line, &row); err != nil {
			return err
		}
	} else {
		fields, err := split(string(line))
		if err != nil {
			return err
		}
		if len(fields) != len(r.header) {
			return fmt.Errorf("the line has %d fields, where the header has %d", len(fields), len(r.header))
		}
		to := [...]*string{&row.Time, &row.Event, &row.Key, &row.Account, &row.Integrator, &row.Network, &row.Client}
		for i, f := range fields {
			*to[r.header[i]] = strings.TrimSpace(f)
		}
	}
	for i, s := range [...]string{row.Time, row.Event, row.Key, row.Account, row.Integrator, row.Network, row.Client} {
		if len(s) > MaxText || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("%s is longer than %d bytes, or has characters that do not print", Columns[i], MaxText)
		}
	}
	return r.keys.take(&row, r.number)
}
