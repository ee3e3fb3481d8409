package rule

import (
	"math"
	"math/bits"

	"portcullis/core/instruction"
)

// Run is the program's result. What lies on top of the stack is kept apart, for most steps need nothing else.
func (p *Program) Run(v Values) int64 {
	var stack [MaxStack]int64
	top, n := int64(0), uint(0)
	steps := p.steps
	for at := 0; at < len(steps); at++ {
		o := &steps[at]
		if o.do >= clause {
			x := truth(o.holds(v.Value(o.feature)))
			if o.do != clause && x == o.on { // the condition goes on with the next step
				continue
			}
			if o.do != clause {
				at = int(o.to) - 1
			}
			stack[n%MaxStack] = top
			n++
			top = x
			continue
		}
		switch o.do {
		case instruction.OpFeature:
			stack[n%MaxStack] = top
			n++
			top = v.Value(o.feature)
			continue
		case instruction.OpValue:
			stack[n%MaxStack] = top
			n++
			top = o.value
			continue
		case instruction.OpJump:
			at = int(o.to) - 1
			continue
		case instruction.OpOneOf:
			if top == o.value {
				top = 1
				at = int(o.to) - 1
			}
			continue
		case instruction.OpAnd, instruction.OpOr, instruction.OpUnless:
			jumps := (top == 0) != (o.do == instruction.OpOr)
			if jumps {
				at = int(o.to) - 1
			}
			if jumps && o.do != instruction.OpUnless {
				continue
			}
			n--
			top = stack[n%MaxStack]
			continue
		}
		if o.do >= instruction.OpAdd && o.do <= instruction.OpNotEqual {
			n--
			top = both(o.do, stack[n%MaxStack], top)
			continue
		}
		top = one(o, top)
	}
	return top
}

// one is what a step makes of the number on top.
func one(o *step, top int64) int64 {
	switch o.do {
	case instruction.OpLessThan:
		return truth(top < o.value)
	case instruction.OpAtMost:
		return truth(top <= o.value)
	case instruction.OpMoreThan:
		return truth(top > o.value)
	case instruction.OpAtLeast:
		return truth(top >= o.value)
	case instruction.OpIs:
		return truth(top == o.value)
	case instruction.OpDiffers:
		return truth(top != o.value)
	case instruction.OpNegate:
		return sub(0, top)
	case instruction.OpNot:
		return truth(top == 0)
	}
	return 0 // OpNone, and New knows no other
}

// both is what comes of two numbers.
func both(do instruction.OpCode, a, b int64) int64 {
	switch do {
	case instruction.OpAdd:
		return add(a, b)
	case instruction.OpSub:
		return sub(a, b)
	case instruction.OpMul:
		return mul(a, b)
	case instruction.OpDiv:
		return div(a, b)
	case instruction.OpRem:
		return rem(a, b)
	case instruction.OpLess:
		return truth(a < b)
	case instruction.OpLessEqual:
		return truth(a <= b)
	case instruction.OpGreater:
		return truth(a > b)
	case instruction.OpGreaterEqual:
		return truth(a >= b)
	case instruction.OpEqual:
		return truth(a == b)
	case instruction.OpNotEqual:
		return truth(a != b)
	}
	return 0 // New knows no other
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// end is the furthest number on the side of a's sign.
func end(negative bool) int64 {
	if negative {
		return math.MinInt64
	}
	return math.MaxInt64
}

func add(a, b int64) int64 {
	if c := a + b; (c > a) == (b > 0) {
		return c
	}
	return end(b < 0)
}

func sub(a, b int64) int64 {
	if c := a - b; (c < a) == (b > 0) {
		return c
	}
	return end(b > 0)
}

func mul(a, b int64) int64 {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(size(a), size(b))
	switch {
	case high != 0, low > 1<<63, low == 1<<63 && !negative:
		return end(negative)
	case negative:
		return int64(-low) // #nosec G115 -- at most 2^63, whose negative there is
	}
	return int64(low) // #nosec G115 -- held against 2^63 above
}

// size is a number without its sign.
func size(a int64) uint64 {
	if a < 0 {
		return -uint64(a) // #nosec G115 -- two's complement
	}
	return uint64(a)
}

func div(a, b int64) int64 {
	switch {
	case b == 0:
		return 0
	case a == math.MinInt64 && b == -1:
		return math.MaxInt64
	}
	return a / b
}

func rem(a, b int64) int64 {
	if b == 0 || b == -1 { // the quotient by -1 of the least number is one too large for the machine
		return 0
	}
	return a % b
}
