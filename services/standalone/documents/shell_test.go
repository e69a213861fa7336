package documents

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// shell is the one in which a reader types: what a block exports is there in the next.
type shell struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	codes  *bufio.Reader // the code with which each block ended, a line each
	pipe   *os.File
	dir    string
	blocks int
}

func newShell(dir string, env []string) (*shell, error) {
	codes, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd := exec.Command("bash", "-s")
	cmd.Env, cmd.Stderr, cmd.ExtraFiles = env, os.Stderr, []*os.File{theirs}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &shell{cmd: cmd, in: in, codes: bufio.NewReader(codes), pipe: codes, dir: dir}
	return s, s.enter("set -Eo pipefail\ntrap '[[ $- != *e* ]] || printf \"line %s: %s: exit code %s\\n\" $LINENO \"$BASH_COMMAND\" $? >&2' ERR\n")
}

func (s *shell) enter(text string) error {
	_, err := io.WriteString(s.in, text)
	return err
}

// run runs a block and returns what it printed. It fails when a command ends otherwise than the block says.
func (s *shell) run(ctx context.Context, b block) (string, error) {
	s.blocks++
	file := filepath.Join(s.dir, fmt.Sprintf("block-%d", s.blocks))
	out := file + ".out"
	// Empty lines in front let the shell count the lines as the README does.
	if err := os.WriteFile(file, []byte(strings.Repeat("\n", b.line)+b.text), 0o600); err != nil {
		return "", err
	}
	mode := "set -e"
	if b.exits() != 0 || b.is("soon") {
		mode = "set +e"
	}
	line := fmt.Sprintf("export %s='%s'; %s; source '%s' </dev/null >'%s' 2>&1 3>&-; printf '%%d\\n' $? >&3\n",
		needsEnv, strings.Join(b.needs(), " "), mode, file, out)
	if err := s.enter(line); err != nil {
		return "", err
	}
	code, err := s.code(ctx)
	said, _ := os.ReadFile(out) // it may have ended before it printed anything
	if err != nil {
		return string(said), err
	}
	if code != b.exits() {
		return string(said), fmt.Errorf("exit code %d, where %d is said", code, b.exits())
	}
	return string(said), nil
}

// code waits for the code of a block. A command that fails ends the shell.
func (s *shell) code(ctx context.Context) (int, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.cmd.Process.Kill() })
	defer stop()
	line, err := s.codes.ReadString('\n')
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("a command failed, or ended the shell")
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(line))
}

func (s *shell) close() error {
	_ = s.in.Close()
	_ = s.cmd.Wait() // how it ended was said before
	return s.pipe.Close()
}
