package eventlog

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// lagEvery is how old the lag that is shown may be: scrapes may be more frequent than the broker
// should be asked.
const lagEvery = 3 * time.Second

// behind is what is shown of one consumer, and when it was asked for.
type behind struct {
	mu    sync.Mutex
	asked time.Time
	known bool // the last value of a broker that no longer answers would lie: then none is shown
	lag   uint64
	first time.Time     // when the oldest message was stored that is not answered for; zero when there is none
	age   time.Duration // of it, by the broker's clock, when that was asked
	floor uint64        // everything up to here is answered for
}

// watchLag shows the lag of a consumer, and the counters that a quiet consumer would never show, until the function that it gives is called.
func (l *Log) watchLag(c Consumer) (func(), error) {
	var b behind
	of := metric.WithAttributes(attribute.String("stream", c.Stream), attribute.String("durable", c.Durable))
	ctx := context.Background()
	l.metrics.deadLetters.Add(ctx, 0, of) // an alert on its growth needs the zero before the first
	l.metrics.unknown.Add(ctx, 0, of)
	l.metrics.paused.Record(ctx, 0, of)
	reg, err := l.metrics.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if time.Since(b.asked) > lagEvery {
			b.known = l.askLag(ctx, c, &b) == nil
			b.asked = time.Now()
		}
		if !b.known {
			return nil
		}
		o.ObserveInt64(l.metrics.lag, int64(b.lag), of)
		age := 0.
		if !b.first.IsZero() {
			age = max(0, (b.age + time.Since(b.asked)).Seconds())
		}
		o.ObserveFloat64(l.metrics.oldest, age, of)
		return nil
	}, l.metrics.lag, l.metrics.oldest)
	if err != nil {
		return nil, err
	}
	return func() { _ = reg.Unregister() }, nil
}

// errSilent spares a scrape the wait for a broker that has just left another question without an answer.
var errSilent = errors.New("the broker does not answer")

// askLag asks the broker how far behind the consumer is. The oldest message is read once for each position of the consumer.
func (l *Log) askLag(ctx context.Context, c Consumer, b *behind) error {
	if !l.nc.IsConnected() || time.Since(time.Unix(0, l.metrics.silent.Load())) < lagEvery {
		return errSilent
	}
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	err := l.readLag(ctx, c, b)
	if ctx.Err() != nil {
		l.metrics.silent.Store(time.Now().UnixNano())
	}
	return err
}

func (l *Log) readLag(ctx context.Context, c Consumer, b *behind) error {
	n, info, err := l.pending(ctx, c.Stream, c.Durable)
	if err != nil {
		return err
	}
	switch {
	case n == 0:
		b.first = time.Time{}
	case b.first.IsZero() || b.floor != info.AckFloor.Stream:
		s, err := l.stream(ctx, c.Stream)
		if err != nil {
			return err
		}
		if b.first, err = oldest(ctx, s, info); err != nil {
			return err
		}
	}
	b.lag, b.floor, b.age = n, info.AckFloor.Stream, info.TimeStamp.Sub(b.first)
	return nil
}

// measure makes the instruments, and shows whether the broker is there as long as the connection is not closed by its owner.
func (l *Log) measure(meters metric.MeterProvider) error {
	var err error
	if l.metrics, err = newMetrics(meters); err != nil {
		return err
	}
	of := metric.WithAttributes(attribute.String("service", l.service))
	_, err = l.metrics.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		switch l.nc.Status() {
		case nats.CLOSED:
		case nats.CONNECTED:
			o.ObserveInt64(l.metrics.connected, 1, of)
		default:
			o.ObserveInt64(l.metrics.connected, 0, of)
		}
		return nil
	}, l.metrics.connected)
	return err
}

// stored counts what came into a stream.
func (l *Log) stored(ctx context.Context, stream string, msgs ...*nats.Msg) {
	n := 0
	for _, m := range msgs {
		n += records(m.Header)
	}
	l.metrics.appended.Add(ctx, int64(n), metric.WithAttributes(attribute.String("stream", stream)))
}
