package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// triesAlone is how often a message may fail by itself before it is set aside. What the contract
// forbids (fault.Invalid) fails the same way every time and gets one.
const triesAlone = 3

// process brings a batch to an end: every message is done, or dead, or (when ctx ends first) back in
// the hand.
func (w *worker) process(ctx context.Context, batch []*held) {
	for _, h := range batch {
		w.begin(h)
	}
	if len(batch) == 1 {
		w.alone(ctx, batch[0])
		return
	}
	switch err := w.patiently(ctx, batch); {
	case err == nil:
		for _, h := range batch {
			w.done(ctx, h)
		}
	case ctx.Err() != nil:
		w.hand = append(batch, w.hand...)
	default:
		w.l.logger.WarnContext(ctx, "a batch failed, its messages are tried one by one",
			w.c.attr(), slog.Int("messages", len(batch)), slog.Any("error", err))
		for i, h := range batch {
			if ctx.Err() != nil {
				w.hand = append(batch[i:], w.hand...)
				return
			}
			w.alone(ctx, h)
		}
	}
}

// begin starts the span of a message's processing, in the trace of its sender.
func (w *worker) begin(h *held) {
	sender := w.l.propagator().Extract(w.handling, carrier(h.Header))
	_, h.span = w.l.tracer.Start(sender, "process "+w.c.Stream, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(
			attribute.String("messaging.system", "nats"),
			attribute.String("messaging.destination.name", w.c.Stream),
			attribute.String("messaging.consumer.group.name", w.c.Durable),
			attribute.String("messaging.message.id", h.ID()),
			attribute.String("rasoat.type", h.Type),
			attribute.Int64("rasoat.sequence", int64(h.Sequence))))
}

// alone brings one message to an end.
func (w *worker) alone(ctx context.Context, h *held) {
	switch hopeless, ok := w.hopeless(ctx, h); {
	case !ok:
		w.hand = append([]*held{h}, w.hand...)
		return
	case hopeless:
		w.bury(ctx, h, fmt.Sprintf("given out %d times and never answered for: it may kill its process", h.Delivered))
		return
	}
	wait := backoff{}
	for try := 1; ; try++ {
		err := w.patiently(ctx, []*held{h})
		if err == nil {
			w.done(ctx, h)
			return
		}
		if ctx.Err() != nil {
			w.hand = append([]*held{h}, w.hand...)
			return
		}
		w.l.logger.ErrorContext(h.Context(ctx), "a message failed", w.c.attr(),
			slog.Uint64("sequence", h.Sequence), slog.String("type", h.Type), slog.Int("try", try), slog.Any("error", err))
		if try == triesAlone || fault.Is(err, fault.Invalid) {
			w.bury(ctx, h, Reason(err))
			return
		}
		if !wait.sleep(ctx) {
			w.hand = append([]*held{h}, w.hand...)
			return
		}
	}
}

// patiently runs the handler until it answers with anything but an illness of its surroundings.
func (w *worker) patiently(ctx context.Context, batch []*held) error {
	wait := backoff{}
	for {
		err := w.handle(w.handling, batch)
		if err == nil || !fault.Is(err, fault.Unavailable) {
			w.well(ctx)
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		w.ill(ctx, err)
		if !wait.sleep(ctx) {
			return err
		}
	}
}

// crash is a panic of the handler. The value of a panic may quote the message: it is never shown,
// unless the runtime made it.
type crash struct{ what string }

func (c *crash) Error() string { return "the handler crashed: " + c.what }

// handle calls the handler once. It waits for its turn: a replay comes between two batches.
func (w *worker) handle(ctx context.Context, batch []*held) (err error) {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "eventlog.handle", ctx.Err())
	}
	defer w.work()()
	msgs := make([]Message, len(batch))
	for i, h := range batch {
		msgs[i] = h.Message
	}
	if len(batch) == 1 {
		ctx = batch[0].Context(ctx)
	}
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			what := fmt.Sprintf("panic with a %T", p)
			if e, ok := p.(runtime.Error); ok {
				what = e.Error()
			}
			err = &crash{what}
			w.l.logger.ErrorContext(ctx, "the handler crashed", w.c.attr(), slog.Int("messages", len(batch)),
				slog.Uint64("first", batch[0].Sequence), slog.String("panic", what), slog.String("stack", string(debug.Stack())))
		}
		result := done
		if err != nil {
			result = string(fault.KindOf(err))
			for _, h := range batch {
				h.span.SetStatus(codes.Error, result)
			}
		}
		w.l.metrics.duration.Record(ctx, time.Since(start).Seconds(), metric.WithAttributes(
			attribute.String("stream", w.c.Stream), attribute.String("durable", w.c.Durable), attribute.String("result", result)))
	}()
	return w.c.Handle(ctx, msgs)
}

// done acknowledges a message.
func (w *worker) done(ctx context.Context, h *held) {
	h.span.SetStatus(codes.Ok, "")
	if h.suspect() {
		w.answerSurely(h, ackDone)
	} else {
		w.answer(h, ackDone)
	}
	w.l.metrics.count(ctx, w.c, h.Message, done)
}

// Reason tells why a handler failed, without anything that could come out of a message: the kind, the
// operation and the sentence of a fault, but not its cause, which is for the log only.
func Reason(err error) string {
	var c *crash
	var f *fault.Error
	switch {
	case errors.As(err, &c):
		return c.Error()
	case errors.As(err, &f):
		return fmt.Sprintf("%s: %s: %s", f.Kind, f.Op, f.Text.En)
	}
	return fmt.Sprintf("%s (%T)", fault.Internal, err)
}
