package server

import (
	"context"
	"slices"
	"strings"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// approvalDrive asks for approval; its schools are as small as a test.
var approvalDrive = func() *drive.Drive {
	d := drive.Sample([]drive.School{
		{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 2},
		{Province: "01", Code: "01000702", Name: "THPT số 2 Ba Đình", Kind: drive.THPT, Expected: 2},
		{Province: "01", Code: "01000703", Name: "THPT số 3 Ba Đình", Kind: drive.THPT, Expected: 2},
		{Province: "79", Code: "79000701", Name: "THPT số 1 Quận 1", Kind: drive.THPT, Expected: 2},
	})
	d.ApprovalRequired = true
	return d
}()

var firstWindow = approvalDrive.Windows[0].ID

// by returns a context in which an officer calls.
func by(account string, scopes ...string) context.Context {
	return access.With(context.Background(), access.Caller{Subject: account, Role: access.Province, Scopes: scopes})
}

func (s *service) declare(t *testing.T, scope, note string, withdraw bool) *pb.DeclareResponse {
	t.Helper()
	resp, err := s.Declare(by("school", scope), &pb.DeclareRequest{Scope: scope, Window: firstWindow, Note: note, Withdraw: withdraw})
	if err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	return resp
}

// approve returns a line a school: what was approved and the rules that refused.
func (s *service) approve(t *testing.T, req *pb.ApproveRequest) []*pb.SchoolApproval {
	t.Helper()
	req.Window = firstWindow
	resp, err := s.Approve(by("so01", "01"), req)
	if err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	for _, line := range resp.GetSchools() {
		for _, p := range line.GetRefused() {
			if p.GetMessageVi() == "" || p.GetMessageEn() == "" || p.GetRemedyVi() == "" || p.GetRemedyEn() == "" {
				t.Errorf("%s lacks a text", p.GetRule())
			}
		}
	}
	return resp.GetSchools()
}

func rules(problems []*studentpb.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.GetRule())
	}
	return out
}

func (s *service) giveBack(t *testing.T, pupils ...*pb.Returned) *pb.ReturnResponse {
	t.Helper()
	resp, err := s.Return(by("so01", "01"), &pb.ReturnRequest{Scope: testSchool, Window: firstWindow, Pupils: pupils})
	if err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	return resp
}

