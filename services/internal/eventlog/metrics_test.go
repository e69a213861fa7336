package eventlog_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// points gives the values of an instrument; none when nothing is shown.
func (m *meter) points(t *testing.T, name string) []float64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := m.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, of := range all.ScopeMetrics {
		for _, one := range of.Metrics {
			if one.Name != name {
				continue
			}
			switch data := one.Data.(type) {
			case metricdata.Gauge[float64]:
				for _, p := range data.DataPoints {
					out = append(out, p.Value)
				}
			case metricdata.Gauge[int64]:
				for _, p := range data.DataPoints {
					out = append(out, float64(p.Value))
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					out = append(out, float64(p.Value))
				}
			}
		}
	}
	return out
}

// A message that nobody answers for ages, before anybody could count it as done or dead; and what has not happened yet is shown as 0.
func TestMetricsOfWhatWaits(t *testing.T) {
	m, meters := newMeter()
	server := eventlogtest.Start(t)
	nc := server.Conn(t)
	l := eventlogtest.OpenLog(t, nc, eventlog.Config{MeterProvider: meters})
	mustFill(t, l, 3)
	if got := m.points(t, "rasoat.appended.records"); len(got) != 1 || got[0] != 3 {
		t.Errorf("appended: got %v, want 3", got)
	}
	began, handling := time.Now(), make(chan struct{}, 1)
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Types: []string{testType},
		Handle: func(ctx context.Context, _ []eventlog.Message) error {
			select {
			case handling <- struct{}{}:
			default:
			}
			<-ctx.Done()
			return ctx.Err()
		}, Grace: time.Millisecond})
	<-handling
	eventually.True(t, "three messages lag", func() bool { return slices.Equal(m.points(t, "rasoat.consumer.lag"), []float64{3}) })
	var age []float64
	eventually.True(t, "the oldest message ages", func() bool {
		age = m.points(t, "rasoat.consumer.oldest")
		return len(age) == 1 && age[0] > .1
	})
	if limit := time.Since(began).Seconds() + 5; age[0] > limit {
		t.Errorf("age of the oldest message: got %v s, want at most %v", age, limit)
	}
	for name, want := range map[string]float64{"rasoat.consumer.dead_letters": 0, "rasoat.consumer.unknown_types": 0, "rasoat.consumer.paused": 0, "rasoat.broker.connected": 1} {
		if got := m.points(t, name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	server.Stop()
	eventually.True(t, "the loss of the broker is shown", func() bool {
		got := m.points(t, "rasoat.broker.connected")
		return len(got) == 1 && got[0] == 0
	})
	before := nc.Stats().OutMsgs
	for range 3 {
		m.points(t, "rasoat.consumer.lag")
	}
	if asked := nc.Stats().OutMsgs - before; asked > 0 {
		t.Errorf("looking asked a broker that is away, %d times", asked)
	}
}
