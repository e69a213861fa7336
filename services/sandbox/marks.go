package sandbox

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// line is a subject of a programme with how the nation does in it.
type line struct {
	code string
	core bool         // Toán, Ngữ văn or Ngoại ngữ
	mean student.Mark // of school marks; 0 for a commented subject
}

const physicalEducation = "THEDUC"

// upper2006 are the subjects of the programme of 2006. The means are the medians of the graduation exam of 2023,
// raised by what school marks are usually above them.
var upper2006 = []line{
	{"TOAN", true, 70}, {"VATLI", false, 72}, {"HOAHOC", false, 73}, {"SINHHOC", false, 74},
	{"TINHOC", false, 79}, {"NGUVAN", true, 71}, {"LICHSU", false, 75}, {"DIALI", false, 74},
	{"NGOAINGU", true, 67}, {"GDCD", false, 81}, {"CONGNGHE", false, 79}, {"GDQPAN", false, 81},
	{physicalEducation, false, 0},
}

// continuing are the subjects of continuing education.
var continuing = []line{
	{"TOAN", true, 70}, {"VATLI", false, 72}, {"HOAHOC", false, 73}, {"SINHHOC", false, 74},
	{"NGUVAN", true, 71}, {"LICHSU", false, 75}, {"DIALI", false, 74},
}

const maxLines = 13

// The lowest mark that the nation gives: with it no single subject is Kém.
const lowestMark = 20

// gifts is what a pupil brings to every year: a general ability and one for each subject, in tenths.
type gifts struct {
	general   int
	subjects  [maxLines]int
	noSport   bool // the school sends no line of the commented subject: only scored ones are asked for
	elsewhere int  // index of the school of grade 10
	conduct   bool // is rated for conduct
}

func (n *Nation) gifts(i int, c *class, b birth) gifts {
	s := &n.schools[c.school]
	d := n.dice(streamSchooling, i)
	g := gifts{general: d.bell(13), elsewhere: c.school, conduct: true}
	switch s.Kind {
	case drive.Specialised:
		g.general = max(-4, g.general) + 9
	case drive.GDTX:
		g.general -= 8
		g.conduct = b.date.Year > 2001 // adults who learn beside their work are not rated
	}
	for j := range g.subjects {
		g.subjects[j] = d.bell(6)
	}
	g.noSport = d.in(10, 1000)
	if d.in(20, 1000) && s.Kind == drive.THPT {
		g.elsewhere = d.below(len(n.schools))
	}
	return g
}

// report is one year's report card: the values of each line of the programme, and conduct by term.
type report struct {
	lines               []line
	subject             string // the specialised subject
	first, second, year [maxLines]regulation.Value
	replaced            int // index of the subject whose year value a retake replaced; −1
	before              regulation.Value
	conduct             [3]student.Conduct // first semester, second, year
}

// report makes a pupil's year in grade 10, 11 or 12.
func (n *Nation) report(i, grade int, c *class, g *gifts) report {
	d := n.dice(streamMarks+stream(grade), i)
	r := report{lines: upper2006, subject: c.subject, replaced: -1}
	if n.schools[c.school].Kind == drive.GDTX {
		r.lines = continuing
	}
	for j := range r.lines {
		if r.lines[j].mean == 0 {
			r.first[j], r.second[j] = comments(&d, g.noSport)
			continue
		}
		level := int(r.lines[j].mean) + g.general + g.subjects[j]
		if r.lines[j].code == r.subject {
			level += 8
		}
		r.first[j], r.second[j] = scored(level+d.bell(4)), scored(level+d.bell(4)+1)
	}
	retake := d.in(10, 1000) && grade < 12
	r.close()
	for grade < 12 && !promoted(r.rate(&r.year)) {
		r.lift(5)
	}
	if retake {
		r.retake(&d)
	}
	r.conduct = conducts(&d, g.conduct)
	return r
}

// comments returns the two semesters of the commented subject.
func comments(d *dice, none bool) (first, second regulation.Value) {
	passed := regulation.Value{Kind: regulation.Commented, Comment: student.Passed}
	exempt := regulation.Value{Kind: regulation.Exempt}
	roll := d.below(1000)
	switch {
	case none:
		return regulation.Value{}, regulation.Value{}
	case roll < 8:
		return exempt, exempt
	case roll < 11:
		return exempt, passed
	case roll < 13:
		return passed, exempt
	case roll < 16:
		return regulation.Value{Kind: regulation.Commented, Comment: student.NotPassed}, passed
	}
	return passed, passed
}

func scored(tenths int) regulation.Value {
	return regulation.Value{Kind: regulation.Scored, Mark: student.Mark(min(max(tenths, lowestMark), int(student.MaxMark)))}
}

// close makes the year values from the semesters.
func (r *report) close() {
	for j := range r.lines {
		r.year[j], _ = regulation.YearValue(r.first[j], r.second[j])
	}
}

// lift raises every mark.
func (r *report) lift(by int) {
	for j := range r.lines {
		if r.lines[j].mean > 0 {
			r.first[j], r.second[j] = scored(int(r.first[j].Mark)+by), scored(int(r.second[j].Mark)+by)
		}
	}
	r.close()
}

// retake makes a year that only a retake saved (Circular 58/2011, art. 16), where one subject can spoil it.
func (r *report) retake(d *dice) {
	saved := *r
	at := 1 + d.below(3)
	r.first[at], r.second[at] = scored(d.between(22, 32)), scored(d.between(22, 32))
	r.close()
	if r.replaced, r.before = at, r.year[at]; promoted(r.rate(&r.year)) {
		*r = saved
		return
	}
	r.year[at] = scored(d.between(50, 65))
	if !promoted(r.rate(&r.year)) {
		*r = saved
	}
}

func promoted(_ student.Mark, rating student.Rating) bool {
	return rating != student.Weak && rating != student.Poor
}

// rate returns the average and the academic rating of the values of a term.
func (r *report) rate(values *[maxLines]regulation.Value) (student.Mark, student.Rating) {
	var subjects [maxLines]regulation.Subject
	for j, l := range r.lines {
		subjects[j] = regulation.Subject{Code: l.code, Value: values[j], Core: l.core, Specialised: l.code == r.subject}
	}
	average, _ := regulation.AverageOf(subjects[:len(r.lines)])
	return average, regulation.Rate58(average, subjects[:len(r.lines)]).Rating
}

// conducts returns the conduct of both semesters and the year: the year's is mostly the second semester's.
func conducts(d *dice, rated bool) [3]student.Conduct {
	if !rated {
		return [3]student.Conduct{}
	}
	draw := func() student.Conduct {
		switch roll := d.below(100); {
		case roll < 3:
			return student.ConductAverage
		case roll < 13:
			return student.ConductFair
		}
		return student.ConductGood
	}
	first, second := draw(), draw()
	return [3]student.Conduct{first, second, second}
}
