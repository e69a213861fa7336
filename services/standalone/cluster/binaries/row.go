package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/standalone/cluster"
)

// names are the binaries of production that run for long.
var names = []string{"intake", "validation", "matching", "reporting", "registry-sandbox"}

// embedded are the modules that none of them may link.
var embedded = []string{"github.com/nats-io/nats-server", "modernc.org/sqlite", "github.com/FerretDB"}

// row is what is known of a binary. What could not be measured is 0.
type row struct {
	name       string
	size       int64 // bytes
	modules    int
	wrong      []string // modules that it may not link
	ready      time.Duration
	idle, peak float64 // MB
}

// build builds the binaries as production does, into a folder.
func build(ctx context.Context, bin string) ([]*row, error) {
	const op = "binaries.build"
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	var rows []*row
	for _, name := range names {
		r := &row{name: name}
		path := filepath.Join(bin, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "github.com/rasoat/rasoat/services/cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fault.Internalf(op, "go build %s: %w\n%s", name, err, strings.TrimSpace(string(text)))
		}
		about, err := os.Stat(path)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, op, err)
		}
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, op, err)
		}
		r.size, r.modules = about.Size(), len(info.Deps)
		for _, m := range info.Deps {
			if slices.ContainsFunc(embedded, func(prefix string) bool { return strings.HasPrefix(m.Path, prefix) }) {
				r.wrong = append(r.wrong, m.Path)
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// refuse fails with Internal when a binary links what it may not.
func refuse(rows []*row) error {
	var wrong []string
	for _, r := range rows {
		for _, m := range r.wrong {
			wrong = append(wrong, r.name+" links "+m)
		}
	}
	if len(wrong) > 0 {
		return fault.Internalf("binaries.links", "%s", strings.Join(wrong, "; "))
	}
	return nil
}

// process is the one that runs the binary.
func (r *row) process(c *cluster.Cluster) *cluster.Process {
	if p := c.Process(r.name + "-1"); p != nil {
		return p
	}
	return c.Process("registry")
}

const (
	starts      = 5
	startWithin = 30 * time.Second
)

// timeStarts stops and starts the process, and keeps the median of the times until it is ready.
func (r *row) timeStarts(ctx context.Context, c *cluster.Cluster) error {
	p := r.process(c)
	var took []time.Duration
	for range starts {
		if err := p.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		if err := p.Wait(ctx); err != nil {
			return err
		}
		began := time.Now()
		if err := p.Start(ctx); err != nil {
			return err
		}
		if err := untilReady(ctx, p); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	r.ready = took[len(took)/2]
	return nil
}

// untilReady waits until /readyz says so, or, of a process without one, until somebody listens.
func untilReady(ctx context.Context, p *cluster.Process) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		if ready(ctx, p) {
			tick.Stop()
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return fault.Wrap(fault.Unavailable, "binaries.start", fmt.Errorf("%s is not ready within %s", p.Name(), startWithin))
		}
	}
}

func ready(ctx context.Context, p *cluster.Process) bool {
	if p.HTTPAddr() == "" {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.GRPCAddr())
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.HTTPAddr()+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// memory returns the resident memory of a process, now and at the most, in MB; 0 where the system does not tell.
func memory(pid int) (now, most float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for l := range strings.Lines(string(text)) {
		fields := strings.Fields(l)
		if len(fields) < 2 {
			continue
		}
		kB, _ := strconv.ParseFloat(fields[1], 64) // the other lines are no numbers
		switch fields[0] {
		case "VmRSS:":
			now = kB / 1e3
		case "VmHWM:":
			most = kB / 1e3
		}
	}
	return now, most
}
