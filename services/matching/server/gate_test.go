package server

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// opened is a gate at work, on the clock of a synctest bubble.
type opened struct {
	*gate
	t     *testing.T
	began time.Time
	stop  func()
}

func open(t *testing.T, d *drive.Drive) *opened {
	o := &opened{gate: newGate(d, openFor, time.Now, func() bool { return true }, ledger{}), t: t, began: time.Now()}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := o.run(ctx); err != nil {
			t.Error(err)
		}
	}()
	o.stop = func() { cancel(); <-ended }
	t.Cleanup(o.stop)
	return o
}

// pass enters, calls the registry for no time at all, which answers err, and gives how long after the beginning it was let through.
func (o *opened) pass(lane matching.Lane, pupils int, err error) time.Duration {
	o.t.Helper()
	done, refused := o.enter(o.t.Context(), lane, pupils)
	if refused != nil {
		o.t.Fatal(refused)
	}
	at := time.Since(o.began)
	done(err)
	return at
}

var (
	anywhere = matching.Lane{Province: "01"}
	gone     = status.Error(codes.Unavailable, "away")
	tooMany  = status.Error(codes.ResourceExhausted, "too many")
)

// TestNeverMoreThanAgreed enters turns of random sizes at random times and looks at every span between two of them.
func TestNeverMoreThanAgreed(t *testing.T) {
	const perSecond, perCall = 40, 10
	d := testDrive(func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: perCall, PerSecond: perSecond} })
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			o := open(t, d)
			type grant struct {
				at     time.Duration
				pupils int
			}
			const turns = 200
			grants := make(chan grant, turns)
			for range turns {
				pupils, province := 1+r.IntN(perCall), []string{"01", "02", "79"}[r.IntN(3)]
				go func() {
					grants <- grant{o.pass(matching.Lane{Province: province, Again: pupils%2 == 0}, pupils, nil), pupils}
				}()
				time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
			}
			all := make([]grant, turns)
			for i := range all {
				all[i] = <-grants
			}
			slices.SortStableFunc(all, func(a, b grant) int { return int(a.at - b.at) })
			if all[0].at == 0 {
				t.Error("a new gate let somebody through at once")
			}
			for i := range all {
				sum := 0
				for _, g := range all[i:] {
					sum += g.pupils
					if span := g.at - all[i].at; float64(sum) > perSecond*span.Seconds()+perCall+1e-6 {
						t.Fatalf("seed %d: %d pupils within %v", seed, sum, span)
					}
				}
			}
		})
	}
}

// TestANewGateIsEmpty: the holder before may have used the budget of this second.
func TestANewGateIsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive(func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: 10, PerSecond: 20} }))
		if at := o.pass(anywhere, 10, nil); at < 500*time.Millisecond || at > 510*time.Millisecond {
			t.Errorf("10 pupils at 20 a second were let through after %v, want half a second", at)
		}
	})
}

func TestMaintenance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The bubble begins at 07:00 in Hanoi.
		o := open(t, testDrive(func(d *drive.Drive) { d.Asking.Maintenance = []drive.Span{{From: 6 * 60, Until: 7*60 + 30}} }))
		if l := readLedger(o.sign()); !l.Resumes.Equal(o.began.Add(30 * time.Minute)) {
			t.Errorf("it resumes at %v, want in half an hour", l.Resumes)
		}
		if at := o.pass(anywhere, 1, nil); at != 30*time.Minute {
			t.Errorf("let through after %v, want half an hour", at)
		}
		if l := readLedger(o.sign()); !l.Resumes.IsZero() {
			t.Errorf("it resumes at %v, want nothing when open", l.Resumes)
		}
	})
}

// TestPatienceGrows: each "too many" doubles the wait, and an answer ends it.
func TestPatienceGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive())
		o.pass(anywhere, 1, tooMany)
		for _, hold := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
			hold *= time.Second
			began := time.Now()
			o.pass(anywhere, 1, tooMany)
			if got := time.Since(began); got < hold/2 || got > hold*3/2 {
				t.Errorf("waited %v, want %v more or less", got, hold)
			}
		}
		o.pass(anywhere, 1, nil)
		began := time.Now()
		o.pass(anywhere, 1, nil)
		if got := time.Since(began); got != 0 {
			t.Errorf("waited %v after an answer, want nothing", got)
		}
		o.pass(anywhere, 1, tooMany)
		began = time.Now()
		o.pass(anywhere, 1, nil)
		if got := time.Since(began); got > 1500*time.Millisecond {
			t.Errorf("waited %v, want to begin anew with a second", got)
		}
	})
}

// TestBreaker: three failures in a row open it; after a while one question is let through to see, and an answer to it closes it.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive())
		for _, err := range []error{gone, gone, nil, gone, tooMany, gone, context.Canceled, gone} {
			o.pass(anywhere, 1, err)
			o.mu.Lock()
			o.heldTo = time.Time{}
			o.mu.Unlock()
		}
		if got := time.Since(o.began); got > time.Second {
			t.Errorf("not three in a row, and yet %v passed", got)
		}
		o.pass(anywhere, 1, gone)
		opened := time.Now()
		probe, err := o.enter(t.Context(), anywhere, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := time.Since(opened); got < openFor || got > openFor+10*time.Millisecond {
			t.Errorf("one was let through to see after %v, want %v", got, openFor)
		}
		second := make(chan time.Duration)
		go func() { second <- o.pass(anywhere, 1, nil) }()
		time.Sleep(time.Second)
		probe(gone) // opens it again
		if got := <-second; got < opened.Sub(o.began)+2*openFor+time.Second {
			t.Errorf("the second was let through after %v, while the breaker was open", got)
		}
		began := time.Now()
		o.pass(anywhere, 1, nil)
		if got := time.Since(began); got != 0 {
			t.Errorf("waited %v after an answer, want nothing", got)
		}
	})
}

// TestAProbeThatWasGivenUp leaves the next one its turn.
func TestAProbeThatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive())
		for range failuresToOpen {
			o.pass(anywhere, 1, gone)
		}
		o.pass(anywhere, 1, context.Canceled)
		began := time.Now()
		o.pass(anywhere, 1, nil)
		if got := time.Since(began); got > 10*time.Millisecond {
			t.Errorf("waited %v behind one who gave up", got)
		}
	})
}
