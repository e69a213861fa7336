package run

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// writeHelp writes what the program is, where settings come from, each setting on a line, and examples.
func (s *Settings) writeHelp(w io.Writer) {
	_, _ = fmt.Fprintf(w, `%s
%s

Usage: %s [--config FILE] [--SETTING VALUE ...]

A setting is looked up in this order, and the first that is there holds:
  1. its flag                    --%[4]s VALUE
  2. its variable                %[5]s=VALUE   (an empty one counts as absent)
  3. its key in the file of --config, which is YAML:   %[4]s: VALUE
  4. its default
A key that there is not, in the file or on the command line, is an error; so is a bad value, also where another one holds.
--print-config prints what holds as such a file, says where each value is from, and leaves out passwords.
`, s.About.Vi, s.About.En, s.Program, s.first(), s.env(s.first()))

	var rows [][2]string
	widest := 0
	row := func(left, right string) {
		rows = append(rows, [2]string{left, right})
		if right != "" {
			widest = max(widest, len(left))
		}
	}
	for _, one := range s.list {
		if one.name == "" {
			row("\n"+one.group, "")
			continue
		}
		row(strings.TrimRight("  --"+one.name+" "+one.form, " "), one.help+" ("+one.origin(s)+")")
	}
	row("\nConfiguration", "")
	row("  --config FILE", "file of settings ("+s.env("config")+")")
	row("  --print-config", "print the settings that hold, then end")
	row("  --help", "print this, then end")
	for _, r := range rows {
		_, _ = fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-*s  %s", widest, r[0], r[1]), " "))
	}
	for _, n := range s.Notes {
		_, _ = fmt.Fprintf(w, "\n%s\n", n)
	}
	_, _ = fmt.Fprintf(w, "\nExit codes: 0 ended as it was told, 2 the configuration is wrong, 3 something it needs is away, 4 what is there already is something else, 1 anything else.\n")
	if len(s.Examples) > 0 {
		_, _ = fmt.Fprintf(w, "\nExamples:\n  %s\n", strings.Join(s.Examples, "\n  "))
	}
}

// first is a setting to explain with.
func (s *Settings) first() string {
	for _, one := range s.list {
		if one.name != "" {
			return one.name
		}
	}
	return "config"
}

// origin tells the variable of a setting, and its default when it has one.
func (one *setting) origin(s *Settings) string {
	switch {
	case one.fallback == "", one.tag == "!!bool":
		return s.env(one.name)
	case one.tag == "!!str" && one.form != "DURATION":
		return s.env(one.name) + "; default " + strconv.Quote(one.fallback)
	}
	return s.env(one.name) + "; default " + one.fallback
}

// Row is a setting as a table shows it.
type Row struct{ Name, Form, Env, Default, Help string }

// Rows returns every setting, in the order of the list.
func (s *Settings) Rows() []Row {
	var out []Row
	for _, one := range s.list {
		if one.name != "" {
			out = append(out, Row{one.name, one.form, s.env(one.name), one.fallback, one.help})
		}
	}
	return out
}
