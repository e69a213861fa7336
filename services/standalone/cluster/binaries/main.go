// Command binaries builds what production runs as production builds it, runs it in a cluster on this machine, and prints a table of each binary:
// its size, the modules linked into it, the time from its start until it is ready, and its memory idle and under load. It fails when one links an
// embedded broker or database. scripts/binaries runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/internal/screen"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/spf13/cobra"
)

func main() { run.Main(command().ExecuteContext) }

// settings are what the command line says.
type settings struct {
	seed   uint64
	pupils int
	static bool
}

func command() *cobra.Command {
	var s settings
	c := &cobra.Command{
		Use:   "binaries",
		Short: "Measure the binary of each service",
		Long: `Build the binary of each service as production does (CGO_ENABLED=0, -trimpath, -ldflags "-s -w") and print its size, its linked modules, the time
from its start until it is ready (the median of five starts, with brokers and database up), and its resident memory idle and at the most under the
load of a whole drive. The times are those of this machine, with everything on it.

Exit codes: 0 fine; 1 a binary links nats-server, modernc.org/sqlite or FerretDB, or something failed; 2 wrong usage.`,
		Example: `  binaries
  MONGODB_URI=mongodb://127.0.0.1:27017 binaries --pupils 20000
  binaries --static`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c.Context(), os.Stdout) },
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fault.Wrap(fault.Invalid, "binaries.flags", err) })
	f := c.Flags()
	f.Uint64Var(&s.seed, "seed", 1, "seed of the sample")
	f.IntVar(&s.pupils, "pupils", 120, "pupils of the drive that is the load; the stand-in of the database is slow")
	f.BoolVar(&s.static, "static", false, "build and look, and run nothing")
	return c
}

func (s *settings) run(ctx context.Context, w io.Writer) (err error) {
	if s.pupils < 1 {
		return fault.New(fault.Invalid, "binaries.run", "--pupils phải từ 1.", "--pupils is at least 1")
	}
	dir, err := os.MkdirTemp("", "rasoat-binaries-")
	if err != nil {
		return fault.Wrap(fault.Unavailable, "binaries.run", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	bin := filepath.Join(dir, "bin")
	if !s.static {
		if err := cluster.Build(ctx, bin); err != nil { // the brokers and the stand-in
			return err
		}
	}
	rows, err := build(ctx, bin)
	if err != nil {
		return err
	}
	if !s.static {
		if err := s.measure(ctx, filepath.Join(dir, "cluster"), bin, rows); err != nil {
			return err
		}
	}
	s.table(w, rows)
	return refuse(rows)
}

// measure runs the binaries in a cluster and fills in what is seen.
func (s *settings) measure(ctx context.Context, dir, bin string, rows []*row) (err error) {
	sample := demo.NewSample(s.seed, s.pupils, 30)
	c, err := cluster.Start(ctx, cluster.Config{Dir: dir, Bin: bin, Sample: sample, Copies: 1, MongoURI: os.Getenv("MONGODB_URI")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := c.Ready(ctx); err != nil {
		return err
	}
	for _, r := range rows {
		if err := r.timeStarts(ctx, c); err != nil {
			return err
		}
	}
	if err := c.Ready(ctx); err != nil {
		return err
	}
	for _, r := range rows {
		r.idle, _ = memory(r.process(c).Pid())
	}
	if _, err := c.Play(ctx, sample, dir, screen.New(os.Stderr).Progress); err != nil {
		return errors.Join(err, c.Err())
	}
	for _, r := range rows {
		_, r.peak = memory(r.process(c).Pid())
	}
	return nil
}

func (s *settings) table(w io.Writer, rows []*row) {
	_, _ = fmt.Fprintf(w, "\n%-17s  %9s  %8s  %11s  %12s  %14s\n", "binary", "size MB", "modules", "ready ms", "idle MB", "under load MB")
	for _, r := range rows {
		_, _ = fmt.Fprintf(w, "%-17s  %9.1f  %8d  %11s  %12s  %14s\n", r.name, float64(r.size)/1e6, r.modules, number(float64(r.ready.Microseconds())/1e3), number(r.idle), number(r.peak))
	}
	if !s.static {
		_, _ = fmt.Fprintf(w, "Load: a drive of %d pupils, one copy of each service. Memory is resident; under load it is the most there was since the start.\n", s.pupils)
	}
}

// number writes a measure, or that there is none.
func number(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", v)
}
