package validation

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// pupil is a whole record, made right by clean and bent by the tests.
type pupil struct {
	profile           student.Profile
	grade10, grade11  student.Results
	first12, second12 student.Results
}

// marks of the twelve scored subjects of the programme of 2006 in both semesters, in tenths.
var marks = []struct {
	code          string
	first, second student.Mark
}{
	{"TOAN", 82, 85}, {"VATLI", 78, 74}, {"HOAHOC", 69, 73}, {"SINHHOC", 80, 84}, {"TINHOC", 91, 88}, {"NGUVAN", 70, 76},
	{"LICHSU", 75, 79}, {"DIALI", 81, 80}, {"NGOAINGU", 66, 71}, {"GDCD", 88, 92}, {"CONGNGHE", 84, 86}, {"GDQPAN", 90, 87},
}

// clean returns a pupil of grade 12 in 2022-2023 whose record has no fault.
func clean() *pupil {
	p := &pupil{
		profile: student.Profile{
			Code: "7900000001", Class: "12A1", FullName: "Nguyễn Hoàng Thuỳ Dương",
			BirthDate: student.Date{Year: 2005, Month: 2, Day: 28}, Gender: student.Female, Ethnicity: "01", Nationality: "VN",
			Identity:  student.Identity{Kind: student.PersonalID, Number: "001305012345"},
			Residence: student.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: "2023-04"},
		},
		grade10:  student.Results{Part: student.Results10, SchoolYear: "2020-2021"},
		grade11:  student.Results{Part: student.Results11, SchoolYear: "2021-2022"},
		first12:  student.Results{Part: student.Results121, SchoolYear: "2022-2023"},
		second12: student.Results{Part: student.Results122, SchoolYear: "2022-2023"},
	}
	for _, r := range p.parts() {
		r.Code, r.Class, r.Programme, r.ForeignLanguage, r.SchoolStudied = p.profile.Code, "A1", student.Upper2006, "N1", "THPT A"
		for _, m := range marks {
			r.Subjects = append(r.Subjects, student.Subject{Code: m.code, Semester1: mark(m.first), Semester2: mark(m.second)})
		}
		r.Subjects = append(r.Subjects, student.Subject{Code: "THEDUC", Semester1: passed(), Semester2: passed()})
		r.Semester1.Conduct, r.Semester2.Conduct, r.Year.Conduct = student.ConductGood, student.ConductFair, student.ConductGood
	}
	p.settle()
	return p
}

func (p *pupil) parts() []*student.Results {
	return []*student.Results{&p.grade10, &p.grade11, &p.first12, &p.second12}
}

// settle computes year values, averages and ratings from the semesters, and leaves in each part what
// belongs there.
func (p *pupil) settle() {
	for _, r := range p.parts() {
		if r.Part == student.Results122 { // its first semester stands in the other part
			for i := range r.Subjects {
				if in, ok := p.first12.Subject(r.Subjects[i].Code); ok {
					r.Subjects[i].Semester1 = in.Semester1
				}
			}
		}
		settle(r)
	}
	for i := range p.first12.Subjects {
		p.first12.Subjects[i].Semester2, p.first12.Subjects[i].Year = student.Score{}, student.Score{}
	}
	for i := range p.second12.Subjects {
		p.second12.Subjects[i].Semester1 = student.Score{}
	}
	p.first12.Semester2, p.first12.Year, p.second12.Semester1 = student.Term{}, student.Term{}, student.Term{}
}

func settle(r *student.Results) {
	for i := range r.Subjects {
		s := &r.Subjects[i]
		v, ok := regulation.YearValue(regulation.ValueOf(s.Semester1), regulation.ValueOf(s.Semester2))
		if ok {
			s.Year = score(v)
		}
	}
	rate(r, &r.Semester1, func(s student.Subject) student.Score { return s.Semester1 })
	rate(r, &r.Semester2, func(s student.Subject) student.Score { return s.Semester2 })
	rate(r, &r.Year, func(s student.Subject) student.Score { return s.Year })
}

func rate(r *student.Results, term *student.Term, of func(student.Subject) student.Score) {
	var subjects []regulation.Subject
	for _, s := range r.Subjects {
		in, ok := drive.Default().Catalogue.Subject(s.Code)
		if !ok || in.Assessment == drive.NotInAverage {
			continue
		}
		subjects = append(subjects, regulation.Subject{
			Code: s.Code, Value: regulation.ValueOf(of(s)), Core: in.Core, Specialised: s.Code == r.Specialised,
		})
	}
	mean, ok := regulation.AverageOf(subjects)
	if !ok {
		return
	}
	term.Average, term.Rating = &mean, regulation.Rate58(mean, subjects).Rating
}

func mark(m student.Mark) student.Score { return student.Score{Mark: &m} }
func passed() student.Score             { return student.Score{Comment: student.Passed} }
func notPassed() student.Score          { return student.Score{Comment: student.NotPassed} }
func exempted() student.Score           { return student.Score{Exempt: true} }
func tenths(m student.Mark) *student.Mark {
	return &m
}

func score(v regulation.Value) student.Score {
	switch v.Kind {
	case regulation.Scored:
		return mark(v.Mark)
	case regulation.Commented:
		return student.Score{Comment: v.Comment}
	case regulation.Exempt:
		return exempted()
	}
	return student.Score{}
}

// subject returns a line to bend.
func subject(r *student.Results, code string) *student.Subject {
	for i := range r.Subjects {
		if r.Subjects[i].Code == code {
			return &r.Subjects[i]
		}
	}
	panic("no subject " + code)
}

func without(r *student.Results, codes ...string) {
	kept := r.Subjects[:0:0]
next:
	for _, s := range r.Subjects {
		for _, code := range codes {
			if s.Code == code {
				continue next
			}
		}
		kept = append(kept, s)
	}
	r.Subjects = kept
}

// check judges every part of a pupil, and the parts of grade 12 together.
func check(d *drive.Drive, p *pupil) []Finding {
	found := Check(d, student.Record{Part: student.ProfilePart, Profile: &p.profile})
	for _, r := range p.parts() {
		found = append(found, Check(d, student.Record{Part: r.Part, Results: r})...)
	}
	found = append(found, CheckHistory(d, p.grade10, p.grade11)...)
	return append(found, CheckYear12(d, p.first12, p.second12)...)
}

func schoolOf(tb testing.TB, kind string) string {
	tb.Helper()
	for _, s := range drive.Default().Schools {
		if s.Kind == kind {
			return s.Code
		}
	}
	tb.Fatalf("the drive has no school of kind %q", kind)
	return ""
}

func TestCleanRecord(t *testing.T) {
	p := clean()
	if found := check(drive.Default(), p); len(found) != 0 {
		t.Errorf("a clean record has findings: %+v", found)
	}
	// By hand: the first semester's marks add up to 95.4, the second's to 97.5, the year marks to 96.8,
	// over 12 subjects.
	for _, tc := range []struct {
		what string
		got  student.Term
		want student.Mark
	}{
		{"semester 1", p.grade10.Semester1, 80}, {"semester 2", p.grade10.Semester2, 81}, {"year", p.grade10.Year, 81},
	} {
		if *tc.got.Average != tc.want {
			t.Errorf("%s: average %v, want %v", tc.what, *tc.got.Average, tc.want)
		}
	}
}

func TestRosterHasNoRules(t *testing.T) {
	if found := Check(drive.Default(), student.Record{Part: student.Enrolment, Enrolled: &student.Enrolled{}}); found != nil {
		t.Errorf("got %+v", found)
	}
}
