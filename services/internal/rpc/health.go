package rpc

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

const (
	readyTimeout = 2 * time.Second // how long Ready may take
	readyEvery   = time.Second     // how often those who watch are told
)

// readiness answers grpc.health.v1 (per service by its name, and "" for all) and /readyz. Check and
// /readyz ask Ready there and then; Watch is told once a second.
type readiness struct {
	*health.Server
	services []Service
	log      *slog.Logger
	stopping atomic.Bool
}

func newReadiness(services []Service, log *slog.Logger) *readiness {
	r := &readiness{Server: health.NewServer(), services: services, log: log}
	r.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	for _, s := range services {
		r.SetServingStatus(s.Name(), grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	}
	return r
}

// Check asks Ready and answers.
func (r *readiness) Check(ctx context.Context, req *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	r.refresh(ctx)
	return r.Server.Check(ctx, req)
}

// refresh asks every service, sets the statuses and gives the names of those that are not ready.
func (r *readiness) refresh(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	var missing []string
	for _, s := range r.services {
		status := grpc_health_v1.HealthCheckResponse_SERVING
		if err := s.Ready(ctx); err != nil {
			status = grpc_health_v1.HealthCheckResponse_NOT_SERVING
			missing = append(missing, s.Name())
			r.log.DebugContext(ctx, "not ready", slog.String("service", s.Name()), slog.String("error", err.Error()))
		}
		r.SetServingStatus(s.Name(), status)
	}
	all := grpc_health_v1.HealthCheckResponse_SERVING
	if len(missing) > 0 {
		all = grpc_health_v1.HealthCheckResponse_NOT_SERVING
	}
	r.SetServingStatus("", all)
	return missing
}

// watch refreshes until ctx ends.
func (r *readiness) watch(ctx context.Context) {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		r.refresh(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// stop says NOT_SERVING from now on.
func (r *readiness) stop() {
	r.stopping.Store(true)
	r.Shutdown()
}

func (r *readiness) serveReady(w http.ResponseWriter, req *http.Request) {
	answer := struct {
		Status  string   `json:"status"`
		Waiting []string `json:"waiting,omitempty"`
	}{Status: "ready"}
	code := http.StatusOK
	if r.stopping.Load() {
		answer.Status, code = "stopping", http.StatusServiceUnavailable
	} else if missing := r.refresh(req.Context()); len(missing) > 0 {
		answer.Status, answer.Waiting, code = "not ready", missing, http.StatusServiceUnavailable
	}
	writeJSON(w, code, answer)
}

func serveAlive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}
