package documents

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// server is what stays up in a terminal of its own.
type server struct {
	cmd      *exec.Cmd
	terminal *terminal
	lines    chan string // what it prints; closed at its end

	mu      sync.Mutex
	printed strings.Builder
}

func startServer(text string, env []string) (*server, error) {
	out, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	s := &server{cmd: exec.Command("bash", "-ec", text), lines: make(chan string)}
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = env, theirs, theirs
	if s.terminal, err = startInTerminal(s.cmd); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	go s.read(out)
	return s, nil
}

// read passes on what is printed, until nobody can print any more.
func (s *server) read(out io.ReadCloser) {
	defer close(s.lines)
	defer out.Close()
	for r := bufio.NewReader(out); ; {
		line, err := r.ReadString('\n')
		s.mu.Lock()
		s.printed.WriteString(line)
		s.mu.Unlock()
		s.lines <- line
		if err != nil {
			return
		}
	}
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.printed.String()
}

// ready waits until the lines that a README shows were printed, in their order.
func (s *server) ready(shown []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for len(shown) > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not print %q, but\n%s", shown[0], s.said())
		case line, more := <-s.lines:
			if !more {
				return fmt.Errorf("it ended before it printed %q; it printed\n%s", shown[0], s.said())
			}
			if _, ok := holds(line, shown[0]); ok {
				shown = shown[1:]
			}
		}
	}
	go func() { // what it prints later is kept, and waits for nobody
		for range s.lines {
		}
	}()
	return nil
}

// interrupt presses Ctrl-C and waits for the end.
func (s *server) interrupt() error {
	if err := s.terminal.interrupt(s.cmd); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = s.cmd.Process.Kill() })
	defer stop()
	err := s.cmd.Wait()
	return errors.Join(err, s.terminal.close())
}
