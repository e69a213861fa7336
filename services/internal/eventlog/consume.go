package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Consumer is one service's reading of one stream. Any number of copies, in one process or in many, may
// run with the same Durable: each message goes to one of them.
type Consumer struct {
	Stream  string
	Durable string   // the name under which the broker remembers what was answered for; one token
	Filter  []string // the subjects wanted; none means the whole stream

	// Types are the types (ce-type) that Handle knows. A message of another type is acknowledged and
	// counted: it is news from a newer sender; but when it is for a newer version of this consumer, that
	// one has to take it, and this one waits (README.md). Empty hands over every message, also one without
	// a type, which is right where strangers write (PORTAL).
	Types []string

	MaxMessages int           // bound of one batch, default 64
	MaxRecords  int           // bound of the records in one batch, unless one message alone holds more; default 4000
	AckWait     time.Duration // how long the broker waits for a copy that fell silent, default that of the log
	Grace       time.Duration // how long the batches in hand may take after ctx ended, default that of the log

	// Handle does the work of a batch and answers for all of it: nil when it is done and everything that
	// follows is in the log; an error of kind fault.Unavailable when the surroundings are ill; any other
	// error, or a panic, when a message cannot be processed. It keeps no message after it returned. Its
	// context outlives the consumer's by Grace, so that work in hand is finished.
	Handle Handler
}

// defaultAckWait is how long the broker waits for a copy that fell silent.
const defaultAckWait = 30 * time.Second

// Handler does the work of a batch of messages; Consumer.Handle tells what it answers.
type Handler func(ctx context.Context, batch []Message) error

// maxAckPending is how many messages all copies together may have in hand: 32 copies with full hands.
const maxAckPending = 2048

func (c Consumer) withDefaults() Consumer {
	if c.MaxMessages <= 0 {
		c.MaxMessages = 64
	}
	if c.MaxRecords <= 0 {
		c.MaxRecords = 4000
	}
	if c.AckWait <= 0 {
		c.AckWait = defaultAckWait
	}
	if c.Grace <= 0 {
		c.Grace = 20 * time.Second
	}
	return c
}

// attr names the consumer in a log line.
func (c Consumer) attr() slog.Attr {
	return slog.Group("consumer", slog.String("stream", c.Stream), slog.String("durable", c.Durable))
}

// config is the durable as the broker keeps it. Deliveries are unlimited: it is not the broker that
// gives a message up, but the loop, after it set it aside.
func (c Consumer) config() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:        c.Durable,
		DeliverPolicy:  jetstream.DeliverAllPolicy,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        c.AckWait,
		MaxDeliver:     -1,
		MaxAckPending:  maxAckPending,
		FilterSubjects: c.Filter,
	}
}

// Consume hands the messages of a stream to c.Handle until ctx ends; then it fetches no more, finishes
// what is in hand, gives back what it could not, and returns nil. README.md tells the whole behaviour.
//
// It outlives every illness of the broker and of the handler's surroundings. It fails only with
// fault.Internal for a Consumer that cannot work, fault.Conflict when the durable exists with a
// configuration that cannot be changed to this one, and fault.Unavailable when the connection was
// closed by its owner.
func (l *Log) Consume(ctx context.Context, c Consumer) error {
	const op = "eventlog.consume"
	if c.Grace <= 0 {
		c.Grace = l.grace
	}
	if c.AckWait <= 0 {
		c.AckWait = l.ackWait
	}
	c = c.withDefaults()
	if c.Handle == nil {
		return fault.Internalf(op, "durable %s has no handler", c.Durable)
	}
	if l.wrap != nil {
		c.Handle = l.wrap(c.Handle)
	}
	c.Handle = l.watched(c)
	if err := Token(c.Durable); err != nil {
		return fault.Internalf(op, "the name of a durable: %w", err)
	}
	if !slices.ContainsFunc(Streams, func(s Stream) bool { return s.Name == c.Stream }) {
		return fault.Internalf(op, "durable %s: there is no stream %s", c.Durable, c.Stream)
	}
	if err := l.ensureDurable(ctx, c); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fault.Wrap("", op, err)
	}
	pull, err := newPuller(l.nc, l.link, c.Stream, c.Durable, c.MaxMessages)
	if err != nil {
		return unavailable(op, err)
	}
	stopLag, err := l.watchLag(c)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	defer stopLag()

	defer l.announcing(ctx, c)()
	w := newWorker(ctx, l, c)
	defer w.end()
	l.crew.join(w)
	defer l.crew.leave(w)
	err = w.loop(ctx, pull)
	w.finish(ctx, pull.close())
	return fault.Wrap("", op, err)
}

