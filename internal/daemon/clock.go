package daemon

import (
	"context"
	"os"

	"portcullis/core"
	"portcullis/core/instruction"
)

// clockWatch sees jumps of the clock among the venue's events, and leaves the newest for whoever tells of it. It runs on the
// follower's goroutine and never waits.
type clockWatch struct{ jumps chan instruction.ClockFroze }

func (clockWatch) Before(*core.State, *instruction.Record, instruction.Event) {}
func (clockWatch) Folded(*core.State, *instruction.Record)                    {}

func (c clockWatch) After(_ *core.State, _ *instruction.Record, e instruction.Event) {
	if froze, ok := e.(*instruction.ClockFroze); ok {
		select {
		case c.jumps <- *froze:
		default: // nobody confirmed the jump before this one: it is the same freeze
		}
	}
}

// watchClock says so whenever a jump of the clock makes waits stand still, and what the operator can do. A venue that stood
// still for longer than a jump may be sees one at its start.
func (d *Daemon) watchClock(context.Context) error {
	w := clockWatch{make(chan instruction.ClockFroze, 1)}
	var since instruction.Time
	if err := d.engine.Follow(func(s *core.State) { since = s.Clock().Frozen }, w); err != nil {
		return err
	}
	if since != 0 {
		d.tellFrozen("since", since)
	}
	d.running.Go(func() {
		for {
			select {
			case j := <-w.jumps:
				d.tellFrozen("from", j.From, "to", j.To)
			case <-d.closed:
				select {
				case j := <-w.jumps: // it came first, and is not to be lost
					d.tellFrozen("from", j.From, "to", j.To)
				default:
				}
				return
			}
		}
	})
	return nil
}

// tellFrozen says what a jump has done and what to do. Over a demo, whose money is made up, it is confirmed at once.
func (d *Daemon) tellFrozen(when ...any) {
	if d.demo != nil {
		p := instruction.Principal{Giver: instruction.ByOperator, Operator: uint32(os.Geteuid())} // #nosec G115 -- a user id
		if _, err := d.engine.Do(&p, &instruction.ConfirmClock{}); err == nil {
			d.log.Info("the venue stood still or its clock jumped ahead; since it is a demo, that is confirmed", when...)
			return
		}
	}
	d.log.Warn("the venue stood still or its clock jumped ahead, so waits and refills stand still; trading goes on. If the clock is right now, run: portcullis clock confirm --data "+d.cfg.Dir, when...)
}

// StoodStill is the time since which waits stand still, or will with the first record, for the venue has not run since; 0
// where they run.
func (d *Daemon) StoodStill() (t instruction.Time) {
	_ = d.engine.Read(func(s *core.State) {
		c := s.Clock()
		if t = c.Frozen; t == 0 && c.Now != 0 && d.engine.Now()-c.Now > core.MaxJump {
			t = c.Now
		}
	})
	return t
}
