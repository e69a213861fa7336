package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

var promql = parser.NewParser(parser.Options{})

// checkQuery tells what is wrong with a query, and gives the labels that its series have.
func (k known) checkQuery(query string) (map[string]bool, error) {
	expr, err := promql.ParseExpr(query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	var c complaints
	parser.Inspect(expr, func(n parser.Node, path []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			k.checkSelector(n, path, &c)
		case *parser.AggregateExpr:
			k.checkLabels(n.Grouping, n.Expr, &c)
		case *parser.BinaryExpr:
			if m := n.VectorMatching; m != nil {
				k.checkLabels(m.MatchingLabels, n, &c)
				k.checkLabels(m.Include, n, &c)
			}
		}
		return nil
	})
	if err := c.err(); err != nil {
		return nil, fmt.Errorf("%s:\n%w", query, err)
	}
	return k.labelsOf(expr), nil
}

func (k known) checkSelector(s *parser.VectorSelector, path []parser.Node, c *complaints) {
	m, ok := k[s.Name]
	if !ok {
		c.add("  nobody exports the metric %q", s.Name)
		return
	}
	for _, match := range s.LabelMatchers {
		values, has := m.labels[match.Name]
		switch {
		case match.Name == labels.MetricName:
		case !has:
			c.add("  %s has no label %q, but %s", s.Name, match.Name, strings.Join(slices.Sorted(maps.Keys(m.labels)), ", "))
		case len(values) > 0 && match.Type != labels.MatchNotEqual && match.Type != labels.MatchNotRegexp && !slices.ContainsFunc(values, match.Matches):
			c.add("  no value of %s at %s matches %s: they are %s", match.Name, s.Name, match, strings.Join(values, ", "))
		}
	}
	// A rate of a gauge is a number without a meaning.
	for _, above := range path {
		if call, ok := above.(*parser.Call); ok && slices.Contains([]string{"rate", "irate", "increase"}, call.Func.Name) && m.kind != "counter" {
			c.add("  %s() of %s, which is a %s", call.Func.Name, s.Name, m.kind)
		}
	}
}

// checkLabels tells which labels none of the selectors of an expression has.
func (k known) checkLabels(names []string, expr parser.Node, c *complaints) {
	has := k.labelsOf(expr)
	for _, name := range names {
		if !has[name] {
			c.add("  no metric in %s has the label %q", expr, name)
		}
	}
}

// labelsOf gives the labels of all selectors of an expression.
func (k known) labelsOf(expr parser.Node) map[string]bool {
	has := map[string]bool{}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			for name := range k[s.Name].labels {
				has[name] = true
			}
		}
		return nil
	})
	return has
}
