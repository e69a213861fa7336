package validation

import (
	"unicode"

	"github.com/rasoat/rasoat/services/student"
)

// identity looks at the identity document: its form, what the number itself says, and whether the kind fits
// the nationality.
func (j *judge) identity(p *student.Profile, of citizenship) {
	const field = "identity.number"
	id := p.Identity
	shape := student.ShapeOf(id.Number)
	if id.Kind == student.NoNumber {
		if !hasWords(id.Reason) || shape.Form != student.FormEmpty {
			j.found(idNoneReason, "identity", "", "")
		}
		return
	}
	if id.Kind == "" || shape.Form == student.FormEmpty {
		return // required says so
	}
	if of == citizen && id.Kind == student.Passport || of == foreigner && id.Kind != student.Passport {
		j.found(idNationality, "identity.kind", string(id.Kind), "")
	}
	switch {
	case id.Kind == student.Passport:
		if !student.IsPassport(id.Number) {
			j.found(idPassport, field, shape.String(), "6–12 letters and digits")
		}
	case shape.Form == student.FormPersonal: // the first CMND of 12 digits have the same number
		j.facts(p)
	case shape.Form == student.FormLeadingZero:
		j.found(idLeadingZero, field, shape.String(), "12 digits")
	case shape.Form == student.FormNumeric:
		j.found(idPrecision, field, shape.String(), "12 digits")
	case id.Kind == student.CMND && shape.Form == student.FormCMND:
		j.found(idCMND, field, "", "")
	case id.Kind == student.CMND:
		j.found(idShape, field, shape.String(), "9 digits")
	default:
		j.found(idShape, field, shape.String(), "12 digits")
	}
}

// facts compares what the first six digits say with the profile. The province is of where the birth was
// registered and says nothing about the residence.
func (j *judge) facts(p *student.Profile) {
	const field = "identity.number"
	facts, ok := student.Facts(p.Identity.Number)
	if !ok {
		return
	}
	if facts.Province == "" && !facts.Foreign {
		j.found(idProvince, field, "", "")
	}
	if p.Gender != "" && p.Gender != facts.Gender {
		j.found(idGender, field, string(p.Gender), string(facts.Gender))
	}
	if p.BirthDate.Valid() && p.BirthDate.Year != facts.YearOfBirth {
		j.found(idBirthYear, field, "", "")
	}
}

// hasWords reports whether a reason is more than a placeholder: two letters at least.
func hasWords(reason string) bool {
	letters := 0
	for _, r := range reason {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2
}
