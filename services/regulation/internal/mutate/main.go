// Command mutate changes the law one step at a time and looks whether a test notices: each number by one up and down, each
// comparison to its neighbours, "and" to "or", sums to differences, the rounding, true to false. It changes nothing in the tree: the
// changed file is laid over it for one run of the tests.
//
// A change that no input can tell from the original is listed in equivalent, with the reason. Any other change that survives is a hole
// in the tests. The program ends with 1 when there is a hole, or an entry in the list that no surviving change needs; with 2 when it
// could not do its work.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mutate FOLDER")
		os.Exit(2)
	}
	ok, err := mutate(os.Stdout, os.Args[1])
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	case !ok:
		os.Exit(1)
	}
}

// mutate tries every change of the package in a folder and reports; false when there is a hole.
func mutate(w io.Writer, dir string) (bool, error) {
	mutants, err := find(dir)
	if err != nil {
		return false, err
	}
	// Without this, tests that fail by themselves would count as having noticed everything.
	if verdict, out := verdictOf(test(dir)); verdict != survived {
		return false, fmt.Errorf("the tests fail before anything is changed:\n%s", out)
	}
	if err := run(dir, mutants); err != nil {
		return false, err
	}
	return report(w, mutants, equivalent), nil
}
