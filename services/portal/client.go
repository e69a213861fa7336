package portal

import (
	"context"
	"errors"
	"iter"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// Client hands submissions in over one stream. Its zero values are sensible; one Submit at a time.
type Client struct {
	Intake intakepb.IntakeServiceClient
	// InFlight is how many submissions may wait for their answers; 0 means 16, as many as intake takes at once.
	InFlight int
	// AnswerTimeout is how long nothing may happen before the connection is given up for another; 0 means 30 seconds.
	AnswerTimeout time.Duration
	// GiveUpAfter is how long the service may be away; 0 means for ever. Less than rpc.Patience gives up where waiting would have helped.
	GiveUpAfter time.Duration
	// MinBackoff and MaxBackoff are the first and the longest pause before a new connection; 0 means 200 milliseconds
	// and 10 seconds.
	MinBackoff, MaxBackoff time.Duration
	// Random gives a number from 0 to 1 that spreads the pauses of many portals; nil means chance.
	Random func() float64
	// Report, when it is not nil, is told of each answer and of each lost connection. It must return soon.
	Report func(Progress)
}

// Progress is how far a Submit has come.
type Progress struct {
	Sent, Answered    int // submissions
	Accepted, Refused int // records
	Done              float64
	// Down is why there is no connection, and Retry when the next is tried; nil while there is one.
	Down  error
	Retry time.Duration
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Submit hands in every batch and waits until each has its answer. A lost connection is made anew, for as long as it takes
// or GiveUpAfter says, and what has no answer is sent again, with the same ids: it is safe, since a submission is taken once, and its receipt
// is the same whenever it is asked for. What has its receipt is not sent again.
//
// The summary is filled in also when it fails: with Unavailable (the service is away, or ctx ended: submit again later
// and only what is missing will be taken), Denied, or the error of batches. A refused batch is no error.
func (c *Client) Submit(ctx context.Context, batches iter.Seq2[Batch, error], summary *Summary) error {
	next, stop := iter.Pull2(batches)
	defer stop()
	h := &handIn{client: c, next: next, summary: summary, alive: time.Now()}
	pauses := rpc.Pauses{First: c.MinBackoff, Most: or(c.MaxBackoff, 10*time.Second), Random: c.Random}
	for defects := 0; ; {
		answered := h.answered
		err := h.connect(ctx)
		if err == nil {
			return h.sourceErr
		}
		if ctx.Err() != nil {
			return interrupted(context.Cause(ctx))
		}
		if h.answered > answered {
			pauses.Reset()
			defects = 0
		}
		switch kind := fault.KindOf(err); {
		case kind == fault.Unavailable:
		case kind == fault.Internal && defects < maxDefects:
			defects++ // a service that was killed in the middle of an answer looks like this as well
		default:
			return fault.Wrap(kind, "portal.submit", err)
		}
		if c.GiveUpAfter > 0 && time.Since(h.alive) > c.GiveUpAfter {
			return away(err)
		}
		pause := pauses.Next()
		h.report(err, pause)
		if err := sleep(ctx, pause); err != nil {
			return interrupted(context.Cause(ctx))
		}
		summary.Reconnects++
	}
}

// maxDefects is how often an internal error of the service is answered by trying again.
const maxDefects = 5

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func away(cause error) error {
	e := fault.New(fault.Unavailable, "portal.submit",
		"Không liên lạc được với hệ thống. Chạy lại lệnh khi có mạng: phần đã nhận không bị gửi hai lần.",
		"the service cannot be reached; run this again when it can: what was taken is not taken twice")
	e.Err = cause
	return e
}

func interrupted(cause error) error {
	e := fault.New(fault.Unavailable, "portal.submit",
		"Đã dừng giữa chừng. Chạy lại đúng lệnh này để gửi tiếp.", "stopped half-way; run the same command again to go on")
	e.Err = cause
	return e
}

// errStalled ends a connection on which nothing happens.
var errStalled = errors.New("no answer in time")

// unavailable wraps an error of a connection in its kind.
func unavailable(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errStalled) {
		return fault.Wrap(fault.Unavailable, "portal.stream", errStalled)
	}
	return rpc.FromStatus(err)
}
