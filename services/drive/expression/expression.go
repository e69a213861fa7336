// Package expression is the language in which a drive writes rules of its own: the Common Expression Language (CEL) over one
// record, in the field names of the contracts.
//
//	profile.ethnicity != "" || profile.nationality != "VN"
//	results.subjects.exists(s, s.code == "TOAN" && s.year.mark_tenths >= 0)
//
// A mark is in tenths and −1 where there is none; a word that was not given is "". An expression says what must hold. It is
// compiled and type-checked once, when the drive loads: a field that there is not, or a sum of a mark and a name, stops the
// start. It is safe for concurrent use, and bounded: no expression can hang a service.
//
// The one rule a reader must not miss: an error of evaluation tells the rule's trouble and no value of the record.
package expression

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"

	"github.com/rasoat/rasoat/services/student"
)

// What bounds an expression. A loop over the subjects of a year inside another is far below the cost.
const (
	costLimit  = 100_000 // steps of one evaluation, as CEL counts them
	textLimit  = 4_000   // characters
	rangeLimit = 1_000   // elements of lists.range
)

// Program is a compiled expression.
type Program struct{ program cel.Program }

// Compile checks an expression over records of a kind, profile or results. Its error is an *Issue.
func Compile(kind student.Kind, text string) (*Program, error) {
	environment, ok := environments[kind]
	if !ok {
		return nil, firstColumn(fmt.Sprintf("không có biểu thức trên bản ghi loại %q", kind),
			fmt.Sprintf("there are no expressions over records of kind %q", kind))
	}
	env, err := environment()
	if err != nil {
		return nil, firstColumn(err.Error(), err.Error())
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, issueOf(issues.Errors()[0])
	}
	if t := ast.OutputType(); !t.IsExactType(cel.BoolType) {
		return nil, firstColumn(fmt.Sprintf("biểu thức có kiểu %s, phải là bool", t), fmt.Sprintf("the expression is of type %s, must be bool", t))
	}
	program, err := env.Program(ast, cel.CostLimit(costLimit), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, firstColumn(err.Error(), err.Error())
	}
	return &Program{program}, nil
}

// environments are what expressions over each kind of record may name; each is made when it is first asked for.
var environments = map[student.Kind]func() (*cel.Env, error){
	student.KindProfile: environment(cel.Variable("profile", cel.ObjectType("expression.Profile"))),
	student.KindResults: environment(cel.Variable("results", cel.ObjectType("expression.Results"))),
}

func environment(record cel.EnvOption) func() (*cel.Env, error) {
	return sync.OnceValues(func() (*cel.Env, error) {
		return cel.NewEnv(
			ext.NativeTypes(reflect.TypeFor[Drive](), reflect.TypeFor[Profile](), reflect.TypeFor[Results](), ext.ParseStructTag("cel")),
			record, cel.Variable("drive", cel.ObjectType("expression.Drive")),
			ext.Strings(), ext.Lists(ext.ListsMaxRangeSize(rangeLimit)), ext.Sets(),
			cel.ParserExpressionSizeLimit(textLimit),
			cel.ExtendedValidations(), cel.ASTValidators(withheld{}),
		)
	})
}

// ErrEvaluation is an expression that could not be computed for a record: an index that there is not, a sum that grew too large.
var ErrEvaluation = errors.New("the expression could not be computed for this record")

// Holds evaluates the expression on a record as ViewOf shows it. Its error is ErrEvaluation.
func (p *Program) Holds(v *View) (bool, error) {
	if v == nil {
		return false, ErrEvaluation
	}
	out, _, err := p.program.Eval(v)
	if err != nil {
		return false, ErrEvaluation // what the library says may quote a value
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, ErrEvaluation
	}
	return holds, nil
}
