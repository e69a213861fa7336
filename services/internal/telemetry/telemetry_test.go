package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

func mustStart(tb testing.TB, cfg Config) *Telemetry {
	tb.Helper()
	tel, err := Start(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := tel.Shutdown(eventually.Context(tb)); err != nil {
			tb.Error(err)
		}
	})
	return tel
}

func TestTraceIsCarriedWithoutACollector(t *testing.T) {
	mustStart(t, Config{LogWriter: &bytes.Buffer{}})
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	ctx := otel.GetTextMapPropagator().Extract(context.Background(), propagation.MapCarrier{"traceparent": parent})
	ctx, span := otel.Tracer("test").Start(ctx, "work")
	defer span.End()
	out := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, out)
	got := out["traceparent"]
	if !strings.HasPrefix(got, "00-0af7651916cd43dd8448eb211c80319c-") || !strings.HasSuffix(got, "-01") || got == parent {
		t.Errorf("got %q, want a new sampled span of the same trace", got)
	}
	_, root := otel.Tracer("test").Start(context.Background(), "root")
	if sc := root.SpanContext(); !sc.IsValid() || !sc.IsSampled() {
		t.Errorf("got %+v, want a valid sampled root", sc)
	}
}

func TestLogCarriesTheTrace(t *testing.T) {
	for _, format := range []string{"text", "json", ""} {
		var out bytes.Buffer
		tel := mustStart(t, Config{LogWriter: &out, LogFormat: format, LogLevel: slog.LevelInfo})
		ctx, span := otel.Tracer("test").Start(context.Background(), "work")
		tel.Logger.With(slog.String("pupil", "r1")).InfoContext(ctx, "judged")
		slog.DebugContext(ctx, "too fine")
		span.End()
		text := out.String()
		sc := trace.SpanContextFromContext(ctx)
		for _, want := range []string{sc.TraceID().String(), sc.SpanID().String(), "trace_id", "span_id", "r1"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q: no %s in %s", format, want, text)
			}
		}
		if strings.Contains(text, "too fine") {
			t.Errorf("%q: logged below its level", format)
		}
		if format == "json" && !json.Valid([]byte(strings.TrimSpace(text))) {
			t.Errorf("not JSON: %s", text)
		}
	}
}

func TestMetricsHandler(t *testing.T) {
	first, second := mustStart(t, Config{LogWriter: &bytes.Buffer{}}), mustStart(t, Config{Service: "two", LogWriter: &bytes.Buffer{}})
	counter, err := otel.Meter("test").Int64Counter("rasoat.things")
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(context.Background(), 3)
	get := func(tel *Telemetry) string {
		w := httptest.NewRecorder()
		tel.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	}
	text := get(second)
	for _, want := range []string{"rasoat_things_total{", "go_goroutines ", "process_start_time_seconds ", `service_name="two"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	if strings.Contains(get(first), "rasoat_things_total") {
		t.Error("two registries are one")
	}
}

func TestSpanProcessorsSeeEverySpan(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	mustStart(t, Config{LogWriter: &bytes.Buffer{}, SpanProcessors: []SpanProcessor{recorder}})
	_, span := otel.Tracer("test").Start(context.Background(), "seen", trace.WithAttributes(attribute.String("k", "v")))
	span.End()
	ended := recorder.Ended()
	if len(ended) != 1 || ended[0].Name() != "seen" || len(ended[0].Attributes()) != 1 {
		t.Errorf("got %v", ended)
	}
}

type fakeCollector struct {
	collector.UnimplementedTraceServiceServer
	mu  sync.Mutex
	got []string
}

func (f *fakeCollector) Export(_ context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range req.GetResourceSpans() {
		for _, a := range r.GetResource().GetAttributes() {
			f.got = append(f.got, a.GetKey()+"="+a.GetValue().GetStringValue())
		}
		for _, s := range r.GetScopeSpans() {
			for _, span := range s.GetSpans() {
				f.got = append(f.got, "span "+span.GetName())
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func TestExport(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fake, server := &fakeCollector{}, grpc.NewServer()
	collector.RegisterTraceServiceServer(server, fake)
	go func() { _ = server.Serve(l) }()
	defer server.Stop()

	for _, scheme := range []string{"", "http://"} {
		fake.got = nil
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", scheme+l.Addr().String())
		cfg, err := ConfigFromEnv("exporting", "1.2")
		if err != nil {
			t.Fatal(err)
		}
		cfg.LogWriter = &bytes.Buffer{}
		tel, err := Start(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, span := otel.Tracer("test").Start(context.Background(), "work")
		span.End()
		if err := tel.Shutdown(eventually.Context(t)); err != nil {
			t.Fatal(err)
		}
		fake.mu.Lock()
		text := strings.Join(fake.got, "\n")
		fake.mu.Unlock()
		for _, want := range []string{"service.name=exporting", "service.version=1.2", "span work"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q: no %s among:\n%s", scheme, want, text)
			}
		}
	}
}

func TestBadSettings(t *testing.T) {
	if _, err := Start(context.Background(), Config{LogFormat: "xml"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("format: got %v", err)
	}
	t.Setenv("RASOAT_LOG_LEVEL", "loud")
	if _, err := ConfigFromEnv("x", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("level: got %v", err)
	}
	t.Setenv("RASOAT_LOG_LEVEL", "debug")
	if cfg, err := ConfigFromEnv("x", ""); err != nil || cfg.LogLevel.Level() != slog.LevelDebug {
		t.Errorf("level: got %v, %v", cfg.LogLevel, err)
	}
}

func BenchmarkSpanWithoutACollector(b *testing.B) {
	mustStart(b, Config{LogWriter: &bytes.Buffer{}})
	tracer := otel.Tracer("bench")
	b.ReportAllocs()
	for b.Loop() {
		_, span := tracer.Start(context.Background(), "work", trace.WithAttributes(attribute.String("k", "v")))
		span.End()
	}
}
