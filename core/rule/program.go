package rule

import (
	"errors"
	"fmt"
	"slices"

	"portcullis/core/instruction"
)

// Bounds of a program.
const (
	// MaxFeatures is how many features one program may read: as many as a record can tell the values of.
	MaxFeatures = instruction.MaxFiredValues
	// MaxStack is how many numbers it may keep at once.
	MaxStack = 8
)

// ErrProgram means that steps are no program.
var ErrProgram = errors.New("rule: not a program")

// Values tells what the features are that a program reads. It is asked for a feature when a step needs it.
type Values interface {
	Value(instruction.Feature) int64
}

// Program is steps that were verified. The zero Program has none, and never holds.
type Program struct {
	ops   []instruction.Op
	steps []step // the same as they are run
	reads []instruction.Feature
}

// New verifies steps: each is known, goes forwards, finds on the stack what it takes, whichever way led to it, and leaves no more than
// fits; and one number is there at the end. The steps belong to the Program from then on.
func New(ops []instruction.Op) (Program, error) {
	if len(ops) == 0 || len(ops) > instruction.MaxOps {
		return Program{}, fmt.Errorf("%w: %d steps, where 1 to %d are allowed", ErrProgram, len(ops), instruction.MaxOps)
	}
	p := Program{ops: ops}
	var met [instruction.MaxOps + 1]int // how many numbers lie there when a step begins, and one more; 0 where nothing leads to it
	met[0] = 1
	for at := range ops {
		if met[at] == 0 {
			return Program{}, fmt.Errorf("%w: nothing leads to step %d", ErrProgram, at)
		}
		if err := verify(ops, at, &met); err != nil {
			return Program{}, err
		}
		if o := &ops[at]; o.Do == instruction.OpFeature && !slices.Contains(p.reads, feature(o)) {
			p.reads = append(p.reads, feature(o))
		}
	}
	switch {
	case met[len(ops)] != 2:
		return Program{}, fmt.Errorf("%w: it ends with %d numbers, where one is its result", ErrProgram, met[len(ops)]-1)
	case len(p.reads) > MaxFeatures:
		return Program{}, fmt.Errorf("%w: it reads %d features, where %d are allowed", ErrProgram, len(p.reads), MaxFeatures)
	}
	p.steps = fuse(ops)
	return p, nil
}

// feature is which one the step reads; 0 where there is none of that number.
func feature(o *instruction.Op) instruction.Feature {
	f := instruction.Feature(o.Value) // #nosec G115 -- held against the number that it came from
	if int64(f) != o.Value || f.Facts().Name == "" {
		return 0
	}
	return f
}

// verify looks at one step, and says what the steps find that it leads to.
func verify(ops []instruction.Op, at int, met *[instruction.MaxOps + 1]int) error {
	o := &ops[at]
	takes, leaves, next := 1, 1, true
	jumped := -1 // how many it leaves where it jumps to; below 0 where it does not jump
	value := false
	switch d := o.Do; {
	case d == instruction.OpValue, d == instruction.OpFeature:
		takes, value = 0, true
	case d >= instruction.OpAdd && d <= instruction.OpNotEqual:
		takes = 2
	case d >= instruction.OpLessThan && d <= instruction.OpDiffers:
		value = true
	case d == instruction.OpNegate, d == instruction.OpNot, d == instruction.OpNone:
	case d == instruction.OpAnd, d == instruction.OpOr:
		leaves, jumped = 0, 1
	case d == instruction.OpUnless:
		leaves, jumped = 0, 0
	case d == instruction.OpJump:
		takes, leaves, jumped, next = 0, 0, 0, false
	case d == instruction.OpOneOf:
		jumped, value = 1, true
	default:
		return fmt.Errorf("%w: step %d is of the unknown kind %d", ErrProgram, at, o.Do)
	}
	depth := met[at] - 1
	switch {
	case depth < takes:
		return fmt.Errorf("%w: step %d takes %d numbers of %d", ErrProgram, at, takes, depth)
	case !value && o.Value != 0, jumped < 0 && o.To != 0:
		return fmt.Errorf("%w: step %d says more than its kind has", ErrProgram, at)
	case o.Do == instruction.OpFeature && feature(o) == 0:
		return fmt.Errorf("%w: step %d reads feature %d, which there is not", ErrProgram, at, o.Value)
	}
	lead := func(to, n int) error {
		switch {
		case to <= at || to > len(ops):
			return fmt.Errorf("%w: step %d goes to %d of %d", ErrProgram, at, to, len(ops))
		case n > MaxStack:
			return fmt.Errorf("%w: step %d keeps %d numbers, where %d are allowed", ErrProgram, at, n, MaxStack)
		case met[to] != 0 && met[to] != n+1:
			return fmt.Errorf("%w: step %d is met with %d numbers and with %d", ErrProgram, to, met[to]-1, n)
		}
		met[to] = n + 1
		return nil
	}
	if jumped >= 0 {
		if err := lead(int(o.To), depth-takes+jumped); err != nil {
			return err
		}
	}
	if !next {
		return nil
	}
	return lead(at+1, depth-takes+leaves)
}

// Reads are the features that the program reads, in the order in which it first does.
func (p *Program) Reads() []instruction.Feature { return p.reads }

// Ops are the program's steps, which nobody may change.
func (p *Program) Ops() []instruction.Op { return p.ops }

// Holds says whether the program's result is not 0.
func (p *Program) Holds(v Values) bool { return len(p.steps) > 0 && p.Run(v) != 0 }
