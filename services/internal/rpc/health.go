package rpc

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// Need is something outside that the services need.
type Need struct {
	On string // its name: "nats"
	// Check says why it is not there, or nil.
	Check func(ctx context.Context) error
	// Soft is a need without which the services go on: they are degraded, and ready.
	Soft bool
}

const (
	checkTimeout = 2 * time.Second        // how long a check may take
	checkEvery   = time.Second            // how old an answer of readiness may be, but for what a check takes
	checkAway    = 250 * time.Millisecond // the same for a need that is not there
	longestWhy   = 300                    // bytes of a reason
)

// readiness answers grpc.health.v1 and /readyz from what it saw last, so that probing costs nothing. Health has a name for each service, one for
// each need of it ("matching/registry"), and "" for all that is needed.
type readiness struct {
	*health.Server
	services []Service
	needs    []Need
	log      *slog.Logger
	stopping atomic.Bool
	onHold   bool // no service runs, and operators alone are answered

	mu       sync.Mutex
	why      []string // of each need: why it is not there, "" when it is
	starting bool
}

// unseen is the state of a need that nobody looked at yet.
const unseen = "it was not asked yet"

// newReadiness is of a server that is starting until started is called, or that has nothing to prepare.
func newReadiness(services []Service, needs []Need, log *slog.Logger, starting bool) *readiness {
	r := &readiness{Server: health.NewServer(), services: services, needs: needs, log: log, starting: starting}
	for range needs {
		r.why = append(r.why, unseen)
	}
	r.publish()
	return r
}

// publish sets the statuses of grpc.health.v1; mu is held, or nobody else knows r yet.
func (r *readiness) publish() {
	status := func(good bool) grpc_health_v1.HealthCheckResponse_ServingStatus {
		if good {
			return grpc_health_v1.HealthCheckResponse_SERVING
		}
		return grpc_health_v1.HealthCheckResponse_NOT_SERVING
	}
	good := !r.starting
	for i, n := range r.needs {
		good = good && (n.Soft || r.why[i] == "")
	}
	r.SetServingStatus("", status(good))
	for _, s := range r.services {
		r.SetServingStatus(s.Name(), status(good))
		for i, n := range r.needs {
			r.SetServingStatus(s.Name()+"/"+n.On, status(r.why[i] == ""))
		}
	}
}

// watch looks at every need until ctx ends.
func (r *readiness) watch(ctx context.Context) {
	defer r.show()()
	var all sync.WaitGroup
	for i := range r.needs {
		all.Go(func() { r.watchOne(ctx, i) })
	}
	all.Wait()
}

func (r *readiness) watchOne(ctx context.Context, i int) {
	var missed time.Time
	for {
		err := r.look(ctx, i)
		if ctx.Err() != nil {
			return
		}
		on := slog.String("on", r.needs[i].On)
		next := checkEvery
		switch {
		case err != nil && missed.IsZero():
			missed = time.Now()
			r.log.WarnContext(ctx, "waiting", on, slog.Bool("degraded", r.needs[i].Soft), slog.String("error", err.Error()))
			next = checkAway
		case err != nil:
			next = checkAway
		case !missed.IsZero():
			r.log.InfoContext(ctx, "it is there", on, slog.Duration("after", time.Since(missed)))
			missed = time.Time{}
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// look checks a need and keeps the answer.
func (r *readiness) look(ctx context.Context, i int) error {
	attempt, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := r.needs[i].Check(attempt)
	why := ""
	if err != nil {
		why = err.Error()
		why = why[:min(len(why), longestWhy)]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why[i] != why && ctx.Err() == nil {
		r.why[i] = why
		r.publish()
	}
	return err
}

// started says that the server is prepared.
func (r *readiness) started() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.starting = false
	r.publish()
}

// stop says NOT_SERVING from now on.
func (r *readiness) stop() {
	r.stopping.Store(true)
	r.Shutdown()
}

// wait is one thing that the services are without.
type wait struct {
	On  string `json:"on"`
	Why string `json:"why"`
}

// waiting lists what is missing: what is needed, and what the services go on without.
func (r *readiness) waiting() (hard, soft []wait) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, n := range r.needs {
		switch {
		case r.why[i] == "":
		case n.Soft:
			soft = append(soft, wait{n.On, r.why[i]})
		default:
			hard = append(hard, wait{n.On, r.why[i]})
		}
	}
	if r.starting && len(hard) == 0 {
		hard = []wait{{"start", "it is being prepared: no call is answered before"}}
	}
	return hard, soft
}

func (r *readiness) serveReady(w http.ResponseWriter, _ *http.Request) {
	answer := struct {
		Status  string `json:"status"`
		Waiting []wait `json:"waiting,omitempty"`
	}{Status: "ready"}
	code := http.StatusOK
	hard, soft := r.waiting()
	switch {
	case r.stopping.Load():
		answer.Status, code = "stopping", http.StatusServiceUnavailable
	case len(hard) > 0:
		answer.Status, answer.Waiting, code = "not ready", slices.Concat(hard, soft), http.StatusServiceUnavailable
	case r.onHold: // ready for the operator who restores, to whom a probe that fails would close the way
		answer.Status, answer.Waiting = "on hold", []wait{{"restore", "no service runs (--hold): only operators are answered"}}
	case len(soft) > 0:
		answer.Status, answer.Waiting = "degraded", soft
	}
	writeJSON(w, code, answer)
}

func serveAlive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}
