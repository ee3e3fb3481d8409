package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"portcullis/internal/secret"
	"portcullis/operator"
)

type keyImportCmd struct {
	File   string `arg:"" help:"The CSV file (- is standard input)."`
	DryRun bool   `help:"Only say what is wrong with the file; nothing is imported."`
	venueFlags
}

func (c *keyImportCmd) Help() string {
	return `Keys are brought over as they are held elsewhere: all rights where none are named, any network, no end, and the date on which they were created. The rules for new keys are not asked of them; in return the gate trusts them less: a withdrawal by one to a new address waits. Owner's keys are not brought over.

The first line names the columns, in any order:

  account      number of the account here, or instead
  ref          reference of the account here
  api_key      the key's text, as clients send it
  secret       of an HMAC key, or instead
  public_key   of an Ed25519 or RSA key: PEM, or its base64 alone
  created      2017-03-01, or 2017-03-01T12:00:00Z; empty: now
  rights       read trade withdraw transfer; empty: all of them
  symbols      markets it may trade in; empty: all
  networks     networks it may be used from; empty: any
  expires      when it ends; empty: never
  label        the owner's own word for it
  integrator   the third party that it was made for

The members of a list stand apart by blanks, or by commas in quotes. Columns that are not needed may be left out. For example:

  ref,api_key,secret,created,rights
  c-1041,ZmYx8wq2,81hFq0sP,2017-03-01,read trade
  c-1042,Qk4pE7Lt,b2Vx93Aa,2016-11-20,

What is wrong with a line is told with its number, and the other lines are imported. A key that is here already is counted, so that an import that broke off is simply given again.`
}

// columns are what a file may have.
var columns = []string{"account", "ref", "api_key", "secret", "public_key", "created", "rights", "symbols", "networks", "expires", "label", "integrator"}

const (
	// maxLine is how long one line may be, in bytes: with room for what JSON makes of it, less than one command may be.
	maxLine = 8 << 10
	// maxTold is how many lines that are wrong are told in a JSON answer; all are counted.
	maxTold = 1000
	// importBytes is how much goes into one command.
	importBytes = operator.MaxRequest - 4<<10
)

// importSum is what became of a file.
type importSum struct {
	DryRun   bool                    `json:"dry_run"`
	Lines    int                     `json:"lines"`    // with a key
	Imported int                     `json:"imported"` // in a dry run: that would be
	Known    int                     `json:"known"`    // that were here already
	Rejected int                     `json:"rejected"`
	Problems []operator.ImportResult `json:"problems"` // of the first lines that were rejected
}

func (c *keyImportCmd) Run(ctx context.Context, o *output) error {
	f := os.Stdin
	if c.File != "-" {
		var err error
		if f, err = os.Open(c.File); err != nil {
			return fmt.Errorf("the file of keys: %w", err)
		}
		defer f.Close()
	}
	in, err := readKeys(f)
	if err != nil {
		return err
	}
	client := operator.NewClient(c.socket())
	defer client.Close()
	i := importing{o: o, sum: importSum{DryRun: c.DryRun, Problems: []operator.ImportResult{}}, said: time.Now(), give: func(list []operator.ImportKey) (operator.KeysImported, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return operator.Call(ctx, client, operator.KeyImport, operator.ImportKeys{Keys: list, DryRun: c.DryRun})
	}}
	err = i.all(in)
	o.show(i.sum, i.text)
	switch {
	case err != nil:
		return fmt.Errorf("after line %d: %w; give the file again to go on", i.last, err)
	case i.sum.Rejected > 0:
		return fmt.Errorf("%d of %d lines were rejected", i.sum.Rejected, i.sum.Lines)
	}
	return nil
}

// importing is an import under way.
type importing struct {
	o     *output
	give  func([]operator.ImportKey) (operator.KeysImported, error)
	sum   importSum
	batch []operator.ImportKey
	bytes int
	last  int // line up to which all is done
	said  time.Time
}

func (i *importing) text(w io.Writer) {
	did := "imported"
	if i.sum.DryRun {
		did = "to import"
	}
	fmt.Fprintf(w, "%d keys %s, %d here already, %d rejected\n", i.sum.Imported, did, i.sum.Known, i.sum.Rejected)
}

// all gives every line, some at a time.
func (i *importing) all(in *keyFile) error {
	for {
		key, err := in.next()
		var bad *badLine
		switch {
		case errors.Is(err, io.EOF):
			return i.flush()
		case errors.As(err, &bad):
			if err := i.flush(); err != nil { // what came before is told before
				return err
			}
			i.sum.Lines++
			i.note(operator.ImportResult{Line: bad.line, Outcome: operator.Rejected, Refusal: &operator.Refusal{Code: "malformed-line", Sentence: bad.what}})
			continue
		case err != nil:
			return errors.Join(i.flush(), err)
		}
		i.sum.Lines++
		body, err := json.Marshal(key) // #nosec G117 -- to the operator's socket, which is where the key is to go
		if err != nil {
			return err
		}
		if len(i.batch) == operator.MaxImport || i.bytes+len(body) > importBytes {
			if err := i.flush(); err != nil {
				return err
			}
		}
		i.batch, i.bytes = append(i.batch, key), i.bytes+len(body)+1
	}
}

