package eventlog

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Replay visits the messages of a stream that a filter lets through, from a sequence on up to another, both included, in order and each once.
// No filter means the whole stream; filters must not overlap. A sequence that was erased by an operator, or that stands beyond the end
// of the stream, is no error. The messages come by the fetch, so memory does not grow with the stream.
//
// It fails with what visit returns, with fault.Unavailable when ctx ends or the connection was closed by its owner, and with fault.Internal
// for filters that cannot be.
func (l *Log) Replay(ctx context.Context, stream string, filters []string, from, upTo uint64, visit func(Message) error) error {
	const op = "eventlog.replay"
	head, _, err := l.Head(ctx, stream)
	if err != nil {
		return fault.Wrap("", op, err)
	}
	upTo = min(upTo, head)
	if upTo < max(from, 1) {
		return nil
	}
	return l.follow(ctx, op, stream, filters, from, upTo, visit)
}
