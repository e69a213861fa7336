package sandbox

import (
	"strconv"

	"github.com/rasoat/rasoat/services/student"
)

// Codes of 1979 (QĐ 121-TCTK/PPCĐ) that need a name here.
const (
	kinh      = "01"
	foreigner = "55"
)

// ethnicity draws the ethnic group of pupil i by the shares of the school's province.
func (n *Nation) ethnicity(i int, p *place) string {
	d := n.dice(streamHome, n.kin(i))
	return p.people.groups.pick(&d)
}

// residence draws the permanent residence of pupil i: mostly in the district of the school.
func (n *Nation) residence(i int, s *school) student.Residence {
	if n.relation(i) == twin {
		i--
	}
	d := n.dice(streamHome, i)
	d.below(1) // the first number is the ethnic group's
	p, at := s.place, s.district
	switch roll := d.below(1000); {
	case roll < 30:
		p = n.places[n.drawProvince(&d)]
		at = d.below(len(p.districts))
	case roll < 300:
		at = d.below(len(p.districts))
	case roll < 304 && len(p.islands) > 0: // an island district has no communes
		return student.Residence{Province: p.code, District: p.islands[d.below(len(p.islands))].code, CatalogueDate: n.date}
	}
	home := p.districts[at]
	return student.Residence{
		Province: p.code, District: home.code, Commune: home.communes[d.below(len(home.communes))], CatalogueDate: n.date,
	}
}

// code returns the ministry's pupil code: ten digits, and nobody's ID number.
func (n *Nation) code(i int, s *school) student.Code {
	digits := append(make([]byte, 0, 10), s.Province...)
	return student.Code(appendPadded(digits, n.codes.of(i), 8))
}

// passport returns the passport number of a foreign pupil.
func (n *Nation) passport(i int) student.IDNumber {
	return student.IDNumber(appendPadded([]byte{'M'}, n.codes.of(i), 8))
}

func appendPadded(b []byte, value, width int) []byte {
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], int64(value), 10)
	for range width - len(text) {
		b = append(b, '0')
	}
	return append(b, text...)
}

// profile makes the true profile of pupil i.
func (n *Nation) profile(i int, c *class) student.Profile {
	s := &n.schools[c.school]
	b := n.birth(i)
	p := student.Profile{
		Code: n.code(i, s), Class: c.name, FullName: n.fullName(i, b), BirthDate: b.date, Gender: b.gender,
	}
	if b.foreign {
		p.Ethnicity, p.Nationality = foreigner, foreigners[n.country(i)].country
		p.Identity = student.Identity{Kind: student.Passport, Number: n.passport(i)}
		return p
	}
	p.Ethnicity, p.Nationality = n.ethnicity(i, s.place), "VN"
	p.Identity = student.Identity{Kind: student.PersonalID, Number: n.number(i, b)}
	p.Residence = n.residence(i, s)
	return p
}
