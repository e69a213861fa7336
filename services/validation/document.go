package validation

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// Document returns the catalogue of rules as Markdown: RULES.md, which a test holds against the rules.
func Document() []byte {
	var b bytes.Buffer
	b.WriteString("<!-- Made by \"make generate\" from the rules themselves; do not edit. -->\n# Rules\n\n")
	fmt.Fprintf(&b, `%d rules judge the records of a drive. Each has a stable code, a version that grows when it judges otherwise than before, and a
severity: an **error** blocks the record; a **warning** must be acknowledged with a reason; **info** is told, and nothing more. A
drive may change a severity, switch a rule off, and add rules of its own (deploy/drives, README). {field}, {reported} and
{expected} stand for what was found. *Fix* is the correction that a program can make where it is certain or likely.

`, len(rules))
	kinds := []struct {
		part student.Kind
		head string
	}{{student.KindProfile, "Profiles"}, {student.KindResults, "Results"}, {"", "Every record"}}
	for _, k := range kinds {
		fmt.Fprintf(&b, "## %s\n\n", k.head)
		for i := range rules {
			if rules[i].Part == k.part {
				rules[i].document(&b)
			}
		}
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func (r *Rule) document(b *bytes.Buffer) {
	fmt.Fprintf(b, "### %s\n\n%s, version %d", r.Code, r.Severity, r.Version)
	if r.Fix != "" {
		fmt.Fprintf(b, ", fix: %s", strings.ReplaceAll(string(r.Fix), "_", " "))
	}
	fmt.Fprintf(b, ". %s.\n\n", strings.TrimSuffix(r.Source, "."))
	fmt.Fprintf(b, "- %s %s\n- %s %s\n\n", r.Text.Vi, r.Remedy.Vi, r.Text.En, r.Remedy.En)
}
