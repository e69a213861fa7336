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
	"slices"
	"strings"
	"sync"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	operatorpb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
)

// The load beside a rebuild: classes handed in a second, each part of them a call, and lists of a school read by others.
const (
	classesPerSecond = 2
	listsPerSecond   = 20
	baselineFor      = 20 * time.Second
)

// rebuildRow is what was measured of a rebuild while submissions run.
type rebuildRow struct {
	Service   string           `json:"service"`
	Pupils    int              `json:"pupils"`
	Fill      float64          `json:"fill_seconds"` // until the nation was judged and published
	Seconds   float64          `json:"seconds"`
	Steps     map[string]int64 `json:"step_ms"`
	Differing int64            `json:"differing"`
	Switched  bool             `json:"switched"`
	Before    calls            `json:"calls_before"` // the same load without a rebuild
	During    calls            `json:"calls_during"`
	HeldMiB   float64          `json:"held_mib"` // by the process before, client and nation included
	PeakMiB   float64          `json:"peak_mib"` // during the rebuild
	DiskMB    float64          `json:"disk_mb"`  // of the service's store after it
}

// calls are those of the load.
type calls struct {
	mu        sync.Mutex
	durations []time.Duration
	N         int     `json:"n"`
	Failed    int     `json:"failed"`
	Median    float64 `json:"median_ms"`
	P99       float64 `json:"p99_ms"`
	Slowest   float64 `json:"slowest_ms"`
}

func (c *calls) note(began time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.durations = append(c.durations, time.Since(began))
	if err != nil {
		c.Failed++
	}
}

func (c *calls) sum() {
	slices.Sort(c.durations)
	ms := func(i int) float64 { return float64(c.durations[i].Microseconds()) / 1000 }
	if c.N = len(c.durations); c.N > 0 {
		c.Median, c.P99, c.Slowest = ms(c.N/2), ms(c.N*99/100), ms(c.N-1)
	}
}

// rebuildBench fills a node with a nation and rebuilds a service of it while classes are handed in again and lists are read.
func rebuildBench(ctx context.Context, service string, pupils int, profile string, asJSON bool, out io.Writer) error {
	dir, err := os.MkdirTemp("", "rasoat-rebuild-")
	if err != nil {
		return fault.Wrap(fault.Unavailable, "bench.rebuild", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard, LogLevel: slog.LevelWarn})
	if err != nil {
		return err
	}
	sample := demo.NewSample(1, pupils, 30)
	who, err := actors.In(dir)
	if err != nil {
		return err
	}
	n, err := startNode(ctx, sample, dir, tele, who)
	if err != nil {
		return err
	}
	row := &rebuildRow{Service: service, Pupils: pupils, Steps: map[string]int64{}}
	err = errors.Join(row.measure(ctx, sample, n, who, profile), n.Stop())
	if err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Join(dir, service+".sqlite")); err == nil {
		row.DiskMB = float64(info.Size()) / 1e6
	}
	if asJSON {
		return json.NewEncoder(out).Encode(row)
	}
	return row.print(out)
}

func (r *rebuildRow) print(out io.Writer) error {
	_, err := fmt.Fprintf(out, "rebuild of %s, %d pupils (filled in %.0f s): %.1f s, %d documents differ, switched %v; ms by step %v\n"+
		"  calls before: %d, %d failed, median %.1f ms, p99 %.1f ms, slowest %.1f ms\n  calls during: %d, %d failed, median %.1f ms, p99 %.1f ms, slowest %.1f ms\n"+
		"  memory %.0f MiB before, at most %.0f MiB during; store %.0f MB\n",
		r.Service, r.Pupils, r.Fill, r.Seconds, r.Differing, r.Switched, r.Steps,
		r.Before.N, r.Before.Failed, r.Before.Median, r.Before.P99, r.Before.Slowest,
		r.During.N, r.During.Failed, r.During.Median, r.During.P99, r.During.Slowest, r.HeldMiB, r.PeakMiB, r.DiskMB)
	return err
}

