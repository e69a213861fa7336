package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// plan gives the faults of a class. It looks at one class alone, so any pupil's can be had at once; a victim is a
// classmate for the same reason.
func (n *Nation) plan(c *class) []Fault {
	if n.faults == 0 {
		return nil
	}
	var faults []Fault
	for i := c.first; i < c.end; i++ {
		if d := n.dice(streamFault, i); d.in(n.faults, 1000) {
			if f, ok := n.draw(i, c, &d, faults); ok {
				faults = append(faults, f)
			}
		}
	}
	return faults
}

// chosen reports whether the pupil is one to have a fault.
func (n *Nation) chosen(i int) bool {
	d := n.dice(streamFault, i)
	return d.in(n.faults, 1000)
}

// draw draws a fault that the pupil can have.
func (n *Nation) draw(i int, c *class, d *dice, before []Fault) (Fault, bool) {
	b := n.birth(i)
	for range 8 {
		f := Fault{Kind: Kind(mix.pick(d)), Pupil: i, Part: student.ProfilePart, Victim: -1, School: -1}
		if n.suits(&f, c, b, d, before) {
			return f, true
		}
	}
	return Fault{}, false
}

// suits reports whether pupil i can have the fault, and completes it.
func (n *Nation) suits(f *Fault, c *class, b birth, d *dice, before []Fault) bool {
	switch f.Kind {
	case DoubleEnrolment:
		f.Part, f.School = student.Enrolment, (c.school+1)%len(n.schools)
		return f.School != c.school
	case ResultsMissing:
		f.Part = resultsParts[d.below(len(resultsParts))]
		return true
	case MarkRange, YearMarkWrong, AverageWrong, RatingWrong:
		// What is found under the regulation of continuing education may only warn.
		return n.schools[c.school].Kind != drive.GDTX && n.spoils(f, c, b)
	}
	if b.foreign {
		return false
	}
	switch f.Kind {
	case NameDiacritic:
		name := n.fullName(f.Pupil, b).Reveal()
		return utf8.RuneCountInString(name) != len(name) && strings.Contains(name, " ")
	case NameLookalike:
		return strings.Contains(n.fullName(f.Pupil, b).Reveal(), "Đ")
	case NameMiddleDropped:
		return strings.Count(n.fullName(f.Pupil, b).Reveal(), " ") >= 2
	case BirthSwapped:
		return b.date.Day <= 12 && b.date.Day != b.date.Month
	case BirthYear:
		return (student.Date{Year: b.date.Year - 1, Month: b.date.Month, Day: b.date.Day}).Valid()
	case BirthDayOff:
		return !b.date.YearOnly()
	case ResidenceHierarchy:
		r := n.residence(f.Pupil, &n.schools[c.school])
		return r.Commune != "" && len(n.placeOf(r.Province).districts) > 1
	case IDTransposed:
		return n.transposed(f.Pupil, b) != ""
	case IDLeadingZero:
		return n.places[b.place].prefix[1] != '0' // a workbook loses every leading 0
	case IDShared:
		f.Victim = n.victim(f.Pupil, c, b, before)
		return f.Victim >= 0
	}
	return true
}

// victim gives a classmate whose number can be reported for pupil i without contradicting sex and year of
// birth: one who is to have no fault and is nobody's victim.
func (n *Nation) victim(i int, c *class, b birth, before []Fault) int {
	size := c.end - c.first
	for k := 1; k < size; k++ {
		j := c.first + (i-c.first+k)%size
		other := n.birth(j)
		if other.foreign || other.gender != b.gender || other.date.Year != b.date.Year || n.chosen(j) ||
			slices.ContainsFunc(before, func(f Fault) bool { return f.Victim == j }) {
			continue
		}
		if !student.NameLevel(n.fullName(i, b), n.fullName(j, other)).Same() {
			return j
		}
	}
	return -1
}
