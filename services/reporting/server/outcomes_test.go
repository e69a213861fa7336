package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
)

// watcher is a caller of WatchOutcomes.
type watcher struct {
	grpc.ServerStream
	ctx  context.Context
	sent chan *pb.WatchOutcomesResponse
}

func (w *watcher) Context() context.Context { return w.ctx }

func (w *watcher) Send(m *pb.WatchOutcomesResponse) error {
	select {
	case w.sent <- m:
	case <-w.ctx.Done():
	}
	return w.ctx.Err()
}

// watch calls WatchOutcomes; end stops it and gives its error.
func (s *service) watch(t *testing.T, token string, scopes ...string) (w *watcher, end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(eventually.Context(t))
	w = &watcher{ctx: ctx, sent: make(chan *pb.WatchOutcomesResponse)}
	ended := make(chan error, 1)
	go func() { ended <- s.WatchOutcomes(&pb.WatchOutcomesRequest{Scopes: scopes, ResumeToken: token}, w) }()
	return w, func() error { cancel(); return <-ended }
}

func (w *watcher) take(t *testing.T, n int) []*pb.WatchOutcomesResponse {
	t.Helper()
	out := make([]*pb.WatchOutcomesResponse, 0, n)
	for range n {
		select {
		case m := <-w.sent:
			out = append(out, m)
		case <-w.ctx.Done():
			t.Fatalf("%d answers, want %d", len(out), n)
		}
	}
	return out
}

// saying is an answer without its place.
func saying(m *pb.WatchOutcomesResponse) string {
	at := m.GetProvince() + "/" + m.GetSchool() + " "
	switch f, j := m.GetFound(), m.GetIdentity(); {
	case f != nil:
		rules := make([]string, len(f.GetFindings()))
		for i, r := range f.GetFindings() {
			rules[i] = r.GetRule()
		}
		return at + fmt.Sprintf("%s %v %s %d %v", f.GetPupil(), f.GetPart(), f.GetPair(), f.GetRevision(), rules)
	case j != nil:
		return at + fmt.Sprintf("%s %v %v", j.GetPupil(), j.GetOutcome(), j.GetOthers())
	}
	return at + m.GetReturned().GetPupil() + " returned: " + m.GetReturned().GetReason()
}

// outcomes puts messages of three streams into the log, of two schools of a province and one of another.
func (s *service) outcomes(t *testing.T) (want []string) {
	t.Helper()
	information := found(validationpb.Severity_SEVERITY_INFO, "INFO", 1)
	for i, school := range []string{"01/01000701", "01/01000702", "79/79000701"} {
		province, code, _ := strings.Cut(school, "/")
		pupil := string(rune('a' + i))
		s.put(t, "verdict.results."+province+"."+code, wire.TypeVerdicts, &validationpb.RecordsJudged{Drive: testDrive.ID,
			Verdicts: []*validationpb.Verdict{
				verdict(pupil, results10, 7, "x", warning("W1", 1), information), verdict(pupil, results11, 7, "x"), verdict(pupil, profile, 7, "x", information),
			},
			Shared: []*validationpb.SharedVerdict{{Pupil: pupil, Name: "history", Basis: 14, Findings: []*validationpb.Finding{warning("W2", 2)}}},
		})
		s.put(t, "identity."+province+"."+code, wire.TypeIdentities, &matchingpb.IdentitiesJudged{Drive: testDrive.ID,
			Judgements: []*matchingpb.Judgement{{Pupil: pupil, Outcome: matchingpb.Outcome_OUTCOME_WAITING}, {Pupil: pupil, Outcome: matchingpb.Outcome_OUTCOME_NOT_FOUND}},
			Shared:     []*matchingpb.SharedNumber{{Pupil: pupil, Others: []string{"z"}}},
			Decisions:  []*matchingpb.IdentityDecision{{Pupil: pupil, Seen: [][]byte{{1}}}},
		})
		s.put(t, "decision.return."+province+"."+code, wire.TypeReturned, &pb.PupilsReturned{Drive: testDrive.ID, Province: province, School: code,
			Pupils: []*pb.ReturnedOne{{Pupil: pupil, PersonalReason: "sai"}, {Pupil: pupil + "2", PersonalReason: "thiếu"}}})
		s.put(t, "verdict.results."+province+"."+code, wire.TypeVerdicts, &validationpb.RecordsJudged{Drive: "another", Verdicts: []*validationpb.Verdict{verdict(pupil, profile, 1, "x")}})
		for _, text := range []string{
			"PART_RESULTS_10  7 [W1]", "PART_RESULTS_11  7 []", "PART_PROFILE  7 []", "PART_RESULTS_11 history 14 [W2]", "OUTCOME_NOT_FOUND []", "OUTCOME_DUPLICATE [z]", "OUTCOME_SETTLED []",
			"returned: sai",
		} {
			want = append(want, school+" "+pupil+" "+text)
		}
		want = append(want, school+" "+pupil+"2 returned: thiếu")
	}
	return want
}

