package validation

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// continuing makes the pupil one of continuing education, with its seven subjects.
func continuing(p *pupil) {
	for _, r := range p.parts() {
		r.Programme = student.Continuing
		r.ForeignLanguage = ""
		without(r, "TINHOC", "NGOAINGU", "GDCD", "CONGNGHE", "GDQPAN", "THEDUC")
	}
	p.settle()
}

// everywhere does the same to each part, and settles.
func everywhere(bend func(*student.Results)) func(*pupil) {
	return func(p *pupil) {
		for _, r := range p.parts() {
			bend(r)
		}
		p.settle()
	}
}

func add(code string, first, second student.Mark) func(*student.Results) {
	return func(r *student.Results) {
		r.Subjects = append(r.Subjects, student.Subject{Code: code, Semester1: mark(first), Semester2: mark(second)})
	}
}

// keepSummaries does something to the subjects and leaves averages and ratings as they were.
func keepSummaries(bend func(*pupil)) func(*pupil) {
	return func(p *pupil) {
		var before [4][3]student.Term
		for i, r := range p.parts() {
			before[i] = [3]student.Term{r.Semester1, r.Semester2, r.Year}
		}
		bend(p)
		for i, r := range p.parts() {
			r.Semester1, r.Semester2, r.Year = before[i][0], before[i][1], before[i][2]
		}
	}
}

// retaken makes grade 10 a year with a retake in Toán (art. 16): 3.0 and 4.0 made 3.7, the retake gave 5.0.
func retaken(p *pupil) {
	s := subject(&p.grade10, "TOAN")
	s.Semester1, s.Semester2 = mark(30), mark(40)
	p.settle()
	p.grade10.BeforeRetake = p.grade10.Year
	s.YearBeforeRetake, s.Year = s.Year, mark(50)
	rate(&p.grade10, &p.grade10.Year, func(s student.Subject) student.Score { return s.Year })
}

// twoCores makes grade 10 of 2019-2020, when a good foreign language did not stand for Toán and Ngữ văn.
func twoCores(p *pupil) {
	p.grade10.SchoolYear = "2019-2020"
	for code, m := range map[string]student.Mark{"TOAN": 79, "NGUVAN": 79, "NGOAINGU": 95} {
		s := subject(&p.grade10, code)
		s.Semester1, s.Semester2 = mark(m), mark(m)
	}
	p.settle()
}

func lower(ratings ...*student.Rating) {
	for _, r := range ratings {
		*r = student.Good
	}
}

