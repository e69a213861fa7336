package main

import (
	"slices"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// terms is how many columns the results have: two semesters and the year, of three grades.
const terms = 9

// sheetLine is a line of a sheet, which a person ticks as a whole: one value, or a subject over the three grades.
type sheetLine struct {
	field string // as the result names it
	label string
	value string         // of the person
	marks *[terms]string // of the results
	rank  int
}

// sheetLines are the lines of a pupil in the words and in the order of the paper.
type sheetLines struct {
	catalogue *drive.Catalogue
	lines     []sheetLine
}

// linesOf lays out what is held of a pupil.
func linesOf(c *drive.Catalogue, p *reportingpb.SampledPupil) []sheetLine {
	s := &sheetLines{catalogue: c}
	for _, held := range p.GetRecords() {
		r := wire.FromRecord(held.GetPersonal())
		switch {
		case r.Enrolled != nil:
			s.enrolled(r.Enrolled)
		case r.Profile != nil:
			s.profile(r.Profile)
		case r.Results != nil:
			s.results(r.Results)
		}
	}
	slices.SortStableFunc(s.lines, func(a, b sheetLine) int { return a.rank - b.rank })
	return s.lines
}

// The ranks of the groups of lines.
const (
	rankProfile = 100 * (1 + iota)
	rankEnrolled
	rankYear
	rankSubject
	rankSummary = 100 * 100
)

func (s *sheetLines) one(rank int, field, label, value string) {
	if value != "" {
		s.lines = append(s.lines, sheetLine{field: field, label: label, value: value, rank: rank})
	}
}

func (s *sheetLines) profile(p *student.Profile) {
	ethnicity, _ := s.catalogue.Ethnicity(p.Ethnicity)
	country, _ := s.catalogue.Country(p.Nationality)
	document := p.Identity.Kind.Text().Vi
	for _, more := range []string{p.Identity.Number.Reveal(), p.Identity.Reason} {
		document = strings.TrimSpace(document + " " + more)
	}
	for i, line := range [][3]string{
		{"full_name", "Họ và tên", p.FullName.Reveal()},
		{"date_of_birth", "Ngày sinh", onPaper(p.BirthDate)},
		{"gender", "Giới tính", p.Gender.Text().Vi},
		{"ethnicity", "Dân tộc", orCode(ethnicity.Name, p.Ethnicity)},
		{"nationality", "Quốc tịch", orCode(country.Name, p.Nationality)},
		{"identity", "Giấy tờ tùy thân", document},
		{"residence", "Nơi thường trú", rows.Residence(s.catalogue, p.Residence)},
		{"code", "Mã học sinh", p.Code.Reveal()},
	} {
		s.one(rankProfile+i, line[0], line[1], line[2])
	}
}

func (s *sheetLines) enrolled(e *student.Enrolled) {
	state := e.State.Text().Vi
	if since := onPaper(e.Since); since != "" {
		state += " từ " + since
	}
	s.one(rankEnrolled, "enrolment.class", "Lớp", e.Class)
	s.one(rankEnrolled+1, "enrolment.state", "Tình trạng học", state)
	s.one(rankEnrolled+2, "enrolment.reason", "Lý do", e.Reason)
}

// mark writes into a column of a line of the results, which it makes if need be.
func (s *sheetLines) mark(rank int, field, label string, column int, text string) {
	if text == "" {
		return
	}
	at := slices.IndexFunc(s.lines, func(l sheetLine) bool { return l.field == field })
	if at < 0 {
		at = len(s.lines)
		s.lines = append(s.lines, sheetLine{field: field, label: label, marks: new([terms]string), rank: rank})
	}
	s.lines[at].marks[column] = text
}

func (s *sheetLines) results(r *student.Results) {
	if r.Part.Grade() == 0 {
		return // of no grade
	}
	first := 3 * (r.Part.Grade() - 10)
	year := first + 2
	special, _ := s.subject(r.Specialised)
	for i, line := range [][3]string{
		{"school_year", "Năm học", r.SchoolYear},
		{"programme", "Chương trình", r.Programme.Text().Vi},
		{"school_studied", "Trường đã học", r.SchoolStudied},
		{"specialised", "Môn chuyên", special},
		{"foreign_language", "Ngoại ngữ", orCode(student.Languages[r.ForeignLanguage].Vi, r.ForeignLanguage)},
		{"not_applicable", "Không có kết quả", r.NotApplicable},
	} {
		s.mark(rankYear+i, line[0], line[1], year, line[2])
	}
	for _, subject := range r.Subjects {
		name, place := s.subject(subject.Code)
		put := func(column int, text string) {
			s.mark(rankSubject+place, "subjects["+subject.Code+"]", name, column, text)
		}
		put(first, scored(subject.Semester1))
		put(first+1, scored(subject.Semester2))
		put(year, beforeRetake(scored(subject.Year), scored(subject.YearBeforeRetake)))
	}
	before := summary(r.BeforeRetake)
	for i, term := range []student.Term{r.Semester1, r.Semester2, r.Year} {
		values := summary(term)
		for k, line := range [][2]string{{"average", "Điểm trung bình"}, {"rating", "Học lực"}, {"conduct", "Hạnh kiểm"}} {
			if i == 2 {
				values[k] = beforeRetake(values[k], before[k])
			}
			s.mark(rankSummary+k, line[0], line[1], first+i, values[k])
		}
	}
	if r.SummerTraining {
		s.mark(rankSummary+3, "summer_training", "Rèn luyện trong hè", year, "Có")
	}
}

// subject returns the name of a subject and its place in the catalogue; one that is not there has its code and stands last.
func (s *sheetLines) subject(code string) (name string, place int) {
	all := s.catalogue.Subjects()
	place = slices.IndexFunc(all, func(one drive.Subject) bool { return one.Code == code })
	if place < 0 {
		return code, len(all)
	}
	return all[place].Name, place
}

func summary(t student.Term) [3]string {
	out := [3]string{"", t.Rating.Text().Vi, t.ConductText().Vi}
	if t.Average != nil {
		out[0] = comma(*t.Average)
	}
	return out
}

func scored(s student.Score) string {
	if s.Mark != nil {
		return comma(*s.Mark)
	}
	return s.Word().Vi
}

func beforeRetake(now, before string) string {
	if before == "" {
		return now
	}
	return strings.TrimSpace(now + " (trước thi lại: " + before + ")")
}

// comma writes a mark as it stands on Vietnamese paper: "8,1".
func comma(m student.Mark) string { return strings.Replace(m.String(), ".", ",", 1) }

// onPaper writes a date as it stands on Vietnamese paper: "07/03/2005", or the year alone.
func onPaper(d student.Date) string {
	parts := strings.Split(d.Reveal(), "-")
	slices.Reverse(parts)
	return strings.Join(parts, "/")
}

func orCode(name, code string) string {
	if name == "" {
		return code
	}
	return name
}
