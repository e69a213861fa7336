package e2e

import (
	"context"
	"flag"
	"math/rand/v2"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

// firePupils is the size of TestConservationUnderFire: small in every run, 20,000 in "make fire".
var firePupils = flag.Int("fire", 600, "pupils of TestConservationUnderFire")

const (
	fireSeed    = 31
	fireFaults  = 30
	fireClients = 4
	fireKills   = 3
)

// TestConservationUnderFire corrects three pupils in ten several times, in random order, by concurrent clients, while the provinces approve
// and return, and kills the process three times with SIGKILL. The report adds up whenever it is read, and the records that stand in the end
// are those of a run in which nothing of the kind happened.
func TestConservationUnderFire(t *testing.T) {
	if !inProcess(t) {
		return
	}
	binary := build(t)
	quiet := newFire(t, binary).run(t, 0)
	fire := newFire(t, binary).run(t, fireKills)
	if quiet != fire {
		t.Errorf("records under fire: %+v\nof a quiet run:     %+v", fire, quiet)
	}
}

// fire is a nation, the process that serves it, and those who use it.
type fire struct {
	sample  *demo.Sample
	binary  string
	dir     string
	ports   []string
	process *exec.Cmd
	conn    *grpc.ClientConn

	reads, decided atomic.Int64
	sum            atomic.Pointer[string] // the first report that does not add up
}

func newFire(t *testing.T, binary string) *fire {
	return &fire{sample: demo.NewSample(fireSeed, *firePupils, fireFaults).AskApproval(), binary: binary, dir: t.TempDir(), ports: freePorts(t, 4)}
}

// run plays the drive and gives what stands in the end.
func (f *fire) run(t *testing.T, kills int) demo.Records {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	began := time.Now()
	f.up(ctx, t)
	defer func() { _ = f.process.Process.Kill() }()
	f.conn = f.dial(t)

	working, done := context.WithCancel(ctx)
	var beside sync.WaitGroup
	if kills > 0 {
		beside.Go(func() { f.watch(working, t) })
		beside.Go(func() { f.decide(working, t) })
	}
	corrections := make(chan error, 1)
	go func() { corrections <- f.submit(ctx, kills > 0) }()
	var err error
	for k := range kills {
		// A third of the work later; the run is long enough at any size that the process is at work.
		select {
		case err = <-corrections:
			t.Errorf("the clients ended before kill %d: %v", k+1, err)
			corrections <- err
		case <-time.After(f.pause()):
		}
		_ = f.process.Process.Kill()
		_ = f.process.Wait()
		f.up(ctx, t)
	}
	if err = <-corrections; err != nil {
		t.Fatal(err)
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
	t.Logf("%d kills: %+v, %d reports read, %d decisions in between, %.0f s", kills, out, f.reads.Load(), f.decided.Load(), time.Since(began).Seconds())
	return out
}

// pause is how long the process works between two kills.
func (f *fire) pause() time.Duration {
	return time.Duration(500+rand.IntN(500)+*firePupils/2) * time.Millisecond
}

func (f *fire) up(ctx context.Context, t *testing.T) {
	t.Helper()
	f.process = startUp(ctx, t, f.binary, f.dir, f.ports, sampleOf{fireSeed, *firePupils, fireFaults, true})
}

// dial makes a client that survives the process: with the key of its folder, as whoever may make each call.
func (f *fire) dial(t *testing.T) *grpc.ClientConn {
	t.Helper()
	who, err := actors.In(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := who.Dial("127.0.0.1:" + f.ports[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// log is the log of the process, from outside.
func (f *fire) log(ctx context.Context, t *testing.T) (*nats.Conn, *eventlog.Log) {
	t.Helper()
	nc, err := eventlog.Connect("nats://127.0.0.1:"+f.ports[2], "e2e")
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
	out.Received = 0 // how often it was told differs from run to run
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
