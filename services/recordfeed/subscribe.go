package recordfeed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Config says who subscribes, and where.
type Config struct {
	Conn *nats.Conn // a connection that remains the caller's; or, when it is nil:
	URL  string     // where the broker listens
	// Options of the connection that is made to URL: credentials, certificates.
	Options []nats.Option

	// Name is the subscriber's own, for ever: a token of letters, digits, '-' and '_'. One process at a time uses it, with one table.
	Name    string
	Handler Handler

	// FromStart forgets how far the subscriber had read: it lost its table, or starts a new one.
	FromStart bool
	// Once ends Subscribe when what stood at its start was handled.
	Once bool
	// CutOffs fills Record.AfterCutOff: of every version that was stored after the manifest of the cut-off.
	CutOffs bool
	// CaughtUp is called, when it is not nil, the first time that nothing waits.
	CaughtUp func()

	Batch  int          // the most records of one Handle; default 4000
	Logger *slog.Logger // default slog.Default()
}

// The errors that end Subscribe, besides those of the handler and of the context.
var (
	// ErrConfig is a configuration that cannot work.
	ErrConfig = errors.New("recordfeed: configuration")
	// ErrTaken is a name under which the broker knows a reader of another kind.
	ErrTaken = errors.New("recordfeed: the name is taken by another kind of reader")
	// ErrRestored is a log that was put back from a backup, while what the subscriber keeps may be of later: versions that are gone, whose numbers
	// are given to others. The way out is an empty table and FromStart.
	ErrRestored = errors.New("recordfeed: the records were put back from a backup and what is kept may be newer than they: empty the table and receive everything from the start")
	// ErrUnreadable is a record that does not decode.
	ErrUnreadable = errors.New("recordfeed: a record cannot be read")
	// ErrClosed is a connection that its owner closed.
	ErrClosed = errors.New("recordfeed: the connection was closed")
)

// Prefix stands before the name of a subscriber in the name of its consumer.
const Prefix = "feed-"

// feed is one call of Subscribe.
type feed struct {
	Config
	nc      *nats.Conn
	js      jetstream.JetStream
	cutOffs *cutOffs

	restored string // how RECORDS was put back from a backup the last time
	target   uint64 // what stood at the start; Once
	handled  uint64 // the greatest version that was handled
	caught   bool
}

