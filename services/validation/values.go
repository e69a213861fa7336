package validation

import (
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// about says which values of a record the findings of a rule follow from.
type about uint8

const (
	aboutField     about = iota // the value of the finding's field
	aboutIdentity               // the identity document, gender, birth date and nationality
	aboutResidence              // the residence and the nationality
	aboutName                   // the name, ethnic group and nationality
	aboutYear                   // programme, school year and the rest of the head of the results
	aboutLine                   // the line of the finding's subject
	aboutTerm                   // the term of the finding's field: its summary and each subject's value in it
	aboutRecord                 // everything in the record
)

// abouts says of each rule whose findings follow from more than the value of their field what that is. A rule of the drive may
// look at everything.
var abouts = map[string]about{
	"ID_GENDER": aboutIdentity, "ID_BIRTH_YEAR": aboutIdentity, "ID_NATIONALITY": aboutIdentity, "ID_SHIFTED": aboutIdentity,
	"NATIONALITY_UNKNOWN": aboutField, "RESULTS_REASON": aboutYear, "SCHOOL_YEAR_PART": aboutYear, "SCHOOL_YEAR_EARLY": aboutYear,
	"REGULATION_UNKNOWN": aboutYear, "SUBJECT_CHOICE": aboutRecord, "PART_VALUES": aboutRecord, "CLASS_PROPORTION": aboutRecord,
	"TERM_MISSING": aboutLine, "YEAR_MARK": aboutLine, "YEAR_MARK_ROUNDING": aboutLine, "YEAR_COMMENT": aboutLine,
	"MARKS_COPIED": aboutLine, "MARKS_CONSTANT": aboutField, "MARKS_SHIFTED": aboutLine,
	"AVERAGE": aboutTerm, "AVERAGE_ROUNDING": aboutTerm, "RATING": aboutTerm, "RATING_UNLISTED": aboutTerm, "LEVEL": aboutTerm,
	"RATING_SCALE": aboutField, "HISTORY_ORDER": aboutYear, "HISTORY_GAP": aboutYear,
}

// withValues writes into each finding the values that it follows from.
func withValues(rec student.Record, findings []Finding) []Finding {
	for i := range findings {
		f := &findings[i]
		what := aboutRecord
		if _, own := ruleOf[f.Rule]; own {
			what = abouts[f.Rule]
		}
		var w valueWriter
		switch {
		case rec.Profile != nil:
			w.profile(rec.Profile, what, f.Field)
		case rec.Results != nil:
			w.results(rec.Results, what, f.Field)
		}
		f.Values = Values(w.b.String())
	}
	return findings
}

// valueWriter writes values one after another, each with its length before it, so that no two lists look alike.
type valueWriter struct{ b strings.Builder }

func (w *valueWriter) put(values ...string) {
	for _, v := range values {
		w.b.WriteString(strconv.Itoa(len(v)))
		w.b.WriteByte(':')
		w.b.WriteString(v)
	}
}

func (w *valueWriter) profile(p *student.Profile, what about, field string) {
	if what == aboutField {
		switch {
		case field == "date_of_birth":
			w.put(p.BirthDate.Reveal())
			return
		case field == "gender":
			w.put(string(p.Gender))
			return
		case field == "ethnicity":
			w.put(p.Ethnicity, p.Nationality)
			return
		case field == "full_name":
			what = aboutName
		case field == "nationality":
			w.put(p.Nationality)
			return
		case strings.HasPrefix(field, "identity"):
			what = aboutIdentity
		case strings.HasPrefix(field, "residence"):
			what = aboutResidence
		default:
			what = aboutRecord
		}
	}
	if what == aboutRecord {
		w.put(p.Class)
	}
	if what == aboutName || what == aboutRecord {
		w.put(p.FullName.Reveal(), p.Ethnicity, p.Nationality)
	}
	if what == aboutIdentity || what == aboutRecord {
		w.put(string(p.Identity.Kind), p.Identity.Number.Reveal(), p.Identity.Reason, string(p.Gender), p.BirthDate.Reveal(), p.Nationality)
	}
	if what == aboutResidence || what == aboutRecord {
		w.put(p.Residence.Province, p.Residence.District, p.Residence.Commune, p.Residence.CatalogueDate, p.Nationality)
	}
}

func (w *valueWriter) results(r *student.Results, what about, field string) {
	code, term, isLine := splitSubject(field)
	if what == aboutField {
		switch {
		case isLine && term != "":
			w.put(code)
			if s, ok := r.Subject(code); ok {
				w.score(scoreOf(&s, term))
			}
			return
		case isLine:
			what = aboutLine
		case termOf(r, field) != nil:
			w.summary(termOf(r, field))
			w.put(field)
			return
		default:
			what = aboutYear
		}
	}
	w.head(r)
	switch what {
	case aboutYear:
	case aboutLine:
		w.put(code)
		for i := range r.Subjects {
			if r.Subjects[i].Code == code {
				w.line(&r.Subjects[i])
			}
		}
	case aboutTerm:
		name, _, _ := strings.Cut(field, ".")
		if t := termOf(r, field); t != nil {
			w.summary(t)
		}
		for i := range r.Subjects {
			s := &r.Subjects[i]
			w.put(s.Code)
			if name == "year_before_retake" || name == "year" {
				w.score(&s.YearBeforeRetake)
			}
			w.score(scoreOf(s, name))
		}
	default:
		for i := range r.Subjects {
			w.put(r.Subjects[i].Code)
			w.line(&r.Subjects[i])
		}
		for _, t := range []*student.Term{&r.Semester1, &r.Semester2, &r.Year, &r.BeforeRetake} {
			w.summary(t)
		}
	}
}

func (w *valueWriter) head(r *student.Results) {
	w.put(string(r.Part), r.SchoolYear, string(r.Programme), r.SchoolStudied, r.Specialised, r.ForeignLanguage,
		strconv.FormatBool(r.SummerTraining), r.NotApplicable)
}

func (w *valueWriter) line(s *student.Subject) {
	for _, v := range []*student.Score{&s.Semester1, &s.Semester2, &s.Year, &s.YearBeforeRetake} {
		w.score(v)
	}
}

func (w *valueWriter) score(s *student.Score) {
	switch {
	case s == nil || s.Empty():
		w.put("")
	case s.Exempt:
		w.put("exempt")
	case s.Mark != nil:
		w.put(s.Mark.String())
	default:
		w.put(string(s.Comment))
	}
}

func (w *valueWriter) summary(t *student.Term) {
	average := ""
	if t.Average != nil {
		average = t.Average.String()
	}
	w.put(average, string(t.Rating), string(t.Conduct), t.ConductAbsent)
}

// splitSubject reads "subjects[TOAN].year".
func splitSubject(field string) (code, term string, ok bool) {
	rest, ok := strings.CutPrefix(field, "subjects[")
	if !ok {
		return "", "", false
	}
	code, term, ok = strings.Cut(rest, "]")
	return code, strings.TrimPrefix(term, "."), ok
}

// scoreOf returns the value of a term by its name in the contract; nil for no such term.
func scoreOf(s *student.Subject, term string) *student.Score {
	switch term {
	case "semester1":
		return &s.Semester1
	case "semester2":
		return &s.Semester2
	case "year":
		return &s.Year
	case "year_before_retake":
		return &s.YearBeforeRetake
	}
	return nil
}

// termOf returns the summary that a field such as "year.rating" is of; nil for none.
func termOf(r *student.Results, field string) *student.Term {
	name, _, _ := strings.Cut(field, ".")
	switch name {
	case "semester1":
		return &r.Semester1
	case "semester2":
		return &r.Semester2
	case "year":
		return &r.Year
	case "year_before_retake":
		return &r.BeforeRetake
	}
	return nil
}
