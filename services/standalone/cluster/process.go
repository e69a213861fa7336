package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Process is one process of a cluster. It may be killed and started again; its addresses, its data and its log stay.
type Process struct {
	name    string
	binary  string
	args    []string
	env     []string
	grpc    string // addresses, "" where it has none
	http    string
	logFile string
	wrap    func(process string, c *exec.Cmd)
	died    func(error) // is told of a death that nobody asked for

	mu       sync.Mutex
	cmd      *exec.Cmd     // of the last start
	ended    chan struct{} // closed when that has ended
	expected bool          // its end was asked for
}

// Name is "intake-1".
func (p *Process) Name() string { return p.name }

// GRPCAddr is where it answers clients: gRPC, or the own protocol of a broker or a database.
func (p *Process) GRPCAddr() string { return p.grpc }

// HTTPAddr is where its probes and metrics are; "" for none.
func (p *Process) HTTPAddr() string { return p.http }

// Log is all that it ever wrote, of every start.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.logFile)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Start starts it, again when it has ended; one that runs is left alone. It fails with Unavailable.
func (p *Process) Start(ctx context.Context) error {
	const op = "cluster.start"
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alive() || ctx.Err() != nil {
		return ctx.Err()
	}
	out, err := os.OpenFile(p.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	defer func() { _ = out.Close() }() // the process has its own
	cmd := exec.Command(p.binary, p.args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, out, p.env
	if p.wrap != nil {
		p.wrap(p.name, cmd)
	}
	if err := startWithUs(cmd); err != nil {
		return fault.Wrap(fault.Unavailable, op, fmt.Errorf("%s: %w", p.name, err))
	}
	p.cmd, p.ended, p.expected = cmd, make(chan struct{}), false
	go p.wait(cmd, p.ended)
	return nil
}

// wait tells of the end of one start.
func (p *Process) wait(cmd *exec.Cmd, ended chan struct{}) {
	err := cmd.Wait()
	p.mu.Lock()
	expected := p.expected
	close(ended)
	p.mu.Unlock()
	if !expected {
		p.died(p.unasked(err))
	}
}

// unasked is the error of a process that ended by itself, with the end of its log.
func (p *Process) unasked(err error) error {
	how := "it ended by itself"
	if err != nil {
		how = err.Error()
	}
	return fault.Internalf("cluster", "%s died: %s; the end of its log (%s):\n%s", p.name, how, filepath.Base(p.logFile), tail(p.Log(), 2000))
}

// tail returns the last n bytes, at most.
func tail(text string, n int) string { return text[max(0, len(text)-n):] }

func (p *Process) alive() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Alive reports whether it runs; a stopped one (SIGSTOP) does.
func (p *Process) Alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.alive()
}

// Pid is the number of the process that was started last, 0 before.
func (p *Process) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Expect says that the end of what runs now, however it comes, is no error of the cluster.
func (p *Process) Expect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = true
}

// Signal sends a signal; after any but SIGSTOP, SIGCONT, SIGHUP and SIGUSR1 its end is no error of the cluster. One that has ended is left alone.
func (p *Process) Signal(s os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.alive() {
		return nil
	}
	switch s {
	case syscall.SIGSTOP, syscall.SIGCONT, syscall.SIGHUP, syscall.SIGUSR1:
	default:
		p.expected = true
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fault.Wrap(fault.Internal, "cluster.signal", err)
	}
	return nil
}

// Kill kills it with SIGKILL and waits until it is gone.
func (p *Process) Kill() error {
	if err := p.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	return p.Wait(context.Background())
}

// Wait waits until it has ended; the only error is that ctx ended first.
func (p *Process) Wait(ctx context.Context) error {
	p.mu.Lock()
	ended := p.ended
	p.mu.Unlock()
	if ended == nil {
		return nil
	}
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "cluster.wait", ctx.Err())
	}
}
