package mongo

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// monitor makes a span of each command, beneath the span of the caller. It tells the command, the
// database and the collection; never an id, a value or a message of the server, which may quote
// them.
func monitor() *event.CommandMonitor {
	type command struct {
		connection string
		request    int64
	}
	tracer := otel.Tracer("github.com/rasoat/rasoat/services/internal/store/mongo")
	var spans sync.Map // command → trace.Span
	end := func(e event.CommandFinishedEvent, finish func(trace.Span)) {
		if span, ok := spans.LoadAndDelete(command{e.ConnectionID, e.RequestID}); ok {
			finish(span.(trace.Span))
			span.(trace.Span).End()
		}
	}
	return &event.CommandMonitor{
		Started: func(ctx context.Context, e *event.CommandStartedEvent) {
			name := e.CommandName
			collection, named := e.Command.Lookup(name).StringValueOK()
			if named {
				name += " " + collection
			}
			_, span := tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
				trace.WithAttributes(
					attribute.String("db.system.name", "mongodb"),
					attribute.String("db.operation.name", e.CommandName),
					attribute.String("db.collection.name", collection),
					attribute.String("db.namespace", e.DatabaseName)))
			spans.Store(command{e.ConnectionID, e.RequestID}, span)
		},
		Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) {
			end(e.CommandFinishedEvent, func(trace.Span) {})
		},
		Failed: func(_ context.Context, e *event.CommandFailedEvent) {
			end(e.CommandFinishedEvent, func(span trace.Span) {
				name := "network"
				var server mongo.CommandError
				if errors.As(e.Failure, &server) {
					name = server.Name
				}
				span.SetStatus(codes.Error, name)
			})
		},
	}
}
