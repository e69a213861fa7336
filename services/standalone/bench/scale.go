package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
)

// standInPupils bounds the runs whose database is the stand-in, which takes one command at a time.
const standInPupils = 200

// scaled is one run over three brokers. A rate is pupils a second, from the first submission until a stage was through; 0 where the stage had no part.
type scaled struct {
	Run        string  `json:"run"`
	Pupils     int     `json:"pupils"`
	Copies     int     `json:"copies_of_validation"`
	Accepted   float64 `json:"accepted_per_second"`
	Judged     float64 `json:"judged_per_second"`
	Identified float64 `json:"identified_per_second"`
	Published  float64 `json:"published_per_second"`
	// Cores is how many processors were busy during the run, with the shares of brokers, services with their client, and the database where it is a
	// process of its own.
	Cores    float64 `json:"cores"`
	Brokers  float64 `json:"cores_brokers"`
	Services float64 `json:"cores_services"`
	Database float64 `json:"cores_database"`
}

const (
	atOnce    = "all stages at once, SQLite"
	alone     = "validation alone, SQLite"
	processes = "processes, stand-in"
)

// scaleBench measures how far more copies of validation help: with all stages at once, with validation alone on a backlog, and as processes over the
// stand-in of the database; beside them, what the brokers alone take.
func scaleBench(ctx context.Context, pupils int, asJSON bool, w io.Writer) error {
	dir, err := os.MkdirTemp("", "rasoat-scale-")
	if err != nil {
		return fault.Wrap(fault.Unavailable, "bench.scale", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard, LogLevel: slog.LevelWarn})
	if err != nil {
		return err
	}
	s := &scaling{bin: filepath.Join(dir, "bin"), tele: tele}
	if err := cluster.Build(ctx, s.bin); err != nil {
		return err
	}
	if !asJSON {
		scaledHead(w)
	}
	row, err := s.floor(ctx, pupils, dir)
	if err != nil {
		return err
	}
	if err := row.print(w, asJSON); err != nil {
		return err
	}
	runs := []struct {
		name           string
		pupils, copies int
		measure        func(context.Context, *scaled, string) error
	}{
		{atOnce, pupils, 1, s.atOnce},
		{atOnce, pupils, 2, s.atOnce},
		{alone, pupils, 1, s.alone},
		{alone, pupils, 2, s.alone},
		{alone, pupils, 4, s.alone},
		{processes, min(pupils, standInPupils), 1, s.processes},
		{processes, min(pupils, standInPupils), 2, s.processes},
	}
	for i, r := range runs {
		row = &scaled{Run: r.name, Pupils: r.pupils, Copies: r.copies}
		if err := r.measure(ctx, row, filepath.Join(dir, fmt.Sprint("run-", i))); err != nil {
			return err
		}
		if err := row.print(w, asJSON); err != nil {
			return err
		}
	}
	return nil
}

func scaledHead(w io.Writer) {
	_, _ = fmt.Fprintf(w, "pupils a second, from the first submission until the stage was through; processors busy of those there are\n\n%-28s %8s %7s %10s %8s %11s %10s %7s %8s %9s %9s\n",
		"", "pupils", "copies", "accepted", "judged", "identified", "published", "cores", "brokers", "services", "database")
}

func (r *scaled) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return fault.Wrap(fault.Internal, "bench.scale", json.NewEncoder(w).Encode(r))
	}
	rate := func(v float64) string {
		if v == 0 {
			return "-"
		}
		return fmt.Sprintf("%.0f", v)
	}
	_, err := fmt.Fprintf(w, "%-28s %8d %7d %10s %8s %11s %10s %7.2f %8.2f %9.2f %9.2f\n", r.Run, r.Pupils, r.Copies, rate(r.Accepted), rate(r.Judged),
		rate(r.Identified), rate(r.Published), r.Cores, r.Brokers, r.Services, r.Database)
	return fault.Wrap(fault.Internal, "bench.scale", err)
}

// scaling is what the runs share.
type scaling struct {
	bin  string
	tele *telemetry.Telemetry
}

// sample is the nation of a run; no province has to approve, so that nobody is waited for.
func (s *scaling) sample(r *scaled) *demo.Sample { return demo.NewSample(1, r.Pupils, 30) }

// brokers starts three brokers and the population registry, and nothing else.
func (s *scaling) brokers(ctx context.Context, sample *demo.Sample, dir string) (*cluster.Cluster, error) {
	c, err := cluster.Start(ctx, cluster.Config{
		Dir: dir, Bin: s.bin, Sample: sample, MongoURI: "mongodb://nobody.invalid/",
		CopiesOf: map[string]int{"intake": 0, "validation": 0, "matching": 0, "reporting": 0},
	})
	if err != nil {
		return nil, err
	}
	return c, c.Ready(ctx)
}

// processes plays the nation through a cluster of processes over the stand-in.
func (s *scaling) processes(ctx context.Context, r *scaled, dir string) (err error) {
	sample := s.sample(r)
	c, err := cluster.Start(ctx, cluster.Config{Dir: dir, Bin: s.bin, Sample: sample, Copies: 1, CopiesOf: map[string]int{"validation": r.Copies}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := c.Ready(ctx); err != nil {
		return err
	}
	u := startUse(c)
	if err := submitAll(ctx, sample, c.Conn()); err != nil {
		return err
	}
	log, err := c.Log(ctx)
	if err != nil {
		return err
	}
	if err := node.Settle(ctx, log, sample.Drive); err != nil {
		return err
	}
	u.stop(r)
	return stages(ctx, c, r)
}

// stages reads from the streams when each stage was through.
func stages(ctx context.Context, c *cluster.Cluster, r *scaled) error {
	js, err := jetstream.New(c.Broker())
	if err != nil {
		return fault.Wrap(fault.Internal, "bench.stages", err)
	}
	var began time.Time
	for _, s := range []struct {
		stream string
		rate   *float64
	}{{eventlog.Submissions, &r.Accepted}, {eventlog.Verdicts, &r.Judged}, {eventlog.Identities, &r.Identified}, {eventlog.Records, &r.Published}} {
		stream, err := js.Stream(ctx, s.stream)
		if err != nil {
			return fault.Wrap(fault.Unavailable, "bench.stages", err)
		}
		state := stream.CachedInfo().State
		if began.IsZero() {
			began = state.FirstTime
		}
		if state.Msgs > 0 {
			*s.rate = float64(r.Pupils) / state.LastTime.Sub(began).Seconds()
		}
	}
	return nil
}
