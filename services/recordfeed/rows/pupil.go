package rows

import (
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student"
)

// pupilColumn is a column with where its value comes from.
type pupilColumn struct {
	Column
	of func(s *source) any
}

// pupilColumns are the columns of a pupil: first what a subscriber keeps of the version, then the person.
var pupilColumns = []pupilColumn{
	{Column{"pupil", Code, "reference of the pupil; it stays the same for ever and says nothing about the person"},
		func(s *source) any { return s.Record.Pupil }},
	{Column{"version", Number, "sequence in RECORDS; the greatest of a pupil is in force"},
		func(s *source) any { return int64(s.Version) }},
	{Column{"state", Text, "verified: in force; withdrawn: taken back, every column of the person is empty"},
		func(s *source) any { return stateOf(s.Record) }},
	{Column{"reason", Text, "why it was withdrawn: rejected, returned, mismatched, …"},
		func(s *source) any { return reasonOf(s.Record) }},
	{Column{"stored_at", Time, "when the log stored the version"},
		func(s *source) any { return s.StoredAt.In(clock.Zone).Format(time.RFC3339Nano) }},
	{Column{"after_cut_off", Text, "id of the newest cut-off that this version corrects"},
		func(s *source) any { return orNil(s.AfterCutOff) }},

	{Column{"province", Code, "GSO code of the province"},
		func(s *source) any { province, _ := s.Place(); return orNil(province) }},
	{Column{"school", Code, "code of the school"},
		func(s *source) any { _, school := s.Place(); return orNil(school) }},
	{Column{"school_name", Text, "name of the school, where the directory of the drive has it"}, schoolName},
	{Column{"class", Code, "12A1"}, func(s *source) any { return orNil(s.Outline.GetVerified().GetClass()) }},
	{Column{"exam_board", Code, "number of the exam board; not the GSO code"},
		func(s *source) any { return orNil(s.Outline.GetVerified().GetExamBoard()) }},
	{Column{"windows", Text, "windows of the drive for which the record is verified"},
		func(s *source) any { return orNil(strings.Join(s.Outline.GetVerified().GetWindows(), " ")) }},

	{Column{"code", Code, "pupil code of the ministry"}, func(s *source) any { return orNil(s.profile.Code.Reveal()) }},
	{Column{"full_name", Text, "name as on the birth certificate"},
		func(s *source) any { return orNil(s.profile.FullName.Reveal()) }},
	{Column{"date_of_birth", Date, "yyyy-mm-dd, or yyyy where only the year is known"},
		func(s *source) any { return orNil(s.profile.BirthDate.Reveal()) }},
	{Column{"gender", Text, "Nam or Nữ"}, func(s *source) any { return orNil(s.profile.Gender.Text().Vi) }},
	{Column{"id_kind", Text, "ĐDCN/CCCD, CMND, Hộ chiếu or Chưa có số"},
		func(s *source) any { return orNil(s.profile.Identity.Kind.Text().Vi) }},
	{Column{"id_number", Code, "number of the identity document"},
		func(s *source) any { return orNil(s.profile.Identity.Number.Reveal()) }},
	{Column{"id_absent_reason", Text, "why there is no number"},
		func(s *source) any { return orNil(s.profile.Identity.Reason) }},
	{Column{"identity", Text, "how the identity was established: confirmed, not_applicable, …"}, identity},
	{Column{"ethnicity", Code, "ethnic group by the ministry's list of 1979"},
		func(s *source) any { return orNil(s.profile.Ethnicity) }},
	{Column{"ethnicity_name", Text, "its name"}, func(s *source) any {
		e, _ := s.drive.Catalogue.Ethnicity(s.profile.Ethnicity)
		return orNil(e.Name)
	}},
	{Column{"nationality", Text, "ISO 3166-1 alpha-2"}, func(s *source) any { return orNil(s.profile.Nationality) }},
	{Column{"nationality_name", Text, "its name in Vietnamese"}, func(s *source) any {
		c, _ := s.drive.Catalogue.Country(s.profile.Nationality)
		return orNil(c.Name)
	}},
	{Column{"residence_province", Code, "GSO code"}, func(s *source) any { return orNil(s.profile.Residence.Province) }},
	{Column{"residence_district", Code, "GSO code"}, func(s *source) any { return orNil(s.profile.Residence.District) }},
	{Column{"residence_commune", Code, "GSO code; some island districts have no communes"},
		func(s *source) any { return orNil(s.profile.Residence.Commune) }},
	{Column{"residence_catalogue", Text, "date of the catalogue that the three codes are of"},
		func(s *source) any { return orNil(s.profile.Residence.CatalogueDate) }},
	{Column{"residence", Text, "the place of residence in words"},
		func(s *source) any { return orNil(Residence(s.drive.Catalogue, s.profile.Residence)) }},
	{Column{"book", Number, "book of rules that judged the record"}, func(s *source) any {
		if !s.Verified() {
			return nil
		}
		return int64(s.Outline.GetVerified().GetBook())
	}},
}

func orNil(s string) any {
	if s == "" || s == student.Unread {
		return nil
	}
	return s
}

func stateOf(r recordfeed.Record) string {
	if r.Verified() {
		return recordfeed.StateVerified
	}
	return recordfeed.StateWithdrawn
}

func reasonOf(r recordfeed.Record) any {
	if r.Verified() {
		return nil
	}
	return orNil(strings.ToLower(recordfeed.WithdrawalReason(r.Outline.GetWithdrawn())))
}

func identity(s *source) any {
	if !s.Verified() {
		return nil
	}
	return strings.ToLower(strings.TrimPrefix(s.Outline.GetVerified().GetIdentity().String(), "OUTCOME_"))
}

// schoolName is the name by the directory. Schools of one code are no schools of another drive by chance: the province
// has to be the same as well.
func schoolName(s *source) any {
	province, code := s.Place()
	if sc, ok := s.drive.School(code); ok && sc.Province == province {
		return orNil(sc.Name)
	}
	return nil
}
