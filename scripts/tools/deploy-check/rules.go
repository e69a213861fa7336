package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// told are the annotations that every alert has, in Vietnamese and, with _en, in English.
var told = []string{"summary", "summary_en", "why", "why_en", "first_step", "first_step_en"}

var labelInText = regexp.MustCompile(`\$labels\.(\w+)`)

// checkRules reads the rules as Prometheus does, and holds them against what is exported. README.md must tell of every alert.
func checkRules(folder string, k known) (string, error) {
	groups, errs := rulefmt.ParseFile(filepath.Join(folder, "prometheus/rules.yaml"), false, model.UTF8Validation, promql, slog.New(slog.DiscardHandler))
	c := complaints(errs)
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		return "", err
	}
	if groups == nil {
		return "", c.err()
	}
	alerts, recorded := 0, 0
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			has, err := k.checkQuery(rule.Expr)
			if err != nil {
				c.add("%s%s: %w", rule.Alert, rule.Record, err)
				continue
			}
			if rule.Record != "" {
				recorded++
				k[rule.Record] = metric{kind: "gauge", labels: withoutValues(has)}
				continue
			}
			alerts++
			for _, name := range told {
				if strings.TrimSpace(rule.Annotations[name]) == "" {
					c.add("%s has no annotation %s", rule.Alert, name)
				}
				for _, m := range labelInText.FindAllStringSubmatch(rule.Annotations[name], -1) {
					if !has[m[1]] {
						c.add("%s: its %s names the label %q, which no metric of it has", rule.Alert, name, m[1])
					}
				}
			}
			if !slices.Contains([]string{"page", "ticket"}, rule.Labels["severity"]) {
				c.add("%s: its severity is %q, must be page or ticket", rule.Alert, rule.Labels["severity"])
			}
			if !strings.Contains(string(readme), rule.Alert) {
				c.add("README.md does not tell of %s", rule.Alert)
			}
		}
	}
	return fmt.Sprintf("%d alerts, %d recorded", alerts, recorded), c.err()
}

func withoutValues(names map[string]bool) map[string][]string {
	out := map[string][]string{}
	for name := range names {
		out[name] = nil
	}
	return out
}
