package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// brief says how a row reads: expected, missing, unexpected of the first window.
func brief(r *pb.SchoolProgress) string {
	c := r.GetWindows()[0]
	return fmt.Sprintf("%d expected, %d missing, %d unexpected", c.GetExpected(), c.GetMissing(), c.GetUnexpected())
}

// pass has a holder count whatever has changed.
func (s *service) pass(t *testing.T, number uint64) {
	t.Helper()
	w := newSummariser(s.Server, number, func() bool { return true })
	w.every = 0
	if err := w.pass(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (s *service) ask(t *testing.T, req *pb.GetProgressRequest) *pb.GetProgressResponse {
	t.Helper()
	resp, err := s.GetProgress(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !resp.GetConserved() {
		t.Errorf("%v: does not add up", req)
	}
	return resp
}

// quickSnapshot has the snapshot read anew all the time, and ended with the test.
func (s *service) quickSnapshot(t *testing.T) {
	s.snapshot.every = 10 * time.Millisecond
	t.Cleanup(s.snapshot.stop)
}

// fresh waits until the snapshot has been read anew, from now on: the reading that is under way may have begun before.
func (s *service) fresh(t *testing.T) {
	t.Helper()
	for range 2 {
		_, next, err := s.snapshot.wait(context.Background(), s.look)
		if err != nil {
			t.Fatal(err)
		}
		<-next
	}
}

// TestWhoIsTouched: a profile from one school, and then the pupil is enrolled at another: the first one's row changes though it said nothing.
func TestWhoIsTouched(t *testing.T) {
	s := serve(t)
	s.quickSnapshot(t)
	s.put(t, "submission.profile.01.01000701.a", "rasoat.submission.accepted.v1", submission("01/01000701", record("an", profile, "an")))
	s.settle(t)
	s.pass(t, 1)
	first := s.ask(t, &pb.GetProgressRequest{Scope: "01/01000701"})
	if got := brief(first.GetSchools()[0]); got != "0 expected, 0 missing, 1 unexpected" || first.GetBehind() != 0 {
		t.Errorf("before: got %s, %d behind", got, first.GetBehind())
	}
	s.put(t, "submission.profile.79.79000701.b", "rasoat.submission.accepted.v1", submission("79/79000701", record("an", roster, "12A1")))
	s.settle(t)
	s.fresh(t)
	if resp := s.ask(t, &pb.GetProgressRequest{}); resp.GetBehind() != 2 {
		t.Errorf("not counted yet: got %d schools behind, want 2", resp.GetBehind())
	}
	now := s.ask(t, &pb.GetProgressRequest{Current: true, ByClass: true})
	s.pass(t, 1)
	s.fresh(t)
	then := s.ask(t, &pb.GetProgressRequest{ByClass: true})
	for name, resp := range map[string]*pb.GetProgressResponse{"current": now, "summaries": then} {
		if got := brief(resp.GetSchools()[0]); got != "0 expected, 0 missing, 0 unexpected" || resp.GetBehind() != 0 {
			t.Errorf("%s: got %s, %d behind", name, got, resp.GetBehind())
		}
		last := resp.GetSchools()[2]
		if got := brief(last); got != "1 expected, 1 missing, 0 unexpected" || len(last.GetClasses()) != 1 || last.GetClasses()[0].GetClass() != "12A1" {
			t.Errorf("%s: got %s, classes %v", name, got, last.GetClasses())
		}
	}
}

// TestProgressRows: by school, by province, of a scope; approved and returned pupils; a scope that there is not.
func TestProgressRows(t *testing.T) {
	s := serveOn(t, approvalDrive)
	s.quickSnapshot(t)
	for i := range 3 {
		s.pupil(t, testSchool, fmt.Sprintf("p%d", i), "12A1", nil)
	}
	s.pupil(t, "79/79000701", "q", "12B", map[studentpb.Part][]*validationpb.Finding{results10: {found(validationpb.Severity_SEVERITY_ERROR, "E1", 1)}})
	s.settle(t)
	s.pass(t, 1)
	w := s.on.Windows[0].ID
	if resp := s.ask(t, &pb.GetProgressRequest{}); len(resp.GetSchools()) != 4 || resp.GetTotals()[0].GetExpected() != 4 || resp.GetTotals()[0].GetAwaitingApproval() != 3 ||
		len(resp.GetSchools()[0].GetClasses()) != 0 || resp.GetSchools()[0].GetAsOf() == nil || len(resp.GetSchools()[0].GetStanding()[0].GetSeen()) == 0 {
		t.Errorf("nation: got %v", resp)
	}
	if resp := s.ask(t, &pb.GetProgressRequest{ByProvince: true}); len(resp.GetSchools()) != 2 || resp.GetSchools()[0].GetDeclared() != 6 || resp.GetSchools()[1].GetName() == "" ||
		resp.GetSchools()[1].GetWindows()[0].GetRejected() != 1 {
		t.Errorf("by province: got %v", resp)
	}
	if resp := s.ask(t, &pb.GetProgressRequest{Scope: "01"}); len(resp.GetSchools()) != 3 || resp.GetTotals()[0].GetExpected() != 3 {
		t.Errorf("a province: got %v", resp)
	}
	if _, err := s.GetProgress(context.Background(), &pb.GetProgressRequest{Scope: "02"}); err == nil {
		t.Error("a province that there is not: got no error")
	}
	ctx := context.Background()
	if _, err := s.Declare(ctx, &pb.DeclareRequest{Scope: testSchool, Window: w, Note: "ba học sinh"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Return(ctx, &pb.ReturnRequest{Scope: testSchool, Window: w, Pupils: []*pb.Returned{{Pupil: "p0", Reason: "thiếu học bạ"}}}); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	if _, err := s.Approve(ctx, &pb.ApproveRequest{Scope: testSchool, Window: w, Exception: "được phép duyệt"}); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	row := s.ask(t, &pb.GetProgressRequest{Scope: testSchool, Current: true}).GetSchools()[0]
	st := row.GetStanding()[0]
	if row.GetWindows()[0].GetReturned() != 1 || st.GetDeclaredAt() == nil || st.GetApprovedAt() == nil || st.GetApproved() != 2 {
		t.Errorf("after the province: got %v", row)
	}
	s.pass(t, 1)
	compareSummaries(t, s.Server, 0)
}

// TestLease: two copies run; what one has summed up the other gives, and when the holder goes the other goes on with a higher number.
func TestLease(t *testing.T) {
	s := serve(t)
	s.quickSnapshot(t)
	other := New(Config{Drive: testDrive}, Deps{Log: s.log, Store: s.db, Logger: slog.New(slog.DiscardHandler)})
	number := func() uint64 {
		docs, err := s.summaries.Get(context.Background(), s.ids[:1])
		if err != nil {
			t.Fatal(err)
		}
		f, _ := docs[0].Facet(facetCounts)
		return f.Rev.Major
	}
	run := func(s *Server) (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.summarise(ctx) }()
		return func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	stop := run(s.Server)
	eventually.True(t, "the first holder counts", func() bool { return number() == 1 })
	stopOther := run(other)
	stop()
	s.pupil(t, testSchool, "an", "12A1", nil)
	s.settle(t)
	eventually.True(t, "the second holder counts", func() bool {
		rows := s.ask(t, &pb.GetProgressRequest{Scope: testSchool}).GetSchools()
		return number() == 2 && rows[0].GetWindows()[0].GetExpected() == 1
	})
	eventually.True(t, "the hour is noted", func() bool {
		return slices.ContainsFunc(s.notesOf(t, "01"), func(n *pb.ProgressNoted) bool { return len(n.GetRows()) == 2 })
	})
	stopOther()
}
