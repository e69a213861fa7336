package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// How the progress of the nation is asked for, and for how long.
const (
	asksPerSecond = 20
	askedFor      = time.Minute
)

// progressRow is what was measured of GetProgress for the nation while submissions run.
type progressRow struct {
	Pupils     int     `json:"pupils"`
	Schools    int     `json:"schools"`
	Fill       float64 `json:"fill_seconds"`    // until the nation was judged and published; 0 of a folder that was filled before
	Settle     float64 `json:"summary_seconds"` // from then on until every summary counts everything
	Bytes      int     `json:"answer_bytes"`
	Schoolwise calls   `json:"schools_rows"`   // a row a school
	Provinces  calls   `json:"province_rows"`  // a row a province
	Others     calls   `json:"other_calls"`    // the submissions and lists beside
	Behind     int64   `json:"behind_at_most"` // schools
	HeldMiB    float64 `json:"held_mib"`       // at most, by the whole process, client and nation included
	DiskMB     float64 `json:"disk_mb"`        // log and stores
	StoreMB    float64 `json:"reporting_mb"`   // the store of reporting
}

// progressBench asks for the progress of a nation over gRPC while classes are handed in again and lists are read. A folder keeps the nation for
// the next time.
func progressBench(ctx context.Context, pupils int, folder, profile string, asJSON bool, out io.Writer) error {
	const op = "bench.progress"
	dir := folder
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "rasoat-progress-"); err != nil {
			return fault.Wrap(fault.Unavailable, op, err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
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
	r := &progressRow{Pupils: pupils, Schools: len(sample.Drive.Schools)}
	err = errors.Join(r.measure(ctx, sample, n, who, filepath.Join(dir, "filled"), profile), n.Stop())
	if err != nil {
		return err
	}
	r.DiskMB, r.StoreMB = sizeMB(dir, ""), sizeMB(dir, "reporting.sqlite")
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.print(out)
}

func (r *progressRow) print(out io.Writer) error {
	_, err := fmt.Fprintf(out, "GetProgress of the nation, %d pupils at %d schools (filled in %.0f s, summed up %.1f s later), answer %d bytes\n"+
		"  a row a school:   %d calls, %d failed, median %.1f ms, p99 %.1f ms, slowest %.1f ms\n"+
		"  a row a province: %d calls, %d failed, median %.1f ms, p99 %.1f ms, slowest %.1f ms\n"+
		"  beside: %d submissions and lists, %d failed, median %.1f ms, p99 %.1f ms; at most %d schools behind\n"+
		"  memory %.0f MiB, disk %.0f MB, of that the store of reporting %.0f MB\n",
		r.Pupils, r.Schools, r.Fill, r.Settle, r.Bytes,
		r.Schoolwise.N, r.Schoolwise.Failed, r.Schoolwise.Median, r.Schoolwise.P99, r.Schoolwise.Slowest,
		r.Provinces.N, r.Provinces.Failed, r.Provinces.Median, r.Provinces.P99, r.Provinces.Slowest,
		r.Others.N, r.Others.Failed, r.Others.Median, r.Others.P99, r.Behind, r.HeldMiB, r.DiskMB, r.StoreMB)
	return err
}

func (r *progressRow) measure(ctx context.Context, sample *demo.Sample, n *node.Node, who *actors.Actors, filled, profile string) error {
	if err := r.fill(ctx, sample, n, who, filled); err != nil {
		return err
	}
	conn, err := who.Dial(n.GRPCAddr())
	if err != nil {
		return err
	}
	defer conn.Close()
	client := reportingpb.NewReportingServiceClient(conn)
	began := time.Now()
	for line := rate.NewLimiter(2, 1); ; {
		if err := line.Wait(ctx); err != nil {
			return fault.Wrap("", "bench.progress", err)
		}
		resp, err := client.GetProgress(ctx, &reportingpb.GetProgressRequest{})
		if err != nil {
			return err
		}
		if resp.GetBehind() == 0 {
			break
		}
	}
	r.Settle = time.Since(began).Seconds()
	resetPeak()
	asking, stop := context.WithTimeout(ctx, askedFor)
	defer stop()
	g, asking := errgroup.WithContext(asking)
	prefix := "progress-" + strconv.FormatInt(time.Now().Unix(), 10)
	g.Go(func() error { return load(asking, conn, sample, prefix, &r.Others) })
	g.Go(func() error { return r.ask(asking, conn) })
	err = profiled(profile, g.Wait)
	r.HeldMiB = peak()
	return err
}

// fill hands in the nation, unless a folder has it.
func (r *progressRow) fill(ctx context.Context, sample *demo.Sample, n *node.Node, who *actors.Actors, filled string) error {
	const op = "bench.progress"
	of, err := os.ReadFile(filled)
	switch {
	case err == nil && string(of) == strconv.Itoa(r.Pupils):
		return node.Settle(ctx, n.Log(), sample.Drive)
	case err == nil:
		return fault.New(fault.Invalid, op, "Thư mục này có "+string(of)+" học sinh.", "the folder holds "+string(of)+" pupils: give that number, or another folder")
	case !errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(fault.Unavailable, op, err)
	}
	row := &row{Pupils: r.Pupils}
	if err := pipeline(ctx, sample, n, who, row); err != nil {
		return err
	}
	r.Fill = row.Seconds
	return fault.Wrap(fault.Unavailable, op, os.WriteFile(filled, []byte(strconv.Itoa(r.Pupils)), 0o600))
}

// ask asks in turn for a row a school and a row a province.
func (r *progressRow) ask(ctx context.Context, conn *grpc.ClientConn) error {
	client, line := reportingpb.NewReportingServiceClient(conn), rate.NewLimiter(asksPerSecond, 1)
	for round := 0; line.Wait(ctx) == nil; round++ {
		c := &r.Schoolwise
		if round%2 == 1 {
			c = &r.Provinces
		}
		began := time.Now()
		resp, err := client.GetProgress(ctx, &reportingpb.GetProgressRequest{ByProvince: round%2 == 1})
		if ctx.Err() != nil {
			break
		}
		c.note(began, err)
		if err == nil && !resp.GetConserved() {
			return fault.Internalf("bench.progress", "the report does not add up")
		}
		if r.Behind = max(r.Behind, resp.GetBehind()); round == 0 {
			r.Bytes = proto.Size(resp)
		}
	}
	r.Schoolwise.sum()
	r.Provinces.sum()
	return nil
}

// sizeMB is what the files of a folder take whose names begin like this.
func sizeMB(dir, prefix string) float64 {
	total := int64(0)
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // what cannot be read is not counted
		if err == nil && !d.IsDir() && strings.HasPrefix(d.Name(), prefix) {
			if info, err := d.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil
	})
	return float64(total) / 1e6
}
