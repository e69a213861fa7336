package demo

import (
	"context"
	"slices"
	"strings"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
)

// Faults is what became of the faults that the sandbox put in, by kind.
type Faults struct {
	Injected    map[sandbox.Kind]int `json:"injected"`
	Detected    map[sandbox.Kind]int `json:"detected"`
	Missed      int                  `json:"missed"`
	FalseAlarms int                  `json:"false_alarms"`
	// Disagreements name, by kind of fault ("" for none) and by what differs, the first pupils (by reference) of whom the
	// system and the truth say different things.
	Disagreements []Disagreement `json:"disagreements,omitempty"`
	Examples      []Example      `json:"-"`
}

// Disagreement is a pupil of whom the system and the truth say different things.
type Disagreement struct {
	Pupil string       `json:"pupil"`
	Fault sandbox.Kind `json:"fault,omitempty"`
	What  string       `json:"what"`
}

// Example is one pupil with a fault, as the school is told of it.
type Example struct {
	Kind                 sandbox.Kind
	School, Class        string
	MessageVi, MessageEn string
	RemedyVi, RemedyEn   string
}

// maxDisagreements bounds the list; the counts are whole.
const maxDisagreements = 20

// evaluate compares what the system says of every pupil with the truth.
func evaluate(ctx context.Context, client pb.ReportingServiceClient, n *sandbox.Nation, d *drive.Drive, key student.Key) (*Faults, error) {
	f := &Faults{Injected: map[sandbox.Kind]int{}, Detected: map[sandbox.Kind]int{}}
	for _, school := range n.Schools() {
		pupils, err := listPupils(ctx, client, school.Province+"/"+school.Code)
		if err != nil {
			return nil, err
		}
		for i := school.First; i < school.End; i++ {
			ref := string(key.Ref(d.ID, n.Pupil(i).Profile.Code))
			f.judge(ref, n.Expected(i), pupils[ref], school)
		}
	}
	return f, nil
}

func listPupils(ctx context.Context, client pb.ReportingServiceClient, scope string) (map[string]*pb.Pupil, error) {
	pupils := map[string]*pb.Pupil{}
	token := ""
	for {
		page, err := client.ListPupils(ctx, &pb.ListPupilsRequest{Scope: scope, PageToken: token, PageSize: 500})
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			pupils[p.GetPupil()] = p
		}
		if token = page.GetNextPageToken(); token == "" {
			return pupils, nil
		}
	}
}

// judge compares one pupil.
func (f *Faults) judge(ref string, want sandbox.Expected, got *pb.Pupil, school sandbox.SchoolRange) {
	what := differences(want, got)
	extra := alarms(want, got)
	if want.Fault != "" {
		f.Injected[want.Fault]++
		if what == "" {
			f.Detected[want.Fault]++
		} else {
			f.Missed++
		}
		if !slices.ContainsFunc(f.Examples, func(e Example) bool { return e.Kind == want.Fault }) && got != nil {
			f.Examples = append(f.Examples, example(want, got, school))
		}
	} else if what != "" && extra == "" {
		extra = what
	}
	if extra != "" {
		f.FalseAlarms++
		what = extra
	}
	if what != "" && len(f.Disagreements) < maxDisagreements {
		f.Disagreements = append(f.Disagreements, Disagreement{Pupil: ref, Fault: want.Fault, What: what})
	}
}

var statuses = map[sandbox.Status]pb.Status{
	sandbox.StatusMissing:     pb.Status_STATUS_MISSING,
	sandbox.StatusRejected:    pb.Status_STATUS_REJECTED,
	sandbox.StatusUnexplained: pb.Status_STATUS_UNEXPLAINED_WARNING,
	sandbox.StatusDuplicate:   pb.Status_STATUS_DUPLICATE,
	sandbox.StatusMismatched:  pb.Status_STATUS_MISMATCHED,
	sandbox.StatusNeedsPerson: pb.Status_STATUS_NEEDS_PERSON,
	sandbox.StatusVerified:    pb.Status_STATUS_VERIFIED,
}

var outcomes = map[sandbox.Outcome]matchingpb.Outcome{
	sandbox.Confirmed:     matchingpb.Outcome_OUTCOME_CONFIRMED,
	sandbox.Mismatched:    matchingpb.Outcome_OUTCOME_MISMATCHED,
	sandbox.NotFound:      matchingpb.Outcome_OUTCOME_NOT_FOUND,
	sandbox.Superseded:    matchingpb.Outcome_OUTCOME_SUPERSEDED,
	sandbox.NotApplicable: matchingpb.Outcome_OUTCOME_NOT_APPLICABLE,
	sandbox.NeedsPerson:   matchingpb.Outcome_OUTCOME_NEEDS_PERSON,
}

