package drive

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/rasoat/rasoat/services/drive/expression"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Rule is a rule that a drive adds to those of the law and of practice: an expression of package expression that must hold of every
// record of a kind. Text and Remedy may hold {field}.
type Rule struct {
	Code     string // UPPER_SNAKE, unlike any other rule's
	Version  int    // raised when the rule judges otherwise than before
	Severity string // SeverityError, SeverityWarning or SeverityInfo
	Kind     student.Kind
	Field    string // of the contract, to which findings point; may be ""
	When     string // the records of which it is asked; "" for all
	Holds    string // what must be true
	Text     fault.Text
	Remedy   fault.Text
	Source   string // the law or practice on which it rests

	when, holds *expression.Program
}

// Broken reports whether the rule does not hold of a record as expression.ViewOf shows it. Its error is expression.ErrEvaluation.
func (r *Rule) Broken(v expression.View) (bool, error) {
	if r.when != nil {
		asked, err := r.when.Holds(v)
		if err != nil || !asked {
			return false, err
		}
	}
	holds, err := r.holds.Holds(v)
	return err == nil && !holds, err
}

// RulesFor gives the rules that the drive adds for a kind of record.
func (d *Drive) RulesFor(kind student.Kind) []*Rule {
	var out []*Rule
	for i := range d.Rules {
		if d.Rules[i].Kind == kind {
			out = append(out, &d.Rules[i])
		}
	}
	return out
}

var ruleCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,39}$`)

func (d *Drive) takeRules(docs []ruleDoc, p *problems) {
	codes := map[string]bool{}
	for i, doc := range docs {
		key := fmt.Sprintf("rules[%d]", i)
		r := Rule{
			Code: doc.Code.Value, Version: 1, Severity: doc.Severity.Value, Kind: student.Kind(doc.Kind.Value), Field: doc.Field.Value,
			When: doc.When.Value, Holds: doc.Holds.Value, Source: doc.Source.Value,
			Text: fault.Text{Vi: doc.Message.Vi.Value, En: doc.Message.En.Value}, Remedy: fault.Text{Vi: doc.Remedy.Vi.Value, En: doc.Remedy.En.Value},
		}
		for name, c := range map[string]cell{
			"message.vi": doc.Message.Vi, "message.en": doc.Message.En, "remedy.vi": doc.Remedy.Vi, "remedy.en": doc.Remedy.En, "source": doc.Source,
		} {
			if c.Value == "" {
				p.need(driveFile, cell{Line: doc.Code.Line}, key+"."+name)
			}
		}
		if p.need(driveFile, doc.Code, key+".code") && (!ruleCode.MatchString(r.Code) || codes[r.Code]) {
			p.bad(driveFile, doc.Code, key+".code", "phải là chữ hoa, chữ số và _, từ 2 đến 40 ký tự, khác các quy tắc khác",
				"must be capitals, digits and _, 2 to 40 of them, and unlike any other rule's")
		}
		codes[r.Code] = true
		if doc.Version.Value != "" {
			n, err := strconv.Atoi(doc.Version.Value)
			if err != nil || n < 1 {
				p.bad(driveFile, doc.Version, key+".version", "phải là số nguyên từ 1", "must be a whole number from 1")
			}
			r.Version = n
		}
		if r.Severity != SeverityError && r.Severity != SeverityWarning && r.Severity != SeverityInfo {
			p.bad(driveFile, at(doc.Severity, doc.Code), key+".severity", "phải là error, warning hoặc info", "must be error, warning or info")
		}
		if r.Kind != student.KindProfile && r.Kind != student.KindResults {
			p.bad(driveFile, at(doc.Kind, doc.Code), key+".kind", "phải là profile hoặc results", "must be profile or results")
		} else {
			if doc.When.Value != "" {
				r.when = compile(r.Kind, doc.When, key+".when", p)
			}
			if p.need(driveFile, at(doc.Holds, doc.Code), key+".holds") {
				r.holds = compile(r.Kind, doc.Holds, key+".holds", p)
			}
		}
		d.Rules = append(d.Rules, r)
	}
}

// at gives a cell the line of another where it is not there itself.
func at(c, other cell) cell {
	if c.Line == 0 {
		c.Line = other.Line
	}
	return c
}

// compile compiles an expression and tells what is wrong with it at its line of the file.
func compile(kind student.Kind, c cell, key string, p *problems) *expression.Program {
	program, err := expression.Compile(kind, c.Value)
	var issue *expression.Issue
	if errors.As(err, &issue) {
		line := c.Line + issue.Line - 1
		if c.Text {
			line++
		}
		p.add(driveFile, line, "drive.bad_expression", fmt.Sprintf("%s: biểu thức sai ở cột %d: %s", key, issue.Column, issue.Message),
			fmt.Sprintf("%s: the expression is wrong at column %d: %s", key, issue.Column, issue.Message))
	}
	return program
}