var lawful = map[string]func(*pupil){
	"exempt from Thể dục": everywhere(func(r *student.Results) {
		s := subject(r, "THEDUC")
		s.Semester1, s.Semester2 = exempted(), exempted()
	}),
	"exempt from Thể dục, told for the year only": line10("THEDUC", func(s *student.Subject) { *s = student.Subject{Code: s.Code, Year: exempted()} }),
	"exempt from Thể dục for a semester":          everywhere(func(r *student.Results) { subject(r, "THEDUC").Semester1 = exempted() }),
	"no line for Thể dục":                         everywhere(func(r *student.Results) { without(r, "THEDUC") }),
	"no value for Thể dục in a semester":          line10("THEDUC", func(s *student.Subject) { s.Semester1 = student.Score{} }),
	"Thể dục passed at last":                      everywhere(func(r *student.Results) { subject(r, "THEDUC").Semester1 = notPassed() }),
	"Thể dục failed: art. 13(6)":                  everywhere(func(r *student.Results) { subject(r, "THEDUC").Semester2 = notPassed() }),
	"exempt from a scored subject": everywhere(func(r *student.Results) {
		s := subject(r, "GDQPAN")
		s.Semester1, s.Semester2 = exempted(), exempted()
	}),
	"exempt from a scored subject, no value for the year": then(
		everywhere(func(r *student.Results) {
			s := subject(r, "GDQPAN")
			s.Semester1, s.Semester2 = exempted(), exempted()
		}),
		func(p *pupil) {
			for _, r := range p.parts() {
				subject(r, "GDQPAN").Year = student.Score{}
			}
		}),
	"exempt from a scored subject, told for the year only": then(
		everywhere(func(r *student.Results) {
			s := subject(r, "GDQPAN")
			s.Semester1, s.Semester2 = exempted(), exempted()
		}),
		line10("GDQPAN", func(s *student.Subject) { *s = student.Subject{Code: s.Code, Year: exempted()} })),
	"exempt for the first semester":         everywhere(func(r *student.Results) { subject(r, "GDQPAN").Semester1 = exempted() }),
	"exempt for the second semester":        everywhere(func(r *student.Results) { subject(r, "GDQPAN").Semester2 = exempted() }),
	"a second foreign language":             everywhere(add("NGOAINGU2", 40, 95)),
	"a second foreign language not counted": keepSummaries(everywhere(add("NGOAINGU2", 60, 95))),
	"a second foreign language dropped":     func(p *pupil) { add("NGOAINGU2", 80, 80)(&p.first12); p.settle() },
	"vocational training": everywhere(func(r *student.Results) {
		r.Subjects = append(r.Subjects, student.Subject{Code: "NGHEPT", Year: mark(100)}, student.Subject{Code: "TUCHON", Semester1: mark(10), Year: mark(95)})
	}),
	"a minority language": everywhere(add("TDTTS", 70, 70)),
	"subjects in another order": everywhere(func(r *student.Results) {
		for i, k := 0, len(r.Subjects)-1; i < k; i, k = i+1, k-1 {
			r.Subjects[i], r.Subjects[k] = r.Subjects[k], r.Subjects[i]
		}
	}),
	"a year repeated": func(p *pupil) { p.grade10.SchoolYear, p.grade11.SchoolYear = "2018-2019", "2020-2021" },
	"before Circular 26/2020, one of two core subjects": func(p *pupil) {
		twoCores(p)
		lower(&p.grade10.Semester1.Rating, &p.grade10.Semester2.Rating, &p.grade10.Year.Rating)
	},
	"before Circular 26/2020, rated by its rule": twoCores,
	"no results, with a reason": func(p *pupil) {
		p.grade11 = student.Results{Part: student.Results11, NotApplicable: "Học ở nước ngoài"}
	},
	"no second part of grade 12":                  func(p *pupil) { p.second12 = student.Results{Part: student.Results122, NotApplicable: "Bảo lưu"} },
	"a retake":                                    retaken,
	"a retake, without the summary before it":     func(p *pupil) { retaken(p); p.grade10.BeforeRetake = student.Term{} },
	"a retake in Thể dục":                         then(everywhere(func(r *student.Results) { subject(r, "THEDUC").Semester2 = notPassed() }), retakenSport),
	"conduct trained again in summer":             func(p *pupil) { p.grade10.BeforeRetake.Conduct, p.grade10.SummerTraining = student.ConductWeak, true },
	"no conduct rating, of continuing education":  then(continuing, year10(func(t *student.Term) { t.Conduct, t.ConductAbsent = "", "KHONG_XEP_LOAI" })),
	"paragraph 6 applied":                         func(p *pupil) { relax(p, 42); rateYear(p) },
	"a specialised class":                         func(p *pupil) { specialised("TOAN")(p) },
	"a specialised class, the subject at 7.9":     func(p *pupil) { set79(p); specialised("VATLI")(p) },
	"a chosen class of a school of no speciality": func(p *pupil) { set79(p); p.grade10.Specialised, p.grade10.SchoolStudied = "VATLI", plainSchool() },
	"continuing education":                        continuing,
	"continuing education with a language":        func(p *pupil) { continuing(p); everywhere(add("NGOAINGU", 50, 95))(p) },
	"continuing education, language not counted":  func(p *pupil) { continuing(p); keepSummaries(everywhere(add("NGOAINGU", 50, 95)))(p) },
	"continuing education with GDCD":              func(p *pupil) { continuing(p); everywhere(add("GDCD", 80, 80))(p) },
	"continuing education, conduct not rated": then(continuing, everywhere(func(r *student.Results) {
		for _, t := range []*student.Term{&r.Semester1, &r.Semester2, &r.Year} {
			t.Conduct, t.ConductAbsent = "", "KHONG_XEP_LOAI"
		}
	})),
	"continuing education after years": then(continuing, func(p *pupil) { p.grade10.SchoolYear, p.grade11.SchoolYear = "2009-2010", "2015-2016" }),
}

func retakenSport(p *pupil) {
	s := subject(&p.grade10, "THEDUC")
	s.YearBeforeRetake, s.Year = s.Year, passed()
	p.grade10.BeforeRetake = p.grade10.Year
	rateYear(p)
}

func rateYear(p *pupil) {
	rate(&p.grade10, &p.grade10.Year, func(s student.Subject) student.Score { return s.Year })
}

func specialised(code string) func(*pupil) {
	return func(p *pupil) {
		p.grade10.Specialised = code
		p.settle()
	}
}

