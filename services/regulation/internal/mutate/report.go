package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"text/tabwriter"
)

// report prints what survived, then the numbers by file; false when there is a hole, or a reason too many in the list.
func report(w io.Writer, mutants []*mutant, equivalent map[string]string) bool {
	ok := true
	used := map[string]bool{}
	var files []string
	count := map[string]map[string]int{}
	for _, m := range mutants {
		file, column := filepath.Base(m.file), string(m.verdict)
		if why, known := equivalent[m.key]; m.verdict == survived && known {
			column, used[m.key] = "equivalent", true
			fmt.Fprintf(w, "%s:%d: %s → %s: equivalent: %s\n    %s\n", m.file, m.line, m.old, m.new, why, m.source)
		} else if m.verdict == survived {
			ok = false
			fmt.Fprintf(w, "%s:%d: %s → %s: SURVIVED: no test notices\n    %s\n", m.file, m.line, m.old, m.new, m.source)
		}
		if count[file] == nil {
			files, count[file] = append(files, file), map[string]int{}
		}
		count[file][column]++
	}
	for _, key := range sorted(equivalent) {
		if !used[key] {
			ok = false
			fmt.Fprintf(w, "listed as equivalent, but no such change survives: %s\n", key)
		}
	}
	table(w, files, count)
	return ok
}

func sorted(list map[string]string) []string {
	keys := make([]string, 0, len(list))
	for key := range list {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func table(w io.Writer, files []string, count map[string]map[string]int) {
	columns := []string{string(killed), string(survived), "equivalent", string(notCompiling)}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(name string, numbers []int) {
		all := 0
		fmt.Fprintf(t, "%s\t", name)
		for _, n := range numbers {
			all += n
			fmt.Fprintf(t, "%d\t", n)
		}
		fmt.Fprintf(t, "%d\t\n", all)
	}
	fmt.Fprint(t, "\t")
	for _, c := range columns {
		fmt.Fprintf(t, "%s\t", c)
	}
	fmt.Fprint(t, "mutants\t\n")
	total := make([]int, len(columns))
	for _, file := range files {
		numbers := make([]int, len(columns))
		for i, c := range columns {
			numbers[i] = count[file][c]
			total[i] += numbers[i]
		}
		line(file, numbers)
	}
	line("total", total)
	_ = t.Flush() // writing for people
}
