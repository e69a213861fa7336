package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventually"
)

// actEnv makes the test binary a process of a cluster: "obeys" ends at SIGTERM, "ends" at once.
const actEnv = "RASOAT_CLUSTER_ACT"

func TestMain(m *testing.M) {
	switch os.Getenv(actEnv) {
	case "":
		os.Exit(m.Run())
	case "obeys":
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		fmt.Println("up")
		<-ctx.Done()
		stop()
	case "ends":
		fmt.Println("the disk is full")
		os.Exit(4)
	}
}

// actor makes a cluster of one process, which is this test binary.
func actor(t *testing.T, act string) (*Cluster, *Process) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := &Cluster{cfg: Config{Dir: dir, Bin: dir}, dead: make(chan struct{})}
	c.cfg.Wrap = func(_ string, cmd *exec.Cmd) { cmd.Path, cmd.Env = os.Args[0], append(cmd.Env, actEnv+"="+act) }
	return c, c.add("actor-1", "none")
}

func mustStart(t *testing.T, p *Process) {
	t.Helper()
	if err := p.Start(eventually.Context(t)); err != nil {
		t.Fatal(err)
	}
}

func TestAProcessIsKilledAndStartedAgain(t *testing.T) {
	c, p := actor(t, "obeys")
	if c.Process("actor-1") != p || c.Process("actor-2") != nil || p.Alive() {
		t.Error("the process is not known, or runs before it was started")
	}
	for round := range 2 {
		mustStart(t, p)
		pid := p.Pid()
		mustStart(t, p) // runs already
		if !p.Alive() || p.Pid() != pid || pid == 0 {
			t.Errorf("round %d: alive %v, pid %d, then %d", round, p.Alive(), pid, p.Pid())
		}
		if err := p.Kill(); err != nil || p.Alive() {
			t.Errorf("round %d: kill: %v, alive %v", round, err, p.Alive())
		}
	}
	mustStart(t, p)
	eventually.True(t, "it says that it is up", func() bool { return strings.Contains(p.Log(), "up") })
	if err := p.Signal(syscall.SIGSTOP); err != nil || !p.Alive() {
		t.Errorf("stop: %v, alive %v", err, p.Alive())
	}
	if err := c.Stop(); err != nil || p.Alive() {
		t.Errorf("the cluster's stop: %v, alive %v", err, p.Alive())
	}
	if err := c.Err(); err != nil {
		t.Errorf("what was asked for is an error: %v", err)
	}
}

func TestADeathThatNobodyAskedForIsAnError(t *testing.T) {
	c, p := actor(t, "ends")
	mustStart(t, p)
	eventually.Received(t, "somebody notices", c.Dead())
	err := c.Stop()
	for _, want := range []string{"actor-1", "exit status 4", "the disk is full"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if ready := c.Ready(eventually.Context(t)); ready == nil {
		t.Error("a cluster with a dead process is ready")
	}
}

// TestAddressesAreOwn: no two processes get the same one, also before they listen.
func TestAddressesAreOwn(t *testing.T) {
	c := &Cluster{taken: map[int]bool{}}
	seen := map[string]bool{}
	for range 50 {
		a, err := c.freeAddress(localhost)
		if err != nil || seen[a] {
			t.Fatalf("got %s again, or %v", a, err)
		}
		seen[a] = true
	}
}
