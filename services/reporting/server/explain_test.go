package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeIntake answers with one step long ago, and keeps who asked.
type fakeIntake struct {
	intakepb.IntakeServiceClient
	token []string
}

func (f *fakeIntake) ListEvents(ctx context.Context, req *intakepb.ListEventsRequest, _ ...grpc.CallOption) (*intakepb.ListEventsResponse, error) {
	out, _ := metadata.FromOutgoingContext(ctx)
	f.token = out.Get("authorization")
	return &intakepb.ListEventsResponse{Events: []*studentpb.Event{{Service: "intake", Kind: "received", Pupil: req.GetPupil(), At: timestamppb.New(time.Unix(0, 0))}}}, nil
}

type fakeMatching struct {
	matchingpb.MatchingServiceClient
}

func (fakeMatching) ListEvents(context.Context, *matchingpb.ListEventsRequest, ...grpc.CallOption) (*matchingpb.ListEventsResponse, error) {
	return nil, errors.New("away")
}

// TestExplain puts one timeline together in the name of the caller, and says who did not answer.
func TestExplain(t *testing.T) {
	s := serve(t)
	intake := &fakeIntake{}
	s.peers = Peers{Intake: intake, Matching: fakeMatching{}}
	w := warning("W1", 1)
	s.pupil(t, testSchool, "an", "12A1", map[studentpb.Part][]*validationpb.Finding{results10: {w}})
	s.pupil(t, testSchool, "binh", "12A1", nil)
	s.settle(t)
	s.answer(t, testSchool, answerTo("an", results10, w))
	s.put(t, "decision.return.01.01000701", wire.TypeReturned, &pb.PupilsReturned{Drive: testDrive.ID, Province: "01", School: "01000701", Window: "1", Officer: "so1",
		Pupils: []*pb.ReturnedOne{{Pupil: "an", PersonalReason: "học bạ khác"}, {Pupil: "binh", PersonalReason: "x"}}})
	s.put(t, "decision.declare.01.01000701", wire.TypeDeclared, &pb.SchoolDeclared{Drive: testDrive.ID, Window: "1", Officer: "truong1"})
	s.put(t, "decision.claim.01.01000702", wire.TypeClaim, &pb.ClaimSettled{Drive: testDrive.ID, Province: "01", School: "01000702", Pupil: "an", PersonalReason: "chuyển trường"})
	s.put(t, "record.an", wire.TypeRecord, &pb.RecordState{Drive: testDrive.ID, Pupil: "an", State: &pb.RecordState_Withdrawn{Withdrawn: &pb.WithdrawnRecord{Reason: pb.Status_STATUS_REJECTED}}})
	ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs("authorization", "Bearer x", "other", "y"))
	got, err := s.Explain(ctx, &pb.ExplainRequest{Scope: testSchool, Pupil: "an"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.GetUnavailable(), []string{"matching", "validation"}) || !slices.Equal(intake.token, []string{"Bearer x"}) || got.GetPupil().GetPupil() != "an" {
		t.Errorf("unavailable %v, token %v, pupil %v", got.GetUnavailable(), intake.token, got.GetPupil().GetPupil())
	}
	if e := got.GetEvents()[0]; e.GetService() != "intake" || !slices.IsSortedFunc(got.GetEvents(), func(a, b *studentpb.Event) int { return a.GetAt().AsTime().Compare(b.GetAt().AsTime()) }) {
		t.Errorf("not in order of time: %v", got.GetEvents())
	}
	var told []string
	for _, e := range got.GetEvents() {
		if e.GetMessageEn() != "" && !strings.Contains(e.GetMessageEn(), "was published") { // whether it is depends on the drive's approval
			told = append(told, e.GetKind()+" "+e.GetOfficer()+" "+e.GetMessageEn())
		}
	}
	for i, want := range []string{
		"decided minh the school explained the warning W1", "decided so1 the province gave the pupil back in window 1: học bạ khác", "decided truong1 the school declared itself complete for window 1",
		"decided  it was decided that the pupil is at school 01/01000702: chuyển trường", "withdrawn  the verified record was withdrawn",
	} {
		if i >= len(told) || !strings.HasPrefix(told[i], want) {
			t.Errorf("step %d: want %q, got %q", i, want, told)
		}
	}
}

// TestExplainASubmission tells of its pupils and of no decision about the whole school.
func TestExplainASubmission(t *testing.T) {
	s := serve(t)
	s.put(t, "submission.roster.01.01000701.s1", wire.TypeSubmission, submission(testSchool, record("an", roster, "12A1")))
	s.put(t, "decision.declare.01.01000701", wire.TypeDeclared, &pb.SchoolDeclared{Drive: testDrive.ID, Window: "1"})
	s.put(t, "decision.approve.01.01000701", wire.TypeApproved, &pb.PupilsApproved{Drive: testDrive.ID, Window: "1", Pupils: []*pb.ApprovedPupil{{Pupil: "an"}, {Pupil: "binh"}}})
	got, err := s.Explain(context.Background(), &pb.ExplainRequest{Scope: testSchool, SubmissionId: "s1"})
	if err != nil || len(got.GetEvents()) != 1 || got.GetEvents()[0].GetPupil() != "an" || got.GetPupil() != nil || len(got.GetUnavailable()) != 3 {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestExplainRefuses a pupil or a submission of another school.
func TestExplainRefuses(t *testing.T) {
	s := serve(t)
	s.pupil(t, "01/01000702", "an", "12A1", nil)
	s.settle(t)
	for want, requests := range map[fault.Kind][]*pb.ExplainRequest{
		fault.NotFound: {{Scope: testSchool, Pupil: "an"}, {Scope: testSchool, SubmissionId: "s1"}, {Scope: "01/0"}, {Scope: testSchool, Pupil: "nobody"}},
		fault.Invalid:  {{Scope: testSchool}},
	} {
		for _, req := range requests {
			if _, err := s.Explain(context.Background(), req); !fault.Is(err, want) {
				t.Errorf("%v: got %v, want %s", req, err, want)
			}
		}
	}
}
