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

// LastManyUpTo reads, of each of many subjects, the last message whose sequence is at most upTo: what stood then. Otherwise it is LastMany, and it
// is not a moment old: each answer has to hold the message upTo itself, so a copy that has not come so far is asked again.
func (l *Log) LastManyUpTo(ctx context.Context, subjects []string, upTo uint64) (map[string]Message, error) {
	const op = "eventlog.last_many_up_to"
	out := make(map[string]Message, len(subjects))
	if len(subjects) == 0 {
		return out, nil
	}
	name, err := StreamFor(subjects[0])
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	if row := Streams[slices.IndexFunc(Streams, func(s Stream) bool { return s.Name == name })]; !row.Direct {
		return nil, fault.Internalf(op, "the stream %s is not read by direct get", name)
	}
	head, _, err := l.Head(ctx, name)
	if err != nil || head == 0 || upTo == 0 {
		return out, err
	}
	upTo = min(upTo, head)
	witness, err := l.witness(ctx, name, upTo)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(subjects, maxLast-1) {
		for wait := (backoff{}); ; {
			then, err := l.lastMany(ctx, op, append(slices.Clone(part), witness...), jetstreamext.GetLastMsgsUpToSeq(upTo))
			if err != nil {
				return nil, err
			}
			if len(witness) == 0 || then[witness[0]].Sequence == upTo {
				for _, subject := range part {
					if m, ok := then[subject]; ok {
						out[subject] = m
					}
				}
				break
			}
			if !wait.sleep(ctx) {
				return nil, unavailable(op, errors.New("the copies have not come so far"))
			}
		}
	}
	return out, nil
}

// witness returns the subject of the message at a sequence that the stream has come to; none when it was erased.
func (l *Log) witness(ctx context.Context, stream string, sequence uint64) ([]string, error) {
	for wait := (backoff{}); ; {
		page, err := l.Page(ctx, stream, sequence, 1)
		if err != nil {
			return nil, err
		}
		if len(page) > 0 && page[0].Sequence == sequence {
			return []string{page[0].Subject}, nil
		}
		if len(page) > 0 { // a later one is there
			return nil, nil
		}
		if wait.next > time.Second { // the last of the stream was erased
			return nil, nil
		}
		if !wait.sleep(ctx) {
			return nil, unavailable("eventlog.witness", ctx.Err())
		}
	}
}

// Head returns the sequence of the last message of a stream and when it was stored, from the leader; 0 of an empty one. It fails with fault.Unavailable.
func (l *Log) Head(ctx context.Context, stream string) (uint64, time.Time, error) {
	const op = "eventlog.head"
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	s, err := l.stream(ctx, stream)
	if err != nil {
		return 0, time.Time{}, unavailable(op, because(ctx, err))
	}
	info, err := s.Info(ctx)
	if err == nil {
		err = led(info)
	}
	if err != nil {
		return 0, time.Time{}, unavailable(op, because(ctx, err))
	}
	return info.State.LastSeq, info.State.LastTime, nil
}

// SequenceAt returns the sequence of the last message of a stream that was stored before a time: what stands later is above it. Of a time that is
// yet to come it is what stands now, which may change. The stream is one that is marked Direct. It fails with fault.Unavailable.
func (l *Log) SequenceAt(ctx context.Context, stream string, at time.Time) (uint64, error) {
	head, last, err := l.Head(ctx, stream)
	if err != nil || last.Before(at) {
		return head, err
	}
	for wait := (backoff{}); ; {
		// A copy that lags may not have it yet; any that has one has the right one, since copies lack only the end.
		msgs, err := l.page(ctx, "eventlog.sequence_at", stream, 1, jetstreamext.GetBatchStartTime(at))
		if err != nil {
			return 0, err
		}
		if len(msgs) == 1 {
			return msgs[0].Sequence - 1, nil
		}
		if !wait.sleep(ctx) {
			return 0, unavailable("eventlog.sequence_at", ctx.Err())
		}
	}
}

// Page reads the messages of a stream from a sequence on, at most n (up to 1000), in order; fewer at its end or when they are large. The stream
// is one that is marked Direct, so the newest may be missing for a moment. It fails with fault.Unavailable.
func (l *Log) Page(ctx context.Context, stream string, from uint64, n int) ([]Message, error) {
	return l.page(ctx, "eventlog.page", stream, n, jetstreamext.GetBatchSeq(max(from, 1)))
}

func (l *Log) page(ctx context.Context, op, stream string, n int, from jetstreamext.GetBatchOpt) ([]Message, error) {
	var out []Message
	// The count of those to come is here that of the stream and not of the answer: an answer that breaks off is a short page.
	ctx, done := l.link.during(ctx, "$JS.API.DIRECT.GET."+stream)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	msgs, err := jetstreamext.GetBatch(ctx, l.js, stream, n, from)
	if err != nil {
		return nil, unavailable(op, because(ctx, err))
	}
	for raw, err := range msgs {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			break
		}
		if err != nil {
			return nil, unavailable(op, because(ctx, err))
		}
		out = append(out, read(l.propagator(), stream, raw))
	}
	if len(out) == 0 && ctx.Err() != nil {
		return nil, unavailable(op, because(ctx, ctx.Err()))
	}
	return out, nil
}

