package drive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is drive.yaml as it is written, each value with its line.
type document struct {
	ID          cell            `yaml:"id"`
	Name        cell            `yaml:"name"`
	SchoolYear  cell            `yaml:"school_year"`
	Version     cell            `yaml:"version"`
	Timezone    cell            `yaml:"timezone"`
	Windows     []windowDoc     `yaml:"windows"`
	Corrections cell            `yaml:"corrections"`
	Regulations []regulationDoc `yaml:"regulations"`
	Severities  map[string]cell `yaml:"severities"`
	Rules       []ruleDoc       `yaml:"rules,omitempty"`
	Approval    cell            `yaml:"approval_required"`
	Registry    cell            `yaml:"registry"`
	Asking      askingDoc       `yaml:"asking,omitempty"`
	Catalogue   cell            `yaml:"catalogue"`
}

type windowDoc struct {
	ID     cell    `yaml:"id"`
	Name   textDoc `yaml:"name"`
	Closes cell    `yaml:"closes"`
	Parts  []cell  `yaml:"parts,flow"`
}

type ruleDoc struct {
	Code     cell    `yaml:"code"`
	Version  cell    `yaml:"version,omitempty"`
	Kind     cell    `yaml:"kind"`
	Severity cell    `yaml:"severity"`
	Field    cell    `yaml:"field,omitempty"`
	When     cell    `yaml:"when,omitempty"`
	Holds    cell    `yaml:"holds"`
	Message  textDoc `yaml:"message"`
	Remedy   textDoc `yaml:"remedy"`
	Source   cell    `yaml:"source"`
}

// line returns the first line of the rule; 0 when nothing of it is there.
func (r ruleDoc) line() int {
	first := 0
	for _, c := range []cell{
		r.Code, r.Version, r.Kind, r.Severity, r.Field, r.When, r.Holds, r.Message.Vi, r.Message.En, r.Remedy.Vi, r.Remedy.En, r.Source,
	} {
		if c.Line > 0 && (first == 0 || c.Line < first) {
			first = c.Line
		}
	}
	return first
}

type textDoc struct {
	Vi cell `yaml:"vi"`
	En cell `yaml:"en"`
}

type regulationDoc struct {
	Regulation cell   `yaml:"regulation"`
	Grades     []cell `yaml:"grades,flow"`
	Programmes []cell `yaml:"programmes,flow"`
	From       cell   `yaml:"from,omitempty"`
	Until      cell   `yaml:"until,omitempty"`
	Advisory   cell   `yaml:"advisory,omitempty"`
}

// cell is one scalar as it stands in the file; Line is 0 when it is not there. Text says that its text begins on the next line.
type cell struct {
	Value string
	Line  int
	Text  bool
}

// UnmarshalYAML takes any scalar by its text, so that 01 stays "01" and a date stays what was written.
func (c *cell) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: one value is expected here, not a list or a map", n.Line)}}
	}
	c.Value, c.Line, c.Text = n.Value, n.Line, n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	return nil
}

// MarshalYAML writes the text.
func (c cell) MarshalYAML() (any, error) { return c.Value, nil }

// IsZero leaves an absent value out where the tag says omitempty.
func (c cell) IsZero() bool { return c.Value == "" }

// decode reads the one document of a YAML file strictly into v and tells every complaint of the decoder.
func decode(file string, raw []byte, v any, out *problems) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	err := dec.Decode(v)
	var typed *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		out.add(file, 0, "drive.yaml_syntax", "tệp trống", "the file is empty")
		return
	case errors.As(err, &typed):
		for _, e := range typed.Errors {
			out.addYAML(file, e)
		}
		return
	case err != nil:
		out.addYAML(file, strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		out.add(file, more.Line, "drive.yaml_syntax", "chỉ được có một tài liệu YAML", "only one YAML document is allowed")
	}
}

var (
	yamlLine    = regexp.MustCompile(`^line (\d+): (.*)$`)
	yamlUnknown = regexp.MustCompile(`^field (.+) not found in type .*$`)
	yamlTwice   = regexp.MustCompile(`^mapping key "(.+)" already defined at line (\d+)$`)
)

// addYAML turns a complaint of the decoder ("line 5: field x not found in type drive.document") into one
// for people.
func (p *problems) addYAML(file, complaint string) {
	line := 0
	if m := yamlLine.FindStringSubmatch(complaint); m != nil {
		line, _ = strconv.Atoi(m[1])
		complaint = m[2]
	}
	if m := yamlUnknown.FindStringSubmatch(complaint); m != nil {
		p.add(file, line, "drive.unknown_key", fmt.Sprintf("không có khóa %q", m[1]), fmt.Sprintf("unknown key %q", m[1]))
		return
	}
	if m := yamlTwice.FindStringSubmatch(complaint); m != nil {
		p.add(file, line, "drive.repeated_key", fmt.Sprintf("khóa %q đã có ở dòng %s", m[1], m[2]),
			fmt.Sprintf("key %q is already at line %s", m[1], m[2]))
		return
	}
	p.add(file, line, "drive.yaml_syntax", "không đọc được: "+complaint, complaint)
}
