package e2e

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	deadlineSeed   = 41
	deadlinePupils = 90
)

// TestDeadline lets clients race the close of a window by RPC and by PORTAL, with a backlog behind PORTAL and a restart in the middle; then
// comes too late, asks for an unlock, uses it, lets another expire, corrects what is open, and extends the window for one province. Whatever
// happened, the time at which the log stored a submission decides on which side it is, and the receipt, reporting, validation and a rebuild
// say the same.
//
// Both sides of the close are there by events: the close is far until each client was answered, and each goes on until it came too late.
func TestDeadline(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := &deadline{t: t, dir: t.TempDir(), ports: freePorts(t, 3), gate: make(chan struct{})}
	d.far = time.Now().Truncate(time.Second).Add(24 * time.Hour)

	// Before: rosters, and of one pupil a part with something wrong.
	d.closes = d.far
	d.start(nil)
	wrong := d.before(ctx)

	// The race. Its clients meet the node that is away and the one that comes back, which closes soon.
	racers := d.race(ctx)
	racers.each(ctx, "an answer in time", func(r *racer) int { return r.taken })
	d.stop()
	d.again = time.Now()
	d.closes = d.again.Truncate(time.Second).Add(3 * time.Second)
	d.start(nil) // in the middle, on the same folder
	d.reach(ctx, d.closes)
	racers.closed()
	racers.each(ctx, "an answer after the close", func(r *racer) int { return r.late })
	if err := racers.stop(); err != nil {
		t.Fatal(err)
	}
	void := d.slowCommit(ctx)
	close(d.gate)
	d.settle(ctx, t)

	// After.
	d.unlock(ctx)
	d.expire(ctx)
	d.correct(ctx, wrong)
	d.extend(ctx)
	d.settle(ctx, t)
	d.checkSides(ctx, racers, void)
	before := d.look(ctx)
	d.checkHeld(ctx, before)
	d.stop()
	d.start([]string{"reporting"})
	d.settle(ctx, t)
	d.compare(before, d.look(ctx))
}

// deadline is the system of the drill, which is stopped and started on one folder.
type deadline struct {
	*system
	t      *testing.T
	dir    string
	ports  []string
	closes time.Time     // of the first window
	far    time.Time     // its close before the restart
	again  time.Time     // when the node was started again
	gate   chan struct{} // closed when what waits in PORTAL may go
	halt   func()        // ends the waiting, so that the node can stop
}

func (d *deadline) start(rebuild []string) {
	d.t.Helper()
	var theDrive *drive.Drive
	halt := make(chan struct{})
	d.halt = sync.OnceFunc(func() { close(halt) })
	d.system = start(d.t, options{dir: d.dir, seed: deadlineSeed, pupils: deadlinePupils, change: func(c *node.Config) {
		c.GRPCListen, c.HTTPListen, c.NATSPort = "127.0.0.1:"+d.ports[0], "127.0.0.1:"+d.ports[1], natsPort(d.ports[2])
		c.Rebuild = rebuild
		c.Drive = drive.SampleClosing(c.Drive.Schools, d.closes.Add(2*time.Hour), d.closes, d.closes.Add(time.Hour))
		c.WrapHandler = d.hold(halt)
		theDrive = c.Drive
	}})
	d.drive = theDrive
	d.t.Cleanup(d.halt)
}

func (d *deadline) stop() {
	d.t.Helper()
	d.halt()
	if err := d.Stop(); err != nil {
		d.t.Fatal(err)
	}
}

func natsPort(s string) int {
	n, _ := strconv.Atoi(s) // freePorts made it of a number
	return n
}

// hold keeps what comes to PORTAL waiting until the gate opens. A node that stops leaves it there.
func (d *deadline) hold(halt chan struct{}) func(eventlog.Handler) eventlog.Handler {
	return func(h eventlog.Handler) eventlog.Handler {
		return func(ctx context.Context, batch []eventlog.Message) error {
			if batch[0].Stream == eventlog.Portal {
				select {
				case <-d.gate:
				case <-halt:
					return fault.New(fault.Unavailable, "e2e.hold", "đang giữ", "held")
				}
			}
			return h(ctx, batch)
		}
	}
}

// windows is how an officer decides.
func (d *deadline) windows(account string, role access.Role, scope string) intakepb.WindowServiceClient {
	d.t.Helper()
	return intakepb.NewWindowServiceClient(dialAs(d.t, d.GRPCAddr(), access.Caller{Subject: account, Role: role, Scopes: []string{scope}}))
}

