package inquest

import (
	"context"
	"log/slog"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/inquest/cohort"
	"portcullis/inquest/evidence"
)

const (
	// Every is how often it is looked whether there is something new.
	Every = time.Second
	// share is how much longer than the last work took is waited for the next.
	share = 10
)

// Watch follows the incidents of a venue. Run it once.
type Watch struct {
	engine *engine.Engine
	log    *slog.Logger
	mark   uint64 // of what was looked at last
	margin uint32
}

// New is a watch that has looked at nothing.
func New(e *engine.Engine, log *slog.Logger) *Watch { return &Watch{engine: e, log: log} }

// Run looks at each beat until the context ends.
func (w *Watch) Run(ctx context.Context, beat <-chan time.Time) {
	rest := time.Duration(0)
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-beat:
			if now.Sub(last) < rest {
				continue
			}
			last = now
			begin := time.Now()
			if err := w.Look(); err != nil {
				w.log.Error("inquest: what stolen keys have in common could not be worked out", "err", err)
			}
			rest = share * time.Since(begin)
		}
	}
}

// Look works out what the victims have in common where there may be others than before, and shuts their source where it is
// sure enough.
func (w *Watch) Look() error {
	var mark uint64
	var margin uint32
	if err := w.engine.Read(func(st *core.State) { mark, margin = evidence.Changed(st), st.CohortMargin() }); err != nil {
		return err
	}
	if margin == 0 || mark == w.mark && margin == w.margin {
		w.margin = margin
		return nil
	}
	f, err := evidence.Of(w.engine.Read, 0)
	if err != nil {
		return err
	}
	w.mark, w.margin = mark, margin
	if uint64(len(f.Victims)) < uint64(instruction.LeastVictims) {
		return nil
	}
	r := cohort.Of(f.Keys).Report(f.Victims)
	in, ok := evidence.Shut(f, &r)
	if !ok {
		return nil
	}
	if err := w.engine.Read(func(st *core.State) { ok = !st.CohortShutBefore(in.Incident, &in.Inside) }); err != nil || !ok {
		return err
	}
	rec, err := w.engine.Do(&instruction.Principal{Giver: instruction.ByVenue}, in)
	if err != nil {
		w.mark = 0 // it is tried again
		return err
	}
	var ev instruction.Events
	if why := rec.Refused(&ev); why != 0 {
		w.log.Warn("inquest: a source is named, and was not shut", "source", r.Firm.String(), "margin", r.FirmMargin, "why", why)
		return nil
	}
	w.log.Warn("inquest: a source was shut; only an operator raises it", "source", r.Firm.String(), "margin", r.FirmMargin, "customers robbed", r.FirmCount, "record", rec.Seq)
	return nil
}
