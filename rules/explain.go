package rules

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/parser"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// Given are values of features; what is not named is 0.
type Given map[instruction.Feature]int64

// Value is what the feature was given.
func (g Given) Value(f instruction.Feature) int64 { return g[f] }

// Clause is a part of a condition, and what became of it.
type Clause struct {
	Text   string   `json:"text"`
	Holds  bool     `json:"holds"`
	Joined string   `json:"joined,omitempty"` // how its parts are: ALL, ANY or NOT
	Parts  []Clause `json:"parts,omitempty"`
	Values []Read   `json:"values,omitempty"` // of a part that has none
}

// Read is what a feature was.
type Read struct {
	Feature instruction.Feature `json:"feature"`
	Value   int64               `json:"value"`
	Unit    string              `json:"unit"`
}

// Explain says clause by clause why the condition holds of the values, or does not. It looks at all of them, also at those that
// decide nothing any more.
func (c *Condition) Explain(given Given) Clause { return c.explain(c.tree.Expr(), given) }

func (c *Condition) explain(e ast.Expr, given Given) Clause {
	text, err := parser.Unparse(e, c.tree.SourceInfo())
	if err != nil {
		text = c.Text
	}
	x := Clause{Text: text}
	ops, fault := flatten(c.tree, e)
	if fault == nil {
		if p, err := rule.New(ops); err == nil {
			x.Holds = p.Holds(given)
			for _, f := range p.Reads() {
				x.Values = append(x.Values, Read{f, given[f], f.Facts().Unit})
			}
		}
	}
	if e.Kind() != ast.CallKind {
		return x
	}
	call := e.AsCall()
	switch name := call.FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		x.Joined = "ALL"
		if name == operators.LogicalOr {
			x.Joined = "ANY"
		}
		x.Values = nil
		for _, part := range chain(e, name, nil) {
			x.Parts = append(x.Parts, c.explain(part, given))
		}
	case operators.LogicalNot:
		x.Joined, x.Values = "NOT", nil
		x.Parts = []Clause{c.explain(call.Args()[0], given)}
	}
	return x
}

// chain are the parts of a && b && c, however they were put together.
func chain(e ast.Expr, name string, list []ast.Expr) []ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == name {
		for _, x := range e.AsCall().Args() {
			list = chain(x, name, list)
		}
		return list
	}
	return append(list, e)
}
