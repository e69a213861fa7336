package rows

import (
	"strings"

	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// Of lays a version of a record out. It fails with recordfeed.ErrUnreadable.
func (l *Layout) Of(r recordfeed.Record) (Row, error) {
	state, err := r.Open()
	if err != nil {
		return Row{}, err
	}
	s := &source{Record: r, drive: l.drive}
	personal := state.GetVerified().GetPersonal()
	if personal.GetProfile() != nil {
		s.profile = wire.FromProfile(personal.GetProfile())
	}
	out := Row{Pupil: make([]any, len(l.pupil))}
	for i, c := range l.pupil {
		out.Pupil[i] = c.of(s)
	}
	var parts []student.Results
	for _, part := range personal.GetResults() {
		parts = append(parts, wire.FromResults(part))
	}
	for _, grade := range Grades {
		if row := l.grade(grade, parts); row != nil {
			out.Results = append(out.Results, row)
		}
	}
	return out, nil
}

// grade is the row of a grade, nil when the record has nothing of it. Grade 12 comes in two parts, one a semester: what
// both have (the school year) is taken from the later one.
func (l *Layout) grade(grade int, parts []student.Results) []any {
	var row []any
	var other []string
	for i := range parts {
		r := &parts[i]
		if r.Part.Grade() != grade {
			continue
		}
		if row == nil {
			row = make([]any, len(l.Results))
			row[0] = int64(grade)
		}
		l.head(row, r)
		for _, subject := range r.Subjects {
			if first, ok := l.subjects[subject.Code]; ok {
				l.marks(row[first:first+len(Terms)], subject)
			} else {
				other = append(other, unlisted(subject))
			}
		}
	}
	if len(other) > 0 {
		row[len(row)-1] = strings.Join(other, "; ")
	}
	return row
}

// head fills in what stands before the marks.
func (l *Layout) head(row []any, r *student.Results) {
	put := func(name string, v any) {
		if v != nil {
			row[l.at[name]] = v
		}
	}
	put("school_year", orNil(r.SchoolYear))
	put("programme", orNil(r.Programme.Text().Vi))
	put("school_studied", orNil(r.SchoolStudied))
	put("specialised_subject", orNil(r.Specialised))
	put("foreign_language", orNil(r.ForeignLanguage))
	put("not_applicable", orNil(r.NotApplicable))
	if r.SummerTraining {
		put("summer_training", int64(1))
	}
	for i, t := range []student.Term{r.Semester1, r.Semester2, r.Year, r.BeforeRetake} {
		if t.Average != nil {
			put("average_"+Terms[i], *t.Average)
		}
		put("rating_"+Terms[i], orNil(t.Rating.Text().Vi))
		put("conduct_"+Terms[i], orNil(t.ConductText().Vi))
	}
}

// marks fills in the values of a subject.
func (l *Layout) marks(row []any, s student.Subject) {
	for i, score := range []student.Score{s.Semester1, s.Semester2, s.Year, s.YearBeforeRetake} {
		switch {
		case score.Mark != nil:
			row[i] = *score.Mark
		case !score.Empty():
			row[i] = score.Word().Vi
		}
	}
}

// unlisted writes a subject that has no columns: "XYZ: s1=8.5, year=Đ".
func unlisted(s student.Subject) string {
	var values []string
	for i, score := range []student.Score{s.Semester1, s.Semester2, s.Year, s.YearBeforeRetake} {
		switch {
		case score.Mark != nil:
			values = append(values, Terms[i]+"="+score.Mark.String())
		case !score.Empty():
			values = append(values, Terms[i]+"="+score.Word().Vi)
		}
	}
	return s.Code + ": " + strings.Join(values, ", ")
}
