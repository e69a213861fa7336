package validation

import (
	"strconv"

	"github.com/rasoat/rasoat/services/student"
)

// The country whose citizens have a personal identification number.
const vietnam = "VN"

// citizenship is what the nationality of a profile says. A nationality that was not given is Vietnamese:
// the dispatch does not ask for it, and the pupils of its schools are.
type citizenship int

const (
	citizen citizenship = iota
	foreigner
	unclear // a code that no catalogue has
)

func (j *judge) profile(p *student.Profile) {
	of := j.nationality(p)
	j.required(p, of)
	j.name(p, of)
	j.birthDate(p.BirthDate)
	j.ethnicity(p.Ethnicity)
	j.identity(p, of)
	j.residence(p.Residence, of)
}

// ethnicity looks a code up in the list of 1979. A name, and a code without its leading 0, are told with the code that they
// mean.
func (j *judge) ethnicity(code string) {
	c := j.drive.Catalogue
	if _, ok := c.Ethnicity(code); ok || code == "" {
		return
	}
	j.found(ethnicityUnknown, "ethnicity", safe(code), "")
	if e, ok := c.EthnicityByName(code); ok {
		j.fix(ethnicityUnknown, FixCatalogue, e.Code, true)
	} else if e, ok := c.Ethnicity("0" + code); ok && len(code) == 1 {
		j.fix(ethnicityUnknown, FixCatalogue, e.Code, true)
	}
}

func (j *judge) nationality(p *student.Profile) citizenship {
	if p.Nationality == "" || p.Nationality == vietnam {
		return citizen
	}
	if _, ok := j.drive.Catalogue.Country(p.Nationality); !ok {
		j.found(nationalityUnknown, "nationality", safe(p.Nationality), vietnam)
		if c, ok := j.drive.Catalogue.CountryByName(p.Nationality); ok {
			j.fix(nationalityUnknown, FixCatalogue, c.Code, true)
		}
		return unclear
	}
	return foreigner
}

// required looks for what the dispatch asks of every pupil. A foreign national need not have one of the
// ethnic groups of the list.
func (j *judge) required(p *student.Profile, of citizenship) {
	if student.Clean(p.FullName.Reveal()) == "" {
		j.found(profileRequired, "full_name", "", "")
	}
	if p.BirthDate.IsZero() {
		j.found(profileRequired, "date_of_birth", "", "")
	}
	if p.Gender == "" {
		j.found(profileRequired, "gender", "", "")
	}
	if p.Ethnicity == "" && of == citizen {
		j.found(profileRequired, "ethnicity", "", "")
	}
	switch number := student.ShapeOf(p.Identity.Number).Form; {
	case p.Identity.Kind == "":
		j.found(profileRequired, "identity", "", "")
	case p.Identity.Kind != student.NoNumber && number == student.FormEmpty:
		j.found(profileRequired, "identity.number", "", "")
	}
}

// Ages in years at the start of the school year of grade 12: pupils are 17, most others 16 to 20;
// continuing education takes grown-ups.
const (
	youngest, oldest           = 15, 62
	usualYoungest, usualOldest = 16, 20
)

// birthDate looks at the year only where it is one of a pupil: 1960–2007 for the drive of 2022-2023.
func (j *judge) birthDate(date student.Date) {
	if date.IsZero() {
		return
	}
	if !date.Valid() {
		j.found(birthInvalid, "date_of_birth", "", "")
		if swapped := (student.Date{Year: date.Year, Month: date.Day, Day: date.Month}); swapped.Valid() && !swapped.YearOnly() {
			j.fix(birthInvalid, FixSwap, "", false)
		}
		return
	}
	if date.YearOnly() {
		j.found(birthYearOnly, "date_of_birth", "", "")
	}
	start, ok := firstYear(j.drive.SchoolYear)
	if !ok {
		return
	}
	switch age := start - date.Year; {
	case age < youngest || age > oldest:
		j.found(birthImplausible, "date_of_birth", "", years(start-oldest, start-youngest))
	case age < usualYoungest || age > usualOldest:
		j.found(birthUnusual, "date_of_birth", "", years(start-usualOldest, start-usualYoungest))
	}
}

func years(from, to int) string { return strconv.Itoa(from) + "–" + strconv.Itoa(to) }
