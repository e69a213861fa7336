// Command run starts a cluster on this machine, plays a whole drive through its public doors, plays the same drive in a standalone node, and compares
// what exam registration received of each: the content digests have to be equal. scripts/cluster runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
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
	seed           uint64
	pupils, faults int
	approval       bool
	copies         int
	dir            string
	keep           bool
}

func command() *cobra.Command {
	var s settings
	c := &cobra.Command{
		Use:   "cluster",
		Short: "Run every service as processes of their own, play a drive, and compare with a standalone run",
		Long: `Run three brokers, a database, the population registry and copies of each service as processes of their own on this machine, play a whole drive
through their public doors, play the same drive in a standalone node, and compare the records: their content digests have to be equal.

MONGODB_URI in the environment names a MongoDB without databases of rasoat. Without it a stand-in takes its place: it speaks the wire protocol and
lets one command through at a time, and proves nothing about MongoDB.

Exit codes: 0 fine; 1 something failed, the records differ, a fault was missed, a false alarm was raised, or the report does not add up; 2 wrong usage;
3 an address or the folder is taken.`,
		Example: `  cluster
  cluster --pupils 1000 --seed 7 --copies 3
  cluster --keep
  MONGODB_URI=mongodb://127.0.0.1:27017 cluster --pupils 20000`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c.Context(), os.Stdout) },
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fault.Wrap(fault.Invalid, "cluster.flags", err) })
	f := c.Flags()
	f.Uint64Var(&s.seed, "seed", 1, "seed of the sample; the same seed gives the same sample")
	f.IntVar(&s.pupils, "pupils", 120, "pupils of the sample; the stand-in of the database is slow")
	f.IntVar(&s.faults, "faults", 30, "pupils in a thousand of whom something wrong is reported; negative for none")
	f.BoolVar(&s.approval, "approval", true, "the sample's provinces must approve before records are published")
	f.IntVar(&s.copies, "copies", 2, "copies of each service")
	f.StringVar(&s.dir, "dir", "", "folder of everything, which must be new; default: a temporary one, removed at the end unless something failed")
	f.BoolVar(&s.keep, "keep", false, "keep the cluster up until Ctrl-C, and its folder")
	return c
}

func (s *settings) run(ctx context.Context, w io.Writer) (err error) {
	if s.copies < 1 || s.pupils < 1 {
		return fault.New(fault.Invalid, "cluster.run", "--copies và --pupils phải từ 1.", "--copies and --pupils are at least 1")
	}
	if err := s.folder(); err != nil {
		return err
	}
	defer func() {
		if err == nil && !s.keep {
			err = fault.Wrap(fault.Unavailable, "cluster.run", os.RemoveAll(s.dir))
			return
		}
		_, _ = fmt.Fprintf(w, "\nLogs and data: %s\n", s.dir)
	}()
	bin := filepath.Join(s.dir, "bin")
	if err := timed(w, "building the binaries", func() error { return cluster.Build(ctx, bin) }); err != nil {
		return err
	}
	sample := demo.NewSample(s.seed, s.pupils, s.faults)
	if s.approval {
		sample.AskApproval()
	}
	c, err := cluster.Start(ctx, cluster.Config{Dir: filepath.Join(s.dir, "cluster"), Bin: bin, Sample: sample, Copies: s.copies, MongoURI: os.Getenv("MONGODB_URI")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := timed(w, "waiting until every process is ready", func() error { return c.Ready(ctx) }); err != nil {
		return err
	}
	s.table(w, c)
	clustered, err := c.Play(ctx, sample, filepath.Join(s.dir, "cluster"), screen.New(os.Stderr).Progress)
	if err != nil {
		return errors.Join(err, c.Err())
	}
	clustered.Print(w)
	_, _ = fmt.Fprintf(w, "\nThe same sample in a standalone node, everything in one process:\n")
	alone, err := standalone(ctx, sample, filepath.Join(s.dir, "standalone"))
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "  %d verified records in %.1f s\n\n", alone.Records.Distinct, alone.Seconds)
	_, _ = fmt.Fprintf(w, "content digest of the cluster's records     %s\ncontent digest of the standalone's records  %s\n", clustered.Records.Content, alone.Records.Content)
	if err := compare(clustered, alone); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "equal: the same records, from %d processes and from one\n", len(c.Processes()))
	if s.keep {
		s.next(w, c)
		select {
		case <-ctx.Done():
		case <-c.Dead():
		}
	}
	return nil
}

// folder makes the folder of everything.
func (s *settings) folder() error {
	if s.dir == "" {
		var err error
		s.dir, err = os.MkdirTemp("", "rasoat-cluster-")
		return fault.Wrap(fault.Unavailable, "cluster.folder", err)
	}
	if entries, _ := os.ReadDir(s.dir); len(entries) > 0 {
		return fault.New(fault.Invalid, "cluster.folder", "Thư mục đã có nội dung; chọn thư mục mới.", "the folder is not empty: choose a new one")
	}
	return fault.Wrap(fault.Unavailable, "cluster.folder", os.MkdirAll(s.dir, 0o700))
}

// timed tells a step and how long it took.
func timed(w io.Writer, step string, f func() error) error {
	_, _ = fmt.Fprintf(w, "%s … ", step)
	began := time.Now()
	if err := f(); err != nil {
		_, _ = fmt.Fprintln(w, "failed")
		return err
	}
	_, _ = fmt.Fprintf(w, "%.1f s\n", time.Since(began).Seconds())
	return nil
}

// compare fails unless both runs ended in the same records and nothing was wrong with either.
func compare(clustered, alone *demo.Report) error {
	if clustered.Records.Content != alone.Records.Content || clustered.Records.Distinct != alone.Records.Distinct || clustered.Records.Distinct == 0 {
		return fault.Internalf("cluster.compare", "the records differ: %d from the cluster, %d from the standalone node", clustered.Records.Distinct, alone.Records.Distinct)
	}
	for _, r := range []*demo.Report{clustered, alone} {
		if r.Faults.Missed > 0 || r.Faults.FalseAlarms > 0 || !r.Conserved {
			return fault.Internalf("cluster.compare", "%d faults missed, %d false alarms, adds up: %v", r.Faults.Missed, r.Faults.FalseAlarms, r.Conserved)
		}
	}
	return nil
}

// next says what can be done with a cluster that stays up.
func (s *settings) next(w io.Writer, c *cluster.Cluster) {
	_, _ = fmt.Fprintf(w, `
What to do next:
  be the ministry        export RASOAT_TOKEN=$(go run ./services/cmd/rasoat token --key %s --role ministry --scope '*' --subject lan --for 8h)
  reach the services     export RASOAT_SERVER='%s'
  read the progress      go run ./services/cmd/rasoat progress
  kill a process         kill -9 PID: the others go on; this command ends and says who died
Ctrl-C ends.
`, access.KeyFile(filepath.Join(s.dir, "cluster")), c.Doors())
}