func sorted(answers []*pb.WatchOutcomesResponse) []string {
	out := make([]string, len(answers))
	for i, m := range answers {
		out[i] = saying(m)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestWatchOutcomes: whoever goes on at any answer has, with what was dealt with before it, everything.
func TestWatchOutcomes(t *testing.T) {
	s := serve(t)
	want := s.outcomes(t)
	slices.Sort(want)
	w, end := s.watch(t, "", "01", "79/79000701", "01/01000701")
	all := w.take(t, len(want))
	if got := sorted(all); !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for i := range all {
		w, end := s.watch(t, all[i].GetResumeToken(), "01", "79")
		had := map[string]bool{}
		for _, m := range all[:i+1] {
			had[saying(m)] = true
		}
		rest := slices.DeleteFunc(slices.Clone(want), func(text string) bool { return had[text] })
		for len(rest) > 0 {
			got := saying(w.take(t, 1)[0])
			rest = slices.DeleteFunc(rest, func(text string) bool { return text == got })
		}
		if err := end(); err == nil || w.ctx.Err() == nil {
			t.Errorf("ended with %v before the caller went", err)
		}
	}
	// What comes is sent as it comes.
	s.put(t, "decision.return.01.01000701", wire.TypeReturned, &pb.PupilsReturned{Drive: testDrive.ID, Pupils: []*pb.ReturnedOne{{Pupil: "live", PersonalReason: "x"}}})
	if got := w.take(t, 1)[0]; saying(got) != "01/01000701 live returned: x" || got.GetResumeToken() != "6-3-4" {
		t.Errorf("got %s at %s", saying(got), got.GetResumeToken())
	}
	_ = end()
}

// TestWatchOutcomesOfAnOlderLog: after a restore a token of before it is refused, and one of after it is good.
func TestWatchOutcomesOfAnOlderLog(t *testing.T) {
	broker := eventlogtest.Start(t)
	s := &service{log: broker.Log(t, eventlog.Config{Service: "reporting"}), db: storetest.NewMemory(), on: testDrive}
	s.run(t)
	now := func() string {
		w, end := s.watch(t, "now", "01")
		defer func() { _ = end() }()
		return w.take(t, 1)[0].GetResumeToken()
	}
	before := now()
	broker.PutBack(t, eventlog.Identities, 0)
	if err := s.WatchOutcomes(&pb.WatchOutcomesRequest{Scopes: []string{"01"}, ResumeToken: before}, &watcher{ctx: t.Context()}); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v, want Conflict", err)
	}
	after := now()
	w, end := s.watch(t, after, "01")
	defer func() { _ = end() }()
	s.put(t, "decision.return.01.01000701", wire.TypeReturned, &pb.PupilsReturned{Drive: testDrive.ID, Pupils: []*pb.ReturnedOne{{Pupil: "live", PersonalReason: "x"}}})
	if got := w.take(t, 1)[0]; got.GetResumeToken() == after || after == before {
		t.Errorf("the tokens are %q, %q and %q", before, after, got.GetResumeToken())
	}
}

// TestWatchOneSchool is told of no other, and from now on of nothing that was before.
func TestWatchOneSchool(t *testing.T) {
	s := serve(t)
	want := s.outcomes(t)
	w, end := s.watch(t, "", "01/01000702")
	for _, m := range w.take(t, len(want)/3) {
		if m.GetSchool() != "01000702" {
			t.Errorf("told of %s", saying(m))
		}
	}
	_ = end()
	w, end = s.watch(t, "now", "01/01000702")
	if got := w.take(t, 1)[0]; got.GetNews() != nil || got.GetResumeToken() != "6-3-3" {
		t.Errorf("got %v", got)
	}
	s.put(t, "identity.01.01000701", wire.TypeIdentities, &matchingpb.IdentitiesJudged{Drive: testDrive.ID, Judgements: []*matchingpb.Judgement{{Pupil: "a", Outcome: matchingpb.Outcome_OUTCOME_CONFIRMED}}})
	s.put(t, "identity.01.01000702", wire.TypeIdentities, &matchingpb.IdentitiesJudged{Drive: testDrive.ID, Judgements: []*matchingpb.Judgement{{Pupil: "b", Outcome: matchingpb.Outcome_OUTCOME_CONFIRMED}}})
	if got := saying(w.take(t, 1)[0]); got != "01/01000702 b OUTCOME_CONFIRMED []" {
		t.Errorf("got %s", got)
	}
	_ = end()
}

// TestWatchRefuses what there is not.
func TestWatchRefuses(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		token, scope string
		want         fault.Kind
	}{{"", "99", fault.NotFound}, {"", "79/01000701", fault.NotFound}, {"1-2", "01", fault.Invalid}, {"1-2-x", "01", fault.Invalid}} {
		w := &watcher{ctx: context.Background()}
		if err := s.WatchOutcomes(&pb.WatchOutcomesRequest{Scopes: []string{c.scope}, ResumeToken: c.token}, w); !fault.Is(err, c.want) {
			t.Errorf("%q %q: got %v, want %s", c.token, c.scope, err, c.want)
		}
	}
}