// maxMadeAtOnce bounds how many durables are made at a time. The broker makes one after the other, each on disk, and answers no other question of
// the kind meanwhile: a service with a hundred of them would keep everybody waiting.
const maxMadeAtOnce = 4

// makeDurable makes or updates the durable.
func (l *Log) makeDurable(ctx context.Context, c Consumer) error {
	select {
	case l.makes <- struct{}{}:
		defer func() { <-l.makes }()
	case <-ctx.Done():
		return ctx.Err()
	}
	attempt, done := l.link.during(ctx, "$JS.API.CONSUMER.CREATE."+c.Stream+"."+c.Durable)
	defer done()
	attempt, cancel := context.WithTimeout(attempt, attemptWithin)
	defer cancel()
	cfg := c.config()
	var err error
	if cfg.Metadata, err = l.announced(attempt, c); err == nil {
		_, err = l.js.CreateOrUpdateConsumer(attempt, c.Stream, cfg)
	}
	return because(attempt, err)
}

// ensureDurable makes or updates the durable; it tries until ctx ends. One that is being deleted at this moment is neither there to be updated
// nor gone yet.
func (l *Log) ensureDurable(ctx context.Context, c Consumer) error {
	const op = "eventlog.durable"
	for wait := (backoff{}); ; {
		err := l.makeDurable(ctx, c)
		if err == nil {
			return nil
		}
		var api *jetstream.APIError
		if errors.As(err, &api) && api.Code < 500 && api.ErrorCode != jetstream.JSErrCodeStreamNotFound && api.ErrorCode != jetstream.JSErrCodeConsumerDoesNotExist {
			return &fault.Error{Kind: fault.Conflict, Op: op, Err: err, Text: fault.Text{
				Vi: fmt.Sprintf("Bộ đọc %s của luồng %s đã có với cấu hình không đổi được thành cấu hình này.", c.Durable, c.Stream),
				En: fmt.Sprintf("the durable %s of stream %s exists with a configuration that cannot be changed to this one", c.Durable, c.Stream),
			}}
		}
		if l.nc.IsClosed() || ctx.Err() != nil {
			return unavailable(op, err)
		}
		l.logger.WarnContext(ctx, "waiting for the consumer", c.attr(), slog.Any("error", err))
		if !wait.sleep(ctx) {
			return unavailable(op, err)
		}
	}
}

// loop fetches and processes. While a batch is with the handler nothing is fetched.
func (w *worker) loop(ctx context.Context, pull *puller) error {
	wait := backoff{}
	for ctx.Err() == nil {
		if w.l.nc.IsClosed() {
			return unavailable("eventlog.fetch", nats.ErrConnectionClosed)
		}
		if w.ahead.upTo > 0 && len(w.hand) == 0 && !w.overtaken(ctx) {
			wait.sleep(ctx)
			continue
		}
		if w.ahead.upTo == 0 && !w.full() {
			asked, idle := time.Now(), len(w.hand) == 0
			msgs, err := pull.fetch(ctx, w.c.MaxMessages-len(w.hand), idle)
			w.take(ctx, msgs)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				w.ill(ctx, unavailable("eventlog.fetch", err))
				if errors.Is(err, errDeleted) {
					w.l.guard.doubt()
					if err := w.l.ensureDurable(ctx, w.c); err != nil && ctx.Err() == nil {
						return err
					}
				}
			default:
				w.well(ctx)
			}
			switch {
			case len(w.hand) > 0, err == nil && time.Since(asked) > time.Second:
				wait = backoff{}
			default: // nothing to do, and the broker did not make us wait: do it ourselves
				wait.sleep(ctx)
			}
		}
		switch err := w.l.guard.sure(ctx, w.l); {
		case ctx.Err() != nil:
		case fault.Is(err, fault.Unavailable):
			w.ill(ctx, err)
			wait.sleep(ctx)
		case err != nil:
			return err
		case len(w.hand) > 0:
			w.process(ctx, w.next())
		}
	}
	return nil
}