// The reading of what stands: how many messages, and how many bytes, wait in this process at the most, and how long a reading that is no
// longer heard of is kept by the broker.
const (
	standingMessages = 4096
	standingBytes    = 16 << 20
	standingForgot   = time.Minute
)

// Standing reads the last message of every subject of a stream, or of the subjects that match a
// filter, in order of sequence. It needs memory for a few thousand messages at a time. A message
// that is stored during the read may come too, beside the one that it replaces; nothing that was
// there at the beginning is missing. The last element carries the error, if there is one:
// fault.Unavailable, and the read has to begin again.
func (l *Log) Standing(ctx context.Context, stream string, filter ...string) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		ctx, done := l.link.during(ctx)
		defer done()
		Standing(ctx, l.js, stream, filter...)(yield)
	}
}

// Standing is like Log.Standing, for callers without a Log, such as subscribers of the records.
func Standing(ctx context.Context, js jetstream.JetStream, stream string, filter ...string) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		if err := standing(ctx, js, stream, filter, func(m Message) bool { return yield(m, nil) }); err != nil {
			yield(Message{}, unavailable("eventlog.standing", because(ctx, err)))
		}
	}
}

func standing(ctx context.Context, js jetstream.JetStream, stream string, filter []string, visit func(Message) bool) error {
	if len(filter) == 0 {
		filter = []string{">"}
	}
	attempt, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	consumer, err := js.CreateConsumer(attempt, stream, jetstream.ConsumerConfig{
		FilterSubjects: filter, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, AckPolicy: jetstream.AckNonePolicy, InactiveThreshold: standingForgot,
		MemoryStorage: true, Replicas: 1,
	})
	if err != nil {
		return err
	}
	defer func() { // at once, and not only when the broker notices
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptWithin)
		defer cancel()
		_ = js.DeleteConsumer(ctx, stream, consumer.CachedInfo().Name)
	}()
	s, err := js.Stream(attempt, stream)
	if err != nil {
		return err
	}
	head := s.CachedInfo().State.LastSeq
	if s.CachedInfo().State.Msgs == 0 {
		return nil
	}
	// Where no subject matches, no message would ever come to say that it is the last one.
	if consumer.CachedInfo().NumPending == 0 {
		info, err := consumer.Info(attempt)
		if err != nil || info.NumPending == 0 {
			return err
		}
	}
	msgs, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(standingMessages, standingBytes))
	if err != nil {
		return err
	}
	defer msgs.Stop()
	for n := uint64(1); ; n++ {
		raw, err := msgs.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := raw.Metadata()
		if err != nil {
			return err
		}
		if meta.Sequence.Consumer != n { // nothing is given twice: what was lost on the way is lost to this reading
			return fmt.Errorf("message %d of the reading was lost on its way", n)
		}
		if meta.Sequence.Stream > head {
			return nil
		}
		if !visit(messageOf(stream, raw, meta)) || meta.NumPending == 0 {
			return nil
		}
	}
}

func messageOf(stream string, raw jetstream.Msg, meta *jetstream.MsgMetadata) Message {
	return Message{
		Stream: stream, Subject: raw.Subject(), Type: raw.Headers().Get(HeaderType), Sequence: meta.Sequence.Stream,
		Stored: meta.Timestamp, Data: raw.Data(), Header: raw.Headers(),
	}
}

// Reading is how far a durable consumer has come.
type Reading struct {
	Durable string
	Floor   uint64    // everything up to here was answered for
	Pending uint64    // messages not yet handed over
	InHand  int       // handed over and not answered for
	Active  time.Time // of its last answer; zero if it never gave one
	Created time.Time
	Pulling int       // requests for messages that wait for one: somebody reads
	Said    Said      // by whoever reads
	Asked   time.Time // when this stood, by the broker's clock
}

// Readings lists the durable consumers of a stream. It fails with fault.Unavailable.
func (l *Log) Readings(ctx context.Context, stream string) ([]Reading, error) {
	const op = "eventlog.readings"
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	s, err := l.stream(ctx, stream)
	if err != nil {
		return nil, unavailable(op, because(ctx, err))
	}
	var out []Reading
	list := s.ListConsumers(ctx)
	for info := range list.Info() {
		if info.Config.Durable == "" {
			continue
		}
		r := Reading{Durable: info.Config.Durable, Floor: info.AckFloor.Stream, Pending: info.NumPending, InHand: info.NumAckPending, Created: info.Created,
			Pulling: info.NumWaiting, Said: saidIn(info.Config.Metadata), Asked: info.TimeStamp}
		if at := info.AckFloor.Last; at != nil {
			r.Active = *at
		}
		out = append(out, r)
	}
	if err := list.Err(); err != nil {
		return nil, unavailable(op, because(ctx, err))
	}
	return out, nil
}
