package portal

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// handIn is one Submit: what it has in hand outlives its connections.
type handIn struct {
	client    *Client
	next      func() (Batch, error, bool)
	summary   *Summary
	pending   []Batch // sent or to be sent, in order, without an answer
	drained   bool    // the source has no more
	sourceErr error
	sent      int
	answered  int
	done      float64
	alive     time.Time // when the service was last heard of
}

type submitStream = grpc.BidiStreamingClient[intakepb.SubmitStreamRequest, intakepb.SubmitStreamResponse]

// ended is how a stream ended.
type ended struct{ why error }

// connect makes a connection and works on it until everything has its answer (nil) or it breaks.
func (h *handIn) connect(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent)
	inFlight := or(h.client.InFlight, 16)
	answers := make(chan *intakepb.SubmitStreamResponse, inFlight)
	broken := make(chan ended, 1)
	var reading sync.WaitGroup
	defer func() {
		cancel(nil)
		reading.Wait()
	}()
	timeout := or(h.client.AnswerTimeout, 30*time.Second)
	watchdog := time.AfterFunc(timeout, func() { cancel(errStalled) })
	defer watchdog.Stop()

	stream, err := h.client.Intake.SubmitStream(ctx)
	if err != nil {
		return unavailable(ctx, err)
	}
	reading.Go(func() { broken <- ended{read(ctx, stream, answers)} })
	for i := 0; ; {
		for i < len(h.pending) || len(h.pending) < inFlight && h.pull(watchdog) {
			watchdog.Reset(timeout)
			if err := stream.Send(&intakepb.SubmitStreamRequest{Submission: h.pending[i].Submission}); err != nil {
				return h.last(ctx, (<-broken).why, answers) // Send says only EOF; why, the reader knows
			}
			i++
		}
		if len(h.pending) == 0 {
			h.finish(stream, broken)
			return nil
		}
		select {
		case a := <-answers:
			watchdog.Reset(timeout)
			at, err := h.answer(a)
			if err != nil {
				return err
			}
			if at < i {
				i--
			}
		case end := <-broken:
			return h.last(ctx, end.why, answers)
		}
	}
}

// last ends a broken connection: answers that came before the break stand.
func (h *handIn) last(ctx context.Context, why error, answers <-chan *intakepb.SubmitStreamResponse) error {
	for len(answers) > 0 {
		if _, err := h.answer(<-answers); err != nil {
			break
		}
	}
	return unavailable(ctx, why)
}

// read passes answers on until the stream ends, and tells why it did.
func read(ctx context.Context, stream submitStream, answers chan<- *intakepb.SubmitStreamResponse) error {
	for {
		a, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return fault.New(fault.Unavailable, "portal.stream", "Hệ thống đã đóng kết nối.", "the service closed the connection")
		}
		if err != nil {
			return err
		}
		select {
		case answers <- a:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// finish ends a stream on which nothing is outstanding, so that the service sees a regular end.
func (h *handIn) finish(stream submitStream, broken <-chan ended) {
	if stream.CloseSend() != nil {
		return
	}
	select {
	case <-broken:
	case <-time.After(time.Second):
	}
}

// pull takes the next batch from the source; false when there is none. A slow source is no fault of the service, so
// nobody watches meanwhile.
func (h *handIn) pull(watchdog *time.Timer) bool {
	if h.drained {
		return false
	}
	watchdog.Stop()
	b, err, ok := h.next()
	if !ok || err != nil {
		h.drained, h.sourceErr = true, err
		return false
	}
	h.pending = append(h.pending, b)
	h.sent++
	h.done = b.Done
	return true
}

// answer takes note of an answer and gives the index of the pending batch that it was to; a large one for an answer that
// nobody waits for. An answer that asks to try again is an error, and the batch stays pending.
func (h *handIn) answer(a *intakepb.SubmitStreamResponse) (int, error) {
	at := slices.IndexFunc(h.pending, func(b Batch) bool { return b.Submission.GetId() == a.GetSubmissionId() })
	if at < 0 {
		return math.MaxInt, nil
	}
	b := h.pending[at]
	switch {
	case a.GetReceipt() != nil:
		h.summary.receipt(b, a.GetReceipt())
	case a.GetRefusal() != nil:
		r := a.GetRefusal()
		if kind := fault.Kind(r.GetCode()); kind == fault.Unavailable || kind == fault.Internal {
			return math.MaxInt, fault.New(kind, "portal.stream", r.GetMessageVi(), r.GetMessageEn())
		}
		h.summary.refusal(b, r)
	default:
		return math.MaxInt, nil
	}
	h.pending = slices.Delete(h.pending, at, at+1)
	h.answered++
	h.alive = time.Now()
	h.report(nil, 0)
	return at, nil
}

func (h *handIn) report(down error, retry time.Duration) {
	if h.client.Report == nil {
		return
	}
	h.client.Report(Progress{
		Sent: h.sent, Answered: h.answered, Accepted: h.summary.Accepted, Refused: h.summary.Refused,
		Done: h.done, Down: down, Retry: retry,
	})
}
