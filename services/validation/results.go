package validation

import (
	"strconv"
	"sync"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// sheet is a results part while it is judged: its lines, and what law and part say of them.
type sheet struct {
	*judge
	r         *student.Results
	scratch   *scratch
	lines     []line
	has       [3]bool               // the terms that the part holds: first semester, second semester, year
	code      string                // the regulation that the drive names; "" for none
	levels    *regulation.Variant22 // of a circular that rates by levels and knows no average
	regulated bool                  // averages and ratings are those of Circular 58 or of the decision of 2007
	limit     Severity              // of what the regulation finds
	complete  Severity              // of what is missing
	starts    int                   // first calendar year of the school year; 0 if it cannot be right
	broken    [3]bool               // the term has a fault that stands in the way of computing with it
}

// scratch is the memory that one judgement works in: enough for every subject that a school teaches.
type scratch struct {
	lines           [24]line
	all, compulsory [24]regulation.Subject
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (j *judge) results(r *student.Results) {
	if r.NotApplicable != "" {
		if !hasWords(r.NotApplicable) {
			j.found(resultsReason, "not_applicable", "", "")
		}
		return
	}
	s := newSheet(j, r)
	defer s.release()
	s.schoolYear()
	s.regulation()
	s.head()
	s.readSubjects()
	s.otherTerms()
	s.requiredSubjects()
	s.choice()
	if s.has[semester1] && s.has[semester2] {
		for i := range s.lines {
			l := &s.lines[i]
			s.yearValue(l, l.values[semester1])
		}
	}
	s.summary(semester1, &r.Semester1)
	s.summary(semester2, &r.Semester2)
	s.summary(year, &r.Year)
	s.beforeRetake()
}

func newSheet(j *judge, r *student.Results) sheet {
	first, second := r.Part != student.Results122, r.Part != student.Results121
	s := sheet{judge: j, r: r, has: [3]bool{first, second, second}, limit: Error, complete: Error}
	if r.Programme == student.Continuing { // the final text of its regulation was not at hand
		s.complete = Warning
	}
	s.scratch = scratches.Get().(*scratch)
	s.lines = s.scratch.lines[:0]
	return s
}

// release gives the sheet's scratch back; the sheet is not used after it.
func (s *sheet) release() { scratches.Put(s.scratch) }

// schoolYear compares the school year with the part. The results of grade 12 are of the drive's year; those
// of the grades before it of the years before it, earlier for pupils who repeated a year or came back to
// school.
func (s *sheet) schoolYear() {
	usual := s.drive.SchoolYearOf(s.r.Part.Grade())
	latest, known := firstYear(usual)
	starts, ok := firstYear(s.r.SchoolYear)
	if !known {
		return
	}
	if ok {
		s.starts = starts
	}
	this, _ := firstYear(s.drive.SchoolYear)
	switch grade := s.r.Part.Grade(); {
	case !ok, starts >= this && grade < 12, starts != this && grade == 12, starts < this-oldest:
		s.found(schoolYearPart, "school_year", safe(s.r.SchoolYear), usual)
		s.starts = 0
	case starts > latest:
		s.found(schoolYearEarly, "school_year", s.r.SchoolYear, usual)
	}
}

// regulation asks the drive which rules the year was assessed under.
func (s *sheet) regulation() {
	if s.r.Programme == "" {
		s.found(resultsRequired, "programme", "", "")
		return
	}
	grade := s.r.Part.Grade()
	code, ok := s.drive.Regulation(grade, s.r.SchoolYear, s.r.Programme)
	if !ok {
		if s.starts != 0 { // otherwise the fault is the school year, and is named
			s.found(regulationUnknown, "programme", safe(string(s.r.Programme))+" "+s.r.SchoolYear, "")
		}
		return
	}
	s.code = code
	switch code {
	case drive.TT22:
		s.levels = &regulation.Circular22
	case drive.TT43:
		s.levels = &regulation.Circular43
	}
	s.regulated = code == drive.TT58 || code == drive.QD02
	if s.drive.Advisory(grade, s.r.SchoolYear, s.r.Programme) {
		s.limit = Warning
	}
}

// head looks at what stands beside the marks.
func (s *sheet) head() {
	if s.r.SchoolStudied == "" {
		s.found(schoolUnnamed, "school_studied", "", "")
	}
	if l := s.r.ForeignLanguage; l != "" && l != student.Unread {
		return
	}
	if l, ok := s.r.Subject("NGOAINGU"); ok && (l.Semester1.Mark != nil || l.Semester2.Mark != nil || l.Year.Mark != nil) {
		s.found(languageUnnamed, "foreign_language", "", "")
	}
}

// choices is how many subjects of choice a pupil of the programme of 2018 has (Circular 13/2022): four of these.
const choices = 4

var ofChoice = map[string]bool{
	"DIALI": true, "GDKTPL": true, "VATLI": true, "HOAHOC": true, "SINHHOC": true, "CONGNGHE": true, "TINHOC": true,
	"AMNHAC": true, "MITHUAT": true,
}

func (s *sheet) choice() {
	if s.r.Programme != student.Upper2018 || s.code != drive.TT22 {
		return
	}
	n := 0
	for i := range s.lines {
		if ofChoice[s.lines[i].code] {
			n++
		}
	}
	if n != choices {
		s.found(subjectChoice, "subjects", strconv.Itoa(n), strconv.Itoa(choices))
	}
}

// otherTerms looks for values that the part does not hold. They change nothing and are told once.
func (s *sheet) otherTerms() {
	summaries := [3]*student.Term{&s.r.Semester1, &s.r.Semester2, &s.r.Year}
	for t := range s.has {
		if s.has[t] {
			continue
		}
		if !summaries[t].Empty() {
			s.found(partValues, termFields[t], "", "")
			return
		}
		for i := range s.lines {
			if s.lines[i].values[t].Kind != regulation.Absent {
				s.found(partValues, "subjects["+s.lines[i].code+"]."+termFields[t], "", "")
				return
			}
		}
	}
}
