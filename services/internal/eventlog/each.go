package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The reading of Follow: how many messages are asked for at once, and after how long the broker forgets a reader that asks for none.
const (
	followMessages = 256
	followForgot   = time.Minute
)

// Follow visits the messages of a stream that a filter lets through, from a sequence on, in order and each once, and goes on with what
// comes until ctx ends; then it returns nil. What visit returns ends it, too. No filter means the whole stream; filters must not overlap.
//
// Nothing is fetched while visit works: a slow visitor holds at most one fetch in memory, and the broker waits. It leaves nothing
// behind at the broker. It outlives losses of the connection, and fails with fault.Unavailable when the connection was closed by its
// owner, and with fault.Internal for filters that cannot be.
func (l *Log) Follow(ctx context.Context, stream string, filters []string, from uint64, visit func(Message) error) error {
	if err := l.follow(ctx, "eventlog.follow", stream, filters, from, forever, visit); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// forever is the end of a reading that has none.
const forever = math.MaxUint64

// errEnd ends a reading that goes to the end only.
var errEnd = errors.New("the end was reached")

func (l *Log) follow(
	ctx context.Context, op, stream string, filters []string, from, until uint64, visit func(Message) error, change ...func(*jetstream.ConsumerConfig),
) error {
	for wait := (backoff{}); ; {
		next, err := l.followOnce(ctx, stream, filters, max(from, 1), until, visit, change)
		var ended *visitError
		var api *jetstream.APIError
		switch {
		case errors.Is(err, errEnd):
			return nil
		case errors.As(err, &ended):
			return ended.error
		case ctx.Err() != nil:
			return unavailable(op, ctx.Err())
		case errors.As(err, &api) && api.Code < 500 && api.ErrorCode != jetstream.JSErrCodeStreamNotFound:
			return fault.Wrap(fault.Internal, op, err)
		case l.nc.IsClosed():
			return unavailable(op, err)
		}
		if next > from {
			wait = backoff{}
		}
		from = next
		if !wait.sleep(ctx) {
			return unavailable(op, ctx.Err())
		}
	}
}

// visitError carries what the visitor returned.
type visitError struct{ error }

// followOnce follows with one consumer of the broker and gives the sequence at which the next has to begin.
func (l *Log) followOnce(
	ctx context.Context, stream string, filters []string, from, until uint64, visit func(Message) error, change []func(*jetstream.ConsumerConfig),
) (uint64, error) {
	cfg := jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from, FilterSubjects: filters,
		AckPolicy: jetstream.AckNonePolicy, InactiveThreshold: followForgot, MemoryStorage: true, Replicas: 1,
	}
	for _, c := range change {
		c(&cfg)
	}
	attempt, done := l.link.during(ctx)
	attempt, cancel := context.WithTimeout(attempt, attemptWithin)
	consumer, err := l.js.CreateConsumer(attempt, stream, cfg)
	err = because(attempt, err)
	cancel()
	done()
	if err != nil {
		return from, err
	}
	name := consumer.CachedInfo().Name
	defer func() { // at once, and not only when the broker notices
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pullAnswer)
		defer cancel()
		_ = l.js.DeleteConsumer(ctx, stream, name)
	}()
	if until != forever && consumer.CachedInfo().NumPending == 0 {
		return from, errEnd
	}
	pull, err := newPuller(l.nc, l.link, stream, name, followMessages)
	if err != nil {
		return from, err
	}
	defer pull.close()
	for n := uint64(1); ; {
		msgs, err := pull.fetch(ctx, followMessages, true)
		for _, raw := range msgs {
			meta, err := raw.Metadata()
			if err != nil {
				return from, err
			}
			if meta.Sequence.Consumer != n { // nothing is given twice: begin again at what was lost on its way
				return from, fmt.Errorf("message %d of the reading was lost on its way", n)
			}
			n++
			if meta.Sequence.Stream > until {
				return from, errEnd
			}
			if err := visit(delivered(raw, meta)); err != nil {
				return from, &visitError{err}
			}
			from = meta.Sequence.Stream + 1
			if until != forever && meta.NumPending == 0 {
				return from, errEnd
			}
		}
		if err != nil || ctx.Err() != nil {
			return from, err
		}
	}
}

// delivered makes a Message of one that a consumer was given.
func delivered(raw *nats.Msg, meta *nats.MsgMetadata) Message {
	return Message{
		Stream: meta.Stream, Subject: raw.Subject, Type: raw.Header.Get(HeaderType), Sequence: meta.Sequence.Stream,
		Stored: meta.Timestamp, Data: raw.Data, Header: raw.Header, Delivered: meta.NumDelivered,
	}
}