func set79(p *pupil) { set("VATLI", 79, 79)(p) }

func plainSchool() string {
	for _, s := range drive.Default().Schools {
		if s.Kind == drive.THPT {
			return s.Code
		}
	}
	panic("no plain school")
}

func TestLawfulResults(t *testing.T) {
	for what, bend := range lawful {
		p := clean()
		bend(p)
		for _, f := range loud(check(drive.Default(), p), "") {
			t.Errorf("%s: %+v", what, f)
		}
	}
}

// The specialised condition bites in a specialised class: 7.9 is not Giỏi there.
func TestSpecialisedCondition(t *testing.T) {
	p := clean()
	set79(p)
	p.grade10.Specialised, p.grade10.SchoolStudied = "VATLI", schoolOf(t, drive.Specialised)
	found := check(drive.Default(), p)
	if len(found) != 3 || found[2].Rule != "RATING" || found[2].Expected != "good: specialised VATLI 7.9 < 8.0" {
		t.Errorf("got %+v", found)
	}
}

// Formulas of continuing education, and of years before Circular 26/2020, only warn.
func TestAdvisoryYearsOnlyWarn(t *testing.T) {
	earlier := func(p *pupil) { p.grade10.SchoolYear = "2018-2019" }
	for what, tc := range map[string]struct {
		bend func(*pupil)
		rule string
	}{
		"continuing: year mark":          {then(continuing, line10("TOAN", func(s *student.Subject) { s.Year = mark(20) })), "YEAR_MARK"},
		"continuing: average":            {then(continuing, year10(func(t *student.Term) { t.Average = tenths(20) })), "AVERAGE"},
		"continuing: rating":             {then(continuing, year10(func(t *student.Term) { t.Rating = student.Weak })), "RATING"},
		"continuing: a subject":          {then(continuing, func(p *pupil) { without(&p.grade10, "DIALI") }), "RESULTS_REQUIRED"},
		"continuing: a semester":         {then(continuing, line10("TOAN", func(s *student.Subject) { s.Semester1 = student.Score{} })), "TERM_MISSING"},
		"continuing: conduct":            {then(continuing, year10(func(t *student.Term) { t.Conduct = "" })), "CONDUCT_REQUIRED"},
		"before 26/2020: year mark":      {then(earlier, line10("TOAN", func(s *student.Subject) { s.Year = mark(20) })), "YEAR_MARK"},
		"before 26/2020: average":        {then(earlier, year10(func(t *student.Term) { t.Average = tenths(20) })), "AVERAGE"},
		"an exempt subject: its average": {then(everywhere(func(r *student.Results) { subject(r, "GDQPAN").Semester1 = exempted() }), func(p *pupil) { p.first12.Semester1.Average = tenths(70) }), "AVERAGE"},
	} {
		p := clean()
		tc.bend(p)
		found := loud(check(drive.Default(), p), tc.rule)
		if len(found) == 0 || found[0].Rule != tc.rule {
			t.Errorf("%s: got %+v, want %s first", what, found, tc.rule)
		}
		for _, f := range found {
			if f.Severity != Warning {
				t.Errorf("%s: %+v does not only warn", what, f)
			}
		}
	}
	p := clean()
	earlier(p)
	without(&p.grade10, "DIALI")
	if found := loud(check(drive.Default(), p), ""); len(found) != 1 || found[0].Severity != Error {
		t.Errorf("a missing subject before 26/2020: got %+v", found)
	}
}

// A difference of 0.1 in the average that reaches a threshold is told once, by the average.
func TestOneRoundingIsToldOnce(t *testing.T) {
	p := clean()
	relax(p, 66)
	for _, code := range []string{"VATLI", "SINHHOC", "TINHOC", "LICHSU", "DIALI", "GDCD", "CONGNGHE", "GDQPAN"} {
		s := subject(&p.grade10, code)
		s.Semester1, s.Semester2 = mark(76), mark(76)
	}
	p.settle()
	if got := *p.grade10.Year.Average; got != 79 || p.grade10.Year.Rating != student.Good {
		t.Fatalf("the case is not on the threshold: %v, %v", got, p.grade10.Year.Rating)
	}
	p.grade10.Year.Average, p.grade10.Year.Rating = tenths(80), student.Excellent
	found := check(drive.Default(), p)
	if len(found) != 1 || found[0].Rule != "AVERAGE_ROUNDING" {
		t.Errorf("got %+v", found)
	}
}
