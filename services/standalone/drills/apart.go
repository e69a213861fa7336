package main

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// apartEnv tells the program that it runs in namespaces of its own, and in which folder.
const apartEnv = "RASOAT_DRILLS_APART"

// isApart reports whether this process runs in namespaces of its own.
func isApart() bool { return os.Getenv(apartEnv) != "" }

// hubAddress is the address of everything but the brokers, in the network that exists only here.
const hubAddress = "10.99.0.254"

// network is a bridge with a namespace for each broker on it. All of it, the processes and the mounts included, is gone when the process that
// runs the drills is.
type network struct {
	brokers []string
	tool    string // the path of the program ip
}

// address is where a broker listens.
func (n *network) address(broker string) string {
	for i, b := range n.brokers {
		if b == broker {
			return "10.99.0." + string(rune('1'+i))
		}
	}
	return hubAddress
}

// layNetwork makes the bridge and a namespace for each broker (nine at most).
func layNetwork(ctx context.Context, brokers ...string) (*network, error) {
	tool, err := exec.LookPath("ip")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "drills.network", err)
	}
	n := &network{brokers, tool}
	steps := []string{
		"link set lo up", "link add hub type bridge", "addr add " + hubAddress + "/24 dev hub", "link set hub up",
	}
	for _, b := range brokers {
		steps = append(steps, "netns add "+b, "link add "+b+" type veth peer name eth0 netns "+b, "link set "+b+" master hub up",
			"-n "+b+" addr add "+n.address(b)+"/24 dev eth0", "-n "+b+" link set lo up", "-n "+b+" link set eth0 up")
	}
	return n, ip(ctx, steps...)
}

// ip runs steps of the program ip.
func ip(ctx context.Context, steps ...string) error {
	for _, s := range steps {
		if said, err := exec.CommandContext(ctx, "ip", strings.Fields(s)...).CombinedOutput(); err != nil {
			return fault.Internalf("drills.network", "ip %s: %w: %s", s, err, said)
		}
	}
	return nil
}

// within makes a command run in the namespace of a broker. Its process is the program's own: ip becomes it.
func (n *network) within(cmd *exec.Cmd, broker string) {
	cmd.Args = append([]string{n.tool, "netns", "exec", broker, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = n.tool
}

// split parts a broker from the other brokers; its clients still reach it, and the others.
func (n *network) split(ctx context.Context, broker string) error {
	return n.others(ctx, broker, "add")
}

// mend ends a split.
func (n *network) mend(ctx context.Context, broker string) error { return n.others(ctx, broker, "del") }

func (n *network) others(ctx context.Context, broker, verb string) error {
	for _, b := range n.brokers {
		if b != broker {
			if err := ip(ctx, "-n "+broker+" route "+verb+" blackhole "+n.address(b)+"/32"); err != nil {
				return err
			}
		}
	}
	return nil
}

// cut takes a broker's cable away, join puts it back.
func (n *network) cut(ctx context.Context, broker string) error {
	return ip(ctx, "link set "+broker+" down")
}
func (n *network) join(ctx context.Context, broker string) error {
	return ip(ctx, "link set "+broker+" up")
}
