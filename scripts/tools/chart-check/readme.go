package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// The table of values stands between these lines of README.md.
const (
	tableBegins = "<!-- values: scripts/charts --write -->\n"
	tableEnds   = "<!-- end of values -->\n"
)

// property is what the table needs of a JSON schema.
type property struct {
	Description string               `json:"description"`
	Ref         string               `json:"$ref"`
	Properties  map[string]*property `json:"properties"`
	Definitions map[string]*property `json:"definitions"`
}

// table lists every value in the order of values.yaml with its default, and what the schema says of it. Values that have
// one definition in common are listed once, with the defaults of the first. Its errors tell what one file has and the
// other has not.
type table struct {
	schema property
	out    strings.Builder
	wrong  []error
}

func checkReadme(chart string) (string, error) {
	text, want, err := readme(chart)
	if err != nil {
		return "", err
	}
	if text != want {
		return "", errors.New("its table of values is not that of values.yaml and values.schema.json: run scripts/charts --write")
	}
	return "has every value", nil
}

func writeReadme(chart string) error {
	_, want, err := readme(chart)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(chart, "README.md"), []byte(want), 0o644)
}

// readme gives README.md as it is and as it should be.
func readme(chart string) (is, should string, err error) {
	text, err := os.ReadFile(filepath.Join(chart, "README.md"))
	if err != nil {
		return "", "", err
	}
	before, rest, ok := strings.Cut(string(text), tableBegins)
	_, after, closed := strings.Cut(rest, tableEnds)
	if !ok || !closed {
		return "", "", fmt.Errorf("README.md has no place for the table: it goes between %q and %q", tableBegins, tableEnds)
	}
	var t table
	schema, err := os.ReadFile(filepath.Join(chart, "values.schema.json"))
	if err != nil {
		return "", "", err
	}
	if err := json.Unmarshal(schema, &t.schema); err != nil {
		return "", "", fmt.Errorf("values.schema.json: %w", err)
	}
	values, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return "", "", err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(values, &root); err != nil {
		return "", "", fmt.Errorf("values.yaml: %w", err)
	}
	delete(t.schema.Properties, "global") // of Helm
	t.out.WriteString("| Value | Default | |\n|---|---|---|\n")
	t.mapping("", root.Content[0], &t.schema)
	return string(text), before + tableBegins + t.out.String() + tableEnds + after, errors.Join(t.wrong...)
}

func (t *table) mapping(prefix string, values *yaml.Node, of *property) {
	missing := maps.Clone(of.Properties)
	listed := map[string]bool{} // definitions
	for i := 0; i+1 < len(values.Content); i += 2 {
		name, value := values.Content[i].Value, values.Content[i+1]
		p := of.Properties[name]
		delete(missing, name)
		if p == nil {
			t.wrong = append(t.wrong, fmt.Errorf("values.schema.json has no %s%s", prefix, name))
			continue
		}
		if p.Ref != "" {
			again := listed[p.Ref]
			listed[p.Ref] = true
			kind := strings.TrimPrefix(p.Ref, "#/definitions/")
			if p = t.schema.Definitions[kind]; again || p == nil {
				continue
			}
			name = "<" + kind + ">"
		}
		t.value(prefix+name, value, p)
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t.wrong = append(t.wrong, fmt.Errorf("values.yaml has no default for %s%s", prefix, name))
	}
}

func (t *table) value(path string, value *yaml.Node, p *property) {
	if p.Description == "" {
		t.wrong = append(t.wrong, fmt.Errorf("values.schema.json does not say what %s is for", path))
	}
	says := strings.ReplaceAll(p.Description, "<", `\<`)
	if len(p.Properties) > 0 && len(value.Content) > 0 {
		fmt.Fprintf(&t.out, "| **`%s`** | | %s |\n", path, says)
		t.mapping(path+".", value, p)
		return
	}
	shown := "…"
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		t.wrong = append(t.wrong, fmt.Errorf("values.yaml: %s: %w", path, err))
	}
	if text, err := json.Marshal(decoded); err == nil && len(text) < 100 {
		shown = string(text)
	}
	fmt.Fprintf(&t.out, "| `%s` | `%s` | %s |\n", path, shown, says)
}
