package eventlog

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The bounds of one atomic batch, and of how many are on their way at once. The broker takes 1,000
// messages in a batch, 50 batches in flight for one stream and 1,000 in all; it stages a batch beside
// the stream until the last message commits it. README.md, "Atomic batches".
const (
	maxBatchMessages   = 500
	maxBatchBytes      = 4 << 20
	maxBatchesInFlight = 8
)

// AppendBatch puts events into the log and waits until all are on disk. The events of one stream go in
// their order, in atomic batches of at most 500 events and 4 MB: each batch is stored whole or not at
// all, and nobody sees a part of it. When a batch fails, the ones before it are stored.
//
// Each event may have its own condition; one condition that does not hold refuses its whole batch with
// fault.Conflict. A subject stands once in a call when one of its events has a condition: the broker
// does not hold conditions against the batch itself. The other kinds are those of Append.
func (l *Log) AppendBatch(ctx context.Context, events []Event) error {
	const op = "eventlog.append_batch"
	chunks, err := l.chunks(ctx, events)
	if err != nil {
		return fault.Wrap("", op, err)
	}
	for _, c := range chunks {
		if err := l.appendChunk(ctx, op, c); err != nil {
			return err
		}
	}
	return nil
}

// chunk is what is stored in one go.
type chunk struct {
	stream string
	bytes  int
	msgs   []*nats.Msg
	filter string // the condition of one of the events, "" when none has one
	marker string // the id of that event
}

// chunks encodes all events before the first is sent, and divides them by stream and size.
func (l *Log) chunks(ctx context.Context, events []Event) ([]*chunk, error) {
	if err := checkConditions(events); err != nil {
		return nil, err
	}
	var all []*chunk
	open := map[string]*chunk{}
	for i, ev := range events {
		stream, err := StreamFor(ev.Subject)
		if err != nil {
			return nil, err
		}
		msg, err := l.encode(ctx, ev)
		if err != nil {
			return nil, fmt.Errorf("event %d of %d: %w", i+1, len(events), err)
		}
		c := open[stream]
		if c == nil || len(c.msgs) == maxBatchMessages || c.bytes+msg.Size() > maxBatchBytes {
			c = &chunk{stream: stream}
			open[stream] = c
			all = append(all, c)
		}
		c.msgs = append(c.msgs, msg)
		c.bytes += msg.Size()
		if filter := ev.condition(); filter != "" {
			c.filter, c.marker = filter, msg.Header.Get(HeaderID)
		}
	}
	return all, nil
}

// checkConditions refuses what the broker would either refuse for ever or not notice.
func checkConditions(events []Event) error {
	subjects := make(map[string]int, len(events))
	filters := map[string]int{}
	for _, ev := range events {
		subjects[ev.Subject]++
		if filter := ev.condition(); filter != "" {
			filters[filter]++
		}
	}
	for filter, n := range filters {
		if n > 1 || subjects[filter] > 1 {
			return fault.Internalf("eventlog.append_batch", "%s stands %d times in a batch, with a condition", filter, max(n, subjects[filter]))
		}
	}
	return nil
}

// appendChunk stores one chunk.
func (l *Log) appendChunk(ctx context.Context, op string, c *chunk) error {
	select {
	case l.batches <- struct{}{}:
		defer func() { <-l.batches }()
	case <-ctx.Done():
		return unavailable(op, ctx.Err())
	}
	subjects := make([]string, len(c.msgs))
	for i, m := range c.msgs {
		subjects[i] = m.Subject
	}
	err := l.persist(ctx, op, write{
		subjects: subjects,
		attempt:  func(ctx context.Context) error { return l.send(ctx, c.msgs) },
		check: func(ctx context.Context) bool {
			m, err := l.Last(ctx, c.filter)
			return err == nil && m.ID() == c.marker
		},
	})
	if err == nil {
		l.stored(ctx, c.stream, c.msgs...)
	}
	return err
}

// send publishes the messages of a chunk as one. One message needs no batch.
func (l *Log) send(ctx context.Context, msgs []*nats.Msg) error {
	if len(msgs) == 1 {
		_, err := l.js.PublishMsg(ctx, msgs[0])
		return err
	}
	// Only the commit is answered: its context ends early when the connection breaks or a subject is
	// denied, which the library's wait for the first message would not.
	_, err := jetstreamext.PublishMsgBatch(ctx, l.js, msgs, jetstreamext.BatchFlowControl{AckFirst: false, AckTimeout: attemptWithin})
	return err
}
