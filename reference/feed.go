package reference

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
	"portcullis/engine"

	"github.com/prometheus/client_golang/prometheus"
)

// How often a source is read, how long pauses grow after it failed, and how often the log tells of one at most. A price is
// fresh for mark.Fresh, in which a source is read several times.
const (
	Every     = 2 * time.Second
	MaxPause  = time.Minute
	TellEvery = 10 * time.Second
)

// writers is how many prices wait for the engine at a time: a few fill a write to the disk.
const writers = 16

// Outcomes of a price that was read, for the metrics.
const (
	taken    = "taken"
	known    = "known"    // not newer than what was taken
	spare    = "spare"    // a source that was named before speaks for the market
	stale    = "stale"    // no longer fresh
	future   = "future"   // dated after the venue's clock
	unknown  = "unknown"  // there is no such market
	unwanted = "unwanted" // none is expected for the market
	refused  = "refused"  // by the core, or it is no price of the market
	lost     = "lost"     // the engine took nothing up
)

var outcomes = []string{taken, known, spare, stale, future, unknown, unwanted, refused, lost}

// Status is how a source is.
type Status struct {
	Source  string
	Problem string           // what is wrong with it, or with one of its prices; empty: nothing
	Dated   instruction.Time // of the newest price that was taken of it; 0 before the first
	Taken   uint64           // prices
}

// Feed reads sources and gives the engine what they say. Its methods may be called from any goroutine.
type Feed struct {
	engine  *engine.Engine
	log     *slog.Logger
	prices  *prometheus.CounterVec
	polls   *prometheus.CounterVec
	streams []*stream

	mu    sync.Mutex // guards all below, and Status of the streams
	heard map[instruction.Market]heard
}

// heard is which source spoke for a market last, and when it did.
type heard struct {
	place int
	at    instruction.Time
}

// stream is a source that is read.
type stream struct {
	Source
	place    int // in the order that they were named in
	failures int // one after the other
	told     problem
	toldAt   instruction.Time
	status   Status
}

// problem is what is wrong: of which kind and symbol, which is one problem for as long as it lasts, and in words.
type problem struct{ kind, symbol, text string }

// New is a feed that has read nothing. The metrics may be nil.
func New(e *engine.Engine, sources []Source, log *slog.Logger, r prometheus.Registerer) (*Feed, error) {
	f := &Feed{
		engine: e, log: log, heard: make(map[instruction.Market]heard),
		prices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portcullis_reference_prices_total", Help: "Prices read from outside references, by source and what became of them.",
		}, []string{"source", "outcome"}),
		polls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portcullis_reference_reads_total", Help: "How often an outside reference was read, by source and outcome (read, failed).",
		}, []string{"source", "outcome"}),
	}
	for i, s := range sources {
		f.streams = append(f.streams, &stream{Source: s, place: i, status: Status{Source: s.String()}})
		for _, o := range outcomes {
			f.prices.WithLabelValues(s.String(), o)
		}
	}
	if r == nil {
		return f, nil
	}
	if err := r.Register(f.prices); err != nil {
		return nil, err
	}
	return f, r.Register(f.polls)
}

// Run reads all sources until the context ends.
func (f *Feed) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range f.streams {
		all.Go(func() {
			for ctx.Err() == nil {
				wait := time.NewTimer(f.poll(ctx, s))
				select {
				case <-wait.C:
				case <-ctx.Done():
					wait.Stop()
				}
			}
		})
	}
	all.Wait()
}

// Status is how the sources are, in the order that they were named in.
func (f *Feed) Status() (list []Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.streams {
		list = append(list, s.status)
	}
	return list
}

// poll reads a source once, and says how long to wait then.
func (f *Feed) poll(ctx context.Context, s *stream) time.Duration {
	within, cancel := context.WithTimeout(ctx, Patience)
	text, err := s.read(within)
	cancel()
	if ctx.Err() != nil {
		return 0
	}
	var list []Price
	if err == nil {
		list, err = Parse(text)
	}
	wrong := f.give(s, list)
	outcome := "read"
	if err != nil && len(list) == 0 {
		outcome = "failed"
		s.failures++
	} else {
		s.failures = 0
	}
	if err != nil {
		wrong = problem{"source", "", err.Error()}
	}
	f.polls.WithLabelValues(s.String(), outcome).Inc()
	f.tell(s, wrong)
	return pause(s.failures)
}

