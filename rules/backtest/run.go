package backtest

import (
	"context"
	"errors"
	"fmt"
	"io"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/rule"
	"portcullis/engine"
	"portcullis/journal"
)

// layout is the first of records that teach features.
const layout = 4

// ErrOlder means that a journal has nothing that could be asked about.
var ErrOlder = errors.New("backtest: features are taught by records of layout 4 and newer")

// Options say what is tested, and on what.
type Options struct {
	Rules  []instruction.Rule
	Labels *Labels // nil: the incidents of the journal say who was a thief
	// From and To are the first and the last record that are asked about; 0: all that there are. Records before are folded, or
	// taken from a snapshot.
	From, To uint64
	// Progress, where it is not nil, is told now and then how many records of how many are folded.
	Progress func(done, total uint64)
}

// Run tests rules on a journal, which it only reads. Snapshots are those beside it.
func Run(ctx context.Context, log journal.Log, keep engine.Snapshots, o Options) (*Report, error) {
	r, err := newRun(&o)
	if err != nil {
		return nil, err
	}
	last := log.Last()
	if o.To != 0 {
		last = min(o.To, last)
	}
	if last < max(o.From, log.First()) {
		return nil, fmt.Errorf("backtest: nothing to ask about: the journal has the records %d to %d", log.First(), log.Last())
	}
	got, err := keep.Begin(ctx, log, o.From)
	if err != nil {
		return nil, fmt.Errorf("backtest: %w", err)
	}
	first := max(o.From, got.Seq+1)
	r.state, r.report.Start = got.State, got.From.Place.Seq
	r.report.First, r.report.Last = first, last
	r.known()
	if err := r.fold(ctx, log, got.Seq, first, last, o.Progress); err != nil {
		return nil, err
	}
	if first > last || r.report.Older == last-first+1 {
		return nil, fmt.Errorf("%w: none from %d to %d is", ErrOlder, first, last)
	}
	return r.end(), nil
}

// run is a backtest under way.
type run struct {
	report Report
	state  *core.State
	trial  rule.Rules // the candidate
	labels *Labels
	noted  noted

	asked   asked
	thieves map[instruction.Credential]*thief
	sides   [2]sides
}

// newRun sets up the candidate in a way of its own: no operator has suspended any of its rules, and no owner vouched for a key.
func newRun(o *Options) (*run, error) {
	r := &run{labels: o.Labels, noted: noted{}, thieves: map[instruction.Credential]*thief{}}
	for i := range r.sides {
		r.sides[i].honest, r.sides[i].hits = map[instruction.Credential]bool{}, map[instruction.Account]uint64{}
	}
	if err := r.trial.Set(&instruction.RulesSet{Pack: 1, Rules: o.Rules}); err != nil {
		return nil, fmt.Errorf("backtest: %w", err)
	}
	r.report.Old = []Old{}
	for i := range o.Rules {
		x := &o.Rules[i]
		r.report.Rules = append(r.report.Rules, Rule{Name: x.Name, When: x.When, Response: x.Response, Shadow: x.Shadow})
	}
	return r, nil
}

// fold folds the records behind one, up to the last, and asks about those from the first on.
func (r *run) fold(ctx context.Context, log journal.Log, behind, first, last uint64, progress func(done, total uint64)) error {
	reader, err := log.Reader(behind + 1)
	if err != nil {
		return fmt.Errorf("backtest: reading the journal: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := read(ctx, reader, behind, last, first)
	defer func() { // the reader is let go of when nobody reads any more
		cancel()
		for range s.full {
		}
		reader.Close()
	}()
	for b := range s.full {
		for i := range b.items {
			x := &b.items[i]
			if err := r.record(x, x.rec.Seq >= first); err != nil {
				return fmt.Errorf("backtest: at record %d: %w", x.rec.Seq, err)
			}
		}
		if progress != nil && len(b.items) > 0 {
			progress(b.items[len(b.items)-1].rec.Seq-behind, last-behind)
		}
		if b.err == io.EOF {
			return nil
		}
		if b.err != nil {
			return fmt.Errorf("backtest: %w", b.err)
		}
		s.empty <- b
	}
	return ctx.Err()
}

// record asks about one record, and folds it.
func (r *run) record(x *item, counts bool) error {
	r.asked.reset(counts)
	if counts {
		if r.report.Begun == 0 {
			r.report.Begun = x.rec.Time
		}
		r.report.Ended = x.rec.Time
		if !x.rec.Since(layout) {
			r.report.Older++
			x.in = nil
		}
	}
	if x.in != nil {
		r.ask(x)
	}
	if err := r.state.Fold(&x.rec, (*watch)(r)); err != nil {
		return err
	}
	if r.asked.when != 0 {
		r.count(x)
	}
	r.lose()
	return nil
}
