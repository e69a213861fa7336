// Command drills breaks a cluster of the services in every way that a ministry must survive, while
// clients are at work, and reports what held: whether everything acknowledged is there once,
// whether the records are those of an undisturbed run, how long it took, and what metrics and the
// doctor showed meanwhile.
//
// It runs in Linux namespaces of its own, so that its networks, disks and processes are gone when
// it ends.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/spf13/cobra"
)

// The nation that is handed in.
const (
	seed   = 52
	pupils = 60 // by default; the stand-in of the database is slow
	faults = 60
)

// options of the command.
type options struct {
	only   []string
	data   string
	out    string
	pupils int
	json   bool
}

func main() {
	run.Main(func(ctx context.Context) error {
		o := options{}
		cmd := &cobra.Command{
			Use:   "drills",
			Short: "Break a cluster in every way that it must survive",
			Long: "Break a cluster in every way that it must survive. Needs root, the program ip, and no network.\n\nThe drills:\n" + listing() +
				"\nExit codes: 0 everything held; 1 something did not; 2 wrong usage, or not root.",
			Example: "  drills\n  drills --only split,cut --out split.md",
			Args:    cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
			RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
		}
		cmd.Flags().StringSliceVar(&o.only, "only", nil, "only these drills")
		cmd.Flags().StringVar(&o.data, "data", "", "folder of binaries, data and logs, which stays; default: one that is removed when everything held")
		cmd.Flags().StringVar(&o.out, "out", "", "file of the table, in Markdown (.md); the same as JSON is written beside it")
		cmd.Flags().IntVar(&o.pupils, "pupils", pupils, "pupils of the nation that is handed in")
		cmd.Flags().BoolVar(&o.json, "json", false, "print a line of JSON for each drill")
		return cmd.ExecuteContext(ctx)
	})
}

func listing() string {
	var b strings.Builder
	for _, d := range drills {
		fmt.Fprintf(&b, "  %-17s %s\n", d.name, d.what)
	}
	return b.String()
}

// run plays the drills: outside it builds, within the namespaces it plays.
func (o options) run(ctx context.Context) error {
	const op = "drills"
	for _, name := range o.only {
		if !slices.ContainsFunc(drills, func(d drill) bool { return d.name == name }) {
			return fault.New(fault.Invalid, op, "Không có diễn tập "+name+".", "there is no drill "+name)
		}
	}
	if !isApart() {
		return o.prepare(ctx)
	}
	if err := settleApart(); err != nil {
		return err
	}
	s := &stage{sample: demo.NewSample(seed, o.pupils, faults), dir: os.Getenv(apartEnv), say: o.say}
	s.bin, s.wrong = filepath.Join(s.dir, "bin"), filepath.Join(s.dir, "wrong-clock")
	var err error
	if s.net, err = layNetwork(ctx, "nats-1", "nats-2", "nats-3"); err != nil {
		return err
	}
	quiet := filepath.Join(s.dir, "quiet")
	if err := os.RemoveAll(quiet); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	if s.quiet, err = quietly(ctx, s.sample, quiet); err != nil {
		return err
	}
	return o.play(ctx, s)
}

// prepare builds what is played with and starts this program apart.
func (o options) prepare(ctx context.Context) error {
	const op = "drills.prepare"
	dir := o.data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "rasoat-drills-"); err != nil {
			return fault.Wrap(fault.Unavailable, op, err)
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	o.say("building the cluster")
	if err := cluster.Build(ctx, filepath.Join(dir, "bin")); err != nil {
		return err
	}
	if err := buildTool(ctx, filepath.Join(dir, "bin")); err != nil {
		return err
	}
	if slices.ContainsFunc(drills, func(d drill) bool { return d.wrap != nil && o.plays(d) }) {
		o.say("building it with a clock that can be set wrong, the standard library included")
		if err := buildWrong(ctx, filepath.Join(dir, "wrong-clock"), clockPackages...); err != nil {
			return err
		}
	}
	if err := goApart(ctx, dir); err != nil {
		return err
	}
	if o.data == "" {
		return fault.Wrap(fault.Unavailable, op, os.RemoveAll(dir))
	}
	return nil
}

// plays reports whether a drill is asked for.
func (o options) plays(d drill) bool { return len(o.only) == 0 || slices.Contains(o.only, d.name) }

// play plays the drills and writes their table.
func (o options) play(ctx context.Context, s *stage) error {
	began := time.Now()
	var rows []row
	var failed []string
	for i, d := range drills {
		if !o.plays(d) {
			continue
		}
		o.say("%2d of %d, %s: %s", i+1, len(drills), d.name, d.what)
		r, err := s.play(ctx, d)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			r.Problems = append(r.Problems, err.Error())
		}
		if len(r.Problems) > 0 {
			failed = append(failed, d.name)
		}
		rows = append(rows, r)
		o.tell(r)
	}
	if o.out != "" {
		about := fmt.Sprintf("Written by `make drills` on %s: %d drills in %.0f s, each on a cluster of its own (three brokers, two copies of each service, the stand-in "+
			"of the database), with %d pupils handed in through gRPC calls, a gRPC stream and PORTAL, and corrected while something breaks.",
			began.UTC().Format(time.DateOnly), len(rows), time.Since(began).Seconds(), s.sample.Nation.Pupils())
		if err := write(o.out, rows, about); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return fault.Internalf("drills", "what must hold did not in: %s; data and logs are in %s", strings.Join(failed, ", "), s.dir)
	}
	return nil
}

// tell prints how a drill went.
func (o options) tell(r row) {
	if o.json {
		_ = json.NewEncoder(os.Stdout).Encode(r) // the terminal may be gone
		return
	}
	verdict := "holds"
	if len(r.Problems) > 0 {
		verdict = "DOES NOT HOLD: " + cell(strings.Join(r.Problems, "; "))
	}
	fmt.Printf("   %s. %d acknowledged, %d present, %d twice; first answer after %.1f s, longest call %.1f s, backlog %.1f s, %d of %d calls failed; %.0f s\n",
		verdict, r.Acknowledged, r.Present, r.Twice, r.First, r.Longest, r.Backlog, r.Failed, r.Calls, r.Seconds)
	for _, said := range slices.Concat(r.Meanwhile, r.Doctor, r.Notes) {
		fmt.Printf("     · %s\n", said)
	}
}

// say tells what happens now, beside the results.
func (o options) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
