package expression

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/env"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// withheld refuses the words of the language that would break what this package promises, each with what to write instead.
type withheld struct{}

var _ cel.ASTValidator = withheld{}

var insteadOf = map[string]string{
	"dyn":     "profile.…, results.…",            // a misspelt field would be found only at a record
	"replace": "split, join, trim, lowerAscii",   // its result is as long as two texts multiplied, before any cost is counted
	"has":     `!= "", mark_tenths >= 0, size()`, // fields are always there; of a mark of 0 it would say no
}

func withheldMessage(word, instead string) fault.Text {
	return fault.Text{
		Vi: "không dùng '" + word + "' trong quy tắc; hãy viết: " + instead,
		En: "'" + word + "' is not for rules; write: " + instead,
	}
}

// Name tells the validator among others.
func (withheld) Name() string { return "rasoat.withheld" }

// ToConfig describes the validator.
func (w withheld) ToConfig() *env.Validator { return env.NewValidator(w.Name()) }

// Validate reports each word that is withheld, at its place.
func (withheld) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *ast.AST, issues *cel.Issues) {
	for _, e := range ast.MatchDescendants(ast.NavigateAST(a), ast.AllMatcher()) {
		word := ""
		switch {
		case e.Kind() == ast.CallKind:
			word = e.AsCall().FunctionName()
		case e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly():
			word = "has"
		}
		if instead, ok := insteadOf[word]; ok {
			issues.ReportErrorAtID(e.ID(), "%s", withheldMessage(word, instead).En)
		}
	}
}