// reach waits until it is so late by the log's clock.
func (d *deadline) reach(ctx context.Context, at time.Time) {
	d.t.Helper()
	wait(ctx, d.t, at.String(), func() bool {
		now, err := d.Log().Now(ctx)
		return err == nil && !now.Before(at)
	})
}

// before sends the rosters, and of the first pupil of the first school marks of grade 10 that cannot be; it gives them as they should be.
func (d *deadline) before(ctx context.Context) student.Results {
	d.t.Helper()
	for i, school := range d.nation.Schools() {
		for _, class := range d.nation.Classes(i) {
			d.send(ctx, d.t, d.classSubmissions(school, class, "before-")[0])
		}
	}
	right := d.nation.Pupil(d.nation.Schools()[0].First).Results[0]
	off := right
	off.Subjects = slices.Clone(off.Subjects)
	mark := student.Mark(0)
	off.Subjects[0].Year.Mark = &mark
	d.send(ctx, d.t, d.submission(d.nation.Schools()[0], "off", student.KindResults, student.Record{Part: off.Part, Results: &off}))
	return right
}

// one is a submission of one part of one pupil.
func (s *system) one(school sandbox.SchoolRange, id string, pupil int, part student.Part) *submission {
	results := s.nation.Pupil(pupil).Results
	i := slices.IndexFunc(results, func(r student.Results) bool { return r.Part == part })
	return s.submission(school, id, student.KindResults, student.Record{Part: part, Results: &results[i]})
}

// submit hands a submission in and gives the receipt, or the rules by which it was refused.
func (d *deadline) submit(ctx context.Context, sub *submission) (*intakepb.Receipt, []string) {
	d.t.Helper()
	resp, err := d.intake.Submit(ctx, &submitRequest{Submission: sub})
	var f *fault.Error
	if errors.As(rpc.FromStatus(err), &f) && f.Kind == fault.Invalid {
		var rules []string
		for _, field := range f.Fields {
			rules = append(rules, field.Rule)
		}
		return nil, rules
	}
	if err != nil {
		d.t.Fatalf("submit %s: %v", sub.GetId(), err)
	}
	return resp.GetReceipt(), nil
}

// late fails unless a submission is refused for its hour.
func (d *deadline) late(ctx context.Context, what string, sub *submission) {
	d.t.Helper()
	if r, rules := d.submit(ctx, sub); !slices.Equal(rules, []string{"WINDOW_CLOSED"}) {
		d.t.Errorf("%s: got %v, %v; want WINDOW_CLOSED", what, r, rules)
	}
}

// taken fails unless a submission is taken in time, until then.
func (d *deadline) taken(ctx context.Context, what string, sub *submission, until time.Time) {
	d.t.Helper()
	r, rules := d.submit(ctx, sub)
	d.onTime(what, r, rules, until)
}

func (d *deadline) onTime(what string, r *intakepb.Receipt, rules []string, until time.Time) {
	d.t.Helper()
	if len(r.GetAcceptedRecords()) != 1 || !r.GetAcceptedRecords()[0].GetOnTime() || !r.GetAcceptedRecords()[0].GetNotAfter().AsTime().Equal(until) {
		d.t.Errorf("%s: got %v, %v; want one record, on time until %v", what, r, rules, until)
	}
}

