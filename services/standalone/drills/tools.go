package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// clockPackages are the programs whose clocks are set wrong.
var clockPackages = []string{
	"github.com/rasoat/rasoat/services/cmd/intake", "github.com/rasoat/rasoat/services/cmd/validation",
	"github.com/rasoat/rasoat/services/cmd/matching", "github.com/rasoat/rasoat/services/cmd/reporting", "github.com/nats-io/nats-server/v2",
}

// buildTool builds the command line that operators have.
func buildTool(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "rasoat"), "github.com/rasoat/rasoat/services/cmd/rasoat")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fault.Internalf("drills.tool", "go build: %w\n%s", err, said)
	}
	return nil
}

// rasoat runs the command line as an operator and gives the lines that it prints; it may end with an exit code that tells of trouble.
func (s *scene) rasoat(ctx context.Context, args ...string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	token, err := s.Actors().Issuer.Issue(access.Caller{Subject: "operator", Role: access.Operator, Scopes: []string{access.Nation}}, time.Hour)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "rasoat"), append(args, "--lang", "en")...)
	cmd.Env = append(os.Environ(), "RASOAT_SERVER="+s.Doors(), "RASOAT_TOKEN="+token, "RASOAT_NATS="+s.NATSURL())
	var said, complained bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complained
	if err := cmd.Run(); err != nil && said.Len() == 0 {
		return nil, fault.Internalf("drills.rasoat", "rasoat %s: %w: %s", args[0], err, complained.Bytes())
	}
	return strings.FieldsFunc(said.String(), func(r rune) bool { return r == '\n' }), nil
}
