package core

import "portcullis/core/instruction"

// MaxJump is the longest step of time that needs no confirmation. The engine ticks more often than that.
const MaxJump = 2 * instruction.Second

// Clock is the venue's time. Waits are counted by Waits, never by Now: when time jumps ahead by more than MaxJump,
// because a clock was set wrong or the venue stood still, waits and refills freeze until the operator confirms it, and then
// go on from where they stood. A jump frees no wait, and nobody loses the time in which the venue could not be reached.
type Clock struct {
	Now     instruction.Time // of the last record
	Frozen  instruction.Time // time at which waits stand still, 0 while they run
	Skipped instruction.Time // what of the time that passed counted for no wait
}

// Waits is the time that waits and refills go by. It lies behind Now by what was skipped, and is for comparing only.
func (c Clock) Waits() instruction.Time {
	if c.Frozen != 0 {
		return c.Frozen - c.Skipped
	}
	return c.Now - c.Skipped
}

// Wall is when a wait that is over at the given time of Waits is over by the calendar, if nothing stands still until then.
func (c Clock) Wall(waits instruction.Time) instruction.Time { return waits + c.Now - c.Waits() }

// at is the clock as a record of that time will find it, before anybody confirms anything.
func (c Clock) at(now instruction.Time) Clock {
	if c.jumps(now) {
		c.Frozen = c.Now
	}
	c.Now = now
	return c
}

// jumps says that waits freeze with a record of that time.
func (c Clock) jumps(now instruction.Time) bool {
	return c.Now != 0 && now-c.Now > MaxJump && c.Frozen == 0
}

// passTime notes a jump from the clock of the record before.
func (s *State) passTime(before Clock) {
	if before.jumps(s.clock.Now) {
		s.emit(&instruction.ClockFroze{From: before.Now, To: s.clock.Now})
	}
}

func (s *State) confirmClock() {
	if s.clock.Frozen == 0 {
		s.refuse(instruction.Whole, instruction.ClockNotFrozen)
		return
	}
	s.emit(&instruction.ClockConfirmed{Skipped: s.clock.Now - s.clock.Frozen})
}
