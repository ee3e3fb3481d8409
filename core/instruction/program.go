package instruction

// OpCode is the persisted number of one step of a rule's program: append-only.
//
// A program works on a stack of whole numbers; true is 1 and false 0. Sums, differences, products and quotients stop at the
// largest and the least number that there is, and what is divided by 0 is 0.
type OpCode uint8

const (
	OpValue   OpCode = 1 // puts Value on the stack
	OpFeature OpCode = 2 // puts there what the feature is whose number is Value

	OpAdd OpCode = 3 // takes two and puts what comes of them, and so do those to OpNotEqual
	OpSub OpCode = 4
	OpMul OpCode = 5
	OpDiv OpCode = 6 // towards 0
	OpRem OpCode = 7 // with the sign of what is divided

	OpLess         OpCode = 8
	OpLessEqual    OpCode = 9
	OpGreater      OpCode = 10
	OpGreaterEqual OpCode = 11
	OpEqual        OpCode = 12
	OpNotEqual     OpCode = 13

	OpLessThan OpCode = 14 // compares what lies on top with Value, and so do those to OpDiffers
	OpAtMost   OpCode = 15
	OpMoreThan OpCode = 16
	OpAtLeast  OpCode = 17
	OpIs       OpCode = 18
	OpDiffers  OpCode = 19

	OpNegate OpCode = 20 // the number with the other sign
	OpNot    OpCode = 21 // 1 of 0, and 0 of all else
	OpAnd    OpCode = 22 // on 0 goes to To and leaves it there; else takes it away
	OpOr     OpCode = 23 // on 0 takes it away; else goes to To and leaves it there
	OpUnless OpCode = 24 // takes one away, and on 0 goes to To
	OpJump   OpCode = 25 // goes to To
	OpOneOf  OpCode = 26 // where what lies on top is Value, makes it 1 and goes to To
	OpNone   OpCode = 27 // makes what lies on top 0
)

// MaxOps is how many steps a program has at most.
const MaxOps = 128

var opNames = names{"", "VALUE", "FEATURE", "ADD", "SUB", "MUL", "DIV", "REM", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL",
	"EQUAL", "NOT_EQUAL", "LESS_THAN", "AT_MOST", "MORE_THAN", "AT_LEAST", "IS", "DIFFERS", "NEGATE", "NOT", "AND", "OR", "UNLESS",
	"JUMP", "ONE_OF", "NONE"}

func (o OpCode) String() string               { return opNames.text(int(o)) }
func (o OpCode) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Op is one step of a rule's program. What a code does not need is 0.
type Op struct {
	Do    OpCode
	To    uint8 // where to go on, counted from the program's start; always further on
	Value int64
}

func (o *Op) fields(c *Codec) {
	enum(c, &o.Do, OpNone)
	Num8(c, &o.To)
	Num64(c, &o.Value)
}

// ops is a program's steps. What they do together is for core/rule to verify.
func (c *Codec) ops(p *[]Op) {
	n := c.Count(len(*p), MaxOps)
	if c.reading {
		*p = nil
		if n > 0 {
			*p = make([]Op, n)
		}
	}
	for i := range (*p)[:min(n, len(*p))] {
		(*p)[i].fields(c)
	}
}
