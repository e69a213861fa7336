package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

// The clients of the race, the first pupil of a school whom they send, and how much each sends.
const (
	rpcRacers    = 4
	portalRacers = 2
	firstRaced   = 10
	eachRaces    = 6 // submissions on each side of the close
)

// racers are clients that send one record at a time until they are told to end; each sends again what was not answered.
type racers struct {
	d   *deadline
	end chan struct{}
	all errgroup.Group

	mu       sync.Mutex
	over     bool // the window has closed
	one      []*racer
	receipts map[string]*intakepb.Receipt // of RPC
	refused  map[string]time.Time         // of RPC, when the refusal came
}

// racer counts what one of them began before the close, and after it, and was answered.
type racer struct{ taken, late int }

// race starts them.
func (d *deadline) race(ctx context.Context) *racers {
	d.t.Helper()
	r := &racers{d: d, end: make(chan struct{}), receipts: map[string]*intakepb.Receipt{}, refused: map[string]time.Time{}}
	nc, err := eventlog.Connect(d.NATSURL(), "racers")
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		d.t.Fatal(err)
	}
	at, client := d.system, d.intake // the client finds the node again after a restart: the address is the same
	for i := range rpcRacers {
		r.run(at, "rpc", i, func(sub *submission) error {
			resp, err := client.Submit(ctx, &submitRequest{Submission: sub})
			err = rpc.FromStatus(err)
			if err != nil && !fault.Is(err, fault.Invalid) {
				return err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if err != nil {
				r.refused[sub.GetId()] = time.Now()
				return onlyClosed(err)
			}
			r.receipts[sub.GetId()] = resp.GetReceipt()
			return nil
		})
	}
	for i := range portalRacers {
		r.run(at, "portal", i, func(sub *submission) error {
			data, err := proto.Marshal(sub)
			if err != nil {
				return err
			}
			within, cancel := context.WithTimeout(ctx, 5*time.Second) // it is published again, under the same id
			defer cancel()
			_, err = js.Publish(within, "portal.submit."+sub.GetProvince()+"."+sub.GetSchool(), data)
			return fault.Wrap(fault.Unavailable, "e2e.publish", err)
		})
	}
	return r
}

// closed tells that the window has closed.
func (r *racers) closed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
}

// each waits until every racer has some of what is counted.
func (r *racers) each(ctx context.Context, what string, count func(*racer) int) {
	r.d.t.Helper()
	wait(ctx, r.d.t, what, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return !slices.ContainsFunc(r.one, func(one *racer) bool { return count(one) < eachRaces })
	})
}

// run is one client. It sends its pupils' parts of grade 11 and of the first semester of grade 12, over and over, under new ids.
func (r *racers) run(s *system, door string, number int, send func(*submission) error) {
	dice := rand.New(rand.NewPCG(deadlineSeed, uint64(number*len(door))))
	schools := s.nation.Schools()
	counts := new(racer)
	r.one = append(r.one, counts)
	r.all.Go(func() error {
		for round := 0; ; round++ {
			school := schools[dice.IntN(len(schools))]
			part := []student.Part{student.Results11, student.Results121}[dice.IntN(2)]
			sub := s.one(school, fmt.Sprintf("%s-%d-%d", door, number, round), school.First+firstRaced+dice.IntN(school.End-school.First-firstRaced), part)
			for {
				r.mu.Lock()
				over := r.over
				r.mu.Unlock()
				err := send(sub)
				if err != nil && !fault.Is(err, fault.Unavailable) {
					return fmt.Errorf("%s: %w", sub.GetId(), err)
				}
				r.mu.Lock()
				switch {
				case err == nil && over:
					counts.late++
				case err == nil:
					counts.taken++
				}
				r.mu.Unlock()
				pause := time.NewTimer(time.Duration(10+dice.IntN(30)) * time.Millisecond)
				select {
				case <-r.end:
					return nil
				case <-pause.C:
				}
				if err == nil {
					break
				}
			}
		}
	})
}

// stop ends the race. It fails when a client met what it should not.
func (r *racers) stop() error {
	close(r.end)
	return r.all.Wait()
}

// onlyClosed is an error when a refusal has another cause than the hour.
func onlyClosed(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && len(f.Fields) == 1 && f.Fields[0].Rule == "WINDOW_CLOSED" {
		return nil
	}
	return fmt.Errorf("refused: %w", err)
}
