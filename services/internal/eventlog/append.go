package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// attemptWithin bounds one attempt to write. It is far above a slow disk's fsync.
const attemptWithin = 5 * time.Second

// Append puts one event into the log and waits until it is on disk.
//
// It fails with fault.Conflict when the condition of the event did not hold, with fault.Invalid when
// the subject or the size is not allowed, and with fault.Unavailable when the log could not be reached,
// or did not answer, for as long as ctx and Config.Patience allow: then it is not known whether the
// event was stored. An event without a condition may be stored twice in such a case. A lost answer to a
// conditional append is cleared up by reading the log; one that was stored and replaced by somebody
// else since then counts as fault.Conflict.
func (l *Log) Append(ctx context.Context, ev Event) (Position, error) {
	const op = "eventlog.append"
	msg, err := l.encode(ctx, ev)
	if err != nil {
		return Position{}, err
	}
	if _, err := StreamFor(ev.Subject); err != nil {
		return Position{}, fault.Wrap("", op, err)
	}
	var at Position
	err = l.persist(ctx, op, write{
		subjects: []string{ev.Subject},
		attempt: func(ctx context.Context) error {
			ack, err := l.js.PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
			if err == nil {
				at = Position{Stream: ack.Stream, Sequence: ack.Sequence}
			}
			return err
		},
		check: func(ctx context.Context) bool {
			m, err := l.Last(ctx, ev.condition())
			if err != nil || m.ID() != msg.Header.Get(HeaderID) {
				return false
			}
			at = Position{Stream: m.Stream, Sequence: m.Sequence}
			return true
		},
	})
	if err == nil {
		l.stored(ctx, at.Stream, msg)
	}
	return at, err
}

// write is one thing to store: how to try it, and how to tell after a lost answer that it is there.
type write struct {
	subjects []string
	attempt  func(context.Context) error
	// check is asked when a condition failed after an attempt that was never answered: it was perhaps
	// our own earlier attempt that moved the state.
	check func(context.Context) bool
}

// persist tries until the log has answered for good.
func (l *Log) persist(ctx context.Context, op string, w write) error {
	ctx, cancel := context.WithTimeout(ctx, l.patience)
	defer cancel()
	doubt := false
	for wait := (backoff{}); ; {
		err := l.try(ctx, w)
		switch judge(err) {
		case stored:
			return nil
		case lost:
			if doubt && w.check(ctx) {
				return nil
			}
			return refused(op, err)
		case oversize:
			return tooLarge(op, l.nc.MaxPayload(), err)
		case hopeless:
			return unavailable(op, err)
		case unsure:
			doubt = true
		}
		if !wait.sleep(ctx) {
			if doubt {
				err = fmt.Errorf("not known whether it was stored: %w", err)
			}
			return unavailable(op, err)
		}
	}
}

// try makes one attempt, which ends early when its answer can no longer come.
func (l *Log) try(ctx context.Context, w write) error {
	ctx, done := l.link.during(ctx, w.subjects...)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	err := w.attempt(ctx)
	var api *jetstream.APIError
	if errors.As(err, &api) || errors.Is(err, nats.ErrMaxPayload) {
		return err
	}
	return because(ctx, err)
}
