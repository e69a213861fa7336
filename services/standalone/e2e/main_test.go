package e2e

import (
	"bufio"
	"context"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/standalone/node"
)

// atOnce is how many tests run side by side, unless -parallel says it: they wait for the system and for each other's processes more than they work.
const atOnce = "5"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", atOnce) // a flag that the testing package has
	}
	os.Exit(m.Run())
}

// waits are short, so that a test of a process that is killed waits for little.
var waits = node.Waits{Redelivery: 3 * time.Second, Lease: 2 * time.Second, BreakerOpen: time.Second}

// polls is after how many looks in vain a test gives up. A machine that is slow looks less often, so it has more patience.
const polls = 60_000

// wait polls until a condition holds.
func wait(ctx context.Context, t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := 0; !holds(); n++ {
		if n == polls {
			t.Fatalf("looked %d times in vain for %s", n, what)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("ended while it waited for %s", what)
		case <-tick.C:
		}
	}
}

// child is a process of this test binary that plays somebody: it runs one test, which finds what to do in a variable of the environment, and it says
// "ack" in a line for each thing that it did.
func child(ctx context.Context, test, env, value string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+test+"$", "-test.timeout=60m")
	cmd.Env = append(os.Environ(), env+"="+value)
	return cmd
}

const ack = "ack"

// acks calls each with the number of every "ack" that a process says, in turn, and returns what else it said when it ended.
func acks(t *testing.T, cmd *exec.Cmd, each func(n int)) (rest string, err error) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var other strings.Builder
	n := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() != ack {
			other.WriteString(lines.Text() + "\n")
			continue
		}
		n++
		each(n)
	}
	err = cmd.Wait()
	return other.String() + said.String(), err
}
