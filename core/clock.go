package core

import "portcullis/core/instruction"

// MaxJump is the longest step of time that needs no confirmation. The engine ticks more often than that.
const MaxJump = 2 * instruction.Second

// Clock is the venue's time. Waits are counted by Waits, never by Now: when time jumps ahead by more than MaxJump,
// because a clock was set wrong or the venue stood still, waits and refills freeze until the operator confirms it.
type Clock struct {
	Now    instruction.Time // of the last record
	Frozen instruction.Time // time at which waits stand still, 0 while they run
}

// Waits is the time that waits and refills go by.
func (c Clock) Waits() instruction.Time {
	if c.Frozen != 0 {
		return c.Frozen
	}
	return c.Now
}

// passTime notes a jump from the time of the record before.
func (s *State) passTime(before instruction.Time) {
	if before != 0 && s.clock.Now-before > MaxJump && s.clock.Frozen == 0 {
		s.emit(&instruction.ClockFroze{From: before, To: s.clock.Now})
	}
}

func (s *State) confirmClock() {
	if s.clock.Frozen == 0 {
		s.refuse(instruction.Whole, instruction.ClockNotFrozen)
		return
	}
	s.emit(&instruction.ClockConfirmed{})
}
