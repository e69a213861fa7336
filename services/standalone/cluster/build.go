package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// packages are what a cluster runs; the last element of each names its binary.
var packages = []string{
	"github.com/rasoat/rasoat/services/cmd/intake",
	"github.com/rasoat/rasoat/services/cmd/validation",
	"github.com/rasoat/rasoat/services/cmd/matching",
	"github.com/rasoat/rasoat/services/cmd/reporting",
	"github.com/rasoat/rasoat/services/cmd/registry-sandbox",
	"github.com/rasoat/rasoat/services/standalone/cluster/mongostandin",
	"github.com/nats-io/nats-server/v2",
}

// Build builds every binary of a cluster into a folder, with the Go command and its cache, and puts the brokers' configuration beside them. The working
// folder has to be in the repository. It fails with Internal and what the compiler says.
func Build(ctx context.Context, dir string) error {
	const op = "cluster.build"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	out, err := filepath.Abs(dir)
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	args := append([]string{"build", "-tags=ferretdb_no_postgresql", "-o", out + string(filepath.Separator)}, packages...)
	if text, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fault.Wrap(fault.Internal, op, fmt.Errorf("go build: %w\n%s", err, strings.TrimSpace(string(text))))
	}
	work, err := exec.CommandContext(ctx, "go", "env", "GOWORK").Output()
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	for _, name := range brokerFiles {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(string(work)), "deploy", "nats", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(out, name), text, 0o600)
		}
		if err != nil {
			return fault.Wrap(fault.Unavailable, op, err)
		}
	}
	return nil
}

// brokerFiles are the configuration of a broker: the one that production has.
var brokerFiles = []string{"nats.conf", "accounts.conf"}
