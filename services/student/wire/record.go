package wire

import (
	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/student"
)

// FromRecord reads a record of the contract. A record without content has no part.
func FromRecord(r *pb.Record) student.Record {
	switch c := r.GetContent().(type) {
	case *pb.Record_Enrolment:
		e := FromEnrolment(c.Enrolment)
		return student.Record{Part: student.Enrolment, Enrolled: &e}
	case *pb.Record_Profile:
		p := FromProfile(c.Profile)
		return student.Record{Part: student.ProfilePart, Profile: &p}
	case *pb.Record_Results:
		v := FromResults(c.Results)
		return student.Record{Part: v.Part, Results: &v}
	}
	return student.Record{}
}

// ToRecord writes a record in the contract.
func ToRecord(r student.Record) *pb.Record {
	switch {
	case r.Enrolled != nil:
		return &pb.Record{Content: &pb.Record_Enrolment{Enrolment: ToEnrolment(*r.Enrolled)}}
	case r.Profile != nil:
		return &pb.Record{Content: &pb.Record_Profile{Profile: ToProfile(*r.Profile)}}
	case r.Results != nil:
		return &pb.Record{Content: &pb.Record_Results{Results: ToResults(*r.Results)}}
	}
	return &pb.Record{}
}

// FromEnrolment reads a roster entry.
func FromEnrolment(e *pb.Enrolment) student.Enrolled {
	return student.Enrolled{
		Code: student.Code(e.GetCode()), Class: e.GetClass(), State: states.words[e.GetState()],
		Since: FromDate(e.GetSince()), Reason: e.GetReason(),
	}
}

// ToEnrolment writes a roster entry.
func ToEnrolment(e student.Enrolled) *pb.Enrolment {
	return &pb.Enrolment{
		Code: e.Code.Reveal(), Class: e.Class, State: states.enums[e.State], Since: ToDate(e.Since), Reason: e.Reason,
	}
}

// FromProfile reads a profile.
func FromProfile(p *pb.Profile) student.Profile {
	out := student.Profile{
		Code: student.Code(p.GetCode()), Class: p.GetClass(), FullName: student.Name(p.GetFullName()),
		BirthDate: FromDate(p.GetDateOfBirth()), Gender: FromGender(p.GetGender()),
		Ethnicity: p.GetEthnicity(), Nationality: p.GetNationality(),
	}
	if id := p.GetIdentity(); id != nil {
		out.Identity = student.Identity{Kind: identityKinds.words[id.GetKind()], Number: student.IDNumber(id.GetNumber()), Reason: id.GetReason()}
	}
	if r := p.GetResidence(); r != nil {
		out.Residence = FromResidence(r)
	}
	return out
}

// FromResidence reads a residence.
func FromResidence(r *pb.Residence) student.Residence {
	return student.Residence{Province: r.GetProvince(), District: r.GetDistrict(), Commune: r.GetCommune(), CatalogueDate: r.GetCatalogueDate()}
}

// ToResidence writes a residence.
func ToResidence(r student.Residence) *pb.Residence {
	return &pb.Residence{Province: r.Province, District: r.District, Commune: r.Commune, CatalogueDate: r.CatalogueDate}
}

// ToProfile writes a profile.
func ToProfile(p student.Profile) *pb.Profile {
	out := &pb.Profile{
		Code: p.Code.Reveal(), Class: p.Class, FullName: p.FullName.Reveal(), DateOfBirth: ToDate(p.BirthDate),
		Gender: ToGender(p.Gender), Ethnicity: p.Ethnicity, Nationality: p.Nationality,
	}
	if p.Identity != (student.Identity{}) {
		out.Identity = &pb.Identity{Kind: identityKinds.enums[p.Identity.Kind], Number: p.Identity.Number.Reveal(), Reason: p.Identity.Reason}
	}
	if !p.Residence.IsZero() {
		out.Residence = ToResidence(p.Residence)
	}
	return out
}

// FromResults reads one results part.
func FromResults(r *pb.Results) student.Results {
	out := student.Results{
		Code: student.Code(r.GetCode()), Class: r.GetClass(), Part: FromPart(r.GetPart()), SchoolYear: r.GetSchoolYear(),
		Programme: programmes.words[r.GetProgramme()], SchoolStudied: r.GetSchoolStudied(),
		Specialised: r.GetSpecialisedSubject(), ForeignLanguage: r.GetForeignLanguage(),
		Semester1: fromTerm(r.GetSemester1()), Semester2: fromTerm(r.GetSemester2()), Year: fromTerm(r.GetYear()),
		BeforeRetake: fromTerm(r.GetYearBeforeRetake()), SummerTraining: r.GetSummerTraining(), NotApplicable: r.GetNotApplicable(),
	}
	if n := len(r.GetSubjects()); n > 0 {
		out.Subjects = make([]student.Subject, n)
		for i, s := range r.GetSubjects() {
			out.Subjects[i] = student.Subject{
				Code: s.GetCode(), Semester1: fromScore(s.GetSemester1()), Semester2: fromScore(s.GetSemester2()),
				Year: fromScore(s.GetYear()), YearBeforeRetake: fromScore(s.GetYearBeforeRetake()),
			}
		}
	}
	return out
}

// ToResults writes one results part.
func ToResults(r student.Results) *pb.Results {
	out := &pb.Results{
		Code: r.Code.Reveal(), Class: r.Class, Part: ToPart(r.Part), SchoolYear: r.SchoolYear,
		Programme: programmes.enums[r.Programme], SchoolStudied: r.SchoolStudied,
		SpecialisedSubject: r.Specialised, ForeignLanguage: r.ForeignLanguage,
		Semester1: toTerm(r.Semester1), Semester2: toTerm(r.Semester2), Year: toTerm(r.Year),
		YearBeforeRetake: toTerm(r.BeforeRetake), SummerTraining: r.SummerTraining, NotApplicable: r.NotApplicable,
	}
	for _, s := range r.Subjects {
		out.Subjects = append(out.Subjects, &pb.Subject{
			Code: s.Code, Semester1: toScore(s.Semester1), Semester2: toScore(s.Semester2),
			Year: toScore(s.Year), YearBeforeRetake: toScore(s.YearBeforeRetake),
		})
	}
	return out
}

func fromMark(v *int32) *student.Mark {
	if v == nil {
		return nil
	}
	m := student.Mark(*v)
	return &m
}

func toMark(m *student.Mark) *int32 {
	if m == nil {
		return nil
	}
	v := int32(*m)
	return &v
}

func fromScore(s *pb.Score) student.Score {
	if s == nil {
		return student.Score{}
	}
	return student.Score{Mark: fromMark(s.MarkTenths), Comment: comments.words[s.GetComment()], Exempt: s.GetExempt()}
}

func toScore(s student.Score) *pb.Score {
	if s.Empty() {
		return nil
	}
	return &pb.Score{MarkTenths: toMark(s.Mark), Comment: comments.enums[s.Comment], Exempt: s.Exempt}
}

func fromTerm(t *pb.Term) student.Term {
	if t == nil {
		return student.Term{}
	}
	return student.Term{Average: fromMark(t.AverageTenths), Rating: ratings.words[t.GetRating()], Conduct: conducts.words[t.GetConduct()], ConductAbsent: t.GetConductAbsent()}
}

func toTerm(t student.Term) *pb.Term {
	if t.Empty() {
		return nil
	}
	return &pb.Term{AverageTenths: toMark(t.Average), Rating: ratings.enums[t.Rating], Conduct: conducts.enums[t.Conduct], ConductAbsent: t.ConductAbsent}
}
