// Package wire turns the domain's records into the contracts' messages and back. It is the one place
// where the two meet; every server uses it, and no logic does.
package wire

import (
	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// Canonical returns the canonical bytes of a message: the same content gives the same bytes through every door.
// Unknown fields are dropped by FromRecord/ToRecord before this is called.
func Canonical(m proto.Message) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(m)
}

// pair is one row of a two-way table between an enum and a domain word.
type pair[E comparable, W comparable] struct {
	enum E
	word W
}

// table translates both ways; what it does not know becomes the zero value.
type table[E comparable, W comparable] struct {
	words map[E]W
	enums map[W]E
}

func newTable[E comparable, W comparable](pairs ...pair[E, W]) table[E, W] {
	t := table[E, W]{make(map[E]W, len(pairs)), make(map[W]E, len(pairs))}
	for _, p := range pairs {
		t.words[p.enum], t.enums[p.word] = p.word, p.enum
	}
	return t
}

var (
	parts = newTable(
		pair[pb.Part, student.Part]{pb.Part_PART_ENROLMENT, student.Enrolment},
		pair[pb.Part, student.Part]{pb.Part_PART_PROFILE, student.ProfilePart},
		pair[pb.Part, student.Part]{pb.Part_PART_RESULTS_10, student.Results10},
		pair[pb.Part, student.Part]{pb.Part_PART_RESULTS_11, student.Results11},
		pair[pb.Part, student.Part]{pb.Part_PART_RESULTS_12_1, student.Results121},
		pair[pb.Part, student.Part]{pb.Part_PART_RESULTS_12_2, student.Results122},
	)
	kinds = newTable(
		pair[pb.Kind, student.Kind]{pb.Kind_KIND_ROSTER, student.KindRoster},
		pair[pb.Kind, student.Kind]{pb.Kind_KIND_PROFILE, student.KindProfile},
		pair[pb.Kind, student.Kind]{pb.Kind_KIND_RESULTS, student.KindResults},
	)
	states = newTable(
		pair[pb.EnrolmentState, student.EnrolmentState]{pb.EnrolmentState_ENROLMENT_STATE_JOINED, student.Joined},
		pair[pb.EnrolmentState, student.EnrolmentState]{pb.EnrolmentState_ENROLMENT_STATE_TRANSFERRED, student.Transferred},
		pair[pb.EnrolmentState, student.EnrolmentState]{pb.EnrolmentState_ENROLMENT_STATE_LEFT, student.Left},
		pair[pb.EnrolmentState, student.EnrolmentState]{pb.EnrolmentState_ENROLMENT_STATE_DEFERRED, student.Deferred},
		pair[pb.EnrolmentState, student.EnrolmentState]{pb.EnrolmentState_ENROLMENT_STATE_DECEASED, student.Deceased},
	)
	genders = newTable(
		pair[pb.Gender, student.Gender]{pb.Gender_GENDER_MALE, student.Male},
		pair[pb.Gender, student.Gender]{pb.Gender_GENDER_FEMALE, student.Female},
	)
	identityKinds = newTable(
		pair[pb.IdentityKind, student.IdentityKind]{pb.IdentityKind_IDENTITY_KIND_PERSONAL_ID, student.PersonalID},
		pair[pb.IdentityKind, student.IdentityKind]{pb.IdentityKind_IDENTITY_KIND_CMND, student.CMND},
		pair[pb.IdentityKind, student.IdentityKind]{pb.IdentityKind_IDENTITY_KIND_PASSPORT, student.Passport},
		pair[pb.IdentityKind, student.IdentityKind]{pb.IdentityKind_IDENTITY_KIND_NONE, student.NoNumber},
	)
	programmes = newTable(
		pair[pb.Programme, student.Programme]{pb.Programme_PROGRAMME_UPPER_2006, student.Upper2006},
		pair[pb.Programme, student.Programme]{pb.Programme_PROGRAMME_UPPER_2018, student.Upper2018},
		pair[pb.Programme, student.Programme]{pb.Programme_PROGRAMME_CONTINUING, student.Continuing},
	)
	comments = newTable(
		pair[pb.Comment, student.Comment]{pb.Comment_COMMENT_PASSED, student.Passed},
		pair[pb.Comment, student.Comment]{pb.Comment_COMMENT_NOT_PASSED, student.NotPassed},
	)
	ratings = newTable(
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_EXCELLENT, student.Excellent},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_GOOD, student.Good},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_AVERAGE, student.Average},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_WEAK, student.Weak},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_POOR, student.Poor},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_VERY_GOOD, student.VeryGood},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_PASSED, student.RatingPassed},
		pair[pb.Rating, student.Rating]{pb.Rating_RATING_NOT_PASSED, student.RatingNotPassed},
	)
	conducts = newTable(
		pair[pb.Conduct, student.Conduct]{pb.Conduct_CONDUCT_GOOD, student.ConductGood},
		pair[pb.Conduct, student.Conduct]{pb.Conduct_CONDUCT_FAIR, student.ConductFair},
		pair[pb.Conduct, student.Conduct]{pb.Conduct_CONDUCT_AVERAGE, student.ConductAverage},
		pair[pb.Conduct, student.Conduct]{pb.Conduct_CONDUCT_WEAK, student.ConductWeak},
		pair[pb.Conduct, student.Conduct]{pb.Conduct_CONDUCT_PASSED, student.ConductPassed},
		pair[pb.Conduct, student.Conduct]{pb.Conduct_CONDUCT_NOT_PASSED, student.ConductNotPassed},
	)
)

// FromPart and its fellows translate the enums; unknown ones become "" or UNSPECIFIED.
func FromPart(p pb.Part) student.Part { return parts.words[p] }

// ToPart translates a part.
func ToPart(p student.Part) pb.Part { return parts.enums[p] }

// FromKind translates a kind of submission.
func FromKind(k pb.Kind) student.Kind { return kinds.words[k] }

// ToKind translates a kind of submission.
func ToKind(k student.Kind) pb.Kind { return kinds.enums[k] }

// FromGender translates a gender.
func FromGender(g pb.Gender) student.Gender { return genders.words[g] }

// ToGender translates a gender.
func ToGender(g student.Gender) pb.Gender { return genders.enums[g] }

// FromDate translates a date; nil is the zero date.
func FromDate(d *pb.Date) student.Date {
	if d == nil {
		return student.Date{}
	}
	return student.Date{Year: int(d.Year), Month: int(d.Month), Day: int(d.Day)}
}

// ToDate translates a date; the zero date is nil.
func ToDate(d student.Date) *pb.Date {
	if d.IsZero() {
		return nil
	}
	return &pb.Date{Year: int32(d.Year), Month: int32(d.Month), Day: int32(d.Day)}
}
