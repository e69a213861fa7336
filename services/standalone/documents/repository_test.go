package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the repository's.
const root = "../../.."

// files are the files of the working tree that git knows or would take.
func files(ctx context.Context) ([]string, error) {
	out, err := exec.CommandContext(ctx, "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, fmt.Errorf("the documents are those that git knows, but git ls-files: %w", err)
	}
	names := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	return slices.DeleteFunc(names, func(n string) bool {
		_, err := os.Lstat(filepath.Join(root, n))
		return errors.Is(err, os.ErrNotExist) // removed, and not yet committed
	}), nil
}

// documents are those of the repository whose name fits, in the order of their names.
func documents(t *testing.T, fits func(name string) bool) []document {
	t.Helper()
	names, err := files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	var found []document
	for _, name := range slices.Compact(names) {
		if !fits(name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		d, err := parse(name, string(text))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, d)
	}
	return found
}

// all are the READMEs.
func all(t *testing.T) []document {
	t.Helper()
	return documents(t, func(name string) bool { return filepath.Base(name) == "README.md" })
}

// clones is the folder of the clones; "" when there are none.
var clones string

// firstClone is the clone that the README of the root is walked in, and of which the others are copies.
var firstClone = sync.OnceValues(func() (dir string, err error) {
	if clones, err = os.MkdirTemp("", "rasoat-documents-"); err != nil {
		return "", err
	}
	dir = filepath.Join(clones, "rasoat")
	return dir, clone(context.Background(), dir)
})

// clone makes a repository of the working tree, with the commands that the READMEs use built.
func clone(ctx context.Context, dir string) error {
	names, err := files(ctx)
	if err != nil {
		return err
	}
	script := `set -e
(cd "$1" && scripts/install --quiet)
mkdir -p "$2/.bin"
tar -C "$1" --null -T - -cf - | tar -C "$2" -xf -
cp -p "$1/.bin/rasoat" "$1/.bin/.rasoat.stamp" "$1/.bin/rasoat-standalone" "$2/.bin/"
cd "$2"
git init -q
git add -A
git -c user.name=reader -c user.email=reader@example.org commit -qm clone
scripts/install`
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return bash(ctx, script, strings.Join(names, "\x00"), root, dir)
}

// copyClone copies a clone with everything in it; the commands are the same files.
func copyClone(ctx context.Context, from, to string) error {
	return bash(ctx, `set -e
mkdir "$2"
tar -C "$1" --exclude=./.bin -cf - . | tar -C "$2" -xf -
mkdir "$2/.bin" && ln "$1"/.bin/* "$1"/.bin/.*.stamp "$2/.bin/"`, "", from, to)
}

// bash runs a script of this test.
func bash(ctx context.Context, script, in string, args ...string) error {
	cmd := exec.CommandContext(ctx, "bash", append([]string{"-c", script, "bash"}, args...)...)
	cmd.Stdin = strings.NewReader(in)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// isClean reports what a walk left in the working folder that git does not ignore.
func isClean() error {
	out, err := exec.Command("git", "status", "--porcelain").Output()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(out)) > 0 {
		return fmt.Errorf("what the README makes is not below rasoat-data; git status shows\n%s", out)
	}
	return nil
}
