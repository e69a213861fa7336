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

func command() *cobra.Command {
	var listen string
	var nation sandbox.Config
	var cfg registry.Config
	c := &cobra.Command{
		Use: "registry-sandbox", Short: "A population registry of synthetic people, to test against", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), listen, nation, cfg) },
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fault.Wrap(fault.Invalid, "registry-sandbox.flags", err)
	})
	f, b := c.Flags(), &cfg.Behaviour
	f.StringVar(&listen, "listen", run.EnvOr("RASOAT_REGISTRY_LISTEN", "127.0.0.1:7480"), "address of gRPC")
	f.Uint64Var(&nation.Seed, "seed", 1, "seed of the nation")
	f.IntVar(&nation.Pupils, "pupils", 2000, "pupils of grade 12")
	f.BoolVar(&b.Away, "away", false, "refuse every call")
	f.DurationVar(&b.Delay, "delay", 0, "time added to each call")
	f.IntVar(&b.CallsPerSecond, "rate", 0, "calls a second; 0 for no limit")
	f.IntVar(&b.FailingPerMille, "failing", 0, "failing calls in a thousand")
	f.BoolVar(&b.VerifyOnly, "verify-only", false, "refuse lookups")
	f.BoolVar(&cfg.IgnoreAccents, "ignore-accents", false, "compare names without their marks")
	return c
}

func serve(ctx context.Context, listen string, nation sandbox.Config, cfg registry.Config) error {
	if nation.Pupils > sandbox.MaxPupils {
		return fault.New(fault.Invalid, "registry-sandbox.pupils", "Nhiều học sinh hơn số mã học sinh", "more pupils than pupil codes")
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "registry-sandbox.listen", err)
	}
	slog.InfoContext(ctx, "the registry listens", slog.String("address", l.Addr().String()), slog.Int("pupils", nation.Pupils))
	return registry.New(sandbox.New(nation), cfg).Serve(ctx, l)
}
