package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"google.golang.org/protobuf/proto"
)

// jostled is a store whose calls let others go before them and after them, as often as chance has it.
type jostled struct{ store.DB }

func (d jostled) Collection(name string) store.Collection {
	return jostledCollection{d.DB.Collection(name)}
}

type jostledCollection struct{ store.Collection }

func jostle() {
	for range rand.IntN(8) {
		runtime.Gosched()
	}
}

func (c jostledCollection) Merge(ctx context.Context, patches []store.Patch) error {
	jostle()
	defer jostle()
	return c.Collection.Merge(ctx, patches)
}

func (c jostledCollection) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	jostle()
	defer jostle()
	return c.Collection.Get(ctx, ids)
}

func (c jostledCollection) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	jostle()
	defer jostle()
	return c.Collection.Scan(ctx, prefix, after, limit)
}

// copyOn is a copy of the service on a store, without a log: nothing that the test says of a pupil makes a record.
func copyOn(db store.DB) *Server {
	return New(Config{Drive: testDrive}, Deps{Store: db, Logger: slog.New(slog.DiscardHandler)})
}

// TestNoUpdateIsLost: copies write pupils, each pupil at several schools, while one holder of the lease after another counts, the one before still
// at work for a while. When all is quiet, and the last holder has looked once, every summary says what a count says.
func TestNoUpdateIsLost(t *testing.T) {
	ctx := context.Background()
	for round := range 200 {
		db := jostled{storetest.NewMemory()}
		var sequence atomic.Uint64
		var writers, holders sync.WaitGroup
		for range 3 {
			s := copyOn(db)
			writers.Go(func() {
				for range 1 + rand.IntN(6) {
					var batch []eventlog.Message
					for range 1 + rand.IntN(3) {
						batch = append(batch, anything(t, sequence.Add(1)))
					}
					p := newProjection()
					for _, m := range batch {
						if err := s.submission(p, m); err != nil {
							t.Error(err)
						}
					}
					if err := s.merge(ctx, p); err != nil {
						t.Error(err)
					}
					if err := s.deriveAndMark(ctx, p); err != nil {
						t.Error(err)
					}
				}
			})
		}
		var quiet atomic.Bool
		last := uint64(0)
		for !quiet.Load() {
			last++
			w := newSummariser(copyOn(db), last, func() bool { return true })
			w.every = 0
			ended := make(chan struct{})
			holders.Go(func() {
				for i := range 4 {
					if i == 2 {
						close(ended) // the lease is lost, and it goes on without knowing
					}
					if err := w.pass(ctx); err != nil {
						t.Error(err)
					}
				}
			})
			<-ended
			if last == 1 {
				go func() { writers.Wait(); quiet.Store(true) }()
			}
		}
		writers.Wait()
		s := copyOn(db)
		w := newSummariser(s, last+1, func() bool { return true })
		if err := w.pass(ctx); err != nil {
			t.Fatal(err)
		}
		holders.Wait()
		compareSummaries(t, s, round)
		if t.Failed() {
			return
		}
	}
}

// anything is a submission of one record: a pupil joins a school, leaves it, or has a profile sent by it.
func anything(t *testing.T, sequence uint64) eventlog.Message {
	t.Helper()
	sc := testDrive.Schools[rand.IntN(len(testDrive.Schools))]
	pupil := fmt.Sprintf("p%d", rand.IntN(5))
	r := record(pupil, profile, "x")
	if kind := rand.IntN(3); kind > 0 {
		r = record(pupil, roster, fmt.Sprintf("12A%d", rand.IntN(2)))
		if kind == 2 {
			r.Personal.GetEnrolment().State = studentpb.EnrolmentState_ENROLMENT_STATE_LEFT
		}
	}
	return eventlog.Message{
		Subject: "submission.results." + sc.Province + "." + sc.Code + ".s", Sequence: sequence, Stored: time.Unix(0, 0),
		Data: encode(t, submission(sc.Province+"/"+sc.Code, []*intakepb.AcceptedRecord{r}...)),
	}
}

// compareSummaries holds every summary against a count.
func compareSummaries(t *testing.T, s *Server, round int) {
	t.Helper()
	v, err := s.look(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, sc := range testDrive.Schools {
		want, err := s.countSchool(context.Background(), sc)
		if err != nil {
			t.Fatal(err)
		}
		got := proto.CloneOf(v.rows[i].full)
		got.AsOf, want.AsOf = nil, nil
		if !proto.Equal(got, want) || v.rows[i].behind {
			t.Errorf("round %d, school %s (behind %v):\ngot  %v\nwant %v", round, sc.Code, v.rows[i].behind, got, want)
		}
	}
}

// brief says how a row reads: expected, missing, unexpected of the first window.
func brief(r *pb.SchoolProgress) string {
	c := r.GetWindows()[0]
	return fmt.Sprintf("%d expected, %d missing, %d unexpected", c.GetExpected(), c.GetMissing(), c.GetUnexpected())
}

// pass has a holder count whatever has changed.
func (s *service) pass(t *testing.T, number uint64) *summariser {
	t.Helper()
	w := newSummariser(s.Server, number, func() bool { return true })
	w.every = 0
	if err := w.pass(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
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

// fresh waits until the snapshot has been read anew.
func (s *service) fresh(t *testing.T) {
	t.Helper()
	_, next, err := s.snapshot.wait(context.Background(), s.look)
	if err != nil {
		t.Fatal(err)
	}
	<-next
}

// TestWhoIsTouched: a profile from one school, and then the pupil is enrolled at another: the first one's row changes though it said nothing.
func TestWhoIsTouched(t *testing.T) {
	s := serve(t)
	t.Cleanup(s.snapshot.stop)
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
	t.Cleanup(s.snapshot.stop)
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
}

// TestLease: two copies run; what one has summed up the other gives, and when the holder goes the other goes on with a higher number.
func TestLease(t *testing.T) {
	s := serve(t)
	t.Cleanup(s.snapshot.stop)
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
	eventlogtest.Eventually(t, "the first holder counts", func() bool { return number() == 1 })
	stopOther := run(other)
	stop()
	s.pupil(t, testSchool, "an", "12A1", nil)
	s.settle(t)
	eventlogtest.Eventually(t, "the second holder counts", func() bool { return number() == 2 })
	stopOther()
	if rows := s.ask(t, &pb.GetProgressRequest{Scope: testSchool}).GetSchools(); rows[0].GetWindows()[0].GetExpected() != 1 {
		t.Errorf("got %v", rows)
	}
	if !slices.ContainsFunc(s.notesOf(t, "01"), func(n *pb.ProgressNoted) bool { return len(n.GetRows()) == 2 }) {
		t.Error("the hour was not noted")
	}
}

// TestTakeOver: what a former holder still writes replaces nothing once another has taken over, though nothing had to be counted.
func TestTakeOver(t *testing.T) {
	s, ctx := &service{Server: copyOn(storetest.NewMemory())}, context.Background()
	s.pass(t, 1)
	s.pass(t, 3)
	late, err := encodeSummary(counted{row: s.blank(testDrive.Schools[1])})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.summaries.Merge(ctx, []store.Patch{{ID: s.ids[0], Facet: facetCounts, Rev: store.Revision{Major: 2, Minor: 99}, Value: late}}); err != nil {
		t.Fatal(err)
	}
	compareSummaries(t, s.Server, 0)
}
