package drive

import (
	"fmt"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// problems gathers everything that is wrong with a folder, so that its author mends it in one go.
type problems struct{ fields []fault.Field }

// add tells one problem; line 0 is the file as a whole.
func (p *problems) add(file string, line int, rule, vi, en string) {
	path := file
	if line > 0 {
		path = fmt.Sprintf("%s:%d", file, line)
	}
	p.fields = append(p.fields, fault.Field{Path: path, Rule: rule, Text: fault.Text{Vi: vi, En: en}})
}

// bad tells that a key's value will not do.
func (p *problems) bad(file string, c cell, key, vi, en string) {
	p.add(file, c.Line, "drive.bad_value", fmt.Sprintf("%s: %s", key, vi), fmt.Sprintf("%s: %s", key, en))
}

// need tells that a key is missing and reports whether it is there.
func (p *problems) need(file string, c cell, key string) bool {
	if c.Value != "" {
		return true
	}
	p.add(file, c.Line, "drive.missing_key", fmt.Sprintf("thiếu %s", key), fmt.Sprintf("%s is missing", key))
	return false
}

// err returns the problems as one error of kind Invalid that tells the first few, or nil.
func (p *problems) err(op string) error {
	if len(p.fields) == 0 {
		return nil
	}
	const shown = 5
	var vi, en []string
	for i, f := range p.fields {
		if i == shown {
			vi = append(vi, fmt.Sprintf("và %d lỗi nữa", len(p.fields)-shown))
			en = append(en, fmt.Sprintf("and %d more", len(p.fields)-shown))
			break
		}
		vi = append(vi, f.Path+": "+f.Text.Vi)
		en = append(en, f.Path+": "+f.Text.En)
	}
	e := fault.New(fault.Invalid, op, strings.Join(vi, "; "), strings.Join(en, "; "))
	e.Fields = p.fields
	return e
}