func (r *rebuildRow) measure(ctx context.Context, sample *demo.Sample, n *node.Node, who *actors.Actors, profile string) error {
	filled := &row{Pupils: r.Pupils}
	if err := pipeline(ctx, sample, n, who, filled); err != nil {
		return err
	}
	r.Fill = filled.Seconds
	conn, err := who.Dial(n.GRPCAddr())
	if err != nil {
		return err
	}
	defer conn.Close()

	baseline, stop := context.WithCancel(ctx)
	defer stop()
	time.AfterFunc(baselineFor, stop)
	if err := load(baseline, conn, sample, "before", &r.Before); err != nil {
		return err
	}
	resetPeak()
	r.HeldMiB = peak()
	during, stop := context.WithCancel(ctx)
	defer stop()
	g, during := errgroup.WithContext(during)
	g.Go(func() error { return load(during, conn, sample, "during", &r.During) })
	began := time.Now()
	err = profiled(profile, func() error { return r.rebuild(ctx, conn) })
	r.Seconds = time.Since(began).Seconds()
	r.PeakMiB = peak()
	stop()
	return errors.Join(err, g.Wait())
}

// rebuild asks for the rebuild and times its steps.
func (r *rebuildRow) rebuild(ctx context.Context, conn *grpc.ClientConn) error {
	stream, err := operatorpb.NewOperatorServiceClient(conn).Rebuild(ctx, &operatorpb.RebuildRequest{Service: r.Service})
	if err != nil {
		return err
	}
	step, since := "waiting", time.Now()
	for {
		at, err := stream.Recv()
		if err != nil {
			return err
		}
		if at.GetStep() != step {
			r.Steps[step] += time.Since(since).Milliseconds()
			step, since = at.GetStep(), time.Now()
		}
		if at.GetDone() {
			r.Differing, r.Switched = at.GetDiffering(), at.GetSwitched()
			return nil
		}
	}
}

// load hands in classes again and reads lists of schools until ctx ends.
func load(ctx context.Context, conn *grpc.ClientConn, sample *demo.Sample, prefix string, c *calls) error {
	g, ctx := errgroup.WithContext(ctx)
	schools := sample.Nation.Schools()
	g.Go(func() error {
		client, line := intakepb.NewIntakeServiceClient(conn), rate.NewLimiter(classesPerSecond, 1)
		for round := 0; line.Wait(ctx) == nil; round++ {
			i := round % len(schools)
			for _, sub := range again(sample, i, round/len(schools)%len(sample.Nation.Classes(i)), fmt.Sprintf("%s-%d", prefix, round)) {
				began := time.Now()
				if _, err := client.Submit(ctx, &intakepb.SubmitRequest{Submission: sub}); ctx.Err() == nil {
					c.note(began, err)
				}
			}
		}
		return nil
	})
	g.Go(func() error {
		client, line := reportingpb.NewReportingServiceClient(conn), rate.NewLimiter(listsPerSecond, 1)
		for round := 0; line.Wait(ctx) == nil; round++ {
			s, began := schools[round%len(schools)], time.Now()
			if _, err := client.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: s.Province + "/" + s.Code, PageSize: 50}); ctx.Err() == nil {
				c.note(began, err)
			}
		}
		return nil
	})
	err := g.Wait()
	c.sum()
	return err
}

// again is what a class reported, as new submissions, one of each kind.
func again(sample *demo.Sample, school, class int, id string) []*intakepb.Submission {
	s := sample.Nation.Schools()[school]
	byKind := map[student.Kind]*intakepb.Submission{}
	for _, r := range sample.Nation.ClassRecords(school, class) {
		kind := r.Part.Kind()
		if byKind[kind] == nil {
			byKind[kind] = &intakepb.Submission{Id: id + "-" + string(kind), Drive: sample.Drive.ID, Province: s.Province, School: s.Code, Kind: wire.ToKind(kind)}
		}
		if in := byKind[kind]; len(in.Records) < 200 {
			in.Records = append(in.Records, wire.ToRecord(r))
		}
	}
	out := make([]*intakepb.Submission, 0, len(byKind))
	for _, sub := range byKind {
		out = append(out, sub)
	}
	slices.SortFunc(out, func(a, b *intakepb.Submission) int { return strings.Compare(a.GetId(), b.GetId()) })
	return out
}

// resetPeak has the system forget the most memory that this process ever held.
func resetPeak() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600) // where there is no such file the peak stays that of the whole run
}
