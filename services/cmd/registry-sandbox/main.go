// Command registry-sandbox serves the population registry of a synthetic nation, to test against. The same seed and
// number of pupils give the same people as everywhere else.
package main

import (
	"context"
	"log/slog"
	"net"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/spf13/cobra"
)

func main() { run.Main(command().ExecuteContext) }

// settings are what the command line says.
type settings struct {
	listen string
	nation sandbox.Config
	cfg    registry.Config
}

func command() *cobra.Command {
	var w settings
	c := &cobra.Command{
		Use: "registry-sandbox", Short: "A population registry of synthetic people, to test against", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), w) },
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fault.Wrap(fault.Invalid, "registry-sandbox.flags", err)
	})
	w.flags(c)
	return c
}

func (w *settings) flags(c *cobra.Command) {
	f, b := c.Flags(), &w.cfg.Behaviour
	f.StringVar(&w.listen, "listen", run.EnvOr("RASOAT_REGISTRY_LISTEN", "127.0.0.1:7480"), "address of gRPC")
	f.Uint64Var(&w.nation.Seed, "seed", 1, "seed of the nation")
	f.IntVar(&w.nation.Pupils, "pupils", 2000, "pupils of grade 12")
	f.BoolVar(&b.Away, "away", false, "refuse every call")
	f.DurationVar(&b.Delay, "delay", 0, "time added to each call")
	f.IntVar(&b.CallsPerSecond, "rate", 0, "calls a second; 0 for no limit")
	f.IntVar(&b.QuestionsPerSecond, "questions", 0, "claims and numbers a second, and the most in one call; 0 for no limit")
	f.IntVar(&b.FailingPerMille, "failing", 0, "failing calls in a thousand")
	f.BoolVar(&b.VerifyOnly, "verify-only", false, "refuse lookups")
	f.IntVar(&b.MalformedPerMille, "malformed", 0, "calls in a thousand that lack their first answer")
	f.IntVar(&b.OtherPersonPerMille, "other-person", 0, "lookups in a thousand with an answer about a person who was not asked about")
	f.BoolVar(&w.cfg.IgnoreAccents, "ignore-accents", false, "compare names without their marks")
}

// check fails with Invalid for a nation or a behaviour that cannot be.
func (w *settings) check() error {
	if w.nation.Pupils > sandbox.MaxPupils {
		return fault.New(fault.Invalid, "registry-sandbox.pupils", "Nhiều học sinh hơn số mã học sinh", "more pupils than pupil codes")
	}
	b := w.cfg.Behaviour
	if b.Delay < 0 || b.CallsPerSecond < 0 || b.QuestionsPerSecond < 0 {
		return fault.New(fault.Invalid, "registry-sandbox.limits", "--delay, --rate và --questions không được âm", "--delay, --rate and --questions are not below 0")
	}
	for _, share := range [...]int{b.FailingPerMille, b.MalformedPerMille, b.OtherPersonPerMille} {
		if share < 0 || share > 1000 {
			return fault.New(fault.Invalid, "registry-sandbox.shares", "--failing, --malformed và --other-person là phần nghìn, từ 0 đến 1000",
				"--failing, --malformed and --other-person are shares in a thousand, from 0 to 1000")
		}
	}
	return nil
}

func serve(ctx context.Context, w settings) error {
	if err := w.check(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", w.listen)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "registry-sandbox.listen", err)
	}
	return w.serve(ctx, l)
}

// serve serves on a listener, which it closes, until ctx ends.
func (w *settings) serve(ctx context.Context, l net.Listener) error {
	slog.InfoContext(ctx, "the registry listens", slog.String("address", l.Addr().String()), slog.Int("pupils", w.nation.Pupils))
	return registry.New(sandbox.New(w.nation), w.cfg).Serve(ctx, l)
}
