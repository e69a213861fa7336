package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
)

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
		f.noteCorrection()
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
		pause(ctx)
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
