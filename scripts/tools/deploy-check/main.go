// Command deploy-check holds the files of a folder such as deploy/ against the programs that read them, with those programs' own
// libraries where that costs little: the compose file, Prometheus' rules and queries, Grafana's dashboards, the configuration of the
// collector, of Tempo and of Prometheus. Every metric and label that a query asks for must be one that somebody exports:
//
//	deploy-check FOLDER [OTHER…]
//
// OTHER are folders whose texts may name metrics of the services, such as a chart.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: deploy-check FOLDER [OTHER…]")
		os.Exit(2)
	}
	folder := os.Args[1]
	scraped, err := jobs(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, "deploy-check:", err)
		os.Exit(2)
	}
	k, err := readKnown(scraped, filepath.Join(folder, "prometheus/metrics.txt"), filepath.Join(folder, "prometheus/others.txt"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "deploy-check:", err)
		os.Exit(2)
	}
	failed := false
	for _, check := range []struct {
		name string
		run  func() (string, error)
	}{
		{"compose.yaml", func() (string, error) { return checkCompose(folder) }},
		{"prometheus/rules.yaml", func() (string, error) { return checkRules(folder, k) }},
		{"grafana/dashboards", func() (string, error) { return checkDashboards(folder, k) }},
		{"otel, tempo, prometheus, grafana", func() (string, error) { return checkConfigurations(folder) }},
		{"others that name metrics", func() (string, error) { return checkTexts(os.Args[2:], k) }},
	} {
		good, err := check.run()
		if err != nil {
			fmt.Fprintf(os.Stderr, "deploy-check: %s:\n%v\n", check.name, err)
			failed = true
			continue
		}
		fmt.Printf("%s: %s\n", check.name, good)
	}
	if failed {
		os.Exit(1)
	}
}

// complaints collects what is wrong, so that one run shows all of it.
type complaints []error

func (c *complaints) add(format string, args ...any) { *c = append(*c, fmt.Errorf(format, args...)) }

func (c complaints) err() error { return errors.Join(c...) }
