package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
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

// submit hands in the nation, then corrects three pupils in ten: each gets some wrong versions of a part and in the end what it had. Two
// corrections of one pupil keep their order, everything else is at random.
func (f *fire) submit(ctx context.Context, corrected bool) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(fireClients)
	n := f.sample.Nation
	for i, school := range n.Schools() {
		for c, class := range n.Classes(i) {
			g.Go(func() error {
				byKind := map[student.Kind][]student.Record{}
				for _, r := range n.ClassRecords(i, c) {
					byKind[r.Part.Kind()] = append(byKind[r.Part.Kind()], r)
				}
				for kind, records := range byKind {
					for k := 0; len(records) > 0; k++ {
						size := min(len(records), 200)
						if err := f.send(ctx, school, fmt.Sprintf("%s-%s-%d", class.Name, kind, k), kind, records[:size]); err != nil {
							return err
						}
						records = records[size:]
					}
				}
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil || !corrected {
		return err
	}
	g, ctx = errgroup.WithContext(context.WithoutCancel(ctx))
	g.SetLimit(fireClients)
	for _, i := range rand.Perm(n.Pupils()) {
		if i%10 < 3 {
			g.Go(func() error { return f.correct(ctx, i) })
		}
	}
	return g.Wait()
}

// correct sends wrong versions of a pupil's profile or marks, and then what stood.
func (f *fire) correct(ctx context.Context, i int) error {
	n := f.sample.Nation
	r := n.Reported(i)
	if r.Profile == nil || len(r.Results) == 0 || len(r.Enrolments) != 1 {
		return nil
	}
	school, ok := f.school(r.Enrolments[0].School)
	if !ok {
		return nil
	}
	times := 2 + rand.IntN(3)
	for k := range times {
		last := k == times-1
		var record student.Record
		if i%2 == 0 {
			p := *r.Profile
			if !last {
				p.FullName = student.Name(fmt.Sprintf("%s %s", p.FullName, strings.Repeat("A", k+1)))
			}
			record = student.Record{Part: student.ProfilePart, Profile: &p}
		} else {
			v := r.Results[rand.IntN(len(r.Results))]
			if last { // every part that may have been touched
				for j, v := range r.Results {
					record = student.Record{Part: v.Part, Results: &v}
					if err := f.send(ctx, school, fmt.Sprintf("fix-%d-%d-%d", i, k, j), student.KindResults, []student.Record{record}); err != nil {
						return err
					}
				}
				continue
			}
			v.Subjects = v.Subjects[1:] // a subject is missing
			record = student.Record{Part: v.Part, Results: &v}
		}
		if err := f.send(ctx, school, fmt.Sprintf("fix-%d-%d", i, k), record.Part.Kind(), []student.Record{record}); err != nil {
			return err
		}
	}
	return nil
}

func (f *fire) school(code string) (sandbox.SchoolRange, bool) {
	for _, s := range f.sample.Nation.Schools() {
		if s.Code == code {
			return s, true
		}
	}
	return sandbox.SchoolRange{}, false
}

// send hands in one batch until it has its receipt: the same id again while the process is away.
func (f *fire) send(ctx context.Context, school sandbox.SchoolRange, id string, kind student.Kind, records []student.Record) error {
	sub := &intakepb.Submission{Id: id, Drive: f.sample.Drive.ID, Province: school.Province, School: school.Code, Kind: wire.ToKind(kind)}
	for _, r := range records {
		sub.Records = append(sub.Records, wire.ToRecord(r))
	}
	return f.again(ctx, func(ctx context.Context) error {
		resp, err := intakepb.NewIntakeServiceClient(f.conn).Submit(ctx, &intakepb.SubmitRequest{Submission: sub})
		if err == nil && len(resp.GetReceipt().GetRefusedRecords()) > 0 {
			return fault.Internalf("fire.send", "%s: refused %v", id, resp.GetReceipt().GetRefusedRecords())
		}
		return err
	})
}

// again makes a call until it is answered by a process that is there.
func (f *fire) again(ctx context.Context, call func(context.Context) error) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 20*time.Second)
		err := call(attempt)
		cancel()
		if !fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// watch reads the report all the time and adds it up.
func (f *fire) watch(ctx context.Context, t *testing.T) {
	client := reportingpb.NewReportingServiceClient(f.conn)
	for n := 0; ctx.Err() == nil; n++ {
		resp, err := client.GetProgress(ctx, &reportingpb.GetProgressRequest{Current: n%4 == 0, ByClass: n%2 == 0})
		if err != nil {
			if ctx.Err() == nil && !fault.Is(err, fault.Unavailable) {
				t.Errorf("the report: %v", err)
				return
			}
			continue
		}
		f.reads.Add(1)
		if bad := doesNotAddUp(resp); bad != "" {
			f.sum.CompareAndSwap(nil, &bad)
		}
	}
}

// doesNotAddUp tells where a report does not: a row, its classes, or the totals.
func doesNotAddUp(resp *reportingpb.GetProgressResponse) string {
	if !resp.GetConserved() {
		return "the report says so itself"
	}
	totals := map[string]int64{}
	for _, row := range resp.GetSchools() {
		classes := map[string]int64{}
		for _, c := range row.GetClasses() {
			for _, w := range c.GetWindows() {
				classes[w.GetWindow()] += w.GetExpected()
			}
		}
		for _, w := range row.GetWindows() {
			if w.GetExpected() != statuses(w) || len(row.GetClasses()) > 0 && classes[w.GetWindow()] != w.GetExpected() {
				return fmt.Sprintf("school %s: %v, its classes %v", row.GetSchool(), w, classes)
			}
			totals[w.GetWindow()] += w.GetExpected()
		}
	}
	for _, w := range resp.GetTotals() {
		if w.GetExpected() != statuses(w) || totals[w.GetWindow()] != w.GetExpected() {
			return fmt.Sprintf("totals %v, of the rows %v", w, totals)
		}
	}
	return ""
}

func statuses(c *reportingpb.Counts) int64 {
	return c.GetMissing() + c.GetRejected() + c.GetUnexplainedWarning() + c.GetDuplicate() + c.GetMismatched() + c.GetNeedsPerson() +
		c.GetWaiting() + c.GetAwaitingApproval() + c.GetVerified()
}

// decide approves schools and gives pupils back, at random, as long as the clients work.
func (f *fire) decide(ctx context.Context, t *testing.T) {
	client := reportingpb.NewApprovalServiceClient(f.conn)
	schools := f.sample.Nation.Schools()
	for ctx.Err() == nil {
		school := schools[rand.IntN(len(schools))]
		scope := school.Province + "/" + school.Code
		window := f.sample.Drive.Windows[rand.IntN(len(f.sample.Drive.Windows))].ID
		_, err := client.Approve(ctx, &reportingpb.ApproveRequest{Scope: scope, Window: window, Exception: "duyệt từng phần trong đợt"})
		if err == nil {
			i := school.First + rand.IntN(school.End-school.First)
			ref := string(f.sample.Key.Ref(f.sample.Drive.ID, f.sample.Nation.Pupil(i).Profile.Code))
			_, err = client.Return(ctx, &reportingpb.ReturnRequest{Scope: scope, Window: window, Pupils: []*reportingpb.Returned{{Pupil: ref, Reason: "xem lại học bạ"}}})
		}
		if err != nil && ctx.Err() == nil && !fault.Is(err, fault.Unavailable) {
			t.Errorf("a decision on %s: %v", scope, err)
			return
		}
		f.decided.Add(2)
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rand.IntN(20)) * time.Millisecond):
		}
	}
}

