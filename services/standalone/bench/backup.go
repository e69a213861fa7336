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

	"github.com/rasoat/rasoat/services/internal/backup"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

// backupRow is what was measured of a backup while classes are handed in and lists are read, and of its restore into an empty node.
type backupRow struct {
	Pupils   int                `json:"pupils"`
	Fill     float64            `json:"fill_seconds"`
	Held     float64            `json:"held_mb"`    // on disk, of log and stores, before the backup
	Size     float64            `json:"size_mb"`    // of the backup
	Backup   map[string]float64 `json:"backup_s"`   // by step, and "" for the whole
	Restore  map[string]float64 `json:"restore_s"`  // the same
	CatchUp  float64            `json:"catch_up_s"` // from the start after the restore until nothing is under way
	Before   calls              `json:"calls_before"`
	During   calls              `json:"calls_during"` // while the backup is taken
	PeakMiB  float64            `json:"peak_mib"`     // of the whole process during the backup
	Records  int                `json:"records"`
	SameEnds bool               `json:"same_content"` // the records after the restore are those of the log that was saved, or newer versions of them
}

// backupBench fills a node, saves it under load, puts it back elsewhere and has the log bring it up to date.
func backupBench(ctx context.Context, pupils int, asJSON bool, out io.Writer) error {
	dir, err := os.MkdirTemp("", "rasoat-backup-")
	if err != nil {
		return fault.Wrap(fault.Unavailable, "bench.backup", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: io.Discard, LogLevel: slog.LevelWarn})
	if err != nil {
		return err
	}
	who, err := actors.In(dir)
	if err != nil {
		return err
	}
	b := &backupBenched{sample: demo.NewSample(1, pupils, 30), dir: dir, tele: tele, who: who, row: &backupRow{Pupils: pupils}}
	if err := b.take(ctx); err != nil {
		return err
	}
	if err := b.give(ctx); err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(b.row)
	}
	return b.row.print(out)
}

type backupBenched struct {
	sample *demo.Sample
	dir    string
	tele   *telemetry.Telemetry
	who    *actors.Actors
	row    *backupRow
	digest string
}

func untold(string, string, int64, int64) {}

// take fills the first node and saves it while others work with it. What they hand in is what the node has, so the records stay the same.
func (b *backupBenched) take(ctx context.Context) (err error) {
	from := filepath.Join(b.dir, "from")
	n, err := startNode(ctx, b.sample, from, b.tele, b.who)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Stop()) }()
	filled := &row{Pupils: b.row.Pupils}
	if err := pipeline(ctx, b.sample, n, b.who, filled); err != nil {
		return err
	}
	b.row.Fill = filled.Seconds
	if b.row.Records, b.digest, err = standing(ctx, n); err != nil {
		return err
	}
	conn, err := b.who.Dial(n.GRPCAddr())
	if err != nil {
		return err
	}
	defer conn.Close()
	baseline, stop := context.WithTimeout(ctx, baselineFor)
	defer stop()
	if err := load(baseline, conn, b.sample, "before", &b.row.Before); err != nil {
		return err
	}
	b.row.Held = onDisk(from)
	during, stop := context.WithCancel(ctx)
	defer stop()
	loaded := make(chan error, 1)
	go func() { loaded <- load(during, conn, b.sample, "during", &b.row.During) }()
	resetPeak()
	began := time.Now()
	m, err := backup.Take(ctx, backup.System{Conn: n.Conn(), Processes: []grpc.ClientConnInterface{conn}}, b.saved(), untold)
	took := time.Since(began)
	b.row.PeakMiB = peak()
	stop()
	if err := errors.Join(err, <-loaded); err != nil {
		return err
	}
	b.row.Backup, b.row.Size = m.Seconds, float64(m.Size())/1e6
	b.row.Backup[""] = took.Seconds()
	return nil
}

func (b *backupBenched) saved() string { return filepath.Join(b.dir, "saved") }

// give puts the backup into an empty node, and starts it.
func (b *backupBenched) give(ctx context.Context) (err error) {
	to := filepath.Join(b.dir, "to")
	held, err := startNode(ctx, b.sample, to, b.tele, b.who, func(c *node.Config) { c.Hold = true })
	if err != nil {
		return err
	}
	conn, err := b.who.Dial(held.GRPCAddr())
	if err != nil {
		return errors.Join(err, held.Stop())
	}
	began := time.Now()
	restored, err := backup.Give(ctx, backup.System{Conn: held.Conn(), Processes: []grpc.ClientConnInterface{conn}}, b.saved(), backup.Options{}, untold)
	took := time.Since(began)
	if err := errors.Join(err, conn.Close(), held.Stop()); err != nil {
		return err
	}
	b.row.Restore = restored.Seconds
	b.row.Restore[""] = took.Seconds()

	began = time.Now()
	n, err := startNode(ctx, b.sample, to, b.tele, b.who)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Stop()) }()
	if err := node.Settle(ctx, n.Log(), b.sample.Drive); err != nil {
		return err
	}
	b.row.CatchUp = time.Since(began).Seconds()
	records, digest, err := standing(ctx, n)
	b.row.SameEnds = digest == b.digest && records == b.row.Records
	return err
}

// standing counts what exam registration would hold, and sums it up.
func standing(ctx context.Context, n *node.Node) (int, string, error) {
	exam, err := demo.Subscribe(ctx, n.Conn())
	if err != nil {
		return 0, "", err
	}
	defer exam.Stop()
	if err := exam.CatchUp(ctx); err != nil {
		return 0, "", err
	}
	return exam.Count().Distinct, exam.Count().Content, nil
}

// onDisk is how much lies in a folder, in MB.
func onDisk(dir string) float64 {
	size := int64(0)
	_ = filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error { // files come and go meanwhile
		if err == nil && entry.Type().IsRegular() {
			if info, err := entry.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return float64(size) / 1e6
}

func (r *backupRow) print(out io.Writer) error {
	steps := func(seconds map[string]float64) string {
		text := fmt.Sprintf("%.1f s", seconds[""])
		for _, step := range []string{backup.Verifying, backup.Flooring, backup.Saving, backup.Taking, backup.Giving, backup.Loading} {
			if s, ok := seconds[step]; ok {
				text += fmt.Sprintf(", %s %.1f", step, s)
			}
		}
		return text
	}
	_, err := fmt.Fprintf(out, "%d pupils (filled in %.0f s), %d records, %.0f MB on disk\n  backup: %s; %.0f MB; memory of the process at most %.0f MiB\n"+
		"  calls before: %d, %d failed, median %.1f ms, p99 %.1f ms, slowest %.1f ms\n  calls during: %d, %d failed, median %.1f ms, p99 %.1f ms, slowest %.1f ms\n"+
		"  restore: %s; then until nothing was under way %.1f s; the same records: %v\n",
		r.Pupils, r.Fill, r.Records, r.Held, steps(r.Backup), r.Size, r.PeakMiB,
		r.Before.N, r.Before.Failed, r.Before.Median, r.Before.P99, r.Before.Slowest,
		r.During.N, r.During.Failed, r.During.Median, r.During.P99, r.During.Slowest, steps(r.Restore), r.CatchUp, r.SameEnds)
	if err == nil && !r.SameEnds {
		err = fault.Internalf("bench.backup", "the records after the restore are not those before it")
	}
	return err
}