// flush gives what was gathered.
func (i *importing) flush() error {
	if len(i.batch) == 0 {
		return nil
	}
	r, err := i.give(i.batch)
	if err != nil {
		return err
	}
	for _, one := range r.Results {
		i.note(one)
	}
	i.last = i.batch[len(i.batch)-1].Line
	clear(i.batch)
	i.batch, i.bytes = i.batch[:0], 0
	if now := time.Now(); now.Sub(i.said) >= time.Second {
		i.said = now
		i.o.say("line %d: %d imported, %d here already, %d rejected", i.last, i.sum.Imported, i.sum.Known, i.sum.Rejected)
	}
	return nil
}

// note counts what became of a line, and tells what is wrong with it.
func (i *importing) note(r operator.ImportResult) {
	switch r.Outcome {
	case operator.Imported, operator.Sound:
		i.sum.Imported++
	case operator.Known:
		i.sum.Known++
	default:
		i.sum.Rejected++
		if len(i.sum.Problems) < maxTold {
			i.sum.Problems = append(i.sum.Problems, r)
		}
		if !i.o.json && r.Refusal != nil {
			i.o.say("line %d: %s (%s)", r.Line, r.Refusal.Sentence, r.Refusal.Code)
		}
	}
}

// badLine is what is wrong with one line, after which the next can be read.
type badLine struct {
	line int
	what string
}

func (b *badLine) Error() string { return fmt.Sprintf("line %d: %s", b.line, b.what) }

// keyFile reads a file of keys, a line at a time.
type keyFile struct {
	from *bounded
	csv  *csv.Reader
	at   map[string]int // columns by their name
}

// bounded gives no more than so much until it is told that a line is over: a quote that nothing ends would swallow the rest.
type bounded struct {
	r    io.Reader
	left int
}

var errLongLine = errors.New("a line is longer than 8 KiB: is there a quote that nothing ends?")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongLine
	}
	n, err := b.r.Read(p[:min(len(p), 4096)])
	b.left -= n
	return n, err
}

// readKeys reads the line that names the columns.
func readKeys(r io.Reader) (*keyFile, error) {
	f := &keyFile{from: &bounded{r, maxLine + 4096}, at: map[string]int{}}
	f.csv = csv.NewReader(f.from)
	f.csv.TrimLeadingSpace, f.csv.ReuseRecord = true, true
	head, err := f.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: its first line names the columns, such as ref,api_key,secret,created")
	}
	if err != nil {
		return nil, fmt.Errorf("the first line: %w", err)
	}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("the first line names the columns, and %q is none: they are %s", name, strings.Join(columns, ", "))
		}
		if _, twice := f.at[name]; twice {
			return nil, fmt.Errorf("the column %s is there twice", name)
		}
		f.at[name] = i
	}
	has := func(name string) bool { _, ok := f.at[name]; return ok }
	switch {
	case !has("account") && !has("ref"):
		return nil, errors.New("no column says whose the keys are: name one account (its number) or ref (its reference)")
	case !has("api_key"):
		return nil, errors.New("there is no column api_key: the key's text, as clients send it")
	case !has("secret") && !has("public_key"):
		return nil, errors.New("no column has what keys are verified by: name one secret (HMAC) or public_key (Ed25519, RSA)")
	}
	return f, nil
}

// next is the next key; a *badLine is one that cannot be read, and io.EOF the end.
func (f *keyFile) next() (key operator.ImportKey, err error) {
	f.from.left = maxLine + 4096
	cells, err := f.csv.Read()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, errLongLine):
		return key, err
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount):
		return key, &badLine{wrong.StartLine, fmt.Sprintf("It has %d columns, and the first line names %d.", len(cells), len(f.at))}
	case errors.As(err, &wrong):
		return key, &badLine{wrong.StartLine, fmt.Sprintf("It is no CSV: %v. A cell with a comma or a quote stands in quotes, and a quote in it is doubled.", wrong.Err)}
	case err != nil:
		return key, err
	}
	cell := func(name string) string {
		if i, ok := f.at[name]; ok {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	key.Line, _ = f.csv.FieldPos(0)
	if text := cell("account"); text != "" {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil || n == 0 {
			return key, &badLine{key.Line, fmt.Sprintf("%q is no number of an account: its reference goes into the column ref.", text)}
		}
		key.Account = uint32(n)
	}
	key.Ref, key.APIKey, key.PublicKey, key.Created = cell("ref"), cell("api_key"), cell("public_key"), cell("created")
	key.Secret = operator.Shown{Bytes: secret.New([]byte(cell("secret")))}
	members := func(name string) []string {
		return strings.FieldsFunc(cell(name), func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\r' })
	}
	key.Rights, key.Symbols, key.Networks = members("rights"), members("symbols"), members("networks")
	key.Expires, key.Label, key.Integrator = cell("expires"), cell("label"), cell("integrator")
	return key, nil
}
