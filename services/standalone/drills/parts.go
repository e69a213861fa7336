package main

import (
	"fmt"
	"slices"
	"strings"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// Batches are small, so that a small nation is many submissions.
const (
	recordsPerBatch = 12
	pupilsTogether  = 6
)

// part is what one client hands in.
type part struct {
	batches []*intakepb.Submission
	pupils  []int // whom the client may correct: those whose records all go through it
}

// submission makes a batch of a school.
func submission(s *demo.Sample, school sandbox.SchoolRange, id string, records ...student.Record) *intakepb.Submission {
	out := &intakepb.Submission{
		Id: id, Drive: s.Drive.ID, Province: school.Province, School: school.Code, Kind: wire.ToKind(records[0].Part.Kind()),
	}
	for _, r := range records {
		out.Records = append(out.Records, wire.ToRecord(r))
	}
	return out
}

// shareOut gives each of n clients some pupils of a class in turn.
func shareOut(s *demo.Sample, n int) []part {
	parts := make([]part, n)
	turn := 0
	for i, school := range s.Nation.Schools() {
		for _, class := range s.Nation.Classes(i) {
			for first := class.First; first < class.End; first += pupilsTogether {
				parts[turn%n].add(s, school, first, min(first+pupilsTogether, class.End))
				turn++
			}
		}
	}
	return parts
}

// add adds pupils of a school, from first up to end, end not included.
func (p *part) add(s *demo.Sample, school sandbox.SchoolRange, first, end int) {
	byKind := map[student.Kind][]student.Record{}
	for pupil := first; pupil < end; pupil++ {
		r := s.Nation.Reported(pupil)
		for _, record := range r.Records() {
			byKind[record.Part.Kind()] = append(byKind[record.Part.Kind()], record)
		}
		for _, e := range r.Enrolments {
			if e.School == school.Code {
				continue
			}
			other := sandbox.SchoolRange{School: drive.School{Province: e.Province, Code: e.School}}
			p.batches = append(p.batches, submission(s, other, fmt.Sprint("guest-", pupil), student.Record{Part: student.Enrolment, Enrolled: &e.Enrolled}))
		}
		if r.Profile != nil && len(r.Results) > 0 && len(r.Enrolments) == 1 {
			p.pupils = append(p.pupils, pupil)
		}
	}
	for _, kind := range []student.Kind{student.KindRoster, student.KindProfile, student.KindResults} {
		k := 0
		for records := range slices.Chunk(byKind[kind], recordsPerBatch) {
			p.batches = append(p.batches, submission(s, school, fmt.Sprintf("%s-%d-%s-%d", school.Code, first, kind, k), records...))
			k++
		}
	}
}

// schoolOf is the school that reports a pupil.
func schoolOf(s *demo.Sample, pupil int) sandbox.SchoolRange {
	schools := s.Nation.Schools()
	return schools[slices.IndexFunc(schools, func(r sandbox.SchoolRange) bool { return pupil >= r.First && pupil < r.End })]
}

// wrongly is a pupil's profile or results as they are not; which of them depends on the pupil, and how on n.
func wrongly(s *demo.Sample, pupil, n int) student.Record {
	r := s.Nation.Reported(pupil)
	if pupil%2 == 0 {
		p := *r.Profile
		p.FullName = student.Name(fmt.Sprintf("%s %s", p.FullName, strings.Repeat("A", n%3+1)))
		return student.Record{Part: student.ProfilePart, Profile: &p}
	}
	v := r.Results[n%len(r.Results)]
	v.Subjects = v.Subjects[1:] // a subject is missing
	return student.Record{Part: v.Part, Results: &v}
}

// rightly is everything of a pupil that wrongly may have touched, as it was reported.
func rightly(s *demo.Sample, pupil int) []student.Record {
	r := s.Nation.Reported(pupil)
	if pupil%2 == 0 {
		return []student.Record{{Part: student.ProfilePart, Profile: r.Profile}}
	}
	var out []student.Record
	for _, v := range r.Results {
		out = append(out, student.Record{Part: v.Part, Results: &v})
	}
	return out
}
