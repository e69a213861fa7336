package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

var testDrive = drive.Sample([]drive.School{
	{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40},
	{Province: "01", Code: "01000702", Name: "THPT số 2 Ba Đình", Kind: drive.THPT, Expected: 40},
	{Province: "79", Code: "79000701", Name: "THPT số 1 Quận 1", Kind: drive.THPT, Expected: 40},
})

const testSchool = "01/01000701"

func encode(tb testing.TB, m proto.Message) []byte {
	tb.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// record is one accepted part with a digest of its content.
func record(pupil string, part studentpb.Part, content string) *intakepb.AcceptedRecord {
	r := &intakepb.AcceptedRecord{Pupil: pupil, Part: part, ContentHash: []byte(content), IdentityHash: []byte(content), Personal: &studentpb.Record{}}
	switch part {
	case studentpb.Part_PART_ENROLMENT:
		r.Personal.Content = &studentpb.Record_Enrolment{Enrolment: &studentpb.Enrolment{Code: "1", Class: content, State: studentpb.EnrolmentState_ENROLMENT_STATE_JOINED}}
	case studentpb.Part_PART_PROFILE:
		r.Personal.Content = &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "1", FullName: "Nguyễn Thị Mẫu"}}
	default:
		r.Personal.Content = &studentpb.Record_Results{Results: &studentpb.Results{Code: "1", Part: part}}
	}
	return r
}

func submission(school string, records ...*intakepb.AcceptedRecord) *intakepb.SubmissionAccepted {
	return &intakepb.SubmissionAccepted{Drive: testDrive.ID, Province: school[:2], School: school[3:], Records: records}
}

func verdict(pupil string, part studentpb.Part, revision uint64, content string, found ...*validationpb.Finding) *validationpb.Verdict {
	return &validationpb.Verdict{Pupil: pupil, Part: part, Revision: revision, ContentHash: []byte(content), Findings: found}
}

func found(severity validationpb.Severity, rule string, values byte) *validationpb.Finding {
	return &validationpb.Finding{Rule: rule, RuleVersion: 1, Severity: severity, Field: "subjects[TOAN].year", Values: slices.Repeat([]byte{values}, 16)}
}

func warning(rule string, values byte) *validationpb.Finding {
	return found(validationpb.Severity_SEVERITY_WARNING, rule, values)
}

// everyOrder visits the orders of n things.
func everyOrder(n int, visit func([]int)) {
	order := make([]int, 0, n)
	var place func()
	place = func() {
		if len(order) == n {
			visit(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				order = append(order, i)
				place()
				order = order[:len(order)-1]
			}
		}
	}
	place()
}

