package rules

import (
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

const (
	// maxDepth is how deep a condition may nest.
	maxDepth = 24
	// MaxCost is the highest cost of a condition, as CEL estimates it: about one for each feature, comparison and sum.
	MaxCost = 200
)

// Fault is what is wrong with a text, and where in it.
type Fault struct {
	File         string `json:"file,omitempty"`
	Line, Column int    // from 1; 0 where it is the whole
	Rule         string // the rule in which it stands, where it stands in one
	What         string
}

// Error is file:line:column, the rule, and what is wrong.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File + ":")
	}
	if f.Line != 0 {
		fmt.Fprintf(&b, "%d:", f.Line)
	}
	if f.Line != 0 && f.Column != 0 {
		fmt.Fprintf(&b, "%d:", f.Column)
	}
	if f.Rule != "" {
		fmt.Fprintf(&b, " rule %s:", f.Rule)
	}
	return strings.TrimSpace(b.String() + " " + f.What)
}

// Condition is a condition that was checked and flattened.
type Condition struct {
	Text    string
	Program rule.Program
	Cost    uint64 // as CEL estimates it at most
	tree    *ast.AST
}

// environment is what conditions may name: the features, and nothing of the standard library but its operators.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.StdLib(), cel.ClearMacros(), cel.ParserRecursionLimit(maxDepth), cel.ParserExpressionSizeLimit(instruction.MaxCondition),
		cel.ParserErrorRecoveryLimit(4),
	}
	for _, f := range instruction.Features() {
		options = append(options, cel.Variable(f.String(), cel.IntType))
	}
	return cel.NewCustomEnv(options...)
})

// Compile checks a condition and flattens it. The fault says where in the text it is.
func Compile(text string) (*Condition, *Fault) {
	whole := func(format string, args ...any) *Fault {
		return &Fault{Line: 1, Column: 1, What: fmt.Sprintf(format, args...)}
	}
	if len(text) > instruction.MaxCondition {
		return nil, whole("a condition of %d bytes, where %d are allowed", len(text), instruction.MaxCondition)
	}
	if strings.TrimSpace(text) == "" {
		return nil, whole("a condition is missing, such as key.loss_1h > 50")
	}
	env, err := environment()
	if err != nil {
		return nil, whole("%v", err)
	}
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		return nil, faultOf(issues.Errors())
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, faultOf(issues.Errors())
	}
	if !checked.OutputType().IsExactType(types.BoolType) {
		return nil, whole("the condition is of type %s, and has to be one that is true or false", checked.OutputType())
	}
	c := &Condition{Text: text, tree: checked.NativeRep()}
	estimate, err := env.EstimateCost(checked, nothing{})
	if err != nil {
		return nil, whole("its cost cannot be told: %v", err)
	}
	if c.Cost = estimate.Max; c.Cost > MaxCost {
		return nil, whole("too slow: it costs up to %d, where %d are allowed; split the rule", c.Cost, MaxCost)
	}
	ops, fault := flatten(c.tree, c.tree.Expr())
	if fault != nil {
		return nil, fault
	}
	if c.Program, err = rule.New(ops); err != nil {
		return nil, whole("%v", err)
	}
	if len(c.Program.Reads()) == 0 {
		return nil, whole("it reads no feature, so that it holds always or never")
	}
	return c, nil
}

// faultOf is the first of what CEL found.
func faultOf(errs []*common.Error) *Fault {
	e := errs[0]
	what := e.Message
	if name, ok := strings.CutPrefix(what, "undeclared reference to '"); ok {
		name, _, _ = strings.Cut(name, "'")
		what = fmt.Sprintf("there is no %q that a condition may name: features are listed in docs/FEATURES.md, and there are no functions", name)
	}
	return &Fault{Line: max(e.Location.Line(), 1), Column: max(e.Location.Column()+1, 1), What: what}
}

// nothing is what is known of sizes: conditions have none.
type nothing struct{}

func (nothing) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}
func (nothing) EstimateSize(cost.AstNode) *cost.SizeEstimate { return nil }
