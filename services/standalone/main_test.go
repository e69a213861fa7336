package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/internal/installed"
)

// free are the flags of a server that is in nobody's way.
var free = []string{"--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--nats-port", "-1", "--registry-listen", "127.0.0.1:0"}

// small are the flags of a demo that takes little time.
var small = []string{"--pupils", "100"}

// program is a process under test with all that it wrote.
type program struct {
	*exec.Cmd
	mu    sync.Mutex
	said  bytes.Buffer
	more  chan struct{} // closed when more was said, and then another one
	ended chan struct{} // closed when the process has ended
}

// prepare makes a command in a folder.
func prepare(dir, name string, args ...string) *program {
	p := &program{Cmd: exec.Command(name, args...), more: make(chan struct{}), ended: make(chan struct{})}
	p.Dir = dir
	p.Env = os.Environ()
	p.Stdout, p.Stderr = p, p
	return p
}

// start starts the program, which does not outlive the test.
func start(t *testing.T, dir string, args ...string) *program {
	t.Helper()
	p := prepare(dir, self(t), args...)
	p.begin(t)
	return p
}

// self is the program under test.
func self(t *testing.T) string {
	t.Helper()
	return installed.Command(t, "rasoat-standalone")
}

func (p *program) begin(t *testing.T) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.Wait() // the code is read from the state of the process
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill() // it may have ended
		<-p.ended
	})
}

// Write keeps what the program says.
func (p *program) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := p.said.Write(text)
	close(p.more)
	p.more = make(chan struct{})
	return n, err
}

// output is what the program has said so far.
func (p *program) output() (text string, more <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String(), p.more
}

// until waits until the program says something.
func (p *program) until(t *testing.T, want string) {
	t.Helper()
	for {
		text, more := p.output()
		if strings.Contains(text, want) {
			return
		}
		select {
		case <-more:
		case <-p.ended:
			if text, _ = p.output(); !strings.Contains(text, want) {
				t.Fatalf("%q: it ended with %v and never said %q:\n%s", p.Args, p.ProcessState, want, text)
			}
		}
	}
}

// end waits for the end of the program, which must have this code, and returns all that it said.
func (p *program) end(t *testing.T, code int) string {
	t.Helper()
	<-p.ended
	text, _ := p.output()
	if got := p.ProcessState.ExitCode(); got != code {
		t.Fatalf("%q: got %v, want the exit code %d:\n%s", p.Args, p.ProcessState, code, text)
	}
	return text
}

// signal sends a signal to the program alone.
func (p *program) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// contains complains about every sentence that a text lacks.
func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// lacks complains about every word that a text must not have.
func lacks(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%q stands in:\n%s", word, text)
		}
	}
}

// address is where the program says that it listens.
func (p *program) address(t *testing.T, of string) string {
	t.Helper()
	text, _ := p.output()
	found := regexp.MustCompile(`(?m)^  ` + of + ` +(?:\w+://)?(127\.0\.0\.1:\d+)`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no address of %s in:\n%s", of, text)
	}
	return found[1]
}

// files lists every file below a folder, with the folder's name.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
