package e2e

import (
	"context"
	"flag"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

// firePupils is the size of TestConservationUnderFire: small in every run, 20,000 in "make fire".
var firePupils = flag.Int("fire", 200, "pupils of TestConservationUnderFire")

const (
	fireSeed    = 31
	fireFaults  = 30
	fireClients = 4
	fireKills   = 3
)

// TestConservationUnderFire corrects three pupils in ten several times, in random order, by concurrent clients, while the provinces approve
// and return, and kills the process three times with SIGKILL, each time when some correction was just acknowledged. The report adds up whenever it is
// read, and the records that stand in the end are those of a run in which nothing of the kind happened.
func TestConservationUnderFire(t *testing.T) {
	t.Parallel()
	quiet := newFire(t).run(t, 0)
	fire := newFire(t).run(t, fireKills)
	if quiet != fire {
		t.Errorf("records under fire: %+v\nof a quiet run:     %+v", fire, quiet)
	}
}

// fire is a nation, the process that serves it, and those who use it.
type fire struct {
	*process
	sample *demo.Sample
	conn   *grpc.ClientConn

	corrected                atomic.Int64  // corrections that were acknowledged
	due                      chan struct{} // taken by who kills the process; closed when the clients end
	kills                    int
	reads, decided, returned atomic.Int64
	sum                      atomic.Pointer[string] // the first report that does not add up
}

func newFire(t *testing.T) *fire {
	t.Helper()
	return &fire{
		process: newProcess(t, sampleOf{fireSeed, *firePupils, fireFaults, true}), due: make(chan struct{}),
		sample: demo.NewSample(fireSeed, *firePupils, fireFaults).AskApproval(),
	}
}

// run plays the drive and gives what stands in the end.
func (f *fire) run(t *testing.T, kills int) demo.Records {
	t.Helper()
	ctx := t.Context()
	f.kills = kills
	f.up(ctx)
	f.conn = f.dial(t)

	working, done := context.WithCancel(ctx)
	defer done()
	var beside sync.WaitGroup
	if kills > 0 {
		beside.Go(func() { f.watch(working, t) })
		beside.Go(func() { f.decide(working, t) })
	}
	corrections := make(chan error, 1)
	go func() {
		corrections <- f.submit(ctx, kills > 0)
		close(f.due)
	}()
	killed := 0
	for range f.due {
		f.kill()
		f.up(ctx)
		killed++
	}
	if err := <-corrections; err != nil {
		t.Fatal(err)
	}
	if killed != kills {
		t.Errorf("killed %d times, want %d: make the sample larger", killed, kills)
	}
	if kills > 0 {
		before := f.returned.Load() // a pupil who is given back now is not corrected any more
		wait(ctx, t, "somebody is given back", func() bool { return f.returned.Load() > before || t.Failed() })
	}
	done()
	beside.Wait()
	if bad := f.sum.Load(); bad != nil {
		t.Errorf("a report does not add up: %s", *bad)
	}
	f.quiet(ctx, t)
	if kills > 0 {
		f.takeBack(ctx, t)
	}
	f.approve(ctx, t)
	out := f.held(ctx, t)
	t.Logf("%d kills: %+v, %d reports read, %d decisions in between", kills, out, f.reads.Load(), f.decided.Load())
	return out
}

// noteCorrection counts a correction that was acknowledged. At some of them its client has the process killed; the others are in the midst of theirs.
func (f *fire) noteCorrection() {
	between := int64(*firePupils) * 3 / 10 / int64(fireKills+1)
	if n := f.corrected.Add(1); n%between == 0 && n/between <= int64(f.kills) {
		f.due <- struct{}{}
	}
}

// dial makes a client that survives the process: with the key of its folder, as whoever may make each call.
func (f *fire) dial(t *testing.T) *grpc.ClientConn {
	t.Helper()
	who, err := actors.In(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := who.Dial(f.grpc())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// log is the log of the process, from outside.
func (f *fire) log(ctx context.Context, t *testing.T) (*nats.Conn, *eventlog.Log) {
	t.Helper()
	nc, err := eventlog.Connect(f.nats(), "e2e")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	return nc, log
}

// quiet waits until nothing is under way.
func (f *fire) quiet(ctx context.Context, t *testing.T) {
	t.Helper()
	_, log := f.log(ctx, t)
	if err := node.Settle(ctx, log, f.sample.Drive); err != nil {
		t.Fatal(err)
	}
}

// held is what exam registration holds in the end; the report says the same of it.
func (f *fire) held(ctx context.Context, t *testing.T) demo.Records {
	t.Helper()
	nc, _ := f.log(ctx, t)
	exam, err := demo.Subscribe(ctx, nc)
	if err != nil {
		t.Fatal(err)
	}
	defer exam.Stop()
	if err := exam.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	out := exam.Count()
	out.Received, out.Digest = 0, "" // how often it was told, and by which versions, differs from run to run
	resp, err := reportingpb.NewReportingServiceClient(f.conn).GetProgress(ctx, &reportingpb.GetProgressRequest{Current: true})
	if err != nil {
		t.Fatal(err)
	}
	if bad := doesNotAddUp(resp); bad != "" {
		t.Errorf("the last report does not add up: %s", bad)
	}
	if first := resp.GetTotals()[0]; first.GetVerified() != int64(out.Distinct) || first.GetAwaitingApproval() != 0 {
		t.Errorf("the report has %d verified and %d awaiting approval, exam registration %d", first.GetVerified(), first.GetAwaitingApproval(), out.Distinct)
	}
	return out
}
