package eventlog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Last reads the last message whose subject matches a filter ("submission.*.01.01000701.<id>"). It
// fails with fault.NotFound when there is none, and with fault.Unavailable.
//
// Only the streams marked Direct answer from any copy, and may be a moment behind; the others answer
// from the leader and are exact.
func (l *Log) Last(ctx context.Context, filter string) (Message, error) {
	const op = "eventlog.last"
	if err := checkSubject(filter, true); err != nil {
		return Message{}, fault.Wrap("", op, err)
	}
	name, err := StreamFor(filter)
	if err != nil {
		return Message{}, fault.Wrap("", op, err)
	}
	return l.get(ctx, op, name, func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetLastMsgForSubject(ctx, filter)
	})
}

// Read reads the message at a position. It fails with fault.NotFound and fault.Unavailable.
func (l *Log) Read(ctx context.Context, stream string, sequence uint64) (Message, error) {
	return l.get(ctx, "eventlog.read", stream, func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetMsg(ctx, sequence)
	})
}

func (l *Log) get(ctx context.Context, op, name string, ask func(context.Context, jetstream.Stream) (*jetstream.RawStreamMsg, error)) (Message, error) {
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	s, err := l.stream(ctx, name)
	if err != nil {
		return Message{}, unavailable(op, fmt.Errorf("stream %s: %w", name, because(ctx, err)))
	}
	raw, err := ask(ctx, s)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Message{}, missing(op, fmt.Errorf("stream %s", name))
	}
	if err != nil {
		return Message{}, unavailable(op, because(ctx, err))
	}
	return read(l.propagator(), name, raw), nil
}

// maxLast is how many subjects are asked for at once; the broker takes 1,024.
const maxLast = 500

// LastMany reads the last message of each of many subjects, 500 in a round trip. A subject without a
// message is absent from the answer; the answer is whole, or an error of kind fault.Unavailable. The
// subjects belong to one stream, and that is marked Direct; so what is read may be a moment old, and
// what is written on the strength of it must be written with a condition.
func (l *Log) LastMany(ctx context.Context, subjects []string) (map[string]Message, error) {
	return l.lastMany(ctx, "eventlog.last_many", subjects)
}

func (l *Log) lastMany(ctx context.Context, op string, subjects []string, opts ...jetstreamext.GetLastForOpt) (map[string]Message, error) {
	out := make(map[string]Message, len(subjects))
	if len(subjects) == 0 {
		return out, nil
	}
	name, err := StreamFor(subjects[0])
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	row := Streams[slices.IndexFunc(Streams, func(s Stream) bool { return s.Name == name })]
	for _, subject := range subjects {
		if err := checkSubject(subject, false); err != nil {
			return nil, fault.Wrap("", op, err)
		}
		if other, err := StreamFor(subject); err != nil || other != name || !row.Direct {
			return nil, fault.Internalf(op, "%s: the subjects must belong to one stream that is read by direct get", subject)
		}
	}
	for part := range slices.Chunk(subjects, maxLast) {
		if err := l.lastOf(ctx, name, part, out, opts); err != nil {
			return nil, unavailable(op, err)
		}
	}
	return out, nil
}

// lastOf asks for one part.
func (l *Log) lastOf(ctx context.Context, stream string, subjects []string, out map[string]Message, opts []jetstreamext.GetLastForOpt) error {
	return l.direct(ctx, stream, func(ctx context.Context) (iter.Seq2[*jetstream.RawStreamMsg, error], error) {
		return jetstreamext.GetLastMsgsFor(ctx, l.js, stream, subjects, opts...)
	}, func(m Message) { out[m.Subject] = m })
}

// direct makes one direct get. The library ends its iteration in silence when the answer stops coming
// (a timeout, a lost connection), so the end is recognised by the count that each message carries of
// those still to come.
func (l *Log) direct(ctx context.Context, stream string, ask func(context.Context) (iter.Seq2[*jetstream.RawStreamMsg, error], error), take func(Message)) error {
	ctx, done := l.link.during(ctx, "$JS.API.DIRECT.GET."+stream)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	msgs, err := ask(ctx)
	if err != nil {
		return because(ctx, err)
	}
	toCome := "?"
	for raw, err := range msgs {
		if errors.Is(err, jetstreamext.ErrNoMessages) && toCome == "?" {
			return nil // there is none
		}
		if err != nil {
			return because(ctx, err)
		}
		toCome = raw.Header.Get("Nats-Num-Pending")
		take(read(l.propagator(), stream, raw))
	}
	if toCome != "0" {
		return because(ctx, fmt.Errorf("the answer broke off with %s messages to come", toCome))
	}
	return nil
}

// Pending tells how many messages a consumer has still to be given or has not answered for: 0 when it
// is settled. A durable that does not exist is fault.NotFound.
func (l *Log) Pending(ctx context.Context, stream, durable string) (uint64, error) {
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	n, _, err := l.pending(ctx, stream, durable)
	return n, err
}

// pending is Pending, with what the broker tells of the consumer.
func (l *Log) pending(ctx context.Context, stream, durable string) (uint64, *jetstream.ConsumerInfo, error) {
	const op = "eventlog.pending"
	consumer, err := l.js.Consumer(ctx, stream, durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return 0, nil, missing(op, err)
	}
	if err != nil {
		return 0, nil, unavailable(op, because(ctx, err))
	}
	info := consumer.CachedInfo()
	if n := info.NumPending + uint64(max(info.NumAckPending, 0)); n > 0 {
		return n, info, nil
	}
	// For a moment after it made a durable, or moved it to another node, the broker shows both counts
	// as zero. What it has on disk tells the truth: what was answered for, and what comes after it.
	if behind := info.Delivered.Consumer - min(info.AckFloor.Consumer, info.Delivered.Consumer); behind > 0 {
		return behind, info, nil
	}
	s, err := l.stream(ctx, stream)
	if err != nil {
		return 0, nil, unavailable(op, because(ctx, err))
	}
	for _, filter := range filtersOf(info.Config) {
		_, err := s.GetMsg(ctx, info.Delivered.Stream+1, jetstream.WithGetMsgSubject(filter))
		switch {
		case err == nil:
			return 1, info, nil // at least
		case !errors.Is(err, jetstream.ErrMsgNotFound):
			return 0, nil, unavailable(op, because(ctx, err))
		}
	}
	return 0, info, nil
}

// Reached waits until a consumer has answered for every message of its stream up to a position. Of a consumer with a filter it knows only what
// the filter lets through. It fails with fault.Unavailable when ctx ends first, or with the connection.
func (l *Log) Reached(ctx context.Context, stream, durable string, sequence uint64) error {
	const op = "eventlog.reached"
	for wait := (backoff{first: 20 * time.Millisecond, most: time.Second}); ; {
		attempt, cancel := context.WithTimeout(ctx, attemptWithin)
		consumer, err := l.js.Consumer(attempt, stream, durable)
		err = because(attempt, err)
		cancel()
		if err == nil && consumer.CachedInfo().AckFloor.Stream >= sequence {
			return nil
		}
		if err == nil {
			err = errors.New("it has not come so far")
		}
		if l.nc.IsClosed() || !wait.sleep(ctx) {
			return unavailable(op, err)
		}
	}
}
