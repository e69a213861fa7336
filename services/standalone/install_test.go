//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeGo is a go command that downloads itself and two modules and compiles three packages of five, and waits for the
// test in each.
const fakeGo = `#!/bin/sh
case "$1" in
env)
	[ -e "$GATE.toolchain" ] || {
		touch "$GATE.toolchain"
		echo 'go: downloading go1.99 (linux/amd64)' >&2
		read -r _ <"$GATE"
	}
	echo go1.99 ;;
list)
	echo 'go: downloading example.org/a v1.0.0' >&2
	echo 'go: downloading example.org/b v1.0.0' >&2
	read -r _ <"$GATE"
	printf 'p1\np2\np3\np4\np5\n' ;;
build)
	printf 'p1\np2\np3\n' >&2
	read -r verdict <"$GATE"
	[ "$verdict" = good ] || { echo 'p4/x.go:1:1: a broken file' >&2; exit 1; }
	while [ "$1" != -o ]; do shift; done
	printf '#!/bin/sh\n' >"$2/rasoat"
	printf '#!/bin/sh\n' >"$2/standalone"
	chmod +x "$2/rasoat" "$2/standalone" ;;
esac
`

// tree makes a folder in which scripts/install can run, with the fake go command, and returns how to start it there.
func tree(t *testing.T) (install func(args ...string) *program, release func(verdict string)) {
	t.Helper()
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate")
	script, err := os.ReadFile("../../scripts/install")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"scripts/install": string(script), "fake/go": fakeGo, "go.work": "go 1.99\n", "go.work.sum": "", "proto/a.go": "", "services/a.go": "",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("mkfifo", gate).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v\n%s", err, out)
	}
	install = func(args ...string) *program {
		p := prepare(dir, filepath.Join(dir, "scripts/install"), args...)
		p.Env = append(p.Env, "PATH="+filepath.Join(dir, "fake")+":"+os.Getenv("PATH"), "GATE="+gate, "RASOAT_PROGRESS_EVERY=0")
		p.begin(t)
		return p
	}
	release = func(verdict string) {
		t.Helper()
		if err := os.WriteFile(gate, []byte(verdict+"\n"), 0); err != nil {
			t.Fatal(err)
		}
	}
	return install, release
}

// Building the commands says again and again how far it is, in downloads as in compiling, and what to do when it fails.
// Commands that are up to date are not built again.
func TestInstall(t *testing.T) {
	t.Parallel()
	install, release := tree(t)
	for _, verdict := range []string{"bad", "good"} {
		p := install()
		if verdict == "bad" { // the first time
			p.until(t, "downloading: 1 modules")
			release("")
		}
		p.until(t, "downloading: 2 modules")
		release("")
		p.until(t, "compiling: 3 of up to 5 packages")
		release(verdict)
		if verdict == "bad" {
			contains(t, p.end(t, 1), "p4/x.go:1:1: a broken file", "Không dựng được", "could not be built")
			continue
		}
		contains(t, p.end(t, 0), "xong / done", "export PATH=")
	}
	if said := strings.TrimSpace(install("--quiet").end(t, 0)); said != "" {
		t.Errorf("up to date: got %q, want no word", said)
	}
}
