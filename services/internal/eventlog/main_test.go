package eventlog_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

const testType = "rasoat.test.happened.v1"

func TestMain(m *testing.M) {
	otel.SetTextMapPropagator(propagation.TraceContext{})
	slog.SetDefault(slog.New(slog.DiscardHandler)) // broken connections are what is tested here
	os.Exit(m.Run())
}

// submission is an event of SUBMISSIONS with a number in it.
func submission(n int) eventlog.Event {
	return eventlog.Event{
		Subject: fmt.Sprintf("submission.profile.01.01000701.s%d", n),
		Type:    testType,
		Data:    []byte(fmt.Sprintf("%d", n)),
	}
}

// record is an event of RECORDS for pupil n.
func record(n int, data string) eventlog.Event {
	return eventlog.Event{Subject: fmt.Sprintf("record.p%d", n), Type: testType, Data: []byte(data)}
}

func mustAppend(t testing.TB, l *eventlog.Log, ev eventlog.Event) eventlog.Position {
	t.Helper()
	at, err := l.Append(eventually.Context(t), ev)
	if err != nil {
		t.Fatalf("append %s: %v", ev.Subject, err)
	}
	return at
}

// mustFill appends submissions 0 to n-1.
func mustFill(t testing.TB, l *eventlog.Log, n int) {
	t.Helper()
	events := make([]eventlog.Event, n)
	for i := range events {
		events[i] = submission(i)
	}
	if err := l.AppendBatch(eventually.Context(t), events); err != nil {
		t.Fatalf("append %d events: %v", n, err)
	}
}

func wantKind(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%s: got %v, want an error of kind %s", what, err, kind)
	}
}

// meter collects metrics by name; the values of all attribute sets are added up.
type meter struct{ reader *metric.ManualReader }

func newMeter() (*meter, *metric.MeterProvider) {
	r := metric.NewManualReader()
	return &meter{r}, metric.NewMeterProvider(metric.WithReader(r))
}

func (m *meter) value(t testing.TB, name string) int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := m.reader.Collect(context.Background(), &all); err != nil {
		t.Fatalf("collect metrics: %v", err)
	}
	var sum int64
	for _, scope := range all.ScopeMetrics {
		for _, one := range scope.Metrics {
			if one.Name != name {
				continue
			}
			switch data := one.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					sum += p.Value
				}
			case metricdata.Gauge[int64]:
				for _, p := range data.DataPoints {
					sum += p.Value
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					sum += int64(p.Count)
				}
			}
		}
	}
	return sum
}

// cutter is a network that breaks just as an acknowledgement of a publication is about to arrive.
type cutter struct{ armed atomic.Int32 }

func (c *cutter) Dial(network, address string) (net.Conn, error) {
	conn, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return &cutConn{Conn: conn, c: c}, nil
}

type cutConn struct {
	net.Conn
	c *cutter
}

func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err == nil && strings.Contains(string(b[:n]), `"stream":`) && strings.Contains(string(b[:n]), `"seq":`) && c.c.armed.Add(-1) >= 0 {
		_ = c.Conn.Close()
		return 0, io.EOF
	}
	return n, err
}

func (c *cutter) option() nats.Option { return nats.SetCustomDialer(c) }