// status returns the status of each pupil of a school in the first window.
func (s *service) status(t *testing.T, scope string) map[string]pb.Status {
	t.Helper()
	resp, err := s.ListPupils(context.Background(), &pb.ListPupilsRequest{Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]pb.Status{}
	for _, p := range resp.GetPupils() {
		out[p.GetPupil()] = p.GetWindows()[0].GetStatus()
	}
	return out
}

// change sends other content of grade 10, judged well.
func (s *service) change(t *testing.T, pupil, content string) {
	t.Helper()
	const school = testSchool
	revision := s.put(t, "submission.results."+school[:2]+"."+school[3:]+"."+pupil+content, wire.TypeSubmission, submission(school, record(pupil, results10, content)))
	s.put(t, "verdict.results."+school[:2]+"."+school[3:], wire.TypeVerdicts, &validationpb.RecordsJudged{
		Drive: testDrive.ID, Book: 1, Verdicts: []*validationpb.Verdict{verdict(pupil, results10, revision, content)},
		Shared: []*validationpb.SharedVerdict{{Pupil: pupil, Name: "history", Basis: revision, ContentHashes: [][]byte{[]byte(content), []byte(pupil)}}},
	})
	s.settle(t)
}

func TestApprove(t *testing.T) {
	const awaiting, verified = pb.Status_STATUS_AWAITING_APPROVAL, pb.Status_STATUS_VERIFIED
	s := serveOn(t, approvalDrive)
	s.pupil(t, testSchool, "a", "12A1", nil)
	s.pupil(t, testSchool, "b", "12A1", nil)
	s.pupil(t, "01/01000702", "c", "12A1", map[studentpb.Part][]*validationpb.Finding{results10: {found(validationpb.Severity_SEVERITY_ERROR, "X", 1)}})
	s.settle(t)
	if got := s.status(t, testSchool); got["a"] != awaiting || s.standing(t, "a") != nil {
		t.Fatalf("before: got %v, published %v", got, s.standing(t, "a") != nil)
	}

	// Nothing is declared, one school has an error and too few pupils, one sent nobody.
	lines := s.approve(t, &pb.ApproveRequest{Scope: "01"})
	for i, want := range [][]string{{"APPROVE_NOT_DECLARED"}, {"APPROVE_NOT_DECLARED", "APPROVE_NUMBER", "APPROVE_REJECTED", "APPROVE_NOBODY"}, {"APPROVE_EMPTY"}} {
		if got := rules(lines[i].GetRefused()); !slices.Equal(got, want) || lines[i].GetApproved() != 0 || lines[i].GetSequence() != 0 {
			t.Errorf("%s: refused for %v, want %v", lines[i].GetSchool(), got, want)
		}
	}
	if got := s.declare(t, testSchool, "", false); got.GetCounts().GetAwaitingApproval() != 2 || got.GetSequence() != 1 || got.GetStoredAt().AsTime().IsZero() {
		t.Errorf("declared: got %v", got)
	}
	s.declare(t, testSchool, "báo nhầm", true)
	if got := rules(s.approve(t, &pb.ApproveRequest{Scope: testSchool})[0].GetRefused()); !slices.Equal(got, []string{"APPROVE_NOT_DECLARED"}) {
		t.Errorf("a declaration that was taken back: refused for %v", got)
	}
	s.declare(t, testSchool, "", false)
	if _, err := s.Declare(by("school"), &pb.DeclareRequest{Scope: "01/01000702", Window: firstWindow}); !fault.Is(err, fault.Invalid) {
		t.Errorf("another number of pupils and no note: got %v", err)
	}
	s.declare(t, "01/01000702", "một học sinh đã chuyển đi", false)

	if line := s.approve(t, &pb.ApproveRequest{Scope: "01", DryRun: true})[0]; line.GetApproved() != 2 || line.GetSequence() != 0 || s.standing(t, "a") != nil {
		t.Errorf("a dry run: got %v, published %v", line, s.standing(t, "a") != nil)
	}
	if line := s.approve(t, &pb.ApproveRequest{Scope: testSchool, Seen: []byte("another state")})[0]; !slices.Equal(rules(line.GetRefused()), []string{"APPROVE_SEEN"}) {
		t.Errorf("another state was seen: got %v", line)
	}
	seen := s.schoolSeen(t, testSchool)
	if line := s.approve(t, &pb.ApproveRequest{Scope: testSchool, Seen: seen})[0]; line.GetApproved() != 2 || line.GetSequence() == 0 {
		t.Errorf("approved: got %v", line)
	}
	if line := s.approve(t, &pb.ApproveRequest{Scope: "01"})[0]; line.GetApproved() != 0 || line.GetSequence() != 0 || len(line.GetRefused()) != 0 {
		t.Errorf("again: got %v, want nothing to do", line)
	}
	if s.standing(t, "a").GetVerified() == nil || s.status(t, testSchool)["b"] != verified {
		t.Errorf("after the approval: got %v", s.status(t, testSchool))
	}

	// The same content again changes nothing; other content reopens the one pupil, and what stands is left to stand.
	s.change(t, "a", "a")
	if got := s.status(t, testSchool); got["a"] != verified {
		t.Errorf("the same content again: got %v", got)
	}
	s.change(t, "a", "new")
	if got := s.status(t, testSchool); got["a"] != awaiting || got["b"] != verified || s.standing(t, "a").GetVerified() == nil {
		t.Errorf("other content: got %v, stands %v", got, s.standing(t, "a"))
	}
	if slices.Equal(seen, s.schoolSeen(t, testSchool)) {
		t.Error("other content, and the digest of the school is the same")
	}

	// An exception approves who is ready and nobody else.
	s.pupil(t, "01/01000702", "d", "12A1", nil)
	s.settle(t)
	if line := s.approve(t, &pb.ApproveRequest{Scope: "01/01000702", Exception: "lỗi của một em chờ xác minh"})[0]; line.GetApproved() != 1 {
		t.Errorf("with an exception: got %v", line)
	}
	if got := s.status(t, "01/01000702"); got["d"] != verified || got["c"] != pb.Status_STATUS_REJECTED {
		t.Errorf("with an exception: got %v", got)
	}
	s.rebuilt(t, testSchool, "01/01000702")

	for _, tt := range []struct {
		req  *pb.ApproveRequest
		kind fault.Kind
	}{
		{&pb.ApproveRequest{Scope: "02", Window: firstWindow}, fault.NotFound},
		{&pb.ApproveRequest{Scope: "79/01000701", Window: firstWindow}, fault.NotFound},
		{&pb.ApproveRequest{Scope: "01", Window: "third"}, fault.NotFound},
		{&pb.ApproveRequest{Scope: "01", Window: firstWindow, Seen: seen}, fault.Invalid},
		{&pb.ApproveRequest{Scope: "01", Window: firstWindow, Exception: "....."}, fault.Invalid},
	} {
		if _, err := s.Approve(context.Background(), tt.req); !fault.Is(err, tt.kind) {
			t.Errorf("%v: got %v, want %v", tt.req, err, tt.kind)
		}
	}
	free := serve(t)
	if _, err := free.Approve(context.Background(), &pb.ApproveRequest{Scope: "01", Window: firstWindow}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a drive without approval: got %v", err)
	}
}

// schoolSeen is what GetProgress would say that an officer saw.
func (s *service) schoolSeen(t *testing.T, scope string) []byte {
	t.Helper()
	sc, err := s.school("test", scope)
	if err != nil {
		t.Fatal(err)
	}
	tally, err := s.tally(context.Background(), sc, s.drive.Windows[0])
	if err != nil {
		t.Fatal(err)
	}
	return schoolSeen(tally.seen)
}

// rebuilt gathers everything anew and wants the same pupils and not a record more.
func (s *service) rebuilt(t *testing.T, scopes ...string) {
	t.Helper()
	ctx := context.Background()
	look := func() []proto.Message {
		t.Helper()
		var out []proto.Message
		for _, scope := range scopes {
			pupils, err := s.ListPupils(ctx, &pb.ListPupilsRequest{Scope: scope})
			if err != nil {
				t.Fatal(err)
			}
			returned, err := s.ListReturned(ctx, &pb.ListReturnedRequest{Scope: scope})
			if err != nil {
				t.Fatal(err)
			}
			accuracy, err := s.GetAccuracy(ctx, &pb.GetAccuracyRequest{Scope: scope, Window: firstWindow})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, pupils, returned, accuracy)
		}
		return out
	}
	records := func() uint64 {
		m, err := s.log.Last(ctx, "record.*")
		if err != nil {
			t.Fatal(err)
		}
		return m.Sequence
	}
	before, last := look(), records()
	s.stop()
	if err := s.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	s.run(t)
	s.settle(t)
	for i, after := range look() {
		if !proto.Equal(after, before[i]) {
			t.Errorf("gathered anew: got %v, want %v", after, before[i])
		}
	}
	if got := records(); got != last {
		t.Errorf("gathered anew: RECORDS went from %d to %d", last, got)
	}
}

