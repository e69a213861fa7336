// Package telemetry gives a process its traces, its metrics and its log, once: however many services
// run in it, they share one Telemetry.
//
// The one rule a reader must not miss: no personal data goes out by this door. Nothing here removes
// it: attributes of spans, metrics and log lines carry opaque references, codes and revisions, and the
// types that hold a name, a birth date or an ID number redact themselves.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rasoat/rasoat/services/internal/fault"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// SpanProcessor sees every span begin and end.
type SpanProcessor = sdktrace.SpanProcessor

// Config says what the process is called and where its telemetry goes. The zero value logs text at
// level info to standard error, exports no spans and serves metrics.
type Config struct {
	Service   string       // service.name of the resource; "rasoat" when empty
	Version   string       // service.version of the resource
	LogWriter io.Writer    // os.Stderr when nil
	LogLevel  slog.Leveler // info when nil
	LogFormat string       // "text" (also when empty) or "json"

	// OTLPEndpoint is the collector, "host:4317" or "http://host:4317" (plain) or "https://host:4317". When
	// empty, spans are made and carried onward but not exported.
	OTLPEndpoint string

	// SpanProcessors see every span as well, for tests that look at the tree.
	SpanProcessors []SpanProcessor
}

// ConfigFromEnv reads OTEL_EXPORTER_OTLP_ENDPOINT, RASOAT_LOG_LEVEL (debug, info, warn, error) and
// RASOAT_LOG_FORMAT (text, json). An error is of kind Invalid.
func ConfigFromEnv(service, version string) (Config, error) {
	cfg := Config{
		Service:      service,
		Version:      version,
		OTLPEndpoint: os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"),
		LogFormat:    os.Getenv("RASOAT_LOG_FORMAT"),
	}
	if text := os.Getenv("RASOAT_LOG_LEVEL"); text != "" {
		var level slog.Level
		if err := level.UnmarshalText([]byte(text)); err != nil {
			return Config{}, fault.New(fault.Invalid, "telemetry.config",
				"RASOAT_LOG_LEVEL phải là debug, info, warn hoặc error",
				"RASOAT_LOG_LEVEL must be debug, info, warn or error")
		}
		cfg.LogLevel = level
	}
	return cfg, nil
}

// Telemetry is the telemetry of one process.
type Telemetry struct {
	// Logger adds trace_id and span_id from the context. It is also slog's default.
	Logger *slog.Logger

	registry *prometheus.Registry
	tracers  *sdktrace.TracerProvider
	meters   *sdkmetric.MeterProvider
}

// Start sets up traces, metrics and log and makes them the process's defaults. Its errors are of kind
// Invalid (a setting that makes no sense) or Internal. The collector need not be there yet.
func Start(ctx context.Context, cfg Config) (*Telemetry, error) {
	logger, err := newLogger(cfg)
	if err != nil {
		return nil, err
	}
	res, err := newResource(ctx, cfg)
	if err != nil {
		return nil, fault.Internalf("telemetry.start", "describe the process: %w", err)
	}
	tracers, err := newTracers(ctx, cfg, res)
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	meters, err := newMeters(registry, res)
	if err != nil {
		return nil, errors.Join(err, tracers.Shutdown(ctx))
	}

	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(
		propagation.TraceContext{}, propagation.Baggage{}))
	otel.SetTracerProvider(tracers)
	otel.SetMeterProvider(meters)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		logger.WarnContext(context.Background(), "telemetry", slog.String("error", err.Error()))
	}))
	slog.SetDefault(logger)
	return &Telemetry{Logger: logger, registry: registry, tracers: tracers, meters: meters}, nil
}

// Handler serves the metrics in the text format of Prometheus.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{Registry: t.registry})
}

// Shutdown sends what is still in hand and stops. Call it last.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	err := errors.Join(t.tracers.Shutdown(ctx), t.meters.Shutdown(ctx))
	if err != nil {
		return fault.Wrap(fault.Unavailable, "telemetry.shutdown", err)
	}
	return nil
}

func newResource(ctx context.Context, cfg Config) (*resource.Resource, error) {
	name := cfg.Service
	if name == "" {
		name = "rasoat"
	}
	attrs := []attribute.KeyValue{attribute.String("service.name", name)}
	if cfg.Version != "" {
		attrs = append(attrs, attribute.String("service.version", cfg.Version))
	}
	return resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(attrs...), resource.WithFromEnv())
}

// newTracers makes sampled spans with or without a collector, so that what arrives with a trace leaves
// with it. Without anybody to look at them, spans keep no attributes, events or links. The sampler is
// the SDK's: parent-based, always on, or what OTEL_TRACES_SAMPLER says.
func newTracers(ctx context.Context, cfg Config, res *resource.Resource) (*sdktrace.TracerProvider, error) {
	opts := []sdktrace.TracerProviderOption{sdktrace.WithResource(res)}
	for _, p := range cfg.SpanProcessors {
		opts = append(opts, sdktrace.WithSpanProcessor(p))
	}
	if cfg.OTLPEndpoint != "" {
		exporter, err := newExporter(ctx, cfg.OTLPEndpoint)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "telemetry.start", fmt.Errorf("OTLP endpoint: %w", err))
		}
		opts = append(opts, sdktrace.WithBatcher(exporter))
	} else if len(cfg.SpanProcessors) == 0 {
		opts = append(opts, sdktrace.WithRawSpanLimits(sdktrace.SpanLimits{}))
	}
	return sdktrace.NewTracerProvider(opts...), nil
}

func newExporter(ctx context.Context, endpoint string) (sdktrace.SpanExporter, error) {
	if strings.Contains(endpoint, "://") {
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(endpoint))
	}
	return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(endpoint), otlptracegrpc.WithInsecure())
}

func newMeters(registry *prometheus.Registry, res *resource.Resource) (*sdkmetric.MeterProvider, error) {
	for _, c := range []prometheus.Collector{
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := registry.Register(c); err != nil {
			return nil, fault.Internalf("telemetry.start", "register collector: %w", err)
		}
	}
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err != nil {
		return nil, fault.Internalf("telemetry.start", "metrics exporter: %w", err)
	}
	return sdkmetric.NewMeterProvider(sdkmetric.WithResource(res), sdkmetric.WithReader(exporter)), nil
}
