package eventlog_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// One trace runs from the caller through two consumers to the record, also when the messages of two
// callers are processed in one batch; and into a dead letter.
func TestOneTrace(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	l := eventlogtest.Start(t).Log(t, eventlog.Config{TracerProvider: tracers})

	callers := make([]trace.SpanContext, 3)
	for i := range callers {
		ctx, span := tracers.Tracer("test").Start(context.Background(), "call")
		callers[i] = span.SpanContext()
		if _, err := l.Append(ctx, submission(i)); err != nil {
			t.Fatalf("append: %v", err)
		}
		span.End()
	}
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", Handle: func(ctx context.Context, batch []eventlog.Message) error {
		var out []eventlog.Event
		for _, m := range batch {
			if string(m.Data) == "2" {
				return fault.New(fault.Invalid, "test", "", "poison")
			}
			out = append(out, eventlog.Event{Subject: "record.p" + string(m.Data), Type: testType, Trace: m.SpanContext()})
		}
		return l.AppendBatch(ctx, out)
	}})
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	followed := map[string]trace.SpanContext{}
	eventlogtest.Run(t, l, eventlog.Consumer{Stream: eventlog.Records, Durable: "d", Handle: func(ctx context.Context, batch []eventlog.Message) error {
		for _, m := range batch {
			followed[m.Subject] = trace.SpanContextFromContext(m.Context(ctx))
		}
		return nil
	}})
	eventlogtest.Settled(t, l, eventlog.Records, "d")

	spans := map[trace.SpanID]sdktrace.ReadOnlySpan{}
	eventually.True(t, "all spans end", func() bool {
		for _, s := range recorder.Ended() {
			spans[s.SpanContext().SpanID()] = s
		}
		return len(spans) == 3+3+2
	})
	for subject, at := range followed {
		caller := callers[subject[len(subject)-1]-'0']
		path := []string{}
		for s := spans[at.SpanID()]; s != nil; s = spans[s.Parent().SpanID()] {
			path = append(path, s.Name())
			if s.SpanContext().TraceID() != caller.TraceID() {
				t.Errorf("%s: span %s is in another trace", subject, s.Name())
			}
		}
		if len(path) != 3 || path[0] != "process RECORDS" || path[1] != "process SUBMISSIONS" || path[2] != "call" {
			t.Errorf("%s: path %v", subject, path)
		}
	}
	letter, err := l.Last(eventually.Context(t), "dead.*.*")
	if err != nil {
		t.Fatalf("dead letter: %v", err)
	}
	buried := spans[letter.SpanContext().SpanID()]
	if buried == nil || buried.Name() != "process SUBMISSIONS" || buried.Parent().SpanID() != callers[2].SpanID() || buried.Status().Code != codes.Error {
		t.Errorf("the dead letter does not lead back to its caller: %v", letter.SpanContext())
	}
	m, err := l.Last(eventually.Context(t), submission(1).Subject)
	if err != nil || m.SpanContext().TraceID() != callers[1].TraceID() {
		t.Errorf("a message that is read shows trace %v, %v, want its sender's", m.SpanContext().TraceID(), errors.Unwrap(err))
	}
}