// pause is how long a source is left alone after so many failures.
func pause(failures int) time.Duration {
	return min(Every<<min(failures, 10), MaxPause)
}

// give gives the engine what a source says, and is what is wrong with the first price that is.
func (f *Feed) give(s *stream, list []Price) (first problem) {
	wrong := make([]problem, len(list))
	at := 0
	for some := range slices.Chunk(list, writers) {
		var all sync.WaitGroup
		for i := range some {
			into := &wrong[at+i]
			all.Go(func() {
				var outcome string
				outcome, *into = f.one(s, &some[i])
				f.prices.WithLabelValues(s.String(), outcome).Inc()
			})
		}
		all.Wait()
		at += len(some)
	}
	for _, w := range wrong {
		if w.text != "" {
			return w
		}
	}
	return problem{}
}

// one gives a price, and says what became of it.
func (f *Feed) one(s *stream, p *Price) (string, problem) {
	var in instruction.Refer
	var scale money.Scale
	var last instruction.Time
	wanted := false
	if err := f.engine.Read(func(st *core.State) {
		if m := st.MarketNamed(p.Symbol); m != nil {
			in.Market, wanted, last = m.ID, m.Marks.Reference, m.Prices().Dated()
			_, scale = st.Scales(m)
		}
	}); err != nil {
		return lost, problem{lost, "", err.Error()}
	}
	now := f.engine.Now()
	says := func(kind, text string) (string, problem) {
		return kind, problem{kind, p.Symbol, p.Symbol + ": " + text}
	}
	switch {
	case in.Market == 0:
		return says(unknown, "there is no such market")
	case !wanted:
		return says(unwanted, "no reference is expected: portcullis market tier "+p.Symbol+" liquid --reference")
	case p.Dated > now+core.ReferenceAhead:
		return says(future, "its price is of "+text(p.Dated)+", after the venue's clock, which says "+text(now))
	case p.Dated <= now-mark.Fresh:
		return says(stale, "its price is of "+text(p.Dated)+", which is too long ago to be fresh")
	case p.Dated <= last:
		return known, problem{}
	case !f.speaks(s.place, in.Market, now):
		return spare, problem{}
	}
	var err error
	if in.Price, err = money.ParsePrice(cut(p.Price, scale), scale); err != nil {
		return says(refused, err.Error())
	}
	in.Dated = p.Dated
	r, err := f.engine.Do(&instruction.Principal{Giver: instruction.ByVenue}, &in)
	if err != nil {
		return says(lost, err.Error())
	}
	var ev instruction.Events
	why := r.Refused(&ev)
	if r.Verdict.Decision != instruction.Allow {
		why = r.Verdict.Reason()
	}
	switch why {
	case 0:
	case instruction.ReferenceStale: // a newer one came meanwhile
		return known, problem{}
	default:
		return says(refused, why.Sentence())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard[in.Market] = heard{s.place, now}
	s.status.Taken++
	s.status.Dated = max(s.status.Dated, p.Dated)
	return taken, problem{}
}

// speaks says whether a source is the one that speaks for a market now: none that was named before it has spoken lately.
func (f *Feed) speaks(place int, m instruction.Market, now instruction.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, some := f.heard[m]
	return !some || place <= h.place || now-h.at > mark.Fresh
}

// cut leaves the decimals out that an asset does not have: less than its smallest unit is no matter here.
func cut(text string, scale money.Scale) string {
	for i := range len(text) {
		if text[i] == '.' && len(text)-i-1 > int(scale) {
			text = text[:i+1+int(scale)]
			break
		}
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

// tell notes what is wrong with a source, and has the log say when that changes.
func (f *Feed) tell(s *stream, p problem) {
	f.mu.Lock()
	s.status.Problem = p.text
	f.mu.Unlock()
	now := f.engine.Now()
	if p.kind == s.told.kind && p.symbol == s.told.symbol || s.toldAt != 0 && now-s.toldAt < instruction.Time(TellEvery.Microseconds()) {
		return
	}
	s.told, s.toldAt = p, now
	if p.text == "" {
		f.log.Info("the outside reference is well again", "source", s.String())
		return
	}
	f.log.Warn("an outside reference does not say what it should; what it says is dropped, and marks go on without", "source", s.String(), "why", p.text)
}

// text is a time in words.
func text(t instruction.Time) string {
	b, _ := t.MarshalText()
	return string(b)
}
