package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

// watch looks on from outside, as operators do: the metrics and probes of the services, the backlog, the report.
type watch struct {
	c     *cluster.Cluster
	log   *eventlog.Log
	drive *drive.Drive
	conn  grpc.ClientConnInterface
	stop  func()

	mu       sync.Mutex
	lag      map[string]float64 // the largest, by durable
	paused   map[string]bool    // "matching-1"
	unready  map[string]bool
	silent   map[string]bool // that did not answer at all
	backlog  []sample
	reports  int
	sum      bool // every report added up
	answered int
}

// sample is how much was under way at a moment.
type sample struct {
	at      time.Time
	pending uint64
}

func beginWatch(ctx context.Context, c *cluster.Cluster, log *eventlog.Log, d *drive.Drive, conn grpc.ClientConnInterface) *watch {
	w := &watch{c: c, log: log, drive: d, conn: conn, sum: true,
		lag: map[string]float64{}, paused: map[string]bool{}, unready: map[string]bool{}, silent: map[string]bool{}}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	for every, look := range map[time.Duration]func(context.Context){500 * time.Millisecond: w.measure, time.Second: w.services, 1500 * time.Millisecond: w.report} {
		all.Go(func() { repeat(ctx, every, look) })
	}
	w.stop = func() { cancel(); all.Wait() }
	return w
}

func repeat(ctx context.Context, every time.Duration, look func(context.Context)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// measure notes how much is under way; a broker that does not answer leaves no note.
func (w *watch) measure(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	n, err := node.Pending(ctx, w.log, w.drive)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.backlog = append(w.backlog, sample{time.Now(), n})
}

// report reads the report and adds it up.
func (w *watch) report(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	resp, err := reportingpb.NewReportingServiceClient(w.conn).GetProgress(ctx, &reportingpb.GetProgressRequest{ByClass: true})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reports++
	if err == nil {
		w.answered++
		w.sum = w.sum && resp.GetConserved() && addsUp(resp)
	}
}

// services reads the metrics and probes of every service that runs.
func (w *watch) services(ctx context.Context) {
	var all sync.WaitGroup
	for _, p := range w.c.Processes() {
		if p.HTTPAddr() == "" || strings.HasPrefix(p.Name(), "nats-") || !p.Alive() {
			continue
		}
		all.Go(func() {
			text, code := get(ctx, "http://"+p.HTTPAddr()+"/metrics")
			_, ready := get(ctx, "http://"+p.HTTPAddr()+"/readyz")
			w.mu.Lock()
			defer w.mu.Unlock()
			switch {
			case ctx.Err() != nil || !p.Alive():
			case code == 0 || ready == 0:
				w.silent[p.Name()] = true
			case ready != http.StatusOK:
				w.unready[p.Name()] = true
			}
			for m := range seriesOf(text) {
				switch {
				case m.name == "rasoat_consumer_lag":
					w.lag[m.labels["durable"]] = max(w.lag[m.labels["durable"]], m.value)
				case m.name == "rasoat_consumer_paused" && m.value > 0:
					w.paused[p.Name()] = true
				}
			}
		})
	}
	all.Wait()
}

// caughtUp returns the first moment after another at which no more was under way than usual; false when there was none.
func (w *watch) caughtUp(after time.Time, usual uint64) (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.backlog {
		if s.at.After(after) && s.pending <= usual {
			return s.at, true
		}
	}
	return time.Time{}, false
}

// usual is the most that was under way until now, but not less than a few.
func (w *watch) usual() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	most := uint64(20)
	for _, s := range w.backlog {
		most = max(most, s.pending)
	}
	return most
}

// said is what metrics and probes told.
func (w *watch) said() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	durable, most := "", 0.
	for d, n := range w.lag {
		if n > most {
			durable, most = d, n
		}
	}
	out = append(out, fmt.Sprintf("lag up to %.0f (%s)", most, durable))
	for _, is := range []struct {
		how string
		who map[string]bool
	}{{"paused", w.paused}, {"not ready", w.unready}, {"silent", w.silent}} {
		if len(is.who) > 0 {
			out = append(out, is.how+": "+strings.Join(slices.Sorted(maps.Keys(is.who)), ", "))
		}
	}
	return out
}
