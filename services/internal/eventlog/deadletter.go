package eventlog

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/codes"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// TypeDeadLetter is the type of a dead letter. Its data is the data of the message, unchanged; its
// headers are the message's own and those below.
const TypeDeadLetter = "rasoat.deadletter.v1"

// The headers of a dead letter: where the message came from, and why it is here.
const (
	HeaderDeadStream    = "rasoat-dead-stream"
	HeaderDeadSequence  = "rasoat-dead-sequence"
	HeaderDeadSubject   = "rasoat-dead-subject"
	HeaderDeadType      = "rasoat-dead-type"
	HeaderDeadID        = "rasoat-dead-id"
	HeaderDeadDurable   = "rasoat-dead-durable"
	HeaderDeadDelivered = "rasoat-dead-delivered"
	HeaderDeadReason    = "rasoat-dead-reason"
	HeaderDeadData      = "rasoat-dead-data" // "omitted" when the message was too large to be repeated
)

// bury sets a message aside: into the dead letters, and only when they have it, out of the consumer.
// As long as they do not take it, the loop waits; nothing is dropped.
func (w *worker) bury(ctx context.Context, h *held, why string) {
	ev := w.letter(h, why)
	for wait := (backoff{}); ; {
		_, err := w.l.Append(h.Context(w.handling), ev)
		if err == nil {
			break
		}
		if fault.Is(err, fault.Invalid) && ev.Data != nil {
			ev.Data = nil
			ev.Header.Set(HeaderDeadData, "omitted")
			continue
		}
		w.ill(ctx, err)
		if ctx.Err() != nil || !wait.sleep(ctx) {
			w.hand = append([]*held{h}, w.hand...)
			return
		}
	}
	w.well(ctx)
	w.l.logger.ErrorContext(h.Context(ctx), "a message was set aside as a dead letter", w.c.attr(),
		slog.Uint64("sequence", h.Sequence), slog.String("subject", h.Subject), slog.String("type", h.Type), slog.String("reason", why))
	h.span.SetStatus(codes.Error, "dead letter")
	w.answerSurely(h, ackDead)
	w.l.metrics.count(ctx, w.c, h.Message, dead)
}

// letter makes the dead letter of a message.
func (w *worker) letter(h *held, why string) Event {
	header := nats.Header{}
	for k, v := range h.Header {
		if !strings.HasPrefix(k, "Nats-") && !strings.HasPrefix(k, "ce-") {
			header[k] = v
		}
	}
	header.Set(HeaderDeadStream, h.Stream)
	header.Set(HeaderDeadSequence, strconv.FormatUint(h.Sequence, 10))
	header.Set(HeaderDeadSubject, h.Subject)
	header.Set(HeaderDeadType, h.Type)
	header.Set(HeaderDeadID, h.ID())
	header.Set(HeaderDeadDurable, w.c.Durable)
	header.Set(HeaderDeadDelivered, strconv.FormatUint(h.Delivered, 10))
	header.Set(HeaderDeadReason, why)
	return Event{
		Subject: fmt.Sprintf("dead.%s.%s", w.l.service, h.Stream),
		Type:    TypeDeadLetter,
		Schema:  h.Header.Get(HeaderSchema),
		Data:    h.Data,
		Records: h.Records(),
		Header:  header,
	}
}
