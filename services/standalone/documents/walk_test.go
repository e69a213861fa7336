package documents

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// walk is a reader who does what a README says: a shell, and another terminal for what stays up.
type walk struct {
	doc    document
	dir    string // of what the walk needs for itself, outside the clone
	env    []string
	shell  *shell
	server *server
}

// demoAgain goes on with the data of the demo, in the words of the demo when it ends.
var demoAgain = block{lang: "sh", words: []string{"server"}, text: "rasoat-standalone up\n", shows: []string{"Ctrl-C"}}

// newWalk prepares a reader in the working folder.
func newWalk(d document) (*walk, error) {
	dir, err := os.MkdirTemp("", "rasoat-walk-")
	if err != nil {
		return nil, err
	}
	w := &walk{doc: d, dir: dir}
	path, err := w.standIns()
	if err != nil {
		return nil, err
	}
	if d.name != "README.md" { // the first README says how the commands come into the PATH
		here, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(here, ".bin") + ":" + path
	}
	// An answer of HTTP that says no is a command that failed, which curl alone does not say.
	if err := os.WriteFile(filepath.Join(dir, ".curlrc"), []byte("fail-with-body\nsilent\nshow-error\n"), 0o600); err != nil {
		return nil, err
	}
	w.env = append(readerEnv(), "PATH="+path, "CURL_HOME="+dir, "TERM=dumb")
	w.shell, err = newShell(w.dir, w.env)
	return w, err
}

// readerEnv is the environment without what belongs to the tests.
func readerEnv() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "RASOAT_") && !strings.HasPrefix(v, "MAKE") && !strings.HasPrefix(v, "GIT_") {
			env = append(env, v)
		}
	}
	return env
}

// standIns puts the stand-ins of the programs that are not here into a folder, and returns the PATH that begins with it.
func (w *walk) standIns() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(w.dir, "stand-ins")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	for name := range standIns {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	return dir + ":" + os.Getenv("PATH"), nil
}

func (w *walk) close() error {
	err := errors.Join(w.shell.close(), w.stopServer())
	return errors.Join(err, os.RemoveAll(w.dir))
}

// take does what a block says.
func (w *walk) take(ctx context.Context, b block) error {
	switch {
	case b.lang == "yaml":
		return save(b)
	case !b.isRun():
		return nil
	case b.is("server"):
		return w.serve(b)
	case b.is("long"):
		return w.targets(ctx, b)
	}
	for {
		err := w.run(ctx, b)
		if err == nil || !b.is("soon") || ctx.Err() != nil {
			return err
		}
	}
}

// run runs a block once, and compares what it prints.
func (w *walk) run(ctx context.Context, b block) error {
	said, err := w.shell.run(ctx, b)
	if err != nil {
		return fmt.Errorf("%w; it printed:\n%s", err, said)
	}
	if line := missing(said, b.shows); line != "" {
		return fmt.Errorf("the README shows %q, which is not in what it printed:\n%s", line, said)
	}
	return nil
}

// save writes a block into the file that it names.
func save(b block) error {
	var value any
	if err := yaml.Unmarshal([]byte(b.text), &value); err != nil {
		return err
	}
	if len(b.words) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(b.words[0]), 0o700); err != nil {
		return err
	}
	return os.WriteFile(b.words[0], []byte(b.text), 0o600)
}

// serve starts what stays up, in place of what was up before, and waits until it shows that it is ready.
func (w *walk) serve(b block) error {
	if err := w.stopServer(); err != nil {
		return err
	}
	path := ""
	for _, v := range w.env {
		if p, ok := strings.CutPrefix(v, "PATH="); ok {
			path = p
		}
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	s, err := startServer(b.text, append(w.env, "PATH="+filepath.Join(here, ".bin")+":"+path))
	if err != nil {
		return err
	}
	w.server = s
	return s.ready(b.shows)
}

// stopServer presses Ctrl-C in the other terminal; what was up has to end well.
func (w *walk) stopServer() error {
	s := w.server
	if s == nil {
		return nil
	}
	w.server = nil
	if err := s.interrupt(); err != nil {
		return fmt.Errorf("what stays up ended badly after Ctrl-C: %w\n%s", err, s.said())
	}
	return nil
}

// targets looks at a block that takes too long: make tells what it would run, and that has to exist.
func (w *walk) targets(ctx context.Context, b block) error {
	for line := range strings.Lines(b.text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !strings.HasPrefix(line, "make ") {
			return fmt.Errorf("%q is in a block of targets of make, and is none", line)
		}
		cmd := exec.CommandContext(ctx, "bash", "-c", line)
		cmd.Env = append(w.env, "MAKEFLAGS=n")
		said, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", line, err, said)
		}
		for command := range strings.Lines(string(said)) {
			if err := exists(strings.Fields(command)); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
		}
	}
	return nil
}

// exists reports what is missing of a command: its script, its package, or a flag that its package does not name.
func exists(words []string) error {
	for i, w := range words {
		switch {
		case strings.HasPrefix(w, "scripts/"):
			if _, err := os.Stat(strings.Trim(w, "';")); err != nil {
				return err
			}
		case w == "run" && i > 0 && words[i-1] == "go" && i+1 < len(words):
			return knowsFlags(words[i+1], words[i+2:])
		}
	}
	return nil
}

func knowsFlags(dir string, args []string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("%s holds no program", dir)
	}
	var source strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		source.Write(text)
	}
	for _, a := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if strings.HasPrefix(a, "--") && !strings.Contains(source.String(), `"`+name+`"`) {
			return fmt.Errorf("%s has no flag %s", dir, a)
		}
	}
	return nil
}
