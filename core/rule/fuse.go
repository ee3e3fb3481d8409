package rule

import (
	"math"

	"portcullis/core/instruction"
)

// step is one step as it is run. Most of any condition is clauses, a feature compared with a number; each of them is one step here,
// together with what decides on it, for steps cost more than what they do.
type step struct {
	do      instruction.OpCode // or one of the two below
	not     bool               // of a clause: it holds where the feature lies outside
	to      uint8              // where to go on, counted in steps as they are run
	feature instruction.Feature
	value   int64  // of a clause: the least of what it holds for
	span    uint64 // and how far beyond that it does
	on      int64  // of one that jumps: whether it holds where it does not
}

// Clauses: as they stand, and with OpAnd or OpOr behind them.
const (
	clause      instruction.OpCode = 200
	clauseJumps instruction.OpCode = 201
)

// fuse makes verified steps what is run.
func fuse(ops []instruction.Op) []step {
	var aimed [instruction.MaxOps + 1]bool // something jumps there
	for i := range ops {
		aimed[ops[i].To] = true
	}
	var at [instruction.MaxOps + 1]uint8 // where each step went
	var steps []step
	for i := 0; i < len(ops); {
		at[i] = uint8(len(steps)) // #nosec G115 -- at most MaxOps
		s, n := clauseAt(ops, i, &aimed)
		if n == 0 {
			o := &ops[i]
			s, n = step{do: o.Do, to: o.To, value: o.Value, feature: feature(o)}, 1
		}
		steps = append(steps, s)
		i += n
	}
	at[len(ops)] = uint8(len(steps)) // #nosec G115 -- at most MaxOps
	for i := range steps {
		steps[i].to = at[steps[i].to] // of those that go nowhere, nobody asks
	}
	return steps
}

// clauseAt is the clause that begins with a step, and how many steps it takes the place of; 0 where none does.
func clauseAt(ops []instruction.Op, i int, aimed *[instruction.MaxOps + 1]bool) (step, int) {
	if ops[i].Do != instruction.OpFeature || i+1 == len(ops) || aimed[i+1] {
		return step{}, 0
	}
	s := step{do: clause, feature: feature(&ops[i])}
	n := ops[i+1].Value
	within := func(least, most int64) { s.value, s.span = least, uint64(most)-uint64(least) } // #nosec G115 -- two's complement
	switch ops[i+1].Do {
	case instruction.OpLessThan: // not at least
		within(n, math.MaxInt64)
		s.not = true
	case instruction.OpAtLeast:
		within(n, math.MaxInt64)
	case instruction.OpMoreThan: // not at most
		within(math.MinInt64, n)
		s.not = true
	case instruction.OpAtMost:
		within(math.MinInt64, n)
	case instruction.OpIs:
		within(n, n)
	case instruction.OpDiffers:
		within(n, n)
		s.not = true
	default:
		return step{}, 0
	}
	if i+2 < len(ops) && !aimed[i+2] {
		if d := ops[i+2].Do; d == instruction.OpAnd || d == instruction.OpOr {
			s.do, s.to, s.on = clauseJumps, ops[i+2].To, truth(d == instruction.OpAnd)
			return s, 3
		}
	}
	return s, 2
}

// holds says whether the clause does, of what its feature is.
func (s *step) holds(value int64) bool {
	return (uint64(value)-uint64(s.value) <= s.span) != s.not // #nosec G115 -- two's complement
}
