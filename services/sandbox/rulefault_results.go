package sandbox

import (
	"slices"
	"strconv"

	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// reckon makes averages and ratings of results follow from the marks, as they do in a school's books.
func reckon(r *student.Results) {
	for _, t := range []termOf{{&r.Semester1, firstOf}, {&r.Semester2, secondOf}, {&r.Year, yearOf}} {
		if t.term.Average == nil {
			continue
		}
		subjects := valuesOf(r, t.value)
		average, _ := regulation.AverageOf(subjects)
		*t.term.Average, t.term.Rating = average, regulation.Rate58(average, subjects).Rating
	}
}

// setLine gives a subject marks of which the year follows.
func setLine(s *student.Subject, first, second student.Mark) {
	year := regulation.YearMark(first, second)
	s.Semester1, s.Semester2, s.Year = student.Score{Mark: &first}, student.Score{Mark: &second}, student.Score{Mark: &year}
}

func firstYearOf(schoolYear string) int {
	year, _ := strconv.Atoi(schoolYear[:4])
	return year
}

// byLevels makes grade 10 of pupil i one of the programme of 2018, lawful by Circular 22/2021.
func byLevels(r *student.Results, i int) {
	if r.Programme == student.Continuing {
		return
	}
	out := copyResults(r)
	out.Programme, out.BeforeRetake, out.Specialised = student.Upper2018, student.Term{}, ""
	out.Subjects = slices.DeleteFunc(out.Subjects, func(s student.Subject) bool {
		return slices.Contains([]string{"THEDUC", "GDCD", "TINHOC", "CONGNGHE", "NGOAINGU2", "NGHEPT", "TUCHON"}, s.Code)
	})
	for k := range out.Subjects {
		s := &out.Subjects[k]
		s.YearBeforeRetake = student.Score{}
		setLine(s, student.Mark(80+(3*i+k)%11), student.Mark(80+(5*i+2*k)%17))
	}
	passed := student.Score{Comment: student.Passed}
	out.Subjects = append(out.Subjects, student.Subject{Code: "GDTC", Semester1: passed, Semester2: passed, Year: passed})
	for _, t := range []*student.Term{&out.Semester1, &out.Semester2, &out.Year} {
		*t = student.Term{Rating: student.VeryGood, Conduct: student.ConductGood}
	}
	*r = *out
}

// alsoAt makes a fault that its rule tells at another field of the same record as well.
func alsoAt(field string, f RuleFault) RuleFault {
	bend := f.bend
	f.bend = func(b *bench) bool {
		if !bend(b) {
			return false
		}
		for i := range b.wrong {
			b.tell(i, field)
		}
		return true
	}
	return f
}

func leveled(f RuleFault) RuleFault {
	f.Levels = true
	return f
}

const part10 = student.Results10

var resultsRuleFaults = []RuleFault{
	resultsFault("RESULTS_REQUIRED", part10, func(r *student.Results, _ *bench) string {
		r.Subjects = slices.DeleteFunc(r.Subjects, func(s student.Subject) bool { return s.Code == "LICHSU" })
		return "subjects[LICHSU]"
	}),
	resultsFault("RESULTS_REASON", part10, func(r *student.Results, _ *bench) string {
		*r = student.Results{Code: r.Code, Class: r.Class, Part: r.Part, SchoolYear: r.SchoolYear, NotApplicable: "."}
		return "not_applicable"
	}),
	resultsFault("SCHOOL_YEAR_PART", part10, func(r *student.Results, _ *bench) string { r.SchoolYear = "2020-2022"; return "school_year" }),
	{Rule: "SCHOOL_YEAR_EARLY", bend: func(b *bench) bool {
		tens, elevens := b.of(part10), b.of(student.Results11)
		k := b.nth % len(tens)
		if !plain(b.records[tens[k]].Results) {
			return false
		}
		r, skipped := copyResults(b.records[tens[k]].Results), *b.records[elevens[k]].Results
		r.SchoolYear = skipped.SchoolYear
		b.records[tens[k]].Results = r
		b.records[elevens[k]].Results = &student.Results{Code: r.Code, Class: r.Class, Part: student.Results11, NotApplicable: "Học vượt lớp"}
		return b.tell(tens[k], "school_year")
	}},
	resultsFault("SCHOOL_UNNAMED", part10, func(r *student.Results, _ *bench) string { r.SchoolStudied = ""; return "school_studied" }),
	resultsFault("REGULATION_UNKNOWN", part10, func(r *student.Results, _ *bench) string { r.Programme = student.Upper2018; return "programme" }),
	resultsFault("SUBJECT_UNKNOWN", part10, func(r *student.Results, _ *bench) string {
		r.Subjects = append(r.Subjects, student.Subject{Code: "XYZ", Year: lineOf(r, "TOAN").Year})
		return "subjects[XYZ]"
	}),
	resultsFault("SUBJECT_TWICE", part10, func(r *student.Results, _ *bench) string {
		r.Subjects = append(r.Subjects, *lineOf(r, "TOAN"))
		return "subjects[TOAN]"
	}),
	resultsFault("SUBJECT_PROGRAMME", part10, func(r *student.Results, _ *bench) string {
		r.Subjects = append(r.Subjects, student.Subject{Code: "TDTTS"})
		setLine(&r.Subjects[len(r.Subjects)-1], 70, 70)
		reckon(r)
		return "subjects[TDTTS]"
	}),
	leveled(resultsFault("SUBJECT_CHOICE", part10, func(r *student.Results, _ *bench) string {
		r.Subjects = append(r.Subjects, student.Subject{Code: "GDKTPL"})
		setLine(&r.Subjects[len(r.Subjects)-1], 80, 80)
		return "subjects"
	})),
	resultsFault("LANGUAGE_UNNAMED", part10, func(r *student.Results, _ *bench) string {
		if r.ForeignLanguage == "" {
			return ""
		}
		r.ForeignLanguage = ""
		return "foreign_language"
	}),
	resultsFault("SCORE_KIND", part10, func(r *student.Results, _ *bench) string {
		lineOf(r, "TOAN").Semester1 = student.Score{Comment: student.Passed}
		return "subjects[TOAN].semester1"
	}),
	resultsFault("MARK_RANGE", part10, func(r *student.Results, _ *bench) string {
		*lineOf(r, "TOAN").Semester2.Mark += 1000
		return "subjects[TOAN].semester2"
	}),
	resultsFault("TERM_MISSING", part10, func(r *student.Results, _ *bench) string {
		lineOf(r, "TOAN").Semester1 = student.Score{}
		return "subjects[TOAN].semester1"
	}),
	resultsFault("CONDUCT_REQUIRED", part10, func(r *student.Results, _ *bench) string { r.Year.Conduct = ""; return "year.conduct" }),
	resultsFault("CONDUCT_KIND", part10, func(r *student.Results, _ *bench) string {
		r.Year.Conduct, r.Year.ConductAbsent = "", student.NotRated
		return "year.conduct"
	}),
	resultsFault("RATING_SCALE", part10, func(r *student.Results, _ *bench) string { r.Year.Rating = student.VeryGood; return "year.rating" }),
	leveled(resultsFault("AVERAGE_UNKNOWN", part10, func(r *student.Results, _ *bench) string {
		m := student.Mark(80)
		r.Year.Average = &m
		return "year.average_tenths"
	})),
	resultsFault("PART_VALUES", student.Results121, func(r *student.Results, _ *bench) string {
		m := student.Mark(80)
		r.Year.Average = &m
		return "year"
	}),
	resultsFault("YEAR_MARK", part10, func(r *student.Results, _ *bench) string { return offYear(r, 5) }),
	resultsFault("YEAR_MARK_ROUNDING", part10, func(r *student.Results, _ *bench) string { return offYear(r, 1) }),
	resultsFault("YEAR_COMMENT", part10, func(r *student.Results, _ *bench) string {
		i := slices.IndexFunc(r.Subjects, func(s student.Subject) bool { return s.Code == "THEDUC" && s.Year.Comment == student.Passed })
		if i < 0 {
			return ""
		}
		r.Subjects[i].Year.Comment = student.NotPassed
		reckon(r)
		return "subjects[THEDUC].year"
	}),
	resultsFault("AVERAGE", part10, func(r *student.Results, _ *bench) string { return offAverage(r, 5) }),
	resultsFault("AVERAGE_ROUNDING", part10, func(r *student.Results, _ *bench) string { return offAverage(r, 1) }),
	resultsFault("RATING", part10, func(r *student.Results, _ *bench) string {
		if r.Year.Rating = student.Poor; regulation.Rate58(*r.Year.Average, valuesOf(r, yearOf)).Rating == student.Poor {
			return ""
		}
		return "year.rating"
	}),
	alsoAt("semester2.rating", resultsFault("RATING_UNLISTED", part10, func(r *student.Results, _ *bench) string {
		for i := range r.Subjects {
			if s := &r.Subjects[i]; s.Year.Mark != nil {
				setLine(s, 95, 95)
			}
		}
		s := lineOf(r, "LICHSU")
		setLine(s, 25, 10) // 2.5 is Yếu, 1.0 and 1.5 are Kém
		reckon(r)
		r.Semester2.Rating = student.Weak
		return "year.rating"
	})),
	leveled(resultsFault("LEVEL", part10, func(r *student.Results, _ *bench) string { r.Year.Rating = student.RatingPassed; return "year.rating" })),
}

// offYear moves a year mark; average and rating follow it.
func offYear(r *student.Results, by student.Mark) string {
	s := lineOf(r, "SINHHOC")
	if *s.Year.Mark -= by; !s.Year.Mark.Valid() {
		return ""
	}
	reckon(r)
	return "subjects[SINHHOC].year"
}

// offAverage moves an average where the rating stays.
func offAverage(r *student.Results, by student.Mark) string {
	subjects := valuesOf(r, yearOf)
	if *r.Year.Average -= by; !r.Year.Average.Valid() || regulation.Rate58(*r.Year.Average, subjects).Rating != r.Year.Rating {
		return ""
	}
	return "year.average_tenths"
}

func schoolYearFrom(year int) string { return strconv.Itoa(year) + "-" + strconv.Itoa(year+1) }
