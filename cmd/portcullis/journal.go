package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/daemon"
	"portcullis/journal"
)

type journalCmd struct {
	Check journalCheckCmd `cmd:"" help:"Verify a journal: checksums, chain, sequences, and that no money was made or lost."`
	Dump  journalDumpCmd  `cmd:"" help:"Print a journal's records, one a line."`
}

// directoryFlags say which directory's journal is read. A venue may be running on it.
type directoryFlags struct {
	Data string `help:"Data directory." default:"portcullis-data" placeholder:"DIR"`
}

// dir is the journal's directory, which must be there.
func (f directoryFlags) dir() (string, error) {
	dir := daemon.JournalDir(f.Data)
	segments, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err == nil && len(segments) == 0 {
		_, err = os.ReadDir(dir) // which says why, unless it is just empty
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no journal in %s: name a venue's data directory with --data", f.Data)
		}
	}
	return dir, err
}

// open opens the journal to be read, without a lock and without changing anything.
func (f directoryFlags) open() (*journal.Files, error) {
	dir, err := f.dir()
	if err != nil {
		return nil, err
	}
	return journal.OpenBeside(dir, journal.Options{})
}

type journalCheckCmd struct {
	To uint64 `placeholder:"SEQ" help:"Fold the records up to this one only; all where nothing is said."`
	directoryFlags
}

// checked is what a check found.
type checked struct {
	Sound      bool             `json:"sound"`
	First      uint64           `json:"first"`
	Last       uint64           `json:"last"`
	Head       string           `json:"head_hash"`
	From       uint64           `json:"folded_from"` // a snapshot's record where the journal's start was removed; else 0
	Folded     uint64           `json:"folded_to"`   // the record that state and money are as of
	State      string           `json:"state_hash,omitempty"`
	Segments   []checkedSegment `json:"segments"`
	Money      []checkedAsset   `json:"money"`
	Conserved  bool             `json:"money_conserved"`
	Complaints []string         `json:"complaints,omitempty"`
}

type checkedSegment struct {
	Name       string `json:"name"`
	First      uint64 `json:"first"`
	Last       uint64 `json:"last"`
	Frames     int    `json:"frames"`
	Used       int64  `json:"used_bytes"`
	Size       int64  `json:"size_bytes"`
	Unfinished int64  `json:"unfinished_bytes,omitempty"`
	Error      string `json:"error,omitempty"`
}

// checkedAsset holds what came in and went out against what accounts have.
type checkedAsset struct {
	Asset   string `json:"asset"`
	CameIn  string `json:"came_in"`
	WentOut string `json:"went_out"`
	Have    string `json:"accounts_have"`
	Right   bool   `json:"right"`
}

var errUnsound = errors.New("the journal is not sound")

func (c *journalCheckCmd) Run(ctx context.Context, o *output) error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	bytes := progress{o: o, what: "bytes verified"}
	report, err := journal.Check(dir, journal.Options{}, func(done, total int64) { bytes.at(done, total) })
	if err == nil && c.To > report.Last {
		return fmt.Errorf("%w: --to %d lies after the journal's last record, which is %d", errUsage, c.To, report.Last)
	}
	r := checked{Sound: err == nil, First: report.First, Last: report.Last, Head: report.Head.String(), Segments: []checkedSegment{}, Money: []checkedAsset{}}
	for _, s := range report.Segments {
		x := checkedSegment{Name: s.Name, First: s.First, Last: s.Last, Frames: s.Frames, Used: s.Used, Size: s.Size, Unfinished: s.Unfinished}
		if s.Err != nil {
			x.Error = s.Err.Error()
		}
		r.Segments = append(r.Segments, x)
	}
	if err == nil && report.Last > 0 && ctx.Err() == nil {
		err = c.fold(ctx, &r, o)
	}
	if err != nil {
		r.Sound = false
		r.Complaints = append(r.Complaints, err.Error())
	}
	o.show(r, r.text)
	if !r.Sound {
		return errUnsound
	}
	return ctx.Err()
}

// fold folds all records, and holds every law against the state that they give. Where the journal's start was removed it
// begins with the oldest snapshot.
func (c *journalCheckCmd) fold(ctx context.Context, r *checked, o *output) error {
	log, err := c.open()
	if err != nil {
		return err
	}
	defer log.Close()
	records := progress{o: o, what: "records folded"}
	r.Folded = r.Last // what was verified; a venue that runs has gone on meanwhile
	if c.To > 0 {
		r.Folded = min(c.To, r.Folded)
	}
	keep := daemon.Snapshots(c.Data)
	// #nosec G115 -- a journal has no 2^63 records
	got, err := keep.Replay(ctx, log, r.Folded, func(seq, last uint64) { records.at(int64(seq), int64(last)) })
	if err != nil {
		return err
	}
	s := got.State
	r.From = got.From.Place.Seq
	hash := s.Hash()
	r.State = hex.EncodeToString(hash[:])
	r.Conserved = true
	for id, a := range s.Assets() {
		x := weigh(s, id, a)
		r.Money = append(r.Money, x)
		r.Conserved = r.Conserved && x.Right
	}
	if err := s.Check(); err != nil {
		return err
	}
	if !r.Conserved {
		return errors.New("money was made or lost")
	}
	return nil
}

// weigh adds up what all accounts have of an asset.
func weigh(s *core.State, id instruction.Asset, a *core.Asset) checkedAsset {
	in, out := s.Came(id)
	var have money.Amount
	var err error
	for n := instruction.Fees; n <= s.Accounts() && err == nil; n++ {
		b := s.Balance(n, id)
		if have, err = have.Add(b.Free); err == nil {
			have, err = have.Add(b.Held)
		}
	}
	return checkedAsset{
		Asset: a.Symbol, CameIn: in.Text(a.Scale), WentOut: out.Text(a.Scale), Have: have.Text(a.Scale), Right: err == nil && have == in-out,
	}
}

func (r *checked) text(w io.Writer) {
	row(w, "SEGMENT", "RECORDS", "FRAMES", "USED", "SIZE", "FINDING")
	for _, s := range r.Segments {
		finding := "sound"
		switch {
		case s.Error != "":
			finding = s.Error
		case s.Unfinished > 0:
			finding = fmt.Sprintf("sound; %d bytes of a write that was not finished, which nobody was told of", s.Unfinished)
		}
		row(w, s.Name, fmt.Sprintf("%d-%d", s.First, s.Last), s.Frames, s.Used, s.Size, finding)
	}
	if len(r.Money) > 0 {
		fmt.Fprintln(w)
		row(w, "ASSET", "CAME IN", "WENT OUT", "ACCOUNTS HAVE", "FINDING")
		for _, a := range r.Money {
			finding := "right"
			if !a.Right {
				finding = "WRONG: must be what came in less what went out"
			}
			row(w, a.Asset, a.CameIn, a.WentOut, a.Have, finding)
		}
	}
	fmt.Fprintf(w, "\nrecords\t%d to %d\nhead\t%s\n", r.First, r.Last, r.Head)
	if r.From > 0 {
		fmt.Fprintf(w, "begun\twith the snapshot of record %d, for the records before %d were removed\n", r.From, r.First)
	}
	if r.State != "" {
		fmt.Fprintf(w, "state\t%s at record %d\n", r.State, r.Folded)
	}
	for _, c := range r.Complaints {
		fmt.Fprintf(w, "complaint\t%s\n", c)
	}
	if r.Sound {
		fmt.Fprintln(w, "The journal is sound, and money is conserved.")
	}
}