var fieldNames = map[matchingpb.Field]sandbox.Field{
	matchingpb.Field_FIELD_FULL_NAME:     sandbox.FieldFullName,
	matchingpb.Field_FIELD_DATE_OF_BIRTH: sandbox.FieldDateOfBirth,
	matchingpb.Field_FIELD_GENDER:        sandbox.FieldGender,
	matchingpb.Field_FIELD_ID_NUMBER:     sandbox.FieldIDNumber,
}

// differences says in what the system falls short of the truth; "" for nothing.
func differences(want sandbox.Expected, got *pb.Pupil) string {
	if got == nil {
		return "the pupil is not in the list of the school"
	}
	for i, status := range []sandbox.Status{want.Window1, want.Window2} {
		if have := got.GetWindows()[i].GetStatus(); have != statuses[status] {
			return "status " + have.String() + " in window " + got.GetWindows()[i].GetWindow() + ", expected " + string(status)
		}
	}
	if have := got.GetIdentity().GetOutcome(); have != outcomes[want.Outcome] {
		return "identity " + have.String() + ", expected " + string(want.Outcome)
	}
	var fields []sandbox.Field
	for _, v := range got.GetIdentity().GetFields() {
		fields = append(fields, fieldNames[v])
	}
	if !slices.Equal(fields, want.Fields) {
		return "the identity differs in other fields than expected"
	}
	if want.Cause != "" && !slices.ContainsFunc(got.GetIdentity().GetExplanation().GetCauses(), func(c *matchingpb.Cause) bool { return causeOf(c) == want.Cause }) {
		return "the identity is explained otherwise than by " + want.Cause
	}
	if want.Rule != "" && !slices.ContainsFunc(findings(got), func(f *validationpb.Finding) bool { return f.GetRule() == want.Rule }) {
		return "rule " + want.Rule + " found nothing"
	}
	return ""
}

// causeOf returns the stable name of a cause, "date_of_birth/swapped".
func causeOf(c *matchingpb.Cause) string {
	return strings.ToLower(strings.TrimPrefix(c.GetField().String(), "FIELD_")) + "/" + c.GetKind()
}

// alarms names a rule that found an error or gave a warning where the truth has none; "" for none.
func alarms(want sandbox.Expected, got *pb.Pupil) string {
	for _, f := range findings(got) {
		if f.GetSeverity() != validationpb.Severity_SEVERITY_INFO && f.GetRule() != want.Rule {
			return "false alarm of rule " + f.GetRule() + " at " + f.GetField()
		}
	}
	return ""
}

func findings(p *pb.Pupil) []*validationpb.Finding {
	var out []*validationpb.Finding
	for _, part := range p.GetParts() {
		out = append(out, part.GetFindings()...)
	}
	return out
}

// example is what the school reads about the fault.
func example(want sandbox.Expected, got *pb.Pupil, school sandbox.SchoolRange) Example {
	e := Example{Kind: want.Fault, School: school.Name, Class: got.GetClass()}
	for _, f := range findings(got) {
		if f.GetRule() == want.Rule {
			p := f.GetPersonal()
			e.MessageVi, e.MessageEn, e.RemedyVi, e.RemedyEn = p.GetMessageVi(), p.GetMessageEn(), p.GetRemedyVi(), p.GetRemedyEn()
			return e
		}
	}
	id := got.GetIdentity()
	switch {
	case len(id.GetAlsoEnrolledAt()) > 0:
		e.MessageVi = "Trường " + id.GetAlsoEnrolledAt()[0] + " cũng ghi danh học sinh này."
		e.MessageEn = "School " + id.GetAlsoEnrolledAt()[0] + " enrols this pupil as well."
		e.RemedyVi, e.RemedyEn = "Một trường phải báo chuyển đi, hoặc Sở quyết định.", "One of the schools reports a transfer, or the province decides."
	case len(id.GetSharedWith()) > 0:
		e.MessageVi, e.MessageEn = "Học sinh khác cũng khai số định danh này.", "Another pupil claims this number as well."
		e.RemedyVi, e.RemedyEn = "Đối chiếu số với giấy tờ của cả hai học sinh.", "Compare the number with the documents of both."
	case got.GetWindows()[1].GetStatus() == pb.Status_STATUS_MISSING:
		e.MessageVi, e.MessageEn = "Thiếu một phần kết quả học tập.", "A part of the results has not come."
		e.RemedyVi, e.RemedyEn = "Gửi phần còn thiếu trước khi hết hạn.", "Send the missing part before the window closes."
	default:
		e.MessageVi, e.MessageEn = id.GetMessageVi(), id.GetMessageEn()
	}
	return e
}
