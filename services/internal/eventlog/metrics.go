package eventlog

import (
	"context"
	"sync/atomic"

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
	oldest      metric.Float64ObservableGauge
	connected   metric.Int64ObservableGauge
	appended    metric.Int64Counter

	silent atomic.Int64 // when the broker last left a question about a lag without an answer, as nanoseconds of Unix time
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
	m.appended = counter("rasoat.appended.records", "records in the messages that this service put into a stream: batches, findings, identities, records")
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
	m.oldest, e = m.meter.Float64ObservableGauge("rasoat.consumer.oldest", metric.WithUnit("s"),
		metric.WithDescription("age of the oldest message that a consumer has not answered for, by the broker's clock; 0 when there is none"))
	keep(e)
	m.connected, e = m.meter.Int64ObservableGauge("rasoat.broker.connected",
		metric.WithDescription("1 while the service has a connection to the broker"))
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
