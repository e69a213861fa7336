package demo

import (
	"context"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"google.golang.org/protobuf/proto"
)

// Exam subscribes to RECORDS as exam registration would: the last message of every pupil first, then live changes.
type Exam struct {
	stream  jetstream.Stream
	consume jetstream.ConsumeContext

	mu       sync.Mutex
	received int
	last     uint64 // sequence in RECORDS
	newest   recordfeed.Newest
	content  recordfeed.Content
	err      error
	more     chan struct{} // a token when something came
}

// Records is what exam registration holds.
type Records struct {
	Received int    `json:"received"`       // messages, corrections and withdrawals included
	Distinct int    `json:"distinct"`       // records in force
	Digest   string `json:"digest"`         // as "rasoat watch" and a cut-off have it
	Content  string `json:"content_digest"` // to compare with another system: see recordfeed.Content
}

// Subscribe begins.
func Subscribe(ctx context.Context, nc *nats.Conn) (*Exam, error) {
	const op = "demo.subscribe"
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	e := &Exam{newest: recordfeed.Newest{}, more: make(chan struct{}, 1)}
	if e.stream, err = js.Stream(ctx, eventlog.Records); err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	consumer, err := js.OrderedConsumer(ctx, eventlog.Records, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy})
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	if e.consume, err = consumer.Consume(e.take); err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	return e, nil
}

// take keeps one record.
func (e *Exam) take(m jetstream.Msg) {
	e.mu.Lock()
	defer e.mu.Unlock()
	meta, err := m.Metadata()
	state := new(reportingpb.RecordState)
	if err == nil {
		err = proto.Unmarshal(m.Data(), state)
	}
	if err == nil {
		one := recordfeed.Record{Pupil: state.GetPupil(), Version: meta.Sequence.Stream, Outline: state, Payload: m.Data()}
		e.newest.Put(one.Held())
		err = e.content.Put(state, one.Version)
	}
	if err != nil {
		e.err = fault.Wrap(fault.Internal, "demo.exam", err)
	} else {
		e.received++
		e.last = max(e.last, meta.Sequence.Stream)
	}
	select {
	case e.more <- struct{}{}:
	default:
	}
}

// CatchUp waits until everything that stands in RECORDS now was received.
func (e *Exam) CatchUp(ctx context.Context) error {
	info, err := e.stream.Info(ctx)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "demo.catch_up", err)
	}
	for {
		e.mu.Lock()
		err, last := e.err, e.last
		e.mu.Unlock()
		if err != nil || last >= info.State.LastSeq {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.more:
		}
	}
}

// Count tells what is held.
func (e *Exam) Count() Records {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Records{Received: e.received, Distinct: e.content.Len(), Digest: e.newest.Kept().Digest, Content: e.content.Sum()}
}

// Stop ends the subscription.
func (e *Exam) Stop() { e.consume.Stop() }