// project delivers messages in every order, each twice, and visits the pupil who comes out.
func project(t *testing.T, messages []delivery, visit func(order string, p *pupil)) {
	t.Helper()
	ctx := context.Background()
	everyOrder(len(messages), func(order []int) {
		s := New(Config{Drive: testDrive}, Deps{Store: storetest.NewMemory(), Logger: slog.New(slog.DiscardHandler)})
		for _, i := range append(slices.Clone(order), order...) {
			p := newProjection()
			read, m := messages[i](s)
			if err := read(p, m); err != nil {
				t.Fatal(err)
			}
			if err := s.merge(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		docs, err := s.pupils.Get(ctx, []string{testDrive.ID + "/abc"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := readPupil(docs[0], testDrive)
		if err != nil {
			t.Fatal(err)
		}
		visit(fmt.Sprint(order), p)
	})
}

type delivery = func(*Server) (func(*projection, eventlog.Message) error, eventlog.Message)

func submitted(tb testing.TB, sequence uint64, ev *intakepb.SubmissionAccepted) delivery {
	m := eventlog.Message{Subject: "submission.results.01.01000701.s", Sequence: sequence, Data: encode(tb, ev), Stored: time.Unix(0, 0)}
	return func(s *Server) (func(*projection, eventlog.Message) error, eventlog.Message) { return s.submission, m }
}

func judged(tb testing.TB, sequence uint64, ev *validationpb.RecordsJudged) delivery {
	ev.Drive = testDrive.ID
	m := eventlog.Message{Subject: "verdict.results.01.01000701", Sequence: sequence, Data: encode(tb, ev)}
	return func(s *Server) (func(*projection, eventlog.Message) error, eventlog.Message) { return s.verdicts, m }
}

func answered(tb testing.TB, sequence uint64, w *pb.AcknowledgedWarning) delivery {
	m := eventlog.Message{Subject: "decision.acknowledge.01.01000701", Sequence: sequence, Data: encode(tb, &pb.WarningsAcknowledged{
		Drive: testDrive.ID, Province: "01", School: "01000701", Warnings: []*pb.AcknowledgedWarning{w},
	})}
	return func(s *Server) (func(*projection, eventlog.Message) error, eventlog.Message) {
		return s.acknowledged, m
	}
}

// TestLaterBookStands: of verdicts on one content the one by the later book stands, however late an older book's arrives; and a newer
// content is judged by the newest verdict on it, by whatever book.
func TestLaterBookStands(t *testing.T) {
	const r10, r11 = studentpb.Part_PART_RESULTS_10, studentpb.Part_PART_RESULTS_11
	bad := found(validationpb.Severity_SEVERITY_ERROR, "YEAR_MARK", 1)
	shared := func(found ...*validationpb.Finding) []*validationpb.SharedVerdict {
		return []*validationpb.SharedVerdict{{Pupil: "abc", Name: "history", Basis: 15, ContentHashes: [][]byte{[]byte("a"), []byte("b")}, Findings: found}}
	}
	messages := []delivery{
		submitted(t, 7, submission(testSchool, record("abc", r10, "a"))),
		submitted(t, 8, submission(testSchool, record("abc", r11, "b"))),
		judged(t, 1, &validationpb.RecordsJudged{Book: 1, Verdicts: []*validationpb.Verdict{verdict("abc", r10, 7, "a", bad), verdict("abc", r11, 8, "b", bad)}, Shared: shared(bad)}),
		judged(t, 2, &validationpb.RecordsJudged{Book: 2, Verdicts: []*validationpb.Verdict{verdict("abc", r10, 7, "a")}, Shared: shared()}),
		judged(t, 3, &validationpb.RecordsJudged{Book: 1, Verdicts: []*validationpb.Verdict{verdict("abc", r10, 7, "a", bad)}, Shared: shared(bad)}),
		judged(t, 4, &validationpb.RecordsJudged{Verdicts: []*validationpb.Verdict{verdict("abc", r10, 7, "a", bad)}}), // before there were books
	}
	project(t, messages, func(order string, p *pupil) {
		first, second, pair := p.facts.Parts[student.Results10], p.facts.Parts[student.Results11], p.facts.Pairs["history"]
		if !first.Current || first.Errors != 0 || !second.Current || second.Errors != 1 || !pair.Current || pair.Errors != 0 {
			t.Fatalf("order %s: grade 10 %+v, grade 11 %+v, both %+v", order, first, second, pair)
		}
	})
}

// TestNewestAnswerHolds: of the answers to one warning the last in the log holds, and it holds for the values that it saw alone.
func TestNewestAnswerHolds(t *testing.T) {
	const r10 = studentpb.Part_PART_RESULTS_10
	answer := func(reason string, values byte, withdrawn bool) *pb.AcknowledgedWarning {
		return &pb.AcknowledgedWarning{Pupil: "abc", Part: r10, Rule: "R", Values: slices.Repeat([]byte{values}, 16), PersonalReason: reason, Withdrawn: withdrawn}
	}
	messages := []delivery{
		submitted(t, 7, submission(testSchool, record("abc", r10, "a"))),
		judged(t, 1, &validationpb.RecordsJudged{Verdicts: []*validationpb.Verdict{verdict("abc", r10, 7, "a", warning("R", 1), warning("R", 2), warning("R", 3))}}),
		answered(t, 1, answer("học bạ ghi vậy", 1, false)),
		answered(t, 2, answer("xác nhận nhầm", 1, true)),
		answered(t, 3, answer("đã xem lại", 2, false)),
		answered(t, 4, answer("giá trị khác", 9, false)),
	}
	project(t, messages, func(order string, p *pupil) {
		if got := p.facts.Parts[student.Results10]; !got.Current || got.Warnings != 2 {
			t.Fatalf("order %s: got %+v, want the warnings 1 and 3 open", order, got)
		}
	})
}
