package rules

import (
	"fmt"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"portcullis/core/instruction"
)

// sums are the operators of two numbers, with what compares with a constant where there is that.
var sums = map[string]struct{ two, constant instruction.OpCode }{
	operators.Add:           {instruction.OpAdd, 0},
	operators.Subtract:      {instruction.OpSub, 0},
	operators.Multiply:      {instruction.OpMul, 0},
	operators.Divide:        {instruction.OpDiv, 0},
	operators.Modulo:        {instruction.OpRem, 0},
	operators.Less:          {instruction.OpLess, instruction.OpLessThan},
	operators.LessEquals:    {instruction.OpLessEqual, instruction.OpAtMost},
	operators.Greater:       {instruction.OpGreater, instruction.OpMoreThan},
	operators.GreaterEquals: {instruction.OpGreaterEqual, instruction.OpAtLeast},
	operators.Equals:        {instruction.OpEqual, instruction.OpIs},
	operators.NotEquals:     {instruction.OpNotEqual, instruction.OpDiffers},
}

// turned is the comparison that says the same with its sides exchanged.
var turned = map[string]string{
	operators.Less: operators.Greater, operators.Greater: operators.Less, operators.LessEquals: operators.GreaterEquals,
	operators.GreaterEquals: operators.LessEquals, operators.Equals: operators.Equals, operators.NotEquals: operators.NotEquals,
}

// flattener makes steps of a tree.
type flattener struct {
	tree *ast.AST
	ops  []instruction.Op
}

// flatten makes steps of a part of a checked condition.
func flatten(tree *ast.AST, e ast.Expr) ([]instruction.Op, *Fault) {
	f := flattener{tree: tree}
	if fault := f.put(e); fault != nil {
		return nil, fault
	}
	return f.ops, nil
}

// fault is what a program cannot do, at its place.
func (f *flattener) fault(e ast.Expr, format string, args ...any) *Fault {
	at := f.tree.SourceInfo().GetStartLocation(e.ID())
	return &Fault{Line: max(at.Line(), 1), Column: max(at.Column()+1, 1), What: fmt.Sprintf(format, args...)}
}

func (f *flattener) add(do instruction.OpCode, value int64) int {
	f.ops = append(f.ops, instruction.Op{Do: do, Value: value})
	return len(f.ops) - 1
}

// land has a step go on behind what there is. Programs that are too long are refused at the end.
func (f *flattener) land(at int) { f.ops[at].To = uint8(min(len(f.ops), 255)) } // #nosec G115 -- cut to what fits

// put appends the steps of a part, which leave its value on the stack.
func (f *flattener) put(e ast.Expr) *Fault {
	if len(f.ops) > instruction.MaxOps {
		return f.fault(e, "too long: it takes more than %d steps; split the rule", instruction.MaxOps)
	}
	switch e.Kind() {
	case ast.LiteralKind:
		n, ok := number(e)
		if !ok {
			return f.fault(e, "a %s: conditions are of whole numbers", e.AsLiteral().Type().TypeName())
		}
		f.add(instruction.OpValue, n)
		return nil
	case ast.IdentKind:
		x, err := instruction.FeatureNamed(e.AsIdent())
		if err != nil {
			return f.fault(e, "%v", err)
		}
		f.add(instruction.OpFeature, int64(x))
		return nil
	case ast.CallKind:
		return f.call(e, e.AsCall())
	case ast.ListKind:
		return f.fault(e, "a list may only stand behind in")
	}
	return f.fault(e, "conditions are of features, whole numbers, + - * / %%, comparisons, in, &&, ||, ! and ? :, and of nothing else")
}

// number is the value of a constant that a program can have.
func number(e ast.Expr) (int64, bool) {
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	switch v := e.AsLiteral().(type) {
	case types.Int:
		return int64(v), true
	case types.Bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func (f *flattener) call(e ast.Expr, c ast.CallExpr) *Fault {
	args := c.Args()
	switch name := c.FunctionName(); {
	case c.IsMemberFunction():
		return f.fault(e, "there are no functions: %s cannot be called", name)
	case name == operators.LogicalAnd:
		return f.jump(args, instruction.OpAnd)
	case name == operators.LogicalOr:
		return f.jump(args, instruction.OpOr)
	case name == operators.Conditional:
		return f.choose(args)
	case name == operators.LogicalNot:
		return f.one(args[0], instruction.OpNot)
	case name == operators.Negate:
		return f.one(args[0], instruction.OpNegate)
	case name == operators.In:
		return f.in(e, args)
	case sums[name].two != 0:
		return f.two(e, name, args)
	default:
		return f.fault(e, "there are no functions: %s cannot be called", name)
	}
}

func (f *flattener) one(e ast.Expr, do instruction.OpCode) *Fault {
	fault := f.put(e)
	f.add(do, 0)
	return fault
}

// jump is && and ||: what comes behind is looked at only where it decides.
func (f *flattener) jump(args []ast.Expr, do instruction.OpCode) *Fault {
	if fault := f.put(args[0]); fault != nil {
		return fault
	}
	at := f.add(do, 0)
	fault := f.put(args[1])
	f.land(at)
	return fault
}

func (f *flattener) choose(args []ast.Expr) *Fault {
	if fault := f.put(args[0]); fault != nil {
		return fault
	}
	unless := f.add(instruction.OpUnless, 0)
	if fault := f.put(args[1]); fault != nil {
		return fault
	}
	jump := f.add(instruction.OpJump, 0)
	f.land(unless)
	fault := f.put(args[2])
	f.land(jump)
	return fault
}

func (f *flattener) in(e ast.Expr, args []ast.Expr) *Fault {
	if args[1].Kind() != ast.ListKind || args[1].AsList().Size() == 0 {
		return f.fault(e, "behind in stands a list of constants, such as [1, 2]")
	}
	if fault := f.put(args[0]); fault != nil {
		return fault
	}
	var found []int
	for _, x := range args[1].AsList().Elements() {
		n, ok := number(x)
		if !ok {
			return f.fault(x, "behind in stands a list of constants, such as [1, 2]")
		}
		found = append(found, f.add(instruction.OpOneOf, n))
	}
	f.add(instruction.OpNone, 0)
	for _, at := range found {
		f.land(at)
	}
	return nil
}

func (f *flattener) two(e ast.Expr, name string, args []ast.Expr) *Fault {
	left, right := args[0], args[1]
	if _, constant := number(left); constant && turned[name] != "" {
		left, right, name = right, left, turned[name]
	}
	if fault := f.put(left); fault != nil {
		return fault
	}
	n, constant := number(right)
	if name == operators.Divide || name == operators.Modulo {
		if !constant || n == 0 {
			return f.fault(e, "what is divided by may be 0: divide by a constant other than 0, or multiply the other side")
		}
	}
	if do := sums[name].constant; constant && do != 0 {
		f.add(do, n)
		return nil
	}
	fault := f.put(right)
	f.add(sums[name].two, 0)
	return fault
}
