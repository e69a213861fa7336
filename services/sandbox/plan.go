package sandbox

import (
	"slices"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// planned is a class with its faults.
type planned struct {
	class  *class
	faults []Fault
}

// plan returns the faults of a class; nobody changes them. It looks at one class alone, so any pupil's can be had at once;
// a victim is a classmate for the same reason. The last class is remembered, because who asks for a pupil asks for the next
// one too.
func (n *Nation) plan(c *class) []Fault {
	if last := n.last.Load(); last != nil && last.class == c {
		return last.faults
	}
	faults := n.drawPlan(c)
	n.last.Store(&planned{c, faults})
	return faults
}

func (n *Nation) drawPlan(c *class) []Fault {
	if n.hasShifted(c) {
		return shift(c)
	}
	if n.faults == 0 {
		return nil
	}
	var faults []Fault
	for i := c.first; i < c.end; i++ {
		d := n.dice(streamFault, i)
		if !d.in(n.faults, 1000) {
			continue
		}
		if j, ok := n.exchanges(i, &d, faults); ok {
			faults = append(faults, faultOfProfile(NumbersExchanged, i, j), faultOfProfile(NumbersExchanged, j, i))
		} else if f, ok := n.draw(i, c, &d, faults); ok {
			faults = append(faults, f)
		}
	}
	return faults
}

func faultOfProfile(kind Kind, pupil, victim int) Fault {
	return Fault{Kind: kind, Pupil: pupil, Part: student.ProfilePart, Victim: victim, School: -1}
}

// chosen reports whether the pupil is one to have a fault, unless the class is shifted.
func (n *Nation) chosen(i int) bool {
	d := n.dice(streamFault, i)
	return d.in(n.faults, 1000)
}

// draw draws a fault that the pupil can have.
func (n *Nation) draw(i int, c *class, d *dice, before []Fault) (Fault, bool) {
	b := n.birth(i)
	if f := faultOfProfile(NameSoftIY, i, -1); n.suits(&f, c, b, d, before) && d.in(1, rareSoftIY) {
		return f, true
	}
	for range 8 {
		f := faultOfProfile(Kind(mix.pick(d)), i, -1)
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
	case NameDiacritic, NameMiddleDropped, NameMiddleAdded, NameConfused, NameTypo, NameSoftIY, NameLookalike:
		_, ok := n.misname(f, b, n.fullName(f.Pupil, b))
		return ok
	case BirthSwapped, BirthYear, BirthDayOff, BirthJanuary, BirthDigit:
		return n.misdate(f, b.date).Valid()
	case ResidenceHierarchy:
		r := n.residence(f.Pupil, &n.schools[c.school])
		return r.Commune != "" && len(n.placeOf(r.Province).districts) > 1
	case IDTransposed:
		return n.transposed(f.Pupil, b) != ""
	case IDReissued:
		_, taken := n.holder(n.formerNumber(f.Pupil, b))
		return !taken
	case IDLeadingZero:
		return n.places[b.place].prefix[1] != '0' // a workbook loses every leading 0
	case IDShared:
		f.Victim = n.victim(f.Pupil, c, b, before)
		return f.Victim >= 0
	}
	return true
}

// isVictim reports a pupil whose number is reported of another.
func isVictim(i int, faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return f.Victim == i })
}

// victim gives a classmate whose number can be reported for pupil i without contradicting sex and year of
// birth: one who is to have no fault and is nobody's victim, and whose name and birth date are others.
func (n *Nation) victim(i int, c *class, b birth, before []Fault) int {
	if b.date.YearOnly() {
		return -1
	}
	size := c.end - c.first
	for k := 1; k < size; k++ {
		j := c.first + (i-c.first+k)%size
		other := n.birth(j)
		if other.foreign || other.gender != b.gender || other.date.Year != b.date.Year || other.date.YearOnly() || other.date == b.date ||
			n.chosen(j) || isVictim(j, before) {
			continue
		}
		if !sameName(n.fullName(i, b), n.fullName(j, other)) {
			return j
		}
	}
	return -1
}

// exchanges gives the twin with whom pupil i has exchanged the number: of the same sex, to have no other fault and
// nobody's victim.
func (n *Nation) exchanges(i int, d *dice, before []Fault) (int, bool) {
	j, ok := n.twinOf(i)
	if !ok || n.birth(i).gender != n.birth(j).gender || n.chosen(j) || isVictim(j, before) {
		return -1, false
	}
	return j, d.in(1, rareExchange)
}
