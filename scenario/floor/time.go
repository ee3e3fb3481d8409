package floor

import (
	"fmt"
	"math/rand/v2"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/scenario"
)

// Pass lets time go by: the venue ticks, and nobody does anything.
func (f *Floor) Pass(span instruction.Time) {
	until := f.Time + span
	for f.Err == nil && f.ticked+core.MaxJump <= until {
		f.ticked += core.MaxJump
		f.Time = max(f.Time, f.ticked)
		f.Give(&engine, &instruction.Tick{})
	}
	f.Time = max(f.Time, until)
}

// Live lets time go by in a market that lives: each second the fair prices walk, references are fed, and makers follow.
func (f *Floor) Live(span instruction.Time) {
	for until := f.Time + span; f.Time < until && f.Err == nil; {
		n := min(instruction.Second, until-f.Time)
		f.Pass(n)
		f.walk(n)
		f.feed()
		f.quote(false)
	}
}

// slow is how often prices walk and makers follow while nothing else happens: in shorter spans, and in longer ones.
func slow(span instruction.Time) instruction.Time {
	if span >= instruction.Day/4 {
		return 1800 * instruction.Second
	}
	return 300 * instruction.Second
}

// Drift lets a longer time go by: as Live, but every five or thirty minutes, in steps that much larger. Thin markets trade a little.
func (f *Floor) Drift(span instruction.Time) { f.drift(span, f.Options.Tier != New) }

func (f *Floor) drift(span instruction.Time, trades bool) {
	pace := slow(span)
	for until := f.Time + span; f.Time < until && f.Err == nil; {
		n := min(pace, until-f.Time)
		f.Pass(n)
		f.walk(n)
		f.feed()
		f.quote(true)
		if trades {
			f.dabble()
		}
	}
}

// walk lets prices walk for a span of time.
func (f *Floor) walk(span instruction.Time) {
	if f.Guide != nil {
		f.Guide(&f.Fair, f.Time)
		return
	}
	f.Fair.walk(f.rng, span)
}

// Dabble has the makers of thin markets follow, and customers there trade a little, as they do now and then.
func (f *Floor) Dabble() {
	f.quote(true)
	f.dabble()
}

// feed tells the venue what the outside reference says, where there is one.
func (f *Floor) feed() {
	if !f.Fed || !f.Options.Budgets {
		return
	}
	for m := BTCUSDT; m <= ETHBTC; m++ {
		f.Give(&venue, &instruction.Refer{Market: m, Price: f.Fair.In(m, 0), Dated: f.Time})
	}
}

// Leap has the clock jump ahead, without a tick. Where the operator confirms it, waits go on.
func (f *Floor) Leap(span instruction.Time, confirmed bool) {
	f.Time += span
	f.ticked = f.Time
	f.Give(&engine, &instruction.Tick{})
	if confirmed {
		f.Operate(&instruction.ConfirmClock{})
	}
}

// Restart has the venue stop, and start again from the persisted form of its state.
func (f *Floor) Restart() {
	if f.Err != nil {
		return
	}
	w := instruction.Writer(nil)
	f.State.Fields(&w)
	s, err := restore(w.Bytes())
	if err != nil {
		f.Err = err // the state that could not be read back stays to be looked at
		return
	}
	f.State = s
}

func restore(b []byte) (*core.State, error) {
	s := core.New()
	r := instruction.Reader(b)
	s.Fields(&r)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("floor: reading the state back: %w", err)
	}
	return s, nil
}

// Clone is the same floor again, to which other things happen from now on: what is random comes from another seed.
func (f *Floor) Clone(seed uint64) *Floor {
	if f.saved == nil {
		w := instruction.Writer(nil)
		f.State.Fields(&w)
		f.saved = w.Bytes()
	}
	c := *f
	c.rng = rand.New(rand.NewPCG(seed, 5))
	c.ev = instruction.Events{}
	c.Direct = scenario.Direct{Time: f.Time, Seq: f.Seq}
	c.State, c.Err = restore(f.saved)
	return &c
}
