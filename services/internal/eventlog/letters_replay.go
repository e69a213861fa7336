package eventlog

import (
	"context"
	"log/slog"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// settlement is the event of a settlement.
func settlement(letter Letter, s Settlement) Event {
	header := nats.Header{}
	header.Set(headerSettledLetter, strconv.FormatUint(letter.Sequence, 10))
	header.Set(headerSettledOutcome, s.Outcome)
	header.Set(headerSettledBy, s.By)
	header.Set(headerSettledWhy, strconv.QuoteToASCII(s.Why))
	return Event{Subject: letter.subject(), Type: TypeDeadLetterSettled, Header: header}
}

// Consumes reports whether the consumer of a letter runs on this log in this process.
func (l *Log) Consumes(letter Letter) bool { return l.crew.find(letter.Stream, letter.Durable) != nil }

// ReplayLetter hands the message of a dead letter, as it stands in its stream, once more to the handler of its consumer, which has to run on this log
// in this process (Consumes), between two batches of its own. When that succeeds the letter is settled. already says that it was settled before and
// that nothing was done.
//
// It fails with what the handler answers, with fault.Internal for its crash, with fault.NotFound when there is no such letter, no such message any
// more, or no such consumer here, and with fault.Conflict when the consumer does not know the message's type (any more). The letter stays open then.
func (l *Log) ReplayLetter(ctx context.Context, sequence uint64, by, why string) (letter Letter, already bool, err error) {
	const op = "eventlog.replay_letter"
	letter, err = l.Letter(ctx, sequence)
	if err != nil || letter.Settled != nil {
		return letter, err == nil, err
	}
	w := l.crew.find(letter.Stream, letter.Durable)
	if w == nil {
		return letter, false, fault.New(fault.NotFound, op, "Bộ đọc "+letter.Durable+" không chạy trong tiến trình này.",
			"the consumer "+letter.Durable+" does not run in this process")
	}
	m, err := l.Read(ctx, letter.Stream, letter.Origin)
	if err != nil {
		return letter, false, fault.Wrap("", op, err)
	}
	if len(w.c.Types) > 0 && !slices.Contains(w.c.Types, m.Type) {
		return letter, false, fault.New(fault.Conflict, op, "Bộ đọc "+letter.Durable+" không xử lý loại thông điệp này; nếu không cần nữa thì dùng rasoat dead drop.",
			"the consumer "+letter.Durable+" does not process messages of this type; rasoat dead drop settles it when it is not needed any more")
	}
	m.Delivered = letter.Delivered + 1
	if err := w.once(ctx, m); err != nil {
		return letter, false, err
	}
	letter, already, err = l.settle(ctx, sequence, Settlement{Outcome: Replayed, By: by, Why: why})
	if err == nil && !already {
		l.logger.InfoContext(ctx, "a dead letter was replayed", w.c.attr(), slog.Uint64("letter", sequence), slog.String("by", by))
	}
	return letter, already, err
}

// once hands one message to the handler, outside of the deliveries.
func (w *worker) once(ctx context.Context, m Message) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.handling, cancel)()
	h := &held{Message: m}
	w.begin(h)
	defer h.span.End()
	return w.handle(ctx, []*held{h})
}
