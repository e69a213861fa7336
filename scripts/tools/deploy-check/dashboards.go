package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// dashboard is of a dashboard what is checked.
type dashboard struct {
	UID, Title string
	Panels     []panel
	Templating struct{ List []variable }
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               *struct{ Type, UID string }
	Targets                  []struct{ RefID, Expr, LegendFormat string }
	Panels                   []panel // of a row
}

type variable struct {
	Name, Type string
	Query      json.RawMessage
}

var (
	builtIn      = regexp.MustCompile(`\$__(rate_interval|interval|range)\b`)
	variableName = regexp.MustCompile(`\$\{?(\w+)\}?`)
	labelValues  = regexp.MustCompile(`^label_values\((.+),\s*(\w+)\)$`)
	legend       = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)
)

// checkDashboards holds every query of every dashboard against what is exported.
func checkDashboards(folder string, k known) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "grafana/dashboards/*.json"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("no dashboards in %s", folder)
	}
	var c complaints
	uids, queries := map[string]string{}, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			c.add("%s: %w", file, err)
			continue
		}
		name := filepath.Base(file)
		if d.UID == "" || d.Title == "" || uids[d.UID] != "" {
			c.add("%s: its uid %q and title %q must be there, the uid only once", name, d.UID, d.Title)
		}
		uids[d.UID] = name
		queries += d.check(name, k, &c)
	}
	return fmt.Sprintf("%d dashboards, %d queries", len(files), queries), c.err()
}

// check gives the number of queries of a dashboard.
func (d *dashboard) check(name string, k known, c *complaints) int {
	variables := map[string]bool{}
	for _, v := range d.Templating.List {
		variables[v.Name] = true
		if v.Type != "query" {
			continue
		}
		var q struct{ Query string }
		if json.Unmarshal(v.Query, &q) != nil || labelValues.FindStringSubmatch(q.Query) == nil {
			c.add("%s: the variable %s asks for %s, must be label_values(QUERY, LABEL)", name, v.Name, v.Query)
			continue
		}
		m := labelValues.FindStringSubmatch(q.Query)
		if has, err := k.checkQuery(m[1]); err != nil || !has[m[2]] {
			c.add("%s: the variable %s: no label %s, or %w", name, v.Name, m[2], err)
		}
	}
	queries := 0
	ids := map[int]bool{}
	var visit func([]panel)
	visit = func(panels []panel) {
		for _, p := range panels {
			where := fmt.Sprintf("%s, panel %q", name, p.Title)
			if ids[p.ID] {
				c.add("%s: the id %d is taken", where, p.ID)
			}
			ids[p.ID] = true
			visit(p.Panels)
			if p.Type == "row" || p.Type == "text" {
				continue
			}
			if p.Title == "" || p.Description == "" {
				c.add("%s: a panel has a title, and a description that says what to see in it", where)
			}
			if p.Datasource == nil || !slices.Contains([]string{"prometheus", "tempo"}, p.Datasource.UID) {
				c.add("%s: no data source that is provisioned", where)
			}
			if len(p.Targets) == 0 {
				c.add("%s: it asks for nothing", where)
			}
			for _, t := range p.Targets {
				queries++
				has, err := k.checkQuery(expand(t.Expr, variables, where, c))
				if err != nil {
					c.add("%s, query %s: %w", where, t.RefID, err)
					continue
				}
				for _, m := range legend.FindAllStringSubmatch(t.LegendFormat, -1) {
					if !has[m[1]] {
						c.add("%s: its legend names the label %q, which no metric of it has", where, m[1])
					}
				}
			}
		}
	}
	visit(d.Panels)
	return queries
}

// expand puts something in the place of each variable.
func expand(query string, variables map[string]bool, where string, c *complaints) string {
	query = builtIn.ReplaceAllString(query, "5m")
	for _, m := range variableName.FindAllStringSubmatch(query, -1) {
		if !variables[m[1]] {
			c.add("%s: there is no variable %s", where, m[0])
		}
		query = strings.ReplaceAll(query, m[0], ".*")
	}
	return query
}
