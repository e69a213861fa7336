package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
)

func (a *app) checkLanguage() error {
	switch a.language {
	case "vi", "en", "both":
		return nil
	}
	return fault.New(fault.Invalid, "rasoat", "--lang phải là vi, en hoặc both", "--lang must be vi, en or both")
}

// say gives a sentence in the officer's language.
func (a *app) say(t fault.Text) string {
	switch {
	case a.language == "vi" && t.Vi != "", t.En == "":
		return t.Vi
	case a.language == "en", t.Vi == "", t.Vi == t.En:
		return t.En
	}
	return strings.TrimSuffix(t.Vi, ".") + " / " + t.En
}

func (a *app) text(vi, en string) string { return a.say(fault.Text{Vi: vi, En: en}) }

// complain tells an error with each of its fields.
func (a *app) complain(err error) {
	var e exit
	if err == nil || errors.As(err, &e) {
		return
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Text == (fault.Text{}) {
		a.errorf("rasoat: %v\n", err)
		return
	}
	a.errorf("rasoat: %s\n", a.say(f.Text))
	for _, field := range f.Fields {
		if !strings.HasSuffix(f.Text.En, field.Text.En) {
			a.errorf("  %s\n", strings.TrimSpace(field.Path+"  "+a.say(field.Text)))
		}
		if field.Remedy != (fault.Text{}) {
			a.errorf("    → %s\n", a.say(field.Remedy))
		}
	}
	if len(f.Fields) == 0 && f.Err != nil && f.Kind != fault.Internal {
		a.errorf("    %v\n", f.Err)
	}
}

// problem tells a problem in two lines: where and what, then what to do.
func (a *app) problem(p portal.Problem, times int) {
	mark, often := "!", ""
	if p.Refused {
		mark = "✗"
	}
	if times > 1 {
		often = " ×" + strconv.Itoa(times)
	}
	a.printf("%s %s  %s  [%s]%s\n", mark, p.Path, a.say(p.Text), p.Rule, often)
	if p.Remedy != (fault.Text{}) {
		a.printf("    → %s\n", a.say(p.Remedy))
	}
}

// table prints rows in columns below their headings; two languages take two rows, since beside each other they would be
// too wide.
func (a *app) table(headings []fault.Text, rows [][]string) {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	vi, en := make([]string, len(headings)), make([]string, len(headings))
	for i, h := range headings {
		vi[i], en[i] = h.Vi, h.En
	}
	switch a.language {
	case "vi":
		rows = append([][]string{vi}, rows...)
	case "en":
		rows = append([][]string{en}, rows...)
	default:
		rows = append([][]string{vi, en}, rows...)
	}
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t")) // what cannot be printed cannot be told either
	}
	_ = w.Flush()
}

func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fault.Wrap(fault.Internal, "rasoat.json", err)
	}
	return nil
}

// printLine prints one line of JSON.
func (a *app) printLine(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fault.Wrap(fault.Internal, "rasoat.json", err)
	}
	return nil
}
