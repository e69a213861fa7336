// Package expression is the language in which a drive writes rules of its own: the Common Expression Language (CEL) over one
// record, in the field names of the contracts.
//
//	profile.ethnicity != "" || profile.nationality != "VN"
//	results.subjects.exists(s, s.code == "TOAN" && s.year.mark_tenths >= 0)
//
// A mark is in tenths and −1 where there is none. An expression says what must hold. It is compiled and type-checked once,
// when the drive loads: a field that there is not, or a sum of a mark and a name, stops the start. It is safe for concurrent
// use, and bounded: no expression can hang a service.
//
// The one rule a reader must not miss: an error of evaluation tells the rule's trouble and no value of the record.
package expression

import (
	"errors"
	"fmt"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
	"github.com/rasoat/rasoat/services/student"
)

// costLimit bounds one evaluation; looking at each subject of a year in a nested loop is far below it.
const costLimit = 100_000

// Issue is what is wrong with an expression, at a line and a column of its own text, both from 1.
type Issue struct {
	Line, Column int
	Message      string
}

// Error tells the place and the message.
func (i *Issue) Error() string { return fmt.Sprintf("%d:%d: %s", i.Line, i.Column, i.Message) }

// Program is a compiled expression.
type Program struct{ program cel.Program }

// Compile checks an expression over records of a kind, profile or results. Its error is an *Issue.
func Compile(kind student.Kind, text string) (*Program, error) {
	env, err := environment(kind)
	if err != nil {
		return nil, &Issue{Line: 1, Column: 1, Message: err.Error()}
	}
	ast, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, &Issue{Line: first.Location.Line(), Column: first.Location.Column() + 1, Message: first.Message}
	}
	if ast.OutputType() != cel.BoolType {
		return nil, &Issue{Line: 1, Column: 1, Message: "the expression is of type " + ast.OutputType().String() + ", must be bool"}
	}
	program, err := env.Program(ast, cel.CostLimit(costLimit))
	if err != nil {
		return nil, &Issue{Line: 1, Column: 1, Message: err.Error()}
	}
	return &Program{program}, nil
}

func environment(kind student.Kind) (*cel.Env, error) {
	variable := cel.Variable("profile", cel.ObjectType("expression.Profile"))
	switch kind {
	case student.KindProfile:
	case student.KindResults:
		variable = cel.Variable("results", cel.ObjectType("expression.Results"))
	default:
		return nil, fmt.Errorf("there are no expressions over records of kind %q", kind)
	}
	return cel.NewEnv(
		ext.NativeTypes(reflect.TypeFor[Profile](), reflect.TypeFor[Results](), ext.ParseStructTag("cel")),
		ext.Strings(), ext.Lists(), variable,
		cel.Variable("drive", cel.ObjectType("expression.Drive")),
		ext.NativeTypes(reflect.TypeFor[Drive](), ext.ParseStructTag("cel")),
	)
}

// ErrEvaluation is an expression that could not be computed for a record: an index that there is not, a sum that grew too large.
var ErrEvaluation = errors.New("the expression could not be computed for this record")

// Holds evaluates the expression on a record as View shows it.
func (p *Program) Holds(v View) (bool, error) {
	out, _, err := p.program.Eval(map[string]any(v))
	if err != nil {
		return false, ErrEvaluation // what the library says may quote a value
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, ErrEvaluation
	}
	return holds, nil
}
