package drive

import (
	"cmp"
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
	Code     string // UPPER_SNAKE, unlike any other rule's; package validation refuses one of its own
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
func (r *Rule) Broken(v *expression.View) (bool, error) {
	if r.when != nil {
		asked, err := r.when.Holds(v)
		if err != nil || !asked {
			return false, err
		}
	}
	holds, err := r.holds.Holds(v)
	return err == nil && !holds, err
}

var ruleCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,39}$`)

func (d *Drive) takeRules(docs []ruleDoc, p *problems) {
	codes := map[string]bool{}
	for i, doc := range docs {
		key := fmt.Sprintf("rules[%d]", i)
		d.Rules = append(d.Rules, takeRule(doc, key, p))
		if code := doc.Code.Value; codes[code] && code != "" {
			p.bad(driveFile, doc.Code, key+".code", "đã là mã của một quy tắc ở trên", "is the code of a rule before it")
		}
		codes[doc.Code.Value] = true
	}
}

// takeRule reads one rule and tells everything that is wrong with it, a missing key at the rule's first line.
func takeRule(doc ruleDoc, key string, p *problems) Rule {
	r := Rule{
		Code: doc.Code.Value, Version: 1, Severity: doc.Severity.Value, Kind: student.Kind(doc.Kind.Value), Field: doc.Field.Value,
		When: doc.When.Value, Holds: doc.Holds.Value, Source: doc.Source.Value,
		Text: fault.Text{Vi: doc.Message.Vi.Value, En: doc.Message.En.Value}, Remedy: fault.Text{Vi: doc.Remedy.Vi.Value, En: doc.Remedy.En.Value},
	}
	line := doc.line()
	there := map[string]bool{}
	for _, k := range []struct {
		name string
		cell cell
	}{
		{"code", doc.Code}, {"kind", doc.Kind}, {"severity", doc.Severity}, {"holds", doc.Holds}, {"message.vi", doc.Message.Vi},
		{"message.en", doc.Message.En}, {"remedy.vi", doc.Remedy.Vi}, {"remedy.en", doc.Remedy.En}, {"source", doc.Source},
	} {
		there[k.name] = p.need(driveFile, cell{Value: k.cell.Value, Line: cmp.Or(k.cell.Line, line)}, key+"."+k.name)
	}
	if there["code"] && !ruleCode.MatchString(r.Code) {
		p.bad(driveFile, doc.Code, key+".code", "phải là chữ hoa không dấu, chữ số và _, bắt đầu bằng chữ, từ 2 đến 40 ký tự",
			"must be capitals A–Z, digits and _, a letter first, 2 to 40 of them")
	}
	if doc.Version.Value != "" {
		n, err := strconv.Atoi(doc.Version.Value)
		if err != nil || n < 1 {
			p.bad(driveFile, doc.Version, key+".version", "phải là số nguyên từ 1", "must be a whole number from 1")
		}
		r.Version = n
	}
	if there["severity"] && r.Severity != SeverityError && r.Severity != SeverityWarning && r.Severity != SeverityInfo {
		p.bad(driveFile, doc.Severity, key+".severity", "phải là error, warning hoặc info", "must be error, warning or info")
	}
	if !there["kind"] {
		return r
	}
	if r.Kind != student.KindProfile && r.Kind != student.KindResults {
		p.bad(driveFile, doc.Kind, key+".kind", "phải là profile hoặc results", "must be profile or results")
		return r
	}
	if r.Field != "" && !expression.HasField(r.Kind, r.Field) {
		p.bad(driveFile, doc.Field, key+".field", fmt.Sprintf("bản ghi loại %s không có trường %q", r.Kind, r.Field),
			fmt.Sprintf("records of kind %s have no field %q", r.Kind, r.Field))
	}
	if r.When != "" {
		r.when = compile(r.Kind, doc.When, key+".when", p)
	}
	if there["holds"] {
		r.holds = compile(r.Kind, doc.Holds, key+".holds", p)
	}
	return r
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
		p.add(driveFile, line, "drive.bad_expression", fmt.Sprintf("%s: biểu thức sai ở cột %d: %s", key, issue.Column, issue.Text.Vi),
			fmt.Sprintf("%s: the expression is wrong at column %d: %s", key, issue.Column, issue.Text.En))
	}
	return program
}
