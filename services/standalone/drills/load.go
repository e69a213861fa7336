package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
)

const (
	callers    = 3 // clients that call once for each batch, and correct
	perSecond  = 4 // batches of all callers together, and then
	afterwards = 1 // corrections: what is under way must not grow without end, and the stand-in of the database is slow

	answerWithin = 20 * time.Second // or a client asks again
)

// load is what schools and portals do while something breaks: they hand the nation in through every door, then send wrong versions of some pupils
// for as long as they are let, and in the end what is right. What stands then is what stands after a quiet run.
type load struct {
	sample *demo.Sample
	intake intakepb.IntakeServiceClient
	nc     *nats.Conn
	book   *ledger
	pace   *rate.Limiter

	enough   chan struct{} // closed when the corrections have to end
	handedIn sync.WaitGroup
	g        *errgroup.Group
	ctx      context.Context
	recalled sync.Mutex
	mistaken map[int]bool // pupils of whom a wrong version was sent
}

// beginLoad begins. conn is a client of the services as portals make it, nc a connection of a portal to the brokers.
func beginLoad(ctx context.Context, sample *demo.Sample, conn grpc.ClientConnInterface, nc *nats.Conn) *load {
	l := &load{
		sample: sample, intake: intakepb.NewIntakeServiceClient(conn), nc: nc, book: newLedger(),
		pace: rate.NewLimiter(perSecond, callers), enough: make(chan struct{}), mistaken: map[int]bool{},
	}
	l.g, l.ctx = errgroup.WithContext(ctx)
	parts := shareOut(sample, callers+2)
	l.handedIn.Add(callers)
	for i := range callers {
		l.g.Go(func() error { return l.caller(parts[i]) })
	}
	l.g.Go(func() error { return l.stream(parts[callers]) })
	l.g.Go(func() error { return l.messages(parts[callers+1]) })
	return l
}

// finish has the clients send what is right, and waits for them.
func (l *load) finish() error {
	close(l.enough)
	return l.g.Wait()
}

// caller hands its part in, one call a batch; when all callers have, it corrects its pupils.
func (l *load) caller(p part) error {
	for _, b := range p.batches {
		if err := l.send(b); err != nil {
			l.handedIn.Done()
			return err
		}
	}
	l.handedIn.Done()
	l.handedIn.Wait() // a pupil whom two schools enrol is in the parts of two callers
	l.pace.SetLimit(afterwards)
	for n := 0; l.goesOn() && len(p.pupils) > 0; n++ {
		pupil := p.pupils[n*7%len(p.pupils)]
		l.mistake(pupil)
		if err := l.correct(pupil, fmt.Sprint("wrong-", pupil, "-", n), wrongly(l.sample, pupil, n)); err != nil {
			return err
		}
	}
	l.pace.SetLimit(perSecond)
	for _, pupil := range l.mistakes(p.pupils) {
		for k, r := range rightly(l.sample, pupil) {
			if err := l.correct(pupil, fmt.Sprint("right-", pupil, "-", k), r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *load) mistake(pupil int) {
	l.recalled.Lock()
	defer l.recalled.Unlock()
	l.mistaken[pupil] = true
}

func (l *load) mistakes(among []int) []int {
	l.recalled.Lock()
	defer l.recalled.Unlock()
	all := maps.Clone(l.mistaken)
	return slices.DeleteFunc(slices.Clone(among), func(pupil int) bool { return !all[pupil] })
}

// goesOn reports whether there was not yet enough of it.
func (l *load) goesOn() bool {
	select {
	case <-l.enough:
		return false
	case <-l.ctx.Done():
		return false
	default:
		return true
	}
}

func (l *load) correct(pupil int, id string, r student.Record) error {
	return l.send(submission(l.sample, schoolOf(l.sample, pupil), id, r))
}

// send hands in one batch until it has its receipt: as a client of portals does, and with the same id once more when that one gave up.
func (l *load) send(sub *intakepb.Submission) error {
	for {
		if err := l.pace.Wait(l.ctx); err != nil {
			return err
		}
		begun := time.Now()
		var resp *intakepb.SubmitResponse
		err := rpc.Again(l.ctx, rpc.Patience, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, answerWithin)
			defer cancel()
			var err error
			resp, err = l.intake.Submit(ctx, &intakepb.SubmitRequest{Submission: sub})
			return err
		})
		if l.book.called(begun, err) == nil {
			if refused := resp.GetReceipt().GetRefusedRecords(); len(refused) > 0 {
				return fault.Internalf("drills.send", "%s: %d records were refused", sub.GetId(), len(refused))
			}
			l.book.receipt(sub.GetId(), resp.GetReceipt().GetSequence())
			return nil
		}
		if !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.Internal) || l.ctx.Err() != nil {
			return err
		}
	}
}
