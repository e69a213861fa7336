// Package installed is how tests start the commands: the ones that make install builds, as users have them. Only tests import it.
package installed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// build builds the commands, unless they are up to date, and returns their folder.
var build = sync.OnceValues(func() (string, error) {
	root, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(root, "go.work")); missing == nil {
			break
		}
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("installed: no go.work above this package")
		}
		root = filepath.Dir(root)
	}
	if err != nil {
		return "", err
	}
	text, err := exec.Command(filepath.Join(root, "scripts/install"), "--quiet").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("scripts/install: %w\n%s", err, text)
	}
	return filepath.Join(root, ".bin"), nil
})

// Command returns the path of a command, rasoat or rasoat-standalone. It fails the test unless that can be built.
func Command(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := build()
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(dir, name)
}
