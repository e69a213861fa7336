package sandbox

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Person is a person of the population registry: the truth.
type Person struct {
	Number    student.IDNumber
	FullName  student.Name
	BirthDate student.Date
	Gender    student.Gender
	Residence student.Residence // permanent
}

// birth is what an ID number says of a person.
type birth struct {
	date    student.Date
	gender  student.Gender
	place   int  // index of the province where the birth was registered
	foreign bool // a foreign national, without a number
}

const (
	men   = 0
	women = 1
)

func sexIndex(g student.Gender) int {
	if g == student.Female {
		return women
	}
	return men
}

// Person returns pupil i as the population registry knows the person; false for a foreign national.
func (n *Nation) Person(i int) (Person, bool) {
	b := n.birth(i)
	if b.foreign {
		return Person{}, false
	}
	return Person{
		Number: n.number(i, b), FullName: n.fullName(i, b), BirthDate: b.date, Gender: b.gender,
		Residence: n.residence(i, &n.schools[n.classOf(i).school]),
	}, true
}

// PersonByNumber returns the person of an ID number of 12 digits: it leads back to the few pupils who can have
// it, and they are made again and compared.
func (n *Nation) PersonByNumber(number student.IDNumber) (Person, bool) {
	i, ok := n.holder(number)
	if !ok {
		return Person{}, false
	}
	return n.Person(i)
}

// number writes the ID number of pupil i (Decree 137/2015/NĐ-CP, art. 13).
func (n *Nation) number(i int, b birth) student.IDNumber {
	return n.numberAt(b, n.numbers.of(i%tails))
}

// numberAt writes the ID number of someone born so with the given last six digits.
func (n *Nation) numberAt(b birth, tail int) student.IDNumber {
	var digits [12]byte
	head := n.head(b)
	copy(digits[:], head[:])
	for at := 11; at >= 6; at-- {
		digits[at] = byte('0' + tail%10)
		tail /= 10
	}
	return student.IDNumber(digits[:])
}

// head returns the first six digits: province, century and sex, year.
func (n *Nation) head(b birth) [6]byte {
	var h [6]byte
	copy(h[:], n.places[b.place].prefix)
	h[3] = byte('0' + 2*(b.date.Year/100-19) + sexIndex(b.gender))
	h[4], h[5] = byte('0'+b.date.Year/10%10), byte('0'+b.date.Year%10)
	return h
}

// birth makes the birth of pupil i. In a nation of more than a million, pupils share the last six digits; one who
// would have the number of an earlier one is registered in the next province.
func (n *Nation) birth(i int) birth {
	if i < tails {
		return n.drawBirth(i)
	}
	taken := map[[6]byte]bool{}
	for j := i % tails; ; j += tails {
		b := n.drawBirth(j)
		for !b.foreign && taken[n.head(b)] {
			b.place = (b.place + 1) % len(n.places)
		}
		if j == i {
			return b
		}
		if !b.foreign {
			taken[n.head(b)] = true
		}
	}
}

func (n *Nation) drawBirth(i int) birth {
	s := &n.schools[n.classOf(i).school]
	d := n.dice(streamBirth, i)
	b := birth{gender: student.Male, foreign: d.in(1, 1000) && s.Kind != drive.GDTX} // see drawForeign
	girls := 53
	if s.Kind == drive.GDTX {
		girls = 38
	}
	if d.in(girls, 100) {
		b.gender = student.Female
	}
	b.date = drawDate(&d, s.Kind == drive.GDTX)
	if b.place = s.place.index; d.in(8, 100) {
		b.place = n.drawProvince(&d)
	}
	return n.related(i, b)
}

// drawProvince draws a province, as often as it has people.
func (n *Nation) drawProvince(d *dice) int {
	roll := d.below(n.births.total())
	at := 0
	for roll >= n.births.upTo[at] {
		at++
	}
	return at
}

// drawDate draws a birth date: most pupils of grade 12 in 2022-2023 were born in 2005, those of continuing
// education earlier. Of a few only the year is known.
func drawDate(d *dice, continuing bool) student.Date {
	year, roll := 2005, d.below(1000)
	switch {
	case continuing && roll >= 900:
		year = d.between(1985, 2001)
	case continuing && roll >= 850, roll >= 995:
		year = 2002
	case continuing && roll >= 750, roll >= 980:
		year = 2003
	case continuing && roll >= 550, roll >= 930:
		year = 2004
	}
	date := student.Date{Year: year, Month: 1, Day: 1}
	if d.in(1, 1500) {
		return student.Date{Year: year}
	}
	for date = (student.Date{Year: year, Month: d.between(1, 12), Day: d.between(1, 31)}); !date.Valid(); {
		date.Day--
	}
	return date
}
