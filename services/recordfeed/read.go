package recordfeed

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
)

const (
	ackWait     = 10 * time.Minute // of a batch; who is killed need not wait for it
	markEvery   = time.Second      // how often the position is moved in a backfill
	idleEvery   = 200 * time.Millisecond
	prefetchMax = 16 << 20 // bytes
)

// arrival is a message on its way to the handler, or the error after which none comes.
type arrival struct {
	subject, kind string
	version       uint64
	stored        time.Time
	data          []byte
	raw           jetstream.Msg
	pending       uint64
	err           error
}

// backfill hands over the standing record of every pupil. It moves the position along: every pupil whose record is older has been
// handed over, so a process that begins again need not begin at the start.
func (f *feed) backfill(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := make(chan arrival, 2*f.Batch)
	go func() {
		defer close(in)
		for m, err := range eventlog.Standing(ctx, f.js, eventlog.Records) {
			a := arrival{subject: m.Subject, kind: m.Type, version: m.Sequence, stored: m.Stored, data: m.Data, err: err}
			select {
			case in <- a:
			case <-ctx.Done():
				return
			}
		}
	}()
	marked, said := time.Now(), time.Time{}
	for {
		if time.Since(said) > sayEvery {
			if err := f.say(ctx, filling); err != nil {
				return err
			}
			said = time.Now()
		}
		batch, err := gather(ctx, in, nil, f.Batch)
		if len(batch) > 0 {
			if err := f.handle(ctx, batch); err != nil {
				return err
			}
			if end := errors.Is(err, errEnd); end || time.Since(marked) > markEvery {
				if err := f.mark(ctx, f.handled); err != nil {
					return err
				}
				marked = time.Now()
			}
		}
		if errors.Is(err, errEnd) {
			if err := f.mark(ctx, f.handled); err != nil {
				return err
			}
			return f.say(ctx, "")
		}
		if err != nil {
			return err
		}
	}
}

var (
	errEnd  = errors.New("nothing more")
	errIdle = errors.New("nothing for a while")
)

// gather waits for the first message and takes what is there with it. Messages may come with an error.
func gather(ctx context.Context, in <-chan arrival, idle <-chan time.Time, most int) ([]arrival, error) {
	var batch []arrival
	for len(batch) < most {
		var a arrival
		var open bool
		if len(batch) == 0 {
			select {
			case a, open = <-in:
			case <-idle:
				return nil, errIdle
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		} else {
			select {
			case a, open = <-in:
			default:
				return batch, nil
			}
		}
		if !open {
			return batch, errEnd
		}
		if a.err != nil {
			return batch, a.err
		}
		batch = append(batch, a)
	}
	return batch, nil
}

// follow hands over every version after the position, as they come.
func (f *feed) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	consumer, err := f.js.Consumer(ctx, eventlog.Records, f.durable())
	if err != nil {
		return err
	}
	msgs, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(2*f.Batch, prefetchMax))
	if err != nil {
		return err
	}
	defer msgs.Stop()
	in := make(chan arrival, 2*f.Batch)
	go receive(ctx, msgs, in)
	ticker := time.NewTicker(idleEvery)
	defer ticker.Stop()
	for quiet := 0; ; {
		if f.handled >= f.target && f.rest() {
			return nil
		}
		idle := ticker.C
		if f.caught {
			idle = nil
		}
		batch, err := gather(ctx, in, idle, f.Batch)
		if len(batch) > 0 {
			quiet = 0
			if err := f.handle(ctx, batch); err != nil {
				return err
			}
			last := batch[len(batch)-1]
			if err := f.answer(ctx, last.raw); err != nil {
				return err
			}
			if last.pending == 0 && f.rest() {
				return nil
			}
		}
		switch {
		case errors.Is(err, errIdle): // the newest may have been erased: then nothing comes
			info, err := consumer.Info(ctx)
			if err != nil {
				return err
			}
			if info.NumPending > 0 || info.NumAckPending > 0 {
				quiet = 0
			} else if quiet++; quiet > 1 && f.rest() {
				return nil
			}
		case err != nil:
			return err
		}
	}
}

// answer tells the broker that everything up to a message was handled; when the feed is about to end, it waits until the broker knows.
func (f *feed) answer(ctx context.Context, m jetstream.Msg) error {
	if f.Once {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		return m.DoubleAck(ctx)
	}
	return m.Ack()
}

// receive passes messages on as long as none is missing and none comes twice: then the position is taken anew.
func receive(ctx context.Context, msgs jetstream.MessagesContext, in chan<- arrival) {
	defer close(in)
	for n, last := uint64(1), uint64(0); ; n++ {
		a := arrival{}
		raw, err := msgs.Next(jetstream.NextContext(ctx))
		if err == nil {
			var meta *jetstream.MsgMetadata
			if meta, err = raw.Metadata(); err == nil {
				a = arrival{subject: raw.Subject(), kind: raw.Headers().Get(eventlog.HeaderType), version: meta.Sequence.Stream, stored: meta.Timestamp,
					data: raw.Data(), raw: raw, pending: meta.NumPending}
				if meta.Sequence.Consumer != n || meta.NumDelivered > 1 || a.version <= last {
					err = fmt.Errorf("message %d of the feed was lost on its way", n)
				}
			}
		}
		a.err, last = err, a.version
		select {
		case in <- a:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// handle decodes messages and hands them over. A message of a type that it does not know is news from a newer sender, and is passed over.
func (f *feed) handle(ctx context.Context, batch []arrival) error {
	records := make([]Record, len(batch))
	var g errgroup.Group
	size := max((len(batch)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0), 64)
	for from := 0; from < len(batch); from += size {
		g.Go(func() error { return decode(batch[from:min(from+size, len(batch))], records[from:]) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	known := records[:0]
	for _, r := range records {
		if r.Outline != nil {
			known = append(known, r)
		}
	}
	if f.cutOffs != nil && len(known) > 0 {
		if err := f.cutOffs.mark(ctx, known); err != nil {
			return err
		}
	}
	if len(known) > 0 {
		if err := f.Handler.Handle(ctx, known); err != nil {
			return permanent{err}
		}
	}
	f.handled = max(f.handled, batch[len(batch)-1].version)
	return nil
}

func decode(batch []arrival, into []Record) error {
	for i, a := range batch {
		if a.kind != wire.TypeRecord {
			continue
		}
		state, err := OutlineOf(a.data)
		if err != nil {
			return permanent{fmt.Errorf("%w: version %d", ErrUnreadable, a.version)}
		}
		into[i] = Record{Pupil: state.GetPupil(), Version: a.version, StoredAt: a.stored, Outline: state, Payload: a.data}
	}
	return nil
}
