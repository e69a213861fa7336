package mongo

import (
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/rasoat/rasoat/services/internal/store"
)

// TestSpans: each command is a span beneath the caller's, and tells nothing of what is stored.
func TestSpans(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)))
	defer otel.SetTracerProvider(before)

	c := mustOpen(t, startFerret(t), "rasoat_test").Collection("pupils")
	ctx, parent := otel.Tracer("test").Start(t.Context(), "caller")
	if err := c.Merge(ctx, []store.Patch{{ID: "s3cret-id", Facet: "s3cret-facet", Value: []byte("s3cret")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(ctx, []string{"s3cret-id"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Scan(ctx, "s3cret", "", 5); err != nil {
		t.Fatal(err)
	}
	parent.End()

	var names []string
	for _, span := range recorder.Ended() {
		if span.Parent().SpanID() != parent.SpanContext().SpanID() {
			continue
		}
		names = append(names, span.Name())
		if span.Status().Code == codes.Error {
			t.Errorf("%s: status %v", span.Name(), span.Status())
		}
		for _, a := range span.Attributes() {
			if strings.Contains(a.Value.String(), "s3cret") {
				t.Errorf("%s: %s tells what is stored", span.Name(), a.Key)
			}
		}
	}
	if want := []string{"update pupils", "find pupils", "find pupils"}; !slices.Equal(names, want) {
		t.Errorf("got spans %q, want %q", names, want)
	}
}
