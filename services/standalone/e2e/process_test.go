package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rasoat/rasoat/services/internal/installed"
)

// sampleOf is which sample a process serves.
type sampleOf struct {
	seed           uint64
	pupils, faults int
	approval       bool
}

// process is the standalone command on a folder and ports of its own, which is killed and started again.
type process struct {
	t      *testing.T
	sample sampleOf
	dir    string
	ports  []string
	cmd    *exec.Cmd
	ended  chan struct{}
}

// newProcess does not start it: up does.
func newProcess(t *testing.T, sample sampleOf) *process {
	t.Helper()
	p := &process{t: t, sample: sample, dir: t.TempDir(), ports: freePorts(t, 4)}
	t.Cleanup(p.kill)
	return p
}

func (p *process) grpc() string { return "127.0.0.1:" + p.ports[0] }
func (p *process) nats() string { return "nats://127.0.0.1:" + p.ports[2] }

// up starts the process and waits until it is ready.
func (p *process) up(ctx context.Context) {
	p.t.Helper()
	p.cmd = exec.Command(installed.Command(p.t, "rasoat-standalone"), "up", "--data", p.dir, "--grpc-listen", p.grpc(), "--http-listen", "127.0.0.1:"+p.ports[1],
		"--nats-port", p.ports[2], "--registry-listen", "127.0.0.1:"+p.ports[3],
		"--redelivery", waits.Redelivery.String(), "--lease", waits.Lease.String(), "--breaker-open", waits.BreakerOpen.String(),
		"--seed", fmt.Sprint(p.sample.seed), "--pupils", fmt.Sprint(p.sample.pupils), "--faults", fmt.Sprint(p.sample.faults), fmt.Sprint("--approval=", p.sample.approval))
	said := &syncBuffer{}
	p.cmd.Stdout, p.cmd.Stderr = said, said
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	p.ended = ended
	go func() {
		defer close(ended)
		_ = p.cmd.Wait() // it is killed
	}()
	wait(ctx, p.t, "the standalone process to be ready", func() bool {
		select {
		case <-ended:
			p.t.Fatalf("the standalone process ended:\n%s", said.String())
		default:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+p.ports[1]+"/readyz", http.NoBody)
		if err != nil {
			p.t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// kill kills it with SIGKILL, if it runs.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// nextPort is where freePorts goes on. It starts somewhere else in each process, below the ports that the system gives to connections: those
// would be taken while the process that uses a port is being started again.
var nextPort atomic.Int64

const firstPort, lastPort = 20_000, 32_000

var startPorts = sync.OnceFunc(func() { nextPort.Store(int64(os.Getpid()) * 61 % (lastPort - firstPort)) })

// freePorts finds ports that are free.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	startPorts()
	var out []string
	for tries := 0; len(out) < n; tries++ {
		if tries > lastPort-firstPort {
			t.Fatal("no port is free")
		}
		port := strconv.Itoa(firstPort + int(nextPort.Add(1)%(lastPort-firstPort)))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = l.Close()
			out = append(out, port)
		}
	}
	return out
}