// permanent marks an error that trying again does not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Subscribe hands records to cfg.Handler until ctx ends (nil), or, with Once, until it has caught up. A broker that is away is waited for, for
// ever. It fails with ErrConfig, ErrTaken, ErrRestored, ErrUnreadable, ErrClosed, and with the error of the handler.
func Subscribe(ctx context.Context, cfg Config) error {
	f := &feed{Config: cfg, nc: cfg.Conn}
	if err := f.open(); err != nil {
		return err
	}
	if cfg.Conn == nil {
		defer f.nc.Close()
	}
	defer func() { _ = f.nc.FlushTimeout(time.Second) }() // an answer that is lost now is only work done twice
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		began := f.handled
		err := f.attempt(ctx)
		var p permanent
		switch {
		case ctx.Err() != nil && f.Once && !f.caught:
			f.leave(ctx, Stopped)
			return fmt.Errorf("recordfeed: ended before it had caught up: %w", ctx.Err())
		case err == nil && f.Once:
			f.leave(ctx, Finished)
			return nil
		case err == nil || ctx.Err() != nil:
			f.leave(ctx, Stopped)
			return nil
		case errors.As(err, &p):
			return p.error
		case f.nc.IsClosed():
			return ErrClosed
		}
		if f.handled > began {
			wait = 50 * time.Millisecond
		}
		f.Logger.WarnContext(ctx, "the feed of records is interrupted", slog.String("subscriber", f.Name), slog.Any("error", err))
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// open fills in what the configuration leaves out, and connects.
func (f *feed) open() error {
	if err := eventlog.Token(f.Name); err != nil || f.Handler == nil {
		return fmt.Errorf("%w: a name of letters, digits, '-' and '_', and a handler, are needed", ErrConfig)
	}
	if f.Batch <= 0 {
		f.Batch = 4000
	}
	if f.Logger == nil {
		f.Logger = slog.Default()
	}
	var err error
	if f.nc == nil {
		if f.nc, err = eventlog.Connect(f.URL, "recordfeed "+f.Name, f.Options...); err != nil {
			return fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	if f.js, err = jetstream.New(f.nc); err != nil {
		return fault.Wrap(fault.Internal, "recordfeed.open", err)
	}
	if f.CutOffs {
		f.cutOffs = &cutOffs{js: f.js}
	}
	return nil
}

// attempt reads until something breaks.
func (f *feed) attempt(ctx context.Context) error {
	floor, err := f.position(ctx)
	if err != nil {
		return err
	}
	f.handled = max(f.handled, floor)
	if floor == 0 {
		if err := f.backfill(ctx); err != nil {
			return err
		}
	}
	return f.follow(ctx)
}

// durable is the name of the consumer.
func (f *feed) durable() string { return Prefix + f.Name }

// answerWithin bounds the wait for an answer of the broker.
const answerWithin = 5 * time.Second

// position makes sure of the durable consumer, takes back what a former process had in hand and gives where it stands.
func (f *feed) position(all context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(all, answerWithin)
	defer cancel()
	stream, err := f.js.Stream(ctx, eventlog.Records)
	if err != nil {
		return 0, fmt.Errorf("the stream of records: %w", err)
	}
	f.restored = stream.CachedInfo().Config.Metadata[eventlog.RestoredKey]
	if f.target == 0 {
		f.target = stream.CachedInfo().State.LastSeq
	}
	if f.FromStart {
		if err := stream.DeleteConsumer(ctx, f.durable()); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return 0, err
		}
		f.FromStart = false
	}
	consumer, err := stream.Consumer(ctx, f.durable())
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		// It is made for every version, and moved past those that were superseded when the backfill is done. The broker's own "last per
		// subject" is no position to come back to: a broker that restarts begins it anew, and what was in hand is skipped by a reset.
		consumer, err = stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: f.durable(), Description: "subscriber of the verified records", DeliverPolicy: jetstream.DeliverAllPolicy,
			AckPolicy: jetstream.AckAllPolicy, AckWait: ackWait, MaxDeliver: -1, MaxAckPending: 16 * f.Batch,
			Metadata: f.metadata(""),
		})
	}
	if err != nil {
		return 0, err
	}
	if c := consumer.CachedInfo().Config; c.AckPolicy != jetstream.AckAllPolicy || c.DeliverPolicy != jetstream.DeliverAllPolicy || len(c.FilterSubjects) > 0 || c.FilterSubject != "" {
		return 0, permanent{fmt.Errorf("%w: %s", ErrTaken, f.durable())}
	}
	before := consumer.CachedInfo().Config.Metadata
	if before[eventlog.RestoredKey] != f.restored {
		if err := f.within(all, strings.TrimSuffix(f.restored, before[eventlog.RestoredKey])); err != nil {
			return 0, err
		}
		ctx, cancel = context.WithTimeout(all, answerWithin) // to read a table takes its time
		defer cancel()
	}
	if before[eventlog.RestoredKey] != f.restored || before[eventlog.ReaderKey] != "" {
		if err := f.say(ctx, ""); err != nil {
			return 0, err
		}
	}
	// To answer for a message answers for all before it, those too that were handed to a process that is dead. So each attempt begins
	// where the last answer ended, with nothing in hand.
	reset, err := f.js.ResetConsumer(ctx, eventlog.Records, f.durable())
	if err != nil {
		return 0, fmt.Errorf("taking back what was in hand: %w", err)
	}
	return reset.ResetSeq - 1, nil
}

// within fails with ErrRestored unless the handler is a table that keeps nothing from behind a place up to which the stream was put back.
func (f *feed) within(ctx context.Context, restored string) error {
	table, ok := f.Handler.(Table)
	if !ok {
		return permanent{ErrRestored}
	}
	kept, err := KeptIn(ctx, table)
	if err != nil {
		return permanent{err}
	}
	for one := range strings.SplitSeq(strings.TrimSuffix(restored, ","), ",") {
		end, _, _ := strings.Cut(one, " ")
		if last, err := strconv.ParseUint(end, 10, 64); err != nil || kept.Newest > last {
			return permanent{ErrRestored}
		}
	}
	return nil
}

// mark moves the position of the consumer behind a version.
func (f *feed) mark(ctx context.Context, version uint64) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	_, err := f.js.ResetConsumerToSequence(ctx, eventlog.Records, f.durable(), version+1)
	return err
}

// rest reports whether the feed may end: nothing of what stood at the start is missing, and nobody wants what comes.
func (f *feed) rest() bool {
	if !f.caught {
		f.caught = true
		if f.CaughtUp != nil {
			f.CaughtUp()
		}
	}
	return f.Once
}
