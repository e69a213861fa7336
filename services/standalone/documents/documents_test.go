// Package documents holds the documents to the program: every command of every README is run as it is written there,
// every link is followed, and every command that a sentence names has to exist.
//
// The one rule a reader must not miss: no command stands here a second time. What a README says is what runs, in a clone
// of the working tree, in the order in which it is read. A README marks what its blocks are, by the words behind their
// fences:
//
//	```sh                 is run, from the root of the repository; every command has to end with 0. The blocks of a
//	                      README share one shell.
//	```sh exits 1         is run; its last command has to end with this code. The block "text" below it shows why,
//	                      so that no other failure passes.
//	```sh soon            shows what follows from the commands above in a moment: is run again until it ends with 0 and
//	                      prints what is below it.
//	```sh server          stays up, as in a terminal of its own, until the next such block or the end of the README;
//	                      then it gets Ctrl-C and has to end with 0. The block "text" below it shows when it is ready.
//	```sh needs docker    needs a program that the tests do not have: a stand-in checks what it is told (standin_test.go).
//	```sh long            takes minutes or hours, and is made of targets of make: what they would run has to exist.
//	```text               right below one of these: lines that it prints, in this order, among others; … stands for anything.
//	```yaml FILE          is saved as FILE; without FILE it is an extract, and only has to be YAML.
//
// The README of the root is walked first, and starts the demo. The others are walked beside each other, each with the
// demo's server on a copy of the data that the walk of the root left, and with the commands in the PATH.
package documents

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// patience is the longest that one block may take; only a failure takes this long.
const patience = 5 * time.Minute

// TestMain is also the entry of what this test starts of itself: a stand-in, or the walk of one README.
func TestMain(m *testing.M) {
	if run := standIns[filepath.Base(os.Args[0])]; run != nil {
		os.Exit(exitCode(run(os.Args[1:])))
	}
	if readme := os.Getenv(walkEnv); readme != "" {
		os.Exit(exitCode(walkHere(readme)))
	}
	code := m.Run()
	_ = os.RemoveAll(clones)
	os.Exit(code)
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(os.Stderr, err)
	return 1
}

// TestCommands runs the commands of every README.
func TestCommands(t *testing.T) {
	readmes := all(t)
	first, err := firstClone()
	if err != nil {
		t.Fatal(err)
	}
	private, err := isPrivate(t.Context())
	if err != nil {
		t.Logf("the READMEs take turns on the ports of this machine, which gives no network of its own to a test: %v", err)
	}
	walkApart(t, first, "README.md", private)

	var turn sync.Mutex
	for _, d := range readmes {
		if d.name == "README.md" || !slices.ContainsFunc(d.blocks, block.isRun) {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			if private {
				t.Parallel()
			} else {
				turn.Lock()
				defer turn.Unlock()
			}
			second := filepath.Join(t.TempDir(), "rasoat")
			if err := copyClone(t.Context(), first, second); err != nil {
				t.Fatal(err)
			}
			walkApart(t, second, d.name, private)
		})
	}
}

// walkEnv names the README that this process walks.
const walkEnv = "RASOAT_DOCUMENTS_WALK"

// walkApart walks a README in a process of its own, and, where that is allowed, in a network of its own, in which every
// default port is free.
func walkApart(t *testing.T, dir, readme string, private bool) {
	t.Helper()
	cmd, err := again(t.Context(), private)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Dir = dir
	cmd.Env = append(cmd.Env, walkEnv+"="+readme)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", readme, err, said)
	}
}

// walkHere runs the commands of one README of the clone that is the working folder.
func walkHere(readme string) (err error) {
	if err := networkUp(); err != nil {
		return err
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	d, err := parse(readme, string(text))
	if err != nil {
		return err
	}
	w, err := newWalk(d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()

	if readme != "README.md" {
		if err := w.serve(demoAgain); err != nil {
			return err
		}
	}
	for _, b := range d.blocks {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := w.take(ctx, b)
		cancel()
		if err != nil {
			return fmt.Errorf("%s:%d: %w", readme, b.line, err)
		}
	}
	if err := w.stopServer(); err != nil {
		return err
	}
	return isClean()
}
