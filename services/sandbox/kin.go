package sandbox

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// relation is what a pupil is to the one before in the same class. Everything about both is correct.
type relation int

const (
	unrelated relation = iota
	// twin was born on the same day and lives in the same household: surname, middle word as a rule, ethnic group and place of
	// birth are the same, the given word is another. In a nation of more than a million, one of the two may be registered
	// elsewhere.
	twin
	// namesake has the same full name, birth date, sex and ethnic group, and is another person.
	namesake
)

// How many of 10,000 pupils are drawn to be a twin or a namesake of the one before.
const (
	twins     = 80
	namesakes = 4
)

// relation says what pupil i is to pupil i−1, who is unrelated to the one before: no more than two belong together.
func (n *Nation) relation(i int) relation {
	r := n.drawRelation(i)
	if r == unrelated {
		return r
	}
	c := n.classOf(i)
	if i == c.first || n.drawRelation(i-1) != unrelated || n.drawForeign(i-1, &n.schools[c.school]) {
		return unrelated
	}
	return r
}

func (n *Nation) drawRelation(i int) relation {
	d := n.dice(streamRelation, i)
	switch roll := d.below(10_000); {
	case roll < twins:
		return twin
	case roll < twins+namesakes:
		return namesake
	}
	return unrelated
}

// drawForeign reports a foreign national, by the first number of a birth.
func (n *Nation) drawForeign(i int, s *school) bool {
	d := n.dice(streamBirth, i)
	return d.in(1, 1000) && s.Kind != drive.GDTX
}

// kin returns the pupil by whose dice the family of pupil i is drawn.
func (n *Nation) kin(i int) int {
	if n.relation(i) != unrelated {
		return i - 1
	}
	return i
}

// twinOf returns the twin of pupil i; false for one who has none.
func (n *Nation) twinOf(i int) (int, bool) {
	switch {
	case n.relation(i) == twin:
		return i - 1, true
	case i+1 < n.pupils && n.relation(i+1) == twin:
		return i + 1, true
	}
	return -1, false
}

// related fits the birth of pupil i to that of the pupil before.
func (n *Nation) related(i int, b birth) birth {
	r := n.relation(i)
	if r == unrelated {
		return b
	}
	before := n.drawBirth(i - 1)
	b.foreign, b.date = false, before.date
	d := n.dice(streamKin, i)
	if alike := d.in(3, 10); alike || r == namesake { // beside those whose sex is the same by chance
		b.gender = before.gender
	}
	if r == twin {
		b.place = before.place
	}
	return b
}

// sameName reports names that nobody would take for two persons': one is the other without its marks at most.
func sameName(a, b student.Name) bool { return student.NameLevel(a, b) != student.LevelDifferent }
