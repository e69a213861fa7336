package server

import (
	"context"
	"errors"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/reporting/export"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// How old the counts that are shown may be, and how long reading them may take.
const (
	countsEvery  = 15 * time.Second
	countsWithin = 2 * time.Second
)

// pupilCounts is the view that the metrics show.
type pupilCounts struct {
	mu    sync.Mutex
	asked time.Time
	view  *view // nil while nobody knows
}

// newest returns the view that callers share, if somebody asks anyway; else one of its own, read from the summaries. No pupil is counted for it.
func (p *pupilCounts) newest(ctx context.Context, s *Server) *view {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) < countsEvery {
		return p.view
	}
	p.asked = time.Now()
	if v := s.snapshot.peek(); v != nil {
		p.view = v
		return v
	}
	ctx, cancel := context.WithTimeout(ctx, countsWithin)
	defer cancel()
	v, err := s.look(ctx, p.view)
	if err != nil {
		v = nil // old counts would look like a night in which nothing comes
	}
	p.view = v
	return v
}

// watchCounts shows how many pupils each province has, by window and status, until the function that it gives is called. Every copy shows the
// same: take the largest, not the sum.
func (s *Server) watchCounts() (stop func(), err error) {
	meter := otel.Meter("github.com/rasoat/rasoat/services/reporting/server")
	pupils, err := meter.Int64ObservableGauge("rasoat.pupils", metric.WithDescription("expected pupils by province, window and status"))
	expected, err2 := meter.Int64ObservableGauge("rasoat.pupils.expected", metric.WithDescription("expected pupils by province and window"))
	closes, err3 := meter.Int64ObservableGauge("rasoat.window.closes_at", metric.WithDescription("when a window closes by the drive, as Unix time"))
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, fault.Wrap(fault.Internal, "reporting.metrics", err)
	}
	var shown pupilCounts
	r, err := meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		for _, w := range s.drive.Windows {
			o.ObserveInt64(closes, w.Closes.Unix(), metric.WithAttributes(attribute.String("window", w.ID)))
		}
		for _, row := range s.byProvince(shown.newest(ctx, s).short()) {
			for _, c := range row.GetWindows() {
				of := []attribute.KeyValue{attribute.String("province", row.GetProvince()), attribute.String("window", c.GetWindow())}
				o.ObserveInt64(expected, c.GetExpected(), metric.WithAttributes(of...))
				for status, n := range byStatus(c) {
					if status := reporting.Status(status); status != reporting.NotExpected {
						o.ObserveInt64(pupils, n, metric.WithAttributes(append(of, attribute.String("status", export.StatusCodes[status]))...))
					}
				}
			}
		}
		return nil
	}, pupils, expected, closes)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "reporting.metrics", err)
	}
	return func() { _ = r.Unregister() }, nil
}

// short returns the rows without their classes; none of no view.
func (v *view) short() []*pb.SchoolProgress {
	if v == nil {
		return nil
	}
	rows := make([]*pb.SchoolProgress, len(v.rows))
	for i, r := range v.rows {
		rows[i] = r.short
	}
	return rows
}

// peek returns the newest view if somebody asks anyway, without asking.
func (c *snapshot) peek() *view {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}
