// Command registry-sandbox serves the population registry of a synthetic nation, to test against. The same seed and
// number of pupils give the same people as everywhere else.
package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
)

func main() {
	run.Main(func(ctx context.Context) error { return command(ctx, os.Args[1:], os.Stdout) })
}

// settings are what the operator decides.
type settings struct {
	listen string
	nation sandbox.Config
	cfg    registry.Config
}

func command(ctx context.Context, args []string, out io.Writer) error {
	var w settings
	s := w.declare()
	if err := s.Parse(args, out); err != nil {
		return err
	}
	if err := w.check(s); err != nil {
		return err
	}
	l, err := run.Listen("listen", w.listen)
	if err != nil {
		return err
	}
	return w.serve(ctx, l)
}

func (w *settings) declare() *run.Settings {
	s := &run.Settings{
		Program: "registry-sandbox", Prefix: "RASOAT_REGISTRY",
		About: fault.Text{
			Vi: "CSDL dân cư gồm những người không có thật, để thử.", En: "A population registry of synthetic people, to test against. It shows no real registry's load or manners.",
		},
		Examples: []string{
			"registry-sandbox --seed 3 --pupils 400",
			"registry-sandbox --delay 20ms --questions 900 --failing 7",
			"registry-sandbox --config sandbox.yaml --print-config",
		},
	}
	b := &w.cfg.Behaviour
	s.Group("Door")
	s.String(&w.listen, "listen", "ADDRESS", "127.0.0.1:7480", "where gRPC listens")
	s.Group("Nation")
	s.Uint64(&w.nation.Seed, "seed", 1, "seed of the nation")
	s.Int(&w.nation.Pupils, "pupils", 2000, "pupils of grade 12")
	s.Int(&w.nation.Faults, "faults", sandbox.DefaultFaults, "pupils in a thousand of whom something wrong is reported, whom the registry knows otherwise; negative for none")
	s.Group("Behaviour")
	s.Bool(&b.Away, "away", "refuse every call")
	s.Duration(&b.Delay, "delay", 0, "time added to each call")
	s.Int(&b.CallsPerSecond, "rate", 0, "calls a second; 0 for no limit")
	s.Int(&b.QuestionsPerSecond, "questions", 0, "claims and numbers a second, and the most in one call; 0 for no limit")
	s.Int(&b.FailingPerMille, "failing", 0, "failing calls in a thousand")
	s.Bool(&b.VerifyOnly, "verify-only", "refuse lookups")
	s.Int(&b.MalformedPerMille, "malformed", 0, "calls in a thousand that lack their first answer")
	s.Int(&b.OtherPersonPerMille, "other-person", 0, "lookups in a thousand with an answer about a person who was not asked about")
	s.Bool(&w.cfg.IgnoreAccents, "ignore-accents", "compare names without their marks")
	return s
}

// check fails with Invalid for a nation or a behaviour that cannot be, and names the setting.
func (w *settings) check(s *run.Settings) error {
	wrong := func(name, vi, en string) error { return s.Wrong(name, fault.New(fault.Invalid, "", vi, en)) }
	b := w.cfg.Behaviour
	if w.nation.Pupils < 0 || w.nation.Pupils > sandbox.MaxPupils {
		return wrong("pupils", "Số học sinh âm hoặc nhiều hơn số mã học sinh.", "it is below 0, or more than there are pupil codes")
	}
	if b.Delay < 0 {
		return wrong("delay", "Không được âm.", "it may not be below 0")
	}
	for name, n := range map[string]int{"rate": b.CallsPerSecond, "questions": b.QuestionsPerSecond} {
		if n < 0 {
			return wrong(name, "Không được âm.", "it may not be below 0")
		}
	}
	for name, share := range map[string]int{"failing": b.FailingPerMille, "malformed": b.MalformedPerMille, "other-person": b.OtherPersonPerMille} {
		if share < 0 || share > 1000 {
			return wrong(name, "Là phần nghìn, từ 0 đến 1000.", "it is a share in a thousand, from 0 to 1000")
		}
	}
	return nil
}

// serve serves on a listener, which it closes, until ctx ends.
func (w *settings) serve(ctx context.Context, l net.Listener) error {
	slog.InfoContext(ctx, "the registry listens", slog.String("address", l.Addr().String()), slog.Int("pupils", w.nation.Pupils))
	return registry.New(sandbox.New(w.nation), w.cfg).Serve(ctx, l)
}