// takeBack withdraws what was given back and not corrected since.
func (f *fire) takeBack(ctx context.Context, t *testing.T) {
	t.Helper()
	client := reportingpb.NewApprovalServiceClient(f.conn)
	provinces := map[string]bool{}
	for _, school := range f.sample.Nation.Schools() {
		provinces[school.Province] = true
	}
	taken := 0
	for province := range provinces {
		for page := (&reportingpb.ListReturnedResponse{NextPageToken: ""}); ; {
			var err error
			if page, err = client.ListReturned(ctx, &reportingpb.ListReturnedRequest{Scope: province, PageSize: 1000, PageToken: page.GetNextPageToken()}); err != nil {
				t.Fatal(err)
			}
			for _, r := range page.GetPupils() {
				_, err := client.Return(ctx, &reportingpb.ReturnRequest{Scope: r.GetProvince() + "/" + r.GetSchool(), Window: r.GetWindow(),
					Pupils: []*reportingpb.Returned{{Pupil: r.GetPupil(), Reason: "đã xem lại học bạ", Withdraw: true}}})
				if err != nil {
					t.Fatal(err)
				}
				taken++
			}
			if page.GetNextPageToken() == "" {
				break
			}
		}
	}
	if taken == 0 {
		t.Error("nobody was given back: make the run longer")
	}
	f.quiet(ctx, t)
}

// approve declares and approves every school for every window, with a stated exception for those of whom something is open.
func (f *fire) approve(ctx context.Context, t *testing.T) {
	t.Helper()
	client := reportingpb.NewApprovalServiceClient(f.conn)
	for _, w := range f.sample.Drive.Windows {
		provinces := map[string]bool{}
		for _, school := range f.sample.Nation.Schools() {
			provinces[school.Province] = true
			if _, err := client.Declare(ctx, &reportingpb.DeclareRequest{Scope: school.Province + "/" + school.Code, Window: w.ID, Note: "đủ học sinh"}); err != nil {
				t.Fatal(err)
			}
		}
		for province := range provinces {
			resp, err := client.Approve(ctx, &reportingpb.ApproveRequest{Scope: province, Window: w.ID, Exception: "những em còn vướng sẽ duyệt sau"})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range resp.GetSchools() {
				if len(s.GetRefused()) > 0 {
					t.Errorf("school %s was not approved: %v", s.GetSchool(), s.GetRefused())
				}
			}
		}
		f.quiet(ctx, t)
	}
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
