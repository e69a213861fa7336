package eventlog

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Message is an event as the log keeps it.
type Message struct {
	Stream    string
	Subject   string
	Type      string    // ce-type; "" when the sender set none
	Sequence  uint64    // its place in the stream: the order of everything
	Stored    time.Time // when the broker stored it: the only clock that counts
	Data      []byte
	Header    nats.Header
	Delivered uint64 // how often the consumer was given it, 1 at first; 0 for a message that was read

	span trace.Span // the span of its processing, or its sender's
}

// ID returns the id that the message's sender gave it.
func (m Message) ID() string { return m.Header.Get(HeaderID) }

// Records tells how many records the message holds; at least 1.
func (m Message) Records() int { return records(m.Header) }

// Context returns ctx with the span under which this message is processed, so that what follows from it
// belongs to its trace.
func (m Message) Context(ctx context.Context) context.Context {
	if m.span == nil {
		return ctx
	}
	return trace.ContextWithSpan(ctx, m.span)
}

// SpanContext returns the span under which this message is processed, for Event.Trace.
func (m Message) SpanContext() trace.SpanContext {
	if m.span == nil {
		return trace.SpanContext{}
	}
	return m.span.SpanContext()
}

func records(h nats.Header) int {
	n, err := strconv.ParseUint(h.Get(HeaderRecords), 10, 31)
	if err != nil {
		return 1
	}
	return max(int(n), 1)
}

// token returns the n-th token of a subject, from 0; "" past its end.
func token(subject string, n int) string {
	for ; n > 0; n-- {
		_, subject, _ = strings.Cut(subject, ".")
	}
	first, _, _ := strings.Cut(subject, ".")
	return first
}

// Token returns the n-th token of the message's subject, from 0; "" past its end.
func (m Message) Token(n int) string { return token(m.Subject, n) }

// read makes a Message of one that was read by sequence or subject.
func read(p propagation.TextMapPropagator, stream string, raw *jetstream.RawStreamMsg) Message {
	ctx := p.Extract(context.Background(), carrier(raw.Header))
	return Message{
		Stream:   stream,
		Subject:  raw.Subject,
		Type:     raw.Header.Get(HeaderType),
		Sequence: raw.Sequence,
		Stored:   raw.Time,
		Data:     raw.Data,
		Header:   raw.Header,
		span:     trace.SpanFromContext(ctx),
	}
}
