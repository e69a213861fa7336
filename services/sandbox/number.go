package sandbox

import (
	"slices"

	"github.com/rasoat/rasoat/services/student"
)

// holder returns the pupil whose number it is.
func (n *Nation) holder(number student.IDNumber) (int, bool) { return n.bearer(number, n.numbers) }

// former returns the pupil whose number it would have been before another was issued, if another was.
func (n *Nation) former(number student.IDNumber) (int, bool) { return n.bearer(number, n.formers) }

// bearer returns the pupil who has the number when the last six digits are given out by tails.
func (n *Nation) bearer(number student.IDNumber, by permutation) (int, bool) {
	s := number.Reveal()
	if len(s) != 12 {
		return 0, false
	}
	tail := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if i >= 6 {
			tail = 10*tail + int(s[i]-'0')
		}
	}
	for i := by.inverse(tail); i < n.pupils; i += tails {
		if b := n.birth(i); !b.foreign && n.head(b) == [6]byte([]byte(s[:6])) {
			return i, true
		}
	}
	return 0, false
}

// formerNumber returns the number that pupil i had before the present one, if another was issued.
func (n *Nation) formerNumber(i int, b birth) student.IDNumber {
	return n.numberAt(b, n.formers.of(i%tails))
}

// Cancelled reports the old number of a pupil to whom another was issued: the one that an IDReissued fault reports. It is
// nobody's present number.
func (n *Nation) Cancelled(number student.IDNumber) bool {
	i, ok := n.former(number)
	if !ok || !n.chosen(i) {
		return false
	}
	return slices.ContainsFunc(n.plan(n.classOf(i)), func(f Fault) bool { return f.Pupil == i && f.Kind == IDReissued })
}

// unknown reports a number that is nobody's and never was.
func (n *Nation) unknown(number student.IDNumber) bool {
	_, present := n.holder(number)
	_, past := n.former(number)
	return !present && !past
}

// Another returns somebody whose number is not this one; false where there is nobody.
func (n *Nation) Another(number student.IDNumber) (Person, bool) {
	at, known := n.holder(number)
	if !known {
		at = n.pupils - 1
	}
	for k := 1; k <= n.pupils; k++ {
		if p, ok := n.Person((at + k) % n.pupils); ok && p.Number != number {
			return p, true
		}
	}
	return Person{}, false
}
