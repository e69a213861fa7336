package eventlog

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Config says who uses the log. Only Service is required.
type Config struct {
	Service  string // the name of the service, one token: source of its events, and owner of its dead letters
	Replicas int    // copies of each stream; 0 takes the streams as they are (Ensure)

	// Grace is how long the batches in hand may take after a consumer was told to stop, where Consumer.Grace sets nothing else. Default 20 s.
	Grace time.Duration

	// AckWait is how long the broker waits for a copy that fell silent before another gets its messages, where
	// Consumer.AckWait sets nothing else. Default 30 s.
	AckWait time.Duration

	// Patience is how long an append keeps trying when the broker is ill and the context sets no earlier
	// end. Default 30 s.
	Patience time.Duration

	MeterProvider  metric.MeterProvider // default: the global one
	TracerProvider trace.TracerProvider // default: the global one
	Logger         *slog.Logger         // default: slog.Default()
	Now            func() time.Time     // default: time.Now
	NewID          func() string        // the ids of events, unique for ever; default: nuid.Next

	// Wrap is put around the handler of every consumer, for tests that disturb the deliveries; nil for none.
	Wrap func(Handler) Handler
}

// Log is the log as one service uses it. It is safe for concurrent use; the connection remains the
// caller's.
type Log struct {
	service  string
	patience time.Duration
	grace    time.Duration
	ackWait  time.Duration
	logger   *slog.Logger
	now      func() time.Time
	newID    func() string
	wrap     func(Handler) Handler
	replicas int

	nc      *nats.Conn
	js      jetstream.JetStream
	link    *link
	illness illness
	tracer  trace.Tracer
	metrics *metrics
	batches chan struct{} // a place for each atomic batch on its way
	makes   chan struct{} // a place for each durable that is being made
	streams sync.Map      // name to jetstream.Stream
	crew    crew          // the consumers that run on it
	letters letterBook    // the dead letters, as far as somebody asked
	guard   *guard        // nil until Remember
}

const scope = "github.com/rasoat/rasoat/services/internal/eventlog"

// Open gives the log when its streams are there: New and Prepare.
func Open(ctx context.Context, nc *nats.Conn, cfg Config) (*Log, error) {
	l, err := New(nc, cfg)
	if err != nil {
		return nil, err
	}
	if err := l.Prepare(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

// New gives the log on a connection that may still be waiting for its broker; Prepare has to follow. The error is fault.Internal.
func New(nc *nats.Conn, cfg Config) (*Log, error) {
	const op = "eventlog.open"
	if err := Token(cfg.Service); err != nil {
		return nil, fault.Internalf(op, "the name of the service: %w", err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	l := &Log{
		service:  cfg.Service,
		patience: cfg.Patience,
		grace:    cfg.Grace,
		ackWait:  cfg.AckWait,
		logger:   cfg.Logger,
		now:      cfg.Now,
		newID:    cfg.NewID,
		wrap:     cfg.Wrap,
		replicas: cfg.Replicas,
		nc:       nc,
		js:       js,
		batches:  make(chan struct{}, maxBatchesInFlight),
		makes:    make(chan struct{}, maxMadeAtOnce),
	}
	if l.patience <= 0 {
		l.patience = 30 * time.Second
	}
	if l.logger == nil {
		l.logger = slog.Default()
	}
	l.logger = l.logger.With(slog.String("service", cfg.Service))
	if l.now == nil {
		l.now = time.Now
	}
	if l.newID == nil {
		l.newID = nuid.Next
	}
	meters := cfg.MeterProvider
	if meters == nil {
		meters = otel.GetMeterProvider()
	}
	if err = l.measure(meters); err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	tracers := cfg.TracerProvider
	if tracers == nil {
		tracers = otel.GetTracerProvider()
	}
	l.tracer = tracers.Tracer(scope)
	l.link = listen(nc)
	return l, nil
}

// Prepare makes sure of the streams. While the broker is away it waits for it until ctx ends (fault.Unavailable), and says so once; a stream of
// another configuration is fault.Conflict at once.
func (l *Log) Prepare(ctx context.Context) error {
	told := false
	for wait := (backoff{most: time.Second}); ; {
		err := Ensure(ctx, l.js, l.replicas)
		if err == nil {
			if told {
				l.logger.InfoContext(ctx, "the streams are there")
			}
			return nil
		}
		if !fault.Is(err, fault.Unavailable) || l.nc.IsClosed() {
			return err
		}
		if !told {
			l.logger.WarnContext(ctx, "waiting for the streams", slog.Any("error", err))
		}
		told = true
		if !wait.sleep(ctx) {
			return err
		}
	}
}

// stream gives the handle of a stream, asked for once.
func (l *Log) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	if s, ok := l.streams.Load(name); ok {
		return s.(jetstream.Stream), nil
	}
	s, err := l.js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	l.streams.Store(name, s)
	return s, nil
}

// propagator carries the trace context; asked for each time, because programs set it late.
func (l *Log) propagator() propagation.TextMapPropagator { return otel.GetTextMapPropagator() }

// Patiently does what a service has to do before it consumes, again and again while it fails with fault.Unavailable: brokers that have just come up
// choose leaders first. It fails with what else f fails with, and with fault.Unavailable when ctx ends or the connection is closed.
func (l *Log) Patiently(ctx context.Context, f func() error) error {
	for wait, told := (backoff{}), false; ; told = true {
		err := f()
		if err == nil || !fault.Is(err, fault.Unavailable) || l.nc.IsClosed() {
			return err
		}
		if !told && ctx.Err() == nil {
			l.logger.WarnContext(ctx, "waiting", slog.String("error", err.Error()))
		}
		if !wait.sleep(ctx) {
			return err
		}
	}
}

// backoff is a growing wait with jitter, so that many who failed together do not return together.
type backoff struct {
	first, most time.Duration // defaults 50 ms and 5 s
	next        time.Duration
}

// sleep waits, longer each time; false means that ctx ended first.
func (b *backoff) sleep(ctx context.Context) bool {
	if b.next == 0 {
		b.next = max(b.first, 50*time.Millisecond)
	}
	d := b.next/2 + rand.N(b.next)
	most := b.most
	if most == 0 {
		most = 5 * time.Second
	}
	b.next = min(2*b.next, most)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