// What hinders an approval is said with the reasons that matching gave, not with the commonest one.
func TestApproveSaysWhyAPersonIsNeeded(t *testing.T) {
	s := serveOn(t, approvalDrive)
	for id, cause := range map[string]*matchingpb.Cause{
		"a": {Field: matchingpb.Field_FIELD_ID_NUMBER, Kind: "none"}, "b": {Field: matchingpb.Field_FIELD_FULL_NAME, Kind: "soft_iy"},
		"c": {Field: matchingpb.Field_FIELD_ID_NUMBER, Kind: "malformed"},
	} {
		s.pupil(t, testSchool, id, "12A1", nil)
		s.put(t, "identity.01.01000701", wire.TypeIdentities, &matchingpb.IdentitiesJudged{Drive: testDrive.ID, Judgements: []*matchingpb.Judgement{{
			Pupil: id, Revision: 1_000_000, IdentityHash: []byte(id), Outcome: matchingpb.Outcome_OUTCOME_NEEDS_PERSON, Causes: []*matchingpb.Cause{cause},
		}}})
	}
	s.settle(t)
	for _, p := range s.approve(t, &pb.ApproveRequest{Scope: testSchool})[0].GetRefused() {
		if p.GetRule() != "APPROVE_NEEDS_PERSON" {
			continue
		}
		for _, want := range []string{"3 pupils", "1 without a number", "1 with a number of a wrong form", "1 with a name that differs only in i and y"} {
			if !strings.Contains(p.GetMessageEn(), want) {
				t.Errorf("%q does not say %q", p.GetMessageEn(), want)
			}
		}
		return
	}
	t.Error("nothing was said of identities that need a person")
}
