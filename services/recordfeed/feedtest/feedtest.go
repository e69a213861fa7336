// Package feedtest makes records for tests of tables. The one rule that a reader must not miss: nobody in them exists.
package feedtest

import (
	"testing"
	"time"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/recordfeed"
	"google.golang.org/protobuf/proto"
)

// What stands in each record, for comparison.
const (
	Code     = "0123456789"
	Name     = "Nguyễn Thị Mẫu"
	Born     = "2005-03-07"
	IDNumber = "001305001234"
)

// Record makes a version of the record of a pupil of school 01/01000701; one without a class is a withdrawal.
func Record(tb testing.TB, pupil string, version uint64, class string) recordfeed.Record {
	tb.Helper()
	r := recordfeed.Record{Pupil: pupil, Version: version, StoredAt: time.Date(2023, 4, 20, 2, 30, 0, 0, time.UTC)}
	state := &reportingpb.RecordState{Pupil: pupil, State: &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{
		Reason: reportingpb.Status_STATUS_REJECTED, Province: "01", School: "01000701"}}}
	if class != "" {
		state.State = &reportingpb.RecordState_Verified{Verified: verified(class)}
	}
	var err error
	if r.Payload, err = proto.Marshal(state); err != nil {
		tb.Fatal(err)
	}
	if v := state.GetVerified(); v != nil {
		v.Personal = nil
	}
	r.Outline = state
	return r
}

func verified(class string) *reportingpb.VerifiedRecord {
	mark := func(tenths int32) *studentpb.Score { return &studentpb.Score{MarkTenths: &tenths} }
	passed := &studentpb.Score{Comment: studentpb.Comment_COMMENT_PASSED}
	average := int32(82)
	term := &studentpb.Term{AverageTenths: &average, Rating: studentpb.Rating_RATING_EXCELLENT, Conduct: studentpb.Conduct_CONDUCT_GOOD}
	results := func(part studentpb.Part, year string, subjects ...*studentpb.Subject) *studentpb.Results {
		return &studentpb.Results{Code: Code, Class: class, Part: part, SchoolYear: year, Programme: studentpb.Programme_PROGRAMME_UPPER_2006,
			ForeignLanguage: "N1", Subjects: subjects, Semester1: term, Year: term}
	}
	first := results(studentpb.Part_PART_RESULTS_12_1, "2022-2023", &studentpb.Subject{Code: "TOAN", Semester1: mark(85)})
	first.Year = nil
	second := results(studentpb.Part_PART_RESULTS_12_2, "2022-2023",
		&studentpb.Subject{Code: "TOAN", Semester2: mark(90), Year: mark(88)}, &studentpb.Subject{Code: "XYZ", Year: mark(70)})
	second.Semester1 = nil
	return &reportingpb.VerifiedRecord{
		Province: "01", School: "01000701", Class: class, ExamBoard: "01", Windows: []string{"first", "second"},
		Identity: matchingpb.Outcome_OUTCOME_CONFIRMED, Book: 2,
		Personal: &reportingpb.PersonalRecord{
			Profile: &studentpb.Profile{
				Code: Code, Class: class, FullName: Name, DateOfBirth: &studentpb.Date{Year: 2005, Month: 3, Day: 7},
				Gender: studentpb.Gender_GENDER_FEMALE, Ethnicity: "01", Nationality: "VN",
				Identity:  &studentpb.Identity{Kind: studentpb.IdentityKind_IDENTITY_KIND_PERSONAL_ID, Number: IDNumber},
				Residence: &studentpb.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: "2023-04"},
			},
			Results: []*studentpb.Results{
				results(studentpb.Part_PART_RESULTS_10, "2020-2021", &studentpb.Subject{Code: "TOAN", Semester1: mark(81), Semester2: mark(100), Year: mark(94)},
					&studentpb.Subject{Code: "THEDUC", Semester1: passed, Semester2: passed, Year: passed}, &studentpb.Subject{Code: "GDQPAN", Year: &studentpb.Score{Exempt: true}}),
				first, second,
			},
		},
	}
}
