package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
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
func (a *app) say(t fault.Text) string { return run.Say(a.language, t) }

func (a *app) text(vi, en string) string { return a.say(fault.Text{Vi: vi, En: en}) }

// complain reports an error with each of its fields, unless everything was said already.
func (a *app) complain(err error) {
	if err == nil || errors.As(err, new(exit)) {
		return
	}
	run.Complain(a.err, "rasoat", a.language, err)
}

// sayError is the sentence of an error.
func (a *app) sayError(err error) string { return a.say(fault.Worded(err).Text) }

// problem tells a problem in two lines: where and what, then what to do.
func (a *app) problem(p portal.Problem, times int) {
	mark, often := "!", ""
	if p.Refused {
		mark = "✗"
	}
	if times > 1 {
		often = " ×" + strconv.Itoa(times)
	}
	text := named(a.catalogue(), p.Said, p.Rule, p.Text)
	a.printf("%s %s  %s%s%s\n", mark, p.Path, a.say(text), ruleCode(p.Rule), often)
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

// printJSON prints a document of --json, as one line. A list is printed element by element, so that a reader of lines and one of
// documents both can read it, and has no line when it is empty.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fault.Wrap(fault.Internal, "rasoat.json", err)
	}
	return nil
}
