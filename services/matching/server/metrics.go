package server

import (
	"context"
	"errors"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/sony/gobreaker/v2"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// metrics are the instruments of the asking. Of all copies the one that asks shows the queue.
type metrics struct {
	meter     metric.Meter
	calls     metric.Int64Counter
	questions metric.Int64Counter
	senseless metric.Int64Counter
	duration  metric.Float64Histogram
}

func newMetrics() *metrics {
	m := &metrics{meter: otel.Meter("github.com/rasoat/rasoat/services/matching/server")}
	// An instrument of the API is usable also when its error is not nil.
	m.calls, _ = m.meter.Int64Counter("rasoat.registry.calls", metric.WithDescription("calls of the population registry, by way and result"))
	m.questions, _ = m.meter.Int64Counter("rasoat.registry.questions", metric.WithDescription("pupils asked about, by way and result"))
	m.senseless, _ = m.meter.Int64Counter("rasoat.registry.unanswerable", metric.WithDescription("questions to which the registry gives no sensible answer"))
	m.senseless.Add(context.Background(), 0) // an alert on its growth needs the zero before the first
	m.duration, _ = m.meter.Float64Histogram("rasoat.registry.call", metric.WithUnit("s"), metric.WithDescription("time of one call"),
		metric.WithExplicitBucketBoundaries(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20))
	return m
}

func (m *metrics) call(ctx context.Context, way pb.Way, questions int, took time.Duration, err error) {
	result := "answered"
	switch {
	case isNonsense(err):
		result = "nonsense"
	case errors.Is(err, context.Canceled):
		result = "given_up"
	case status.Code(err) == codes.ResourceExhausted:
		result = "too_many"
	case err != nil:
		result = string(fault.KindOf(err))
	}
	name := "lookup"
	if way == pb.Way_WAY_VERIFY {
		name = "verify"
	}
	attrs := metric.WithAttributes(attribute.String("way", name), attribute.String("result", result))
	m.calls.Add(ctx, 1, attrs)
	m.questions.Add(ctx, int64(questions), attrs)
	m.duration.Record(ctx, took.Seconds(), attrs)
}

func (m *metrics) nonsense(ctx context.Context) { m.senseless.Add(ctx, 1) }

// watch shows the queue, the breaker and the budget while a copy asks.
func (m *metrics) watch(a *asker) (stop func(), err error) {
	var errs []error
	gauge := func(name, text string) metric.Int64ObservableGauge {
		g, err := m.meter.Int64ObservableGauge(name, metric.WithDescription(text))
		errs = append(errs, err)
		return g
	}
	queue := gauge("rasoat.registry.queue", "questions that wait, by province and kind")
	breaker := gauge("rasoat.registry.breaker", "the circuit breaker: 0 closed, 1 lets one question through to see, 2 open")
	spent := gauge("rasoat.registry.spent_today", "pupils asked about today")
	budget := gauge("rasoat.registry.budget", "pupils that may be asked about in a day; absent where the drive sets no limit")
	state := gauge("rasoat.registry.state", "the registry: 1 well, 2 away, 3 closed for maintenance, 4 the day's budget is spent")
	unasked := gauge("rasoat.registry.unasked", "pupils who wait although no question about them is open, by province; absent before the first look")
	done := gauge("rasoat.registry.done_seconds", "in how many seconds the queue will be empty; absent while nobody can tell")
	if err := errors.Join(errs...); err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.metrics", err)
	}
	r, err := m.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		a.gate.mu.Lock()
		l, at := a.gate.ledger(), a.gate.breaker.State()
		a.gate.mu.Unlock()
		o.ObserveInt64(breaker, breakerStates[at])
		o.ObserveInt64(spent, int64(l.Spent))
		if most := a.drive.Asking.PerDay; most > 0 {
			o.ObserveInt64(budget, int64(most))
		}
		o.ObserveInt64(state, int64(l.State))
		for province, n := range a.unasked.get() {
			o.ObserveInt64(unasked, n, metric.WithAttributes(attribute.String("province", province)))
		}
		queues, err := a.queues(ctx)
		if err != nil {
			return nil // the broker is away: what it knows is not shown
		}
		sum := int64(0)
		for _, province := range a.provinces { // 0 too: a line that ends at its last value would look like a queue that stands
			var waits, again int64
			if i := slices.IndexFunc(queues, func(q *pb.ProvinceQueue) bool { return q.GetProvince() == province }); i >= 0 {
				waits, again = queues[i].GetWaiting(), queues[i].GetRechecks()
			}
			o.ObserveInt64(queue, waits, metric.WithAttributes(attribute.String("province", province), attribute.String("kind", "first")))
			o.ObserveInt64(queue, again, metric.WithAttributes(attribute.String("province", province), attribute.String("kind", "again")))
			sum += waits + again
		}
		if t, ok := a.doneAt(l, sum); ok {
			o.ObserveInt64(done, int64(t.Sub(a.now()).Seconds()))
		}
		return nil
	}, queue, breaker, spent, budget, state, unasked, done)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "matching.metrics", err)
	}
	return func() { _ = r.Unregister() }, nil
}

var breakerStates = map[gobreaker.State]int64{gobreaker.StateClosed: 0, gobreaker.StateHalfOpen: 1, gobreaker.StateOpen: 2}
