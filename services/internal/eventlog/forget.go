package eventlog

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// Forget deletes a durable, so that whoever consumes under its name begins at the beginning: for a rebuild. That there is none is no
// error; the others are of kind fault.Unavailable.
func (l *Log) Forget(ctx context.Context, stream, durable string) error {
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	err := l.js.DeleteConsumer(ctx, stream, durable)
	if err == nil || errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil
	}
	return unavailable("eventlog.forget", because(ctx, err))
}
