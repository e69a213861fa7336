package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func args(command string, more ...[]string) []string {
	return append([]string{command}, slices.Concat(more...)...)
}

// The demo as a newcomer runs it: the folder that the documents name has the key and the workbooks; another server
// beside it is told what is taken, and how to run; Ctrl-C is a good end; and "up" goes on with the data.
func TestFirstHour(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := start(t, dir, args("demo", small, free)...)
	d.until(t, "README.md")
	text, _ := d.output()
	contains(t, text, "--key rasoat-data/access.key", "rasoat submit rasoat-data/workbooks/")
	for _, f := range files(t, dir) {
		if !strings.HasPrefix(f, "rasoat-data/") {
			t.Errorf("%s is outside the one folder that git ignores", f)
		}
		if info, err := os.Stat(filepath.Join(dir, f)); err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may read or write it: %v", f, info.Mode())
		}
	}
	for _, f := range []string{"rasoat-data/access.key", "rasoat-data/workbooks"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}

	t.Run("beside it", func(t *testing.T) { besides(t, d) })

	d.signal(t, os.Interrupt)
	contains(t, d.end(t, 0), "Đã dừng / Stopped", "rasoat-standalone up\n", "rm -r rasoat-data\n")

	// What the last words advise works.
	u := start(t, dir, args("up", free)...)
	u.until(t, "is up")
	u.signal(t, syscall.SIGTERM)
	contains(t, u.end(t, 0), "rm -r rasoat-data\n")
	s := start(t, dir, args("up", []string{"--seed", "7"}, free)...)
	lacks(t, s.end(t, 2), "is up")
}

// besides starts other servers while one runs: each fails before anything is made, with the exit code of what is in use.
func besides(t *testing.T, d *program) {
	_, nats, _ := net.SplitHostPort(d.address(t, "NATS"))
	for flag, c := range map[string]struct{ value, says, instead string }{
		"--grpc-listen":     {d.address(t, "gRPC"), d.address(t, "gRPC"), "--grpc-listen 127.0.0.1:0"},
		"--http-listen":     {d.address(t, "REST"), d.address(t, "REST"), "--http-listen 127.0.0.1:0"},
		"--nats-port":       {nats, ":" + nats, "--nats-port -1"},
		"--registry-listen": {d.address(t, ".* / registry"), d.address(t, ".* / registry"), "--registry-listen 127.0.0.1:0"},
		"--data":            {filepath.Join(d.Dir, "rasoat-data"), "rasoat-standalone demo, pid ", "--data "},
	} {
		for _, command := range []string{"up", "demo"} {
			if command == "demo" && flag != "--data" && flag != "--grpc-listen" {
				continue // it goes the same way
			}
			other := t.TempDir()
			said := start(t, other, args(command, free, []string{flag, c.value})...).end(t, 3)
			contains(t, said, flag, c.says, c.instead, "Một chương trình khác", "another program is in the way")
			lacks(t, said, "listen tcp", "demo.registry", "standalone.claim", "folder.lock", "rpc.listen")
			if left, err := os.ReadDir(other); err != nil || len(left) > 0 {
				t.Errorf("%s %s: it left %v, %v", command, flag, left, err)
			}
		}
	}
	// Two at once are named at once.
	said := start(t, t.TempDir(), args("up", free, []string{"--grpc-listen", d.address(t, "gRPC"), "--nats-port", nats})...).end(t, 3)
	contains(t, said, "--grpc-listen", "--nats-port", "--grpc-listen 127.0.0.1:0 --http-listen 127.0.0.1:0 --nats-port -1")

	// Only the folder is taken: the advice takes no address that its holder may be about to take, and works as it is printed.
	said = start(t, d.Dir, args("up", []string{"--pupils", "50", "--approval=false"})...).end(t, 3)
	_, advice, _ := strings.Cut(said, "run beside it with rasoat-standalone ")
	advice, _, _ = strings.Cut(advice, "\n")
	contains(t, advice, "--grpc-listen 127.0.0.1:0", "--http-listen 127.0.0.1:0", "--nats-port -1", "--data rasoat-data/second",
		"--pupils 50", "--approval=false")
	u := start(t, d.Dir, strings.Fields(advice)...)
	u.until(t, "is up")
	u.signal(t, os.Interrupt)
	u.end(t, 0)
}

// Ctrl-C is a good end wherever the demo is, and it says what stays.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"rasoat demo:", "Writing workbooks", "Submitting workbooks", "Judging and matching"} {
		d := start(t, t.TempDir(), args("demo", small, free)...)
		d.until(t, at)
		d.signal(t, os.Interrupt)
		said := d.end(t, 0)
		contains(t, said, "Stopped", "rm -r rasoat-data")
		lacks(t, said, "context canceled", "rasoat-standalone:")
	}
}

// A demo starts afresh, keeps what the last one left, and deletes of the one before what it made itself.
func TestDemoAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for run := range 3 {
		said := start(t, dir, args("demo", []string{"--exit"}, small, free)...).end(t, 0)
		contains(t, said, "Stopped", "rm -r rasoat-data")
		if run == 0 {
			mine := filepath.Join(dir, "rasoat-data", "exam.sqlite")
			if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := files(t, filepath.Join(dir, "rasoat-data", "kept")); !slices.Equal(got, []string{"exam.sqlite"}) {
		t.Errorf("of the first demo is kept: %v", got)
	}
	for _, f := range []string{"access.key", "workbooks", "previous/access.key", "previous/workbooks"} {
		if _, err := os.Stat(filepath.Join(dir, "rasoat-data", f)); err != nil {
			t.Error(err)
		}
	}
}

// A server on hold says what it waits for, and answers whoever calls the same.
func TestHold(t *testing.T) {
	t.Parallel()
	u := start(t, t.TempDir(), args("up", []string{"--hold"}, free)...)
	u.until(t, "Ctrl-C")
	text, _ := u.output()
	contains(t, text, "đang chờ khôi phục", "on hold", "--role operator", "rasoat restore")
	lacks(t, text, "is up", "--role school", "--role ministry")
	resp, err := http.Get("http://" + u.address(t, "REST") + "/v1/progress?scope=01")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("got %d %s, %v", resp.StatusCode, body, err)
	}
	contains(t, string(body), "on hold", "khôi phục")
	u.signal(t, os.Interrupt)
	contains(t, u.end(t, 0), "Stopped")
}