// ask asks for an unlock of the first semester of grade 12 of a school, as its province.
func (d *deadline) ask(ctx context.Context, school sandbox.SchoolRange, expires time.Time) string {
	d.t.Helper()
	asked, err := d.windows("lan", access.Province, school.Province).AskUnlock(ctx, &intakepb.AskUnlockRequest{
		Scope: scopeOf(school), Parts: []studentpb.Part{studentpb.Part_PART_RESULTS_12_1}, Expires: timestamppb.New(expires), Reason: "Mất điện cả ngày",
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return asked.GetUnlock().GetId()
}

// decide approves an unlock as an account of the school's province.
func (d *deadline) decide(ctx context.Context, account string, school sandbox.SchoolRange, unlock string) error {
	d.t.Helper()
	_, err := d.windows(account, access.Province, school.Province).DecideUnlock(ctx, &intakepb.DecideUnlockRequest{
		Scope: scopeOf(school), Unlock: unlock, Decision: intakepb.UnlockDecision_UNLOCK_DECISION_APPROVE, Reason: "Đã kiểm tra",
	})
	return rpc.FromStatus(err)
}

func scopeOf(school sandbox.SchoolRange) string { return school.Province + "/" + school.Code }

// now is the hour by the log's clock.
func (d *deadline) now(ctx context.Context) time.Time {
	d.t.Helper()
	now, err := d.Log().Now(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return now
}

// unlock comes too late, has a school unlocked, and uses that.
func (d *deadline) unlock(ctx context.Context) {
	d.t.Helper()
	school := d.nation.Schools()[0]
	pupil, expires := school.First+7, d.now(ctx).Add(time.Hour)
	d.late(ctx, "after the close", d.one(school, "late", pupil, student.Results121))
	unlock := d.ask(ctx, school, expires)
	d.late(ctx, "asked for, not approved", d.one(school, "late", pupil, student.Results121))
	if err := d.decide(ctx, "lan", school, unlock); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "different account") {
		d.t.Errorf("approved by who asked: got %v", err)
	}
	d.late(ctx, "approved by who asked", d.one(school, "late", pupil, student.Results121))
	if err := d.decide(ctx, "minh", school, unlock); err != nil {
		d.t.Fatal(err)
	}
	d.taken(ctx, "unlocked", d.one(school, "late", pupil, student.Results121), expires)
	d.late(ctx, "a part that is not unlocked", d.one(school, "late-11", pupil, student.Results11))
}

// expire has another school unlocked for a moment. Where the moment is over before the approval comes, it asks for a longer one.
func (d *deadline) expire(ctx context.Context) {
	d.t.Helper()
	school := d.nation.Schools()[1]
	unlock := ""
	for within := 2 * time.Second; unlock == ""; within *= 2 {
		expires := d.now(ctx).Add(within)
		asked := d.ask(ctx, school, expires)
		switch err := d.decide(ctx, "minh", school, asked); {
		case err == nil:
			unlock = asked
		case d.now(ctx).Before(expires):
			d.t.Fatal(err)
		}
	}
	officer := d.windows("minh", access.Province, school.Province)
	wait(ctx, d.t, "the unlock to expire", func() bool {
		list, err := officer.ListUnlocks(ctx, &intakepb.ListUnlocksRequest{Scope: scopeOf(school)})
		return err == nil && slices.ContainsFunc(list.GetUnlocks(), func(u *intakepb.Unlock) bool {
			return u.GetId() == unlock && u.GetState() == intakepb.UnlockState_UNLOCK_STATE_EXPIRED
		})
	})
	d.late(ctx, "expired", d.one(school, "late-2", school.First+8, student.Results121))
}

// correct corrects what came in time and is open; once it is right it is closed like the rest.
func (d *deadline) correct(ctx context.Context, right student.Results) {
	d.t.Helper()
	school := d.nation.Schools()[0]
	record := student.Record{Part: right.Part, Results: &right}
	d.taken(ctx, "a correction", d.submission(school, "corrected", student.KindResults, record), d.drive.Corrections)
	wait(ctx, d.t, "the correction to be judged", func() bool {
		right := false
		d.eachPupil(ctx, d.t, func(p *reportingpb.Pupil) {
			for _, part := range p.GetParts() {
				if p.GetPupil() == d.ref(school.First) && part.GetPart() == studentpb.Part_PART_RESULTS_10 {
					right = part.GetJudged() && len(part.GetFindings()) == 0
				}
			}
		})
		return right
	})
	d.late(ctx, "a correction of what is right", d.submission(school, "corrected-2", student.KindResults, record))
}

// extend moves the close for the province of the first school.
func (d *deadline) extend(ctx context.Context) {
	d.t.Helper()
	here, elsewhere := d.nation.Schools()[0], d.nation.Schools()[1]
	until := d.closes.Add(time.Hour)
	if _, err := d.windows("ministry", access.Ministry, access.Nation).ExtendWindow(ctx, &intakepb.ExtendWindowRequest{
		Scope: here.Province, Window: "first", Closes: timestamppb.New(until), Reason: "Mưa lũ kéo dài",
	}); err != nil {
		d.t.Fatal(err)
	}
	d.taken(ctx, "extended", d.one(here, "extended", here.First+9, student.Results11), until)
	d.late(ctx, "another province", d.one(elsewhere, "extended", elsewhere.First+9, student.Results11))
}
