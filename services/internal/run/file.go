package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"go.yaml.in/yaml/v3"
)

// readFile takes the settings from a file of YAML, one "setting: value" each, and gives what is wrong with it.
func (s *Settings) readFile(path string) []fault.Field {
	text, err := input.ReadFile(path)
	if err != nil {
		return []fault.Field{{Path: "config", Rule: "config.file",
			Text: fault.Text{Vi: "Không đọc được tệp cấu hình.", En: "the file of --config cannot be read: " + err.Error()}}}
	}
	root, err := parseYAML(text)
	if err != nil {
		return []fault.Field{{Path: path, Rule: "config.yaml", Text: fault.Text{Vi: "Tệp không phải YAML đúng.", En: err.Error()}}}
	}
	if root == nil {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		return []fault.Field{{Path: fmt.Sprintf("%s:%d", path, root.Line), Rule: "config.yaml",
			Text: fault.Text{Vi: "Tệp phải gồm các dòng \"thiết-lập: giá-trị\".", En: "the file has to consist of lines \"setting: value\""}}}
	}
	var wrong []fault.Field
	lines := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		at := fmt.Sprintf("%s:%d", path, key.Line)
		one := s.find(key.Value)
		switch {
		case one == nil:
			wrong = append(wrong, s.unknown(at, key.Value))
		case lines[key.Value] > 0:
			wrong = append(wrong, fault.Field{Path: at, Rule: "config.twice", Text: fault.Text{
				Vi: fmt.Sprintf("%s đã có ở dòng %d.", key.Value, lines[key.Value]), En: fmt.Sprintf("%s stands in line %d already", key.Value, lines[key.Value])}})
		case value.Kind != yaml.ScalarNode || value.Tag == "!!null":
			wrong = append(wrong, fault.Field{Path: at, Rule: "config.value", Text: fault.Text{
				Vi: key.Value + " phải có một giá trị.", En: key.Value + " has to have one value"}})
		default:
			wrong = append(wrong, one.set(value.Value, "file "+at)...)
		}
		lines[key.Value] = key.Line
	}
	return wrong
}

// parseYAML returns the one document of a file; nil for an empty one.
func parseYAML(text []byte) (*yaml.Node, error) {
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one document in the file")
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return nil, nil
	}
	return doc.Content[0], nil
}

// unknown says that there is no such setting, and which one may be meant.
func (s *Settings) unknown(at, name string) fault.Field {
	f := fault.Field{Path: at, Rule: "config.unknown", Text: fault.Text{
		Vi: fmt.Sprintf("%s không có thiết lập %q.", s.Program, name), En: fmt.Sprintf("%s has no setting %q", s.Program, name),
	}}
	if near := s.nearest(name); near != "" {
		f.Remedy = fault.Text{Vi: fmt.Sprintf("Có phải là %s?", near), En: fmt.Sprintf("Is it %s?", near)}
	} else {
		f.Remedy = fault.Text{Vi: "Xem --help.", En: "--help lists them."}
	}
	return f
}

// unknownFlag reads what package flag says of a command line.
func (s *Settings) unknownFlag(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		return s.invalid([]fault.Field{s.unknown("flag --"+name, name)})
	}
	return fault.Wrap(fault.Invalid, "config", err)
}

// nearest returns the setting whose name differs least from a wrong one; "" when all are far.
func (s *Settings) nearest(name string) string {
	var names []string
	for _, one := range s.list {
		if one.name != "" {
			names = append(names, one.name)
		}
	}
	return Nearest(strings.ToLower(strings.ReplaceAll(name, "_", "-")), names)
}

// Nearest returns the name that differs least from a wrong one; "" when all are far.
func Nearest(name string, names []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, one := range names {
		if d := distance(name, one); d < least {
			best, least = one, d
		}
	}
	return best
}

// distance is how many letters have to be changed, put in or left out to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
