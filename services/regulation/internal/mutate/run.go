package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// verdict is what became of a mutant.
type verdict string

const (
	killed       verdict = "killed"
	survived     verdict = "survived"
	notCompiling verdict = "not compiling"
	unclear      verdict = "unclear" // the tests did not run
)

// atOnce is how many mutants are tried at a time.
const atOnce = 2

// run tries every mutant and sets its verdict. One of which nothing can be said is an error.
func run(dir string, mutants []*mutant) error {
	var wait sync.WaitGroup
	next := make(chan int)
	failed := make([]error, len(mutants))
	for range atOnce {
		wait.Go(func() {
			for i := range next {
				mutants[i].verdict, failed[i] = try(dir, mutants[i])
			}
		})
	}
	for i := range mutants {
		if i%25 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d\n", i, len(mutants))
		}
		next <- i
	}
	close(next)
	wait.Wait()
	return errors.Join(failed...)
}

// try lays a mutant over the tree and runs the tests.
func try(dir string, m *mutant) (verdict, error) {
	temp, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return unclear, err
	}
	defer func() { _ = os.RemoveAll(temp) }() // a temporary folder
	overlay, err := lay(temp, m)
	if err != nil {
		return unclear, err
	}
	v, out := verdictOf(test(dir, "-overlay="+overlay))
	if v == unclear {
		return v, fmt.Errorf("%s:%d %s → %s: %s", m.file, m.line, m.old, m.new, out)
	}
	return v, nil
}

// lay writes the changed file and the overlay that puts it in the place of the one in the tree.
func lay(temp string, m *mutant) (string, error) {
	raw, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	absolute, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	changed, overlay := filepath.Join(temp, "mutant.go"), filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(changed, []byte(string(raw[:m.from])+m.new+string(raw[m.to:])), 0o600); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {absolute: changed}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, list, 0o600)
}

// test runs the tests of the package in a folder.
func test(dir string, flags ...string) (string, error) {
	cmd := exec.Command("go", append(append([]string{"test", "-count=1", "-failfast", "-vet=off", "-timeout=60s"}, flags...), ".")...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// verdictOf reads the end of a run of the tests. Only a test that failed, or that did not come to an end, has noticed anything.
func verdictOf(out string, err error) (verdict, string) {
	switch {
	case err == nil:
		return survived, out
	case strings.Contains(out, "[build failed]"):
		return notCompiling, out
	case strings.Contains(out, "--- FAIL"), strings.Contains(out, "panic: "):
		return killed, out
	}
	return unclear, fmt.Sprint(err, "\n", out)
}
