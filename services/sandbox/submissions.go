package sandbox

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// BatchSize is how many records a submission has at most.
const BatchSize = 200

// Submission is a batch of records of one school and one kind, as a portal hands it in.
type Submission struct {
	ID               string // unique within the school: "results-12-1-001"
	Province, School string
	Kind             student.Kind
	Records          []student.Record
}

// Submissions returns everything that school i of Schools reports, batch by batch and part by part; with parts, only
// those. It holds one batch of pupils at a time.
func (n *Nation) Submissions(school int, parts ...student.Part) iter.Seq[Submission] {
	if len(parts) == 0 {
		parts = student.Parts
	}
	return func(yield func(Submission) bool) {
		s := &n.schools[school]
		for batch, first := 1, s.first; first < s.end; batch, first = batch+1, first+BatchSize {
			records := n.recordsByPart(first, min(first+BatchSize, s.end))
			for _, part := range student.Parts {
				if !slices.Contains(parts, part) || len(records[part]) == 0 {
					continue
				}
				if !yield(s.submission(part, fmt.Sprintf("%03d", batch), records[part])) {
					return
				}
			}
		}
		if guests := n.guestRecords(school, ""); len(guests) > 0 && slices.Contains(parts, student.Enrolment) {
			yield(s.submission(student.Enrolment, "guests", guests))
		}
	}
}

func (s *school) submission(part student.Part, batch string, records []student.Record) Submission {
	id := strings.ReplaceAll(string(part), "/", "-") + "-" + batch
	return Submission{ID: id, Province: s.Province, School: s.Code, Kind: part.Kind(), Records: records}
}

// recordsByPart returns the records of the pupils from first up to end as their own school reports them.
func (n *Nation) recordsByPart(first, end int) map[student.Part][]student.Record {
	records := make(map[student.Part][]student.Record, len(student.Parts))
	for i := range n.reports(first, end) {
		for _, r := range i.Records() {
			records[r.Part] = append(records[r.Part], r)
		}
	}
	return records
}

// reports returns what is reported of the pupils from first up to end.
func (n *Nation) reports(first, end int) iter.Seq[Reported] {
	return func(yield func(Reported) bool) {
		var c *class
		var faults []Fault
		for i := first; i < end; i++ {
			if c == nil || i >= c.end {
				c = n.classOf(i)
				faults = n.plan(c)
			}
			if !yield(n.reportIn(i, c, faults)) {
				return
			}
		}
	}
}

// Records returns the records that the pupil's own school sends, in order of part.
func (r Reported) Records() []student.Record {
	records := make([]student.Record, 0, len(student.Parts))
	records = append(records,
		student.Record{Part: student.Enrolment, Enrolled: &r.Enrolments[0].Enrolled},
		student.Record{Part: student.ProfilePart, Profile: r.Profile})
	for i := range r.Results {
		records = append(records, student.Record{Part: r.Results[i].Part, Results: &r.Results[i]})
	}
	return records
}

// ClassRecords returns the records that a class reports, pupil by pupil and in order of part, as a school's workbook has
// them; class counts within Classes of school. Pupils of another school whom the class enrols as well come last.
func (n *Nation) ClassRecords(school, class int) []student.Record {
	c := &n.classes[n.schools[school].class0+class]
	records := make([]student.Record, 0, (c.end-c.first)*len(student.Parts))
	for r := range n.reports(c.first, c.end) {
		records = append(records, r.Records()...)
	}
	return append(records, n.guestRecords(school, c.name)...)
}

// guestRecords returns the roster entries that a school makes of another's pupils, in one class or, with "", in all.
func (n *Nation) guestRecords(school int, className string) []student.Record {
	var records []student.Record
	n.guests(school, func(i int, c *class) bool {
		if className == "" || c.name == className {
			e := n.enrolled(n.code(i, &n.schools[n.classOf(i).school]), c)
			records = append(records, student.Record{Part: student.Enrolment, Enrolled: &e})
		}
		return true
	})
	return records
}
