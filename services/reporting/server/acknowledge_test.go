package server

import (
	"context"
	"strings"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
)

func TestAcknowledge(t *testing.T) {
	s := serve(t)
	r, e, w := warning("YEAR_MARK", 1), warning("CLASS_NAME", 2), warning("NAME_FORM", 3)
	bad, info := found(validationpb.Severity_SEVERITY_ERROR, "ID_FORM", 4), found(validationpb.Severity_SEVERITY_INFO, "ETHNICITY", 5)
	s.pupil(t, testSchool, "abc", "12A1", map[studentpb.Part][]*validationpb.Finding{roster: {e}, results10: {r, info}})
	s.pupil(t, testSchool, "nobody-enrols", "", map[studentpb.Part][]*validationpb.Finding{profile: {w, bad}})
	s.pupil(t, "01/01000702", "elsewhere", "12A1", map[studentpb.Part][]*validationpb.Finding{results10: {r}})
	s.settle(t)
	if s.standing(t, "abc") != nil {
		t.Fatal("a record stands before the warnings are answered")
	}

	change := func(a *pb.Acknowledgement, f func(*pb.Acknowledgement)) *pb.Acknowledgement { f(a); return a }
	refused := []struct {
		rule   string
		answer *pb.Acknowledgement
	}{
		{"ACK_UNKNOWN_PUPIL", answerTo("nobody", results10, r)},
		{"ACK_UNKNOWN_PUPIL", answerTo("elsewhere", results10, r)},
		{"ACK_NO_SUCH_WARNING", answerTo("abc", results10, warning("YEAR_MARK", 9))},
		{"ACK_NO_SUCH_WARNING", answerTo("abc", results11, r)},
		{"ACK_NO_SUCH_WARNING", answerTo("abc", results10, warning("OTHER", 1))},
		{"ACK_NOT_A_WARNING", answerTo("abc", results10, info)},
		{"ACK_NOT_A_WARNING", answerTo("nobody-enrols", profile, bad)},
		{"ACK_REASON", change(answerTo("abc", results10, r), func(a *pb.Acknowledgement) { a.Reason = "....." })},
		{"ACK_NOT_ACKNOWLEDGED", change(answerTo("abc", results10, r), func(a *pb.Acknowledgement) { a.Withdraw = true })},
	}
	var bads []*pb.Acknowledgement
	for _, tt := range refused {
		bads = append(bads, tt.answer)
	}
	// What is refused takes nothing with it.
	twice := change(answerTo("abc", roster, e), func(a *pb.Acknowledgement) { a.Reason = "Một lý do khác" })
	good := []*pb.Acknowledgement{answerTo("abc", roster, e), answerTo("abc", results10, r), answerTo("nobody-enrols", profile, w), answerTo("abc", results10, r), twice}
	got := s.answer(t, testSchool, append(bads, good...)...)
	if got.GetAcknowledged() != 4 || got.GetSequence() != 1 || got.GetStoredAt().AsTime().IsZero() || len(got.GetRefused()) != len(refused)+1 {
		t.Fatalf("got %v", got)
	}
	for i, tt := range refused {
		p := got.GetRefused()[i]
		if p.GetRule() != tt.rule || p.GetPath() != "acknowledgements["+string(rune('0'+i))+"]" || p.GetMessageVi() == "" || p.GetMessageEn() == "" || p.GetRemedyVi() == "" || p.GetRemedyEn() == "" {
			t.Errorf("answer %d: got %v, want %s with messages and remedies", i, p, tt.rule)
		}
	}
	if last := got.GetRefused()[len(refused)]; last.GetRule() != "ACK_TWICE" || last.GetPath() != "acknowledgements[13]" {
		t.Errorf("two answers to one warning: got %v", last)
	}
	m, err := s.log.Last(context.Background(), "decision.acknowledge."+strings.Replace(testSchool, "/", ".", 1))
	ev := new(pb.WarningsAcknowledged)
	if err != nil || proto.Unmarshal(m.Data, ev) != nil || ev.GetOfficer() != "minh" {
		t.Errorf("the decision is by %q, %v", ev.GetOfficer(), err)
	}
	if s.standing(t, "abc").GetVerified() == nil {
		t.Errorf("every warning is answered: got %v, want a record", s.standing(t, "abc"))
	}
	if got := s.standing(t, "nobody-enrols"); got != nil {
		t.Errorf("a pupil with an error whom nobody enrols: got %v, want no record", got)
	}
	list, err := s.ListPupils(context.Background(), &pb.ListPupilsRequest{Scope: testSchool})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range list.GetPupils()[0].GetParts() {
		want := 0
		if part.GetPart() == roster || part.GetPart() == results10 {
			want = 1
		}
		if len(part.GetExplanations()) != want {
			t.Errorf("%v: got %v, want %d explanations", part.GetPart(), part.GetExplanations(), want)
		}
	}

	if got := s.answer(t, testSchool, good[:4]...); got.GetAcknowledged() != 4 || got.GetSequence() != 0 {
		t.Errorf("the same again: got %v, want 4 acknowledged and nothing appended", got)
	}
	back := change(answerTo("abc", results10, r), func(a *pb.Acknowledgement) { a.Withdraw, a.Reason = true, "Xác nhận nhầm" })
	if got := s.answer(t, testSchool, back); got.GetAcknowledged() != 1 || got.GetSequence() != 2 {
		t.Errorf("taken back: got %v", got)
	}
	if got := s.answer(t, testSchool, back); got.GetAcknowledged() != 1 || got.GetSequence() != 0 {
		t.Errorf("taken back again: got %v, want nothing appended", got)
	}
	if got := s.standing(t, "abc").GetWithdrawn().GetReason(); got != pb.Status_STATUS_UNEXPLAINED_WARNING {
		t.Errorf("taken back: the record is withdrawn for %v", got)
	}
	for _, scope := range []string{"01/99999999", "79/01000701"} {
		if _, err := s.Acknowledge(context.Background(), &pb.AcknowledgeRequest{Scope: scope, Acknowledgements: good[:1]}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: got %v, want NotFound", scope, err)
		}
	}
}
