package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// row is what was measured of one size.
type row struct {
	Pupils     int     `json:"pupils"`
	Seconds    float64 `json:"seconds"` // from the first submission until all was judged and published
	Rate       float64 `json:"pupils_per_second"`
	LogFloor   float64 `json:"log_floor_per_second"`   // the same bytes into JetStream, in atomic batches, synced
	StoreFloor float64 `json:"store_floor_per_second"` // the same facets into SQLite, synced
	Ratio      float64 `json:"ratio"`                  // of the pipeline to the slower floor
	CPU        float64 `json:"cpu_ms_per_pupil"`       // of the whole process, client and nation included
	PeakMiB    float64 `json:"peak_mib"`               // of the pipeline with its client and its nation
	Records    int     `json:"records"`
	LogMB      float64 `json:"log_mb"`
}

// measure runs the pipeline on a nation of some pupils, then its floors.
func measure(ctx context.Context, pupils int, profile string) (*row, error) {
	dir, err := os.MkdirTemp("", "rasoat-bench-")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "bench.measure", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard, LogLevel: slog.LevelWarn})
	if err != nil {
		return nil, err
	}
	sample := demo.NewSample(1, pupils, 30)
	r := &row{Pupils: pupils}
	data := filepath.Join(dir, "node")
	who, err := actors.In(data)
	if err != nil {
		return nil, err
	}
	n, err := startNode(ctx, sample, data, tele, who)
	if err != nil {
		return nil, err
	}
	if err := profiled(profile, func() error { return pipeline(ctx, sample, n, who, r) }); err != nil {
		return nil, err
	}
	r.PeakMiB = peak()
	if err := n.Stop(); err != nil {
		return nil, err
	}
	if r.LogFloor, r.LogMB, err = logFloor(ctx, filepath.Join(data, "nats"), filepath.Join(dir, "floor"), pupils); err != nil {
		return nil, err
	}
	if r.StoreFloor, err = storeFloor(ctx, data, filepath.Join(dir, "floor"), pupils); err != nil {
		return nil, err
	}
	r.Ratio = r.Rate / min(r.LogFloor, r.StoreFloor)
	return r, nil
}

// profiled runs f and writes a CPU profile of it into a file; "" for none.
func profiled(file string, f func() error) error {
	if file == "" {
		return f()
	}
	out, err := os.Create(file)
	if err != nil {
		return fault.Wrap(fault.Invalid, "bench.profile", err)
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return fault.Wrap(fault.Internal, "bench.profile", err)
	}
	defer pprof.StopCPUProfile()
	return f()
}

func startNode(ctx context.Context, sample *demo.Sample, dir string, tele *telemetry.Telemetry, who *actors.Actors, change ...func(*node.Config)) (*node.Node, error) {
	address, err := sample.ServeRegistry(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	conn, err := rpc.Dial(address)
	if err != nil {
		return nil, err
	}
	cfg := node.Config{
		Dir: dir, GRPCListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", NATSPort: -1,
		Drive: sample.Drive, Key: sample.Key, Registry: registrypb.NewRegistryServiceClient(conn), Telemetry: tele,
		Access: who.Verifier, Token: who.Service(),
	}
	for _, c := range change {
		c(&cfg)
	}
	return node.Start(ctx, cfg)
}

// schools is how many schools submit at once.
const schools = 4

// pipeline submits the nation through the gRPC door, with exam registration listening, until nothing is under way.
func pipeline(ctx context.Context, sample *demo.Sample, n *node.Node, who *actors.Actors, r *row) error {
	conn, err := who.Dial(n.GRPCAddr())
	if err != nil {
		return err
	}
	defer conn.Close()
	exam, err := demo.Subscribe(ctx, n.Conn())
	if err != nil {
		return err
	}
	defer exam.Stop()
	began, cpu := time.Now(), spent()
	if err := submitAll(ctx, sample, conn); err != nil {
		return err
	}
	if err := node.Settle(ctx, n.Log(), sample.Drive); err != nil {
		return err
	}
	if err := exam.CatchUp(ctx); err != nil {
		return err
	}
	r.Seconds = time.Since(began).Seconds()
	r.Rate = float64(r.Pupils) / r.Seconds
	r.CPU = float64((spent() - cpu).Microseconds()) / 1000 / float64(r.Pupils)
	r.Records = exam.Count().Distinct
	return nil
}

// submitAll hands in what every school reports, some schools at once, over one stream each.
func submitAll(ctx context.Context, sample *demo.Sample, conn grpc.ClientConnInterface) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(schools)
	for i, school := range sample.Nation.Schools() {
		g.Go(func() error {
			client := portal.Client{Intake: intakepb.NewIntakeServiceClient(conn)}
			sender := portal.Sender{Drive: sample.Drive.ID, Province: school.Province, School: school.Code}
			summary := &portal.Summary{}
			err := client.Submit(ctx, portal.Batches(reported(sample, i), sender, summary.Note), summary)
			if err == nil && summary.Refused > 0 {
				err = fault.Internalf("bench.pipeline", "%d records refused", summary.Refused)
			}
			return err
		})
	}
	return g.Wait()
}

// reported returns what a school reports, class by class.
func reported(s *demo.Sample, school int) portal.Source {
	return func(yield func(portal.Entry, error) bool) {
		for c, class := range s.Nation.Classes(school) {
			e := portal.Entry{Origin: portal.Place(class.Name)}
			for _, r := range s.Nation.ClassRecords(school, c) {
				e.Records = append(e.Records, wire.ToRecord(r))
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// spent is the processor time that this process has used.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most memory that this process ever held, in MiB.
func peak() float64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kb / 1024
		}
	}
	return 0
}
