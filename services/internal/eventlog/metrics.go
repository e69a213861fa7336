package eventlog

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// metrics are the instruments of the consume loop. Prometheus shows rasoat.consumer.paused as
// rasoat_consumer_paused, the counters with _total and the histogram with _seconds.
type metrics struct {
	meter       metric.Meter
	messages    metric.Int64Counter
	records     metric.Int64Counter
	deadLetters metric.Int64Counter
	unknown     metric.Int64Counter
	duration    metric.Float64Histogram
	paused      metric.Int64Gauge
	lag         metric.Int64ObservableGauge
}

func newMetrics(provider metric.MeterProvider) (*metrics, error) {
	m := &metrics{meter: provider.Meter(scope)}
	var err error
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	counter := func(name, text string) metric.Int64Counter {
		c, e := m.meter.Int64Counter(name, metric.WithDescription(text))
		keep(e)
		return c
	}
	m.messages = counter("rasoat.consumer.messages", "messages answered for, by outcome: done, dead or unknown")
	m.records = counter("rasoat.consumer.records", "records in the messages answered for, by outcome")
	m.deadLetters = counter("rasoat.consumer.dead_letters", "messages set aside because nobody could process them")
	m.unknown = counter("rasoat.consumer.unknown_types", "messages of a type that this consumer does not know, acknowledged")
	var e error
	m.duration, e = m.meter.Float64Histogram("rasoat.consumer.batch", metric.WithUnit("s"),
		metric.WithDescription("time of one call of the handler"),
		metric.WithExplicitBucketBoundaries(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30))
	keep(e)
	m.paused, e = m.meter.Int64Gauge("rasoat.consumer.paused",
		metric.WithDescription("1 while the consumer waits for its surroundings to be well again"))
	keep(e)
	m.lag, e = m.meter.Int64ObservableGauge("rasoat.consumer.lag",
		metric.WithDescription("messages not yet given to a consumer, or not yet answered for"))
	keep(e)
	return m, err
}

// The outcomes of a message, as the counters show them.
const (
	done    = "done"
	dead    = "dead"
	unknown = "unknown"
)

// count counts one message that was answered for.
func (m *metrics) count(ctx context.Context, c Consumer, msg Message, outcome string) {
	attrs := metric.WithAttributes(attribute.String("stream", c.Stream), attribute.String("durable", c.Durable), attribute.String("outcome", outcome))
	m.messages.Add(ctx, 1, attrs)
	m.records.Add(ctx, int64(msg.Records()), attrs)
	of := metric.WithAttributes(attribute.String("stream", c.Stream), attribute.String("durable", c.Durable))
	switch outcome {
	case dead:
		m.deadLetters.Add(ctx, 1, of)
	case unknown:
		m.unknown.Add(ctx, 1, of)
	}
}

// lagEvery is how old the lag that is shown may be: scrapes may be more frequent than the broker
// should be asked.
const lagEvery = 3 * time.Second

// watchLag shows the lag of a consumer until the function that it gives is called.
func (l *Log) watchLag(c Consumer) (func(), error) {
	var mu sync.Mutex
	var asked time.Time
	var lag uint64
	of := metric.WithAttributes(attribute.String("stream", c.Stream), attribute.String("durable", c.Durable))
	reg, err := l.metrics.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(asked) > lagEvery {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			n, err := l.Pending(ctx, c.Stream, c.Durable)
			asked = time.Now()
			if err != nil {
				return nil // the last known value would lie: show none
			}
			lag = n
		}
		o.ObserveInt64(l.metrics.lag, int64(lag), of)
		return nil
	}, l.metrics.lag)
	if err != nil {
		return nil, err
	}
	return func() { _ = reg.Unregister() }, nil
}
