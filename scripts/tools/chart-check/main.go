// Command chart-check holds a Helm chart to all that can be known without a cluster:
//
//	chart-check CHART VALUES.yaml…
//	chart-check --write CHART    write the table of values in its README.md
//
// With each file of values it lints as helm lint --strict does, renders, and decodes what comes out as strictly as an
// API server: a misspelt or doubled field, a kind or version that is not there, is an error. It runs the files
// tests/*_test.yaml of the chart as helm unittest --strict does. And it holds the README to values.yaml and its schema.
//
// It needs no cluster and no schemas. And it is less than half of helm to build, which matters to whoever runs the
// tests for the first time.
package main

import (
	"fmt"
	"os"
)

func main() {
	args := os.Args[1:]
	if len(args) == 2 && args[0] == "--write" {
		if err := writeReadme(args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "chart-check:", err)
			os.Exit(1)
		}
		return
	}
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: chart-check CHART VALUES.yaml…\n       chart-check --write CHART")
		os.Exit(2)
	}
	chart, failed := args[0], false
	step := func(what string, f func() (string, error)) {
		good, err := f()
		if err != nil {
			fmt.Fprintf(os.Stderr, "chart-check: %s with %s:\n%v\n", chart, what, err)
			failed = true
			return
		}
		fmt.Printf("%s: %s\n", what, good)
	}
	for _, file := range args[1:] {
		step(file, func() (string, error) {
			n, err := render(chart, file)
			return fmt.Sprint(n, " good manifests"), err
		})
	}
	step("tests/*_test.yaml", func() (string, error) { return unitTests(chart) })
	step("README.md", func() (string, error) { return checkReadme(chart) })
	if failed {
		os.Exit(1)
	}
}
